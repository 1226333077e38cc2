"""Limits on extraction at our own pages: the lines and tables of the gateway, counted in the question's own transaction.

A signed-in officer is refused and told why; her system and her organisation may be closed like any other.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import structlog
from django.conf import settings

from dancu.exchange import extraction, store, usage
from dancu.exchange.domain import AccessRequest, Refusal, refusal_after
from dancu.exchange.extraction import COUNTS, GRAINS, LEARNED, PLANTED, REASON, Channel, Crossing, DrawnLine, Level, Verdict, Window
from dancu.exchange.marks import SubjectMarks
from dancu.exchange.reasons import Reason
from dancu.exchange.watch import volumes_of
from dancu.kernel.clock import local
from dancu.kernel.reach import acting, acting_for
from dancu.kernel.sealing import SealingKey
from dancu.kernel.warrants import Actor
from dancu.onboarding import api as onboarding

WRITERS = 8  # rows a scope's counts are spread over, so that officers seldom wait for each other

log = structlog.get_logger("exchange")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of an officer as far as it is counted (*lượt hỏi tại bàn*)."""

    actor: Actor
    subject: str  # twelve digits, `cmnd:` and nine, or empty where nobody is named
    has_whole_date: bool = True


@dataclass(frozen=True, slots=True)
class Standings:
    """Where officer, system and organisation stand before a question (*tình trạng hạn mức*)."""

    asked: Asked
    names: Mapping[Level, str]
    lines: Mapping[Level, tuple[DrawnLine, ...]]
    tallies: Mapping[Level, Mapping[Window, list[int]]]

    def crossed(self, now: datetime) -> tuple[Crossing | None, list[Crossing]]:
        """The gravest line that was crossed, and what is only told."""
        limits = extraction.limits_on(local(now).date())
        found: list[Crossing | None] = []
        told: list[Crossing] = []
        for level, lines in self.lines.items():
            crossing, alarms = extraction.crossed(lines, self.tallies[level], limits, now)
            if crossing is not None and crossing.verdict is Verdict.SUSPEND and self.asked.actor.system in limits.never_suspended:
                alarms, crossing = (*alarms, crossing), None
            found.append(crossing)
            told += alarms
        return extraction.gravest(found), told


def standings_of(asked: Asked, *, now: datetime, channel: Channel = Channel.DESK) -> Standings:
    """Read what was counted so far and the lines that hold for this officer, or for the account of a system."""
    actor, limits = asked.actor, extraction.limits_on(local(now).date())
    ever, recent = store.suspensions(actor.system, actor.organisation, now - extraction.TIGHTENED_FOR)
    names = {
        Level.OFFICER: extraction.officer_scope(actor.organisation, actor.officer),
        Level.SYSTEM: extraction.system_scope(actor.system, ever[Level.SYSTEM]),
        Level.ORGANISATION: extraction.organisation_scope(actor.organisation, ever[Level.ORGANISATION]),
    }
    grants = onboarding.grants_of_organisation(actor.organisation)
    volumes = volumes_of(grants, {grant.client_id: actor.organisation for grant in grants})
    volume = volumes.get(actor.system, extraction.Volume())
    use = store.use_of(list(names.values()), now)
    return Standings(
        asked,
        names,
        {level: limits.drawn(level, channel, volume, recent.get(level, 0)) for level in names},
        {level: use[name] for level, name in names.items()},
    )


def refusal_for(standings: Standings, *, now: datetime) -> Refusal | None:
    """What limits on extraction have to say against a granted question; None lets it pass."""
    asked, day, limits = standings.asked, local(now).date(), extraction.limits_on(local(now).date())
    crossing, _ = standings.crossed(now)
    if crossing is not None and extraction.refuses(crossing, has_whole_date=asked.has_whole_date):
        return refusal_after(crossing, now)
    if asked.subject:
        mark = _marks().mark(asked.actor.organisation, asked.subject)
        if store.has_spent_attempts(mark, day, limits.attempts_a_day, limits.attempts_in_thirty_days):
            return Refusal(Reason.ATTEMPTS_SPENT)
    return None


