"""Calls a second, by system and by organisation, short bursts allowed: decided in memory before anything is queued. Pure.

The generic cell rate algorithm: one number a name, no thread, no clock of its own. A kept library was measured and costs ten
times as much, with a thread beside the gateway's only one (decision 0032).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from dancu.onboarding.domain import InformationSystem

RATE_PER_SECOND = 500  # of a system whose profile says nothing
ORGANISATION_PER_SECOND = 1_000  # of all systems of an organisation together; never less than its largest system has
BURST_SECONDS = 2.0  # so much of its rate may come at once


class Quota(StrEnum):
    """Whose rate was passed (*hạn mức gọi*)."""

    SYSTEM = "quota.system"
    ORGANISATION = "quota.organisation"


class _Meter:
    """The moment at which all that was given would have been used at the rate; a call moves it by `step` seconds."""

    __slots__ = ("step", "used")

    def __init__(self, per_second: float) -> None:
        self.step, self.used = 1 / per_second, 0.0


class Quotas:
    """How far each system and organisation has used its rate (*bộ đếm hạn mức gọi*)."""

    def __init__(self, processes: int = 1) -> None:
        self._processes = processes  # that share a rate: each gives out its part
        self._systems: dict[str, tuple[_Meter, _Meter]] = {}  # its own, and that of its organisation

    def set_rates(self, systems: Iterable[InformationSystem]) -> None:
        """What the profiles of all systems say now; what was used stays used. Systems that are gone are forgotten."""
        before, found = self._systems, dict[str, tuple[_Meter, _Meter]]()
        organisations: dict[str, _Meter] = {}
        rates: dict[str, float] = {}
        for system in systems:
            rate = (system.profile.rate_per_second or RATE_PER_SECOND) / self._processes
            least = max(rate, ORGANISATION_PER_SECOND / self._processes, rates.get(system.organisation, 0.0))
            own, together = before.get(system.client_id) or (_Meter(rate), _Meter(least))
            together = organisations.setdefault(system.organisation, together)
            own.step, together.step, rates[system.organisation] = 1 / rate, 1 / least, least
            found[system.client_id] = own, together
        self._systems = found

    def passed(self, system: str, at: float) -> Quota | None:
        """Take one call; whose rate it passes, None when it may be answered. A call that passes one uses up nothing."""
        meters = self._systems.get(system)
        if meters is None:  # not in the directory: refused for that, in a moment
            return None
        own, together = meters
        if own.used - at > BURST_SECONDS:
            return Quota.SYSTEM
        if together.used - at > BURST_SECONDS:
            return Quota.ORGANISATION
        own.used = (own.used if own.used > at else at) + own.step
        together.used = (together.used if together.used > at else at) + together.step
        return None
