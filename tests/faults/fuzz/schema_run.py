"""Schemathesis on every operation of both OpenAPI documents: who sends credentials, who sends a token, who sends nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.fuzz.contracts import FOLDER
from tests.faults.fuzz.surface import Means
from tests.faults.fuzz.systems import PLAIN, SECRET
from tests.faults.fuzz.wire import ANSWER_SECONDS_MAX
from tests.faults.place import ROOT
from tests.gateway.process import GatewayProcess
from tests.gateway.signing import basic

PHASES = "coverage,fuzzing,stateful"
DOCUMENTS = ("openapi.yaml", "dialects.openapi.yaml")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "tells_nothing_inside",
)


@dataclass
class SchemaMet:
    """What Schemathesis found."""

    cases: int = 0
    operations: int = 0
    phases: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)


def generate(
    gateway: GatewayProcess, means: Means, seed: int, examples: int, *, phases: str = PHASES, everybody: bool = True
) -> SchemaMet:
    """Every document, as everybody or as one known system; `examples`: of each operation in each phase."""
    met = SchemaMet()
    credentials = {
        "basic": ("--header", f"Authorization: {basic(PLAIN, SECRET)}"),
        "token": ("--header", f"Authorization: Bearer {means.tokens[PLAIN]}"),
        "nobody": (),
    }
    options = ("--phases", phases, "--seed", str(seed), "--max-examples", str(examples))
    for document in DOCUMENTS:
        for who in credentials if everybody else ("basic",):
            told = _one(gateway, means, document, (*credentials[who], *options))
            met.cases += told["test_cases"]["generated"]
            met.operations += told["operations"]["tested"] if who == "basic" else 0
            met.phases |= {name for name, phase in told["phases"].items() if phase["status"] in ("success", "failure")}
            met.failures += [f"{document} as {who}: {each['title']}: {', '.join(each['operations'])}" for each in told["failures"]]
            met.failures += [f"{document} as {who}: not run: {str(each)[:200]}" for each in told["errors"]]
    return met


def _one(gateway: GatewayProcess, means: Means, document: str, options: tuple[str, ...]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "schemathesis.cli", "run", str(FOLDER / document), "--url", gateway.root]
        command += [*options, "--checks", ",".join(CHECKS), "--max-response-time", str(ANSWER_SECONDS_MAX)]
        command += ["--continue-on-failure", "--generation-database", "none"]
        command += ["--report", "json", "--report-json-path", str(report), "--warnings", "off", "--suppress-health-check", "all"]
        environment = {
            **os.environ,
            "SCHEMATHESIS_HOOKS": "tests.faults.fuzz.schema_hooks",
            "FUZZ_LIST": means.lists[PLAIN],
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        assert report.exists(), (done.stdout + done.stderr)[-2_000:]
        told: dict[str, Any] = json.loads(report.read_text())
        return told
