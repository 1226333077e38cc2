"""A monitoring centre for tests: a real listener on loopback that reads frames as RFC 5425 counts them."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class MonitoringCentre:
    """Takes connections until it is stopped; `lines` is what arrived whole."""

    def __init__(self, scheme: str = "syslog+tcp", certificate: Path | None = None, *, resets: int = 0) -> None:
        self.lines: list[str] = []
        self.broken: list[bytes] = []
        self._resets = resets
        kind = socket.SOCK_DGRAM if scheme == "syslog+udp" else socket.SOCK_STREAM
        self._socket = socket.socket(socket.AF_INET, kind)
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"{scheme}://localhost:{self._socket.getsockname()[1]}"
        self._context = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate)
        if kind == socket.SOCK_STREAM:
            self._socket.listen()
        self._thread = threading.Thread(target=self._take_datagrams if kind == socket.SOCK_DGRAM else self._take, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._socket.close()

    def _take_datagrams(self) -> None:
        while True:
            try:
                self.lines.append(self._socket.recv(65_536).decode())
            except OSError:
                return

    def _take(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            try:
                self._serve(connection)
            except OSError:
                continue

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            if self._resets:
                self._resets -= 1
                connection.recv(10)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
                return  # closed with unread bytes: a reset
            stream = self._context.wrap_socket(connection, server_side=True) if self._context else connection
            taken = b""
            while part := stream.recv(4096):
                taken += part
            while taken:
                length, _, rest = taken.partition(b" ")
                if not length.isdigit() or len(rest) < int(length):
                    self.broken.append(taken)
                    return
                self.lines.append(rest[: int(length)].decode())
                taken = rest[int(length) :]


def self_signed(folder: Path) -> Path:
    """A certificate of `localhost` with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "centre.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file
