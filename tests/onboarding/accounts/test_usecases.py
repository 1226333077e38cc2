"""Lists of accounts in the database: sent and judged as a whole, approved once, locked, opened and moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from dancu.identity.api import Officer
from dancu.kernel.errors import Conflict, DancuError, Invalid, NotAllowed, NotFound
from dancu.kernel.reach import SYSTEM, acting
from dancu.ledger import api as ledger
from dancu.onboarding import api as onboarding
from dancu.onboarding.accounts import usecases as accounts
from dancu.onboarding.models import Account, AccountList, AccountRow
from tests.factories.people import NOW
from tests.factories.web_role import web_role
from tests.journeys.gate_story import account_sheet
from tests.onboarding.gate_scene import (
    EXAMINER,
    LINE,
    OTHER_OWNER,
    OWNER,
    ActionKind,
    appoint,
    at_work,
    filled,
    opened,
    sealing,
    write,
)

pytestmark = pytest.mark.django_db(transaction=True)
NUMBERS = ("046088000201", "046090000202")


@pytest.fixture(autouse=True)
def parties() -> Iterator[None]:
    with acting(SYSTEM):
        appoint()
        onboarding.list_accounts_for("H57", ["canbo01", "canbo02"], by="test", now=NOW)
    with web_role():
        yield


def test_what_is_sealed_is_not_in_the_clear_anywhere(tmp_path: Path) -> None:
    filled(tmp_path)

    with acting(SYSTEM):
        rows = list(AccountRow.objects.order_by("number").values("account", "role", "services", "sealed"))
    assert [row["account"] for row in rows] == ["canbo.kn1", "canbo.kn2"]
    assert not [row for row in rows if NUMBERS[0].encode() in bytes(row["sealed"]) or NUMBERS[1].encode() in bytes(row["sealed"])]
    assert not [entry for entry in ledger.latest(50) if any(number in str(entry.body) for number in NUMBERS)]


def test_of_a_list_with_a_fault_no_row_is_kept(tmp_path: Path) -> None:
    found = opened()
    write(OWNER, found.id, ActionKind.LINES, {"lines": [LINE]})
    with at_work(OWNER) as officer:
        from dancu.onboarding.dossiers.usecases import dossier_of

        sheet = ("x.xlsx", account_sheet([NUMBERS[0], "04609000020"]))
        judged = accounts.send_list(officer, dossier_of(found.id), sheet, folder=tmp_path, key=sealing(), now=NOW)

    assert judged.checked.faults
    with acting(SYSTEM):
        assert (AccountList.objects.count(), AccountRow.objects.count()) == (1, 0)
    with acting(SYSTEM), pytest.raises(Invalid):
        accounts.approve_list(judged.sent.id, by="test", now=NOW)


def test_a_list_is_approved_once(tmp_path: Path) -> None:
    found = filled(tmp_path)
    identity = UUID(found_list(found.id))
    with acting(SYSTEM):
        assert accounts.approve_list(identity, by="test", now=NOW) == 2
        with pytest.raises(Invalid):
            accounts.approve_list(identity, by="test", now=NOW)


def found_list(dossier: UUID) -> str:
    with acting(SYSTEM):
        return str(AccountList.objects.get(dossier=dossier).id)


def test_what_another_body_got_meanwhile_is_not_approved_for_this_one(tmp_path: Path) -> None:
    identity = UUID(found_list(filled(tmp_path).id))
    with acting(SYSTEM):
        onboarding.list_accounts_for("H25", ["canbo.kn1"], by="test", now=NOW)
        with pytest.raises(Conflict):
            accounts.approve_list(identity, by="test", now=NOW)
    assert "canbo.kn2" not in onboarding.accounts_of("H57")


ACTS: tuple[Callable[[Officer], object], ...] = (
    lambda officer: accounts.accounts_listed(officer, "H57"),
    lambda officer: accounts.lock_accounts(officer, "H57", ["canbo01"], "nghi lộ mật khẩu", now=NOW),
    lambda officer: accounts.unlock_accounts(officer, "H57", ["canbo01"], now=NOW),
    lambda officer: accounts.transfer_accounts(officer, "H57", ["canbo01"], officer.organisation_code, now=NOW),
)


@pytest.mark.parametrize("act", ACTS)
def test_the_accounts_of_another_province_are_not_one_s_own(act: Callable[[Officer], object]) -> None:
    with at_work(OTHER_OWNER) as officer, pytest.raises(NotAllowed):
        act(officer)


def test_one_s_own_are_not_pushed_into_another_province() -> None:
    with at_work(OWNER) as officer, pytest.raises(NotAllowed):
        accounts.transfer_accounts(officer, "H57", ["canbo01"], "H25", now=NOW)


def test_what_is_locked_is_refused_at_the_gate_and_opened_again() -> None:
    with acting(SYSTEM):
        from tests.factories.database import connect_system

        connect_system()
    with at_work(OWNER) as officer:
        assert accounts.lock_accounts(officer, "H57", ["canbo01"], "nghỉ việc", now=NOW) == 1
        assert not onboarding.standing_of("he-thong", "REST", "1.001193", "canbo01").officer_listed
        with pytest.raises(NotFound):
            accounts.lock_accounts(officer, "H57", ["canbo01"], "nghỉ việc", now=NOW)
        assert accounts.unlock_accounts(officer, "H57", ["canbo01"], now=NOW) == 1
        assert onboarding.standing_of("he-thong", "REST", "1.001193", "canbo01").officer_listed


@pytest.mark.parametrize("after", ["", "H57", "KHONG-CO", "H99"])
def test_accounts_go_to_a_body_there_is(after: str) -> None:
    with at_work(EXAMINER) as officer, pytest.raises(DancuError):
        accounts.transfer_accounts(officer, "H57", ["canbo01"], after, now=NOW)

    assert sorted(Account.objects.values_list("organisation", "account")) == [("H57", "canbo01"), ("H57", "canbo02")]


def test_a_locked_account_stays_locked_where_it_goes() -> None:
    with at_work(EXAMINER) as officer:
        accounts.lock_accounts(officer, "H57", ["canbo01"], "xác minh", now=NOW)
        assert accounts.transfer_accounts(officer, "H57", ["canbo01", "canbo02"], "H42", now=NOW) == 2

    assert set(Account.objects.filter(organisation="H42").values_list("account", "locked_for")) == {
        ("canbo01", "xác minh"),
        ("canbo02", ""),
    }


def test_a_list_is_given_back_with_its_own_dossier_only(tmp_path: Path) -> None:
    first, second = filled(tmp_path), opened(client_id="tthc.hai")
    with at_work(OWNER) as officer, pytest.raises(NotFound):
        accounts.returned_workbook(officer, second, UUID(found_list(first.id)), folder=tmp_path, now=NOW)
