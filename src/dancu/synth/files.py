"""Tables as files: Parquet, CSV or JSONL by the name's ending, the same bytes for the same rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as parquet

from dancu.kernel.errors import Invalid

ENDINGS = (".parquet", ".csv", ".jsonl")
_ROW_GROUP = 50_000


def write_persons(rows: Sequence[dict[str, Any]], file: Path) -> None:
    """Write rows; columns are those any row has, in first-seen order, empty where a row has none."""
    if file.suffix == ".jsonl":
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        return
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: pl.Series(["" if (v := row.get(name)) is None else str(v) for row in rows], dtype=pl.String) for name in names}
    write_table(pl.DataFrame(columns), file)


def write_frames(frames: Iterable[pl.DataFrame], file: Path) -> None:
    """Write frames of one schema one after the other, so that memory holds one of them. Raises `Invalid` for another ending."""
    if file.suffix == ".parquet":
        _stream_parquet(frames, file)
    elif file.suffix in (".csv", ".jsonl"):
        with file.open("wb") as out:
            for place, frame in enumerate(frames):
                if file.suffix == ".csv":
                    frame.write_csv(out, include_header=place == 0)
                else:
                    frame.write_ndjson(out)
    else:
        raise _wrong_ending()


def _stream_parquet(frames: Iterable[pl.DataFrame], file: Path) -> None:
    writer = None
    try:
        for frame in frames:
            table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
            writer = writer or parquet.ParquetWriter(file, table.schema, compression="zstd", compression_level=1)
            if table.num_rows:
                writer.write_table(table, row_group_size=_ROW_GROUP)
    finally:
        if writer:
            writer.close()


def write_table(frame: pl.DataFrame, file: Path) -> None:
    """Write a table. Raises `Invalid` for another ending."""
    if file.suffix == ".parquet":
        frame.rechunk().write_parquet(file, compression="zstd", compression_level=1, row_group_size=_ROW_GROUP, statistics=True)
    elif file.suffix == ".jsonl":
        frame.write_ndjson(file)
    elif file.suffix == ".csv":
        frame.write_csv(file)
    else:
        raise _wrong_ending()


def _wrong_ending() -> Invalid:
    return Invalid("synth.ending", "Tên tệp phải kết thúc bằng .parquet, .csv hoặc .jsonl.", "Only .parquet, .csv and .jsonl.")
