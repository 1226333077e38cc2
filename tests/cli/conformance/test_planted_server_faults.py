"""The kit sees what is wrong with a server.

A front before our own hub harms one thing at a time; the check that is about that thing has to fail, with a sentence that names it.
With a front that harms nothing everything passes, so that no check fails for another reason than the fault.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dancu.cli.conformance_kit.checks import CHECKS
from dancu.onboarding.conformance import CheckOutcome
from dancu.synth.api import PERSONAS
from tests.cli.conformance.front import Fault, Front, a_front
from tests.cli.conformance.other_faults import OTHER_FAULTS
from tests.cli.conformance.played import not_passed, played, result_of
from tests.cli.conformance.soap_faults import SOAP_FAULTS, Planted
from tests.gateway.process import GatewayProcess

pytestmark = pytest.mark.slow
FAULTS = (*SOAP_FAULTS, *OTHER_FAULTS)


@pytest.fixture(scope="module")
def front(hub: GatewayProcess) -> Iterator[Front]:
    with a_front(hub.root) as front:
        yield front


def test_with_no_fault_planted_everything_passes(front: Front) -> None:
    front.fault = Fault()

    assert not_passed(played(front.root)) == {}


@pytest.mark.parametrize("planted", FAULTS, ids=str)
def test_a_planted_fault_is_named_by_its_check(front: Front, planted: Planted) -> None:
    front.fault = planted.make()
    dialect = planted.check.partition(".")[0]

    result = played(front.root, [dialect], [planted.check], seconds=planted.seconds)

    told = result_of(result, planted.check)
    assert told.outcome is CheckOutcome.FAILED, told
    assert planted.word in told.sentence
    assert "Cần: " in told.sentence
    assert not result.holds
    assert not any(number in str(result) for person in PERSONAS for number in (person["personal_id"], person["full_name"].upper()))


def test_faults_are_planted_for_nearly_every_check_of_one_dialect() -> None:
    caught = {planted.check for planted in FAULTS}
    without = {each.id for each in CHECKS if each.dialect == "soap"} - caught

    assert len(FAULTS) > 100
    assert without == {"soap.married-form", "soap.wsdl"} - caught
