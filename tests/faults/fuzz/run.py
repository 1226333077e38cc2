"""Thousands of changed calls against one real gateway, each a function of seed and number, each answer judged.

`python -m tests.faults.fuzz.run SEED NUMBER` sends one of them again and shows it.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import psutil

from tests.faults.fuzz import calls, framing, judge, surface
from tests.faults.fuzz.call import Call
from tests.faults.fuzz.framing import Sent
from tests.faults.fuzz.histories import History
from tests.faults.fuzz.judge import Violation
from tests.faults.fuzz.surface import Means
from tests.faults.fuzz.wire import Answer, Connection, Unreadable
from tests.gateway.process import GatewayProcess

AT_ONCE = 16
HISTORIES_AT_ONCE = 4
AGAIN_SECONDS, AGAIN_TIMES = 0.5, 8  # a stalled machine: asked again, and then it must be well
KEPT = 200  # violations
TOLD = (
    b"<ns1:CongDan>",
    b"<ns1:HoGiaDinh>",
    b"<ns1:TonTai>true",
    b'"CongDan":',
    b'"outcome":"match"',
    b'"outcome":"folded"',
    b'"RESULT":1',
)


@dataclass
class Met:
    """What came of a run."""

    cases: int = 0
    answers: int = 0
    told: int = 0  # answers that told about a person: the change was survived down to the registry
    silent: int = 0  # requests that were never whole and got no answer
    again: int = 0  # 503, and well when asked again
    blamed: int = 0  # faults of the strict profile
    slowest: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    contracts: Counter[tuple[str, int]] = field(default_factory=Counter)  # answers by contract and status
    violations: list[Violation] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    warm_bytes: int = 0
    end_bytes: int = 0
    seconds: float = 0.0

    def add(self, violation: Violation) -> None:
        self.kinds[violation.kind] += 1
        if len(self.violations) < KEPT:
            self.violations.append(violation)


def case(seed: int, number: int, means: Means) -> tuple[Call, Sent]:
    """The call of that number; always the same, but for moments, tokens and signatures."""
    chance = random.Random(f"{seed}/{number}")
    call = surface.changed(calls.call_of(chance), means, chance)
    return call, framing.framed(call, chance)


def fuzz(gateway: GatewayProcess, means: Means, seed: int, size: int, *, stop_at: str = "") -> Met:
    """Send the cases 1 … size. `stop_at`: end as soon as a violation of this kind is met."""
    return asyncio.run(_Run(gateway, means, seed, stop_at).cases(range(1, size + 1)))


def walk(gateway: GatewayProcess, means: Means, seed: int, histories: int) -> Met:
    """So many histories of a hundred steps each."""
    return asyncio.run(_Run(gateway, means, seed, "").histories(histories))


class _Run:
    def __init__(self, gateway: GatewayProcess, means: Means, seed: int, stop_at: str) -> None:
        self._gateway, self._means, self._seed, self._stop_at = gateway, means, seed, stop_at
        self._met = Met()

    async def cases(self, numbers: Sequence[int]) -> Met:
        began = time.monotonic()
        self._left, self._warm = iter(numbers), len(numbers) // 10
        self._met.warm_bytes = resident(self._gateway)
        await asyncio.gather(*(self._work() for _ in range(AT_ONCE)))
        self._met.end_bytes, self._met.seconds = resident(self._gateway), time.monotonic() - began
        return self._met

    async def _work(self) -> None:
        connection = Connection(self._gateway.port)
        for number in self._left:
            if self._stop_at and self._met.kinds[self._stop_at]:
                break
            call, sent = case(self._seed, number, self._means)
            await self._one(number, call, sent, connection)
            self._met.cases += 1
            if self._met.cases == self._warm:
                self._met.warm_bytes = resident(self._gateway)
        await connection.close()

    async def histories(self, count: int) -> Met:
        self._met.warm_bytes = resident(self._gateway)
        left = iter(range(1, count + 1))
        await asyncio.gather(*(self._history(left) for _ in range(HISTORIES_AT_ONCE)))
        self._met.end_bytes = resident(self._gateway)
        return self._met

    async def _history(self, left: Iterator[int]) -> None:
        connection = Connection(self._gateway.port)
        for number in left:
            history = History(self._seed, number)
            for call in history.steps():
                surface.sign_on(call, self._means)
                for answer in await self._one(number, call, framing.plain(call), connection):
                    history.learn(answer)
                self._met.cases += 1
        await connection.close()

    async def _one(self, number: int, call: Call, sent: Sent, connection: Connection) -> list[Answer]:
        def wrong(kind: str, words: str) -> None:
            self._met.add(Violation(number, kind, words, call.contract, ", ".join(call.wrong)))

        try:
            answers = await self._patiently(sent, connection)
        except TimeoutError:
            await connection.close()
            wrong("slow", "no answer in time")
            return []
        except (Unreadable, OSError, asyncio.IncompleteReadError) as failure:
            await connection.close()
            wrong("unreadable", str(failure) if isinstance(failure, Unreadable) else type(failure).__name__)
            return []
        if not answers:
            self._met.silent += 1
            if sent.is_plain:
                wrong("silence", "the connection ended without an answer")
        for answer in answers:
            self._count(call, answer)
            for kind, words in judge.faults_of(call, sent, answer):
                wrong(kind, words)
        return answers

    async def _patiently(self, sent: Sent, connection: Connection) -> list[Answer]:
        answers = await connection.exchange(sent)
        for _ in range(AGAIN_TIMES):
            if not any(answer.status == 503 for answer in answers):
                break
            self._met.again += 1
            await asyncio.sleep(AGAIN_SECONDS)
            answers = await connection.exchange(sent)
        return answers

    def _count(self, call: Call, answer: Answer) -> None:
        met = self._met
        met.answers += 1
        met.statuses[answer.status] += 1
        met.contracts[call.contract, answer.status] += 1
        met.slowest = max(met.slowest, answer.seconds)
        met.told += any(sign in answer.body for sign in TOLD)
        met.blamed += judge.is_fault_of_caller(call, answer)


def resident(gateway: GatewayProcess) -> int:
    """Bytes of memory the gateway's processes hold."""
    assert gateway._process is not None
    whole = psutil.Process(gateway._process.pid)
    return sum(process.memory_info().rss for process in (whole, *whole.children(recursive=True)))


if __name__ == "__main__":
    from tests.faults.fuzz.trial import show

    show(int(sys.argv[1]), int(sys.argv[2]))
