"""A gateway with the guard taken out: it takes a message made for another recipient as made for itself."""

from __future__ import annotations

from typing import Any

from dancu.exchange.messages import Fault, Opened, Rejection, SignedRequest
from dancu.gateway import signatures
from dancu.gateway.server import app as app  # what the server is told to serve

_believe = signatures.believe_request


def believe_for_anybody(opened: Opened, holds: bool, **given: Any) -> SignedRequest | Rejection:
    told = _believe(opened, holds, **given)
    if isinstance(told, Rejection) and told.fault is Fault.AUDIENCE:
        return _believe(opened, holds, **{**given, "audience": "tinh-khac"})
    return told


signatures.believe_request = believe_for_anybody
