"""Puts durable entries into the tree and signs its head: one leader, bounded batches, each one transaction. No framework.

Nothing is signed that was not read and hashed again, and nothing that does not continue what was signed before.
"""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import structlog

from dancu.ledger import tiles
from dancu.ledger.counts import count_day
from dancu.ledger.keys import signer_from_folder as signer_from_folder  # the process's door is this module
from dancu.ledger.logs import Head, Log, origin_of, shard_of
from dancu.ledger.memory import Memory as Memory
from dancu.ledger.notes import Checkpoint, Signer, key_of, sign_note
from dancu.ledger.reader import OLDEST_WAITING
from dancu.ledger.showing import show_heads as show_heads
from dancu.ledger.staleness import Freshness, staleness_of
from dancu.ledger.tree import EMPTY_ROOT, Grower, leaf_hash

BATCH_MAX = 4096
OWED_MAX = 1 << 20  # a batch never grows beyond this, whatever the memory claims
PAUSE_SECONDS = 0.4  # between two looks for new entries
ALARM_SECONDS, COUNT_SECONDS = 60.0, 60.0
# A leader that hangs loses its session, and with it the lead.
_SESSION: dict[str, Any] = {
    "application_name": "dancu-sequencer",
    "connect_timeout": 3,
    "options": "-c statement_timeout=60000 -c lock_timeout=5000 "
    "-c idle_in_transaction_session_timeout=8000 -c idle_session_timeout=15000",
}
LEADER_LOCK = 0x6C656467  # "ledg": whoever holds it leads

log = structlog.get_logger("ledger")

# Rows of transactions that are older than every open one: nothing can be written behind them any more.
_WAITING = """
select e.tx::text, e.id, e.at, e.body, e.leaf from ledger_entry e
where e.tx >= %(tx)s::text::xid8 and (e.tx, e.id) > (%(tx)s::text::xid8, %(id)s) and e.tx < pg_snapshot_xmin(pg_current_snapshot())
{again} order by e.tx, e.id limit %(limit)s
"""
# After a new epoch that gave up a broken log, entries of the logs that were kept stand between those to be taken.
_NOT_YET_A_LEAF = "and (select true from ledger_leaf l where l.at = e.at and l.entry_id = e.id limit 1) is null"
_READ = {False: _WAITING.format(again=""), True: _WAITING.format(again=_NOT_YET_A_LEAF)}
_OF_ANOTHER_SERVER = "select 1 from ledger_entry where tx >= pg_snapshot_xmax(pg_current_snapshot()) limit 1"


class Halt(Exception):
    """The sequencer must not sign: what it found does not continue what was signed (*dừng ký*)."""


class Waiting(NamedTuple):
    """A durable entry that is not in the tree yet (*bút toán chờ vào cây*)."""

    tx: str
    id: UUID
    at: datetime
    body: bytes
    leaf: bytes


@dataclass(frozen=True, slots=True)
class State:
    """The sequencer's one row: how far it read, and whether it may go on (*tình trạng bộ xếp sổ*)."""

    epoch: int
    tx: str
    id: UUID
    again: bool
    halted: str


