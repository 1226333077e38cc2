"""The simulated nation: the same for the same seed, never at odds with itself, always loadable, with its named personas.

The rules are the project's own (`PersonalId`, `PartialDate`, `clean_name`) and the units table, read here anew from its file.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dancu.exchange.api import AccessRequest, Kind, Verification, verify_person
from dancu.kernel.dates import PartialDate
from dancu.kernel.names import clean_name
from dancu.kernel.personal_id import PersonalId, parse_old_id
from dancu.population.api import UNITS_FILE, LifeStatus, load_persons
from dancu.synth.api import FATHER, MOTHER, PERSONAS, Order, Source, generate, write_persons, write_persons_file
from tests.factories.database import connect_system
from tests.factories.people import NOW, a_claim, a_grant, an_actor

COUNT, SEED, REFERENCE_DAY = 3000, 1, "2026-06-30"
FIXED = len(PERSONAS)


def people(count: int = COUNT, seed: int = SEED) -> list[dict[str, Any]]:
    return generate(count, seed, UNITS_FILE)


@pytest.fixture(scope="module")
def nation() -> list[dict[str, Any]]:
    return people()


@pytest.fixture(scope="module")
def by_number(nation: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["personal_id"]: row for row in nation}


def year_of(row: dict[str, Any]) -> int:
    return PartialDate.parse(row["birth_date"]).year


def relatives_of(row: dict[str, Any]) -> dict[str, dict[str, str]]:
    return json.loads(row.get("relatives") or "{}")


def in_force(nation: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in nation if row.get("number_state", "0") == "0"]


def known_units() -> dict[tuple[str, str], str]:
    """Parent of every commune of both lists."""
    with UNITS_FILE.open(encoding="utf-8", newline="") as file:
        return {(row["version"], row["code"]): row["parent_code"] for row in csv.DictReader(file) if row["level"] == "3"}


def test_the_same_seed_gives_the_same_persons_and_another_seed_others(nation):
    again, other = people(), people(seed=2)

    assert again == nation
    assert other[:FIXED] == nation[:FIXED]
    both = {row["personal_id"] for row in other[FIXED:]} & {row["personal_id"] for row in nation[FIXED:]}
    assert len(both) < COUNT / 50
    assert Counter(row["full_name"] for row in other) != Counter(row["full_name"] for row in nation)


def test_another_process_with_another_hash_seed_writes_the_same_file(tmp_path: Path):
    ours, theirs = tmp_path / "ours.csv", tmp_path / "theirs.csv"
    write_persons_file(Order(Source(SEED, UNITS_FILE), COUNT), ours)
    command = [sys.executable, "-m", "dancu.cli.main", "synth", str(theirs), "--count", str(COUNT), "--seed", str(SEED)]

    done = subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "12345"}, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, "")
    assert f"{COUNT} simulated persons" in done.stderr
    assert theirs.read_bytes() == ours.read_bytes()


@pytest.mark.parametrize("count", [1, FIXED, FIXED + 1, 200])
def test_as_many_persons_as_asked_for(count: int):
    assert len(people(count)) == count


def test_every_number_is_valid_and_nobody_shares_one(nation):
    numbers = [row["personal_id"] for row in nation]

    assert [PersonalId.parse(number).digits for number in numbers] == numbers
    assert len(set(numbers)) == len(numbers)


def test_century_sex_and_year_of_a_number_agree_with_the_facts(nation):
    for row in in_force(nation):
        number = PersonalId.parse(row["personal_id"])

        assert number.stated_sex == int(row["sex"])
        assert number.stated_birth_year == year_of(row)
    assert {row["personal_id"][3] for row in nation} == {"0", "1", "2", "3"}  # both sexes of both centuries were tried


def test_a_number_names_the_province_of_birth_registration_and_some_moved_in(nation):
    provinces = Counter(row["personal_id"][:3] for row in nation)

    assert provinces["046"] > 0.9 * COUNT
    assert len(provinces) > 10
    for row in in_force(nation)[FIXED:]:
        if row["birth_registration_version"] == "L3-2025":  # the code of the 63 is that of the number
            assert row["birth_registration_code"][:2] == row["personal_id"][1:3]


def test_births_are_plausible(nation):
    years = [year_of(row) for row in nation]
    partial = [row for row in nation if len(row["birth_date"]) == 4]

    assert all(PartialDate.parse(row["birth_date"]).iso == row["birth_date"] for row in nation)
    assert min(years) > 1900
    assert max(row["birth_date"] for row in nation) <= REFERENCE_DAY
    assert 0 < len(partial) < COUNT / 10
    assert max(map(year_of, partial)) < 1998
    assert 0.8 < Counter(row["sex"] for row in nation)["1"] / Counter(row["sex"] for row in nation)["2"] < 1.3


def test_the_dead_were_born_before_and_carry_no_card_and_cards_are_not_given_to_children(nation):
    dead = [row for row in nation if row.get("life_status") == "1"]
    assert len(dead) > 20

    assert all(row["birth_date"] < row["life_status_on"] <= REFERENCE_DAY for row in dead)
    assert not any(json.loads(row.get("id_cards", "[]")) for row in dead)
    for row in nation:
        for card in json.loads(row.get("id_cards", "[]")):
            issued = date.fromisoformat(card["issued_on"])
            assert issued.isoformat() <= REFERENCE_DAY
            assert issued.year - year_of(row) >= (3 if card["kind"] == "can_cuoc" else 14)
            assert card["number"] == row["personal_id"]


def test_a_card_serves_until_the_next_of_the_ages_14_25_40_and_60(nation):
    ages = Counter()
    for row in nation:
        for card in json.loads(row.get("id_cards", "[]")):
            if card["expires_on"] and len(row["birth_date"]) == 10:
                ages[date.fromisoformat(card["expires_on"]).year - year_of(row)] += 1
            elif not card["expires_on"]:
                assert int(card["issued_on"][:4]) - year_of(row) >= 57

    assert set(ages) == {14, 25, 40, 60}


def test_families_hold_together(nation, by_number):
    ages: dict[str, list[int]] = {"mother": [], "father": []}
    for row in nation:
        for role, relative in relatives_of(row).items():
            if not relative["personal_id"]:  # dead before the register began: a name only
                assert relative["full_name"]
                continue
            other = by_number[relative["personal_id"]]
            assert relative["full_name"] == other["full_name"]
            if role == "spouse":
                assert relatives_of(other)["spouse"]["personal_id"] == row["personal_id"]
                assert {row["sex"], other["sex"]} == {"1", "2"}
            elif role in ages:
                assert other["sex"] == ("2" if role == "mother" else "1")
                ages[role].append(year_of(row) - year_of(other))

    assert min(map(len, ages.values())) > COUNT / 2
    assert (min(ages["mother"]) >= 18, max(ages["mother"]) <= 49) == (True, True)
    assert (min(ages["father"]) >= 20, max(ages["father"]) <= 75) == (True, True)


def test_a_child_has_somebody_who_represents_it_and_the_head_of_its_household_exists(nation, by_number):
    told = 0
    for row in in_force(nation)[FIXED:]:
        head = json.loads(row["household_head"])
        assert bool(head) == (row["life_status"] == "0") == bool(row["household_relation"])
        if head:
            assert by_number[head["personal_id"]]["full_name"] == head["full_name"]
        if "representative" in relatives_of(row):
            assert row["birth_date"] > "2008"
            told += 1
        elif row["birth_date"] >= "2010" and row["life_status"] == "0":
            assert "mother" not in relatives_of(row) or not relatives_of(row)["mother"]["personal_id"]

    assert told > COUNT / 5


def test_three_generations_are_linked_by_numbers(by_number):
    def up(row: dict[str, Any]) -> list[dict[str, Any]]:
        told = [relatives_of(row)[role]["personal_id"] for role in ("father", "mother") if role in relatives_of(row)]
        return [by_number[number] for number in told if number]

    grandchildren = [row for row in by_number.values() if any(up(parent) for parent in up(row))]

    assert len(grandchildren) > COUNT / 3


def test_children_carry_the_family_name_of_the_father(nation, by_number):
    same = Counter(
        row["full_name"].split(" ")[0] == by_number[father].get("full_name", "").split(" ")[0]
        for row in nation
        if row["ethnicity"] == "1" and (father := relatives_of(row).get("father", {}).get("personal_id"))
    )

    assert same[True] / same.total() > 0.95


def test_every_unit_code_stands_in_the_units_table(nation):
    known = known_units()
    columns = [name.removesuffix("_code") for name in nation[-1] if name.endswith("_code")]
    assert set(columns) == {"permanent", "temporary", "current", "home_town", "birth_place", "birth_registration"}
    versions = Counter()

    for row in nation:
        for column in columns:
            version, code = row.get(f"{column}_version"), row.get(f"{column}_code")
            assert bool(version) == bool(code)
            if code:
                province, district, commune = code.split(".")
                assert known[version, commune] == (district or province)
                versions[version] += 1
    assert len({row["permanent_code"] for row in nation}) > 20
    assert set(versions) == {"L2-2025", "L3-2025"}


def test_names_are_as_the_register_keeps_them(nation):
    assert all(clean_name(row["full_name"]) == row["full_name"] for row in nation)
    assert len({row["full_name"] for row in nation}) > COUNT / 2


def test_old_numbers_have_nine_digits_and_a_few_are_shared(nation):
    old = [row["old_id_no"] for row in nation if row.get("old_id_no")]

    assert all(parse_old_id(number) == number for number in old)
    assert 1 < max(Counter(old).values()) <= 3
    assert max(year_of(row) for row in nation if row.get("old_id_no")) <= 2001


def test_no_telephone_can_ring(nation):
    phones = [row["phone"] for row in nation if row.get("phone")]

    assert len(phones) > COUNT / 3
    assert all(phone.startswith("0000") for phone in phones)


def test_the_personas_come_first_whatever_the_seed(nation):
    names = [row["full_name"] for row in nation[:FIXED]]

    assert nation[:FIXED] == list(PERSONAS) == people(FIXED, seed=99)
    assert {"Trần Văn Thử", "Lê Thị Năm Sinh", "Phạm Hữu Khuất", "Hồ Đình Vắng", "H'Hen Niê", "Thuận"} <= set(names)


def test_the_personas_tell_their_stories():
    told = {row["personal_id"]: row for row in PERSONAS}

    assert relatives_of(told[MOTHER])["spouse"]["personal_id"] == FATHER
    assert relatives_of(told[FATHER])["spouse"]["personal_id"] == MOTHER
    assert [row["birth_date"] for row in PERSONAS if len(row["birth_date"]) == 4] == ["1955"]
    assert {row.get("life_status", "0") for row in PERSONAS} == {"0", "1", "2"}
    assert all(row["successor"] in told for row in PERSONAS if row.get("number_state") == "1")
    assert max(Counter(row["old_id_no"] for row in PERSONAS if row.get("old_id_no")).values()) == 2
    assert any(" " not in row["full_name"] for row in PERSONAS)


@pytest.mark.django_db
@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_the_generated_file_is_loaded_without_a_single_reject(nation, tmp_path: Path, ending: str):
    file = tmp_path / f"nation{ending}"
    write_persons(nation, file)

    result = load_persons(file, now=NOW)

    assert (result.read, result.changed, result.rejected, result.first_rejects) == (COUNT, COUNT, 0, [])


@pytest.mark.django_db
def test_the_loaded_personas_answer_as_their_stories_say(tmp_path: Path):
    write_persons(people(FIXED), tmp_path / "personas.csv")
    load_persons(tmp_path / "personas.csv", now=NOW)
    connect_system(grants=[a_grant()])
    request = AccessRequest(an_actor(), Kind.VERIFY, "REST", "1.001193")

    def asked(number: str) -> Verification:
        row = next(row for row in PERSONAS if row["personal_id"] == number)
        answer = verify_person(a_claim(number, row["full_name"], row["birth_date"]), request, now=NOW)
        assert isinstance(answer, Verification)
        return answer

    assert asked("046048000004").life_status is LifeStatus.DEAD
    assert asked("046080000005").life_status is LifeStatus.MISSING
    assert asked("046190000007").successor == PersonalId.parse("046190000006")
    assert all(asked(row["personal_id"]).outcome == "match" for row in PERSONAS)
