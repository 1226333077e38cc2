"""What is done with the ledger: append, read back, and, when the law asks, erase the erasable half of an entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.ledger import store
from dancu.ledger.domain import Act, ActKind, seal
from dancu.ledger.store import RecordedEntry


def record(act: Act, *, now: datetime) -> str:
    """Write the act in the caller's transaction and return its reference (*ghi sổ*)."""
    entry = seal(act, now)
    store.append([entry])
    return entry.reference


def record_all(acts: Sequence[Act], *, now: datetime) -> list[str]:
    """Write several acts of one moment at once in the caller's transaction; their references in order (*ghi sổ nhiều mục*)."""
    entries = [seal(act, now) for act in acts]
    if entries:
        store.append(entries)
    return [entry.reference for entry in entries]


def entry_by_reference(reference: str) -> RecordedEntry:
    """The entry under a reference (*tra bút toán*). Raises `NotFound`, also for what is no reference at all."""
    try:
        found = store.find_entry(UUID(reference))
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise NotFound("ledger.no_entry", "Không có bút toán nào mang mã này.", "No entry has this reference.")
    return found


def latest(limit: int = 20) -> list[RecordedEntry]:
    """The newest entries, newest first (*bút toán mới nhất*)."""
    return store.latest_entries(min(limit, 1000))


def count() -> int:
    """How many entries stand in the ledger (*số bút toán*)."""
    return store.count_entries()


def erase(reference: str, *, organisation: str, by: str, legal_basis: str, dossier_no: str, now: datetime) -> str:
    """Erase whom an entry was about, who looked and for which dossier, with the salts (*xoá phần cá nhân của bút toán*).

    The entry and its proof stay and say nothing about anybody any more. The erasure is an entry of its own, whose reference is
    given. Refuses without a legal basis, and what was erased already.
    """
    if not legal_basis.strip():
        raise Invalid("ledger.basis", "Nêu căn cứ pháp lý của việc xoá.", "State the legal basis.", field="legal_basis")
    entry = entry_by_reference(reference)
    act = Act(
        ActKind.ERASE,
        f"detail.erased:{entry.id}",
        organisation,
        "ledger",
        by,
        legal_basis=legal_basis,
        dossier_no=dossier_no,
    )
    recorded = seal(act, now)
    with transaction.atomic():
        store.append([recorded])
        if not store.erase_detail(entry.at, entry.id, recorded.at, UUID(recorded.reference)):
            raise Conflict("ledger.erased", "Phần cá nhân của bút toán này đã được xoá.", "This was erased already.")
    return recorded.reference


def lift_seal(reference: str, *, organisation: str, by: str, legal_basis: str, now: datetime) -> str:
    """Show a sealed entry to its person before its day (*gỡ niêm phong sớm*). Refuses one that is not sealed; recorded."""
    entry = entry_by_reference(reference)
    act = Act(ActKind.ADMINISTER, "seal.lifted", organisation, "ledger", by, legal_basis=legal_basis)
    with transaction.atomic():
        if not store.lift_seal(entry.at, entry.id, by, now):
            raise NotFound("ledger.no_seal", "Bút toán này không bị niêm phong.", "This entry is not sealed.")
        return record(act, now=now)
