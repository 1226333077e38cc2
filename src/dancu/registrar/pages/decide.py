"""The page of a request: what it changes, on what grounds, who asked; handing in, deciding, its history, its document."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dancu.exchange.api import OpenedPerson, Refused
from dancu.identity.api import demand, guarded
from dancu.kernel import clock, files
from dancu.kernel.errors import Conflict, DancuError, Invalid, NotAllowed, NotFound
from dancu.registrar import person_shown, reference
from dancu.registrar.domain.payloads import KIND_WORDS
from dancu.registrar.domain.requests import (
    ACTION_WORDS,
    STATE_WORDS,
    ActionKind,
    Party,
    Request,
    State,
    allowed_actions,
    party_of,
)
from dancu.registrar.handles import Look
from dancu.registrar.pages.lists import STATE_KINDS, due_words
from dancu.registrar.pages.session import APPROVER, actor_of, officer_of, person_path, sentences
from dancu.registrar.request_shown import asked_lines
from dancu.registrar.usecases.people import open_for
from dancu.registrar.usecases.requests import Step, obstacle_now, request_of, take_step
from dancu.ui import parts
from dancu.ui.words import in_language, is_english

_DECISIONS = (ActionKind.APPROVE, ActionKind.RETURN, ActionKind.REJECT)


@guarded("registry.request.see")
@require_http_methods(["GET", "POST"])
def request_page(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request with what may be done to it now."""
    actor, now = actor_of(request), clock.now()
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            kind = _kind(request)
            demand(request, "registry.request.decide" if kind in _DECISIONS else "registry.request.draft")
            step = Step(request_id, kind, request.POST.get("digest", ""), request.POST.get("text", ""))
            take_step(actor, step, now=now)
            return HttpResponseRedirect(f"/dan-cu/de-nghi/{request_id}?xong=1")
        except (Invalid, Conflict, NotAllowed) as failure:
            errors, status = {_here(name): text for name, text in sentences(failure).items()}, failure.status
    found = request_of(actor, request_id)
    context = _context(request, found, now)
    context |= {"errors": errors, "typed_text": request.POST.get("text", ""), "fresh": request.GET.get("xong") and not errors}
    return render(request, "registrar/request.html", context, status=status)


@guarded("registry.request.see")
@require_GET
def file_page(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The kept copy of the document, to be saved; never shown inside our pages."""
    evidence = request_of(actor_of(request), request_id).content.evidence
    content = files.read_file(settings.CONFIG.home / "files", evidence.file)
    kind = files.type_of(content)
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="can-cu-{evidence.file[:8]}.{kind.rpartition("/")[2]}"'
    return response


def _here(name: str) -> str:
    """The one field of this page; what the registry says of items leads nowhere here."""
    return name if name == "text" else ""


def _kind(request: HttpRequest) -> ActionKind:
    try:
        return ActionKind(request.POST.get("action", ""))
    except ValueError:
        raise Invalid("request.action", "Không có thao tác này.", "There is no such action.") from None


def _context(request: HttpRequest, found: Request, now: datetime) -> dict[str, Any]:
    actor, content = actor_of(request), found.content
    allowed = allowed_actions(found, actor)
    opened, refusal = _opened(request, found, now)
    evidence = content.evidence
    obstacle = obstacle_now(found, now=now) if set(allowed) & {ActionKind.SUBMIT, ActionKind.APPROVE} else None
    due, left = reference.due_of(found.last.at, now) if found.state is State.SUBMITTED else (None, 0)
    return {
        "section": "requests",
        "request_": found,
        "title": in_language(KIND_WORDS[content.payload.kind]),
        "state": parts.State(in_language(STATE_WORDS[found.state]), STATE_KINDS[found.state]),
        "person": person_shown.person_of(opened) if opened else None,
        "person_href": person_path(request, Look(content.subject, found.code)) if opened else "",
        "refusal": refusal,
        "lines": asked_lines(found, opened.file) if opened else [],
        "evidence": person_shown.evidence_text(evidence.kind, evidence.number, evidence.issuer, evidence.issued_on),
        "has_file": bool(evidence.file),
        "deed": _deed(request, found),
        "allowed": [kind.value for kind in allowed],
        "decisions": [(kind.value, in_language(ACTION_WORDS[kind])) for kind in _DECISIONS if kind in allowed],
        "decides_not": _decides_not(request, found),
        "obstacle": (obstacle.message_en if is_english() else obstacle.message) if obstacle else "",
        "due": due,
        "due_words": due_words(left),
        "history": [_history(action) for action in found.actions],
        "edit_href": f"/dan-cu/de-nghi/{found.id}/sua",
    }


def _opened(request: HttpRequest, found: Request, now: datetime) -> tuple[OpenedPerson | None, str]:
    """The person for this request; in words when she may not be seen."""
    try:
        opened = open_for(officer_of(request), Look(found.content.subject, found.code), now=now)
    except NotFound as failure:
        return None, failure.message_en if is_english() else failure.message
    except DancuError as failure:
        return None, next(iter(sentences(failure).values()))
    if isinstance(opened, Refused):
        return None, f"{opened.message_en if is_english() else opened.message} ({opened.reference})"
    return opened, ""


def _deed(request: HttpRequest, found: Request) -> parts.Deed:
    content, last = found.content, found.last
    decided = found.state in (State.APPROVED, State.REJECTED, State.RETURNED)
    writers = ", ".join(dict.fromkeys(f"{hand.account} ({hand.unit})" for hand in found.writers))
    return parts.Deed(
        in_language(KIND_WORDS[content.payload.kind]),
        writers,
        found.actions[0].at,
        content.reason,
        _("một lãnh đạo của đơn vị khác, chưa từng soạn đề nghị này"),
        yours=party_of(found, actor_of(request)) in (Party.AUTHOR, Party.CO_AUTHOR),
        decided=parts.State(in_language(STATE_WORDS[found.state]), STATE_KINDS[found.state]) if decided else None,
        decided_by=f"{last.by.account} ({last.by.unit})" if decided else "",
        decided_at=last.at if decided else None,
        decision_reason=last.text if decided else "",
    )


def _decides_not(request: HttpRequest, found: Request) -> bool:
    """An approver who wrote at it, or sits in a writer's unit: the page says why there are no buttons."""
    is_approver = APPROVER in officer_of(request).roles
    return is_approver and found.state is State.SUBMITTED and party_of(found, actor_of(request)) is not Party.APPROVER


def _history(action: Any) -> dict[str, Any]:
    return {
        "at": action.at,
        "what": in_language(ACTION_WORDS[action.kind]),
        "by": f"{action.by.account} ({action.by.unit})",
        "text": action.text,
        "digest": action.digest,
    }
