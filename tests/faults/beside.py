"""A system is moved beside a service in use: what it gets is that service's answer, and ours is compared with it.

The service in use is a second door of the same registry, so equal answers are equal for sure; in some of them one element is
changed on the way, each in its own manner. Every planted difference must be reported under its element, and nothing else.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Callable

import aiohttp
import psycopg
from aiohttp import web

from dancu.cli.launcher.postgres import Urls
from tests.faults.finding import Control, Finding
from tests.faults.surroundings import filled_server, laboratory
from tests.field_clients import clients
from tests.field_clients.clients import BUILDERS, Person
from tests.gateway.process import CLIENT, SECRET, GatewayProcess, command

PLANTED = 20
AT_ONCE = 8
WAIT_SECONDS_MAX = 60.0
PEOPLE = (
    Person("046090000101", "Trần Văn Hòa", "19900517", "191000101"),
    Person("046155000102", "Lê Thị Năm Sinh", "1955"),
    Person("046048000103", "Phạm Khuất", "19480719"),
    Person("046190000105", "Võ Thị Số Mới", "19900517"),  # a replaced number: an answer without a citizen
)
SOMEBODY = b"><ns1:CongDan><ns1:Khac>1</ns1:Khac></ns1:CongDan>"
MANNERS: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    ("changed", lambda sent: re.sub(rb"<ns1:GioiTinh>\d</ns1:GioiTinh>", b"<ns1:GioiTinh>9</ns1:GioiTinh>", sent)),
    ("changed", lambda sent: re.sub(rb"<ns1:Ten>[^<]+</ns1:Ten>", "<ns1:Ten>KHÁC TÊN</ns1:Ten>".encode(), sent)),
    ("missing", lambda sent: sent.replace(b"</ns1:CongDan>", b"<ns1:MaSoThue></ns1:MaSoThue></ns1:CongDan>")),
    ("extra", lambda sent: re.sub(rb"<ns1:GioiTinh>\d</ns1:GioiTinh>", b"", sent)),
)


def run(size: int, seed: int) -> Finding:
    """`size` calls through the mirror, twenty of them changed by the service in use on their way back."""
    with laboratory(), filled_server("beside") as server:
        urls = server.urls()
        gateway = GatewayProcess(urls.gateway)
        gateway.start()
        try:
            return asyncio.run(_try(gateway, urls, size, random.Random(seed)))
        finally:
            gateway.stop()


async def _try(gateway: GatewayProcess, urls: Urls, size: int, draw: random.Random) -> Finding:
    chosen = set(draw.sample(range(size), PLANTED))
    planted: list[tuple[str, bytes]] = []
    in_use = _InUse(gateway.root, chosen, planted)
    runner = web.AppRunner(in_use.application())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    options = ["--shadow-url", f"http://127.0.0.1:{port}/NPDService", "--network", "127.0.0.0/8"]
    command(urls, "exchange", "client", "profile", CLIENT, *options)
    try:
        untouched = await _call_all(gateway.root, in_use, size, draw)
        found = await _until_compared(urls, size)
    finally:
        await runner.cleanup()
        await in_use.close()
    differing = {key: calls for key, calls in found.items() if key[0] not in ("compared", "same", "left_out")}
    wanted: dict[str, int] = {}
    for kind, _ in planted:
        wanted[kind] = wanted.get(kind, 0) + 1
    got: dict[str, int] = {}
    for (kind, _path), calls in differing.items():
        got[kind] = got.get(kind, 0) + calls
    same = found.get(("same", ""), 0)
    clean = not any("046" in path or "HÒA" in path for _, path in differing)
    holds = untouched and got == wanted and same == size - PLANTED and clean
    seen = sum(got.values())
    figure = f"{size} compared, {same} the same, {seen} of {PLANTED} planted differences found {dict(sorted(got.items()))}"
    return Finding(holds, figure, (Control("one element changed by the service in use", seen == PLANTED, str(got)),))


class _InUse:
    """The service in use: our own answers, some of them changed."""

    def __init__(self, root: str, chosen: set[int], planted: list[tuple[str, bytes]]) -> None:
        self._root, self._chosen, self._planted = root, chosen, planted
        self._seen = 0
        self.sent: dict[bytes, bytes] = {}
        self._session: aiohttp.ClientSession | None = None

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_route("*", "/{rest:.*}", self._answer)
        return application

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _answer(self, request: web.Request) -> web.Response:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        body = await request.read()
        headers = {name: value for name, value in request.headers.items() if name.lower() not in ("host", "content-length")}
        async with self._session.post(self._root + clients.SERVICE_PATH, data=body, headers=headers) as response:
            sent, status = await response.read(), response.status
        at, self._seen = self._seen, self._seen + 1
        if at in self._chosen:
            sent = self._change(sent)
        self.sent[body] = sent
        return web.Response(body=sent, status=status, content_type="text/xml", charset="utf-8")

    def _change(self, sent: bytes) -> bytes:
        if b"<ns1:CongDan>" not in sent:  # nobody was found: the service in use finds somebody
            kind, changed = "missing", sent.replace(b"></ns1:CongdanCollection>", SOMEBODY + b"</ns1:CongdanCollection>")
        else:
            kind, change = MANNERS[len(self._planted) % len(MANNERS)]
            changed = change(sent)
        if changed == sent:
            raise RuntimeError(f"nothing was planted in {len(sent)} bytes: {kind}")
        self._planted.append((kind, b""))
        return changed


async def _call_all(root: str, in_use: _InUse, size: int, draw: random.Random) -> bool:
    """Every call gets, byte for byte, what the service in use gave."""
    address = f"{root}/song-song/{CLIENT}/soap"
    untouched = True
    left = iter(range(size))
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:

        async def work() -> None:
            nonlocal untouched
            for at in left:
                body = (
                    BUILDERS[draw.choice(("court", "php", "tan_dan"))](draw.choice(PEOPLE))
                    + b"\n" * (at % 7)
                    + b" " * (at // 7 % 300)
                )
                headers = clients.headers(CLIENT, SECRET)
                for _ in range(20):  # the directory hears of the profile within seconds
                    async with session.post(address, data=body, headers=headers) as answer:
                        told = await answer.read()
                    if answer.status == 200:
                        break
                    await asyncio.sleep(0.5)
                untouched &= told == in_use.sent.get(body)

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return untouched


async def _until_compared(urls: Urls, size: int) -> dict[tuple[str, str], int]:
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while True:
        with psycopg.connect(urls.owner) as connection:
            rows = connection.execute("select kind, path, sum(count)::bigint from exchange_shadowcount group by 1, 2").fetchall()
        found = {(kind, path): int(calls) for kind, path, calls in rows}
        if found.get(("compared", ""), 0) + found.get(("left_out", ""), 0) >= size or time.monotonic() > deadline:
            return found
        await asyncio.sleep(0.5)
