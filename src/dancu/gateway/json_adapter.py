"""The JSON adapter that several provinces run before the national service (Thanh Hóa): the SOAP answer as text in a JSON member.

Without credentials: the address names the system, the network it comes from is the proof.
"""

from __future__ import annotations

from dancu.exchange.hot import HotPath
from dancu.gateway import adapters, callers
from dancu.gateway.adapters import Failure
from dancu.gateway.calls import HttpCall, Reply, Route
from dancu.gateway.dialects import national_response, plain
from dancu.onboarding.reader import KnownCaller

OPERATION = "ChiaSeThongTinCongDan"


async def answer(hot: HotPath, call: HttpCall) -> Reply:
    """`POST /adapter/{client}/…/apiCSDLDanCu/ChiaSeThongTinCongDan`."""
    if not adapters.ends_with(call, OPERATION):
        return _problem(adapters.NO_ADDRESS)
    caller = callers.by_network(hot, call, adapters.client_of(call))
    if caller is None:
        hot.security_log.note("adapter.unauthenticated", call.address)
        return _problem(adapters.UNKNOWN_CALLER)
    told = await adapters.ask(hot, caller, lambda: plain.read_json(call.body))
    status = 200 if told.is_hidden else told.refused_status
    return _dressed(status, told.envelope, caller)


def _dressed(status: int, envelope: bytes, caller: KnownCaller | None = None) -> Reply:
    # Clients look whether `message` begins with "<" before they read it as XML, so every failure is a fault, too.
    return adapters.in_json(status, {"error_code": adapters.code_of(caller, status), "message": envelope.decode()})


def _problem(failure: Failure) -> Reply:
    return _dressed(failure.status, national_response.fault(f"DANCU-{failure.status}", failure.message, failure.message_en))


def failed(failure: Exception) -> Reply:
    """A failure in this contract's words."""
    return _problem(adapters.failure_of(failure))


ROUTE = Route({"POST": answer}, failed)
