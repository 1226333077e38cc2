"""Rules on single rows of persons: digits, codes, dates; and the JSON of a sample against the other tables."""

from __future__ import annotations

import json
from collections.abc import Iterator

import polars as pl

SAMPLE = 2000
_ISO = r"^\d{4}(-\d{2}(-\d{2})?)?$"
Found = Iterator[tuple[str, pl.Series]]


def rules(tables: dict[str, pl.DataFrame]) -> Found:
    persons = tables["persons"]
    yield from _rows(persons)
    yield from _numbers_replaced(persons)
    yield from _json(tables)


def _where(persons: pl.DataFrame, wrong: pl.Expr) -> pl.Series:
    return persons.filter(wrong)["personal_id"]


def _rows(persons: pl.DataFrame) -> Found:
    number, born = pl.col("personal_id"), pl.col("birth_date")
    year = born.str.head(4).cast(pl.Int32, strict=False)
    in_force = pl.col("number_state") == "0"
    stated_sex = number.str.slice(3, 1).cast(pl.Int32, strict=False)
    stated_year = 1900 + 100 * (stated_sex // 2) + number.str.slice(4, 2).cast(pl.Int32, strict=False)
    yield "personal_id is not twelve digits", _where(persons, ~number.str.contains(r"^\d{12}$"))
    yield "birth_date cannot be read", _where(persons, ~born.str.contains(_ISO))
    whole = born.str.len_chars() == 10
    yield "birth_date is no day", _where(persons, whole & born.str.to_date("%Y-%m-%d", strict=False).is_null())
    yield "birth before 1850", _where(persons, year < 1850)
    # A corrected birth or sex keeps its number (Law 26/2023, Article 12), but here no fact in force was ever corrected.
    yield "number and sex disagree", _where(persons, in_force & (1 + stated_sex % 2 != pl.col("sex").cast(pl.Int32, strict=False)))
    yield "number and birth year disagree", _where(persons, in_force & (stated_year != year))
    yield "name is empty or not composed", _where(persons, (pl.col("full_name") == "") | (pl.col("full_name") != _composed()))
    yield "old_id_no is not nine digits", _where(persons, ~pl.col("old_id_no").str.contains(r"^(\d{9})?$"))
    yield "a telephone could ring", _where(persons, ~pl.col("phone").str.contains(r"^(0000\d{6})?$"))
    yield "dead or missing without a day", _where(persons, (pl.col("life_status") != "0") & (pl.col("life_status_on") == ""))
    yield "a day of death of the living", _where(persons, (pl.col("life_status") == "0") & (pl.col("life_status_on") != ""))
    yield "dead before birth", _where(persons, (pl.col("life_status_on") != "") & (pl.col("life_status_on") < born))


def _composed() -> pl.Expr:
    return pl.col("full_name").str.normalize("NFC").str.strip_chars()


def _numbers_replaced(persons: pl.DataFrame) -> Found:
    replaced = persons.filter(pl.col("number_state") == "1")
    yield (
        "replaced without successor, or successor without being replaced",
        _where(persons, (pl.col("number_state") == "1") != (pl.col("successor") != "")),
    )
    known = persons.filter(pl.col("number_state") == "0").select("personal_id")
    lost = replaced.join(known, left_on="successor", right_on="personal_id", how="anti")
    yield "successor is not in force", lost["personal_id"]


def _json(tables: dict[str, pl.DataFrame]) -> Found:
    """A sample of rows, spread over the part: JSON says what relations, memberships and households say."""
    persons = tables["persons"].filter((pl.col("number_state") == "0") & (pl.col("household_book_no") != "000000000"))
    sample = persons.gather_every(max(len(persons) // SAMPLE, 1))
    names = dict(tables["persons"].select("personal_id", "full_name").iter_rows())
    told = sample.select("personal_id").join(tables["relations"].filter(pl.col("valid_to").is_null()), on="personal_id")
    kept = {(person, kind): other for person, kind, other in told.select("personal_id", "kind", "other_id").iter_rows()}
    homes = _homes(tables, sample)
    wrong: dict[str, list[str]] = {}
    for row in sample.iter_rows(named=True):
        for rule in _disagreements(row, names, kept, homes):
            wrong.setdefault(rule, []).append(row["personal_id"])
    yield from ((rule, pl.Series(who)) for rule, who in wrong.items())


def _homes(tables: dict[str, pl.DataFrame], sample: pl.DataFrame) -> dict[str, tuple[str, str, str, str]]:
    """Present household: relation, number, code of the address, number of the head."""
    present = tables["memberships"].filter((pl.col("kind") == "permanent") & pl.col("valid_to").is_null())
    heads = present.filter(pl.col("relation") == "01").select("household_no", head="personal_id")
    rows = sample.select("personal_id").join(present, on="personal_id").join(heads, on="household_no", how="left")
    rows = rows.join(tables["households"].select("household_no", "code"), on="household_no", how="left")
    return {
        person: (relation, f"{number:09d}", code, head)
        for person, relation, number, code, head in rows.select(
            "personal_id", "relation", "household_no", "code", "head"
        ).iter_rows()
    }


def _disagreements(
    row: dict[str, str],
    names: dict[str, str],
    kept: dict[tuple[str, str], str],
    homes: dict[str, tuple[str, str, str, str]],
) -> Iterator[str]:
    try:
        relatives, head, cards = (json.loads(row[c]) for c in ("relatives", "household_head", "id_cards"))
    except ValueError:
        yield "JSON cannot be read"
        return
    for role in ("father", "mother", "spouse", "representative"):
        told = relatives.get(role, {}).get("personal_id", "")
        if told != kept.get((row["personal_id"], role), ""):
            yield f"JSON and relations disagree about the {role}"
        if told and relatives[role]["full_name"] != names.get(told):
            yield f"JSON has another name for the {role}"
    relation, number, code, head_number = homes.get(row["personal_id"], ("", "", row["permanent_code"], ""))
    if (relation, number) != (row["household_relation"], row["household_book_no"]):
        yield "row and memberships disagree about the household"
    if code != row["permanent_code"]:
        yield "row and household disagree about the address"
    if head.get("personal_id", "") != head_number:
        yield "JSON and memberships disagree about the head"
    if any(card["number"] != row["personal_id"] for card in cards):
        yield "a card carries another number"
