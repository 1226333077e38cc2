"""Rules of families: ages and sexes of parents, births of one mother, both spouses agree, nobody marries a parent."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

Found = Iterator[tuple[str, pl.Series]]
_MOTHER_FROM, _MOTHER_TO, _FATHER_FROM = 15, 50, 16
_WOMAN_FROM, _MAN_FROM = (
    18,
    18,
)  # Law on Marriage and Family 52/2014, Article 8: women 18, men 20; older marriages before 2015 below
_SPACING_DAYS = 240


def rules(tables: dict[str, pl.DataFrame]) -> Found:
    persons = births_of(tables["persons"])
    relations = tables["relations"]
    joined = relations.join(persons, on="personal_id", how="left").join(
        persons.rename({c: f"other_{c}" for c in persons.columns}).rename({"other_personal_id": "other_id"}),
        on="other_id",
        how="left",
    )
    yield (
        "relation of or with somebody who has no row",
        joined.filter(pl.col("sex").is_null() | pl.col("other_sex").is_null())["personal_id"],
    )
    yield "related to oneself", joined.filter(pl.col("personal_id") == pl.col("other_id"))["personal_id"]
    yield "relation ends before it begins", joined.filter(pl.col("valid_to") < pl.col("valid_from"))["personal_id"]
    yield (
        "relation of an unknown kind",
        joined.filter(~pl.col("kind").is_in(["father", "mother", "spouse", "representative"]))["personal_id"],
    )
    yield from _parents(joined.filter(pl.col("kind").is_in(["father", "mother"])))
    yield from _spouses(joined.filter(pl.col("kind") == "spouse"), relations)
    yield from _representatives(joined.filter(pl.col("kind") == "representative"))
    yield from _marital(tables["persons"], relations)


def births_of(persons: pl.DataFrame) -> pl.DataFrame:
    """Number, sex, first possible day of birth, day of death of the numbers in force."""
    text = pl.col("birth_date")
    filled = (
        pl.when(text.str.len_chars() == 4).then(text + "-01-01").when(text.str.len_chars() == 7).then(text + "-01").otherwise(text)
    )
    died = pl.when(pl.col("life_status") == "1").then(pl.col("life_status_on")).otherwise(None)
    gone = pl.when(pl.col("life_status") != "0").then(pl.col("life_status_on")).otherwise(None)
    return persons.filter(pl.col("number_state") == "0").select(
        "personal_id",
        "sex",
        filled.str.to_date("%Y-%m-%d", strict=False).alias("born"),
        died.str.to_date("%Y-%m-%d", strict=False).alias("died"),
        gone.str.to_date("%Y-%m-%d", strict=False).alias("gone"),
    )


def _parents(parents: pl.DataFrame) -> Found:
    child = pl.col("personal_id")
    mother, father = pl.col("kind") == "mother", pl.col("kind") == "father"
    turned = pl.col("other_born").dt.offset_by

    def wrong(expression: pl.Expr) -> pl.Series:
        return parents.filter(expression)["personal_id"]

    yield "two fathers or two mothers", parents.filter(pl.struct("personal_id", "kind").is_duplicated())["personal_id"].unique()
    yield "mother is no woman", wrong(mother & (pl.col("other_sex") != "2"))
    yield "father is no man", wrong(father & (pl.col("other_sex") != "1"))
    yield "mother younger than 15 at the birth", wrong(mother & (pl.col("born") < turned(f"{_MOTHER_FROM}y")))
    yield "mother older than 49 at the birth", wrong(mother & (pl.col("born") >= turned(f"{_MOTHER_TO}y")))
    yield "father younger than 16 at the birth", wrong(father & (pl.col("born") < turned(f"{_FATHER_FROM}y")))
    yield "mother dead before the birth", wrong(mother & (pl.col("other_died") < pl.col("born")))
    yield "father dead ten months before the birth", wrong(father & (pl.col("other_died").dt.offset_by("300d") < pl.col("born")))
    yield "parenthood does not begin with the birth", wrong(pl.col("valid_from") != pl.col("born"))
    births = (
        parents.filter(mother)
        .sort("other_id", "born")
        .with_columns(
            gap=(pl.col("born") - pl.col("born").shift(1)).dt.total_days(), same=pl.col("other_id") == pl.col("other_id").shift(1)
        )
    )
    # Twins are born on one day; a birth known to the year only says nothing about months.
    yield (
        "two births of one mother too close",
        births.filter(pl.col("same") & (pl.col("gap") > 1) & (pl.col("gap") < _SPACING_DAYS)).select(child)["personal_id"],
    )


def _spouses(spouses: pl.DataFrame, relations: pl.DataFrame) -> Found:
    def wrong(expression: pl.Expr) -> pl.Series:
        return spouses.filter(expression)["personal_id"]

    back = spouses.select(personal_id="other_id", other_id="personal_id", back_from="valid_from", back_to="valid_to")
    both = spouses.join(back, on=["personal_id", "other_id"], how="left")
    yield "marriage told at one spouse only", both.filter(pl.col("back_from").is_null())["personal_id"]
    yield (
        "the spouses disagree about the time of the marriage",
        both.filter(
            pl.col("back_from").is_not_null()
            & ((pl.col("back_from") != pl.col("valid_from")) | ~pl.col("back_to").eq_missing(pl.col("valid_to")))
        )["personal_id"],
    )
    yield "spouses of one sex", wrong(pl.col("sex") == pl.col("other_sex"))
    yield "married as a minor", wrong(pl.col("valid_from") < pl.col("born").dt.offset_by(f"{_WOMAN_FROM}y"))
    yield (
        "married before birth or after death",
        wrong((pl.col("valid_from") < pl.col("born")) | (pl.col("valid_from") > pl.col("died"))),
    )
    yield (
        "marriage goes on after a death",
        wrong(
            (pl.col("died").is_not_null() | pl.col("other_died").is_not_null())
            & (pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.min_horizontal("died", "other_died")))
        ),
    )
    now = spouses.filter(pl.col("valid_to").is_null())
    yield "married to two", now.filter(pl.col("personal_id").is_duplicated())["personal_id"].unique()
    parents = relations.filter(pl.col("kind").is_in(["father", "mother"])).select("personal_id", "other_id")
    yield "married to father or mother", spouses.join(parents, on=["personal_id", "other_id"], how="semi")["personal_id"]
    mothers = relations.filter(pl.col("kind") == "mother").select("personal_id", mother="other_id")
    siblings = spouses.select("personal_id", "other_id").join(mothers, on="personal_id")
    siblings = siblings.join(mothers.rename({"personal_id": "other_id"}), on=["other_id", "mother"], how="semi")
    yield "brother and sister are married", siblings["personal_id"]


def _representatives(rows: pl.DataFrame) -> Found:
    yield (
        "represented by a minor or by somebody dead",
        rows.filter(
            pl.col("valid_to").is_null()
            & (pl.col("other_died").is_not_null() | (pl.col("other_born").dt.offset_by("18y") > pl.col("valid_from")))
        )["personal_id"],
    )


def _marital(persons: pl.DataFrame, relations: pl.DataFrame) -> Found:
    now = relations.filter((pl.col("kind") == "spouse") & pl.col("valid_to").is_null()).select("personal_id").unique()
    ever = relations.filter(pl.col("kind") == "spouse").select("personal_id").unique()
    rows = persons.filter((pl.col("number_state") == "0") & (pl.col("household_book_no") != "000000000"))
    status = rows.select("personal_id", "marital_status")
    yield (
        "married without a spouse",
        status.filter(pl.col("marital_status") == "2").join(now, on="personal_id", how="anti")["personal_id"],
    )
    yield (
        "a spouse, but not married",
        status.filter(pl.col("marital_status") != "2").join(now, on="personal_id", how="semi")["personal_id"],
    )
    yield (
        "never married, but there was a spouse",
        status.filter(pl.col("marital_status") == "1").join(ever, on="personal_id", how="semi")["personal_id"],
    )
