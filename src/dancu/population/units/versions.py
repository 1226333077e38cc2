"""The versions of the list of administrative units and the days each was in force. A code means something only within one."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from dancu.kernel.errors import NotFound

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class UnitVersion:
    """One state of the list of units, with the days it was in force (*phiên bản danh mục đơn vị hành chính*)."""

    code: str  # L3-2025, L2-2025: levels and year
    levels: int  # 3 with districts, 2 without
    valid_from: date
    valid_to: date | None  # last day; None is in force
    based_on: str  # the version it is a short list of changes to, or ""
    provinces: int
    districts: int
    communes: int
    source: str
    confidence: str  # certain, likely, unsure
    note: str


@cache
def versions() -> tuple[UnitVersion, ...]:
    """All versions, the oldest first (*các phiên bản danh mục*)."""
    with (DATA / "versions.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_version(row) for row in csv.DictReader(file))


def _version(row: dict[str, str]) -> UnitVersion:
    return UnitVersion(
        row["version"],
        int(row["levels"]),
        date.fromisoformat(row["valid_from"]),
        date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        row["based_on"],
        int(row["provinces"]),
        int(row["districts"]),
        int(row["communes"]),
        row["source"],
        row["confidence"],
        row["note"],
    )


def get_version(code: str) -> UnitVersion:
    """A version by its code. Raises `NotFound` naming those there are."""
    found = next((version for version in versions() if version.code == code), None)
    if found is None:
        there = ", ".join(version.code for version in versions())
        raise NotFound(
            "units.no_version",
            f"Không có phiên bản danh mục {code!r}. Các phiên bản: {there}.",
            f"There is no version {code!r} of the list of units. There are: {there}.",
            field="version",
        )
    return found


def version_on(day: date) -> UnitVersion:
    """The version in force on a day (*danh mục có hiệu lực vào ngày*). Raises `NotFound` for days before the oldest."""
    for version in versions():
        if version.valid_from <= day and (version.valid_to is None or day <= version.valid_to):
            return version
    first = versions()[0].valid_from
    raise NotFound(
        "units.too_early",
        f"Chưa có danh mục đơn vị hành chính cho ngày {day:%d/%m/%Y}; sớm nhất là {first:%d/%m/%Y}.",
        f"No list of units is kept for {day.isoformat()}; the oldest begins {first.isoformat()}.",
        field="day",
    )


def latest_version() -> UnitVersion:
    """The newest version kept (*danh mục mới nhất*)."""
    return versions()[-1]
