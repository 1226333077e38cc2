"""A job that is killed at any moment goes on, and what it makes is what a job makes that nobody touched, byte for byte.

The kills are real: a process of its own, SIGKILL at its n-th act on the job's folder, which is between any two writes, renames and
removals; the large test also kills by the clock, wherever the process happens to be.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dancu.reconcile.running.plan import prepare
from tests.house.tree import ROOT
from tests.reconcile.running.jobs import KEY, content, done, drawn, plan_of, report

_KILLED = -signal.SIGKILL


def started(folder: Path, act: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.reconcile.running.killing", str(folder), str(act), "0"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def killed_at(folder: Path, act: int) -> tuple[int, str]:
    process = started(folder, act)
    told, _ = process.communicate(timeout=300)
    return process.returncode, told


def prepared(folder: Path, path: Path, snapshot: Path, rows_a_batch: int, *, workbook: bool = True) -> Path:
    formats = ("parquet", "csv", "xlsx") if workbook else ("parquet", "csv")
    prepare(folder, plan_of(path, snapshot, rows_a_batch=rows_a_batch, formats=formats), KEY)
    return folder


def test_a_job_killed_at_any_act_ends_with_the_same_bytes(tmp_path: Path) -> None:
    snapshot, path = drawn(tmp_path, 100_000, 60_000)
    clean = done(prepared(tmp_path / "clean", path, snapshot, 9_000))
    folder, chance = prepared(tmp_path / "killed", path, snapshot, 9_000), random.Random(7)

    kills = [killed_at(folder, act) for act in (*(chance.randrange(3, 40) for _ in range(5)), 12)]
    ended, told = killed_at(folder, 0)

    assert [code for code, _ in kills] == [_KILLED] * 6, "a kill that does not kill proves nothing"
    assert ended == 0
    assert told.startswith("done")
    assert report(folder)["quarantined"] > 50
    assert content(folder) == content(clean)


@pytest.mark.slow
def test_a_million_rows_killed_at_twenty_moments_end_with_the_same_bytes(tmp_path: Path) -> None:
    snapshot, path = drawn(tmp_path, 1_250_000, 1_000_000)
    began = time.monotonic()
    clean = prepared(tmp_path / "clean", path, snapshot, 50_000, workbook=False)
    assert killed_at(clean, 0)[0] == 0
    whole = time.monotonic() - began
    folder, chance, kills = prepared(tmp_path / "killed", path, snapshot, 50_000, workbook=False), random.Random(11), 0

    while kills < 20:
        if kills % 2:
            code, _ = killed_at(folder, chance.randrange(3, 60))
        else:
            code = _killed_after(folder, chance.uniform(0.15, 0.5) * whole)
        kills += code == _KILLED
        if code == 0:  # it came to its end before the moment: begin again, the kills so far count
            assert content(folder) == content(clean)
            shutil.rmtree(folder)
            prepared(folder, path, snapshot, 50_000, workbook=False)
    assert killed_at(folder, 0)[0] == 0

    assert content(folder) == content(clean)


def _killed_after(folder: Path, seconds: float) -> int:
    process = started(folder, 0)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    return process.returncode
