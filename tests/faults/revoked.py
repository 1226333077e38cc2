"""Keys, certificates and systems are taken back while two gateways hold them in memory: how long until both refuse, and say why.

At the same time the successor of the revoked key must never be refused: that is how keys are exchanged. A gateway that no longer
hears of changes must refuse everybody before a minute is over; one that keeps what it once read for an hour is the planted fault.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

from dancu.cli.launcher.postgres import Urls
from dancu.kernel.signing import MessageKey
from tests.faults.finding import Control, Finding
from tests.faults.replays import VERIFY, Sent, _send
from tests.faults.signed_replays import message
from tests.faults.surroundings import filled_server, laboratory
from tests.gateway.process import CLIENT, GatewayProcess, command
from tests.gateway.signing import basic, register_key

FRONT_SECRET = "f" * 64
LIMIT_SECONDS = 60.0
APPS = ("dancu.gateway.server:app", "dancu.gateway.server:app", "tests.faults.deaf:app", "tests.faults.keeps_an_hour:app")


class Scene:
    """One system with two keys and a certificate."""

    def __init__(self, urls: Urls, folder: Path) -> None:
        self.urls, self.folder = urls, folder
        self.first, self.second = register_key(urls, folder), register_key(urls, folder)
        command(urls, "ca", "init", "--folder", str(folder / "ca"))
        files = [str(folder / "c.crt"), "--key-out", str(folder / "c.pem"), "--folder", str(folder / "ca")]
        self.fingerprint = command(urls, "ca", "issue", CLIENT, *files).strip()
        self.certificate = quote((folder / "c.crt").read_text())

    def by_key(self, key: MessageKey) -> Sent:
        return message(key)

    def by_certificate(self) -> Sent:
        """As the front hands it over."""
        headers = {
            "Content-Type": "application/json",
            "Authorization": basic(CLIENT),
            "Dancu-Front-Secret": FRONT_SECRET,
            "Dancu-Front-Verified": "SUCCESS",
            "Dancu-Front-Certificate": self.certificate,
        }
        return Sent(VERIFY, tuple(headers.items()), message(self.first).body)


def refused_everywhere(size: int, seed: int) -> Finding:
    """R20. `size`: seconds after which a gateway that hears nothing must refuse everybody."""
    with laboratory() as home, filled_server("revoked") as server, tempfile.TemporaryDirectory() as folder:
        secret = home / "front.key"
        secret.write_text(FRONT_SECRET)
        os.environ["DANCU_FRONT_SECRET_FILE"] = str(secret)
        try:
            scene = Scene(server.urls(), Path(folder))
            with _gateways(server.urls(), *APPS) as running:
                return _measure(scene, running, size)
        finally:
            del os.environ["DANCU_FRONT_SECRET_FILE"]


def _measure(scene: Scene, gateways: list[GatewayProcess], size: int) -> Finding:
    two, (deaf, forever), began = gateways[:2], gateways[2:], time.monotonic()
    for gateway in gateways:
        assert _status(gateway, scene.by_key(scene.first)) == 201
        assert _status(gateway, scene.by_certificate()) == 201
    failed: list[int] = []
    done = threading.Event()
    rotation = threading.Thread(target=_go_on, args=(two, scene, failed, done))
    rotation.start()
    seconds = {}
    revoke, first = ("keys", "revoke", CLIENT), partial(scene.by_key, scene.first)
    seconds["key"] = _until_refused(two, first, scene, "signature.key_revoked", *revoke, scene.first.kid)
    seconds["certificate"] = _until_refused(two, scene.by_certificate, scene, "certificate.revoked", *revoke, scene.fingerprint)
    done.set()
    rotation.join()
    suspend = ("exchange", "client", "suspend", CLIENT)
    seconds["system"] = _until_refused(two, partial(scene.by_key, scene.second), scene, "refused/client_suspended", *suspend)
    while time.monotonic() - began < size:
        time.sleep(0.2)
    stale = _status(deaf, scene.by_key(scene.second))
    still = _status(forever, scene.by_key(scene.first))
    worst = max(seconds.values())
    told = ", ".join(f"{what} {spent:.1f} s" for what, spent in seconds.items())
    return Finding(
        worst <= LIMIT_SECONDS and not failed and stale == 503,
        f"refused by two gateways: {told}; {len(failed)} failed requests while keys were exchanged; deaf for {size} s: {stale}",
        (Control("what was read once is kept for an hour", still == 201, f"a revoked key answered {still} after {size} s"),),
    )


def _until_refused(gateways: list[GatewayProcess], asked: Callable[[], Sent], scene: Scene, type_: str, *done: str) -> float:
    """Seconds from the operator's command until every gateway refuses with the reason stated."""
    command(scene.urls, *done, "--reason", "Thử thu hồi")
    began = time.monotonic()
    waiting = list(gateways)
    while waiting and time.monotonic() - began <= LIMIT_SECONDS:
        for gateway in list(waiting):
            status, body = _send(gateway.port, asked())
            if status >= 400:
                told = json.loads(body)
                assert told["type"] == f"/problems/{type_}", told
                assert "Thử thu hồi" in told["title"], told
                waiting.remove(gateway)
    return time.monotonic() - began


def _go_on(gateways: list[GatewayProcess], scene: Scene, failed: list[int], done: threading.Event) -> None:
    """Requests under the second key, all the while."""
    while not done.is_set():
        for gateway in gateways:
            status = _status(gateway, scene.by_key(scene.second))
            if status != 201:
                failed.append(status)


def _status(gateway: GatewayProcess, sent: Sent) -> int:
    return _send(gateway.port, sent)[0]


@contextlib.contextmanager
def _gateways(urls: Urls, *apps: str) -> Iterator[list[GatewayProcess]]:
    running = [GatewayProcess(urls.gateway, app) for app in apps]
    try:
        for gateway in running:
            gateway.start()
        yield running
    finally:
        for gateway in running:
            with contextlib.suppress(AssertionError):
                gateway.stop()
