"""A real nginx before a real gateway, with certificates of a demonstration's authority."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from dancu.cli.launcher.postgres import Urls, die_with_parent
from tests.gateway.process import CLIENT, GatewayProcess, command
from tests.gateway.signing import BODY, PATH, basic

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


class FrontProcess:
    """An nginx of our own configuration (`dancu front`), started and reloaded at will."""

    def __init__(self, folder: Path, gateway: GatewayProcess, urls: Urls, *, crl: Path | None = None) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder, self.ca = folder / "front", folder / "ca"
        more = ["--crl", str(crl)] if crl else []
        command(urls, "ca", "serve", "localhost", str(folder / "front.crt"), str(folder / "front.pem"), "--folder", str(self.ca))
        listen = ["--listen", f"127.0.0.1:{self.port}", "--gateway", f"127.0.0.1:{gateway.port}"]
        files = ["--cert", str(folder / "front.crt"), "--key", str(folder / "front.pem"), "--client-ca", str(self.ca / "ca.crt")]
        command(urls, "front", "--out", str(self.folder), *files, *listen, *more)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert NGINX is not None
        run = [NGINX, "-p", str(self.folder), "-c", "nginx.conf", "-g", "daemon off;"]
        self._process = subprocess.Popen(run, start_new_session=True, preexec_fn=die_with_parent(os.getpid()))
        deadline = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            assert time.monotonic() < deadline, (self.folder / "logs" / "error.log").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait()

    @property
    def access_log(self) -> str:
        return (self.folder / "logs" / "access.log").read_text()

    def post(
        self, certificate: tuple[Path, Path] | None, headers: Mapping[str, str] | None = None, path: str = PATH
    ) -> tuple[int, dict[str, object]]:
        """Ask through the front, with a certificate or none; the secret is the usual client's."""
        context = ssl.create_default_context(cafile=str(self.ca / "ca.crt"))
        if certificate is not None:
            context.load_cert_chain(*certificate)
        connection = http.client.HTTPSConnection("localhost", self.port, context=context, timeout=10)
        try:
            given = {"Content-Type": "application/json", "Authorization": basic(CLIENT), **(headers or {})}
            connection.request("POST", path, json.dumps(BODY).encode(), given)
            answer = connection.getresponse()
            told = answer.read()
            return answer.status, json.loads(told) if told.startswith(b"{") else {}
        finally:
            connection.close()


@contextlib.contextmanager
def front_before(gateway: GatewayProcess, urls: Urls, folder: Path, *, crl: Path | None = None) -> Iterator[FrontProcess]:
    front = FrontProcess(folder, gateway, urls, crl=crl)
    front.start()
    try:
        yield front
    finally:
        front.stop()
