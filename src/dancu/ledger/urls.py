"""Addresses of the published ledger: a page for people, and the bytes that programs verify (C2SP tlog-tiles)."""

from django.urls import path

from dancu.ledger import pages

urlpatterns = [
    path("so-cai/", pages.ledger_page, name="ledger"),
    path("so-cai/khoa", pages.keys_file, name="ledger-keys"),
    path("so-cai/ngay/<str:day>", pages.day_file, name="ledger-day"),
    path("so-cai/ky/<int:epoch>", pages.epoch_file, name="ledger-epoch"),
    path("so-cai/<str:shard>/<str:epoch>/checkpoint", pages.checkpoint_file, name="ledger-checkpoint"),
    path("so-cai/<str:shard>/<str:epoch>/tile/<int:level>/<path:number>", pages.tile_file, name="ledger-tile"),
]
