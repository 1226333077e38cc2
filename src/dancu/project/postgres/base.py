"""Django's PostgreSQL connection that tells the server for whom it works, before every statement and whenever it changed.

A session setting made in a transaction is taken back by a rollback, so what the connection believes is forgotten at every
rollback, also to a savepoint, and at every new connection. What is kept open from one request to the next holds the last
reach until the next statement, which sets its own first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from dancu.kernel.reach import Reach, present

_SET = (
    "select set_config('dancu.scope', %s, false), set_config('dancu.organisation', %s, false), "
    "set_config('dancu.unit', %s, false), set_config('dancu.account', %s, false), set_config('dancu.glass', %s, false)"
)


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection of a thread."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._held: Reach | None = None
        self.execute_wrappers.append(self._as_the_work_at_hand)

    def _as_the_work_at_hand(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self._tell()
        return execute(sql, params, many, context)

    def _tell(self) -> None:
        wanted = present()
        if wanted == self._held or self.connection.info.transaction_status is TransactionStatus.INERROR:
            return  # in a failed transaction nothing runs but its rollback
        self._held = None
        with self.wrap_database_errors:
            self.connection.execute(_SET, [wanted.scope, wanted.organisation, wanted.unit, wanted.account, wanted.glass])
        self._held = wanted

    def create_cursor(self, name: str | None = None) -> Any:
        """What goes past `execute`, a COPY for example, is told here."""
        self._tell()
        return super().create_cursor(name)

    def init_connection_state(self) -> None:
        self._held = None
        super().init_connection_state()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._held = None

    def _savepoint_rollback(self, sid: str) -> None:
        try:
            super()._savepoint_rollback(sid)  # type: ignore[misc]  # the stubs leave it out
        finally:
            self._held = None

    def _commit(self) -> None:
        if self.connection is not None and self.connection.info.transaction_status is TransactionStatus.INERROR:
            self._held = None  # the server rolls such a commit back, and says nothing
        super()._commit()  # type: ignore[misc]  # the stubs leave it out
