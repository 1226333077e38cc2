"""Small simulated nations for the tests: drawn once, small parts so that there are several."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

from dancu.population.api import UNITS_FILE
from dancu.synth import check
from dancu.synth.api import Order, Source, read_statistics
from dancu.synth.check import Violations
from dancu.synth.part import draw_part
from dancu.synth.statistics import OWN_FOLDER

Tables = dict[str, pl.DataFrame]


@cache
def a_province(count: int = 6000, seed: int = 1, province: str = "46") -> Tables:
    """The five tables of one part."""
    order = Order(Source(seed, UNITS_FILE), count, province)
    return draw_part(order.source, order.parts()[0])


def a_folder_of_statistics(folder: Path, table: str, old: str, new: str) -> Path:
    """A folder with one table of our own, a piece of its text replaced."""
    folder.mkdir(exist_ok=True)
    text = (OWN_FOLDER / f"{table}.csv").read_text(encoding="utf-8")
    assert old in text
    (folder / f"{table}.csv").write_text(text.replace(old, new), encoding="utf-8")
    return folder


def in_small_parts(folder: Path, size: int) -> Path:
    """Statistics in which a part has at most `size` persons."""
    own = int(read_statistics().value("part_size_max"))
    return a_folder_of_statistics(folder, "assumptions", f"part_size_max,{own}", f"part_size_max,{size}")


def violations(tables: Tables) -> Violations:
    found = Violations()
    check.check_tables(tables, found)
    return found
