"""Tables that Django does not manage are not emptied by Django after a test that committed: here they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

WITHOUT_A_MODEL = {"population_cursor"}


@pytest.fixture(autouse=True)
def unmanaged_tables_are_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    marker = request.node.get_closest_marker("django_db")
    if not (marker and marker.kwargs.get("transaction")):
        yield
        return
    request.getfixturevalue("transactional_db")
    from django.apps import apps
    from django.db import connection

    yield
    unmanaged = {each._meta.db_table for each in apps.get_models() if not each._meta.managed} | WITHOUT_A_MODEL
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relkind in ('r', 'p') and relname = any(%s)", [list(unmanaged)])
        tables = sorted(name for (name,) in cursor.fetchall())
        cursor.execute(f"truncate {', '.join(tables)}")
