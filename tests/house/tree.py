"""The tree of the project as the house tests see it: always derived, never listed."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "dancu"
# What is no room: shared words, shared looks, processes and wiring.
NOT_ROOMS = frozenset({"kernel", "ui", "gateway", "cli", "project"})


def packages() -> list[str]:
    """Every folder of the house."""
    return sorted(p.name for p in SOURCE.iterdir() if p.is_dir() and p.name != "__pycache__")


def rooms() -> list[str]:
    return [name for name in packages() if name not in NOT_ROOMS]


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def domain_files() -> list[Path]:
    """Where the rooms decide: `domain.py`, or the modules of a folder of that name."""
    found = []
    for room in rooms():
        if (SOURCE / room / "domain.py").is_file():
            found.append(SOURCE / room / "domain.py")
        found += sorted(p for p in (SOURCE / room / "domain").glob("*.py") if p.name != "__init__.py")
    return found


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")


def kept_files() -> list[Path]:
    """The files git keeps, or all files where there is no git (an unpacked archive)."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        skipped = {".venv", "__pycache__", ".git", "screenshots"}
        return [p for p in ROOT.rglob("*") if p.is_file() and not skipped & set(p.relative_to(ROOT).parts)]
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str | None:
    """The text of a file, None when it is not text."""
    data = path.read_bytes()
    if b"\0" in data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None
