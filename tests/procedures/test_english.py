"""English by switch is whole: every word of the desk that is data has a translation; coded names of procedures stay."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import override
from tests.procedures.pages import open_form, received, text_of

from dancu.procedures import reference
from dancu.procedures.domain.dossier import ACTION_WORDS, STATE_WORDS
from dancu.procedures.domain.evidence import WAY_WORDS
from dancu.procedures.domain.hints import SENTENCES
from dancu.procedures.facts_form import LABELS, SEX_WORDS
from dancu.procedures.usecases.dossiers import missing_fields
from dancu.procedures.wording import KEY_WORDS
from dancu.ui.words import in_language

VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.I)


def words_of_data() -> set[str]:
    words = {*STATE_WORDS.values(), *ACTION_WORDS.values(), *WAY_WORDS.values(), *SENTENCES, *LABELS.values()}
    words |= {*SEX_WORDS.values(), *KEY_WORDS.values(), *(text for item in settings.NAVIGATION for text in (item.label, item.says))}
    for procedure in reference.procedures():
        words |= {*procedure.papers, *(person.label for person in procedure.persons)}
        words |= {
            text for field in procedure.fields for text in (field.label, field.hint, *(word for _, word in field.options)) if text
        }
    return words


@pytest.mark.parametrize("word", sorted(words_of_data()))
def test_a_word_of_the_desk_has_an_english_one(word: str):
    with override("en"):
        assert in_language(word) != word
        assert not VIETNAMESE.search(in_language(word))


@pytest.mark.parametrize("procedure", reference.procedures(), ids=lambda procedure: procedure.code)
def test_what_is_missing_on_a_form_is_said_in_english(procedure):
    typed = {
        field.name: {"past": "01/01/2300", "future": "x", "number": "1", "count": "0"}.get(field.kind, "")
        for field in procedure.fields
    }

    with override("en"):
        said = missing_fields(procedure, typed, procedure.valid_from)

    assert said
    assert [sentence for sentence in said.values() if VIETNAMESE.search(sentence)] == []


def test_the_slip_of_an_english_desk_is_an_official_paper_in_vietnamese(browser: Client):
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    form = open_form(browser, procedure="1.001193")

    dossier = received(browser, form).redirect_chain[-1][0].split("?")[0]

    page = text_of(browser.get(f"{dossier}/phieu/kiem-soat"))
    assert "Phiếu kiểm soát quá trình giải quyết hồ sơ" in page
    assert "Tiếp nhận hồ sơ" in page
    assert "To the dossier" in page


@pytest.mark.parametrize("action", ["refuse", "withdraw"])
def test_a_dossier_ends_only_after_a_last_question(browser: Client, action: str):
    dossier = received(browser, open_form(browser)).redirect_chain[-1][0].split("?")[0]
    posted = {"action": action, "reason": "Giấy chứng sinh không hợp lệ"}

    asked = text_of(browser.post(dossier, posted))

    assert "Việc này không hoàn tác được." in asked
    assert "Giấy chứng sinh không hợp lệ" in asked
    assert "Dừng xử lý" not in text_of(browser.get(dossier))
    browser.post(dossier, {**posted, "sure": "1"})
    assert "Dừng xử lý" in text_of(browser.get(dossier))


def test_without_a_reason_the_reason_is_asked_for_first(browser: Client):
    dossier = received(browser, open_form(browser)).redirect_chain[-1][0].split("?")[0]

    answer = browser.post(dossier, {"action": "refuse", "reason": " "})

    assert answer.status_code == 422
    assert "Phải ghi rõ nội dung hoặc lý do" in text_of(answer)
