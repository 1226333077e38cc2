"""The keys of the room, read once: what is sealed and hashed here opens only beside the keys of the installation."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from dancu.kernel.keyed_hash import HashKey
from dancu.kernel.sealing import SealingKey


@cache
def sealing() -> SealingKey:
    return SealingKey.from_folder(settings.CONFIG.key_dir)


@cache
def hashing(purpose: str) -> HashKey:
    return HashKey.from_folder(settings.CONFIG.key_dir, f"notices.{purpose}")
