"""`dancu up --topology demo`: a national hub, two provinces in front of it, their agencies; each an instance with its own database.

The hubs are connected with the commands two operators would use: `dancu hub offer`, `admit`, `connect`.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import typer

from dancu.cli.demo_scene import AN_GIANG, HUE, Scene
from dancu.cli.hub import PEER_FILE, SECRET_FILE, settings_of
from dancu.cli.hub_papers import Connection
from dancu.cli.launcher.ports import hold_port
from dancu.cli.launcher.supervisor import Child, Supervisor
from dancu.cli.told_to_stop import set_when_told

READY_SECONDS_MAX = 900.0
COMMAND_SECONDS_MAX = 120.0
STOP_SECONDS_MAX = 45.0  # an instance stops its own children first, then its database
DEATHS_MAX = 4
JOB_ATTEMPTS_MAX = 3
WEB_PORTS, GATEWAY_PORTS = range(8000, 8200, 2), range(8001, 8201, 2)
# What belongs to one instance is never inherited by three.
_NOT_INHERITED = re.compile(r"DATABASE_|DJANGO_|DANCU_(?!PG_BIN$)")


Result = TypeVar("Result")


class Stopped(Exception):
    """Ctrl-C came before everything stood."""


@dataclass(frozen=True)
class Member:
    """One instance of the topology: the national hub, or a province."""

    home: Path
    title: str
    web_port: int
    gateway_port: int
    host: str
    scene: Scene | None = None

    @property
    def installation(self) -> str:
        return f"{self.home.name}.mo-phong"

    @property
    def web(self) -> str:
        return f"http://{self.host}:{self.web_port}"

    @property
    def gateway(self) -> str:
        return f"http://{self.host}:{self.gateway_port}"

    @property
    def environment(self) -> dict[str, str]:
        """Of its processes and of the commands its operator runs."""
        kept = {name: value for name, value in os.environ.items() if not _NOT_INHERITED.match(name)}
        source = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH", "")]))
        own = {"DANCU_HOME": str(self.home), "DANCU_INSTALLATION": self.installation, "DANCU_PROFILE": "bo"}
        return {**kept, **own, "PYTHONPATH": path}

    @property
    def running(self) -> dict[str, object]:
        """What it says of itself; empty until it runs."""
        with contextlib.suppress(OSError, ValueError):
            return dict(json.loads((self.home / "running.json").read_text()))
        return {}

    @property
    def is_connected(self) -> bool:
        return all((self.home / "keys" / name).is_file() for name in (SECRET_FILE, PEER_FILE))

    def dancu(self, *arguments: str) -> str:
        """Run a command as its operator does; gives what it printed."""
        command = [sys.executable, "-m", "dancu.cli.main", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=COMMAND_SECONDS_MAX)
        if done.returncode:
            raise RuntimeError(
                f"dancu {' '.join(arguments[:2])} in {self.home.name}: {(done.stderr or done.stdout).strip()[-600:]}"
            )
        return done.stdout


class Topology:
    """All members, watched by one supervisor."""

    def __init__(self, home: Path, host: str, persons: int) -> None:
        self.stop = threading.Event()
        self._persons = persons
        self._supervisor = Supervisor(_say, stop_seconds=STOP_SECONDS_MAX)
        self._logs = home / "logs"
        self._logs.mkdir(parents=True, exist_ok=True)
        ports = _free_ports(host, 3)
        self.national = Member(home / "quoc-gia", "Hub quốc gia", *ports[0], host)
        self.provinces = [
            Member(home / scene.province.lower(), f"Hub {scene.province}, {scene.province_name}", *pair, host, scene)
            for scene, pair in zip((HUE, AN_GIANG), ports[1:], strict=True)
        ]

    def start(self) -> None:
        """Bring all up, connect the provinces, start the agencies. Raises `Stopped`, and `RuntimeError` with what failed."""
        self._start(self.national)
        waiting = [province for province in self.provinces if not province.is_connected]
        for province in self.provinces:
            if province not in waiting:
                self._start(province)
        self._wait(self.national, lambda told: "environment" in told)
        self._together(waiting, lambda province: self._connect(province, key_only=True))
        for province in waiting:
            self._start(province)
        for member in (self.national, *self.provinces):
            self._wait(member, lambda told: bool(told.get("ready")))
        self._together(self.provinces, self._connect)
        for province in self.provinces:
            assert province.scene is not None
            command = ["demo", "--province", province.scene.province, "agency"]
            self._supervise(f"{province.home.name}-agency", command, province.environment)

    def look_after(self) -> None:
        self._supervisor.look_after()

    def close(self) -> None:
        self._supervisor.stop()

    def show_main_job(self, show: Callable[[str], None]) -> None:
        """The main job through the doors of each province, and where its entries stand in both ledgers."""
        for text in self._together(self.provinces, self._job):
            show(text)

    def _job(self, province: Member) -> str:
        assert province.scene is not None
        told = self._told(province, province.scene)
        lines = [f"\n{province.title}: hỏi qua hub của tỉnh, hub quốc gia trả lời (through the province's hub):"]
        lines += [line for line in told.splitlines() if re.match(r"\s+\d\.", line)]
        if found := re.search(r"mã ghi sổ ([0-9a-f-]{36})", told):
            lines.append(paired(province, self.national, found[1]))
        return "\n".join(lines)

    def _told(self, province: Member, scene: Scene) -> str:
        for attempt in range(1, JOB_ATTEMPTS_MAX + 1):  # what was just admitted reaches the gateways within moments
            self._check()
            try:
                return province.dancu("demo", "--province", scene.province)
            except RuntimeError:
                if attempt == JOB_ATTEMPTS_MAX:
                    raise
                self.stop.wait(1.0)
        raise AssertionError("unreachable")

    def _connect(self, province: Member, *, key_only: bool = False) -> None:
        """What two operators do. The first time without systems, so that the province starts connected."""
        assert province.scene is not None
        offer, connection = province.home / "hub.json", self.national.home / f"{province.scene.hub}.json"
        offered = province.dancu("hub", "offer", *(["--key-only"] if key_only else []))
        if province.is_connected and offer.is_file() and offer.read_text(encoding="utf-8") == offered:
            return  # admitted at an earlier start
        offer.unlink(missing_ok=True)
        _keep(new := offer.with_name("hub.new.json"), offered)
        more = [] if province.is_connected else ["--show-secret"]
        admitted = ["hub", "admit", province.scene.hub, str(new), "--organisation", province.scene.province, "--changes", *more]
        _keep(connection, self.national.dancu(*admitted))
        province.dancu("hub", "connect", str(connection))
        connection.unlink()  # it may hold the secret
        new.replace(offer)

    def _start(self, member: Member) -> None:
        member.home.mkdir(parents=True, exist_ok=True)
        ports = ["--web-port", str(member.web_port), "--gateway-port", str(member.gateway_port), "--host", member.host]
        command = ["up", "--home", str(member.home), *ports, "--demo", "--persons", str(self._persons)]
        environment = member.environment
        if member.scene is not None:
            command += ["--province", member.scene.province]
            address = f"{self.national.gateway}/soap/dan-cu"
            environment |= settings_of(Connection(member.scene.hub, self.national.installation, address, {}))
        self._supervise(member.home.name, command, environment)

    def _supervise(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        whole = [sys.executable, "-m", "dancu.cli.main", *command]
        self._supervisor.add(Child(name, whole, environment, self._logs / f"{name}.log"))

    def _wait(self, member: Member, is_so: Callable[[dict[str, object]], bool]) -> None:
        child = next(each for each in self._supervisor.children if each.name == member.home.name)
        deadline = time.monotonic() + READY_SECONDS_MAX
        while child.process is None or (told := member.running).get("pid") != child.process.pid or not is_so(told):
            self._check()
            self.look_after()
            if child.deaths >= DEATHS_MAX or time.monotonic() > deadline:
                raise RuntimeError(f"{member.title} does not start; see {child.log}:\n{child.log.read_text()[-1500:]}")
            self.stop.wait(0.1)

    def _together(self, members: list[Member], do: Callable[[Member], Result]) -> list[Result]:
        self._check()
        with ThreadPoolExecutor(max(1, len(members))) as pool:
            done = list(pool.map(do, members))
        self._check()
        return done

    def _check(self) -> None:
        if self.stop.is_set():
            raise Stopped


def run_topology(kind: str, home: Path, host: str, persons: int, *, exit_when_ready: bool) -> None:
    """Start everything and stay until Ctrl-C."""
    if kind != "demo":
        raise typer.BadParameter(f"demo, not {kind!r}", param_hint="--topology")
    began = time.monotonic()
    home.mkdir(parents=True, exist_ok=True)
    with _only_one(home):
        topology = Topology(home, host, persons)
        set_when_told(topology.stop)
        try:
            topology.start()
            _say(f"all ready after {time.monotonic() - began:.1f} s")
            topology.show_main_job(print)
            print(described(topology), flush=True)
            while not topology.stop.wait(0.3) and not exit_when_ready:
                topology.look_after()
        except Stopped:
            pass
        except (RuntimeError, subprocess.TimeoutExpired) as failure:
            if not topology.stop.is_set():  # Ctrl-C ends the commands under way too
                _say(str(failure))
                raise typer.Exit(1) from None
        finally:
            topology.close()
            _say("stopped")


def paired(province: Member, national: Member, reference: str) -> str:
    """How one question stands in both ledgers: two entries at the province, one at the national hub, each naming the other."""
    here = json.loads(province.dancu("ledger", "show", reference))
    above = json.loads(national.dancu("ledger", "show", here["peer"]))
    is_paired = above["peer"] == here["asked"] and here["via"] == national.installation
    return (
        f"  {'✓' if is_paired else '✕'} Sổ {province.home.name}: gửi hỏi {here['asked']}, kết quả {reference}\n"
        f"    Sổ quốc gia: {here['peer']}, qua {above['via']}, đối ứng {above['peer']}"
    )


def described(topology: Topology) -> str:
    """Addresses and accounts of all, for people who have just started."""
    from dancu.cli.demo import describe_accounts, describe_accounts_behind

    lines = []
    for member in (topology.national, *topology.provinces):
        lines += [f"\n{member.title}   (DANCU_HOME={member.home})"]
        lines += [f"  Trang làm việc (pages):   {member.web}/mot-cua", f"  Cổng kết nối (gateway):   {member.gateway}"]
        lines += [describe_accounts_behind(member.scene) if member.scene else describe_accounts()]
    lines += ["\nCác cơ quan mô phỏng của hai tỉnh đang hỏi, mỗi giây một lần (simulated agencies keep asking)."]
    return "\n".join([*lines, "Ctrl-C dừng tất cả (stops everything)."])


@contextlib.contextmanager
def _only_one(home: Path) -> Iterator[None]:
    with (home / "topology.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say(f"A topology already runs in {home}. Stop it, or choose another --home.")
            raise typer.Exit(1) from None
        yield


def _free_ports(host: str, count: int) -> list[tuple[int, int]]:
    """Ports for pages and gateway of each; held together, so that they differ, then left to the instances, which hold them."""
    with contextlib.ExitStack() as held:
        try:
            return [
                (held.enter_context(hold_port(host, WEB_PORTS)), held.enter_context(hold_port(host, GATEWAY_PORTS)))
                for _ in range(count)
            ]
        except OSError as failure:
            _say(f"Cannot listen on {host}: {failure.strerror}. Choose another --host.")
            raise typer.Exit(1) from None


def _keep(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
        opened.write(text)


def _say(sentence: str) -> None:
    print(f"dancu: {sentence}", file=sys.stderr, flush=True)
