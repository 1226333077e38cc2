"""`dancu reconcile`: a list is compared from the command line, stopped with Ctrl-C, gone on with, refused with a sentence."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dancu.reconcile.engine.build import build
from dancu.reconcile.engine.snapshot import save_arrays
from dancu.reconcile.running.keys import name_key
from tests.house.tree import ROOT
from tests.reconcile.engine.columns import persons
from tests.reconcile.running.jobs import AN, NATION, write_list

LINES = [(f"k{at}", AN, "Trần Thị An", "03/02/1993") for at in range(30)]
MAPPED = [said for each in ("record_key=#1", "number=#2", "name=#3", "birth_date=#4") for said in ("--map", each)]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A list, a key, and a snapshot made with it."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "secrets.key").write_bytes(bytes(range(32)))
    made = build([persons(*NATION)], name_key(tmp_path / "keys"), "thử")
    save_arrays(tmp_path / "snapshot", made, {})
    write_list(tmp_path / "list.csv", LINES)
    return tmp_path


def command(place: Path, *more: str) -> list[str]:
    base = [sys.executable, "-m", "dancu.cli.main", "reconcile", str(place / "list.csv"), "--keys", str(place / "keys")]
    return [*base, *more]


def told(place: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(place, *more), cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_list_is_compared_and_its_results_stand_beside_it(place: Path) -> None:
    said = told(place, "--snapshot", str(place / "snapshot"), "--json")

    assert said.returncode == 0, said.stderr
    report = json.loads(said.stdout)
    assert (report["readable"], report["grades"]["KHOP"]) == (30, 30)
    assert {path.name for path in (place / "list-results").iterdir()} >= {"results.parquet", "results.csv", "report.json"}
    assert not (place / "list-results" / "parts").exists()
    assert "Đối soát" in said.stderr


def test_a_comparison_that_was_begun_is_gone_on_with_and_not_begun_twice(place: Path) -> None:
    first = told(place, "--snapshot", str(place / "snapshot"))

    again = told(place, "--snapshot", str(place / "snapshot"))
    resumed = told(place, "--resume")

    assert "30  KHOP" in first.stdout
    assert (again.returncode, resumed.returncode) == (1, 0)
    assert "đã có một lần đối soát" in again.stderr
    assert resumed.stdout == first.stdout


def test_ctrl_c_stops_it_and_says_how_to_go_on(place: Path) -> None:
    write_list(place / "list.csv", LINES * 20_000)
    running = subprocess.Popen(
        command(place, "--snapshot", str(place / "snapshot"), "--format", "xlsx"),
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stderr is not None
    assert running.stderr.readline() == "Đối soát\n"

    os.kill(running.pid, signal.SIGINT)
    _out, stopped = running.communicate(timeout=120)
    write_list(place / "other.csv", LINES)

    assert running.returncode == 130, stopped
    assert f"dancu reconcile {place / 'list.csv'} --keys {place / 'keys'} --resume" in stopped
    assert not (place / "list-results" / "report.json").exists()
    assert (place / "list-results" / "plan.json").exists()


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        (["--resume"], 1, "không có lần đối soát nào"),
        ([], 2, "--snapshot"),
        (["--snapshot", "nowhere"], 1, "Không mở được bản chụp"),
        (["--snapshot", "SNAPSHOT", "--map", "number=Không có"], 1, "Tệp không có cột"),
        (["--snapshot", "SNAPSHOT", "--map", "numbers"], 1, "Bạn viết VAI_TRÒ=CỘT"),
        (["--snapshot", "SNAPSHOT", "--by", "province"], 1, "Không tách báo cáo theo mục này được"),
        (["--snapshot", "SNAPSHOT", "--format", "pdf"], 1, "Không có dạng kết quả"),
        (["--snapshot", "SNAPSHOT", "--keys", "nowhere"], 1, "secrets.key"),
        (["--snapshot", "SNAPSHOT", "--engine", "flink"], 1, "Không đối soát được bằng"),
        (["--snapshot", "SNAPSHOT", "--master", "spark://may-chu:7077"], 2, "--engine spark"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(place: Path, more: list[str], code: int, words: str) -> None:
    said = told(place, *[str(place / "snapshot") if each == "SNAPSHOT" else each for each in more])

    assert said.returncode == code
    assert words in " ".join(said.stderr.split())
    assert "Traceback" not in said.stderr


def test_without_java_a_comparison_on_spark_is_not_begun(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(place))

    said = told(place, "--snapshot", str(place / "snapshot"), "--engine", "spark")

    assert (said.returncode, "make setup-spark" in said.stderr) == (1, True)
    assert "Traceback" not in said.stderr
    assert not (place / "list-results").exists()


def test_columns_are_said_by_heading_or_by_number(place: Path) -> None:
    write_list(place / "list.csv", LINES, ("a", "b", "c", "d"))

    said = told(place, "--snapshot", str(place / "snapshot"), "--json", *MAPPED)

    assert json.loads(said.stdout)["grades"]["KHOP"] == 30, said.stderr


def test_the_report_counts_by_operator_where_the_list_names_one_or_by_what_is_said(place: Path) -> None:
    lines = [(*line, ("Mạng Một", "Mạng Hai")[at % 3 == 0], "Huế") for at, line in enumerate(LINES)]
    write_list(place / "list.csv", lines, ("Mã khách hàng", "Số CCCD", "Họ và tên", "Ngày sinh", "Nhà mạng", "Tỉnh"))

    by_operator = told(place, "--snapshot", str(place / "snapshot"), "--json")
    by_province = told(place, "--snapshot", str(place / "snapshot"), "--json", "--by", "province", "--out", str(place / "other"))

    groups = json.loads(by_operator.stdout)["groups"]
    assert {name: counts["KHOP"] for name, counts in groups.items()} == {"Mạng Hai": 10, "Mạng Một": 20}
    assert list(json.loads(by_province.stdout)["groups"]) == ["Huế"]
