"""Reference data of the room, read from its files: procedures by date."""

from __future__ import annotations

import tomllib
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

from dancu.kernel.errors import NotFound
from dancu.procedures.domain.catalogue import FormField, PersonBlock, Procedure

_DATA = Path(__file__).parent / "data"


@cache
def procedures() -> tuple[Procedure, ...]:
    """Every version of every procedure, in the order of the file."""
    return tuple(_procedure(row) for row in tomllib.loads((_DATA / "procedures.toml").read_text())["procedure"])


def procedures_on(day: date) -> list[Procedure]:
    return [p for p in procedures() if p.valid_from <= day and (p.valid_to is None or day <= p.valid_to)]


def procedure_on(code: str, day: date) -> Procedure:
    """The version of a procedure valid on a day. Raises `NotFound`."""
    for procedure in procedures_on(day):
        if procedure.code == code:
            return procedure
    raise NotFound(
        "procedure.none",
        "Không có thủ tục này trong danh mục. Chọn lại thủ tục.",
        "There is no such procedure. Choose another one.",
        field="procedure",
    )


def _procedure(row: dict[str, Any]) -> Procedure:
    return Procedure(
        row["code"],
        row["name"],
        row["field"],
        row["working_days"],
        time.fromisoformat(row["cutoff"]),
        row["valid_from"],
        row.get("valid_to"),
        row["source"],
        tuple(PersonBlock(**p) for p in row["persons"]),
        tuple(_field(f) for f in row["fields"]),
        tuple(row["papers"]),
    )


def _field(row: dict[str, Any]) -> FormField:
    return FormField(
        row["name"],
        row["label"],
        row.get("required", False),
        row.get("kind", "text"),
        tuple((value, label) for value, label in row.get("options", [])),
        row.get("hint", ""),
    )
