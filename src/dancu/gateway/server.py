"""The gateway process: raw ASGI, one worker, no Django. Routes a request to its dialect and sends the answer."""

from __future__ import annotations

import gc
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import msgspec
import structlog

from dancu.exchange.domain import Kind
from dancu.exchange.hot import BATCH_MAX, MISS_HELD_SECONDS, WRITERS, HotPath
from dancu.gateway import problems, rest, soap
from dancu.kernel import clock
from dancu.kernel.config import read_config
from dancu.kernel.errors import DancuError, TooMany, Unavailable
from dancu.kernel.sealing import SealingKey

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_BYTES_MAX = 256 * 1024
SOAP_BASE = "/soap"
JSON, XML, TEXT = b"application/json", b"text/xml; charset=utf-8", b"text/plain; charset=utf-8"
_OPENAPI = Path(__file__).parent / "openapi.yaml"

log = structlog.get_logger("gateway")
_encode = msgspec.json.Encoder().encode


class BodyTooLarge(Exception):
    """The caller sent more than any of our contracts needs."""


class CallerGone(Exception):
    """The connection ended before the request was whole: there is nobody to answer and nothing to record."""


class Gateway:
    """The ASGI application. Its exchange starts and stops with the server's lifespan (*cổng kết nối*)."""

    def __init__(self, *, batch_max: int = BATCH_MAX, writers: int = WRITERS, miss_held_seconds: float = MISS_HELD_SECONDS) -> None:
        self._batch_max, self._writers, self._miss_held = batch_max, writers, miss_held_seconds
        self._hot: HotPath | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._respond(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                config = read_config()
                self._hot = HotPath(
                    config.database_gateway_url,
                    SealingKey.from_folder(config.key_dir),
                    clock.now,
                    batch_max=self._batch_max,
                    writers=self._writers,
                    miss_held_seconds=self._miss_held,
                )
                await self._hot.start()
                gc.collect()
                gc.freeze()  # what is loaded now lives as long as the process
                gc.set_threshold(20_000, 20, 50)
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if self._hot is not None:
                    await self._hot.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._hot is not None
        path = scope["path"]
        kind = rest.PATHS.get(path)
        try:
            if kind is not None:
                status, content_type, body, extra = await self._rest(scope, receive, kind)
            elif path == SOAP_BASE or path.startswith(SOAP_BASE + "/"):
                status, content_type, body, extra = await self._soap(scope, receive)
            else:
                status, content_type, body, extra = self._static(scope)
        except CallerGone:
            return
        except BodyTooLarge:
            status, content_type, body, extra = _problem(problems.known("too_large"))
        except DancuError as failure:
            status, content_type, body, extra = _problem(problems.of_error(failure))
        except Exception as failure:
            reference = secrets.token_hex(8)
            log.error("gateway.request.failed", reference=reference, error=type(failure).__name__)
            status, content_type, body, extra = _problem(problems.known("internal", reference))
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [
                    (b"content-type", content_type),
                    (b"content-length", str(len(body)).encode()),
                    (b"cache-control", b"no-store"),
                    *extra,
                ],
            }
        )
        await send({"type": "http.response.body", "body": body})

    async def _rest(self, scope: Scope, receive: Receive, kind: Kind) -> tuple[int, bytes, bytes, list[Any]]:
        if scope["method"] != "POST":
            return _problem(problems.known("method"), [(b"allow", b"POST")])
        hot = self._hot
        assert hot is not None
        headers = dict(scope["headers"])
        body = await _read(receive, headers.get(b"content-length"))
        caller = rest.authenticate(hot, headers.get(b"authorization", b"").decode("latin-1"))
        if caller is None:
            hot.security_log.note("rest.unauthenticated", _address(scope))
            return _problem(problems.known("unauthorized"), [(b"www-authenticate", b'Basic realm="dancu"')])
        key = headers.get(b"idempotency-key", b"").decode("latin-1")
        status, sent, wait = await rest.answer(hot, kind, caller, body, key, scope["path"])
        extra = [(b"retry-after", b"%d" % wait)] if wait else []
        return status, JSON if status < 400 else problems.CONTENT_TYPE, sent, extra

    async def _soap(self, scope: Scope, receive: Receive) -> tuple[int, bytes, bytes, list[Any]]:
        hot = self._hot
        assert hot is not None
        if scope["method"] == "GET":
            return 200, XML, soap.wsdl(_own_url(scope)), [(b"x-content-type-options", b"nosniff")]
        if scope["method"] != "POST":
            return _problem(problems.known("method"), [(b"allow", b"GET, POST")])
        try:
            body = await _read(receive, dict(scope["headers"]).get(b"content-length"))
        except BodyTooLarge:
            return 413, XML, soap.fault_too_large(), []
        try:
            status, sent = await soap.answer(hot, scope, body, _own_url(scope), _address(scope), clock.now())
        except Unavailable:
            return 503, XML, soap.fault_unavailable(), [(b"retry-after", str(problems.RETRY_AFTER_SECONDS).encode())]
        except TooMany:
            return 429, XML, soap.fault_busy(), [(b"retry-after", str(problems.RETRY_AFTER_SECONDS).encode())]
        return status, XML, sent, []

    def _static(self, scope: Scope) -> tuple[int, bytes, bytes, list[Any]]:
        assert self._hot is not None
        if scope["path"] == "/health":
            ready = self._hot.is_ready
            return (200 if ready else 503), JSON, _encode({"status": "ok" if ready else "starting"}), []
        if scope["path"] == "/openapi.yaml":
            return 200, TEXT, _OPENAPI.read_bytes(), []
        return _problem(problems.known("not_found"))


def _problem(problem: problems.Problem, extra: list[Any] | None = None) -> tuple[int, bytes, bytes, list[Any]]:
    headers = list(extra or [])
    if problem.status in (429, 503):
        headers.append((b"retry-after", str(problems.RETRY_AFTER_SECONDS).encode()))
    return problem.status, problems.CONTENT_TYPE, _encode(problem), headers


async def _read(receive: Receive, content_length: bytes | None = None) -> bytes:
    # The server announces more even after the last byte; whoever knows the length need not ask again.
    length = int(content_length) if content_length is not None and content_length.isdigit() else -1
    if length > BODY_BYTES_MAX:
        raise BodyTooLarge
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CallerGone
        chunk: bytes = message.get("body", b"")
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            raise BodyTooLarge
        if len(body) == length or not message.get("more_body"):
            return body


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _own_url(scope: Scope) -> str:
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    query = scope.get("query_string", b"").decode("latin-1")
    path = scope.get("raw_path", b"").decode("latin-1") or scope["path"]  # as sent: that is what the client hashed
    return f"{scope.get('scheme', 'http')}://{host}{path}" + (f"?{query}" if query else "")


app = Gateway()
