"""R10: a gateway of its own, asked everything; its log read afterwards; and gateways with planted faults that must be seen."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dancu.cli.launcher.postgres import Urls
from dancu.kernel.signing import MessageKey
from tests.faults.finding import Control, Finding
from tests.faults.fuzz import judge, schema_run, systems
from tests.faults.fuzz.means import means_of
from tests.faults.fuzz.run import Met, case, fuzz, walk
from tests.faults.fuzz.surface import Means
from tests.faults.fuzz.wire import Connection
from tests.faults.place import own_server
from tests.gateway.process import GatewayProcess

APP = "dancu.gateway.server:app"
MIB = 1024 * 1024
MEMORY_BYTES_MAX, GROWTH_BYTES_MAX = 512 * MIB, 96 * MIB
FULL = 100_000
CONTROL_CASES = 4_000
SWELLING_CASES = 1_500


@dataclass
class Ground:
    """A database with systems to ask as, the keys of those that sign, and what the first gateway gave them."""

    urls: Urls
    keys: dict[str, MessageKey]
    means: Means | None = None


@contextmanager
def ground(urls: Urls | None = None) -> Iterator[Ground]:
    """On a given database, or on a server of its own."""
    keys = {client: MessageKey.generate() for client in systems.SIGNING}
    if urls is not None:
        systems.register(urls, keys)
        yield Ground(urls, keys)
        return
    with own_server() as own:
        systems.register(own, keys)
        yield Ground(own, keys)


@contextmanager
def a_gateway(on: Ground, app: str = APP) -> Iterator[tuple[GatewayProcess, Means]]:
    gateway = GatewayProcess(on.urls.gateway, app)
    gateway.start()
    try:
        if on.means is None:
            on.means = means_of(gateway, on.urls, on.keys)
        yield gateway, on.means
    finally:
        gateway.stop()


def log_faults(gateway: GatewayProcess) -> list[str]:
    """What there is of what the gateway's log may not hold."""
    log = gateway.log.read_bytes()
    found = [sign for sign in ("Traceback", "gateway.request.failed", "Exception in ASGI") if sign.encode() in log]
    if judge.NUMBER.search(log) or judge.NAME in log.decode(errors="replace").casefold():
        found.append("a person")
    return found


def show(seed: int, number: int) -> None:
    """Send one case of a run again; print what was sent and what came back."""
    with ground() as on, a_gateway(on) as (gateway, means):
        call, sent = case(seed, number, means)
        print(f"{call.contract}, changed: {', '.join(call.wrong) or 'nothing'}")
        for piece in sent.pieces:
            print(repr(piece[:4_000]))
        for answer in asyncio.run(Connection(gateway.port).exchange(sent)):
            print(answer.status, answer.headers, f"{answer.seconds:.3f} s")
            print(answer.body.decode(errors="replace")[:4_000])
            print(judge.faults_of(call, sent, answer) or "as it should be")
        print(gateway.log.read_text()[-3_000:])


def robust(size: int, seed: int) -> Finding:
    """R10. Beside the changed calls: histories, Schemathesis, and three gateways whose planted fault must be seen."""
    is_full = size >= FULL
    with ground() as on:
        with a_gateway(on) as (gateway, means):
            met = fuzz(gateway, means, seed, size)
            walked = walk(gateway, means, seed, 60 if is_full else 4)
            schema = schema_run.generate(
                gateway,
                means,
                seed,
                150 if is_full else 3,
                phases=schema_run.PHASES if is_full else "fuzzing",
                everybody=is_full,
            )
            log = log_faults(gateway)
        controls = (
            caught(on, "raises_on_nul", "a route that raises on U+0000", "5xx", seed),
            caught(on, "breaks_its_schema", "answers that are not as published", "schema", seed),
            caught(on, "says_the_number", "an error that says the number", "person", seed),
            swollen(on, seed),
        )
    return Finding(holds(met, log) and holds(walked, []) and not schema.failures, _told(met, walked, schema, log), controls)


def holds(met: Met, log: list[str]) -> bool:
    """Nothing broken, memory bounded, and enough of it got through to the registry to mean something."""
    is_bounded = met.end_bytes <= MEMORY_BYTES_MAX and met.end_bytes - met.warm_bytes <= GROWTH_BYTES_MAX
    return not met.kinds and not log and is_bounded and met.told * 20 >= met.cases


def caught(on: Ground, planted: str, words: str, kind: str, seed: int) -> Control:
    """A gateway with a fault is asked until the fault is met."""
    with a_gateway(on, f"tests.faults.fuzz.{planted}:app") as (gateway, means):
        met = fuzz(gateway, means, seed, CONTROL_CASES, stop_at=kind)
    first = next((each for each in met.violations if each.kind == kind), None)
    return Control(words, first is not None, f"after {met.cases} cases: {first}" if first else f"not in {met.cases} cases")


def swollen(on: Ground, seed: int) -> Control:
    """A gateway that keeps something of every request."""
    with a_gateway(on, "tests.faults.fuzz.forgets_nothing:app") as (gateway, means):
        met = fuzz(gateway, means, seed, SWELLING_CASES)
    grown = met.end_bytes - met.warm_bytes
    return Control("something of every request kept", grown > GROWTH_BYTES_MAX, f"{grown / MIB:.0f} MiB more")


def _told(met: Met, walked: Met, schema: schema_run.SchemaMet, log: list[str]) -> str:
    kinds = met.kinds + walked.kinds
    broken = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()) or "0 violations"
    deep = f"{met.told:,} told about a person, {met.silent:,} never whole, {met.blamed:,} faults of the strict profile"
    memory = " → ".join(f"{each / MIB:.0f}" for each in (met.warm_bytes, met.end_bytes, walked.end_bytes))
    first = [
        *map(str, met.violations[:5]),
        *map(str, walked.violations[:5]),
        *schema.failures[:5],
        *(f"log: {sign}" for sign in log),
    ]
    return (
        f"{broken} in {met.cases:,} changed calls ({deep}, {met.again} asked again after 503) and {walked.cases:,} steps of histories;"
        f" {len(schema.failures)} failures in {schema.cases:,} cases of Schemathesis on {schema.operations} operations;"
        f" slowest {met.slowest:.1f} s; memory {memory} MiB"
    ) + "".join(f"; {each}" for each in first)
