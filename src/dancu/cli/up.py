"""`dancu up`: database, pages, gateway and worker as one process group that is started, watched and stopped together."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import secrets
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import typer

from dancu.cli.command import run_app
from dancu.cli.launcher.local_witness import witness_command, witness_url
from dancu.cli.launcher.ports import hold_port
from dancu.cli.launcher.postgres import PostgresServer
from dancu.cli.launcher.servers import gateway_command, web_command
from dancu.cli.launcher.supervisor import Child, Supervisor
from dancu.cli.told_to_stop import set_when_told
from dancu.kernel.config import Config, read_config

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
READY_SECONDS_MAX = 60.0
TELL_AGAIN_SECONDS = 10.0
DEFAULT_WEB_PORT, DEFAULT_GATEWAY_PORT = 8000, 8001
WITNESS_PORTS = range(8400, 8600)


@dataclass(frozen=True)
class Demonstration:
    """What `--demo` shows: a province with its registry, or one that asks a hub above."""

    persons: int
    province: str

    def prepare(self, config: Config) -> None:
        from dancu.cli.demo import main_job, prepare
        from dancu.cli.demo_scene import HUE, SCENES

        prepare(config, self.persons, _say, SCENES.get(self.province, HUE))
        if config.upstream is None:  # the hub above may not know this one yet
            main_job(config, print)


def run(arguments: list[str]) -> None:
    run_app(app, "up", arguments)


@app.command()
def up(
    home: Path | None = typer.Option(None, help="Folder of database, keys, logs; one instance each."),
    web_port: int | None = typer.Option(None, min=1, max=65535),
    gateway_port: int | None = typer.Option(None, min=1, max=65535),
    host: str = typer.Option("127.0.0.1"),
    demo: bool = typer.Option(False, help="Simulated province and demo accounts."),
    persons: int = typer.Option(40_000, min=20, help="How many simulated persons, with --demo."),
    topology: str = typer.Option("", help="demo: a national hub, two provinces and their agencies, each an instance of its own."),
    province: str = typer.Option("", hidden=True),
    exit_when_ready: bool = typer.Option(False, hidden=True),
) -> None:
    """Start everything and stay until Ctrl-C."""
    began = time.monotonic()
    home = (home or read_config().home).expanduser().resolve()
    if topology:
        from dancu.cli.topology import run_topology

        run_topology(topology, home, host, persons, exit_when_ready=exit_when_ready)
        return
    home.mkdir(parents=True, exist_ok=True)
    _make_keys(home)
    with _only_instance(home), _ports(host, web_port, gateway_port) as (web, gateway), _witness_port(host, demo) as witness:
        config = replace(
            read_config(),
            home=home,
            host=host,
            web_port=web,
            gateway_port=gateway,
            demo=demo,
            public_url=(public_url := os.environ.get("DANCU_PUBLIC_URL", f"http://{host}:{web}")),
            installation=read_config({**os.environ, "DANCU_PUBLIC_URL": public_url}).installation,
        )
        _run(config, began, Demonstration(persons, province), exit_when_ready, witness)


def _run(config: Config, began: float, shown: Demonstration, exit_when_ready: bool, witness_port: int | None) -> None:
    stop = threading.Event()
    set_when_told(stop)
    database = None if os.environ.get("DATABASE_URL") else PostgresServer(config.home)
    supervisor = Supervisor(_say)
    try:
        if database is not None:
            database.start()
            urls = database.urls()
            config = replace(config, database_url=urls.web, database_owner_url=urls.owner, database_gateway_url=urls.gateway)
        environment = _environment(config)
        os.environ.update(environment)
        _prepare(config)
        _start_children(config, supervisor, {**os.environ}, witness_port)
        _write_running(config, environment)
        if not _answers(config, supervisor, stop):
            raise typer.Exit(1)
        _say(f"ready after {time.monotonic() - began:.1f} s")
        if config.demo:
            shown.prepare(config)
        _print_addresses(config, witness_port if any(child.name == "witness" for child in supervisor.children) else None)
        _write_running(config, environment, is_ready=True)
        told_at = -TELL_AGAIN_SECONDS
        while not stop.wait(0.3) and not exit_when_ready:
            supervisor.look_after()
            if database is not None and database.process.poll() is not None:
                told_at = _start_again(database, told_at)
    finally:
        supervisor.stop()
        if database is not None:
            database.stop()
        (config.home / "running.json").unlink(missing_ok=True)
        _say("stopped")


def _start_again(database: PostgresServer, told_at: float) -> float:
    """One attempt, without waiting; gives when it was last told.

    While children of the old server hold its memory the new one ends at once, and the next round tries again.
    """
    failed = ""
    try:
        database.launch()
    except (OSError, RuntimeError) as failure:
        failed = f": {failure}"
    if time.monotonic() - told_at < TELL_AGAIN_SECONDS:
        return told_at
    _say(f"the database ended; it starts again{failed} (log: {database.log})")
    return time.monotonic()


def _prepare(config: Config) -> None:
    from dancu.cli.check import unsafe_settings
    from dancu.cli.migrate import migrate_database

    if wrong := unsafe_settings(config):
        for sentence in wrong:
            _say(f"✕ {sentence}")
        raise typer.Exit(1)
    migrate_database(config)


def _start_children(config: Config, supervisor: Supervisor, environment: dict[str, str], witness_port: int | None) -> None:
    logs = config.home / "logs"
    logs.mkdir(exist_ok=True)
    gateways = ["gateway", *(f"gateway-{number}" for number in range(2, config.gateway_processes + 1))]
    commands = {
        "web": web_command(config.host, config.web_port),
        **dict.fromkeys(gateways, gateway_command(config.host, config.gateway_port)),
        "worker": [sys.executable, "-m", "dancu.cli.worker"],
        "sequencer": [sys.executable, "-m", "dancu.cli.main", "sequencer"],
    }
    if witness_port is not None and (command := witness_command(config, witness_port)):
        commands["witness"] = command
    for name, command in commands.items():
        # Asked politely, the worker first takes leave of the database, which by then is gone as well.
        orphaned = signal.SIGKILL if name == "worker" else signal.SIGTERM
        supervisor.add(Child(name, command, environment, logs / f"{name}.log", orphaned))


def _environment(config: Config) -> dict[str, str]:
    source = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH", "")]))
    return {
        "DANCU_HOME": str(config.home),
        "DATABASE_URL": config.database_url,
        "DATABASE_OWNER_URL": config.database_owner_url,
        "DATABASE_GATEWAY_URL": config.database_gateway_url,
        "DANCU_PROFILE": config.profile,
        "DANCU_HOST": config.host,
        "DANCU_WEB_PORT": str(config.web_port),
        "DANCU_GATEWAY_PORT": str(config.gateway_port),
        "DANCU_PUBLIC_URL": config.public_url,
        "DANCU_INSTALLATION": config.installation,
        "DANCU_DEMO": "1" if config.demo else "0",
        "PYTHONPATH": path,
        # Commands that find this instance by its home ask where its processes ask.
        **{name: value for name, value in os.environ.items() if name.startswith("DANCU_UPSTREAM_")},
    }


def _make_keys(home: Path) -> None:
    folder = home / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    made = {
        "secrets.key": secrets.token_bytes(32),
        "django.key": secrets.token_urlsafe(48).encode(),
        "ledger.key": secrets.token_bytes(32),
        "messages.key": secrets.token_bytes(32),
    }
    for name, value in made.items():
        with contextlib.suppress(FileExistsError):
            handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(value)


@contextlib.contextmanager
def _only_instance(home: Path) -> Iterator[None]:
    """One instance a home. A second says what is running and ends."""
    lock: IO[str] = (home / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        running = home / "running.json"
        known = json.loads(running.read_text()) if running.is_file() else {}
        _say(
            f"An instance already runs in {home} (process {known.get('pid', '?')}): pages {known.get('web', '?')}, "
            f"gateway {known.get('gateway', '?')}. Stop it, or choose another --home."
        )
        raise typer.Exit(1) from None
    try:
        yield
    finally:
        lock.close()


@contextlib.contextmanager
def _ports(host: str, web_port: int | None, gateway_port: int | None) -> Iterator[tuple[int, int]]:
    """The given ports, which must be free; without them the first free ones from the defaults on."""
    with contextlib.ExitStack() as held:
        chosen = []
        for given, default in ((web_port, DEFAULT_WEB_PORT), (gateway_port, DEFAULT_GATEWAY_PORT)):
            try:
                chosen.append(held.enter_context(hold_port(host, [given] if given else range(default, default + 200, 2))))
            except OSError as failure:
                port = given or default
                if failure.errno == errno.EADDRINUSE:
                    _say(f"Port {port} on {host} is taken. Choose another with --web-port or --gateway-port.")
                else:
                    _say(f"Cannot listen on {host}, port {port}: {failure.strerror}. Choose another --host or port.")
                raise typer.Exit(1) from None
        yield chosen[0], chosen[1]


@contextlib.contextmanager
def _witness_port(host: str, demo: bool) -> Iterator[int | None]:
    """A free port for the witness of a demonstration; none otherwise, and none when all are taken."""
    with contextlib.ExitStack() as held:
        try:
            port = held.enter_context(hold_port(host, WITNESS_PORTS)) if demo else None
        except OSError:
            port = None
        yield port


def _write_running(config: Config, environment: dict[str, str], *, is_ready: bool = False) -> None:
    file = config.home / "running.json"
    beside = config.home / "running.json.new"  # whoever waits for it never reads half of it
    beside.touch(mode=0o600)
    beside.write_text(
        json.dumps(
            {
                "pid": os.getpid(),
                "web": config.public_url,
                "gateway": f"http://{config.host}:{config.gateway_port}",
                "ready": is_ready,
                "environment": environment,
            }
        )
    )
    beside.replace(file)


def _answers(config: Config, supervisor: Supervisor, stop: threading.Event) -> bool:
    deadline = time.monotonic() + READY_SECONDS_MAX
    left = [f"http://{config.host}:{config.web_port}/suc-khoe", f"http://{config.host}:{config.gateway_port}/health"]
    while left and time.monotonic() < deadline and not stop.is_set():
        supervisor.look_after()
        left = [url for url in left if not _is_up(url)]
        time.sleep(0.05 if left else 0)
    if left and not stop.is_set():
        _say(f"does not answer: {', '.join(left)}; see {config.home / 'logs'}")
    return not left


def _is_up(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _print_addresses(config: Config, witness_port: int | None) -> None:
    print(f"\nTrang làm việc (pages):  {config.public_url}/mot-cua")
    print(f"Trang công dân (citizens): {config.public_url}/cua-toi")
    gateway = f"http://{config.host}:{config.gateway_port}"
    print(f"Cổng kết nối (gateway):  {gateway}  /v1/verifications  /v1/disclosures  /soap  /openapi.yaml")
    if witness_port is not None:
        print(f"Nhân chứng mẫu (witness): {witness_url(config.host, witness_port)}")
    if config.demo:
        from dancu.cli.demo import describe_accounts

        if config.upstream is None:
            print(describe_accounts())
    print("Ctrl-C dừng tất cả (stops everything).", flush=True)


def _say(sentence: str) -> None:
    print(f"dancu: {sentence}", file=sys.stderr, flush=True)
