"""The registry officer's search and reading by number: with a warrant, recorded in one transaction before anything is shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from dancu.kernel.warrants import Field, Warrant
from dancu.ledger import api as ledger
from dancu.population import reader
from dancu.population.domain import Flag, NumberState, PersonFacts
from dancu.population.search import candidates
from dancu.population.search.candidates import CANDIDATES_MAX, Branch
from dancu.population.search.keys import folded_words, hashed
from dancu.population.search.likeness import Difference, FoundPerson, Part, SearchRow, found_person, in_order, ranked
from dancu.population.search.query import NameQuery, NumberQuery, OldNumberQuery, SearchQuery, near_numbers
from dancu.population.search.words import NameWords, readings_of

SHOWN_MAX = 20
STATEMENT_MILLISECONDS_MAX = 5000
WORDS_MAX = 200_000
WORDS_AGE_SECONDS_MAX, WORDS_AGE_SECONDS_MIN = 300.0, 5.0
NEAR_NUMBER_SCORE, SUCCESSOR_SCORE = 0.7, 0.95
# What a line of a result tells; a grant for searching names at least these.
LISTED_FIELDS = frozenset(
    {
        Field.PERSONAL_ID,
        Field.FULL_NAME,
        Field.OTHER_NAME,
        Field.BIRTH_DATE,
        Field.SEX,
        Field.PERMANENT_RESIDENCE,
        Field.LIFE_STATUS,
    }
)

_COLUMNS = f"{reader.KEY_COLUMNS}, other_name, permanent_version, permanent_code"
_KEYS_MIN = 13  # columns of `PersonRow`
# Plans that read whole tables are never right here; compiling a plan takes longer than running it.
_SETTINGS = f"""select set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
set_config('statement_timeout', '{STATEMENT_MILLISECONDS_MAX}', true)"""
_BY_NUMBERS = f"select {_COLUMNS} from population.person_facts where personal_no = any(%s)"  # noqa: S608 - our own columns
_BY_OLD_NUMBERS = f"""select {_COLUMNS} from population.person_facts
where old_id_no = any(%s) and old_id_no <> '' limit {CANDIDATES_MAX}"""  # noqa: S608 - our own columns
_BY_KEYS = f"""select {_COLUMNS} from (
    select personal_no, min(branch) as branch from ({{branches}}) as each_found
    group by personal_no order by 2, 1 limit {CANDIDATES_MAX}
) as found join population.person_facts using (personal_no)"""  # noqa: S608 - our own columns
_OPENED = f"""select {reader.WIDE_COLUMNS}, (select last_seq from population_person p where p.personal_no = f.personal_no)
from population.person_facts f where personal_no = %s"""  # noqa: S608 - our own columns


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """A search that stands in the ledger: whom it shows, likest first, and whether there were more (*kết quả tra cứu*)."""

    persons: tuple[FoundPerson, ...]
    is_cut: bool  # more are like it: a birth date or a province tells them apart
    reference: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A person read by number alone: granted facts, flags, her newest change, the ledger reference (*mở hồ sơ công dân*)."""

    facts: PersonFacts | None
    flags: Flag
    last_seq: int
    reference: str


def search(query: SearchQuery, warrant: Warrant, *, now: datetime, hidden: frozenset[int] = frozenset()) -> SearchAnswer:
    """Find persons by number, old number, or name and birth year; at most twenty (*tra cứu công dân*).

    The search and each person it shows are entries of the ledger, also a search that finds nothing. Protected persons
    are shown only to a warrant for them; otherwise they are absent, and recorded as withheld. Numbers in `hidden` are
    nobody's: they are neither shown nor recorded.
    """
    assert warrant.expires_at > now, "an expired warrant reads nothing"
    assert warrant.fields >= LISTED_FIELDS, "a line of a result shows these fields"
    with transaction.atomic():
        persons, is_cut = _found(query, hidden)
        persons = [each for each in persons if each.personal_id.number not in hidden]
        shown, withheld = _split(persons, warrant)
        acts = [_search_act(query, len(shown), warrant)]
        acts += [_about(each, "listed", warrant) for each in shown] + [_about(each, "withheld", warrant) for each in withheld]
        references = ledger.record_all(acts, now=now)
    return SearchAnswer(tuple(shown), is_cut or len(persons) > SHOWN_MAX, references[0])


