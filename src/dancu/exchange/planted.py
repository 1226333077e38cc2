"""Numbers of planted persons at rest: sealed one by one, opened only in the memory of who must notice them."""

from __future__ import annotations

from dancu.kernel.sealing import SealingKey

_BELONGS_TO = "exchange: planted"


def seal_planted(key: SealingKey, personal_no: int) -> bytes:
    return key.seal(personal_no.to_bytes(8), belongs_to=_BELONGS_TO)


def open_planted(key: SealingKey, sealed: bytes) -> int:
    return int.from_bytes(key.unseal(sealed, belongs_to=_BELONGS_TO))
