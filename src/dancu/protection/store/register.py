"""Versions of the register of processing and what is read for the next: the only file that touches their tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from dancu.kernel.errors import NotFound
from dancu.protection import trail
from dancu.protection.domain.register import RegisterChange, RegisterLine
from dancu.protection.models import RegisterReading, RegisterVersion

VERSIONS_MAX = 100
_ONLY = 1


@dataclass(frozen=True, slots=True)
class Version:
    """The register as it was filed, and what differs from the version before."""

    number: int
    at: datetime
    digest: str
    lines: list[RegisterLine]
    changes: list[RegisterChange]


def hold_register() -> None:
    """One writer of versions at a time."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('protection:register', 7))")


def newest() -> Version | None:
    row = RegisterVersion.objects.order_by("-number").values().first()
    return _version(row) if row else None


def get_version(number: int) -> Version:
    """Raises `NotFound`."""
    row = RegisterVersion.objects.filter(number=number).values().first()
    if row is None:
        raise NotFound("register.none", "Không có phiên bản này của sổ đăng ký.", "There is no such version.")
    return _version(row)


def versions() -> list[Version]:
    """The newest versions first."""
    return [_version(row) for row in RegisterVersion.objects.order_by("-number")[:VERSIONS_MAX].values()]


def add_version(number: int, at: datetime, digest: str, lines: Sequence[RegisterLine], changes: Sequence[RegisterChange]) -> None:
    RegisterVersion.objects.create(
        number=number, at=at, digest=digest, lines=msgspec.to_builtins(list(lines)), changes=msgspec.to_builtins(list(changes))
    )


def reading() -> tuple[trail.Place, list[trail.Administered]] | None:
    """How far the ledger was read for the next version, and what was found."""
    row = RegisterReading.objects.filter(id=_ONLY).values().first()
    return (trail.Place(row["at"], row["entry"]), msgspec.convert(row["acts"], list[trail.Administered])) if row else None


def save_reading(at: trail.Place, acts: Sequence[trail.Administered]) -> None:
    told = msgspec.to_builtins(list(acts))
    RegisterReading.objects.update_or_create(id=_ONLY, defaults={"at": at.at, "entry": at.entry, "acts": told})


def _version(row: Mapping[str, Any]) -> Version:
    return Version(
        row["number"],
        row["at"],
        row["digest"],
        msgspec.convert(row["lines"], list[RegisterLine]),
        msgspec.convert(row["changes"], list[RegisterChange]),
    )
