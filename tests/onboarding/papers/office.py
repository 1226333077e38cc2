"""LibreOffice and poppler for tests: papers become pages, pages become words and ink."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest

SOFFICE = shutil.which("soffice")
TOOLS = [shutil.which(name) for name in ("pdftotext", "pdftoppm")]
REQUIRED = os.environ.get("DANCU_REQUIRE_BROWSER") == "1"
MARKS = [
    pytest.mark.slow,
    pytest.mark.skipif(
        (SOFFICE is None or None in TOOLS) and not REQUIRED,
        reason="pages were not looked at: no LibreOffice or poppler here (Debian packages libreoffice-writer-nogui, poppler-utils)",
    ),
]
_SECONDS_MAX = 240  # for all papers of one call, on a busy machine
DOTS_PER_INCH = 96
_DARK = 160  # of 255: fainter is the shade of a table head or a softened edge
Page = np.ndarray[tuple[int, int], np.dtype[np.uint8]]


def converted(folder: Path, papers: dict[str, bytes], kind: str = "pdf") -> dict[str, Path]:
    """Each paper as opened and saved by LibreOffice, with a profile of this folder's own."""
    source, target = folder / "made", folder / kind
    source.mkdir(parents=True, exist_ok=True)
    for name, data in papers.items():
        (source / f"{name}.docx").write_bytes(data)
    files = [str(source / f"{name}.docx") for name in papers]
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [SOFFICE or "soffice", profile, "--headless", "--norestore", "--convert-to", kind, "--outdir", str(target), *files]
    environment = {**os.environ, "HOME": str(folder)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, start_new_session=True)
    try:
        told, _nothing = process.communicate(timeout=_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # what we call is a script; the office itself is its child
        raise
    made = {name: target / f"{name}.{kind}" for name in papers}
    assert all(path.is_file() for path in made.values()), told.decode(errors="replace")[-2000:]
    return made


def page_texts(pdf: Path) -> list[str]:
    """The words of each page, spaces and lines evened."""
    said = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, timeout=60).stdout.decode()
    return [" ".join(page.split()) for page in said.split("\f")[:-1]]


def page_lines(pdf: Path) -> list[list[str]]:
    said = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, timeout=60).stdout.decode()
    return [page.splitlines() for page in said.split("\f")[:-1]]


def page_images(pdf: Path) -> list[Page]:
    """Each page as grey dots, row by row."""
    prefix = pdf.with_suffix("")
    command = ["pdftoppm", "-gray", "-r", str(DOTS_PER_INCH), str(pdf), str(prefix)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return [_grey(path.read_bytes()) for path in sorted(prefix.parent.glob(f"{prefix.name}-[0-9]*.pgm"))]


def _grey(data: bytes) -> Page:
    head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+(\d+)\s", data)
    assert head is not None
    width, height = int(head[1]), int(head[2])
    return np.frombuffer(data, np.uint8, offset=head.end()).reshape(height, width)


def ink(page: Page, *, left: float = 0, top: float = 0, right: float | None = None, bottom: float | None = None) -> int:
    """Dark dots in a part of a page, in millimetres from its left upper corner."""
    edges = [None if edge is None else round(edge * DOTS_PER_INCH / 25.4) for edge in (left, top, right, bottom)]
    part = page[edges[1] : edges[3], edges[0] : edges[2]]
    return int((part < _DARK).sum())
