"""A gateway with the guard taken out: it keeps for an hour what it once read of keys and systems."""

from __future__ import annotations

from dancu.exchange import hot
from tests.faults.deaf import app as app  # what the server is told to serve, and it hears nothing

hot.DIRECTORY_AGE_SECONDS_MAX = 3600.0
