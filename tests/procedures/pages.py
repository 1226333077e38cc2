"""Pages of the desk as a test reads and sends them."""

from __future__ import annotations

import re

from django.test import Client
from tests.factories.people import NAME, NUMBER

KEYS = {"number": NUMBER, "name": NAME, "birth_date": "17/05/1990", "procedure": "1.001193"}
BIRTH = {
    "relation": "mother",
    "child_name": "Trần Thử An",
    "child_birth_date": "20/11/2020",
    "child_sex": "1",
    "child_birth_place": "Bệnh viện Thử",
    "child_ethnicity": "Kinh",
    "child_nationality": "Việt Nam",
    "child_home_town": "Thành phố Huế",
}


def text_of(answer) -> str:
    return answer.content.decode()


def word_of(answer) -> str:
    found = re.search(r'class="word">.*?</span>([^<]+)', text_of(answer), re.S)
    return found.group(1).strip() if found else ""


def hidden(answer) -> dict[str, str]:
    """The hidden fields of the form that leads from the verdict to the declaration."""
    form = text_of(answer).split('action="/mot-cua/to-khai"')[1].split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def shown(answer) -> dict[str, str]:
    """What the search form would send again as it stands."""
    form = text_of(answer).split('id="look">')[1].split("</form>")[0]
    return dict(re.findall(r'<input[^>]* name="([a-z_]+)" value="([^"]*)"', form))


def open_form(browser: Client, **keys: str) -> str:
    answer = browser.post("/mot-cua/to-khai", hidden(browser.post("/mot-cua", {**KEYS, **keys})))
    assert answer.status_code == 302
    return str(answer["Location"])


def received(browser: Client, form: str, **typed: str):
    return browser.post(form, {**BIRTH, **typed, "receive": "1"}, follow=True)
