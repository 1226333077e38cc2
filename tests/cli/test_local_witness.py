"""The witness of a demonstration signs the heads of the running ledger, and an outsider finds everything sound."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from dancu.cli.launcher.local_witness import witness_command
from dancu.kernel.config import read_config
from dancu.ledger.notes import cosigned_at, parse_key, parse_note
from dancu.ledger.witnessing import read_witnesses
from tests.cli.started import Started, processes_of, until

pytestmark = pytest.mark.slow
WITNESSED_SECONDS_MAX = 60


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Started]:
    instance = Started(folder / "witnessed", "--demo", "--persons", "50")
    try:
        instance.wait_ready()
        yield instance
    finally:
        instance.end()
        for left in processes_of(instance.home):
            os.kill(left, signal.SIGKILL)


def newest_log(home: Path, web: str) -> str:
    """The address of the log that is written now."""
    [key] = (home / "keys" / "ledger.pub").read_text().split()
    with urllib.request.urlopen(f"{web}/so-cai/", timeout=10) as page:
        text = page.read().decode()
    assert key in text
    links = [part.partition('"')[0] for part in text.split('href="')]
    return web + next(link for link in links if link.endswith("/checkpoint")).removesuffix("/checkpoint")


def test_heads_are_witnessed_within_a_minute_and_the_published_log_is_sound(running: Started, tmp_path: Path):
    web = str(running.known["web"])
    [peer] = read_witnesses(running.home / "keys" / "witnesses.toml")
    log = newest_log(running.home, web)

    def is_witnessed() -> bool:
        with contextlib.suppress(urllib.error.URLError), urllib.request.urlopen(f"{log}/checkpoint", timeout=10) as answer:
            return cosigned_at(parse_note(answer.read().decode()), peer.key) is not None
        return False

    until(is_witnessed, WITNESSED_SECONDS_MAX, lambda: (running.home / "logs" / "sequencer.log").read_text()[-2000:])
    asked = ["--key", str(running.home / "keys" / "ledger.pub"), "--witness", str(peer.key), "--quorum", "1", "--remember", "kept"]
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "dancu.cli.main", "ledger", "verify", log, *asked], capture_output=True, text=True, cwd=tmp_path
        )
        assert done.returncode == 0, done.stdout + done.stderr
    with urllib.request.urlopen(peer.url, timeout=10) as page:
        assert parse_note((tmp_path / "kept").read_text()).text.split("\n")[0] in page.read().decode()


def test_a_list_of_witnesses_of_ones_own_is_left_alone(tmp_path: Path):
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "ledger.key").write_bytes(bytes(32))
    config = read_config({"DANCU_HOME": str(tmp_path), "DANCU_INSTALLATION": "so.vidu.vn"})

    assert witness_command(config, 8400) is not None
    made = (keys / "witnesses.toml").read_text()
    assert witness_command(config, 8401) is not None
    (keys / "witnesses.toml").write_text(own := made.partition("\n")[2])

    assert witness_command(config, 8402) is None
    assert (keys / "witnesses.toml").read_text() == own
    assert parse_key(own.split('key = "')[1].split('"')[0]).name == "nhan-chung-mau"
