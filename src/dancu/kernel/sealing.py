"""Secrets at rest: AES-256-GCM with a key that lies outside the database, bound to what the secret belongs to."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = b"\x01"
_NONCE_BYTES = 12


class SealingKey:
    """The platform's key for values it must be able to read again (*khoá mã hoá dữ liệu lưu trữ*)."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("a sealing key has 32 bytes")
        self._key = key
        self._cipher = AESGCM(key)

    @classmethod
    def from_folder(cls, key_dir: Path) -> SealingKey:
        """Read `secrets.key`. Raises `FileNotFoundError` when the installation has none."""
        return cls((key_dir / "secrets.key").read_bytes())

    def derived(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose of its own (HKDF, RFC 5869): what it gives away says nothing about this one."""
        return HKDF(SHA256(), 32, salt=None, info=b"dancu " + purpose.encode()).derive(self._key)

    def seal(self, plain: bytes, *, belongs_to: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, plain, belongs_to.encode())

    def unseal(self, sealed: bytes, *, belongs_to: str) -> bytes:
        """Raises `ValueError` when the value was changed, moved to another owner, or sealed under another key."""
        if sealed[:1] != _VERSION:
            raise ValueError("unknown sealing version")
        nonce, text = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, text, belongs_to.encode())
        except InvalidTag:
            raise ValueError("sealed value does not open with this key") from None
