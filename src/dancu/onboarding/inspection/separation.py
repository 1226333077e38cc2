"""Who is what to an inspection, and who is kept apart from whom. Pure."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import msgspec

from dancu.kernel.four_eyes import Hand, are_apart
from dancu.kernel.organisations import is_within
from dancu.onboarding.inspection.actions import Subject
from dancu.onboarding.inspection.domain import Inspection
from dancu.onboarding.inspection.table import Party


class InspectionRole(StrEnum):
    """The roles of accounts that do something here (*vai trò tài khoản*)."""

    COORDINATES = "gate-officer"
    INSPECTS = "gate-inspector"
    OWNS = "integrator"


class Actor(msgspec.Struct, frozen=True):
    """Who acts, with the roles of that moment; `acting_for` lends roles, never a hand (*người thao tác, người ủy quyền*)."""

    hand: Hand
    roles: frozenset[str]
    acting_for: Hand | None = None

    @property
    def hands(self) -> tuple[Hand, ...]:
        return (self.hand, self.acting_for) if self.acting_for else (self.hand,)


def belongs(unit: str, subject: Subject) -> bool:
    """Is a unit of what is inspected or of who runs its centre, or of what lies above or below (*thuộc cơ quan được kiểm tra*)?"""
    organisation = organisation_of(unit)
    inspected = [each for each in (subject.organisation, subject.host) if each]
    return any(is_within(organisation, each) or is_within(each, organisation) for each in inspected)


def organisation_of(unit: str) -> str:
    """Of `H57.12.3/MC` the part before the stroke."""
    return unit.partition("/")[0]


Separation = Callable[[Inspection, tuple[Hand, ...]], bool]


def outside_what_is_inspected(inspection: Inspection, hands: tuple[Hand, ...]) -> bool:
    """Nobody inspects her own organisation, nor who runs her own centre."""
    return not any(belongs(hand.unit, inspection.subject) for hand in hands)


def not_who_spoke_for_the_owner(inspection: Inspection, hands: tuple[Hand, ...]) -> bool:
    """Who supplemented, under whatever account, does not accept it."""
    return not inspection.owner_hands or are_apart(hands, inspection.owner_hands)


def not_who_inspected(inspection: Inspection, hands: tuple[Hand, ...]) -> bool:
    """Who inspected does not answer for the owner afterwards."""
    return not inspection.inspecting_hands or are_apart(hands, inspection.inspecting_hands)


SEPARATIONS: tuple[Separation, ...] = (outside_what_is_inspected, not_who_spoke_for_the_owner)
OWNER_SEPARATIONS: tuple[Separation, ...] = (not_who_inspected,)


def wanted_parties(inspection: Inspection, actor: Actor) -> frozenset[Party]:
    """What the actor's roles and units make her, before anybody is kept apart (*vai theo phân công*)."""
    found = set()
    if InspectionRole.COORDINATES in actor.roles:
        found.add(Party.COORDINATOR)
    assigned = inspection.scheduled.inspectors if inspection.actions else ()
    if InspectionRole.INSPECTS in actor.roles and all(_is_of(hand.unit, assigned) for hand in actor.hands):
        found.add(Party.INSPECTOR)
    owner = inspection.subject.organisation
    if InspectionRole.OWNS in actor.roles and all(is_within(organisation_of(hand.unit), owner) for hand in actor.hands):
        found.add(Party.OWNER)
    return frozenset(found)


def _is_of(unit: str, assigned: tuple[str, ...]) -> bool:
    """An assignment names a unit, or a whole organisation with all below it."""
    return any(unit == each or is_within(organisation_of(unit), each) for each in assigned)
