"""Hashes that nobody can guess who has only the database: HMAC-SHA-256 under a key derived from the one outside it."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from dancu.kernel.sealing import SealingKey


class HashKey:
    """Tells equal values without keeping them (*khoá băm*). `purpose` keeps hashes of different uses apart."""

    def __init__(self, key: bytes, purpose: str) -> None:
        self._key = SealingKey(key).derived(f"keyed hash: {purpose}")

    @classmethod
    def from_folder(cls, key_dir: Path, purpose: str) -> HashKey:
        """Derive from `secrets.key`. Raises `FileNotFoundError` when the installation has none."""
        return cls((key_dir / "secrets.key").read_bytes(), purpose)

    def of(self, value: bytes) -> bytes:
        """32 bytes."""
        return hmac.digest(self._key, value, hashlib.sha256)
