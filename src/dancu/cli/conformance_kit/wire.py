"""How the kit reaches a candidate: one call at a time, each with a limit of time and size; whatever goes wrong is one sentence."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import aiohttp
from yarl import URL

from dancu.kernel.errors import Invalid

SECONDS = 10.0  # after that the most patient client of the field has given up
ANSWER_BYTES_MAX = 4 * 1024 * 1024
WAIT_SECONDS_MAX = 5.0  # a server that asks to come back later than this is not waited for
# What the library would add by itself, and clients of the field do not send.
_LEFT_OUT = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class NoAnswer(Exception):
    """No whole answer came; the sentence says why and what to look at."""

    def __init__(self, sentence: str) -> None:
        super().__init__("no answer")
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Call:
    """What is sent."""

    method: str
    path: str  # below the candidate's address, with the query
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    is_chunked: bool = False
    expects_continue: bool = False

    @property
    def data(self) -> bytes | AsyncIterator[bytes] | None:
        """The body, in pieces where it goes so."""
        return _pieces(self.body) if self.is_chunked and self.body else self.body


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    middle = len(body) // 2
    yield body[:middle]
    yield body[middle:]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whole."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float

    def header(self, name: str) -> str:
        """The text of a header, whatever the case of its name; empty when there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def content_type(self) -> str:
        """The media type in small letters, without parameters."""
        return self.header("Content-Type").partition(";")[0].strip().lower()

    @property
    def is_html(self) -> bool:
        start = self.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
        return "html" in self.content_type or start.startswith((b"<!doctype html", b"<html"))


class Wire:
    """Calls to one candidate. Redirects are not followed, cookies not kept, a new connection for every call."""

    def __init__(self, root: str, seconds: float = SECONDS, ca: Path | None = None, certificate: Path | None = None) -> None:
        self.root, self.seconds = root.rstrip("/"), seconds
        self._tls = _trust(ca, certificate) if root.lower().startswith("https:") else None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Wire:
        self._session = self._new_session(force_close=True)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, call: Call) -> Reply:
        """One call and its whole answer; one that is to wait a little is sent again once. Raises `NoAnswer`."""
        assert self._session is not None, "used as a context"
        reply = await self._exchange(self._session, call)
        wait = reply.header("Retry-After")
        if reply.status == 429 and wait.isascii() and wait.isdigit() and int(wait) <= WAIT_SECONDS_MAX:
            await asyncio.sleep(int(wait))
            reply = await self._exchange(self._session, call)
        return reply

    async def send_on_one_connection(self, first: Call, second: Call) -> tuple[Reply, Reply, bool]:
        """Two calls one after the other as a client with a pool sends them; did the second go over the same connection?"""
        reused: list[bool] = []

        async def note(*_: object) -> None:
            reused.append(True)

        trace = aiohttp.TraceConfig()
        trace.on_connection_reuseconn.append(note)
        async with self._new_session(force_close=False, trace=trace) as session:
            replies = [await self._exchange(session, call) for call in (first, second)]
        return replies[0], replies[1], bool(reused)

    def _new_session(self, *, force_close: bool, trace: aiohttp.TraceConfig | None = None) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=force_close, ssl=self._tls if self._tls else True),
            timeout=aiohttp.ClientTimeout(total=self.seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_LEFT_OUT,
            auto_decompress=False,
            trace_configs=[trace] if trace else None,
        )

    async def _exchange(self, session: aiohttp.ClientSession, call: Call) -> Reply:
        began = time.monotonic()
        try:
            url = URL(self.root + call.path, encoded=True)
            async with session.request(
                call.method, url, headers=dict(call.headers), data=call.data, allow_redirects=False, expect100=call.expects_continue
            ) as response:
                body = b""
                async for chunk in response.content.iter_any():
                    body += chunk
                    if len(body) > ANSWER_BYTES_MAX:
                        raise NoAnswer(f"Câu trả lời không dừng lại sau {ANSWER_BYTES_MAX // 1024 // 1024} MiB.")
                headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers)
                return Reply(response.status, headers, body, time.monotonic() - began)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as failure:
            raise NoAnswer(_sentence(failure, self.seconds, URL(self.root))) from failure


def _sentence(failure: Exception, seconds: float, root: URL) -> str:
    """Why no answer came, for who can mend it."""
    where = f"{root.host}:{root.port}"
    if isinstance(failure, aiohttp.ClientConnectorCertificateError):
        return (
            f"Chứng thư TLS của {where} không được tin ({failure.certificate_error}). "
            "Dùng chứng thư hợp lệ cho đúng tên máy, hoặc chỉ tệp chứng thư gốc bằng --ca."
        )
    if isinstance(failure, aiohttp.ClientSSLError):
        return f"Không bắt tay TLS được với {where}: cổng này có thể không nói TLS. Kiểm tra https:// hay http://, và cấu hình TLS."
    if isinstance(failure, TimeoutError):
        return f"{where} không trả lời xong trong {seconds:g} giây. Kiểm tra dịch vụ, tường lửa, hàng đợi phía sau."
    if isinstance(failure, aiohttp.ClientConnectorDNSError):
        return f"Không tìm thấy máy tên {root.host}. Kiểm tra địa chỉ và DNS."
    if isinstance(failure, aiohttp.ClientConnectorError):
        why = "bị từ chối" if isinstance(failure.os_error, ConnectionRefusedError) else type(failure.os_error).__name__
        return f"Không kết nối được tới {where} ({why}). Kiểm tra địa chỉ, cổng, tường lửa; dịch vụ đã chạy chưa."
    if isinstance(failure, aiohttp.ClientPayloadError):
        return "Câu trả lời bị cắt ngang: nội dung ngắn hơn độ dài đã báo. Kiểm tra Content-Length và proxy phía trước."
    if isinstance(failure, aiohttp.ClientResponseError):
        return f"{where} trả lời không đúng HTTP. Kiểm tra cổng này có phải HTTP; nếu là TLS thì dùng https://."
    if isinstance(failure, (aiohttp.ServerDisconnectedError, ConnectionError, aiohttp.ClientOSError)):
        return (
            f"{where} ngắt kết nối mà không trả lời. Kiểm tra dịch vụ và proxy phía trước; nếu cổng này là TLS thì dùng https://."
        )
    return f"Không gọi được {where} ({type(failure).__name__}). Kiểm tra địa chỉ."


def _trust(ca: Path | None, certificate: Path | None) -> ssl.SSLContext:
    """Whose certificates are believed, and which one is shown. Raises `Invalid`."""
    try:
        context = ssl.create_default_context(cafile=str(ca) if ca else None)
        if certificate:
            context.load_cert_chain(certificate)
    except (OSError, ssl.SSLError):
        which = "--certificate" if certificate else "--ca"
        text = f"Không đọc được tệp chứng thư ({which}): cần dạng PEM."
        raise Invalid("conformance.certificate", text, f"Cannot read the certificate file ({which}): PEM is needed.") from None
    return context
