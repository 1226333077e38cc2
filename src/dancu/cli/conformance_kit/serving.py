"""The kit as the national service for a candidate client: leads it through the scenario, keeps what it sent, judges at the end."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from dancu.cli.conformance_kit import client_envelope_checks, client_habits  # noqa: F401 - each puts its checks into the list
from dancu.cli.conformance_kit.agreed import Agreed
from dancu.cli.conformance_kit.answering import citizen, nobody, verified
from dancu.cli.conformance_kit.checks import Failed, Skipped, masked
from dancu.cli.conformance_kit.client_checks import CLIENT_CHECKS, Run
from dancu.cli.conformance_kit.hearing import Heard
from dancu.cli.conformance_kit.national import VERIFY
from dancu.cli.conformance_kit.persons import Cast
from dancu.cli.conformance_kit.playing import KIT_VERSION
from dancu.cli.conformance_kit.scenario import Manner, Pace, Step, step_for, steps_of
from dancu.onboarding.conformance import (
    CandidateRole,
    CheckOutcome,
    CheckResult,
    ConformanceResult,
    summary_of,
)

DIALECT = "soap"
BODY_BYTES_MAX = 256 * 1024
CALLS_MAX = 1000  # kept; a client that sends more hammers, which was seen by then
XML = "text/xml"


class Service:
    """Answers by the scenario whoever asks, right or wrong: an integrator wants all mistakes of one go."""

    def __init__(self, agreed: Agreed, cast: Cast, pace: Pace = Pace()) -> None:
        self.agreed, self.pace, self.steps = agreed, pace, steps_of(cast)
        self.heard: list[Heard] = []
        self._began = time.monotonic()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One call of the candidate."""
        if request.method == "GET" and "wsdl" in request.query_string.lower():
            return web.Response(status=404)
        call = Heard(
            len(self.heard) + 1,
            time.monotonic() - self._began,
            time.time(),
            request.method,
            request.raw_path,
            request.host,
            tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.raw_headers),
            await request.read(),
        )
        if len(self.heard) < CALLS_MAX:
            self.heard.append(call)
        step = step_for(self.steps, call.number)
        is_first = step is not None and not any(
            step_for(self.steps, each.number) is step for each in self.heard if each is not call
        )
        response = await self._answer(call, step, is_first)
        call.left = request.transport is None or request.transport.is_closing()
        call.answered_at = time.monotonic() - self._began
        return response

    async def _answer(self, call: Heard, step: Step | None, is_first: bool) -> web.Response:
        exists, operation = step is not None and step.manner is not Manner.NOBODY, call.request.operation
        if step is None or not exists:
            body = verified(False, operation) if operation.startswith(VERIFY) else nobody()
            return web.Response(body=body, content_type=XML, charset="utf-8")
        if is_first and step.manner is Manner.BUSY:
            return web.Response(status=503, headers={"Retry-After": str(self.pace.retry_after_seconds)})
        if is_first and step.manner is Manner.BLANK:
            return web.Response(body=b"", content_type=XML, charset="utf-8")
        if is_first and step.manner is Manner.SLOW:
            await asyncio.sleep(self.pace.slow_seconds)
        body = verified(True, operation) if operation.startswith(VERIFY) else citizen(step.persona)
        return web.Response(body=body, content_type=XML, charset="utf-8")

    @property
    def is_settled(self) -> bool:
        """Has everybody been asked about, every repeat come or been waited for, and is it quiet?"""
        now = time.monotonic() - self._began
        for step in self.steps:
            calls = [each for each in self.heard if step_for(self.steps, each.number) is step]
            if not calls or calls[0].answered_at is None:
                return False
            if step.manner in (Manner.BUSY, Manner.BLANK) and len(calls) == 1 and now - calls[0].at < self.pace.patience_seconds:
                return False
        return now - max(each.at for each in self.heard) >= self.pace.settle_seconds

    def judged(self, now: datetime, began: datetime) -> ConformanceResult:
        """The document about what was heard so far."""
        run = Run(tuple(self.heard), self.agreed, self.steps, self.pace)
        results = tuple(_judged(each.id, each.title, each.why, each.judge, run) for each in CLIENT_CHECKS)
        return ConformanceResult(
            KIT_VERSION, CandidateRole.CLIENT, self.agreed.client_id, "", (DIALECT,), began, now, results, summary_of(results)
        )


def _judged(name: str, title: str, why: str, judge: Callable[[Run], str], run: Run) -> CheckResult:
    outcome, sentence = CheckOutcome.PASSED, ""
    try:
        sentence = judge(run)
    except Skipped as failure:
        outcome, sentence = CheckOutcome.SKIPPED, failure.sentence
    except Failed as failure:
        outcome, sentence = CheckOutcome.FAILED, failure.sentence_about(why)
    return CheckResult(name, title, DIALECT, outcome, masked(sentence))


async def serve(
    service: Service, host: str, port: int, ready: Callable[[int], None], until_settled: bool, stop: asyncio.Event | None = None
) -> None:
    """Answer until told to stop, or until the scenario is through. Raises `OSError` when the port is taken."""
    application = web.Application(client_max_size=BODY_BYTES_MAX)
    application.router.add_route("*", "/{path:.*}", service.answer)
    runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        assert runner.addresses
        ready(runner.addresses[0][1])
        stop = stop or asyncio.Event()
        while not stop.is_set() and not (until_settled and service.is_settled):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 0.1)
    finally:
        await runner.cleanup()
