"""Numbers and dates as files hold them: what was meant, what was mended, and what nobody can know any more."""

from __future__ import annotations

import numpy as np
import pytest

from dancu.reconcile.engine import parsing as p


def number(text: str) -> tuple[int, int, int]:
    data = np.frombuffer(text.encode() + b"\0", np.uint8)
    kind, value, mends = p.parse_number(data, 0, len(data) - 1)
    return int(kind), int(value), int(mends)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("046093000002", (p.NUMBER_ID, 46093000002, 0)),
        ("046 093 000 002", (p.NUMBER_ID, 46093000002, p.MENDED_BLANKS)),
        ("'046093000002", (p.NUMBER_ID, 46093000002, p.MENDED_BLANKS)),
        ("046.093.000.002", (p.NUMBER_ID, 46093000002, p.MENDED_BLANKS)),
        ("046093\u00a0000002", (p.NUMBER_ID, 46093000002, p.MENDED_BLANKS)),
        ("O46O93OOOOO2", (p.NUMBER_ID, 46093000002, p.MENDED_LETTERS)),
        ("046093000l02", (p.NUMBER_ID, 46093000102, p.MENDED_LETTERS)),
        ("46093000002", (p.NUMBER_ID, 46093000002, p.MENDED_ZERO)),
        ("191234567", (p.NUMBER_OLD, 191234567, 0)),
        ("046093000002.0", (p.NUMBER_ID, 46093000002, p.MENDED_BLANKS)),
        ("191.234.567", (p.NUMBER_OLD, 191234567, p.MENDED_BLANKS)),
        ("11234567", (p.NUMBER_OLD, 11234567, p.MENDED_ZERO)),
        ("", (p.NUMBER_NONE, 0, 0)),
        ("   ", (p.NUMBER_NONE, 0, p.MENDED_BLANKS)),
        ("4.6093E+10", (p.NUMBER_OTHER, 0, p.SCIENTIFIC)),
        ("4,6093E+10", (p.NUMBER_OTHER, 0, p.SCIENTIFIC)),
        ("E12", (p.NUMBER_OTHER, 0, 0)),
        ("0460930000021", (p.NUMBER_OTHER, 0, 0)),
        ("1093000002", (p.NUMBER_ID, 1093000002, p.MENDED_ZERO)),
        ("0460930", (p.NUMBER_OTHER, 0, 0)),
        ("không có", (p.NUMBER_OTHER, 0, 0)),
    ],
)
def test_a_number_is_read_as_it_was_meant(text: str, expected: tuple[int, int, int]) -> None:
    assert number(text) == expected


def date(text: str, year_now: int = 2026) -> tuple[int, int, int]:
    data = np.frombuffer(text.encode() + b"\0", np.uint8)
    packed = int(p.parse_date(data, 0, len(data) - 1, year_now))
    return packed >> 9, packed >> 5 & 15, packed & 31


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("03/02/1993", (1993, 2, 3)),
        ("3/2/1993", (1993, 2, 3)),
        ("3-2-1993", (1993, 2, 3)),
        ("03.02.1993 ", (1993, 2, 3)),
        ("1993-02-03", (1993, 2, 3)),
        ("1993-02-03T00:00:00", (1993, 2, 3)),
        ("03021993", (1993, 2, 3)),
        ("3/2/93", (1993, 2, 3)),
        ("3/2/26", (2026, 2, 3)),
        ("3/2/27", (1927, 2, 3)),
        ("02/1993", (1993, 2, 0)),
        ("1993-02", (1993, 2, 0)),
        ("1993", (1993, 0, 0)),
        ("00/00/1993", (1993, 0, 0)),
        ("", (0, 0, 0)),
        ("không rõ", (0, 0, 0)),
        ("32/01/1993", (0, 0, 0)),
        ("01/13/1993", (0, 0, 0)),
        ("03/00/1993", (0, 0, 0)),
        ("03/02/1793", (0, 0, 0)),
        ("123456789", (0, 0, 0)),
    ],
)
def test_a_date_is_read_as_precisely_as_it_was_written(text: str, expected: tuple[int, int, int]) -> None:
    assert date(text) == expected
