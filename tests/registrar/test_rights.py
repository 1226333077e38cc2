"""The roles of pages and gateway cannot change what was done to a request: PostgreSQL itself refuses."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from dancu.cli.launcher.postgres import Urls

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        urlsplit(os.environ.get("DANCU_TEST_OWNER", "")).username == urlsplit(os.environ.get("DANCU_TEST_WEB", "")).username,
        reason="the given server has one role for everything",
    ),
]
CHANGES = (
    "update registrar_requestaction set holder = 'ai-khac'",
    "delete from registrar_requestaction",
    "truncate registrar_requestaction",
    "alter table registrar_requestaction disable trigger all",
    "drop function registrar_four_eyes cascade",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_what_was_done_to_a_request_stands(fresh_database: Urls, statement: str):
    for url in (fresh_database.web, fresh_database.gateway):
        with psycopg.connect(url) as connection, pytest.raises(InsufficientPrivilege):
            connection.execute(statement)


ADD = (
    "insert into registrar_requestaction (request_id, sequence, kind, at, account, unit, holder, digest, text)"
    " values (gen_random_uuid(), 1, 'write', now(), 'a', 'H57/DC', 'a', '', '')"
)


def _add_as(url: str, unit: str, account: str) -> None:
    with psycopg.connect(url) as pages:
        pages.execute("select set_config('dancu.unit', %s, true), set_config('dancu.account', %s, true)", [unit, account])
        pages.execute(ADD)
        pages.rollback()


def test_the_pages_add_to_it_as_who_is_at_the_page_only(fresh_database: Urls):
    for unit, account in (("H57/DC", "b"), ("H57/MC", "a"), ("", "")):
        with pytest.raises(InsufficientPrivilege):
            _add_as(fresh_database.web, unit, account)

    _add_as(fresh_database.web, "H57/DC", "a")


def test_the_gateway_may_not_even_read_it(fresh_database: Urls):
    with psycopg.connect(fresh_database.gateway) as gateway, pytest.raises(InsufficientPrivilege):
        gateway.execute("select from registrar_requestaction")
