"""Addresses of the desk."""

from django.urls import path

from dancu.procedures import emergency, pages

urlpatterns = [
    path("mot-cua", pages.look_page, name="look"),
    path("mot-cua/to-khai", pages.open_form_page, name="open-form"),
    path("mot-cua/to-khai/<uuid:draft_id>", pages.form_page, name="form"),
    path("mot-cua/ho-so", pages.dossiers_page, name="dossiers"),
    path("mot-cua/ho-so/<str:number>", pages.dossier_page, name="dossier"),
    path("mot-cua/ho-so/<str:number>/mo-khan", emergency.open_in_emergency_page, name="dossier-emergency"),
    path("mot-cua/ho-so/<str:number>/phieu/<str:slip>", pages.slip_page, name="slip"),
]
