"""Hashes that nobody can guess who has only the database: HMAC-SHA-256 under a key derived from the one outside it."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class HashKey:
    """Tells equal values without keeping them (*khoá băm*). `purpose` keeps hashes of different uses apart."""

    def __init__(self, key: bytes, purpose: str) -> None:
        if len(key) != 32:
            raise ValueError("the key behind a hash has 32 bytes")
        self._key = HKDF(SHA256(), 32, salt=None, info=f"dancu keyed hash: {purpose}".encode()).derive(key)

    @classmethod
    def from_folder(cls, key_dir: Path, purpose: str) -> HashKey:
        """Derive from `secrets.key`. Raises `FileNotFoundError` when the installation has none."""
        return cls((key_dir / "secrets.key").read_bytes(), purpose)

    def of(self, value: bytes) -> bytes:
        """32 bytes."""
        return hmac.digest(self._key, value, hashlib.sha256)
