"""Who may what: the table of actions by roles and scopes as data, and the one decision over it. Pure.

Pages name their action (`guarded("desk.look")`), steps inside a page name theirs (`demand`); the reach of the action is
also what the database shows to the connection, so page and row are governed by the same row of the table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from dancu.identity.domain import Officer
from dancu.kernel.organisations import is_within as is_within

_FILE = Path(__file__).parent / "data" / "actions.toml"


class Scope(StrEnum):
    """How far a role reaches with an action, each holding the ones before it (*phạm vi thẩm quyền*)."""

    OWN = "own"
    UNIT = "unit"
    ORGANISATION = "organisation"
    SUBTREE = "subtree"  # her organisation and all below it
    NATION = "nation"


_ORDER = tuple(Scope)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that is done on a page, who may and how far (*việc, thẩm quyền*)."""

    name: str
    says: str
    roles: Mapping[str, Scope]
    is_sensitive: bool
    proof_within: timedelta  # of a sensitive one: how old the last password may be
    basis: str
    author: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class Target:
    """Whose row it is about; what is not known stays empty and is reached by no scope that asks for it (*đối tượng*)."""

    organisation: str = ""
    unit: str = ""  # organisation and unit, for example H57.12.3/MC
    account: str = ""


class Why(StrEnum):
    """Why not (*lý do không được*)."""

    NO_ACTION = "no_action"  # the table has no row of that name in force
    ROLE = "role"
    SCOPE = "scope"


@dataclass(frozen=True, slots=True)
class Allowed:
    """May do it, as far as `scope` (*được làm*)."""

    action: Action
    scope: Scope


@dataclass(frozen=True, slots=True)
class Denied:
    """May not, and why (*không được làm*)."""

    reason: Why


def may(officer: Officer, action: str, target: Target | None = None, *, on: date) -> Allowed | Denied:
    """May this officer do this, to this (*có được không*)? Without a target: may she do it at all."""
    row = action_on(action, on)
    if row is None:
        return Denied(Why.NO_ACTION)
    scopes = [scope for role, scope in row.roles.items() if role in officer.roles]
    if not scopes:
        return Denied(Why.ROLE)
    widest = max(scopes, key=_ORDER.index)
    if target is not None and not reaches(officer, widest, target):
        return Denied(Why.SCOPE)
    return Allowed(row, widest)


def actions_may(officer: Officer, action: str, on: date) -> bool:
    """May she do it at all: what a page offers only to who can (*có được làm không*)."""
    return isinstance(may(officer, action, on=on), Allowed)


def reaches(officer: Officer, scope: Scope, target: Target) -> bool:
    """Does the scope, from where this officer stands, hold the target (*có trong phạm vi*)?"""
    if scope is Scope.NATION:
        return True
    if scope is Scope.SUBTREE:
        return is_within(target.organisation, officer.organisation_code)
    if target.organisation != officer.organisation_code:
        return False
    if scope is Scope.ORGANISATION:
        return True
    if target.unit != officer.unit:
        return False
    return scope is Scope.UNIT or target.account == officer.account


def action_on(name: str, day: date) -> Action | None:
    """The row of that name in force on a day."""
    rows = [row for row in table() if row.name == name and row.valid_from <= day]
    return max(rows, key=lambda row: row.valid_from, default=None)


def names() -> frozenset[str]:
    """Every action the table knows, now or later."""
    return frozenset(row.name for row in table())


@cache
def table() -> tuple[Action, ...]:
    """The whole table, in its order (*bảng thẩm quyền*)."""
    return read_table(_FILE.read_text(encoding="utf-8"))


def read_table(text: str) -> tuple[Action, ...]:
    """The rows of a table. Raises `ValueError` for a scope that is none, `KeyError` for a row that lacks something."""
    said = tomllib.loads(text)
    return tuple(_action(row, said) for row in said["action"])


def _action(row: Mapping[str, Any], said: Mapping[str, Any]) -> Action:
    roles = {role: Scope(scope) for role, scope in row["roles"].items()}
    if not roles or not row["basis"]:
        raise ValueError(f"{row['name']}: an action needs roles and a basis")
    return Action(
        row["name"],
        row["says"],
        roles,
        row.get("sensitive", False),
        timedelta(minutes=row.get("proof_minutes", said["proof_minutes"])),
        row["basis"],
        row.get("author", said["author"]),
        row["valid_from"],
    )
