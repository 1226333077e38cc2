"""A citizen sees what she agreed to and takes it back herself; it holds for nobody from then on."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client

from dancu.kernel import clock
from dancu.kernel.warrants import Field
from dancu.protection.api import ConsentChannel, ConsentGiven, consent_holds, consents_of, give_consent
from tests.factories.people import NUMBER
from tests.portal.scene import OTHER, admit, lines_in, text_of

BANK, PURPOSE = "NH-MO-PHONG", "Đánh giá độ tin cậy khi vay vốn"


def agreed(number: str = NUMBER, *, days: int = 90) -> UUID:
    now = clock.now() - timedelta(days=1)
    words = ["full_name", "birth_date"]
    given = ConsentGiven(BANK, "diem-tin-dung", 1, words, now + timedelta(days=days), ConsentChannel.COUNTER, "phiếu số 1")
    return give_consent(number, given, f"key-{days}", now).id


def holds() -> bool:
    return consent_holds(NUMBER, BANK, PURPOSE, Field.FULL_NAME, clock.now())


def test_she_reads_to_whom_for_what_and_until_when(citizen: Client):
    agreed()
    page = text_of(citizen.get("/cua-toi/dong-y"))

    assert BANK in page
    assert PURPOSE in page
    assert "họ tên và ngày sinh" in page.lower()
    assert "Còn hiệu lực" in page
    assert "Tôi có thể rút lại đồng ý này bất cứ lúc nào" in page, "the words she read"


def test_she_takes_it_back_after_one_question_and_it_holds_no_longer(citizen: Client):
    consent = agreed()
    asked = text_of(citizen.get(f"/cua-toi/dong-y/{consent}/rut"))
    assert BANK in asked
    assert "Rút lại đồng ý này" in asked
    assert holds(), "asking changes nothing"

    told = citizen.post(f"/cua-toi/dong-y/{consent}/rut", {"sure": "1"}, follow=True)

    assert "Đã rút lại đồng ý DY-" in text_of(told)
    assert "Rút lại đồng ý này" in asked
    assert "Rút lại đồng ý này" not in text_of(told), "no button for what is over"
    assert not holds()
    (kept,) = consents_of(NUMBER)
    assert kept.actions[-1].channel is ConsentChannel.PORTAL


def test_the_list_of_looks_names_whom_she_allowed_and_no_desk(citizen: Client):
    consent = agreed()
    citizen.post(f"/cua-toi/dong-y/{consent}/rut", {"sure": "1"})

    withdrawn, given = lines_in(text_of(citizen.get("/cua-toi")))

    assert given.startswith(f"Ghi nhận bạn đồng ý cho {BANK} dùng họ tên và ngày sinh của bạn lúc ")
    assert withdrawn.startswith(f"Ghi nhận bạn rút lại đồng ý đã cho {BANK} dùng họ tên và ngày sinh của bạn lúc ")
    assert given.endswith(f", mục đích: {PURPOSE}.")


def test_pressed_twice_it_is_taken_back_once(citizen: Client):
    consent = agreed()
    answers = [citizen.post(f"/cua-toi/dong-y/{consent}/rut", {"sure": "1"}) for _twice in range(2)]

    assert [each["Location"] for each in answers] == [f"/cua-toi/dong-y?rut={consent}"] * 2
    assert len(consents_of(NUMBER)[0].actions) == 2


def test_the_look_of_the_address_takes_nothing_back(citizen: Client):
    consent = agreed()
    citizen.get(f"/cua-toi/dong-y/{consent}/rut?sure=1")
    citizen.post(f"/cua-toi/dong-y/{consent}/rut")

    assert holds()


def test_somebody_elses_and_none_look_the_same(citizen: Client):
    consent = agreed()
    stranger = admit(OTHER)
    answers = [stranger.post(f"/cua-toi/dong-y/{each}/rut", {"sure": "1"}) for each in (consent, uuid4())]

    assert [each.status_code for each in answers] == [404, 404]
    assert "NH-MO-PHONG" not in text_of(stranger.get(f"/cua-toi/dong-y?rut={consent}"))
    assert holds()


def test_what_ran_out_is_shown_and_needs_no_button(citizen: Client):
    now = clock.now()
    past = now - timedelta(days=40)
    given = ConsentGiven(BANK, "diem-tin-dung", 1, ["full_name"], past + timedelta(days=30), ConsentChannel.PAPER, "phiếu số 2")
    give_consent(NUMBER, given, "old", past)
    page = text_of(citizen.get("/cua-toi/dong-y"))

    assert "Đã hết hạn" in page
    assert "/rut" not in page


def test_without_any_the_page_says_so(citizen: Client):
    assert "Bạn chưa đồng ý cho tổ chức nào" in text_of(citizen.get("/cua-toi/dong-y"))


@pytest.mark.parametrize("path", ["/cua-toi/dong-y", "/cua-toi/dong-y/01a1febf-e3fc-7f8e-a59b-2efa10829877/rut"])
def test_signed_out_she_is_sent_to_her_sign_in(db: None, path: str):
    answer = Client().get(path)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/dan/dang-nhap")
