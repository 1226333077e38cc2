"""A large file that arrives piece by piece, named by the digest its sender tells: whoever was cut off goes on where it stood."""

from __future__ import annotations

import fcntl
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from uuid import UUID

from dancu.kernel.errors import Conflict, Invalid, NotFound, TooMany
from dancu.reconcile import folders

ARRIVING_MAX = 3  # of one list at once: a key must not fill the disk with beginnings
PIECE_BYTES_MAX = 64 * 1024 * 1024
_BLOCK = 1024 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")


def held_bytes(home: Path, list_id: UUID, digest: str) -> int:
    """How much of a file is here (*phần tệp đã nhận*). Raises `Invalid` for what is no digest."""
    path = _arriving(home, list_id, digest)
    return path.stat().st_size if path.is_file() else 0


def put_piece(home: Path, list_id: UUID, digest: str, offset: int, blocks: Iterator[bytes], bytes_max: int) -> int:
    """Add a piece behind what is here (*nhận một phần tệp*); gives how much is here then.

    A piece that breaks off counts as far as it came. Raises `Conflict` for one that begins elsewhere, saying where to go on,
    `Invalid` above the limit: what was here before stays; `TooMany` for a file beside too many that have not ended.
    """
    path = _arriving(home, list_id, digest)
    if not path.exists() and len(list(path.parent.glob(f"{list_id}-*"))) >= ARRIVING_MAX:
        raise TooMany(
            "reconcile.arriving",
            f"Danh sách đang có {ARRIVING_MAX} tệp gửi dở. Bạn gửi nốt hoặc bỏ một tệp; tệp không gửi tiếp tự bị bỏ sau một ngày.",
            f"{ARRIVING_MAX} files of this list are on their way. Finish or drop one; one left alone is dropped after a day.",
        )
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        held = file.seek(0, 2)
        if offset != held:
            raise Conflict(
                "reconcile.piece_offset",
                f"Máy chủ đang có {held} byte của tệp này. Bạn gửi tiếp từ vị trí đó.",
                f"{held} bytes of this file are here. Go on from there.",
                field="offset",
            )
        for block in blocks:
            if file.tell() + len(block) > bytes_max:
                raise Invalid(
                    "reconcile.file_size",
                    f"Tệp lớn quá giới hạn {bytes_max} byte của cơ quan. Bạn chia danh sách, hoặc đề nghị nâng giới hạn.",
                    f"The file is above the limit of {bytes_max} bytes. Split the list, or ask for a higher limit.",
                    field="file",
                )
            file.write(block)
        return file.tell()


def whole_file(home: Path, list_id: UUID, digest: str) -> Path:
    """The file once all of it is here (*tệp đã nhận đủ*). Raises `NotFound` for none, `Conflict` for one that is another."""
    path = _arriving(home, list_id, digest)
    if not path.is_file():
        raise NotFound(
            "reconcile.no_pieces", "Máy chủ chưa nhận tệp này. Bạn gửi tệp trước.", "Nothing of this file is here.", field="sha256"
        )
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != digest:
            raise Conflict(
                "reconcile.pieces_differ",
                "Tệp nhận được chưa đủ hoặc khác với mã SHA-256 đã báo. Bạn gửi tiếp phần còn lại; nếu đã gửi hết, gửi lại từ đầu.",
                "What arrived is not all, or not the file with this SHA-256. Send the rest, or all of it again.",
                field="sha256",
            )
    return path


def forget(home: Path, list_id: UUID, digest: str) -> None:
    """Begin again with a file (*bỏ phần đã nhận*)."""
    _arriving(home, list_id, digest).unlink(missing_ok=True)


def blocks_of(body: IO[bytes], length: int) -> Iterator[bytes]:
    """A body of known length in blocks."""
    left = length
    while left > 0 and (block := body.read(min(_BLOCK, left))):
        left -= len(block)
        yield block


def _arriving(home: Path, list_id: UUID, digest: str) -> Path:
    if not _DIGEST.fullmatch(digest):
        raise Invalid(
            "reconcile.digest",
            "Mã SHA-256 của tệp phải có 64 ký tự 0–9, a–f.",
            "The SHA-256 of the file has 64 characters 0–9, a–f.",
            field="sha256",
        )
    return folders.incoming(home) / f"{list_id}-{digest}"
