"""A request of another kind than an objection: one form, one press, one case of hers."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client

from dancu.kernel.reach import SYSTEM, acting
from dancu.portal.objections import ASKED
from dancu.protection.api import CaseKind
from dancu.protection.store.cases import get_case
from tests.portal.scene import OTHER, admit, text_of

FORM, WORDS = "/cua-toi/yeu-cau/moi", "Xin bản sao những gì Công an phường đang giữ về tôi."


def key_in(page: str) -> str:
    found = re.search(r'name="ma" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def ask(browser: Client, kind: str = "access", words: str = WORDS, key: str = "") -> Any:
    return browser.post(FORM, {"loai": kind, "noi-dung": words, "ma": key or str(uuid4())})


def cases_in(browser: Client) -> list[str]:
    return re.findall(r'href="(/cua-toi/yeu-cau/[0-9a-f-]{36})"', text_of(browser.get("/cua-toi/yeu-cau")))


@pytest.mark.parametrize("kind", list(ASKED))
def test_each_kind_becomes_a_case_that_the_desk_reads_as_she_wrote_it(citizen: Client, kind: CaseKind):
    form = text_of(citizen.get(FORM))
    assert f'name="loai" value="{kind}"' in form

    sent = ask(citizen, kind, f"  {WORDS}\r\nCảm ơn. ", key_in(form))

    assert [f"{case}?moi=1" for case in cases_in(citizen)] == [sent["Location"]]
    with acting(SYSTEM):
        found = get_case(UUID(sent["Location"].split("/")[-1].partition("?")[0]))
    assert (found.kind, found.about, found.choices, found.opening.text) == (kind, "", (), f"{WORDS}\nCảm ơn.")


def test_it_is_told_by_when_an_answer_is_expected_not_promised(citizen: Client):
    page = text_of(citizen.get(ask(citizen)["Location"]))

    assert re.search(r"Đã gửi yêu cầu [A-Z0-9-]+\. Hạn trả lời dự kiến: \d\d:\d\d \d\d/\d\d/\d{4}\.", page)
    assert "chưa đối chiếu được với văn bản gốc" in page
    assert "Hạn trả lời dự kiến" in text_of(citizen.get("/cua-toi/yeu-cau"))


def test_pressed_twice_it_is_one_case_and_the_next_form_is_another(citizen: Client):
    key = key_in(text_of(citizen.get(FORM)))

    first, second = ask(citizen, key=key), ask(citizen, key=key)
    third = ask(citizen, key=key_in(text_of(citizen.get(FORM))))

    assert first["Location"] == second["Location"] != third["Location"]
    assert len(cases_in(citizen)) == 2


def test_a_form_sent_before_with_other_words_is_said_and_sent_again_it_is_one_more(citizen: Client):
    key = str(uuid4())
    ask(citizen, key=key)

    changed = ask(citizen, words="Tôi cần thêm bản sao hộ khẩu.", key=key)

    assert changed.status_code == 409
    assert "đã được gửi một lần, với nội dung khác" in text_of(changed)
    assert "bản sao hộ khẩu" in text_of(changed)
    assert len(cases_in(citizen)) == 1
    again = ask(citizen, words="Tôi cần thêm bản sao hộ khẩu.", key=key_in(text_of(changed)))
    assert again.status_code == 302
    assert len(cases_in(citizen)) == 2


@pytest.mark.parametrize(
    ("kind", "words", "key", "field", "sentence"),
    [
        ("", WORDS, "", "loai", "Chọn một loại yêu cầu trong danh sách."),
        ("objection", WORDS, "", "loai", "Chọn một loại yêu cầu trong danh sách."),
        ("withdraw_consent", WORDS, "", "loai", "Chọn một loại yêu cầu trong danh sách."),
        ("access", "  \n ", "", "noi-dung", "Ghi điều bạn yêu cầu"),
        ("access", "x" * 2001, "", "noi-dung", "Rút xuống còn 2000 ký tự."),
        ("access", WORDS, "../../x", "", "thiếu mã nhận biết"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    citizen: Client, kind: str, words: str, key: str, field: str, sentence: str
):
    answer = ask(citizen, kind, words, key)
    page = text_of(answer)

    assert answer.status_code == 422
    assert sentence in page
    assert words.strip() in page
    assert not field or (f'href="#f-{field}"' in page and f'id="e-{field}"' in page), (
        "the summary leads to the field, which says it too"
    )
    assert cases_in(citizen) == []
    UUID(key_in(page))


def test_the_lines_of_a_long_text_count_as_the_field_counts_them(citizen: Client):
    assert ask(citizen, words="\r\n".join(["x" * 9] * 200)).status_code == 302


def test_another_citizen_with_the_same_mark_opens_her_own_case_and_sees_no_other(citizen: Client):
    key = str(uuid4())
    hers = ask(citizen, key=key)["Location"]
    other = admit(OTHER)

    others = ask(other, key=key)["Location"]

    assert hers != others
    assert other.get(hers).status_code == 404
    assert len(cases_in(other)) == len(cases_in(citizen)) == 1


def test_an_account_of_level_1_asks_nothing_about_a_person(db: None):
    browser = admit(level=1)

    assert [browser.get(FORM).status_code, ask(browser).status_code] == [403, 403]
    assert cases_in(browser) == []


def test_the_way_there_stands_where_she_needs_it(citizen: Client):
    assert f'href="{FORM}"' in text_of(citizen.get("/cua-toi/yeu-cau"))
    assert f'href="{FORM}?loai=complaint"' in text_of(citizen.get("/cua-toi/so-du-khong"))
    form = text_of(citizen.get(f"{FORM}?loai=complaint"))
    assert 'value="complaint" checked' in form
    assert 'href="/cua-toi/dong-y"' in form
    assert {*ASKED} == {*CaseKind} - {CaseKind.OBJECTION, CaseKind.WITHDRAW_CONSENT}, "these two begin on their own pages"


def test_what_was_typed_survives_a_session_that_ran_out(citizen: Client):
    citizen.cookies.clear()

    answer = ask(citizen)

    assert answer.status_code == 401
    assert f'name="kept:noi-dung" value="{WORDS}"' in text_of(answer)


def test_it_is_said_in_english_too(citizen: Client):
    citizen.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    assert "Ask something about my data" in text_of(citizen.get(FORM))
    assert "Answer expected by" in text_of(citizen.get(ask(citizen)["Location"]))
