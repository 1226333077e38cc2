"""One run of the kit against an address, as the command does it, without the command."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from dancu.cli.conformance_kit.agreed import Agreed
from dancu.cli.conformance_kit.persons import DEMO, read_cast
from dancu.cli.conformance_kit.playing import DIALECTS, Wanted, play
from dancu.cli.conformance_kit.wire import Wire
from dancu.onboarding.conformance import CheckOutcome, CheckResult, ConformanceResult
from tests.cli.conformance.hub import AGREED

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def played(
    root: str,
    dialects: Sequence[str] = DIALECTS,
    only: Collection[str] = (),
    *,
    agreed: Agreed = AGREED,
    seconds: float = 10,
    skipped: Collection[str] = (),
) -> ConformanceResult:
    async def run() -> ConformanceResult:
        async with Wire(root, seconds) as wire:
            wanted = Wanted(dialects, frozenset(only), frozenset(skipped))
            return await play(wire, agreed, read_cast(DEMO), wanted, lambda: NOW)

    return asyncio.run(run())


def result_of(result: ConformanceResult, name: str) -> CheckResult:
    return next(each for each in result.checks if each.id == name)


def not_passed(result: ConformanceResult) -> dict[str, str]:
    return {each.id: each.sentence for each in result.checks if each.outcome is not CheckOutcome.PASSED}
