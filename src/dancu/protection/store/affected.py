"""Whom a breach touched: readings of the ledger, what they found, letters on their way. The only file with these tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction
from django.db.models import Q

from dancu.kernel.errors import NotFound
from dancu.kernel.warrants import Field
from dancu.protection import subjects
from dancu.protection.domain.breaches import Letter, Scope
from dancu.protection.models import AffectedRun, Telling

RUNS_MAX, SUMMARY_ROWS_MAX = 50, 400
SUMMARY_TIMEOUT = "600s"  # the summary of a nation's looks is one long statement, never run under a page
_BITS = {field.value: 1 << at for at, field in enumerate(Field)}


@dataclass(frozen=True, slots=True)
class Run:
    """A reading of the ledger for a breach and how far it is."""

    id: UUID
    breach: UUID
    organisation: str
    scope: Scope
    state: str
    cursor: str
    reached: datetime | None
    matched: int
    summary: Mapping[str, Any]
    account: str
    started_at: datetime
    changed_at: datetime
    finished_at: datetime | None
    failure: str  # of the last try

    @property
    def share(self) -> float:
        """How much of the stretch of time is read."""
        whole = (self.scope.until - self.scope.since).total_seconds()
        return (
            1.0
            if self.state == "done" or not whole
            else ((self.reached or self.scope.since) - self.scope.since).total_seconds() / whole
        )

    @property
    def persons(self) -> int:
        return int(self.summary.get("persons", 0))


@dataclass(frozen=True, slots=True)
class Found:
    """One person on one day, looked at by one organisation."""

    subject: str
    looked_by: str
    day: date
    entries: int
    bits: int
    shown_from: date  # the first day she may see one of them


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters to the affected on their way to the outbox: running, waiting for a day, or done."""

    id: UUID
    breach: UUID
    run: UUID
    organisation: str
    letter: Letter
    state: str
    cursor: bytes
    told: int
    unreachable: int
    held: int
    pass_day: date | None
    told_through: date | None
    next_day: date | None
    failure: str


def bits_of(fields: Iterable[str]) -> int:
    """The items of a look as bits in the order of the law; an item nobody knows is none."""
    return sum(_BITS.get(name, 0) for name in set(fields))


def fields_of(bits: int) -> list[str]:
    return [name for name, bit in _BITS.items() if bits & bit]


def add_run(run: UUID, breach: UUID, organisation: str, scope: Scope, account: str, now: datetime) -> None:
    AffectedRun.objects.create(
        id=run,
        breach_id=breach,
        organisation=organisation,
        scope=msgspec.to_builtins(scope),
        account=account,
        started_at=now,
        changed_at=now,
    )


def runs_of(breach: UUID) -> list[Run]:
    """The readings of a breach, the newest first."""
    return [_run(row) for row in AffectedRun.objects.filter(breach_id=breach).order_by("-started_at", "-id")[:RUNS_MAX].values()]


def get_run(run: UUID) -> Run:
    """Raises `NotFound`."""
    row = AffectedRun.objects.filter(id=run).values().first()
    if row is None:
        raise NotFound("affected.none", "Không có danh sách này.", "There is no such list.")
    return _run(row)


def running() -> list[UUID]:
    """Readings that are not at their end, the oldest first."""
    return list(AffectedRun.objects.filter(state="running").order_by("started_at").values_list("id", flat=True)[:RUNS_MAX])


def hold(what: str, identity: UUID) -> bool:
    """Take the work for this transaction; False when another worker has it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 7))", [f"{what}:{identity}"])
        return bool(cursor.fetchone()[0])


_ADD = """
insert into protection_affected as a
(run_id, organisation, subject_key, looked_by, day, entries, fields, subject_sealed, shown_from)
select %s, %s, * from unnest(%s::bytea[], %s::text[], %s::date[], %s::int[], %s::int[], %s::bytea[], %s::date[])
on conflict (run_id, subject_key, looked_by, day)
do update set entries = a.entries + excluded.entries, fields = a.fields | excluded.fields,
    shown_from = least(a.shown_from, excluded.shown_from)
"""


def add_found(run: Run, found: Sequence[Found], cursor: str, reached: datetime, now: datetime) -> None:
    """What one piece of the ledger gave, and where the reading is now: one transaction, so nothing counts twice."""
    rows = sorted(((subjects.key_of(each.subject), each) for each in _merged(found)), key=lambda row: row[0])
    columns: list[list[Any]] = [
        [key for key, _ in rows],
        [each.looked_by for _, each in rows],
        [each.day for _, each in rows],
        [each.entries for _, each in rows],
        [each.bits for _, each in rows],
        [subjects.seal_text(each.subject, f"affected:{run.id}") for _, each in rows],
        [each.shown_from for _, each in rows],
    ]
    with connection.cursor() as query:
        query.execute(_ADD, [run.id, run.organisation, *columns])
    AffectedRun.objects.filter(id=run.id).update(
        reached=reached, matched=run.matched + len(found), cursor=cursor, changed_at=now, failure=""
    )


def _merged(found: Sequence[Found]) -> list[Found]:
    together: dict[tuple[str, str, date], tuple[int, int, date]] = {}
    for each in found:
        key = (each.subject, each.looked_by, each.day)
        entries, bits, shown_from = together.get(key, (0, 0, date.max))
        together[key] = (entries + each.entries, bits | each.bits, min(shown_from, each.shown_from))
    return [Found(*key, *values) for key, values in together.items()]


def finish(run: UUID, now: datetime) -> None:
    """Count by organisation, day and item; the reading is at its end."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"set local statement_timeout = '{SUMMARY_TIMEOUT}'")
        summary = _summary(run)
        AffectedRun.objects.filter(id=run).update(state="done", summary=summary, finished_at=now, changed_at=now)


