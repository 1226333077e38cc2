"""Who fits criteria, found in bounded steps by number: numbers only, each step of so many rows however few fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from dancu.kernel.areas import AreaCode
from dancu.kernel.warrants import Warrant
from dancu.population.domain import SEALED, LifeStatus, NumberState
from dancu.population.units.succession import predecessors

ROWS_A_STEP = 20_000
_STEP = f"""
with step as (
    select personal_no, number_state, flags, life_status, birth_year, birth_month, birth_day, sex, ethnicity, religion, blood_type,
        permanent_version, permanent_code
    from population.person_facts where personal_no > %(after)s order by personal_no limit %(rows)s
)
select (select max(personal_no) from step), (select count(*) from step), array(
    select personal_no from step
    where number_state = {int(NumberState.IN_FORCE)} and flags & {SEALED} = 0 and life_status = {int(LifeStatus.ALIVE)}
        and (%(sex)s::int is null or sex = %(sex)s)
        and (%(ethnicity)s::int is null or ethnicity = %(ethnicity)s)
        and (%(religion)s::int is null or religion = %(religion)s)
        and (%(blood_type)s::int is null or blood_type = %(blood_type)s)
        and (%(born_from)s::int is null or birth_year * 10000 + birth_month * 100 + birth_day >= %(born_from)s)
        and (%(born_to)s::int is null or birth_year * 10000 + birth_month * 100 + birth_day <= %(born_to)s)
        and (%(versions)s::text[] is null or exists (
            select from unnest(%(versions)s::text[], %(codes)s::text[]) as a(version, code)
            where a.version = permanent_version and (a.code = permanent_code or starts_with(permanent_code, a.code || '.'))))
    order by personal_no)
"""  # noqa: S608 - our own codes


@dataclass(frozen=True, slots=True)
class Criteria:
    """Whom a list is to hold: living persons whose number is in force, of whom all of this is true (*tiêu chí lập danh sách*)."""

    area: AreaCode | None = None  # of permanent residence
    age_from: int | None = None
    age_to: int | None = None
    sex: int | None = None
    ethnicity: int | None = None
    religion: int | None = None
    blood_type: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one step found, and from where the next goes on; None: there is no more (*một bước lập danh sách*)."""

    numbers: Sequence[int]
    next_after: int | None


def find_listed(criteria: Criteria, warrant: Warrant, after: int, *, now: datetime, day: date, rows: int = ROWS_A_STEP) -> Step:
    """Look at the next so many persons and give the numbers of those who fit (*tìm người theo tiêu chí*).

    Sealed and protected persons are not found. Nothing of this may leave: who is told of a person reads her with a warrant.
    """
    assert warrant.expires_at > now, "an expired warrant reads nothing"
    areas = areas_of(criteria.area) if criteria.area is not None else None
    values = {
        "after": after,
        "rows": rows,
        "sex": criteria.sex,
        "ethnicity": criteria.ethnicity,
        "religion": criteria.religion,
        "blood_type": criteria.blood_type,
        "born_from": None if criteria.age_to is None else _born(day, criteria.age_to + 1) + 1,
        "born_to": None if criteria.age_from is None else _born(day, criteria.age_from),
        "versions": None if areas is None else [version for version, _ in areas],
        "codes": None if areas is None else [code for _, code in areas],
    }
    with connection.cursor() as cursor:
        cursor.execute(_STEP, values)
        row = cursor.fetchone()
    assert row is not None
    return Step(row[2], row[0] if row[1] == rows else None)


def areas_of(area: AreaCode) -> list[tuple[str, str]]:
    """The unit and whatever wholly became part of it, as records write them: a record keeps the unit of its own day."""
    found: dict[tuple[str, str], None] = {}
    waiting = [area]
    while waiting:
        each = waiting.pop()
        key = (each.version, _dotted(each))
        if key not in found:
            found[key] = None
            waiting += [earlier.area for earlier in predecessors(each) if earlier.is_whole]
    return list(found)


def _dotted(area: AreaCode) -> str:
    return f"{area.province}.{area.district}.{area.commune}".rstrip(".")


def _born(day: date, years: int) -> int:
    return (day.year - years) * 10000 + day.month * 100 + day.day
