"""The form of a procedure: cards scanned into it, people taken out again, days, what is kept while it is unfinished."""

from __future__ import annotations

import re
from unittest.mock import Mock

import pytest
from django.test import Client
from tests.factories.people import NAME, NUMBER
from tests.procedures.pages import BIRTH, open_form, received, text_of
from tests.procedures.scene import MOTHER

from dancu.exchange import api as exchange
from dancu.kernel.errors import Unavailable

FATHER_CARD = f"{NUMBER}||{NAME}|17051990|Nam|12 Lê Lợi, Huế|01072021"


@pytest.mark.parametrize("button", [{"save": "1"}, {"receive": "1"}])
def test_a_card_scanned_into_the_form_is_read_whichever_button_its_enter_pressed(browser: Client, button: dict[str, str]):
    form = open_form(browser)

    answer = browser.post(form, {**BIRTH, "mother_scan": f"{MOTHER[0]}||{MOTHER[1]}|09091990|Nữ|12 Lê Lợi|01072021", **button})

    assert (answer.status_code, answer.url) == (302, f"{form}#p-mother")
    page = text_of(browser.get(form))
    assert page.split('id="p-mother"')[1].split("</fieldset>")[0].count('class="locked"') >= 4


def test_an_unreadable_card_in_the_form_stops_the_reception(browser: Client):
    answer = browser.post(open_form(browser), {**BIRTH, "father_scan": "không phải thẻ", "receive": "1"})

    assert answer.status_code == 422
    assert 'value="không phải thẻ"' in text_of(answer)


def test_a_wrong_person_can_be_taken_out_of_the_form_again(browser: Client):
    form = open_form(browser)
    browser.post(form, {"mother_scan": f"{MOTHER[0]}||{MOTHER[1]}|09091990|Nữ|12 Lê Lợi|01072021", "save": "1"})
    assert 'name="drop" value="mother"' in text_of(browser.get(form))

    browser.post(form, {"drop": "mother"})

    block = text_of(browser.get(form)).split('id="p-mother"')[1].split("</fieldset>")[0]
    assert 'name="mother_scan"' in block
    browser.post(form, {"drop": "requester"})
    assert 'class="locked"' in text_of(browser.get(form)).split('id="p-requester"')[1].split("</fieldset>")[0]


def test_father_and_mother_are_two_people(browser: Client):
    form = open_form(browser)
    browser.post(form, {"father_scan": FATHER_CARD, "save": "1"})

    answer = browser.post(form, {"mother_scan": FATHER_CARD, "save": "1"})

    assert answer.status_code == 409
    assert "đã có ở một vai khác" in text_of(answer)


def test_a_saved_form_says_so_and_is_found_again(browser: Client):
    form = open_form(browser)

    answer = browser.post(form, {**BIRTH, "save": "1"}, follow=True)

    assert "Đã lưu tạm" in text_of(answer)
    assert 'value="Trần Thử An"' in text_of(answer)
    assert form in text_of(browser.get("/mot-cua/ho-so?loc=drafts"))
    received(browser, form)
    assert form not in text_of(browser.get("/mot-cua/ho-so?loc=drafts"))


def test_a_reason_alone_is_kept_with_the_item(browser: Client):
    form = open_form(browser)

    browser.post(form, {"why:requester:full_name": "Giấy khai sinh", "save": "1"})

    assert 'value="Giấy khai sinh"' in text_of(browser.get(form))


@pytest.mark.parametrize(
    ("born", "sentence"),
    [
        ("2020", "Ghi đủ ngày, tháng, năm"),
        ("00/00/2020", "Ghi đủ ngày, tháng, năm"),
        ("20/11/1850", "quá xa"),
        ("hôm qua", "Không đọc được ngày."),
        ("31/04/2020", "Không có ngày 31/04/2020"),
    ],
)
def test_the_day_of_a_birth_is_a_whole_and_likely_day(browser: Client, born: str, sentence: str):
    answer = browser.post(open_form(browser), {**BIRTH, "child_birth_date": born, "receive": "1"})

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert "ngày sinh." not in text_of(answer)


def test_a_day_is_kept_and_shown_in_one_form(browser: Client):
    form = open_form(browser)

    answer = browser.post(form, {**BIRTH, "child_birth_date": "2020-11-20", "receive": "1"}, follow=True)

    assert "20/11/2020" in text_of(answer)


def test_two_windows_on_one_form_lose_nothing_and_say_so(browser: Client):
    form = open_form(browser)
    seen = re.findall(r'name="seen" value="(\w+)"', text_of(browser.get(form)))[0]
    browser.post(form, {"child_name": "Trần Thử An", "seen": seen, "save": "1"})

    answer = browser.post(form, {"child_name": "", "phone": "0900000000", "seen": seen, "receive": "1"})

    assert answer.status_code == 409
    page = text_of(answer)
    assert "cửa sổ khác" in page
    assert 'value="Trần Thử An"' in page
    assert 'value="0900000000"' in page
    fresh = re.findall(r'name="seen" value="(\w+)"', page)[0]
    assert browser.post(form, {**BIRTH, "seen": fresh, "receive": "1"}).status_code == 302


def test_a_card_that_agrees_with_nobody_leaves_the_person_as_stated_and_the_form_goes_on(browser: Client):
    form = open_form(browser)
    scanned = browser.post(form, {**BIRTH, "father_scan": "046088000999||Trần Không Ai|01011988|Nam|Huế|01072021", "receive": "1"})
    assert scanned.status_code == 409
    kept = {name: value for name, value in re.findall(r'name="(father_\w+)" value="([^"]*)"', text_of(scanned))}
    assert kept == {
        "father_scan": "",
        "father_number": "046088000999",
        "father_name": "Trần Không Ai",
        "father_birth_date": "01/01/1988",
    }

    answer = browser.post(form, {**BIRTH, **kept, "receive": "1"}, follow=True)

    assert "Đã tiếp nhận hồ sơ" in text_of(answer)
    assert "Trần Không Ai" in text_of(answer)


def test_a_card_scanned_while_the_line_is_down_does_not_stop_the_reception(browser: Client, monkeypatch: pytest.MonkeyPatch):
    form = open_form(browser)
    down = Unavailable("registry.unavailable", "Chưa nối được.")
    monkeypatch.setattr(exchange, "disclose_person", Mock(side_effect=down))
    scanned = browser.post(form, {**BIRTH, "father_scan": FATHER_CARD, "receive": "1"})
    assert scanned.status_code == 503
    kept = dict(re.findall(r'name="(father_\w+)" value="([^"]*)"', text_of(scanned)))

    assert browser.post(form, {**BIRTH, **kept, "receive": "1"}).url.startswith("/mot-cua/ho-so/")


def test_another_card_in_the_same_block_is_about_its_own_person(browser: Client):
    form = open_form(browser)
    scanned = browser.post(form, {"mother_scan": "046188000999||Trần Không Ai|01011988|Nữ|Huế|01072021", "save": "1"})
    kept = dict(re.findall(r'name="(mother_\w+)" value="([^"]*)"', text_of(scanned)))

    browser.post(form, {**kept, "mother_scan": f"{MOTHER[0]}||{MOTHER[1]}|09091990|Nữ|12 Lê Lợi|01072021", "save": "1"})

    assert MOTHER[1] in text_of(browser.get(form)).split('id="p-mother"')[1].split("</fieldset>")[0]
