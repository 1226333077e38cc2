"""Every address of the pages' process."""

from django.urls import include, path

from dancu.identity.api import guarded
from dancu.notices import pages as notices
from dancu.project.wiring import OFFICER_ROLES
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
    # The room of notices lies below the one that knows who signs in: its pages are guarded here.
    path("van-hanh/gui-di", guarded("operator")(notices.outbox_page), name="outbox"),
    path("van-hanh/gui-di/<uuid:step_id>", guarded("operator")(notices.step_page), name="outbox-step"),
    path("thong-bao", guarded(*OFFICER_ROLES)(notices.mine_page), name="notices"),
]
handler404 = "dancu.ui.responses.page_not_found"
