"""A job is paused, cancelled, stopped by a full disk or a list that is gone; it goes on, or says why it does not."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.reconcile.engine.name_keys import NameKey
from dancu.reconcile.engine.snapshot import save_arrays
from dancu.reconcile.running.folder import remove_work
from dancu.reconcile.running.job import cancel, is_done, run, timing_of
from dancu.reconcile.running.keys import check_key, key_id, name_key
from dancu.reconcile.running.plan import prepare, read_plan
from dancu.reconcile.running.progress import Outcome, Progress, Stage, Wish
from tests.house.tree import ROOT
from tests.reconcile.engine.columns import KEY, snapshot
from tests.reconcile.running.jobs import AN, BINH, content, done, job, on, plan_of, report, write_list

LINES = [(f"k{at}", (AN, BINH)[at % 2], "Trần Thị An", "03/02/1993") for at in range(50)]


def after(ticks: int, wish: Wish) -> object:
    told: list[Progress] = []

    def watch(progress: Progress) -> Wish:
        told.append(progress)
        return wish if len(told) >= ticks else Wish.GO_ON

    return watch


@pytest.mark.parametrize("ticks", [1, 2, 4, 9, 13])
def test_a_paused_job_goes_on_and_ends_as_if_nobody_had_paused_it(tmp_path: Path, ticks: int) -> None:
    clean = done(job(tmp_path / "clean", LINES, rows_a_batch=9, formats=("parquet", "csv", "xlsx")))
    folder = job(tmp_path / "paused", LINES, rows_a_batch=9, formats=("parquet", "csv", "xlsx"))

    assert run(folder, KEY, after(ticks, Wish.PAUSE)) is Outcome.PAUSED
    assert not is_done(folder)
    done(folder)

    assert content(folder) == content(clean)


def test_a_job_tells_how_far_it_is_and_what_it_found(tmp_path: Path) -> None:
    told: list[Progress] = []

    run(job(tmp_path, LINES, rows_a_batch=9), KEY, lambda progress: told.append(progress) or Wish.GO_ON)

    comparing = [each for each in told if each.stage is Stage.COMPARING]
    assert [each.done for each in comparing] == [0, 9, 18, 27, 36, 45, 50]
    assert comparing[-1].of == 50
    assert comparing[-1].counts["KHOP"] == 25
    assert list(dict.fromkeys(each.stage for each in told)) == [Stage.COMPARING, Stage.DUPLICATES, Stage.RESULTS, Stage.REPORT]


def test_a_cancelled_job_leaves_nothing_and_does_not_go_on(tmp_path: Path) -> None:
    folder = job(tmp_path, LINES, rows_a_batch=9)

    assert run(folder, KEY, after(4, Wish.CANCEL)) is Outcome.CANCELLED

    assert {path.name for path in folder.iterdir()} == {"plan.json", "lock", "cancelled"}
    with pytest.raises(Conflict, match=r"reconcile\.cancelled"):
        run(folder, KEY, on)


def test_a_paused_job_can_be_cancelled(tmp_path: Path) -> None:
    folder = job(tmp_path, LINES, rows_a_batch=9)
    run(folder, KEY, after(4, Wish.PAUSE))

    cancel(folder)

    assert not (folder / "parts").exists()


def test_a_job_that_is_done_is_not_done_again(tmp_path: Path) -> None:
    folder = done(job(tmp_path, LINES))
    before = (folder / "results.parquet").stat().st_mtime_ns
    remove_work(folder)

    assert run(folder, KEY, on) is Outcome.DONE

    assert (folder / "results.parquet").stat().st_mtime_ns == before
    assert set(timing_of(folder)) == {"comparing", "duplicates", "results", "report"}


def test_two_processes_never_run_one_job(tmp_path: Path) -> None:
    folder = job(tmp_path, LINES)
    held_by = "import fcntl, sys; f = open(sys.argv[1], 'ab'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); input()"
    other = subprocess.Popen(
        [sys.executable, "-c", held_by, str(folder / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"

    with pytest.raises(Conflict, match=r"reconcile\.running_elsewhere"):
        run(folder, KEY, on)
    with pytest.raises(Conflict, match=r"reconcile\.running_elsewhere"):
        cancel(folder)
    other.communicate("\n")

    assert run(folder, KEY, on) is Outcome.DONE


def test_a_full_disk_is_said_and_the_job_goes_on_when_there_is_room(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: the same write fails in the same way."""
    chance = [(f"key-{at * 7919 % 100_003:06d}", f"0790930{at:05d}", f"Nguyễn Văn {at}", "1993") for at in range(30_000)]
    clean = done(job(tmp_path / "clean", chance, formats=("parquet", "csv", "xlsx")))
    folder = job(tmp_path / "full", chance, formats=("parquet", "csv", "xlsx"))
    told, sizes = [], (100_000, 700_000, 1_200_000)

    for size in sizes:
        told.append(_run_with_files_up_to(size, folder))
    done(folder)

    assert told == ["reconcile.disk_full"] * len(sizes)
    assert content(folder) == content(clean)


