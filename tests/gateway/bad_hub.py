"""A hub above that misbehaves on purpose: slow, silent, broken, talkative, somebody else's answer. A real server on loopback."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

EMPTY = (
    b'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
    b'<soapenv:Body><ns1:CongdanCollection xmlns:ns1="http://www.mic.gov.vn/dancu/1.0"/></soapenv:Body></soapenv:Envelope>'
)
LINE_SECONDS = 1.5  # what the province in front of it allows a question
KNOWN = (
    b'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    b'<ns1:KetQuaXacThuc xmlns:ns1="http://www.mic.gov.vn/dancu/1.0"><ns1:TonTai>true</ns1:TonTai></ns1:KetQuaXacThuc>'
    b"</soapenv:Body></soapenv:Envelope>"
)


@dataclass
class BadHub:
    """How it behaves now, and what it has seen."""

    port: int = 0
    manner: str = "good"
    seen: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/dich-vu/dan-cu"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
                )
                self.seen.append(head + await reader.readexactly(length))
                await self._answer(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        if act := _ACTS.get(self.manner):
            await act(writer)
        else:
            _send(writer, *_SAID.get(self.manner) or (int(self.manner), b"no"))


async def _stay_silent(_: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def _drop(writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _be_late(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(0.5)
    _send(writer, 200, KNOWN)


async def _drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n")
    for byte in KNOWN:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.2)


async def _go_on(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        await writer.drain()


async def _redirect(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n")


async def _stop_half_way(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 4000\r\n\r\n" + KNOWN)
    writer.close()


def _with(*people: bytes) -> bytes:
    return EMPTY.replace(b'dancu/1.0"/>', b'dancu/1.0">' + b"".join(people) + b"</ns1:CongdanCollection>")


_ONE = b"<ns1:CongDan><ns1:SoDinhDanh>046090000101</ns1:SoDinhDanh></ns1:CongDan>"
_OTHER = (
    b"<ns1:CongDan><ns1:SoDinhDanh>046155000102</ns1:SoDinhDanh><ns1:HoVaTen><ns1:Ten>AI KHAC</ns1:Ten></ns1:HoVaTen>"
    b"<ns1:NgayThangNamSinh><ns1:Nam>1955</ns1:Nam></ns1:NgayThangNamSinh></ns1:CongDan>"
)
_ACTS = {
    "silent": _stay_silent,
    "late": _be_late,
    "drops": _drop,
    "drips": _drip,
    "endless": _go_on,
    "redirects": _redirect,
    "half": _stop_half_way,
}
_SAID = {
    "good": (200, KNOWN),
    "two": (200, _with(_ONE, _ONE)),
    "somebody else": (200, _with(_OTHER)),
    "entities": (200, b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    "html": (200, b"<html><body>503 Service Temporarily Unavailable</body></html>"),
}


def _send(writer: asyncio.StreamWriter, status: int, body: bytes) -> None:
    writer.write(b"HTTP/1.1 %d X\r\ncontent-type: text/xml\r\ncontent-length: %d\r\n\r\n" % (status, len(body)) + body)


@contextmanager
def a_bad_hub() -> Iterator[BadHub]:
    """Serve it in a thread of its own."""
    hub, loop, ready = BadHub(), asyncio.new_event_loop(), threading.Event()

    async def start() -> None:
        server = await asyncio.start_server(hub.serve, "127.0.0.1", 0)
        hub.port = server.sockets[0].getsockname()[1]
        ready.set()

    loop.create_task(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    assert ready.wait(5)
    try:
        yield hub
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