class Sequencer:
    """Integrates and signs over one connection of its own (*bộ xếp sổ*)."""

    def __init__(
        self,
        connection: psycopg.Connection[tuple[object, ...]],
        signer: Signer,
        memory: Memory,
        clock: Callable[[], datetime],
        *,
        batch_max: int = BATCH_MAX,
    ) -> None:
        self._connection, self._signer, self._memory, self._clock = connection, signer, memory, clock
        self._batch_max = batch_max
        self._key = str(key_of(signer))

    def is_leader(self) -> bool:
        """Take the lead if nobody has it. It is lost with the connection and only so."""
        row = self._connection.execute("select pg_try_advisory_lock(%s)", [LEADER_LOCK]).fetchone()
        return bool(row and row[0])

    def round(self) -> int:
        """Take what waits, at most one batch, and sign. Gives how many entries went in; nothing happens while halted."""
        try:
            with self._connection.transaction(), self._connection.cursor(binary=True) as cursor:
                return self._round(cursor)
        except Halt as found:
            self._halt(str(found))
        except tiles.BrokenTree as found:
            self._halt(f"the stored tree is not what was signed: {found}")
        return 0

    def _round(self, cursor: psycopg.Cursor[Any]) -> int:
        state = read_state(cursor, for_update=True)
        if state.halted:
            return 0
        owed = self._owed(cursor, state)
        waiting = self._read(cursor, state, owed)
        if not waiting:
            return 0
        by_shard: dict[str, list[Waiting]] = {}
        for entry in waiting:
            by_shard.setdefault(shard_of(entry.at), []).append(entry)
        heads = [self._extend(cursor, state, shard, entries, owed) for shard, entries in sorted(by_shard.items())]
        self._memory.remember(heads, state.epoch)  # before the commit: see Memory
        cursor.execute(
            "update ledger_sequencer set tx = %s::text::xid8, id = %s, moved_at = %s",
            [waiting[-1].tx, waiting[-1].id, self._clock()],
        )
        return len(waiting)

    def _owed(self, cursor: tiles.Cursor, state: State) -> dict[str, Head]:
        """Heads that were signed but are not in the database: the database stopped before its commit, or is an older one."""
        if not self._memory.exists:
            cursor.execute("select 1 from ledger_checkpoint limit 1")
            if cursor.fetchone():
                raise Halt(f"heads were signed, but there is no memory of them beside the key ({self._signer.name})")
            return {}
        if self._memory.epoch != state.epoch:
            raise Halt(f"the database is in epoch {state.epoch}, but epoch {self._memory.epoch} was signed last")
        signed, stored = self._memory.heads(), tiles.last_heads(cursor)
        owed = {}
        for origin, head in signed.items():
            here = stored.get(origin, Head(origin, 0, EMPTY_ROOT))
            if here.size < head.size:
                owed[origin] = head
            elif (here if here.size == head.size else self._head_at(cursor, origin, here.size, head.size)) != head:
                raise Halt(f"{origin}: the tree is other than what was signed at {head.size} entries")
        return owed

    def _head_at(self, cursor: tiles.Cursor, origin: str, size: int, at: int) -> Head:
        of = next(each for each in tiles.logs(cursor) if each.origin == origin)
        return Head(origin, at, tiles.tree(cursor, of.id, size).root(at))

    def _read(self, cursor: tiles.Cursor, state: State, owed: dict[str, Head]) -> list[Waiting]:
        """The next entries; as many more as it takes to come to every head that is owed."""
        limit = self._batch_max
        while True:
            cursor.execute(_READ[state.again], {"tx": state.tx, "id": state.id, "limit": limit})
            found = list(starmap(Waiting, cursor.fetchall()))
            if not owed or limit > OWED_MAX or len(found) < limit or not self._still_owed(cursor, state, found, owed):
                break
            limit *= 2
        if missing := self._still_owed(cursor, state, found, owed):
            raise Halt(f"{', '.join(missing)}: the database is older than what was signed")
        if not found:
            cursor.execute(_OF_ANOTHER_SERVER)
            if cursor.fetchone():
                raise Halt("entries carry transaction numbers this server has not reached: it was restored from a dump")
        return found

    def _still_owed(self, cursor: tiles.Cursor, state: State, found: Sequence[Waiting], owed: dict[str, Head]) -> list[str]:
        if not owed:
            return []
        stored, coming = tiles.last_heads(cursor), dict.fromkeys(owed, 0)
        for entry in found:
            origin = self._origin(shard_of(entry.at), state.epoch)
            if origin in coming:
                coming[origin] += 1
        return [
            origin for origin, head in owed.items() if (stored[origin].size if origin in stored else 0) + coming[origin] < head.size
        ]

    def _extend(
        self, cursor: psycopg.Cursor[Any], state: State, shard: str, entries: Sequence[Waiting], owed: dict[str, Head]
    ) -> Head:
        log_id, origin, before = self._log(cursor, shard, state.epoch)
        grower = Grower(tiles.edge(cursor, log_id, before.size))
        if grower.size != before.size or grower.root() != before.root:
            raise Halt(f"{origin}: the stored right edge is not that of the head signed at {before.size} entries")
        leaves = [_hash_again(entry) for entry in entries]
        changed = {}
        promised = owed.get(origin)
        if promised is not None:
            first = promised.size - before.size
            changed = {(tile.level, tile.number): tile for tile in grower.extend(leaves[:first])}
            if grower.root() != promised.root:
                raise Halt(f"{origin}: the database is other than what was signed at {promised.size} entries")
            leaves = leaves[first:]
        changed |= {(tile.level, tile.number): tile for tile in grower.extend(leaves)}
        head = Head(origin, grower.size, grower.root())
        tiles.save_tiles(cursor, log_id, changed.values())
        tiles.save_leaves(cursor, log_id, before.size, [(e.at, e.id, e.tx) for e in entries])
        note = sign_note(Checkpoint(origin, head.size, head.root).text, self._signer)
        tiles.save_head(cursor, log_id, head, note, self._clock())
        return head

    def _log(self, cursor: tiles.Cursor, shard: str, epoch: int) -> tuple[int, str, Head]:
        known: Log | None = tiles.find_log_of(cursor, shard, epoch)
        if known is None:
            origin = self._origin(shard, epoch)
            return tiles.add_log(cursor, origin, shard, epoch, self._key, self._clock()), origin, Head(origin, 0, EMPTY_ROOT)
        if known.key != self._key:
            raise Halt(f"{known.origin} is signed with another key than the one given")
        if not known.is_open:
            raise Halt(f"{known.origin} is closed, but its epoch is not")
        found = tiles.last_head(cursor, known)
        return known.id, known.origin, found[0] if found else Head(known.origin, 0, EMPTY_ROOT)

    def _origin(self, shard: str, epoch: int) -> str:
        return origin_of(self._signer.name, shard, epoch)

    def tell(self) -> None:
        """Say again what an operator must know: that signing stopped, that entries wait too long."""
        with self._connection.transaction(), self._connection.cursor() as cursor:
            state = read_state(cursor)
            cursor.execute(OLDEST_WAITING)
            row = cursor.fetchone()
        found = staleness_of(row[0] if row else None, self._clock())  # type: ignore[arg-type]
        if state.halted:
            log.error("ledger.sequencer.is_halted", reason=state.halted)
        if found.state is not Freshness.FRESH:
            log.warning("ledger.tree.is_behind", state=found.state, age_seconds=found.age_seconds)

    def _halt(self, reason: str) -> None:
        log.error("ledger.sequencer.halted", reason=reason)
        with self._connection.transaction():
            self._connection.execute(
                "insert into ledger_sequencer (halted, halted_at) values (%s, %s) "
                "on conflict (one) do update set halted = excluded.halted, halted_at = excluded.halted_at "
                "where ledger_sequencer.halted = ''",
                [reason, self._clock()],
            )


