"""The configuration: read once from the environment at start, validated whole, passed in. Policy is data, not here."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dancu.kernel.errors import Invalid

VERSION = "0.1.0"
PROFILES = ("mo-phong", "tinh", "bo", "doanh-nghiep")
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
    trusted_proxies: tuple[str, ...] = ()  # DANCU_TRUSTED_PROXIES: addresses and networks whose X-Forwarded-For counts

    @property
    def key_dir(self) -> Path:
        """Keys live outside the database: `secrets.key` (AES-256-GCM), `django.key` (sessions), `ledger.key` (Ed25519)."""
        return self.home / "keys"


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
    smtp_url, mail_from = environment.get("DANCU_SMTP_URL", ""), environment.get("DANCU_MAIL_FROM", "")
    wrong += _wrong_with_mail(smtp_url, mail_from)
    proxies = tuple(filter(None, (each.strip() for each in environment.get("DANCU_TRUSTED_PROXIES", "").split(","))))
    wrong += [f"DANCU_TRUSTED_PROXIES: {each!r} is no IP address and no network" for each in proxies if not _is_network(each)]
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
        trusted_proxies=proxies,
    )


def _is_network(text: str) -> bool:
    """One address, or a network of fewer than all: who trusts everybody lets everybody choose where she comes from."""
    try:
        return ipaddress.ip_network(text).prefixlen > 0
    except ValueError:
        return False


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


def default_home() -> Path:
    """`/var/lib/dancu` as root, a folder of one's own otherwise (XDG base directories)."""
    if os.geteuid() == 0:
        return Path("/var/lib/dancu")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "dancu"
