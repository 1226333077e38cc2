"""Shows heads to witnesses and brings back their signatures. No framework; network only, no transaction may be open.

The tree is read in the caller's thread only; each witness is asked in a thread of its own, and a deadline holds for all of
them: a dead, slow or lying witness costs the others nothing.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import socket
import ssl
import threading
import time
import tomllib
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from dancu.kernel.errors import Invalid
from dancu.ledger.notes import COSIGNATURE, Note, Signature, VerifierKey, cosigned_at, parse_key, parse_note
from dancu.ledger.tree import Tree

FILE_NAME = "witnesses.toml"  # beside the keys
ANSWER_BYTES_MAX = 16 * 1024
ROUNDS_SECONDS = 10.0  # of each of the two rounds


@dataclass(frozen=True, slots=True)
class Peer:
    """A witness we show our heads to (*nhân chứng được mời*)."""

    organisation: str
    url: str  # the prefix of `/add-checkpoint`
    key: VerifierKey


class Problem(StrEnum):
    """Why there is no signature (*vì sao thiếu chữ ký chứng kiến*)."""

    UNREACHABLE = "unreachable"  # no answer in time, or none that makes sense
    REFUSED = "refused"  # it does not follow this log, or its signature does not hold
    AHEAD = "ahead"  # it signed a larger tree of this log: we were rolled back
    FORKED = "forked"  # it signed another tree of this log: we were altered


@dataclass(frozen=True, slots=True)
class Seen:
    """What one witness said to one head (*kết quả trình nhân chứng*)."""

    peer: Peer
    signature: Signature | None = None
    problem: Problem | None = None
    detail: str = ""

    @property
    def is_alarm(self) -> bool:
        """The witness knows something of our log that we do not."""
        return self.problem in (Problem.AHEAD, Problem.FORKED)


def read_witnesses(file: Path) -> tuple[Peer, ...]:
    """The witnesses invited, `[[witness]]` with `organisation`, `url`, `key`; none without the file. Raises `Invalid`."""
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8")).get("witness", [])
        peers = tuple(Peer(str(row["organisation"]), str(row["url"]).rstrip("/"), parse_key(row["key"])) for row in rows)
    except FileNotFoundError:
        return ()
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as failure:
        raise _wrong(f"cannot be read: {failure!r}") from failure
    if any(peer.key.algorithm != COSIGNATURE for peer in peers):
        raise _wrong("a key is not that of a witness")
    if not all(map(_can_be_asked, peers)):
        raise _wrong("an address is not http or https")
    if len({peer.key.public_key for peer in peers}) < len(peers) or len({peer.key.name for peer in peers}) < len(peers):
        raise _wrong("a witness stands in it twice")
    return peers


def _can_be_asked(peer: Peer) -> bool:
    try:
        parts = urlsplit(peer.url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0  # reading a port may raise
    except ValueError:
        return False


def witness_heads(
    tree: Tree,
    note: str,
    peers: Sequence[Peer],
    *,
    sizes: MutableMapping[str, int] | None = None,
    timeout_seconds: float = ROUNDS_SECONDS,
) -> list[Seen]:
    """Show a signed head to every witness, and give what each said; signatures have been checked (*trình nhân chứng*).

    `tree` is the tree of the head. `sizes` keeps, by key, the size each witness signed last, and saves the second round;
    keep one for each log between calls. Takes at most two rounds of `timeout_seconds`.
    """
    sizes = {} if sizes is None else sizes
    head = parse_note(note)
    known = {peer: min(sizes.get(str(peer.key), 0), tree.size) for peer in peers}
    answers = _ask_all({peer: _request(tree, note, known[peer]) for peer in peers}, timeout_seconds)
    behind = {
        peer: size
        for peer, answer in answers.items()
        if (size := _size_told(answer)) is not None and size <= tree.size and size != known[peer]
    }
    again = {peer: _request(tree, note, size) for peer, size in behind.items()}
    answers |= _ask_all(again, timeout_seconds)
    seen = [_read(peer, answers[peer], head, tree.size) for peer in peers]
    for each in seen:
        if each.signature is not None:
            sizes[str(each.peer.key)] = tree.size
        else:
            sizes.pop(str(each.peer.key), None)
    return seen


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int  # 0: none came
    body: str = ""


def _request(tree: Tree, note: str, old: int) -> bytes:
    proof = [base64.b64encode(step).decode() for step in (tree.consistency(old) if old else [])]
    return "\n".join([f"old {old}", *proof, "", note]).encode()


def _size_told(reply: _Reply) -> int | None:
    text = reply.body.strip()
    return int(text) if reply.status == 409 and text.isascii() and text.isdecimal() and len(text) < 20 else None


def _read(peer: Peer, reply: _Reply, head: Note, size: int) -> Seen:
    told = _size_told(reply)
    if reply.status == 200:
        return _signed(peer, reply.body, head)
    if told is not None and told > size:
        return Seen(peer, problem=Problem.AHEAD, detail=f"it signed {told}")
    if told == size or reply.status == 422:
        return Seen(peer, problem=Problem.FORKED, detail=f"status {reply.status}")
    if reply.status in (0, 429) or reply.status >= 500 or told is not None:
        return Seen(peer, problem=Problem.UNREACHABLE, detail=f"status {reply.status}" if reply.status else "no answer")
    return Seen(peer, problem=Problem.REFUSED, detail=f"status {reply.status}")


def _signed(peer: Peer, lines: str, head: Note) -> Seen:
    """The line of this witness among those it sent, if it signs exactly this head."""
    with contextlib.suppress(Invalid):
        for signature in parse_note(f"{head.text}\n{lines}").signatures:
            if cosigned_at(Note(head.text, (signature,)), peer.key) is not None:
                return Seen(peer, signature)
    return Seen(peer, problem=Problem.REFUSED, detail="its signature does not hold")


def _ask_all(requests: dict[Peer, bytes], timeout_seconds: float) -> dict[Peer, _Reply]:
    asked = {peer: _Asked(peer.url, body, timeout_seconds) for peer, body in requests.items()}
    deadline = time.monotonic() + timeout_seconds
    for each in asked.values():
        each.start()
    for each in asked.values():
        each.join(max(0.0, deadline - time.monotonic()))
    return {peer: each.taken() for peer, each in asked.items()}


class _Asked(threading.Thread):
    """One request; whoever is not done at the deadline is cut off, also when bytes still drip in."""

    def __init__(self, url: str, body: bytes, timeout_seconds: float) -> None:
        super().__init__(daemon=True)
        self._body, self._reply = body, _Reply(0)
        parts = urlsplit(url)
        self._path = f"{parts.path}/add-checkpoint"
        host, port = parts.hostname or "", parts.port
        self._connection = (
            http.client.HTTPSConnection(host, port, timeout=timeout_seconds, context=ssl.create_default_context())
            if parts.scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=timeout_seconds)
        )

    def run(self) -> None:
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError, AttributeError):
            self._connection.request("POST", self._path, self._body, {"Content-Type": "text/plain; charset=utf-8"})
            response = self._connection.getresponse()
            body = response.read(ANSWER_BYTES_MAX + 1)
            if len(body) <= ANSWER_BYTES_MAX:
                self._reply = _Reply(response.status, body.decode("utf-8", "replace"))
        self._connection.close()

    def taken(self) -> _Reply:
        if self.is_alive() and (open_socket := self._connection.sock) is not None:
            with contextlib.suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)
        return self._reply


def _wrong(what: str) -> Invalid:
    return Invalid("ledger.witnesses", f"Danh sách nhân chứng {FILE_NAME} không dùng được.", f"{FILE_NAME} {what}.")
