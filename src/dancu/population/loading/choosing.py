"""Which files a path means, in which order, and of which kind each is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from dancu.kernel.errors import Invalid
from dancu.population.loading.files import open_file
from dancu.population.loading.kinds.families import FAMILY_TABLES, FamilyTable
from dancu.population.loading.kinds.kind import Kind
from dancu.population.loading.kinds.persons import PERSONS

# In the order in which they lean on each other: this is also the order inside a folder.
KINDS = {kind.name: kind for kind in (PERSONS, *(table.kind for table in FAMILY_TABLES))}
_ENDINGS = (".csv", ".jsonl", ".parquet")
# A column that only this kind has.
_TELLING = {"full_name": "persons", "other_id": "relations", "relation": "memberships", "formed_on": "households"}


def table_of(kind: Kind) -> FamilyTable:
    return next(table for table in FAMILY_TABLES if table.kind is kind)


def kind_named(name: str) -> Kind:
    """Raises `Invalid` for a kind there is not."""
    if name not in KINDS:
        raise Invalid(
            "load.kind", f"Loại dữ liệu phải là một trong: {', '.join(KINDS)}.", f"The kind must be one of: {', '.join(KINDS)}."
        )
    return KINDS[name]


def kind_of_file(file: Path) -> Kind:
    """By the columns; persons where they do not tell."""
    names = open_file(file, frozenset()).names
    found = set(_first_names(file) if names is None else names)
    for column, kind in _TELLING.items():
        if column in found:
            return KINDS[kind]
    return KINDS["residences"] if {"kind", "valid_from"} <= found else PERSONS


def _first_names(file: Path) -> Iterable[str]:
    with file.open("rb") as source:
        for line in source:
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(row, dict):
                return row
    return ()


def files_of(path: Path, kind: Kind | None = None) -> list[tuple[Path, Kind | None]]:
    """The files of a folder, each with its kind where the folder tells it, as that of `dancu synth` does (*tệp cần nạp*).

    Raises `Invalid` when there is nothing to load.
    """
    if not path.is_dir():
        return [(path, kind)]
    found: list[tuple[Path, Kind | None]] = [
        (file, each) for each in KINDS.values() if kind in (None, each) for file in _parts(path / each.name)
    ]
    found = found or [(file, kind or KINDS.get(path.name)) for file in _parts(path)]
    if not found:
        raise Invalid(
            "load.no_file",
            f"Thư mục {path} không có tệp .csv, .jsonl hoặc .parquet nào để nạp.",
            f"The folder {path} has no .csv, .jsonl or .parquet file to load.",
        )
    return found


def _parts(folder: Path) -> list[Path]:
    """Hidden names are files that somebody is still writing."""
    if not folder.is_dir():
        return []
    return sorted(file for file in folder.iterdir() if file.suffix in _ENDINGS and not file.name.startswith("."))
