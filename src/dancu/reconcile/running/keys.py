"""The key names are compared with: one for an installation, the same for who takes a snapshot and who compares with it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from dancu.kernel.keyed_hash import HashKey
from dancu.reconcile.engine.name_keys import NameKey, key_of_text
from dancu.reconcile.engine.snapshot import Snapshot
from dancu.reconcile.running import refusals

_PURPOSE = "names in snapshots"
_LOOKED_AT = 64


def name_key(key_dir: Path) -> NameKey:
    """The installation's key for names (*khoá băm họ tên của hệ thống*). Raises `NotFound` where there is no `secrets.key`."""
    try:
        return NameKey.from_bytes(HashKey.from_folder(key_dir, _PURPOSE).of(b"name key"))
    except FileNotFoundError:
        raise refusals.no_key() from None


def key_id(key: NameKey) -> str:
    """Tells keys apart and says nothing of them (*dấu của khoá*)."""
    halves = key.first.to_bytes(8, "little") + key.second.to_bytes(8, "little")
    return hashlib.sha256(b"dancu name key\0" + halves).hexdigest()[:16]


def check_key(snapshot: Snapshot, key: NameKey) -> None:
    """Raises `Conflict` where a snapshot was made with another key: some of its names, hashed anew, are not what its rows say."""
    places = np.unique(np.linspace(0, max(snapshot.persons - 1, 0), _LOOKED_AT).astype(np.int64))[: snapshot.persons]
    for row in places.tolist():
        name = snapshot.name_of(row)
        words = snapshot.rows[row, 1:3].astype(np.uint64)
        if name and key_of_text(name, key) != int(words[0] | (words[1] << np.uint64(32))):
            raise refusals.other_key()
