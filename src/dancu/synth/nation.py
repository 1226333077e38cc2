"""Plausible persons by seed: households with coherent families, names by region, sex and cohort, numbers, cards, deaths.

Statistics are those of the census of 1 April 2019 and of published name samples; every value is a weight, not a fact
about anyone. Phone numbers start with 0000, which no operator uses.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dancu.synth import names
from dancu.synth.personas import PERSONAS

REFERENCE_YEAR = 2026
MALE, FEMALE = 1, 2
# Five-year groups of head of household, percent; children, elders and spouses follow from the households.
_HEAD_AGES = (
    (20, 3.0),
    (25, 8.0),
    (30, 11.0),
    (35, 12.0),
    (40, 12.0),
    (45, 11.5),
    (50, 11.0),
    (55, 10.0),
    (60, 8.5),
    (65, 6.0),
    (70, 3.5),
    (75, 2.0),
    (80, 1.5),
)


@dataclass(slots=True)
class _Persons:
    """Columns under construction; every list has one value a person."""

    sex: list[int] = field(default_factory=list)
    born: list[int] = field(default_factory=list)
    family: list[int] = field(default_factory=list)  # index of the family name
    ethnicity: list[int] = field(default_factory=list)
    household: list[int] = field(default_factory=list)
    relation: list[str] = field(default_factory=list)
    father: list[int] = field(default_factory=list)
    mother: list[int] = field(default_factory=list)
    spouse: list[int] = field(default_factory=list)
    dead: list[bool] = field(default_factory=list)

    def add(
        self,
        sex: int,
        born: int,
        family: int,
        ethnicity: int,
        household: int,
        relation: str,
        *,
        father: int = -1,
        mother: int = -1,
        dead: bool = False,
    ) -> int:
        columns: tuple[list[Any], ...] = (
            self.sex,
            self.born,
            self.family,
            self.ethnicity,
            self.household,
            self.relation,
            self.father,
            self.mother,
            self.spouse,
            self.dead,
        )
        values = (sex, born, family, ethnicity, household, relation, father, mother, -1, dead)
        for column, value in zip(columns, values, strict=True):
            column.append(value)
        return len(self.sex) - 1


def generate(count: int, seed: int, communes: Sequence[tuple[str, str]], province: str = "46") -> list[dict[str, Any]]:
    """`count` persons of one province as rows of the load format; the named personas come first (*dân cư mô phỏng*)."""
    chance = np.random.default_rng(seed)
    wanted = max(count - len(PERSONAS), 0)
    persons = _households(wanted, chance)
    rows = _rows(persons, wanted, chance, communes, province)
    return [dict(persona) for persona in PERSONAS][:count] + rows


def _households(wanted: int, chance: np.random.Generator) -> _Persons:
    persons = _Persons()
    ages, weights = np.array([a for a, _ in _HEAD_AGES]), np.array([w for _, w in _HEAD_AGES])
    weights = weights / weights.sum()
    household = 0
    while len(persons.sex) < wanted:
        for start in chance.choice(ages, 1000, p=weights):
            _household(persons, household, REFERENCE_YEAR - int(start) - int(chance.integers(5)), chance)
            household += 1
            if len(persons.sex) >= wanted:
                break
    return persons


def _household(persons: _Persons, household: int, head_born: int, chance: np.random.Generator) -> None:
    luck = chance.random(8)
    ethnicity = names.ethnicity(luck[0])
    head_sex = MALE if luck[1] < 0.73 else FEMALE
    head = persons.add(head_sex, head_born, names.family_index(chance), ethnicity, household, "01")
    age = REFERENCE_YEAR - head_born
    spouse = -1
    if luck[2] < (0.82 if age > 28 else 0.4):
        born = head_born + int(chance.normal(2 if head_sex == MALE else -2, 3))
        spouse = persons.add(3 - head_sex, min(born, REFERENCE_YEAR - 18), names.family_index(chance), ethnicity, household, "02")
        persons.spouse[head], persons.spouse[spouse] = spouse, head
    _children(persons, household, head, spouse, chance)
    if luck[3] < 0.14 and age < 55:
        _elders(persons, household, head, chance)
    if luck[4] < 0.25 and age > 50 and spouse >= 0:
        persons.dead[spouse] = luck[5] < 0.7


def _children(persons: _Persons, household: int, head: int, spouse: int, chance: np.random.Generator) -> None:
    mother = head if persons.sex[head] == FEMALE else spouse
    father = head if persons.sex[head] == MALE else spouse
    if mother < 0 or (spouse < 0 and chance.random() > 0.2):
        return
    for birth in sorted(
        persons.born[mother] + 20 + chance.gamma(2.0, 3.6, int(chance.choice([0, 1, 2, 3, 4], p=[0.1, 0.2, 0.45, 0.18, 0.07])))
    ):
        born = int(birth)
        if born > REFERENCE_YEAR - 1 or (REFERENCE_YEAR - born > 24 and chance.random() < 0.75):
            continue  # not born yet, or moved out
        sex = MALE if chance.random() < 0.527 else FEMALE  # 111.5 boys for 100 girls
        family = persons.family[father if father >= 0 else mother]
        persons.add(sex, born, family, persons.ethnicity[head], household, "03", father=father, mother=mother)


def _elders(persons: _Persons, household: int, head: int, chance: np.random.Generator) -> None:
    born = persons.born[head] - 24 - int(chance.integers(8))
    father = persons.add(
        MALE, born, persons.family[head], persons.ethnicity[head], household, "04", dead=bool(chance.random() < 0.55)
    )
    mother = persons.add(
        FEMALE, born + 2, names.family_index(chance), persons.ethnicity[head], household, "04", dead=bool(chance.random() < 0.3)
    )
    persons.spouse[father], persons.spouse[mother] = mother, father
    persons.father[head], persons.mother[head] = father, mother


def _rows(
    persons: _Persons, wanted: int, chance: np.random.Generator, communes: Sequence[tuple[str, str]], province: str
) -> list[dict[str, Any]]:
    full_names = [
        names.full_name(chance, persons.sex[i], persons.born[i], persons.family[i], persons.ethnicity[i]) for i in range(wanted)
    ]
    numbers = _numbers(persons, wanted, chance, province)
    homes = _homes(persons, chance, communes, province)
    months, days = chance.integers(1, 13, wanted), chance.integers(1, 29, wanted)
    luck, old = chance.random((wanted, 5)), chance.integers(190_000_000, 199_999_999, wanted)
    heads: dict[int, int] = {}
    for i in range(wanted):
        heads.setdefault(persons.household[i], i)
    rows = []
    for i in range(wanted):
        home = homes[persons.household[i]]
        row = _row(i, persons, full_names, numbers, home, wanted)
        row["birth_date"] = _birth_date(persons.born[i], int(months[i]), int(days[i]), luck[i][0])
        if persons.born[i] < 2001 and luck[i][1] < 0.9:
            row["old_id_no"] = str(old[i]) if luck[i][2] > 0.003 else str(old[i - 1])  # 0.3 % doubles, as in the field
        row["household_head"] = json.dumps(
            {
                "full_name": full_names[heads[persons.household[i]]],
                "personal_id": numbers[heads[persons.household[i]]],
                "nationality": "VN",
            },
            ensure_ascii=False,
        )
        if luck[i][3] < 0.0005 and not persons.dead[i]:
            row["life_status"], row["life_status_on"] = "2", "2024-05-20"
        if persons.born[i] < 2012 and luck[i][4] < 0.8:
            row["phone"] = f"0000{i % 1_000_000:06d}"
        rows.append(row)
    return rows


def _row(
    i: int, persons: _Persons, full_names: list[str], numbers: list[str], home: tuple[str, str], wanted: int
) -> dict[str, Any]:
    def relative(index: int) -> dict[str, str] | None:
        if not 0 <= index < wanted:
            return None
        return {"full_name": full_names[index], "personal_id": numbers[index], "old_id_no": "", "nationality": "VN"}

    related = {"father": relative(persons.father[i]), "mother": relative(persons.mother[i]), "spouse": relative(persons.spouse[i])}
    if REFERENCE_YEAR - persons.born[i] < 18:
        related["representative"] = related["mother"] or related["father"]
    code, detail = home
    age = REFERENCE_YEAR - persons.born[i]
    row = {
        "personal_id": numbers[i],
        "full_name": full_names[i],
        "sex": str(persons.sex[i]),
        "ethnicity": str(persons.ethnicity[i]),
        "religion": "0",
        "nationality": "VN",
        "marital_status": "2" if persons.spouse[i] >= 0 else "1",
        "household_relation": persons.relation[i],
        "household_book_no": f"{persons.household[i]:09d}",
        "relatives": json.dumps({role: who for role, who in related.items() if who}, ensure_ascii=False),
        "permanent_version": "L2-2025",
        "permanent_code": code,
        "permanent_detail": detail,
        "current_version": "L2-2025",
        "current_code": code,
        "current_detail": detail,
        "birth_registration_version": "L2-2025",
        "birth_registration_code": code,
        "home_town_version": "L2-2025",
        "home_town_code": code,
    }
    if persons.dead[i]:
        row["life_status"], row["life_status_on"] = "1", f"{2005 + i % 20}-0{1 + i % 9}-15"
    elif age >= 14:
        issued = max(persons.born[i] + 14, 2021)
        row["id_cards"] = json.dumps(
            [
                {
                    "kind": "cccd_chip",
                    "number": numbers[i],
                    "issued_on": f"{issued}-0{1 + i % 9}-10",
                    "issued_by": "Cục Cảnh sát QLHC về TTXH",
                }
            ],
            ensure_ascii=False,
        )
    return row


def _numbers(persons: _Persons, wanted: int, chance: np.random.Generator, province: str) -> list[str]:
    """Unique numbers: province, century and sex, year, six digits drawn from unevenly used blocks."""
    taken: set[str] = {p["personal_id"] for p in PERSONAS}
    numbers = []
    # Offices drew from their own ranges: low serials are far denser than high ones.
    serials = (chance.beta(1.2, 4.0, wanted) * 999_999).astype(int)
    for i in range(wanted):
        year = persons.born[i]
        prefix = f"0{province}{(year // 100 - 19) * 2 + (persons.sex[i] - 1)}{year % 100:02d}"
        serial = int(serials[i])
        while (number := f"{prefix}{serial:06d}") in taken:
            serial = (serial + 1) % 1_000_000
        taken.add(number)
        numbers.append(number)
    return numbers


def _homes(
    persons: _Persons, chance: np.random.Generator, communes: Sequence[tuple[str, str]], province: str
) -> list[tuple[str, str]]:
    count = (max(persons.household) + 1) if persons.household else 0
    weights = chance.gamma(2.0, 1.0, len(communes))
    where = chance.choice(len(communes), count, p=weights / weights.sum())
    houses = chance.integers(1, 400, count)
    streets = chance.integers(0, len(names.STREETS), count)
    return [(f"{province}..{communes[w][0]}", f"Số {h} {names.STREETS[s]}") for w, h, s in zip(where, houses, streets, strict=True)]


def _birth_date(year: int, month: int, day: int, luck: float) -> str:
    if (year < 1960 and luck < 0.22) or (year < 1975 and luck < 0.04):
        return str(year)
    return f"{year}-{month:02d}-{day:02d}"
