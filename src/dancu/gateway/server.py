"""The gateway process: raw ASGI, one worker, no Django. Routes a request to its dialect and sends the answer."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import structlog

from dancu.exchange.domain import Kind
from dancu.exchange.hot import BATCH_MAX, CAME, MISS_HELD_SECONDS, WRITERS, HotPath, Line, Provenance
from dancu.exchange.trial.tried import TRIED
from dancu.gateway import problems, rest, signatures
from dancu.gateway.calls import JSON, TEXT, BodyTooLarge, Headers, HttpCall, Reply, Route
from dancu.gateway.routes import route_of
from dancu.gateway.sandbox.inspector import Inspector
from dancu.gateway.shadow.mirror import Mirror
from dancu.gateway.signatures import Signatures
from dancu.kernel import clock
from dancu.kernel.config import read_config
from dancu.kernel.errors import DancuError, Unauthenticated
from dancu.kernel.sealing import SealingKey
from dancu.onboarding.domain import ConnectionState

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_BYTES_MAX = 256 * 1024
READY_SECONDS_MAX = 60.0  # as long as counts of a nation may take to read
_OPENAPI = Path(__file__).parent / "openapi.yaml"
_STATIC = ("/health", "/openapi.yaml", "/keys.json")
_TRIAL = ConnectionState.TRIAL

log = structlog.get_logger("gateway")
_encode = msgspec.json.Encoder().encode


class CallerGone(Exception):
    """The connection ended before the request was whole: there is nobody to answer and nothing to record."""


class Gateway:
    """The ASGI application. Its exchange starts and stops with the server's lifespan (*cổng kết nối*)."""

    def __init__(self, *, batch_max: int = BATCH_MAX, writers: int = WRITERS, miss_held_seconds: float = MISS_HELD_SECONDS) -> None:
        self._batch_max, self._writers, self._miss_held = batch_max, writers, miss_held_seconds
        self._hot: HotPath | None = None
        self._mirror, self._inspector = Mirror(route_of), Inspector()

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
                self._signatures = Signatures.of(config)
                self._hot = HotPath(
                    config.database_gateway_url,
                    SealingKey.from_folder(config.key_dir),
                    clock.now,
                    batch_max=self._batch_max,
                    writers=self._writers,
                    miss_held_seconds=self._miss_held,
                    line=Line(config.upstream, config.key_dir) if config.upstream else None,
                    processes=config.gateway_processes,
                )
                await self._hot.start()
                if config.gateway_processes > 1:  # the others answer until then
                    await _become_ready(self._hot)
                self._mirror.start(self._hot)
                self._inspector.start(self._hot)
                gc.collect()
                gc.freeze()  # what is loaded now lives as long as the process
                gc.set_threshold(20_000, 20, 50)
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if self._hot is not None:
                    await self._mirror.stop()
                    await self._inspector.stop(self._hot)
                    await self._signatures.signer.stop()
                    await self._hot.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        CAME.set(None)  # a pipelined call begins inside the one before it
        kind = rest.PATHS.get(scope["path"])
        try:
            if kind is not None:
                reply = await self._rest(scope, receive, kind)
            elif (route := self._mirror.route_of(scope["path"])) is not None:
                reply = await self._route(route, scope, receive)
            else:
                reply = self._static(scope)
        except CallerGone:
            return
        except Exception as failure:
            reply = _failed(failure)
        await send(
            {
                "type": "http.response.start",
                "status": reply.status,
                "headers": [*_described(reply), (b"cache-control", b"no-store"), *reply.headers],
            }
        )
        await send({"type": "http.response.body", "body": reply.body})

    async def _route(self, route: Route, scope: Scope, receive: Receive) -> Reply:
        assert self._hot is not None
        answer = route.methods.get(scope["method"])
        headers = dict(scope["headers"])
        if answer is None:
            refused = _problem(problems.known("method"), [(b"allow", ", ".join(route.methods).encode())])
            return self._inspector.looked_at(self._hot, self._call(scope, headers, b""), refused)
        came: Provenance | None = None
        body = b""
        try:
            body = await _read(receive, headers.get(b"content-length"))
            call = self._call(scope, headers, body)
            came = await self._signatures.believe(self._hot, call, _count_of(scope, signatures.NAME))
            if came is not None:
                call = replace(call, came=came)
                if came.must_be_spent and not route.only_asks:
                    await self._hot.spend(came)
            reply = await answer(self._hot, call)
            if reply.status >= 400 or TRIED.get() is not None:
                reply = self._inspector.looked_at(self._hot, call, reply)
            return await self._signatures.sign(came, reply)
        except (DancuError, BodyTooLarge) as failure:
            told = self._inspector.looked_at(self._hot, self._call(scope, headers, body), route.failed(failure))
            return await self._signatures.sign(came, told)
        except CallerGone:
            raise
        except Exception as failure:
            _log(failure)
            return self._inspector.looked_at(self._hot, self._call(scope, headers, body), route.failed(failure))

    def _call(self, scope: Scope, headers: Mapping[bytes, bytes], body: bytes) -> HttpCall:
        query, address = scope.get("query_string", b"").decode("latin-1"), self._address(scope, headers)
        return HttpCall(scope["method"], scope["path"], query, headers, body, _own_url(scope), address, clock.now())

    async def _rest(self, scope: Scope, receive: Receive, kind: Kind) -> Reply:
        if scope["method"] != "POST":
            return _problem(problems.known("method"), [(b"allow", b"POST")])
        hot = self._hot
        assert hot is not None
        headers = dict(scope["headers"])
        body = await _read(receive, headers.get(b"content-length"))
        came, address = None, self._address(scope, headers)
        if signatures.concerns(headers):
            call = HttpCall("POST", scope["path"], "", headers, body, _own_target(scope), address, clock.now())
            try:
                came = await self._signatures.believe(hot, call, _count_of(scope, signatures.NAME))
            except Unauthenticated as failure:
                return self._inspector.looked_at(hot, call, _failed(failure))
        authorization = headers.get(b"authorization", b"").decode("latin-1")
        if came is not None and came.signed is not None and not authorization:
            caller = hot.directory().callers.get(came.signed.issuer)  # who signs need not show a secret as well
        else:
            caller = rest.authenticate(hot, authorization)
        if caller is None:
            hot.security_log.note("rest.unauthenticated", address)
            refused = _problem(problems.known("unauthorized"), [(b"www-authenticate", b'Basic realm="dancu"')])
            return self._inspector.looked_at(hot, self._call(scope, headers, body), refused)
        key = headers.get(b"idempotency-key", b"").decode("latin-1")
        try:
            status, sent, wait = await rest.answer(hot, kind, caller, body, key, scope["path"])
        except DancuError as failure:
            reply = _failed(failure)
        else:
            extra = [(b"retry-after", b"%d" % wait)] if wait else []
            reply = Reply(status, JSON if status < 400 else problems.CONTENT_TYPE, sent, extra)
        if caller.system.state is _TRIAL:
            reply = self._inspector.looked_at(hot, self._call(scope, headers, body), reply)
        return await self._signatures.sign(came, reply)

    def _address(self, scope: Scope, headers: Mapping[bytes, bytes]) -> str:
        client = scope.get("client")
        return self._signatures.front.address_of(headers, client[0] if client else "")

    def _static(self, scope: Scope) -> Reply:
        assert self._hot is not None
        if scope["path"] in _STATIC and scope["method"] not in ("GET", "HEAD"):
            return _problem(problems.known("method"), [(b"allow", b"GET, HEAD")])
        if scope["path"] == "/health":
            ready = self._hot.is_ready
            told = {"status": "ok" if ready else "starting"}
            if line := self._hot.line_state:
                told["upstream"] = line
            return Reply(200 if ready else 503, JSON, _encode(told))
        if scope["path"] == "/openapi.yaml":
            return Reply(200, TEXT, _OPENAPI.read_bytes())
        if scope["path"] == "/keys.json":
            return Reply(200, JSON, _encode(self._signatures.key_set()))
        unknown = _problem(problems.known("not_found"))
        return self._inspector.looked_at(self._hot, self._call(scope, dict(scope["headers"]), b""), unknown)


