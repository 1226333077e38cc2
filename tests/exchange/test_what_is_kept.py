"""What the exchange keeps beside the ledger is bounded: in number while somebody knocks, in time for everything."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.factories.people import NOW

from dancu.exchange.models import Idempotency, RegistryUse, SecurityEvent
from dancu.exchange.repeats import KEPT
from dancu.exchange.security_log import SOURCES_MAX, SecurityLog
from dancu.exchange.usecases import REGISTRY_USE_KEPT, SECURITY_EVENTS_KEPT, forget_what_has_served
from dancu.kernel.networks import network_of


class Table:
    """Takes the place of the connection and keeps lines as the table would: one for each hour, kind and network."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, str, str], int] = {}

    async def execute(self, query: str, *arguments: Any) -> str:
        now, kinds, sources, counts = arguments
        for kind, source, count in zip(kinds, sources, counts, strict=True):
            place = (f"{now:%Y%m%d%H}", kind, source)
            self.lines[place] = self.lines.get(place, 0) + count
        return ""


def test_a_flood_from_ever_new_networks_costs_a_bounded_number_of_lines_an_hour():
    log, table = SecurityLog(), Table()
    for second in range(0, 60, 5):
        for caller in range(1_000):
            log.note("rest.unauthenticated", f"2001:db8:{second * 1000 + caller:x}::1")
        asyncio.run(log.flush(table, NOW.replace(minute=0, second=second)))

    assert sum(table.lines.values()) == 12_000
    assert len(table.lines) <= SOURCES_MAX + 1
    assert table.lines[f"{NOW:%Y%m%d%H}", "rest.unauthenticated", "other"] == 12_000 - SOURCES_MAX


def test_the_next_hour_names_its_networks_again():
    log, table = SecurityLog(), Table()
    for address in (f"2001:db8:{n:x}::1" for n in range(SOURCES_MAX + 10)):
        log.note("rest.unauthenticated", address)
    asyncio.run(log.flush(table, NOW))
    later = NOW + timedelta(hours=1)
    asyncio.run(log.flush(table, later))

    log.note("rest.unauthenticated", "198.51.100.7")
    asyncio.run(log.flush(table, later))

    assert table.lines[f"{later:%Y%m%d%H}", "rest.unauthenticated", "198.51.100.0/24"] == 1


@pytest.mark.django_db
def test_kept_answers_and_old_counts_go_when_their_time_is_over():
    for name, at in (("old", NOW - KEPT - timedelta(seconds=1)), ("new", NOW - KEPT + timedelta(seconds=1))):
        Idempotency.objects.create(client_id="he-thong", key=name, answer=b"sealed", at=at)
    for source, hour in (("old", NOW - SECURITY_EVENTS_KEPT - timedelta(hours=1)), ("new", NOW)):
        SecurityEvent.objects.create(hour=hour, kind="rest.unauthenticated", source=source, count=1)
    for officer, hour in (("H57/old", NOW - REGISTRY_USE_KEPT - timedelta(hours=1)), ("H57/new", NOW)):
        RegistryUse.objects.create(officer=officer, hour=hour, searched=1)

    assert forget_what_has_served(now=NOW) == (1, 1, 1)

    assert [row.key for row in Idempotency.objects.all()] == ["new"]
    assert [row.source for row in SecurityEvent.objects.all()] == ["new"]
    assert [row.officer for row in RegistryUse.objects.all()] == ["H57/new"]


def test_an_address_of_the_old_kind_inside_the_new_is_the_old_one():
    assert network_of("::ffff:203.0.113.9") == network_of("203.0.113.9") == "203.0.113.0/24"
