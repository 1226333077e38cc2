"""Proofs from the database: where an entry stands, the path to a signed head, and what was committed to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.ledger import counts, tiles
from dancu.ledger.domain import moment_of
from dancu.ledger.logs import Log
from dancu.ledger.proofs import OPENABLE, PROOF_VERSION, EntryProof, Opening
from dancu.ledger.reader import OLDEST_WAITING
from dancu.ledger.staleness import Staleness, staleness_of

_PLACE = """
select g.id, g.origin, g.shard, g.epoch, g.key, g.state = 'open', g.created_at, g.closed_at, g.reason,
    l.index, e.body, d.subject, d.officer, d.dossier_no, d.salts
from ledger_entry e
left join ledger_leaf l on l.at = e.at and l.entry_id = e.id
left join ledger_log g on g.id = l.log
left join ledger_entrydetail d on d.at = e.at and d.entry_id = e.id
where e.at = %s and e.id = %s
"""


def prove(reference: str, open: Collection[str] = ()) -> EntryProof:
    """The proof of an entry against the newest head that witnesses signed, or the newest of all (*bằng chứng của bút toán*).

    `open` names what to reveal of it: subject, officer, dossier; what was erased stays closed. Who may see it is the caller's to
    decide. Raises `NotFound`, and `Conflict` while the entry waits for the tree, a few seconds at most.
    """
    return _prove(reference, None, open)


def proof_at(reference: str, size: int, open: Collection[str] = ()) -> EntryProof:
    """The proof of an entry against the head of that size (*bằng chứng tại một điểm kiểm*). Raises `NotFound`, `Conflict`."""
    return _prove(reference, size, open)


def logs() -> list[Log]:
    """Every log, oldest first (*các quyển sổ*)."""
    with connection.cursor() as cursor:
        return tiles.logs(cursor)


def latest_checkpoint(log: Log) -> tuple[str, int, datetime] | None:
    """The newest signed head of a log with its witnesses, its size, and when it was signed (*điểm kiểm mới nhất*)."""
    with connection.cursor() as cursor:
        found = tiles.last_head(cursor, log)
        if found is None:
            return None
        head, _note, at = found
        return str(tiles.note_at(cursor, log, head.size)), head.size, at


def staleness(*, now: datetime) -> Staleness:
    """How old the oldest entry outside the tree is, and what may still be told (*độ chậm của sổ*)."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_WAITING)
        row = cursor.fetchone()
    return staleness_of(row[0] if row else None, now)


def day_note(day: date) -> str | None:
    """The signed counts of a day (*số bút toán trong ngày*)."""
    with connection.cursor() as cursor:
        return counts.read_day(cursor, day)


def halted() -> str:
    """Why the sequencer signs no more; empty while all is well (*lý do dừng ký*)."""
    with connection.cursor() as cursor:
        cursor.execute("select halted from ledger_sequencer")
        row = cursor.fetchone()
    return row[0] if row else ""


def _prove(reference: str, size: int | None, open: Collection[str]) -> EntryProof:
    if unknown := set(open) - set(OPENABLE):
        raise Invalid("ledger.opening", "Không mở được mục này.", f"Nothing of an entry is called {', '.join(sorted(unknown))}.")
    moment, identity = _place_of(reference)
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, [moment, identity])
        row = cursor.fetchone()
        if row is None:
            raise _no_entry()
        log, (index, body, *detail) = Log(*row[:9]), row[9:]
        if index is None:
            raise Conflict(
                "ledger.not_in_tree",
                "Bút toán vừa ghi, đang chờ vào cây băm. Xem lại sau ít giây.",
                "The entry was just written and waits for the tree. Try again in a few seconds.",
            )
        found = tiles.note_over(cursor, log, index, size)
        if found is None:
            raise NotFound("ledger.no_head", "Không có điểm kiểm nào như vậy cho bút toán này.", "No such head covers the entry.")
        try:
            path = tiles.tree_around(cursor, log.id, found[0], index).inclusion(index)
        except tiles.BrokenTree:
            raise Conflict("ledger.tree", "Cây băm của sổ không còn nguyên vẹn.", "The ledger's tree is damaged.") from None
    steps = [step.hex() for step in path]
    return EntryProof(PROOF_VERSION, bytes(body).decode(), index, steps, str(found[1]), _openings(open, detail))


def _openings(open: Collection[str], detail: list[object]) -> dict[str, Opening]:
    *values, salts = detail
    if salts is None:  # erased
        return {}
    drawn = bytes(salts)  # type: ignore[call-overload]  # a column of bytes
    shown = dict(zip(OPENABLE, zip(values, (drawn[:32], drawn[32:64], drawn[64:]), strict=True), strict=True))
    return {name: Opening(str(shown[name][0]), shown[name][1].hex()) for name in OPENABLE if name in open and shown[name][0]}


def _place_of(reference: str) -> tuple[datetime, UUID]:
    try:
        identity = UUID(reference)
        return moment_of(identity), identity
    except (ValueError, OverflowError):  # no identity, or one whose first bits are no moment
        raise _no_entry() from None


def _no_entry() -> NotFound:
    return NotFound("ledger.no_entry", "Không có bút toán nào mang mã này.", "No entry has this reference.")
