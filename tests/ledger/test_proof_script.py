"""The browser's verifier run by node, where there is one: the same verdicts as Python's over good and tampered proofs."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from dancu.ui.assets import ROOT
from tests.house.tree import ROOT as CHECKOUT
from tests.ledger.tampered_proofs import TAMPERINGS, Maker

NODE = shutil.which("node")
REQUIRED = os.environ.get("DANCU_REQUIRE_BROWSER") == "1"
RUN = """
import { readFileSync } from "node:fs";
import { checkProof, readProof, useNative, Unreadable } from "./proof.js";
const { native, cases } = JSON.parse(readFileSync(0, "utf8"));
useNative(native);
const told = [];
for (const { text, keys } of cases) {
  try {
    const { flaws, origin, size, witnesses } = await checkProof(readProof(text), keys);
    told.push({ flaws, origin, size: String(size), witnesses });
  } catch (failure) {
    if (!(failure instanceof Unreadable)) throw failure;
    told.push({ unreadable: true });
  }
}
console.log(JSON.stringify(told));
"""


def test_tampering_reaches_every_flaw_and_good_proofs_are_sound(tmp_path: Path):
    cases = Maker(tmp_path, 3).cases(1_000)
    flaws = Counter(flaw for case in cases for flaw in case.verdict.get("flaws", ["unreadable"]))

    assert set(flaws) == {"signature", "witnesses", "path", "opening", "unreadable"}
    assert {case.done for case in cases} == {"nothing", *(each.__name__ for each in TAMPERINGS)}
    assert all(case.verdict["flaws"] == [] for case in cases if case.done == "nothing")


def test_the_curve_is_the_published_file_that_the_notice_names():
    fingerprint = hashlib.sha256((ROOT / "ui" / "ed25519.js").read_bytes()).hexdigest()

    assert f"src/dancu/ui/static/ui/ed25519.js, sha256 {fingerprint}" in (CHECKOUT / "NOTICE").read_text(encoding="utf-8")


@pytest.mark.skipif(NODE is None and not REQUIRED, reason="no node on this machine; the browser test compares the same")
@pytest.mark.parametrize(("native", "count"), [(True, 2_000), (False, 200)], ids=["web-crypto", "noble"])
def test_two_thousand_proofs_give_the_same_verdicts_in_script_and_python(tmp_path: Path, native: bool, count: int):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    cases = Maker(tmp_path, seed).cases(count)
    for name in ("proof.js", "ed25519.js"):
        shutil.copy(ROOT / "ui" / name, tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "run.js").write_text(RUN)
    asked = json.dumps({"native": native, "cases": [{"text": case.text, "keys": case.keys} for case in cases]})

    done = subprocess.run([str(NODE), "run.js"], input=asked, cwd=tmp_path, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    for case, told in zip(cases, json.loads(done.stdout), strict=True):
        assert told == case.verdict, (case.done, case.text, case.keys)
