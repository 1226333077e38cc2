"""What happens to the record of a person: corrected, taken back, merged, split, its number replaced or cancelled.

Every one needs an approval by two people and a document, and runs in one transaction with the change it writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import psycopg
from django.db import OperationalError, transaction

from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, Invalid
from dancu.kernel.personal_id import PersonalId
from dancu.population.domain import Approval, Evidence, Flag, NumberState
from dancu.population.history import Change, ChangeKind, check_nothing_later, check_revocable
from dancu.population.items import check_items
from dancu.population.own_acts import OWN_ACT_COLUMNS, Rows, check_death_by_revocation, check_own_acts
from dancu.population.store import histories, intervals, rules
from dancu.population.store.histories import PersonUnderLock
from dancu.population.store.moving import move_rows

P = ParamSpec("P")
R = TypeVar("R")
ATTEMPTS_MAX = 3


def again_when_overtaken(function: Callable[P, R]) -> Callable[P, R]:
    """Run a whole transaction again when an older one would have overtaken a change of the same person, or two waited for
    each other (*thử lại*).
    """

    @wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(ATTEMPTS_MAX - 1):
            try:
                return function(*args, **kwargs)
            except OperationalError as failure:
                if not isinstance(failure.__cause__, psycopg.errors.SerializationFailure | psycopg.errors.DeadlockDetected):
                    raise
        return function(*args, **kwargs)

    return inner


def lock_versions(numbers: Iterable[int]) -> dict[int, int]:
    """Hold persons until the transaction ends; number → how many times each was changed (*số lần thay đổi*).

    Says nothing about anybody: a request names the versions it was written on. Raises `NotFound`.
    """
    return histories.lock_versions(numbers)


@transaction.atomic
def correct_person(
    personal_no: int,
    items: Mapping[str, Any],
    approval: Approval,
    evidence: Evidence,
    *,
    now: datetime,
    valid_from: date | None = None,
) -> Change:
    """Put right what the registry has wrong, from the first day or from a stated one (*điều chỉnh thông tin*).

    Raises `Invalid` for an item that cannot be kept, `Conflict` when nothing would change or when an act of its own keeps
    the item together with rows (death, residence, household, family), `NotFound`.
    """
    checked = check_items(items)
    person = histories.lock_persons([personal_no], now)[personal_no]
    _check_own_acts(person, checked)
    since = valid_from or person.changes[0].valid_from
    return _write(person, Change(personal_no, 0, ChangeKind.CORRECTION, since, now, checked, evidence=evidence, approval=approval))


@transaction.atomic
def record_event(
    personal_no: int, items: Mapping[str, Any], approval: Approval, evidence: Evidence, *, now: datetime, valid_from: date
) -> Change:
    """Something became new in life: a name lawfully changed, a marriage (*cập nhật biến động*). Raises as above."""
    person = histories.lock_persons([personal_no], now)[personal_no]
    return write_event(person, items, approval, evidence, now=now, valid_from=valid_from)


def write_event(
    person: PersonUnderLock, items: Mapping[str, Any], approval: Approval, evidence: Evidence, *, now: datetime, valid_from: date
) -> Change:
    """The same of a person who is held already. Raises as above."""
    checked = check_items(items)
    _check_own_acts(person, checked)
    event = Change(person.personal_no, 0, ChangeKind.EVENT, valid_from, now, checked, evidence=evidence, approval=approval)
    return _write(person, event)


@transaction.atomic
def set_flags(personal_no: int, flags: Flag, approval: Approval, evidence: Evidence, *, now: datetime) -> Change:
    """Set what must be heeded about a person: under investigation, protected, blocked (*đặt cờ lưu ý*)."""
    person = histories.lock_persons([personal_no], now)[personal_no]
    items = {"flags": int(flags)}
    return _write(person, Change(personal_no, 0, ChangeKind.FLAG, _today(now), now, items, evidence=evidence, approval=approval))


@transaction.atomic
def revoke_change(personal_no: int, seq: int, approval: Approval, evidence: Evidence, *, now: datetime) -> list[Change]:
    """Take back a change, with everything the same request did to others (*thu hồi thay đổi*).

    Raises `Conflict` for the first version, for what was taken back before, and when later facts stand against it: a number
    the request made is cancelled with it only while nothing later rests on that number.
    """
    target = check_revocable(histories.changes_of(personal_no), seq)
    targets = histories.changes_of_request(target.approval.request) if target.approval else [target]
    people = histories.lock_persons((each.personal_no for each in targets), now)
    before = {number: person.state for number, person in people.items()}
    written = []
    for each in targets:
        person = people[each.personal_no]
        if each.kind is ChangeKind.FIRST:  # the request had made this number
            _check_unused(person, each)
            change = _state_change(person, ChangeKind.NUMBER_CANCELLED, {"number_state": 2, "successor_no": None}, now)
        else:
            check_revocable(person.changes, each.seq)
            change = Change(person.personal_no, 0, ChangeKind.REVOCATION, _today(now), now, revokes=each.seq)
        written.append(histories.record_change(person, histories.replace_change(change, evidence=evidence, approval=approval), now))
    if target.approval:
        intervals.undo(target.approval.request, approval.request, now)
        rules.check_now()
    for number, person in people.items():
        check_death_by_revocation(before[number], person.state, _rows_of(number), _today(now))
    return written


@transaction.atomic
def replace_number(personal_no: int, new_number: PersonalId, approval: Approval, evidence: Evidence, *, now: datetime) -> Change:
    """Give a person a new number; the old one leads to it for ever (*xác lập lại số định danh*, Decree 70/2024, Article 12).

    Raises `Conflict` when the number is not in force or the new one is taken.
    """
    person = histories.lock_persons([personal_no], now)[personal_no]
    _check_in_force(person)
    first = histories.first_version(new_number.number, person.state, now)
    successor = histories.add_person(
        new_number.number,
        person.state,
        histories.replace_change(first, related_no=personal_no, evidence=evidence, approval=approval),
    )
    move_rows(personal_no, successor.personal_no, approval.request, now)
    return _lead_to(person, successor.personal_no, ChangeKind.NUMBER_REPLACED, approval, evidence, now)


@transaction.atomic
def cancel_number(personal_no: int, approval: Approval, evidence: Evidence, *, now: datetime) -> Change:
    """Cancel a number that nobody rightly holds (*huỷ số định danh*). Raises `Conflict` when it is not in force."""
    person = histories.lock_persons([personal_no], now)[personal_no]
    _check_in_force(person)
    change = _state_change(person, ChangeKind.NUMBER_CANCELLED, {"number_state": int(NumberState.CANCELLED)}, now)
    return histories.record_change(person, histories.replace_change(change, evidence=evidence, approval=approval), now)


@transaction.atomic
def merge_persons(
    kept_no: int, double_no: int, items: Mapping[str, Any], approval: Approval, evidence: Evidence, *, now: datetime
) -> list[Change]:
    """One person kept under two numbers becomes one: the double leads to the kept number (*hợp nhất*).

    `items` are what the kept record takes over. Family, household and residence of the double move along unless the kept
    record has its own. Raises `Conflict` when either number is not in force, and for items as a correction does.
    """
    if kept_no == double_no:
        raise Invalid("merge.same", "Phải là hai số định danh khác nhau.", "These must be two numbers.", field="double")
    checked = check_items(items) if items else {}
    people = histories.lock_persons([kept_no, double_no], now)
    kept, double = people[kept_no], people[double_no]
    for person in (kept, double):
        _check_in_force(person)
    _check_own_acts(kept, checked)
    move_rows(double_no, kept_no, approval.request, now)
    taken = Change(
        kept_no, 0, ChangeKind.MERGED_FROM, _today(now), now, checked,
        related_no=double_no, evidence=evidence, approval=approval,
    )  # fmt: skip
    return [
        _lead_to(double, kept_no, ChangeKind.MERGED_INTO, approval, evidence, now),
        histories.record_change(kept, taken, now),
    ]


@transaction.atomic
def split_person(
    personal_no: int,
    new_number: PersonalId,
    items: Mapping[str, Any],
    approval: Approval,
    evidence: Evidence,
    *,
    now: datetime,
) -> list[Change]:
    """Two persons kept as one become two: the second gets a number of her own with `items` of her own (*tách*).

    Name and birth date of the second must be stated. Rows of family and residence stay where they are and are moved by
    requests of their own, for only the documents say whose they are. Raises `Conflict` when the new number is taken.
    """
    checked = check_items(items)
    if not {"full_name", "birth_year"} <= set(checked):
        raise Invalid(
            "split.keys", "Ghi đủ họ tên và ngày sinh của người thứ hai.", "Name and birth date are needed.", field="items"
        )
    person = histories.lock_persons([personal_no], now)[personal_no]
    _check_in_force(person)
    state = {**person.state, **checked, "flags": 0, "relatives": checked.get("relatives", {})}
    first = histories.first_version(new_number.number, state, now)
    histories.add_person(
        new_number.number,
        state,
        histories.replace_change(first, related_no=personal_no, evidence=evidence, approval=approval),
    )
    left = Change(
        personal_no, 0, ChangeKind.SPLIT_OFF, _today(now), now,
        related_no=new_number.number, evidence=evidence, approval=approval,
    )  # fmt: skip
    return [histories.record_change(person, left, now)]


def _write(person: PersonUnderLock, change: Change) -> Change:
    if change.valid_from > _today(change.recorded_at):
        raise Invalid("change.future", "Ngày có hiệu lực không được ở tương lai.", "The day lies ahead.", field="valid_from")
    if person.state["number_state"] == NumberState.REPLACED:
        raise Conflict(
            "person.replaced",
            "Số này đã được thay thế. Mở hồ sơ của số đang dùng để điều chỉnh.",
            "This number was replaced. Open the number in force.",
            details={"successor": person.state["successor_no"]},
        )
    if change.valid_from < person.changes[0].valid_from:
        change = histories.replace_change(change, valid_from=person.changes[0].valid_from)
    recorded = histories.record_change(person, change, change.recorded_at)
    if not recorded.effect and change.kind is not ChangeKind.EVENT:
        raise Conflict("change.nothing", "Thông tin đề nghị giống thông tin đang có.", "Nothing would change.")
    return recorded


def _state_change(person: PersonUnderLock, kind: ChangeKind, items: Mapping[str, Any], now: datetime) -> Change:
    return Change(person.personal_no, 0, kind, _today(now), now, items)


def _lead_to(
    person: PersonUnderLock, successor: int, kind: ChangeKind, approval: Approval, evidence: Evidence, now: datetime
) -> Change:
    """Let a number lead to another; older numbers that led to it are led on, so that one step always suffices."""
    items = {"number_state": int(NumberState.REPLACED), "successor_no": successor}
    older = histories.lock_persons(histories.numbers_led_to(person.personal_no), now)
    for number in [*older.values(), person]:
        what = kind if number is person else ChangeKind.NUMBER_REPLACED
        change = Change(
            number.personal_no, 0, what, _today(now), now, items, related_no=successor, evidence=evidence, approval=approval
        )
        recorded = histories.record_change(number, change, now)
    return recorded


def _check_own_acts(person: PersonUnderLock, items: Mapping[str, Any]) -> None:
    if set(items) & OWN_ACT_COLUMNS:
        check_own_acts(items, person.state, person.changes, _rows_of(person.personal_no))


def _rows_of(number: int) -> Rows:
    return Rows(
        [row for row in intervals.residences_of(number) if not row.is_withdrawn],
        [row for row in intervals.memberships_of(number) if not row.is_withdrawn],
        [row for row in intervals.relations_of(number) if not row.is_withdrawn and row.personal_no == number],
    )


def _check_unused(person: PersonUnderLock, first: Change) -> None:
    """Nothing later stands on a number that is to be cancelled, in its own history or in a relation of somebody else."""
    check_nothing_later(person.changes, first)
    naming = [
        row.request_id
        for row in intervals.relations_of(person.personal_no)
        if not row.is_withdrawn and row.other_no == person.personal_no and row.request_id
    ]
    acts = [change for request in set(naming) for change in histories.changes_of_request(request)]
    if any(act.kind is not ChangeKind.REVOCATION and act.approval != first.approval for act in acts):
        raise Conflict(
            "revocation.later_relations",
            "Số định danh do đề nghị này lập đã được ghi là cha, mẹ hoặc người đại diện của người khác. Thu hồi việc ghi nhận "
            "quan hệ ở hồ sơ của người kia trước, rồi thu hồi lần này.",
            "The number this request made is recorded as somebody's parent or representative. Take that relation back first.",
        )


def _check_in_force(person: PersonUnderLock) -> None:
    if not person.in_force:
        raise Conflict(
            "person.not_in_force",
            "Số định danh này không còn dùng: đã thay thế hoặc đã huỷ.",
            "This number is not in force: it was replaced or cancelled.",
        )


def _today(now: datetime) -> date:
    return local(now).date()
