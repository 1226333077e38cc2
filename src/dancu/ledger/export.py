"""The published log as files: the same paths as on the pages, and for auditors the entries as bundles. Goes on where it stopped."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from dancu.kernel.errors import Conflict, Invalid
from dancu.ledger import tiles
from dancu.ledger.layout import number_path, tile_path
from dancu.ledger.logs import Log
from dancu.ledger.notes import parse_key
from dancu.ledger.statements import read_statement
from dancu.ledger.tree import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH

_ENTRIES = """
select e.body from ledger_leaf l join ledger_entry e on e.at = l.at and e.id = l.entry_id
where l.log = %s and l.index >= %s and l.index < %s order by l.index
"""


def export(connection: psycopg.Connection[Any], folder: Path, *, with_entries: bool = False) -> list[tuple[str, int]]:
    """Write every log into a folder of its own; gives what was written, as origin and size (*xuất sổ*).

    A log that a signed statement gives up is left out. One that cannot be written does not keep the others: raises `Conflict` after
    them. Full tiles that are there are not written again. The head comes last, so that a folder never promises more than it has.
    With entries (auditors only: they say who asked when): bundles of 256, each body after its length in two bytes (tlog-tiles).
    """
    written, broken = [], []
    with connection.transaction(), connection.cursor(binary=True) as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        given_up = _given_up(cursor)
        for log in tiles.logs(cursor):
            found = tiles.last_head(cursor, log)
            if found is None or (log.origin in given_up and not log.is_open):
                continue
            try:
                _write_log(cursor, log, folder / log.shard / f"e{log.epoch}", found[0].size, with_entries=with_entries)
                written.append((log.origin, found[0].size))
            except tiles.BrokenTree:
                broken.append(log.origin)
        for epoch, statement in tiles.statements(cursor):
            _write(folder / f"epoch-{epoch}", statement.encode())
        _write(folder / "khoa", "".join(f"{key}\n" for key in dict.fromkeys(log.key for log in tiles.logs(cursor))).encode())
        cursor.execute("select day, note from ledger_daycount order by day")
        for day, note in cursor.fetchall():
            _write(folder / "ngay" / day.isoformat(), note.encode())
    if broken:
        names = ", ".join(broken)
        raise Conflict("ledger.tree", f"Cây băm của {names} không còn nguyên vẹn.", f"The tree of {names} is damaged.")
    return written


def _given_up(cursor: tiles.Cursor) -> set[str]:
    """The logs that statements give up; one that no key of ours signed says nothing."""
    keys = [parse_key(log.key) for log in tiles.logs(cursor)]
    closings = []
    for _epoch, statement in tiles.statements(cursor):
        with contextlib.suppress(Invalid):
            closings += read_statement(statement, keys)
    return {each.origin for each in closings if each.is_given_up}


def _write_log(cursor: tiles.Cursor, log: Log, place: Path, size: int, *, with_entries: bool) -> None:
    for level, number, width in _tiles_of(size):
        _write_tile(cursor, log, place, level, number, width)
    if with_entries:
        _write_entries(cursor, log, place, size)
    _write(place / "checkpoint", str(tiles.note_at(cursor, log, size)).encode())


def _tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    for level in range(8):
        count = size >> (level * TILE_HEIGHT)
        for number in range((count + TILE_WIDTH - 1) // TILE_WIDTH):
            yield level, number, min(TILE_WIDTH, count - number * TILE_WIDTH)


def _write_tile(cursor: tiles.Cursor, log: Log, place: Path, level: int, number: int, width: int) -> None:
    file = place / tile_path(level, number, width)
    if file.exists():
        return
    hashes = tiles.tile(cursor, log.id, level, number)
    if hashes is None or len(hashes) < width * HASH_BYTES:
        raise tiles.BrokenTree(f"tile {level}/{number} of {log.origin}")
    _write(file, hashes[: width * HASH_BYTES])


def _write_entries(cursor: tiles.Cursor, log: Log, place: Path, size: int) -> None:
    for number in range((size + TILE_WIDTH - 1) // TILE_WIDTH):
        first, end = number * TILE_WIDTH, min((number + 1) * TILE_WIDTH, size)
        suffix = "" if end - first == TILE_WIDTH else f".p/{end - first}"
        file = place / f"tile/entries/{number_path(number)}{suffix}"
        if file.exists():
            continue
        cursor.execute(_ENTRIES, [log.id, first, end])
        bodies = [bytes(row[0]) for row in cursor.fetchall()]
        _write(file, b"".join(len(body).to_bytes(2, "big") + body for body in bodies))


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all: a run that was stopped leaves no half file to be taken for a whole one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(file.name + ".new")
    beside.write_bytes(content)
    os.replace(beside, file)
