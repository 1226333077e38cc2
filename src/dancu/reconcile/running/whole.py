"""What a profile says of a whole list once every record was compared: one file for its owner, and figures for the report."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from dancu.reconcile.engine.exact import Batch
from dancu.reconcile.reading.headings import Role
from dancu.reconcile.reading.text_rows import Column
from dancu.reconcile.running.folder import WORK, write_file
from dancu.reconcile.running.parts import about_parts, own_file
from dancu.reconcile.running.progress import Watcher

FIGURES = "own.json"


@dataclass(frozen=True, slots=True)
class WholeListCheck:
    """What a profile looks at over the whole list (*rà soát riêng trên cả danh sách*).

    `keep` gives what it needs of a batch besides the verdicts, columns as narrow as can be; None where the list does not have it.
    `write` makes the file when all parts are there, and gives the figures, which stand in the report under `name`.
    """

    name: str
    file: str
    keep: Callable[[Batch, Mapping[Role, Column]], pa.Table | None]
    write: Callable[[Path, Watcher], dict[str, Any]]


def look_at_whole(folder: Path, check: WholeListCheck, watcher: Watcher) -> None:
    """Make what is said of the whole list, once (*rà soát cả danh sách*); the figures are written last.

    Nothing is said of a list whose parts lack the columns: parts of a program of before, say.
    """
    if (folder / WORK / FIGURES).exists():
        return
    is_kept = all(own_file(folder, about.number).exists() for about in about_parts(folder))
    figures = check.write(folder, watcher) if is_kept else None
    (folder / WORK).mkdir(exist_ok=True)
    write_file(folder / WORK / FIGURES, json.dumps({check.name: figures}, indent=1).encode())


def figures_of(folder: Path) -> dict[str, Any]:
    """The figures by their name; nothing where no profile looks at the whole list."""
    try:
        found: dict[str, Any] = json.loads((folder / WORK / FIGURES).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found
