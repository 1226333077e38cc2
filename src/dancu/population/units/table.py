"""Administrative units from the vendored tables, kept in memory: twenty-five thousand names, no query."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from dancu.kernel.areas import AreaCode
from dancu.kernel.errors import NotFound
from dancu.population.units.names import bare_name
from dancu.population.units.versions import DATA, UnitVersion, versions

UNITS_FILE = DATA / "units.csv"
CURRENT_VERSION = "L2-2025"  # what records carry unless they say otherwise; a record made today names its own
PROVINCE, DISTRICT, COMMUNE = 1, 2, 3
_LEVELS = {2: PROVINCE, 3: DISTRICT, 5: COMMUNE}


class Unit(NamedTuple):
    """A row of the list: name with its kind, and the unit above (*đơn vị hành chính*)."""

    name: str
    parent_code: str


class Coordinates(NamedTuple):
    """A point inside a unit, degrees of WGS 84, and how it was found (*toạ độ*)."""

    latitude: float
    longitude: float
    placed_by: str  # package: geocoded by the data's authors; predecessors: the middle of what the unit was made of


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means in one version of the list (*nghĩa của mã qua các thời kỳ*)."""

    version: UnitVersion
    area: AreaCode
    names: tuple[str, ...]  # from the unit up to the province
    is_same: bool  # carries the name it had in the version before, kind of unit aside


@cache
def units() -> dict[tuple[str, int, str], Unit]:
    """Every unit by version, level and code (*danh mục*)."""
    with UNITS_FILE.open(encoding="utf-8", newline="") as file:
        table = {(r["version"], int(r["level"]), r["code"]): Unit(r["name"], r["parent_code"]) for r in csv.DictReader(file)}
    with (DATA / "changes.csv").open(encoding="utf-8", newline="") as file:
        changes = {(r["version"], int(r["level"]), r["code"]): r["name"] for r in csv.DictReader(file)}
    for version in versions():
        if version.based_on:
            base = [(level, code, unit) for (v, level, code), unit in table.items() if v == version.based_on]
            table |= {
                (version.code, level, code): Unit(changes.get((version.code, level, code), unit.name), unit.parent_code)
                for level, code, unit in base
            }
    return table


@cache
def _other_codes() -> dict[tuple[str, str], str]:
    """A second code under which a unit is met, by version; it holds in the versions based on that one too."""
    with (DATA / "overrides.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    codes: dict[tuple[str, str], str] = {}
    for version in versions():
        for row in rows:
            if row["version"] == version.code or (version.based_on, row["code_elsewhere"]) in codes:
                codes[version.code, row["code_elsewhere"]] = row["code"]
    return codes


def _official(version: str, code: str) -> str:
    return _other_codes().get((version, code), code)


def find_unit(version: str, code: str) -> Unit | None:
    """The unit of a single code, whose length tells its level: province 2 digits, district 3, commune 5."""
    code = _official(version, code)
    return units().get((version, _LEVELS.get(len(code), 0), code))


def find_area(version: str, code: str) -> AreaCode | None:
    """The full `AreaCode` of a single or dotted code, with the units above it; None when the list has no such code."""
    last = _official(version, code.rpartition(".")[2])
    chain = [last]
    while (unit := find_unit(version, chain[-1])) is not None and unit.parent_code:
        chain.append(unit.parent_code)
    if unit is None or len(chain[-1]) != 2:
        return None
    by_length = {len(each): each for each in chain}
    return AreaCode(version, by_length[2], by_length.get(3, ""), by_length.get(5, ""))


def unit_names(area: AreaCode) -> list[str]:
    """Names from the smallest unit up; a unit the table does not know is left out (*tên đơn vị hành chính*)."""
    found = (find_unit(area.version, code) for code in (area.commune, area.district, area.province) if code)
    return [unit.name for unit in found if unit]


@lru_cache(maxsize=65536)
def is_known(version: str, code: str) -> bool:
    """Whether the units of a dotted code (`46..19753`) stand in that version of the list (*mã có trong danh mục*)."""
    parts = code.split(".")
    given = [(level, _official(version, part)) for level, part in enumerate(parts, start=1) if part]
    return len(parts) <= 3 and bool(parts[0]) and all((version, level, part) in units() for level, part in given)


def provinces(version: str = CURRENT_VERSION) -> dict[str, str]:
    """Code and name of every province of a version, by name (*danh sách tỉnh, thành phố*)."""
    found = {code: unit.name for (v, level, code), unit in units().items() if v == version and level == 1}
    return dict(sorted(found.items(), key=lambda pair: bare_name(pair[1])))


def province_of(version: str, code: str) -> str:
    """Two-digit province of a single or dotted code (*tỉnh của đơn vị*). Raises `NotFound` for a code the list has not."""
    area = find_area(version, code)
    if area is None:
        raise NotFound(
            "units.no_code",
            f"Danh mục {version} không có mã {code!r}. Kiểm tra lại mã và phiên bản.",
            f"The list {version} has no code {code!r}. Check the code and the version.",
            field="code",
        )
    return area.province


def meanings_of(code: str) -> list[Meaning]:
    """What a code meant in each version of the list, the oldest first; empty for a code nobody ever had."""
    found: list[Meaning] = []
    for version in versions():
        area = find_area(version.code, code)
        if area is not None:
            names = tuple(unit_names(area))
            is_same = not found or bare_name(found[-1].names[0]) == bare_name(names[0])
            found.append(Meaning(version, area, names, is_same))
    return found


@cache
def _places() -> dict[tuple[str, str], Coordinates]:
    with (DATA / "coordinates.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return {(version, code): Coordinates(float(lat), float(lon), by) for version, code, lat, lon, by in rows}


def coordinates(area: AreaCode) -> Coordinates | None:
    """Where a unit lies (*toạ độ*); None where nobody placed it: districts, and communes that were gone before 2025."""
    levels = "L2-2025" if area.version.startswith("L2") else "L3-2025"
    if area.version == "L3-2021" and not _is_unchanged(area):
        return None
    return _places().get((levels, _official(levels, area.code)))


def _is_unchanged(area: AreaCode) -> bool:
    then, later = find_unit(area.version, area.code), find_unit("L3-2025", area.code)
    return then is not None and later is not None and bare_name(then.name) == bare_name(later.name)
