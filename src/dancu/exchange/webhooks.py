"""Calling an address an operator registered for a subscriber, and none that we must not call.

The name is resolved once, every address it has is looked at, and that very address is called: what a name means cannot change
in between. Redirects are not followed, no proxy is asked, answers are read up to a limit.
"""

from __future__ import annotations

import hashlib
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from dancu.kernel.errors import Invalid
from dancu.notices.api import Deadline

URL_LENGTH_MAX = 500
ANSWER_BYTES_MAX = 64 * 1024
Resolve = Callable[[str, int], list[str]]


class NotOurs(Exception):
    """The name leads to an address that is not in the world: loopback, private, link-local, reserved."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said (*trả lời của nơi nhận*)."""

    status: int
    digest: str
    retry_after: str = ""


def check_webhook(url: str, *, is_demo: bool) -> None:
    """Raises `Invalid` for an address that cannot be called: https only; in a demonstration also http to this machine."""
    parts = _parts(url)
    is_plain_text = len(url) <= URL_LENGTH_MAX and url.isascii() and url.isprintable() and " " not in url
    if parts is None or not is_plain_text or not parts.hostname or parts.username or parts.password or parts.fragment:
        raise Invalid(
            "webhook.url",
            "Địa chỉ nhận biến động phải là một URL https đầy đủ, không có tên đăng nhập và không có dấu #.",
            "The address must be a whole https URL, without credentials and without a fragment.",
            field="url",
        )
    if parts.scheme != "https" and not (is_demo and parts.scheme == "http" and _is_this_machine(parts.hostname)):
        raise Invalid(
            "webhook.https",
            "Địa chỉ nhận biến động phải là https. Chỉ bản trình diễn mới được dùng http tới chính máy này.",
            "The address must be https. Only a demonstration may use http, to this machine.",
            field="url",
        )
    if not is_demo and _literal(parts.hostname) is not None and not is_public(parts.hostname):
        raise Invalid(
            "webhook.private",
            "Địa chỉ nhận biến động không được là địa chỉ nội bộ. Dùng tên miền hoặc địa chỉ công khai của hệ thống nhận.",
            "The address must not be a private one. Use the public name of the receiving system.",
            field="url",
        )


def is_public(address: str) -> bool:
    """Whether an IP address is somebody's in the world, and not one of the many that lead back to us."""
    parsed = _literal(address)
    if parsed is None:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo[1] if parsed.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if parsed in _NAT64:
            return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, in the order of the resolver."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


@contextmanager
def connected(
    url: str, seconds: float, *, is_demo: bool, find: Resolve = resolve
) -> Iterator[Callable[[bytes, Mapping[str, str]], Answer]]:
    """Connect, then give what posts a body there. Raises `NotOurs`, `OSError`, `http.client.HTTPException`.

    Whoever calls reads and records only once the receiver is reached: a receiver that is down costs no look.
    """
    parts = _parts(url)
    assert parts is not None
    assert parts.hostname
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = find(parts.hostname, port)
    if not is_demo and not all(is_public(address) for address in addresses):
        raise NotOurs
    if not addresses:
        raise OSError("no address")
    with Deadline(seconds) as deadline:
        raw = socket.create_connection((addresses[0], port), timeout=seconds)
        deadline.watch(lambda: raw)
        try:
            spoken: socket.socket = raw
            if parts.scheme == "https":
                spoken = ssl.create_default_context().wrap_socket(raw, server_hostname=parts.hostname)
                deadline.watch(lambda: spoken)
            yield lambda body, headers: _post(spoken, parts, body, headers)
        except OSError:
            if deadline.is_over:
                raise TimeoutError from None
            raise
        finally:
            raw.close()


def _post(spoken: socket.socket, parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> Answer:
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    connection.sock = spoken
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body, dict(headers))
        response = connection.getresponse()
        said = response.read(ANSWER_BYTES_MAX)
        return Answer(response.status, hashlib.sha256(said).hexdigest(), response.getheader("Retry-After") or "")
    finally:
        connection.close()


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.port > 0 else None
    except ValueError:
        return None


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _is_this_machine(host: str) -> bool:
    literal = _literal(host)
    return host == "localhost" or (literal is not None and literal.is_loopback)
