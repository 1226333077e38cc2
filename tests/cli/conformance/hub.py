"""Our own hub as a candidate: a real gateway over a real registry that holds the personas, with the systems of the guide."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from dancu.cli.conformance_kit.agreed import Agreed
from dancu.cli.launcher.postgres import Urls
from dancu.synth.api import PERSONAS
from tests.conftest import copy_database, drop_database, urls_of
from tests.gateway.process import GatewayProcess, command

ROOT = Path(__file__).resolve().parents[3]
KIT, BY_NETWORK, SECRET = "kiem-tra", "kiem-tra-mang", "bi-mat-cua-bo-kiem-tra"
ORGANISATION = "KIEM-TRA"  # of its own, as the guide advises
AGREED = Agreed(KIT, SECRET, network_client=BY_NETWORK)
HERE = "http://127.0.0.1:8001"  # as the guide has it


def blocks_of_guide() -> list[str]:
    """What the guide prints to be typed, in its order."""
    guide = (ROOT / "docs" / "howto" / "conformance.md").read_text(encoding="utf-8")
    return [textwrap.dedent(block) for block in re.findall(r"^ *```sh\n(.*?)^ *```", guide, re.MULTILINE | re.DOTALL)]


def typed(block: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """A block as somebody types it into a shell that stands in a folder."""
    script = f'dancu() {{ "{sys.executable}" -m dancu.cli.main "$@"; }}\nset -eu\n{block}'
    environment = {**os.environ, "COLUMNS": "200", **settings}
    return subprocess.run(["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=300)


def register_kit(urls: Urls) -> None:
    """What a province registers before it lets the kit in: the guide's own commands, with a secret that the tests know."""
    settings = {"DATABASE_URL": urls.web, "DATABASE_OWNER_URL": urls.owner, "DATABASE_GATEWAY_URL": urls.gateway}
    with tempfile.TemporaryDirectory() as folder:
        done = typed(blocks_of_guide()[0].replace("--official", f"--official --secret {SECRET}"), Path(folder), **settings)
        assert done.returncode == 0, done.stderr
        assert (Path(folder) / "kiem-tra.secret").read_text().strip() == SECRET


def load_personas(urls: Urls) -> None:
    """The twelve persons of the demonstration, through the same door as a real load."""
    names = list(dict.fromkeys(name for person in PERSONAS for name in person))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "personas.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, names, restval="")
            writer.writeheader()
            writer.writerows(PERSONAS)
        command(urls, "population", "load", str(file))


@contextmanager
def a_hub(template: str) -> Iterator[GatewayProcess]:
    """A gateway on a copy of the template: what was counted against a person ends with it."""
    name = f"dancu_kit_{uuid4().hex[:12]}"
    copy_database(name, template)
    running = GatewayProcess(urls_of(name).gateway)
    running.start()
    try:
        yield running
    finally:
        running.stop()
        drop_database(name)
