"""The counts of a day: how many entries of which family each organisation has in the tree, signed once the day is whole.

Sealed entries are counted for the whole country only, so that nothing betrays who asked. No framework.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

import psycopg
import structlog

from dancu.kernel.clock import VIET_NAM, local
from dancu.kernel.errors import Invalid
from dancu.ledger import tiles
from dancu.ledger.domain import ANSWERING
from dancu.ledger.logs import shard_of
from dancu.ledger.notes import Signer, parse_note, sign_note
from dancu.ledger.reader import OLDEST_WAITING

SETTLED = timedelta(minutes=10)  # after midnight: whoever was writing has committed
EVERYBODY = "-"
log = structlog.get_logger("ledger")


class Family(StrEnum):
    """What kinds of entries are counted together (*nhóm bút toán*)."""

    ANSWERS = "answers"  # what the exchange told or refused
    SEARCHES = "searches"
    CHANGES = "changes"
    ADMINISTRATION = "administration"  # and what desks of our own were shown outside the exchange
    FORWARDED = "forwarded"  # questions that left for another hub, and those that brought nothing back
    ATTEMPTS = "attempts"  # refused in our own pages
    SEALED = "sealed"  # of any family, closed to their persons on the day of counting; never by organisation


@dataclass(frozen=True, slots=True)
class DayCount:
    """The signed counts of one day (*số bút toán trong ngày*)."""

    day: date
    heads: Sequence[str]  # the logs counted and how far, as `origin size`
    counts: Mapping[tuple[Family, str], int]

    @property
    def answers(self) -> int:
        return sum(count for (family, _), count in self.counts.items() if family is Family.ANSWERS)


@dataclass(frozen=True, slots=True)
class Difference:
    """A day on which the exchange gave another number of answers than the ledger has (*chênh lệch*)."""

    day: date
    organisation: str
    answered: int
    recorded: int


def family_of(kind: str, integration: str) -> Family:
    """Which family an entry is counted in. The exchange's answers alone carry an integration code: they are what it counts."""
    if kind in ANSWERING and integration:
        return Family.ANSWERS
    families = {"refuse": Family.ATTEMPTS, "search": Family.SEARCHES, "change": Family.CHANGES, "forward": Family.FORWARDED}
    return families.get(kind, Family.ADMINISTRATION)


_COUNTS = """
select coalesce(t.body ->> 'organisation', ''), coalesce(t.body ->> 'kind', ''), t.body ->> 'integration', t.sealed, count(*) from (
    select convert_from(e.body, 'UTF8')::json as body, s.entry_id is not null as sealed
    from ledger_entry e
    join ledger_leaf l on l.at = e.at and l.entry_id = e.id
    left join ledger_seal s on s.at = e.at and s.entry_id = e.id and s.lifted_at is null and s.until > %(today)s
    where e.at >= %(since)s and e.at < %(until)s
) t group by 1, 2, 3, 4
"""
_HEADS = """
select l.origin, (select max(size) from ledger_checkpoint c where c.log = l.id)
from ledger_log l where l.shard = %s order by l.epoch
"""


