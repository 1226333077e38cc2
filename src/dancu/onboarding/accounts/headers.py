"""Find the header of the list on a sheet: below title lines, in one row or two, with merged cells, whatever the spelling. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dancu.onboarding.accounts.columns import FIX, column_of
from dancu.onboarding.accounts.sheets import Sheet

SEARCHED_ROWS = 50
COLUMNS_MIN = 4  # fewer known labels in a row are no header
_COLUMN_NUMBER = re.compile(r"\(?\d{1,2}\)?", re.ASCII)
_LONG_NUMBER = re.compile(r"\d{9}")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns stand (*hàng tiêu đề*)."""

    first_row: int
    last_row: int
    columns: Mapping[str, tuple[int, ...]]  # key → columns from 0; several where one label spans them
    repeated: tuple[str, ...] = ()  # labels that name a column a second time
    unknown: tuple[str, ...] = ()  # labels of no column of the list
    fix: frozenset[int] = field(default=frozenset())  # what our own workbook wrote beside the list


def find_header(sheet: Sheet) -> Header | None:
    """The rows that name the most columns, if they name enough (*tìm hàng tiêu đề*)."""
    best: Header | None = None
    for row in list(sheet.lines)[:SEARCHED_ROWS]:
        for last in (row, row + 1):
            if last == row or _may_go_below(sheet.lines.get(last, ())):
                found = _header(sheet, row, last)
                if len(found.columns) > (len(best.columns) if best else COLUMNS_MIN - 1):
                    best = found
    return _past_column_numbers(sheet, best) if best else None


def _may_go_below(texts: Sequence[str]) -> bool:
    """Could it be the second row of a header? A row of the list holds a number."""
    return bool(texts) and not any(_LONG_NUMBER.search(text) for text in texts) and sum(column_of(t) is not None for t in texts) > 1


def _header(sheet: Sheet, first: int, last: int) -> Header:
    labels = _labels(sheet, first, last)
    spans = {(r1, c1): c2 for r1, c1, r2, c2 in sheet.merged if first <= r1 and r2 <= last}
    columns: dict[str, tuple[int, ...]] = {}
    repeated, unknown, fix = [], [], set()
    for at, (row, label) in sorted(labels.items()):
        key = column_of(label)
        if key == FIX:
            fix.add(at)
        elif key is None:
            unknown.append(" ".join(label.split()))
        elif key in columns:
            repeated.append(" ".join(label.split()))
        else:
            end = spans.get((row, at), at)
            columns[key] = tuple(c for c in range(at, end + 1) if c == at or c not in labels)
    return Header(first, last, columns, tuple(repeated), tuple(unknown), frozenset(fix))


def _labels(sheet: Sheet, first: int, last: int) -> dict[int, tuple[int, str]]:
    """For each column the label that tells it: the lower one where it names a column, else the upper one."""
    labels: dict[int, tuple[int, str]] = {}
    for row in range(first, last + 1):
        for at, text in enumerate(sheet.lines.get(row, ())):
            if text.strip() and (at not in labels or column_of(text) is not None):
                labels[at] = (row, text)
    return labels


def _past_column_numbers(sheet: Sheet, header: Header) -> Header:
    """Official tables number their columns below the labels: (1) (2) (3)."""
    texts = [text.strip() for text in sheet.lines.get(header.last_row + 1, ()) if text.strip()]
    if len(texts) >= COLUMNS_MIN and all(map(_COLUMN_NUMBER.fullmatch, texts)):
        return Header(header.first_row, header.last_row + 1, header.columns, header.repeated, header.unknown, header.fix)
    return header
