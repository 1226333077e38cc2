"""Who a case is about: the number sealed, and a keyed hash to find it again. Both keys lie outside the database."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from dancu.kernel.keyed_hash import HashKey
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.sealing import SealingKey

_USE = "protection.subject"


def digits_of(subject_no: str | int | PersonalId) -> str:
    """The twelve digits, however the number is handed in. Raises `Invalid`."""
    if isinstance(subject_no, PersonalId):
        return subject_no.digits
    return PersonalId.parse(f"{subject_no:012d}" if isinstance(subject_no, int) else subject_no, "subject_no").digits


def key_of(digits: str) -> bytes:
    """What finds a person's rows without naming her."""
    return _hashing().of(digits.encode())


def seal_text(text: str, belongs_to: str) -> bytes:
    """Words that may speak of people, readable only with the platform's key; nothing for nothing."""
    return _sealing().seal(text.encode(), belongs_to=f"protection:{belongs_to}") if text else b""


def open_text(sealed: bytes, belongs_to: str) -> str:
    """Read back. Raises `ValueError` when it was changed or moved."""
    return _sealing().unseal(bytes(sealed), belongs_to=f"protection:{belongs_to}").decode() if sealed else ""


@cache
def _sealing() -> SealingKey:
    return SealingKey.from_folder(settings.CONFIG.key_dir)


@cache
def _hashing() -> HashKey:
    return HashKey.from_folder(settings.CONFIG.key_dir, _USE)
