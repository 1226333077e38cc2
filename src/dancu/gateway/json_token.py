"""The contract of one provincial platform that speaks JSON after a token (Đồng Tháp): a key in `Auth`, then Bearer.

The answer is the tree of the national answer, since the platform's front end passes it to the browser as it comes.
"""

from __future__ import annotations

from datetime import UTC, timedelta

from dancu.exchange.hot import HotPath
from dancu.exchange.trial.tried import note_token
from dancu.gateway import adapters, callers, tokens
from dancu.gateway.adapters import Failure
from dancu.gateway.calls import HttpCall, Reply, Route
from dancu.gateway.dialects import plain


async def answer(hot: HotPath, call: HttpCall) -> Reply:
    """`…/Authentication/Token` gives a token, any other path is the data call."""
    if adapters.ends_with(call, "Authentication/Token"):
        return _token(hot, call)
    caller = callers.by_token(hot, call)
    if caller is None:
        hot.security_log.note("json.unauthenticated", call.address)
        return _problem(adapters.UNKNOWN_CALLER)
    told = await adapters.ask(hot, caller, lambda: plain.read_json(call.body))
    if not told.is_hidden:
        return _problem(adapters.REFUSED._replace(status=told.refused_status))
    return adapters.in_json(200, plain.as_tree(told.envelope))


def _token(hot: HotPath, call: HttpCall) -> Reply:
    caller = callers.by_pair(hot, call.header(b"auth"))
    if caller is None:
        hot.security_log.note("token.unauthenticated", call.address)
        return _problem(adapters.UNKNOWN_CALLER)
    note_token(caller)
    token = tokens.issue(hot.derived_key, caller, call.now)
    ends = (call.now + timedelta(seconds=tokens.TOKEN_SECONDS)).astimezone(UTC)
    expiry = ends.strftime("%Y-%m-%dT%H:%M:%S.") + f"{ends.microsecond // 1000:03d}Z"
    # No call that would use a refresh token is known: whoever tries it as one gets a token's worth.
    return adapters.in_json(200, {"token": token, "refreshToken": token, "expiryDate": expiry})


def _problem(failure: Failure) -> Reply:
    return adapters.in_json(failure.status, {"error_code": str(failure.status), "message": failure.message})


def failed(failure: Exception) -> Reply:
    """A failure in this contract's words."""
    return _problem(adapters.failure_of(failure))


ROUTE = Route({"POST": answer}, failed)
