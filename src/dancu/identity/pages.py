"""Sign-in and sign-out pages."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dancu.identity import usecases
from dancu.identity.domain import SignInRefused
from dancu.identity.guard import OfficerRequest, guarded, mark_proven, open_session, public
from dancu.kernel import clock
from dancu.ui.navigation import home_of

_KEPT = "kept:"


@public
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return render(request, "identity/sign_in.html", {"next": _next(request.GET.get("tiep", "")), "account": ""})
    account, now = request.POST.get("tai_khoan", ""), clock.now()
    after = _next(request.POST.get("tiep", ""))
    kept = _kept(request)
    result = usecases.sign_in(account, request.POST.get("mat_khau", ""), request.META.get("REMOTE_ADDR", ""), now=now)
    if isinstance(result, SignInRefused):
        return render(
            request,
            "identity/sign_in.html",
            {"next": after, "account": account, "kept": kept, "refused": result},
            status=429 if result.too_many else 401,
        )
    open_session(request, result, now)
    after = after or home_of(settings.NAVIGATION, result.roles)
    if kept:
        return render(request, "identity/send_again.html", {"next": after, "kept": kept})
    return HttpResponseRedirect(after)


@guarded("session.prove")
@never_cache
@require_http_methods(["GET", "POST"])
def proof_page(request: HttpRequest) -> HttpResponse:
    """Before a sensitive step: the password once more. What was typed for the step waits in the form."""
    if request.method == "GET":
        return render(request, "identity/proof.html", {"next": _next(request.GET.get("tiep", ""))})
    officer, now = cast(OfficerRequest, request).officer, clock.now()
    after, kept = _next(request.POST.get("tiep", "")), _kept(request)
    refused = usecases.prove(officer, request.POST.get("mat_khau", ""), request.META.get("REMOTE_ADDR", ""), now=now)
    if refused is not None:
        context = {"next": after, "kept": kept, "refused": refused}
        return render(request, "identity/proof.html", context, status=429 if refused.too_many else 401)
    mark_proven(request, now)
    if kept:
        return render(request, "identity/send_again.html", {"next": after, "kept": kept, "proven": True})
    return HttpResponseRedirect(after or home_of(settings.NAVIGATION, officer.roles))


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    return [
        (name.removeprefix(_KEPT), value) for name, values in request.POST.lists() if name.startswith(_KEPT) for value in values
    ]


@public
@require_POST
def sign_out_page(request: HttpRequest) -> HttpResponse:
    if (officer := request.find_officer()) is not None:  # type: ignore[attr-defined]
        usecases.sign_out(officer)
    request.session.flush()
    return HttpResponseRedirect("/dang-nhap")


def _next(path: str) -> str:
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) and path.startswith("/") else ""