def read_state(cursor: tiles.Cursor, *, for_update: bool = False) -> State:
    """The sequencer's row; made when it is missing."""
    query = f"select epoch, tx::text, id, again, halted from ledger_sequencer{' for update' * for_update}"  # noqa: S608
    cursor.execute(query)
    row = cursor.fetchone()
    if row is None:
        cursor.execute("insert into ledger_sequencer default values on conflict do nothing")
        cursor.execute(query)
        row = cursor.fetchone()
    return State(*row)


def _hash_again(entry: Waiting) -> bytes:
    hashed = leaf_hash(entry.body)
    if not hmac.compare_digest(hashed, entry.leaf):
        raise Halt(f"entry {entry.id}: its body does not give the hash stored beside it")
    return hashed


def lead(
    database_url: str,
    signer: Signer,
    memory: Memory,
    clock: Callable[[], datetime],
    stop: threading.Event,
) -> None:
    """Run until told to stop: wait for the lead, then take and sign whatever comes, within half a second.

    A lost connection is made anew. Another process takes the lead as soon as the server sees this one gone.
    """
    while not stop.is_set():
        try:
            with psycopg.connect(database_url, autocommit=True, **_SESSION) as connection:
                _lead(Sequencer(connection, signer, memory, clock), stop)
        except psycopg.Error as failure:
            log.warning("ledger.sequencer.database", error=type(failure).__name__)
        stop.wait(PAUSE_SECONDS)


def _lead(sequencer: Sequencer, stop: threading.Event) -> None:
    leads, warned_at = False, -ALARM_SECONDS
    while not stop.is_set():
        leads = leads or sequencer.is_leader()
        if not leads or sequencer.round() == 0:
            stop.wait(PAUSE_SECONDS)
        if leads and time.monotonic() - warned_at > ALARM_SECONDS:
            warned_at = time.monotonic()
            sequencer.tell()


def count_days(database_url: str, signer: Signer, clock: Callable[[], datetime], stop: threading.Event) -> None:
    """Beside the leader, over a connection of its own: sign the counts of each day that is over. Two may do it; one writes."""
    while not stop.is_set():
        try:
            with psycopg.connect(database_url, autocommit=True, application_name="dancu-counts", connect_timeout=3) as connection:
                while not stop.is_set() and count_day(connection, signer, clock()):
                    pass
        except psycopg.Error as failure:
            log.warning("ledger.counts.database", error=type(failure).__name__)
        except Exception:  # nobody starts this thread again
            log.exception("ledger.counts.failed")
        stop.wait(COUNT_SECONDS)
