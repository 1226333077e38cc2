"""Texts a person's row carries: numbers as digits, dates with their precision, cards, relatives and head as JSON."""

from __future__ import annotations

import numpy as np
import polars as pl

from dancu.synth.people import ALIVE, DAY_KNOWN, NEVER, YEAR, YEAR_KNOWN, People, birthday
from dancu.synth.statistics import Statistics

CHIP_CARDS_SINCE, NEW_CARDS_SINCE = 18_628, 19_905  # 1 January 2021; 1 July 2024 (Law 26/2023/QH15)
_AGES = (14, 25, 40, 60)  # Luật Căn cước 26/2023/QH15, Điều 21: cards are renewed at these ages
_GRACE = 730  # a card issued within two years before such an age serves until the next one


def digits(numbers: np.ndarray, width: int) -> pl.Series:
    """Numbers as text of `width` digits, empty for 0."""
    text = pl.Series(numbers).cast(pl.String).str.zfill(width)
    return pl.select(pl.when(pl.lit(pl.Series(numbers > 0))).then(pl.lit(text)).otherwise(pl.lit("")).alias("t"))["t"]


def days(values: np.ndarray) -> pl.Series:
    """Days as dates, null for NEVER."""
    dates = pl.Series(values.astype(np.int32)).cast(pl.Date)
    return pl.select(pl.when(pl.lit(pl.Series(values < NEVER))).then(pl.lit(dates)).alias("d"))["d"]


def iso(values: np.ndarray) -> pl.Series:
    """Days as text, empty for NEVER."""
    return days(values).cast(pl.String).fill_null("")


def birth_texts(people: People) -> pl.Series:
    """`1990-11-24`, `1990-11` or `1990`."""
    lengths = np.where(people.precision == DAY_KNOWN, 10, np.where(people.precision == YEAR_KNOWN, 4, 7))
    frame = pl.DataFrame({"day": iso(people.born), "length": lengths})
    return frame.select(pl.col("day").str.head(pl.col("length")))["day"]


def relative_texts(names: pl.Series, personal: pl.Series, old: pl.Series) -> pl.Series:
    """Each person as it stands in the row of a relative, JSON."""
    frame = pl.DataFrame({"name": names, "personal": personal, "old": old})
    return frame.select(
        pl.concat_str(
            pl.lit('{"full_name":"'),
            "name",
            pl.lit('","personal_id":"'),
            "personal",
            pl.lit('","old_id_no":"'),
            "old",
            pl.lit('","nationality":"VN"}'),
        ).alias("t")
    )["t"]


def named_only(names: pl.Series) -> pl.Series:
    """A relative of whom nothing but the name is kept."""
    empty = pl.Series([""]).new_from_index(0, len(names))
    return relative_texts(names, empty, empty)


def relatives_json(told: dict[str, pl.Series]) -> pl.Series:
    """The object of relatives from one column of JSON texts (null for none) by role."""
    frame = pl.DataFrame(told)
    parts = [pl.when(pl.col(role).is_not_null()).then(pl.concat_str(pl.lit(f'"{role}":'), pl.col(role))) for role in told]
    inner = pl.concat_str(parts, separator=",", ignore_nulls=True)
    return frame.select(pl.concat_str(pl.lit("{"), inner, pl.lit("}")).alias("t"))["t"]


def cards_json(chance: np.random.Generator, statistics: Statistics, people: People, personal: pl.Series) -> pl.Series:
    """Cards held so far, the latest last; empty list for the dead and for those without a card."""
    today = statistics.day("reference_day")
    count = len(people)
    luck, delay = chance.random(count), chance.integers(0, 700, count)
    fourteen = birthday(people.born, 14)
    issued = np.maximum(fourteen + delay, CHIP_CARDS_SINCE + chance.integers(0, 1200, count))
    child = (fourteen > today) & (luck < statistics.share("child_card_percent")) & (people.born < today - 6 * YEAR)
    issued = np.where(child, NEW_CARDS_SINCE + chance.integers(0, max(today - NEW_CARDS_SINCE, 1), count), issued)
    has = (people.status == ALIVE) & (issued < today) & (child | (luck < statistics.share("card_percent")))
    expires = expiry(people.born, issued)
    renewed = np.maximum(expires - chance.integers(0, 50, count), issued + 1)
    again = has & (expires <= today) & (renewed < today)
    first = _card(people, personal, issued, expires)
    second = _card(people, personal, renewed, expiry(people.born, renewed))
    frame = pl.DataFrame({"first": first, "second": second, "has": has, "again": again})
    one, two = (
        pl.concat_str(pl.lit("["), "first", pl.lit("]")),
        pl.concat_str(pl.lit("["), "first", pl.lit(","), "second", pl.lit("]")),
    )
    return frame.select(pl.when(pl.col("again")).then(two).when(pl.col("has")).then(one).otherwise(pl.lit("[]")).alias("t"))["t"]


def expiry(born: np.ndarray, issued: np.ndarray) -> np.ndarray:
    """The birthday of 14, 25, 40 or 60 until which a card issued that day serves, NEVER for the last one (*ngày hết hạn*)."""
    expires = np.full(len(born), NEVER, np.int64)
    for age in reversed(_AGES):
        day = birthday(born, age)
        expires = np.where(issued + _GRACE < day if age > _AGES[0] else issued < day, day, expires)
    return expires


def _card(people: People, personal: pl.Series, issued: np.ndarray, expires: np.ndarray) -> pl.Series:
    new = issued >= NEW_CARDS_SINCE
    frame = pl.DataFrame({"number": personal, "on": iso(issued), "to": iso(expires), "new": new})
    head = pl.when("new").then(pl.lit('{"kind":"can_cuoc","number":"')).otherwise(pl.lit('{"kind":"cccd_chip","number":"'))
    office = pl.when("new").then(pl.lit('","issued_by":"Bộ Công an')).otherwise(pl.lit('","issued_by":"Cục Cảnh sát QLHC về TTXH'))
    return frame.select(
        pl.concat_str(
            head, "number", pl.lit('","issued_on":"'), "on", office, pl.lit('","expires_on":"'), "to", pl.lit('"}')
        ).alias("t")
    )["t"]
