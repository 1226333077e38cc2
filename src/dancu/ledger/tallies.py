"""How many entries there are about a person, by day and sort: what a picture is drawn from without reading each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from dancu.kernel.clock import local


@dataclass(frozen=True, slots=True)
class Tally:
    """Entries of one sort on a day in Viet Nam (*số bút toán trong ngày*)."""

    day: date
    organisation: str
    kind: str
    system: str
    procedure: str
    purpose: str
    count: int


# As `about.entries_about`: what is still sealed is not there.
_TALLIES = """
select (d.at at time zone 'Asia/Ho_Chi_Minh')::date, j->>'organisation', j->>'kind', j->>'system', j->>'procedure',
    j->>'purpose', count(*)
from ledger_entrydetail d join ledger_entry e on e.at = d.at and e.id = d.entry_id
cross join lateral (select convert_from(e.body, 'UTF8')::jsonb as j) as told
where d.subject = any(%(subjects)s) and d.subject <> '' and d.at >= %(since)s and not exists (
    select from ledger_seal s where s.at = d.at and s.entry_id = d.entry_id and s.lifted_at is null and s.until > %(today)s)
group by 1, 2, 3, 4, 5, 6
"""


def tallies_about(subjects: Sequence[str], since: datetime, *, now: datetime) -> list[Tally]:
    """How many entries are about a person since a moment, by day and sort (*số lượt về một người*). Sealed ones are left out."""
    asked: dict[str, Any] = {"subjects": [each for each in subjects if each], "since": since, "today": local(now).date()}
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES, asked)
        return [Tally(*row) for row in cursor.fetchall()]
