"""A grant can come into being only from an approved registration: one function writes it, and the database refuses the rest."""

from __future__ import annotations

import ast
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from dancu.kernel.warrants import Field
from dancu.onboarding import api as onboarding
from dancu.onboarding.models import Grant, Registration, RegistrationLine
from tests.factories.database import connect_system
from tests.factories.people import NOW
from tests.house.tree import ROOT, python_files

_WRITERS = ("create", "update", "update_or_create", "get_or_create", "bulk_create", "bulk_update", "save")


def writers_of(table: str) -> set[str]:
    """Functions that write rows of a table through its model, by any name it was imported as; or name it in SQL that writes."""
    found = set()
    for path in python_files("src"):
        if "migrations" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "dancu.onboarding.models"
            for alias in node.names
            if alias.name == table
        }
        for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)):
            text = ast.unparse(function)
            if any(f"{name}.objects.{verb}(" in text or f"{name}(" in text for name in names for verb in _WRITERS):
                found.add(f"{path.relative_to(ROOT / 'src/dancu')}:{function.name}")
        if f"into onboarding_{table.lower()}" in path.read_text(encoding="utf-8").lower():
            found.add(f"{path.relative_to(ROOT / 'src/dancu')}:SQL")
    return found


def callers_of(name: str) -> set[str]:
    return {
        f"{path.relative_to(ROOT / 'src/dancu')}:{function.name}"
        for path in python_files("src")
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name and function.name != name
    }


def test_one_function_writes_grants_and_one_use_case_calls_it() -> None:
    assert writers_of("Grant") == {"onboarding/store.py:save_registration"}
    assert writers_of("Registration") == {"onboarding/store.py:save_registration"}
    assert writers_of("RegistrationLine") == {"onboarding/store.py:save_registration"}
    assert callers_of("save_registration") == {"onboarding/usecases.py:approve_registration"}


@pytest.mark.django_db
class TestInTheDatabase:
    def test_every_grant_is_its_approved_line(self) -> None:
        connect_system()

        grant = Grant.objects.get()
        line = RegistrationLine.objects.get(pk=grant.line_id)

        assert line.registration.approved_by == "test"
        assert set(line.content["fields"]) == set(grant.fields)

    @pytest.mark.parametrize(
        "change",
        [
            "update onboarding_grant set fields = fields || '[\"ethnicity\"]'",
            "update onboarding_grant set procedure = '9.999999'",
            "update onboarding_grant set registry = true",
            "update onboarding_grant set valid_to = '2099-01-01'",
            "update onboarding_grant set list_max = 1000000",
            "update onboarding_grant set client_id = 'he-thong-hai'",
            """insert into onboarding_grant select (jsonb_populate_record(g, jsonb_build_object(
               'id', 999999, 'procedure', '9.999999'))).* from onboarding_grant g""",
        ],
    )
    def test_what_no_line_says_is_refused_whoever_writes_it(self, change: str) -> None:
        connect_system()
        connect_system("he-thong-hai", grants=[])

        with pytest.raises(IntegrityError, match="of_a_line"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)

    def test_a_grant_without_a_line_is_refused(self) -> None:
        connect_system()

        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("update onboarding_grant set line_id = null")

    def test_a_wider_scope_is_a_new_registration_that_says_by_whom(self) -> None:
        connect_system()
        given = onboarding.grants_of_system("he-thong")[0]

        onboarding.grant(
            onboarding.Grant(
                given.client_id,
                given.integration_code,
                given.procedure,
                given.fields | {Field.ETHNICITY},
                "mục đích khác",
                "Luật Căn cước, Điều 10",
                date(2022, 1, 1),
            ),
            by="nguoi-khac",
            now=NOW,
            document="12/CV",
        )

        grant = Grant.objects.get()
        assert Registration.objects.count() == 2
        assert grant.line.registration.approved_by == "nguoi-khac"
        assert Field.ETHNICITY in grant.fields
