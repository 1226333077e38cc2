"""The pages of the registry's office: nobody's number in an address, nothing typed lost, nothing done by one human."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dancu.kernel import clock
from dancu.ledger import api as ledger
from dancu.population import api as population
from dancu.population.store import histories
from tests.factories.approvals import a_document, an_approval
from tests.factories.people import NAME, NUMBER
from tests.factories.web_role import web_role
from tests.registrar.office import (
    ASKS,
    BESIDE,
    CASE,
    DECIDES,
    DESK,
    GROUND,
    ask,
    browser_of,
    form_of,
    handed_in,
    open_office,
    open_person,
    search,
    step,
    text_of,
    words_of,
)
from tests.registrar.scene import CHILD, DOUBLE, NEW_NUMBER, PERSON, moment

pytestmark = pytest.mark.django_db(transaction=True)
RIGHT = "Trần Văn Đúng"


@pytest.fixture(autouse=True)
def _office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everything here runs with the rights of the pages, under the policies of the database."""
    monkeypatch.setattr(clock, "now", moment)
    open_office(tmp_path)
    with web_role():
        yield


def outcomes() -> list[str]:
    return [entry.body["outcome"] for entry in ledger.latest(200)]


def test_a_line_with_name_year_and_province_finds_somebody_and_says_why():
    answer = search(browser_of(ASKS), "tran van hoa 1990 Huế")

    assert answer.status_code == 200
    assert NAME.upper() in words_of(answer)
    assert "khác dấu" in words_of(answer)
    assert NUMBER not in re.sub(r">[^<]*<", "><", text_of(answer)), (
        "the number stands in the text only, never in an address or a field"
    )


@pytest.mark.parametrize(
    ("typed", "more", "said"),
    [
        ("Trần Văn Hòa", {}, "phải có năm sinh"),
        ("Trần Văn Hòa 1990 Nơi Không Có", {}, "Không có tỉnh, thành phố"),
        ("04609", {}, "Số định danh có 12 chữ số"),
        (NUMBER, {"case_no": ""}, "Ghi số hồ sơ hoặc số vụ việc"),
        (NUMBER, {"case_no": "xem giúp bạn"}, "viết liền"),
    ],
)
def test_a_search_that_cannot_be_read_says_what_to_do_and_keeps_what_was_typed(typed: str, more: dict[str, str], said: str):
    answer = search(browser_of(ASKS), typed, **more)

    assert answer.status_code == 422
    assert said in words_of(answer)
    assert f'value="{typed}"' in text_of(answer)


def test_finding_nobody_says_what_would_help():
    assert "Không tìm thấy ai" in words_of(search(browser_of(ASKS), "Không Có Ai Cả 1990"))


def test_a_person_s_page_shows_items_history_and_place_without_her_number_in_address_or_title():
    browser = browser_of(ASKS)
    path = open_person(browser)

    page = browser.get(path)

    assert NUMBER not in path
    assert NUMBER not in re.search(r"<title>.*?</title>", text_of(page), re.S).group(0)
    for said in ("Số đang dùng", "26 mục thông tin", NAME, "Phường Thuận Hóa", "Bản ghi đầu tiên", CASE):
        assert said in words_of(page), said
    assert "opened" in outcomes()


def test_the_page_of_another_session_an_old_one_and_a_forged_one_all_look_the_same(monkeypatch: pytest.MonkeyPatch):
    browser = browser_of(ASKS)
    path = open_person(browser)

    answers = [browser_of(ASKS).get(path), browser.get(path[:-4] + "AAAA"), browser.get("/dan-cu/nguoi/khong-co")]
    monkeypatch.setattr("dancu.registrar.handles.LIFETIME", timedelta(minutes=-1))
    answers.append(browser.get(open_path(browser)))

    for answer in answers:
        assert answer.status_code == 404
        assert "hết hạn hoặc thuộc phiên làm việc khác" in words_of(answer)


