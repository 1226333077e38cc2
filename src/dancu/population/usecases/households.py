"""Households and residence: formed, joined, left, a new head, moved, registered, ended; each with approval and document.

Rows with intervals are the record; the items 16 to 23 on the row of each person follow in the same transaction, as a
change of hers that says what moved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import transaction

from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.population.domain import Approval, Evidence, address_key
from dancu.population.families import (
    HEAD,
    RELATION_KINDS,
    HouseholdRow,
    MembershipRow,
    RelationRow,
    ResidenceRow,
    check_household,
    check_residence,
    holding,
)
from dancu.population.history import Change, ChangeKind, Items
from dancu.population.items import household_relations
from dancu.population.store import histories, intervals, rules
from dancu.population.store.histories import PersonUnderLock
from dancu.population.units import is_known


class Place(msgspec.Struct, frozen=True):
    """Where somebody lives: unit in its version, and the dwelling (*chỗ ở*)."""

    version: str
    code: str  # dotted: `46..19789`
    detail: str

    def __post_init__(self) -> None:
        if not is_known(self.version, self.code) or not self.detail.strip():
            raise Invalid(
                "place.unknown",
                "Chọn xã, phường trong danh mục và ghi số nhà, đường hoặc thôn.",
                "Choose a commune of the list and give the dwelling.",
                field="place",
            )


@transaction.atomic
def form_household(
    place: Place,
    members: Mapping[int, str],
    approval: Approval,
    evidence: Evidence,
    *,
    valid_from: date,
    now: datetime,
) -> HouseholdRow:
    """Form a household at a dwelling (*lập hộ*). `members`: number → relation to the head, exactly one of them the head.

    Who belongs to another household leaves it on that day. Raises `Conflict` for a rule broken, `NotFound`.
    """
    _check_day(valid_from, now)
    people = histories.lock_persons(members, now)
    number = intervals.next_household_no()
    key = address_key(place.version, place.code, place.detail)
    household = HouseholdRow(number, place.version, place.code, place.detail, key, f"{number:09d}", valid_from)
    intervals.add_household(household, now)
    for person in people.values():
        _leave_all(person.personal_no, valid_from, approval, now)
    joined = [
        MembershipRow(household_no=number, personal_no=no, relation=_relation(code), valid_from=valid_from)
        for no, code in members.items()
    ]
    check_household(joined, valid_from)
    intervals.bring(joined, approval.request, now)
    for no in members:
        _settle(no, "permanent", place, number, valid_from, None, approval, now)
    _follow(people, approval, evidence, now, ("household", "residence"), valid_from)
    rules.check_now()
    return household


@transaction.atomic
def join_household(
    household_no: int,
    personal_no: int,
    relation: str,
    approval: Approval,
    evidence: Evidence,
    *,
    valid_from: date,
    now: datetime,
) -> None:
    """Enter a person into a household as a permanent member (*nhập hộ, đăng ký thường trú*). Raises as above."""
    _check_day(valid_from, now)
    household = _household(household_no)
    people = histories.lock_persons([personal_no], now)
    _leave_all(personal_no, valid_from, approval, now)
    row = MembershipRow(household_no=household_no, personal_no=personal_no, relation=_relation(relation), valid_from=valid_from)
    intervals.bring([row], approval.request, now)
    place = Place(household.version, household.code, household.detail)
    _settle(personal_no, "permanent", place, household_no, valid_from, None, approval, now)
    _follow(people, approval, evidence, now, ("household", "residence"), valid_from)
    rules.check_now()


@transaction.atomic
def leave_household(
    personal_no: int,
    approval: Approval,
    evidence: Evidence,
    *,
    valid_from: date,
    now: datetime,
    new_head: int | None = None,
) -> None:
    """Take a person out of her household (*xoá đăng ký thường trú, tách khỏi hộ*).

    When the head leaves and others stay, `new_head` must be one of them. Raises `Conflict` otherwise.
    """
    _check_day(valid_from, now)
    membership = _membership(personal_no)
    rest = [row for row in _members(membership.household_no) if row.personal_no != personal_no]
    people = histories.lock_persons([personal_no, *(row.personal_no for row in rest)], now)
    _leave_all(personal_no, valid_from, approval, now)
    _end_residence(personal_no, "permanent", valid_from, approval, now)
    if membership.relation == HEAD and rest:
        if new_head not in {row.personal_no for row in rest}:
            raise Conflict(
                "household.one_head",
                "Hộ còn thành viên phải có đúng một chủ hộ. Chọn chủ hộ mới.",
                "A household with members has exactly one head.",
            )
        _crown(rest, {new_head or 0: HEAD}, valid_from, approval, now)
    elif not rest:
        intervals.dissolve_household(membership.household_no, valid_from)
    _follow(people, approval, evidence, now, ("household", "residence"), valid_from)
    rules.check_now()


@transaction.atomic
def change_head(
    household_no: int,
    relations: Mapping[int, str],
    approval: Approval,
    evidence: Evidence,
    *,
    valid_from: date,
    now: datetime,
) -> None:
    """A household gets another head (*thay đổi chủ hộ*): number → relation to the new head, for those whose relation changes.

    Raises `Conflict` unless exactly one head is left.
    """
    _check_day(valid_from, now)
    _household(household_no)
    members = _members(household_no)
    if strangers := set(relations) - {row.personal_no for row in members}:
        raise Conflict(
            "household.not_a_member",
            f"Có {len(strangers)} người không thuộc hộ này.",
            "Somebody named does not belong to the household.",
        )
    people = histories.lock_persons((row.personal_no for row in members), now)
    _crown(members, relations, valid_from, approval, now)
    _follow(people, approval, evidence, now, ("household",), valid_from)
    rules.check_now()


@transaction.atomic
def register_residence(residence: ResidenceRow, approval: Approval, evidence: Evidence, *, now: datetime) -> None:
    """Register temporary or current residence, a stay or an absence (*đăng ký tạm trú, khai báo nơi ở, lưu trú, tạm vắng*).

    Permanent residence comes with a household. An open row of the same kind ends on that day. Raises `Invalid`, `Conflict`.
    """
    if residence.kind == "permanent":
        raise Invalid("residence.permanent", "Thường trú được đăng ký cùng với hộ.", "Join a household instead.", field="kind")
    _check_day(residence.valid_from, now)
    people = histories.lock_persons([residence.personal_no], now)
    check_residence(residence, intervals.residences_of(residence.personal_no))
    if residence.kind != "absence":
        Place(residence.version, residence.code, residence.detail)
    _end_residence(residence.personal_no, residence.kind, residence.valid_from, approval, now)
    key = address_key(residence.version, residence.code, residence.detail)
    intervals.bring([msgspec.structs.replace(residence, address_key=key)], approval.request, now)
    _follow(people, approval, evidence, now, ("residence",), residence.valid_from)


@transaction.atomic
def end_residence(personal_no: int, kind: str, approval: Approval, evidence: Evidence, *, valid_from: date, now: datetime) -> None:
    """End a residence that is not permanent (*xoá đăng ký tạm trú, kết thúc tạm vắng*). Raises `NotFound` when none is open."""
    _check_day(valid_from, now)
    people = histories.lock_persons([personal_no], now)
    if not _end_residence(personal_no, kind, valid_from, approval, now):
        raise NotFound("residence.none", "Người này không có đăng ký loại này.", "There is no such residence.")
    _follow(people, approval, evidence, now, ("residence",), valid_from)


@transaction.atomic
def relate_persons(
    personal_no: int, kind: str, other_no: int, approval: Approval, evidence: Evidence, *, valid_from: date, now: datetime
) -> None:
    """Record that one person is father, mother, spouse, representative of another (*ghi nhận quan hệ*). Spouses both ways."""
    if kind not in RELATION_KINDS:
        raise Invalid("relation.kind", "Không có loại quan hệ này.", "There is no such relation.", field="kind")
    _check_day(valid_from, now)
    people = histories.lock_persons([personal_no, other_no], now)
    rows = [RelationRow(personal_no=personal_no, kind=kind, other_no=other_no, valid_from=valid_from)]
    if kind == "spouse":
        rows.append(RelationRow(personal_no=other_no, kind=kind, other_no=personal_no, valid_from=valid_from))
    intervals.bring(rows, approval.request, now)
    _follow_relations(people, {personal_no, other_no} if kind == "spouse" else {personal_no}, approval, evidence, now, valid_from)


@transaction.atomic
def end_relation(personal_no: int, kind: str, approval: Approval, evidence: Evidence, *, valid_from: date, now: datetime) -> None:
    """End a marriage or a representation (*chấm dứt quan hệ*). Raises `NotFound` when none holds."""
    _check_day(valid_from, now)
    open_rows = [
        row for row in intervals.relations_of(personal_no) if row.kind == kind and row.holds_on(valid_from) and row.valid_to is None
    ]
    rows = [row for row in open_rows if kind == "spouse" or row.personal_no == personal_no]
    if not rows:
        raise NotFound("relation.none", "Người này không có quan hệ này.", "There is no such relation.")
    people = histories.lock_persons({row.personal_no for row in rows} | {row.other_no for row in rows}, now)
    _close(rows, valid_from, approval, now)
    _follow_relations(people, {row.personal_no for row in rows}, approval, evidence, now, valid_from)


def _check_day(day: date, now: datetime) -> None:
    if day > local(now).date():
        raise Invalid("change.future", "Ngày có hiệu lực không được ở tương lai.", "The day lies ahead.", field="valid_from")


def _relation(code: str) -> str:
    if code not in household_relations():
        raise Invalid("household.relation", "Không có quan hệ này với chủ hộ.", "There is no such relation.", field="relation")
    return code


def _household(household_no: int) -> HouseholdRow:
    household = intervals.lock_household(household_no)
    if household is None or household.dissolved_on is not None:
        raise NotFound("household.unknown", "Không có hộ này, hoặc hộ đã giải thể.", "There is no such household.")
    return household


def _membership(personal_no: int) -> MembershipRow:
    rows = [row for row in intervals.memberships_of(personal_no) if not row.is_withdrawn and row.valid_to is None]
    found = next((row for row in rows if row.kind == "permanent"), None)
    if found is None:
        raise NotFound("household.no_member", "Người này không thuộc hộ nào.", "The person belongs to no household.")
    intervals.lock_household(found.household_no)
    return found


def _members(household_no: int) -> list[MembershipRow]:
    rows = intervals.members_of(household_no)
    return [row for row in rows if not row.is_withdrawn and row.valid_to is None and row.kind == "permanent"]


def _close(rows: Sequence[Any], day: date, approval: Approval, now: datetime) -> None:
    """End rows on a day: the open row is withdrawn, its closed copy comes; one that began that day leaves no copy."""
    intervals.withdraw(rows, approval.request, now)
    closed = [msgspec.structs.replace(row, valid_to=day) for row in rows if row.valid_from < day]
    intervals.bring(closed, approval.request, now)


def _leave_all(personal_no: int, day: date, approval: Approval, now: datetime) -> None:
    rows = intervals.memberships_of(personal_no)
    _close([r for r in rows if not r.is_withdrawn and r.valid_to is None and r.kind == "permanent"], day, approval, now)


def _end_residence(personal_no: int, kind: str, day: date, approval: Approval, now: datetime) -> bool:
    rows = [row for row in intervals.residences_of(personal_no) if row.kind == kind and row.holds_on(day)]
    _close(rows, day, approval, now)
    return bool(rows)


def _settle(
    personal_no: int, kind: str, place: Place, household_no: int, day: date, until: date | None, approval: Approval, now: datetime
) -> None:
    _end_residence(personal_no, kind, day, approval, now)
    key = address_key(place.version, place.code, place.detail)
    row = ResidenceRow(
        personal_no=personal_no, kind=kind, version=place.version, code=place.code, detail=place.detail,
        address_key=key, household_no=household_no, valid_from=day, valid_to=until,
    )  # fmt: skip
    intervals.bring([row], approval.request, now)


def _crown(
    members: Sequence[MembershipRow],
    relations: Mapping[int, str],
    day: date,
    approval: Approval,
    now: datetime,
) -> None:
    """Give members of a household other relations from a day on; whoever was head and is not named becomes "other"."""
    changing: list[tuple[MembershipRow, str]] = []
    for row in members:
        relation = relations.get(row.personal_no, "99" if row.relation == HEAD else row.relation)
        if relation != row.relation:
            changing.append((row, _relation(relation)))
    _close([row for row, _ in changing], day, approval, now)
    renewed = [msgspec.structs.replace(row, relation=relation, valid_from=max(day, row.valid_from)) for row, relation in changing]
    unchanged = [row for row in members if row not in [each for each, _ in changing]]
    check_household([*renewed, *unchanged], max(row.valid_from for row in [*renewed, *unchanged]))
    intervals.bring(renewed, approval.request, now)


def _follow(
    people: Mapping[int, PersonUnderLock],
    approval: Approval,
    evidence: Evidence,
    now: datetime,
    about: tuple[str, ...],
    valid_from: date,
) -> None:
    """Bring the items of residence and household on each person's row up to what the rows with intervals say today."""
    kind = ChangeKind.HOUSEHOLD if "household" in about else ChangeKind.RESIDENCE
    for person in people.values():
        items = _residence_items(person, local(now).date())
        if "household" in about:
            items |= _household_items(person)
        change = Change(
            person.personal_no, 0, kind, _item_day(person, items, valid_from), now, items,
            about=about, evidence=evidence, approval=approval,
        )  # fmt: skip
        histories.record_change(person, change, now)


