"""Sign-in, sessions and sign-out as a browser meets them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from dancu.identity.domain import FAILURES_PER_ACCOUNT_MAX
from dancu.identity.models import Officer as OfficerRow
from tests.factories.database import connect_system
from tests.factories.people import a_grant
from tests.identity.scene import (
    ACCOUNT,
    CLERK,
    COLLEAGUE,
    PASSWORD,
    age_session,
    browser_of,
    hidden,
    is_in,
    text_of,
)

pytestmark = pytest.mark.usefixtures("_officers")
MINUTE, HOUR = 60, 3600
TYPED = {"number": "046090000101", "name": 'Trần "Văn" <b>Hòa</b> & \'Hòa', "birth_date": "17/05/1990", "procedure": "1.001193"}
FOREIGN = [
    "https://example.org/",
    "//example.org/",
    "///example.org/",
    "/\\example.org/",
    "\\\\example.org/",
    "http:example.org",
    "/\t/example.org/",
    "/\n/example.org/",
    " //example.org/",
    "javascript:alert(1)",
    "mot-cua",
    "",
]


def sign_in_page(account: str, password: str) -> tuple[int, str]:
    """The answer without what differs from request to request."""
    answer = Client().post("/dang-nhap", {"tai_khoan": account, "mat_khau": password, "tiep": "/mot-cua"})
    return answer.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text_of(answer)).replace(account, "…")


def test_wrong_unknown_and_locked_get_the_same_page():
    OfficerRow.objects.filter(account=COLLEAGUE).update(is_active=False)

    wrong, unknown, locked = sign_in_page(ACCOUNT, "sai"), sign_in_page("khong-co", PASSWORD), sign_in_page(COLLEAGUE, PASSWORD)

    assert wrong == unknown == locked
    assert wrong[0] == 401
    assert "Tài khoản hoặc mật khẩu chưa đúng." in wrong[1]
    assert 'role="alert"' in wrong[1]


def test_a_failed_sign_in_keeps_the_account_and_never_the_password():
    page = text_of(Client().post("/dang-nhap", {"tai_khoan": 'canbo"<01', "mat_khau": "sai-mat-khau"}))

    assert 'value="canbo&quot;&lt;01"' in page
    assert "sai-mat-khau" not in page


def test_too_many_failures_say_how_long_to_wait():
    for _ in range(FAILURES_PER_ACCOUNT_MAX):
        sign_in_page(ACCOUNT, "sai")

    status, page = sign_in_page(ACCOUNT, PASSWORD)

    assert status == 429
    assert "Sai quá nhiều lần. Chờ 15 phút rồi thử lại" in page
    assert is_in(browser_of(COLLEAGUE))


def test_the_session_cookie_is_closed_to_scripts_and_other_sites_and_tells_nothing():
    cookie = browser_of(ACCOUNT).cookies[settings.SESSION_COOKIE_NAME]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert int(cookie["max-age"]) <= 8 * HOUR
    assert ACCOUNT not in cookie.value


def test_over_https_the_cookies_are_secure_and_bound_to_the_host():
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_HTTPONLY")
    code = f"import json; from dancu.project import settings as s; print(json.dumps([getattr(s, n) for n in {names}]))"
    environment = {**os.environ, "DANCU_PUBLIC_URL": "https://mot-cua.example.vn"}

    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout

    assert json.loads(said) == [True, True, "__Host-session", "__Host-csrf", True]


def test_a_forged_session_is_nobodys():
    browser = browser_of(ACCOUNT)
    name = settings.SESSION_COOKIE_NAME
    payload, rest = browser.cookies[name].value.split(":", 1)

    browser.cookies[name] = f"{payload[:-1]}{'A' if payload[-1] != 'A' else 'B'}:{rest}"

    assert not is_in(browser)


def test_sign_out_ends_the_other_sessions_of_the_officer_and_of_nobody_else():
    here, there, neighbour = browser_of(ACCOUNT), browser_of(ACCOUNT), browser_of(COLLEAGUE)
    assert is_in(here)
    assert is_in(there)
    kept = there.cookies[settings.SESSION_COOKIE_NAME].value

    answer = here.post("/dang-xuat")

    assert (answer.status_code, answer["Location"]) == (302, "/dang-nhap")
    assert [is_in(here), is_in(there), is_in(neighbour)] == [False, False, True]
    copied = Client()
    copied.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert not is_in(copied)
    assert is_in(browser_of(ACCOUNT))


def test_nobody_is_signed_out_by_a_link_or_a_form_of_another_site():
    browser = browser_of(ACCOUNT, strict=True)

    statuses = [browser.get("/dang-xuat").status_code, browser.post("/dang-xuat").status_code]

    assert statuses == [405, 403]
    assert is_in(browser)
    assert browser.post("/dang-xuat", hidden(browser.get("/mot-cua"), "/dang-xuat")).status_code == 302
    assert not is_in(browser)


def test_signing_in_starts_a_fresh_session():
    browser = browser_of(ACCOUNT)
    browser.post("/dang-nhap", {"tai_khoan": COLLEAGUE, "mat_khau": PASSWORD})

    page = text_of(browser.get("/mot-cua"))

    assert f"Cán bộ {COLLEAGUE}" in page
    assert f"Cán bộ {ACCOUNT}" not in page


@pytest.mark.parametrize(
    ("passed", "stays"),
    [
        ({"seen": 29 * MINUTE}, True),
        ({"seen": 31 * MINUTE}, False),
        ({"since": 8 * HOUR - MINUTE}, True),
        ({"since": 8 * HOUR + MINUTE}, False),
    ],
)
def test_a_session_ends_after_half_an_hour_of_silence_and_after_eight_hours(passed: dict[str, int], stays: bool):
    browser = browser_of(ACCOUNT)

    age_session(browser, **passed)

    assert is_in(browser) is stays


def test_work_keeps_a_session_awake_but_not_past_its_age():
    browser = browser_of(ACCOUNT)

    for _ in range(3):
        age_session(browser, since=29 * MINUTE, seen=29 * MINUTE)
        assert is_in(browser)

    age_session(browser, since=7 * HOUR)
    assert not is_in(browser)


def test_a_locked_account_ends_its_open_sessions():
    browser = browser_of(ACCOUNT)

    OfficerRow.objects.filter(account=ACCOUNT).update(is_active=False)

    assert not is_in(browser)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("vi", "Tài khoản của bạn không được giao việc này."), ("en", "Your account is not assigned this work.")],
)
@pytest.mark.parametrize("path", ["/mot-cua", "/mot-cua/ho-so", "/mot-cua/ho-so/H57.12.3-261124-0001/phieu/tiep-nhan"])
def test_a_page_whose_role_one_lacks_answers_403_with_a_sentence(path: str, language: str, sentence: str):
    browser = browser_of(CLERK)
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    answer = browser.get(path)

    assert answer.status_code == 403
    assert sentence in text_of(answer)


@pytest.mark.parametrize("path", ["/mot-cua", "/mot-cua/ho-so?loc=all", "/mot-cua/ho-so/H57.12.3-261124-0001"])
def test_whoever_is_not_signed_in_comes_back_after_signing_in(path: str):
    browser = Client()
    answer = browser.get(path)
    assert answer.status_code == 302
    assert urlsplit(answer["Location"]).path == "/dang-nhap"

    form = hidden(browser.get(answer["Location"]))
    back = browser.post("/dang-nhap", {**form, "tai_khoan": ACCOUNT, "mat_khau": PASSWORD})

    assert (form["tiep"], back["Location"]) == (path, path)


@pytest.mark.parametrize("wanted", FOREIGN)
def test_nobody_is_led_to_another_site_after_signing_in(wanted: str):
    browser = Client()

    shown = hidden(browser.get("/dang-nhap", {"tiep": wanted}))["tiep"]
    refused = browser.post("/dang-nhap", {"tai_khoan": ACCOUNT, "mat_khau": "sai", "tiep": wanted})
    answer = browser.post("/dang-nhap", {"tai_khoan": ACCOUNT, "mat_khau": PASSWORD, "tiep": wanted})

    assert (shown, hidden(refused)["tiep"], answer["Location"]) == ("", "", "/mot-cua")


def test_nobody_is_led_to_another_site_with_what_was_typed():
    posted = {"tai_khoan": ACCOUNT, "mat_khau": PASSWORD, "tiep": "//example.org/", "kept:name": "Trần Văn Hòa"}

    page = text_of(Client().post("/dang-nhap", posted))

    assert "example.org" not in page
    assert set(re.findall(r'<form [^>]*action="([^"]*)"', page)) <= {"/mot-cua", "/dang-xuat", "/ngon-ngu", "/sang-toi"}


def test_what_was_typed_before_the_session_ran_out_is_sent_after_signing_in():
    connect_system("mot-cua", grants=[a_grant("mot-cua", "MOT-CUA")])
    browser = browser_of(ACCOUNT, strict=True)
    token = hidden(browser.get("/mot-cua"), "/ngon-ngu")["csrfmiddlewaretoken"]
    age_session(browser, seen=31 * MINUTE)

    expired = browser.post("/mot-cua", {**TYPED, "csrfmiddlewaretoken": token})
    assert expired.status_code == 401
    assert "Phiên làm việc đã hết." in text_of(expired)
    mistaken = browser.post("/dang-nhap", {**hidden(expired), "tai_khoan": ACCOUNT, "mat_khau": "sai"})
    assert mistaken.status_code == 401
    again = browser.post("/dang-nhap", {**hidden(mistaken), "tai_khoan": ACCOUNT, "mat_khau": PASSWORD})
    assert "Gửi lại những gì vừa nhập?" in text_of(again)

    form = hidden(again, "/mot-cua")
    assert {name: form[name] for name in TYPED} == TYPED
    assert not {"mat_khau", "tai_khoan"} & set(form)
    answer = browser.post("/mot-cua", form)

    assert answer.status_code == 200
    assert 'class="word"' in text_of(answer)


def test_a_list_typed_before_the_session_ran_out_is_kept_whole():
    page = text_of(Client().post("/mot-cua/to-khai", {"reading": ["Hòa", "Hoà"], "number": "046090000101"}))

    assert re.findall(r'name="kept:reading" value="([^"]*)"', page) == ["Hòa", "Hoà"]


def test_a_personal_number_typed_before_signing_in_gets_into_no_address():
    answer = Client().post("/mot-cua", TYPED)

    assert answer.status_code == 401
    assert not re.search(r'(href|action)="[^"]*\d{12}', text_of(answer))
    assert "no-store" in answer["Cache-Control"]
