"""What a citizen is told stands on her own page: under each of her numbers, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from dancu.kernel import clock
from dancu.kernel.personal_id import PersonalId
from dancu.notices import api as notices
from tests.factories.people import NUMBER
from tests.portal.scene import OTHER, admit, text_of


def told(number: str = NUMBER, code: str = "SC-1", minutes: int = 0) -> None:
    now = clock.now() - timedelta(minutes=minutes)
    values = {"code": code, "what": "Dữ liệu bị xem trái phép", "advice": "Đổi mật khẩu", "contact": "Bộ phận <b>bảo vệ</b>"}
    said = notices.message("protection.breach.affected", values, now=now)
    notices.send(notices.citizen_notice(said, PersonalId.parse(number), key=code, owner="H57", room="protection"), now=now)
    notices.deliver_due({"notice.citizen": notices.deliver_to_citizen}, lambda: now)


def test_a_letter_about_a_breach_stands_on_her_page(citizen: Client):
    told()
    page = text_of(citizen.get("/cua-toi/thong-bao"))

    assert "SC-1" in page
    assert "Dữ liệu bị xem trái phép" in page
    assert "Đổi mật khẩu" in page
    assert "<b>bảo vệ" not in page


def test_the_newest_stands_first(citizen: Client):
    told(code="SC-CU", minutes=60)
    told(code="SC-MOI")
    page = text_of(citizen.get("/cua-toi/thong-bao"))

    assert page.index("SC-MOI") < page.index("SC-CU")


def test_nobody_reads_what_another_was_told(citizen: Client):
    told()

    assert "SC-1" not in text_of(admit(OTHER).get("/cua-toi/thong-bao"))


def test_without_any_the_page_says_what_will_stand_there(citizen: Client):
    assert "Chưa có thông báo nào" in text_of(citizen.get("/cua-toi/thong-bao"))
    citizen.cookies["django_language"] = "en"
    assert "No notices yet" in text_of(citizen.get("/cua-toi/thong-bao"))


def test_signed_out_she_is_sent_to_her_sign_in(db: None):
    assert Client().get("/cua-toi/thong-bao")["Location"].startswith("/dan/dang-nhap")
