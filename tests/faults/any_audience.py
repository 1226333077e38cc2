"""A gateway with the guard taken out: it takes a message made for another recipient as made for itself."""

from __future__ import annotations

from typing import Any

from dancu.exchange.messages import Fault, Rejection, SignedRequest
from dancu.gateway import signatures
from dancu.gateway.server import app as app  # what the server is told to serve

_read = signatures.read_request


def read_for_anybody(header: str, **given: Any) -> SignedRequest | Rejection:
    told = _read(header, **given)
    if isinstance(told, Rejection) and told.fault is Fault.AUDIENCE:
        return _read(header, **{**given, "audience": "tinh-khac"})
    return told


signatures.read_request = read_for_anybody
