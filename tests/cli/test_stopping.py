"""The life of one home: first start, Ctrl-C, a start that finds everything there, the end by force, a start after that.

The home's path has blanks, marks and more characters than a socket's path may have.
"""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from tests.cli.started import CHILDREN, Started, processes_of, until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")]


@dataclass(frozen=True)
class Life:
    """One run from start to end."""

    ready_seconds: float
    printed: str
    said: str
    persons: int
    during: dict[int, str]
    socket_folder: Path
    exit_code: int


@pytest.fixture(scope="module")
def home(folder: Path) -> Path:
    return folder / ("thư mục của tôi " * 8).strip()


def live(home: Path, end: signal.Signals, **given: str) -> Life:
    instance = Started(home, "--demo", "--persons", "50", **given)
    try:
        instance.wait_ready()
        assert instance.answers()
        sockets = Path(parse_qs(urlsplit(instance.owner_url).query)["host"][0])
        assert sockets.is_dir()
        with psycopg.connect(instance.owner_url) as connection:
            persons = connection.execute("select count(*) from population.person_facts").fetchone()
        during = processes_of(home)
    finally:
        exit_code = instance.end(end)
    assert persons is not None
    return Life(instance.ready_seconds, instance.printed, instance.said, persons[0], during, sockets, exit_code)


@pytest.fixture(scope="module")
def first(home: Path) -> tuple[Life, dict[int, str]]:
    return live(home, signal.SIGINT), processes_of(home)


@pytest.fixture(scope="module")
def second(home: Path, first: object) -> Life:
    return live(home, signal.SIGKILL, DANCU_GATEWAY_PROCESSES="2")


def test_a_long_home_with_blanks_and_marks_does_the_main_job(home: Path, first: tuple[Life, dict[int, str]]) -> None:
    life, _ = first

    assert len(str(home)) > 107  # what the path of a socket may have
    assert "Đã tiếp nhận hồ sơ" in life.printed


def test_ctrl_c_leaves_no_process_and_no_socket_folder(home: Path, first: tuple[Life, dict[int, str]]) -> None:
    life, left = first

    assert all(any(word in line for line in life.during.values()) for word in CHILDREN.values())
    assert (life.exit_code, left) == (0, {})
    assert not life.socket_folder.exists()
    assert not (home / "running.json").exists()
    assert life.said.endswith("dancu: stopped\n")


def test_the_second_start_loads_nothing_again(first: tuple[Life, dict[int, str]], second: Life) -> None:
    assert re.search(r"loaded \d{3} rows", first[0].said)
    assert "loaded" not in second.said
    assert "simulated" not in second.said
    assert second.persons == first[0].persons


def test_an_end_by_force_leaves_no_process_and_the_next_start_is_as_if_nothing_was(home: Path, second: Life) -> None:
    until(lambda: not processes_of(home), 15, lambda: processes_of(home))

    third = live(home, signal.SIGTERM)

    assert (second.exit_code, third.exit_code) == (-signal.SIGKILL, 0)
    assert third.persons == second.persons
    assert "Đã tiếp nhận hồ sơ" in third.printed
    assert processes_of(home) == {}
    assert not second.socket_folder.exists()
    assert not third.socket_folder.exists()


def test_as_many_gateways_run_as_are_asked_for(first: tuple[Life, dict[int, str]], second: Life) -> None:
    gateways = [[line for line in life.during.values() if CHILDREN["gateway"] in line] for life in (first[0], second)]

    assert [len(each) for each in gateways] == [1, 2]
    assert len({line.split("--port")[1] for line in gateways[1]}) == 1, "they share the port"
