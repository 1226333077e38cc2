"""What can be said without starting anything: usage, settings, ports.

Results go to stdout, talk to stderr; the exit code is 0 for done, 1 for failed, 2 for wrong usage.
"""

from __future__ import annotations

import json
import os
import re
import socket
from pathlib import Path

import pytest

from dancu.cli.main import HELP
from dancu.kernel.config import VERSION
from tests.cli.started import dancu, processes_of


def test_help_names_every_command_and_is_a_result() -> None:
    done = dancu("--help")

    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")] == list(HELP)


@pytest.mark.parametrize("command", HELP)
def test_every_command_tells_more_about_itself(command: str) -> None:
    done = dancu(command, "--help")

    assert (done.returncode, done.stderr) == (0, "")
    assert f"Usage: dancu {command}" in done.stdout


def test_version_is_the_bare_number() -> None:
    done = dancu("--version")

    assert (done.returncode, done.stdout, done.stderr) == (0, f"{VERSION}\n", "")


@pytest.mark.parametrize("wrong", [["tell"], ["check", "--loudly"], ["up", "--web-port", "65536"], ["up", "--persons", "many"]])
def test_wrong_usage_ends_with_2_and_says_on_stderr_what_is_possible(wrong: list[str]) -> None:
    done = dancu(*wrong)

    assert (done.returncode, done.stdout) == (2, "")
    assert "Usage: dancu" in done.stderr
    assert wrong[-1] in done.stderr or wrong[-2] in done.stderr


def test_check_names_all_wrong_settings_at_once(folder: Path) -> None:
    done = dancu("check", DANCU_HOME=str(folder), DANCU_WEB_PORT="http", DANCU_DEMO="yes", DANCU_PROFILE="xa")

    assert done.returncode == 1
    assert [re.findall("DANCU_[A-Z_]+", line) for line in done.stdout.splitlines()] == [
        ["DANCU_PROFILE"],
        ["DANCU_WEB_PORT"],
        ["DANCU_DEMO"],
    ]


def test_check_as_json_is_one_object_with_every_fault(folder: Path) -> None:
    faulty = os.environ["DANCU_TEST_WEB"] + ("&" if "?" in os.environ["DANCU_TEST_WEB"] else "?")

    done = dancu(
        "check",
        "--json",
        DANCU_HOME=str(folder),
        DANCU_HOST="0.0.0.0",
        DANCU_DEBUG="1",
        DATABASE_URL=f"{faulty}options=-c%20synchronous_commit%3Doff",
    )

    told = json.loads(done.stdout)
    assert (done.returncode, told["ok"]) == (1, False)
    for fault in ("secrets.key is missing", "django.key is missing", "DANCU_DEBUG=1", "synchronous_commit is off"):
        assert sum(fault in sentence for sentence in told["wrong"]) == 1, fault


def test_check_asks_for_the_proxy_in_front_of_an_https_address(folder: Path) -> None:
    behind = {"DANCU_HOME": str(folder), "DANCU_PUBLIC_URL": "https://mot-cua.example.vn"}

    unknown, wrong, known = (
        dancu("check", **behind, **more).stdout
        for more in ({}, {"DANCU_TRUSTED_PROXIES": "10.0.0.1, proxy"}, {"DANCU_TRUSTED_PROXIES": "10.0.0.1, 10.1.0.0/16"})
    )

    assert "DANCU_TRUSTED_PROXIES is not set" in unknown
    assert "DANCU_TRUSTED_PROXIES: 'proxy'" in wrong
    assert "DANCU_TRUSTED_PROXIES" not in known


def test_check_tells_a_database_that_does_not_answer_from_none(folder: Path) -> None:
    none = dancu("check", "--json", DANCU_HOME=str(folder))
    silent = dancu("check", "--json", DANCU_HOME=str(folder), DATABASE_URL=f"postgresql://dancu_web@/dancu?host={folder}")

    assert "no database" in json.loads(none.stdout)["wrong"][-1]
    assert "does not answer" in json.loads(silent.stdout)["wrong"][-1]
    assert none.returncode == silent.returncode == 1


def test_check_tells_an_unreadable_database_address(folder: Path) -> None:
    done = dancu("check", "--json", DANCU_HOME=str(folder), DATABASE_URL="db.internal/dancu")

    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)["ok"] is False


@pytest.mark.parametrize("command", [["up"], ["ledger", "count"]])
def test_a_wrong_setting_is_a_sentence_whatever_the_command(folder: Path, command: list[str]) -> None:
    done = dancu(*command, DANCU_HOME=str(folder / "wrong"), DANCU_WEB_PORT="http")

    assert (done.returncode, done.stdout) == (1, "")
    assert "DANCU_WEB_PORT must be a port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_that_needs_an_instance_says_that_none_runs(folder: Path) -> None:
    done = dancu("ledger", "count", DANCU_HOME=str(folder))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Nothing runs in {folder}: start `dancu up` first, or give DATABASE_URL.\n"


@pytest.mark.parametrize("option", ["--web-port", "--gateway-port"])
def test_a_port_somebody_else_listens_on_is_refused_before_anything_starts(folder: Path, option: str) -> None:
    home = folder / option.strip("-")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        done = dancu("up", "--home", str(home), option, str(port))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"dancu: Port {port} on 127.0.0.1 is taken. Choose another with --web-port or --gateway-port.\n"
    assert not (home / "db").exists()
    assert processes_of(home) == {}


def test_pages_and_gateway_cannot_share_one_port(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    done = dancu("up", "--home", str(folder / "same"), "--web-port", str(port), "--gateway-port", str(port))

    assert done.returncode == 1
    assert f"Port {port}" in done.stderr


def test_an_address_of_another_machine_is_not_told_as_a_taken_port(folder: Path) -> None:
    done = dancu("up", "--home", str(folder / "elsewhere"), "--host", "192.0.2.7")  # TEST-NET-1: nobody's

    assert done.returncode == 1
    assert "is taken" not in done.stderr
