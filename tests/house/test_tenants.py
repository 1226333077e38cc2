"""Rows that belong to somebody are held by a policy that even the owner of the table keeps; the pages' role is nobody special."""

from __future__ import annotations

import ast
import os
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

from tests.house.tree import ROOT, python_files

pytestmark = pytest.mark.django_db
# What says whose a row is. A new name for it comes here.
TENANT_COLUMNS = [
    "organisation", "organisation_id", "organisation_code", "unit", "unit_id", "unit_code", "author_unit", "tenant", "client_id",
]  # fmt: skip
# Tables that name an organisation and are open to every officer's work, and why.
OPEN = {
    "onboarding_system": "the directory of who may ask: every decision reads the system it asks through, whoever runs it",
    "onboarding_grant": "as above: what a system was granted is decided on before anybody is known; purposes are public",
    "population_change": "a person's history is the nation's, wherever its author sat; it is read with a warrant",
    "onboarding_key": "public halves of keys: whoever is met at the gate is known by them before anything else is",
    "onboarding_registration": "what was approved for a system, on which paper and by whom: the grants beside it are open too",
    "onboarding_standingevent": "the board of connections shows every body by both axes to every officer at the gate",
    "onboarding_contact": "the office to ask at a body: printed in letters, no private number",
    "onboarding_account": "as above: account names only; the list of a system's organisation is asked for every officer",
    "ledger_answercount": "how many answers an organisation got on a day: compared for the whole country, no page shows one",
    "exchange_shadowcount": "which elements of answers differed while running beside another service: no values, no persons",
    "reconcile_phonewriting": "batches for the registry: counts, and two hands of different units who must see one another's",
    "steering_taskaction": "what every body was asked and reported is followed by all; nobody's person is in it",
    "exchange_alarm": "lines a whole system crossed are counted whoever of its officers asks next; nobody is named in it",
}
WITHOUT_FORCE = """
select c.relname, array_agg(distinct a.attname::text) from pg_class c
join pg_namespace n on n.oid = c.relnamespace and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
join pg_attribute a on a.attrelid = c.oid and a.attname = any(%s) and not a.attisdropped
where c.relkind in ('r', 'p') and not c.relispartition
and not (c.relrowsecurity and c.relforcerowsecurity and exists (select from pg_policy p where p.polrelid = c.oid))
group by c.relname
"""
VIEWS = """
select distinct c.relname from pg_class c join pg_depend d on d.refobjid = any(
    select oid from pg_class where relrowsecurity) join pg_rewrite r on r.oid = d.objid and r.ev_class = c.oid
where c.relkind in ('v', 'm') and not coalesce('security_invoker=true' = any(c.reloptions), false)
"""


def without_force() -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_FORCE, [TENANT_COLUMNS])
        return dict(cursor.fetchall())


def test_every_table_of_tenants_is_under_a_forced_policy_or_named_with_a_reason() -> None:
    open_tables = without_force()

    assert {name: columns for name, columns in open_tables.items() if name not in OPEN} == {}
    assert set(OPEN) <= set(open_tables), "named as open, and it is not"
    assert all(OPEN.values())


@pytest.mark.parametrize(
    "weakened",
    [
        "alter table procedures_dossier no force row level security",
        "alter table procedures_dossier disable row level security",
        "drop policy reach on procedures_draft",
        "create table new_room_list (organisation text)",
    ],
)
def test_a_table_without_its_policy_is_seen(weakened: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(weakened)

    assert set(without_force()) - set(OPEN) != set()


def test_no_view_looks_past_the_policies() -> None:
    """A view reads as its owner unless it says otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(VIEWS)
        assert cursor.fetchall() == []
        cursor.execute("create view peek as select * from procedures_dossier")
        cursor.execute(VIEWS)
        assert cursor.fetchall() == [("peek",)]


@pytest.mark.skipif(
    urlsplit(os.environ.get("DANCU_TEST_OWNER", "")).username == urlsplit(os.environ.get("DANCU_TEST_WEB", "")).username,
    reason="the given server has one role for everything",
)
@pytest.mark.parametrize("role", ["DANCU_TEST_WEB", "DANCU_TEST_GATEWAY"])
def test_the_roles_at_work_own_nothing_and_pass_no_policy_by(role: str) -> None:
    powers = "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
    with psycopg.connect(os.environ[role]) as probe:
        said = probe.execute(f"{powers} from pg_roles where rolname = current_user").fetchone()
        member = probe.execute(
            "select rolname from pg_roles where rolname <> current_user and rolname !~ '^pg_' and pg_has_role(oid, 'member')"
        ).fetchall()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_class where pg_get_userbyid(relowner) = %s", [urlsplit(os.environ[role]).username])
        owned = cursor.fetchone()

    assert said == (False,) * 5
    assert member == []
    assert owned == (0,)


def test_every_background_job_says_for_whom_it_acts() -> None:
    silent = [
        f"{path.parent.name}: {node.name}"
        for path in python_files("src")
        if path.name == "tasks.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_task(node) and not _says_for_whom(node)
    ]

    assert silent == [], "begin the job with `with acting(SYSTEM):` or `with acting(acting_for(organisation)):`"


# Where the reach of a piece of work is set, beside the guard of pages: each stands for a decision.
_SET_REACH = {
    "identity/citizen_guard.py",
    "identity/glass/usecases.py",
    "identity/proposals/usecases.py",
    "notices/tasks.py",
    "portal/usecases.py",
    "procedures/emergency.py",
    "protection/tasks.py",
    "cli/command.py",
    "cli/migrate.py",
    "exchange/desk_limits.py",
    "exchange/following.py",  # subscriptions are the system's rows, whoever's page asks
    "exchange/pages/traffic.py",
    "exchange/tasks.py",
    "identity/guard.py",
    "identity/usecases.py",
    "notices/bell.py",
    "onboarding/dossiers/store.py",  # a code is counted among all there are
    "onboarding/tasks.py",
    "population/tasks.py",
    "procedures/tasks.py",
    "procedures/usecases/compare_later.py",
    "protection/usecases/affected.py",
    "protection/usecases/cases.py",
    "protection/usecases/consents.py",
    "reconcile/http.py",  # a key is met before it is known whose it is
    "reconcile/phones/usecases.py",  # whose a number is, is judged by everybody's word
    "reconcile/child.py",
    "reconcile/tasks.py",
}


def test_few_places_say_for_whom_work_is_done() -> None:
    source = ROOT / "src" / "dancu"
    found = {
        path.relative_to(source).as_posix()
        for path in python_files("src")
        if "kernel.reach" in path.read_text(encoding="utf-8") and path.parent.name != "postgres"
    }

    assert found == _SET_REACH


def _is_task(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("app." in ast.unparse(each) for each in node.decorator_list)


def _says_for_whom(node: ast.AST) -> bool:
    return any(isinstance(each, ast.With) and "acting(" in ast.unparse(each.items[0]) for each in ast.walk(node))
