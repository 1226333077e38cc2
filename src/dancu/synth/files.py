"""The simulated persons as a file of the load format: Parquet, CSV or JSONL by the name's ending."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from dancu.kernel.errors import Invalid


def write_persons(rows: Sequence[dict[str, Any]], file: Path) -> None:
    """Write rows; columns are those any row has, in first-seen order, empty where a row has none."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    if file.suffix == ".parquet":
        columns = {name: pa.array([row.get(name, "") for row in rows], pa.string()) for name in names}
        parquet.write_table(pa.table(columns), file, compression="zstd")
    elif file.suffix == ".jsonl":
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    elif file.suffix == ".csv":
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, names, restval="")
            writer.writeheader()
            writer.writerows(rows)
    else:
        raise Invalid("synth.ending", "Tên tệp phải kết thúc bằng .parquet, .csv hoặc .jsonl.", "Only .parquet, .csv and .jsonl.")
