"""How much a person is like what was typed, which part was typed differently, and the order of the found. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from dancu.kernel.areas import AreaCode
from dancu.kernel.dates import PartialDate
from dancu.kernel.names import canonical_name
from dancu.kernel.personal_id import PersonalId
from dancu.population.domain import Flag, LifeStatus, NumberState, Sex
from dancu.population.reader import PersonRow, area_of
from dancu.population.search.keys import folded_words, province_today
from dancu.population.search.query import NameQuery
from dancu.population.search.words import is_one_error, telex_readings

# What parts of the likeness are worth: chosen by the cases of tests/population/test_likeness.py, not measured on a nation.
SHOWN_LIKENESS_MIN = 0.5
MIDDLE_WEIGHT = 0.5  # a middle name is left out or added more easily than a family or given name
ONE_ERROR, SAME_MEANT = 0.75, 0.9
UNMARKED, WRONGLY_MARKED, OTHER_ORDER, BY_OTHER_NAME = 0.005, 0.03, 0.05, 0.02
OTHER_DAY, OTHER_MONTH_AND_DAY, EXCHANGED_DAY, UNKNOWN_DAY = 0.08, 0.14, 0.05, 0.02
OTHER_YEAR, A_YEAR_OFF, OTHER_PROVINCE, UNKNOWN_PROVINCE = 0.08, 0.03, 0.08, 0.04


class Part(StrEnum):
    """Which part was typed differently from what the registry has (*chỗ khác khi nhập*)."""

    MARKS = "marks"
    SPELLING = "spelling"  # one typing error in a word
    SPACING = "spacing"  # words joined or split
    ORDER = "order"
    MISSING_WORD = "missing_word"  # recorded, not typed
    EXTRA_WORD = "extra_word"  # typed, not recorded
    OTHER_NAME = "other_name"  # found under the other name
    BIRTH_DAY = "birth_day"
    BIRTH_YEAR = "birth_year"
    PROVINCE = "province"
    NUMBER = "number"
    SUCCESSOR = "successor"  # the typed number was replaced by this one


@dataclass(frozen=True, slots=True)
class Difference:
    """One part that was typed differently: as typed, as recorded (*điểm khác nhau*)."""

    part: Part
    typed: str = ""
    recorded: str = ""


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """One line of a search result (*người tìm thấy*): enough to choose by, no more."""

    personal_id: PersonalId
    full_name: str
    other_name: str
    birth_date: PartialDate
    sex: Sex
    residence: AreaCode | None  # of permanent residence, in the list it was registered under
    life_status: LifeStatus
    number_state: NumberState
    successor: PersonalId | None
    flags: Flag
    score: float  # 1 is exactly what was typed
    differences: tuple[Difference, ...]

    @property
    def is_as_typed(self) -> bool:
        """Whether all that was typed agrees, marks and blanks aside."""
        return all(each.part in (Part.MARKS, Part.SPACING) for each in self.differences)


class SearchRow(NamedTuple):
    """What the search reads of a candidate. Never leaves the deciding code."""

    person: PersonRow
    other_name: str
    permanent_version: str
    permanent_code: str


def found_person(row: SearchRow, score: float, differences: Iterable[Difference]) -> FoundPerson:
    person = row.person
    return FoundPerson(
        PersonalId(person.personal_no),
        person.full_name,
        row.other_name,
        PartialDate(person.birth_year, person.birth_month, person.birth_day),
        Sex(person.sex),
        area_of(row.permanent_version, row.permanent_code),
        LifeStatus(person.life_status or 0),
        NumberState(person.number_state),
        PersonalId(person.successor_no) if person.successor_no else None,
        Flag(person.flags),
        round(score, 4),
        tuple(differences),
    )


def ranked(query: NameQuery, rows: Iterable[SearchRow], readings: Sequence[tuple[str, ...]]) -> list[FoundPerson]:
    """The candidates that are like enough, likest first; of equals the living, then the smaller number (*xếp hạng*).

    `readings`: the folded words as typed, then with words split or joined.
    """
    found = [each for row in rows if (each := _judged(query, row, readings)) is not None]
    return in_order(found)


def in_order(found: Iterable[FoundPerson]) -> list[FoundPerson]:
    return sorted(found, key=lambda each: (-each.score, each.life_status is LifeStatus.DEAD, each.personal_id.number))


def _judged(query: NameQuery, row: SearchRow, readings: Sequence[tuple[str, ...]]) -> FoundPerson | None:
    score, differences = name_likeness(query.name, row.person.full_name, readings)
    if row.other_name and score < 1:
        other, differences_there = name_likeness(query.name, row.other_name, readings)
        if other - BY_OTHER_NAME > score:
            score = other - BY_OTHER_NAME
            differences = [Difference(Part.OTHER_NAME, query.name, row.other_name), *differences_there]
    if score < SHOWN_LIKENESS_MIN:
        return None
    recorded = PartialDate(row.person.birth_year, row.person.birth_month, row.person.birth_day)
    for cost, difference in (
        _date_cost(query.born, recorded, about=query.about),
        _province_cost(query.province, province_today(row.permanent_version, row.permanent_code)),
    ):
        score -= cost
        differences += [difference] if difference else []
    return found_person(row, max(score, 0.0), differences)


def name_likeness(typed: str, recorded: str, readings: Sequence[tuple[str, ...]] = ()) -> tuple[float, list[Difference]]:
    """From 0 to 1, and what differs (*độ giống của họ tên*). Marks count little, joined words nothing, order a little."""
    words = folded_words(typed)
    there = folded_words(recorded)
    if "".join(words) == "".join(there):
        cost, marks = _marks_cost(typed, recorded)
        spacing = [] if words == there else [Difference(Part.SPACING, typed, recorded)]
        return 1 - cost, marks + spacing
    best = _aligned(words, there)
    for reading in readings[1:]:
        score, differences = _aligned(reading, there)
        if score - 0.01 > best[0]:
            best = score - 0.01, [Difference(Part.SPACING, typed, " ".join(reading)), *differences]
    return best


def _aligned(typed: Sequence[str], there: Sequence[str]) -> tuple[float, list[Difference]]:
    pairs = _pairs(typed, there)
    ours, theirs = _weights(len(typed)), _weights(len(there))
    agreeing = sum((ours[i] + theirs[j]) * value for i, (j, value) in pairs.items())
    score = agreeing / (sum(ours) + sum(theirs) or 1)
    differences = [Difference(Part.SPELLING, typed[i], there[j]) for i, (j, value) in sorted(pairs.items()) if value < 1]
    differences += [Difference(Part.EXTRA_WORD, word) for i, word in enumerate(typed) if i not in pairs]
    reached = {j for j, _ in pairs.values()}
    differences += [Difference(Part.MISSING_WORD, "", word) for j, word in enumerate(there) if j not in reached]
    places = [pairs[i][0] for i in sorted(pairs)]
    if places != sorted(places):
        score -= OTHER_ORDER
        differences.append(Difference(Part.ORDER))
    return score, differences


def _pairs(typed: Sequence[str], there: Sequence[str]) -> dict[int, tuple[int, float]]:
    """Which typed word stands for which recorded one: equal words first, then words one slip apart; nearest place first."""
    pairs: dict[int, tuple[int, float]] = {}
    taken: set[int] = set()
    for wanted in (1.0, SAME_MEANT, ONE_ERROR):
        for i, word in enumerate(typed):
            if i in pairs:
                continue
            alike = [j for j, other in enumerate(there) if j not in taken and _word_likeness(word, other) == wanted]
            if alike:
                j = min(alike, key=lambda j: (abs(i - j), j))
                pairs[i] = (j, wanted)
                taken.add(j)
    return pairs


@lru_cache(maxsize=65536)  # a search compares few words with the same few words
def _word_likeness(typed: str, recorded: str) -> float:
    if typed == recorded:
        return 1.0
    if recorded in telex_readings(typed):
        return SAME_MEANT
    return ONE_ERROR if is_one_error(typed, recorded) else 0.0


def _weights(words: int) -> list[float]:
    return [1.0 if at in (0, words - 1) else MIDDLE_WEIGHT for at in range(words)]


def _marks_cost(typed: str, recorded: str) -> tuple[float, list[Difference]]:
    """Both names have the same letters. Words typed without any mark cost less than words with other marks."""
    ours, theirs = typed.split(), recorded.split()
    if len(ours) != len(theirs):
        return UNMARKED, []
    cost, differences = 0.0, []
    for word, other in zip(ours, theirs, strict=True):
        if canonical_name(word) != canonical_name(other):
            cost += UNMARKED if word.isascii() else WRONGLY_MARKED
            differences.append(Difference(Part.MARKS, word, other))
    return cost, differences


def _date_cost(typed: PartialDate, recorded: PartialDate, *, about: bool) -> tuple[float, Difference | None]:
    if typed.year != recorded.year:
        off = abs(typed.year - recorded.year)
        cost = A_YEAR_OFF * off + (0 if about else OTHER_YEAR) + _day_cost(typed, recorded)
        return cost, Difference(Part.BIRTH_YEAR, str(typed), str(recorded))
    cost = _day_cost(typed, recorded)
    return cost, Difference(Part.BIRTH_DAY, str(typed), str(recorded)) if cost > UNKNOWN_DAY else None


def _day_cost(typed: PartialDate, recorded: PartialDate) -> float:
    if not typed.month:
        return 0.0
    if not recorded.month:
        return UNKNOWN_DAY
    same_month = typed.month == recorded.month
    same_day = not typed.day or not recorded.day or typed.day == recorded.day
    if same_month and same_day:
        return 0.0 if typed.day == recorded.day or not typed.day else UNKNOWN_DAY
    if (typed.month, typed.day) == (recorded.day, recorded.month):
        return EXCHANGED_DAY
    return OTHER_DAY if same_month or (same_day and typed.day) else OTHER_MONTH_AND_DAY


def _province_cost(typed: str, recorded: str) -> tuple[float, Difference | None]:
    if not typed or typed == recorded:
        return 0.0, None
    return (OTHER_PROVINCE if recorded else UNKNOWN_PROVINCE), Difference(Part.PROVINCE, typed, recorded)
