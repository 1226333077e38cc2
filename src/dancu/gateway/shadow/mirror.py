"""Running beside a service in use (*chạy song song*): its answer goes back untouched, ours is compared with it afterwards.

A system calls `/song-song/{client}/{our own address}` instead of its present service; taking `/song-song/{client}` out of the
address is the switch, and putting the old address back is the way back. Who calls must be in the system's networks.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import aiohttp
import structlog

from dancu.exchange.hot import CAME, CHECKED_BEFORE, HotPath
from dancu.exchange.trial.tried import is_tried
from dancu.gateway import callers, problems
from dancu.gateway.calls import HttpCall, NotMirrored, Reply, Route
from dancu.gateway.dialects.operations import find_operation
from dancu.gateway.shadow.differences import Told, differences
from dancu.gateway.shadow.tally import Tally
from dancu.kernel.errors import Unavailable
from dancu.onboarding.reader import KnownCaller

SECONDS_MAX = 30.0
CONNECTIONS_MAX = 64
WAITING_MAX, WAITING_BYTES_MAX = 2000, 64 * 1024 * 1024
COMPARERS = 4
ANSWER_BYTES_MAX = 4 * 1024 * 1024
# Of the connection, not of the message (RFC 9110, 7.6.1), and what the relay sets itself.
_OF_THE_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade host content-length".split()
)
_SET_HERE = _OF_THE_HOP | {b"content-type", b"cache-control"}
_WITH_CLIENT = frozenset({"adapter", "sharepoint", "opencps", "warehouse", "json"})  # contracts whose address names the system

log = structlog.get_logger("gateway")


class Waiting(NamedTuple):
    """A call that was answered by the service in use and is still to be compared."""

    caller: KnownCaller
    call: HttpCall
    in_use: Told


class Mirror:
    """One process's relay and its comparers (*bản sao lưu lượng*)."""

    def __init__(self, route_of: Callable[[str], Route | None]) -> None:
        self._own_route_of = route_of
        self.tally = Tally()
        self._waiting: deque[Waiting] = deque()
        self._waiting_bytes = 0
        self._wake = asyncio.Event()
        self._session: aiohttp.ClientSession | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self.route = Route({"POST": self.answer, "GET": self.answer}, _failed)

    def route_of(self, path: str) -> Route | None:
        """The contract that answers at an address: what is only mirrored, or our own."""
        return self.route if path.startswith("/song-song/") else self._own_route_of(path)

    def start(self, hot: HotPath) -> None:
        hot.kept.append(self.tally)
        self._tasks = [asyncio.create_task(self._compare_all(hot)) for _ in range(COMPARERS)]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def answer(self, hot: HotPath, call: HttpCall) -> Reply:
        """Pass on and give back, byte for byte. Raises `Unavailable` when the service in use does not answer."""
        client_id, own_path = _parts(call.path)
        caller = hot.directory().callers.get(client_id)
        if caller is None or not _may_mirror(caller, call):
            hot.security_log.note("shadow.unauthenticated", call.address)
            return _problem("not_found")
        reply = await self._pass_on(call, caller.system.profile.shadow_url, own_path)
        asked = replace(call, path=own_path, known_as=callers.beside(caller))
        is_crowded = len(self._waiting) >= WAITING_MAX or self._waiting_bytes + len(reply.body) > WAITING_BYTES_MAX
        # A system in trial is answered about invented persons: there is nothing to compare.
        if self._own_route_of(own_path) is None or is_crowded or is_tried(caller.system):
            self.tally.leave_out(client_id, _operation(asked))
        else:
            self._waiting_bytes += len(reply.body)
            self._waiting.append(Waiting(caller, asked, Told(reply.status, reply.body)))
            self._wake.set()
        return reply

    async def _pass_on(self, call: HttpCall, base: str, own_path: str) -> Reply:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX, keepalive_timeout=10.0),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=SECONDS_MAX, sock_connect=3.0),
                auto_decompress=False,
            )
        headers = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in call.headers.items() if n not in _OF_THE_HOP]
        url = base.rstrip("/") + _rest(own_path) + (f"?{call.query}" if call.query else "")
        try:
            async with self._session.request(
                call.method, url, data=call.body, headers=headers, allow_redirects=False, skip_auto_headers=("User-Agent", "Accept")
            ) as response:
                body = await response.content.read(ANSWER_BYTES_MAX)
                while more := await response.content.read(ANSWER_BYTES_MAX):
                    body += more
                    if len(body) > ANSWER_BYTES_MAX:
                        raise Unavailable(
                            "shadow.too_large", "Câu trả lời của dịch vụ đang dùng quá lớn.", "The answer is too large."
                        )
                kept = [
                    (n.lower(), v)
                    for n, v in response.raw_headers
                    if n.lower() not in _OF_THE_HOP | {b"content-type", b"cache-control"}
                ]
                return Reply(response.status, response.headers.get("Content-Type", "").encode("latin-1"), body, kept)
        except (aiohttp.ClientError, OSError, TimeoutError) as failure:
            log.warning("gateway.shadow.not_answered", error=type(failure).__name__)
            raise Unavailable(
                "shadow.unavailable",
                "Dịch vụ đang dùng không trả lời; hub này chỉ chuyển tiếp nên chưa trả lời thay.",
                "The service in use does not answer; this hub only passes on.",
            ) from None

    async def _compare_all(self, hot: HotPath) -> None:
        CAME.set(CHECKED_BEFORE)  # signatures were made for the service in use
        while True:
            while not self._waiting:
                self._wake.clear()
                await self._wake.wait()
            waiting = self._waiting.popleft()
            client_id, operation = waiting.caller.system.client_id, _operation(waiting.call)
            self._waiting_bytes -= len(waiting.in_use.body)
            try:
                ours = await self._ask_us(hot, waiting.call)
                self.tally.add(client_id, operation, differences(waiting.in_use, Told(ours.status, ours.body)))
            except NotMirrored:
                self.tally.leave_out(client_id, operation)
            except Exception as failure:  # whatever it is: the next one is compared
                log.warning("gateway.shadow.not_compared", error=type(failure).__name__)
                self.tally.leave_out(client_id, operation)

    async def _ask_us(self, hot: HotPath, call: HttpCall) -> Reply:
        route = self._own_route_of(call.path)
        assert route is not None
        answer = route.methods.get(call.method)
        if answer is None:
            return _problem("method")
        try:
            return await answer(hot, call)
        except NotMirrored:
            raise
        except Exception as failure:
            return route.failed(failure)


