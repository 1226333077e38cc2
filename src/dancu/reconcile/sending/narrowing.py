"""Of an owner's list only what a comparison reads leaves her machine: numbers, names, birth dates, and the number of each row.

Her own keys (customers, telephones) stay beside, by row, and are put back into the results when these have come.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dancu.reconcile.reading.batches import ListBatch, batches
from dancu.reconcile.reading.columns import Mapping
from dancu.reconcile.reading.files import OpenedList
from dancu.reconcile.reading.headings import Role
from dancu.reconcile.reading.quarantine import Quarantine
from dancu.reconcile.reading.text_rows import Column
from dancu.reconcile.running.comparing import texts_of

ROWS_A_BATCH = 250_000
SENT, KEPT, QUARANTINE = "sent.parquet", "kept.parquet", "quarantine.csv"
_COMPARED = (Role.NUMBER, Role.NAME, Role.BIRTH_DATE)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What is sent of a list (*phần danh sách gửi đi*), and what stays."""

    file: Path
    digest: str
    size: int
    records: int
    bad_rows: int
    mapping: dict[str, int]  # of the file that is sent


def narrow(
    opened: OpenedList, mapping: Mapping, folder: Path, *, also: Sequence[Role] = (), reference: Role | None = None
) -> Narrowed:
    """Write what is to be sent, and beside it what stays (*rút gọn danh sách*); bad rows go to the quarantine, not away.

    `also`: columns the kind of list needs besides; `reference`: how the owner knows her records, which is not sent.
    """
    more = [role for role in dict.fromkeys(also) if role not in _COMPARED and role in mapping.columns]
    roles = [Role.RECORD_KEY, *_COMPARED, *more]
    sent = pa.schema([(role.value, pa.large_string()) for role in roles])
    kept = pa.schema([("list_row", pa.int64()), ("reference", pa.large_string())])
    records = bad = 0
    with (
        Quarantine(folder / QUARANTINE, limits=opened.limits) as quarantine,
        pq.ParquetWriter(folder / SENT, sent, compression="zstd") as to_send,
        pq.ParquetWriter(folder / KEPT, kept, compression="zstd") as to_keep,
    ):
        wanted = [*more, *([reference] if reference else [])]
        for batch in batches(opened, mapping, ROWS_A_BATCH, quarantine=quarantine, also=wanted):
            to_send.write_table(pa.table(_columns(batch, more), schema=sent))
            own = batch.more.get(reference) if reference else None
            to_keep.write_table(pa.table([batch.rows, texts_of(own, len(batch.rows))], schema=kept))
            records, bad = records + len(batch.rows), bad + batch.bad_rows
    path = folder / SENT
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Narrowed(path, digest, path.stat().st_size, records, bad, {role.value: at for at, role in enumerate(roles)})


def _columns(batch: ListBatch, more: Sequence[Role]) -> list[pa.Array]:
    count, records = len(batch.rows), batch.records
    read = (
        Column(records.numbers, records.number_offsets),
        Column(records.names, records.name_offsets),
        Column(records.dates, records.date_offsets),
        *(batch.more.get(role) for role in more),
    )
    return [pa.array(batch.rows).cast(pa.large_string()), *(texts_of(column, count) for column in read)]
