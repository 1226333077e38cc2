"""A witness of logs (C2SP tlog-witness): signs a head only when it continues the last one it signed, and remembers on disk.

No database: one file a log, written and synced before the answer goes out. What does not continue is kept as evidence.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import fcntl
import hashlib
import os
import threading
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from dancu.kernel.errors import Conflict, Invalid
from dancu.ledger.notes import (
    COSIGNATURE,
    ED25519,
    Checkpoint,
    FileSigner,
    Note,
    Signature,
    Signer,
    VerifierKey,
    cosign,
    cosigned_at,
    key_of,
    parse_checkpoint,
    parse_key,
    parse_note,
    verify_note,
)
from dancu.ledger.tree import EMPTY_ROOT, HASH_BYTES, verify_consistency

REQUEST_BYTES_MAX = 64 * 1024
PROOF_LINES_MAX = 63
ORIGINS_MAX = 10_000  # logs under one key: two a year, and a few epochs
EVIDENCE_MAX = 1_000
KEY_FILE = "witness.key"
TEXT, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"


class Evidence(StrEnum):
    """Why a head was refused and kept (*loại chứng cứ*)."""

    FORK = "fork"  # two signed heads of one size with different roots: proves a fork by itself
    INCONSISTENT = "inconsistent"  # larger, but the proof that came with it does not hold
    OLDER = "older"  # smaller than what was signed before: a log rolled back, or an old head sent again


@dataclass(frozen=True, slots=True)
class FollowedLog:
    """A log a witness signs for: everything signed by the key whose origin is this one or below it (*sổ được theo dõi*)."""

    key: VerifierKey
    origin: str

    def covers(self, origin: str) -> bool:
        return origin == self.origin or origin.startswith(self.origin + "/")


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over the wire (*trả lời của nhân chứng*)."""

    status: int
    body: str = ""
    content_type: str = TEXT


@dataclass(frozen=True, slots=True)
class Request:
    """A head shown to the witness, with the proof from the size it is said to know (*điểm kiểm được trình*)."""

    old: int
    proof: tuple[bytes, ...]
    note: Note
    head: Checkpoint