def _item_day(person: PersonUnderLock, items: Items, valid_from: date) -> date:
    """The day from which the items hold: not before what is already asserted of them, for the rows decide what holds today."""
    asserted = [change.valid_from for change in person.changes if set(change.items) & set(items)]
    return max(valid_from, *asserted)


def _residence_items(person: PersonUnderLock, today: date) -> dict[str, Any]:
    rows = holding(intervals.residences_of(person.personal_no), today)
    items: dict[str, Any] = {}
    for kind in ("permanent", "temporary", "current"):
        row = next((each for each in rows if each.kind == kind), None)
        items |= {
            f"{kind}_version": row.version if row else "",
            f"{kind}_code": row.code if row else "",
            f"{kind}_detail": row.detail if row else "",
        }
    absence = next((each for each in rows if each.kind == "absence"), None)
    items["temporary_absence"] = f"từ {absence.valid_from:%d/%m/%Y}" if absence else ""
    return items


def _household_items(person: PersonUnderLock) -> dict[str, Any]:
    own = [row for row in intervals.memberships_of(person.personal_no) if not row.is_withdrawn and row.valid_to is None]
    membership = next((row for row in own if row.kind == "permanent"), None)
    if membership is None:
        return {"household_relation": "", "household_head": {}, "household_book_no": "", "residence_file_no": ""}
    household = intervals.find_household(membership.household_no)
    head = next((row for row in _members(membership.household_no) if row.relation == HEAD), None)
    assert household is not None
    return {
        "household_relation": membership.relation,
        "household_head": _relative(head.personal_no) if head else {},
        "household_book_no": household.residence_file_no,
        "residence_file_no": household.residence_file_no,
    }


def _relative(number: int) -> dict[str, str]:
    row = histories.row_state(number)
    assert row is not None, "the rules of the tables leave no orphan"
    return {
        "full_name": row["full_name"],
        "personal_id": f"{number:012d}",
        "old_id_no": row["old_id_no"],
        "nationality": row["nationality"],
    }


def _follow_relations(
    people: Mapping[int, PersonUnderLock],
    changed: set[int],
    approval: Approval,
    evidence: Evidence,
    now: datetime,
    valid_from: date,
) -> None:
    """Bring item 15 of each person whose relations changed up to the rows."""
    for number in sorted(changed):
        person = people[number]
        rows = [row for row in intervals.relations_of(number) if row.personal_no == number]
        relatives = {name: value for name, value in person.state["relatives"].items() if name not in {row.kind for row in rows}} | {
            row.kind: _relative(row.other_no) for row in holding(rows, local(now).date())
        }
        items: Items = {"relatives": relatives}
        change = Change(
            number, 0, ChangeKind.RELATION, _item_day(person, items, valid_from), now, items,
            about=("relation",), evidence=evidence, approval=approval,
        )  # fmt: skip
        histories.record_change(person, change, now)
