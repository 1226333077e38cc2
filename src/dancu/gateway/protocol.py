"""The bounds that uvicorn's HTTP protocol leaves open: how much head a request may have, and how long it may take to come."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_BYTES_MAX = 64 * 1024
REQUEST_BYTES_MAX = 2 * 1024 * 1024  # on the wire: a body of the largest size sent in the smallest chunks
REQUEST_SECONDS_MAX = 30.0
WRITE_SECONDS_MAX = 30.0
PIPELINED_MAX = 8


class NotServed(Exception):
    """Raised inside the parser: the server answers 400 and closes the connection."""


class BoundedProtocol(HttpToolsProtocol):
    """Ends connections that send a head without end or a request drop by drop, queue requests or do not read answers.

    A request that comes in one piece, as nearly all do, costs no timer.
    """

    _head_bytes = 0
    _request_bytes = 0
    _in_head = True
    _pending = False
    _completed = False
    _earlier: tuple[RequestResponseCycle, ...] = ()  # of pipelined requests, those that were not answered when the next one came
    _timer: asyncio.TimerHandle | None = None
    _write_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._stop_write_timer()
        for cycle in self._earlier:  # the server itself tells only the last one that there is nobody left to answer
            cycle.disconnected = True
            cycle.message_event.set()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._write_timer = self.loop.call_later(WRITE_SECONDS_MAX, self.transport.abort)

    def resume_writing(self) -> None:
        self._stop_write_timer()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
        self._completed = False
        self._request_bytes += len(data)
        super().data_received(data)
        if self._completed and not self._pending:
            if self._timer is not None:
                self._stop_timer()
            return
        if self._timer is None:  # also for bytes that begin no request
            self._start_timer()
        if self._in_head and self._head_bytes > HEAD_BYTES_MAX:
            self._end(b"431 Request Header Fields Too Large")
        elif self._request_bytes > REQUEST_BYTES_MAX:
            self._end(b"413 Content Too Large")

    def on_message_begin(self) -> None:
        self._pending = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:
            raise NotServed  # a trailer: none of our contracts has one, and they are not bounded
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head, self._head_bytes = False, 0
        if self.cycle is not None and not self.cycle.response_complete:
            self._earlier = (*(each for each in self._earlier if not each.response_complete), self.cycle)
        super().on_headers_complete()
        if len(self.pipeline) > PIPELINED_MAX:
            raise NotServed

    def on_message_complete(self) -> None:
        self._pending, self._in_head, self._completed = False, True, True
        self._request_bytes = 0
        super().on_message_complete()

    def _start_timer(self) -> None:
        self._timer = self.loop.call_later(REQUEST_SECONDS_MAX, self._end, b"408 Request Timeout")

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _stop_write_timer(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None

    def _end(self, status: bytes) -> None:
        self._stop_timer()
        if not self.transport.is_closing():
            # Only while no answer is owed or under way on this connection: a second status line would garble it.
            if self._in_head and (self.cycle is None or self.cycle.response_complete):
                self.transport.write(b"HTTP/1.1 " + status + b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            self.transport.close()
