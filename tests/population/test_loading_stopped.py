"""A load that is stopped at any moment goes on with the same command, to the same table and the same file of rejects.

Real processes, killed by themselves at the moment asked for; a real server, killed while a load talks to it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dancu.cli.launcher.postgres import PostgresServer, Urls
from dancu.population.loading import batches
from dancu.population.loading.load import load_persons
from dancu.synth.api import write_persons
from tests.factories.people import NOW, a_person_row
from tests.population.scene import PEOPLE

ROOT = Path(__file__).resolve().parents[2]
TABLES = ("population_person", "population_change", "population_loadbatch", "population_loadreject", "population_loadunchanged")


def person(at: int, **more: str) -> dict[str, Any]:
    return a_person_row(f"0460900{at:05d}", born=f"19{at % 100:02d}", **more)


def some_people() -> list[dict[str, Any]]:
    """New ones, ones already held that changed or did not, wrong ones, doubles near and far."""
    rows = [person(at, phone="0000000001" if at % 7 == 0 else "") for at in range(1000)]
    for at in range(0, 1000, 20):
        rows[at]["birth_date"] = "30/02/1990"
    return [*rows, person(3), person(7, phone="0000000002"), person(999)]


@pytest.fixture
def case(fresh_database: Urls, tmp_path: Path) -> Case:
    return Case(fresh_database, tmp_path)


class Case:
    """A file of people, a database that holds some of them, and what an undisturbed run leaves there."""

    def __init__(self, urls: Urls, folder: Path) -> None:
        self._urls, self.file, self.rejects = urls, folder / "people.csv", folder / "people.csv.rejects.tsv"
        self.told = ""  # by an undisturbed run
        self._held = folder / "held.csv"
        write_persons(some_people(), self.file)
        write_persons([person(at) for at in range(300)], self._held)

    def begin(self) -> None:
        self.rejects.unlink(missing_ok=True)
        with psycopg.connect(self._urls.owner) as connection:
            connection.execute(f"truncate {', '.join(TABLES)} restart identity")
        assert self.run("", 0, str(self._held)).returncode == 0

    def run(self, moment: str, times: int = 1, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(moment, times, *(arguments or (str(self.file),))),
            env=environment(self._urls),
            capture_output=True,
            text=True,
            check=False,
        )

    def left(self) -> tuple[list[Any], str]:
        return left_in(self._urls), self.rejects.read_text(encoding="utf-8")

    def undisturbed(self) -> tuple[list[Any], str]:
        self.begin()
        self.told = self.run("").stdout
        return self.left()


def command(moment: str, times: int, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.population.stopped", moment, str(times), *arguments]


def environment(urls: Urls) -> dict[str, str]:
    paths = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
    return {**os.environ, "PYTHONPATH": paths, "DATABASE_URL": urls.web, "DJANGO_SETTINGS_MODULE": "dancu.project.settings"}


def left_in(urls: Urls) -> list[Any]:
    """Everything but moments, the day of the run and the cursor: those differ between any two runs."""
    with psycopg.connect(urls.owner) as connection:
        return [
            *connection.execute("select to_jsonb(p) from population_person p order by personal_no").fetchall(),
            *connection.execute(
                "select to_jsonb(c) - array['id', 'tx', 'recorded_at', 'valid_from'] from population_change c"
                " order by personal_no, seq"
            ).fetchall(),
            *connection.execute(
                "select to_jsonb(b) - array['started_at', 'finished_at', 'indexed_at'] from population_loadbatch b order by id"
            ).fetchall(),
            *connection.execute("select to_jsonb(r) from population_loadreject r order by batch, line").fetchall(),
            *connection.execute("select to_jsonb(u) from population_loadunchanged u order by 1").fetchall(),
        ]


@pytest.mark.slow
def test_a_load_killed_at_any_moment_ends_as_if_nothing_had_been(case: Case):
    expected = case.undisturbed()
    assert (len(expected[0]) > 1000, len(expected[1].splitlines())) == (True, 53)
    moments = [
        ("killed:before the commit", 1),
        ("killed:before the commit", 5),
        ("killed:after the commit", 1),
        ("killed:after the commit", 8),
        ("killed:before the statistics", 1),
    ]
    for moment, times in moments:
        case.begin()

        killed = case.run(moment, times)
        again = case.run("")

        assert (killed.returncode, again.returncode, again.stderr.count("Traceback")) == (-9, 0, 0), moment
        assert again.stdout == case.told
        assert case.left() == expected, moment


@pytest.mark.slow
def test_a_load_killed_twice_still_ends_the_same(case: Case):
    expected = case.undisturbed()
    case.begin()

    codes = [
        case.run("killed:after the commit", 3).returncode,
        case.run("killed:before the commit", 3).returncode,
        case.run("").returncode,
    ]

    assert (codes, case.left()) == ([-9, -9, 0], expected)


def test_stopping_by_hand_says_how_to_go_on_and_goes_on(case: Case):
    expected = case.undisturbed()
    case.begin()

    stopped = case.run("asked:before the commit", 4)
    on = case.run("", 0, str(case.file), "--json")

    assert stopped.returncode == 130
    assert "chạy lại đúng lệnh này để nạp tiếp" in stopped.stderr
    assert 0 < json.loads(on.stdout)["resumed_rows"] < 1003
    assert case.left() == expected


@pytest.mark.slow
def test_a_server_killed_while_a_load_talks_to_it_costs_one_chunk(folder: Path, tmp_path: Path):
    server = PostgresServer(folder / "killed")
    server.start()
    try:
        urls = server.urls()
        subprocess.run(
            [sys.executable, "-m", "dancu.cli.main", "migrate"],
            env={**environment(urls), "DATABASE_OWNER_URL": urls.owner, "DATABASE_GATEWAY_URL": urls.gateway},
            check=True,
        )
        case = Case(urls, tmp_path)
        expected = case.undisturbed()
        case.begin()

        with subprocess.Popen(
            command("wait:before the commit", 5, str(case.file)),
            env=environment(urls),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as loading:
            assert loading.stdout is not None
            assert loading.stdout.readline() == "here\n"
            server.kill()
            _, said = loading.communicate("\n")
        server.launch()
        server.wait_ready()
        again = case.run("")

        assert (loading.returncode, again.returncode) == (1, 0)
        assert "chạy lại đúng lệnh này" in said
        assert "Traceback" not in said
        assert case.left() == expected
    finally:
        server.stop()


@pytest.mark.django_db(transaction=True)
def test_a_second_load_is_refused_with_a_sentence_while_one_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from dancu.kernel.errors import Conflict

    monkeypatch.setattr(batches, "WAIT_SECONDS_MAX", 0.05)
    write_persons(PEOPLE, tmp_path / "persons.csv")

    with psycopg.connect(os.environ["DATABASE_URL"]) as other:
        other.execute("select pg_advisory_lock(%s)", [batches._LOCK])
        with pytest.raises(Conflict) as refused:
            load_persons(tmp_path / "persons.csv", now=NOW)
    after = load_persons(tmp_path / "persons.csv", now=NOW)

    assert refused.value.message.startswith("Đang có một lần nạp khác chạy.")
    assert after.changed == len(PEOPLE)


@pytest.mark.django_db(transaction=True)
def test_a_file_loaded_before_is_known_with_its_counts_and_rejects_until_asked_again(tmp_path: Path):
    write_persons([*PEOPLE, a_person_row("046090000888", born="30/02/1990")], tmp_path / "persons.csv")
    kept = [tmp_path / f"rejects-{at}.tsv" for at in range(3)]

    results = []
    for at, again in enumerate((False, False, True)):
        with kept[at].open("w+", encoding="utf-8") as rejects:
            results.append(load_persons(tmp_path / "persons.csv", now=NOW, rejects=rejects, again=again))

    assert [(r.read, r.changed, r.rejected, r.already) for r in results] == [(6, 5, 1, None), (6, 0, 1, NOW), (6, 0, 1, None)]
    assert len({file.read_text(encoding="utf-8") for file in kept}) == 1
    assert results[1].first_rejects == results[0].first_rejects