def open_by_number(personal_no: int, warrants: Sequence[Warrant], *, now: datetime) -> Opened:
    """Read one person's granted items by number alone (*mở hồ sơ công dân*). One disclosure is recorded for each warrant.

    `facts` is None where no such number was issued, or the person is protected and the warrant is not for such.
    """
    assert warrants, "no warrant, no read"
    assert all(warrant.expires_at > now for warrant in warrants), "an expired warrant reads nothing"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_OPENED, [personal_no])
            row = cursor.fetchone()
        withheld = row is not None and bool(row[12] & Flag.PROTECTED) and not all(w.protected for w in warrants)
        outcome = "none" if row is None else "withheld" if withheld else "opened"
        acts = [_opening_act(personal_no, outcome, warrant) for warrant in warrants]
        references = ledger.record_all(acts, now=now)
    if row is None or withheld:
        return Opened(None, Flag(0), 0, references[0])
    fields = frozenset[Field]().union(*(warrant.fields for warrant in warrants)) | {Field.PERSONAL_ID}
    return Opened(reader.granted_facts(row, fields), Flag(row[12]), row[-1], references[0])


def _split(persons: Sequence[FoundPerson], warrant: Warrant) -> tuple[list[FoundPerson], list[FoundPerson]]:
    """Those who are shown, and protected persons who would have been among them."""
    shown: list[FoundPerson] = []
    withheld: list[FoundPerson] = []
    for each in persons:
        if len(shown) == SHOWN_MAX or len(withheld) == SHOWN_MAX:
            break
        (withheld if each.flags & Flag.PROTECTED and not warrant.protected else shown).append(each)
    return shown, withheld


def _found(query: SearchQuery, hidden: frozenset[int]) -> tuple[list[FoundPerson], bool]:
    with connection.cursor() as cursor:
        cursor.execute(_SETTINGS)
    if isinstance(query, NumberQuery):
        return _by_number(query, hidden), False
    return (_by_old_number(query), False) if isinstance(query, OldNumberQuery) else _by_name(query)


# -- by number -------------------------------------------------------------------------------------------------------


def _by_number(query: NumberQuery, hidden: frozenset[int]) -> list[FoundPerson]:
    """The typed number with its successor; numbers one slip away when nobody has it, or when asked for."""
    exact = _rows(_BY_NUMBERS, [int(query.digits)]) if len(query.digits) == 12 else []
    exact = [row for row in exact if row.person.personal_no not in hidden]
    found = [found_person(row, 1.0, ()) for row in exact]
    for successor in {row.person.successor_no for row in exact if row.person.number_state == NumberState.REPLACED}:
        found += [
            found_person(row, SUCCESSOR_SCORE, [Difference(Part.SUCCESSOR, query.digits, f"{row.person.personal_no:012d}")])
            for row in _rows(_BY_NUMBERS, [successor])
        ]
    if query.near or not exact:
        seen = {each.personal_id.number for each in found}
        numbers = [int(number) for number in near_numbers(query.digits, 12)]
        near = [row for row in _rows(_BY_NUMBERS, numbers) if row.person.personal_no not in seen]
        found += [_near(row, query.digits, f"{row.person.personal_no:012d}") for row in near]
    return in_order(found)


def _by_old_number(query: OldNumberQuery) -> list[FoundPerson]:
    exact = _rows(_BY_OLD_NUMBERS, [query.digits]) if len(query.digits) == 9 else []
    found = [found_person(row, 1.0, ()) for row in exact]
    if query.near or not exact:
        near = _rows(_BY_OLD_NUMBERS, near_numbers(query.digits, 9))
        found += [_near(row, query.digits, row.person.old_id_no) for row in near]
    return in_order(found)


def _near(row: SearchRow, typed: str, recorded: str) -> FoundPerson:
    return found_person(row, NEAR_NUMBER_SCORE, [Difference(Part.NUMBER, typed, recorded)])


# -- by name ---------------------------------------------------------------------------------------------------------


