"""Security events from their tables to a monitoring centre: each at least once, in parts, patiently while it is away.

How far the centre was told stands beside each row and moves only after the centre has taken it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import F

from dancu.exchange.cef import SecurityEvent, cef_text, syslog_line
from dancu.exchange.models import Alarm
from dancu.exchange.models import SecurityEvent as Noted
from dancu.exchange.syslog import Centre
from dancu.kernel.networks import is_network

EVENTS_AT_ONCE = 500
ROUNDS_MAX = 20  # in one run of the job
PAUSE_MAX = timedelta(minutes=15)
log = structlog.get_logger("exchange")


@dataclass
class Patience:
    """How long to leave a centre alone that did not answer: one minute, two, four, at most fifteen (*giãn cách thử lại*)."""

    failures: int = 0
    not_before: datetime | None = None

    def is_waiting(self, now: datetime) -> bool:
        return self.not_before is not None and now < self.not_before

    def failed(self, now: datetime) -> None:
        self.failures += 1
        self.not_before = now + min(timedelta(minutes=2 ** min(self.failures - 1, 10)), PAUSE_MAX)

    def succeeded(self) -> None:
        self.failures, self.not_before = 0, None


_patience = Patience()
_LOCK = 7_405_033  # advisory


def tell_centre(centre: Centre, *, now: datetime, patience: Patience = _patience) -> int:
    """Send what the centre was not told (*gửi sự kiện an ninh*); gives how many events. Whatever fails is sent the next time."""
    if patience.is_waiting(now):
        return 0
    with _alone() as is_alone:
        return _tell_all(centre, now, patience) if is_alone else 0


@contextmanager
def _alone() -> Iterator[bool]:
    """One run at a time. The lock is the session's: that of a worker that was killed is free at once."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [_LOCK])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])


def _tell_all(centre: Centre, now: datetime, patience: Patience) -> int:
    told = 0
    try:
        for _ in range(ROUNDS_MAX):
            sent = _tell_some(centre, now)
            told += sent
            if sent < EVENTS_AT_ONCE:
                break
        patience.succeeded()
    except OSError as failure:
        patience.failed(now)
        log.warning("exchange.monitoring.away", error=type(failure).__name__, failures=patience.failures)
    return told


def send_test(centre: Centre, *, now: datetime) -> SecurityEvent:
    """Send one event that says it is a test (*gửi thử*). Raises `OSError`."""
    event = SecurityEvent("test", now)
    centre.send([_line(event)])
    return event


def latest_events(limit: int) -> list[tuple[SecurityEvent, bool]]:
    """The newest events with whether the centre was told all of each; newest first (*sự kiện an ninh mới nhất*)."""
    noted = Noted.objects.order_by("-hour", "kind", "source").values_list("hour", "kind", "source", "count", "told")[:limit]
    found = [(_of_calls(hour, kind, source, count), told >= count) for hour, kind, source, count, told in noted]
    found += [(_of_alarm(alarm), alarm.sent_at is not None) for alarm in Alarm.objects.order_by("-id")[:limit]]
    return sorted(found, key=lambda each: each[0].at, reverse=True)[:limit]


def said_of(event: SecurityEvent) -> str:
    """As the centre reads it."""
    return cef_text(event)


def _tell_some(centre: Centre, now: datetime) -> int:
    """Read, send, mark: no transaction is open while the centre is spoken to."""
    alarms = list(Alarm.objects.filter(sent_at=None).order_by("id")[:EVENTS_AT_ONCE])
    rows = list(
        Noted.objects.filter(count__gt=F("told"))
        .order_by("hour", "kind", "source")
        .values_list("hour", "kind", "source", "count", "told")[: EVENTS_AT_ONCE - len(alarms)]
    )
    events = [_of_alarm(alarm) for alarm in alarms]
    events += [_of_calls(hour, kind, source, count - told) for hour, kind, source, count, told in rows]
    if events:
        centre.send([_line(event) for event in events])
        _mark(alarms, rows, now)
    return len(events)


def _mark(alarms: Sequence[Alarm], rows: Sequence[tuple[datetime, str, str, int, int]], now: datetime) -> None:
    with transaction.atomic():
        Alarm.objects.filter(pk__in=[alarm.pk for alarm in alarms]).update(sent_at=now)
        for hour, kind, source, count, _told in rows:  # what was counted meanwhile is told the next time
            Noted.objects.filter(hour=hour, kind=kind, source=source, told__lt=count).update(told=count)


def _of_calls(hour: datetime, kind: str, source: str, count: int) -> SecurityEvent:
    """Calls of an hour, from a network or of a system."""
    is_place = is_network(source) or source in ("unknown", "other")
    return SecurityEvent(kind, hour, count, _named(network=source) if is_place else _named(system=source))


def _of_alarm(alarm: Alarm) -> SecurityEvent:
    """A crossed line: system, organisation, line; never the officer's account."""
    fields = _named(organisation=alarm.organisation, system=alarm.client_id, line=alarm.line)
    if alarm.reference:
        fields["externalId"] = alarm.reference
    return SecurityEvent(f"extraction.{alarm.verdict}", alarm.at, 1, fields)


_PLACES = ("organisation", "network", "system", "line")


def _named(**values: str) -> dict[str, str]:
    """CEF has no fields of these names: each has a place of its own among the custom ones."""
    found: dict[str, str] = {}
    for name, value in values.items():
        place = f"cs{_PLACES.index(name) + 1}"
        found |= {f"{place}Label": name, place: value}
    return found


def _line(event: SecurityEvent) -> bytes:
    return syslog_line(event, socket.gethostname(), str(os.getpid()))
