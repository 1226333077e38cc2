"""The kit as the national service: a good program passes, and each planted fault of a program is named by its check."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from dancu.cli.conformance_kit.agreed import Agreed
from dancu.cli.conformance_kit.client_checks import CLIENT_CHECKS
from dancu.cli.conformance_kit.persons import DEMO, read_cast
from dancu.cli.conformance_kit.scenario import Manner, Pace
from dancu.cli.conformance_kit.serving import Service, serve
from dancu.kernel.signing import MessageKey
from dancu.onboarding.conformance import CandidateRole, CheckOutcome, ConformanceResult, read_result, sign_result
from tests.cli.conformance.client_faults import CLIENT_FAULTS, QUICK, Planted
from tests.cli.conformance.field_program import Program
from tests.cli.conformance.played import NOW, not_passed, result_of

KEY = MessageKey.generate()
CLIENT, SECRET = "phan-mem", "bi-mat-cua-phan-mem"
AGREED = Agreed(CLIENT, SECRET)


def judged(program: type[Program], pace: Pace = QUICK, *, leaves_out: int = 0) -> ConformanceResult:
    """Let a program look up everybody on the list, and judge what it sent."""

    async def run() -> ConformanceResult:
        service, port, stop = Service(AGREED, read_cast(DEMO), pace), asyncio.get_running_loop().create_future(), asyncio.Event()
        serving = asyncio.create_task(serve(service, "127.0.0.1", 0, port.set_result, until_settled=not leaves_out, stop=stop))
        candidate = program(f"http://127.0.0.1:{await port}", CLIENT, SECRET)
        people = [(step.persona.number, step.persona.name, step.persona.born) for step in service.steps]
        await candidate.look_up_all(people[: len(people) - leaves_out])
        if leaves_out:
            stop.set()
        await asyncio.wait_for(serving, 10)
        return service.judged(NOW, NOW)

    return asyncio.run(run())


def test_a_well_made_program_passes_every_check_and_the_run_ends_by_itself() -> None:
    result = judged(Program, replace(QUICK, retry_after_seconds=1))

    assert not_passed(result) == {}
    assert (result.role, result.dialects, result.client_id) == (CandidateRole.CLIENT, ("soap",), CLIENT)
    assert result.summary.passed == len(CLIENT_CHECKS) > 20
    assert read_result(sign_result(result, KEY), KEY.public) == result


def test_every_bad_day_is_part_of_the_scenario() -> None:
    service = Service(AGREED, read_cast(DEMO))

    assert {step.manner for step in service.steps} == set(Manner)
    assert any(len(step.persona.born) == 4 for step in service.steps)
    assert len({step.persona.number for step in service.steps}) == len(service.steps)


@pytest.mark.parametrize("planted", CLIENT_FAULTS, ids=str)
def test_a_planted_fault_of_a_program_is_named_by_its_check(planted: Planted) -> None:
    # What cannot be read ends no scenario: there the integrator ends the run.
    told = judged(planted.program(), planted.pace, leaves_out=1)

    failed = result_of(told, planted.check)
    assert failed.outcome is CheckOutcome.FAILED, failed
    assert planted.word in failed.sentence
    assert SECRET not in str(told)
    assert not told.holds


def test_a_run_that_is_ended_early_says_who_was_not_asked_about() -> None:
    result = judged(Program, leaves_out=2)

    assert set(not_passed(result)) == {"client.steps"}
    assert result_of(result, "client.steps").outcome is CheckOutcome.FAILED


def test_an_id_that_comes_twice_is_remarked_and_not_held_against_a_program() -> None:
    constant = type("Constant", (Program,), {"request_id": lambda self: "CONSTANT"})

    told = result_of(judged(constant), "client.request-id")

    assert told.outcome is CheckOutcome.PASSED
    assert "lặp lại" in told.sentence


def test_without_a_call_nothing_is_said_to_be_right() -> None:
    result = Service(AGREED, read_cast(DEMO)).judged(NOW, NOW)

    assert result.summary.passed == 0
    assert not result.holds
