"""What is done with cases of data subjects: opened by the person, handled by the desk; every step stands in the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from dancu.identity.api import parse_code
from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.reach import SYSTEM as AS_SYSTEM
from dancu.kernel.reach import acting
from dancu.kernel.work_days import work_calendar
from dancu.ledger import api as ledger
from dancu.protection import reference, subjects, telling
from dancu.protection.domain.cases import (
    SUBJECT,
    SUBJECT_ACTOR,
    Case,
    CaseAction,
    CaseActionKind,
    CaseFile,
    CaseKind,
    CaseParty,
    DeskActor,
    act,
    party_of,
)
from dancu.protection.domain.clocks import TimeUnit, due_after, extended
from dancu.protection.store import cases as store

SYSTEM = "bao-ve-du-lieu"  # the desk's own pages, as the ledger names them
CHOICES_MAX, CHOICE_LENGTH_MAX, KEY_LENGTH_MAX = 20, 300, 200


@dataclass(frozen=True, slots=True)
class CaseStep:
    """What an officer wants to do with a case; `seen` is how many steps she had before her (*bước xử lý được đề nghị*)."""

    case: UUID
    kind: CaseActionKind
    seen: int
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def open_case(
    kind: CaseKind | str,
    subject_no: str | int,
    about: str,
    text: str,
    choices: Sequence[str],
    key: str,
    now: datetime,
) -> Case:
    """A person asks something about her own data (*gửi yêu cầu*); `about` is a ledger reference or empty.

    `key` is the sender's own mark of this request: sent twice, it is opened once. Raises `Invalid` naming the field,
    `NotFound` when the entry is not hers, `Conflict` when the same key comes with other words.
    """
    asked, digits = _kind(kind), subjects.digits_of(subject_no)
    said = _opening(asked, about, text, choices, now)
    if not 0 < len(key) <= KEY_LENGTH_MAX:
        raise Invalid("case.key", "Mẫu gửi thiếu mã nhận biết. Mở lại trang rồi gửi.", "The request has no key.", field="key")
    case_id = uuid5(NAMESPACE_URL, f"dancu:case:{subjects.key_of(f'{digits}:{key}').hex()}")
    with acting(AS_SYSTEM), transaction.atomic():  # the person is no officer; her number is the key to her rows
        found = store.find_case(case_id, lock=True)
        if found is not None:
            return _sent_before(found, said)
        if said.data["about"]:
            _check_hers(said.data["about"], digits)
        opened = act(CaseFile(case_id, store.current_desk(now)), SUBJECT_ACTOR, said)
        store.add_case(opened, digits)
        _record(opened, digits, SUBJECT_ACTOR, now)
    return opened.seen_by_subject()


def cases_of(subject_no: str | int) -> list[Case]:
    """Everything a person ever asked, the newest first, as she may read it (*yêu cầu của tôi*)."""
    digits = subjects.digits_of(subject_no)
    with acting(AS_SYSTEM):
        return [case.seen_by_subject() for case in store.cases_about(digits)]


def take_own_step(subject_no: str | int, case: UUID, kind: CaseActionKind, text: str, *, now: datetime) -> Case:
    """The person adds to her case or takes it back (*bổ sung, rút yêu cầu*). Raises `NotFound` for somebody else's."""
    digits = subjects.digits_of(subject_no)
    with acting(AS_SYSTEM), transaction.atomic():
        found = store.get_case(case, lock=True)
        if not store.is_about(case, digits):
            raise store.no_case()
        action = CaseAction(kind, now, SUBJECT, text.strip())
        if _is_repeat(found, action):
            return found.seen_by_subject()
        taken = act(found, SUBJECT_ACTOR, action)
        store.save_last(taken)
        _record(taken, digits, SUBJECT_ACTOR, now)
    return taken.seen_by_subject()


