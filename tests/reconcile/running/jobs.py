"""Jobs for the tests: a small nation drawn once, dirty lists against it, and lists of a few lines that say one thing each."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from dancu.population.api import UNITS_FILE
from dancu.reconcile.engine.arrow import text_column
from dancu.reconcile.engine.build import Persons, build
from dancu.reconcile.engine.snapshot import MARK_CANCELLED, MARK_DEAD, MARK_REPLACED, Snapshot, save_arrays
from dancu.reconcile.running.job import Others, run
from dancu.reconcile.running.plan import Plan, mapping_for, open_listed, prepare
from dancu.reconcile.running.progress import Outcome, Progress, Wish
from dancu.synth.api import Against, Order, Source, rates_of, write_against
from tests.reconcile.engine.columns import KEY, snapshot

DAY = date(2026, 11, 22)
HEADINGS = ("Mã khách hàng", "Số CCCD", "Họ và tên", "Ngày sinh")
SALT = "5a" * 32
# What a clean run and one that was killed must agree in, byte for byte; what they took is never the same.
NOT_COMPARED = {"timing.json", "lock", "plan.json"}

AN, BINH, CHI = "046193000001", "046093000002", "001193000003"
NATION = (
    (AN, "Trần Thị An", "1993-02-03"),
    (BINH, "Nguyễn Văn Bình", "1993-05-20"),
    (CHI, "Lê Thị Chi", "1993-11-30"),
)
OLD = {AN: "191000001"}


def known() -> Snapshot:
    """Three persons, one of them with an old number, one dead."""
    return snapshot(*NATION, old=OLD, marks={CHI: MARK_DEAD})


def drawn(folder: Path, persons: int, records: int) -> tuple[Path, Path]:
    """A nation's snapshot and a dirty list of `records` lines in no order, with rows nobody can read between them."""
    order = Order(Source(5, UNITS_FILE), persons)
    write_against(Against(order, records / persons, rates_of(order.source.read()[0], "subscribers")), folder, 1)
    save_arrays(folder / "snapshot", build([_persons(folder)], KEY, "drawn"), {})
    lines = pl.read_parquet(folder / "list" / "part-*.parquet").sample(fraction=1.0, shuffle=True, seed=1)
    lines = (
        lines.with_row_index("key", offset=1)
        .select("key", "paper_no", "full_name", "birth_date")
        .with_columns(pl.col("key").cast(pl.String))
    )
    lines = pl.concat([lines, lines.head(records // 50)])
    path = write_list(folder / "list.csv", lines.rows(), broken_every=1000)
    return folder / "snapshot", path


def _persons(folder: Path) -> Persons:
    frame = pl.read_parquet(folder / "register" / "part-*.parquet")
    marks = (frame["life_status"] == "1").to_numpy() * np.uint32(MARK_DEAD)
    marks |= (frame["number_state"] == "1").to_numpy() * np.uint32(MARK_REPLACED)
    marks |= (frame["number_state"] == "2").to_numpy() * np.uint32(MARK_CANCELLED)
    old = frame["old_id_no"].replace("", "0").cast(pl.UInt32).to_numpy()
    names, dates = (text_column(frame[name].to_arrow()) for name in ("full_name", "birth_date"))
    numbers, none = frame["personal_id"].cast(pl.Int64).to_numpy(), np.zeros(len(frame), np.uint32)
    return Persons(numbers, *names, *dates, marks.astype(np.uint32), none, old[np.flatnonzero(old)], np.flatnonzero(old))


def write_list(path: Path, rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS, broken_every: int = 0) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        for at, row in enumerate(rows):
            writer.writerow(row)
            if broken_every and at % broken_every == broken_every - 1:
                writer.writerow(["only", "three", "fields"])
    return path


def plan_of(list_file: Path, snapshot_folder: Path, **more: Any) -> Plan:
    mapping = mapping_for(open_listed(list_file))
    return Plan(
        **{"list_file": str(list_file), "snapshot": str(snapshot_folder), "day": DAY, "mapping": mapping, "salt": SALT, **more}
    )


def job(folder: Path, rows: Sequence[Sequence[str]], **more: Any) -> Path:
    """A prepared job of a few lines against the three persons."""
    folder.mkdir(exist_ok=True)
    save_arrays(folder / "snapshot", known(), {})
    path = write_list(folder / "list.csv", rows)
    prepare(folder / "job", plan_of(path, folder / "snapshot", **{"formats": ("parquet",), **more}), KEY)
    return folder / "job"


def done(folder: Path, others: Others | None = None) -> Path:
    assert run(folder, KEY, on, others) is Outcome.DONE
    return folder


def on(_progress: Progress) -> Wish:
    return Wish.GO_ON


def results(folder: Path) -> list[dict[str, Any]]:
    return pl.read_parquet(folder / "results.parquet").to_dicts()


def grades(folder: Path) -> list[str]:
    return [row["grade"] for row in results(folder)]


def report(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return found


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a job, by its path."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in sorted(files.items()) if path.name not in NOT_COMPARED}