def _summary(run: UUID) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(distinct subject_key), coalesce(sum(entries), 0) from protection_affected where run_id = %s", [run]
        )
        persons, entries = cursor.fetchone()
        grouped = {}
        for name in ("looked_by", "day"):
            cursor.execute(
                f"select {name}::text, count(distinct subject_key), sum(entries) from protection_affected"  # noqa: S608 - two names of ours
                f" where run_id = %s group by 1 order by 1 limit %s",
                [run, SUMMARY_ROWS_MAX],
            )
            grouped[name] = [[row[0], int(row[1]), int(row[2])] for row in cursor.fetchall()]
        sums = ", ".join(f"count(*) filter (where bits & {bit} <> 0)" for bit in _BITS.values())
        cursor.execute(
            f"select {sums} from (select bit_or(fields) as bits from protection_affected where run_id = %s group by subject_key) p",  # noqa: S608
            [run],
        )
        counted = cursor.fetchone()
    fields = [[name, int(count)] for name, count in zip(_BITS, counted, strict=True) if count]
    return {
        "persons": int(persons),
        "entries": int(entries),
        "by_organisation": grouped["looked_by"],
        "by_day": grouped["day"],
        "by_field": fields,
    }


_PERSONS = """
select subject_key, min(subject_sealed), sum(entries), bit_or(fields), min(day), max(day), string_agg(distinct looked_by, ' '),
    min(shown_from)
from protection_affected where run_id = %s and subject_key > %s group by subject_key order by subject_key limit %s
"""


@dataclass(frozen=True, slots=True)
class AffectedPerson:
    """A person a reading found, over all organisations and days."""

    key: bytes
    subject: str
    entries: int
    fields: list[str]
    first_day: date
    last_day: date
    looked_by: str
    shown_from: date


def persons_after(run: UUID, key: bytes, limit: int) -> list[AffectedPerson]:
    """The next persons of a reading in the order of their keyed hashes."""
    with connection.cursor() as cursor:
        cursor.execute(_PERSONS, [run, key, limit])
        rows = cursor.fetchall()
    return [
        AffectedPerson(
            bytes(row[0]), subjects.open_text(bytes(row[1]), f"affected:{run}"), int(row[2]), fields_of(row[3]), *row[4:8]
        )
        for row in rows
    ]


def add_letters(letters: UUID, breach: UUID, run: UUID, organisation: str, letter: Letter, now: datetime) -> None:
    Telling.objects.create(
        id=letters,
        breach_id=breach,
        run_id=run,
        organisation=organisation,
        letter_sealed=subjects.seal_text(msgspec.json.encode(letter).decode(), f"letter:{letters}"),
        approved_at=now,
        changed_at=now,
    )


def letters_on_their_way(today: date) -> list[UUID]:
    """Letters that are not all handed on, and those whose day has come."""
    due = Q(state="running") | Q(state="waiting", next_day__lte=today)
    return list(Telling.objects.filter(due).order_by("approved_at").values_list("id", flat=True)[:RUNS_MAX])


def letters_of(breach: UUID) -> list[Letters]:
    return [_letters(row) for row in Telling.objects.filter(breach_id=breach).order_by("approved_at")[:RUNS_MAX].values()]


def get_letters(letters: UUID) -> Letters:
    return _letters(Telling.objects.values().get(id=letters))


def save_letters(letters: Letters, now: datetime) -> None:
    """How far they are; that something went wrong the last time is over."""
    Telling.objects.filter(id=letters.id).update(
        cursor=letters.cursor,
        told=letters.told,
        unreachable=letters.unreachable,
        held=letters.held,
        pass_day=letters.pass_day,
        told_through=letters.told_through,
        next_day=letters.next_day,
        state=letters.state,
        failure="",
        changed_at=now,
    )


def note_failure(identity: UUID, failure: str) -> None:
    """A reading, or letters, could not go on; they are tried again, and the page says so."""
    for table in (AffectedRun, Telling):
        table.objects.filter(id=identity).update(failure=failure)


def _letters(row: Mapping[str, Any]) -> Letters:
    letter = msgspec.json.decode(subjects.open_text(bytes(row["letter_sealed"]), f"letter:{row['id']}"), type=Letter)
    return Letters(
        row["id"],
        row["breach_id"],
        row["run_id"],
        row["organisation"],
        letter,
        row["state"],
        bytes(row["cursor"]),
        row["told"],
        row["unreachable"],
        row["held"],
        row["pass_day"],
        row["told_through"],
        row["next_day"],
        row["failure"],
    )


def _run(row: Mapping[str, Any]) -> Run:
    return Run(
        row["id"],
        row["breach_id"],
        row["organisation"],
        msgspec.convert(row["scope"], Scope),
        row["state"],
        row["cursor"],
        row["reached"],
        row["matched"],
        row["summary"] or {},
        row["account"],
        row["started_at"],
        row["changed_at"],
        row["finished_at"],
        row["failure"],
    )
