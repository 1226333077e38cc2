"""The five tables of the output, column by column; the contract is docs/reference/synth.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from dancu.synth.addresses import Away, lasts
from dancu.synth.families import is_married
from dancu.synth.homes import relation_codes
from dancu.synth.naming import outside_names
from dancu.synth.papers import birth_texts, cards_json, days, digits, iso, named_only, relative_texts, relatives_json
from dancu.synth.people import ALIVE, DEAD, MALE, NEVER, YEAR, birthday
from dancu.synth.places import NOW, Places
from dancu.synth.statistics import Statistics

if TYPE_CHECKING:
    from dancu.synth.part import Drawn

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
_RELIGION_NONE = "0"


def empty() -> dict[str, pl.DataFrame]:
    return {name: pl.DataFrame(schema=schema) for name, schema in SCHEMAS.items()}


def laid_out(table: str, columns: dict[str, pl.Series | np.ndarray | str]) -> pl.DataFrame:
    """A table in its contract's order and types; what is not given is empty text."""
    count = max(len(c) for c in columns.values() if not isinstance(c, str))
    frame = pl.DataFrame({name: c for name, c in columns.items() if not isinstance(c, str)}, nan_to_null=False)
    constants = [pl.lit(columns.get(name, "")).alias(name) for name in SCHEMAS[table] if isinstance(columns.get(name, ""), str)]
    assert len(frame) == count
    return frame.with_columns(constants).select(pl.col(n).cast(t) for n, t in SCHEMAS[table].items())


def persons(chance: np.random.Generator, statistics: Statistics, places: Places, drawn: Drawn) -> pl.DataFrame:
    """Rows of the load format (*bảng nhân thân*)."""
    people, homes = drawn.people, drawn.homes
    today = statistics.day("reference_day")
    personal, old = digits(drawn.numbers, 12), digits(drawn.old, 9)
    told = relative_texts(drawn.names, personal, old)
    present = people.status == ALIVE
    columns: dict[str, pl.Series | np.ndarray | str] = {
        "personal_id": personal,
        "full_name": drawn.names,
        "birth_date": birth_texts(people),
        "life_status_on": iso(people.end),
        "sex": people.sex,
        "ethnicity": people.ethnicity,
        "religion": _religion(chance, statistics, drawn),
        "blood_type": np.where(
            chance.random(len(people)) < statistics.share("blood_type_percent"), 1 + chance.choice(4, len(people), p=[0.22, 0.3, 0.05, 0.43]), 0
        ),
        "marital_status": _marital(drawn),
        "life_status": people.status,
        "number_state": "0",
        "nationality": "VN",
        "old_id_no": old,
        "id_cards": cards_json(chance, statistics, people, personal),
        "relatives": _relatives(chance, statistics, drawn, told, today),
        "attached": "{}",
        **_phones(chance, statistics, drawn, today),
        **_household_columns(drawn, told, present),
        **_places_of(places, drawn, present, today),
    }
    return laid_out("persons", columns)


def _marital(drawn: Drawn) -> np.ndarray:
    """1 never married, 2 married, 3 divorced or widowed."""
    once = (drawn.families.spouse >= 0) | drawn.families.widowed_alone
    return np.where(is_married(drawn.people, drawn.families), 2, np.where(once, 3, 1))


def _religion(chance: np.random.Generator, statistics: Statistics, drawn: Drawn) -> np.ndarray:
    """One religion a household, at the shares of its region."""
    provinces = statistics.table("provinces")
    region = provinces["region"].to_numpy()[drawn.homes.province]
    in_region = {r: p for r, p in provinces.group_by("region").agg(pl.col("population").sum()).iter_rows()}
    table = statistics.table("religions")
    religion = np.zeros(len(drawn.homes.province), np.int16)
    luck = chance.random(len(religion))
    weights = {c: w for c, w in table.group_by("code").agg(pl.col("weight").sum()).iter_rows()}
    for where, size in sorted(in_region.items()):
        low = 0.0
        for code, _, population, _, weight in table.filter(pl.col("region") == where).sort("code").iter_rows():
            high = low + population * weight / weights[code] / size
            religion[(region == where) & (luck >= low) & (luck < high)] = int(code)
            low = high
    return religion[drawn.homes.household]