class Witness:
    """Cosigns heads; the last one of every log is remembered in a folder of its own (*nhân chứng*)."""

    def __init__(self, folder: Path, signer: Signer, logs: Sequence[FollowedLog]) -> None:
        """Raises `Invalid` when a remembered head cannot be read, `Conflict` when another process has the folder."""
        self._folder, self._signer, self._logs = folder, signer, tuple(logs)
        self.key = key_of(signer, COSIGNATURE)
        self._one_at_a_time = threading.Lock()
        for name in ("heads", "evidence"):
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = (folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise Conflict("witness.running", f"Một nhân chứng khác đang dùng {folder}.", f"{folder} is in use.") from None
        self._notes = {head.origin: note for head, note in map(self._remembered, sorted((folder / "heads").glob("*.note")))}

    def close(self) -> None:
        self._lock.close()

    def heads(self) -> list[tuple[Checkpoint, Note, int]]:
        """The last head of every log, with both signatures and the second it was signed here."""
        found = [(parse_checkpoint(note.text), note) for _, note in sorted(self._notes.items())]
        return [(head, note, cosigned_at(note, self.key) or 0) for head, note in found]

    def evidence(self) -> list[str]:
        """Names of what was kept, newest last; the first word of a name says why."""
        return [path.name for path in sorted((self._folder / "evidence").iterdir(), key=lambda path: path.stat().st_mtime)]

    def find_evidence(self, name: str) -> str | None:
        return (self._folder / "evidence" / name).read_text(encoding="utf-8") if name in self.evidence() else None

    def add_checkpoint(self, body: bytes, now: datetime) -> Answer:
        """Cosign the head, or say why not (*chứng kiến một điểm kiểm*)."""
        try:
            request = parse_request(body)
        except Invalid as failure:
            return Answer(400, f"{failure.message_en}\n")
        followed = [log for log in self._logs if log.covers(request.head.origin)]
        if not followed:
            return Answer(404, "unknown log\n")
        signers = {(log.key.name, log.key.hash) for log in followed if verify_note(request.note, log.key)}
        if not signers:
            return Answer(403, "not signed by this log\n")
        trusted = tuple(each for each in request.note.signatures if (each.name, each.key_hash) in signers)
        with self._one_at_a_time:
            return self._judge(request, trusted, body, now)

    def _judge(self, request: Request, trusted: tuple[Signature, ...], body: bytes, now: datetime) -> Answer:
        head, known = request.head, self._last(request.head.origin)
        if request.old > head.size:
            return Answer(400, "old size is larger than the head\n")
        if head.size == known.size and head.root != known.root:
            return self._refuse(409, Evidence.FORK, request, body, now)
        if head.size < known.size:
            return self._refuse(409, Evidence.OLDER, request, body, now)
        if request.old != known.size:
            return Answer(409, f"{known.size}\n", SIZE)
        if not verify_consistency(known.size, head.size, known.root, head.root, request.proof):
            return self._refuse(422, Evidence.INCONSISTENT, request, body, now)
        if head.origin not in self._notes and len(self._notes) >= ORIGINS_MAX:
            return Answer(429, "too many logs\n")
        signature = cosign(request.note.text, self._signer, now)
        note = Note(request.note.text, (*trusted, signature))
        _write_durably(self._head_file(head.origin), str(note))
        self._notes[head.origin] = note
        return Answer(200, str(signature))

    def _last(self, origin: str) -> Checkpoint:
        note = self._notes.get(origin)
        return parse_checkpoint(note.text) if note else Checkpoint(origin, 0, EMPTY_ROOT)

    def _refuse(self, status: int, why: Evidence, request: Request, body: bytes, now: datetime) -> Answer:
        """Keep both heads, both signed by the log, before saying no; each refused head once, each kind within its own limit."""
        known, folder = self._last(request.head.origin), self._folder / "evidence"
        file = folder / f"{why}-{hashlib.sha256(request.note.text.encode()).hexdigest()[:32]}.txt"
        if not file.exists() and sum(1 for _ in folder.glob(f"{why}-*")) < EVIDENCE_MAX:
            before = self._notes.get(known.origin, "")
            _write_durably(
                file, f"{why}\nreceived {now.isoformat()}\n\n--- signed before\n{before}\n--- shown now\n{body.decode()}"
            )
        if status == 409:
            return Answer(409, f"{known.size}\n", SIZE)
        return Answer(status, "the proof does not hold\n")

    def _head_file(self, origin: str) -> Path:
        return self._folder / "heads" / f"{name_of(origin)}.note"

    def _remembered(self, file: Path) -> tuple[Checkpoint, Note]:
        """A memory that cannot be trusted must not be taken for none: a witness that forgets would sign a fork."""
        try:
            note = parse_note(file.read_text(encoding="utf-8"))
            head = parse_checkpoint(note.text)
        except (Invalid, UnicodeDecodeError):
            head = None
        if head is None or cosigned_at(note, self.key) is None or file != self._head_file(head.origin):
            raise Invalid("witness.memory", f"Trí nhớ của nhân chứng bị hỏng: {file}.", f"The memory is damaged: {file}.")
        return head, note


def parse_request(body: bytes) -> Request:
    """Read `old SIZE`, proof lines, an empty line, a checkpoint. Raises `Invalid`."""
    if len(body) > REQUEST_BYTES_MAX:
        raise _malformed("too long")
    try:
        opening, found, shown = body.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise _malformed("not UTF-8") from None
    first, *lines = opening.split("\n")
    size = first.removeprefix("old ")
    if not found or not first.startswith("old ") or not _is_size(size) or len(lines) > PROOF_LINES_MAX:
        raise _malformed("the request begins with the old size and at most 63 hashes")
    note = parse_note(shown)
    return Request(int(size), tuple(map(_hash, lines)), note, parse_checkpoint(note.text))


def name_of(origin: str) -> str:
    """What the files and the address of a log's last head are called."""
    return hashlib.sha256(origin.encode()).hexdigest()


def read_followed_logs(file: Path) -> list[FollowedLog]:
    """The logs of a witness, from TOML: `[[log]]` with `key`, and `origin` where it is not the key's name. Raises `Invalid`."""
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8"))["log"]
        logs = [FollowedLog(parse_key(row["key"]), str(row.get("origin", "")) or parse_key(row["key"]).name) for row in rows]
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as failure:
        raise Invalid(
            "witness.logs", f"Danh sách sổ {file} không đọc được.", f"The list of logs {file} cannot be read: {failure!r}."
        ) from failure
    if not logs or any(log.key.algorithm != ED25519 for log in logs):
        raise Invalid("witness.logs", f"{file} phải nêu khoá của ít nhất một sổ.", f"{file} must name the key of a log.")
    return logs


def signer_of(folder: Path, name: str) -> FileSigner:
    """The witness's own key, made at the first start, readable by its owner only (*khoá của nhân chứng*)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / KEY_FILE
    if not file.exists():
        drawn = folder / f"{KEY_FILE}.{os.getpid()}"
        _write_durably(drawn, os.urandom(32))
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(drawn)  # the first of two processes wins
        drawn.unlink()
    return FileSigner(name, file)


def _write_durably(file: Path, content: str | bytes) -> None:
    """Whole or not at all, also across a power cut."""
    beside = file.with_name(file.name + ".new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(content if isinstance(content, bytes) else content.encode())
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20 and (text == "0" or text[0] != "0")


def _hash(line: str) -> bytes:
    try:
        value = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        value = b""
    if len(value) != HASH_BYTES or base64.b64encode(value).decode() != line:
        raise _malformed("a proof line is a hash in base64")
    return value


def _malformed(what: str) -> Invalid:
    return Invalid("witness.request", f"Yêu cầu chứng kiến không đọc được: {what}.", f"The request cannot be read: {what}.")