async def _become_ready(hot: HotPath) -> None:
    """Wait until it can answer; not for ever: a process that listens can at least say why it does not."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(READY_SECONDS_MAX):
            while not hot.is_ready:
                await asyncio.sleep(0.02)


def _described(reply: Reply) -> Headers:
    if reply.status == 204:  # has no content, and may not state the length of any (RFC 9110, 8.6)
        return ()
    return ((b"content-type", reply.content_type), (b"content-length", b"%d" % len(reply.body)))


def _failed(failure: Exception) -> Reply:
    if isinstance(failure, BodyTooLarge):
        return _problem(problems.known("too_large"))
    if isinstance(failure, DancuError):
        return _problem(problems.of_error(failure))
    return _problem(problems.known("internal", _log(failure)))


def _log(failure: Exception) -> str:
    """What nobody foresaw, by kind and place, never by its words: they may hold what was asked."""
    reference = secrets.token_hex(8)
    log.error("gateway.request.failed", reference=reference, error=type(failure).__name__)
    return reference


def _problem(problem: problems.Problem, extra: list[Any] | None = None) -> Reply:
    headers = list(extra or [])
    if problem.status in (429, 503):
        headers.append((b"retry-after", str(problems.RETRY_AFTER_SECONDS).encode()))
    return Reply(problem.status, problems.CONTENT_TYPE, _encode(problem), headers)


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


def _count_of(scope: Scope, wanted: bytes) -> int:
    return sum(name == wanted for name, _ in scope["headers"])


def _own_url(scope: Scope) -> str:
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    return f"{scope.get('scheme', 'http')}://{host}{_own_target(scope)}"


def _own_target(scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    path = scope.get("raw_path", b"").decode("latin-1") or scope["path"]  # as sent: that is what the client hashed or signed
    return f"{path}?{query}" if query else path


app = Gateway()
