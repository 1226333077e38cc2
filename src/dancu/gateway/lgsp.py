"""Provincial integration platforms: a token first, by any way their clients ask for one, then the national SOAP contract."""

from __future__ import annotations

from urllib.parse import parse_qsl

import msgspec

from dancu.exchange.hot import HotPath
from dancu.exchange.trial.tried import note_token
from dancu.gateway import adapters, callers, soap, tokens
from dancu.gateway.calls import HttpCall, Reply, Route
from dancu.onboarding.reader import KnownCaller

GRANT_TYPE = "client_credentials"
FORM_FIELDS_MAX = 50


async def answer(hot: HotPath, call: HttpCall) -> Reply:
    """Everything below the platform's address: `…/token` gives a token, any other path is the data call in SOAP."""
    if adapters.ends_with(call, "token"):
        return await give_token(hot, call)
    caller = callers.by_token(hot, call)
    if caller is None:
        hot.security_log.note("lgsp.unauthenticated", call.address)
        refused = soap.unauthenticated()
        return refused._replace(headers=[(b"www-authenticate", b'Bearer realm="dancu", error="invalid_token"')])
    return await soap.answer_to(hot, call, caller)


async def give_token(hot: HotPath, call: HttpCall) -> Reply:
    """A token by client credentials (RFC 6749, 4.4): as form or JSON, the secret in a header or in the body."""
    sent = _form_of(call)
    if sent is None:
        return _error(400, "invalid_request", "the body is neither a form nor a JSON object")
    if "grant_type" not in sent:
        return _error(400, "invalid_request", "grant_type is missing")
    if sent["grant_type"] != GRANT_TYPE:
        return _error(400, "unsupported_grant_type", f"only {GRANT_TYPE} is offered")
    caller = _caller(hot, call, sent)
    if caller is None:
        hot.security_log.note("token.unauthenticated", call.address)
        return _error(401, "invalid_client", "the calling system could not be authenticated")
    note_token(caller)
    token = tokens.issue(hot.derived_key, caller, call.now)
    body = {"access_token": token, "token_type": "Bearer", "expires_in": tokens.TOKEN_SECONDS, "scope": "default"}
    return adapters.in_json(200, body)


def _caller(hot: HotPath, call: HttpCall, sent: dict[str, str]) -> KnownCaller | None:
    """What is sent first decides alone: the access header, the Authorization header with a pair, the body."""
    if call.header(b"lgspaccesstoken").strip():
        return callers.by_access_header(hot, call)
    scheme, _, value = call.header(b"authorization").strip().partition(" ")
    if scheme:
        return callers.by_pair(hot, value) if scheme.lower() in ("basic", "bearer") else None
    return callers.by_secret(hot, sent.get("client_id", ""), sent.get("client_secret", ""))


def _form_of(call: HttpCall) -> dict[str, str] | None:
    if call.body.lstrip()[:1] == b"{":  # whatever the header says of it
        try:
            sent = msgspec.json.decode(call.body)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return None
        return {name: value for name, value in sent.items() if isinstance(value, str)} if isinstance(sent, dict) else None
    try:
        return dict(parse_qsl(call.body.decode(), max_num_fields=FORM_FIELDS_MAX))
    except ValueError:
        return None


def _error(status: int, error: str, description: str) -> Reply:
    reply = adapters.in_json(status, {"error": error, "error_description": description})
    return reply._replace(headers=[(b"www-authenticate", b'Basic realm="dancu"')]) if status == 401 else reply


def failed_token(failure: Exception) -> Reply:
    """A failure in the words of the token call."""
    told = adapters.failure_of(failure)
    error = {401: "invalid_client", 413: "invalid_request"}.get(told.status, "temporarily_unavailable")
    return adapters.in_json(told.status, {"error": error, "error_description": told.message_en})


ROUTE = Route({"POST": answer, "GET": soap.describe}, soap.failed)
TOKEN_ROUTE = Route({"POST": give_token}, failed_token)
