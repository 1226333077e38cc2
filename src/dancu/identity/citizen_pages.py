"""Sign-in and sign-out of citizens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dancu.identity import citizens
from dancu.identity.citizen_guard import CITIZEN_HOME, CITIZEN_SIGN_IN_PATH, citizen_of_session, open_citizen_session
from dancu.identity.domain import SignInRefused
from dancu.identity.guard import public
from dancu.kernel import clock
from dancu.kernel.errors import Invalid
from dancu.kernel.personal_id import PersonalId
from dancu.ui.words import is_english

_KEPT = "kept:"


@public
@never_cache
@require_http_methods(["GET", "POST"])
def citizen_sign_in_page(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return _draw(request, {"next": _next(request.GET.get("tiep", "")), "number": ""})
    posted, now = request.POST, clock.now()
    kept = [(name.removeprefix(_KEPT), value) for name, values in posted.lists() if name.startswith(_KEPT) for value in values]
    context = {"next": _next(posted.get("tiep", "")), "number": posted.get("so", "")[:40], "kept": kept}
    try:
        number = PersonalId.parse(posted.get("so", ""), "so")
    except Invalid as failure:
        return _draw(request, {**context, "wrong": failure.message_en if is_english() else failure.message}, 422)
    result = citizens.sign_in_citizen(number, posted.get("mat_khau", ""), request.META.get("REMOTE_ADDR", ""), now=now)
    if isinstance(result, SignInRefused):
        return _draw(request, {**context, "refused": result}, 429 if result.too_many else 401)
    open_citizen_session(request, result, now)
    after = str(context["next"]) or CITIZEN_HOME
    if kept:
        return render(request, "identity/send_again.html", {"next": after, "kept": kept})
    return HttpResponseRedirect(after)


@public
@require_POST
def citizen_sign_out_page(request: HttpRequest) -> HttpResponse:
    if (citizen := citizen_of_session(request)) is not None:
        citizens.sign_out_citizen(citizen)
    request.session.flush()
    return HttpResponseRedirect(CITIZEN_SIGN_IN_PATH)


def _draw(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    return render(request, "identity/citizen_sign_in.html", context, status=status)


def _next(path: str) -> str:
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) and path.startswith("/") else ""