def _parts(path: str) -> tuple[str, str]:
    """`/song-song/{client}/{address}`: the client and our own address."""
    _, _, client_id, *rest = [*path.split("/"), ""] if path.count("/") < 2 else path.split("/")
    return client_id, "/" + "/".join(rest)


def _rest(own_path: str) -> str:
    """What follows the contract's own prefix: that much the address in use has in common with ours."""
    segments = own_path.split("/")[1:]
    dropped = 2 if segments[0] in _WITH_CLIENT else 1
    rest = "/".join(segments[dropped:])
    return f"/{rest}" if rest else ""


def _may_mirror(caller: KnownCaller, call: HttpCall) -> bool:
    """A service in use is set, and the call comes from the system's own network: its credentials are not for us to check."""
    profile = caller.system.profile
    return bool(profile.shadow_url) and callers.is_inside(call.address, profile.networks)


_CALLED = re.compile(rb"Body[^>]*>\s*<(?:[\w.-]+:)?(\w{1,60})[\s/>]")


def _operation(call: HttpCall) -> str:
    """What was asked, for the report: an operation of the contract, or the contract's own address."""
    named = _CALLED.search(call.body[:4000])
    operation = named.group(1).decode("ascii", "replace") if named else ""
    return operation if operation and find_operation(operation) else call.path.split("/")[1][:40]


def _problem(name: str) -> Reply:
    problem = problems.known(name)
    return Reply(problem.status, problems.CONTENT_TYPE, problems.encode(problem))


def _too_large() -> Unavailable:
    return Unavailable(
        "shadow.too_large",
        "Câu trả lời của dịch vụ đang dùng quá lớn.",
        "The answer of the service in use is too large.",
    )


def _failed(failure: Exception) -> Reply:
    status = failure.status if isinstance(failure, Unavailable) else 500
    text = failure.message if isinstance(failure, Unavailable) else "Lỗi nội bộ."
    return Reply(502 if status == 503 else status, b"text/plain; charset=utf-8", text.encode())
