"""The signed counts of the last days beside what the exchange says it answered: figures for everybody, for the whole country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db import connection

from dancu.ledger import counts
from dancu.ledger.counts import DayCount, Family


@dataclass(frozen=True)
class DayFigures:
    """A day as it is published (*số liệu ngày của sổ*)."""

    day: date
    note: str  # the signed counts
    recorded: int  # answers in the tree, sealed ones among them
    answered: int | None  # by the exchange's own count; None where nobody counted

    @cached_property
    def counted(self) -> DayCount:
        """What the note says. Raises `Invalid`: whoever lists days needs none of it."""
        return counts.parse_day(self.note)

    @property
    def sealed(self) -> int:
        """Of any family, for the whole country: by organisation it would betray who asked."""
        return self.counted.counts.get((Family.SEALED, counts.EVERYBODY), 0)

    @property
    def agrees(self) -> bool | None:
        """Does the ledger hold exactly the answers the exchange counted? None: nobody counted."""
        return None if self.answered is None else self.answered == self.recorded


def latest_days(limit: int = 7) -> list[DayFigures]:
    """The last days that were counted and signed, newest first (*số liệu các ngày gần đây*)."""
    with connection.cursor() as cursor:
        days = [(counts.read_day(cursor, day), recorded, day) for day, recorded in counts.days(cursor, limit)]
        return [DayFigures(day, note, recorded, counts.answered_on(cursor, day)) for note, recorded, day in days if note]
