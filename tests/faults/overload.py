"""One organisation sends seven times its share, in bursts as campaigns do, while the total stays what it was: who else waits?

An open loop: every question has its moment, drawn before the run, and its time counts from that moment whether or not the
exchange was ready for it. Fourteen organisations; seven of them are the others and ask at the same moments in both rounds of a
pair. The other half of the questions comes from seven more in the even round, and from one of those, in bursts, in the skewed
one. The median of the pairs' ratios of 99th percentiles is the figure. Control: the same with one line for everybody.

The questions go into the exchange itself: reading requests off the wire is done in the order they came, whoever sent them.
"""

from __future__ import annotations

import asyncio
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
import uvloop

from dancu.cli.launcher.postgres import Urls
from dancu.exchange import hot
from dancu.exchange.domain import AccessRequest, Kind
from dancu.exchange.hot import HotPath, Question
from dancu.exchange.turns import TurnQueue
from dancu.kernel.claims import PersonClaim
from dancu.kernel.config import read_config
from dancu.kernel.dates import PartialDate
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.sealing import SealingKey
from dancu.kernel.warrants import Actor
from dancu.onboarding.reader import seal_secret
from tests.faults.finding import Control, Finding
from tests.faults.place import connect_partner, fill_by_arithmetic, own_server, person_at
from tests.gateway.process import BASIS, CLIENT, PURPOSE

OTHERS, BUSY = 7, 7
PERSONS = 20_000
PER_SECOND = 800
BURST, BURST_SECONDS = 800, 0.1  # faster than anything is answered
RATIO_MAX = 1.2
PAIRS, CONTROL_PAIRS = 7, 3
VOLUME = 1_000_000_000
_COPIED = "name, state, state_reason, service_urls, skew_seconds, error_profile, profile, via, changed_at"
_SYSTEM = f"""insert into onboarding_system (client_id, organisation, secret_sealed, {_COPIED})
select %s, %s, %s, {_COPIED} from onboarding_system where client_id = %s"""
_REGISTRATION = """insert into onboarding_registration (id, organisation, client_id, document, approved_at, approved_by, how)
select gen_random_uuid(), organisation, client_id, 'copied', changed_at, 'lab', '' from onboarding_system where client_id = %s"""
_LINE = """insert into onboarding_registrationline
(registration_id, integration_code, procedure, procedure_name, volume_per_month, content)
select r.id, l.integration_code, l.procedure, '', 0, l.content from onboarding_registration r, onboarding_registrationline l
join onboarding_grant g on g.line_id = l.id where r.client_id = %s and g.client_id = %s"""
_GRANT = """insert into onboarding_grant select (jsonb_populate_record(null::onboarding_grant, l.content || jsonb_build_object(
'id', nextval(pg_get_serial_sequence('onboarding_grant', 'id')), 'client_id', r.client_id, 'line_id', l.id))).*
from onboarding_registrationline l join onboarding_registration r on r.id = l.registration_id where r.client_id = %s"""


class OneLine(TurnQueue[Question]):
    """The planted fault: everybody in one line, a batch takes what stands first."""

    def __init__(self, waiting_max: int, lane_max: int, turn_max: int) -> None:
        super().__init__(waiting_max, waiting_max, waiting_max)

    def add(self, name: str, waiting: Question, at: float) -> bool:
        return super().add("", waiting, at)


@dataclass(frozen=True)
class Asked:
    """One question of a round: when, and by which organisation."""

    at: float
    tenant: int


def even(chance: random.Random, seconds: float, others: Sequence[Asked]) -> list[Asked]:
    """The other half of the questions, spread over as many organisations again."""
    return sorted([*others, *_spread(chance, seconds, range(OTHERS, OTHERS + BUSY))], key=lambda each: each.at)


def skewed(chance: random.Random, seconds: float, others: Sequence[Asked]) -> list[Asked]:
    """As many from one organisation, in bursts."""
    pause = BURST / (PER_SECOND / 2)
    moments = [(at + chance.random() / 2) * pause for at in range(round(seconds / pause))]
    burst = [Asked(moment + at * BURST_SECONDS / BURST, OTHERS) for moment in moments for at in range(BURST)]
    return sorted([*others, *burst], key=lambda each: each.at)


