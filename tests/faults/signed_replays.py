"""Somebody with a valid system of his own holds signed messages of another, sent ones and ones captured before they arrived.

The guarded system takes signed messages only. No variant may have an effect: what counts are looks in the ledger, as many as lawful
originals and not one more. Of what was captured before it arrived the altered forms are tried, for there the nonce is still fresh.
Originals are made anew all the time, so that their sixty seconds have not passed and it is not age that refuses them.
"""

from __future__ import annotations

import base64
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from joserfc import jws
from joserfc.jwk import OctKey

from dancu.cli.launcher.postgres import PostgresServer
from dancu.exchange.messages import ANSWER_KIND, HEADER, REQUEST_KIND, Forwarded, sign_request
from dancu.kernel.signing import MessageKey
from tests.faults.finding import Control, Finding
from tests.faults.kills import BODY
from tests.faults.replays import DISCLOSE, OTHER, VERIFY, Sent, _looks, _other_body, _other_system, _send
from tests.faults.surroundings import filled_server, laboratory
from tests.gateway.process import CLIENT, GatewayProcess, command
from tests.gateway.signing import INSTALLATION, register_key

ROUND = 400  # attempts on one set of originals: few seconds
ORIGINALS = 12
RESTARTS = 3


@dataclass(frozen=True)
class Keys:
    """Whose keys there are."""

    victim: MessageKey
    attacker: MessageKey  # registered, for a system of his own


def message(key: MessageKey, *, body: bytes = BODY, path: str = VERIFY, nonce: str = "", **more: object) -> Sent:
    """A lawful message, unless told otherwise."""
    given = {"issuer": CLIENT, "audience": INSTALLATION, "method": "POST", "target": path, "now": datetime.now(UTC), **more}
    return _sent(sign_request(key, body=body, nonce=nonce, **given), body, path)  # type: ignore[arg-type]


def _sent(header: str, body: bytes = BODY, path: str = VERIFY) -> Sent:
    return Sent(path, (("Content-Type", "application/json"), (HEADER, header)), body)


def _claims(sent: Sent) -> dict[str, object]:
    told: dict[str, object] = json.loads(_decoded(sent.header(HEADER).split(".")[1]))
    return told


