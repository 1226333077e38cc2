"""The signed counts of the last days beside what the exchange says it answered: figures for everybody, for the whole country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from dancu.ledger import counts
from dancu.ledger.counts import DayCount, Family


@dataclass(frozen=True, slots=True)
class DayFigures:
    """A day as it is published (*số liệu ngày của sổ*)."""

    counted: DayCount
    answered: int | None  # by the exchange's own count; None where nobody counted

    @property
    def day(self) -> date:
        return self.counted.day

    @property
    def sealed(self) -> int:
        """Of any family, for the whole country: by organisation it would betray who asked."""
        return self.counted.counts.get((Family.SEALED, counts.EVERYBODY), 0)

    @property
    def agrees(self) -> bool | None:
        """Does the ledger hold every answer the exchange counted? A sealed entry may be an answer or not; None: nobody counted."""
        if self.answered is None:
            return None
        return self.counted.answers <= self.answered <= self.counted.answers + self.sealed


def latest_days(limit: int = 7) -> list[DayFigures]:
    """The last days that were counted and signed, newest first (*số liệu các ngày gần đây*)."""
    with connection.cursor() as cursor:
        notes = [(day, counts.read_day(cursor, day)) for day, _answers in counts.days(cursor, limit)]
        return [DayFigures(counts.parse_day(note), counts.answered_on(cursor, day)) for day, note in notes if note]
