"""What was signed, remembered outside the database: an older database, or another one, is noticed before it is signed.

One small file beside the keys, written and synced before the database commits what was signed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from dancu.ledger.logs import Head, parse_origin

FILE_NAME = "ledger.heads"


class _Kept(msgspec.Struct, frozen=True):
    size: int
    root: str


class _File(msgspec.Struct, frozen=True):
    epoch: int = 1
    heads: Mapping[str, _Kept] = {}


class Memory:
    """The last signed head of every log, in a file (*trí nhớ ngoài cơ sở dữ liệu*)."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    @property
    def exists(self) -> bool:
        return self._path.is_file()

    @property
    def epoch(self) -> int:
        return self._read().epoch

    def heads(self) -> dict[str, Head]:
        """The heads of the present epoch, by origin."""
        kept = self._read()
        return {
            origin: Head(origin, each.size, bytes.fromhex(each.root))
            for origin, each in kept.heads.items()
            if parse_origin(origin)[2] == kept.epoch
        }

    def remember(self, heads: Iterable[Head], epoch: int) -> None:
        """Keep these heads; those of other logs stay. On disk when this returns."""
        kept = dict(self._read().heads)
        kept |= {head.origin: _Kept(head.size, head.root.hex()) for head in heads}
        self._write(_File(epoch, kept))

    def _read(self) -> _File:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_File)
        except FileNotFoundError:
            return _File()

    def _write(self, kept: _File) -> None:
        beside = self._path.with_suffix(".new")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