def count_day(connection: psycopg.Connection[Any], signer: Signer, now: datetime) -> date | None:
    """Count and sign the oldest day that is over, whole in the tree and not counted; gives it, None without one (*chốt ngày*)."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read")
        day = _next_day(cursor, now)
        if day is None:
            return None
        counts, by_organisation = _counts(cursor, day, local(now).date())
        cursor.execute(_HEADS, [shard_of(begin_of(day))])
        heads = [f"{origin} {size}" for origin, size in cursor.fetchall() if size]
        text = _write(signer.name, DayCount(day, heads, counts))
        cursor.execute(
            "insert into ledger_daycount (day, note, answers, at) values (%s, %s, %s, %s) on conflict do nothing",
            [day, str(sign_note(text, signer)), sum(by_organisation.values()), now],
        )
        found = _differences(cursor, day, by_organisation)
    for each in found:
        log.error("ledger.count.differs", day=str(day), organisation=each.organisation, by=each.answered - each.recorded)
    return day


def read_day(cursor: tiles.Cursor, day: date) -> str | None:
    """The signed note of a day."""
    cursor.execute("select note from ledger_daycount where day = %s", [day])
    row = cursor.fetchone()
    return row[0] if row else None


def days(cursor: tiles.Cursor, limit: int = 400) -> list[tuple[date, int]]:
    """The days that were counted with the answers the tree has of them, sealed ones among them; newest first."""
    cursor.execute("select day, answers from ledger_daycount order by day desc limit %s", [limit])
    return cursor.fetchall()  # type: ignore[no-any-return]


def answered_on(cursor: tiles.Cursor, day: date) -> int | None:
    """How many answers the exchange counted on that day, of all organisations; None when nobody counted."""
    cursor.execute("select sum(count)::bigint from ledger_answercount where day = %s", [day])
    return cursor.fetchone()[0]  # type: ignore[no-any-return]


def differences_on(cursor: tiles.Cursor, day: date) -> list[Difference]:
    """Where exchange and ledger count differently; for the operator, since sealed answers are among them (*đối chiếu số đếm*)."""
    return _differences(cursor, day, _counts(cursor, day, day)[1])


def parse_day(text: str) -> DayCount:
    """Read the text of a day's note. Raises `Invalid`."""
    _book, day, *lines = parse_note(text).text.splitlines()
    heads = [line for line in lines if "/" in line.split(" ", 1)[0]]
    counts = {}
    try:
        for count, family, organisation in (line.split(" ", 2) for line in lines[len(heads) :]):
            counts[Family(family), organisation] = int(count)
        return DayCount(date.fromisoformat(day), heads, counts)
    except ValueError:
        raise Invalid("ledger.day", "Số đếm ngày không đọc được.", "The counts of the day cannot be read.") from None


def _next_day(cursor: tiles.Cursor, now: datetime) -> date | None:
    cursor.execute("select max(day) + 1 from ledger_daycount")
    day = cursor.fetchone()[0]
    if day is None:
        cursor.execute("select min(at) from ledger_leaf")
        first = cursor.fetchone()[0]
        if first is None:
            return None
        day = local(first).date()
    end = begin_of(day + timedelta(days=1))
    if now < end + SETTLED:
        return None
    cursor.execute(OLDEST_WAITING)
    waiting = cursor.fetchone()
    return None if waiting and waiting[0] < end else day


def _counts(cursor: tiles.Cursor, day: date, today: date) -> tuple[dict[tuple[Family, str], int], dict[str, int]]:
    """What may be published, and the answers of each organisation with the sealed ones."""
    cursor.execute(_COUNTS, {"since": begin_of(day), "until": begin_of(day + timedelta(days=1)), "today": today})
    counts: dict[tuple[Family, str], int] = {}
    answers: dict[str, int] = {}
    for organisation, kind, integration, sealed, count in cursor.fetchall():
        family = family_of(kind, integration)
        key = (Family.SEALED, EVERYBODY) if sealed else (family, organisation)
        counts[key] = counts.get(key, 0) + count
        if family is Family.ANSWERS:
            answers[organisation] = answers.get(organisation, 0) + count
    return counts, answers


def _differences(cursor: tiles.Cursor, day: date, recorded: Mapping[str, int]) -> list[Difference]:
    cursor.execute("select organisation, sum(count)::bigint from ledger_answercount where day = %s group by 1", [day])
    answered = dict(cursor.fetchall())
    if not answered:
        return []
    return [
        Difference(day, each, answered.get(each, 0), recorded.get(each, 0))
        for each in sorted(answered.keys() | recorded.keys())
        if answered.get(each, 0) != recorded.get(each, 0)
    ]


def _write(book: str, counted: DayCount) -> str:
    lines = [f"{book}/ngay", counted.day.isoformat(), *counted.heads]
    for (family, organisation), count in sorted(counted.counts.items()):
        lines.append(f"{count} {family} {' '.join(organisation.split()) or EVERYBODY}")
    return "".join(f"{line}\n" for line in lines)


def begin_of(day: date) -> datetime:
    """The first moment of a day in Viet Nam."""
    return datetime.combine(day, time(), VIET_NAM)
