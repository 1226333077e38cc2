"""A dossier of an organisation below, opened in an emergency: a reason first, a short time, another human afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from tests.factories.people import NOW, NUMBER
from tests.factories.web_role import web_role
from tests.identity.scene import age_session
from tests.procedures.pages import open_form, received, text_of
from tests.procedures.scene import PASSWORD, open_desk, signed_in

from dancu.identity.api import Organisation, add_officer, add_organisation
from dancu.identity.glass import pages as glass_pages
from dancu.identity.glass import store as glass_store
from dancu.identity.models import Glass, GlassReview
from dancu.kernel import clock
from dancu.kernel.reach import SYSTEM, acting
from dancu.ledger import api as ledger

pytestmark = pytest.mark.django_db(transaction=True)
ABOVE, ABOVE_TOO, REVIEWS, SITS_BESIDE = "canbo.huyen", "canbo.huyen.2", "baove.dulieu", "baove.cungdonvi"
WHY = "Người dân đi cấp cứu, xã mất điện không liên hệ được"


class _Clock:
    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        self.time += timedelta(milliseconds=5)
        return self.time


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    moving = _Clock()
    monkeypatch.setattr(clock, "now", moving)
    return moving


@pytest.fixture
def number(tmp_path: Path, at: _Clock) -> Iterator[str]:
    """A dossier of the commune; everything after it runs with the rights of the pages."""
    open_desk(tmp_path)
    add_organisation(Organisation("H57.12", "UBND huyện Thử"), {"MC": "Một cửa", "VP": "Văn phòng"})
    add_organisation(Organisation("H57", "UBND thành phố Thử"), {"BV": "Bảo vệ dữ liệu"})
    for account, organisation, unit, roles, holder in (
        (ABOVE, "H57.12", "MC", ["desk"], "nguoi-a"),
        (ABOVE_TOO, "H57", "BV", ["desk", "data-protection"], "nguoi-a"),
        (REVIEWS, "H57", "BV", ["data-protection"], ""),
        (SITS_BESIDE, "H57.12", "MC", ["data-protection"], ""),
    ):
        add_officer(account, f"Cán bộ {account}", organisation, unit, roles, PASSWORD, holder=holder)
    with web_role():
        clerk = signed_in("canbo01")
        answer = received(clerk, open_form(clerk))
        found = re.search(r"H57\.12\.3-\d{6}-\d{4}", text_of(answer))
        assert found
        yield found.group(0)


def page(number: str) -> str:
    return f"/mot-cua/ho-so/{number}"


def break_it(browser: Client, number: str, why: str = WHY):
    return browser.post(f"{page(number)}/mo-khan", {"why": why})


def recorded(outcome: str) -> list[ledger.RecordedEntry]:
    return [entry for entry in ledger.latest(100) if entry.body["outcome"].startswith(outcome)]


def test_without_a_reason_nothing_is_told_and_with_one_the_dossier_is_read(number: str):
    above = signed_in(ABOVE)
    asked = above.get(page(number), follow=True)
    assert "không thuộc cơ quan của bạn" in text_of(asked)
    assert NUMBER not in text_of(asked)
    assert break_it(above, number, "xem thử").status_code == 422
    assert recorded("glass.") == []

    assert break_it(above, number)["Location"] == page(number)
    shown = above.get(page(number))

    assert shown.status_code == 200
    assert "theo diện mở khẩn, chỉ để đọc" in text_of(shown)
    assert 'name="action"' not in text_of(shown)
    assert [e.subject for e in recorded("glass.")] == [NUMBER, NUMBER]
    with acting(SYSTEM):
        row = Glass.objects.get()
    assert recorded("glass.opened:")[0].body["outcome"] == f"glass.opened:{ledger.commitment(bytes(row.salt), WHY)}"
    assert WHY not in str(recorded("glass.opened:")[0].body)


def test_it_is_for_reading_for_this_dossier_for_this_officer_and_for_a_quarter_of_an_hour(number: str, at: _Clock):
    above = signed_in(ABOVE)
    break_it(above, number)

    assert above.post(page(number), {"action": "start"}).status_code == 404
    assert above.get(f"{page(number)}/phieu/tiep-nhan").status_code == 404
    assert above.get(page(number[:-1] + "9"))["Location"].endswith("/mo-khan")
    assert number not in text_of(above.get("/mot-cua/ho-so?loc=all"))
    at.time += timedelta(minutes=14)
    assert above.get(page(number)).status_code == 200
    at.time += timedelta(minutes=2)
    assert above.get(page(number))["Location"].endswith("/mo-khan")


def test_one_beside_above_or_nowhere_looks_like_none(number: str):
    sibling, commune = signed_in("canbo02"), signed_in("canbo01")

    for browser, asked in ((sibling, number), (commune, "H57.12-261124-0001"), (sibling, "khong-phai-ma")):
        assert browser.get(page(asked)).status_code == 404
        assert browser.get(f"{page(asked)}/mo-khan").status_code == 404
        assert break_it(browser, asked).status_code == 404
    assert recorded("glass.opened") == []


def test_one_that_does_not_exist_is_told_so_only_after_the_reason_and_that_is_recorded(number: str):
    answer = break_it(signed_in(ABOVE), number[:-1] + "9")

    assert answer.status_code == 404
    assert len(recorded("glass.none")) == 1


def test_the_password_is_asked_again(number: str):
    above = signed_in(ABOVE)
    age_session(above, proof=301)

    assert break_it(above, number).status_code == 401
    assert recorded("glass.opened") == []


def test_one_human_breaks_it_ten_times_a_day_whatever_account_she_uses(number: str):
    above, above_too, clerk = signed_in(ABOVE), signed_in(ABOVE_TOO), signed_in("canbo01")
    more = [received(clerk, open_form(clerk)).redirect_chain[-1][0] for _ in range(5)]
    numbers = [number, *(path.split("?")[0].rpartition("/")[2] for path in more)]

    statuses = [break_it(browser, each).status_code for each in numbers for browser in (above, above_too)]

    assert statuses == [302] * 10 + [429] * 2


def test_a_button_pressed_twice_opens_once(number: str, at: _Clock):
    above = signed_in(ABOVE)

    assert [break_it(above, number).status_code for _ in range(2)] == [302, 302]
    assert len(recorded("glass.opened")) == 1

    at.time += timedelta(minutes=4)  # while it holds
    break_it(above, number)
    assert len(recorded("glass.opened")) == 1
    with acting(SYSTEM):
        assert Glass.objects.count() == 1


@pytest.mark.parametrize(("verdict", "answers"), [("accepted", [302, 302]), ("objected", [302, 409])])
def test_two_words_of_one_reviewer_at_once_are_one_review(number: str, verdict: str, answers: list[int]):
    break_it(signed_in(ABOVE), number)
    with acting(SYSTEM):
        path = f"/quyen/truy-cap-khan/{Glass.objects.get().id}"
    browsers, words = [signed_in(REVIEWS), signed_in(REVIEWS)], ["accepted", verdict]

    def said(browser: Client, word: str) -> int:
        try:
            return browser.post(path, {"verdict": word, "text": "Đúng quy định"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(said, browsers, words))

    assert statuses == answers
    with acting(SYSTEM):
        assert GlassReview.objects.count() == 1


def test_another_human_of_another_unit_looks_at_it_and_says_so_once(number: str):
    break_it(signed_in(ABOVE), number)
    reviewer = signed_in(REVIEWS)
    listed = text_of(reviewer.get("/quyen/truy-cap-khan"))
    assert number in listed
    path = re.search(r"/quyen/truy-cap-khan/[0-9a-f-]{36}", listed).group(0)
    assert WHY in text_of(reviewer.get(path))
    assert reviewer.post(path, {"verdict": "objected", "text": ""}).status_code == 422

    done = reviewer.post(path, {"verdict": "objected", "text": "Có thể gọi điện cho xã"})
    again = reviewer.post(path, {"verdict": "accepted", "text": "Nghĩ lại thì được"})

    assert (done.status_code, again.status_code) == (302, 409)
    assert number not in text_of(reviewer.get("/quyen/truy-cap-khan"))
    assert "Không chấp nhận" in text_of(reviewer.get("/quyen/truy-cap-khan?loc=xong"))
    assert len(recorded("glass.objected")) == 1


@pytest.mark.parametrize("account", [ABOVE_TOO, SITS_BESIDE])
def test_the_same_human_and_the_same_unit_do_not_review(number: str, account: str):
    """One has another account in another unit; the other is another human of the same unit."""
    break_it(signed_in(ABOVE), number)
    with acting(SYSTEM):
        path = f"/quyen/truy-cap-khan/{Glass.objects.get().id}"
    browser = signed_in(account)

    assert 'name="verdict"' not in text_of(browser.get(path))
    assert browser.post(path, {"verdict": "accepted", "text": "Đúng quy định"}).status_code == 403
    assert len(recorded("glass.four_eyes")) == 1


def test_the_database_holds_four_eyes_and_keeps_what_was_written(number: str):
    break_it(signed_in(ABOVE), number)
    with acting(SYSTEM):
        row = Glass.objects.get()
        hand = {"account": "x", "unit": "H57/BV", "holder": row.holder}
        with pytest.raises(IntegrityError):
            GlassReview.objects.create(glass=row, at=NOW, verdict="accepted", text="", **hand)
        for change in (
            "update identity_glass set reason = ''",
            "delete from identity_glass",
            "delete from identity_glassreview",
        ):
            with pytest.raises(Exception, match="permission denied"), connection.cursor() as cursor:
                cursor.execute(change)


def test_what_nobody_looked_at_in_three_days_is_overdue_for_all_to_see(number: str, at: _Clock):
    break_it(signed_in(ABOVE), number)
    at.time += timedelta(hours=73)

    shown = text_of(signed_in(REVIEWS).get("/quyen/truy-cap-khan"))

    assert "Quá hạn xem lại" in shown
    assert "đã quá hạn xem lại: 1." in shown


@pytest.mark.parametrize("done", [False, True])
def test_what_stands_on_no_first_page_is_counted_and_reached(number: str, at: _Clock, monkeypatch: pytest.MonkeyPatch, done: bool):
    monkeypatch.setattr(glass_store, "PAGE_LENGTH", 2)
    monkeypatch.setattr(glass_pages, "PAGE_LENGTH", 2)
    for _ in range(5):
        break_it(signed_in(ABOVE), number)
        at.time += timedelta(minutes=16)
    with acting(SYSTEM):
        made = [str(row.id) for row in Glass.objects.all()]
    reviewer, listed, path = signed_in(REVIEWS), [], "/quyen/truy-cap-khan"
    if done:
        for each in made:
            reviewer.post(f"{path}/{each}", {"verdict": "accepted", "text": "Đúng quy định"})
        path = f"{path}?loc=xong"
    else:
        at.time += timedelta(hours=73)
        reviewer = signed_in(REVIEWS)
        assert "đã quá hạn xem lại: 5." in text_of(reviewer.get(path))

    for _ in range(3):
        page = text_of(reviewer.get(path))
        listed += re.findall(r'href="/quyen/truy-cap-khan/([0-9a-f-]{36})"', page)
        more = re.search(r'href="(/quyen/truy-cap-khan\?[^"]*sau=[^"]+)"', page)
        path = unescape(more.group(1)) if more else ""

    assert path == ""
    assert sorted(dict.fromkeys(listed)) == sorted(made)


def test_who_is_not_to_review_sees_no_queue(number: str):
    break_it(signed_in(ABOVE), number)

    assert signed_in(ABOVE).get("/quyen/truy-cap-khan").status_code == 403
    assert glass_store.waiting() == [], "work of nobody's sees none"
