"""Rows of family, household and residence that go over from one number to another, when both are one person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

import msgspec

from dancu.population.families import MembershipRow, RelationRow, ResidenceRow
from dancu.population.store import intervals, rules

Row = TypeVar("Row", MembershipRow, RelationRow, ResidenceRow)
_EVER = date.max


def move_rows(source: int, target: int, request: UUID, now: datetime) -> None:
    """Withdraw the rows of `source`; bring them again for `target` where nothing of its own stands against it."""
    _move_relations(source, target, request, now)
    _move(intervals.residences_of(source), intervals.residences_of(target), target, request, now, lambda row: row.kind)
    _move(intervals.memberships_of(source), intervals.memberships_of(target), target, request, now, lambda row: row.kind)
    rules.check_now()


def _move(
    rows: Sequence[Row], own: Sequence[Row], target: int, request: UUID, now: datetime, kind: Callable[[Row], object]
) -> None:
    going = [row for row in rows if not row.is_withdrawn]
    standing = [row for row in own if not row.is_withdrawn]
    intervals.withdraw(going, request, now)
    intervals.bring(
        [
            msgspec.structs.replace(row, personal_no=target)
            for row in going
            if not any(kind(row) == kind(other) and _overlap(row, other) for other in standing)
        ],
        request,
        now,
    )


def _move_relations(source: int, target: int, request: UUID, now: datetime) -> None:
    """Own relations of the source, and those of others that name it."""
    going = [row for row in intervals.relations_of(source) if not row.is_withdrawn]
    standing = [row for row in intervals.relations_of(target) if not row.is_withdrawn]
    intervals.withdraw(going, request, now)
    moved: list[RelationRow] = []
    for row in going:
        ends = [target if number == source else number for number in (row.personal_no, row.other_no)]
        new = msgspec.structs.replace(row, personal_no=ends[0], other_no=ends[1])
        blocked = any(_same_place(new, other) for other in [*standing, *moved])
        if ends[0] != ends[1] and not blocked:
            moved.append(new)
    intervals.bring(moved, request, now)


def _same_place(row: RelationRow, other: RelationRow) -> bool:
    if row.personal_no != other.personal_no or row.kind != other.kind:
        return False
    return row.kind != "spouse" or _overlap(row, other)


def _overlap(row: Row, other: Row) -> bool:
    return row.valid_from < (other.valid_to or _EVER) and other.valid_from < (row.valid_to or _EVER)
