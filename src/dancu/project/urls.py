"""Every address of the pages' process."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from dancu.identity.api import demand, guarded
from dancu.notices import pages as notices
from dancu.ui import pages
from dancu.ui.catalogue import page as catalogue


def _resending(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The room of notices lies below the one that knows who signs in: its pages are guarded here, what they do as well."""

    @guarded("notices.outbox.see")
    @wraps(page)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            demand(request, "notices.outbox.resend")
        return page(request, *args, **kwargs)

    return inner


urlpatterns = [
    path("", pages.start_page, name="start"),
    path("ngon-ngu", pages.language_page, name="language"),
    path("sang-toi", pages.theme_page, name="theme"),
    path("giao-dien", catalogue.catalogue_page, name="catalogue"),
    path("suc-khoe", pages.health_page, name="health"),
    path("static/<path:path>", pages.static_file),
    path("", include("dancu.ledger.urls")),
    path("", include("dancu.identity.urls")),
    path("", include("dancu.onboarding.urls")),
    path("", include("dancu.exchange.urls")),
    path("", include("dancu.procedures.urls")),
    path("", include("dancu.reconcile.urls")),
    path("", include("dancu.steering.urls")),
    path("", include("dancu.registrar.urls")),
    path("", include("dancu.protection.urls")),
    path("", include("dancu.portal.urls")),
    path("van-hanh/gui-di", _resending(notices.outbox_page), name="outbox"),
    path("van-hanh/gui-di/<uuid:step_id>", _resending(notices.step_page), name="outbox-step"),
    path("thong-bao", guarded("notices.mine")(notices.mine_page), name="notices"),
]
handler404 = "dancu.ui.responses.page_not_found"
