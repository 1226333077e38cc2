"""A front that stands before our own hub and harms one thing: what it passes on, or what it brings back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import aiohttp
from aiohttp import web

_HOP = ("connection", "keep-alive", "transfer-encoding", "content-length", "host", "expect")


@dataclass(frozen=True)
class Sent:
    """What the kit sent."""

    method: str
    path: str  # with the query
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def with_header(self, name: str, value: str) -> Sent:
        rest = tuple(each for each in self.headers if each[0].lower() != name.lower())
        return replace(self, headers=(*rest, (name, value)))

    def without(self, name: str) -> Sent:
        return replace(self, headers=tuple(each for each in self.headers if each[0].lower() != name.lower()))


@dataclass(frozen=True)
class Got:
    """What goes back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def with_header(self, name: str, value: str) -> Got:
        rest = tuple(each for each in self.headers if each[0].lower() != name.lower())
        return replace(self, headers=(*rest, (name, value)) if value else rest)

    def swapped(self, old: str, new: str) -> Got:
        return replace(self, body=self.body.replace(old.encode(), new.encode()))


class Fault:
    """No harm at all; the planted ones override what they harm. `seen` is a memory for those that need one."""

    def __init__(self) -> None:
        self.seen: dict[object, Got] = {}
        self.delay = 0.0
        self.truncates = self.closes = False

    def to_server(self, sent: Sent) -> Sent | Got:
        return sent

    def to_client(self, sent: Sent, got: Got) -> Got:
        return got


@dataclass
class Front:
    """A reverse proxy in a thread of its own."""

    target: str
    fault: Fault = field(default_factory=Fault)
    port: int = 0

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        fault = self.fault
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.raw_headers]
        sent = Sent(
            request.method, request.raw_path, tuple(each for each in headers if each[0].lower() not in _HOP), await request.read()
        )
        passed = fault.to_server(sent)
        got = fault.to_client(sent, passed if isinstance(passed, Got) else await self._ask(passed))
        await asyncio.sleep(fault.delay)
        if fault.truncates:
            return await _half(request, got)
        response = web.Response(status=got.status, body=got.body if request.method != "HEAD" else b"")
        for name, value in got.headers:
            response.headers[name] = value
        if fault.closes:
            response.force_close()
        return response

    async def _ask(self, sent: Sent) -> Got:
        skipped = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
        async with (
            aiohttp.ClientSession(skip_auto_headers=skipped, auto_decompress=False) as session,
            session.request(
                sent.method, self.target + sent.path, headers=list(sent.headers), data=sent.body or None, allow_redirects=False
            ) as response,
        ):
            body = await response.read()
            kept = tuple((name, value) for name, value in response.headers.items() if name.lower() not in (*_HOP, "date", "server"))
            return Got(response.status, kept, body)


async def _half(request: web.Request, got: Got) -> web.StreamResponse:
    response = web.StreamResponse(status=got.status, headers={"Content-Length": str(len(got.body))})
    await response.prepare(request)
    await response.write(got.body[: len(got.body) // 2])
    assert request.transport is not None
    request.transport.close()
    return response


@contextmanager
def a_front(target: str) -> Iterator[Front]:
    """Serve it while the block lasts."""
    front, loop, ready = Front(target), asyncio.new_event_loop(), threading.Event()

    async def start() -> None:
        application = web.Application(client_max_size=4 * 1024 * 1024)
        application.router.add_route("*", "/{path:.*}", front.answer)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        front.port = runner.addresses[0][1]
        ready.set()

    loop.create_task(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield front
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
