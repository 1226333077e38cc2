"""A national gateway that forgives misses: one serves all desk tests of a run, whose misses together look like guessing.

What limits do about guessing is tested where they are.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dancu.exchange import extraction
from dancu.gateway.server import app as app  # what the server is told to serve

_strict = extraction.limits_on


def _patient(day: date) -> extraction.Limits:
    return replace(_strict(day), lines=(), attempts_a_day=1_000_000, attempts_in_thirty_days=1_000_000)


extraction.limits_on = _patient  # type: ignore[assignment]  # the cache of the other is not asked for
