"""What goes into a file that is opened with a spreadsheet. Pure."""

from __future__ import annotations


def harmless(text: str) -> str:
    """The text, marked as text where a spreadsheet would take it for a formula (OWASP, *CSV injection*)."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
