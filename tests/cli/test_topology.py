"""A national hub, two provinces and their agencies started as a newcomer does: a question of an agency stands in both ledgers."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dancu.cli.demo import ask_rest, ask_soap, use_desk
from dancu.cli.demo_scene import AN_GIANG, HUE
from dancu.synth.api import FATHER, MOTHER, PERSONAS
from tests.cli.started import CHILDREN, Started, parent, processes_of, status_of, until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")]
PEOPLE = {person["personal_id"]: person for person in PERSONAS}
SECONDS_MAX = 300  # a machine with other work; by itself a fifth of it


class Topology(Started):
    """`dancu up --topology demo`, and what each member says of itself."""

    def member(self, name: str) -> dict[str, Any]:
        return dict(json.loads((self.home / name / "running.json").read_text()))

    def gateway(self, name: str) -> str:
        return str(self.member(name)["gateway"])

    def entries(self, name: str) -> dict[str, dict[str, Any]]:
        """Bodies of a member's ledger by reference."""
        with psycopg.connect(self.member(name)["environment"]["DATABASE_OWNER_URL"]) as connection:
            rows = connection.execute("select id::text, body from ledger_entry").fetchall()
        return {row[0]: json.loads(bytes(row[1])) for row in rows}

    def gateway_process(self, name: str) -> int | None:
        above = self.member(name)["pid"]
        lines = processes_of(self.home / name).items()
        return next((pid for pid, line in lines if CHILDREN["gateway"] in line and parent(pid) == above), None)


@pytest.fixture(scope="module")
def topology(folder: Path) -> Iterator[Topology]:
    running = Topology(folder / "home", "--topology", "demo", "--persons", "100")
    try:
        until(lambda: "Ctrl-C" in running.printed or running.process.poll() is not None, SECONDS_MAX, lambda: running.said)
        assert running.process.poll() is None, running.said
        yield running
    finally:
        if running.process.poll() is None:
            running.process.send_signal(signal.SIGINT)
            running.process.wait(60)
        for left in processes_of(running.home):
            os.kill(left, signal.SIGKILL)


def test_all_three_answer_and_the_main_job_pairs_the_entries_of_both_provinces(topology: Topology) -> None:
    for name in ("quoc-gia", "h57", "h01"):
        assert status_of(f"{topology.gateway(name)}/health") == 200
        assert status_of(f"{topology.member(name)['web']}/suc-khoe") == 200
        assert topology.gateway(name) in topology.printed
    assert topology.printed.count("✓ Sổ") == 2
    assert topology.printed.count("Khớp") == 2


def test_a_question_through_the_province_stands_twice_there_and_once_above(topology: Topology) -> None:
    reference = ask_rest(topology.gateway("h57"), PEOPLE[MOTHER])["id"]

    here, above = topology.entries("h57"), topology.entries("quoc-gia")
    outcome = here[reference]
    asked, peer = here[outcome["asked"]], above[outcome["peer"]]
    assert (asked["kind"], asked["outcome"], outcome["outcome"]) == ("forward", "asked:verify", "match")
    assert (outcome["v"], peer["v"], peer["via"], peer["peer"]) == (2, 2, HUE.hub, outcome["asked"])
    assert (peer["organisation"], peer["system"]) == ("H57", f"{HUE.hub}.{HUE.rest_client}")


def test_no_province_keeps_a_person(topology: Topology) -> None:
    for name in ("h57", "h01"):
        with psycopg.connect(topology.member(name)["environment"]["DATABASE_OWNER_URL"]) as connection:
            assert connection.execute("select count(*) from population_person").fetchone() == (0,)


def test_the_agencies_of_both_provinces_keep_asking(topology: Topology) -> None:
    def asked(name: str) -> int:
        return sum(entry["kind"] == "forward" for entry in topology.entries(name).values())

    before = {name: asked(name) for name in ("h57", "h01")}

    for name, count in before.items():
        until(lambda name=name, count=count: asked(name) > count + 1, 30)  # type: ignore[misc]


@pytest.mark.parametrize("name", ["quoc-gia", "h57"])
def test_a_gateway_that_is_killed_comes_back_and_the_question_is_answered(topology: Topology, name: str) -> None:
    lost = topology.gateway_process(name)
    assert lost is not None

    os.killpg(lost, signal.SIGKILL)

    until(lambda: topology.gateway_process(name) not in (None, lost), 30)
    until(lambda: status_of(f"{topology.gateway(name)}/health") == 200, 30)
    until(lambda: told(topology) != "", 60)


def told(topology: Topology) -> str:
    """A name told by SOAP through the second province; nothing while a hub is away."""
    try:
        return ask_soap(topology.gateway("h01"), PEOPLE[FATHER], AN_GIANG) and ask_soap(topology.gateway("h57"), PEOPLE[FATHER])
    except (OSError, RuntimeError):
        return ""


def test_the_desk_of_a_province_works_against_the_national_registry(topology: Topology) -> None:
    done = use_desk(str(topology.member("h01")["web"]), PEOPLE[MOTHER])

    assert "Khớp" in done[0]
    assert "H01.12.3" in done[2]


def test_an_instance_that_is_lost_comes_back_whole(topology: Topology) -> None:
    lost = topology.member("h57")["pid"]

    os.kill(lost, signal.SIGKILL)

    until(lambda: topology.member("h57")["pid"] != lost and bool(topology.member("h57")["ready"]), 90, lambda: topology.said)
    until(lambda: told(topology) != "", 60)


def test_ctrl_c_leaves_no_process(topology: Topology) -> None:
    topology.process.send_signal(signal.SIGINT)
    code = topology.process.wait(60)
    left = processes_of(topology.home)

    assert (code, left) == (0, {})
