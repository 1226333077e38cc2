"""What a careless or hostile sender does to a connection: endless heads, drops of a request, a request cut in two."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
import uvicorn

from dancu.cli.launcher.postgres import Urls
from dancu.gateway import protocol
from tests.gateway.process import GatewayProcess

HEAD = b"POST /v1/verifications HTTP/1.1\r\nHost: x\r\n"

# A hub with another above it also keeps an entry of each question that leaves.
ANSWERED = "select count(*) from ledger_entry where convert_from(body, 'UTF8')::json ->> 'kind' <> 'forward'"


def connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.settimeout(5)
    return connection


def everything(connection: socket.socket) -> bytes:
    said = b""
    with contextlib.suppress(ConnectionError):
        while part := connection.recv(4096):
            said += part
    return said


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server with our protocol, a short patience and an application that reads the request and says so."""

    async def application(scope, receive, send):
        large = b"x" * 50_000_000 if scope["path"] == "/large" else b"ok"
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(large)).encode())]})
        await send({"type": "http.response.body", "body": large})

    monkeypatch.setattr(protocol, "REQUEST_SECONDS_MAX", 0.4)
    monkeypatch.setattr(protocol, "WRITE_SECONDS_MAX", 0.4)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(application, port=port, http=protocol.BoundedProtocol, lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield port
    server.should_exit = True
    thread.join(10)


def test_a_head_without_end_is_cut_off(gateway: GatewayProcess):
    with connect(gateway.port) as connection:
        connection.sendall(HEAD)
        with contextlib.suppress(ConnectionError):
            for number in range(100):
                connection.sendall(b"X-%d: " % number + b"a" * 4000 + b"\r\n")
                time.sleep(0.001)
        said = everything(connection)

    assert said == b"" or said.startswith(b"HTTP/1.1 431 ")
    assert gateway.ask()[0] == 201  # others are served on


def test_a_request_that_comes_drop_by_drop_is_ended(impatient: int):
    with connect(impatient) as connection:
        began = time.monotonic()
        connection.sendall(HEAD)

        assert everything(connection).startswith(b"HTTP/1.1 408 ")
        assert time.monotonic() - began < 3


def test_a_body_that_never_ends_is_ended(impatient: int):
    with connect(impatient) as connection:
        connection.sendall(HEAD + b"Content-Length: 10\r\n\r\n123")

        assert everything(connection) == b""


def test_patience_counts_for_a_request_not_for_the_connection(impatient: int):
    with connect(impatient) as connection:
        for _ in range(3):
            connection.sendall(HEAD + b"Content-Length: 3\r\n\r\n123")
            assert connection.recv(4096).endswith(b"ok")
            time.sleep(0.3)


def test_a_request_cut_in_two_is_neither_answered_nor_recorded(gateway: GatewayProcess, fresh_database: Urls):
    def recorded() -> int:
        with psycopg.connect(fresh_database.owner) as database:
            row = database.execute(ANSWERED).fetchone()
            assert row is not None
            return int(row[0])

    authorization = b"Authorization: Basic aGUtdGhvbmc6YmktbWF0LXRodQ==\r\n"
    before = recorded()
    with connect(gateway.port) as connection:
        connection.sendall(HEAD + authorization + b'Content-Length: 200\r\n\r\n{"full_name": "Tr')
        time.sleep(0.2)
    time.sleep(0.3)

    assert recorded() == before
    assert gateway.ask()[0] == 201
    assert recorded() == before + 1


def test_a_trailer_ends_the_connection(gateway: GatewayProcess):
    with connect(gateway.port) as connection:
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n")
        connection.sendall(b"Authorization: Basic eDp5\r\nTimestamp: 1\r\n")
        said = everything(connection)

    assert not said.startswith(b"HTTP/1.1 2")


def test_a_trailer_without_end_ends_the_connection(gateway: GatewayProcess):
    with connect(gateway.port) as connection:
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nA: ")
        sent = 0
        with contextlib.suppress(ConnectionError):
            while sent < 64 * 1024 * 1024:
                sent += connection.send(b"a" * 65536)

    assert sent < 16 * 1024 * 1024  # what the kernel's buffers hold beside our limit


def test_bytes_that_begin_no_request_do_not_keep_a_connection(impatient: int):
    with connect(impatient) as connection:
        connection.sendall(b"\r\n")
        assert everything(connection).startswith(b"HTTP/1.1 408 ")
    with connect(impatient) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
        connection.sendall(b"\r\n")
        assert b"408" in everything(connection)


def test_a_heap_of_requests_at_once_ends_the_connection(impatient: int):
    with connect(impatient) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 2000)
        said = everything(connection)

    assert said.count(b"HTTP/1.1 200 ") <= protocol.PIPELINED_MAX + 2


def test_who_does_not_read_the_answer_is_let_go(impatient: int):
    with connect(impatient) as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(1)
        said = everything(connection)

    assert 0 < len(said) < 50_000_000
