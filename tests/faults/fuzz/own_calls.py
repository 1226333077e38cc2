"""Calls of our own contract: questions about one person, subscriptions, changes, lists."""

from __future__ import annotations

import random
import uuid
from urllib.parse import quote

from tests.faults.fuzz import objects
from tests.faults.fuzz.call import BASIC, SIGNED, Call, changed_json, json_type
from tests.faults.fuzz.objects import Members
from tests.faults.fuzz.systems import CALLERS, PLAIN, Caller
from tests.faults.fuzz.values import Keys, keys_of
from tests.gateway.process import BASIS, PURPOSE

READY = "00000000-0000-4000-8000-000000000000"  # stands for a list of the caller's that is ready, see `surface`
USE: Members = [("purpose", PURPOSE), ("legal_basis", BASIS), ("procedure", "1.001193"), ("officer", "canbo01")]


def question(keys: Keys, chance: random.Random) -> Members:
    born = f"{keys.born[:4]}-{keys.born[4:6]}-{keys.born[6:]}"
    members: Members = [("personal_id", keys.number), ("full_name", keys.name), ("birth_date", born), *USE]
    if chance.random() < 0.2:
        members.append(("stated", {"sex": "1", "marital_status": "1"}))
    if chance.random() < 0.2:
        members.append(("fields", chance.sample(("full_name", "sex", "permanent_residence", "relatives", "household"), 2)))
    if chance.random() < 0.2:
        members.append(("dossier_no", "H90-261124-0001"))
    return members


def verify(chance: random.Random) -> Call:
    """Our own contract: a question about one person."""
    path = chance.choice(("/v1/verifications", "/v1/disclosures"))
    auth = chance.choice((BASIC, BASIC, BASIC, SIGNED))
    caller = Caller(PLAIN, "H90") if auth == SIGNED else chance.choice(CALLERS)
    call = Call(path, "POST", path, caller, auth, [json_type(chance)])
    if chance.random() < 0.15:
        call.headers.append((b"Idempotency-Key", b"k%d" % chance.randrange(200)))
    call.body = changed_json(call, question(keys_of(chance), chance), chance)
    return call


def feed(chance: random.Random) -> Call:
    """What goes on for longer than one answer."""
    auth = chance.choice((BASIC, BASIC, BASIC, SIGNED))
    caller = Caller(PLAIN, "H90") if auth == SIGNED else chance.choice(CALLERS)
    made = chance.choice((_subscribe, _subscribe, _changes, _request, _request, _page, _page, _read, _read, _end))(chance)
    made.caller, made.auth, made.contract = caller, auth, "feeds"
    if made.method == "POST":
        made.headers.append(json_type(chance))
    return made


def _at(method: str, path: str) -> Call:
    return Call("feeds", method, path, CALLERS[0], BASIC)


def _subscribe(chance: random.Random) -> Call:
    call = _at("POST", "/v1/subscriptions")
    members = [each for each in question(keys_of(chance), chance) if each[0] not in ("stated", "fields")]
    call.body = changed_json(call, [*members, ("subject_ref", f"HS-{chance.randrange(500)}")], chance)
    return call


def _changes(chance: random.Random) -> Call:
    call = _at("POST", "/v1/changes")
    after = chance.choice(("", "0", "1", "129", "-1", "9" * 18, "9" * 40, "x", "1.5"))
    call.body = changed_json(call, [("officer", "canbo01"), ("after", after), ("limit", chance.choice((1, 50, 0, 10**9)))], chance)
    return call


def _request(chance: random.Random) -> Call:
    call = _at("POST", "/v1/list-requests")
    criteria = dict(
        chance.sample(
            (
                ("age_from", chance.choice((0, 80, 150, -1, 10**12))),
                ("age_to", chance.choice((0, 90, 99))),
                ("sex", chance.choice((0, 1, 2, 3))),
                ("province", chance.choice(("46", "99", "", "x" * 400))),
                ("district", "474"),
                ("commune", "19789"),
                ("units_version", chance.choice(("L2-2025", "L3-2021", "L9"))),
                ("ethnicity", "01"),
                ("religion", objects.odd_text(chance)),
                ("blood_type", "A+"),
            ),
            chance.choice((1, 2, 3)),
        )
    )
    members: Members = [
        ("criteria", criteria if chance.random() < 0.8 else objects.odd_json(chance)),
        *USE,
        ("fields", ["full_name", "birth_date"]),
    ]
    if chance.random() < 0.1:
        call.headers.append((b"Idempotency-Key", b"l%d" % chance.randrange(50)))
    call.body = changed_json(call, members, chance)
    return call


def _page(chance: random.Random) -> Call:
    call = _at("POST", f"/v1/list-requests/{READY}/pages")
    call.body = changed_json(call, [("officer", "canbo01"), ("page", chance.choice((1, 1, 1, 2, 0, 10**7, 10**30)))], chance)
    return call


def _read(chance: random.Random) -> Call:
    path = chance.choice(
        (
            "/v1/subscriptions",
            "/v1/list-requests",
            f"/v1/list-requests/{READY}",
            f"/v1/list-requests/{READY}/history",
            f"/v1/list-requests/{_some_id(chance)}",
        )
    )
    call = _at("GET", path)
    if chance.random() < 0.5:
        name, value = (
            chance.choice(("after", "limit")),
            chance.choice(("", "1", "500", "501", "0", "-1", "x", READY, objects.odd_text(chance)[:2_000])),
        )
        call.query = f"{name}={quote(value, errors='replace')}"
    return call


def _end(chance: random.Random) -> Call:
    return _at("DELETE", chance.choice(("/v1/subscriptions/", "/v1/list-requests/")) + _some_id(chance))


def _some_id(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))
