"""Shows the signed heads to the witnesses of `witnesses.toml` and keeps what they sign. A connection of its own; no framework.

A witness that knows a larger or another tree of ours is an alarm, told every time; it stops nothing by itself: any witness could.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import structlog

from dancu.kernel.errors import Invalid
from dancu.ledger import tiles
from dancu.ledger.witnessing import FILE_NAME, Peer, Seen, read_witnesses, witness_heads

ROUND_SECONDS = 15.0  # well within the minute in which a head is to be witnessed
log = structlog.get_logger("ledger")

_KEEP = """
insert into ledger_cosignature (log, size, witness, line, at) values (%s, %s, %s, %s, %s)
on conflict (log, size, witness) do update set line = excluded.line, at = excluded.at
"""


class Showing:
    """One round after another; remembers what each witness signed last (*trình đầu sổ cho nhân chứng*)."""

    def __init__(self, connection: psycopg.Connection[Any], clock: Callable[[], datetime]) -> None:
        """`connection` commits each statement by itself: no transaction is open while a witness is asked."""
        self._connection, self._clock = connection, clock
        self._signed: dict[str, dict[str, int]] = {}

    def round(self, peers: tuple[Peer, ...]) -> list[Seen]:
        """Show the newest head of every open log that some witness has not signed yet."""
        seen: list[Seen] = []
        with self._connection.cursor(binary=True) as cursor:
            for each in (known for known in tiles.logs(cursor) if known.is_open):
                newest = tiles.last_head(cursor, each)
                sizes = self._signed.setdefault(each.origin, {})
                if newest is None or all(sizes.get(str(peer.key)) == newest[0].size for peer in peers):
                    continue
                head, note, _at = newest
                told = witness_heads(tiles.tree(cursor, each.id, head.size), note, peers, sizes=sizes)
                for one in told:
                    if one.signature is not None:
                        line = str(one.signature).strip()
                        cursor.execute(_KEEP, [each.id, head.size, one.peer.key.name, line, self._clock()])
                    elif one.is_alarm:
                        log.error("ledger.witness.alarm", log=each.origin, witness=one.peer.key.name, problem=one.problem)
                    else:
                        log.warning("ledger.witness.not_signed", witness=one.peer.key.name, problem=one.problem)
                seen += told
        return seen


def show_heads(database_url: str, key_dir: Path, clock: Callable[[], datetime], stop: threading.Event) -> None:
    """Until told to stop; the file of witnesses is read again each time, so that one can be added while we run."""
    while not stop.is_set():
        try:
            with psycopg.connect(
                database_url, autocommit=True, application_name="dancu-witnesses", connect_timeout=3
            ) as connection:
                showing = Showing(connection, clock)
                while not stop.wait(ROUND_SECONDS):
                    if peers := read_witnesses(key_dir / FILE_NAME):
                        showing.round(peers)
        except (psycopg.Error, Invalid, tiles.BrokenTree) as failure:
            log.warning("ledger.witnesses.not_asked", error=type(failure).__name__)
        except Exception:  # nobody starts this thread again
            log.exception("ledger.witnesses.failed")
        stop.wait(ROUND_SECONDS)
