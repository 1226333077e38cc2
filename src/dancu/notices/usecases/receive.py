"""What comes in is done once: the name of the message and a digest of it, written with the effect."""

from __future__ import annotations

import hmac
from datetime import datetime

from django.db import connection

from dancu.notices import keys, policies
from dancu.notices.domain.receipts import First, OtherContent, Receipt, Repeat
from dancu.notices.store import steps as store
from dancu.notices.store import told


def once(source: str, message_id: str, digest: bytes, *, now: datetime) -> Receipt:
    """Is this message new (*nhận một lần*)? Called in the transaction of its effect, before the effect.

    A copy that is being done at the same moment is waited for. `digest` is of the content; it is kept as a keyed hash.
    """
    assert connection.in_atomic_block, "the receipt and its effect stand or fall together"
    kept = keys.hashing("digest").of(digest)
    if store.add_receipt(source, message_id, kept, now):
        return First()
    found = store.get_receipt(source, message_id)
    if not hmac.compare_digest(found[0], kept):
        return OtherContent()
    return Repeat(keys.sealing().unseal(found[1], belongs_to=_owner(source, message_id)) if found[1] is not None else None)


def keep_result(source: str, message_id: str, result: bytes) -> None:
    """Keep what was answered, for repeats (*giữ kết quả*); in the same transaction as `once`."""
    store.keep_result(source, message_id, keys.sealing().seal(result, belongs_to=_owner(source, message_id)))


def forget_old(*, now: datetime) -> int:
    """Forget receipts and contents that have served (*xoá dấu đã nhận hết hạn*); gives how many."""
    forgotten = store.empty_old(now - policies.kept_for("emptied", now)) + told.forget_told(now - policies.kept_for("told", now))
    beginnings = policies.remembered_for(now)
    for beginning, kept in beginnings.items():
        longer = [other for other in beginnings if other != beginning and other.startswith(beginning)]
        forgotten += store.forget_receipts(beginning, longer, now - kept)
    return forgotten


def _owner(source: str, message_id: str) -> str:
    return f"receipt:{source}:{message_id}"
