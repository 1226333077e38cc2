"""Each cause of the catalogue planted alone on a thousand records and more: is it told, and what is told besides?

The nation is drawn once, each record names its true person and its true cause; the table of planted against told causes goes to
stderr. Beside it thousands of names with one letter or one mark changed: none of them may come out as a match.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from dancu.cli.synth import _units
from dancu.kernel.names import canonical_name
from dancu.reconcile.engine.arrow import batch_of, text_column
from dancu.reconcile.engine.build import Persons, build
from dancu.reconcile.engine.causes import REASONS, Cause, has_cause
from dancu.reconcile.engine.comparing import compare_fully
from dancu.reconcile.engine.exact import Verdicts
from dancu.reconcile.engine.grading import Grade, grades_of
from dancu.reconcile.engine.name_keys import NameKey
from dancu.reconcile.engine.second_look.beside import Beside, FormerUnits, communes_of, sexes_of
from dancu.reconcile.engine.snapshot import MARK_CANCELLED, MARK_DEAD, MARK_REPLACED, Snapshot
from dancu.synth.api import Order, Source, dirty_list, write_nation

LIMIT = 0.99
RECORDS, RECORDS_MIN = 1_500, 1_000
PERSONS_QUICK, PERSONS_FULL = 30_000, 300_000
YEAR = 2026
KEY = NameKey(0x6D75_6F6E_2D74_6875, 0x6461_6E63_752D_6265)
# Families of names some causes need; elsewhere anybody will do.
_FITTING = {
    4: r"(?i)(o[àáảãạ]|[òóỏõọ]a|o[èéẻẽẹ]|[òóỏõọ]e|u[ỳýỷỹỵ]|[ùúủũụ]y)( |$)",
    5: r"(?i)(^| )([hklmst]|qu)[yýỳỷỹỵiíìỉĩị]( |$)",
    9: r" (Văn|Thị|Hữu|Đình) |^(Nguyễn|Trần|Phạm|Hoàng|Huỳnh|Đặng) .* ",
}
_LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
Row = dict[str, Any]


@dataclass(frozen=True)
class Nation:
    """A register, what a list is compared with, and the communes of before."""

    persons: pl.DataFrame
    snapshot: Snapshot
    former: FormerUnits
    source: Source


@dataclass(frozen=True)
class Told:
    """Of one planted cause: its records, whether it was told, and which causes were."""

    planted: str
    expected: Cause
    records: int
    missed: int
    causes: dict[int, int]
    grades: dict[str, int]

    @property
    def share(self) -> float:
        return 1 - self.missed / self.records


def drawn(folder: Path, persons: int, units: Path, *, workers: int = 2, seed: int = 3) -> Nation:
    """A nation with relatives and replaced numbers, and its snapshot."""
    source = Source(seed, units)
    write_nation(Order(source, persons, None), folder, workers)
    frame = pl.read_parquet(folder / "persons" / "*.parquet")
    succession = pl.read_csv(units.parent / "succession_2025.csv", infer_schema=False).filter(pl.col("old_level") == "3")
    pairs = (succession[name].cast(pl.UInt32).to_numpy() for name in ("old_code", "new_code"))
    return Nation(frame, build([_persons(frame)], KEY, "bench"), FormerUnits(*pairs), source)


def _persons(frame: pl.DataFrame) -> Persons:
    marks = (frame["life_status"] == "1").to_numpy() * np.uint32(MARK_DEAD)
    marks |= (frame["number_state"] == "1").to_numpy() * np.uint32(MARK_REPLACED)
    marks |= (frame["number_state"] == "2").to_numpy() * np.uint32(MARK_CANCELLED)
    old = frame["old_id_no"].replace("", "0").cast(pl.UInt32).to_numpy()
    old_of = np.flatnonzero(old)
    communes = communes_of(*text_column(frame["permanent_code"].to_arrow()))
    names, dates = (text_column(frame[name].to_arrow()) for name in ("full_name", "birth_date"))
    numbers = frame["personal_id"].cast(pl.Int64).to_numpy()
    return Persons(numbers, *names, *dates, marks.astype(np.uint32), communes, old[old_of], old_of)


def planted(nation: Nation, cause: int, records: int = RECORDS) -> pl.DataFrame:
    """Lines that have this cause and no other, each for somebody in whom it can be."""
    statistics, places = nation.source.read()
    frame, chance = nation.persons, np.random.default_rng([cause, 18])
    if cause in _FITTING:
        frame = frame.filter(pl.col("full_name").str.contains(_FITTING[cause]))
    lines = dirty_list(chance, frame, 2 * records, {cause: 1.0}, statistics, places)
    return lines.filter(pl.col("causes") == str(cause)).head(records)


def former_numbers(nation: Nation, records: int = RECORDS) -> pl.DataFrame:
    """Lines with the number somebody had before the present one."""
    statistics, places = nation.source.read()
    replaced = nation.persons.filter(pl.col("number_state") == "1")
    both = nation.persons.filter(pl.col("personal_id").is_in(replaced["successor"].to_list()))
    lines = dirty_list(np.random.default_rng(17), pl.concat([replaced, both]), records, {17: 1.0}, statistics, places)
    return lines.filter((pl.col("causes") == "17") & pl.col("paper_no").is_in(replaced["personal_id"].to_list()))


def judged(nation: Nation, lines: pl.DataFrame) -> Verdicts:
    """The lines compared with the nation, sexes and communes beside them."""
    columns = (pl.Series(lines[name]).to_arrow() for name in ("paper_no", "full_name", "birth_date"))
    versions = np.where((lines["area_version"] == "L3-2025").to_numpy(), 1, 0).astype(np.uint8)
    beside = Beside(
        sexes_of(*text_column(lines["sex"].to_arrow())),
        communes_of(*text_column(lines["area_code"].to_arrow())),
        versions,
        nation.former,
    )
    return compare_fully(batch_of(*columns), nation.snapshot, KEY, YEAR, beside)


def pieces_of(nation: Nation, cause: int, lines: pl.DataFrame) -> Iterator[tuple[str, Cause, pl.DataFrame]]:
    """The lines of a cause by what of it can be seen from the list and the registry, with the cause that is to be told."""
    name, known = Cause(cause).name, nation.persons.select("personal_id", "full_name", "old_id_no", "sex", "permanent_code")
    lines = lines.join(known, left_on="true_personal_id", right_on="personal_id", suffix="_known", maintain_order="left")
    if cause == 2:  # without a circumflex, breve or horn both spellings are the same text
        same = pl.Series([unicodedata.normalize("NFD", each) == each for each in lines["full_name"]])
        yield f"2 {name}, seen", Cause.HALF_COMPOSED, lines.filter(~same)
        yield f"2 {name}, no shaped vowel: the text of 1", Cause.DECOMPOSED, lines.filter(same)
    elif cause == 12:
        old = pl.col("paper_no") == pl.col("old_id_no")
        yield "12 OTHER_PAPER, old number", Cause.OTHER_PAPER, lines.filter(old)
        yield "12 OTHER_PAPER, card of a relative", Cause.NUMBER_OF_ANOTHER, lines.filter(~old)
    elif cause == 14:
        exchanged = pl.col("paper_no").str.contains(r"^\d{12}$")
        yield "14 DIGITS, letters, blanks, dots", Cause.DIGITS, lines.filter(~exchanged)
        yield "14 DIGITS, neighbours exchanged", Cause.DIGITS, lines.filter(exchanged)
    elif cause == 15:
        renamed = lines["full_name"] != lines["full_name_known"]
        said = zip(lines["full_name"], lines["full_name_known"], strict=True)
        near = pl.Series([_bare(one) == _bare(other) for one, other in said])
        yield "15 LEGALLY_CHANGED, name", Cause.LEGALLY_CHANGED, lines.filter(renamed & ~near)
        yield "15 LEGALLY_CHANGED, sex", Cause.LEGALLY_CHANGED, lines.filter(~renamed)
    elif cause == 17:
        yield "17 NUMBER_OF_ANOTHER, a stranger's", Cause.NUMBER_OF_ANOTHER, lines
        yield "17 NUMBER_OF_ANOTHER, replaced", Cause.NUMBER_OF_ANOTHER, former_numbers(nation)
    elif cause == 18:
        pairs = set(zip(nation.former.before.tolist(), nation.former.now.tolist(), strict=True))
        codes = [communes_of(*text_column(lines[each].to_arrow())).tolist() for each in ("area_code", "permanent_code")]
        became = pl.Series([pair in pairs for pair in zip(*codes, strict=True)])
        yield "18 FORMER_UNIT", Cause.FORMER_UNIT, lines.filter(became)
    else:
        yield f"{cause} {name}", Cause(cause), lines


def _bare(name: str) -> str:
    """As i and y, and names without marks, make them one."""
    apart = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return "".join(each for each in apart if not unicodedata.combining(each)).replace("y", "i")


def told(nation: Nation, planted_as: str, expected: Cause, lines: pl.DataFrame) -> Told:
    """What came of the lines of one planted cause."""
    made = judged(nation, lines)
    found = {int(cause): int(has_cause(made.reason, cause).sum()) for cause in Cause}
    grades = np.bincount(grades_of(made), minlength=len(Grade) + 1)
    return Told(
        planted_as, expected, len(lines), int((~has_cause(made.reason, expected)).sum()), found,
        {grade.name: int(grades[grade]) for grade in Grade if grades[grade]},
    )  # fmt: skip


def matrix(nation: Nation) -> list[Told]:
    """Every cause, what can be seen of it apart."""
    every = []
    for cause in range(1, 19):
        for planted_as, expected, lines in pieces_of(nation, cause, planted(nation, cause)):
            every.append(told(nation, planted_as, expected, lines))
    return every


def one_slip(name: str, chance: random.Random) -> str:
    """The name with one letter changed, left out, put in, or another mark on one; always another name."""
    while True:
        at = chance.randrange(len(name))
        if not name[at].isalpha():
            continue
        kind = chance.randrange(4)
        if kind == 0:
            after = name[:at] + chance.choice(_LETTERS) + name[at + 1 :]
        elif kind == 1:
            after = name[:at] + name[at + 1 :]
        elif kind == 2:
            after = name[:at] + chance.choice(_LETTERS) + name[at:]
        else:
            base = unicodedata.normalize("NFD", name[at])[0].lower()
            same = [each for each in _LETTERS if unicodedata.normalize("NFD", each)[0] == base]
            after = name[:at] + chance.choice(same or [name[at]]) + name[at + 1 :]
        if after.split() and canonical_name(after) != canonical_name(name):
            return after


def slips(nation: Nation, records: int, seed: int = 1) -> NDArray[np.uint8]:
    """Grades of records that are right but for one letter or one mark of the name."""
    chance = random.Random(seed)
    alive = nation.persons.filter((pl.col("life_status") == "0") & (pl.col("number_state") == "0"))
    frame = alive.sample(min(records, len(alive)), seed=seed)
    lines = frame.select(
        pl.col("personal_id").alias("paper_no"),
        pl.Series("full_name", [one_slip(name, chance) for name in frame["full_name"]]),
        pl.col("birth_date").str.split("-").list.reverse().list.join("/"),
        "sex",
        pl.col("permanent_version").alias("area_version"),
        pl.col("permanent_code").alias("area_code"),
    )
    return grades_of(judged(nation, lines))


def as_table(every: list[Told]) -> str:
    """Planted against told: records of a row that told each cause."""
    lines = [f"{'planted':48}{'records':>8}{'told':>8}  " + "".join(f"{cause:>6}" for cause in range(1, 19)) + "  grades"]
    for each in every:
        cells = "".join(f"{each.causes[cause] or '·':>6}" for cause in range(1, 19))
        lines.append(f"{each.planted:48}{each.records:>8}{each.share:>8.4f}  {cells}  {each.grades}")
    return "\n".join(lines)


def run(*, quick: bool, persons: int = 0, out: Any = sys.stderr) -> dict[str, Any]:
    """Measure; gives the result that is printed as the last line. The value is the worst share of a cause that was told."""
    count, started = persons or (PERSONS_QUICK if quick else PERSONS_FULL), time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="dancu-bench-", dir="/var/tmp") as scratch:
        nation = drawn(Path(scratch), count, _units())
        every = matrix(nation)
        grades = slips(nation, count)
    print(as_table(every), file=out, flush=True)
    matches = int(np.isin(grades, [Grade.MATCH, Grade.MATCH_NORMALISED]).sum())
    print(f"{len(grades)} names one letter or mark away: {matches} told as a match", file=out, flush=True)
    worst = min(each.share for each in every)
    return {
        "name": "causes", "value": round(worst, 4), "unit": "share told", "limit": LIMIT, "ratio": round(worst / LIMIT, 3),
        "size": {"persons": count, "planted": sum(each.records for each in every), "slips": len(grades)},
        "false_matches": matches, "causes": {each.planted: round(each.share, 4) for each in every},
        "seconds": round(time.perf_counter() - started, 1), "machine": {"threads": 1},
    }  # fmt: skip


assert set(REASONS) == set(Cause)

if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--persons", type=int, default=0)
    given.add_argument("--quick", action="store_true")
    asked = given.parse_args()
    print(json.dumps(run(quick=asked.quick, persons=asked.persons)))
