"""Somebody holds lawful requests that went over the wire and sends them again: the same, aged, elsewhere, altered, after a restart.

No variant may have an effect of its own. What counts is the ledger: as many looks as lawful originals, not one more.
The national contract has no nonce and its clients repeat, so within its window a whole repeat is answered by contract;
it is not among the variants. Its age, address, user and hash are.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg

from dancu.cli.launcher.postgres import PostgresServer
from tests.faults.finding import Control, Finding
from tests.faults.kills import BODY
from tests.faults.surroundings import filled_server, laboratory
from tests.field_clients.clients import SERVICE_PATH, Person, court
from tests.gateway.process import BASIS, CLIENT, PURPOSE, SECRET, GatewayProcess, command

OTHER, OTHER_SECRET = "he-thong-khac", "bi-mat-khac"
ORIGINALS = 40
RESTARTS = 2
VERIFY, DISCLOSE = "/v1/verifications", "/v1/disclosures"
SOAP_BODY = court(Person("046090000101", "Trần Văn Hòa", "19900517"))


@dataclass(frozen=True)
class Sent:
    """One message as it goes over the wire."""

    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def but(self, *, path: str = "", body: bytes = b"", **headers: str) -> Sent:
        """The message with parts replaced; a header given as an empty text is left out."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = tuple((name, value) for name, value in self.headers if name.lower() not in {n.lower() for n in named})
        return Sent(path or self.path, kept + tuple((n, v) for n, v in named.items() if v), body or self.body)

    def header(self, name: str) -> str:
        return next(value for key, value in self.headers if key == name)


def rest(key: str) -> Sent:
    return Sent(
        VERIFY, (("Content-Type", "application/json"), ("Authorization", basic(CLIENT, SECRET)), ("Idempotency-Key", key)), BODY
    )


def soap(age_seconds: float = 0.0) -> Sent:
    stamp = str(int((time.time() - age_seconds) * 1000))
    digest = hashlib.sha256(f"{SERVICE_PATH}{CLIENT}{stamp}{SECRET}".encode()).hexdigest()
    return Sent(
        SERVICE_PATH,
        (("Content-Type", "text/xml"), ("Authorization", basic(CLIENT, digest)), ("Timestamp", stamp)),
        SOAP_BODY,
    )


