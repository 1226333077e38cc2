"""The way to a monitoring centre: syslog over TLS, TCP or UDP, by the standard library's sockets.

Syslog has no acknowledgement. Over TLS and TCP we end the stream and wait until the centre has read it to its end and closes;
what fails before is sent again. Over UDP nobody knows.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dancu.exchange.cef import framed

CONNECT_SECONDS_MAX = 5.0
SEND_SECONDS_MAX = 10.0
CLOSE_SECONDS_MAX = 5.0


@dataclass(frozen=True, slots=True)
class Centre:
    """Where security events go (*trung tâm giám sát*)."""

    url: str
    ca: Path | None = None

    def send(self, lines: Sequence[bytes]) -> None:
        """Send all of them, or raise `OSError`; then some may have arrived."""
        parts = urlsplit(self.url)
        address = (parts.hostname or "", parts.port or 0)
        if parts.scheme == "syslog+udp":
            self._send_datagrams(address, lines)
            return
        with socket.create_connection(address, timeout=CONNECT_SECONDS_MAX) as plain:
            plain.settimeout(SEND_SECONDS_MAX)
            if parts.scheme == "syslog+tls":
                context = ssl.create_default_context(cafile=str(self.ca) if self.ca else None)
                context.minimum_version = ssl.TLSVersion.TLSv1_2
                with context.wrap_socket(plain, server_hostname=parts.hostname) as secured:
                    _send_stream(secured, lines)
                    secured.settimeout(CLOSE_SECONDS_MAX)
                    with contextlib.suppress(TimeoutError, ssl.SSLEOFError):
                        secured.unwrap()
            else:
                _send_stream(plain, lines)
                plain.shutdown(socket.SHUT_WR)
                plain.settimeout(CLOSE_SECONDS_MAX)
                with contextlib.suppress(TimeoutError):
                    while plain.recv(4096):
                        pass

    @staticmethod
    def _send_datagrams(address: tuple[str, int], lines: Sequence[bytes]) -> None:
        family, kind, protocol, _name, found = socket.getaddrinfo(*address, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as sender:
            sender.settimeout(SEND_SECONDS_MAX)
            for line in lines:
                sender.sendto(line, found)


def _send_stream(stream: socket.socket, lines: Sequence[bytes]) -> None:
    stream.sendall(b"".join(framed(line) for line in lines))
