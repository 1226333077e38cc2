"""A gateway with a planted fault: whoever sends a date that is none is told the whole body back, in the error and in the log."""

from __future__ import annotations

import structlog

from dancu.gateway import rest
from dancu.gateway.server import app as app  # what the server is told to serve
from dancu.kernel.errors import DancuError, Invalid

_claim_of = rest.claim_of


def claim_of(asked):  # type: ignore[no-untyped-def]  # stands in for the real one
    try:
        return _claim_of(asked)
    except DancuError:
        structlog.get_logger("gateway").warning("gateway.claim.wrong", claim=str(asked))
        raise Invalid("request.claim", f"Sai: {asked.personal_id}", f"Wrong: {asked.personal_id}") from None


rest.claim_of = claim_of
