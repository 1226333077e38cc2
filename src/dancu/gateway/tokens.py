"""Access tokens of the contracts that ask for one first: signed, short-lived, checked by every gateway process without a store.

A token says only which system asked for it and under which secret. What that system may do is looked up at each use, so that a
suspension or a new secret counts at once.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from dancu.onboarding.reader import KnownCaller

TOKEN_SECONDS = 1800
TOKEN_LENGTH_MAX = 2048
_ALGORITHM = "HS256"
_AUDIENCE = "dancu-gateway"
_SKEW_SECONDS = 5  # between two processes of one platform

DeriveKey = Callable[[str], bytes]


def issue(derive: DeriveKey, caller: KnownCaller, now: datetime) -> str:
    """A token for a system that just showed its secret."""
    begun = int(now.timestamp())
    claims = {
        "aud": _AUDIENCE,
        "sub": caller.system.client_id,
        "iat": begun,
        "exp": begun + TOKEN_SECONDS,
        "sec": _mark_of(derive, caller),
    }
    return jwt.encode({"alg": _ALGORITHM}, claims, _signing_key(derive), algorithms=[_ALGORITHM])


def read(derive: DeriveKey, text: str, callers: dict[str, KnownCaller], now: datetime) -> KnownCaller | None:
    """Whose token it is; None for one that is garbled, foreign, out of time, or issued under another secret."""
    if len(text) > TOKEN_LENGTH_MAX:
        return None
    try:
        claims = jwt.decode(text, _signing_key(derive), algorithms=[_ALGORITHM]).claims
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):  # whatever somebody sent in place of a token
        return None
    begun, ends, moment = claims.get("iat"), claims.get("exp"), now.timestamp()
    if not isinstance(begun, int) or not isinstance(ends, int) or claims.get("aud") != _AUDIENCE:
        return None
    if not begun - _SKEW_SECONDS <= moment < ends:
        return None
    caller = callers.get(str(claims.get("sub")))
    if caller is None or not hmac.compare_digest(_mark_of(derive, caller).encode(), str(claims.get("sec")).encode()):
        return None
    return caller


def issued(derive: DeriveKey, text: str) -> tuple[str, int] | None:
    """The system a token was once issued to and when it ends, whether or not it still opens anything; None for one not of ours."""
    if len(text) > TOKEN_LENGTH_MAX:
        return None
    try:
        claims = jwt.decode(text, _signing_key(derive), algorithms=[_ALGORITHM]).claims
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        return None
    ends = claims.get("exp")
    return (str(claims.get("sub")), ends) if isinstance(ends, int) else None


def _signing_key(derive: DeriveKey) -> OctKey:
    return OctKey.import_key(derive("gateway tokens"))


def _mark_of(derive: DeriveKey, caller: KnownCaller) -> str:
    """Tells one secret of a system from the next, and nothing else about it."""
    value = f"{caller.system.client_id}\0{caller.secret}".encode()
    return hmac.digest(derive("gateway token marks"), value, "sha256")[:12].hex()