def _spread(chance: random.Random, seconds: float, tenants: range) -> list[Asked]:
    found, at = list[Asked](), 0.0
    while (at := at + chance.expovariate(PER_SECOND / 2)) < seconds:
        found.append(Asked(at, chance.choice(tenants)))
    return found


async def times_of_others(path: HotPath, plan: Sequence[Asked], chance: random.Random) -> list[float]:
    """Ask every question at its moment; seconds until each of the others' was answered."""
    directory, loop, times = path.directory(), asyncio.get_running_loop(), list[float]()
    begun = loop.time() + 0.05
    tasks = set[asyncio.Task[None]]()

    async def ask(each: Asked) -> None:
        caller = directory.callers[client(each.tenant)]
        number, name, born = person_at(chance.randint(1, PERSONS))
        actor = Actor(caller.system.organisation, caller.system.client_id, "canbo01")
        request = AccessRequest(actor, Kind.VERIFY, "REST", "1.001193", "", PURPOSE, BASIS)
        claim = PersonClaim(name, PartialDate.parse(born), PersonalId.parse(number))
        await path.ask(Question(caller, request, claim, lambda _: b""))
        if each.tenant < OTHERS:
            times.append(loop.time() - begun - each.at)

    for each in plan:
        if (pause := begun + each.at - loop.time()) > 0:
            await asyncio.sleep(pause)
        task = asyncio.create_task(ask(each))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    return times


def client(tenant: int) -> str:
    return f"co-quan-{tenant}"


def p99(times: Sequence[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


async def compare(urls: Urls, seconds: float, pairs: int, seed: int) -> list[tuple[float, float]]:
    """The others' 99th percentiles in milliseconds, even and skewed, pair by pair."""
    path = HotPath(urls.gateway, SealingKey.from_folder(read_config().key_dir), lambda: datetime.now(UTC))
    await path.start()
    while not path.is_ready:
        await asyncio.sleep(0.01)
    found: list[tuple[float, float]] = []
    try:
        for at in range(pairs + 1):
            chance = random.Random(f"{seed}-{at}")
            others = _spread(chance, seconds, range(OTHERS))
            plans = even(chance, seconds, others), skewed(chance, seconds, others)
            calm, busy = [p99(await times_of_others(path, plan, chance)) * 1e3 for plan in plans]
            if at:  # the first pair warms
                found.append((calm, busy))
        return found
    finally:
        await path.stop()


def fair(size: int, seed: int) -> Finding:
    """R18: `size` seconds of each round."""
    with own_server() as urls:
        fill_by_arithmetic(urls, PERSONS)
        connect_partner(volume=VOLUME)
        _connect(urls)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            found = runner.run(compare(urls, size, PAIRS, seed))
            before = hot.TurnQueue
            hot.TurnQueue = OneLine  # type: ignore[misc,assignment]
            try:
                control = runner.run(compare(urls, size, CONTROL_PAIRS, seed))
            finally:
                hot.TurnQueue = before  # type: ignore[misc]
    return Finding(
        _ratio(found) <= RATIO_MAX,
        f"one sends seven times its share in bursts of {BURST}, {PER_SECOND} questions a second in all as before: {_said(found)}",
        (Control("one line for everybody", _ratio(control) > RATIO_MAX, _said(control)),),
    )


def _ratio(pairs: Sequence[tuple[float, float]]) -> float:
    return statistics.median(busy / calm for calm, busy in pairs)


def _said(pairs: Sequence[tuple[float, float]]) -> str:
    calm, busy = (statistics.median(column) for column in zip(*pairs, strict=True))
    return f"others' p99 {calm:.1f} ms before, {busy:.1f} ms now, median of the pairs {_ratio(pairs):.2f} times"


def _connect(urls: Urls) -> None:
    """Fourteen organisations with a system each, like the one that stands there."""
    key = SealingKey.from_folder(read_config().key_dir)
    with psycopg.connect(urls.owner) as connection:
        for tenant in range(OTHERS + BUSY):
            name = client(tenant)
            connection.execute(_SYSTEM, [name, f"H{70 + tenant}", seal_secret(key, name, "bi-mat"), CLIENT])
            connection.execute(_REGISTRATION, [name])
            connection.execute(_LINE, [name, CLIENT])
            connection.execute(_GRANT, [name])
            connection.execute("insert into onboarding_account (organisation, account) values (%s, 'canbo01')", [f"H{70 + tenant}"])
