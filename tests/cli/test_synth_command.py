"""`dancu synth`: one word writes, the others look at what was written and say by their exit code whether it holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from dancu.cli import synth

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command; gives exit code and what stood on stdout."""

    def runs(*arguments: object) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            synth.run([str(argument) for argument in arguments])
        return int(str(ended.value.code or 0)), capsys.readouterr().out

    return runs


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "nation"
    with pytest.raises(SystemExit):
        synth.run([str(folder), "--count", "4000", "--seed", "4", "--province", "01", "--workers", "1"])
    return folder


def test_a_folder_gets_five_tables_and_a_file_gets_the_persons(run: Run, nation: Path, tmp_path: Path) -> None:
    assert sorted(p.name for p in nation.iterdir()) == [
        "households",
        "memberships",
        "nation.json",
        "persons",
        "relations",
        "residences",
    ]

    code, out = run(tmp_path / "persons.parquet", "--count", 4000, "--seed", 4, "--province", "01")

    assert (code, out) == (0, "")
    assert pl.read_parquet(tmp_path / "persons.parquet").equals(pl.read_parquet(nation / "persons"))


def test_a_sound_nation_passes_and_a_spoiled_one_exits_with_one(run: Run, nation: Path) -> None:
    code, out = run("check", nation)
    assert code == 0
    assert "0 violations" in out
    file = nation / "persons" / "part-00000.parquet"
    kept = file.read_bytes()
    pl.read_parquet(file).with_columns(pl.lit("0912345678").alias("phone")).write_parquet(file)

    code, out = run("check", nation)
    file.write_bytes(kept)

    assert code == 1
    assert "a telephone could ring" in out


def test_the_report_is_a_table_a_page_or_json(run: Run, nation: Path, tmp_path: Path) -> None:
    code, out = run("report", nation, "--out", tmp_path / "report.html")
    assert (code, out.count("✓")) == (0, 8)
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")

    code, out = run("report", nation, "--json")

    assert code == 0
    assert len(json.loads(out)) == 8


def test_a_broken_bound_exits_with_one(run: Run, nation: Path, tmp_path: Path) -> None:
    bounds = "measure,total_variation_max,noise_factor\n" + "".join(
        f"{c['measure']},0,0\n" for c in json.loads(run("report", nation, "--json")[1])
    )
    (tmp_path / "bounds.csv").write_text(bounds, encoding="utf-8")

    code, out = run("report", nation, "--statistics", tmp_path)

    assert code == 1
    assert "✗" in out


def test_a_dirty_list_has_the_asked_rows(run: Run, nation: Path, tmp_path: Path) -> None:
    code, _ = run("dirty", nation, tmp_path / "list.csv", "--rows", 500, "--profile", "insurance")

    made = pl.read_csv(tmp_path / "list.csv", infer_schema=False)
    assert (code, len(made)) == (0, 500)
    assert made["row_no"].to_list()[:2] == ["1", "2"]
