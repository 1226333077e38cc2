"""The configuration: read once from the environment at start, validated whole, passed in. Policy is data, not here."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dancu.kernel.errors import Invalid
from dancu.kernel.networks import is_network
from dancu.kernel.upstream import Upstream, read_upstream

VERSION = "0.1.0"
PROFILES = ("mo-phong", "tinh", "bo", "doanh-nghiep")
SYSLOG_SCHEMES = ("syslog+tls", "syslog+tcp", "syslog+udp")
MAIL_SCHEMES = ("smtp", "smtps", "smtp+starttls")


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting of the processes. `dancu check` prints what is unsafe, all at once."""

    home: Path  # DANCU_HOME: database of the first run, keys, files, logs
    database_url: str  # DATABASE_URL: role of web and worker
    database_owner_url: str  # DATABASE_OWNER_URL: migrations only
    database_gateway_url: str  # DATABASE_GATEWAY_URL: role of the gateway; DATABASE_URL when not given
    profile: str  # DANCU_PROFILE: one of PROFILES
    host: str  # DANCU_HOST: address the servers listen on
    web_port: int  # DANCU_WEB_PORT
    gateway_port: int  # DANCU_GATEWAY_PORT
    public_url: str  # DANCU_PUBLIC_URL: how browsers reach the pages
    debug: bool  # DANCU_DEBUG
    installation: str  # DANCU_INSTALLATION: what the ledger's logs are called after; the host of the public address by default
    demo: bool  # DANCU_DEMO: simulated people and demo accounts, labelled on every page
    smtp_url: str = ""  # DANCU_SMTP_URL: mail server; without it mail waits in the outbox
    mail_from: str = ""  # DANCU_MAIL_FROM: sender of mail
    gateway_processes: int = 1  # DANCU_GATEWAY_PROCESSES: how many share the port and the callers' rates
    syslog_url: str = ""  # DANCU_SYSLOG_URL: the monitoring centre that is sent security events
    syslog_ca: Path | None = None  # DANCU_SYSLOG_CA: whose certificate its server must show
    trusted_proxies: tuple[str, ...] = ()  # DANCU_TRUSTED_PROXIES: addresses and networks whose X-Forwarded-For counts
    upstream: Upstream | None = None  # None: the registry is here
    snapshots: str = ""  # DANCU_SNAPSHOTS: folder of the snapshots lists are compared with; `off`: none are taken here
    front_secret: str = ""  # DANCU_FRONT_SECRET_FILE: what the front that ends TLS shows the gateway; `front.key` beside the keys

    @property
    def key_dir(self) -> Path:
        """Keys live outside the database: `secrets.key` (AES-256-GCM), `django.key` (sessions), `ledger.key` (Ed25519),
        `messages.key` (signed answers)."""
        return self.home / "keys"

    @property
    def snapshot_home(self) -> Path | None:
        """None where no snapshots are taken: there is no registry here, or they are turned off."""
        if self.upstream is not None or self.snapshots == "off":
            return None
        return Path(self.snapshots) if self.snapshots else self.home / "snapshots"

    @property
    def front_secret_file(self) -> Path:
        return Path(self.front_secret) if self.front_secret else self.key_dir / "front.key"


