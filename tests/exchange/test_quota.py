"""Rates by system and organisation: bursts pass, floods do not, and who waits is let in again."""

from __future__ import annotations

import pytest
from tests.factories.people import a_system

from dancu.exchange.domain import AccessRequest, Kind
from dancu.exchange.gate import Gate
from dancu.exchange.quota import BURST_SECONDS, Quota, Quotas
from dancu.kernel.errors import TooMany
from dancu.kernel.warrants import Actor
from dancu.onboarding.domain import ConnectionState, InformationSystem, WireProfile


def quotas(*systems: InformationSystem, processes: int = 1) -> Quotas:
    made = Quotas(processes)
    made.set_rates(systems)
    return made


def answered(held: Quotas, calls: int, *, begin: float = 100.0, per_second: float = 1e9, system: str = "he-thong") -> int:
    return sum(held.passed(system, begin + at / per_second) is None for at in range(calls))


def test_a_burst_passes_and_what_is_more_does_not():
    held = quotas(a_system(profile=WireProfile(rate_per_second=50)))

    assert answered(held, 1_000) == 50 * BURST_SECONDS + 1
    assert held.passed("he-thong", 100.0) is Quota.SYSTEM


def test_a_steady_caller_at_its_rate_is_never_refused_and_one_at_twice_gets_its_rate():
    steady, twice = (quotas(a_system(profile=WireProfile(rate_per_second=50))) for _ in range(2))

    assert answered(steady, 5_000, per_second=50) == 5_000
    assert answered(twice, 10_000, per_second=100) == pytest.approx(50 * 100 + 50 * BURST_SECONDS, rel=0.01)


def test_who_was_refused_is_let_in_when_time_has_passed():
    held = quotas(a_system(profile=WireProfile(rate_per_second=10)))
    answered(held, 100)

    assert answered(held, 100, begin=101.0) == 10
    assert answered(held, 100, begin=200.0) == 21


def test_many_systems_of_one_organisation_share_its_rate():
    systems = [a_system(f"he-thong-{at}", profile=WireProfile(rate_per_second=900)) for at in range(5)]
    held = quotas(*systems, InformationSystem("khac", "H30", "Khác", ConnectionState.OFFICIAL))

    passed = sum(answered(held, 2_000, system=each.client_id) for each in systems)

    assert passed == 1_000 * BURST_SECONDS + 1
    assert held.passed("he-thong-4", 100.0) is Quota.ORGANISATION
    assert held.passed("khac", 100.0) is None


def test_an_organisation_has_at_least_what_its_largest_system_has():
    held = quotas(a_system(profile=WireProfile(rate_per_second=4_000)))

    assert answered(held, 20_000) == 4_000 * BURST_SECONDS + 1


def test_processes_that_share_a_rate_give_out_a_part_each():
    parts = [quotas(a_system(profile=WireProfile(rate_per_second=40)), processes=4) for _ in range(4)]

    assert sum(answered(part, 1_000, per_second=100) for part in parts) == pytest.approx(
        4 * (10 * 10 + 10 * BURST_SECONDS), rel=0.05
    )


class Table:
    """Takes what is written, or fails."""

    def __init__(self) -> None:
        self.written: list[tuple[object, ...]] = []
        self.is_down = True

    async def execute(self, query: str, *arguments: object) -> str:
        if self.is_down and "exchange_usage" in query:
            raise OSError
        self.written.append(arguments)
        return ""


async def written_by(gate: Gate) -> list[tuple[object, ...]]:
    from tests.factories.people import NOW

    table = Table()
    with pytest.raises(OSError):
        await gate.flush(table, NOW)
    table.is_down = False
    gate.security_log.note("rest.unauthenticated", "203.0.113.7")
    await gate.flush(table, NOW)
    return table.written


def test_what_was_throttled_is_counted_and_kept_while_it_cannot_be_written():
    import asyncio

    gate = Gate()
    gate.quotas.set_rates([a_system(profile=WireProfile(rate_per_second=1))])
    request = AccessRequest(Actor("H57", "he-thong", "canbo01"), Kind.VERIFY, "REST", "1.001193")
    refused = 0
    for _ in range(10):
        try:
            gate.admit(request, 5.0)
        except TooMany as failure:
            refused += failure.code == "exchange.quota"

    written = asyncio.run(written_by(gate))

    assert refused == 7
    assert written[0][1:] == (["quota.system"], ["he-thong"], [7])
    assert written[-1][2:] == (["H57\x1fhe-thong\x1f\x1fverify\x1f"], [0], [0], [0], [7])
    assert gate.is_empty


def test_a_new_reading_of_the_directory_changes_rates_and_forgets_nothing_used():
    held = quotas(a_system(profile=WireProfile(rate_per_second=10)))
    answered(held, 100)

    held.set_rates([a_system(profile=WireProfile(rate_per_second=10))])
    assert held.passed("he-thong", 100.0) is Quota.SYSTEM
    held.set_rates([a_system(profile=WireProfile(rate_per_second=1_000))])

    assert answered(held, 5_000, begin=200.0) == 1_000 * BURST_SECONDS + 1
