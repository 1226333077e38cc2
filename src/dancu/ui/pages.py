"""Pages that belong to no room: start, language, light and dark, files for browsers, the health of the pages' process."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST, require_safe

from dancu.ui.assets import LASTING, SOON, assets
from dancu.ui.responses import THEME_COOKIE, THEMES, page_context

Page = TypeVar("Page", bound=Callable[..., HttpResponse])
_YEAR_SECONDS = 365 * 86400


def public(page: Page) -> Page:
    """Mark a page of a room below identity that needs no sign-in; rooms above have a mark of identity's own."""
    setattr(page, "access", "public")  # noqa: B010 - a function carries the mark
    return page


def start_page(request: HttpRequest) -> HttpResponse:
    """What can be done here: the rooms open to the officer who is signed in; without a database, to nobody."""
    try:
        request.officer = request.find_officer()  # type: ignore[attr-defined]
    except DatabaseError:
        request.officer = None  # type: ignore[attr-defined]
    host = request.get_host().split(":")[0]
    told = {"gateway_url": f"http://{host}:{settings.CONFIG.gateway_port}", "for_citizens": settings.FOR_CITIZENS}
    return render(request, "ui/start.html", {**page_context(request), **told})


@require_POST
def language_page(request: HttpRequest) -> HttpResponse:
    response, language = _back(request), request.POST.get("language", "vi")
    if check_for_language(language):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=_YEAR_SECONDS, samesite="Lax")
    return response


@require_POST
def theme_page(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the machine says; kept by the browser, drawn by the server, so that no page flashes."""
    response, theme = _back(request), request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(THEME_COOKIE, theme, max_age=_YEAR_SECONDS, samesite="Lax", httponly=True)
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


def _back(request: HttpRequest) -> HttpResponseRedirect:
    path = request.POST.get("next", "/")
    if not (path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)):
        path = "/"
    return HttpResponseRedirect(path)


def health_page(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return JsonResponse({"status": "ok"})


@require_safe
def static_file(request: HttpRequest, path: str) -> HttpResponse:
    """A file for browsers. Asked for by its fingerprint it may be kept for a year, else for an hour and then compared."""
    asset = assets().get(path)
    if asset is None:
        raise Http404
    tag = f'"{asset.fingerprint}"'
    lasting = asset.lasting or request.GET.get("v") == asset.fingerprint
    headers = {"ETag": tag, "Cache-Control": LASTING if lasting else SOON, "Vary": "Accept-Encoding"}
    if tag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    compressed = bool(asset.compressed) and "gzip" in request.headers.get("Accept-Encoding", "")
    if compressed:
        headers["Content-Encoding"] = "gzip"
    return HttpResponse(asset.compressed if compressed else asset.body, content_type=asset.content_type, headers=headers)


for page in (start_page, language_page, theme_page, health_page, static_file):
    public(page)
