"""Whose a failed call claims to be. Believed only so far that a system in trial is told of it, and nobody else of anything."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from urllib.parse import parse_qsl

import msgspec

from dancu.exchange.hot import HotPath
from dancu.exchange.trial.secrets import TrialCaller
from dancu.gateway import tokens
from dancu.gateway.calls import HttpCall
from dancu.kernel.errors import Unavailable

TEXT_MAX = 4096
_BY_ADDRESS = frozenset({"adapter", "sharepoint", "opencps", "warehouse"})  # contracts whose address names the system
# By the first segment of the address, in our own words.
DIALECTS = {
    "v1": "rest",
    "soap": "soap",
    "lgsp": "lgsp",
    "token": "token",
    "json": "json",
    "adapter": "adapter",
    "sharepoint": "sharepoint",
    "opencps": "opencps",
    "o": "opencps",
    "warehouse": "warehouse",
}
UNKNOWN_DIALECT = "unknown"


def dialect_of(call: HttpCall) -> str:
    """The contract an address belongs to, in our own words."""
    return DIALECTS.get(call.path[1:].partition("/")[0], UNKNOWN_DIALECT)


def claimed_by(hot: HotPath, call: HttpCall) -> TrialCaller | None:
    """The system in trial a failed call names, if it names one. Where none is in trial nothing is read."""
    if not hot.gate.has_trials:
        return None
    try:
        known = hot.directory().callers
    except Unavailable:
        return None
    for client_id in _names(hot, call):
        caller = known.get(client_id)
        if isinstance(caller, TrialCaller):
            return caller
    return None


def _names(hot: HotPath, call: HttpCall) -> Iterator[str]:
    if dialect_of(call) in _BY_ADDRESS:
        yield [*call.path.split("/"), "", ""][2]
    scheme, _, value = call.header(b"authorization").strip().partition(" ")
    if scheme.lower() == "basic":
        yield pair_of(value)[0]
    elif scheme.lower() == "bearer":
        issued = tokens.issued(hot.derived_key, value.strip())
        yield issued[0] if issued else pair_of(value)[0]
    yield access_of(call)[0]
    yield pair_of(call.header(b"auth"))[0]
    yield form_of(call).get("client_id", "")


def pair_of(text: str) -> tuple[str, str]:
    """`client:secret`, plain or in base64, and forgiving; empty where it is neither."""
    stated = text.strip()
    if not stated or len(stated) > TEXT_MAX:
        return "", ""
    if ":" not in stated:
        try:
            stated = base64.b64decode(stated + "=" * (-len(stated) % 4)).decode()
        except (binascii.Error, ValueError):
            return "", ""
    client_id, colon, secret = stated.partition(":")
    return (client_id.strip(), secret) if colon else ("", "")


def access_of(call: HttpCall) -> tuple[str, str]:
    """AccessKey and SecretKey of `lgspaccesstoken`; empty where there is none."""
    sent = call.header(b"lgspaccesstoken").strip()
    if not sent or len(sent) > TEXT_MAX:
        return "", ""
    try:
        stated = msgspec.json.decode(base64.b64decode(sent))
    except (ValueError, RecursionError):  # of base64 and of JSON alike
        return "", ""
    if not isinstance(stated, dict):
        return "", ""
    return str(stated.get("AccessKey", "")), str(stated.get("SecretKey", ""))


def form_of(call: HttpCall) -> dict[str, str]:
    """The members of a request for a token, whether a form or JSON; empty for anything else."""
    if dialect_of(call) not in ("lgsp", "token"):
        return {}
    try:
        if call.body.lstrip()[:1] == b"{":
            sent = msgspec.json.decode(call.body)
            return {name: value for name, value in sent.items() if isinstance(value, str)} if isinstance(sent, dict) else {}
        return dict(parse_qsl(call.body[:TEXT_MAX].decode(), max_num_fields=50))
    except (ValueError, RecursionError):
        return {}
