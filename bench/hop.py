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
from typing import Any

import aiohttp

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
            asyncio.run(_round(levels.direct, rate, 1))  # warm
            asyncio.run(_round(levels.through, rate, 1))
            for _ in range(rounds):
                direct.append(asyncio.run(_round(levels.direct, rate, seconds)))
                through.append(asyncio.run(_round(levels.through, rate, seconds)))
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
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64), headers=headers) as session:

        async def ask(body: bytes, due: float) -> None:
            async with session.post(url, data=body) as answer:
                told = await answer.read()
            if answer.status != 201:
                raise RuntimeError(f"{answer.status}: {told[:300]!r}")
            found.append((time.perf_counter() - due) * 1000)

        began = time.perf_counter() + 0.1
        tasks = []
        for at in range(int(rate * seconds)):
            due = began + at / rate
            if (pause := due - time.perf_counter()) > 0:
                await asyncio.sleep(pause)
            tasks.append(asyncio.create_task(ask(bodies[at % len(bodies)], due)))
        await asyncio.gather(*tasks)
    return found


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv)))
