"""A .docx as PDF/A by LibreOffice, in a process of its own with a time limit."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from dancu.kernel.errors import Unavailable

OFFICE = "soffice"
SECONDS_MAX = 120  # a report of fifty pages takes three, on a busy machine ten
PARTS = {1: "A", 2: "B", 3: "B"}  # of ISO 19005, with the level LibreOffice writes for each
_MARKED = re.compile(rb"<pdfaid:part>(\d)</pdfaid:part>")


def to_pdf_a(document: bytes, *, part: int = 2, office: str = OFFICE, seconds_max: float = SECONDS_MAX) -> bytes:
    """A .docx that we wrote as PDF/A (*xuất PDF/A để lưu trữ*), by default ISO 19005-2, level B, with its fonts inside.

    Only for files of `write_docx`: what strangers send is never opened so. The bytes differ each time: the file names its moment.
    Raises `Unavailable` without LibreOffice, after `seconds_max` and when no PDF/A came out.
    """
    assert part in PARTS, "parts 1 to 3 of ISO 19005"
    program = shutil.which(office)
    if program is None:
        raise Unavailable(
            "steering.no_office",
            "Máy chủ chưa có LibreOffice nên chưa xuất được PDF. Bạn tải tệp Word rồi lưu thành PDF/A.",
            "The server has no LibreOffice, so no PDF was made. Take the Word file and save it as PDF/A.",
        )
    with tempfile.TemporaryDirectory(prefix="dancu-pdf-") as name:
        folder = Path(name)
        (folder / "document.docx").write_bytes(document)
        _run(_command(program, folder, part), folder, seconds_max)
        made = folder / "document.pdf"
        data = made.read_bytes() if made.is_file() else b""
    found = _MARKED.search(data)
    if not data.startswith(b"%PDF-") or found is None or int(found[1]) != part:
        raise _no_pdf()
    return data


def _command(program: str, folder: Path, part: int) -> list[str]:
    options = json.dumps({"SelectPdfVersion": {"type": "long", "value": str(part)}})
    profile = f"-env:UserInstallation=file://{folder}/profile"  # of its own: two at once would wait for each other
    target = f"pdf:writer_pdf_Export:{options}"
    return [
        program,
        profile,
        "--headless",
        "--norestore",
        "--convert-to",
        target,
        "--outdir",
        str(folder),
        str(folder / "document.docx"),
    ]


def _run(command: list[str], folder: Path, seconds_max: float) -> None:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, start_new_session=True
    )
    try:
        process.communicate(timeout=seconds_max)
    except subprocess.TimeoutExpired as error:
        os.killpg(process.pid, signal.SIGKILL)  # what we call is a script; the office itself is its child
        process.communicate()
        raise Unavailable(
            "steering.office_slow",
            "Xuất PDF quá lâu nên đã dừng. Bạn thử lại sau ít phút hoặc tải tệp Word.",
            "Making the PDF took too long and was stopped. Try again in some minutes or take the Word file.",
        ) from error


def _no_pdf() -> Unavailable:
    return Unavailable(
        "steering.no_pdf",
        "Chưa xuất được PDF. Bạn thử lại hoặc tải tệp Word.",
        "No PDF was made. Try again or take the Word file.",
    )
