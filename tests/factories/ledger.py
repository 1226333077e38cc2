"""The ledger's tree in tests without a sequencer."""

from __future__ import annotations

from django.db import connection


def tree_keeps_up() -> None:
    """Nothing waits for the tree, whatever is written: for tests that go through days without a sequencer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into ledger_sequencer (tx) values ('9223372036854775807') on conflict (one) do update set tx = excluded.tx"
        )
