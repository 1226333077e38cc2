"""Lists whose numbers lead to nobody, made from lists that were drawn: a share of the records loses its number or gets a wrong
one, and the errors of hand-written lists in name, date and address besides. The truth stays beside them.
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass

import numpy as np
import polars as pl

SHARE = 0.05  # of a list
STRANGERS = 0.02  # of those: persons the registry does not have
NUMBERS = {"missing": 0.30, "malformed": 0.10, "mistyped": 0.40, "tail": 0.20}
NAMES = {"no_marks": 0.06, "middle_lost": 0.03, "turned": 0.02, "mistyped": 0.015, "other": 0.015}
DATES = {"digit": 0.02, "swapped": 0.01, "first_of_january": 0.01, "year_only": 0.01}
COMMUNE_OTHER, COMMUNE_MISSING, SEX_OTHER, SEX_MISSING = 0.10, 0.10, 0.005, 0.05
_NOW = "L2-2025"  # former units are not translated here: of those records the commune is unknown


@dataclass(frozen=True)
class Errors:
    """How many times as often as usual each error is made."""

    times: float = 1.0


def planted(lines: pl.DataFrame, seed: int, errors: Errors | None = None) -> pl.DataFrame:
    """The list with a share of its records spoiled; `what` says how their numbers were, empty for the others."""
    chance, times = random.Random(seed), (errors or Errors()).times
    hit = np.random.default_rng([seed, 5]).random(len(lines)) < SHARE
    at = np.flatnonzero(hit)
    chosen = lines[at]
    others = chosen.sample(fraction=1.0, shuffle=True, seed=seed)
    rows = []
    for row, other in zip(chosen.iter_rows(named=True), others.iter_rows(named=True), strict=True):
        rows.append(_spoiled(row, other, chance, times))
    changed = pl.DataFrame(rows, schema={**{name: pl.String for name in _CHANGED}, "what": pl.String}, orient="row")
    whole = lines.with_columns(
        pl.when(pl.col("area_version") == _NOW).then(pl.col("area_code")).otherwise(pl.lit("0")).alias("area_code"),
        pl.lit("").alias("what"),
    )
    return whole.with_columns(
        *(whole[name].scatter(pl.Series(at), changed[name]).alias(name) for name in (*_CHANGED, "what")) if len(at) else ()
    )


_CHANGED = ("paper_no", "full_name", "birth_date", "sex", "area_code", "true_personal_id")


def _spoiled(row: dict[str, str], other: dict[str, str], chance: random.Random, times: float) -> tuple[str, ...]:
    what = _one_of(NUMBERS, chance, 1.0)
    number = _number(row["paper_no"], what, chance)
    area = row["area_code"] if row["area_version"] == _NOW else "0"
    if chance.random() < STRANGERS:
        number = _number(row["paper_no"], chance.choice(["missing", "tail"]), chance)
        return number, other["full_name"], _other_day(row["birth_date"], chance), row["sex"], area, "", "stranger"
    name, date = _name(row["full_name"], other, chance, times), _date(row["birth_date"], chance, times)
    sex = "0" if chance.random() < SEX_MISSING else ("12".replace(row["sex"], "") if chance.random() < SEX_OTHER else row["sex"])
    if chance.random() < COMMUNE_MISSING * times:
        area = "0"
    elif chance.random() < COMMUNE_OTHER * times:
        area = other["area_code"] if other["area_version"] == _NOW else "0"
    return number, name, date, sex, area, row["true_personal_id"], what


def _one_of(shares: dict[str, float], chance: random.Random, times: float) -> str:
    drawn = chance.random() / times if times else 1.0
    for name, share in shares.items():
        if drawn < share:
            return name
        drawn -= share
    return ""


def _number(number: str, what: str, chance: random.Random) -> str:
    if what == "missing" or not number.isdigit():
        return ""
    if what == "malformed":
        at = chance.randrange(1, len(number))
        return chance.choice(
            [number[:at] + number[at + 1 :], number[:at] + "X" + number[at + 1 :], number[:7], number + number[-1]]
        )
    if what == "tail":
        return number[:-6] + f"{chance.randrange(1_000_000):06d}"
    at = chance.randrange(1, len(number) - 1)
    if chance.random() < 0.2 and number[at] != number[at + 1]:
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    return number[:at] + chance.choice("0123456789".replace(number[at], "")) + number[at + 1 :]


def _name(name: str, other: dict[str, str], chance: random.Random, times: float) -> str:
    what, words = _one_of(NAMES, chance, times), name.split(" ")
    if what == "no_marks":
        apart = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
        return "".join(letter for letter in apart if not unicodedata.combining(letter)).upper()
    if what == "middle_lost" and len(words) > 2:
        return " ".join([words[0], *words[2:]])
    if what == "turned" and len(words) > 1:
        return " ".join([words[-1], *words[:-1]])
    if what == "mistyped":
        return _mistyped(unicodedata.normalize("NFC", name), chance)
    if what == "other":
        return " ".join([*words[:-1], other["full_name"].split(" ")[-1]])
    return name


def _mistyped(name: str, chance: random.Random) -> str:
    at = chance.randrange(len(name))
    letter = chance.choice("abcdeghiklmnopqrstuvxy")
    return chance.choice([name[:at] + letter + name[at + 1 :], name[:at] + name[at + 1 :], name[:at] + letter + name[at:]]) or name


def _date(date: str, chance: random.Random, times: float) -> str:
    what, parts = _one_of(DATES, chance, times), date.split("/")
    if len(parts) != 3 or not what:
        return date
    if what == "swapped":
        return f"{parts[1]}/{parts[0]}/{parts[2]}" if int(parts[0]) <= 12 else date
    if what == "first_of_january":
        return f"01/01/{parts[2]}"
    if what == "year_only":
        return parts[2]
    at = chance.choice([0, 1, 3, 4, len(date) - 2, len(date) - 1])
    return date[:at] + chance.choice("0123456789".replace(date[at], "")) + date[at + 1 :]


def _other_day(date: str, chance: random.Random) -> str:
    return f"{chance.randrange(1, 29):02d}/{chance.randrange(1, 13):02d}/{date[-4:]}"
