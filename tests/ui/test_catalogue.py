"""The living catalogue: every component stands in it, drawn by the line printed beside it; light and dark by a switch."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

import dancu.ui
from dancu.ui.catalogue import asked, pictures, said
from dancu.ui.responses import THEME_COOKIE
from dancu.ui.templatetags import ui_forms, ui_parts, ui_words
from tests.identity.scene import hidden, text_of

CODE = "".join(
    example.code for section in (*said.sections(), *asked.sections(), *pictures.sections({})) for example in section.examples
)
# For the head of a page, for other tags, for slips.
NOT_SHOWN = {"asset", "legend_key", "refresh", "qr"}


def test_every_tag_stands_in_the_catalogue():
    tags = {*ui_forms.register.tags, *ui_parts.register.tags, *ui_words.register.tags}

    assert {tag for tag in tags - NOT_SHOWN if f"{{% {tag} " not in CODE} == set()


def test_every_kind_of_picture_stands_in_the_catalogue():
    shown = {type(value) for section in pictures.sections({}) for example in section.examples for value in example.values.values()}

    assert set(ui_parts._DRAWN_BY) <= shown


def test_the_catalogue_is_public_and_not_for_search_engines():
    answer = Client().get("/giao-dien")

    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in text_of(answer)
    assert text_of(answer).count("<h1") == 1


def test_the_readme_of_the_looks_names_every_tag_and_kind_of_picture():
    sign = Path(dancu.ui.__path__[0], "README.md").read_text(encoding="utf-8")
    names = {*ui_forms.register.tags, *ui_parts.register.tags} - {"legend_key"}
    names |= {picture.__name__ for picture in ui_parts._DRAWN_BY}

    assert {name for name in names if not re.search(rf"\b{name}\b", sign)} == set()


@pytest.mark.parametrize(
    ("asked", "provinces", "year"), [("?ban=63&nam=2024", 63, "2024"), ("?ban=9&nam=x'", 34, "2026"), ("", 34, "2026")]
)
def test_the_switches_of_the_map_lead_to_the_other_map_and_year(asked: str, provinces: int, year: str):
    page = text_of(Client().get(f"/giao-dien{asked}"))

    section = page.split('id="ban-do"')[1]
    assert f"năm {year}</figcaption>" in section
    assert len(re.findall(r"<a href=\"[^\"]*tinh=\d\d#ban-do\"(?: class=\"chosen\")?><title>", section)) == provinces
    assert "Bản đồ chỉ có tính minh hoạ." in section


def test_the_catalogue_can_be_seen_in_the_density_of_citizens():
    assert 'class="citizen"' in text_of(Client().get("/giao-dien?co=citizen"))


@pytest.mark.parametrize(("theme", "drawn"), [("dark", ' data-theme="dark"'), ("light", ' data-theme="light"'), ("", "")])
def test_light_and_dark_are_a_switch_kept_by_the_browser_and_drawn_by_the_server(theme: str, drawn: str):
    browser = Client()
    form = hidden_of_theme(text_of(browser.get("/giao-dien?co=citizen")))

    answer = browser.post("/sang-toi", {**form, "theme": theme})

    assert answer["Location"] == "/giao-dien?co=citizen"
    page = text_of(browser.get("/"))
    assert f'<html lang="vi"{drawn}>' in page
    assert f'value="{theme}" aria-pressed="true"' in page
    assert page.count('aria-pressed="true"') == 1


def hidden_of_theme(page: str) -> dict[str, str]:
    form = page.split('action="/sang-toi"')[1].split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


@pytest.mark.parametrize("theme", ["", "auto", "xx", '"><script>'])
def test_a_theme_nobody_offered_is_the_machines_own(theme: str):
    browser = Client()
    browser.cookies[THEME_COOKIE] = "dark"

    browser.post("/sang-toi", {"theme": theme})

    assert '<html lang="vi">' in text_of(browser.get("/"))


@pytest.mark.parametrize("wanted", ["https://example.org/", "//example.org/", "x", ""])
def test_the_switch_leads_to_no_other_site(wanted: str):
    assert Client().post("/sang-toi", {"theme": "dark", "next": wanted})["Location"] == "/"


def test_the_switch_of_a_page_that_was_posted_leads_to_its_room(browser: Client):
    answer = browser.post("/mot-cua", {"number": "1", "name": "", "birth_date": ""})

    assert hidden(answer, "/ngon-ngu")["next"] == "/mot-cua"
