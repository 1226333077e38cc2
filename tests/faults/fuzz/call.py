"""One request before it is put on the wire, and how members of a body are changed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from tests.faults.fuzz import objects
from tests.faults.fuzz.objects import Members
from tests.faults.fuzz.systems import STRICT, Caller

# How a call says who sends it; `auth` writes the headers when everything else stands.
BASIC, HASH, BEARER, SIGNED, FORWARDED, NETWORK, NOBODY = "basic", "hash", "bearer", "signed", "forwarded", "network", "nobody"


@dataclass
class Call:
    """One request before it is put on the wire."""

    contract: str
    method: str
    path: str
    caller: Caller
    auth: str
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    query: str = ""
    body: bytes = b""
    wrong: list[str] = field(default_factory=list)  # what was changed

    @property
    def is_strict(self) -> bool:
        return self.caller.client == STRICT


def json_type(chance: random.Random) -> tuple[bytes, bytes]:
    return b"Content-Type", chance.choice((b"application/json", b"application/json; charset=utf-8", b"text/json"))


def changed_json(call: Call, members: Members, chance: random.Random) -> bytes:
    """The members as JSON, some of them changed."""
    return objects.written(changed_members(call, members, chance), chance).encode(errors="surrogatepass")


def changed_members(call: Call, members: Members, chance: random.Random) -> Members:
    if chance.random() < 0.75:
        for name, change in drawn(objects.PARTS, chance):
            members = change(members, chance)
            call.wrong.append(name)
    return members


def drawn(changes: Any, chance: random.Random, at_most: int = 4) -> list[Any]:
    """Mostly one change, sometimes several."""
    return chance.choices(changes, k=min(at_most, chance.choice((1, 1, 1, 2, 2, 3, 4))))
