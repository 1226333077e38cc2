"""A refusal stands in the ledger whatever becomes of the request: nothing of it is rolled back with the page."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import Client
from tests.factories.people import NAME, NOW, NUMBER
from tests.procedures.scene import open_desk, signed_in

from dancu.onboarding import api as onboarding
from dancu.procedures import pages

# As in service: the ledger's transaction is the outermost one.
pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = {"number": NUMBER, "name": NAME, "birth_date": "17/05/1990", "procedure": "1.001193"}


def recorded(kind: str) -> int:
    """Entries as somebody else sees them, over a connection of her own."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute(
            "select count(*) from ledger_entry where convert_from(body, 'UTF8')::jsonb ->> 'kind' = %s", [kind]
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_a_refusal_stands_after_the_request_ended_in_an_error_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    officer = open_desk(tmp_path)
    browser = signed_in(officer.account)
    browser.raise_request_exception = False
    onboarding.set_state("mot-cua", onboarding.ConnectionState.SUSPENDED, reason="thử", by="test", now=NOW)

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the page cannot be drawn")

    monkeypatch.setattr(pages, "render", fail)
    before = recorded("refuse")
    answer = browser.post("/mot-cua", QUESTION)

    assert answer.status_code == 500
    assert "RuntimeError" not in answer.content.decode()
    assert recorded("refuse") - before == 1


def test_a_look_stands_too_though_nothing_of_it_was_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    browser: Client = signed_in(open_desk(tmp_path).account)
    browser.raise_request_exception = False

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the page cannot be drawn")

    monkeypatch.setattr(pages, "render", fail)
    answer = browser.post("/mot-cua", QUESTION)

    assert answer.status_code == 500
    assert "12 Lê Lợi" not in answer.content.decode()
    assert recorded("verify") == 1
