"""Every unit that an address can name, found by its name: old list and new list, exact or one letter apart."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from dancu.kernel.areas import AreaCode
from dancu.kernel.names import canonical_name
from dancu.population.units.names import bare_name, split_kind
from dancu.population.units.succession import OLDEST, THREE_LEVELS, Outcome, predecessors, successors
from dancu.population.units.table import COMMUNE, DISTRICT, find_area, find_unit, units
from dancu.population.units.versions import DATA, get_version, latest_version, versions

LETTERS_FOR_ERRORS_MIN = 5  # shorter names have too many neighbours


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A unit as an address can name it, with what else its address may say (*đơn vị có thể được nhắc tới*)."""

    area: AreaCode
    level: int
    is_new: bool
    kinds: frozenset[str]  # Xã and Phường where a version of the list changed it
    marked: tuple[str, ...]  # words of the proper name, canonical with marks
    key: str  # its name without kind, marks and blanks
    district: tuple[str, str]  # code and key of the district, empty where there is none
    mixed_districts: frozenset[tuple[str, str]] = frozenset()  # old districts a new unit lies in
    mixed_provinces: frozenset[str] = frozenset()  # provinces of the other list


@cache
def places_by_name() -> dict[str, tuple[Place, ...]]:
    """All places by their key."""
    found: dict[str, list[Place]] = defaultdict(list)
    for place in _all_places():
        found[place.key].append(place)
    named = {(key, place.level): [p for p in each if p.level == place.level] for key, each in found.items() for place in each}
    for alias, level, name in _aliases():
        if (name, level) in named:
            found[alias].extend(named[name, level])
    return {key: tuple(dict.fromkeys(each)) for key, each in found.items()}


def _aliases() -> Iterator[tuple[str, int, str]]:
    with (DATA / "aliases.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["alias"], int(row["level"]), row["name"]


@cache
def alias_keys() -> frozenset[str]:
    """What people write for a unit besides its name; two letters count only where they are capitals."""
    return frozenset(alias for alias, _, _ in _aliases())


def _all_places() -> Iterator[Place]:
    newest = latest_version().code
    for version, level, code in units():
        if version in (newest, THREE_LEVELS) or (version == OLDEST and _was_otherwise(level, code)):
            area = find_area(version, code)
            assert area is not None
            yield _place(area, level, is_new=version == newest)


def _was_otherwise(level: int, code: str) -> bool:
    """Had a unit of 2021 another name or lay it in another district than in 2025?"""
    then, later = find_area(OLDEST, code), find_area(THREE_LEVELS, code)
    if then is None or later is None:
        return True
    if _names(then)[0] != _names(later)[0]:
        return True
    return level == COMMUNE and _names(then)[1] != _names(later)[1]


def _names(area: AreaCode) -> tuple[str, str]:
    unit = find_unit(area.version, area.code)
    district = find_unit(area.version, area.district) if area.district else None
    assert unit is not None
    return bare_name(unit.name), bare_name(district.name) if district else ""


def _place(area: AreaCode, level: int, *, is_new: bool) -> Place:
    unit = find_unit(area.version, area.code)
    assert unit is not None
    key, proper = bare_name(unit.name), split_kind(unit.name)[1]
    kinds = _kinds(area, key)
    marked = tuple(canonical_name(proper.replace("-", " ").replace("'", " ").replace("’", " ")).split())
    district = (area.district, _names(area)[1]) if area.district else ("", "")
    if is_new:
        old = [made.area for made in predecessors(area)]
        districts = frozenset((each.district, _names(each)[1]) for each in old if each.district)
        return Place(area, level, True, kinds, marked, key, ("", ""), districts, frozenset(each.province for each in old))
    return Place(area, level, False, kinds, marked, key, district, mixed_provinces=_new_provinces(area))


def _kinds(area: AreaCode, key: str) -> frozenset[str]:
    """What the unit was called in the versions with as many levels: people write the new kind late and the old one long."""
    levels = get_version(area.version).levels
    names = (find_unit(version.code, area.code) for version in versions() if version.levels == levels)
    return frozenset(split_kind(unit.name)[0] for unit in names if unit and bare_name(unit.name) == key)


def _new_provinces(area: AreaCode) -> frozenset[str]:
    followed = successors(AreaCode(area.version, area.province))
    assert followed.outcome is Outcome.ONE
    return frozenset(each.area.province for each in followed.successors)


@cache
def _shortened() -> dict[str, tuple[str, ...]]:
    """Names by what is left of them when one letter is missing; a wrong letter leaves the same rest on both sides."""
    found: dict[str, list[str]] = defaultdict(list)
    for key in places_by_name():
        if len(key) >= LETTERS_FOR_ERRORS_MIN and not key.isdigit() and key not in alias_keys():
            for rest in {key} | {key[:i] + key[i + 1 :] for i in range(len(key))}:
                found[rest].append(key)
    return {rest: tuple(keys) for rest, keys in found.items()}


def names_close_to(key: str) -> list[str]:
    """Names that are one letter apart: one missing, one too many, one wrong, two swapped."""
    if len(key) < LETTERS_FOR_ERRORS_MIN - 1:
        return []
    shortened = _shortened()
    near: dict[str, None] = {}
    for rest in {key} | {key[:i] + key[i + 1 :] for i in range(len(key))}:
        for other in shortened.get(rest, ()):
            if other != key and is_one_letter_apart(key, other):
                near.setdefault(other)
    return list(near)


def is_one_letter_apart(one: str, other: str) -> bool:
    """Whether one letter missing, too many or wrong, or two neighbours swapped, is the whole difference."""
    shorter, longer = sorted((one, other), key=len)
    start = next((i for i, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    if len(longer) - len(shorter) == 1:
        return shorter[start:] == longer[start + 1 :]
    if len(longer) != len(shorter) or start == len(shorter):
        return False
    return shorter[start + 1 :] == longer[start + 1 :] or (
        shorter[start : start + 2] == longer[start : start + 2][::-1] and shorter[start + 2 :] == longer[start + 2 :]
    )


__all__ = ["COMMUNE", "DISTRICT", "Place", "alias_keys", "names_close_to", "places_by_name"]
