"""Our own hub passes the kit in every dialect it serves, with the registry here and with the registry at a hub above."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from dancu.cli.conformance_kit.playing import DIALECTS
from dancu.gateway.routes import ROUTES
from dancu.onboarding.conformance import CandidateRole, CheckOutcome
from tests.cli.conformance.behind import connect_province
from tests.cli.conformance.hub import a_hub
from tests.cli.conformance.played import not_passed, played
from tests.conftest import copy_database, drop_database, urls_of
from tests.gateway.above import a_hub_above, settings_for
from tests.gateway.process import GatewayProcess

# The kit's names for them; `o` is `opencps` with credentials, the description is looked at by nobody but readers.
_ELSEWHERE = {"v1": "rest", "o": "opencps", "openapi-tuong-thich.yaml": "rest"}


def test_every_contract_the_gateway_serves_has_a_dialect_in_the_kit() -> None:
    assert {_ELSEWHERE.get(name, name) for name in ROUTES} == set(DIALECTS)


@pytest.mark.slow
def test_our_own_hub_passes_every_check_of_every_dialect(hub: GatewayProcess) -> None:
    result = played(hub.root)

    assert not_passed(result) == {}
    assert (result.role, result.url, result.dialects) == (CandidateRole.SERVER, hub.root, DIALECTS)
    assert result.summary.passed == len(result.checks) > 200
    assert {each.dialect for each in result.checks} == set(DIALECTS)
    assert all(each.outcome is CheckOutcome.PASSED and not each.sentence for each in result.checks)


@pytest.fixture
def above(kit_template: str) -> Iterator[str]:
    """The same registry as that of a national instance: the province's hub is connected, and its two systems behind it."""
    name = f"dancu_kit_above_{uuid4().hex[:12]}"
    copy_database(name, kit_template)
    connect_province(urls_of(name))
    yield name
    drop_database(name)


@pytest.mark.slow
def test_a_province_whose_registry_is_at_the_hub_above_passes_as_well(kit_template: str, above: str) -> None:
    name = f"dancu_kit_province_{uuid4().hex[:12]}"
    copy_database(name, kit_template)
    with a_hub_above(urls_of(name), above) as (national, _):
        running = GatewayProcess(urls_of(name).gateway, **settings_for(national, "hub"))
        running.start()
        try:
            result = played(running.root)
        finally:
            running.stop()
    drop_database(name)

    assert not_passed(result) == {}


@pytest.mark.slow
def test_a_person_who_was_guessed_at_too_often_is_one_clear_failure(kit_template: str) -> None:
    with a_hub(kit_template) as hub:
        for _ in range(3):  # as one who mends and tries again: each time two false statements about one person
            played(hub.root, ["soap"], ["soap.uniform"])
        result = played(hub.root, ["soap"])

    assert list(not_passed(result)) == ["soap.name-without-marks"]
    assert "hết lượt hôm nay" in not_passed(result)["soap.name-without-marks"]
