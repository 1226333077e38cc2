"""Limits on extraction at our own pages: the lines and tables of the gateway, counted in the question's own transaction.

A signed-in officer is refused and told why; her system and her organisation may be closed like any other.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.conf import settings

from dancu.exchange import extraction, store
from dancu.exchange.domain import Refusal, refusal_after
from dancu.exchange.extraction import COUNTS, GRAINS, LEARNED, PLANTED, REASON, Channel, Crossing, Level, Verdict
from dancu.exchange.marks import SubjectMarks
from dancu.exchange.reasons import Reason
from dancu.exchange.watch import volumes_of
from dancu.kernel.clock import local
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


def refusal_for(asked: Asked, *, now: datetime) -> Refusal | None:
    """What limits on extraction have to say against a granted question; None lets it pass."""
    crossing, _ = _look(asked.actor, now)
    if crossing is not None and extraction.refuses(crossing, has_whole_date=asked.has_whole_date):
        # An open system whose line is crossed waits for its suspension, which comes with the answer that crossed it.
        return refusal_after(crossing, now)
    if asked.subject:
        day, limits = local(now).date(), extraction.limits_on(local(now).date())
        mark = _marks().mark(asked.actor.organisation, asked.subject)
        if store.has_spent_attempts(mark, day, limits.attempts_a_day, limits.attempts_in_thirty_days):
            return Refusal(Reason.ATTEMPTS_SPENT)
    return None


def count(asked: Asked, counts: Sequence[int], *, learned: Sequence[str], now: datetime) -> None:
    """Add an answered question, the persons it told of, and do what follows; in the transaction of the answer."""
    day, actor = local(now).date(), asked.actor
    marks = _marks()
    total = list(counts)
    total[LEARNED] += store.learn([marks.mark(actor.organisation, subject) for subject in learned], day)
    if asked.subject.isdigit() and int(asked.subject) in planted_numbers():
        total[PLANTED] += 1
    if asked.subject and total[extraction.UNKNOWN] + total[extraction.DIFFERS]:
        store.add_attempt(marks.mark(actor.organisation, asked.subject), day)
    writer = f"desk-{zlib.crc32(actor.officer.encode()) % WRITERS}"
    names = _names(actor)
    store.add_use(
        [(name, int(grain), extraction.slot_of(grain, now)) for name in names.values() for grain in GRAINS], writer, total
    )
    if any(total[1:]):
        crossing, alarms = _look(actor, now)
        _follow(actor, crossing, alarms, names, now)


def _names(actor: Actor) -> dict[Level, str]:
    past = store.suspensions(actor.system, actor.organisation, None)
    return {
        Level.OFFICER: extraction.officer_scope(actor.organisation, actor.officer),
        Level.SYSTEM: extraction.system_scope(actor.system, past[Level.SYSTEM]),
        Level.ORGANISATION: extraction.organisation_scope(actor.organisation, past[Level.ORGANISATION]),
    }


def _look(actor: Actor, now: datetime) -> tuple[Crossing | None, list[Crossing]]:
    """The gravest line that officer, system and organisation crossed, and what is only told."""
    limits = extraction.limits_on(local(now).date())
    names = _names(actor)
    recent = store.suspensions(actor.system, actor.organisation, now - extraction.TIGHTENED_FOR)
    grants = onboarding.grants_of_organisation(actor.organisation)
    organisations = {grant.client_id: actor.organisation for grant in grants}
    volume = volumes_of(grants, organisations).get(actor.system, extraction.Volume())
    tallies = store.use_of(list(names.values()), now)
    found: list[Crossing | None] = []
    told: list[Crossing] = []
    for level, name in names.items():
        lines = limits.drawn(level, Channel.DESK, volume, recent.get(level, 0))
        crossing, alarms = extraction.crossed(lines, tallies[name], limits, now)
        if crossing is not None and crossing.verdict is Verdict.SUSPEND and actor.system in limits.never_suspended:
            alarms, crossing = (*alarms, crossing), None
        found.append(crossing)
        told += alarms
    return extraction.gravest(found), told


def _follow(actor: Actor, crossing: Crossing | None, alarms: Sequence[Crossing], names: dict[Level, str], now: datetime) -> None:
    for alarm in alarms:
        if store.add_alarm(actor, alarm, "alarm", names[alarm.level], now, ""):
            log.warning("exchange.extraction.alarm", client_id=actor.system, organisation=actor.organisation, line=alarm.code)
    if crossing is None or crossing.verdict is not Verdict.SUSPEND:
        return
    reference = onboarding.suspend_by_itself(actor.system, REASON, crossing.code, now=now)
    if reference:
        store.add_alarm(actor, crossing, "suspend", names[crossing.level], now, reference)
        log.warning("exchange.extraction.suspended", client_id=actor.system, organisation=actor.organisation, line=crossing.code)


def nothing_counted() -> list[int]:
    """A question that was answered and neither missed nor told of anybody."""
    return [1, *[0] * (len(COUNTS) - 1)]


def planted_numbers() -> frozenset[int]:
    """Who is not to be shown, because she does not exist."""
    return store.planted_numbers(_key())


def _key() -> SealingKey:
    return SealingKey.from_folder(settings.CONFIG.key_dir)


def _marks() -> SubjectMarks:
    return SubjectMarks(_key())
