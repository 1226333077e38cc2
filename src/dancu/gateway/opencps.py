"""The inner hop of OpenCPS: its browser form asks in JSON and gets the tree of the national answer, without namespaces."""

from __future__ import annotations

from dancu.exchange.domain import Reason
from dancu.exchange.hot import HotPath
from dancu.gateway import adapters, callers, national
from dancu.gateway.adapters import Failure
from dancu.gateway.calls import HttpCall, Reply, Route
from dancu.gateway.dialects import plain

OPERATION = "qldc/dvcqg"
NOT_LICENSED, OFFICER_HAS_NO_RIGHT = "004", "005"  # the two codes its front end has words for


async def answer(hot: HotPath, call: HttpCall) -> Reply:
    """`POST …/o/rest/v2/qldc/dvcqg`, below `/opencps/{client}` by network, or below `/o` with credentials."""
    if not adapters.ends_with(call, OPERATION):
        return _problem(adapters.NO_ADDRESS)
    named = "" if call.path.startswith("/o/") else adapters.client_of(call)
    caller = callers.by_network(hot, call, named)
    if caller is None:
        hot.security_log.note("opencps.unauthenticated", call.address)
        return _problem(adapters.UNKNOWN_CALLER)
    told = await adapters.ask(hot, caller, lambda: plain.read_json(call.body))
    if told.refused is None:
        return adapters.in_json(200, plain.as_tree(told.envelope))
    return adapters.in_json(400, {"errorCode": _code(told.refused.reason, national.note_of(told.refused))})


def _code(reason: Reason, note: str) -> str:
    if reason is Reason.OFFICER_NOT_LISTED:
        return OFFICER_HAS_NO_RIGHT
    return NOT_LICENSED if note == national.REFUSED_NOTE else note


def _problem(failure: Failure) -> Reply:
    return adapters.in_json(failure.status, {"errorCode": f"DANCU-{failure.status}", "message": failure.message})


def failed(failure: Exception) -> Reply:
    """A failure in this contract's words."""
    return _problem(adapters.failure_of(failure))


ROUTE = Route({"POST": answer}, failed)
