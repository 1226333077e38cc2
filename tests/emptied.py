"""Tables that Django does not manage are not emptied by Django after a test that committed: here they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

TABLES = (
    *("population_change", "population_cursor", "population_household", "population_membership"),
    *("population_relation", "population_residence"),
)


@pytest.fixture(autouse=True)
def unmanaged_tables_are_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    marker = request.node.get_closest_marker("django_db")
    if not (marker and marker.kwargs.get("transaction")):
        yield
        return
    request.getfixturevalue("transactional_db")
    from django.db import connection

    yield
    with connection.cursor() as cursor:
        cursor.execute(f"truncate {', '.join(TABLES)}")
