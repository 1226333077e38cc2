"""The installation's own snapshots: with which role and keys they are taken, and the one of every night."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from dancu.exchange import api as exchange
from dancu.kernel.config import Config
from dancu.kernel.errors import Conflict
from dancu.kernel.sealing import SealingKey
from dancu.reconcile.taking.authority import key_id, name_key
from dancu.reconcile.taking.home import home_of
from dancu.reconcile.taking.take import Progress, Settings, Taken, take_snapshot

NIGHTLY = "nightly"
log = structlog.get_logger("reconcile")


def settings_of(config: Config, by: str) -> Settings:
    """With the worker's role and the installation's keys. Raises `NotFound` without `secrets.key`."""
    key_dir = config.key_dir
    hidden = exchange.planted_numbers(key=SealingKey.from_folder(key_dir))
    return Settings(config.database_url, name_key(key_dir), key_id(key_dir), config.installation, by, hidden)


def take_nightly(
    config: Config, *, now: datetime, by: str = NIGHTLY, progress: Callable[[Progress], None] = lambda _: None
) -> Taken | None:
    """Take a snapshot and remove old ones (*lập bản chụp hằng đêm*); None where none is taken, or one is being."""
    if config.snapshot_home is None:
        return None
    home = home_of(config)
    try:
        taken = take_snapshot(home, settings_of(config, by), now=now, progress=progress)
    except Conflict as failure:
        log.warning("reconcile.snapshot.not_taken", code=failure.code)
        return None
    gone = home.prune(now=now)
    log.info(
        "reconcile.snapshot.taken",
        version=taken.version, persons=taken.persons, changed=taken.changed, full=taken.is_full, removed=len(gone),
    )  # fmt: skip
    return taken
