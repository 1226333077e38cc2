"""A process beside the gateway that verifies and makes signatures, many at a time: they are most of what a signed question costs.

The gateway's one thread would stand still for each; here they use another core, where there is one that no gateway uses. It starts
with the first signed call. A few at a time are made at once, without a journey; so is every one while the process is away: it is
help, never a condition.
"""

from __future__ import annotations

import asyncio
import json
import math
import signal
import struct
import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import BinaryIO

import msgspec
import structlog

from dancu.kernel.signing import MessageKey, PublicKey

BATCH_MAX = 16  # at some 150 µs for two: nobody waits for more than a few milliseconds of others
WORTH_A_JOURNEY = 4
BATCHES_UNDER_WAY = 2  # one is worked on, one waits for it
ANSWER_SECONDS_MAX = 1.0
PAUSE_SECONDS = 5.0  # before a process that ended is started again
_READY = b"."
_LENGTH = struct.Struct("<I")

log = structlog.get_logger("gateway")


class ToVerify(msgspec.Struct, frozen=True, tag="v", array_like=True):
    """Whether a signature over these bytes holds."""

    key: bytes  # a public JWK
    algorithm: str
    covered: bytes
    signature: bytes


class ToSign(msgspec.Struct, frozen=True, tag="s", array_like=True):
    """The signature of our own key over these bytes."""

    algorithm: str
    covered: bytes


Task = ToVerify | ToSign
Told = bool | bytes
Asked = tuple[Task, asyncio.Future[Told]]
_encode = msgspec.msgpack.Encoder().encode
_decode_tasks = msgspec.msgpack.Decoder(list[Task]).decode
_decode_told = msgspec.msgpack.Decoder(list[Told]).decode


def work(own: MessageKey | None, tasks: Sequence[Task]) -> list[Told]:
    """The signatures themselves, wherever they are made. Pure."""
    told: list[Told] = []
    for task in tasks:
        if isinstance(task, ToVerify):
            told.append(_public(task.key).holds(task.algorithm, task.covered, task.signature))
        else:
            assert own is not None
            told.append(own.signature(task.algorithm, task.covered))
    return told


@lru_cache(maxsize=4096)
def _public(key: bytes) -> PublicKey:
    return PublicKey.parse(key)


class Signer:
    """Where the gateway has signatures verified and made (*bộ ký và kiểm chữ ký*). Belongs to one event loop."""

    def __init__(self, own: MessageKey | None, *, has_help: bool = True) -> None:
        self._own, self._has_help = own, has_help
        self._waiting: list[Asked] = []
        self._under_way: list[list[Asked]] = []
        self._is_called = False
        self._process: asyncio.subprocess.Process | None = None
        self._life: asyncio.Task[None] | None = None
        self._rests_until = 0.0
        self._deadline: asyncio.TimerHandle | None = None

    async def do(self, task: Task) -> Told:
        """What `work` says of one task."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Told] = loop.create_future()
        self._waiting.append((task, done))
        if not self._is_called:  # after all that came in this turn of the loop
            self._is_called = True
            loop.call_soon(self._hand_on)
        return await done

    async def stop(self) -> None:
        self._rests_until = math.inf
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)

    def _hand_on(self) -> None:
        self._is_called = False
        if self._process is None and self._has_help:
            self._begin()
        if self._process is None or (len(self._waiting) < WORTH_A_JOURNEY and not self._under_way):
            asked, self._waiting = self._waiting, []
            self._do_here(asked)
        else:
            self._send()

    def _do_here(self, asked: Sequence[Asked]) -> None:
        _tell(asked, work(self._own, [task for task, _ in asked]))

    def _send(self) -> None:
        while self._process is not None and self._waiting and len(self._under_way) < BATCHES_UNDER_WAY:
            batch, self._waiting = self._waiting[:BATCH_MAX], self._waiting[BATCH_MAX:]
            self._under_way.append(batch)
            assert self._process.stdin is not None
            self._process.stdin.write(_framed(_encode([task for task, _ in batch])))
            if self._deadline is None:
                self._wait()

    def _wait(self) -> None:
        """Until the deadline for what is under way: a process that hangs is ended, and what it was asked is done here."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if self._under_way and self._process is not None:
            self._deadline = asyncio.get_running_loop().call_later(ANSWER_SECONDS_MAX, self._process.kill)

    def _begin(self) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._rests_until and (self._life is None or self._life.done()):
            self._rests_until = now + PAUSE_SECONDS
            self._life = asyncio.create_task(self._live())

    async def _live(self) -> None:
        process: asyncio.subprocess.Process | None = None
        try:
            pipe = asyncio.subprocess.PIPE
            process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, stdin=pipe, stdout=pipe)
            assert process.stdout is not None
            assert process.stdin is not None
            # The key goes along: one that was exchanged on the disk meanwhile is not the one whose name stands in our answers.
            process.stdin.write(_framed(json.dumps(self._own.as_jwk()).encode() if self._own is not None else b""))
            await process.stdout.readexactly(len(_READY))
            self._process = process
            while True:
                (length,) = _LENGTH.unpack(await process.stdout.readexactly(_LENGTH.size))
                told = _decode_told(await process.stdout.readexactly(length))
                _tell(self._under_way.pop(0), told)
                self._wait()
                self._send()
        except (OSError, EOFError, LookupError, ValueError, RuntimeError) as failure:
            log.warning("gateway.signer.ended", error=type(failure).__name__)
        finally:
            self._process = None
            left = [asked for batch in self._under_way for asked in batch] + self._waiting
            self._under_way, self._waiting = [], []
            self._wait()
            self._do_here(left)
            if process is not None:
                if process.returncode is None:
                    process.kill()
                await process.communicate()  # to the end of its pipes


def _tell(asked: Sequence[Asked], told: Sequence[Told]) -> None:
    for (_, done), each in zip(asked, told, strict=True):
        if not done.done():
            done.set_result(each)


def _framed(text: bytes) -> bytes:
    return _LENGTH.pack(len(text)) + text


def _serve(asked: BinaryIO, told: BinaryIO) -> None:
    """What the process does until the gateway closes its end, however that ends. The first it is told is the key."""
    given = _read_frame(asked)
    own = MessageKey.parse(given) if given else None
    told.write(_READY)
    told.flush()
    while (tasks := _read_frame(asked)) is not None:
        told.write(_framed(_encode(work(own, _decode_tasks(tasks)))))
        told.flush()


def _read_frame(source: BinaryIO) -> bytes | None:
    head = source.read(_LENGTH.size)
    return source.read(*_LENGTH.unpack(head)) if len(head) == _LENGTH.size else None


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends when the gateway has
    _serve(sys.stdin.buffer, sys.stdout.buffer)
