"""What was done at the desk stands: PostgreSQL itself refuses the roles of pages and gateway to change it."""

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
APPEND_ONLY = ("desk", "caseaction", "breachaction", "consentaction", "registerversion")
CHANGES = (
    *(f"delete from protection_{table}" for table in (*APPEND_ONLY, "case", "breach", "telling", "consent", "suspension")),
    *(f"truncate protection_{table}" for table in APPEND_ONLY),
    "update protection_caseaction set holder = 'ai-khac'",
    "update protection_breachaction set holder = 'ai-khac'",
    "update protection_consentaction set commitment = ''",
    "update protection_consent set until = now()",
    "update protection_suspension set asked_by = '{}'",
    "update protection_registerversion set changes = '[]'",
    "drop function protection_four_eyes cascade",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_what_was_done_at_the_desk_stands(fresh_database: Urls, statement: str):
    for url in (fresh_database.web, fresh_database.gateway):
        with psycopg.connect(url) as connection, pytest.raises(InsufficientPrivilege):
            connection.execute(statement)  # type: ignore[arg-type]  # our own literals


def test_the_gateway_may_not_even_read(fresh_database: Urls):
    for table in ("case", "affected", "consent", "breach"):
        with psycopg.connect(fresh_database.gateway) as gateway, pytest.raises(InsufficientPrivilege):
            gateway.execute(f"select from protection_{table}")  # type: ignore[arg-type]
