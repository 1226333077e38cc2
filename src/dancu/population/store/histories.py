"""Persons under lock, their changes, and the writing of both: the only file that touches the history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, NotFound
from dancu.kernel.four_eyes import Hand
from dancu.population.domain import Approval, Evidence, NumberState
from dancu.population.history import Change, ChangeKind, append
from dancu.population.items import ROW_COLUMNS
from dancu.population.models import Change as ChangeRow
from dancu.population.models import LoadBatch, Person
from dancu.population.store.rules import told_as_conflict

CHANGES_MAX = 10_000  # of one person; a real one has a few dozen in a lifetime


@dataclass(slots=True)
class PersonUnderLock:
    """A person nobody else can change until the transaction ends (*người đang được khoá để thay đổi*)."""

    personal_no: int
    changes: list[Change]
    stored: int  # how many of `changes` stand in the table; the first version is written with the second
    state: dict[str, Any]

    @property
    def in_force(self) -> bool:
        return bool(self.state["number_state"] == NumberState.IN_FORCE)


def lock_persons(numbers: Iterable[int], now: datetime) -> dict[int, PersonUnderLock]:
    """Lock rows in the order of their numbers, so that two callers never wait for each other. Raises `NotFound`."""
    found: dict[int, PersonUnderLock] = {}
    for number in sorted(set(numbers)):
        row = Person.objects.select_for_update().filter(pk=number).values(*ROW_COLUMNS, "load_batch").first()
        if row is None:
            raise _unknown()
        found[number] = _with_history(number, row, now)
    return found


def lock_versions(numbers: Iterable[int]) -> dict[int, int]:
    """The last change of each person, 0 before any, under lock in the order of the numbers. Raises `NotFound`."""
    found: dict[int, int] = {}
    for number in sorted(set(numbers)):
        last = Person.objects.select_for_update().filter(pk=number).values_list("last_seq", flat=True).first()
        if last is None:
            raise _unknown()
        found[number] = last
    return found


def _with_history(number: int, row: dict[str, Any], now: datetime) -> PersonUnderLock:
    batch = row.pop("load_batch")
    state = {name: _plain(value) for name, value in row.items()}
    changes = changes_of(number)
    stored = len(changes)
    if not changes:
        changes = [first_version(number, state, _batch_moment(batch) or now, batch)]
    return PersonUnderLock(number, changes, stored, state)


def _unknown() -> NotFound:
    return NotFound("person.unknown", "Không có số định danh này trong cơ sở dữ liệu.", "There is no such number.")


def first_version(number: int, state: Mapping[str, Any], recorded_at: datetime, batch: int = 0) -> Change:
    """The row as it was first kept; true from birth on, as far as the registry knew."""
    born = date(state["birth_year"], state["birth_month"] or 1, state["birth_day"] or 1)
    return Change(
        number, 0, ChangeKind.FIRST, min(born, local(recorded_at).date()), recorded_at, items=dict(state), load_batch=batch
    )


def record_change(person: PersonUnderLock, change: Change, now: datetime) -> Change:
    """Append a change to a locked person and bring her row up to date; gives it with number and effect."""
    recorded, after = append(person.changes, person.state, change, local(now).date())
    unwritten = [*person.changes[person.stored :], recorded]
    _insert(unwritten)
    values = {name: new for name, (_, new) in recorded.effect.items()}
    with told_as_conflict():
        Person.objects.filter(pk=person.personal_no).update(**values, last_seq=recorded.seq)
    person.changes.append(recorded)
    person.stored, person.state = len(person.changes), after
    return recorded


def replace_change(change: Change, **values: Any) -> Change:
    return msgspec.structs.replace(change, **values)


def add_person(number: int, state: Mapping[str, Any], first: Change) -> PersonUnderLock:
    """A new number with its first version, which here is written at once: it has an author. Raises `Conflict`."""
    if Person.objects.filter(pk=number).exists():
        raise Conflict("person.number_taken", "Số định danh mới đã được cấp cho người khác.", "The new number is taken.")
    Person.objects.create(personal_no=number, **state)
    _insert([first])
    return PersonUnderLock(number, [first], 1, dict(state))


def changes_of(number: int) -> list[Change]:
    """The written history, oldest first; empty while only the first version exists, which then is the row itself."""
    rows = ChangeRow.objects.filter(personal_no=number).order_by("seq")[:CHANGES_MAX]
    return [_change(row) for row in rows.values(*_COLUMNS)]


def changes_of_request(request: UUID) -> list[Change]:
    """Everything one approved request did, to whomever."""
    rows = ChangeRow.objects.filter(request_id=request).order_by("personal_no", "seq")[:CHANGES_MAX]
    return [_change(row) for row in rows.values(*_COLUMNS)]


def numbers_led_to(number: int) -> list[int]:
    """Old numbers that lead to this one."""
    return list(Person.objects.filter(successor_no=number).values_list("personal_no", flat=True)[:100])


def row_state(number: int) -> dict[str, Any] | None:
    """The current row as plain values with `load_batch` and `last_seq`, without a lock."""
    row = Person.objects.filter(pk=number).values(*ROW_COLUMNS, "load_batch", "last_seq").first()
    return {name: _plain(value) for name, value in row.items()} if row else None


def batch_moment(batch: int) -> datetime | None:
    return _batch_moment(batch)


def _batch_moment(batch: int) -> datetime | None:
    return LoadBatch.objects.filter(pk=batch).values_list("started_at", flat=True).first() if batch else None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


_COLUMNS = (
    "personal_no", "seq", "kind", "valid_from", "recorded_at", "items", "effect", "about", "revokes", "related_no", "evidence",
    "author", "author_unit", "author_holder", "approver", "approver_unit", "approver_holder", "request_id", "load_batch",
)  # fmt: skip


def _change(row: Mapping[str, Any]) -> Change:
    approval = None
    if row["approver"]:
        author = Hand(row["author"], row["author_unit"], row["author_holder"])
        approval = Approval(row["request_id"], author, Hand(row["approver"], row["approver_unit"], row["approver_holder"]))
    return Change(
        row["personal_no"],
        row["seq"],
        ChangeKind(row["kind"]),
        row["valid_from"],
        row["recorded_at"],
        row["items"],
        row["effect"],
        tuple(row["about"]),
        row["revokes"],
        row["related_no"],
        Evidence(**row["evidence"]) if "kind" in row["evidence"] else None,  # of a load it is the line of the file
        approval,
        row["load_batch"],
    )


def _insert(changes: Sequence[Change]) -> None:
    marks = ", ".join(["%s"] * len(_COLUMNS))
    statement = f"insert into population_change ({', '.join(_COLUMNS)}) values ({marks})"  # noqa: S608 - our own column list
    with connection.cursor() as cursor:
        cursor.executemany(statement, [_values(change) for change in changes])


def _values(change: Change) -> tuple[Any, ...]:
    approval = change.approval
    author = approval.author if approval else Hand("", "", "")
    approver = approval.approver if approval else Hand("", "", "")
    return (
        change.personal_no,
        change.seq,
        change.kind.value,
        change.valid_from,
        change.recorded_at,
        _json(change.items),
        _json(change.effect),
        list(change.about),
        change.revokes,
        change.related_no,
        _json(change.evidence or {}),
        author.account,
        author.unit,
        author.holder,
        approver.account,
        approver.unit,
        approver.holder,
        approval.request if approval else None,
        change.load_batch,
    )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
