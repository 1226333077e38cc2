"""The rules of sending, read from `data/kinds.toml`: the newest row that holds on a day."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from dancu.kernel.clock import local
from dancu.notices.domain.delivery import BreakerPolicy, KindPolicy

_FILE = Path(__file__).parent / "data" / "kinds.toml"
_ANY = "*"


def policy_of(kind: str, at: datetime) -> KindPolicy:
    """How steps of the kind are tried that were sent at this moment."""
    kinds = _kinds()
    return _newest(kinds.get(kind) or kinds[_ANY], local(at).date())


def kind_words(kind: str) -> str:
    """What people call the kind; its own name when nobody named it."""
    rows = _kinds().get(kind)
    return rows[-1].words if rows else kind


def destination_words(destination: str) -> str:
    """What people call a destination; its code when nobody named it."""
    return {row["name"]: str(row["words"]) for row in _table()["destination"]}.get(destination, destination)


def named_kinds() -> list[tuple[str, str]]:
    """Kinds that have rows of their own, with their words."""
    return [(kind, rows[-1].words) for kind, rows in _kinds().items() if kind != _ANY]


def breaker_policy(at: datetime) -> BreakerPolicy:
    row = _row("breaker", local(at).date())
    return BreakerPolicy(row["failures_max"], _seconds(row, "first_pause_seconds"), _seconds(row, "pause_max_seconds"))


def remembered_for(at: datetime) -> dict[str, timedelta]:
    """Beginning of a source's name → how long its messages are remembered, the longest beginning first."""
    today = local(at).date()
    found: dict[str, timedelta] = {}
    for row in sorted(_table()["remembered"], key=lambda row: row["valid_from"]):
        if row["valid_from"] <= today:
            found[row["source"]] = timedelta(days=row["days"])
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def kept_for(what: str, at: datetime) -> timedelta:
    """How long is kept what was sent (`emptied`) and what people were told (`told`)."""
    return timedelta(days=_row(what, local(at).date())["days"])


@cache
def _table() -> Mapping[str, Sequence[Any]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@cache
def _kinds() -> Mapping[str, Sequence[KindPolicy]]:
    found: dict[str, list[KindPolicy]] = {}
    for row in sorted(_table()["kind"], key=lambda row: row["valid_from"]):
        found.setdefault(row["kind"], []).append(
            KindPolicy(
                row["kind"],
                row["destination"],
                _seconds(row, "timeout_seconds"),
                row["attempts_max"],
                _seconds(row, "first_pause_seconds"),
                _seconds(row, "pause_max_seconds"),
                timedelta(hours=row["deadline_hours"]),
                row["valid_from"],
                row["words"],
            )
        )
    return found


def _newest(rows: Sequence[KindPolicy], today: date) -> KindPolicy:
    return next((row for row in reversed(rows) if row.valid_from <= today), rows[0])


def _row(name: str, today: date) -> Mapping[str, Any]:
    rows = sorted(_table()[name], key=lambda row: row["valid_from"])
    found: Mapping[str, Any] = next((row for row in reversed(rows) if row["valid_from"] <= today), rows[0])
    return found


def _seconds(row: Mapping[str, Any], name: str) -> timedelta:
    return timedelta(seconds=row[name])
