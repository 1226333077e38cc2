"""What a job asks of a cluster and what it keeps of it, with a stand-in for Spark: what was made whole is not made twice, whoever
waits is heard, and a machine without the extra says what is missing before anything is written.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dancu.kernel.errors import Invalid
from dancu.reconcile.engine.exact import Batch
from dancu.reconcile.engine.snapshot import Snapshot
from dancu.reconcile.running.elsewhere import Task
from dancu.reconcile.spark import cluster, engines
from dancu.reconcile.spark.cluster import OnCluster
from dancu.reconcile.spark.columns import VERDICT
from tests.reconcile.engine.columns import batch
from tests.reconcile.spark.lists import TERMS, odd_snapshot

RECORDS = [("046093000001", "Trần Thị Thúy Hòa", "03/02/1993"), ("191000001", "Lê Ba", "1991")]


class Spark:
    """Stands in for a cluster: remembers what it was given, and answers that there is nobody."""

    def __init__(self) -> None:
        self.exports: list[Path] = []
        self.stopped = threading.Event()
        self.waits = False

    def compare(self, _master: str, listed: str, exported: str, out: str, _terms: object, **_more: object) -> int:
        self.exports.append(Path(exported))
        if self.waits:
            assert self.stopped.wait(60), "nobody stopped it"
            raise RuntimeError("cancelled")
        count = pq.ParquetFile(listed).metadata.num_rows
        Path(out).mkdir()
        columns = [pa.array(range(count), pa.int64()), *(pa.array([2] * count, each.type) for each in list(VERDICT)[1:])]
        pq.write_table(pa.table(columns, schema=VERDICT), Path(out) / "part-0.parquet")
        (Path(out) / "_SUCCESS").touch()
        return count


@pytest.fixture
def spark(monkeypatch: pytest.MonkeyPatch) -> Spark:
    made = Spark()
    monkeypatch.setattr(cluster, "compare_on_spark", made.compare)
    monkeypatch.setattr(cluster, "require_spark", lambda: None)
    monkeypatch.setattr(cluster, "stop_running", made.stopped.set)
    monkeypatch.setattr(cluster, "HEARD_EVERY_SECONDS", 0.01)
    return made


def task_in(folder: Path, snapshot: Snapshot | None = None, tick: Callable[[], None] = lambda: None) -> Task:
    def records() -> Iterator[Batch]:
        yield batch(*RECORDS)

    (folder / "work").mkdir(parents=True, exist_ok=True)
    return Task(records, snapshot or odd_snapshot(), folder / "work", folder.parent, tick)


def asked(task: Task) -> list[int]:
    answer = OnCluster("spark://nowhere", TERMS)(task)
    assert answer.count == len(RECORDS)
    return [record for each in answer.verdicts for record in each.column("record").to_pylist()]


def test_jobs_of_one_folder_share_the_export_of_a_snapshot_and_another_version_has_its_own(tmp_path: Path, spark: Spark) -> None:
    known = odd_snapshot()
    for name, snapshot in (("a", known), ("b", known), ("c", replace(known, version="sau"))):
        assert asked(task_in(tmp_path / name, snapshot)) == [0, 1]

    first, second, third = spark.exports
    assert (first, first.parent) == (second, tmp_path)
    assert third != first
    assert (third / "exported.json").exists()
    assert first.stat().st_mode & 0o077 == 0


def test_a_snapshot_made_with_another_key_has_an_export_of_its_own(tmp_path: Path, spark: Spark) -> None:
    known = odd_snapshot()
    rows = known.rows.copy()
    rows[:, 1] ^= 1
    for name, snapshot in (("a", known), ("b", replace(known, rows=rows))):
        asked(task_in(tmp_path / name, snapshot))

    assert len(set(spark.exports)) == 2


def test_what_a_cluster_said_whole_is_not_asked_for_again(tmp_path: Path, spark: Spark) -> None:
    asked(task_in(tmp_path / "job"))

    again = asked(task_in(tmp_path / "job"))

    assert again == [0, 1]
    assert len(spark.exports) == 1


def test_what_a_cluster_said_by_half_is_asked_for_again(tmp_path: Path, spark: Spark) -> None:
    task = task_in(tmp_path / "job")
    asked(task)
    (task.work / "said" / "_SUCCESS").unlink()

    again = asked(task)

    assert again == [0, 1]
    assert len(spark.exports) == 2


def test_who_wants_a_job_to_stop_stops_the_cluster(tmp_path: Path, spark: Spark) -> None:
    class WantedError(Exception):
        pass

    def tick() -> None:
        raise WantedError

    spark.waits = True
    with pytest.raises(WantedError):
        asked(task_in(tmp_path / "job", tick=tick))

    assert spark.stopped.is_set()


def test_a_failure_of_the_cluster_is_the_failure_of_the_job(tmp_path: Path, spark: Spark) -> None:
    spark.waits = True
    spark.stopped.set()

    with pytest.raises(RuntimeError, match="cancelled"):
        asked(task_in(tmp_path / "job"))


def java(folder: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    """A Java that says its version as they do, behind a line about options as some installations have it."""
    (folder / "bin").mkdir()
    program = folder / "bin" / "java"
    program.write_text(f"#!/bin/sh\necho 'Picked up JAVA_TOOL_OPTIONS: -Xmx1g' >&2\necho 'openjdk version \"{version}\"' >&2\n")
    program.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(folder))


@pytest.mark.parametrize("version", ["1.8.0_412", "11.0.24", "16"])
def test_an_old_java_is_refused_and_the_right_one_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    java(tmp_path, monkeypatch, version)

    with pytest.raises(Invalid) as told:
        engines.require_spark()

    assert (told.value.code, told.value.field) == ("reconcile.spark_missing", "engine")
    assert "Java 17" in told.value.message


def test_a_home_of_java_without_java_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(Invalid, match=r"reconcile\.spark_missing"):
        engines.require_spark()


@pytest.mark.parametrize("missing", ["pyspark", "ibis"])
def test_without_the_extra_the_target_that_installs_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    java(tmp_path, monkeypatch, "21.0.1")
    for name in ("pyspark", "ibis"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
        sys.modules[name].__spec__ = sys.__spec__
    engines.require_spark()
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(Invalid) as told:
        engines.require_spark()

    assert "make setup-spark" in told.value.message
    assert "requirements/spark.txt" in told.value.message


def test_a_cluster_is_not_given_a_list_before_the_extra_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    task = task_in(tmp_path / "job")

    with pytest.raises(Invalid):
        asked(task)

    assert list(task.work.iterdir()) == []
