"""Rules of households and residence: one head at each moment, relations as the families say, intervals as the law says."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from dancu.synth.check_families import births_of

Found = Iterator[tuple[str, pl.Series]]
RELATIONS = ("01", "02", "03", "04", "05", "06", "07", "08", "09", "99")
_FAR = pl.lit("9999-12-31").str.to_date()
TEMPORARY_DAYS_MAX = 731  # Law on Residence 68/2020, Article 27: two years at most


def rules(tables: dict[str, pl.DataFrame]) -> Found:
    persons = births_of(tables["persons"])
    members, homes = tables["memberships"], tables["households"]
    yield from _memberships(members, homes, persons)
    permanent = members.filter(pl.col("kind") == "permanent").with_columns(until=pl.col("valid_to").fill_null(_FAR))
    yield from _heads(permanent, persons)
    yield from _relations(permanent, tables["relations"])
    yield from _residences(tables, persons)


def _memberships(members: pl.DataFrame, homes: pl.DataFrame, persons: pl.DataFrame) -> Found:
    joined = members.join(persons, on="personal_id", how="left").join(
        homes.select("household_no", "formed_on", "dissolved_on"), on="household_no", how="left"
    )

    def wrong(expression: pl.Expr) -> pl.Series:
        return joined.filter(expression)["personal_id"]

    yield "member of a household there is not", wrong(pl.col("formed_on").is_null())
    yield "member who has no row", wrong(pl.col("sex").is_null())
    yield "relation to the head is not in the list", wrong(~pl.col("relation").is_in(RELATIONS))
    yield "kind of membership is not in the list", wrong(~pl.col("kind").is_in(["permanent", "temporary"]))
    yield "membership ends before it begins", wrong(pl.col("valid_to") <= pl.col("valid_from"))
    yield "member before birth", wrong(pl.col("valid_from") < pl.col("born"))
    yield (
        "member after death or loss",
        wrong(pl.col("gone").is_not_null() & (pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("gone")))),
    )
    yield "member before the household was formed", wrong(pl.col("valid_from") < pl.col("formed_on"))
    yield (
        "member after the household was dissolved",
        wrong(
            (pl.col("kind") == "permanent")
            & pl.col("dissolved_on").is_not_null()
            & (pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("dissolved_on")))
        ),
    )
    now = joined.filter((pl.col("kind") == "permanent") & pl.col("valid_to").is_null())
    yield "member of two households", now.filter(pl.col("personal_id").is_duplicated())["personal_id"].unique()
    alive = persons.filter(pl.col("gone").is_null())
    yield "alive, but in no household", alive.join(now, on="personal_id", how="anti")["personal_id"]


def _heads(permanent: pl.DataFrame, persons: pl.DataFrame) -> Found:
    heads = permanent.filter(pl.col("relation") == "01").sort("household_no", "valid_from", "until")
    following = heads.with_columns(
        before=pl.col("until").shift(1), same=pl.col("household_no") == pl.col("household_no").shift(1)
    ).filter(pl.col("same"))
    yield "two heads at one time", _homes_of(following.filter(pl.col("valid_from") < pl.col("before")))
    yield "a time without a head", _homes_of(following.filter(pl.col("valid_from") > pl.col("before")))
    span = permanent.group_by("household_no").agg(first=pl.col("valid_from").min(), last=pl.col("until").max())
    led = heads.group_by("household_no").agg(led_from=pl.col("valid_from").min(), led_to=pl.col("until").max())
    both = span.join(led, on="household_no", how="left")
    yield (
        "members without a head",
        _homes_of(
            both.filter(
                pl.col("led_from").is_null() | (pl.col("led_from") > pl.col("first")) | (pl.col("led_to") < pl.col("last"))
            ).sort("household_no")
        ),
    )
    grown = persons.select("personal_id", adult_on=pl.col("born").dt.offset_by("18y"))
    minors = heads.join(grown, on="personal_id").filter(pl.col("valid_from") < pl.col("adult_on"))
    adults = permanent.join(grown, on="personal_id").join(
        minors.select("household_no", minor_from="valid_from", minor="personal_id"), on="household_no"
    )
    beside = adults.filter(
        (pl.col("adult_on") <= pl.col("minor_from"))
        & (pl.col("valid_from") <= pl.col("minor_from"))
        & (pl.col("until") > pl.col("minor_from"))
    )
    yield "a minor is head beside an adult", beside["minor"].unique().sort()


def _homes_of(rows: pl.DataFrame) -> pl.Series:
    return rows["household_no"].cast(pl.String).str.zfill(9)


def _relations(permanent: pl.DataFrame, relations: pl.DataFrame) -> Found:
    """Each member with each head of the same time: spouse is married to the head, child is the head's child, and so on."""
    heads = permanent.filter(pl.col("relation") == "01").select(
        "household_no", head="personal_id", head_from="valid_from", head_to="until"
    )
    rows = permanent.join(heads, on="household_no").filter(
        (pl.col("valid_from") < pl.col("head_to"))
        & (pl.col("head_from") < pl.col("until"))
        & (pl.col("head") != pl.col("personal_id"))
    )
    pairs = relations.select(person="personal_id", kind="kind", other="other_id", married_to=pl.col("valid_to").fill_null(_FAR))
    couples = pairs.filter(pl.col("kind") == "spouse")
    wives = rows.filter(pl.col("relation") == "02")
    yield "told as spouse, but not married to the head", _lacking(wives, couples, ["personal_id", "head"], ["person", "other"])
    parents = pairs.filter(pl.col("kind").is_in(["father", "mother"])).select("person", "other").unique()
    children = rows.filter(pl.col("relation") == "03")
    yield "told as child, but not the head's", _lacking(children, parents, ["personal_id", "head"], ["person", "other"])
    in_law = (
        couples.select(person="person", spouse="other").join(parents, left_on="spouse", right_on="person").select("person", "other")
    )
    elders = rows.filter(pl.col("relation") == "04")
    either = pl.concat([parents, in_law]).unique()
    yield (
        "told as parent, but not of the head or the spouse",
        _lacking(elders, either, ["head", "personal_id"], ["person", "other"]),
    )
    sons_in_law = rows.filter(pl.col("relation") == "08")
    yield (
        "told as child-in-law, but not married to a child",
        _lacking(sons_in_law, in_law, ["personal_id", "head"], ["person", "other"]),
    )
    grand = parents.join(parents, left_on="other", right_on="person", suffix="_up").select("person", other="other_up").unique()
    below = rows.filter(pl.col("relation") == "05")
    # The head's own grandparent, or the grandparent's spouse without a blood tie that the register knows.
    known = pl.concat(
        [grand, grand.join(couples.select(other="person", spouse="other"), on="other").select("person", other="spouse")]
    ).unique()
    yield "told as grandparent, but is none", _lacking(below, known, ["head", "personal_id"], ["person", "other"])


