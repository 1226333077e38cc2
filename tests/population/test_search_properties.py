"""What must hold for everybody: typed exactly she is first, with any one slip in any one word she is among the twenty.

A few thousand simulated people, filed in the real database; the search runs whole, its ledger entries included.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dancu.kernel.names import folded_name
from dancu.kernel.warrants import Warrant
from dancu.population.api import SHOWN_MAX, UNITS_FILE, SearchAnswer, read_query, refresh_search, search
from dancu.population.search.asking import forget_words
from dancu.synth.api import generate
from tests.factories.database import load
from tests.factories.people import EVERYDAY, NOW, an_actor

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
PERSONS = 3_000
WARRANT = Warrant(an_actor(), "p", "b", "DC-TRA-CUU", "DAN-CU", "H57-1", EVERYDAY, NOW.replace(year=2027))
LETTERS = "abcdeghiklmnopqrstuvxy"
SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
_people: list[dict[str, Any]] = []


@pytest.fixture(autouse=True)
def filed(tmp_path: Path) -> Iterator[None]:
    _people[:] = [p for p in generate(PERSONS, 3, UNITS_FILE) if str(p.get("number_state") or 0) == "0"]
    load(_people, tmp_path)
    refresh_search()
    forget_words()
    yield
    forget_words()


def found(text: str, birth_date: str, **more: Any) -> SearchAnswer:
    return search(read_query(text, birth_date, **more), WARRANT, now=NOW)


def numbers(answer: SearchAnswer) -> list[str]:
    return [each.personal_id.digits for each in answer.persons]


persons = st.integers(0, 10**6).map(lambda at: _people[at % len(_people)])


def slipped(word: str, chance: random.Random) -> str:
    """One letter wrong, one too many, one left out, or two exchanged."""
    at = chance.randrange(len(word))
    kinds = [word[:at] + chance.choice(LETTERS) + word[at + 1 :], word[:at] + chance.choice(LETTERS) + word[at:]]
    if len(word) > 1:
        kinds.append(word[:at] + word[at + 1 :])
    if at + 1 < len(word):
        kinds.append(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    return chance.choice(kinds)


@SETTINGS
@given(person=persons)
def test_typed_exactly_she_is_first_or_shares_the_first_place(person: dict[str, Any]) -> None:
    answer = found(person["full_name"], person["birth_date"])

    best = answer.persons[0].score
    assert person["personal_id"] in [each.personal_id.digits for each in answer.persons if each.score == best]
    assert answer.persons[0].is_as_typed


@SETTINGS
@given(person=persons, chance=st.randoms(use_true_random=False))
def test_with_one_slip_in_one_word_she_is_among_the_twenty(person: dict[str, Any], chance: random.Random) -> None:
    words = [folded_name(word) for word in person["full_name"].split()]
    at = chance.randrange(len(words))
    words[at] = slipped(words[at], chance)

    assert person["personal_id"] in numbers(found(" ".join(words), person["birth_date"]))


@SETTINGS
@given(person=persons, chance=st.randoms(use_true_random=False))
def test_words_in_another_order_or_joined_and_the_year_alone_find_her(person: dict[str, Any], chance: random.Random) -> None:
    words = person["full_name"].split()
    chance.shuffle(words)
    joined = "".join(person["full_name"].split())

    for text in (" ".join(words), joined, joined.upper()):
        assert person["personal_id"] in numbers(found(text, person["birth_date"][:4] if len(joined) > 6 else person["birth_date"]))


@SETTINGS
@given(person=persons, off=st.sampled_from([-2, -1, 1, 2]))
def test_a_year_not_far_off_finds_her_when_it_is_said_to_be_about(person: dict[str, Any], off: int) -> None:
    year = int(person["birth_date"][:4]) + off
    answer = found(person["full_name"], f"{year}{person['birth_date'][4:]}".removesuffix("-02-29"), about=True)

    assert len(answer.persons) <= SHOWN_MAX
    assert person["personal_id"] in numbers(answer)


@SETTINGS
@given(person=persons, chance=st.randoms(use_true_random=False))
def test_a_number_with_one_slip_finds_her(person: dict[str, Any], chance: random.Random) -> None:
    digits = person["personal_id"]
    at = chance.randrange(12)
    typed = chance.choice(
        [
            digits,
            digits[:at] + chance.choice("0123456789") + digits[at + 1 :],
            digits[:at] + digits[at + 1 :],
            digits[:at] + chance.choice("0123456789") + digits[at:],
            digits[: at - 1] + digits[at] + digits[at - 1] + digits[at + 1 :] if at else digits,
        ]
    )

    assert person["personal_id"] in numbers(found(typed, "", about=True))
