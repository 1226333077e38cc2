"""What was compared, counted by day, system, operation and element; written beside the security log. No values, no persons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from dancu.gateway.shadow.differences import Difference, Mark
from dancu.kernel.clock import local

COMPARED, SAME, LEFT_OUT = "compared", "same", "left_out"
ROWS_MAX = 2000  # a day's lines of one process; what comes beyond is counted under one line `other`
_PATH = re.compile(r"(?!.*[0-9]{9})[\w/.\[\]:-]{0,120}")  # nine digits in a row may be somebody's number
_ADD = """insert into exchange_shadowcount (day, client_id, operation, kind, path, count)
select $1::date, c, o, k, p, n from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[]) as told(c, o, k, p, n)
on conflict (day, client_id, operation, kind, path) do update set count = exchange_shadowcount.count + excluded.count"""


class Connection(Protocol):
    async def execute(self, query: str, *arguments: object) -> str: ...


class Tally:
    """Counts in memory between two writes (*bộ đếm chạy song song*)."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str, str]] = Counter()
        self._lines: set[tuple[str, str, str, str]] = set()

    def add(self, client_id: str, operation: str, found: Sequence[Difference]) -> None:
        """One comparison and where it differed; the same element in several places counts once."""
        self._count(client_id, operation, COMPARED, "")
        if not found:
            self._count(client_id, operation, SAME, "")
        for kind, path in sorted({(str(each.kind), each.path) for each in found}):
            self._count(client_id, operation, kind, path if _PATH.fullmatch(path) else "?")

    def leave_out(self, client_id: str, operation: str) -> None:
        """A call that was passed on and not compared: too much waited."""
        self._count(client_id, operation, LEFT_OUT, "")

    @property
    def is_empty(self) -> bool:
        return not self._counts

    async def flush(self, connection: Connection, now: datetime) -> None:
        """Add the counts to the table; what cannot be written is kept for the next time."""
        counts, self._counts = self._counts, Counter()
        clients, operations, kinds, paths = zip(*counts, strict=True)
        try:
            await connection.execute(
                _ADD, local(now).date(), list(clients), list(operations), list(kinds), list(paths), list(counts.values())
            )
        except BaseException:
            self._counts.update(counts)
            raise

    def _count(self, *line: str) -> None:
        client_id, operation, kind, path = line
        place = (client_id, operation, kind, path)
        if place not in self._lines:
            if len(self._lines) >= ROWS_MAX:
                place = (client_id, "other", kind, "")
            self._lines.add(place)
        self._counts[place] += 1


DIFFERENT = frozenset(str(kind) for kind in Mark)
