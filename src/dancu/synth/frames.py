"""The five tables of the output, column by column; the contract is docs/reference/synth.md."""

from __future__ import annotations

import numpy as np
import polars as pl

from dancu.synth.drawn import Drawn
from dancu.synth.papers import days, digits
from dancu.synth.people import ALIVE, DEAD, NEVER, birthday
from dancu.synth.places import NOW, Places
from dancu.synth.relation_codes import relation_codes
from dancu.synth.statistics import Statistics

TABLES = ("persons", "households", "memberships", "relations", "residences")
_ADDRESSES = ("birth_place", "birth_registration", "home_town", "permanent", "temporary", "current")
PERSON_COLUMNS = (
    "personal_id",
    "full_name",
    "birth_date",
    "successor",
    "life_status_on",
    "sex",
    "ethnicity",
    "religion",
    "blood_type",
    "marital_status",
    "life_status",
    "number_state",
    "other_name",
    "nationality",
    "old_id_no",
    "temporary_absence",
    "residence_file_no",
    "household_relation",
    "household_book_no",
    "phone",
    "email",
    *(f"{name}_{part}" for name in _ADDRESSES for part in ("version", "code", "detail")),
    "id_cards",
    "relatives",
    "household_head",
    "attached",
)
_DAYS = {"valid_from": pl.Date, "valid_to": pl.Date}
SCHEMAS: dict[str, dict[str, pl.DataType | type[pl.DataType]]] = {
    "persons": {name: pl.String for name in PERSON_COLUMNS},
    "households": {
        "household_no": pl.Int64,
        "version": pl.String,
        "code": pl.String,
        "detail": pl.String,
        "formed_on": pl.Date,
        "dissolved_on": pl.Date,
        "residence_file_no": pl.String,
    },
    "memberships": {"household_no": pl.Int64, "personal_id": pl.String, "relation": pl.String, "kind": pl.String, **_DAYS},
    "relations": {"personal_id": pl.String, "kind": pl.String, "other_id": pl.String, **_DAYS},
    "residences": {
        "personal_id": pl.String,
        "kind": pl.String,
        "version": pl.String,
        "code": pl.String,
        "detail": pl.String,
        "household_no": pl.Int64,
        **_DAYS,
    },
}


def empty() -> dict[str, pl.DataFrame]:
    return {name: pl.DataFrame(schema=schema) for name, schema in SCHEMAS.items()}


def laid_out(table: str, columns: dict[str, pl.Series | np.ndarray | str]) -> pl.DataFrame:
    """A table in its contract's order and types; what is not given is empty text."""
    count = max(len(c) for c in columns.values() if not isinstance(c, str))
    frame = pl.DataFrame({name: c for name, c in columns.items() if not isinstance(c, str)}, nan_to_null=False)
    constants = [pl.lit(columns.get(name, "")).alias(name) for name in SCHEMAS[table] if isinstance(columns.get(name, ""), str)]
    assert len(frame) == count
    return frame.with_columns(constants).select(pl.col(n).cast(t) for n, t in SCHEMAS[table].items())


def households(places: Places, drawn: Drawn) -> pl.DataFrame:
    """One row a household, its address and its time (*bảng hộ gia đình*)."""
    number = drawn.household_base + np.arange(len(drawn.communes), dtype=np.int64)
    return laid_out(
        "households",
        {
            "household_no": number,
            "version": NOW,
            "code": places.now.code.gather(pl.Series(drawn.communes)),
            "detail": drawn.details,
            "formed_on": days(drawn.homes.formed),
            "dissolved_on": days(drawn.homes.dissolved),
            "residence_file_no": file_numbers(digits(number, 9)),
        },
    )


def memberships(drawn: Drawn) -> pl.DataFrame:
    """Who belonged to which household as what and when; each stay is cut where the head changed (*bảng thành viên hộ*)."""
    homes, stays = drawn.homes, drawn.stays
    handover = homes.handover[stays.household]
    first = relation_codes(homes, stays, homes.first_head[stays.household])
    second = relation_codes(homes, stays, homes.head[stays.household])
    early, late = stays.since < handover, stays.until > handover
    away = drawn.temporary
    lodging = away.host >= 0
    person = np.concatenate([stays.person[early], stays.person[late], away.person[lodging]])
    return laid_out(
        "memberships",
        {
            "household_no": drawn.household_base
            + np.concatenate([stays.household[early], stays.household[late], away.host[lodging]]).astype(np.int64),
            "personal_id": digits(drawn.numbers[person], 12),
            "relation": digits(np.concatenate([first[early], second[late], np.full(int(lodging.sum()), 9)]), 2),
            "kind": kind_series(("permanent", int(early.sum() + late.sum())), ("temporary", int(lodging.sum()))),
            "valid_from": days(np.concatenate([stays.since[early], np.maximum(stays.since, handover)[late], away.since[lodging]])),
            "valid_to": days(np.concatenate([np.minimum(stays.until, handover)[early], stays.until[late], away.until[lodging]])),
        },
    )


def kind_series(*kinds: tuple[str, int]) -> pl.Series:
    return pl.concat([pl.Series([name]).new_from_index(0, count) for name, count in kinds])


