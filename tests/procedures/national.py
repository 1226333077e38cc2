"""The national instance behind a provincial desk: the people live there, the desk's system is known there as one behind its hub.

As a script it fills its database once; the tests ask its gateway.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from tests.gateway.above import HUB, HUB_SECRET, INSTALLATION, keys_between_hubs
from tests.gateway.process import GatewayProcess

from dancu.cli.launcher.postgres import Urls
from dancu.exchange.upstream.desk_line import desk_line
from dancu.kernel.config import read_config
from dancu.kernel.upstream import Upstream

BEHIND = f"{HUB}.mot-cua"


class National(GatewayProcess):
    """Its gateway, and where its ledger is (*hệ thống quốc gia*)."""

    def __init__(self, urls: Urls) -> None:
        super().__init__(urls.gateway, "tests.procedures.patient:app", DANCU_INSTALLATION=INSTALLATION)
        self.urls = urls

    @property
    def as_upstream(self) -> Upstream:
        """What a provincial instance is told about it."""
        path = "/soap/dan-cu"
        return Upstream(self.root + path, "hub", HUB, INSTALLATION, path, (), "yes-or-no", "", 4.5, "", "")


@contextmanager
def a_national_instance() -> Iterator[National]:
    from tests.conftest import copy_database, drop_database, urls_of

    keys_between_hubs()
    name = f"dancu_desk_above_{uuid4().hex[:12]}"
    copy_database(name)
    urls = urls_of(name)
    where = {"DATABASE_URL": urls.owner, "DATABASE_OWNER_URL": urls.owner, "DATABASE_GATEWAY_URL": urls.gateway}
    subprocess.run([sys.executable, "-m", "tests.procedures.national"], env={**os.environ, **where}, check=True)
    running = National(urls)
    running.start()
    try:
        yield running
        hang_up(running)
    finally:
        running.stop()
        drop_database(name)


def hang_up(national: National) -> None:
    """Give back the connections of this process's pages to it, with what their breaker remembers."""
    desk_line(national.as_upstream, read_config().key_dir).close()
    desk_line.cache_clear()


def _fill() -> None:
    """The people, the hub with its key, and the desk behind it with what it is granted at this level too."""
    from tests.factories.database import connect_system, load
    from tests.factories.ledger import tree_keeps_up
    from tests.factories.people import EVERYDAY, NOW, a_grant
    from tests.procedures.scene import PEOPLE

    from dancu.kernel import clock
    from dancu.kernel.signing import PublicKey
    from dancu.onboarding import api as onboarding
    from dancu.procedures.reference import procedures

    tree_keeps_up()
    with tempfile.TemporaryDirectory() as folder:
        load(PEOPLE, Path(folder))
    connect_system(HUB, grants=[], secret=HUB_SECRET)
    onboarding.add_message_key(HUB, PublicKey.parse(keys_between_hubs().read_bytes()), by="test", now=clock.now())
    # Explained here, so that whether a clerk is told which key differs is decided by the grant of the province.
    grants = [a_grant(BEHIND, "MOT-CUA", procedure.code, fields=EVERYDAY, explain=True) for procedure in procedures()]
    connect_system(BEHIND, grants=grants, via=HUB)
    onboarding.list_accounts_for("H57", ["canbo02"], by="test", now=NOW)


if __name__ == "__main__":
    from dancu.cli.command import start_django

    start_django()
    _fill()