def basic(user: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()


def _hash_of(sent: Sent) -> str:
    return base64.b64decode(sent.header("Authorization").removeprefix("Basic ")).decode().partition(":")[2]


def _hashed_by(algorithm: str, sent: Sent) -> str:
    text = f"{SERVICE_PATH}{CLIENT}{sent.header('Timestamp')}{SECRET}".encode()
    return basic(CLIENT, hashlib.new(algorithm, text).hexdigest())


def _other_body(original: Sent) -> bytes:
    return json.dumps({**json.loads(original.body), "dossier_no": "HS-02"}).encode()


# What an attacker makes of a lawful message of our own interface, and of the national one.
REST_VARIANTS: dict[str, Callable[[Sent, random.Random], Sent]] = {
    "the same": lambda sent, _: sent,
    "the same to the other path": lambda sent, _: sent.but(path=DISCLOSE),
    "another question under its key": lambda sent, _: sent.but(body=_other_body(sent)),
    "without credentials": lambda sent, _: sent.but(Authorization=""),
    "credentials of scheme none": lambda sent, _: sent.but(Authorization="none"),
    "as a bearer token": lambda sent, _: sent.but(Authorization=sent.header("Authorization").replace("Basic", "Bearer")),
    "another system's name with this secret": lambda sent, _: sent.but(Authorization=basic(OTHER, SECRET)),
    "this system's name with another secret": lambda sent, _: sent.but(Authorization=basic(CLIENT, OTHER_SECRET)),
    "path up and down": lambda sent, _: sent.but(path=f"/v1/../v1{DISCLOSE.removeprefix('/v1')}"),
}
SOAP_VARIANTS: dict[str, Callable[[Sent, random.Random], Sent]] = {
    "aged": lambda sent, chance: soap(chance.uniform(601, 90_000)),
    "from the future": lambda sent, chance: soap(-chance.uniform(601, 90_000)),
    "another time with the old hash": lambda sent, chance: sent.but(
        Timestamp=str(int(sent.header("Timestamp")) + chance.randint(1, 10**6))
    ),
    "another address": lambda sent, _: sent.but(path=SERVICE_PATH + "/khac"),
    "another system's name": lambda sent, _: sent.but(Authorization=basic(OTHER, _hash_of(sent))),
    "no hash": lambda sent, _: sent.but(Authorization=basic(CLIENT, "")),
    "the word none as hash": lambda sent, _: sent.but(Authorization=basic(CLIENT, "none")),
    "hash by MD5": lambda sent, _: sent.but(Authorization=_hashed_by("md5", sent)),
    "hash by SHA-1": lambda sent, _: sent.but(Authorization=_hashed_by("sha1", sent)),
    "hash by SHA-512": lambda sent, _: sent.but(Authorization=_hashed_by("sha512", sent)),
    "without a time": lambda sent, _: sent.but(Timestamp=""),
    "two times": lambda sent, _: Sent(sent.path, (*sent.headers, ("Timestamp", str(int(time.time())))), sent.body),
}


@dataclass(frozen=True)
class Attack:
    """What came of it."""

    attempts: int
    effects: int  # looks in the ledger beyond the lawful ones
    by_variant: Counter[str]  # which variants were answered as if lawful
    failures: int  # answers of 500 and more


def attack(seed: int, attempts: int, app: str = "dancu.gateway.server:app") -> Attack:
    """Needs a laboratory."""
    chance = random.Random(seed)
    with filled_server(f"replays-{app.rpartition('.')[2].partition(':')[0]}") as server:
        _other_system(server)
        gateway = GatewayProcess(server.urls().gateway, app)
        gateway.start()
        try:
            originals = [rest(f"khoa-{n}") for n in range(ORIGINALS)] + [soap() for _ in range(ORIGINALS)]
            for original in originals:
                assert _send(gateway.port, original)[0] in (200, 201)
            before, answered, failures = _looks(server), Counter[str](), 0
            for number, (name, sent, own) in enumerate(_attempts(chance, attempts, originals)):
                if number and number % (attempts // (RESTARTS + 1)) == 0:
                    gateway.kill()
                    gateway.start()
                status, body = _send(gateway.port, sent)
                failures += status >= 500
                if b"<ns1:Ten>" in body or (status == 201 and own and name != "the same"):
                    answered[name] += 1
            effects = _looks(server) - before
        finally:
            gateway.stop()
    return Attack(attempts, effects, answered, failures)


def no_second_effect(size: int, seed: int) -> Finding:
    """R9."""
    with laboratory():
        met = attack(seed, size)
        forgetful = attack(seed, 600, "tests.faults.forgets_keys:app")
        anywhere = attack(seed, 600, "tests.faults.any_address:app")
    variants = len(REST_VARIANTS) + len(SOAP_VARIANTS)
    return Finding(
        met.effects == 0 and not met.by_variant and not met.failures,
        f"{met.effects} effects of {met.attempts:,} replays in {variants} variants, {RESTARTS} restarts"
        + "".join(f"; {name}: {count}" for name, count in met.by_variant.most_common(3)),
        (
            Control("keys remembered in memory only", forgetful.effects > 0, f"{forgetful.effects} second effects"),
            Control("a hash for any address accepted", anywhere.effects > 0, f"{anywhere.effects} looks"),
        ),
    )


def _attempts(chance: random.Random, count: int, originals: list[Sent]) -> Iterator[tuple[str, Sent, bool]]:
    """Variant, message, and whether it is of our own interface."""
    for _ in range(count):
        original = chance.choice(originals)
        own = original.path == VERIFY
        name, vary = chance.choice(list((REST_VARIANTS if own else SOAP_VARIANTS).items()))
        yield name, vary(original, chance), own


def _send(port: int, sent: Sent) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.putrequest("POST", sent.path)
        for name, value in sent.headers:
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(sent.body)))
        connection.endheaders(sent.body)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _other_system(server: PostgresServer) -> None:
    command(server.urls(), "exchange", "client", "add", OTHER, "--organisation", "H58", "--official", "--secret", OTHER_SECRET)
    granted = ["--integration-code", "REST", "--procedure", "1.001193", "--purpose", PURPOSE, "--legal-basis", BASIS]
    command(server.urls(), "exchange", "client", "grant", OTHER, *granted)


def _looks(server: PostgresServer) -> int:
    """Entries of looks; refusals, which an attack is full of, are none."""
    with psycopg.connect(server.urls().owner) as connection:
        query = "select count(*) from ledger_entry where convert_from(body, 'UTF8')::jsonb ->> 'kind' in ('verify', 'disclose')"
        return int(connection.execute(query).fetchall()[0][0])