def _decoded(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _reheaded(sent: Sent, signature: str | None = None, **header: object) -> Sent:
    """The message under another protected header."""
    head, payload, own = sent.header(HEADER).split(".")
    named = {**json.loads(_decoded(head)), **header}
    return _sent(f"{_encoded(named)}.{payload}.{own if signature is None else signature}", sent.body, sent.path)


def _reclaimed(sent: Sent, *, without: str = "", **claims: object) -> Sent:
    """The message with other claims under the old signature."""
    head, _, own = sent.header(HEADER).split(".")
    told = {name: value for name, value in {**_claims(sent), **claims}.items() if name != without}
    return _sent(f"{head}.{_encoded(told)}.{own}", sent.body, sent.path)


def _confused(keys: Keys, sent: Sent) -> Sent:
    """HMAC with the public key, which is no secret, as its key."""
    secret = OctKey.import_key(json.dumps(keys.victim.public.as_jwk()).encode())
    header = {"alg": "HS256", "kid": keys.victim.kid, "typ": REQUEST_KIND}
    return _sent(jws.serialize_compact(header, json.dumps(_claims(sent)), secret, algorithms=["HS256"]))


def _as_an_answer(keys: Keys, fresh: Sent) -> Sent:
    return _sent(keys.victim.sign(json.dumps(_claims(fresh)).encode(), ANSWER_KIND))


def _twice(spent: Sent, fresh: Sent) -> Sent:
    return Sent(spent.path, (*fresh.headers, (HEADER, spent.header(HEADER))), spent.body)


def _aged(keys: Keys, chance: random.Random, sign: int) -> Sent:
    return message(keys.victim, now=datetime.now(UTC) + sign * timedelta(seconds=chance.uniform(62, 90_000)))


Vary = Callable[[Keys, Sent, random.Random], Sent]
# `sent` is an original that was answered; what is made of a fresh message was captured before it arrived.
VARIANTS: dict[str, Vary] = {
    "the same": lambda keys, sent, _: sent,
    "the same with an idempotency key": lambda keys, sent, chance: sent.but(Idempotency_Key=f"k{chance.random()}"),
    "aged": lambda keys, sent, chance: _aged(keys, chance, -1),
    "from the future": lambda keys, sent, chance: _aged(keys, chance, 1),
    "to another path": lambda keys, sent, _: message(keys.victim).but(path=DISCLOSE),
    "with a query": lambda keys, sent, _: message(keys.victim).but(path=f"{VERIFY}?a=1"),
    "path up and down": lambda keys, sent, _: message(keys.victim).but(path=f"/v1/../v1{VERIFY.removeprefix('/v1')}"),
    "made for another method": lambda keys, sent, _: message(keys.victim, method="GET"),
    "made for another recipient": lambda keys, sent, _: message(keys.victim, audience="tinh-khac"),
    "with another body": lambda keys, sent, _: message(keys.victim).but(body=_other_body(sent)),
    "without its digest": lambda keys, sent, _: _reclaimed(message(keys.victim), without="digest"),
    "without its nonce": lambda keys, sent, _: _reclaimed(message(keys.victim), without="jti"),
    "with a fresh nonce": lambda keys, sent, chance: _reclaimed(sent, jti=f"{chance.randbytes(16).hex()}"),
    "another algorithm": lambda keys, sent, _: _reheaded(message(keys.victim), alg="ES256"),
    "algorithm none": lambda keys, sent, _: _reheaded(message(keys.victim), "", alg="none"),
    "HMAC with the public key": lambda keys, sent, _: _confused(keys, message(keys.victim)),
    "a path as kid": lambda keys, sent, _: _reheaded(message(keys.victim), kid="../../../dev/null"),
    "a key in its header": lambda keys, sent, _: _reheaded(message(keys.attacker), jwk=keys.attacker.public.as_jwk()),
    "two signatures": lambda keys, sent, _: _twice(sent, message(keys.victim)),
    "another system's key under this name": lambda keys, sent, _: message(keys.attacker),
    "another system's key under this kid": lambda keys, sent, _: message(MessageKey(keys.attacker._key, keys.victim.kid)),
    "forwarded for somebody else": lambda keys, sent, _: _reclaimed(
        message(keys.victim, forwarded=Forwarded("a", "H57", "canbo01", "1.001193", "REST")), fwd={"system": "b"}
    ),
    "signed as an answer": lambda keys, sent, _: _as_an_answer(keys, message(keys.victim)),
    "without a signature": lambda keys, sent, _: sent.but(**{HEADER.replace("-", "_"): ""}),
}


@dataclass(frozen=True)
class Attack:
    """What came of it."""

    attempts: int
    effects: int  # looks in the ledger beyond the lawful ones
    by_variant: Counter[str]  # which variants were answered as if lawful
    failures: int  # answers of 500 and more


def attack(seed: int, attempts: int, app: str = "dancu.gateway.server:app", only: tuple[str, ...] = ()) -> Attack:
    """Needs a laboratory."""
    chance, answered, failures, lawful = random.Random(seed), Counter[str](), 0, 0
    variants = [(name, vary) for name, vary in VARIANTS.items() if not only or name in only]
    with filled_server(f"signed-{app.rpartition('.')[2].partition(':')[0]}") as server:
        keys = _prepare(server)
        gateway = GatewayProcess(server.urls().gateway, app)
        gateway.start()
        before = _looks(server)
        try:
            originals: list[Sent] = []
            for number in range(attempts):
                if number % ROUND == 0:
                    originals = [message(keys.victim) for _ in range(ORIGINALS)]
                    lawful += sum(_accepted(gateway, original) for original in originals)
                if number and number % (attempts // (RESTARTS + 1)) == 0:
                    gateway.kill()
                    gateway.start()
                name, vary = chance.choice(variants)
                status, _ = _send(gateway.port, vary(keys, chance.choice(originals), chance))
                failures += status >= 500
                answered[name] += status < 300
            effects = _looks(server) - before - lawful
        finally:
            gateway.stop()
    assert lawful, "the originals were answered"
    return Attack(attempts, effects, +answered, failures)


def no_second_effect(size: int, seed: int) -> Finding:
    """R9-SIGNED."""
    with laboratory():
        met = attack(seed, size)
        anybody = attack(seed, 120, "tests.faults.any_audience:app", ("made for another recipient",))
        forgetful = attack(seed, 120, "tests.faults.forgets_nonces:app", ("the same",))
    return Finding(
        met.effects == 0 and not met.by_variant and not met.failures,
        f"{met.effects} effects of {met.attempts:,} replays in {len(VARIANTS)} variants, {RESTARTS} restarts"
        + "".join(f"; {name}: {count}" for name, count in met.by_variant.most_common(3)),
        (
            Control("messages for another recipient accepted", anybody.effects > 0, f"{anybody.effects} looks"),
            Control("nonces remembered in memory only", forgetful.effects > 0, f"{forgetful.effects} second looks"),
        ),
    )


def _prepare(server: PostgresServer) -> Keys:
    """The victim takes signed messages only; the attacker has a system, a secret and a key of his own."""
    _other_system(server)
    with tempfile.TemporaryDirectory() as folder:
        victim = register_key(server.urls(), Path(folder))
        attacker = register_key(server.urls(), Path(folder), client=OTHER)
    command(server.urls(), "keys", "require", CLIENT, "--signed")
    return Keys(victim, attacker)


def _accepted(gateway: GatewayProcess, original: Sent) -> bool:
    """A lawful message is answered; right after a start the gateway may need a moment."""
    for _ in range(100):
        status, body = _send(gateway.port, original)
        if status == 201:
            return True
        assert status == 503, body
        time.sleep(0.05)
    return False
