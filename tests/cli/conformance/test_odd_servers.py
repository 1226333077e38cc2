"""Whatever a server answers, the kit ends with a document, or with one sentence that there is nothing to look at."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from aiohttp import web

from dancu.cli.conformance_kit.playing import Gone
from dancu.onboarding.conformance import encode_result, summary_of
from tests.cli.conformance.hub import AGREED
from tests.cli.conformance.played import played

pytestmark = pytest.mark.slow
TREE = '{"Body":{"CongdanCollection":{"CongDan":%s}},"RESULT":1,"access_token":"t","token":"t","outcome":"match","error_code":0}'
ENVELOPE = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><ns1:CongdanCollection '
    'xmlns:ns1="http://www.mic.gov.vn/dancu/1.0"><ns1:CongDan>%s</ns1:CongDan></ns1:CongdanCollection></soapenv:Body></soapenv:Envelope>'
)
ANSWERS = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[1,2]",
    "a text": b'"x"',
    "numbers where objects belong": (TREE % "5").encode(),
    "lists where objects belong": (TREE % '[{"HoVaTen":[1],"NgayThangNamSinh":"x","SoDinhDanh":{}}]').encode(),
    "an empty citizen": (TREE % "{}").encode(),
    "odd insides": b'{"message":{"a":1},"error_code":{"b":[]},"type":5,"id":[],"at":7,"fields":3,"outcome":"match"}',
    "a citizen with comments and nothing else": (ENVELOPE % "<!-- x --><?y z?>").encode(),
    "a citizen with text in place of blocks": (
        ENVELOPE % "<ns1:HoVaTen>X</ns1:HoVaTen><ns1:Cha/>x<ns1:NgayThangNamSinh/>"
    ).encode(),
    "deep nesting": b"[" * 5000,
    "deep elements": b"<a>" * 3000,
    "bytes nobody sent": bytes(range(256)) * 4,
}
OTHER_STATUSES = [
    (201, "a list"),
    (201, "an empty citizen"),
    (201, "odd insides"),
    (429, "null"),
    (500, "nothing"),
]


@contextmanager
def a_server(body: bytes, status: int) -> Iterator[str]:
    """It says the same to everybody."""
    loop, ready, port = asyncio.new_event_loop(), threading.Event(), []

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        headers = {"Content-Type": "application/json", "Retry-After": "\u00b2", "Location": "http://["}
        return web.Response(status=status, body=body, headers=headers)

    async def start() -> None:
        application = web.Application(client_max_size=4 * 1024 * 1024)
        application.router.add_route("*", "/{path:.*}", answer)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port.append(runner.addresses[0][1])
        ready.set()

    loop.create_task(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield f"http://127.0.0.1:{port[0]}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


@pytest.mark.parametrize(("status", "name"), [(200, each) for each in ANSWERS] + OTHER_STATUSES)
def test_an_odd_answer_ends_in_a_document(status: int, name: str) -> None:
    with a_server(ANSWERS[name], status) as root:
        result = played(root)

    assert result.summary == summary_of(result.checks)
    assert result.summary.failed > 50
    assert AGREED.secret.encode() not in encode_result(result)


def test_a_redirect_to_no_address_is_one_sentence() -> None:
    with a_server(b"", 302) as root, pytest.raises(Gone) as gone:
        played(root)

    assert "chuyển hướng" in gone.value.sentence