def _by_name(query: NameQuery) -> tuple[list[FoundPerson], bool]:
    """Up to three rounds, each only when the one before left room: as typed, with typing errors mended, other years."""
    known = _words.current(folded_words(query.name))
    readings = readings_of(folded_words(query.name), known)
    rounds: list[Callable[[], list[Branch]]] = [
        lambda: candidates.exact_branches(query, readings),
        lambda: candidates.mended_branches(query, readings, known),
        lambda: candidates.other_year_branches(query, readings, known),
    ]
    seen: set[int] = set()
    persons: list[FoundPerson] = []
    for number, branches in enumerate(rounds):
        if number == 2 and (query.about or any(each.is_as_typed for each in persons)):
            break
        rows = [row for row in _rows_of_branches(branches()) if row.person.personal_no not in seen]
        seen.update(row.person.personal_no for row in rows)
        persons = in_order([*persons, *ranked(query, rows, readings)])
        if sum(each.is_as_typed for each in persons) >= SHOWN_MAX:
            break
    return persons, len(seen) >= CANDIDATES_MAX


def _rows_of_branches(branches: Sequence[Branch]) -> list[SearchRow]:
    """One statement for all branches of a round; a person found by several comes with the first."""
    parts, parameters = [], []
    for number, branch in enumerate(branches):
        single = [keys[0] for keys in branch.sets if len(keys) == 1]
        several = [keys for keys in branch.sets if len(keys) > 1]
        conditions = (["keys @> %s::int4[]"] if single else []) + ["keys && %s::int4[]"] * len(several)
        parameters += ([hashed(single)] if single else []) + [hashed(keys) for keys in several]
        parts.append(
            f"(select personal_no, {number} as branch from population_searchentry "  # noqa: S608 - conditions are placeholders
            f"where {' and '.join(conditions)} limit {branch.limit})"
        )
    with connection.cursor() as cursor:
        cursor.execute(_BY_KEYS.format(branches=" union all ".join(parts)), parameters)
        return [_search_row(row) for row in cursor.fetchall()]


def _rows(statement: str, numbers: Sequence[Any]) -> list[SearchRow]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(numbers)])
        return [_search_row(row) for row in cursor.fetchall()]


def _search_row(row: Sequence[Any]) -> SearchRow:
    return SearchRow(reader.key_row(row), *row[_KEYS_MIN:])


class _Words:
    """The words of names in the memory of this process; read again after some minutes, or for a word nobody knows."""

    def __init__(self) -> None:
        self._known = NameWords({})
        self._read_at = float("-inf")
        self._reading = threading.Lock()

    def current(self, typed: Sequence[str]) -> NameWords:
        age = time.monotonic() - self._read_at
        unknown = any(word not in self._known for word in typed)
        if age > WORDS_AGE_SECONDS_MAX or (unknown and age > WORDS_AGE_SECONDS_MIN):
            self._read_again(waits=self._read_at == float("-inf"))
        return self._known

    def forget(self) -> None:
        self._read_at = float("-inf")

    def _read_again(self, *, waits: bool) -> None:
        if not self._reading.acquire(blocking=waits):  # somebody reads already: what we have serves on
            return
        try:
            with connection.cursor() as cursor:
                cursor.execute("select word, persons from population_nameword order by persons desc limit %s", [WORDS_MAX])
                persons_by_word = dict(cursor.fetchall())
            if not self._known.has(persons_by_word):
                self._known = NameWords(persons_by_word)
            self._read_at = time.monotonic()
        finally:
            self._reading.release()


_words = _Words()


def forget_words() -> None:
    """Read the words of names again at the next search: the index was just built."""
    _words.forget()


# -- what is recorded ------------------------------------------------------------------------------------------------


def subject_of_search(query: SearchQuery) -> str:
    """Whose entry a search is: the number that was typed. A typed name is kept nowhere, only the persons it led to."""
    if isinstance(query, NumberQuery) and len(query.digits) == 12:
        return query.digits
    return f"cmnd:{query.digits}" if isinstance(query, OldNumberQuery) and len(query.digits) == 9 else ""


def _search_act(query: SearchQuery, shown: int, warrant: Warrant) -> ledger.Act:
    return reader.warranted_act(warrant, ledger.ActKind.SEARCH, str(shown), subject_of_search(query), frozenset())


def _about(person: FoundPerson, outcome: str, warrant: Warrant) -> ledger.Act:
    fields = LISTED_FIELDS if outcome == "listed" else frozenset[Field]()
    return reader.warranted_act(warrant, ledger.ActKind.SEARCH, outcome, person.personal_id.digits, fields)


def _opening_act(personal_no: int, outcome: str, warrant: Warrant) -> ledger.Act:
    fields = warrant.fields if outcome == "opened" else frozenset[Field]()
    return reader.warranted_act(warrant, ledger.ActKind.DISCLOSE, outcome, f"{personal_no:012d}", fields)
