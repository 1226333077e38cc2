"""The folder of a job: where what stands, and how it is written so that a kill at any moment leaves the whole or nothing."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from dancu.reconcile.running import refusals

UNFINISHED = ".unfinished"
PLAN, LOCK, CANCELLED, TIMING = "plan.json", "lock", "cancelled", "timing.json"
PARTS, WORK = "parts", "work"
COMPARED, COMMITMENT, LEAVES = "compared.npy", "commitment.json", "commitment.npy"
QUARANTINE, REPORT = "quarantine.csv", "report.json"
TAX_LINKS = "tax-links.csv"
RESULTS = {"parquet": "results.parquet", "csv": "results.csv", "xlsx": "results.xlsx"}
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextlib.contextmanager
def finished(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that appears under its name only when it is whole and on the disk."""
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        with unfinished.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def write_file(path: Path, content: bytes | memoryview[int]) -> None:
    with finished(path) as file:
        file.write(content)


def write_array(path: Path, array: NDArray[Any]) -> None:
    """An array as `numpy.load` reads it. By the file's own `write`: numpy's does not say that the disk is full."""
    with finished(path) as file:
        file.write(array_head(array.dtype, array.shape))
        file.write(np.ascontiguousarray(array).data)


def array_head(kind: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    head = io.BytesIO()
    described = {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(head, described)
    return head.getvalue()


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """The job for this process alone. Raises `Conflict` when another one has it; a killed one has let it go."""
    with (folder / LOCK).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise refusals.running_elsewhere() from None
        yield


@contextlib.contextmanager
def disk_errors() -> Iterator[None]:
    """A disk without room is told as such."""
    try:
        yield
    except OSError as failure:
        if failure.errno in _FULL:
            raise refusals.disk_full() from failure
        raise


def sweep(folder: Path) -> None:
    """Take away what a killed run left half written."""
    for path in (*folder.glob(f"*{UNFINISHED}"), *folder.glob(f"*/*{UNFINISHED}")):
        path.unlink()
    shutil.rmtree(folder / WORK / "workbook", ignore_errors=True)


def remove_made(folder: Path) -> None:
    """Take away everything a job made; what was asked stays."""
    remove_work(folder)
    for name in (*RESULTS.values(), TAX_LINKS, COMPARED, COMMITMENT, LEAVES, QUARANTINE, REPORT, TIMING):
        (folder / name).unlink(missing_ok=True)


def remove_work(folder: Path) -> None:
    """Take away what only a job that goes on needs (*xoá tệp trung gian*): parts hold keys of the list's names."""
    for name in (PARTS, WORK):
        shutil.rmtree(folder / name, ignore_errors=True)
