"""Addresses of the room. No number of a person stands in any of them."""

from django.urls import path

from dancu.reconcile.kept import pages as kept

urlpatterns = [
    path("doi-soat/danh-sach-giu", kept.lists_page, name="kept-lists"),
    path("doi-soat/danh-sach-giu/<uuid:list_id>", kept.list_page, name="kept-list"),
    path("doi-soat/danh-sach-giu/<uuid:list_id>/bien-dong.csv", kept.events_file, name="kept-events-file"),
]
