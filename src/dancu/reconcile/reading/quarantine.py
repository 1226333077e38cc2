"""Rows nobody can read: written beside the job with their numbers and why, so that whoever sent the list can mend them."""

from __future__ import annotations

import csv
from pathlib import Path
from types import TracebackType
from typing import Self

from dancu.kernel.spreadsheets import harmless
from dancu.reconcile.reading.limits import Limits
from dancu.reconcile.reading.splitting import BAD_FIELDS, BAD_LENGTH, BAD_LETTERS, BAD_QUOTES

REASONS = {
    BAD_FIELDS: "Số cột của dòng khác với tiêu đề",
    BAD_QUOTES: "Dấu nháy kép mở mà không đóng, hoặc đóng giữa ô",
    BAD_LENGTH: "Dòng dài quá giới hạn",
    BAD_LETTERS: "Có ký tự không đọc được theo bảng mã của tệp",
}
HEADINGS = ("Dòng", "Lý do", "Nội dung dòng (rút gọn)")


class Quarantine:
    """The file of bad rows (*danh sách dòng bị loại*). Without a path, rows are counted only."""

    def __init__(self, path: Path | None = None, *, limits: Limits | None = None, keep_below: int = 0) -> None:
        """`keep_below`: a job goes on at this row; what a killed one had written from there on is written again."""
        self._limits = limits or Limits()
        kept = _rows_below(path, keep_below) if path and keep_below else []
        self._written = len(kept)
        self._file = path.open("w", encoding="utf-8-sig", newline="") if path else None
        self._writer = csv.writer(self._file) if self._file else None
        if self._writer:
            self._writer.writerows([HEADINGS, *kept])

    def put(self, row: int, raw: bytes, reason: int) -> None:
        """Write a bad row down, as long as there is room."""
        if self._writer is None or self._written >= self._limits.quarantined_rows_max:
            return
        self._writer.writerow(line_of(row, raw, reason, self._limits))
        self._written += 1

    def flush(self) -> None:
        if self._file:
            self._file.flush()

    def close(self) -> None:
        if self._file:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def line_of(row: int, raw: bytes, reason: int, limits: Limits) -> tuple[int, str, str]:
    """A bad row as it is written down: its number, why, and what stands in it, shortened."""
    most = limits.quarantined_text_max
    text = " ".join(raw[: most * 4].decode("utf-8", "replace").replace("\0", "").split())
    return row, REASONS[reason], harmless(text[:most] + ("…" if len(text) > most or len(raw) > most * 4 else ""))


def _rows_below(path: Path, row: int) -> list[list[str]]:
    """What was written of rows before `row`; a line that was cut off by the end of a job is left out."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        lines = [line for line in csv.reader(file) if len(line) == len(HEADINGS) and line[0].isdecimal()]
    return [line for line in lines if int(line[0]) < row]