def open_path(browser: Client) -> str:
    """The address of the first line of a search, without opening it."""
    found = re.search(r'name="person" value="([^"]+)"', text_of(search(browser, NUMBER)))
    assert found
    return f"/dan-cu/nguoi/{found.group(1)}"


def test_sensitive_items_are_masked_until_a_case_asks_for_them_and_that_is_recorded():
    browser = browser_of(ASKS)
    path = open_person(browser)
    assert masked(browser.get(path)) == 3

    refused = browser.post(path, {"case_no": "vì tò mò"})
    shown = browser.post(path, {"reveal": "religion", "case_no": "VU-VIEC-9"})

    assert refused.status_code == 422
    assert masked(shown) == 2
    entry = next(e for e in ledger.latest(50) if "religion" in e.body["fields"])
    assert entry.dossier_no == "VU-VIEC-9"
    assert masked(browser.get(path)) == 3, "the next look is masked again"


def masked(answer: Any) -> int:
    return text_of(answer).count("đang che</span>")


def test_from_search_to_a_changed_record_by_two_people():
    asks, decides = browser_of(ASKS), browser_of(DECIDES)
    path = handed_in(asks, full_name=RIGHT)
    assert "Chờ duyệt" in words_of(asks.get(path))
    assert f"{NAME} {RIGHT}" in words_of(decides.get(path))
    assert path in text_of(decides.get("/dan-cu/de-nghi"))

    done = step(decides, path, "approve")

    assert done.status_code == 302
    assert "Đã duyệt và thực hiện" in words_of(decides.get(done["Location"]))
    person = words_of(asks.get(open_person(asks)))
    assert RIGHT.upper() in person.upper()
    for said in ("Điều chỉnh thông tin", "Trích lục khai sinh, số 12/2026", ASKS, DECIDES):
        assert said in person, said
    assert {"registrar.submit", "registrar.approve", "registrar.applied.correct"} <= set(outcomes())


def test_the_request_sent_twice_is_one_draft_and_approved_twice_one_change():
    asks, decides = browser_of(ASKS), browser_of(DECIDES)
    path = f"{open_person(asks)}/de-nghi/dieu-chinh"
    form = {**form_of(asks.get(path), 'name="version"'), **GROUND, "full_name": RIGHT}

    first, second = asks.post(path, form), asks.post(path, form)
    request = str(first["Location"])
    step(asks, request, "submit")
    digest = form_of(decides.get(request), 'name="digest"')["digest"]
    approvals = [decides.post(request, {"action": "approve", "digest": digest}) for _ in range(2)]

    assert second["Location"] == request
    assert [answer.status_code for answer in approvals] == [302, 302]
    assert len(histories.changes_of(PERSON)) == 2


def test_an_approver_of_the_same_unit_has_no_buttons_and_her_attempt_is_refused_and_recorded():
    path = handed_in(browser_of(ASKS), full_name=RIGHT)
    beside = browser_of(BESIDE)

    page = beside.get(path)
    digest = re.search(r"Mã nội dung: <code>(\w+)", text_of(page)).group(1)
    refused = beside.post(path, {"action": "approve", "digest": digest})

    assert 'value="approve"' not in text_of(page)
    assert "Bạn không quyết định được đề nghị này" in words_of(page)
    assert refused.status_code == 403
    assert "request.four_eyes" in outcomes()
    assert len(histories.changes_of(PERSON)) == 0


def test_an_officer_of_the_desk_is_told_and_the_attempt_stands_in_the_ledger():
    desk = browser_of(DESK)

    for path in ("/dan-cu", "/dan-cu/tra-cuu", "/dan-cu/de-nghi"):
        answer = desk.get(path)
        assert answer.status_code == 403
        assert "không được giao việc này" in words_of(answer)
    assert outcomes().count("identity.role") == 3


def test_an_approver_cannot_search():
    assert browser_of(DECIDES).post("/dan-cu/tra-cuu", {"text": NUMBER, "case_no": CASE}).status_code == 403