def read_config(environment: Mapping[str, str] = os.environ) -> Config:
    """Read the environment. Raises `Invalid` naming every setting that is wrong."""
    wrong: list[str] = []

    def number(name: str, default: int) -> int:
        text = environment.get(name, str(default))
        if not text.isdigit() or not 0 < int(text) < 65536:
            wrong.append(f"{name} must be a port from 1 to 65535, not {text!r}")
            return default
        return int(text)

    def flag(name: str) -> bool:
        text = environment.get(name, "0")
        if text not in ("0", "1"):
            wrong.append(f"{name} must be 0 or 1, not {text!r}")
        return text == "1"

    profile = environment.get("DANCU_PROFILE", "mo-phong")
    if profile not in PROFILES:
        wrong.append(f"DANCU_PROFILE must be one of {', '.join(PROFILES)}, not {profile!r}")
    url = environment.get("DATABASE_URL", "")
    host = environment.get("DANCU_HOST", "127.0.0.1")
    web_port, gateway_port = number("DANCU_WEB_PORT", 8000), number("DANCU_GATEWAY_PORT", 8001)
    debug, demo = flag("DANCU_DEBUG"), flag("DANCU_DEMO")
    public_url = environment.get("DANCU_PUBLIC_URL", f"http://{host}:{web_port}")
    installation = environment.get("DANCU_INSTALLATION") or urlsplit(public_url).hostname or "localhost"
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,100}", installation):
        wrong.append(f"DANCU_INSTALLATION has small letters, digits, dots and hyphens, like a host name, not {installation!r}")
    processes = environment.get("DANCU_GATEWAY_PROCESSES", "1")
    if not re.fullmatch(r"[1-9]\d{0,2}", processes):
        wrong.append(f"DANCU_GATEWAY_PROCESSES must be a number from 1 to 999, not {processes!r}")
        processes = "1"
    syslog_url, syslog_ca = environment.get("DANCU_SYSLOG_URL", ""), environment.get("DANCU_SYSLOG_CA", "")
    wrong += _wrong_with_syslog(syslog_url, syslog_ca)
    smtp_url, mail_from = environment.get("DANCU_SMTP_URL", ""), environment.get("DANCU_MAIL_FROM", "")
    wrong += _wrong_with_mail(smtp_url, mail_from)
    proxies = tuple(filter(None, (each.strip() for each in environment.get("DANCU_TRUSTED_PROXIES", "").split(","))))
    wrong += [f"DANCU_TRUSTED_PROXIES: {each!r} is no IP address and no network" for each in proxies if not is_network(each)]
    upstream = read_upstream(environment, wrong)
    if wrong:
        raise Invalid("config.wrong", "; ".join(wrong))
    return Config(
        home=Path(environment.get("DANCU_HOME") or default_home()),
        database_url=url,
        database_owner_url=environment.get("DATABASE_OWNER_URL", url),
        database_gateway_url=environment.get("DATABASE_GATEWAY_URL", url),
        profile=profile,
        host=host,
        web_port=web_port,
        gateway_port=gateway_port,
        public_url=public_url,
        installation=installation,
        debug=debug,
        demo=demo,
        smtp_url=smtp_url,
        mail_from=mail_from,
        gateway_processes=int(processes),
        syslog_url=syslog_url,
        syslog_ca=Path(syslog_ca) if syslog_ca else None,
        trusted_proxies=proxies,
        upstream=upstream,
        snapshots=environment.get("DANCU_SNAPSHOTS", ""),
        front_secret=environment.get("DANCU_FRONT_SECRET_FILE", ""),
    )


def _wrong_with_mail(smtp_url: str, mail_from: str) -> list[str]:
    """The address itself is not repeated: it may hold a password."""
    if not smtp_url:
        return []
    wrong = []
    try:
        parts = urlsplit(smtp_url)
        readable = parts.scheme in MAIL_SCHEMES and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        readable = False
    if not readable:
        wrong.append(f"DANCU_SMTP_URL must look like smtp+starttls://user:password@host:587 ({', '.join(MAIL_SCHEMES)})")
    if "@" not in mail_from.strip("@"):
        wrong.append("DANCU_MAIL_FROM must be an address when DANCU_SMTP_URL is given")
    return wrong


def _wrong_with_syslog(url: str, ca: str) -> list[str]:
    wrong = []
    if url:
        try:
            parts = urlsplit(url)
            readable = parts.scheme in SYSLOG_SCHEMES and bool(parts.hostname) and bool(parts.port) and not parts.username
        except ValueError:
            readable = False
        if not readable:
            wrong.append(f"DANCU_SYSLOG_URL must look like syslog+tls://host:6514 ({', '.join(SYSLOG_SCHEMES)}), not {url!r}")
    if ca and not Path(ca).is_file():
        wrong.append(f"DANCU_SYSLOG_CA: there is no file {ca!r}")
    if ca and not url.startswith("syslog+tls:"):
        wrong.append("DANCU_SYSLOG_CA is for an address syslog+tls://…")
    return wrong


def default_home() -> Path:
    """`/var/lib/dancu` as root, a folder of one's own otherwise (XDG base directories)."""
    if os.geteuid() == 0:
        return Path("/var/lib/dancu")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "dancu"
