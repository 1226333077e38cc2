"""Where to look for a name: branches of keys, likeliest first, each bounded, so that no search reads more than a few hundred rows.

Pure: the plan of a search is a value; `search` runs it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from dancu.kernel.dates import PartialDate
from dancu.population.search.keys import Key, day_key, place_key, whole_key, word_key
from dancu.population.search.query import NameQuery
from dancu.population.search.words import NameWords

CANDIDATES_MAX = 400  # rows read in one round
YEARS_ABOUT = 2
MENDED_WORDS_MAX = 8
MANY, FEW = 100, 40
_Sets = tuple[tuple[Key, ...], ...]


class Branch(NamedTuple):
    """Persons who have at least one key of every set; at most `limit` of them (*nhánh tìm*)."""

    sets: tuple[tuple[Key, ...], ...]
    limit: int = MANY


def exact_branches(query: NameQuery, readings: Sequence[tuple[str, ...]]) -> list[Branch]:
    """Round one: all words or the whole name as typed, with day and province first where they were stated."""
    years = years_of(query)
    names = [_whole(readings[0], years)]
    names += [_all_words(reading, years) for reading in readings if len(reading) <= MENDED_WORDS_MAX]
    places = _places(query, years)
    return [_branch(name, place) for place in [*places, ()] for name in names]


def mended_branches(query: NameQuery, readings: Sequence[tuple[str, ...]], known: NameWords) -> list[Branch]:
    """Round two: words one typing error away, one word missing among the recorded, one wrong beyond mending."""
    years = years_of(query)
    branches: list[Branch] = []
    for reading in readings:
        words = reading if len(reading) <= MENDED_WORDS_MAX else (*reading[: MENDED_WORDS_MAX - 1], reading[-1])
        mended = [_word_set((word, *known.near(word)), years) for word in words]
        for place in _places(query, years):
            branches += _narrow(mended, place)
        branches += _wide([_word_set((word,), years) for word in words], mended)
    return branches


def other_year_branches(query: NameQuery, readings: Sequence[tuple[str, ...]], known: NameWords) -> list[Branch]:
    """Round three, when nobody agrees: the years beside the one that was typed."""
    years = [year for year in _about(query.born.year) if year != query.born.year]
    words = readings[-1][:MENDED_WORDS_MAX]
    mended = tuple(_word_set((word, *known.near(word)[:16]), years) for word in words)
    names = [_whole(readings[0], years), _all_words(words, years)]
    places = _places(query, years)
    branches = [_branch(name, place) for place in [*places, ()] for name in names]
    return branches + [_branch(mended, place, FEW) for place in places]


def years_of(query: NameQuery) -> Sequence[int]:
    return _about(query.born.year) if query.about else (query.born.year,)


def _about(year: int) -> Sequence[int]:
    return range(year - YEARS_ABOUT, year + YEARS_ABOUT + 1)


def _branch(words: Iterable[tuple[Key, ...]], place: _Sets = (), limit: int = MANY) -> Branch:
    """Rare sets first, for the first leads through the index: day or province, then the given name, the family name last."""
    return Branch((*place, *reversed(tuple(words))), limit)


def _narrow(mended: list[tuple[Key, ...]], place: _Sets) -> list[Branch]:
    """Where day or province narrow the search: every word may have its error, and one word may be anything."""
    branches = [_branch(mended, place)]
    if len(mended) > 1:
        branches += [_branch((*mended[:at], *mended[at + 1 :]), place, FEW) for at in range(len(mended))]
    return branches


def _wide(exact: list[tuple[Key, ...]], mended: list[tuple[Key, ...]]) -> list[Branch]:
    """With nothing but the year: one word mended, then all of them, then one word too many."""
    if len(exact) == 1:
        return [_branch(mended)]
    branches = [_branch((*exact[:at], mended[at], *exact[at + 1 :])) for at in range(len(exact))]
    branches.append(_branch(mended))
    if len(exact) > 2:
        branches += [_branch((*exact[:at], *exact[at + 1 :]), (), FEW) for at in range(len(exact))]
    return branches


def _places(query: NameQuery, years: Sequence[int]) -> list[_Sets]:
    """What narrows beside the name: the day, then the province, in the years."""
    places: list[_Sets] = []
    if query.born.month:
        places.append((_days(query.born, years),))
    if query.province:
        places.append((tuple(place_key(query.province, year) for year in years),))
    return places


def _days(born: PartialDate, years: Collection[int]) -> tuple[Key, ...]:
    """The stated day; day and month exchanged; and what the registry has when it knows less."""
    days = [born.day] if born.day else range(1, 32)
    keys = [day_key(year, born.month, day) for year in years for day in days]
    keys += [day_key(year, month, 0) for year in years for month in (born.month, 0)]
    if born.day and born.day <= 12 and born.day != born.month:
        keys += [day_key(year, born.day, born.month) for year in years if _is_date(year, born.day, born.month)]
    return tuple(keys)


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _whole(words: Sequence[str], years: Sequence[int]) -> _Sets:
    joined = "".join(words)
    return (tuple(whole_key(joined, year) for year in years),)


def _all_words(words: Sequence[str], years: Sequence[int]) -> _Sets:
    return tuple(_word_set((word,), years) for word in dict.fromkeys(words))


def _word_set(words: Sequence[str], years: Sequence[int]) -> tuple[Key, ...]:
    return tuple(word_key(word, year) for word in words for year in years)
