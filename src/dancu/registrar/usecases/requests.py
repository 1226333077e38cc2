"""What officers do with a request: write it, hand it in, return, approve, reject, withdraw it.

An approval, what it does to the registry and what the ledger says of both stand or fall together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from msgspec.structs import replace

from dancu.kernel.errors import Conflict, DancuError, Invalid, NotAllowed, NotFound
from dancu.ledger import api as ledger
from dancu.notices import api as notices
from dancu.population import api as population
from dancu.population.api import Approval
from dancu.registrar import store
from dancu.registrar.domain.payloads import KIND_WORDS
from dancu.registrar.domain.requests import (
    APPROVER_ROLE,
    NEED_TEXT,
    Action,
    ActionKind,
    Actor,
    Content,
    Request,
    Seen,
    act,
    person_changed,
    require,
)
from dancu.registrar.usecases.effects import apply_content, rehearsal_failure, rehearse

SYSTEM = "dan-cu"
_TOLD = {
    ActionKind.APPROVE: "registrar.approved",
    ActionKind.REJECT: "registrar.rejected",
    ActionKind.RETURN: "registrar.returned",
}
TEXT_LENGTH_MIN, TEXT_LENGTH_MAX = 5, 2000


@dataclass(frozen=True, slots=True)
class Step:
    """What an officer wants done to which request, and the digest of what she saw of it (*bước xử lý*)."""

    request: UUID
    kind: ActionKind
    digest: str
    text: str = ""


def write_request(actor: Actor, request: UUID, content: Content, *, seen: str, now: datetime) -> Request:
    """Write a request or change it while it may be (*soạn đề nghị*). The same content twice is written once.

    `content.based_on` names the subject in the version its author had open; the others are taken as they are now.
    `seen` is the digest of what the author edited, empty for a new request. Raises `Invalid`, `Conflict`, `NotAllowed`.
    """
    _check_reason(content.reason)
    with transaction.atomic():
        found = store.find_request(request, lock=True)
        content = replace(content, based_on=_versions(content) | dict(content.based_on))
        if found.actions and found.digest == content.digest(request):
            return found
        require(ActionKind.WRITE, found, actor)
        if found.actions and seen != found.digest:
            raise Conflict(
                "request.elsewhere",
                "Đề nghị này vừa được sửa ở nơi khác. Những gì bạn đã nhập vẫn còn; xem bản mới rồi gửi lại.",
                "This request was changed elsewhere meanwhile. What you typed is kept; look at the new version.",
            )
        written = act(found, actor, _action(actor, ActionKind.WRITE, now, content=content), Seen(seen, {}))
        store.save_last(written)
    return written


def take_step(actor: Actor, step: Step, *, now: datetime) -> Request:
    """Hand in, return, approve, reject or withdraw (*gửi duyệt, quyết định*). The same step sent twice has one effect.

    Raises `NotAllowed` where four eyes forbid it, which is recorded; `Conflict` when it was decided, edited, or the person
    changed meanwhile or the registry refuses; `Invalid` when the words to the author are missing.
    """
    _check_text(step)
    try:
        return _take_step(actor, step, now)
    except NotAllowed as refused:
        _record_refusal(actor, step, refused.code, now)
        raise


@population.again_when_overtaken
def _take_step(actor: Actor, step: Step, now: datetime) -> Request:
    with transaction.atomic():
        found = store.get_request(step.request, lock=True)
        if _done_before(found, actor, step):
            return found
        content = found.content
        # Only what changes the registry holds the persons; nobody is told anything about them here.
        changing = step.kind in (ActionKind.SUBMIT, ActionKind.APPROVE)
        seen = Seen(step.digest, _versions(content) if changing else {})
        taken = act(found, actor, _action(actor, step.kind, now, digest=step.digest, text=step.text.strip()), seen)
        if step.kind is ActionKind.SUBMIT:
            rehearse(content, found.id, found.author, now)
        store.save_last(taken)
        if step.kind is ActionKind.APPROVE:
            apply_content(content, Approval(found.id, found.author, actor.hand), now)
        _record(taken, actor, step.kind, now)
        _tell_author(taken, step.kind, now)
    return taken


def request_of(actor: Actor, request: UUID) -> Request:
    """A request for those who may know it (*xem đề nghị*): the author's unit; once handed in also approvers.

    Raises `NotFound`, the same for everybody else.
    """
    found = store.get_request(request)
    was_handed_in = any(action.kind is ActionKind.SUBMIT for action in found.actions)
    if actor.hand.unit == found.author.unit or (was_handed_in and APPROVER_ROLE in actor.roles):
        return found
    raise store.no_request()


def obstacle_now(request: Request, *, now: datetime) -> DancuError | None:
    """Why the registry would not do it now: the person changed, or a rule stands against it (*vướng mắc hiện tại*)."""
    with transaction.atomic():
        try:
            if _versions(request.content) != dict(request.content.based_on):
                return person_changed()
        except NotFound as failure:
            return failure
        return rehearsal_failure(request.content, request.id, request.author, now)


def _versions(content: Content) -> dict[str, int]:
    return {str(number): seq for number, seq in population.lock_versions(content.subjects).items()}


def _action(
    actor: Actor, kind: ActionKind, now: datetime, *, content: Content | None = None, digest: str = "", text: str = ""
) -> Action:
    return Action(kind, now, actor.hand, content, digest, text, actor.acting_for)


def _done_before(found: Request, actor: Actor, step: Step) -> bool:
    """Is this the step that was taken last, sent once more?"""
    last = found.last
    return last.kind is step.kind and last.by.account == actor.hand.account and last.digest == step.digest


def _record(request: Request, actor: Actor, kind: ActionKind, now: datetime) -> None:
    """One entry for each person the request is about; an approval is recorded with its effect."""
    outcomes = [f"registrar.{kind.value}"]
    if kind is ActionKind.APPROVE:
        outcomes.append(f"registrar.applied.{request.content.payload.kind}")
    for number in request.content.subjects:
        for outcome in outcomes:
            ledger.record(
                ledger.Act(
                    ledger.ActKind.CHANGE,
                    outcome,
                    actor.hand.unit.partition("/")[0],
                    SYSTEM,
                    actor.hand.account,
                    subject=f"{number:012d}",
                    purpose=request.content.payload.kind,
                    dossier_no=str(request.id),
                    fields=sorted(getattr(request.content.payload, "items", {})),
                ),
                now=now,
            )


def _tell_author(request: Request, kind: ActionKind, now: datetime) -> None:
    """A decision reaches who asked; it goes out when this transaction is durable."""
    if (template := _TOLD.get(kind)) is None:
        return
    values = {"code": request.code, "kind": KIND_WORDS[request.content.payload.kind]}
    said = notices.message(template, values, href=f"/dan-cu/de-nghi/{request.id}", now=now)
    to = notices.Addressee(account=request.author.account)
    key = f"{request.id}/{len(request.actions)}"
    owner = request.author.unit.partition("/")[0]
    notices.send(notices.officer_notice(said, to, key=key, owner=owner, room="registrar", about=request.code), now=now)


def _record_refusal(actor: Actor, step: Step, code: str, now: datetime) -> None:
    """The attempt stands in the ledger, whatever became of its transaction."""
    ledger.record(
        ledger.Act(
            ledger.ActKind.REFUSE,
            code,
            actor.hand.unit.partition("/")[0],
            SYSTEM,
            actor.hand.account,
            purpose=step.kind.value,
            dossier_no=str(step.request),
        ),
        now=now,
    )


def _check_reason(reason: str) -> None:
    if not TEXT_LENGTH_MIN <= len(reason.strip()) <= TEXT_LENGTH_MAX:
        raise Invalid(
            "request.reason",
            "Ghi lý do đề nghị, ít nhất vài chữ: người duyệt sẽ đọc.",
            "State the reason: the approver reads it.",
            field="reason",
        )


def _check_text(step: Step) -> None:
    length = len(step.text.strip())
    if length > TEXT_LENGTH_MAX or (step.kind in NEED_TEXT and length < TEXT_LENGTH_MIN):
        raise Invalid(
            "request.text",
            "Ghi rõ còn thiếu gì hoặc vì sao từ chối: người đề nghị sẽ đọc.",
            "State what is missing or why: the author reads it.",
            field="text",
        )