def _lacking(rows: pl.DataFrame, wanted: pl.DataFrame, left: list[str], right: list[str]) -> pl.Series:
    return rows.join(wanted, left_on=left, right_on=right, how="anti")["personal_id"].unique().sort()


def _residences(tables: dict[str, pl.DataFrame], persons: pl.DataFrame) -> Found:
    rows = tables["residences"].join(persons, on="personal_id", how="left").with_columns(until=pl.col("valid_to").fill_null(_FAR))

    def wrong(expression: pl.Expr) -> pl.Series:
        return rows.filter(expression)["personal_id"]

    yield "resident who has no row", wrong(pl.col("sex").is_null())
    yield "kind of residence is not in the list", wrong(~pl.col("kind").is_in(["permanent", "temporary", "absence"]))
    yield "residence ends before it begins", wrong(pl.col("valid_to") <= pl.col("valid_from"))
    yield "residence before birth", wrong(pl.col("valid_from") < pl.col("born"))
    yield "residence after death or loss", wrong((pl.col("kind") == "permanent") & (pl.col("until") > pl.col("gone")))
    yield "residence without a code", wrong(~pl.col("code").str.contains(r"^\d{2}\.(\d{3})?\.\d{5}$"))
    permanent = rows.filter(pl.col("kind") == "permanent").sort("personal_id", "valid_from")
    overlap = (pl.col("personal_id") == pl.col("personal_id").shift(1)) & (pl.col("valid_from") < pl.col("until").shift(1))
    yield "two permanent residences at one time", permanent.filter(overlap)["personal_id"].unique()
    temporary = rows.filter(pl.col("kind") == "temporary")
    yield (
        "temporary residence of more than two years",
        temporary.filter((pl.col("until") - pl.col("valid_from")).dt.total_days() > TEMPORARY_DAYS_MAX)["personal_id"],
    )
    beside = temporary.join(permanent.select("personal_id", home="code", home_from="valid_from", home_to="until"), on="personal_id")
    yield (
        "temporary residence in the commune of the permanent one",
        beside.filter(
            (pl.col("home") == pl.col("code"))
            & (pl.col("home_from") < pl.col("until"))
            & (pl.col("valid_from") < pl.col("home_to"))
        )["personal_id"].unique(),
    )
    yield from _same_as_memberships(tables, permanent)


def _same_as_memberships(tables: dict[str, pl.DataFrame], permanent: pl.DataFrame) -> Found:
    homes = tables["households"].select("household_no", "code", "detail")
    placed = permanent.join(homes, on="household_no", how="left", suffix="_home")
    yield (
        "residence and its household have two addresses",
        placed.filter(
            pl.col("household_no").is_not_null()
            & ((pl.col("code") != pl.col("code_home")) | (pl.col("detail") != pl.col("detail_home")))
        )["personal_id"],
    )
    members = tables["memberships"].filter((pl.col("kind") == "permanent") & pl.col("valid_to").is_null())
    now = permanent.filter(pl.col("valid_to").is_null())
    yield "member without residence there", members.join(now, on=["personal_id", "household_no"], how="anti")["personal_id"]
