"""The change feed: changes of persons read forward, none skipped, those of one person in their order.

The cursor is `(tx, id)`. A transaction that is still open may yet write behind a reader, so only what is older than every
open transaction is read. That the changes of one person come in order is held by the table (`change_in_order`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from dancu.population.domain import SEALED
from dancu.population.history import ChangeKind

PAGE_MAX = 5000


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a reader stands (*vị trí đã đọc*): everything up to and including this change was taken."""

    tx: int = 0
    id: int = 0

    def __str__(self) -> str:
        return f"{self.tx}-{self.id}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read back what `str` gave. Raises `ValueError`."""
        tx, _, number = text.partition("-")
        return cls(int(tx), int(number))


@dataclass(frozen=True, slots=True)
class Announcement:
    """That somebody's record changed, and which columns; the values are read with a warrant (*thông báo thay đổi*)."""

    cursor: Cursor
    personal_no: int
    seq: int
    kind: ChangeKind
    recorded_at: datetime
    columns: Sequence[str]
    about: Sequence[str]
    related_no: int | None
    reappeared: bool = False  # who told nobody anything until this change may be told of again
    led_before: int | None = None  # the number this one led to until this change
    leads_now: int | None = None  # the number it leads to since


_READ = f"""
select tx::text, id, personal_no, seq, kind, recorded_at, array(select jsonb_object_keys(effect)), about, related_no,
    coalesce((effect -> 'flags' ->> 0)::int & {SEALED} <> 0 and (effect -> 'flags' ->> 1)::int & {SEALED} = 0, false),
    (effect -> 'successor_no' ->> 0)::bigint, (effect -> 'successor_no' ->> 1)::bigint
from population_change
where (tx, id) > (%s::text::xid8, %s) and tx < pg_snapshot_xmin(pg_current_snapshot())
order by population_change.tx, population_change.id limit %s
"""  # noqa: S608 - our own number
# From some time before the change that sealed her last: what was written then may not have been told any more. Without such
# a change (a number made of a sealed one) everything.
_WHILE_SILENT = f"""
select array(select jsonb_object_keys(effect)) from population_change
where personal_no in (%(own)s, %(reappeared)s, (select successor_no from population_person where personal_no = %(own)s))
  and (tx, id) <= (%(tx)s::text::xid8, %(id)s)
  and recorded_at >= coalesce((
    select max(recorded_at) from population_change where personal_no = %(reappeared)s and seq < %(seq)s
      and (effect -> 'flags' ->> 0)::int & {SEALED} = 0 and (effect -> 'flags' ->> 1)::int & {SEALED} <> 0
  ), '-infinity') - make_interval(secs => %(before)s)
"""  # noqa: S608 - our own number
_SINCE = """
select personal_no, recorded_at, array(select jsonb_object_keys(effect)) from population_change
where personal_no = any(%(numbers)s) and recorded_at >= %(since)s and (tx, id) <= (%(tx)s::text::xid8, %(id)s)
order by personal_no, seq
"""


def announcements(after: Cursor, limit: int = PAGE_MAX) -> list[Announcement]:
    """What changed since a cursor, oldest first, at most `limit`; values are not in it (*đọc thông báo thay đổi*)."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [str(after.tx), after.id, min(limit, PAGE_MAX)])
        return [_announcement(row) for row in cursor.fetchall()]


def changed_while_silent(reappeared: Announcement, personal_no: int, before: timedelta) -> list[Sequence[str]]:
    """The columns of each change of a person who told nobody anything, however long that was (*thay đổi trong lúc im lặng*).

    `personal_no` is the number she is known under to who asks: herself, or a number that leads to her. Values are not in it.
    """
    asked: dict[str, int | float | str] = {
        "own": personal_no,
        "reappeared": reappeared.personal_no,
        "seq": reappeared.seq,
        "tx": str(reappeared.cursor.tx),
        "id": reappeared.cursor.id,
        "before": before.total_seconds(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WHILE_SILENT, asked)
        return [row[0] for row in cursor.fetchall()]


def changed_since(numbers: Sequence[int], since: datetime, until: Cursor) -> list[tuple[int, datetime, Sequence[str]]]:
    """Of these persons each change that was recorded since a moment and lies up to a cursor, by person (*thay đổi từ thời điểm*).

    Number, when, which columns. Values are not in it.
    """
    asked: dict[str, Any] = {"numbers": list(numbers), "since": since, "tx": str(until.tx), "id": until.id}
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, asked)
        return list(cursor.fetchall())


def led_to(numbers: Sequence[int]) -> dict[int, int]:
    """Which of these numbers lead to another one, and to which (*số định danh thay thế*)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select personal_no, successor_no from population_person where personal_no = any(%s) and successor_no is not null",
            [list(numbers)],
        )
        return dict(cursor.fetchall())


def position_of(consumer: str) -> Cursor:
    """Where a named consumer stands; the beginning for a new one."""
    with connection.cursor() as cursor:
        cursor.execute("select tx::text, id from population_cursor where consumer = %s", [consumer])
        row = cursor.fetchone()
    return Cursor(int(row[0]), row[1]) if row else Cursor()


def consume(consumer: str, take: Callable[[Sequence[Announcement]], None], limit: int = PAGE_MAX) -> int:
    """Give a consumer what is new and move its cursor, in one transaction: each change has its effect once (*tiêu thụ*).

    Gives how many were taken; 0 also while another process takes for the same consumer.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 6))", [f"feed:{consumer}"])
        if not cursor.fetchone()[0]:
            return 0
        news = announcements(position_of(consumer), limit)
        if news:
            take(news)
            cursor.execute(
                "insert into population_cursor (consumer, tx, id) values (%s, %s::text::xid8, %s)"
                " on conflict (consumer) do update set tx = excluded.tx, id = excluded.id, moved_at = now()",
                [consumer, str(news[-1].cursor.tx), news[-1].cursor.id],
            )
    return len(news)


def _announcement(row: Sequence[Any]) -> Announcement:
    return Announcement(Cursor(int(row[0]), row[1]), row[2], row[3], ChangeKind(row[4]), *row[5:])
