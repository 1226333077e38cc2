"""What is told of calls that asked nothing: unknown callers by network, throttled and malformed ones by system; counted by hour
and kind, bounded, without personal data (rule 6)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Protocol

from dancu.kernel.networks import network_of

SOURCES_MAX = 500
_ADD = """insert into exchange_securityevent (hour, kind, source, count)
select date_trunc('hour', $1::timestamptz), k, s, n from unnest($2::text[], $3::text[], $4::bigint[]) as event(k, s, n)
on conflict (hour, kind, source) do update set count = exchange_securityevent.count + excluded.count"""


class Connection(Protocol):
    async def execute(self, query: str, *arguments: object) -> str: ...


class SecurityLog:
    """Counts in memory between two writes; past the limit of sources an hour everything more is one line `other`."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._places: set[tuple[str, str]] = set()  # that have a line in this hour
        self._hour: datetime | None = None

    def note(self, kind: str, address: str) -> None:
        """Note one refused call. `kind` is one of our own words, never the caller's text."""
        self._count(kind, network_of(address))

    def note_system(self, kind: str, client_id: str) -> None:
        """Note one call of a known system, under its client id."""
        self._count(kind, client_id)

    def _count(self, kind: str, source: str) -> None:
        place = (kind, source)
        if place not in self._places:
            if len(self._places) >= SOURCES_MAX:
                place = (kind, "other")
            else:
                self._places.add(place)
        self._counts[place] += 1

    @property
    def is_empty(self) -> bool:
        return not self._counts

    async def flush(self, connection: Connection, now: datetime) -> None:
        """Add the counts to the table; what cannot be written is kept for the next time."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour != self._hour:
            self._hour, self._places = hour, set(self._counts)
        counts, self._counts = self._counts, Counter()
        try:
            await connection.execute(_ADD, now, [k for k, _ in counts], [s for _, s in counts], list(counts.values()))
        except BaseException:
            self._counts.update(counts)
            raise
