"""Who is at a citizen's own page: a session of her own, never an officer's, under the same rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render

from dancu.identity import actions, citizens
from dancu.identity.domain import Citizen, is_expired
from dancu.kernel import clock
from dancu.kernel.clock import local
from dancu.kernel.errors import NotAllowed
from dancu.kernel.reach import Reach, acting
from dancu.ui.kept import as_kept

Page = TypeVar("Page", bound=Callable[..., HttpResponse])
CITIZEN_ROLE = "citizen"
CITIZEN_SIGN_IN_PATH, CITIZEN_HOME = "/dan/dang-nhap", "/cua-toi"


class CitizenRequest(HttpRequest):
    """A request that passed `citizen_only`."""

    citizen: Citizen


def citizen_only(action: str) -> Callable[[Page], Page]:
    """Mark a page as a citizen's own, with its action of the table (`data/actions.toml`).

    Whoever is not signed in as a citizen goes to their sign-in page and comes back; an officer is nobody here.
    """
    if action not in actions.names():
        raise LookupError(f"{action} is in no row of identity/data/actions.toml")

    def mark(page: Page) -> Page:
        @wraps(page)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            citizen = citizen_of_session(request)
            if citizen is None:
                return _to_sign_in(request)
            row = actions.action_on(action, local(clock.now()).date())
            if row is None or row.roles.get(CITIZEN_ROLE) is not actions.Scope.OWN:
                raise NotAllowed(
                    "identity.citizen_action",
                    "Trang này chưa mở cho người dân. Cần giúp, tới Công an phường, xã nơi bạn ở.",
                    "This page is not open to citizens yet. Your commune police office can help.",
                )
            request.citizen = citizen  # type: ignore[attr-defined]
            with acting(Reach("citizen", account=citizen.personal_id.digits)):
                return page(request, *args, **kwargs)

        inner.access = f"citizen:{action}"  # type: ignore[attr-defined]
        return cast(Page, inner)

    return mark


def open_citizen_session(request: HttpRequest, citizen: Citizen, now: datetime) -> None:
    """Start a fresh session for the citizen; whoever was signed in in this browser before no longer is."""
    request.session.flush()
    request.session.update({"citizen": citizen.id, "epoch": citizen.epoch, "since": now.timestamp(), "seen": now.timestamp()})
    rotate_token(request)  # a token somebody planted before is worth nothing now


def citizen_of_session(request: HttpRequest) -> Citizen | None:
    """The citizen of the session as she is now; None for officers, for old and for ended sessions."""
    known = request.session
    if "citizen" not in known:
        return None
    now = clock.now()
    since, seen = (datetime.fromtimestamp(known[name], UTC) for name in ("since", "seen"))
    if is_expired(since, seen, now):
        return None
    citizen = citizens.citizen_by_id(known["citizen"])
    if citizen is None or citizen.epoch != known.get("epoch"):
        return None
    if now.timestamp() - known["seen"] > 60:
        known["seen"] = now.timestamp()
    return citizen


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """What was typed before the session ran out is kept and can be sent again after signing in."""
    if request.method != "POST":
        return HttpResponseRedirect(f"{CITIZEN_SIGN_IN_PATH}?{urlencode({'tiep': request.get_full_path()})}")
    return render(
        request, "identity/citizen_sign_in.html", {"next": request.path, "kept": as_kept(request), "number": ""}, status=401
    )
