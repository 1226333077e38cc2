"""Links of tax numbers and persons: each planted fault is found with its rows, and nothing else is; checked
on a random list as well, against the same definition written with dictionaries."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from dancu.reconcile.profiles.numbers import NO_NUMBER, TaxKind, TaxNumbers
from dancu.reconcile.profiles.tax_links import LinkFinding, find_links
from tests.reconcile.profiles.columns import persons


def tax(*values: int) -> TaxNumbers:
    """Numbers above 10^9 × 10^2 stand for personal ones here."""
    found = np.array(values, np.int64)
    kinds = np.where(found < 0, TaxKind.NONE, np.where(found >= 10**11, TaxKind.PERSONAL, TaxKind.TEN_DIGITS)).astype(np.uint8)
    return TaxNumbers(found, kinds, np.zeros(len(found), np.uint32))


HERS, HIS = 10**11 + 25, 10**11 + 17


def found_of(findings: object, kind: LinkFinding) -> list[tuple[int, int]]:
    mine = findings.kinds == kind
    return list(zip(findings.groups[mine].tolist(), findings.rows[mine].tolist(), strict=True))


def test_one_tax_number_with_several_persons_is_found() -> None:
    rows = persons(2, 3, 4, 5)

    found = find_links(tax(70, 80, 70, 80), persons(HERS, HERS + 2, HIS, HERS + 2), rows)

    assert found_of(found, LinkFinding.ONE_TAX_NUMBER_SEVERAL_PERSONS) == [(1, 2), (1, 4)]
    assert found.count(LinkFinding.ONE_TAX_NUMBER_SEVERAL_PERSONS) == (1, 2)
    assert not found_of(found, LinkFinding.ONE_PERSON_SEVERAL_TAX_NUMBERS)


def test_one_person_with_several_tax_numbers_is_found() -> None:
    found = find_links(tax(70, 80, 90, 90), persons(HERS, HERS, HIS, HIS), persons(2, 3, 4, 5))

    assert found_of(found, LinkFinding.ONE_PERSON_SEVERAL_TAX_NUMBERS) == [(1, 2), (1, 3)]
    assert not found_of(found, LinkFinding.ONE_TAX_NUMBER_SEVERAL_PERSONS)


def test_an_old_and_a_new_number_of_one_person_are_joined_by_what_they_led_to() -> None:
    stated, led_to = persons(HERS, NO_NUMBER), persons(7, 7)

    assert not len(find_links(tax(70, 80), stated, persons(2, 3)).rows)
    found = find_links(tax(70, 80), stated, persons(2, 3), led_to=led_to)

    assert found_of(found, LinkFinding.ONE_PERSON_SEVERAL_TAX_NUMBERS) == [(1, 2), (1, 3)]


def test_a_tax_number_that_is_the_personal_number_is_told_from_one_that_is_somebody_elses() -> None:
    found = find_links(tax(HERS, HIS), persons(HERS, HERS), persons(2, 3))

    assert found_of(found, LinkFinding.IS_PERSONAL_NUMBER) == [(1, 2)]
    assert found_of(found, LinkFinding.IS_ANOTHER_PERSONS_NUMBER) == [(1, 3)]


def test_ten_digits_beside_the_personal_number_wait_to_be_closed() -> None:
    found = find_links(tax(HERS, 70, 80), persons(HERS, HERS, HIS), persons(2, 3, 4))

    assert found_of(found, LinkFinding.OLD_BESIDE_PERSONAL) == [(1, 3)]


def test_records_without_a_person_or_a_tax_number_are_left_out() -> None:
    found = find_links(tax(70, 70, NO_NUMBER), persons(HERS, NO_NUMBER, HIS), persons(2, 3, 4))

    assert len(found.rows) == 0
    assert found.as_table().num_rows == 0


def test_the_table_is_in_words_and_holds_nothing_but_the_owners_rows() -> None:
    table = find_links(tax(70, 70), persons(HERS, HIS), persons(2, 3)).as_table()

    assert table.column_names == ["row", "group", "finding", "words", "advice"]
    assert table["finding"].to_pylist() == ["one_tax_number_several_persons"] * 2
    assert all(finding.words_en and finding.advice_en for finding in LinkFinding)


def test_a_long_random_list_agrees_with_the_plain_definition() -> None:
    chance = np.random.default_rng(6)
    numbers, people = chance.integers(0, 400, 2000), chance.integers(0, 500, 2000) + HERS
    rows = np.arange(2, 2002)
    of_number: dict[int, set[int]] = defaultdict(set)
    of_person: dict[int, set[int]] = defaultdict(set)
    for number, person in zip(numbers.tolist(), people.tolist(), strict=True):
        of_number[number].add(person)
        of_person[person].add(number)

    found = find_links(tax(*numbers.tolist()), people, rows)

    for kind, keys, others in (
        (LinkFinding.ONE_TAX_NUMBER_SEVERAL_PERSONS, numbers, of_number),
        (LinkFinding.ONE_PERSON_SEVERAL_TAX_NUMBERS, people, of_person),
    ):
        expected = {row for row, key in zip(rows.tolist(), keys.tolist(), strict=True) if len(others[key]) > 1}
        pairs = found_of(found, kind)
        assert {row for _group, row in pairs} == expected
        assert len({group for group, _row in pairs}) == len({key for key in keys.tolist() if len(others[key]) > 1})
