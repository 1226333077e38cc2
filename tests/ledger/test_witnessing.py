"""Heads shown to real witnesses, some of them dead, slow or lying."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dancu.kernel.errors import Invalid
from dancu.ledger import showing
from dancu.ledger.notes import COSIGNATURE, FileSigner, cosigned_at, key_of, parse_note
from dancu.ledger.witnessing import Peer, Problem, _Asked, read_witnesses, witness_heads
from tests.ledger.published_log import PublishedLog
from tests.ledger.witness_process import WitnessProcess

WHEN = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("witnesses")


@pytest.fixture(scope="module")
def witnesses(home: Path) -> Iterator[list[WitnessProcess]]:
    """Two organisations."""
    key = PublishedLog(home / "log").key
    running = [WitnessProcess(home / name, [key], name).start() for name in ("mot.vidu.vn", "hai.vidu.vn")]
    yield running
    for each in running:
        each.stop()


@pytest.fixture
def log(home: Path, request: pytest.FixtureRequest) -> PublishedLog:
    """A log of its own for every test, under the one key."""
    return PublishedLog(home / "log", origin=f"so.vidu.vn/so/{request.node.name}")


def key_of_nobody(folder: Path, name: str = "ba.vidu.vn"):
    (folder / "nobody.key").write_bytes(name.ljust(32).encode()[:32])
    return key_of(FileSigner(name, folder / "nobody.key"), COSIGNATURE)


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Something at a port that is no witness."""
    server = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}"
    server.close()


def drip(connection: socket.socket) -> None:
    try:
        while True:
            connection.sendall(b"H")
            time.sleep(0.05)
    except OSError:
        pass


def silence(connection: socket.socket) -> None:
    time.sleep(5)


def flood(connection: socket.socket) -> None:
    try:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)
    except OSError:
        pass


def test_two_witnesses_sign_a_growing_log_also_far_behind(log: PublishedLog, witnesses: list[WitnessProcess]):
    one, two = (each.peer for each in witnesses)
    sizes: dict[str, int] = {}
    for count in (3, 300, 70_000):
        assert witness_heads(log.grow(count).tree(), str(log.head()), [one], sizes=sizes)[0].signature is not None

    seen = witness_heads(log.tree(), str(log.head()), [one, two], sizes=sizes)

    note = log.head().with_signatures([each.signature for each in seen if each.signature])
    assert all(cosigned_at(parse_note(str(note)), each.key) for each in (one, two))
    assert sizes == {str(one.key): 70_303, str(two.key): 70_303}


def test_without_memory_of_sizes_the_witness_is_asked(log: PublishedLog, witnesses: list[WitnessProcess]):
    for count in (5, 5, 0):
        [seen] = witness_heads(log.grow(count).tree(), str(log.head()), [witnesses[0].peer])
        assert seen.problem is None


@pytest.mark.parametrize(
    "answer", [drip, silence, flood, lambda connection: connection.close()], ids=["drip", "silence", "flood", "hang-up"]
)
def test_one_dead_or_lying_witness_harms_nobody(
    log: PublishedLog, witnesses: list[WitnessProcess], home: Path, answer: Callable[[socket.socket], None]
):
    with listening(answer) as url:
        bad = Peer("Tổ chức ba", url, key_of_nobody(home))
        began = time.monotonic()
        seen = witness_heads(log.grow(9).tree(), str(log.head()), [bad, witnesses[0].peer], timeout_seconds=1.0)
        took = time.monotonic() - began
        asking = [thread for thread in threading.enumerate() if isinstance(thread, _Asked)]
        for thread in asking:
            thread.join(3)

    assert took < 3
    assert not any(thread.is_alive() for thread in asking), "whoever drips is cut off, and leaves no thread behind"
    assert seen[0].signature is None
    assert seen[0].problem in (Problem.UNREACHABLE, Problem.REFUSED)
    assert seen[1].signature is not None


def test_nobody_at_the_address(log: PublishedLog, home: Path):
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]

    [seen] = witness_heads(log.grow(1).tree(), str(log.head()), [Peer("x", f"http://127.0.0.1:{port}", key_of_nobody(home))])

    assert seen.problem == Problem.UNREACHABLE
    assert not seen.is_alarm


def test_a_signature_of_another_key_is_not_taken(log: PublishedLog, witnesses: list[WitnessProcess], home: Path):
    pretended = Peer("x", witnesses[0].url, key_of_nobody(home, witnesses[0].name))

    [seen] = witness_heads(log.grow(1).tree(), str(log.head()), [pretended])

    assert (seen.signature, seen.problem) == (None, Problem.REFUSED)


