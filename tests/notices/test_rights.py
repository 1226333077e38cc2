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


def test_what_somebody_was_told_is_hidden_from_work_of_others_and_of_nobody(fresh_database: Urls):
    with psycopg.connect(fresh_database.owner) as connection:
        connection.execute("select set_config('dancu.scope', 'system', true)")
        for account, role, citizen in (("canbo.a", "", None), ("", "desk", None), ("", "", b"h")):
            connection.execute(
                """insert into notices_notice (step_id, at, account, organisation, role, citizen, content)
                values (gen_random_uuid(), now(), %s, %s, %s, %s, '')""",
                [account, "H57" if role else "", role, citizen],
            )
    seen = {}
    with psycopg.connect(fresh_database.web) as connection:
        for scope, organisation, account in (
            ("", "", ""),
            ("own", "H57", "canbo.a"),
            ("own", "H58", "canbo.b"),
            ("citizen", "", "x"),
        ):
            for name, value in (("scope", scope), ("organisation", organisation), ("account", account)):
                connection.execute("select set_config(%s, %s, true)", [f"dancu.{name}", value])
            row = connection.execute("select count(*) from notices_notice").fetchone()
            assert row is not None
            seen[scope, organisation] = row[0]

    assert seen == {("", ""): 0, ("own", "H57"): 2, ("own", "H58"): 0, ("citizen", ""): 1}
