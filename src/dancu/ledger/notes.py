"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature) with Ed25519. Pure.

A signer is an interface: a key file here, a hardware module where there is one. Private keys never enter the database.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dancu.kernel.errors import Invalid
from dancu.ledger.tree import HASH_BYTES

ED25519 = 0x01
COSIGNATURE = 0x04
_MARK = "— "
NOTE_CHARACTERS_MAX = 1_000_000
SIGNATURES_MAX = 100
_NAME = re.compile(r"[^\s+]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_NOT_IN_A_NOTE = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")  # control characters; halves of a character
_LENGTHS = {ED25519: 64, COSIGNATURE: 72}


class Signer(Protocol):
    """Holds a private key and signs with Ed25519 (*bên ký*). A PKCS#11 session fits as well as a file."""

    @property
    def name(self) -> str: ...

    @property
    def public_key(self) -> bytes:
        """32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""


class FileSigner:
    """A signer whose seed of 32 bytes lies in a file only its owner may read."""

    def __init__(self, name: str, file: Path) -> None:
        if not _NAME.fullmatch(name):
            raise Invalid("ledger.key_name", "Tên khoá không được có khoảng trắng hay dấu +.", f"No key can be named {name!r}.")
        self._name = name
        self._key = Ed25519PrivateKey.from_private_bytes(file.read_bytes())

    @property
    def name(self) -> str:
        return self._name

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half with its name, written `name+hash+key` (*khoá kiểm tra*, C2SP signed-note)."""

    name: str
    algorithm: int  # ED25519 of a log, COSIGNATURE of a witness
    public_key: bytes

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public_key).digest()[:4]

    def __str__(self) -> str:
        key = base64.b64encode(bytes([self.algorithm]) + self.public_key).decode()
        return f"{self.name}+{self.hash.hex()}+{key}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line of a note (*dòng chữ ký*)."""

    name: str
    key_hash: bytes
    value: bytes

    def __str__(self) -> str:
        return f"{_MARK}{self.name} {base64.b64encode(self.key_hash + self.value).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and who signed it (*văn bản có chữ ký*)."""

    text: str  # ends with a line break
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def with_signatures(self, more: Iterable[Signature]) -> Note:
        known = {(each.name, each.key_hash) for each in self.signatures}
        return Note(self.text, (*self.signatures, *(each for each in more if (each.name, each.key_hash) not in known)))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: which log, how many leaves, which root (*điểm kiểm*, C2SP tlog-checkpoint)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def key_of(signer: Signer, algorithm: int = ED25519) -> VerifierKey:
    """The public half of a signer."""
    return VerifierKey(signer.name, algorithm, signer.public_key)


def sign_note(text: str, signer: Signer) -> Note:
    """Sign a text that ends with a line break (*ký*)."""
    return Note(text, (Signature(signer.name, key_of(signer).hash, signer.sign(text.encode())),))


def cosign(text: str, signer: Signer, at: datetime) -> Signature:
    """A witness's signature over the text and the second it was seen (*chữ ký chứng kiến*, C2SP tlog-cosignature)."""
    seconds = int(at.timestamp())
    value = seconds.to_bytes(8, "big") + signer.sign(_cosigned(seconds, text))
    return Signature(signer.name, key_of(signer, COSIGNATURE).hash, value)


def verify_note(note: Note, key: VerifierKey) -> bool:
    """Does the note carry a signature of this key that holds?"""
    for signature in note.signatures:
        if signature.name == key.name and signature.key_hash == key.hash:
            return _holds(note.text, signature.value, key)
    return False


def cosigned_at(note: Note, key: VerifierKey) -> int | None:
    """The second a witness vouches for, if its signature holds; None without one."""
    if key.algorithm != COSIGNATURE or not verify_note(note, key):
        return None
    value = next(each.value for each in note.signatures if each.name == key.name and each.key_hash == key.hash)
    return int.from_bytes(value[:8], "big")


def parse_note(text: str) -> Note:
    """Read a note. Raises `Invalid`."""
    if len(text) > NOTE_CHARACTERS_MAX or _NOT_IN_A_NOTE.search(text):
        raise _unreadable("too long, or with control characters")
    body, found, lines = text.rpartition("\n\n")
    if not found or not lines.endswith("\n") or lines.count("\n") > SIGNATURES_MAX:
        raise _unreadable("no signature block")
    signatures = []
    for line in lines[:-1].split("\n"):
        name, space, encoded = line.removeprefix(_MARK).rpartition(" ")
        if not line.startswith(_MARK) or not space or not _NAME.fullmatch(name):
            raise _unreadable("a signature line")
        value = _decoded(encoded)
        if len(value) < 5:
            raise _unreadable("a signature line")
        signatures.append(Signature(name, value[:4], value[4:]))
    return Note(body + "\n", tuple(signatures))


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a note as a tree head. Raises `Invalid`."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise _unreadable("a checkpoint has an origin, a size and a root")
    root = _decoded(lines[2])
    if len(root) != HASH_BYTES or "" in lines[3:-1]:
        raise _unreadable("a root has 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:-1]))


def parse_key(text: str) -> VerifierKey:
    """Read `name+hash+key`. Raises `Invalid` also when the hash does not belong to the key."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3 or not _NAME.fullmatch(parts[0]):
        raise _unreadable("a key is written name+hash+key")
    raw = _decoded(parts[2])
    if len(raw) != 33 or raw[0] not in _LENGTHS:
        raise _unreadable("an Ed25519 key has 32 bytes")
    key = VerifierKey(parts[0], raw[0], raw[1:])
    if key.hash.hex() != parts[1]:
        raise _unreadable("the key's hash does not belong to it")
    return key


def opened_checkpoint(text: str, keys: Sequence[VerifierKey]) -> Checkpoint:
    """A tree head signed by one of the keys: a book may have had several. Raises `Invalid` when none holds, also without any."""
    note = parse_note(text)
    if not any(verify_note(note, key) for key in keys):
        names = ", ".join(dict.fromkeys(key.name for key in keys)) or "-"
        raise Invalid(
            "ledger.signature",
            f"Điểm kiểm không có chữ ký đúng của {names}.",
            f"The checkpoint has no valid signature of {names}.",
        )
    return parse_checkpoint(note.text)


def _holds(text: str, value: bytes, key: VerifierKey) -> bool:
    if len(value) != _LENGTHS[key.algorithm]:
        return False
    if key.algorithm == COSIGNATURE:
        message, value = _cosigned(int.from_bytes(value[:8], "big"), text), value[8:]
    else:
        message = text.encode()
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(value, message)
    except InvalidSignature:
        return False
    return True


def _cosigned(seconds: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _decoded(text: str) -> bytes:
    """Base64 in its one proper form: what one reader takes and the next does not is nothing to sign."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        value = b""
    if not value or base64.b64encode(value).decode() != text:
        raise _unreadable("not base64")
    return value


def _unreadable(what: str) -> Invalid:
    return Invalid("ledger.note", f"Văn bản ký không đọc được: {what}.", f"The signed note cannot be read: {what}.")
