"""Templates: each extends a frame, is a frame, or is a fragment that somebody includes; none carries script or style of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

import dancu

SOURCE = Path(dancu.__path__[0])
FRAMES = {"ui/base.html", "ui/slip.html"}
TEXTS = {
    path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
    for folder in SOURCE.glob("*/templates")
    for path in folder.rglob("*.html")
}
EXTENDS = re.compile(r'\A{% extends "([^"]+)" %}')


def included() -> set[str]:
    """Templates that another template includes or a tag of ours draws."""
    tags = "".join(path.read_text(encoding="utf-8") for path in SOURCE.glob("*/templatetags/*.py"))
    by_template = re.findall(r'{% include "([^"]+)"', "".join(TEXTS.values()))
    return {*by_template, *re.findall(r'"(\w+/[\w/]+\.html)"', tags)}


def kind_of(name: str, text: str) -> str:
    if extended := EXTENDS.match(text):
        return "page" if extended.group(1) in FRAMES else f"extends {extended.group(1)}"
    if name in FRAMES:
        return "frame" if text.startswith("<!doctype html>") else "no document"
    whole = re.search(r"<!doctype|<html|<head|<body|{% block ", text)
    return "fragment" if not whole and name in included() else "neither page nor fragment"


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_template_is_a_page_a_frame_or_a_fragment(name: str):
    assert kind_of(name, TEXTS[name]) in ("page", "frame", "fragment")
    get_template(name)  # its tags and filters exist


def test_a_page_of_its_own_making_would_be_found():
    assert kind_of("x/a.html", "<!doctype html><html></html>") == "neither page nor fragment"
    assert kind_of("x/b.html", "<p>nobody includes me</p>") == "neither page nor fragment"
    assert kind_of("x/c.html", '{% extends "x/other.html" %}') == "extends x/other.html"
    assert len(TEXTS) > 15


def test_every_template_that_is_named_exists():
    named = re.findall(r'{% (?:include|extends) "([^"]+)"', "".join(TEXTS.values()))

    assert set(named) <= set(TEXTS)
    assert included() <= set(TEXTS)


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_nothing_in_a_template_needs_an_exception_from_the_policy(name: str):
    tags = re.sub(r"{[%{].*?[%}]}", "", TEXTS[name], flags=re.S)

    assert not re.search(r"<style|<[^>]+\sstyle=", tags)
    assert not re.search(r"<[^>]+\son[a-z]+=", tags)
    assert not re.search(r"<script(?![^>]*\ssrc=)", tags)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', tags)
    assert "javascript:" not in tags


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_what_people_typed_is_always_escaped(name: str):
    assert not re.search(r"\|\s*safe\b|autoescape\s+off|mark_safe", TEXTS[name])


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_every_form_that_posts_carries_its_token(name: str):
    forms = re.findall(r'<form method="post".*?</form>', TEXTS[name], re.S)

    assert all("{% csrf_token %}" in form for form in forms)


@pytest.mark.parametrize("name", sorted(name for name, text in TEXTS.items() if EXTENDS.match(text)))
def test_a_page_has_a_title_and_not_two_headings(name: str):
    text = TEXTS[name]

    assert "{% block title %}" in text
    if EXTENDS.match(text).group(1) == "ui/base.html":
        assert text.count("<h1") <= 1
    else:
        assert "{% block heading %}" in text


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_every_visible_field_has_a_label(name: str):
    text = TEXTS[name]
    seen = re.findall(r'<(?:input|select|textarea) (?![^>]*type="hidden")[^>]*>', text)
    ids = [re.search(r'id="([^"]*)"', field) for field in seen]

    assert all(ids), f"{name} has a field without id"
    assert [found.group(1) for found in ids if found and f'for="{found.group(1)}"' not in text] == []
