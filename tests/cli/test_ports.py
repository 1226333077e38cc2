"""Instances that start in the same moment do not take each other's ports, and a port is free again however its holder ended."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from dancu.cli.launcher.ports import hold_port

HOST = "127.0.0.1"
HOLD = """
import sys
from dancu.cli.launcher.ports import hold_port
with hold_port("127.0.0.1", [int(sys.argv[1])]):
    print("held", flush=True)
    input()
"""
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the mark of a held port is an abstract socket of Linux")


@pytest.fixture
def ports() -> list[int]:
    """Two ports nobody uses."""
    probes = [socket.create_server((HOST, 0)) for _ in range(2)]
    numbers = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return numbers


@pytest.fixture
def holder(ports: list[int]) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the first port and has not begun to listen on it."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(ports[0])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        yield other
        other.kill()


def test_a_port_another_instance_is_about_to_use_is_passed_over(ports: list[int], holder: subprocess.Popen[str]) -> None:
    with hold_port(HOST, ports) as port:
        assert port == ports[1]


def test_no_port_is_given_when_the_only_candidate_is_held(ports: list[int], holder: subprocess.Popen[str]) -> None:
    with pytest.raises(OSError, match=str(ports[0])), hold_port(HOST, ports[:1]):
        pass


def test_a_port_is_free_again_when_its_holder_was_killed(ports: list[int], holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()

    with hold_port(HOST, ports) as port:
        assert port == ports[0]


def test_a_port_somebody_listens_on_is_passed_over_also_when_they_share_it(ports: list[int]) -> None:
    with socket.create_server((HOST, ports[0]), reuse_port=True), hold_port(HOST, ports) as port:
        assert port == ports[1]


def test_one_instance_does_not_get_the_same_port_twice_and_gives_both_back(ports: list[int]) -> None:
    with hold_port(HOST, ports) as first, hold_port(HOST, ports) as second:
        assert {first, second} == set(ports)

    with hold_port(HOST, ports) as again:
        assert again == ports[0]
