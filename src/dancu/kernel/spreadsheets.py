"""What goes into a file that is opened with a spreadsheet, and what comes out of one. Pure."""

from __future__ import annotations

from datetime import date, datetime, time


def harmless(text: str) -> str:
    """The text, marked as text where a spreadsheet would take it for a formula (OWASP, *CSV injection*)."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def cell_text(value: object) -> str:
    """A cell as text: quantities as their digits, dates as day, month and year (*nội dung ô*)."""
    match value:
        case str():
            return value
        case bool():
            return str(value).upper()
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))  # 79123456789.0 was typed as 079123456789
        case datetime() if value.time() != time():
            return f"{value:%d/%m/}{value.year:04d}{value: %H:%M:%S}"
        case date():
            return f"{value:%d/%m/}{value.year:04d}"
        case _:
            return str(value)
