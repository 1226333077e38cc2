"""Who opens what was locked: a body what was locked from within it, the department and operators everything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dancu.identity.api import Organisation, add_officer, add_organisation
from dancu.kernel.errors import Conflict, NotFound
from dancu.kernel.reach import SYSTEM, acting
from dancu.onboarding import api as onboarding
from dancu.onboarding.accounts import usecases as accounts
from dancu.onboarding.models import Account
from tests.factories.people import NOW
from tests.factories.web_role import web_role
from tests.identity.scene import PASSWORD, browser_of, text_of
from tests.onboarding.gate_scene import EXAMINER, OPERATOR, OWNER, appoint, at_work

pytestmark = pytest.mark.django_db(transaction=True)
BELOW, STRAY = "ketnoi.57.12", "thamdinh.lac"
PAGE = "/ket-noi/tai-khoan?co_quan=H57"


@pytest.fixture(autouse=True)
def people() -> Iterator[None]:
    with acting(SYSTEM):
        appoint()
        add_organisation(Organisation("H57.12", "Sở thử"), {"CNTT": "Phòng kỹ thuật"})
        add_officer(BELOW, "Cán bộ sở", "H57.12", "CNTT", ["integrator"], PASSWORD)
        add_officer(STRAY, "Cán bộ lạc", "H57", "CNTT", ["gate-officer"], PASSWORD)
        onboarding.list_accounts_for("H57", ["canbo01", "canbo02"], by="test", now=NOW)
        onboarding.list_accounts_for("H57.12", ["canbo.so"], by="test", now=NOW)
    with web_role():
        yield


def lock(account: str, *names: str, organisation: str = "H57") -> int:
    with at_work(account) as officer:
        return accounts.lock_accounts(officer, organisation, names, "nghi lộ mật khẩu", now=NOW)


def unlock(account: str, *names: str, organisation: str = "H57") -> int:
    with at_work(account) as officer:
        return accounts.unlock_accounts(officer, organisation, names, now=NOW)


def locked() -> dict[str, str]:
    return dict(Account.objects.exclude(locked_at=None).values_list("account", "locked_by"))


def test_what_the_department_locked_a_body_does_not_open_and_nothing_beside_it() -> None:
    lock(EXAMINER, "canbo01")
    lock(OWNER, "canbo02")

    with pytest.raises(Conflict) as refused:
        unlock(OWNER, "canbo01", "canbo02")

    assert locked() == {"canbo01": "G01.206", "canbo02": "H57"}
    assert refused.value.details["locked"] == {"G01.206": 1}
    assert "1 tài khoản do Cơ quan thử G01.206 khoá" in refused.value.message
    assert "gửi văn bản đề nghị C06 mở" in refused.value.message
    assert "1 locked by Cơ quan thử G01.206" in refused.value.message_en
    assert unlock(OWNER, "canbo02") == 1


@pytest.mark.parametrize("account", [EXAMINER, OPERATOR])
def test_the_department_and_an_operator_open_everything(account: str) -> None:
    lock(EXAMINER, "canbo01")
    lock(OWNER, "canbo02")

    assert unlock(account, "canbo01", "canbo02") == 2
    assert locked() == {}
    assert set(Account.objects.values_list("locked_by", flat=True)) == {""}


def test_an_examiner_of_another_organisation_is_not_the_department() -> None:
    lock(EXAMINER, "canbo01")

    with pytest.raises(Conflict):
        unlock(STRAY, "canbo01")


def test_a_body_opens_what_one_below_it_locked_and_never_the_other_way_round() -> None:
    lock(BELOW, "canbo.so", organisation="H57.12")
    assert unlock(OWNER, "canbo.so", organisation="H57.12") == 1

    lock(OWNER, "canbo.so", organisation="H57.12")
    with pytest.raises(Conflict):
        unlock(BELOW, "canbo.so", organisation="H57.12")


def test_what_nobody_knows_who_locked_the_department_opens() -> None:
    with acting(SYSTEM):
        Account.objects.filter(account="canbo01").update(locked_at=NOW, locked_for="từ trước")

    with pytest.raises(Conflict):
        unlock(OWNER, "canbo01")
    assert unlock(EXAMINER, "canbo01") == 1


def test_locking_first_does_not_keep_the_department_s_lock_away() -> None:
    lock(OWNER, "canbo01")

    assert lock(EXAMINER, "canbo01") == 1

    assert locked() == {"canbo01": "G01.206"}
    with pytest.raises(Conflict):
        unlock(OWNER, "canbo01")


def test_a_body_does_not_lock_over_the_department() -> None:
    lock(EXAMINER, "canbo01")

    with pytest.raises(NotFound):
        lock(OWNER, "canbo01")

    assert locked() == {"canbo01": "G01.206"}


def test_a_lock_goes_along_to_another_body_and_is_still_the_department_s() -> None:
    lock(EXAMINER, "canbo01")
    with at_work(OWNER) as officer:
        accounts.transfer_accounts(officer, "H57", ["canbo01"], "H57.12", now=NOW)

    with pytest.raises(Conflict):
        unlock(OWNER, "canbo01", organisation="H57.12")


def test_a_locked_account_is_not_opened_by_moving_it_to_where_it_is_open() -> None:
    with acting(SYSTEM):
        onboarding.list_accounts_for("H57.12", ["canbo01"], by="test", now=NOW)
    lock(EXAMINER, "canbo01")

    with at_work(OWNER) as officer:
        assert accounts.transfer_accounts(officer, "H57", ["canbo01", "canbo02"], "H57.12", now=NOW) == 2

    assert locked() == {"canbo01": "G01.206"}
    assert onboarding.accounts_of("H57") == []


def test_the_page_says_who_locked_and_what_to_do() -> None:
    lock(EXAMINER, "canbo01")
    browser = browser_of(OWNER)

    assert "do Cơ quan thử G01.206 khoá" in text_of(browser.get(PAGE))
    answer = browser.post(PAGE, {"step": "unlock", "account": ["canbo01", "canbo02"]})

    assert (answer.status_code, "đề nghị C06 mở" in text_of(answer)) == (409, True)
