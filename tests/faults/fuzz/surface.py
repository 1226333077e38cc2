"""Everything about a call but its body: who sends it, headers, method, address, and how its bytes are cut on the wire."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from dancu.exchange.messages import HEADER, Forwarded, sign_request
from dancu.kernel.signing import MessageKey
from tests.faults.fuzz import call as calls
from tests.faults.fuzz.call import Call, drawn
from tests.faults.fuzz.own_calls import READY
from tests.faults.fuzz.systems import BEHIND, HUB, SECRET
from tests.faults.fuzz.values import odd_text
from tests.field_clients import clients
from tests.gateway.process import BASIS, PURPOSE
from tests.gateway.signing import INSTALLATION

HOST = b"127.0.0.1"


@dataclass(frozen=True)
class Means:
    """What callers have in hand: tokens they asked for, keys they sign with, a list each that is ready."""

    tokens: Mapping[str, str]
    keys: Mapping[str, MessageKey]
    lists: Mapping[str, str]


# -- who sends it -----------------------------------------------------------------------------------------------------


def sign_on(call: Call, means: Means) -> None:
    """Write the headers that say who calls, over what the call is by now."""
    client = call.caller.client
    if call.auth == calls.BASIC:
        call.headers.append((b"Authorization", b"Basic " + base64.b64encode(f"{client}:{SECRET}".encode())))
    elif call.auth == calls.HASH:
        own = clients.headers(client, SECRET, service_url=call.path)
        call.headers += [(name.encode(), own[name].encode()) for name in ("Timestamp", "Authorization")]
    elif call.auth == calls.BEARER:
        call.headers.append((b"Authorization", b"Bearer " + means.tokens[client].encode()))
    elif call.auth in (calls.SIGNED, calls.FORWARDED):
        _sign(call, means.keys[client])


def _sign(call: Call, key: MessageKey) -> None:
    forwarded = None
    if call.auth == calls.FORWARDED:
        behind = BEHIND.removeprefix(f"{HUB}.")
        forwarded = Forwarded(behind, "H93", "canbo01", "1.001193", "037", purpose=PURPOSE, basis=BASIS)
    target = f"{call.path}?{call.query}" if call.query else call.path
    told = sign_request(
        key,
        issuer=call.caller.client,
        audience=INSTALLATION,
        method=call.method,
        target=target,
        body=call.body,
        now=datetime.now(UTC),
        forwarded=forwarded,
    )
    call.headers.append((HEADER.encode(), told.encode()))
    if call.contract in ("soap", "lgsp"):  # that contract asks for a hash or a token beside the signature
        own = clients.headers(call.caller.client, SECRET, service_url=call.path)
        call.headers += [(name.encode(), own[name].encode()) for name in ("Timestamp", "Authorization")]


# -- headers ----------------------------------------------------------------------------------------------------------

NAMED = (
    b"Authorization",
    b"Timestamp",
    b"lgspaccesstoken",
    HEADER.encode(),
    b"Auth",
    b"Idempotency-Key",
    b"Content-Type",
    b"X-Road-Client",
)
MORE = (
    *(b"X-Forwarded-For", b"dancu-front-secret", b"dancu-front-verified", b"dancu-front-certificate", b"Expect", b"Accept"),
    *(b"Accept-Encoding", b"Content-Encoding", b"SOAPAction", b"Cookie", b"Upgrade", b"Connection", b"X-HTTP-Method-Override"),
    *(b"Range", b"If-Match", b"Origin", b"x"),
)
OBJECTS = (
    '{"AccessKey":1,"SecretKey":null}',
    "[]",
    "[" * 2_900,
    '{"AccessKey":"\\ud800","SecretKey":"\\ud800"}',
    "nul",
    '{"AccessKey":{"a":[1]}}',
)
MOMENTS = (
    *(b"0", b"-1", b"9" * 13, b"9" * 14, b"9" * 10, b"1" * 4_000, b"20261340999999", "١٧٩٥٢٣٥٨٠٦".encode(), b"1e9"),
    *(b"00010101000000", b"99991231235959"),
)


def _b64(text: str) -> bytes:
    return base64.b64encode(text.encode(errors="replace"))


def _jws(chance: random.Random) -> bytes:
    def part(value: object) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    header = chance.choice((
        {"alg": "none"},
        {"alg": "EdDSA", "kid": chance.choice(("x", "", 1, None, ["a"], "../x", "\u0000"))},
        {"alg": chance.choice(("HS256", 1, None, "")), "typ": "dancu-request+jws", "kid": "x", "crit": ["b64"], "b64": False},
        {"alg": "HS256", "zip": "DEF", "jku": "http://127.0.0.1:9/"},
        [],
        "x",
        None,
    ))  # fmt: skip
    claims = {
        "iss": "fuzz-thuong",
        "sub": "fuzz-thuong",
        "aud": INSTALLATION,
        "iat": chance.choice((0, -1, 10**30, "x", None, 1.5)),
        "exp": 10**12,
        "jti": odd_text(chance)[:300],
    }
    return b".".join((part(header), part(chance.choice((claims, [], "x", None, {}))), chance.choice((b"", b"AAAA", b"x" * 86))))


def odd_header(chance: random.Random) -> bytes:
    """A value nobody sends."""
    text = odd_text(chance)
    made: tuple[Callable[[], bytes], ...] = (
        lambda: b"",
        lambda: text.replace("\r", "").replace("\n", "").replace("\0", "").encode(errors="replace")[:30_000],
        lambda: b"Basic " + _b64(text[:5_000]),
        lambda: b"Basic " + _b64(f"{chance.choice(('fuzz-thuong', 'ai', ''))}:{text[:900]}"),
        lambda: b"Basic " + chance.choice((b"=", b"AAA", b"%%%", b"A" * 20_000, b"\xff\xfe", b"Og==", b" ")),
        lambda: b"Bearer " + chance.choice((b"", b"x", b"a.b.c", b"..", b"A" * 3_000, _jws(chance))),
        lambda: chance.choice((b"bearer", b"BASIC", b"Digest a=b", b"Basic", b"Bearer\t", b"\tBasic x")),
        lambda: _jws(chance),
        lambda: _b64(chance.choice(OBJECTS)),
        lambda: chance.choice(MOMENTS),
        lambda: bytes(chance.choice((*range(1, 10), 11, 12, *range(14, 32), 127, *range(128, 256))) for _ in range(12)),
        lambda: b"046000000007",
        lambda: b"x" * chance.choice((127, 128, 129, 4_097, 16_385, 40_000)),
        lambda: b"-----BEGIN%20CERTIFICATE-----%0AAAAA%0A-----END%20CERTIFICATE-----%0A",
    )  # fmt: skip
    return chance.choice(made)()


def _replaced(call: Call, chance: random.Random) -> None:
    name = chance.choice(NAMED)
    call.headers = [each for each in call.headers if each[0].lower() != name.lower()] + [(name, odd_header(chance))]


def _added(call: Call, chance: random.Random) -> None:
    call.headers.append((chance.choice((*NAMED, *MORE)), odd_header(chance)))


def _doubled(call: Call, chance: random.Random) -> None:
    if call.headers:
        name, value = chance.choice(call.headers)
        call.headers.insert(
            chance.randrange(len(call.headers)),
            (chance.choice((name, name.upper())), value if chance.random() < 0.5 else odd_header(chance)),
        )


def _left_out(call: Call, chance: random.Random) -> None:
    if call.headers:
        call.headers.pop(chance.randrange(len(call.headers)))


def _many(call: Call, chance: random.Random) -> None:
    call.headers += [(b"X-%d" % n, b"v" * chance.choice((1, 100))) for n in range(chance.choice((40, 400)))]


HEADERS = (
    ("header", _replaced),
    ("header", _replaced),
    ("header more", _added),
    ("header twice", _doubled),
    ("header missing", _left_out),
    ("headers", _many),
)

# -- method and address -----------------------------------------------------------------------------------------------

METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT", "PROPFIND", "M-SEARCH", "SOURCE")
SEGMENTS = (
    "%00",
    "%ff",
    "%2e%2e",
    "..",
    ".",
    "",
    "%2f",
    "%5c",
    "\\",
    "%",
    "%zz",
    "%c0%af",
    "%ed%a0%80",
    "a" * 9_000,
    "046000000007",
    "%30%34%36000000007",
    "*",
    ";a=b",
    "~",
    "%0d%0a",
    "{client}",
    "đ",
)


def _method(call: Call, chance: random.Random) -> None:
    call.method = chance.choice(METHODS)


def _segment(call: Call, chance: random.Random) -> None:
    parts = call.path.split("/")
    at = chance.randrange(1, len(parts) + 1)
    parts[at : at + chance.choice((0, 1))] = [chance.choice(SEGMENTS)]
    call.path = "/".join(parts)


def _escaped(call: Call, chance: random.Random) -> None:
    call.path = "".join(f"%{ord(c):02x}" if c.isascii() and c != "/" and chance.random() < 0.4 else c for c in call.path)


def _case(call: Call, chance: random.Random) -> None:
    call.path = chance.choice((call.path.upper(), call.path + "/", "/" + call.path, call.path.title(), call.path + "#x"))


def _query(call: Call, chance: random.Random) -> None:
    call.query = chance.choice(
        (
            "wsdl",
            "&" * 3_000,
            "a=1&" * 2_000,
            "%00",
            "%ff=%fe",
            "=",
            "?",
            "a[]=1",
            "046000000007",
            "x" * 20_000,
            "limit=-1&after=x",
            "limit=" + "9" * 400,
            "after=%00&limit=1",
        )
    )


ADDRESS = (
    ("method", _method),
    ("method", _method),
    ("path", _segment),
    ("path", _segment),
    ("path escaped", _escaped),
    ("path case", _case),
    ("query", _query),
)


def changed(call: Call, means: Means, chance: random.Random) -> Call:
    """Address, then credentials over it, then headers: so that a changed address may still come from somebody known."""
    listed = means.lists[call.caller.client]
    call.path, call.body = call.path.replace(READY, listed), call.body.replace(READY.encode(), listed.encode())
    if chance.random() < 0.06:
        for name, change in drawn(ADDRESS, chance, at_most=2):
            change(call, chance)
            call.wrong.append(name)
    if chance.random() < 0.04:
        call.auth = chance.choice((calls.NOBODY, calls.BASIC, calls.BEARER, calls.HASH))
        call.wrong.append("credentials")
    sign_on(call, means)
    if chance.random() < 0.12:
        for name, change in drawn(HEADERS, chance, at_most=2):
            change(call, chance)
            call.wrong.append(name)
    return call
