"""Where files of lists and rounds lie, below the home of the installation. A kept file is named by its SHA-256."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from uuid import UUID

from dancu.kernel.errors import NotFound

ROOM = "reconcile"
_DIGEST = re.compile(r"[0-9a-f]{64}")
# What stays of a round for the persons in it, whatever its owner deletes: who was compared, and the commitment to that.
STAYS = frozenset({"plan.json", "compared.npy", "commitment.json", "commitment.npy"})
WORK = ("parts", "work")


def incoming(home: Path) -> Path:
    """Where files are written while they arrive; a file under a name of digits is whole."""
    return _made(home / ROOM / "incoming")


def kept_file(home: Path, list_id: UUID, digest: str) -> Path:
    """Raises `NotFound` for what is no name of a kept file."""
    if not _DIGEST.fullmatch(digest):
        raise NotFound("file.none", "Không có tệp này, hoặc tệp đã bị hỏng.", "There is no such file, or it is damaged.")
    return _made(home / ROOM / "lists" / str(list_id)) / digest


def round_folder(home: Path, round_id: UUID) -> Path:
    return home / ROOM / "rounds" / str(round_id)


def start_over(folder: Path) -> None:
    """A round that failed begins anew, with other columns."""
    shutil.rmtree(folder, ignore_errors=True)


def remove_work(folder: Path) -> None:
    """What only a round that goes on needs."""
    for name in WORK:
        shutil.rmtree(folder / name, ignore_errors=True)


def remove_results(folder: Path) -> None:
    """Everything of a round but what stays for the persons in it."""
    remove_work(folder)
    for path in list(folder.glob("*")):
        if path.is_file() and path.name not in STAYS:
            path.unlink()


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