def test_a_witness_that_does_not_follow_the_log_refuses(witnesses: list[WitnessProcess], home: Path):
    stranger = PublishedLog(home / "stranger", bytes(32), origin="so.khac.vn/so/2026h2/e1").grow(2)

    [seen] = witness_heads(stranger.tree(), str(stranger.head()), [witnesses[0].peer])

    assert (seen.problem, seen.is_alarm) == (Problem.REFUSED, False)


def test_a_log_rolled_back_or_altered_raises_the_alarm(log: PublishedLog, witnesses: list[WitnessProcess], home: Path):
    peers = [each.peer for each in witnesses]
    witness_heads(log.grow(20).tree(), str(log.head()), peers)
    shorter = PublishedLog(home / "shorter", origin=log.origin).grow(15)
    altered = PublishedLog(home / "altered", origin=log.origin).grow(19, "khác").grow(1)
    continued = PublishedLog(home / "continued", origin=log.origin).grow(10).grow(30, "khác")

    for wrong, problem in ((shorter, Problem.AHEAD), (altered, Problem.FORKED), (continued, Problem.FORKED)):
        seen = witness_heads(wrong.tree(), str(wrong.head()), peers)
        assert [(each.problem, each.is_alarm) for each in seen] == [(problem, True)] * 2


def test_a_witness_killed_at_any_moment_goes_on_where_it_was(home: Path, log: PublishedLog):
    witness = WitnessProcess(home / "killed", [log.key]).start()
    for round_ in range(4):
        assert witness_heads(log.grow(10).tree(), str(log.head()), [witness.peer])[0].signature is not None, round_
        witness.kill()
        witness.start()
    forked = PublishedLog(home / "forked", origin=log.origin).grow(39).grow(5, "khác")

    [seen] = witness_heads(forked.tree(), str(forked.head()), [witness.peer])
    witness.stop()

    assert seen.problem == Problem.FORKED


def test_the_page_of_a_witness_tells_what_it_saw(log: PublishedLog, witnesses: list[WitnessProcess], home: Path):
    witness = witnesses[0]
    witness_heads(log.grow(1234).tree(), str(log.head()), [witness.peer])
    forked = PublishedLog(home / "forked-page", origin=log.origin).grow(1234, "<b>")
    witness_heads(forked.tree(), str(forked.head()), [witness.peer])

    page = witness.page()

    assert str(witness.key) in page
    assert log.origin in page
    assert "1.234" in page
    assert '<a href="/evidence/fork-' in page
    link = page.split('<a href="/evidence/fork-')[-1].split('"')[0]
    assert str(forked.head()) in witness.page(f"/evidence/fork-{link}")


def test_another_path_or_method_or_too_much_is_refused(witnesses: list[WitnessProcess]):
    import http.client

    for method, path, body, status in (
        ("GET", "/add-checkpoint", None, 405),
        ("POST", "/", b"", 405),
        ("GET", "/evidence/../witness.key", None, 404),
        ("GET", "/witness.key", None, 404),
        ("POST", "/add-checkpoint", b"x" * 100_000, 413),
        ("POST", "/add-checkpoint", b"", 400),
    ):
        connection = http.client.HTTPConnection("127.0.0.1", witnesses[0].port, timeout=5)
        connection.request(method, path, body)
        assert connection.getresponse().status == status, (method, path)
        connection.close()


WITNESS = '[[witness]]\norganisation = "Tổ chức một"\nurl = "{url}"\nkey = "{key}"\n'


def test_showing_heads_outlives_whatever_goes_wrong_in_a_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    asked, stop = 0, threading.Event()

    def fails(*_: object, **__: object) -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            stop.set()
        raise ZeroDivisionError

    monkeypatch.setattr(showing, "ROUND_SECONDS", 0.01)
    monkeypatch.setattr(showing.psycopg, "connect", fails)

    showing.show_heads("", tmp_path, lambda: WHEN, stop)

    assert asked == 3


def test_the_list_of_witnesses_is_read_whole_or_refused(tmp_path: Path):
    file, key = tmp_path / "witnesses.toml", key_of_nobody(tmp_path)
    assert read_witnesses(file) == ()

    file.write_text(WITNESS.format(url="https://nhan-chung.vidu.vn/", key=key))
    assert read_witnesses(file) == (Peer("Tổ chức một", "https://nhan-chung.vidu.vn", key),)

    log = PublishedLog(tmp_path / "log")
    twice = WITNESS.format(url="https://a.vn", key=key) + WITNESS.format(url="https://b.vn", key=key)
    for wrong in (
        WITNESS.format(url="ftp://a.vn", key=key),
        WITNESS.format(url="http://a.vn:abc", key=key),
        WITNESS.format(url="http://a.vn:99999", key=key),
        WITNESS.format(url="http://[a.vn", key=key),
        WITNESS.format(url="https://a.vn", key=log.key),
        twice,
        "[[witness]]\n",
        "=",
    ):
        file.write_text(wrong)
        with pytest.raises(Invalid):
            read_witnesses(file)
