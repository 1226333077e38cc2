"""The line to the hub above: one pool of connections, a budget for each question, a breaker. Nothing personal is kept.

A question is sent again only where it certainly had no effect: it never left, or the hub above answers one reference once.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import secrets
import ssl
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pybreaker
import structlog

from dancu.exchange.messages import HEADER
from dancu.exchange.upstream.domain import Fault, Heard, Outgoing, UpstreamFailed
from dancu.exchange.upstream.national import digest_of, read_answer, request_of
from dancu.exchange.upstream.signing import HubKey
from dancu.kernel import clock
from dancu.kernel.errors import Invalid
from dancu.kernel.upstream import Upstream

CONNECT_SECONDS_MAX = 1.0
CONNECTIONS_MAX = 64
WAITING_MAX = 1024
ANSWER_BYTES_MAX = 1024 * 1024
FAILURES_BEFORE_REST, REST_SECONDS = 5, 5
IDLE_SECONDS = 15.0  # less than our own gateway and the usual proxies keep a connection
ATTEMPTS_MAX = 2
PAUSE_SECONDS = 0.05
# The line works: only the operator can mend credentials, and one system that asks too fast must not stop the others.
_NOT_THE_LINE_S = frozenset({Fault.CREDENTIALS, Fault.THROTTLED})
SECRET_FILE = "upstream.secret"  # noqa: S105 - the name of a file

log = structlog.get_logger("exchange")


class Line:
    """One process's connections to the hub above (*đường kết nối cấp trên*). `ask` belongs to one event loop."""

    def __init__(self, settings: Upstream, key_folder: Path, now: Callable[[], datetime] = clock.now) -> None:
        self.settings, self._clock = settings, now
        self._secret = _secret_in(key_folder)
        self._key = HubKey.from_folder(key_folder, settings, now) if settings.style == "hub" else None
        parts = urlsplit(settings.url)
        self._target = parts.path + (f"?{parts.query}" if parts.query else "")
        self._codes = dict(settings.codes)
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=FAILURES_BEFORE_REST, reset_timeout=REST_SECONDS, name=settings.name, throw_new_error_on_trip=False
        )
        self._tls = _tls(settings)
        self._session: aiohttp.ClientSession | None = None
        self._waiting = 0
        self._is_on_trial = False

    @property
    def state(self) -> str:
        """`closed` while it works, `open` while it rests, `half-open` while it is tried again."""
        return str(self._breaker.current_state)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(self, asked: Outgoing) -> Heard:
        """Ask one question within its budget. Raises `UpstreamFailed`."""
        if self._waiting >= WAITING_MAX:
            raise UpstreamFailed(Fault.CROWDED)
        self._waiting += 1
        try:
            with self._counting():
                async with asyncio.timeout(self.settings.seconds):
                    return await self._ask(asked)
        except TimeoutError:
            raise UpstreamFailed(Fault.TIMED_OUT) from None
        finally:
            self._waiting -= 1

    @contextlib.contextmanager
    def _counting(self) -> Iterator[None]:
        """Failures of the line open the breaker. While it is tried again, one question tries it and the others are told at once."""
        if self._is_on_trial:
            raise UpstreamFailed(Fault.RESTING)
        is_trial = self.state != "closed"
        self._is_on_trial = is_trial
        told: UpstreamFailed | None = None
        try:
            with self._breaker.calling():
                try:
                    yield
                except UpstreamFailed as failure:
                    if failure.fault not in _NOT_THE_LINE_S:
                        raise
                    told = failure
        except pybreaker.CircuitBreakerError:
            raise UpstreamFailed(Fault.RESTING) from None
        finally:
            if is_trial:
                self._is_on_trial = False
        if told is not None:
            raise told

    async def _ask(self, asked: Outgoing) -> Heard:
        body = request_of(asked, self._codes)
        for attempt in range(1, ATTEMPTS_MAX + 1):
            try:
                return await self._post(body, asked)
            except aiohttp.ClientConnectorError:  # it never left
                if attempt == ATTEMPTS_MAX:
                    raise UpstreamFailed(Fault.UNREACHABLE) from None
            except (aiohttp.ClientError, OSError):
                # It may have had its effect. A hub of ours gives the same answer to the same reference, others are not asked again.
                if self._key is None or attempt == ATTEMPTS_MAX:
                    raise UpstreamFailed(Fault.UNREACHABLE) from None
            await asyncio.sleep(PAUSE_SECONDS)
        raise AssertionError("unreachable")

    async def _post(self, body: bytes, asked: Outgoing) -> Heard:
        nonce = secrets.token_urlsafe(16)
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX, keepalive_timeout=IDLE_SECONDS, ssl=self._tls),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(sock_connect=CONNECT_SECONDS_MAX),
                auto_decompress=False,
            )
        async with self._session.post(
            self.settings.url, data=body, headers=self._headers(body, asked, nonce), allow_redirects=False
        ) as response:
            answer = await response.content.read(ANSWER_BYTES_MAX + 1)
            while len(answer) <= ANSWER_BYTES_MAX and (more := await response.content.read(ANSWER_BYTES_MAX)):
                answer += more
            if len(answer) > ANSWER_BYTES_MAX:
                raise UpstreamFailed(Fault.GARBLED)
            if self._key is not None and response.status == 200:
                self._key.check(response.headers.get(HEADER, ""), response.status, answer, nonce)
            return self._read(response.status, answer)

    def _headers(self, body: bytes, asked: Outgoing, nonce: str) -> dict[str, str]:
        stamp, user = str(int(self._clock().timestamp() * 1000)), self.settings.client
        digest = digest_of(self.settings.service, user, stamp, self._secret)
        headers = {
            "Content-Type": "application/xml",
            "SOAPAction": '""',
            "Timestamp": stamp,
            "Authorization": "Basic " + base64.b64encode(f"{user}:{digest}".encode()).decode(),
            "Accept-Encoding": "identity",
        }
        if self._key is not None:
            headers[HEADER] = self._key.sign(body, self._target, asked, nonce)
        return headers

    def _read(self, status: int, answer: bytes) -> Heard:
        if status in (401, 403):
            raise UpstreamFailed(Fault.CREDENTIALS)
        if status == 429:
            raise UpstreamFailed(Fault.THROTTLED)
        if status in (408, 502, 503, 504):
            raise UpstreamFailed(Fault.BUSY)
        if status not in (200, 500):  # a refusal of the strict profile is a fault with 500
            raise UpstreamFailed(Fault.FAILED)
        return read_answer(answer, units=self.settings.units, of_ours=self._key is not None)


def _secret_in(folder: Path) -> str:
    file = folder / SECRET_FILE
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError:
        raise Invalid(
            "upstream.secret",
            f"Chưa có mã bí mật để hỏi hệ thống cấp trên: ghi vào tệp {file}.",
            f"The secret for the hub above is missing: write it into {file}.",
        ) from None


def _tls(settings: Upstream) -> ssl.SSLContext | bool:
    if not settings.url.startswith("https"):
        return True
    context = ssl.create_default_context(cafile=settings.ca or None)
    if settings.certificate:
        context.load_cert_chain(settings.certificate)
    return context
