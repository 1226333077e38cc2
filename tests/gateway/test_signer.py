"""The process beside the gateway that verifies and makes signatures: the same answers, and nobody waits for one that is gone."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from joserfc.util import urlsafe_b64encode

from dancu.gateway import signer as module
from dancu.gateway.signer import Signer, Told, ToSign, ToVerify, work
from dancu.kernel.signing import ED25519, ES256, MessageKey

pytestmark = pytest.mark.slow
COUNT = 200


@pytest.fixture(params=[ED25519, ES256])
def own(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MessageKey:
    """The gateway's key; on the disk lies another one by now."""
    (tmp_path / "keys").mkdir()
    MessageKey.generate().write(tmp_path / "keys" / "messages.key")
    monkeypatch.setenv("DANCU_HOME", str(tmp_path))
    return MessageKey.generate(request.param)


@asynccontextmanager
async def running(own: MessageKey) -> AsyncIterator[tuple[Signer, psutil.Process]]:
    """A signer whose process is there; in its first moments it works without one."""
    signer = Signer(own)
    try:
        deadline = time.monotonic() + 20
        while signer._process is None and time.monotonic() < deadline:
            assert await signer.do(to_verify(own, b"first")) is True
            await asyncio.sleep(0.02)
        assert signer._process is not None
        yield signer, psutil.Process(signer._process.pid)
    finally:
        await signer.stop()


def to_verify(own: MessageKey, covered: bytes, *, signed: bytes | None = None) -> ToVerify:
    return ToVerify(own.public.text, own.algorithm, covered, own.signature(own.algorithm, signed or covered))


async def ask_many(signer: Signer, own: MessageKey) -> list[Told]:
    tasks = [to_verify(own, b"%d" % at, signed=b"another" if at % 3 == 0 else None) for at in range(COUNT)]
    return await asyncio.gather(*[signer.do(task) for task in tasks])


EXPECTED = [at % 3 != 0 for at in range(COUNT)]


def checked(own: MessageKey, do: Callable[[Signer, psutil.Process], Awaitable[None]]) -> None:
    async def go() -> None:
        async with running(own) as (signer, process):
            await do(signer, process)

    asyncio.run(go())


def test_what_gathers_is_done_by_the_process_and_told_to_who_asked(own: MessageKey) -> None:
    async def do(signer: Signer, process: psutil.Process) -> None:
        before = process.cpu_times().user
        assert await ask_many(signer, own) == EXPECTED
        made = await asyncio.gather(*[signer.do(ToSign(own.algorithm, b"%d" % at)) for at in range(COUNT)])
        assert all(own.public.holds(own.algorithm, b"%d" % at, told) for at, told in enumerate(made))
        for _ in range(20):
            await ask_many(signer, own)
        assert process.cpu_times().user > before  # it was there that they were made

    checked(own, do)


def test_a_process_that_is_killed_keeps_nobody_waiting_and_comes_back(own: MessageKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.1)

    async def do(signer: Signer, process: psutil.Process) -> None:
        asked = asyncio.create_task(ask_many(signer, own))
        await asyncio.sleep(0.001)
        process.kill()
        assert await asyncio.wait_for(asked, 5) == EXPECTED
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and (signer._process is None or signer._process.pid == process.pid):
            assert await ask_many(signer, own) == EXPECTED
            await asyncio.sleep(0.02)
        assert signer._process is not None

    checked(own, do)


def test_a_process_that_hangs_keeps_nobody_waiting(own: MessageKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_SECONDS_MAX", 0.3)

    async def do(signer: Signer, process: psutil.Process) -> None:
        process.suspend()
        assert await asyncio.wait_for(ask_many(signer, own), 5) == EXPECTED

    checked(own, do)


def test_it_ends_with_the_gateway_however_that_ends(own: MessageKey) -> None:
    async def do(signer: Signer, process: psutil.Process) -> None:
        await signer.stop()
        process.wait(5)

    checked(own, do)

    read, write = os.pipe()
    child = os.fork()
    if child == 0:  # a gateway that is killed

        async def go() -> None:
            async with running(own) as (_, process):
                os.write(write, b"%d\n" % process.pid)
                await asyncio.sleep(60)

        asyncio.run(go())
    os.close(write)
    with os.fdopen(read) as told:
        process = psutil.Process(int(told.readline()))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        process.wait(5)


def test_a_signature_that_is_no_base64_does_not_hold(own: MessageKey) -> None:
    good = own.signature(own.algorithm, b"text")
    broken = (b"", b"*", good[:-4], good + b"AAAA", urlsafe_b64encode(b"0" * 64))
    assert work(own, [ToVerify(own.public.text, own.algorithm, b"text", each) for each in (good, *broken)]) == [True] + [False] * 5
    assert work(own, [ToVerify(own.public.text, "none", b"text", good)]) == [False]