def relations(statistics: Statistics, drawn: Drawn) -> pl.DataFrame:
    """Father, mother, spouse and representative, told at the child and at both spouses (*bảng quan hệ*)."""
    people, families = drawn.people, drawn.families
    numbers = digits(drawn.numbers, 12)
    representative = representatives(statistics, drawn)
    rows: list[tuple[str, np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
    born, never = people.born.astype(np.int64), np.full(len(people), NEVER)
    for kind, other, since, until in (
        ("father", families.father, born, never),
        ("mother", families.mother, born, never),
        ("spouse", families.spouse, families.wedding, _marriage_end(drawn)),
        ("representative", representative, born, never),
    ):
        who = np.flatnonzero(other >= 0)
        rows.append((kind, who, other[who], since[who], until[who]))
    return laid_out(
        "relations",
        {
            "personal_id": numbers.gather(pl.Series(np.concatenate([r[1] for r in rows]))),
            "kind": kind_series(*((r[0], len(r[1])) for r in rows)),
            "other_id": numbers.gather(pl.Series(np.concatenate([r[2] for r in rows]))),
            "valid_from": days(np.concatenate([r[3] for r in rows])),
            "valid_to": days(np.concatenate([r[4] for r in rows])),
        },
    )


def _marriage_end(drawn: Drawn) -> np.ndarray:
    """Divorce or the first death; being missing ends no marriage."""
    people, spouse = drawn.people, drawn.families.spouse
    death = np.where(people.status == DEAD, people.end, NEVER)
    first = np.minimum(death, np.where(spouse >= 0, death[spouse], NEVER))
    return np.asarray(np.minimum(drawn.families.divorce, first))


def residences(places: Places, drawn: Drawn) -> pl.DataFrame:
    """Permanent, temporary and absent, each over its time (*bảng cư trú*)."""
    stays = drawn.stays
    temporary_code, temporary_detail = temporary_address(places, drawn)
    absence = drawn.absence
    groups: tuple[tuple[str, np.ndarray, np.ndarray, np.ndarray], ...] = (
        ("permanent", stays.person, stays.since, stays.until),
        ("temporary", drawn.temporary.person, drawn.temporary.since, drawn.temporary.until),
        ("absence", absence.person, absence.since, absence.until),
    )
    home = pl.Series(np.concatenate([stays.household, drawn.homes.household[absence.person]]))
    code, detail = places.now.code.gather(pl.Series(drawn.communes).gather(home)), drawn.details.gather(home)
    cut = len(stays.person)
    host = np.concatenate([stays.household, drawn.temporary.host, np.full(len(absence.person), -1)]).astype(np.int64)
    return laid_out(
        "residences",
        {
            "personal_id": digits(drawn.numbers[np.concatenate([g[1] for g in groups])], 12),
            "kind": kind_series(*((g[0], len(g[1])) for g in groups)),
            "version": NOW,
            "code": pl.concat([code[:cut], temporary_code, code[cut:]]),
            "detail": pl.concat([detail[:cut], temporary_detail, detail[cut:]]),
            "household_no": masked(pl.Series(host + drawn.household_base), host >= 0),
            "valid_from": days(np.concatenate([g[2] for g in groups])),
            "valid_to": days(np.concatenate([g[3] for g in groups])),
        },
    )


def representatives(statistics: Statistics, drawn: Drawn) -> np.ndarray:
    """The living mother, else the living father, of each living minor; -1 for everybody else."""
    families, people = drawn.families, drawn.people
    minor = birthday(people.born, int(statistics.value("representative_age"))) > statistics.day("reference_day")
    by_mother = (families.mother >= 0) & (people.status[families.mother] == ALIVE)
    by_father = (families.father >= 0) & (people.status[families.father] == ALIVE)
    chosen = np.where(by_mother, families.mother, np.where(by_father, families.father, -1))
    return np.where(minor & (people.status == ALIVE), chosen, -1)


def picked(values: pl.Series, at: np.ndarray) -> pl.Series:
    """The values at those places, null for -1."""
    return masked(values.gather(pl.Series(np.maximum(at, 0))), at >= 0)


def masked(values: pl.Series, keep: np.ndarray) -> pl.Series:
    return pl.select(pl.when(pl.lit(pl.Series(keep))).then(pl.lit(values)).alias("v"))["v"]


def first_of(one: pl.Series, other: pl.Series) -> pl.Series:
    return pl.select(pl.coalesce(pl.lit(one), pl.lit(other)).alias("v"))["v"]


def file_numbers(household: pl.Series) -> pl.Series:
    return pl.select(pl.concat_str(pl.lit("HSCT-"), pl.lit(household)).alias("n"))["n"]


def temporary_address(places: Places, drawn: Drawn) -> tuple[pl.Series, pl.Series]:
    """Codes and details of the temporary residences; a lodger has the address of the host."""
    away = drawn.temporary
    code = places.now.code.gather(pl.Series(away.commune))
    hosted = picked(drawn.details, away.host) if len(drawn.details) else pl.Series([], dtype=pl.String)
    return code, hosted.fill_null("Nhà trọ")
