"""Is a folder of five tables coherent? Numbers, families, heads, relations, intervals, JSON against the tables.

One part at a time, so memory stays that of a part; only the numbers themselves are looked at over all parts, twenty million
at a time. The checker knows nothing of how the tables were made: it reads the files and the law.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow.parquet as parquet

from dancu.kernel.errors import NotFound
from dancu.synth import check_families, check_homes, check_texts
from dancu.synth.frames import SCHEMAS, TABLES

EXAMPLES = 5
_NUMBERS_A_TURN = 20_000_000
Tables = dict[str, pl.DataFrame]
Rule = Callable[[Tables], Iterator[tuple[str, pl.Series]]]


@dataclass
class Violations:
    """Broken rules with how often and the first numbers (*các lỗi tìm thấy*)."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def add(self, rule: str, who: pl.Series) -> None:
        if not len(who):
            return
        self.counts[rule] = self.counts.get(rule, 0) + len(who)
        room = self.examples.setdefault(rule, [])
        room += [str(value) for value in who.head(EXAMPLES - len(room))]


def check_nation(folder: Path, progress: Callable[[int, int], None] = lambda done, of: None) -> Violations:
    """All rules over all parts. Raises `NotFound` when there is no nation in the folder."""
    parts = sorted((folder / "persons").glob("part-*.parquet"))
    if not parts:
        raise NotFound("synth.no_nation", f"Không có dân cư mô phỏng trong {folder}.", f"There is no simulated nation in {folder}.")
    found = Violations()
    for done, part in enumerate(parts, start=1):
        check_tables(_read(folder, part.name, found), found)
        progress(done, len(parts))
    for rule, who in _numbers_given_twice(folder):
        found.add(rule, who)
    return found


def check_tables(tables: Tables, found: Violations) -> None:
    """Every rule that can be seen within one part."""
    for name, frame in tables.items():
        found.rows[name] = found.rows.get(name, 0) + len(frame)
    for rules in (check_texts.rules, check_families.rules, check_homes.rules):
        for rule, who in rules(tables):
            found.add(rule, who)


def _read(folder: Path, part: str, found: Violations) -> Tables:
    tables = {}
    for name in TABLES:
        file = folder / name / part
        if not file.is_file():
            found.add("table of a part is missing", pl.Series([f"{name}/{part}"]))
            tables[name] = pl.DataFrame(schema=SCHEMAS[name])
            continue
        frame = pl.read_parquet(file)
        if dict(frame.schema) != SCHEMAS[name]:
            found.add("table has other columns or types than the contract", pl.Series([f"{name}/{part}"]))
            frame = pl.DataFrame(schema=SCHEMAS[name])
        tables[name] = frame
    return tables


def _numbers_given_twice(folder: Path) -> Iterator[tuple[str, pl.Series]]:
    """Personal and household numbers over all parts."""
    for table, column in (("persons", "personal_id"), ("households", "household_no")):
        parts = sorted((folder / table).glob("part-*.parquet"))
        turns = 1 + sum(parquet.read_metadata(part).num_rows for part in parts) // _NUMBERS_A_TURN
        for turn in range(turns):
            mine = pl.concat([_of_turn(pl.read_parquet(part, columns=[column])[column], turn, turns) for part in parts])
            twice = mine.filter(mine.is_duplicated()).unique().sort()
            yield f"{column} given twice", twice.cast(pl.String).str.zfill(12 if table == "persons" else 9)


def _of_turn(numbers: pl.Series, turn: int, turns: int) -> pl.Series:
    whole = numbers.cast(pl.Int64, strict=False).drop_nulls()
    return whole.filter(whole % turns == turn)
