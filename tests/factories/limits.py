"""Limits on extraction that nobody reaches, for tests that ask thousands of wrong questions about something else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dancu.exchange import extraction

_WIDE = """[[limits]]
valid_from = 2020-01-01
source = "tests"
author = "tests"
planted_weighs = 1
tightened_by = 1
tightened_at_most = 1
attempts_a_day = 1000000000
attempts_in_thirty_days = 1000000000
never_suspended = []
line = []
[limits.volume]
system = 1
organisation = 1
officer_of_system = 1
officer_of_desk = 1
"""


@contextmanager
def limits_nobody_reaches(folder: Path) -> Iterator[None]:
    """Take the place of the file of limits for a while."""
    file, kept = folder / "limits.toml", extraction._FILE
    file.write_text(_WIDE, encoding="utf-8")
    try:
        _take(file)
        yield
    finally:
        _take(kept)


def _take(file: Path) -> None:
    extraction._FILE = file
    for cached in (extraction._all_limits, extraction.limits_on, extraction._drawn):
        cached.cache_clear()