def handle_case(actor: DeskActor, step: CaseStep, *, now: datetime) -> CaseFile:
    """The desk takes a step with a case (*xử lý yêu cầu*). The same step sent twice has one effect.

    Raises `NotFound` for a case of another desk, `Conflict` when it moved on meanwhile, `Invalid` naming the field.
    """
    with transaction.atomic():
        found = store.get_case(step.case, lock=True)
        if party_of(found, actor) is CaseParty.NOBODY:
            raise store.no_case()
        action = CaseAction(step.kind, now, actor.hand, step.text.strip(), _completed(found, actor, step))
        if _is_repeat(found, action):
            return found
        if step.seen != len(found.actions):
            raise Conflict(
                "case.elsewhere",
                "Yêu cầu này vừa được xử lý ở nơi khác. Những gì bạn đã nhập vẫn còn; xem bước mới rồi gửi lại.",
                "The case moved on elsewhere. What you typed is kept; look at the new step.",
            )
        taken = act(_at_desk(found, actor), actor, action)
        store.save_last(taken)
        _record(taken, store.subject_of(taken.id), actor, now)
    return taken


def case_for(actor: DeskActor, case: UUID) -> CaseFile:
    """A case for who may know it (*mở yêu cầu*). Raises `NotFound`, the same for everybody else."""
    found = store.get_case(case)
    if party_of(found, actor) is CaseParty.NOBODY:
        raise store.no_case()
    return found


def who_can_explain(case: CaseFile) -> tuple[str, ...]:
    """Whose look a case objects to, then who stands above it; empty where it is about no look (*cơ quan giải trình được*)."""
    try:
        own = str(ledger.entry_by_reference(case.about).body["organisation"]) if case.about else ""
    except NotFound:
        own = ""
    return with_those_above(own) if own else ()


def with_those_above(code: str) -> tuple[str, ...]:
    """H57.12.3, H57.12, H57; of the older form itself and the body of level 1."""
    try:
        read = parse_code(code)
    except Invalid:
        return (code,)
    below = () if read.is_old_form else read.below[:-1]
    above = [".".join((read.level_1, *below[:depth])) for depth in range(len(below), -1, -1)]
    return tuple(dict.fromkeys((code, *above)))


def appoint_desk(organisation: str, *, by: str, now: datetime) -> None:
    """Say whose officers handle the cases from now on (*giao bộ phận bảo vệ dữ liệu*)."""
    with transaction.atomic():
        store.add_desk(organisation, now, by)
        ledger.record(ledger.Act(ledger.ActKind.ADMINISTER, "protection.desk", organisation, SYSTEM, by), now=now)


def _kind(kind: CaseKind | str) -> CaseKind:
    try:
        return CaseKind(kind)
    except ValueError:
        raise Invalid("case.kind", "Chọn loại yêu cầu trong danh sách.", "Choose one of the kinds.", field="kind") from None


def _opening(kind: CaseKind, about: str, text: str, choices: Sequence[str], now: datetime) -> CaseAction:
    if about:
        try:
            about = str(UUID(about))
        except ValueError:
            raise _no_entry() from None
    if len(choices) > CHOICES_MAX or any(len(choice) > CHOICE_LENGTH_MAX for choice in choices):
        raise Invalid("case.choices", "Chọn lại các mục trong danh sách.", "Choose from the list.", field="choices")
    rule = reference.clock_for(kind, now)
    due = due_after(now, rule.amount, rule.unit, work_calendar())
    data = {
        "kind": kind.value,
        "about": about,
        "choices": list(choices),
        "due_at": due.isoformat(),
        "unit": rule.unit.value,
        "legal_basis": rule.legal_basis,
        "confidence": rule.confidence.value,
    }
    return CaseAction(CaseActionKind.OPEN, now, SUBJECT, text.strip(), data)


