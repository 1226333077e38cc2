"""Changing one thing about a system changes that thing only; taking something away takes it away or says that it was not there."""

from __future__ import annotations

import pytest

from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.sealing import SealingKey
from dancu.onboarding import api as onboarding
from dancu.onboarding.models import System
from tests.factories.database import connect_system
from tests.factories.people import NOW

pytestmark = pytest.mark.django_db


def accounts() -> bool:
    return onboarding.standing_of("he-thong", "REST", "1.001193", "canbo77").officer_listed


def test_new_addresses_neither_open_a_suspended_system_nor_forget_why():
    connect_system()
    onboarding.set_state("he-thong", onboarding.ConnectionState.SUSPENDED, reason="kiểm tra an ninh", by="test", now=NOW)

    onboarding.set_service_urls("he-thong", ["https://dan-cu.example/soap"], by="test", now=NOW)

    system = onboarding.get_system("he-thong")
    assert system.state is onboarding.ConnectionState.SUSPENDED
    assert system.service_urls == ("https://dan-cu.example/soap",)
    assert System.objects.get(client_id="he-thong").state_reason == "kiểm tra an ninh"


@pytest.mark.parametrize("client_id", ["bv-123456789", "202611241530", "h57.046090000101"])
def test_an_id_that_reads_as_a_personal_number_is_refused(client_id: str):
    system = onboarding.InformationSystem(client_id, "H57", "x", onboarding.ConnectionState.REGISTERED)

    with pytest.raises(Invalid) as refused:
        onboarding.register_system(system, key=SealingKey(b"k" * 32), by="test", now=NOW)

    assert refused.value.code == "client.number"


def test_a_state_leads_only_where_it_may():
    connect_system()

    with pytest.raises(Conflict) as refused:
        onboarding.set_state("he-thong", onboarding.ConnectionState.REGISTERED, reason="", by="test", now=NOW)

    assert refused.value.details["possible"]


def test_an_account_goes_as_it_came_blanks_or_not():
    connect_system()
    onboarding.list_accounts_for("H57", ["canbo77 "], by="test", now=NOW)
    assert accounts()

    onboarding.remove_accounts_for("H57", [" canbo77 "], by="test", now=NOW)

    assert not accounts()
    with pytest.raises(NotFound):
        onboarding.remove_accounts_for("H57", ["canbo77"], by="test", now=NOW)
