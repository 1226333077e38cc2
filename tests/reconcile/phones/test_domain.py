"""Whose a number is: each line of the rule, what an operator's own word ends, and which subscribers may flow at all."""

from __future__ import annotations

from datetime import date
from itertools import product
from uuid import uuid4

import numpy as np
import pytest

from dancu.reconcile.phones.domain import RULE, Claim, Source, Standing, judged, mobile_of, superseded
from dancu.reconcile.phones.from_batches import is_mobile
from dancu.reconcile.profiles.numbers import NO_NUMBER, phone_numbers
from tests.reconcile.profiles.columns import a_column

HER, HIM = b"her", b"him"
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def verified(person: bytes, operator: str = "VT-A", day: date = MONDAY) -> Claim:
    return Claim(uuid4(), person, Source.OPERATOR, operator, day)


def declared(person: bytes) -> Claim:
    return Claim(uuid4(), person, Source.CITIZEN, "", MONDAY)


def worth(*claims: Claim) -> list[Standing]:
    found = judged(claims)
    return [found[each.id] for each in claims]


def test_the_rule_is_a_table_that_can_be_printed() -> None:
    assert len(RULE) == 4
    assert all(len(line) == 3 for line in RULE)


def test_one_person_keeps_the_number_whoever_verified_it() -> None:
    assert worth(verified(HER), verified(HER, "VT-B")) == [Standing.STANDS, Standing.STANDS]


def test_a_later_verification_by_another_operator_does_not_win_by_itself() -> None:
    assert worth(verified(HER, "VT-A", MONDAY), verified(HIM, "VT-B", TUESDAY)) == [Standing.DISPUTED, Standing.DISPUTED]


def test_a_word_of_hers_that_an_operator_verified_ranks_above_everybody_elses() -> None:
    claims = (verified(HIM, "VT-A", TUESDAY), declared(HER), verified(HER, "VT-B"), declared(b"third"))

    assert worth(*claims) == [Standing.OUTRANKED, Standing.STANDS, Standing.STANDS, Standing.OUTRANKED]


def test_a_declaration_alone_takes_a_number_from_nobody() -> None:
    assert worth(verified(HIM, "VT-A"), declared(HER)) == [Standing.DISPUTED, Standing.DISPUTED]
    assert worth(declared(HER)) == [Standing.STANDS], "where nobody says otherwise it counts"


def test_two_citizens_with_equally_good_words_are_in_dispute() -> None:
    assert worth(declared(HER), declared(HIM)) == [Standing.DISPUTED, Standing.DISPUTED]
    claims = (declared(HER), verified(HER), declared(HIM), verified(HIM, "VT-B"), verified(b"third", "VT-C"))
    assert worth(*claims) == [Standing.DISPUTED] * 4 + [Standing.OUTRANKED]


def test_whatever_is_said_at_most_one_person_has_the_number() -> None:
    words = [None, verified(HER), verified(HER, "VT-B"), verified(HIM), verified(HIM, "VT-B"), declared(HER), declared(HIM)]
    for said in product(words, repeat=3):
        claims = list({each.id: each for each in said if each}.values())
        found = judged(claims)
        assert len({each.person for each in claims if found[each.id] is Standing.STANDS}) <= 1


def test_an_operators_word_for_somebody_else_ends_its_own_earlier_one_only() -> None:
    own, others, citizens = verified(HER, "VT-A"), verified(HER, "VT-B"), declared(HER)

    assert superseded([own, others, citizens], "VT-A", HIM) == [own.id]
    assert superseded([own], "VT-A", HER) == []
    assert superseded([citizens], "", HIM) == [], "a citizen has no operator"


def test_only_mobile_numbers_flow() -> None:
    phones = np.array([912345678, 387654321, NO_NUMBER, 2438251234, 438251234, 12345678], np.int64)

    assert is_mobile(phones).tolist() == [True, True, False, False, False, False]


@pytest.mark.parametrize(
    "text", ["0912345678", "091.234.5678", "+84 912 345 678", "0084912345678", "84912345678", "0412345678", "abc", ""]
)
def test_what_a_citizen_types_is_read_as_a_list_is(text: str) -> None:
    value = int(phone_numbers(a_column(text)).values[0])

    assert mobile_of(text) == ("" if value == NO_NUMBER else f"0{value}")
