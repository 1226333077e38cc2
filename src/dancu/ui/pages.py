"""Pages that belong to no room: the start page, the language switch, the health of the pages' process."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST
from django.views.static import serve


def start_page(request: HttpRequest) -> HttpResponse:
    host = request.get_host().split(":")[0]
    return render(request, "ui/start.html", {"gateway_url": f"http://{host}:{settings.CONFIG.gateway_port}"})


@require_POST
def language_page(request: HttpRequest) -> HttpResponse:
    path, language = request.POST.get("next", "/"), request.POST.get("language", "vi")
    if not (path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)):
        path = "/"
    response = HttpResponseRedirect(path)
    if check_for_language(language):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax")
    return response


def health_page(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return JsonResponse({"status": "ok"})


def static_file(request: HttpRequest, path: str) -> HttpResponseBase:
    response = serve(request, path, document_root=str(settings.HERE / "ui" / "static"))
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


for page in (start_page, language_page, health_page, static_file):
    setattr(page, "access", "public")  # noqa: B010 - a function carries the mark
