"""The whole nation, part after part: a file of persons, or a folder of five tables made by several processes.

A part depends on the seed and on the plan alone, so any number of workers writes the same bytes, and what is there already
is not made again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from dancu.kernel.errors import Conflict, Invalid
from dancu.synth.files import write_frames, write_table
from dancu.synth.frames import SCHEMAS, TABLES
from dancu.synth.part import Source, draw_part
from dancu.synth.persona_tables import full_rows, persona_tables
from dancu.synth.personas import PERSONAS
from dancu.synth.plan import Part, plan_parts
from dancu.synth.statistics import Statistics
from dancu.synth.workers import made_by

VERSION = 1  # raised whenever the same seed gives other persons
COUNT_MAX = 120_000_000
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Order:
    """What is asked for: how many persons, of one province or of all (*yêu cầu mô phỏng*)."""

    source: Source
    count: int
    province: str | None = "46"  # None: the nation

    def parts(self) -> list[Part]:
        """The plan. Raises `Invalid` for a province or a count there is not."""
        statistics, _ = self.source.read()
        return plan_parts(_counts(self, statistics), int(statistics.value("part_size_max")))

    def personas(self) -> list[dict[str, Any]]:
        return [dict(persona) for persona in PERSONAS][: self.count]


def generate(count: int, seed: int, units: Path, province: str | None = "46") -> list[dict[str, Any]]:
    """`count` persons as rows of the load format; the named personas come first (*dân cư mô phỏng*)."""
    order = Order(Source(seed, units), count, province)
    drawn = [row for part in order.parts() for row in draw_part(order.source, part)["persons"].to_dicts()]
    return order.personas() + drawn


def write_persons_file(order: Order, file: Path) -> None:
    """Only the persons, as one file of the load format: Parquet, CSV or JSONL by the name's ending."""
    write_frames(_persons(order), file)


def _persons(order: Order) -> Iterator[pl.DataFrame]:
    yield pl.DataFrame(full_rows(order.personas()), SCHEMAS["persons"])
    for part in order.parts():
        yield draw_part(order.source, part)["persons"]


def write_nation(order: Order, folder: Path, workers: int, progress: Progress = lambda done, of: None) -> int:
    """Five tables in parts below `folder`; returns how many parts were made now.

    Goes on where an earlier call with the same order stopped. Raises `Conflict` when the folder holds another nation.
    """
    parts = order.parts()
    _open_folder(order, folder, len(parts))
    wanted = [part for part in parts if not is_complete(folder, part.index)]
    done = sum(part.count for part in parts) - sum(part.count for part in wanted)
    for count in made_by(workers, _make, [(order, folder, part) for part in wanted]):
        done += count
        progress(done, order.count)
    return len(wanted)


def part_file(folder: Path, table: str, index: int) -> Path:
    return folder / table / f"part-{index:05d}.parquet"


def is_complete(folder: Path, index: int) -> bool:
    """Persons are written last: where they are, the part is whole."""
    return all(part_file(folder, table, index).is_file() for table in TABLES)


def _make(job: tuple[Order, Path, Part]) -> int:
    order, folder, part = job
    tables = draw_part(order.source, part)
    if part.index == 0:
        first = persona_tables(order.personas(), order.source.read()[0])
        tables = {name: pl.concat([first[name], frame]) for name, frame in tables.items()}
    for table in reversed(TABLES):
        file = part_file(folder, table, part.index)
        unfinished = file.with_name(f".{file.stem}.unfinished.parquet")
        write_table(tables[table], unfinished)
        unfinished.replace(file)
    return part.count


def _counts(order: Order, statistics: Statistics) -> np.ndarray:
    provinces = statistics.table("provinces")
    codes = provinces["code"].to_list()
    if order.province is not None and order.province not in codes:
        raise Invalid(
            "synth.province",
            f"Không có tỉnh mã {order.province!r} trong 63 tỉnh (ví dụ 46: Thừa Thiên Huế).",
            f"There is no province {order.province!r} among the 63 (46 is Thừa Thiên Huế).",
        )
    if not 1 <= order.count <= COUNT_MAX:
        raise Invalid("synth.count", f"Số người phải từ 1 đến {COUNT_MAX}.", f"From 1 to {COUNT_MAX} persons.")
    rest = max(order.count - len(PERSONAS), 0)
    if order.province is not None:
        return np.array([rest if code == order.province else 0 for code in codes])
    exact = provinces["population"].to_numpy() / provinces["population"].sum() * rest
    counts = np.floor(exact).astype(np.int64)
    counts[np.argsort(counts - exact, kind="stable")[: rest - counts.sum()]] += 1
    return counts


def _open_folder(order: Order, folder: Path, parts: int) -> None:
    about = folder / "nation.json"
    text = json.dumps(
        {
            "seed": order.source.seed,
            "version": VERSION,
            "count": order.count,
            "province": order.province or "",
            "parts": parts,
            "statistics": order.source.read()[0].digest,
        },
        indent=2,
    )
    if about.is_file() and about.read_text(encoding="utf-8") != text:
        raise Conflict(
            "synth.folder",
            f"{folder} đang chứa một lần mô phỏng khác (xem nation.json). Chọn thư mục khác, hoặc xoá thư mục này.",
            f"{folder} holds another nation (see nation.json). Choose another folder, or delete it.",
        )
    for table in TABLES:
        (folder / table).mkdir(parents=True, exist_ok=True)
    about.write_text(text, encoding="utf-8")
