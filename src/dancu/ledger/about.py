"""Who looked at a person, and whom an organisation looked at: the two questions asked of the erasable half.

The erasable half is where a person can be searched; what was erased is found by nobody any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from dancu.kernel.clock import local
from dancu.kernel.errors import Invalid
from dancu.ledger.domain import moment_of

PAGE_MAX = 200
WINDOW = 20_000  # entries looked through for one page of affected persons


@dataclass(frozen=True, slots=True)
class Position:
    """Where a reader of entries stands (*vị trí trong sổ*): the next page begins after this entry."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        return str(self.id)  # which carries the moment

    @classmethod
    def parse(cls, text: str) -> Position:
        """Read back what `str` gave. Raises `Invalid`."""
        try:
            identity = UUID(text)
            return cls(moment_of(identity), identity)
        except (ValueError, OverflowError):
            raise Invalid("ledger.position", "Địa chỉ trang không đúng.", "No such page.") from None


@dataclass(frozen=True, slots=True)
class EntryAbout:
    """An entry as the person it is about may learn of it (*bút toán về một người*)."""

    reference: str
    at: datetime
    body: dict[str, Any]  # the canonical JSON, decoded
    subject: str
    officer: str
    dossier_no: str
    is_in_tree: bool
    sealed_until: date | None = None  # still closed to the person; never given unless asked for

    @property
    def position(self) -> Position:
        return Position(self.at, UUID(self.reference))


@dataclass(frozen=True, slots=True)
class Affected:
    """One look at one person, as a breach desk lists them (*lượt liên quan*)."""

    subject: str
    reference: str
    at: datetime
    organisation: str
    system: str
    officer: str
    kind: str
    outcome: str
    fields: Sequence[str]
    procedure: str
    purpose: str
    sealed_until: date | None  # unless the seal was lifted


_STILL_SEALED = "s.at = d.at and s.entry_id = d.entry_id and s.lifted_at is null and s.until > %(today)s"
_ABOUT = """
select d.entry_id, d.at, e.body, d.subject, d.officer, d.dossier_no, l.entry_id is not null, s.until
from unnest(%(subjects)s::text[]) as asked (subject)
cross join lateral (
    select at, entry_id, subject, officer, dossier_no from ledger_entrydetail d
    where subject = asked.subject and subject <> '' and (at, entry_id) < (%(at)s, %(id)s)
    and (%(with_sealed)s or not exists (select from ledger_seal s where STILL_SEALED))
    order by at desc, entry_id desc limit %(limit)s
) d
join ledger_entry e on e.at = d.at and e.id = d.entry_id
left join ledger_leaf l on l.at = d.at and l.entry_id = d.entry_id
left join ledger_seal s on STILL_SEALED
order by d.at desc, d.entry_id desc limit %(limit)s
""".replace("STILL_SEALED", _STILL_SEALED)
# One window of entries, whatever they say; those that were asked for are told from the others in the same scan.
_AFFECTED = """
with looked as (
    select at, id, body from ledger_entry where at >= %(since)s and at < %(until)s and (at, id) > (%(at)s, %(id)s)
    order by at, id limit %(window)s
), told as (select at, id, convert_from(body, 'UTF8')::json as body from looked)
select d.subject, t.id, t.at, t.body ->> 'organisation', t.body ->> 'system', d.officer, t.body ->> 'kind', t.body ->> 'outcome',
    t.body -> 'fields', t.body ->> 'procedure', t.body ->> 'purpose', s.until
from told t join ledger_entrydetail d on d.at = t.at and d.entry_id = t.id
left join ledger_seal s on s.at = t.at and s.entry_id = t.id and s.lifted_at is null
where d.subject <> ''
    and (%(organisation)s = '' or t.body ->> 'organisation' = %(organisation)s)
    and (%(system)s = '' or t.body ->> 'system' = %(system)s)
    and (%(officer)s = '' or d.officer = %(officer)s)
order by t.at, t.id
"""
_END_OF_WINDOW = """
select at, id from ledger_entry where at >= %(since)s and at < %(until)s and (at, id) > (%(at)s, %(id)s)
order by at, id offset %(window)s - 1 limit 1
"""
_FIRST, _LAST = UUID(int=0), UUID(int=(1 << 128) - 1)
_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)


def entries_about(
    subjects: Sequence[str],
    before: Position | None = None,
    limit: int = 50,
    *,
    now: datetime,
    with_sealed: bool = False,
) -> list[EntryAbout]:
    """Entries about a person under any of their identifiers, newest first, from `before` on (*ai đã tra cứu tôi*).

    `subjects` as entries have them: 12 digits, or `cmnd:` and nine. Sealed entries are left out until their day; who may see
    them says so. A full page means that there may be more: go on with the last one's `position`.
    """
    at, identity = (before.at, before.id) if before else (_END_OF_TIME, _LAST)
    parameters: dict[str, Any] = {
        "subjects": list(dict.fromkeys(s for s in subjects if s)),
        "at": at,
        "id": identity,
        "limit": min(limit, PAGE_MAX),
        "today": local(now).date(),
        "with_sealed": with_sealed,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ABOUT, parameters)
        return [
            EntryAbout(str(row[0]), row[1], msgspec.json.decode(bytes(row[2])), row[3], row[4], row[5], row[6], row[7])
            for row in cursor.fetchall()
        ]


def subjects_of(
    since: datetime,
    until: datetime,
    *,
    organisation: str = "",
    system: str = "",
    officer: str = "",
    after: Position | None = None,
    window: int = WINDOW,
) -> Iterator[tuple[list[Affected], Position | None]]:
    """Whom somebody looked at between two moments, oldest first, in windows (*những người có dữ liệu bị tra cứu*).

    Each step looks through `window` entries and gives those that fit, possibly none, with the position to go on from if
    stopped; None with the last. Sealed entries are among them: a breach concerns those people as well, and says until when.
    """
    position = after or Position(since, _FIRST)
    while True:
        parameters: dict[str, Any] = {
            "since": since,
            "until": until,
            "at": position.at,
            "id": position.id,
            "window": window,
            "organisation": organisation,
            "system": system,
            "officer": officer,
        }
        with connection.cursor() as cursor:
            cursor.execute(_AFFECTED, parameters)
            found = [_affected(row) for row in cursor.fetchall()]
            cursor.execute(_END_OF_WINDOW, parameters)
            end = cursor.fetchone()
        if end is None:
            yield found, None
            return
        position = Position(*end)
        yield found, position


def _affected(row: Sequence[Any]) -> Affected:
    subject, identity, at, organisation, system, officer, kind, outcome, fields, *rest = row
    return Affected(subject, str(identity), at, organisation, system, officer, kind, outcome, tuple(fields), *rest)
