"""Persons who do not exist, planted among those who do: whoever asks for one has the number from somewhere it should not be.

They look like their neighbours: name parts, address, codes and load batch come from persons of the same registry. Who they are is
kept by the exchange alone, sealed; here they are rows like any other.
"""

from __future__ import annotations

import calendar
import random
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from dancu.kernel.errors import Conflict
from dancu.population.domain import SEALED, LifeStatus, NumberState
from dancu.population.models import Person
from dancu.population.search.index import index_persons

PLANTED_MAX = 10_000
_CELL = 1_000_000  # numbers of one province, century and sex, and year
_TRIES_MAX = 200
_COPIED = (
    "sex",
    "birth_year",
    "birth_place_version",
    "birth_place_code",
    "birth_registration_version",
    "birth_registration_code",
    "home_town_version",
    "home_town_code",
    "ethnicity",
    "religion",
    "nationality",
    "permanent_version",
    "permanent_code",
    "permanent_detail",
    "marital_status",
    "household_relation",
    "load_batch",
)
_SEEK = f"""select personal_no from population_person where personal_no >= %s and number_state = {int(NumberState.IN_FORCE)}
and life_status = {int(LifeStatus.ALIVE)} and flags & {SEALED} = 0 order by personal_no limit 1"""  # noqa: S608 - our own numbers


@transaction.atomic
def plant_persons(count: int, seed: str) -> list[int]:
    """Add persons who do not exist (*cài số định danh giả*), one in a cell of numbers while there are cells; gives their numbers.

    The same seed on the same registry gives the same persons. Raises `Conflict` where there is nobody to hide among.
    """
    if not 0 < count <= PLANTED_MAX:
        raise Conflict("planted.count", f"Số người cài từ 1 đến {PLANTED_MAX}.", f"Plant 1 to {PLANTED_MAX} persons.")
    chance = random.Random(f"planted persons {seed}")  # noqa: S311 - to be repeated, not to be secret: numbers are checked as unused
    ends = _ends()
    if ends is None:
        raise Conflict("planted.empty", "Cơ sở dữ liệu chưa có người nào.", "The registry has no persons yet.")
    cells: set[int] = set()
    planted = []
    for _ in range(count):
        template = _somebody(chance, ends, cells)
        person = _like(template, chance, ends)
        Person.objects.bulk_create([person])
        planted.append(person.personal_no)
        cells.add(person.personal_no // _CELL)
    index_persons(planted)
    return planted


def _ends() -> tuple[int, int] | None:
    with connection.cursor() as cursor:
        cursor.execute("select min(personal_no), max(personal_no) from population_person")
        low, high = cursor.fetchone()
    return None if low is None else (low, high)


def _somebody(chance: random.Random, ends: tuple[int, int], avoided: set[int]) -> Person:
    """Somebody by chance, of a cell that has no planted person yet while such are found."""
    found = None
    for _ in range(_TRIES_MAX):
        with connection.cursor() as cursor:
            cursor.execute(_SEEK, [chance.randint(*ends)])
            row = cursor.fetchone()
        if row is not None:
            found = row[0]
            if found // _CELL not in avoided:
                break
    if found is None:
        raise Conflict("planted.empty", "Không tìm được người để cài bên cạnh.", "There is nobody to hide beside.")
    return Person.objects.get(pk=found)


def _like(template: Person, chance: random.Random, ends: tuple[int, int]) -> Person:
    number = _unused(template.personal_no // _CELL, chance)
    values: dict[str, Any] = {name: getattr(template, name) for name in _COPIED}
    for part in ("version", "code", "detail"):
        values[f"current_{part}"] = values[f"permanent_{part}"]
    month = chance.randint(1, 12)
    day = chance.randint(1, calendar.monthrange(template.birth_year, month)[1])
    cards = [{**card, "number": f"{number:012d}"} for card in template.id_cards if card["number"] == f"{template.personal_no:012d}"]
    name = _name(template, [_somebody(chance, ends, set()) for _ in range(8)])
    return Person(personal_no=number, full_name=name, birth_month=month, birth_day=day, id_cards=cards, **values)


def _name(template: Person, others: Sequence[Person]) -> str:
    """A family name of one, the middle and given names of another of the same sex: frequent names stay frequent."""
    family = others[0].full_name.split()[:1]
    same_sex = next((each for each in others[1:] if each.sex == template.sex), template)
    return " ".join([*family, *same_sex.full_name.split()[1:]])


def _unused(cell: int, chance: random.Random) -> int:
    for _ in range(_TRIES_MAX):
        number = cell * _CELL + chance.randrange(_CELL)
        if not Person.objects.filter(pk=number).exists():
            return number
    raise Conflict("planted.full", "Dải số này không còn số trống.", "This cell has no unused number.")
