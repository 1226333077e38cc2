"""The files browsers fetch: read once, compressed once, addressed by their content so that they may be kept for a year."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent / "static"
_COMPRESSED = {".css", ".js", ".svg", ".txt"}
# Fonts are named by their family, part and weight and are never changed under their name.
_LASTING = {".woff2"}
SOON = "public, max-age=3600"
LASTING = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file for browsers: its bytes, the same compressed (empty where that gains nothing), its type and fingerprint."""

    body: bytes
    compressed: bytes
    content_type: str
    fingerprint: str
    lasting: bool


@cache
def assets() -> dict[str, Asset]:
    """Every file below the folder, by its path in addresses: what is not in here is not given to anybody."""
    files = sorted(path for path in ROOT.rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix(): _read(path) for path in files}


def address(path: str) -> str:
    """Where a page finds a file, with its fingerprint: a changed file has another address. Raises `KeyError`."""
    return f"/static/{path}?v={assets()[path].fingerprint}"


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    content_type = "font/woff2" if path.suffix == ".woff2" else mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if content_type.startswith("text/"):
        content_type += "; charset=utf-8"
    return Asset(
        body,
        gzip.compress(body, 9, mtime=0) if path.suffix in _COMPRESSED else b"",
        content_type,
        hashlib.sha256(body).hexdigest()[:12],
        path.suffix in _LASTING,
    )
