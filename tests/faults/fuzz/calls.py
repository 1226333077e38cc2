"""Calls of every contract the gateway serves, right ones first, then changed: the body here, the rest in `surface`."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from urllib.parse import quote

from tests.faults.fuzz import envelopes, objects, own_calls
from tests.faults.fuzz.call import (
    BASIC,
    BEARER,
    FORWARDED,
    HASH,
    NETWORK,
    NOBODY,
    SIGNED,
    Call,
    changed_json,
    changed_members,
    drawn,
    json_type,
)
from tests.faults.fuzz.envelopes import Envelope
from tests.faults.fuzz.objects import Members
from tests.faults.fuzz.systems import CALLERS, HUB, PLAIN, SECRET, Caller
from tests.faults.fuzz.values import Keys, keys_of


def soap(chance: random.Random) -> Call:
    """The national contract, at its own address or behind a platform."""
    is_platform = chance.random() < 0.25
    auth = BEARER if is_platform else chance.choice((HASH, HASH, HASH, BEARER, SIGNED, FORWARDED))
    caller = Caller(HUB, "H93") if auth == FORWARDED else Caller(PLAIN, "H90") if auth == SIGNED else chance.choice(CALLERS)
    path = (
        chance.choice(("/lgsp/dancu/TraCuu", "/lgsp/NPD/1.0"))
        if is_platform
        else chance.choice(("/soap/NPDService", "/soap/dan-cu", "/soap"))
    )
    call = Call("lgsp" if is_platform else "soap", "POST", path, caller, auth, [(b"Content-Type", b"text/xml; charset=utf-8")])
    sent = envelopes.envelope(chance, keys_of(chance))
    if chance.random() < 0.8:
        for name, change in drawn(envelopes.PARTS, chance):
            change(sent, chance)
            call.wrong.append(name)
    call.body = _bytes_of(sent)
    return call


def _bytes_of(sent: Envelope) -> bytes:
    return sent.text().encode(errors="surrogatepass")


def _look_up(keys: Keys, chance: random.Random) -> Members:
    members: Members = [("maYeuCau", "1795235806157"), ("maTichHop", "037"), ("maDVC", "1.001193"), ("maCanBo", "canbo01")]
    members += [("soDinhDanh", keys.number), ("hoVaTen", keys.name)]
    block = {"NgayThangNam": keys.born} if chance.random() < 0.5 else keys.born
    members.append(chance.choice((("ngayThangNam", keys.born), ("NgayThangNamSinh", block))))
    return members


def look_up(chance: random.Random) -> Call:
    """The contracts in JSON of platforms and adapters."""
    contract = chance.choice(("json", "adapter", "opencps", "o"))
    caller = chance.choice(CALLERS)
    client, auth = caller.client, {"json": BEARER, "o": BASIC}.get(contract, NETWORK)
    path = {
        "json": "/json/api/v1/DanCu/TraCuu" if chance.random() < 0.5 else "/json/TraCuu",
        "adapter": f"/adapter/{client}/apiCSDLDanCu/ChiaSeThongTinCongDan",
        "opencps": f"/opencps/{client}/o/rest/v2/qldc/dvcqg",
        "o": "/o/rest/v2/qldc/dvcqg",
    }[contract]
    call = Call(contract, "POST", path, caller, auth, [json_type(chance)])
    call.body = changed_json(call, _look_up(keys_of(chance), chance), chance)
    return call


def by_query(chance: random.Random) -> Call:
    """The contracts in an address."""
    keys, caller = keys_of(chance), chance.choice(CALLERS)
    if chance.random() < 0.5:
        contract, path = "sharepoint", f"/sharepoint/{caller.client}/_vti_bin/CommonServices.svc/GetInfoCitizenFromCSDLQG"
        members: Members = [("cccd", keys.number), ("fullName", keys.name), ("dob", keys.born)]
    elif chance.random() < 0.8:
        contract, path = "warehouse", f"/warehouse/{caller.client}/dancutracuu_vngoai/kiemtra-congdan"
        members = [
            ("citizen_pid", keys.number),
            ("identify_number", ""),
            ("birth_date", keys.born),
            ("gender", "1"),
            ("full_name", keys.name),
        ]
    else:
        contract, path = "warehouse", f"/warehouse/{caller.client}/dancutracuu_vngoai/socancuoc-congdan/{keys.number}/{keys.born}"
        members = []
    call = Call(contract, "GET", path, caller, NETWORK)
    call.query = objects.as_query(changed_members(call, members, chance), chance)
    return call


def token(chance: random.Random) -> Call:
    """The ways to ask for a token."""
    caller = chance.choice(CALLERS)
    pair = base64.b64encode(f"{caller.client}:{SECRET}".encode())
    members: Members = [("grant_type", "client_credentials"), ("client_id", caller.client), ("client_secret", SECRET)]
    kind = chance.choice(("form", "json", "basic", "bearer", "header", "auth"))
    if kind == "auth":
        return Call("json token", "POST", "/json/api/v1/Authentication/Token", caller, NOBODY, [(b"Auth", pair)])
    call = Call("token", "POST", chance.choice(("/token", "/lgsp/token")), caller, NOBODY, [])
    if kind == "json":
        call.headers = [json_type(chance)]
        call.body = changed_json(call, members, chance)
        return call
    call.headers = [(b"Content-Type", b"application/x-www-form-urlencoded")]
    if kind != "form":
        members = members[:1]
        stated = base64.b64encode(json.dumps({"AccessKey": caller.client, "SecretKey": SECRET, "AppName": "MOTCUA"}).encode())
        call.headers.append(
            {"basic": (b"Authorization", b"Basic " + pair), "bearer": (b"Authorization", b"Bearer " + pair)}.get(
                kind, (b"lgspaccesstoken", stated)
            )
        )
    call.body = objects.as_query(changed_members(call, members, chance), chance).encode()
    return call


def document(chance: random.Random) -> Call:
    """What is published."""
    path = chance.choice(("/openapi.yaml", "/openapi-tuong-thich.yaml", "/keys.json", "/health", "/soap/dan-cu", "/lgsp/dancu"))
    query = chance.choice(("", "wsdl", "WSDL", "singleWsdl", "a=" + quote(objects.odd_text(chance), errors="replace")))
    return Call("document", "GET", path, CALLERS[0], NOBODY, query=query)


CONTRACTS: list[tuple[int, Callable[[random.Random], Call]]] = [
    (32, soap),
    (14, own_calls.verify),
    (12, own_calls.feed),
    (20, look_up),
    (13, by_query),
    (7, token),
    (2, document),
]


def call_of(chance: random.Random) -> Call:
    """A call of one contract, its body changed or not."""
    made = chance.choices([make for _, make in CONTRACTS], [weight for weight, _ in CONTRACTS])[0](chance)
    if made.body and chance.random() < 0.15:
        for name, change in drawn(envelopes.BYTES, chance, at_most=2):
            made.body = change(made.body, chance)
            made.wrong.append(name)
    return made
