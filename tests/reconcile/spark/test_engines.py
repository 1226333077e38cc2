"""One definition, three engines: what DuckDB and a cluster of Spark say is what the compiled pass of one machine says, record by
record. `make test-slow` installs what they need and runs this.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pyarrow as pa
import pytest

from dancu.kernel.errors import Invalid
from dancu.reconcile.engine.snapshot import open_snapshot
from dancu.reconcile.spark.engines import compare_on_duckdb, compare_on_spark, read_verdicts
from dancu.reconcile.spark.exporting import export_parquet
from dancu.reconcile.spark.standalone import HOST, standalone_cluster
from tests.reconcile.spark.lists import DRAWN_TERMS, ODD_RECORDS, TERMS, drawn_list, odd_snapshot, said_here, write_list

pytestmark = [pytest.mark.spark, pytest.mark.slow]
PERSONS = 1_000_000
HERE = {"spark.driver.host": HOST}


@pytest.fixture(scope="module")
def cluster(folder: Path) -> Iterator[str]:
    with standalone_cluster(folder / "cluster") as master:
        yield master


@pytest.fixture(scope="module")
def nation(folder: Path) -> Iterator[Path]:
    """A million persons, a list of eight hundred and eighty thousand records against them, and the export; gives the folder."""
    home = folder / "nation"
    home.mkdir()
    _sent, snapshot = drawn_list(home, PERSONS)
    export_parquet(snapshot, home / "exported")
    yield home
    shutil.rmtree(home)


def test_duckdb_says_the_same_of_whatever_a_record_may_say(tmp_path: Path) -> None:
    snapshot, sent = odd_snapshot(), write_list(tmp_path / "list.parquet", ODD_RECORDS)
    export_parquet(snapshot, tmp_path / "exported")

    count = compare_on_duckdb(sent, tmp_path / "exported", tmp_path / "said", TERMS)

    assert count == len(ODD_RECORDS)
    assert read_verdicts(tmp_path / "said").equals(said_here(sent, snapshot))


def test_a_cluster_says_the_same_of_whatever_a_record_may_say(cluster: str, tmp_path: Path) -> None:
    snapshot, sent = odd_snapshot(), write_list(tmp_path / "list.parquet", ODD_RECORDS)
    export_parquet(snapshot, tmp_path / "exported")

    count = compare_on_spark(cluster, str(sent), str(tmp_path / "exported"), str(tmp_path / "said"), TERMS, settings=HERE)

    assert count == len(ODD_RECORDS)
    assert read_verdicts(tmp_path / "said").equals(said_here(sent, snapshot))


def test_duckdb_says_the_same_of_every_record_of_a_large_list(nation: Path, tmp_path: Path) -> None:
    sent = nation / "numbered" / "all.parquet"

    compare_on_duckdb(sent, nation / "exported", tmp_path / "said", DRAWN_TERMS)

    assert read_verdicts(tmp_path / "said").equals(_said_of(nation))


def test_a_cluster_says_the_same_of_every_record_of_a_large_list(cluster: str, nation: Path, tmp_path: Path) -> None:
    places = [str(each) for each in (nation / "numbered" / "all.parquet", nation / "exported", tmp_path / "said")]

    count = compare_on_spark(cluster, *places, DRAWN_TERMS, settings=HERE)

    said = read_verdicts(tmp_path / "said")
    assert count == said.num_rows > 800_000
    assert said.equals(_said_of(nation))


def test_of_a_cluster_nothing_stays_whatever_happened_in_it(tmp_path: Path) -> None:
    home = tmp_path / "cluster"

    with pytest.raises(RuntimeError, match="mất điện"):
        _power_fails_in(home)

    assert _working_in(home) == []


def _power_fails_in(home: Path) -> None:
    with standalone_cluster(home):
        assert len(_working_in(home)) == 3, "a master and two workers"
        raise RuntimeError("mất điện")


def _working_in(home: Path) -> list[psutil.Process]:
    """Processes with that folder as their own, whoever's children they are."""
    found = []
    for each in psutil.process_iter():
        with suppress(psutil.Error):
            if Path(each.cwd()).is_relative_to(home):
                found.append(each)
    return found


def test_without_java_the_command_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)

    with pytest.raises(Invalid) as told:
        compare_on_spark("local[1]", "list", "exported", "said", TERMS)

    assert "make setup-spark" in told.value.message
    assert os.environ.get("JAVA_HOME") is None


def _said_of(nation: Path) -> pa.Table:
    return said_here(nation / "numbered" / "all.parquet", open_snapshot(nation / "snapshot"), DRAWN_TERMS)
