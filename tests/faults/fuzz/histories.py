"""Runs of many steps by one caller, who uses what earlier answers gave: ids, cursors, keys of questions."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.faults.fuzz.call import BASIC, BEARER, HASH, NOBODY, Call
from tests.faults.fuzz.envelopes import Envelope
from tests.faults.fuzz.own_calls import USE, question
from tests.faults.fuzz.systems import CALLERS, SECRET, Caller
from tests.faults.fuzz.values import keys_of, odd_value
from tests.faults.fuzz.wire import Answer

STEPS = 100
SOAP_LISTS = (
    "GetRequests",
    "GetRequestStatus",
    "GetRequestDetail",
    "GetRequestHistory",
    "GetResultDetailAsRecords",
    "GetResultDetailAsFile",
    "DeleteRequest",
)
ODD = 0.12  # of steps use something else than what was given


class History:
    """What one caller remembers, and what she does next."""

    def __init__(self, seed: int, number: int) -> None:
        self._chance = random.Random(f"{seed}/history/{number}")
        self._caller: Caller = self._chance.choice(CALLERS)
        self._lists: list[str] = []
        self._subscriptions: list[str] = []
        self._cursors: list[str] = [""]
        self._keys: list[str] = []

    def steps(self) -> Iterator[Call]:
        """The next call, made when it is asked for."""
        for _ in range(STEPS):
            yield self._chance.choice(self._ways())()

    def learn(self, answer: Answer) -> None:
        """Keep what can be used later."""
        if not answer.body or not answer.content_type.startswith("application/json"):
            return
        told: Any = json.loads(answer.body)
        if not isinstance(told, dict):
            return
        if answer.status == 202:
            self._lists.append(told["id"])
        if told.get("subscription"):
            self._subscriptions.append(told["subscription"])
        if "changes" in told:
            self._cursors += [told["next"], *(each["cursor"] for each in told["changes"])]
        for kind, known in (("subscriptions", self._subscriptions), ("list_requests", self._lists)):
            known += [each["id"] for each in told.get(kind, ())]

    def _ways(self) -> list[Callable[[], Call]]:
        return [
            self._subscribe,
            self._subscribe,
            self._changes,
            self._changes,
            self._request,
            self._again,
            self._again,
            self._token,
            self._soap_list,
            lambda: self._call("GET", "/v1/subscriptions"),
            lambda: self._call("GET", "/v1/list-requests"),
            lambda: self._call("GET", f"/v1/list-requests/{self._one(self._lists)}"),
            lambda: self._call("GET", f"/v1/list-requests/{self._one(self._lists)}/history"),
            lambda: self._call("POST", f"/v1/list-requests/{self._one(self._lists)}/pages", {"officer": "canbo01", "page": 1}),
            lambda: self._call("DELETE", f"/v1/list-requests/{self._one(self._lists)}"),
            lambda: self._call("DELETE", f"/v1/subscriptions/{self._one(self._subscriptions)}"),
        ]

    def _one(self, known: list[str]) -> str:
        some = "8d6c1b4e-3d0a-4d9e-8f57-0a2c7b9f4e21"
        return self._chance.choice(known[-20:]) if known and self._chance.random() > ODD else some

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None, key: str = "") -> Call:
        call = Call("feeds", method, path, self._caller, BASIC)
        if body is not None:
            if self._chance.random() < ODD:
                body[self._chance.choice(list(body))] = odd_value(self._chance)
                call.wrong.append("value")
            call.headers.append((b"Content-Type", b"application/json"))
            call.body = json.dumps(body).encode()
        if key:
            call.headers.append((b"Idempotency-Key", key.encode()))
        return call

    def _subscribe(self) -> Call:
        asked = {name: value for name, value in question(keys_of(self._chance), self._chance) if name not in ("stated", "fields")}
        return self._call("POST", "/v1/subscriptions", {**asked, "subject_ref": f"HS-{self._chance.randrange(99)}"})

    def _changes(self) -> Call:
        return self._call("POST", "/v1/changes", {"officer": "canbo01", "after": self._chance.choice(self._cursors), "limit": 2})

    def _request(self) -> Call:
        criteria = {"age_from": self._chance.randrange(60, 90), "sex": self._chance.choice((1, 2))}
        return self._call("POST", "/v1/list-requests", {**dict(USE), "criteria": criteria, "fields": ["full_name"]}, self._key())

    def _again(self) -> Call:
        """A question under a key that another question may have had."""
        asked = dict(question(keys_of(self._chance), self._chance))
        path = self._chance.choice(("/v1/verifications", "/v1/disclosures"))
        call = self._call("POST", path, asked, self._key())
        call.contract = path
        return call

    def _key(self) -> str:
        if not self._keys or self._chance.random() < 0.6:
            self._keys.append(f"h{self._chance.getrandbits(40)}")
        return self._chance.choice(self._keys[-6:])

    def _token(self) -> Call:
        call = Call("token", "POST", "/token", self._caller, NOBODY, [(b"Content-Type", b"application/json")])
        call.body = json.dumps(
            {"grant_type": "client_credentials", "client_id": self._caller.client, "client_secret": SECRET}
        ).encode()
        return call

    def _soap_list(self) -> Call:
        elements = [("MaCanBo", "canbo01"), ("IdYeuCau", self._one(self._lists)), ("Trang", "1")]
        call = Call(
            "soap", "POST", "/soap/dan-cu", self._caller, self._chance.choice((HASH, BEARER)), [(b"Content-Type", b"text/xml")]
        )
        call.body = Envelope(self._chance.choice(SOAP_LISTS), elements).text().encode()
        return call