def _sent_before(found: CaseFile, said: CaseAction) -> Case:
    opening = found.opening
    same = ("kind", "about", "choices")
    if opening.text != said.text or any(opening.data[name] != said.data[name] for name in same):
        raise Conflict(
            "case.sent_before",
            "Yêu cầu này đã được gửi với nội dung khác. Xem ở mục Yêu cầu của tôi, hoặc mở mẫu mới.",
            "This request was already sent with other words. See your cases, or open a new form.",
        )
    return found.seen_by_subject()


def _check_hers(about: str, digits: str) -> None:
    try:
        entry = ledger.entry_by_reference(about)
    except NotFound:
        raise _no_entry() from None
    if entry.subject != digits:
        raise _no_entry()


def _no_entry() -> NotFound:
    return NotFound(
        "case.no_entry",
        "Không có bút toán nào về bạn mang mã này.",
        "No entry about you has this reference.",
        field="about",
    )


def _at_desk(case: CaseFile, actor: DeskActor) -> CaseFile:
    """A case that lay at no desk lies at the one whose officer takes it."""
    return case if case.organisation else CaseFile(case.id, actor.organisation, case.actions)


def _completed(case: CaseFile, actor: DeskActor, step: CaseStep) -> Mapping[str, Any]:
    """What a step carries beside its words: who takes it, the new deadline, whom it asks."""
    data = dict(step.data)
    if step.kind is CaseActionKind.ASSIGN:
        data = {"to": str(data.get("to") or actor.hand.account)}
    if step.kind is CaseActionKind.EXTEND:
        rule = reference.clock_for(case.kind, case.opening.at)
        if not rule.extension:
            raise Conflict("case.no_extension", "Loại yêu cầu này không được gia hạn.", "This kind cannot be extended.")
        due = extended(case.due_at, rule.extension, TimeUnit(rule.unit), work_calendar())
        data = {"due_at": due.isoformat(), "legal_basis": rule.legal_basis}
    if step.kind is CaseActionKind.ASK_ORGANISATION:
        data = {"organisation": _asked(case, str(data.get("organisation", "")))}
    return data


def _asked(case: CaseFile, typed: str) -> str:
    """Whoever is asked sees the look: only whose look it was, or who stands above that."""
    if not (code := _code(typed)):
        raise Invalid("case.organisation", "Ghi mã cơ quan cần giải trình.", "Name the organisation.", field="organisation")
    if not (able := who_can_explain(case)):
        return _whole_code(code)
    found = next((each for each in able if _code(each) == code), "")
    if not found:
        raise Invalid(
            "case.not_its_look",
            f"Lượt xem này là của cơ quan {able[0]}. Chỉ đề nghị được {', '.join(able)} giải trình.",
            f"This look was made by {able[0]}. Only {', '.join(able)} can be asked to explain it.",
            field="organisation",
        )
    return found


def _code(text: str) -> str:
    """A code in one form, so that both forms of a province are the same; what is no code stays what it is."""
    try:
        return parse_code(text).new_form or text.strip().upper()
    except Invalid:
        return text.strip().upper()


def _whole_code(code: str) -> str:
    try:
        parse_code(code)
    except Invalid as wrong:
        raise Invalid(wrong.code, wrong.message, wrong.message_en, field="organisation") from None
    return code


def _is_repeat(case: CaseFile, action: CaseAction) -> bool:
    """Is this the step that was taken last, sent once more?"""
    last = case.last
    return (last.kind, last.by, last.text, dict(last.data)) == (action.kind, action.by, action.text, dict(action.data))


def _record(case: CaseFile, subject: str, actor: DeskActor, now: datetime) -> None:
    """Each handling of a person's case stands in the ledger under her number; who waits for it is told."""
    telling.tell_of_step(case, subject, now=now)
    ledger.record(
        ledger.Act(
            ledger.ActKind.CHANGE,
            f"protection.case.{case.last.kind.value}",
            actor.organisation or case.organisation,
            SYSTEM,
            actor.hand.account,
            subject=subject,
            purpose=case.kind.value,
            legal_basis=str(case.opening.data["legal_basis"]),
            dossier_no=case.code,
        ),
        now=now,
    )
