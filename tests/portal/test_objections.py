"""An objection in two clicks: the button of a look, the reason, a case with its number and day."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from django.test import Client

from dancu.identity.api import Citizen, sign_in_citizen
from dancu.kernel import clock
from dancu.kernel.errors import NotFound
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.reach import SYSTEM, acting
from dancu.portal import objections
from dancu.portal.objections import CHOICES
from dancu.protection.store.cases import get_case
from tests.factories.people import NUMBER
from tests.portal.scene import OTHER, PASSWORD, admit, looked, text_of


@pytest.fixture
def look(citizen: Client) -> str:
    return looked(at=clock.now())


def object_to(browser: Client, look: str, choice: str = "not-mine", words: str = "") -> Client:
    return browser.post(f"/cua-toi/muc/{look}/phan-doi", {"ly-do": choice, "noi-dung": words})  # type: ignore[return-value]


def cases_in(browser: Client) -> list[str]:
    return re.findall(r'href="(/cua-toi/yeu-cau/[0-9a-f-]{36})"', text_of(browser.get("/cua-toi/yeu-cau")))


def test_two_clicks_open_a_case_with_number_and_day(citizen: Client, look: str):
    page = text_of(citizen.get(f"/cua-toi/muc/{look}"))
    assert f'href="/cua-toi/muc/{look}/phan-doi"' in page
    form = text_of(citizen.get(f"/cua-toi/muc/{look}/phan-doi"))
    chosen = re.search(r'name="ly-do" value="([^"]+)" checked', form)
    assert chosen is not None, "the reason most people have is chosen already"

    sent = citizen.post(f"/cua-toi/muc/{look}/phan-doi", {"ly-do": chosen.group(1), "noi-dung": ""}, follow=True)

    assert re.search(r"Đã gửi yêu cầu [A-Z0-9-]+\. Hạn trả lời dự kiến: \d\d:\d\d \d\d/\d\d/\d{4}\.", text_of(sent))
    assert len(cases_in(citizen)) == 1
    assert "Bạn đã phản đối" in text_of(citizen.get(f"/cua-toi/muc/{look}"))


def test_the_desk_reads_her_reason_in_words_and_no_key_of_the_form(citizen: Client, look: str):
    object_to(citizen, look, "too-much", "Chỉ cần họ tên.")
    (case,) = cases_in(citizen)

    with acting(SYSTEM):
        found = get_case(UUID(case.rpartition("/")[2]))

    assert found.opening.text == f"{CHOICES['too-much']} Chỉ cần họ tên."
    assert found.choices == ()


def test_pressed_twice_it_is_one_case(citizen: Client, look: str):
    first, second = object_to(citizen, look), object_to(citizen, look)

    assert first["Location"] == second["Location"]  # type: ignore[index]
    assert len(cases_in(citizen)) == 1


def test_after_taking_it_back_she_may_object_again(citizen: Client, look: str):
    object_to(citizen, look)
    (case,) = cases_in(citizen)

    asked = citizen.post(f"{case}/rut")
    assert "Rút yêu cầu" in text_of(asked)
    assert "Bạn đã rút" not in text_of(citizen.get(case))
    citizen.post(f"{case}/rut", {"sure": "1"})

    assert "Bạn đã rút" in text_of(citizen.get(case))
    object_to(citizen, look, "too-much")
    assert len(cases_in(citizen)) == 2


@pytest.mark.parametrize(
    ("choice", "words", "sentence"),
    [
        ("nothing", "", "Chọn một lý do trong danh sách."),
        ("other", " ", "ghi lý do, ít nhất vài chữ"),
        ("not-mine", "chữ " * 600, "Rút xuống còn 2000 ký tự."),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(citizen: Client, look: str, choice: str, words: str, sentence: str):
    answer = object_to(citizen, look, choice, words)

    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert sentence in text_of(answer)
    assert words.strip() in text_of(answer)
    assert cases_in(citizen) == []


def test_nobody_objects_for_another_or_to_what_is_not_shown(citizen: Client, look: str):
    other = admit(OTHER)
    sealed = looked(at=clock.now(), sealed_until=clock.now().date().replace(year=2099))

    assert object_to(other, look).status_code == 404  # type: ignore[attr-defined]
    assert object_to(citizen, sealed).status_code == 404  # type: ignore[attr-defined]
    delayed = looked("disclose", at=clock.now(), purpose="Phòng, chống tội phạm")
    assert object_to(citizen, delayed).status_code == 404  # type: ignore[attr-defined]
    assert object_to(citizen, str(uuid4())).status_code == 404  # type: ignore[attr-defined]


def test_the_use_case_itself_refuses_what_is_not_shown(db: None):
    """Not the page alone: whoever calls it cannot learn that a delayed look is there."""
    admit()
    citizen = sign_in_citizen(PersonalId.parse(NUMBER), PASSWORD, "192.0.2.1", now=clock.now())
    assert isinstance(citizen, Citizen)
    delayed = looked("disclose", at=clock.now(), purpose="Phòng, chống tội phạm")

    with pytest.raises(NotFound):
        objections.object_to(citizen, UUID(delayed), "not-mine", "", now=clock.now())


def test_somebody_elses_case_is_not_there(citizen: Client, look: str):
    object_to(citizen, look)
    (case,) = cases_in(citizen)
    other = admit(OTHER)

    assert [other.get(case).status_code, other.post(f"{case}/rut", {"sure": "1"}).status_code] == [404, 404]
    assert "Bạn đã rút" not in text_of(citizen.get(case))


def test_she_adds_to_her_case_and_an_empty_addition_is_asked_again(citizen: Client, look: str):
    object_to(citizen, look)
    (case,) = cases_in(citizen)

    empty = citizen.post(f"{case}/bo-sung", {"noi-dung": ""})
    assert empty.status_code == 422
    citizen.post(f"{case}/bo-sung", {"noi-dung": "Hôm đó tôi đang ở nước ngoài."})

    assert "Bạn bổ sung: Hôm đó tôi đang ở nước ngoài." in text_of(citizen.get(case))


def test_what_was_typed_survives_a_session_that_ran_out(citizen: Client, look: str):
    citizen.cookies.clear()

    answer = object_to(citizen, look, "other", "Tôi chưa từng tới đó")

    assert answer.status_code == 401  # type: ignore[attr-defined]
    assert 'name="kept:noi-dung" value="Tôi chưa từng tới đó"' in text_of(answer)


def test_every_reason_is_a_sentence_of_hers():
    assert list(CHOICES)[-1] == "other"
    assert all(words.endswith(".") for words in CHOICES.values())
