"""Records that are each other's, against a plain definition over all pairs, and in words."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

import pytest

from dancu.reconcile.running import duplicates
from dancu.reconcile.running.words import Repeated
from tests.reconcile.running.jobs import AN, BINH, CHI, OLD, done, grades, job, report, results

SAME, PERSON, OTHERS, NUMBERS = (
    int(Repeated.SAME_RECORD),
    int(Repeated.SAME_PERSON),
    int(Repeated.OTHER_PERSON),
    int(Repeated.OTHER_NUMBER),
)
A, B = (AN, "Trần Thị An", "03/02/1993"), (BINH, "Nguyễn Văn Bình", "20/05/1993")


def test_the_same_record_twice_is_a_duplicate_of_the_first(tmp_path: Path) -> None:
    made = done(job(tmp_path, [("k1", *A), ("k2", *B), ("k1", *A), ("k1", *A)]))

    rows = results(made)

    assert grades(made) == ["KHOP", "KHOP", "TRUNG", "TRUNG"]
    assert [row["repeats"] for row in rows] == [0, 0, SAME, SAME]
    assert [row["repeated_row"] for row in rows] == [0, 0, 2, 2]
    assert report(made)["duplicates"]["same_record"] == 2


def test_a_person_with_two_records_of_her_own_is_said_and_no_duplicate(tmp_path: Path) -> None:
    """One may hold two subscriptions."""
    made = done(job(tmp_path, [("k1", *A), ("k2", *A)]))

    rows = results(made)

    assert grades(made) == ["KHOP", "KHOP"]
    assert [row["repeats"] for row in rows] == [PERSON, PERSON]
    assert [row["repeated_row"] for row in rows] == [3, 2]
    assert report(made)["causes"]["17"] == 0


def test_where_a_person_stands_once_the_best_of_her_records_is_kept(tmp_path: Path) -> None:
    lines = [("k1", AN, "Tran Thi An", "03/02/1993"), ("k2", *A), ("k3", *A)]

    made = done(job(tmp_path, lines, one_to_one=True))

    assert grades(made) == ["TRUNG", "KHOP", "TRUNG"]
    assert [row["repeated_row"] for row in results(made)] == [3, 4, 3]


def test_a_person_under_an_old_and_a_new_number_has_several_numbers(tmp_path: Path) -> None:
    made = done(job(tmp_path, [("k1", *A), ("k2", OLD[AN], *A[1:])]))

    assert [row["repeats"] for row in results(made)] == [PERSON | NUMBERS] * 2
    assert report(made)["duplicates"]["persons_several_numbers"] == 1
    assert report(made)["causes"]["17"] == 2


def test_one_number_with_two_names_is_of_several_persons(tmp_path: Path) -> None:
    made = done(job(tmp_path, [("k1", *A), ("k2", AN, "Phạm Quốc Khánh", "01/01/1950"), ("k3", *B)]))

    rows = results(made)

    assert [row["repeats"] for row in rows] == [OTHERS, OTHERS, 0]
    assert [row["repeated_row"] for row in rows] == [3, 2, 0]
    assert report(made)["duplicates"]["numbers_several_persons"] == 1


def test_spellings_of_one_name_are_no_two_persons(tmp_path: Path) -> None:
    made = done(job(tmp_path, [("k1", *A), ("k2", AN, "TRAN THI AN", "03/02/1993")]))

    assert [row["repeats"] for row in results(made)] == [PERSON, PERSON]


def test_a_number_nobody_has_may_be_of_several_persons_too(tmp_path: Path) -> None:
    unknown, nobody = "079099999999", ("k3", "", "Võ Văn Ba", "1980")
    lines = [("k1", unknown, "Võ Văn Một", "1980"), ("k2", unknown, "Võ Văn Hai", "1980"), nobody, nobody]

    assert [row["repeats"] for row in results(done(job(tmp_path, lines)))] == [OTHERS, OTHERS, 0, 0]


def test_without_the_wish_nothing_is_said_of_duplicates(tmp_path: Path) -> None:
    made = done(job(tmp_path, [("k1", *A), ("k1", *A)], duplicates=False))

    assert grades(made) == ["KHOP", "KHOP"]
    assert report(made)["duplicates"] is None
    assert report(made)["causes"]["17"] is None


def random_lines(chance: random.Random) -> list[tuple[str, str, str, str]]:
    numbers = [AN, OLD[AN], BINH, CHI, "079099999999", "079099999998", "12", ""]
    names = ["Trần Thị An", "Nguyễn Văn Bình", "Lê Thị Chi", "Ai Đó", "Khác Hẳn", "Lê Thị Trí", ""]
    dates = ["03/02/1993", "20/05/1993", "30/11/1993", "01/02/1950"]
    return [(chance.choice("xyz"), chance.choice(numbers), chance.choice(names), chance.choice(dates)) for _ in range(400)]


@pytest.mark.parametrize(("rows_a_batch", "at_once"), [(1000, 10**6), (37, 10**6), (37, 60)])
def test_marks_are_those_of_a_plain_definition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_a_batch: int, at_once: int
) -> None:
    monkeypatch.setattr(duplicates, "RECORDS_AT_ONCE", at_once)
    lines = random_lines(random.Random(3))

    made = results(done(job(tmp_path, lines, rows_a_batch=rows_a_batch)))

    assert [row["repeats"] & (SAME | OTHERS) for row in made] == plainly(lines)


def plainly(lines: list[tuple[str, str, str, str]]) -> list[int]:
    """By the texts alone: none of these names is another spelling of a second one."""
    seen: set[tuple[str, ...]] = set()
    names: dict[str, set[str]] = defaultdict(set)
    for _key, number, name, _born in lines:
        names[number].add(name)
    marks = []
    for line in lines:
        is_again = line in seen and line[1] != ""
        is_shared = line[1] != "" and line[2] != "" and len(names[line[1]] - {""}) > 1
        marks.append(SAME * is_again + OTHERS * is_shared)
        seen.add(line)
    return marks
