"""Where an officer may go: every room enters itself once, in the wiring of the project, with the role it asks for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the main navigation. `section` is what a page of the room puts into its context to be marked as current."""

    path: str
    label: str  # Vietnamese; translated when shown
    role: str
    section: str
    says: str = ""  # one line on the start page; without it the entry is not listed there


def rooms_for(items: Sequence[NavItem], roles: Collection[str]) -> list[NavItem]:
    """The entries open to somebody with these roles, in the order of the list; one that several roles open stands once."""
    found: dict[str, NavItem] = {}
    for item in items:
        if item.role in roles:
            found.setdefault(item.path, item)
    return list(found.values())


def home_of(items: Sequence[NavItem], roles: Collection[str]) -> str:
    """Where an officer starts after signing in: the first room that is open, else the start page."""
    return next((item.path for item in rooms_for(items, roles)), "/")


def room_of(items: Sequence[NavItem], path: str) -> str:
    """The page of a room that can be read again after a form was posted to `path`: the longest entry it lies under, else "/"."""
    over = [item.path for item in items if path == item.path or path.startswith(item.path + "/")]
    return max(over, key=len, default="/")
