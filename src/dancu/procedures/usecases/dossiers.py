"""What the desk does with a dossier: receive it once, move it by the table of actions, list what is there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from dancu.exchange import api as exchange
from dancu.exchange.api import Kind, Outcome, Refused
from dancu.identity.api import Officer
from dancu.kernel.clock import local
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Conflict, Invalid, Unavailable
from dancu.kernel.warrants import Actor
from dancu.procedures import reference, store
from dancu.procedures.domain.catalogue import FormField, Procedure
from dancu.procedures.domain.deadlines import dossier_number, due_at
from dancu.procedures.domain.dossier import Action, ActionKind, Dossier, State, fold, require
from dancu.procedures.store import DossierLine, Draft
from dancu.procedures.usecases.look_up import DESK_INTEGRATION, DESK_SYSTEM, claim_from_text

TYPED_LENGTH_MAX = 500
PENDING_AT_ONCE = 50


def missing_fields(procedure: Procedure, typed: Mapping[str, str]) -> dict[str, str]:
    """What still has to be typed or is wrong: field → sentence (*kiểm tra tờ khai*)."""
    wrong = {}
    for field in procedure.fields:
        value = typed.get(field.name, "").strip()
        if field.required and not value:
            wrong[field.name] = f"Chưa điền: {field.label}."
        elif sentence := _wrong_value(field, value):
            wrong[field.name] = sentence
    return wrong


def _wrong_value(field: FormField, value: str) -> str:
    if len(value) > TYPED_LENGTH_MAX:
        return f"{field.label} dài quá {TYPED_LENGTH_MAX} ký tự ({len(value)})."
    if field.kind == "select" and value and value not in dict(field.options):
        return f"Chọn lại: {field.label}."
    if field.kind == "date" and value:
        try:
            PartialDate.parse(value)
        except Invalid as failure:
            return failure.message
    return ""


def receive(officer: Officer, draft: Draft, *, now: datetime) -> str:
    """Receive the dossier of a draft (*tiếp nhận hồ sơ*); however often it is sent, one dossier, the same number."""
    today = local(now).date()
    procedure = reference.procedure_on(draft.procedure, today)
    if wrong := missing_fields(procedure, draft.typed):
        name, sentence = next(iter(wrong.items()))
        raise Invalid("form.incomplete", sentence, "The form is incomplete.", field=name, details=wrong)
    with transaction.atomic():
        store.lock_draft(draft.id)
        if number := store.number_of_draft(draft.id, draft.organisation):
            return number
        number = dossier_number(officer.organisation_code, today, store.next_serial(officer.organisation_code, today))
        due = due_at(now, procedure.working_days, reference.work_calendar(), procedure.cutoff)
        store.add_dossier(_dossier(officer, draft, number, now, due), draft.id)
    return number


def act(officer: Officer, number: str, kind: ActionKind, data: Mapping[str, str], *, now: datetime) -> Dossier:
    """Do one thing to a dossier (*thao tác hồ sơ*). A conflict says what is possible; a missing reason is `Invalid`."""
    if kind in (ActionKind.REQUEST_SUPPLEMENT, ActionKind.REFUSE, ActionKind.EXTEND) and not data.get("reason", "").strip():
        raise Invalid("dossier.reason", "Phải ghi rõ nội dung hoặc lý do: người dân sẽ đọc trên phiếu.",
                      "State the reason: the citizen reads it on the slip.", field="reason")
    if kind in (ActionKind.COMPARE_LATER, ActionKind.RECEIVE):
        raise Conflict("dossier.action", "Việc này do hệ thống tự làm.", "The system does this by itself.")
    with transaction.atomic():
        dossier = store.get_dossier(officer.organisation_code, number, for_update=True)
        require(kind, dossier.state)
        due = _new_due(dossier, kind, data, now)
        action = Action(kind, now, officer.account, {k: v.strip()[:2000] for k, v in data.items()})
        store.save_action(dossier, action, fold((*dossier.actions, action)), due=due)
    return store.get_dossier(officer.organisation_code, number)


def get(officer: Officer, number: str) -> Dossier:
    """A dossier of the officer's organisation (*xem hồ sơ*). Raises `NotFound`, also for another organisation's."""
    return store.get_dossier(officer.organisation_code, number)


def listed(officer: Officer, which: str, after: str, *, now: datetime) -> tuple[list[DossierLine], str]:
    """A page of dossiers and the cursor of the next, empty at the end (*danh sách hồ sơ*)."""
    cursor = None
    if after:
        moment, _, number = after.partition("~")
        try:
            cursor = (datetime.fromisoformat(moment), number)
        except ValueError:
            raise Invalid("list.cursor", "Trang này không còn. Về đầu danh sách.", "Unknown page.") from None
    lines = store.list_dossiers(officer.organisation_code, which, now, cursor)
    page = lines[: store.PAGE_LENGTH]
    more = f"{page[-1].received_at.isoformat()}~{page[-1].number}" if len(lines) > store.PAGE_LENGTH else ""
    return page, more


def compare_pending(*, now: datetime) -> int:
    """Compare what was received while the registry did not answer (*đối chiếu sau*); gives how many were settled."""
    settled = 0
    for organisation, number in store.pending_dossiers(PENDING_AT_ONCE):
        dossier = store.get_dossier(organisation, number)
        store.count_attempt(organisation, number)
        try:
            _compare(dossier, now)
        except Unavailable:
            break  # nobody will be answered now; the next run tries again
        settled += 1
    return settled


def _compare(dossier: Dossier, now: datetime) -> None:
    claim = claim_from_text(dict(dossier.form["claim"]))
    receiver = dossier.actions[0].by
    request = exchange.AccessRequest(
        Actor(dossier.organisation, DESK_SYSTEM, receiver), Kind.VERIFY, DESK_INTEGRATION, dossier.procedure, dossier.number)
    answer = exchange.verify_person(claim, request, now=now)
    agrees = not isinstance(answer, Refused) and answer.outcome is not Outcome.NO_MATCH
    result = "refused" if isinstance(answer, Refused) else str(answer.outcome)
    with transaction.atomic():
        fresh = store.get_dossier(dossier.organisation, dossier.number, for_update=True)
        if fresh.comparison != "pending":
            return
        action = Action(ActionKind.COMPARE_LATER, now, "system", {"outcome": result, "reference": answer.reference})
        store.save_action(fresh, action, fold((*fresh.actions, action)), comparison="compared" if agrees else "differs")


def _dossier(officer: Officer, draft: Draft, number: str, now: datetime, due: datetime) -> Dossier:
    requester = draft.persons.get("requester", {}).get("facts", {})
    form: dict[str, Any] = {"claim": draft.claim, "persons": draft.persons, "typed": draft.typed, "disputed": draft.disputed}
    data = {"later_reason": draft.later_reason} if draft.later_reason else {
        "reference": draft.persons["requester"]["reference"]}
    return Dossier(
        number, officer.organisation_code, officer.organisation_name, officer.unit_name, draft.procedure,
        requester.get("full_name") or draft.claim["name"], requester.get("personal_id") or draft.claim["number"], form, now,
        due, State.RECEIVED, "pending" if draft.later_reason else "compared",
        (Action(ActionKind.RECEIVE, now, officer.account, data),))


def _new_due(dossier: Dossier, kind: ActionKind, data: Mapping[str, str], now: datetime) -> datetime | None:
    """Waiting for a supplement stops the clock; an apology sets a new day."""
    if kind is ActionKind.RECEIVE_SUPPLEMENT:
        asked = next(a.at for a in reversed(dossier.actions) if a.kind is ActionKind.REQUEST_SUPPLEMENT)
        return due_after_pause(dossier.due_at, asked, now)
    if kind is not ActionKind.EXTEND:
        return None
    try:
        day = PartialDate.parse(data.get("new_date", ""), "new_date")
    except Invalid as failure:
        raise Invalid("dossier.new_date", f"Ngày hẹn lại: {failure.message}", failure.message_en, field="new_date") from None
    new = local(dossier.due_at).replace(year=day.year, month=day.month or 1, day=day.day or 1)
    if not day.is_full or new <= now:
        raise Invalid("dossier.new_date", "Ngày hẹn lại phải là một ngày cụ thể sau hôm nay.",
                      "The new date must be a day after today.", field="new_date")
    return new


def due_after_pause(due: datetime, paused_at: datetime, resumed_at: datetime) -> datetime:
    """The due date moved by the working days a supplement took."""
    calendar = reference.work_calendar()
    day, paused = local(paused_at).date(), 0
    while day < local(resumed_at).date():
        day = calendar.after(day, 1)
        paused += day <= local(resumed_at).date()
    moved = calendar.after(local(due).date(), paused)
    return local(due).replace(year=moved.year, month=moved.month, day=moved.day)
