"""Who is on the board: bodies of the state and further parties in the days they had a name, and who carries on whose work. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_PREFIXES = ("Ủy ban nhân dân tỉnh ", "Ủy ban nhân dân thành phố ")
_DAY = timedelta(days=1)


class PartyKind(StrEnum):
    """What a party of the board is (*loại đơn vị*)."""

    MINISTRY = "ministry"  # ministries, bodies of their level, agencies of the government
    PROVINCE = "province"
    ENTERPRISE = "enterprise"
    TELECOM = "telecom"
    ASSOCIATION = "association"


@dataclass(frozen=True, slots=True)
class Party:
    """A body in the days it had this name and extent (*đơn vị trên bảng theo dõi*)."""

    code: str
    name: str
    kind: PartyKind
    valid_from: date
    valid_to: date | None = None  # last day
    successor_code: str = ""
    other_successors: tuple[str, ...] = ()  # where parts of it went; what went where is not known here
    area_code: str = ""  # of a province in the list of units of that time

    @property
    def short_name(self) -> str:
        """A province as letters list it, without its committee; anybody else as it is."""
        for prefix in _PREFIXES:
            if self.name.startswith(prefix):
                return self.name.removeprefix(prefix)
        return self.name

    def is_in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Lineage:
    """The parties of all times and how they follow one another (*dòng kế thừa của đơn vị*)."""

    def __init__(self, parties: Iterable[Party]) -> None:
        self._by_code: dict[str, list[Party]] = {}
        for party in sorted(parties, key=lambda each: (each.code, each.valid_from)):
            self._by_code.setdefault(party.code, []).append(party)

    @property
    def parties(self) -> tuple[Party, ...]:
        return tuple(party for versions in self._by_code.values() for party in versions)

    def in_force(self, day: date, kind: PartyKind | None = None) -> tuple[Party, ...]:
        return tuple(each for each in self.parties if each.is_in_force(day) and kind in (None, each.kind))

    def codes(self, day: date, kind: PartyKind) -> frozenset[str]:
        return frozenset(each.code for each in self.in_force(day, kind))

    def heir(self, party: Party) -> Party | None:
        """Who carries on from the day after its last one; None for a party in force and where nobody is named."""
        if party.valid_to is None:
            return None
        versions = self._by_code.get(party.successor_code, ())
        return next((each for each in versions if each.is_in_force(party.valid_to + _DAY)), None)

    def holder(self, code: str, day: date) -> Party | None:
        """Who answers for a code on a day: its body then; the first one of the code before all days; an heir after them."""
        versions = self._by_code.get(code)
        if not versions:
            return None
        found = next((each for each in versions if each.is_in_force(day)), None)
        if found is not None or day < versions[0].valid_from:
            return found or versions[0]
        past = [each for each in versions if each.valid_from <= day]
        return self.way(past[-1], day)[-1]

    def way(self, party: Party, day: date) -> tuple[Party, ...]:
        """From a party to whoever carries on its work on a day."""
        found = [party]
        while (last := found[-1]).valid_to is not None and last.valid_to < day and (heir := self.heir(last)) is not None:
            found.append(heir)
        return tuple(found)
