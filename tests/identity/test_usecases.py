"""Signing in: one answer for every failure, a limit for an account and for a network, open again after the window."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from dancu.identity.api import Officer, SignInRefused, add_officer, officer_by_id
from dancu.identity.domain import FAILURE_WINDOW, FAILURES_PER_ACCOUNT_MAX, FAILURES_PER_NETWORK_MAX
from dancu.identity.models import Officer as OfficerRow
from dancu.identity.models import SignInFailure
from tests.factories.people import NOW
from tests.identity.scene import ACCOUNT, CLERK, COLLEAGUE, ELSEWHERE, HERE, PASSWORD, tried

pytestmark = pytest.mark.usefixtures("_officers")
REFUSED, TOO_MANY = SignInRefused(), SignInRefused(too_many=True)
AFTER_WINDOW = NOW + FAILURE_WINDOW + timedelta(seconds=1)


def lock(account: str) -> None:
    OfficerRow.objects.filter(account=account).update(is_active=False)


def fail(times: int, account: str = ACCOUNT, address: str = HERE) -> None:
    for _ in range(times):
        assert tried(account, "sai", address) == REFUSED


def test_the_right_password_gives_the_officer_with_her_place_and_roles():
    officer = tried()

    assert isinstance(officer, Officer)
    assert (officer.account, officer.organisation_code, officer.unit_code) == (ACCOUNT, "H57.12.3", "MC")
    assert officer.roles == {"desk"}
    assert tried(f"  {ACCOUNT} ") == officer
    assert SignInFailure.objects.count() == 0


def test_wrong_password_unknown_and_locked_account_get_one_answer():
    lock(COLLEAGUE)

    answers = [tried(ACCOUNT, "sai"), tried("khong-co", PASSWORD), tried(COLLEAGUE, PASSWORD), tried("", ""), tried(ACCOUNT, "")]

    assert answers == [REFUSED] * 5


def test_an_unknown_account_takes_as_long_as_a_wrong_password():
    def effort(account: str) -> float:
        started = time.thread_time()
        tried(account, "sai")
        return time.thread_time() - started

    known, unknown = (min(effort(account) for _ in range(3)) for account in (ACCOUNT, "khong-co"))

    assert 0.4 < unknown / known < 2.5


@pytest.mark.parametrize("account", [ACCOUNT, "khong-co"])
def test_too_many_failures_close_an_account_that_exists_or_not(account: str):
    fail(FAILURES_PER_ACCOUNT_MAX, account)

    assert tried(account) == TOO_MANY
    assert tried(account, address=ELSEWHERE) == TOO_MANY
    assert isinstance(tried(COLLEAGUE), Officer)


def test_one_failure_less_closes_nothing():
    fail(FAILURES_PER_ACCOUNT_MAX - 1)

    assert isinstance(tried(), Officer)


def test_the_account_opens_again_after_the_window_and_not_before():
    fail(FAILURES_PER_ACCOUNT_MAX)

    assert tried(now=NOW + FAILURE_WINDOW - timedelta(seconds=1)) == TOO_MANY
    assert isinstance(tried(now=AFTER_WINDOW), Officer)


def test_knocking_at_a_closed_door_does_not_keep_it_closed():
    fail(FAILURES_PER_ACCOUNT_MAX)
    for minute in range(1, 15):
        assert tried(password="sai", now=NOW + timedelta(minutes=minute)) == TOO_MANY

    assert isinstance(tried(now=AFTER_WINDOW), Officer)


def test_blanks_around_an_account_are_no_way_past_the_count():
    for blanks in range(FAILURES_PER_ACCOUNT_MAX):
        tried(" " * blanks + ACCOUNT, "sai")

    assert tried() == TOO_MANY


def fill_network(address_of: Callable[[int], str]) -> None:
    for at in range(FAILURES_PER_NETWORK_MAX):
        assert tried(f"doan{at}", "sai", address_of(at)) == REFUSED


def test_too_many_failures_close_a_network_and_open_it_again():
    fill_network(lambda at: f"192.0.2.{at}")

    assert tried(address="192.0.2.250") == TOO_MANY
    assert isinstance(tried(address=ELSEWHERE), Officer)
    assert isinstance(tried(address="192.0.2.250", now=AFTER_WINDOW), Officer)


def test_a_network_of_the_new_protocol_is_counted_as_one_site():
    fill_network(lambda at: f"2001:db8:1:{at:x}::1")

    assert tried(address="2001:db8:1:ffff::9") == TOO_MANY
    assert isinstance(tried(address="2001:db8:2::1"), Officer)


def test_failures_are_forgotten_after_the_window():
    fail(3)

    tried(ACCOUNT, "sai", now=AFTER_WINDOW)

    assert SignInFailure.objects.count() == 1
    assert set(SignInFailure.objects.values_list("account", "network")) == {(ACCOUNT, "192.0.2.0/24")}


def test_a_locked_officer_is_nobody_in_her_session_too():
    officer = tried(CLERK)
    assert isinstance(officer, Officer)
    assert officer_by_id(officer.id) == officer

    lock(CLERK)

    assert officer_by_id(officer.id) is None


def test_passwords_are_kept_as_argon2_in_the_stated_costs_and_never_twice_alike():
    kept = list(OfficerRow.objects.values_list("password", flat=True))

    assert all(password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$") for password in kept)
    assert len(set(kept)) == len(kept)
    assert PASSWORD not in "".join(kept)


def test_an_officer_set_anew_signs_in_with_the_new_password_only():
    add_officer(ACCOUNT, "Cán bộ Thử", "H57.12.3", "MC", ["desk"], "mat-khau-moi")

    assert tried() == REFUSED
    assert isinstance(tried(password="mat-khau-moi"), Officer)