def _run_with_files_up_to(size: int, folder: Path) -> str:
    """In a process of its own; gives what it says."""
    command = [sys.executable, "-m", "tests.reconcile.running.killing", str(folder), "0", str(size)]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return made.stdout.strip() or made.stderr


def test_a_list_that_is_gone_or_changed_is_said_and_the_job_goes_on_when_it_is_back(tmp_path: Path) -> None:
    folder, path = job(tmp_path, LINES, rows_a_batch=9), tmp_path / "list.csv"
    run(folder, KEY, after(3, Wish.PAUSE))
    kept = path.read_bytes()

    path.unlink()
    with pytest.raises(NotFound, match=r"reconcile\.list_gone"):
        run(folder, KEY, on)
    path.write_bytes(kept.replace(b"k49", b"k94"))
    with pytest.raises(Conflict, match=r"reconcile\.list_changed"):
        run(folder, KEY, on)
    path.write_bytes(kept)

    assert report(done(folder))["readable"] == 50


def test_a_list_that_changes_while_it_is_read_is_not_believed(tmp_path: Path) -> None:
    folder, path = job(tmp_path, LINES, rows_a_batch=9), tmp_path / "list.csv"

    def changing(progress: Progress) -> Wish:
        if progress.done == 45:
            path.write_bytes(path.read_bytes().replace(b"k49", b"k94"))
        return Wish.GO_ON

    with pytest.raises(Conflict, match=r"reconcile\.list_changed"):
        run(folder, KEY, changing)

    assert not (folder / "parts").exists()


def test_a_snapshot_that_is_gone_or_another_is_said(tmp_path: Path) -> None:
    folder, kept = job(tmp_path, LINES), tmp_path / "kept"
    shutil.move(tmp_path / "snapshot", kept)

    with pytest.raises(NotFound, match=r"reconcile\.snapshot_gone"):
        run(folder, KEY, on)
    shutil.copytree(kept, tmp_path / "snapshot")
    described = tmp_path / "snapshot" / "snapshot.json"
    about = {**json.loads(described.read_text(encoding="utf-8")), "version": "khác"}
    described.write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(Conflict, match=r"reconcile\.snapshot_changed"):
        run(folder, KEY, on)
    shutil.rmtree(tmp_path / "snapshot")
    shutil.move(kept, tmp_path / "snapshot")

    assert run(folder, KEY, on) is Outcome.DONE


def test_a_snapshot_made_with_another_key_is_refused(tmp_path: Path) -> None:
    other = NameKey(1, 2)
    save_arrays(tmp_path / "snapshot", snapshot((AN, "Trần Thị An", "1993-02-03")), {})
    path = write_list(tmp_path / "list.csv", LINES)

    with pytest.raises(Conflict, match=r"reconcile\.other_key"):
        prepare(tmp_path / "job", plan_of(path, tmp_path / "snapshot"), other)
    with pytest.raises(Conflict, match=r"reconcile\.other_key"):
        run(job(tmp_path / "b", LINES), other, on)
    check_key(snapshot((AN, "Trần Thị An", "1993-02-03")), KEY)


def test_the_key_is_the_installations_own(tmp_path: Path) -> None:
    (tmp_path / "secrets.key").write_bytes(bytes(32))

    made = name_key(tmp_path)

    assert made == name_key(tmp_path)
    assert key_id(made) != key_id(KEY)
    with pytest.raises(NotFound, match=r"reconcile\.no_key"):
        name_key(tmp_path / "none")


def test_a_plan_is_refused_that_cannot_be_carried_out(tmp_path: Path) -> None:
    folder = job(tmp_path, LINES)
    plan = plan_of(tmp_path / "list.csv", tmp_path / "snapshot")

    with pytest.raises(Conflict, match=r"reconcile\.already_there"):
        prepare(folder, plan, KEY)
    with pytest.raises(Invalid, match=r"reconcile\.format"):
        prepare(tmp_path / "b", plan_of(tmp_path / "list.csv", tmp_path / "snapshot", formats=("pdf",)), KEY)
    with pytest.raises(Invalid, match=r"list\.column_missing"):
        prepare(tmp_path / "b", plan_of(tmp_path / "list.csv", tmp_path / "snapshot", mapping={"number": 1, "name": 2}), KEY)
    with pytest.raises(NotFound, match=r"reconcile\.no_job"):
        run(tmp_path / "nowhere", KEY, on)
    assert read_plan(folder).reference == "record_key"


def test_a_killed_process_lets_its_job_go(tmp_path: Path) -> None:
    folder = job(tmp_path, LINES)
    with (folder / "lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)

    assert run(folder, KEY, on) is Outcome.DONE
