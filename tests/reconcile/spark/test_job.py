"""A whole job whose exact part a cluster of Spark does ends with the bytes of one that did it here. `make test-slow` runs this."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dancu.reconcile.alone import others_of
from dancu.reconcile.engine.snapshot import open_snapshot, save_arrays
from dancu.reconcile.running.elsewhere import said_before
from dancu.reconcile.running.job import run
from dancu.reconcile.running.keys import name_key
from dancu.reconcile.running.plan import SPARK, prepare, read_plan
from dancu.reconcile.running.progress import Outcome, Progress, Wish
from dancu.reconcile.spark import cluster as on_cluster
from dancu.reconcile.spark.standalone import HOST, standalone_cluster
from tests.house.tree import ROOT
from tests.reconcile.engine.columns import KEY
from tests.reconcile.running.jobs import content, done, drawn, plan_of, report
from tests.reconcile.spark.lists import ODD_RECORDS, odd_snapshot

pytestmark = [pytest.mark.spark, pytest.mark.slow]
ASKED = {"rows_a_batch": 6_000, "candidates": True, "profile": "subscribers", "formats": ("parquet", "csv")}
RESULTS = ("results.parquet", "results.csv", "report.json", "commitment.json", "compared.npy", "quarantine.csv")


@pytest.fixture(scope="module")
def cluster(folder: Path) -> Iterator[str]:
    with standalone_cluster(folder / "cluster") as master:
        yield master


@pytest.fixture(autouse=True)
def this_machine_is_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARK_LOCAL_IP", HOST)


def test_a_job_on_a_cluster_ends_with_the_bytes_of_one_done_here(cluster: str, folder: Path) -> None:
    """It is stopped behind the cluster's work and goes on without the cluster."""
    snapshot, path = drawn(folder, 25_000, 20_000)
    for name, more in (("here", {}), ("spark", {"engine": SPARK, "master": cluster})):
        prepare(folder / name, plan_of(path, snapshot, **ASKED, **more), KEY)
    here, job = done(folder / "here", others_of(read_plan(folder / "here"), KEY)), folder / "spark"

    others = others_of(read_plan(job), KEY)
    stopped = run(job, KEY, lambda _told: Wish.GO_ON if said_before(job) is None else Wish.PAUSE, others)
    with pytest.MonkeyPatch.context() as without:
        without.setattr(on_cluster, "compare_on_spark", None)
        done(job, others)

    assert stopped is Outcome.PAUSED
    assert report(job)["readable"] > 20_000
    assert report(job)["quarantined"] > 10
    assert set(RESULTS) <= content(job).keys()
    made = content(job)
    assert made.pop("work/verdicts.npy")
    assert made == content(here)


def test_a_job_on_a_cluster_stops_while_the_cluster_works(cluster: str, folder: Path) -> None:
    snapshot, path = drawn(folder / "stopped", 2_000, 1_000)
    job = folder / "stopped" / "job"
    prepare(job, plan_of(path, snapshot, engine=SPARK, master=cluster, **ASKED), KEY)
    others, told = others_of(read_plan(job), KEY), []

    def watch(progress: Progress) -> Wish:
        told.append(progress)
        return Wish.PAUSE if len(told) > 8 else Wish.GO_ON  # a batch, then seconds of the cluster's

    outcome = run(job, KEY, watch, others)

    assert outcome is Outcome.PAUSED
    assert said_before(job) is None
    assert done(job, others)


def test_the_command_says_on_spark_what_it_says_here(tmp_path: Path) -> None:
    """Every odd record, with the master the command has by default."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "secrets.key").write_bytes(bytes(range(32)))
    save_arrays(tmp_path / "snapshot", odd_snapshot(name_key(tmp_path / "keys")), {})
    lines = ["\t".join(("Số CCCD", "Họ và tên", "Ngày sinh")), *("\t".join(each or "" for each in line) for line in ODD_RECORDS)]
    (tmp_path / "list.csv").write_bytes("\n".join(lines).encode() + b"\n046093000001\tTr\xff\xfen Th\xe1\tB\x00\xff\n")
    assert open_snapshot(tmp_path / "snapshot").persons == 7
    base = ["reconcile", str(tmp_path / "list.csv"), "--keys", str(tmp_path / "keys"), "--snapshot", str(tmp_path / "snapshot")]

    said = {}
    for name, more in (("here", []), ("spark", ["--engine", "spark"])):
        command = [sys.executable, "-m", "dancu.cli.main", *base, "--out", str(tmp_path / name), "--json", *more]
        made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
        said[name] = json.loads(made.stdout)

    plan = read_plan(tmp_path / "spark")
    assert (plan.engine, plan.master) == (SPARK, "local[2]")
    for name in ("results.parquet", "results.csv", "report.json", "quarantine.csv", "compared.npy"):
        assert (tmp_path / "spark" / name).read_bytes() == (tmp_path / "here" / name).read_bytes(), name
    assert said["spark"]["grades"] == said["here"]["grades"]
    assert {each.name for each in ROOT.iterdir()} & {"spark-warehouse", "metastore_db", "artifacts"} == set()
    shutil.rmtree(tmp_path / "spark")
