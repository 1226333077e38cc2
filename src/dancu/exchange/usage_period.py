"""Which days a look at usage covers, how they are read, and what they are compared with. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DAYS_BY_DAY_MAX = 62  # a longer period is read and drawn by month
MONTHS_BY_DAY = 13  # afterwards only the months are known
NOTHING = (date(1, 1, 2), date(1, 1, 1))


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `since` to `until`, both counted (*kỳ xem số liệu*)."""

    since: date
    until: date
    today: date
    first_day_kept: date = date.min  # before it only whole months are known

    @property
    def is_by_month(self) -> bool:
        return (self.until - self.since).days >= DAYS_BY_DAY_MAX or self.since < self.first_day_kept

    @property
    def months(self) -> list[date]:
        """The whole months in it, by their first days; the present one is whole as far as it has come."""
        if not self.is_by_month:
            return []
        until = _month_end(self.until) if self.until >= self.today or self.until < self.first_day_kept else self.until
        found, month = [], self.since.replace(day=1)
        if month < self.since and self.since >= self.first_day_kept:
            month = next_month(month)
        while _month_end(month) <= until:
            found.append(month)
            month = next_month(month)
        return found

    @property
    def days(self) -> tuple[tuple[date, date], tuple[date, date]]:
        """The stretches of days that are in no whole month."""
        months = self.months
        if not months:
            return (self.since, self.until), NOTHING
        before = (self.since, months[0] - timedelta(days=1)) if self.since < months[0] else NOTHING
        end = _month_end(months[-1])
        return before, (end + timedelta(days=1), self.until) if self.until > end else NOTHING

    @property
    def before(self) -> Period:
        """As long a period just before: whole months are held against whole months."""
        if self.since.day == 1 and self.is_by_month:
            length = (self.until.year - self.since.year) * 12 + self.until.month - self.since.month + 1
            since, last = months_before(self.since, length), months_before(self.until.replace(day=1), length)
            is_whole = self.until == _month_end(self.until)
            until = _month_end(last) if is_whole else min(last.replace(day=1) + timedelta(self.until.day - 1), _month_end(last))
        else:
            until = self.since - timedelta(days=1)
            since = until - (self.until - self.since)
        return Period(since, until, self.today, self.first_day_kept)

    @property
    def slots(self) -> list[date]:
        """Every day, or the first day of every month, that it shows."""
        if not self.is_by_month:
            return [self.since + timedelta(days=at) for at in range((self.until - self.since).days + 1)]
        found, month = [], self.since.replace(day=1)
        while month <= self.until:
            found.append(month)
            month = next_month(month)
        return found


def first_day_kept(today: date) -> date:
    """From which day on usage is known by day."""
    return months_before(today.replace(day=1), MONTHS_BY_DAY)


def next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def months_before(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def _month_end(day: date) -> date:
    return next_month(day) - timedelta(days=1)
