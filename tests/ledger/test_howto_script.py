"""The script an outsider reads and runs: a second verifier that shares no code with the first, and gives the same verdicts."""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dancu.ledger.notes import parse_checkpoint
from dancu.ledger.outside.published import published_at
from dancu.ledger.outside.verifying import LogFlaw, check_log
from tests.house.tree import ROOT
from tests.ledger.published_log import PublishedLog
from tests.ledger.tampered_proofs import Case, Maker

SCRIPT = ROOT / "docs/howto/verify_ledger.py"
LINES_MAX = 80


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_ledger", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def accepts(check: Any, *arguments: Any) -> bool:
    try:
        check(*arguments)
    except (Exception, SystemExit):  # the script ends with whatever goes wrong
        return False
    return True


def is_sound(case: Case) -> bool:
    """Sound apart from witnesses, whom the script leaves aside."""
    return set(case.verdict.get("flaws", ["unreadable"])) <= {"witnesses"}


def test_the_script_is_short_and_knows_nothing_of_ours():
    text = SCRIPT.read_text(encoding="utf-8")

    assert len([line for line in text.splitlines() if line]) <= LINES_MAX
    assert "dancu" not in text


def test_two_thousand_proofs_never_pass_the_script_and_fail_here(script: ModuleType, tmp_path: Path):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    cases = Maker(tmp_path, seed).cases(2_000)
    # The script reads what is written in another way; what is said in it, it judges as strictly.
    written_otherwise = {"base64_bent", "step_changed", "opening_changed", "not_a_proof", "signatures_moved", "signature_changed"}

    for case in cases:
        passed = accepts(lambda case=case: script.check_proof(case.keys["log"], json.loads(case.text)))
        assert passed or not is_sound(case), (case.done, case.text)
        assert is_sound(case) or not passed or case.done in written_otherwise, (case.done, case.text)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 3_000, 66_000])
def test_it_agrees_on_sound_and_altered_logs(script: ModuleType, tmp_path: Path, size: int):
    chance = random.Random(size)
    log = PublishedLog(tmp_path / "log").grow(size)
    kept = log.head()
    log.grow(300).publish()
    forked = PublishedLog(tmp_path / "forked").grow(max(0, size - 1)).grow(301, "khác")
    forked.publish()
    shorter = PublishedLog(tmp_path / "shorter").grow(max(0, size - 1))
    shorter.publish()
    tiles = [path for path in (tmp_path / "log").rglob("tile/0/**/*") if path.is_file()]

    for folder in (log.folder, forked.folder, shorter.folder):
        verdict, _ = check_log(published_at(str(folder)), log.key, kept=[parse_checkpoint(kept.text)])
        assert accepts(script.check_log, str(log.key), folder, str(kept)) == (not verdict.flaws)
    tile = chance.choice(tiles)
    content = bytearray(tile.read_bytes())
    content[chance.randrange(len(content))] ^= 1
    tile.write_bytes(content)
    verdict, _ = check_log(published_at(str(log.folder)), log.key)
    assert accepts(script.check_log, str(log.key), log.folder) == (LogFlaw.ROOT not in verdict.flaws)


def test_it_runs_as_the_page_says(tmp_path: Path):
    log = PublishedLog(tmp_path / "log").grow(300)
    log.publish()

    done = subprocess.run([sys.executable, str(SCRIPT), str(log.key), str(log.folder)], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("right: so.vidu.vn/so/2026h2/e1, 300 entries")
    other = PublishedLog(tmp_path / "other", bytes(32)).key
    assert subprocess.run([sys.executable, str(SCRIPT), str(other), str(log.folder)], capture_output=True).returncode == 1
