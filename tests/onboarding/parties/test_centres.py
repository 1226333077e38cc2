"""The catalogue of data centres: added and renamed by the department and operators, with a trace, with a provider there is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dancu.kernel.errors import Invalid
from dancu.kernel.reach import SYSTEM, acting
from dancu.ledger import api as ledger
from dancu.onboarding import api as onboarding
from dancu.onboarding.axes import usecases as axes
from dancu.onboarding.parties import store
from dancu.onboarding.parties import usecases as parties
from dancu.onboarding.parties.domain import Centre, Party, PartyKind
from tests.factories.people import NOW
from tests.factories.web_role import web_role
from tests.identity.scene import browser_of, text_of
from tests.onboarding.gate_scene import DECIDER, EXAMINER, INSPECTOR, OPERATOR, OWNER, POLICE, appoint, at_work, opened

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/ket-noi/co-quan"
CENTRE = Centre("TTDL-MAU", "Trung tâm dữ liệu Mẫu", "VT-MAU")
FORM = {"step": "centre", "centre_code": "ttdl-mau", "centre_name": "Trung tâm dữ liệu Mẫu", "centre_provider": "vt-mau"}


@pytest.fixture(autouse=True)
def people() -> Iterator[None]:
    with acting(SYSTEM):
        appoint()
        parties.add_party(Party("VT-MAU", "Nhà mạng Mẫu", PartyKind.TELECOM), by="test", now=NOW)
    with web_role():
        yield


@pytest.mark.parametrize("account", [EXAMINER, OPERATOR])
def test_the_department_and_operators_add_and_rename_a_centre_on_the_page(account: str) -> None:
    browser = browser_of(account)

    assert browser.post(PAGE, FORM).status_code == 302
    assert browser.post(PAGE, {**FORM, "centre_name": "Trung tâm dữ liệu Mới"}).status_code == 302

    assert parties.centres() == [Centre("TTDL-MAU", "Trung tâm dữ liệu Mới", "VT-MAU")]
    page = text_of(browser.get(PAGE))
    assert "Trung tâm dữ liệu Mới" in page
    assert "Nhà mạng Mẫu (VT-MAU)" in page


@pytest.mark.parametrize("account", [OWNER, POLICE, DECIDER, INSPECTOR])
def test_everybody_else_sees_the_centres_and_changes_none(account: str) -> None:
    with acting(SYSTEM):
        parties.add_centre(CENTRE, by="test", now=NOW)
    browser = browser_of(account)

    page = text_of(browser.get(PAGE))
    changed = browser.post(PAGE, {**FORM, "centre_name": "Tên khác"})

    assert ("Trung tâm dữ liệu Mẫu" in page, "centre_code" in page, changed.status_code) == (True, False, 403)
    assert parties.centres() == [CENTRE]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "T"}, "centre_code"),
        ({"code": "TTDL MAU"}, "centre_code"),
        ({"code": "TTDL-MẪU"}, "centre_code"),
        ({"code": "T" * 21}, "centre_code"),
        ({"name": "  "}, "centre_name"),
        ({"name": "x" * 201}, "centre_name"),
        ({"provider": "VT-KHONG-CO"}, "centre_provider"),
        ({"provider": ""}, "centre_provider"),
    ],
)
def test_what_is_no_centre_is_refused_by_its_field(changed: dict[str, str], field: str) -> None:
    said = {"code": CENTRE.code, "name": CENTRE.name, "provider": CENTRE.provider, **changed}

    with at_work(OPERATOR), pytest.raises(Invalid) as refused:
        parties.add_centre(Centre(**said), by=OPERATOR, now=NOW)

    assert refused.value.field == field
    assert parties.centres() == []


def test_the_page_keeps_what_was_typed_and_says_what_is_wrong() -> None:
    answer = browser_of(OPERATOR).post(PAGE, {**FORM, "centre_provider": "VT-KHONG-CO"})

    assert answer.status_code == 422
    assert "Không có đơn vị này trong danh bạ" in text_of(answer)
    assert 'value="ttdl-mau"' in text_of(answer)


def test_every_change_is_in_the_ledger() -> None:
    with at_work(OPERATOR):
        parties.add_centre(CENTRE, by=OPERATOR, now=NOW)

    said = {(entry.body["outcome"], entry.body["organisation"]) for entry in ledger.latest(5)}
    assert ("centre.saved:TTDL-MAU", "VT-MAU") in said


def test_it_is_said_how_many_systems_stand_there() -> None:
    with acting(SYSTEM):
        parties.add_centre(CENTRE, by="test", now=NOW)
    for client_id in ("tthc.mot", "tthc.hai", "tthc.ba"):
        opened(client_id=client_id, hosting="provider", centre=CENTRE.code)
    opened(client_id="tthc.rieng")
    with acting(SYSTEM):
        axes.move_connection("tthc.ba", "close", axes.Ground("theo lệnh"), by="test", now=NOW)

    with at_work(OPERATOR):
        assert parties.systems_in_centres() == {CENTRE.code: 2}
    assert onboarding.get_system("tthc.ba").state is onboarding.ConnectionState.CLOSED


def test_a_centre_of_before_with_a_provider_nobody_knows_is_listed_by_its_code() -> None:
    with acting(SYSTEM):
        store.save_centre(Centre("TTDL-CU", "Trung tâm cũ", "VT-CU"))

    page = text_of(browser_of(OWNER).get(PAGE))

    assert ("Trung tâm cũ" in page, "VT-CU" in page) == (True, True)
