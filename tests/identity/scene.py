"""Officers of two organisations, and browsers that keep what a page asks them to keep."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape
from typing import Any

from django.conf import settings
from django.test import Client

from dancu.identity.api import Officer, Organisation, SignInRefused, add_officer, add_organisation, sign_in
from tests.factories.people import NOW

PASSWORD, ACCOUNT, COLLEAGUE, CLERK = "mat-khau-thu", "canbo01", "canbo02", "vanthu01"
HERE, ELSEWHERE = "192.0.2.7", "198.51.100.7"


def appoint_officers() -> None:
    """Two officers of the desk, and one without any role."""
    add_organisation(Organisation("H57.12.3", "UBND phường Thử"), {"MC": "Bộ phận Một cửa"})
    for account, roles in ((ACCOUNT, ["desk"]), (COLLEAGUE, ["desk"]), (CLERK, [])):
        add_officer(account, f"Cán bộ {account}", "H57.12.3", "MC", roles, PASSWORD)


def tried(account: str = ACCOUNT, password: str = PASSWORD, address: str = HERE, *, now: datetime = NOW) -> Officer | SignInRefused:
    return sign_in(account, password, address, now=now)


def browser_of(account: str, *, strict: bool = False) -> Client:
    """A browser that has signed in; a strict one is checked for the token of its forms."""
    browser = Client(enforce_csrf_checks=strict)
    form = hidden(browser.get("/dang-nhap"))
    answer = browser.post("/dang-nhap", {**form, "tai_khoan": account, "mat_khau": PASSWORD})
    assert answer.status_code == 302
    return browser


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def hidden(answer: Any, action: str = "/dang-nhap") -> dict[str, str]:
    """The hidden fields of the form that goes to an address, read as a browser reads them."""
    form = re.search(rf'<form method="post" action="{re.escape(action)}">(.*?)</form>', text_of(answer), re.S)
    assert form is not None, f"no form to {action}"
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form.group(1), re.S)
    return {unescape(name): unescape(value) for name, value in found}


def age_session(browser: Client, **seconds: int) -> None:
    """Set the marks of the session back, as if that much time had passed."""
    session = browser.session
    for mark, passed in seconds.items():
        session[mark] -= passed
    session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key


def is_in(browser: Client) -> bool:
    answer = browser.get("/mot-cua")
    assert answer.status_code in (200, 302)
    return bool(answer.status_code == 200)
