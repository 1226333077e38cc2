"""A text file of any encoding as a stream of UTF-8, in blocks of bounded size, from any place on.

A place is counted in bytes of UTF-8. In a file that is UTF-8 it is where one jumps to; any other is decoded from its beginning
again, which costs a minute for the largest lists and needs no book of places.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from dancu.reconcile.reading.encodings import Encoding, decoded
from dancu.reconcile.reading.vni_bytes import vni_to_utf_8

CHUNK_BYTES = 2 * 1024 * 1024  # of a legacy file: one chunk, its text and its UTF-8 are in memory together


class Utf8Stream:
    """The text behind the byte order mark (*luồng văn bản UTF-8*); close it, or use it in a `with`."""

    def __init__(self, path: Path, encoding: Encoding, mark_length: int, offset: int = 0) -> None:
        self._file = path.open("rb", buffering=0)
        self._file.seek(mark_length + (offset if encoding is Encoding.UTF_8 else 0))
        self._chunks = None if encoding is Encoding.UTF_8 else _chunks(self._file, encoding)
        self._rest = memoryview(b"")
        self._left_to_skip = offset

    def read_into(self, view: memoryview) -> int:
        """Fill the view as far as there is text; 0 at the end."""
        if self._chunks is None:
            return _fill(self._file, view)
        filled = 0
        while filled < len(view):
            if not self._rest and not self._next():
                break
            size = min(len(self._rest), len(view) - filled)
            view[filled : filled + size] = self._rest[:size]
            self._rest = self._rest[size:]
            filled += size
        return filled

    def _next(self) -> bool:
        assert self._chunks is not None
        for chunk in self._chunks:
            skipped = min(self._left_to_skip, len(chunk))
            self._left_to_skip -= skipped
            if skipped < len(chunk):
                self._rest = memoryview(chunk)[skipped:]
                return True
        return False

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _fill(file: BinaryIO, view: memoryview) -> int:
    filled = 0
    while filled < len(view) and (size := file.readinto(view[filled:])):  # type: ignore[attr-defined]  # raw files have it
        filled += size
    return filled


def _chunks(file: BinaryIO, encoding: Encoding) -> Iterator[bytes]:
    if encoding in (Encoding.UTF_16_LE, Encoding.UTF_16_BE):
        return _wide_chunks(file, encoding)
    return _line_chunks(file, encoding)


def _wide_chunks(file: BinaryIO, encoding: Encoding) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding.value)("replace")
    while data := file.read(CHUNK_BYTES):
        yield _utf_8(decoder.decode(data))
    yield _utf_8(decoder.decode(b"", final=True))


def _line_chunks(file: BinaryIO, encoding: Encoding) -> Iterator[bytes]:
    """Whole lines: pairs of vowel and mark, and marks that are composed with the letter before them, stay together."""
    rest = b""
    while data := file.read(CHUNK_BYTES):
        data = rest + data
        cut = data.rfind(b"\n") + 1 or data.rfind(b"\r") + 1 or len(data)
        rest = data[cut:]
        yield _turned(data[:cut], encoding)
    yield _turned(rest, encoding)


def _turned(data: bytes, encoding: Encoding) -> bytes:
    return vni_to_utf_8(data) if encoding is Encoding.VNI else _utf_8(decoded(data, encoding))


def _utf_8(text: str) -> bytes:
    return text.encode("utf-8", "replace")
