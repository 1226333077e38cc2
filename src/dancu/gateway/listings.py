"""Where operations on many persons hang in: a table of names to what answers them. None of them is a question about one person.

A module that serves such an operation gives an answer of its own, its own warrants and its own entries in the ledger; the edge has
authenticated the caller and read the envelope.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from dancu.exchange.hot import HotPath
from dancu.gateway import national_lists
from dancu.gateway.calls import HttpCall, Reply
from dancu.gateway.dialects.national_request import SoapCall
from dancu.onboarding.reader import KnownCaller

Listing = Callable[[HotPath, HttpCall, KnownCaller, SoapCall], Awaitable[Reply]]

# The page of what changed in a window: TraCuuThongTinCongDan with TuNgay and without a number.
WINDOW = "TraCuuThongTinCongDan/TuNgay"
# By the name of the operation, or WINDOW; what is not here is refused.
LISTINGS: dict[str, Listing] = {WINDOW: national_lists.window, **national_lists.OPERATIONS}


def listing_of(asked: SoapCall) -> Listing | None:
    """What answers a call on many persons, if anything does."""
    return LISTINGS.get(WINDOW if asked.is_window else asked.operation)