def count(standings: Standings, counts: Sequence[int], *, learned: str = "", now: datetime) -> None:
    """Add an answered question and whom it told of, and do what follows; in the transaction of the answer."""
    asked, actor, day = standings.asked, standings.asked.actor, local(now).date()
    total = list(counts)
    if learned:
        total[LEARNED] += store.learn(_marks().mark(actor.organisation, learned), day)
    if asked.subject.isdigit() and int(asked.subject) in planted_numbers():
        total[PLANTED] += 1
    if asked.subject and total[extraction.UNKNOWN] + total[extraction.DIFFERS]:
        store.add_attempt(_marks().mark(actor.organisation, asked.subject), day)
    writer = writer_of(actor)
    places = [(name, int(grain), extraction.slot_of(grain, now)) for name in standings.names.values() for grain in GRAINS]
    store.add_use(places, writer, total)
    if any(total[1:]):
        for tallies in standings.tallies.values():
            for tally in tallies.values():
                tally[:] = [before + more for before, more in zip(tally, total, strict=True)]
        _follow(standings, now)


def writer_of(actor: Actor) -> str:
    """Under which name an officer's questions are counted."""
    return f"desk-{zlib.crc32(actor.officer.encode()) % WRITERS}"


def count_usage(request: AccessRequest, grant: onboarding.Grant | None, ending: int, *, now: datetime, entries: int = 1) -> None:
    """Count a question where it is answered, in its transaction and after its entries (*đếm lưu lượng tại bàn*).

    Done for her organisation, whose counts these are: also where her own work reaches no farther than her unit.
    """
    with acting(acting_for(request.actor.organisation)):
        store.add_usage(usage.usage_key(request, grant), ending, entries, writer_of(request.actor), local(now).date())


def _follow(standings: Standings, now: datetime) -> None:
    crossing, alarms = standings.crossed(now)
    actor, names = standings.asked.actor, standings.names
    for alarm in alarms:
        if store.add_alarm(actor, alarm, "alarm", names[alarm.level], now, ""):
            log.warning("exchange.extraction.alarm", client_id=actor.system, organisation=actor.organisation, line=alarm.code)
    if crossing is None or crossing.verdict is not Verdict.SUSPEND:
        return
    for client_id in _who_asked_wrong(actor, now) if crossing.level is Level.ORGANISATION else [actor.system]:
        reference = onboarding.suspend_by_itself(client_id, REASON, crossing.code, now=now)
        if reference or crossing.level is Level.ORGANISATION:
            asker = actor if client_id == actor.system else Actor(actor.organisation, client_id, "")
            store.add_alarm(asker, crossing, "suspend", names[crossing.level], now, reference)
            log.warning("exchange.extraction.suspended", client_id=client_id, organisation=actor.organisation, line=crossing.code)


def _who_asked_wrong(actor: Actor, now: datetime) -> list[str]:
    """Systems of the organisation that missed today: all of them had their part. As the gateway does it."""
    spared = extraction.limits_on(local(now).date()).never_suspended
    clients = [client for client in onboarding.open_systems_of(actor.organisation) if client not in spared]
    return store.who_asked_wrong(clients, extraction.slot_of(Window.DAY, now)) or [actor.system]


def nothing_counted() -> list[int]:
    """A question that was answered and neither missed nor told of anybody."""
    return [1, *[0] * (len(COUNTS) - 1)]


def planted_numbers() -> frozenset[int]:
    """Who is not to be shown, because she does not exist."""
    return _opened(settings.CONFIG.key_dir, store.planted_state())


@lru_cache(maxsize=2)
def _opened(key_dir: Path, state: tuple[int, int]) -> frozenset[int]:
    return store.planted_numbers(SealingKey.from_folder(key_dir))


def _marks() -> SubjectMarks:
    return _marks_under(settings.CONFIG.key_dir)


@lru_cache(maxsize=2)
def _marks_under(key_dir: Path) -> SubjectMarks:
    return SubjectMarks(SealingKey.from_folder(key_dir))
