"""What a hop costs: the same verification asked at the national hub, and through a provincial hub in front of it.

Open loop: questions leave by the clock, 200 a second, whether or not the earlier ones were answered; latency counts from when a
question was due. Rounds of direct and through alternate, so that a noisy neighbour meets both; medians of the rounds are compared.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import uvloop

from bench.two_levels import two_levels

LIMIT_MS = 15.0


def run(*, quick: bool, out: Any = sys.stderr) -> dict[str, Any]:
    """Measure; gives the result that is printed as the last line."""
    seconds, rounds, rate = (5, 3, 200) if quick else (20, 5, 200)
    scratch = Path(tempfile.mkdtemp(prefix="dancu-hop-", dir="/var/tmp"))
    scratch.chmod(0o755)
    try:
        with two_levels(scratch) as levels:
            direct, through = [], []
            uvloop.run(_round(levels.direct, rate, 1))  # warm
            uvloop.run(_round(levels.through, rate, 1))
            for _ in range(rounds):
                direct.append(uvloop.run(_round(levels.direct, rate, seconds)))
                through.append(uvloop.run(_round(levels.through, rate, seconds)))
                print(f"direct {_told(direct[-1])}  through {_told(through[-1])}", file=out)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    at = {name: statistics.median(p99(each) for each in found) for name, found in (("direct", direct), ("through", through))}
    overhead = at["through"] - at["direct"]
    return {
        "name": "hop",
        "value": round(overhead, 2),
        "unit": "ms p99",
        "limit": LIMIT_MS,
        "ratio": round(LIMIT_MS / max(overhead, 0.01), 2),
        "size": rate * seconds * rounds,
        "machine": f"{os.cpu_count()} cores",
        "p99_ms": {name: round(value, 2) for name, value in at.items()},
        "median_ms": {
            name: round(statistics.median(statistics.median(each) for each in found), 2)
            for name, found in (("direct", direct), ("through", through))
        },
        "rate": rate,
    }


def p99(latencies: list[float]) -> float:
    return statistics.quantiles(latencies, n=100)[98]


def _told(latencies: list[float]) -> str:
    return f"p50 {statistics.median(latencies):.1f} p99 {p99(latencies):.1f} ms"


async def _round(asked: tuple[str, dict[str, str], list[bytes]], rate: int, seconds: float) -> list[float]:
    """Latencies in milliseconds. Raises when an answer is not a good one."""
    url, headers, bodies = asked
    found: list[float] = []
    idle: list[_Connection] = []
    host, port, path = urlsplit(url).hostname or "", urlsplit(url).port or 80, urlsplit(url).path
    head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": host, **headers}.items())
    sent = [f"POST {path} HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in bodies]

    async def ask(text: bytes, due: float) -> None:
        connection = idle.pop() if idle else await _Connection.to(host, port)
        status, told = await connection.ask(text)
        if status != 201:
            raise RuntimeError(f"{status}: {told[:300]!r}")
        found.append((time.perf_counter() - due) * 1000)
        idle.append(connection)

    began = time.perf_counter() + 0.1
    tasks = []
    for at in range(int(rate * seconds)):
        due = began + at / rate
        if (pause := due - time.perf_counter()) > 0:
            await asyncio.sleep(pause)
        tasks.append(asyncio.create_task(ask(sent[at % len(sent)], due)))
    await asyncio.gather(*tasks)
    for connection in idle:
        connection.close()
    return found


class _Connection(NamedTuple):
    """One that is kept, with as little around it as there can be: who asks shares the processor with who is measured."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def to(cls, host: str, port: int) -> _Connection:
        return cls(*await asyncio.open_connection(host, port))

    async def ask(self, text: bytes) -> tuple[int, bytes]:
        self.writer.write(text)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        return int(head.split(" ", 2)[1]), await self.reader.readexactly(length)

    def close(self) -> None:
        self.writer.close()


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv)))
