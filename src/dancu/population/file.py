"""The whole file of a person for the registry's officers: history, family, household, residence, under a warrant.

The caller (the exchange) records the read in the same transaction. What the warrant does not name is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from django.db.models import F

from dancu.kernel.errors import NotFound
from dancu.kernel.warrants import Field, Warrant
from dancu.population.domain import Flag, LifeStatus, Sex
from dancu.population.families import (
    HouseholdRow,
    MembershipRow,
    RelationRow,
    ResidenceRow,
    holding,
)
from dancu.population.history import Change, state_as_of
from dancu.population.items import FIELD_OF
from dancu.population.models import Person
from dancu.population.store import histories, intervals

NEIGHBOURS_MAX = 200


@dataclass(frozen=True, slots=True)
class Neighbour:
    """As much of another person as items 15 and 23 tell beside this one (*người liên quan*)."""

    personal_no: int
    full_name: str
    birth_year: int
    sex: Sex
    life_status: LifeStatus
    number_state: int


@dataclass(frozen=True, slots=True)
class PersonFile:
    """Everything the registry keeps about one person, as far as granted (*hồ sơ dân cư của một người*)."""

    personal_no: int
    changes: Sequence[Change]  # oldest first; the first version is always there
    relations: Sequence[RelationRow]
    residences: Sequence[ResidenceRow]
    memberships: Sequence[MembershipRow]
    household: HouseholdRow | None
    members: Sequence[MembershipRow]  # of that household, today
    neighbours: dict[int, Neighbour]  # everybody the rows above name
    older_numbers: Sequence[int]  # numbers that lead to this one
    at_address: Sequence[ResidenceRow]  # who else lives at the permanent address today, at most `NEIGHBOURS_MAX`

    def state_as_of(self, valid_on: date, recorded_at: datetime) -> dict[str, Any] | None:
        """The granted items as they were true on a day, as the registry knew it at a moment."""
        return state_as_of(self.changes, valid_on, recorded_at)


def person_file(personal_no: int, warrant: Warrant, *, now: datetime, today: date) -> PersonFile:
    """Read the file of a person (*mở hồ sơ dân cư*). Raises `NotFound`. The caller records the read."""
    assert warrant.expires_at > now, "an expired warrant reads nothing"
    row = histories.row_state(personal_no)
    if row is None:
        raise NotFound("person.unknown", "Không có số định danh này trong cơ sở dữ liệu.", "There is no such number.")
    batch = row.pop("load_batch")
    row.pop("last_seq")
    changes = histories.changes_of(personal_no) or [
        histories.first_version(personal_no, row, histories.batch_moment(batch) or now, batch)
    ]
    relations = intervals.relations_of(personal_no) if Field.RELATIVES in warrant.fields else []
    residences = [r for r in intervals.residences_of(personal_no) if _RESIDENCE_FIELDS[r.kind] in warrant.fields]
    memberships = intervals.memberships_of(personal_no) if Field.HOUSEHOLD in warrant.fields else []
    current = next((m for m in holding(memberships, today) if m.kind == "permanent"), None)
    members = holding(intervals.members_of(current.household_no), today) if current else []
    named = {r.other_no for r in relations} | {r.personal_no for r in relations} | {m.personal_no for m in members}
    named |= {c.related_no for c in changes if c.related_no}
    home = next((r for r in holding(residences, today) if r.kind == "permanent" and r.address_key), None)
    housemates = intervals.residences_at(home.address_key, today)[:NEIGHBOURS_MAX] if home else []
    named |= {r.personal_no for r in housemates}
    neighbours = _neighbours(named - {personal_no}, warrant)
    return PersonFile(
        personal_no,
        [_granted(change, warrant) for change in changes],
        relations,
        residences,
        memberships,
        intervals.find_household(current.household_no) if current else None,
        members,
        neighbours,
        histories.numbers_led_to(personal_no),
        [r for r in housemates if r.personal_no in neighbours],
    )


_RESIDENCE_FIELDS = {
    "permanent": Field.PERMANENT_RESIDENCE,
    "temporary": Field.TEMPORARY_RESIDENCE,
    "current": Field.CURRENT_RESIDENCE,
    "stay": Field.CURRENT_RESIDENCE,
    "absence": Field.TEMPORARY_ABSENCE,
}


def _granted(change: Change, warrant: Warrant) -> Change:
    """The change without the columns of fields that are not granted; that it happened is not hidden."""

    def seen(column: str) -> bool:
        return column not in FIELD_OF or FIELD_OF[column] in warrant.fields

    return msgspec.structs.replace(
        change,
        items={name: value for name, value in change.items.items() if seen(name)},
        effect={name: pair for name, pair in change.effect.items() if seen(name)},
    )


def _neighbours(numbers: set[int], warrant: Warrant) -> dict[int, Neighbour]:
    """Protected persons are left out, as a search leaves them out, unless the warrant is for them."""
    rows = Person.objects.filter(pk__in=sorted(numbers)[:NEIGHBOURS_MAX])
    if not warrant.protected:
        rows = rows.annotate(held=F("flags").bitand(int(Flag.PROTECTED))).filter(held=0)
    return {
        row.personal_no: Neighbour(
            row.personal_no, row.full_name, row.birth_year, Sex(row.sex), LifeStatus(row.life_status), row.number_state
        )
        for row in rows.only("personal_no", "full_name", "birth_year", "sex", "life_status", "number_state")
    }
