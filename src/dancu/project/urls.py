"""Every address of the pages' process."""

from django.urls import include, path

from dancu.ui import pages
from dancu.ui.catalogue import page as catalogue

urlpatterns = [
    path("", pages.start_page, name="start"),
    path("ngon-ngu", pages.language_page, name="language"),
    path("sang-toi", pages.theme_page, name="theme"),
    path("giao-dien", catalogue.catalogue_page, name="catalogue"),
    path("suc-khoe", pages.health_page, name="health"),
    path("static/<path:path>", pages.static_file),
    path("", include("dancu.identity.urls")),
    path("", include("dancu.procedures.urls")),
    path("", include("dancu.registrar.urls")),
    path("", include("dancu.protection.urls")),
]
handler404 = "dancu.ui.responses.page_not_found"