def _phones(
    chance: np.random.Generator, statistics: Statistics, drawn: Drawn, today: int
) -> dict[str, pl.Series | np.ndarray | str]:
    people = drawn.people
    count = len(people)
    has = (people.born < today - 12 * YEAR) & (people.status == ALIVE)
    has &= chance.random(count) < statistics.share("phone_percent")
    number = pl.Series(chance.integers(0, 1_000_000, count)).cast(pl.String).str.zfill(6)
    frame = pl.DataFrame({"has": has, "number": number, "other": drawn.names})
    named = chance.random(count) < statistics.share("other_name_percent")
    # A name used beside the registered one: the given name doubled, as people are called at home.
    call = pl.concat_str(pl.col("other").str.split(" ").list.last(), pl.lit(" "), pl.col("other").str.split(" ").list.last())
    out = frame.select(
        pl.when("has").then(pl.concat_str(pl.lit("0000"), "number")).otherwise(pl.lit("")).alias("phone"),
        pl.when(pl.lit(pl.Series(named))).then(call).otherwise(pl.lit("")).alias("other_name"),
    )
    return {"phone": out["phone"], "other_name": out["other_name"]}


def _relatives(
    chance: np.random.Generator, statistics: Statistics, drawn: Drawn, told: pl.Series, today: int
) -> pl.Series:
    families, people = drawn.families, drawn.people
    far = families.mother < 0
    born = people.birth_year.astype(np.int32) - 26
    fathers = named_only(outside_names(chance, statistics, drawn.family, 1, born - 3))
    mothers = named_only(outside_names(chance, statistics, chance.permutation(drawn.family), 2, born))
    # The child of a widow whose husband has no row still has his name; the child of an unmarried mother has none.
    no_father = ~far & (families.father < 0) & families.lone_mother[families.mother]
    married = np.where(is_married(people, families), families.spouse, -1)
    roles = {
        "father": _first(_picked(told, families.father), _masked(fathers, (families.father < 0) & ~no_father)),
        "mother": _first(_picked(told, families.mother), _masked(mothers, far)),
        "spouse": _picked(told, married),
        "representative": _picked(told, representatives(statistics, drawn)),
    }
    return relatives_json(roles)


def representatives(statistics: Statistics, drawn: Drawn) -> np.ndarray:
    """The living mother, else the living father, of each living minor; -1 for everybody else."""
    families, people = drawn.families, drawn.people
    minor = birthday(people.born, int(statistics.value("representative_age"))) > statistics.day("reference_day")
    by_mother = (families.mother >= 0) & (people.status[families.mother] == ALIVE)
    by_father = (families.father >= 0) & (people.status[families.father] == ALIVE)
    chosen = np.where(by_mother, families.mother, np.where(by_father, families.father, -1))
    return np.where(minor & (people.status == ALIVE), chosen, -1)


def _picked(values: pl.Series, at: np.ndarray) -> pl.Series:
    """The values at those places, null for -1."""
    return _masked(values.gather(pl.Series(np.maximum(at, 0))), at >= 0)


def _masked(values: pl.Series, keep: np.ndarray) -> pl.Series:
    return pl.select(pl.when(pl.lit(pl.Series(keep))).then(pl.lit(values)).alias("v"))["v"]


def _first(one: pl.Series, other: pl.Series) -> pl.Series:
    return pl.select(pl.coalesce(pl.lit(one), pl.lit(other)).alias("v"))["v"]


def _text_if(values: pl.Series, keep: np.ndarray) -> pl.Series:
    return _masked(values, keep).fill_null("")


def _household_columns(drawn: Drawn, told: pl.Series, present: np.ndarray) -> dict[str, pl.Series | np.ndarray | str]:
    homes = drawn.homes
    relation = relation_codes(homes, _present_stays(drawn), homes.head[homes.household])
    head = _picked(told, np.where(present, homes.head[homes.household], -1)).fill_null("{}")
    number = digits(drawn.household_base + homes.household.astype(np.int64), 9)
    return {
        "household_relation": _text_if(digits(relation, 2), present),
        "household_book_no": _text_if(number, present),
        "residence_file_no": _text_if(file_numbers(number), present),
        "household_head": head,
    }


def _present_stays(drawn: Drawn):  # type: ignore[no-untyped-def]  # the class lives beside Homes
    from dancu.synth.homes import Stays

    homes = drawn.homes
    own = np.arange(len(drawn.people))
    return Stays(own, homes.household, homes.level, homes.role, own, own)


def file_numbers(household: pl.Series) -> pl.Series:
    return pl.select(pl.concat_str(pl.lit("HSCT-"), pl.lit(household)).alias("n"))["n"]