def test_a_form_with_errors_keeps_everything_and_leads_to_each_field():
    browser = browser_of(ASKS)

    answer = ask(browser, full_name="123", birth_date="31/02/1990", ev_kind="", reason="")

    assert answer.status_code == 422
    text = text_of(answer)
    for kept in ('value="123"', 'value="31/02/1990"', 'value="12/2026"', 'href="#f-birth_date"'):
        assert kept in text, kept


def test_nothing_changed_is_no_request():
    assert "Chưa có mục nào khác" in words_of(ask(browser_of(ASKS)))


def test_an_address_that_may_be_several_places_is_asked_again():
    answer = ask(browser_of(ASKS), home_town="xã Tân Lập")

    assert answer.status_code == 422
    assert "Chưa rõ xã, phường nào" in words_of(answer)


def test_a_form_written_while_the_person_changed_is_shown_again():
    browser = browser_of(ASKS)
    path = f"{open_person(browser)}/de-nghi/dieu-chinh"
    form = {**form_of(browser.get(path), 'name="version"'), **GROUND, "full_name": RIGHT}
    population.correct_person(PERSON, {"phone": "0000000009"}, an_approval(), a_document(), now=clock.now())

    stale = browser.post(path, form)
    again = browser.post(path, {**form_of(stale, 'name="version"'), **GROUND})

    assert stale.status_code == 409
    assert "vừa thay đổi trong lúc bạn soạn" in words_of(stale)
    assert f'value="{RIGHT}"' in text_of(stale)
    assert again.status_code == 302


def test_what_changed_after_the_request_is_said_to_the_approver():
    asks, decides = browser_of(ASKS), browser_of(DECIDES)
    path = handed_in(asks, full_name=RIGHT)
    population.correct_person(PERSON, {"phone": "0000000009"}, an_approval(), a_document(), now=clock.now())

    page = decides.get(path)
    refused = step(decides, path, "approve")
    returned = step(decides, path, "return", text="Hồ sơ đã đổi, xem lại")

    assert "đã thay đổi sau khi đề nghị" in words_of(page)
    assert refused.status_code == 409
    assert returned.status_code == 302
    edited = asks.get(f"{path}/sua")
    assert "Hồ sơ đã đổi, xem lại" in words_of(edited)
    asks.post(f"{path}/sua", form_of(edited, 'name="version"'))
    step(asks, path, "submit")
    assert step(decides, path, "approve").status_code == 302


def test_returning_without_a_word_is_asked_again():
    path = handed_in(browser_of(ASKS), full_name=RIGHT)

    answer = step(browser_of(DECIDES), path, "return")

    assert answer.status_code == 422
    assert "Ghi rõ còn thiếu gì" in words_of(answer)


def test_two_records_are_merged_item_by_item():
    asks, decides = browser_of(ASKS), browser_of(DECIDES)
    path = f"{open_person(asks)}/de-nghi/hop-nhat"
    beside = asks.post(path, {"double_no": f"{DOUBLE:012d}"})
    assert "0000000001" in words_of(beside)

    saved = asks.post(path, {**form_of(beside, 'value="write"'), **GROUND, "take_phone": "double"})
    edited = asks.get(f"{saved['Location']}/sua")
    assert 'name="take_phone" value="double" checked' in text_of(edited)
    step(asks, saved["Location"], "submit")
    done = step(decides, saved["Location"], "approve")

    assert done.status_code == 302
    state = histories.row_state(PERSON)
    assert state is not None
    assert state["phone"] == "0000000001"
    page = words_of(asks.get(open_person(asks, f"{DOUBLE:012d}")))
    assert "Số đã thay thế" in page
    assert "Mở hồ sơ của số đang dùng" in page


@pytest.mark.parametrize(("typed", "said"), [("", "Chưa điền mục này"), (NUMBER, "hai số định danh khác nhau"), ("12", "đủ 12")])
def test_a_merge_with_a_wrong_number_says_so(typed: str, said: str):
    browser = browser_of(ASKS)

    answer = browser.post(f"{open_person(browser)}/de-nghi/hop-nhat", {"double_no": typed})

    assert answer.status_code == 422
    assert said in words_of(answer)


