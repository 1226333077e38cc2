"""A log as it is published (C2SP tlog-tiles): a signed head and tiles, in a folder or at an address. Read in bounded pieces."""

from __future__ import annotations

import http.client
import ssl
import threading
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from dancu.kernel.errors import Invalid, NotFound, Unavailable
from dancu.ledger.layout import tile_path
from dancu.ledger.notes import NOTE_CHARACTERS_MAX
from dancu.ledger.tree import HASH_BYTES, TILE_WIDTH

HEAD_BYTES_MAX = NOTE_CHARACTERS_MAX
TILE_BYTES = TILE_WIDTH * HASH_BYTES
BUNDLE_BYTES_MAX = TILE_WIDTH * (2 + 0xFFFF)
TIMEOUT_SECONDS = 15.0


class Published(Protocol):
    """Where a log can be read without asking its operator for anything (*sổ đã công bố*)."""

    at_once: int  # how many tiles may be asked for at the same time

    def checkpoint(self) -> str:
        """The newest signed head. Raises `NotFound`, `Unavailable`, `Invalid`."""

    def tile(self, level: int, number: int, width: int) -> bytes:
        """Exactly so many hashes of one tile. Raises `NotFound`, `Unavailable`."""

    def entries(self, number: int, width: int) -> bytes | None:
        """The entries under one tile, each after its length in two bytes; None where they are not given out."""


def published_at(where: str) -> Published:
    """A folder or an http(s) address (*nơi công bố*). Raises `NotFound` for neither."""
    if where.startswith(("http://", "https://")):
        return Site(where)
    folder = Path(where)
    if not folder.is_dir():
        raise _missing(where)
    return Folder(folder)


def logs_in(folder: Path) -> list[Path]:
    """The folder itself if it is a log, else every log of an export (*các sổ trong bản xuất*)."""
    if (folder / "checkpoint").is_file():
        return [folder]
    return sorted(file.parent for file in folder.glob("*/e*/checkpoint"))


class Folder:
    """A published log as files, as `dancu ledger export` writes it."""

    at_once = 1

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def checkpoint(self) -> str:
        return _text(self._read("checkpoint", HEAD_BYTES_MAX))

    def tile(self, level: int, number: int, width: int) -> bytes:
        path = tile_path(level, number, width)
        try:
            return _whole(self._read(path, width * HASH_BYTES), width, path)
        except NotFound:
            if width == TILE_WIDTH:
                raise
            return _whole(self._read(tile_path(level, number), TILE_BYTES), width, path)

    def entries(self, number: int, width: int) -> bytes | None:
        """Auditors are given them with the export."""
        path = tile_path(0, number, width).replace("tile/0/", "tile/entries/", 1)
        return self._read(path, BUNDLE_BYTES_MAX) if (self._folder / path).exists() else None

    def _read(self, path: str, limit: int) -> bytes:
        try:
            with (self._folder / path).open("rb") as file:
                return file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise _missing(path) from None
        except OSError as failure:
            raise Unavailable("ledger.unreadable", f"Không đọc được {path}.", f"{path} cannot be read.") from failure


class Site:
    """A published log behind an address; one connection a thread, and kept."""

    at_once = 8

    def __init__(self, address: str, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._parts, self._timeout = urlsplit(address), timeout_seconds
        if not self._parts.hostname:
            raise Invalid("ledger.address", "Địa chỉ không có tên máy chủ.", "The address has no host.")
        self._of_thread = threading.local()

    def checkpoint(self) -> str:
        return _text(self._get("checkpoint", HEAD_BYTES_MAX))

    def tile(self, level: int, number: int, width: int) -> bytes:
        path = tile_path(level, number, width)
        try:
            return _whole(self._get(path, width * HASH_BYTES), width, path)
        except NotFound:
            if width == TILE_WIDTH:
                raise
            return _whole(self._get(tile_path(level, number), TILE_BYTES), width, path)

    def entries(self, number: int, width: int) -> bytes | None:
        return None  # entries say who asked when, and are not on the pages

    def _get(self, path: str, limit: int) -> bytes:
        connection = self._connection()
        for attempt in (1, 2):  # a kept connection may have been closed by the other side
            try:
                connection.request("GET", f"{self._parts.path.rstrip('/')}/{path}", headers={"Accept-Encoding": "identity"})
                response = connection.getresponse()
                status, body = response.status, response.read(limit + 1)
                if response.length:
                    connection.close()  # more than we asked for: leave the rest
                break
            except (OSError, http.client.HTTPException) as failure:
                connection.close()
                if attempt == 2:
                    raise Unavailable("ledger.no_answer", "Nơi công bố sổ không trả lời.", "The log does not answer.") from failure
        if status == 404:
            raise _missing(path)
        if status != 200:
            raise Unavailable("ledger.no_answer", f"Nơi công bố sổ trả lời {status}.", f"The log answers {status}.")
        return body

    def _connection(self) -> http.client.HTTPConnection:
        known: http.client.HTTPConnection | None = getattr(self._of_thread, "connection", None)
        if known is None:
            host, port, timeout = self._parts.hostname or "", self._parts.port, self._timeout
            known = (
                http.client.HTTPSConnection(host, port, timeout=timeout, context=ssl.create_default_context())
                if self._parts.scheme == "https"
                else http.client.HTTPConnection(host, port, timeout=timeout)
            )
            self._of_thread.connection = known
        return known


def _whole(hashes: bytes, width: int, path: str) -> bytes:
    """So many hashes from the beginning; a file of another length than it says is as good as none."""
    if len(hashes) % HASH_BYTES or len(hashes) < width * HASH_BYTES:
        raise _missing(path)
    return hashes[: width * HASH_BYTES]


def _text(body: bytes) -> str:
    if len(body) > HEAD_BYTES_MAX:
        raise Invalid("ledger.note", "Điểm kiểm quá dài.", "The checkpoint is too long.")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Invalid("ledger.note", "Điểm kiểm không phải văn bản.", "The checkpoint is no text.") from None


def _missing(what: str) -> NotFound:
    return NotFound("ledger.not_published", f"Không có {what}.", f"There is no {what}.")
