"""What an operator does with a halted ledger: go on when nothing was lost, or close the logs and begin a new epoch. No framework.

Both need the key and the memory beside it, work over the owner's connection, and leave an entry.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from dancu.kernel.errors import Conflict, Invalid
from dancu.ledger import journal, tiles
from dancu.ledger.domain import Act, ActKind, seal
from dancu.ledger.logs import Head, Log
from dancu.ledger.memory import Memory
from dancu.ledger.notes import Signer, key_of, parse_key, parse_note, sign_note, verify_note
from dancu.ledger.sequencer import read_state
from dancu.ledger.statements import line_of, write_statement
from dancu.ledger.tree import EMPTY_ROOT

_FIRST_WITHOUT_LEAF = """
select e.tx::text from ledger_entry e
where not exists (select from ledger_leaf l where l.at = e.at and l.entry_id = e.id) order by e.tx limit 1
"""
_ANY_LEAF_FROM = "select exists (select from ledger_leaf where tx >= %s::text::xid8)"


@dataclass(frozen=True, slots=True)
class Operator:
    """Who acts, why, and when (*người vận hành*)."""

    organisation: str
    account: str
    reason: str
    now: datetime


def new_epoch(connection: psycopg.Connection[Any], signer: Signer, memory: Memory, by: Operator) -> int:
    """Close every log where it stands and begin a new epoch, which takes all entries without a kept leaf (*mở kỳ sổ mới*).

    For a database that was restored to an earlier moment or changed by hand: what was signed and is lost stays named in a signed
    statement, whose hash is an entry. A log whose tree does not hold keeps none of its leaves. Refuses without a reason.
    """
    _need_reason(by)
    with connection.transaction(), psycopg.RawCursor(connection) as raw, connection.cursor(binary=True) as cursor:
        state = read_state(cursor, for_update=True)
        epoch = max(state.epoch, memory.epoch) + 1
        logs = tiles.logs(cursor)
        lines = [_close(cursor, log, memory, signer, by) for log in logs if log.is_open]
        gone = memory.heads().keys() - {log.origin for log in logs}  # began after the copy was made
        lines += [line_of(origin, Head(origin, 0, EMPTY_ROOT), memory.heads()[origin]) for origin in sorted(gone)]
        text = write_statement(signer.name, epoch, f"{by.now:%Y-%m-%dT%H:%M:%SZ}", by.reason, lines)
        statement = str(sign_note(text, signer))
        outcome = f"ledger.epoch:{epoch}:{hashlib.sha256(statement.encode()).hexdigest()}"
        reference = _record(raw, outcome, by)
        cursor.execute(
            "insert into ledger_epoch (epoch, at, statement, entry_id) values (%s, %s, %s, %s)",
            [epoch, by.now, statement, reference],
        )
        cursor.execute(_FIRST_WITHOUT_LEAF)
        first = _value(cursor)
        cursor.execute(_ANY_LEAF_FROM, [first])
        cursor.execute(
            "update ledger_sequencer set epoch = %s, tx = %s::text::xid8, id = %s, again = %s, halted = '', halted_at = null",
            [epoch, first, "00000000-0000-0000-0000-000000000000", _value(cursor)],
        )
        memory.remember((), epoch)
    return epoch


def resume(connection: psycopg.Connection[Any], signer: Signer, memory: Memory, by: Operator) -> None:
    """Let a halted sequencer go on, after every tree was found to be what was signed (*cho ký tiếp*).

    Where the memory was lost, the heads of the database are taken, if this key signed them. Refuses otherwise.
    """
    _need_reason(by)
    with connection.transaction(), psycopg.RawCursor(connection) as raw, connection.cursor(binary=True) as cursor:
        state = read_state(cursor, for_update=True)
        remembered = memory.heads()
        found = []
        for log in (each for each in tiles.logs(cursor) if each.is_open):
            head = _sound_head(cursor, log, remembered.get(log.origin), signer)
            if head is None or (memory.exists and memory.epoch != state.epoch):
                raise Conflict(
                    "ledger.not_sound",
                    f"Quyển {log.origin} không khớp với những gì đã ký; chỉ có thể mở kỳ sổ mới.",
                    f"{log.origin} is not what was signed: only a new epoch is possible.",
                )
            found.append(max(head, remembered.get(log.origin, head), key=lambda each: each.size))
        memory.remember(found, state.epoch)
        _record(raw, "ledger.resumed", by)
        cursor.execute("update ledger_sequencer set halted = '', halted_at = null")


def _close(cursor: tiles.Cursor, log: Log, memory: Memory, signer: Signer, by: Operator) -> str:
    """Close one log; gives its line of the statement: where it ended here, and what had been signed."""
    signed = memory.heads().get(log.origin)
    sound = _sound_head(cursor, log, signed, signer)
    if sound is None:
        cursor.execute("delete from ledger_leaf where log = %s", [log.id])
    cursor.execute("update ledger_log set state = 'closed', closed_at = %s, reason = %s where id = %s", [by.now, by.reason, log.id])
    return line_of(log.origin, sound, signed)


def _sound_head(cursor: tiles.Cursor, log: Log, signed: Head | None, signer: Signer) -> Head | None:
    """The head the stored tree ends at, if its key signed it, its tiles give it, and it does not contradict the memory."""
    found = tiles.last_head(cursor, log)
    if found is None:
        return None
    head, note, _at = found
    if log.key != str(key_of(signer)) or not verify_note(parse_note(note), parse_key(log.key)):
        return None
    try:
        tree = tiles.tree(cursor, log.id, head.size)
        if tree.root() != head.root:
            return None
        if signed is not None and signed.size <= head.size and tree.root(signed.size) != signed.root:
            return None
    except tiles.BrokenTree:
        return None
    return head


def _record(cursor: psycopg.RawCursor[Any], outcome: str, by: Operator) -> str:
    entry = seal(Act(ActKind.ADMINISTER, outcome, by.organisation, "ledger", by.account), by.now)
    cursor.execute(journal.APPEND, journal.columns([entry]))
    return entry.reference


def _value(cursor: tiles.Cursor) -> Any:
    return cursor.fetchone()[0]


def _need_reason(by: Operator) -> None:
    if not by.reason.strip() or not by.reason.isprintable():
        raise Invalid("ledger.reason", "Nêu lý do trên một dòng.", "State the reason in one line.", field="reason")
