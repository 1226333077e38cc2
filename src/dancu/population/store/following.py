"""What every act on households, residence and relations shares: rows are closed and brought, then the person's row follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.population.domain import Approval, Evidence, LifeStatus, address_key
from dancu.population.families import HEAD, HouseholdRow, MembershipRow, ResidenceRow, check_household, holding
from dancu.population.history import Change, ChangeKind, Items
from dancu.population.items import household_relations
from dancu.population.store import histories, intervals
from dancu.population.store.histories import PersonUnderLock
from dancu.population.units.table import is_known


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


def check_day(day: date, now: datetime, people: Iterable[PersonUnderLock] = ()) -> None:
    """Nothing is registered ahead, before a birth or after a death. Raises `Invalid`, `Conflict`."""
    if day > local(now).date():
        raise Invalid("change.future", "Ngày có hiệu lực không được ở tương lai.", "The day lies ahead.", field="valid_from")
    for person in people:
        if day < person.changes[0].valid_from:
            raise Invalid("change.before_birth", "Ngày này trước ngày sinh.", "The day lies before the birth.", field="valid_from")
        dead = person.state["life_status"] == LifeStatus.DEAD and person.state["life_status_on"]
        if dead and day > date.fromisoformat(dead):
            raise Conflict("person.dead", "Người này đã mất trước ngày ấy.", "The person was dead by then.")


def close_rows(rows: Sequence[Any], day: date, approval: Approval, now: datetime) -> None:
    """End rows on a day: the open row is withdrawn, its closed copy comes; one that began that day leaves no copy.

    Raises `Conflict` for a row that begins later: it would be lost.
    """
    if any(row.valid_from > day for row in rows):
        raise Conflict(
            "interval.later",
            "Đã có đăng ký bắt đầu sau ngày này. Thu hồi đăng ký ấy trước, hoặc chọn ngày muộn hơn.",
            "A registration begins after this day. Take it back first, or choose a later day.",
        )
    intervals.withdraw(rows, approval.request, now)
    closed = [msgspec.structs.replace(row, valid_to=day) for row in rows if row.valid_from < day]
    intervals.bring(closed, approval.request, now)


def leave_households(personal_no: int, day: date, approval: Approval, now: datetime) -> None:
    rows = intervals.memberships_of(personal_no)
    close_rows([r for r in rows if not r.is_withdrawn and r.valid_to is None and r.kind == "permanent"], day, approval, now)


def end_rows(personal_no: int, kind: str, day: date, approval: Approval, now: datetime) -> bool:
    rows = [row for row in intervals.residences_of(personal_no) if row.kind == kind and row.holds_on(day)]
    close_rows(rows, day, approval, now)
    return bool(rows)


def settle(
    personal_no: int, kind: str, place: Place, household_no: int, day: date, until: date | None, approval: Approval, now: datetime
) -> None:
    end_rows(personal_no, kind, day, approval, now)
    key = address_key(place.version, place.code, place.detail)
    row = ResidenceRow(
        personal_no=personal_no, kind=kind, version=place.version, code=place.code, detail=place.detail,
        address_key=key, household_no=household_no, valid_from=day, valid_to=until,
    )  # fmt: skip
    intervals.bring([row], approval.request, now)


def open_members(household_no: int) -> list[MembershipRow]:
    rows = intervals.members_of(household_no)
    return [row for row in rows if not row.is_withdrawn and row.valid_to is None and row.kind == "permanent"]


def follow_rows(
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


def follow_relations(
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
            row.kind: as_relative(row.other_no) for row in holding(rows, local(now).date())
        }
        items: Items = {"relatives": relatives}
        change = Change(
            number, 0, ChangeKind.RELATION, _item_day(person, items, valid_from), now, items,
            about=("relation",), evidence=evidence, approval=approval,
        )  # fmt: skip
        histories.record_change(person, change, now)


def as_relative(number: int) -> dict[str, str]:
    row = histories.row_state(number)
    assert row is not None, "the rules of the tables leave no orphan"
    return {
        "full_name": row["full_name"],
        "personal_id": f"{number:012d}",
        "old_id_no": row["old_id_no"],
        "nationality": row["nationality"],
    }


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
    head = next((row for row in open_members(membership.household_no) if row.relation == HEAD), None)
    assert household is not None
    return {
        "household_relation": membership.relation,
        "household_head": as_relative(head.personal_no) if head else {},
        "household_book_no": household.residence_file_no,
        "residence_file_no": household.residence_file_no,
    }


def crown(
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
            changing.append((row, known_relation(relation)))
    close_rows([row for row, _ in changing], day, approval, now)
    renewed = [msgspec.structs.replace(row, relation=relation, valid_from=max(day, row.valid_from)) for row, relation in changing]
    unchanged = [row for row in members if row not in [each for each, _ in changing]]
    check_household([*renewed, *unchanged], max(row.valid_from for row in [*renewed, *unchanged]))
    intervals.bring(renewed, approval.request, now)


def known_relation(code: str) -> str:
    if code not in household_relations():
        raise Invalid("household.relation", "Không có quan hệ này với chủ hộ.", "There is no such relation.", field="relation")
    return code


def open_household(household_no: int) -> HouseholdRow:
    household = intervals.lock_household(household_no)
    if household is None or household.dissolved_on is not None:
        raise NotFound("household.unknown", "Không có hộ này, hoặc hộ đã giải thể.", "There is no such household.")
    return household


def membership_of(personal_no: int) -> MembershipRow:
    rows = [row for row in intervals.memberships_of(personal_no) if not row.is_withdrawn and row.valid_to is None]
    found = next((row for row in rows if row.kind == "permanent"), None)
    if found is None:
        raise NotFound("household.no_member", "Người này không thuộc hộ nào.", "The person belongs to no household.")
    intervals.lock_household(found.household_no)
    return found
