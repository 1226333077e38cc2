"""A nation to compare lists with: only what a comparison reads of each person, and beside every part a dirty list against it.

The persons are those of `write_nation` with the same seed; their papers, relatives and homes are left out, which makes a nation
of a hundred million a matter of minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from dancu.synth import old_rows
from dancu.synth.dirty import Rates, dirty_list
from dancu.synth.files import write_table
from dancu.synth.frames import laid_out
from dancu.synth.nation import Order
from dancu.synth.numbers import Issuer
from dancu.synth.papers import birth_texts, digits
from dancu.synth.part import drawn_part, extra_rows
from dancu.synth.places import NOW
from dancu.synth.plan import Part
from dancu.synth.workers import made_by

COMPARED = (
    "personal_id", "full_name", "birth_date", "sex", "old_id_no", "life_status", "number_state", "successor",
    "permanent_version", "permanent_code", "relatives",
)  # fmt: skip
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Against:
    """A register and a list against it (*dân cư và danh sách để đối soát*): lines per person, and how often each error."""

    order: Order
    share: float
    rates: Rates


def write_against(against: Against, folder: Path, workers: int, progress: Progress = lambda done, of: None) -> None:
    """Write `register/part-*.parquet` and `list/part-*.parquet`; what is there already is not made again."""
    parts = against.order.parts()
    for name in ("register", "list"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    jobs = [(against, folder, part) for part in parts if not _file(folder, "list", part.index).is_file()]
    done = sum(part.count for part in parts) - sum(part.count for _against, _folder, part in jobs)
    for count in made_by(workers, _make, jobs):
        done += count
        progress(done, against.order.count)


def _make(job: tuple[Against, Path, Part]) -> int:
    against, folder, part = job
    statistics, places = against.order.source.read()
    persons = _compared(against.order, part)
    chance = np.random.default_rng([against.order.source.seed, 816, part.index])
    lines = dirty_list(chance, persons, round(part.count * against.share), against.rates, statistics, places)
    for name, frame in (("register", persons), ("list", lines)):
        unfinished = folder / name / f".part-{part.index:05d}.unfinished.parquet"
        write_table(frame, unfinished)
        unfinished.replace(_file(folder, name, part.index))
    return part.count


def _file(folder: Path, name: str, index: int) -> Path:
    return folder / name / f"part-{index:05d}.parquet"


def _compared(order: Order, part: Part) -> pl.DataFrame:
    statistics, places = order.source.read()
    chance = np.random.default_rng([order.source.seed, part.index])
    issuer, extra = Issuer(order.source.seed, part, statistics), extra_rows(statistics, part)
    drawn = drawn_part(chance, order.source.seed, statistics, places, part, issuer, sum(extra))
    columns: dict[str, pl.Series | np.ndarray | str] = {
        "personal_id": digits(drawn.numbers, 12),
        "full_name": drawn.names,
        "birth_date": birth_texts(drawn.people),
        "sex": drawn.people.sex,
        "life_status": drawn.people.status,
        "number_state": "0",
        "old_id_no": digits(drawn.old, 9),
        "permanent_version": NOW,
        "permanent_code": places.now.code.gather(pl.Series(drawn.communes[drawn.homes.household])),
        "relatives": "{}",
    }
    persons = laid_out("persons", columns)
    every = pl.concat([persons, *old_rows.no_longer_in_force(chance, issuer, drawn, persons, extra)])
    return every.select(COMPARED)
