"""Who is at the page: the officer of the session, and the mark every page carries, public or for officers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render

from dancu.identity import actions, usecases
from dancu.identity.actions import Allowed, Denied, Scope, Target
from dancu.identity.domain import Officer, is_expired, is_proven
from dancu.kernel import clock
from dancu.kernel.clock import local
from dancu.kernel.errors import NotAllowed
from dancu.kernel.reach import NOBODY, Reach, acting
from dancu.ledger import api as ledger
from dancu.ui.kept import as_kept

Page = TypeVar("Page", bound=Callable[..., HttpResponse])
SIGN_IN_PATH = "/dang-nhap"
PROOF_PATH = "/xac-nhan-lai"


class ProofNeeded(Exception):
    """The step is sensitive and the password was shown too long ago: `guarded` asks for it and keeps what was typed."""


class OfficerRequest(HttpRequest):
    """A request that passed `guarded`."""

    officer: Officer


def officer_of_session(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: finds the officer only when a page asks, so that public pages need no database.

    Every request begins and ends as nobody's work: what the one before might see is forgotten.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.find_officer = lambda: _officer(request)  # type: ignore[attr-defined]
        with acting(NOBODY):
            return get_response(request)

    return middleware


def public(page: Page) -> Page:
    """Mark a page that needs no sign-in."""
    page.access = "public"  # type: ignore[attr-defined]
    return page


def guarded(action: str) -> Callable[[Page], Page]:
    """Mark a page with the action of the table it is (`data/actions.toml`). Who is not signed in signs in and comes back.

    Who is signed in and may not is told so, and the attempt stands in the ledger.
    """
    if action not in actions.names():
        raise LookupError(f"{action} is in no row of identity/data/actions.toml")

    def mark(page: Page) -> Page:
        @wraps(page)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            officer = _officer(request)
            if officer is None:
                return _to_sign_in(request)
            request.officer = officer  # type: ignore[attr-defined]
            try:
                allowed = demand(request, action)
                with acting(reach_of(officer, allowed.scope)):
                    return page(request, *args, **kwargs)
            except ProofNeeded:
                return _to_proof(request)

        inner.access = f"officer:{action}"  # type: ignore[attr-defined]
        return cast(Page, inner)

    return mark


def reach_of(officer: Officer, scope: Scope) -> Reach:
    """What the rows of the database are to know of an officer at work (*phạm vi dữ liệu của cán bộ*)."""
    return Reach(scope, officer.organisation_code, officer.unit, officer.account)


def demand(request: HttpRequest, action: str, target: Target | None = None) -> Allowed:
    """Inside a guarded page: this step is an action of its own. Raises `NotAllowed`; the attempt stands in the ledger.

    A sensitive one also raises `ProofNeeded`, for `guarded`: nothing of the step may be done before it is demanded.
    """
    officer, now = cast(OfficerRequest, request).officer, clock.now()
    said = actions.may(officer, action, target, on=local(now).date())
    if isinstance(said, Allowed):
        if said.action.is_sensitive and not is_proven(request.session.get("proof", 0.0), said.action.proof_within, now):
            raise ProofNeeded(action)
        return said
    _record_attempt(officer, action, said, now)
    raise NotAllowed(
        f"identity.{said.reason}",
        "Tài khoản của bạn không được giao việc này. Người phụ trách tài khoản của đơn vị có thể giao thêm.",
        "Your account is not assigned this work. The account manager of your unit can assign it.",
    )


def within(request: HttpRequest, action: str) -> AbstractContextManager[None]:
    """Inside a guarded page: rows that belong to another action, as far as that reaches for this officer, maybe not at all."""
    officer = cast(OfficerRequest, request).officer
    said = actions.may(officer, action, on=local(clock.now()).date())
    return acting(reach_of(officer, said.scope) if isinstance(said, Allowed) else NOBODY)


def _record_attempt(officer: Officer, action: str, said: Denied, now: datetime) -> None:
    act = ledger.Act(
        ledger.ActKind.REFUSE, f"identity.{said.reason}", officer.organisation_code, "web", officer.account, purpose=action
    )
    ledger.record(act, now=now)


def open_session(request: HttpRequest, officer: Officer, now: datetime) -> None:
    """Start a fresh session for the officer."""
    request.session.flush()
    at = now.timestamp()
    request.session.update({"officer": officer.id, "epoch": officer.epoch, "since": at, "seen": at, "proof": at})
    rotate_token(request)  # a token somebody planted before is worth nothing now


def mark_proven(request: HttpRequest, now: datetime) -> None:
    """The password was shown again just now."""
    request.session["proof"] = now.timestamp()


def _officer(request: HttpRequest) -> Officer | None:
    known = request.session
    if "officer" not in known:
        return None
    now = clock.now()
    since, seen = (datetime.fromtimestamp(known[name], UTC) for name in ("since", "seen"))
    if is_expired(since, seen, now):
        return None
    officer = usecases.officer_by_id(known["officer"])
    if officer is None or officer.epoch != known.get("epoch"):
        return None
    if now.timestamp() - known["seen"] > 60:
        known["seen"] = now.timestamp()
    return officer


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """What was typed before the session ran out is kept and can be sent again after signing in."""
    return _asked_first(request, SIGN_IN_PATH, "identity/sign_in.html")


def _to_proof(request: HttpRequest) -> HttpResponse:
    """What was typed for a sensitive step is kept and can be sent again once the password was shown."""
    return _asked_first(request, PROOF_PATH, "identity/proof.html")


def _asked_first(request: HttpRequest, path: str, template: str) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseRedirect(f"{path}?{urlencode({'tiep': request.get_full_path()})}")
    return render(request, template, {"next": request.path, "kept": as_kept(request), "account": ""}, status=401)
