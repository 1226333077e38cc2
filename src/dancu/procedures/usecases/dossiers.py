"""What the desk does with a dossier: receive it once, move it by the table of actions, list what is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dancu.identity.api import Officer
from dancu.kernel.clock import local
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Conflict, Invalid
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.work_days import due_at, work_calendar
from dancu.procedures import reference, store
from dancu.procedures.domain.catalogue import FormField, Procedure
from dancu.procedures.domain.deadlines import dossier_number
from dancu.procedures.domain.dossier import BY_OFFICER, NEED_REASON, Action, ActionKind, Dossier, State, fold, require
from dancu.procedures.store import DossierLine, Draft
from dancu.ui.words import day_text, in_language, is_english

TYPED_LENGTH_MAX = 500
ACTION_TEXT_LENGTH_MAX = 2000
EXTENSION_MAX = timedelta(days=365)
YEARS_BACK_MAX = 130
DRAFT_KEPT = timedelta(days=30)


def missing_fields(procedure: Procedure, typed: Mapping[str, str], today: date) -> dict[str, str]:
    """What still has to be typed or is wrong: field → sentence (*kiểm tra tờ khai*)."""
    wrong = {}
    for field in procedure.fields:
        value, label = typed.get(field.name, "").strip(), in_language(field.label)
        if field.required and not value:
            wrong[field.name] = _("Chưa điền: %(field)s.") % {"field": label}
        elif sentence := _wrong_value(field, value, today):
            wrong[field.name] = sentence
    return wrong


def _wrong_value(field: FormField, value: str, today: date) -> str:
    label = in_language(field.label)
    if len(value) > TYPED_LENGTH_MAX:
        return _("%(field)s dài quá %(most)s ký tự (%(count)s).") % {"field": label, "most": TYPED_LENGTH_MAX, "count": len(value)}
    if field.kind == "select" and value and value not in dict(field.options):
        return _("Chọn lại: %(field)s.") % {"field": label}
    if field.kind in ("past", "future") and value:
        try:
            stated = _day(value)
        except Invalid as failure:
            return f"{label}: {_said(failure)}"
        if field.kind == "past" and stated > today:
            return _("%(field)s không thể sau hôm nay (%(day)s).") % {"field": label, "day": day_text(today)}
        if field.kind == "past" and today.year - stated.year > YEARS_BACK_MAX:
            return _("%(field)s quá xa. Xem lại năm.") % {"field": label}
        if field.kind == "future" and stated <= today:
            return _("%(field)s phải sau hôm nay (%(day)s).") % {"field": label, "day": day_text(today)}
    if field.kind == "number" and value:
        try:
            PersonalId.parse(value)
        except Invalid as failure:
            return f"{label}: {_said(failure)}"
    if field.kind == "count" and value and not (value.isascii() and value.isdigit() and 0 < int(value) < 100):
        return _("%(field)s: ghi một số từ 1 đến 99.") % {"field": label}
    return ""


def _said(failure: Invalid) -> str:
    return failure.message_en if is_english() else failure.message


def _day(text: str) -> date:
    """A whole day. Raises `Invalid` whose message goes after the name of the field."""
    try:
        read = PartialDate.parse(text)
    except Invalid as failure:
        if failure.code in ("birth_date.day", "birth_date.month"):
            raise
        sentence = "Không đọc được ngày. Nhập theo mẫu 24/11/2026." if text.strip() else "Chưa nhập ngày. Ví dụ: 24/11/2026."
        raise Invalid("day.shape", sentence, "Cannot read the day. Use 24/11/2026.") from None
    if not read.is_full:
        raise Invalid("day.part", "Ghi đủ ngày, tháng, năm, ví dụ 24/11/2026.", "Give day, month and year, for example 24/11/2026.")
    return date(read.year, read.month, read.day)


def _settled(procedure: Procedure, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed in the one form the dossier, its slips and later readers show."""
    days = {f.name for f in procedure.fields if f.kind in ("past", "future") and typed.get(f.name)}
    numbers = {f.name for f in procedure.fields if f.kind == "number" and typed.get(f.name)}
    return {
        **typed,
        **{name: f"{_day(typed[name]):%d/%m/%Y}" for name in days},
        **{name: PersonalId.parse(typed[name]).digits for name in numbers},
    }


def receive(officer: Officer, draft: Draft, *, now: datetime) -> str:
    """Receive the dossier of a draft (*tiếp nhận hồ sơ*); however often it is sent, one dossier, the same number."""
    today = local(now).date()
    procedure = reference.procedure_on(draft.procedure, today)
    if wrong := missing_fields(procedure, draft.typed, today):
        name, sentence = next(iter(wrong.items()))
        raise Invalid("form.incomplete", sentence, "The form is incomplete.", field=name, details=wrong)
    draft = replace(draft, typed=_settled(procedure, draft.typed))
    with transaction.atomic():
        store.lock_draft(draft.id)
        if number := store.number_of_draft(draft.id, draft.organisation):
            return number
        number = dossier_number(officer.organisation_code, today, store.next_serial(officer.organisation_code, today))
        due = due_at(now, procedure.working_days, work_calendar(), procedure.cutoff)
        store.add_dossier(_dossier(officer, draft, number, now, due), draft.id)
    return number


