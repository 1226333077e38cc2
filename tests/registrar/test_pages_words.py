"""What the pages say: a label true to what was done, a reason counted once, an empty list that does not hide a full one."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from dancu.kernel import clock
from dancu.population import api as population
from dancu.population.api import ResidenceRow
from tests.factories.approvals import a_document, an_approval
from tests.factories.people import a_person_row
from tests.population.scene import load_rows
from tests.registrar.office import (
    ASKS,
    DECIDES,
    browser_of,
    handed_in,
    open_office,
    open_person,
    search,
    step,
    text_of,
    words_of,
)
from tests.registrar.scene import CHILD, DOUBLE, PERSON, moment

pytestmark = pytest.mark.django_db(transaction=True)
RIGHT = "Trần Văn Đúng"


@pytest.fixture(autouse=True)
def _office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", moment)
    father = '{"father": {"full_name": "Trần Văn Bốn"}}'
    open_office(tmp_path)
    load_rows([a_person_row("046090000304", "Trần Văn Hoà Thuận An", "1990", relatives=father)], tmp_path)
    population.refresh_search()


def test_words_that_were_not_typed_are_counted_not_repeated():
    answer = words_of(search(browser_of(ASKS), "tran van hoa 1990"))

    assert "nhập thiếu 2 chữ so với hồ sơ" in answer
    assert answer.count("nhập thiếu") == 1


def test_an_empty_list_of_one_kind_does_not_say_that_nothing_waits():
    handed_in(browser_of(ASKS), full_name=RIGHT)
    browser = browser_of(DECIDES)

    filtered = words_of(browser.get("/dan-cu/de-nghi", {"loc": "cho", "loai": "split"}))

    assert "Không có đề nghị “Tách hai người đang chung một số định danh” trong mục này" in filtered
    assert "Không có đề nghị nào" not in filtered
    assert "Không có đề nghị" not in words_of(browser.get("/dan-cu/de-nghi", {"loc": "cho"}))


def test_before_and_after_are_named_for_what_is_asked_and_for_what_was_done():
    asks = browser_of(ASKS)
    path = handed_in(asks, full_name=RIGHT)
    waiting = text_of(asks.get(path))
    step(browser_of(DECIDES), path, "approve")

    done = text_of(asks.get(path))

    labels = [re.findall(r'data-label="([^"]+)" class="changed"', page)[0] for page in (waiting, done)]
    assert labels == ["Hiện nay", "Trước"]


def test_the_kind_of_a_residence_is_marked_as_needed():
    browser = browser_of(ASKS)

    page = words_of(browser.get(f"{open_person(browser)}/de-nghi/cu-tru"))

    assert "Loại cư trú *" in page


def test_a_temporary_residence_can_be_ended_beside_a_current_one():
    browser = browser_of(ASKS)
    for kind, until in (("current", None), ("temporary", date(2027, 1, 1))):
        place = {"version": "L2-2025", "code": "46..19753", "detail": "1 Mô Phỏng"}
        residence = ResidenceRow(personal_no=PERSON, kind=kind, valid_from=date(2026, 6, 1), valid_to=until, **place)
        population.register_residence(residence, an_approval(), a_document(), now=clock.now())

    page = text_of(browser.get(f"{open_person(browser)}/de-nghi/xoa-cu-tru"))

    assert set(re.findall(r'<option value="(\w+)"', page)) == {"current", "temporary"}


def test_a_father_told_without_a_row_stands_beside_a_child_with_one():
    population.relate_persons(
        CHILD, "father", 46090000304, an_approval(), a_document(), valid_from=date(2015, 2, 3), now=clock.now()
    )
    population.relate_persons(
        46090000304, "spouse", DOUBLE, an_approval(), a_document(), valid_from=date(2015, 2, 3), now=clock.now()
    )
    browser = browser_of(ASKS)

    father = words_of(browser.get(open_person(browser, "046090000304")))
    child = words_of(browser.get(open_person(browser, f"{CHILD:012d}")))

    assert "1 cha, mẹ · 1 vợ, chồng · 1 con" in father
    assert "Trần Văn Bốn" in father
    assert "1 cha, mẹ" in child
    assert "0 vợ, chồng" not in child
