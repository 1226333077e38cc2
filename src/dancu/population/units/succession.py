"""What became of a unit, and what a unit was made of. One successor is said, several are all named, unknown is said too."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from dancu.kernel.areas import AreaCode
from dancu.kernel.errors import Invalid
from dancu.population.units.names import bare_name
from dancu.population.units.table import COMMUNE, DISTRICT, PROVINCE, find_area, find_unit, units
from dancu.population.units.versions import DATA, get_version, latest_version, versions

THREE_LEVELS, TWO_LEVELS, OLDEST = "L3-2025", "L2-2025", "L3-2021"


class Outcome(StrEnum):
    """How surely a unit can be followed (*mức độ xác định của đơn vị kế thừa*)."""

    ONE = "one"
    SEVERAL = "several"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Successor:
    """A unit that took over another, wholly or in part (*đơn vị kế thừa*)."""

    area: AreaCode
    is_default: bool = True  # of several the likeliest, as the authors of the data hold
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Succession:
    """What became of a unit in a later version of the list (*kết quả chuyển đổi đơn vị hành chính*)."""

    area: AreaCode
    version: str
    outcome: Outcome
    successors: tuple[Successor, ...] = ()

    @property
    def only(self) -> AreaCode | None:
        """The successor where there is exactly one."""
        return self.successors[0].area if self.outcome is Outcome.ONE else None


@dataclass(frozen=True, slots=True)
class Predecessor:
    """A unit that another was made of (*đơn vị trước đó*); not whole: other parts of it went elsewhere, or may have."""

    area: AreaCode
    is_whole: bool


def successors(area: AreaCode, version: str = "") -> Succession:
    """Follow a unit to a later version of the list, the newest if none is named.

    Raises `Invalid` for an area its own list does not have and for a version before the area's.
    """
    target = version or latest_version().code
    known = _known(area)
    order = [each.code for each in versions()]
    if order.index(get_version(target).code) < order.index(known.version):
        raise _not_later(known.version, target)
    found: tuple[Successor, ...] = (Successor(known),)
    for step, follow in ((OLDEST, _from_2021), (THREE_LEVELS, _from_2025)):
        if found and found[0].area.version == step and order.index(step) < order.index(target):
            found = _merged([_inherit(before, after) for before in found for after in follow(before.area)])
    found = tuple(_in_version(each, target) for each in found)
    outcome = Outcome.UNKNOWN if not found else Outcome.ONE if len(found) == 1 else Outcome.SEVERAL
    return Succession(known, target, outcome, found)


def predecessors(area: AreaCode) -> tuple[Predecessor, ...]:
    """What a unit was made of, in the version before the last great change: two levels to `L3-2025`, that to `L3-2021`.

    Raises `Invalid` for an area its own list does not have.
    """
    known = _known(area)
    if get_version(known.version).levels == 2:
        return _reversed_2025().get(known.code, ())
    return _reversed_2021().get(known.code, ()) if known.version == THREE_LEVELS else ()


def _known(area: AreaCode) -> AreaCode:
    get_version(area.version)
    known = find_area(area.version, area.code)
    if known is None:
        raise Invalid(
            "units.no_code",
            f"Danh mục {area.version} không có mã {area.code!r}. Kiểm tra lại mã và phiên bản.",
            f"The list {area.version} has no code {area.code!r}. Check the code and the version.",
            field="code",
        )
    return known


def _not_later(version: str, target: str) -> Invalid:
    return Invalid(
        "units.not_later",
        f"Danh mục {target} có trước {version}: chỉ theo được về sau.",
        f"The list {target} is older than {version}: units are followed forward only.",
        field="version",
    )


def _inherit(before: Successor, after: Successor) -> Successor:
    evidence = "; ".join(each for each in (before.evidence, after.evidence) if each)
    return Successor(after.area, before.is_default and after.is_default, evidence)


def _merged(found: list[Successor]) -> tuple[Successor, ...]:
    """Every area once, the likely ones first."""
    by_area: dict[AreaCode, Successor] = {}
    for each in sorted(found, key=lambda s: (not s.is_default, s.area.code)):
        by_area.setdefault(each.area, each)
    return tuple(by_area.values())


def _in_version(successor: Successor, version: str) -> Successor:
    """Between the two-level versions no code changed."""
    area = successor.area
    return Successor(AreaCode(version, area.province, area.district, area.commune), successor.is_default, successor.evidence)


def _from_2021(area: AreaCode) -> list[Successor]:
    if not area.district:
        return _areas(THREE_LEVELS, [(area.province, True)], "same code")
    if not area.commune:
        if _keeps_name(area):
            return _areas(THREE_LEVELS, [(area.code, True)], "same code and name")
        return _district_through_communes(area, THREE_LEVELS)
    if _keeps_name(area):
        return _areas(THREE_LEVELS, [(area.code, True)], "same code and name")
    rows = _rows_2021().get(area.code, [])
    return [s for code, evidence in rows for s in _areas(THREE_LEVELS, [(code, len(rows) == 1)], evidence)]


def _keeps_name(area: AreaCode) -> bool:
    then, later = find_unit(OLDEST, area.code), find_unit(THREE_LEVELS, area.code)
    return then is not None and later is not None and bare_name(then.name) == bare_name(later.name)


def _from_2025(area: AreaCode) -> list[Successor]:
    level = len([code for code in (area.province, area.district, area.commune) if code])
    rows = _rows_2025().get((level, area.code))
    if rows is None and level == DISTRICT:
        return _district_through_communes(area, TWO_LEVELS)
    return _areas(TWO_LEVELS, rows or [], "resolution of 2025")


def _district_through_communes(area: AreaCode, target: str) -> list[Successor]:
    """A district that is no more lives on in what its communes became: their districts, or the communes themselves."""
    communes = _communes_by_district()[area.version, area.code]
    follow = _from_2021 if area.version == OLDEST else _from_2025
    found = [s for code in communes if (each := find_area(area.version, code)) for s in follow(each)]
    if target == THREE_LEVELS:
        found = [Successor(AreaCode(target, s.area.province, s.area.district), s.is_default, s.evidence) for s in found]
    codes = {s.area for s in found if s.is_default}
    return [Successor(area, len(codes) == 1, "through its communes") for area in sorted(codes, key=lambda a: a.code)]


def _areas(version: str, rows: list[tuple[str, bool]], evidence: str) -> list[Successor]:
    found = [(find_area(version, code), is_default) for code, is_default in rows]
    return [Successor(area, is_default, evidence) for area, is_default in found if area is not None]


@cache
def _rows_2025() -> dict[tuple[int, str], list[tuple[str, bool]]]:
    rows: dict[tuple[int, str], list[tuple[str, bool]]] = defaultdict(list)
    with (DATA / "succession_2025.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows[int(row["old_level"]), row["old_code"]].append((row["new_code"], row["is_default"] == "1"))
    return dict(rows)


@cache
def _rows_2021() -> dict[str, list[tuple[str, str]]]:
    rows: dict[str, list[tuple[str, str]]] = defaultdict(list)
    with (DATA / "succession_2021.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows[row["old_code"]].append((row["new_code"], row["evidence"]))
    return dict(rows)


@cache
def _communes_by_district() -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (version, level, code), unit in units().items():
        if level == COMMUNE:
            found[version, unit.parent_code].append(code)
    return found


@cache
def _reversed_2025() -> dict[str, tuple[Predecessor, ...]]:
    found: dict[str, list[Predecessor]] = defaultdict(list)
    for (_level, old_code), rows in _rows_2025().items():
        area = find_area(THREE_LEVELS, old_code)
        for new_code, _ in rows:
            if area is not None:
                found[new_code].append(Predecessor(area, len(rows) == 1))
    return {code: tuple(sorted(each, key=lambda p: p.area.code)) for code, each in found.items()}


@cache
def _reversed_2021() -> dict[str, tuple[Predecessor, ...]]:
    found: dict[str, list[Predecessor]] = defaultdict(list)
    for version, level, code in units():
        area = find_area(version, code) if version == OLDEST and level in (PROVINCE, DISTRICT, COMMUNE) else None
        later = _from_2021(area) if area is not None else []
        for each in later:
            assert area is not None
            found[each.area.code].append(Predecessor(area, len(later) == 1))
    return {code: tuple(sorted(each, key=lambda p: p.area.code)) for code, each in found.items()}