def _places_of(places: Places, drawn: Drawn, present: np.ndarray, today: int) -> dict[str, pl.Series | np.ndarray | str]:
    homes, registered = drawn.homes, drawn.registered
    home = homes.household
    code = places.now.code.gather(pl.Series(drawn.communes[home]))
    detail = drawn.details.gather(pl.Series(home))
    has_temporary, temporary = np.zeros(len(present), bool), np.zeros(len(present), np.int64)
    current = lasts(drawn.temporary, today)
    has_temporary[drawn.temporary.person[current]] = True
    temporary[drawn.temporary.person[current]] = np.flatnonzero(current)
    away_code, away_detail = temporary_address(places, drawn)
    version = pl.Series([NOW]).new_from_index(0, len(present))
    columns = {
        "permanent": (version, code, detail),
        "birth_registration": (registered.birth_version, registered.birth_code, version.clear(len(present)).fill_null("")),
        "home_town": (registered.home_version, registered.home_code, version.clear(len(present)).fill_null("")),
    }
    out: dict[str, pl.Series | np.ndarray | str] = {}
    for name, (of_version, of_code, of_detail) in columns.items():
        out |= {f"{name}_version": of_version, f"{name}_code": of_code, f"{name}_detail": of_detail}
    if len(away_code):
        picked = np.where(has_temporary, temporary, -1)
        away = {"code": _picked(away_code, picked), "detail": _picked(away_detail, picked), "version": _masked(version, has_temporary)}
    else:
        away = {part: version.clear(len(present)) for part in ("version", "code", "detail")}
    own = {"version": version, "code": code, "detail": detail}
    for part in own:
        out[f"temporary_{part}"] = away[part].fill_null("")
        out[f"current_{part}"] = _text_if(_first(away[part], own[part]), present)
        out[f"birth_place_{part}"] = _text_if(columns["birth_registration"][("version", "code", "detail").index(part)], drawn.people.birth_year >= 1990)
    out["temporary_absence"] = _absence_texts(drawn, today)
    return out


def temporary_address(places: Places, drawn: Drawn) -> tuple[pl.Series, pl.Series]:
    """Codes and details of the temporary residences; a lodger has the address of the host."""
    away = drawn.temporary
    code = places.now.code.gather(pl.Series(away.commune))
    hosted = _picked(drawn.details, away.host) if len(drawn.details) else pl.Series([], dtype=pl.String)
    return code, hosted.fill_null("Nhà trọ")


def _absence_texts(drawn: Drawn, today: int) -> pl.Series:
    away = drawn.absence
    now = lasts(away, today)
    texts = np.full(len(drawn.people), "", object)
    texts[away.person[now]] = pl.select(
        pl.concat_str(pl.lit("Từ "), pl.lit(iso(away.since[now])), pl.lit(" đến "), pl.lit(iso(away.until[now]))).alias("t")
    )["t"].to_numpy() if now.any() else ""
    return pl.Series(texts, dtype=pl.String)


def replaced(rows: pl.DataFrame, numbers: np.ndarray) -> pl.DataFrame:
    """Rows of numbers that lead to the number in force."""
    return _without_home(rows).with_columns(
        pl.col("personal_id").alias("successor"), digits(numbers, 12).alias("personal_id"), pl.lit("1").alias("number_state")
    ).select(PERSON_COLUMNS)


def cancelled(rows: pl.DataFrame, numbers: np.ndarray) -> pl.DataFrame:
    """Rows of numbers given by mistake to somebody who had one."""
    return _without_home(rows).with_columns(digits(numbers, 12).alias("personal_id"), pl.lit("2").alias("number_state"))


def _without_home(rows: pl.DataFrame) -> pl.DataFrame:
    blank = ["household_relation", "household_book_no", "residence_file_no", "phone", "temporary_absence", "old_id_no"]
    return rows.with_columns(
        *(pl.lit("").alias(c) for c in blank),
        pl.lit("[]").alias("id_cards"), pl.lit("{}").alias("relatives"), pl.lit("{}").alias("household_head"),
    )


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
            "valid_from": days(
                np.concatenate([stays.since[early], np.maximum(stays.since, handover)[late], away.since[lodging]])
            ),
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
    return np.minimum(drawn.families.divorce, np.minimum(death, np.where(spouse >= 0, death[spouse], NEVER)))


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
            "household_no": _masked(pl.Series(host + drawn.household_base), host >= 0),
            "valid_from": days(np.concatenate([g[2] for g in groups])),
            "valid_to": days(np.concatenate([g[3] for g in groups])),
        },
    )
