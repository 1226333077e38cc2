"""The cards of a person in order of time: which was valid on a day, and where there is a gap or an overlap.

When a card ends is data with its source (`data/card_kinds.csv`); a date printed on the card comes before the rule.
"""

from __future__ import annotations

import csv
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path

from dancu.kernel.dates import PartialDate
from dancu.population.domain import IdCard

_FILE = Path(__file__).parent / "data" / "card_kinds.csv"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CardRule:
    """How long cards of a kind hold (*thời hạn sử dụng thẻ*)."""

    kind: str
    name: str
    renewal_ages: tuple[int, ...]  # to be renewed at these ages; after the last it holds for life
    early_years: int  # a card issued this shortly before such an age holds until the next
    years_valid: int | None  # from the day of issue
    ends_on: date | None  # no card of the kind holds longer
    source: str
    confidence: str


class Ending(StrEnum):
    """Why a card stopped being valid (*lý do thẻ hết giá trị*)."""

    NONE = ""  # it holds for life
    EXPIRED = "expired"
    REPLACED = "replaced"  # by the next card, before it expired
    LAW = "law"  # the law ended the kind


@dataclass(frozen=True, slots=True)
class CardPeriod:
    """A card and the days it was the valid one (*thời gian thẻ có giá trị*)."""

    card: IdCard
    valid_from: date
    valid_to: date | None  # last day
    ending: Ending


class FindingKind(StrEnum):
    """What is remarkable in a sequence of cards (*điều cần xem trong chuỗi thẻ*)."""

    GAP = "gap"  # days without a valid card
    OVERLAP = "overlap"  # the earlier card had not expired when the next was issued
    UNDATED = "undated"  # no day of issue: it cannot be placed
    BACKWARD = "backward"  # an older kind issued after a newer one


@dataclass(frozen=True, slots=True)
class Finding:
    """A gap, an overlap or another thing worth a look (*điểm bất thường*); days inclusive."""

    kind: FindingKind
    cards: tuple[IdCard, ...]
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class CardHistory:
    """The cards of a person in order, and what is remarkable (*lịch sử thẻ của một người*)."""

    periods: tuple[CardPeriod, ...]
    findings: tuple[Finding, ...]

    def valid_on(self, day: date) -> IdCard | None:
        """The card that was valid on a day; of two issued on one day the later kind."""
        found = [p.card for p in self.periods if p.valid_from <= day and (p.valid_to is None or day <= p.valid_to)]
        return found[-1] if found else None


@cache
def card_rules() -> dict[str, CardRule]:
    """The rules by kind of card (*quy định thời hạn*), the oldest kind first."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {row["kind"]: _rule(row) for row in csv.DictReader(file)}


def _rule(row: dict[str, str]) -> CardRule:
    return CardRule(
        row["kind"],
        row["name"],
        tuple(int(age) for age in row["renewal_ages"].split()),
        int(row["early_years"] or 0),
        int(row["years_valid"]) if row["years_valid"] else None,
        date.fromisoformat(row["ends_on"]) if row["ends_on"] else None,
        row["source"],
        row["confidence"],
    )


def expiry_of(card: IdCard, born: PartialDate) -> date | None:
    """The last day a card holds if it is not replaced (*ngày hết hạn*); None holds for life, or nothing is known about it."""
    rule = card_rules().get(card.kind)
    expiry = card.expires_on or (_by_rule(rule, card.issued_on, born) if rule and card.issued_on else None)
    if rule and rule.ends_on:
        return min(expiry, rule.ends_on) if expiry else rule.ends_on
    return expiry


def _by_rule(rule: CardRule, issued_on: date, born: PartialDate) -> date | None:
    if rule.years_valid is not None:
        return _after_years(issued_on, rule.years_valid)
    for age in rule.renewal_ages:
        day = _birthday(born, age)
        if _after_years(issued_on, rule.early_years) < day:
            return day
    # Issued after the last renewal age, or shortly before it: for life.
    return None


def _birthday(born: PartialDate, age: int) -> date:
    """The day somebody reaches an age, the latest possible where the birth date is not known to the day."""
    year, month = born.year + age, born.month or 12
    last = monthrange(year, month)[1]
    return date(year, month, min(born.day or last, last))


def _after_years(day: date, years: int) -> date:
    return date(day.year + years, day.month, min(day.day, monthrange(day.year + years, day.month)[1]))


def card_history(cards: Iterable[IdCard], born: PartialDate) -> CardHistory:
    """Put the cards of a person in order (*sắp xếp lịch sử thẻ*). A card ends when the next is issued, if not before."""
    order = list(card_rules())
    given = list(cards)
    rank = {id(card): order.index(card.kind) if card.kind in order else len(order) for card in given}
    dated = [(card.issued_on, rank[id(card)], index, card) for index, card in enumerate(given) if card.issued_on is not None]
    row = [card for *_, card in sorted(dated, key=lambda entry: entry[:3])]
    findings = [Finding(FindingKind.UNDATED, (card,)) for card in given if card.issued_on is None]
    periods = [_period(card, row[i + 1] if i + 1 < len(row) else None, born) for i, card in enumerate(row)]
    for (before, after), (one, other) in zip(pairwise(periods), pairwise(row), strict=True):
        findings += _between(before, after, expiry_of(one, born))
        if rank[id(other)] < rank[id(one)]:
            findings.append(Finding(FindingKind.BACKWARD, (one, other), other.issued_on, other.issued_on))
    return CardHistory(tuple(periods), tuple(findings))


def _period(card: IdCard, following: IdCard | None, born: PartialDate) -> CardPeriod:
    assert card.issued_on is not None
    expiry, rule = expiry_of(card, born), card_rules().get(card.kind)
    replaced_on = following.issued_on if following else None
    if replaced_on is not None and (expiry is None or replaced_on <= expiry):
        return CardPeriod(card, card.issued_on, max(card.issued_on, replaced_on - _DAY), Ending.REPLACED)
    is_law = expiry is not None and rule is not None and expiry == rule.ends_on and expiry != card.expires_on
    return CardPeriod(card, card.issued_on, expiry, Ending.LAW if is_law else Ending.EXPIRED if expiry else Ending.NONE)


def _between(before: CardPeriod, after: CardPeriod, expiry: date | None) -> list[Finding]:
    both = (before.card, after.card)
    if expiry is None or after.valid_from <= expiry:
        return [Finding(FindingKind.OVERLAP, both, after.valid_from, expiry)]
    if after.valid_from > expiry + _DAY:
        return [Finding(FindingKind.GAP, both, expiry + _DAY, after.valid_from - _DAY)]
    return []
