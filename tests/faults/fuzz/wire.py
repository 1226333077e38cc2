"""A client that sends bytes as they are and reads answers by the letter of HTTP/1.1; what it cannot read is a finding."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from dataclasses import dataclass

from tests.faults.fuzz.framing import Sent

ANSWER_SECONDS_MAX = 30.0
PATIENCE_SECONDS = 0.7  # for a request that may never be whole: then our side ends, and the server must let go
HEAD_MAX = 256 * 1024
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3})( [^\r\n]*)?")
_FIELD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*[^\x00-\x08\x0a-\x1f\x7f]*")


class Unreadable(Exception):
    """The answer is not HTTP."""


@dataclass(frozen=True)
class Answer:
    """One answer, read whole."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


@dataclass
class Connection:
    """One connection, used for one request after another while both sides keep it."""

    port: int
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def exchange(self, sent: Sent) -> list[Answer]:
        """Every answer to what was sent; none where the server let go without one. Raises `TimeoutError`, `Unreadable`."""
        if not sent.is_plain:
            await self.close()
            return await self._on_its_own(sent)
        was_used = self._streams is not None
        try:
            answers = await self._once(sent)
        except (ConnectionError, asyncio.IncompleteReadError):
            answers = []
            await self.close()
        if not answers and was_used:  # the server may end an idle connection at any moment
            answers = await self._once(sent)
        if not answers or answers[-1].headers.get("connection", "") == "close" or answers[-1].status in (400, 413):
            await self.close()
        return answers

    async def close(self) -> None:
        if self._streams is not None:
            writer = self._streams[1]
            self._streams = None
            writer.close()
            with suppress(ConnectionError, OSError):
                await writer.wait_closed()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port, limit=HEAD_MAX)
        return self._streams

    async def _once(self, sent: Sent) -> list[Answer]:
        reader, writer = await self._open()
        began = time.monotonic()
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            writer.write(sent.pieces[0])
            read = asyncio.ensure_future(_read(reader, sent.method, began))
            with suppress(ConnectionError):  # refused half way: its answer is there all the same
                await writer.drain()
            told = await read
        return [told] if told is not None else []

    async def _on_its_own(self, sent: Sent) -> list[Answer]:
        reader, writer = await self._open()
        began = time.monotonic()
        answers: list[Answer] = []
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                for piece in sent.pieces:
                    writer.write(piece)
                    with suppress(ConnectionError):
                        await writer.drain()
                    if len(sent.pieces) > 1:
                        await asyncio.sleep(0.001)
                while len(answers) < sent.answers and (told := await self._next(reader, writer, sent.method, began)) is not None:
                    answers.append(told)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # a server may reset a connection that garbled bytes came over
        finally:
            await self.close()
        return answers

    async def _next(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, method: str, began: float) -> Answer | None:
        pending = asyncio.ensure_future(_read(reader, method, began))
        done, _ = await asyncio.wait({pending}, timeout=PATIENCE_SECONDS)
        if not done and writer.can_write_eof():
            with suppress(OSError, RuntimeError):
                writer.write_eof()
        return await pending


async def _read(reader: asyncio.StreamReader, method: str, began: float) -> Answer | None:
    """The next final answer; None at the end of the connection."""
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as ended:
            if ended.partial:
                raise Unreadable("the head of an answer is not whole") from None
            return None
        except asyncio.LimitOverrunError:
            raise Unreadable("the head of an answer has no end") from None
        lines = head[:-4].split(b"\r\n")
        told = _STATUS.fullmatch(lines[0])
        if told is None or not all(_FIELD.fullmatch(line) for line in lines[1:]):
            raise Unreadable("the head of an answer is not HTTP/1.1")
        status = int(told[1])
        if status < 200:
            continue
        headers = {
            name.decode().lower(): value.strip().decode("latin-1")
            for name, _, value in (line.partition(b":") for line in lines[1:])
        }
        if status == 204 and "content-length" in headers:
            raise Unreadable("an answer without content that states a length")
        is_of_server = status == 400 and headers.get("content-type", "").startswith("text/plain")  # it does not know the method
        body = await _body(reader, headers, has_none=(method == "HEAD" and not is_of_server) or status in (204, 304))
        return Answer(status, headers, body, time.monotonic() - began)


async def _body(reader: asyncio.StreamReader, headers: dict[str, str], has_none: bool) -> bytes:
    if has_none:
        return b""
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int((await reader.readline()).strip() or b"0", 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
        return body
    if "content-length" not in headers:
        if headers.get("connection") == "close":
            return await reader.read()
        raise Unreadable("an answer without a length")
    return await reader.readexactly(int(headers["content-length"]))
