"""Citizens sign in under the rules of officers, by a session of their own; neither opens the other's pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from dancu.identity.api import add_citizen, sign_in, sign_in_citizen
from dancu.identity.domain import FAILURES_PER_ACCOUNT_MAX, FAILURES_PER_NETWORK_MAX, Citizen, Officer, SignInRefused
from dancu.identity.models import CitizenAccess, SignInFailure
from dancu.kernel.personal_id import PersonalId
from tests.factories.people import NOW, NUMBER
from tests.identity.scene import ACCOUNT, age_session, appoint_officers, browser_of, hidden, is_in, text_of
from tests.identity.scene import PASSWORD as OFFICERS

PASSWORD, OTHER = "mat-khau-cong-dan", "046190000103"
MINUTE, HOUR = 60, 3600


@pytest.fixture(autouse=True)
def _citizens(db: None) -> None:
    add_citizen(PersonalId.parse(NUMBER), PASSWORD)


def page_after(number: str, password: str) -> tuple[int, str]:
    answer = Client().post("/dan/dang-nhap", {"so": number, "mat_khau": password})
    return answer.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text_of(answer)).replace(number, "…")


def signed_in(number: str = NUMBER, password: str = PASSWORD) -> Client:
    browser = Client()
    assert browser.post("/dan/dang-nhap", {"so": number, "mat_khau": password}).status_code == 302
    return browser


def is_home(browser: Client) -> bool:
    return bool(browser.get("/cua-toi").status_code == 200)


def tried(password: str, number: str = NUMBER) -> Citizen | SignInRefused:
    return sign_in_citizen(PersonalId.parse(number), password, "192.0.2.7", now=NOW)


def test_wrong_unknown_and_locked_get_the_same_page():
    add_citizen(PersonalId.parse(OTHER), PASSWORD)
    CitizenAccess.objects.filter(personal_no=int(OTHER)).update(is_active=False)

    wrong, unknown, locked = page_after(NUMBER, "sai"), page_after("046090000999", PASSWORD), page_after(OTHER, PASSWORD)

    assert wrong == unknown == locked
    assert wrong[0] == 401
    assert "sai" not in wrong[1].split("<form")[1]


def test_a_token_planted_before_the_sign_in_is_worth_nothing_after_it():
    browser = Client()
    browser.get("/dan/dang-nhap")
    planted = browser.cookies[settings.CSRF_COOKIE_NAME].value

    browser.post("/dan/dang-nhap", {"so": NUMBER, "mat_khau": PASSWORD})

    assert browser.cookies[settings.CSRF_COOKIE_NAME].value != planted


def test_a_number_that_is_none_is_told_and_not_counted():
    status, page = page_after("04609000010", PASSWORD)

    assert status == 422
    assert "Bạn đã nhập 11 số." in page
    assert not SignInFailure.objects.exists()


def test_failures_of_an_account_are_counted_and_end_by_themselves():
    for _ in range(FAILURES_PER_ACCOUNT_MAX):
        assert tried("sai") == SignInRefused()

    assert tried(PASSWORD) == SignInRefused(too_many=True)
    later = sign_in_citizen(PersonalId.parse(NUMBER), PASSWORD, "192.0.2.7", now=NOW + timedelta(minutes=16))
    assert isinstance(later, Citizen)


def test_citizens_who_fail_close_their_network_to_no_officer():
    appoint_officers()
    for number in range(FAILURES_PER_NETWORK_MAX):
        tried("sai", f"0461900{number:05}")

    assert tried(PASSWORD) == SignInRefused(too_many=True)
    assert isinstance(sign_in(ACCOUNT, OFFICERS, "192.0.2.7", now=NOW), Officer)


def test_an_officer_is_nobody_on_a_citizens_page_and_the_other_way_round():
    appoint_officers()
    officer, citizen = browser_of(ACCOUNT), signed_in()

    assert (is_in(officer), is_home(officer)) == (True, False)
    assert (is_in(citizen), is_home(citizen)) == (False, True)


def test_signing_in_as_a_citizen_ends_the_officers_session_in_that_browser():
    appoint_officers()
    browser = browser_of(ACCOUNT)

    browser.post("/dan/dang-nhap", {"so": NUMBER, "mat_khau": PASSWORD})

    assert (is_in(browser), is_home(browser)) == (False, True)


@pytest.mark.parametrize(
    ("passed", "stays"),
    [
        ({"seen": 29 * MINUTE}, True),
        ({"seen": 31 * MINUTE}, False),
        ({"since": 8 * HOUR - MINUTE}, True),
        ({"since": 8 * HOUR + 1}, False),
    ],
)
def test_a_session_ends_by_idleness_and_by_age(passed: dict[str, int], stays: bool):
    browser = signed_in()

    age_session(browser, **passed)

    assert is_home(browser) is stays


@pytest.mark.parametrize("ends", ["sign_out", "new_password", "locked"])
def test_every_session_of_hers_ends(ends: str):
    here, there = signed_in(), signed_in()
    assert is_home(there)

    if ends == "sign_out":
        here.post("/dan/dang-xuat")
    elif ends == "new_password":
        add_citizen(PersonalId.parse(NUMBER), "mat-khau-moi")
    else:
        CitizenAccess.objects.update(is_active=False)

    assert (is_home(here), is_home(there)) == (False, False)


def test_the_cookie_says_nothing_of_who_she_is():
    from base64 import urlsafe_b64decode

    from django.conf import settings

    value = signed_in().cookies[settings.SESSION_COOKIE_NAME].value

    payload = value.split(":")[0]
    assert NUMBER not in value
    assert NUMBER.encode() not in urlsafe_b64decode(payload.lstrip(".") + "==")


def test_nobody_is_sent_to_another_site():
    for address in ("https://example.org/", "//example.org/", "/\\example.org/"):
        answer = Client().post("/dan/dang-nhap", {"so": NUMBER, "mat_khau": PASSWORD, "tiep": address})

        assert answer["Location"] == "/cua-toi"


def test_she_is_told_when_she_signed_in_before():
    tried(PASSWORD)

    page = text_of(signed_in().get("/cua-toi"))

    assert "Lần đăng nhập trước của bạn: 10:00 24/11/2026" in page


def test_the_forms_are_held_to_their_token():
    browser = Client(enforce_csrf_checks=True)

    assert browser.post("/dan/dang-nhap", {"so": NUMBER, "mat_khau": PASSWORD}).status_code == 403
    token = hidden(browser.get("/dan/dang-nhap"), "/dan/dang-nhap")
    assert browser.post("/dan/dang-nhap", {**token, "so": NUMBER, "mat_khau": PASSWORD}).status_code == 302
    assert browser.post("/dan/dang-xuat").status_code == 403
