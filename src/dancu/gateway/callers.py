"""Which system calls: by a hash over its secret, by the secret itself, by a token, or by the network it calls from.

Every way ends in the same place: a registered system, or nobody. What a system that is suspended may ask is decided later, with
its grants, so that the refusal stands in the ledger.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

import msgspec

from dancu.exchange.hot import HotPath
from dancu.gateway import tokens
from dancu.gateway.calls import HttpCall
from dancu.gateway.dialects import national_auth
from dancu.onboarding.reader import KnownCaller

CREDENTIALS_LENGTH_MAX = 4096
_UNKNOWN_SECRET = "no such caller"  # noqa: S105 - compared so that an unknown client costs the same time


@dataclass(frozen=True, slots=True)
class AskedBeside(KnownCaller):
    """A system whose call was answered by another service: its question is marked, its answer says why it is refused."""


def by_hash(hot: HotPath, call: HttpCall) -> KnownCaller | None:
    """The national style: Basic user and a hash over serviceUrl, user, timestamp and secret. Repeats are not rejected."""
    if call.known_as is not None:
        return call.known_as
    given = national_auth.parse_basic(call.header(b"authorization"))
    if given is None:
        return None
    user, digest = given
    timestamp = call.header(b"timestamp").strip()
    caller = hot.directory().callers.get(user)
    secret = caller.secret if caller else _UNKNOWN_SECRET
    urls = service_urls(caller.system.service_urls if caller else (), call.url)
    if not national_auth.is_signed_by(secret, user, timestamp, digest, urls) or caller is None:
        return None
    age = national_auth.timestamp_age_seconds(timestamp, call.now)
    if age is None or abs(age) > caller.system.skew_seconds:
        return None
    return _as_registered(caller, call)


def by_token(hot: HotPath, call: HttpCall) -> KnownCaller | None:
    """`Authorization: Bearer` with a token of ours; where the credentials are sent along, they must be the same system's."""
    if call.known_as is not None:
        return call.known_as
    scheme, _, token = call.header(b"authorization").strip().partition(" ")
    if scheme.lower() != "bearer":
        return None
    caller = tokens.read(hot.derived_key, token.strip(), hot.directory().callers, call.now)
    if caller is None:
        return None
    if call.header(b"lgspaccesstoken").strip() and by_access_header(hot, call) is not caller:
        return None
    return _as_registered(caller, call)


def beside(caller: KnownCaller) -> KnownCaller:
    """The same system, asked for only to compare our answer with that of the service it uses."""
    return AskedBeside(caller.system, caller.secret)


def by_secret(hot: HotPath, client_id: str, secret: str) -> KnownCaller | None:
    """Client id and secret as they are. None for whoever is not a registered system."""
    caller = hot.directory().callers.get(client_id)
    known = caller.secret if caller else _UNKNOWN_SECRET
    return caller if hmac.compare_digest(known.encode(), secret.encode(errors="replace")) and caller else None


def by_pair(hot: HotPath, text: str) -> KnownCaller | None:
    """`client:secret`, plain or in base64: a key that was agreed once and is sent as it is."""
    if len(text) > CREDENTIALS_LENGTH_MAX:
        return None
    pair = text.strip()
    if ":" not in pair:
        pair = _from_base64(pair)
    client_id, colon, secret = pair.partition(":")
    return by_secret(hot, client_id, secret) if colon else None


def by_access_header(hot: HotPath, call: HttpCall) -> KnownCaller | None:
    """`lgspaccesstoken`: base64 of a JSON object; AccessKey is the client id, SecretKey its secret, the other names are free."""
    sent = call.header(b"lgspaccesstoken").strip()
    if not sent or len(sent) > CREDENTIALS_LENGTH_MAX:
        return None
    try:
        stated = msgspec.json.decode(_from_base64(sent))
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    if not isinstance(stated, dict):
        return None
    return by_secret(hot, str(stated.get("AccessKey", "")), str(stated.get("SecretKey", "")))


def by_network(hot: HotPath, call: HttpCall, client_id: str) -> KnownCaller | None:
    """A contract without credentials: the address names the system, and the system names the networks it calls from.

    Credentials that are sent all the same decide alone.
    """
    if call.known_as is not None:
        return call.known_as
    authorization = call.header(b"authorization").strip()
    if authorization:
        scheme, _, value = authorization.partition(" ")
        found = by_pair(hot, value) if scheme.lower() == "basic" else by_token(hot, call)
        is_meant = found is not None and client_id in ("", found.system.client_id)
        return _as_registered(found, call) if found is not None and is_meant else None
    caller = hot.directory().callers.get(client_id)
    if caller is None or not is_inside(call.address, caller.system.profile.networks):
        return None
    return _as_registered(caller, call)


@lru_cache(maxsize=4096)
def is_inside(address: str, networks: tuple[str, ...]) -> bool:
    """Does an address lie in one of the networks?"""
    try:
        at = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(at, ipaddress.IPv6Address) and at.ipv4_mapped:
        at = at.ipv4_mapped
    return any(at in ipaddress.ip_network(network, strict=False) for network in networks)


def service_urls(configured: tuple[str, ...], own_url: str) -> tuple[str, ...]:
    """Strings the caller may have hashed: those configured for it, the full address, without query, the path alone."""
    address, _, query = own_url.partition("?")
    _scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    found = list(configured)
    for path_as in dict.fromkeys((slash + path, unquote(slash + path))):
        for scheme in ("http", "https"):  # behind a proxy that ends TLS the client calls https
            bare = f"{scheme}://{host}{path_as}"
            found += [f"{bare}?{query}", bare] if query else [bare]
        found.append(path_as)
    return tuple(found)


def _as_registered(caller: KnownCaller, call: HttpCall) -> KnownCaller | None:
    """The name a security server gave the system must be the one it was registered with, where it was."""
    registered, stated = caller.system.profile.x_road_client, call.header(b"x-road-client").strip()
    return None if registered and stated and stated.lower() != registered.lower() else caller


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
