"""Several processes of the gateway on one port: connections are dealt out, and one that dies takes nobody with it."""

from __future__ import annotations

import http.client
import os
import subprocess
import time
from collections.abc import Iterator

import psutil
import pytest

from dancu.cli.launcher.postgres import Urls
from dancu.cli.launcher.servers import gateway_command
from tests.gateway.process import GatewayProcess

CONNECTIONS = 40  # all of them come to one of two processes once in 2^39 times


@pytest.fixture
def two(fresh_database: Urls) -> Iterator[tuple[GatewayProcess, GatewayProcess]]:
    """Two processes of one gateway; the second says that it is ready when any of them answers."""
    first, second = (GatewayProcess(fresh_database.gateway, DANCU_GATEWAY_PROCESSES="2") for _ in range(2))
    second.port = first.port
    first.start()
    second.start()
    _both_listen(first.port)
    yield first, second
    for each in (first, second):
        each.stop()


def _listening(port: int) -> dict[int, psutil.Process]:
    return {
        each.pid: each
        for each in psutil.process_iter(["cmdline"])
        if str(port) in (each.info["cmdline"] or []) and any(c.status == psutil.CONN_LISTEN for c in each.net_connections("tcp"))
    }


def _both_listen(port: int) -> None:
    for _ in range(200):
        if len(_listening(port)) == 2:
            return
        time.sleep(0.05)
    raise AssertionError("the second process does not listen")


def test_connections_are_dealt_out_among_the_processes(two: tuple[GatewayProcess, GatewayProcess]) -> None:
    port = two[0].port
    held = [http.client.HTTPConnection("127.0.0.1", port, timeout=10) for _ in range(CONNECTIONS)]
    for connection in held:
        connection.request("GET", "/health")
        connection.getresponse().read()

    dealt = [
        sum(c.status == psutil.CONN_ESTABLISHED for c in process.net_connections("tcp") if c.laddr.port == port)
        for process in _listening(port).values()
    ]
    for connection in held:
        connection.close()

    assert sum(dealt) == CONNECTIONS
    assert min(dealt) > 0


def test_when_one_process_dies_every_new_connection_is_answered_by_the_other(two: tuple[GatewayProcess, GatewayProcess]) -> None:
    first, second = two

    first.kill()
    after = [second.ask()[0] for _ in range(CONNECTIONS)]
    first.start()
    _both_listen(first.port)
    second.kill()
    again = [first.ask()[0] for _ in range(CONNECTIONS)]

    assert set(after) == {201}
    assert set(again) == {201}


def test_a_gateway_that_is_not_to_share_refuses_a_port_that_is_taken(fresh_database: Urls) -> None:
    running = GatewayProcess(fresh_database.gateway)
    running.start()

    environment = {**os.environ, "DATABASE_URL": fresh_database.gateway, "DATABASE_GATEWAY_URL": fresh_database.gateway}
    other = subprocess.run(gateway_command("127.0.0.1", running.port), env=environment, capture_output=True, text=True, timeout=30)
    running.stop()

    assert other.returncode == 1
    assert f"cannot listen on 127.0.0.1, port {running.port}" in other.stderr
    assert "Traceback" not in other.stderr