def unsent(officer: Officer) -> list[Draft]:
    """The officer's forms that are not sent yet (*tờ khai đang làm dở*)."""
    return store.list_drafts(officer.organisation_code, officer.account)


def forget_old_drafts(*, now: datetime) -> int:
    """Delete forms opened long ago, sent or not (*xoá tờ khai cũ*): a dossier keeps its own copy, the rest is nobody's business."""
    return store.forget_drafts(now - DRAFT_KEPT)


def act(officer: Officer, number: str, kind: ActionKind, data: Mapping[str, str], *, now: datetime) -> Dossier:
    """Do one thing to a dossier (*thao tác hồ sơ*). A conflict says what is possible; a missing reason is `Invalid`."""
    if kind in NEED_REASON and not data.get("reason", "").strip():
        raise Invalid(
            "dossier.reason",
            "Phải ghi rõ nội dung hoặc lý do: người dân sẽ đọc trên phiếu.",
            "State the reason: the citizen reads it on the slip.",
            field="reason",
        )
    if kind not in BY_OFFICER:
        raise Conflict("dossier.action", "Việc này do hệ thống tự làm.", "The system does this by itself.")
    with transaction.atomic():
        dossier = store.get_dossier(officer.organisation_code, number, for_update=True)
        require(kind, dossier.state)
        due = _new_due(dossier, kind, data, now)
        kept = {k: v.strip()[:ACTION_TEXT_LENGTH_MAX] for k, v in data.items() if k != "new_date" or kind is ActionKind.EXTEND}
        action = Action(kind, now, officer.account, kept)
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


def _dossier(officer: Officer, draft: Draft, number: str, now: datetime, due: datetime) -> Dossier:
    requester = draft.persons.get("requester", {}).get("facts", {})
    form: dict[str, Any] = {"claim": draft.claim, "persons": draft.persons, "typed": draft.typed, "disputed": draft.disputed}
    return Dossier(
        number,
        officer.organisation_code,
        officer.organisation_name,
        officer.unit_name,
        draft.procedure,
        requester.get("full_name") or draft.claim["name"],
        requester.get("personal_id") or draft.claim["number"],
        form,
        now,
        due,
        State.RECEIVED,
        "pending" if draft.later_reason else "compared",
        _first_actions(officer, draft, now),
    )


def _first_actions(officer: Officer, draft: Draft, now: datetime) -> tuple[Action, ...]:
    """What was looked up for the form, its reception, what the citizen states otherwise."""
    looked: dict[str, Action] = {}  # by reference: the requester who is the mother was looked up once
    for role, person in sorted(draft.persons.items(), key=lambda item: (item[0] != "requester", item[1]["at"])):
        data = {"role": role, "way": person["way"], "outcome": person["outcome"], "reference": person["reference"]}
        looked.setdefault(
            person["reference"], Action(ActionKind.LOOK_UP, datetime.fromisoformat(person["at"]), draft.officer, data)
        )
    later = {"later_reason": draft.later_reason, "way": draft.claim["way"]} if draft.later_reason else {}
    disputes = [Action(ActionKind.DISPUTE_FIELD, now, officer.account, dict(dispute)) for dispute in draft.disputed]
    return (*looked.values(), Action(ActionKind.RECEIVE, now, officer.account, later), *disputes)


def _new_due(dossier: Dossier, kind: ActionKind, data: Mapping[str, str], now: datetime) -> datetime | None:
    """Waiting for a supplement stops the clock; an apology sets a new day."""
    if kind is ActionKind.RECEIVE_SUPPLEMENT:
        asked = next(a.at for a in reversed(dossier.actions) if a.kind is ActionKind.REQUEST_SUPPLEMENT)
        return due_after_pause(dossier.due_at, asked, now)
    if kind is not ActionKind.EXTEND:
        return None
    try:
        day = _day(data.get("new_date", ""))
    except Invalid as failure:
        raise _wrong_day(f"Ngày hẹn lại: {failure.message}") from None
    new = local(dossier.due_at).replace(year=day.year, month=day.month, day=day.day)
    if new <= max(now, dossier.due_at):
        raise _wrong_day(f"Ngày hẹn lại phải sau hôm nay và sau ngày đã hẹn ({local(dossier.due_at):%d/%m/%Y}).")
    if new - now > EXTENSION_MAX:
        raise _wrong_day(f"Ngày hẹn lại không quá {EXTENSION_MAX.days} ngày kể từ hôm nay.")
    if not work_calendar().is_working(new.date()):
        raise _wrong_day(f"{new:%d/%m/%Y} không phải ngày làm việc. Chọn ngày khác.")
    return new


def _wrong_day(sentence: str) -> Invalid:
    return Invalid(
        "dossier.new_date", sentence, "The new date must be a working day after today and after the due day.", field="new_date"
    )


def due_after_pause(due: datetime, paused_at: datetime, resumed_at: datetime) -> datetime:
    """The due date moved by the working days a supplement took."""
    calendar = work_calendar()
    day, paused = local(paused_at).date(), 0
    while day < local(resumed_at).date():
        day = calendar.after(day, 1)
        paused += day <= local(resumed_at).date()
    moved = calendar.after(local(due).date(), paused)
    return local(due).replace(year=moved.year, month=moved.month, day=moved.day)
