"""How large what somebody sends may be. Everything has a limit; each can be set higher for a run that needs it."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a list may hold (*giới hạn của tệp gửi đến*)."""

    columns_max: int = 200
    row_bytes_max: int = 64 * 1024  # of one row as text; a longer one goes to the quarantine
    block_bytes: int = 16 * MIB  # read at a time
    unpacked_bytes_max: int = 4096 * MIB  # of all parts of a workbook
    unpacked_ratio_max: int = 200  # of a part above a megabyte; sheets of equal rows reach some 60
    parts_max: int = 2_000
    cells_max: int = 24_000_000  # of a sheet from its first to its last cell: the compiled reader makes room for each
    quarantined_rows_max: int = 200_000  # written down; all are counted
    quarantined_text_max: int = 300  # characters of a bad row that are kept


SAMPLE_ROWS = 400
PREVIEW_ROWS = 20
HEADER_SEARCHED_ROWS = 20
