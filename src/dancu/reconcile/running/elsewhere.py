"""The exact part of a comparison where its plan leaves it to other machines: all verdicts at once, kept in the job's folder.

Who compares is handed in (`Others`). What was said is kept, so that a job that goes on asks nobody twice; parts take it from here.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dancu.reconcile.engine.exact import Batch, Verdicts
from dancu.reconcile.engine.name_keys import NameKey, keys_of_column
from dancu.reconcile.engine.snapshot import Snapshot
from dancu.reconcile.running import refusals
from dancu.reconcile.running.folder import WORK, write_array

SAID = np.dtype([("row", np.uint32), ("found", np.uint8), ("differs", np.uint8), ("reason", np.uint32)])
Said = NDArray[Any]  # of `SAID`, a line a record in the list's order
VERDICTS = "verdicts.npy"
_OWN = "elsewhere"
_NOT_SAID = 255  # is no way to find somebody


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be compared elsewhere (*phần việc giao cho cụm máy*)."""

    records: Callable[[], Iterator[Batch]]  # from the list's beginning, each time
    snapshot: Snapshot
    work: Path  # a folder of this job alone: what is whole in it was made for this task before a kill
    beside: Path  # where the job's folder lies: what serves other jobs too may stay here
    tick: Callable[[], None]  # to be called every second or so; raises when the job is to stop


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said elsewhere (*kết quả của cụm máy*): `record`, counted from 0, with the fields of `SAID`, in any order."""

    count: int
    verdicts: Iterable[pa.RecordBatch]


CompareElsewhere = Callable[[Task], Answer]


def said_before(folder: Path) -> Said | None:
    """What was said in this job already; None before."""
    file = folder / WORK / VERDICTS
    return np.load(file, mmap_mode="r") if file.exists() else None


def own_folder(folder: Path) -> Path:
    """The folder of whoever compares elsewhere (*thư mục làm việc của cụm máy*)."""
    return folder / WORK / _OWN


def say(folder: Path, task: Task, compare: CompareElsewhere) -> Said:
    """Have the list compared and keep what is said (*giao cụm máy đối soát*). What led to it is taken away: it holds names."""
    task.work.mkdir(mode=0o700, parents=True, exist_ok=True)
    answer = compare(task)
    write_array(folder / WORK / VERDICTS, _in_order(answer))
    shutil.rmtree(task.work)
    said = said_before(folder)
    assert said is not None
    return said


def _in_order(answer: Answer) -> Said:
    said, met = np.empty(answer.count, SAID), 0
    said["found"] = _NOT_SAID
    for batch in answer.verdicts:
        places = batch.column("record").to_numpy()
        for name in SAID.names or ():
            # Query engines know no unsigned numbers: the bits stay.
            said[name][places] = batch.column(name).to_numpy().astype(SAID[name])
        met += len(places)
    if met != answer.count or (said["found"] == _NOT_SAID).any():
        raise ValueError("another engine did not say one verdict a record")
    return said


def verdicts_of(said: Said, batch: Batch, first: int, key: NameKey) -> Verdicts:
    """The verdicts of a batch whose first record is that of the list, as `compare` gives them (*kết quả của một lô*).

    Raises `Conflict` where the list has more records than were compared.
    """
    told = said[first : first + len(batch)]
    if len(told) != len(batch):
        raise refusals.list_changed()
    names = keys_of_column(batch.names, batch.name_offsets, key)
    names[names == keys_of_column(batch.names[:0], np.zeros(2, np.int64), key)] = 0  # the key of an empty name is none
    row, found, differs, reason = (np.ascontiguousarray(told[name]) for name in ("row", "found", "differs", "reason"))
    return Verdicts(row, found, differs, reason, names)
