"""Sensitive steps ask for the password again; nothing typed is lost, nothing is done before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from dancu.identity.domain import FAILURES_PER_ACCOUNT_MAX, is_proven
from dancu.identity.models import Officer as OfficerRow
from dancu.kernel import clock
from dancu.population.store import histories
from tests.factories.people import NOW
from tests.factories.web_role import web_role
from tests.identity.scene import PASSWORD, age_session, browser_of, hidden
from tests.registrar.office import ASKS, DECIDES, form_of, handed_in, open_office, text_of, words_of
from tests.registrar.scene import PERSON, moment

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = 60
ALL_MARKS = {"seen": 6 * MINUTE, "since": 6 * MINUTE, "proof": 6 * MINUTE}


@pytest.fixture(autouse=True)
def _office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "now", moment)
    open_office(tmp_path)
    with web_role():
        yield


def approval(browser: Client) -> tuple[str, dict[str, str]]:
    """A request somebody of another unit handed in, and what its approver types."""
    path = handed_in(browser_of(ASKS), full_name="Trần Văn Đúng")
    return path, {**form_of(browser.get(path), 'name="digest"'), "action": "approve", "text": "Đã xem giấy tờ"}


def show(browser: Client, asked: Any, password: str = PASSWORD) -> Any:
    return browser.post("/xac-nhan-lai", {**hidden(asked, "/xac-nhan-lai"), "mat_khau": password})


def test_a_sensitive_step_asks_for_the_password_again_and_then_does_what_was_typed():
    browser = browser_of(DECIDES)
    path, typed = approval(browser)
    age_session(browser, **ALL_MARKS)

    asked = browser.post(path, typed)
    assert asked.status_code == 401
    assert "Nhập lại mật khẩu" in words_of(asked)
    assert histories.changes_of(PERSON) == []
    mistaken = show(browser, asked, "sai")
    assert mistaken.status_code == 401
    assert "Mật khẩu chưa đúng" in words_of(mistaken)
    again = show(browser, mistaken)
    assert "Đã xác nhận" in words_of(again)
    form = hidden(again, path)
    assert {name: form[name] for name in typed if name != "csrfmiddlewaretoken"} == {
        name: value for name, value in typed.items() if name != "csrfmiddlewaretoken"
    }
    done = browser.post(path, form)

    assert (done.status_code, done["Location"]) == (302, f"{path}?xong=1")
    assert [change.kind for change in histories.changes_of(PERSON)][1:] != []


def test_within_five_minutes_nobody_is_asked():
    browser = browser_of(DECIDES)
    path, typed = approval(browser)
    age_session(browser, proof=4 * MINUTE)

    assert browser.post(path, typed).status_code == 302


def test_looking_on_is_not_a_proof():
    browser = browser_of(DECIDES)
    path, typed = approval(browser)
    age_session(browser, **ALL_MARKS)

    assert browser.get(path).status_code == 200
    assert browser.post(path, typed).status_code == 401


def test_a_session_that_never_showed_a_password_is_asked():
    browser = browser_of(DECIDES)
    path, typed = approval(browser)
    session = browser.session
    del session["proof"]
    session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key

    assert browser.post(path, typed).status_code == 401


def test_guessing_at_the_second_question_is_counted_as_at_the_first():
    browser = browser_of(DECIDES)
    path, typed = approval(browser)
    age_session(browser, **ALL_MARKS)
    asked = browser.post(path, typed)
    for _ in range(FAILURES_PER_ACCOUNT_MAX):
        asked = show(browser, asked, "sai")

    assert show(browser, asked).status_code == 429
    assert browser.post(path, typed).status_code == 401


def test_the_password_of_somebody_else_proves_nothing():
    browser = browser_of(DECIDES)
    path, typed = approval(browser)
    age_session(browser, **ALL_MARKS)
    form = hidden(browser.post(path, typed), "/xac-nhan-lai")

    browser.post("/xac-nhan-lai", {**form, "tai_khoan": ASKS, "mat_khau": "sai"})

    assert browser.post(path, typed).status_code == 401


@pytest.mark.parametrize(("ago", "stands"), [(-1, False), (0, True), (300, True), (301, False)])
def test_a_proof_is_worth_five_minutes_and_nothing_before_it_was_given(ago: int, stands: bool):
    assert is_proven((NOW - timedelta(seconds=ago)).timestamp(), timedelta(minutes=5), NOW) is stands
    assert not is_proven(0.0, timedelta(minutes=5), datetime(2026, 1, 1, tzinfo=UTC))


def test_a_role_that_is_taken_ends_its_rights_at_once_and_a_new_one_begins():
    browser = browser_of(ASKS)
    assert browser.get("/dan-cu/tra-cuu").status_code == 200

    from dancu.kernel.reach import SYSTEM, acting

    with acting(SYSTEM):
        OfficerRow.objects.filter(account=ASKS).update(roles=["desk"])

    assert browser.get("/dan-cu/tra-cuu").status_code == 403
    assert browser.get("/mot-cua").status_code == 200


def test_an_officer_set_anew_is_signed_out_everywhere():
    from dancu.identity.api import add_officer
    from dancu.kernel.reach import SYSTEM, acting

    browser = browser_of(ASKS)
    with acting(SYSTEM):
        add_officer(ASKS, "Cán bộ", "H57", "C06", ["registrar"], PASSWORD)

    assert browser.get("/dan-cu").status_code == 302
    assert browser_of(ASKS).get("/dan-cu").status_code == 200


def test_a_cookie_planted_before_signing_in_is_not_who_signs_in_afterwards():
    """Session fixation: what somebody else put into the browser stays hers, and its token opens nothing."""
    thief = browser_of(ASKS, strict=True)
    victim = Client(enforce_csrf_checks=True)
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        victim.cookies[name] = thief.cookies[name].value
    planted = victim.cookies[settings.CSRF_COOKIE_NAME].value

    form = hidden(victim.get("/dang-nhap"))
    assert victim.post("/dang-nhap", {**form, "tai_khoan": DECIDES, "mat_khau": PASSWORD}).status_code == 302

    assert f"Cán bộ {DECIDES}" in text_of(victim.get("/dan-cu"))
    assert f"Cán bộ {ASKS}" in text_of(thief.get("/dan-cu"))
    assert victim.cookies[settings.CSRF_COOKIE_NAME].value != planted
    assert victim.post("/dang-xuat", {"csrfmiddlewaretoken": form["csrfmiddlewaretoken"]}).status_code == 403
