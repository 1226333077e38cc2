"""The pages' role may not rewrite what happened to a step; the gateway's role sees nothing of it."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from dancu.cli.launcher.postgres import Urls

pytestmark = pytest.mark.skipif(
    urlsplit(os.environ.get("DANCU_TEST_OWNER", "")).username == urlsplit(os.environ.get("DANCU_TEST_WEB", "")).username,
    reason="the given server has one role for everything",
)
FORBIDDEN = (
    "update notices_attempt set code = ''",
    "delete from notices_attempt",
    "update notices_stepaction set account = 'x'",
    "delete from notices_stepaction",
    "delete from notices_step",
    "update notices_step set key = 'x'",
    "update notices_step set content = ''",
    "update notices_step set created_at = now()",
)
ALLOWED = (
    "select 1 from notices_step for update skip locked",
    "update notices_step set state = 'done', payload = ''",
    "delete from notices_inbox",
    "select nextval('notices_position')",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_what_happened_to_a_step_cannot_be_rewritten(fresh_database: Urls, statement: str):
    with psycopg.connect(fresh_database.web) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement)


def test_what_sending_needs_is_allowed(fresh_database: Urls):
    with psycopg.connect(fresh_database.web) as connection:
        for statement in ALLOWED:
            connection.execute(statement)


def test_the_gateway_has_nothing_to_do_with_it(fresh_database: Urls):
    with psycopg.connect(fresh_database.gateway) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute("select 1 from notices_step")
