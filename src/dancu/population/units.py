"""Administrative units from the vendored table, kept in memory: thirteen thousand names, no query."""

from __future__ import annotations

import csv
from functools import cache, lru_cache
from pathlib import Path

from dancu.kernel.areas import AreaCode

CURRENT_VERSION = "L2-2025"
UNITS_FILE = Path(__file__).parent / "data" / "units.csv"


@cache
def _units() -> dict[tuple[str, int, str], tuple[str, str]]:
    with UNITS_FILE.open(encoding="utf-8", newline="") as file:
        return {(row["version"], int(row["level"]), row["code"]): (row["name"], row["parent_code"]) for row in csv.DictReader(file)}


def unit_names(area: AreaCode) -> list[str]:
    """Names from the smallest unit up; a unit the table does not know is left out (*tên đơn vị hành chính*)."""
    asked = ((3, area.commune), (2, area.district), (1, area.province))
    found = (_units().get((area.version, level, code)) for level, code in asked if code)
    return [unit[0] for unit in found if unit]


@lru_cache(maxsize=65536)
def is_known(version: str, code: str) -> bool:
    """Whether the units of a dotted code (`46..19753`) stand in that version of the list (*mã có trong danh mục*)."""
    parts = code.split(".")
    given = [(level, part) for level, part in enumerate(parts, start=1) if part]
    return len(parts) <= 3 and bool(parts[0]) and all((version, level, part) in _units() for level, part in given)


def communes_of(province: str, version: str = CURRENT_VERSION) -> list[tuple[str, str]]:
    """Code and name of every commune of a province, in the two-level state."""
    return [
        (code, name) for (v, level, code), (name, parent) in _units().items() if v == version and level == 3 and parent == province
    ]
