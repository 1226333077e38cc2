"""Copies of documents, kept by what is in them: SHA-256 names the file, so that nobody exchanges it unseen."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from dancu.kernel.errors import Invalid, NotFound

BYTES_MAX = 5 * 1024 * 1024
# First bytes → type: what the file is, not what it is called.
SCANS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
OFFICE = {b"PK\x03\x04": "application/zip"}  # .docx, .xlsx: what is inside is for who reads them to say
_DIGEST = re.compile(r"[0-9a-f]{64}")


def keep_file(folder: Path, content: bytes, *, with_office: bool = False, with_text: bool = False) -> str:
    """Keep a document (*lưu bản chụp giấy tờ*); gives its SHA-256, hex. Raises `Invalid` for size or type.

    `with_text`: whoever calls has read it already, of whatever kind it is.
    """
    check_size(len(content))
    kind = type_of(content)
    if not with_text and (not kind or (kind in OFFICE.values() and not with_office)):
        also = (" DOCX, XLSX,", " DOCX, XLSX,") if with_office else ("", "")
        raise Invalid(
            "file.type", f"Chỉ nhận tệp{also[0]} PDF, PNG hoặc JPEG.", f"Only{also[1]} PDF, PNG or JPEG is taken.", field="file"
        )
    digest = hashlib.sha256(content).hexdigest()
    path = _path(folder, digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
    return digest


def check_size(size: int) -> None:
    """Asked before a document is read into memory. Raises `Invalid`."""
    if size > BYTES_MAX:
        raise Invalid(
            "file.size",
            f"Tệp lớn hơn {BYTES_MAX // 1024 // 1024} MB. Quét lại ở độ phân giải thấp hơn.",
            f"The file is larger than {BYTES_MAX // 1024 // 1024} MB. Scan it at a lower resolution.",
            field="file",
        )


def read_file(folder: Path, digest: str) -> bytes:
    """A kept document. Raises `NotFound`, also when what is there is not what its name says."""
    path = _path(folder, digest) if _DIGEST.fullmatch(digest) else None
    content = path.read_bytes() if path is not None and path.is_file() else b""
    if not content or hashlib.sha256(content).hexdigest() != digest:
        raise NotFound("file.none", "Không có tệp này, hoặc tệp đã bị hỏng.", "There is no such file, or it is damaged.")
    return content


def type_of(content: bytes) -> str:
    """Media type by the first bytes; empty for what is not taken."""
    return next((kind for start, kind in {**SCANS, **OFFICE}.items() if content.startswith(start)), "")


def _path(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest
