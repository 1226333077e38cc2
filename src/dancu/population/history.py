"""The history of one person as values: changes in valid time and record time, and the state they add up to. Pure.

Two clocks (bitemporal tables, Snodgrass 1999): `valid_from` says from which day on something is true in life,
`recorded_at` when the registry learned it. A correction is recorded late and valid early; a revocation takes a change
out from the moment it is recorded, so that what was believed before can still be shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from dancu.kernel.errors import Conflict
from dancu.population.domain import Approval, Evidence

Items = Mapping[str, Any]


class ChangeKind(StrEnum):
    """What happened to the record of a person (*loại thay đổi*)."""

    FIRST = "first"  # the row as it was first kept
    LOAD = "load"  # a bulk load brought other values
    EVENT = "event"  # something became new in life: a name lawfully changed, a marriage, a death
    CORRECTION = "correction"  # the registry was wrong
    REVOCATION = "revocation"  # an earlier change is taken back
    MERGED_INTO = "merged_into"  # this number was a double: it leads to the other one
    MERGED_FROM = "merged_from"
    SPLIT_FROM = "split_from"  # this number was given to the second of two persons kept as one
    SPLIT_OFF = "split_off"
    NUMBER_REPLACED = "number_replaced"
    NUMBER_CANCELLED = "number_cancelled"
    FLAG = "flag"
    RESIDENCE = "residence"
    HOUSEHOLD = "household"
    RELATION = "relation"


class Change(msgspec.Struct, frozen=True):
    """One change of one person as it stands in the history (*một lần thay đổi*)."""

    personal_no: int
    seq: int  # 0 is the first version
    kind: ChangeKind
    valid_from: date
    recorded_at: datetime
    items: Items = {}
    effect: Mapping[str, Sequence[Any]] = {}  # what it did to the row of that moment: column → [before, after]
    about: Sequence[str] = ()
    revokes: int | None = None
    related_no: int | None = None
    evidence: Evidence | None = None
    approval: Approval | None = None
    load_batch: int = 0


def standing(changes: Iterable[Change], recorded_at: datetime) -> list[Change]:
    """The changes known at that moment that nobody had taken back by then; a revocation may itself be taken back."""
    known = [change for change in changes if change.recorded_at <= recorded_at]
    taken_back: set[int] = set()
    for change in sorted(known, key=lambda c: -c.seq):
        if change.revokes is not None and change.seq not in taken_back:
            taken_back.add(change.revokes)
    return [change for change in known if change.seq not in taken_back]


def state_as_of(changes: Iterable[Change], valid_on: date, recorded_at: datetime) -> dict[str, Any] | None:
    """What the registry, as it stood at `recorded_at`, says was true on `valid_on`; None before the first version.

    Later facts win over earlier ones by the day from which they hold; of two with the same day the one recorded last.
    """
    valid = [change for change in standing(changes, recorded_at) if change.valid_from <= valid_on]
    valid.sort(key=lambda change: (change.valid_from, change.seq))
    if not any(change.kind is ChangeKind.FIRST for change in valid):
        return None
    state: dict[str, Any] = {}
    for change in valid:
        state.update(change.items)
    return state


def current_state(changes: Sequence[Change], now: datetime, today: date) -> dict[str, Any]:
    """The state the row of the person must show. Raises `AssertionError` without a first version."""
    state = state_as_of(changes, today, now)
    assert state is not None, "a history begins with its first version"
    return state


def asserting(changes: Sequence[Change], column: str) -> Change | None:
    """The standing change that says what a column holds now (*thay đổi đang có hiệu lực với một mục*)."""
    newest = max(change.recorded_at for change in changes)
    saying = [change for change in standing(changes, newest) if column in change.items]
    return max(saying, key=lambda change: (change.valid_from, change.seq), default=None)


def append(changes: Sequence[Change], row: Items, change: Change, today: date) -> tuple[Change, dict[str, Any]]:
    """The change with its place in the history and its effect on the row, and the row after it."""
    placed = msgspec.structs.replace(change, seq=changes[-1].seq + 1, personal_no=changes[0].personal_no)
    after = current_state([*changes, placed], change.recorded_at, today)
    effect = {name: [row[name], after[name]] for name in row if row[name] != after[name]}
    return msgspec.structs.replace(placed, effect=effect), {**row, **{name: after[name] for name in row}}


def check_revocable(changes: Sequence[Change], seq: int) -> Change:
    """The change to be taken back. Raises `Conflict` with what is possible instead."""
    change = next((c for c in changes if c.seq == seq), None)
    if change is None or change.kind is ChangeKind.FIRST:
        raise Conflict(
            "revocation.first",
            "Không thu hồi được phiên bản đầu tiên. Dùng đề nghị điều chỉnh.",
            "The first version cannot be taken back. Ask for a correction.",
        )
    newest = max(c.recorded_at for c in changes)
    if all(c.seq != seq for c in standing(changes, newest)):
        raise Conflict(
            "revocation.twice",
            "Thay đổi này đã được thu hồi trước đó. Có thể thu hồi chính lần thu hồi ấy.",
            "This change was taken back before. That revocation itself can be taken back.",
        )
    return change


def check_nothing_later(changes: Sequence[Change], first: Change) -> None:
    """A number made by a request goes with it only while nothing later stands on it. Raises `Conflict` naming what stands."""
    newest = max(change.recorded_at for change in changes)
    later = [
        f"#{change.seq}"
        for change in standing(changes, newest)
        if change.kind not in (ChangeKind.FIRST, ChangeKind.REVOCATION) and _request_of(change) != _request_of(first)
    ]
    if later:
        raise Conflict(
            "revocation.later_changes",
            f"Số định danh do đề nghị này lập đã có thay đổi về sau ({', '.join(later)}). Mở hồ sơ của số ấy, thu hồi các thay đổi "
            "đó trước, lần sau cùng trước nhất, rồi thu hồi lần này.",
            f"The number this request made has later changes ({', '.join(later)}). Open its record and take those back first.",
            details={"changes": later},
        )


def _request_of(change: Change) -> UUID | None:
    return change.approval.request if change.approval else None
