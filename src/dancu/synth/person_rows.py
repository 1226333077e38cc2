"""The table of persons: one row of the load format for everybody of a part."""

from __future__ import annotations

import numpy as np
import polars as pl

from dancu.synth.addresses import lasts
from dancu.synth.drawn import Drawn
from dancu.synth.families import is_married
from dancu.synth.frames import file_numbers, first_of, laid_out, masked, picked, representatives, temporary_address
from dancu.synth.homes import Stays
from dancu.synth.naming import outside_names
from dancu.synth.papers import birth_texts, cards_json, digits, iso, named_only, relative_texts, relatives_json
from dancu.synth.people import ALIVE, YEAR
from dancu.synth.places import NOW, Places
from dancu.synth.relation_codes import relation_codes
from dancu.synth.statistics import Statistics


def persons(chance: np.random.Generator, statistics: Statistics, places: Places, drawn: Drawn) -> pl.DataFrame:
    """Rows of the load format (*bảng nhân thân*)."""
    people = drawn.people
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
            chance.random(len(people)) < statistics.share("blood_type_percent"),
            1 + chance.choice(4, len(people), p=[0.22, 0.3, 0.05, 0.43]),
            0,
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
    return np.asarray(religion[drawn.homes.household])


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


def _relatives(chance: np.random.Generator, statistics: Statistics, drawn: Drawn, told: pl.Series, today: int) -> pl.Series:
    families, people = drawn.families, drawn.people
    far = families.mother < 0
    born = people.birth_year.astype(np.int32) - 26
    fathers = named_only(outside_names(chance, statistics, drawn.family, 1, born - 3))
    mothers = named_only(outside_names(chance, statistics, chance.permutation(drawn.family), 2, born))
    # The child of a widow whose husband has no row still has his name; the child of an unmarried mother has none.
    no_father = ~far & (families.father < 0) & families.lone_mother[families.mother]
    married = np.where(is_married(people, families), families.spouse, -1)
    roles = {
        "father": first_of(picked(told, families.father), masked(fathers, (families.father < 0) & ~no_father)),
        "mother": first_of(picked(told, families.mother), masked(mothers, far)),
        "spouse": picked(told, married),
        "representative": picked(told, representatives(statistics, drawn)),
    }
    return relatives_json(roles)


def _text_if(values: pl.Series, keep: np.ndarray) -> pl.Series:
    return masked(values, keep).fill_null("")


def _household_columns(drawn: Drawn, told: pl.Series, present: np.ndarray) -> dict[str, pl.Series | np.ndarray | str]:
    homes = drawn.homes
    relation = relation_codes(homes, _present_stays(drawn), homes.head[homes.household])
    head = picked(told, np.where(present, homes.head[homes.household], -1)).fill_null("{}")
    number = digits(drawn.household_base + homes.household.astype(np.int64), 9)
    return {
        "household_relation": _text_if(digits(relation, 2), present),
        "household_book_no": _text_if(number, present),
        "residence_file_no": _text_if(file_numbers(number), present),
        "household_head": head,
    }


def _present_stays(drawn: Drawn):  # type: ignore[no-untyped-def]  # the class lives beside Homes

    homes = drawn.homes
    own = np.arange(len(drawn.people))
    return Stays(own, homes.household, homes.level, homes.role, own, own)


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
        at = np.where(has_temporary, temporary, -1)
        away = {
            "code": picked(away_code, at),
            "detail": picked(away_detail, at),
            "version": masked(version, has_temporary),
        }
    else:
        away = {part: version.clear(len(present)) for part in ("version", "code", "detail")}
    own = {"version": version, "code": code, "detail": detail}
    for part in own:
        out[f"temporary_{part}"] = away[part].fill_null("")
        out[f"current_{part}"] = _text_if(first_of(away[part], own[part]), present)
        out[f"birth_place_{part}"] = _text_if(
            columns["birth_registration"][("version", "code", "detail").index(part)], drawn.people.birth_year >= 1990
        )
    out["temporary_absence"] = _absence_texts(drawn, today)
    return out


def _absence_texts(drawn: Drawn, today: int) -> pl.Series:
    away = drawn.absence
    now = lasts(away, today)
    texts = np.full(len(drawn.people), "", object)
    texts[away.person[now]] = (
        pl.select(
            pl.concat_str(pl.lit("Từ "), pl.lit(iso(away.since[now])), pl.lit(" đến "), pl.lit(iso(away.until[now]))).alias("t")
        )["t"].to_numpy()
        if now.any()
        else ""
    )
    return pl.Series(texts, dtype=pl.String)