ADDRESS = "5 Mô Phỏng, phường Phú Xuân, thành phố Huế"
FORMS: list[tuple[str, dict[str, Any]]] = [
    ("bien-dong", {"marital_status": "Đã ly hôn hoặc goá", "valid_from": "01/02/2020"}),
    ("da-mat", {"died_on": "01/11/2026"}),
    ("quan-he", {"relation": "spouse", "other_no": f"{DOUBLE:012d}", "valid_from": "01/02/2015"}),
    (
        "lap-ho",
        {"address": ADDRESS, "valid_from": "01/01/2026", "relation_0": "01", "member_1": f"{CHILD:012d}", "relation_1": "03"},
    ),
    ("cu-tru", {"residence": "current", "address": ADDRESS, "valid_from": "01/01/2026"}),
    ("tach", {"new_number": f"{NEW_NUMBER:012d}", "full_name": "Trần Hai", "birth_date": "1991", "sex": "1"}),
    ("thay-so", {"new_number": f"{NEW_NUMBER:012d}"}),
    ("huy-so", {}),
    ("co-luu-y", {"flags": ["1"]}),
]


@pytest.mark.parametrize(("slug", "typed"), FORMS, ids=[slug for slug, _ in FORMS])
def test_every_form_leads_to_a_change(slug: str, typed: dict[str, Any]):
    asks, decides = browser_of(ASKS), browser_of(DECIDES)
    saved = ask(asks, slug, **typed)
    assert saved.status_code == 302, words_of(saved)
    path = saved["Location"]
    assert "Chưa thực hiện được" not in words_of(asks.get(path))

    assert step(asks, path, "submit").status_code == 302
    assert step(decides, path, "approve").status_code == 302

    assert histories.changes_of(PERSON)
    for page in (path, open_person(asks)):
        assert asks.get(page).status_code == 200


def test_forms_that_need_a_household_a_residence_or_a_change_before():
    asks = browser_of(ASKS)

    def done(slug: str, text: str = NUMBER, **typed: Any) -> None:
        saved = ask(asks, slug, open_person(asks, text), **typed)
        assert saved.status_code == 302, words_of(saved)
        assert step(asks, saved["Location"], "submit").status_code == 302, words_of(asks.get(saved["Location"]))
        assert step(browser_of(DECIDES), saved["Location"], "approve").status_code == 302
        edited = asks.get(f"{saved['Location']}/sua")
        assert edited.status_code == 409

    done("lap-ho", **FORMS[3][1])
    done("doi-chu-ho", head="1", rel_0="99", valid_from="01/02/2026")
    done("tach-ho", valid_from="01/03/2026")
    done("nhap-ho", household_no="1" if not _household() else str(_household()), relation="04", valid_from="01/04/2026")
    done("cu-tru", **FORMS[4][1])
    done("xoa-cu-tru", residence="current", valid_from="01/05/2026")
    done("quan-he", **FORMS[2][1])
    done("cham-dut-quan-he", relation="spouse", valid_from="01/06/2026")
    done("co-luu-y", flags=["1"])
    done("thu-hoi", seq=str(histories.changes_of(PERSON)[-1].seq))

    page = words_of(asks.get(open_person(asks)))
    assert "đã thu hồi bởi" in page
    assert "Hộ số" in page


def _household() -> int:
    from dancu.population.store import intervals

    return intervals.memberships_of(CHILD)[-1].household_no


def test_a_draft_is_edited_with_all_that_was_written():
    browser = browser_of(ASKS)
    for slug, typed in FORMS:
        path = ask(browser, slug, **typed)["Location"]

        form = form_of(browser.get(f"{path}/sua"), 'name="version"')
        same = browser.post(f"{path}/sua", {**form, **({"flags": typed["flags"]} if "flags" in typed else {})})

        assert same.status_code == 302, (slug, words_of(same))
        assert same["Location"] == path
        assert text_of(browser.get(path)).count("Soạn đề nghị") == 1, f"{slug}: the same content is written once"


