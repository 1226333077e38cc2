"""The documents on file, read from their folders: lists, figures, requests and the facts they tell."""

from __future__ import annotations

import csv
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec

from dancu.onboarding.board.events import BoardAxis, StandingFact, state_of
from dancu.onboarding.board.lineage import Party, PartyKind
from dancu.onboarding.board.printed import (
    Claim,
    Document,
    Head,
    ListedName,
    ListHead,
    PrintedList,
    Relation,
    Request,
    known_at,
)

FOLDER = Path(__file__).parent.parent / "data" / "states"
Kind = TypeVar("Kind")


@cache
def documents() -> tuple[Document, ...]:
    """Every document on file, the oldest first (*các văn bản đã nhập*)."""
    return tuple(read_document(each) for each in sorted(FOLDER.iterdir()) if each.is_dir())


@cache
def further_parties() -> tuple[Party, ...]:
    """Enterprises, telecom operators and associations that documents name (*các đơn vị khác*)."""
    return tuple(
        Party(row["code"], row["name"], PartyKind(row["kind"]), date.fromisoformat(row["valid_from"]))
        for row in _rows(FOLDER / "parties.csv")
    )


def read_document(folder: Path) -> Document:
    """A document from its folder (*đọc văn bản*). Raises `ValueError` or `msgspec.ValidationError` for what does not fit."""
    told = tomllib.loads((folder / "claims.toml").read_text(encoding="utf-8"))
    head = msgspec.convert(told["document"], Head)
    rows = [row for file in sorted(folder.glob("*.csv")) for row in _rows(file)]
    lists = tuple(_list(each, rows) for each in _all(told, "list", ListHead))
    known = {each.head.id for each in lists}
    if strange := {row["list"] for row in rows if row["list"]} - known:
        raise ValueError(f"{folder.name}: rows of lists that nobody described: {sorted(strange)}")
    return Document(
        head,
        lists,
        _all(told, "claim", Claim),
        _all(told, "relation", Relation),
        _all(told, "request", Request),
        tuple(_event(head, row) for row in rows if row.get("axis")),
    )


def _all(told: dict[str, object], name: str, kind: type[Kind]) -> tuple[Kind, ...]:
    return msgspec.convert(told.get(name, []), tuple[kind, ...])  # type: ignore[valid-type]  # a kind of msgspec, checked there


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def _list(head: ListHead, rows: list[dict[str, str]]) -> PrintedList:
    own = [row for row in rows if row["list"] == head.id]
    return PrintedList(head, tuple(ListedName(row["organisation"], row["printed"], int(row["no"])) for row in own))


def _event(head: Head, row: dict[str, str]) -> StandingFact:
    axis = BoardAxis(row["axis"])
    return StandingFact(
        organisation=row["organisation"],
        client_id=row["part"],
        axis=axis,
        state=state_of(axis, row["state"]),
        on=date.fromisoformat(row["on"]),
        recorded_at=known_at(head),
        source=f"{head.number}, {row['place']}",
        note=row["note"],
        turn=int(row["turn"]),
    )
