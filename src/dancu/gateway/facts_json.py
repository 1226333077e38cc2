"""Granted facts as the JSON of our own contract; the exchange writes the same when it pushes."""

from __future__ import annotations

from dancu.exchange.feeds import facts_as_json

__all__ = ["facts_as_json"]
