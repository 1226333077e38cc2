"""A gateway whose queue is full from the start, to see what callers are told."""

from __future__ import annotations

from dancu.exchange import hot
from dancu.gateway.server import app as app  # what the server is told to serve

hot.QUEUE_MAX = 0
