"""Addresses in the version of administrative units a caller still works with: 63 provinces with districts, or 34 without.

What is not certain is left empty: a commune that was divided keeps the province and district its parts have in common, and what the
list does not know keeps nothing. The words of an address are left as recorded.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import lru_cache
from typing import Any

from dancu.kernel.areas import Address, AreaCode
from dancu.kernel.errors import DancuError
from dancu.population.domain import HouseholdFacts, PersonFacts
from dancu.population.units.succession import predecessors, successors
from dancu.population.units.table import find_area, units
from dancu.population.units.versions import get_version, versions

_ADDRESSES = (
    "birth_place",
    "birth_registration",
    "home_town",
    "permanent_residence",
    "temporary_residence",
    "current_residence",
)


async def prepare() -> None:
    """Read the tables of units outside the event loop, once: whoever does not need them does not wait for them."""
    global _is_read
    if not _is_read:
        await asyncio.to_thread(_read_tables)
        _is_read = True


_is_read = False


def _read_tables() -> None:
    units()
    for version in versions():  # an area of either kind leads through every table that following needs
        for code in ("01", "46"):
            if (area := find_area(version.code, code)) is not None:
                in_version(area, versions()[0].code)
                in_version(area, versions()[-1].code)


def facts_in(facts: PersonFacts, version: str) -> PersonFacts:
    """The same facts, their addresses in that version of the units."""
    changed: dict[str, Any] = {  # by name: the fields of an address alone
        name: _address_in(address, version) for name in _ADDRESSES if (address := getattr(facts, name)) is not None
    }
    return replace(facts, **changed) if changed else facts


def household_in(household: HouseholdFacts, version: str) -> HouseholdFacts:
    """The same household, its address in that version of the units."""
    return replace(household, address=_address_in(household.address, version)) if household.address else household


def _address_in(address: Address, version: str) -> Address:
    if address.area is None or address.area.version == version:
        return address
    return replace(address, area=in_version(address.area, version))


@lru_cache(maxsize=65536)
def in_version(area: AreaCode, version: str) -> AreaCode | None:
    """A unit in another version of the list, as far as that is certain; None where not even the province is."""
    found = _followed(area, version)
    if not found and area.code != area.province:
        found = _followed(AreaCode(area.version, area.province), version)
    return _in_common(found, version)


def _followed(area: AreaCode, version: str) -> list[AreaCode]:
    order = [each.code for each in versions()]
    try:
        if order.index(version) >= order.index(area.version):
            return [each.area for each in successors(area, version).successors]
        return _before(area, version)
    except (DancuError, ValueError):  # a code its own list does not have, a version nobody knows
        return []


def _before(area: AreaCode, version: str) -> list[AreaCode]:
    """What a unit was made of, in an earlier version. Between the two-level versions no code changed."""
    if get_version(version).levels == get_version(area.version).levels == 2:
        same = find_area(version, area.code)
        return [same] if same is not None else []
    found = [each.area for each in predecessors(area)]
    if found and found[0].version != version:
        return [before for each in found for before in _one_back(each, version)]
    return found


def _one_back(area: AreaCode, version: str) -> list[AreaCode]:
    """From the last list with districts to the first; of what became of nothing known, the province, whose codes stayed."""
    return [each.area for each in predecessors(area)] or [AreaCode(version, area.province)]


def _in_common(found: list[AreaCode], version: str) -> AreaCode | None:
    """The units, from the province down, that all have in common."""
    parts: list[str] = []
    for level in zip(*((each.province, each.district, each.commune) for each in found), strict=True):
        if len(set(level)) > 1:
            break
        parts.append(level[0])
    return AreaCode(version, *parts) if parts and parts[0] else None
