"""What the portal takes from the ledger, in one place: entries about one person, tallies of them, the proof of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.utils.crypto import salted_hmac

from dancu.identity.api import Citizen
from dancu.kernel.errors import Invalid, NotFound
from dancu.kernel.personal_id import PersonalId
from dancu.portal.domain.display import LedgerLine, Sort

CHUNK = 200
_ABOUT = """
select e.id, e.at, e.body, d.officer, d.dossier_no
from ledger_entrydetail d join ledger_entry e on e.at = d.at and e.id = d.entry_id
where d.subject = any(%(subjects)s) and d.subject <> ''
"""
_PAGE = (
    _ABOUT + "and (d.at, d.entry_id) < (%(at)s, %(id)s) and d.at >= %(since)s order by d.at desc, d.entry_id desc limit %(limit)s"
)
_ONE = _ABOUT + "and d.at = %(at)s and d.entry_id = %(id)s"
_NUMBER = "select subject from ledger_entrydetail where subject = any(%(subjects)s) and at = %(at)s and entry_id = %(id)s"
_TALLIES = """
select (d.at at time zone 'Asia/Ho_Chi_Minh')::date as day,
    j->>'organisation', j->>'kind', j->>'system', j->>'procedure', j->>'purpose', count(*)
from ledger_entrydetail d join ledger_entry e on e.at = d.at and e.id = d.entry_id
cross join lateral (select convert_from(e.body, 'UTF8')::jsonb as j) as told
where d.subject = any(%(subjects)s) and d.subject <> '' and d.at >= %(since)s
group by 1, 2, 3, 4, 5, 6
"""
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


class _Body(msgspec.Struct):
    """Of the canonical body, what a page may need."""

    kind: str
    outcome: str
    organisation: str
    system: str
    procedure: str
    purpose: str
    basis: str
    fields: tuple[str, ...]


_read = msgspec.json.Decoder(_Body).decode


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list of entries, newest first: what comes next is older (*vị trí trong danh sách*)."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.id}"

    @classmethod
    def parse(cls, text: str) -> Place:
        """Raises `Invalid`."""
        moment, _, reference = text.partition("~")
        try:
            return cls(_aware(datetime.fromisoformat(moment)), UUID(reference))
        except (ValueError, OverflowError):
            raise Invalid("list.cursor", "Trang này không còn. Về đầu danh sách.", "Unknown page. Go back to the start.") from None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many entries of one sort there are on a day (*số lượt trong ngày*)."""

    day: date
    organisation: str
    sort: Sort
    count: int


def lines_about(
    citizen: Citizen, numbers: Sequence[PersonalId], *, before: Place | None, since: datetime | None, limit: int
) -> list[LedgerLine]:
    """Entries about her, newest first."""
    at, reference = (before.at, before.id) if before else (datetime.max.replace(tzinfo=UTC), UUID(int=(1 << 128) - 1))
    asked = {"subjects": _texts(numbers), "at": at, "id": reference, "since": since or _FIRST, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, asked)
        return [_line(row, citizen) for row in cursor.fetchall()]


def line_of(citizen: Citizen, numbers: Sequence[PersonalId], reference: UUID) -> LedgerLine | None:
    """One entry, if it is about her."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE, {"subjects": _texts(numbers), "at": _moment(reference), "id": reference})
        row = cursor.fetchone()
    return _line(row, citizen) if row else None


def number_under(numbers: Sequence[PersonalId], reference: UUID) -> PersonalId:
    """Under which of her numbers an entry stands. Raises `NotFound`."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER, {"subjects": _texts(numbers), "at": _moment(reference), "id": reference})
        row = cursor.fetchone()
    if row is None:
        raise no_entry()
    return PersonalId.parse(row[0])


def tallies_of(numbers: Sequence[PersonalId], since: datetime) -> list[Tally]:
    """Entries about her by day and sort: what the picture is drawn from."""
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES, {"subjects": _texts(numbers), "since": since})
        return [Tally(row[0], row[1], Sort(*row[2:6]), row[6]) for row in cursor.fetchall()]


def no_entry() -> NotFound:
    """The same for what is not there, not hers, or not to be seen."""
    return NotFound(
        "portal.no_entry",
        "Không có mục nào của bạn mang mã này. Về danh sách để xem các mục của bạn.",
        "No entry of yours has this code. Go back to the list.",
    )


def _line(row: Sequence[Any], citizen: Citizen) -> LedgerLine:
    body = _read(bytes(row[2]))
    return LedgerLine(
        str(row[0]),
        row[1],
        body.kind,
        body.outcome,
        body.organisation,
        body.system,
        body.procedure,
        body.purpose,
        body.basis,
        body.fields,
        _pseudonym(citizen, body.organisation, row[3]),
        row[4],
    )


def _pseudonym(citizen: Citizen, organisation: str, officer: str) -> str:
    """The same officer has the same short name for one citizen, and another one for every other citizen."""
    if not officer:
        return ""
    return salted_hmac("dancu.portal.officer", f"{citizen.id}|{organisation}|{officer}", algorithm="sha256").hexdigest()[:6].upper()


def _moment(reference: UUID) -> datetime:
    return datetime.fromtimestamp((reference.int >> 80) / 1000, UTC)


def _texts(numbers: Sequence[PersonalId]) -> list[str]:
    return [number.digits for number in numbers]


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without zone")
    return moment
