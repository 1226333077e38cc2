"""Addresses of the desk, below /mot-cua."""

from django.urls import path

from dancu.procedures import pages

urlpatterns = [
    path("", pages.look_page, name="look"),
    path("/to-khai", pages.open_form_page, name="open-form"),
    path("/to-khai/<uuid:draft_id>", pages.form_page, name="form"),
    path("/ho-so", pages.dossiers_page, name="dossiers"),
    path("/ho-so/<str:number>", pages.dossier_page, name="dossier"),
    path("/ho-so/<str:number>/phieu/<str:slip>", pages.slip_page, name="slip"),
]