def test_what_was_believed_then_is_shown_beside_what_is_known_now():
    browser = browser_of(ASKS)
    population.record_event(
        PERSON, {"marital_status": 2}, an_approval(), a_document(), now=clock.now(), valid_from=_day(2015, 6, 1)
    )
    path = open_person(browser)

    before = browser.get(path, {"ngay": "31/05/2015"})
    wrong = browser.get(path, {"ngay": "31/05"})

    assert "Đúng ngày 31/05/2015" in words_of(before)
    assert "khác hiện nay" in words_of(before)
    assert wrong.status_code == 422


def _day(*parts: int) -> Any:
    from datetime import date

    return date(*parts)


def test_the_extract_for_printing_names_nobody_in_its_title():
    browser = browser_of(ASKS)

    page = browser.get(f"{open_person(browser)}/trich-luc")

    assert re.search(r"<title>\s*Trích lục thông tin dân cư", text_of(page))
    assert NAME.upper() in words_of(page).upper()


def test_a_withdrawn_request_is_over():
    browser = browser_of(ASKS)
    path = handed_in(browser, full_name=RIGHT)

    step(browser, path, "withdraw")

    assert "Đã rút" in words_of(browser.get(path))
    assert browser.get(f"{path}/sua").status_code == 409
    assert step(browser, path, "submit").status_code == 409


def test_the_queue_goes_from_page_to_page_and_by_kind():
    browser = browser_of(ASKS)
    person = open_person(browser)
    for _ in range(27):
        ask(browser, "co-luu-y", person, flags=["1"])

    first = browser.get("/dan-cu/de-nghi")
    after = re.search(r'href="([^"]*sau=[^"]+)"', text_of(first))
    assert after
    second = browser.get(after.group(1))

    assert text_of(first).count("YC-") == 25
    assert text_of(second).count("YC-") == 2
    assert "YC-" not in text_of(browser.get("/dan-cu/de-nghi?loai=merge"))
    assert browser.get("/dan-cu/de-nghi?sau=khong-co").status_code == 422


def test_the_start_page_shows_each_what_waits_for_her():
    asks, decides = browser_of(ASKS), browser_of(DECIDES)
    draft, waiting = ask(asks, full_name=RIGHT)["Location"], handed_in(asks, full_name="Tên Khác")

    assert draft in text_of(asks.get("/dan-cu"))
    assert waiting in text_of(decides.get("/dan-cu"))
    assert "autofocus" in text_of(asks.get("/dan-cu"))


def test_what_was_typed_outlives_the_session():
    browser = browser_of(ASKS)
    path = f"{open_person(browser)}/de-nghi/dieu-chinh"
    form = {**form_of(browser.get(path), 'name="version"'), **GROUND, "full_name": RIGHT}
    browser.post("/dang-xuat")

    answer = browser.post(path, form)

    assert answer.status_code == 401
    assert RIGHT in text_of(answer)


def test_the_pages_speak_english():
    browser = browser_of(ASKS)
    browser.post("/ngon-ngu", {"language": "en"})
    path = open_person(browser)

    for page in (path, "/dan-cu", "/dan-cu/tra-cuu", "/dan-cu/de-nghi", f"{path}/de-nghi/dieu-chinh"):
        left = re.findall(r"\b(?:Đề nghị|Tra cứu|Số định danh|Cư trú|Căn cứ)\b", words_of(browser.get(page)))
        assert left == [], (page, left)


@pytest.fixture
def strict() -> Client:
    return browser_of(ASKS, strict=True)


def test_a_post_without_the_token_of_its_page_is_refused(strict: Client):
    assert strict.post("/dan-cu/tra-cuu", {"text": NUMBER, "case_no": CASE}).status_code == 403
