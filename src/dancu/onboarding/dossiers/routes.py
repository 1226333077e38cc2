"""Where a body's papers go and how many working days each party has: data, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dancu.identity.api import parse_code
from dancu.kernel.errors import Invalid

_FILE = Path(__file__).parent.parent / "data" / "routes.toml"


@dataclass(frozen=True, slots=True)
class Routes:
    """The ways of papers (*đường gửi hồ sơ*, letter 1658/CV-TCTTKĐA, section 5)."""

    department: str
    department_unit: str
    police_pattern: str
    days: dict[str, int]


@cache
def routes() -> Routes:
    said = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return Routes(said["department"], said["department_unit"], said["police_pattern"], dict(said["days"]))


def police_of(organisation: str) -> str:
    """The provincial police that reviews a province's papers; empty for everybody else, who sends to the department itself."""
    try:
        level_1 = parse_code(organisation).level_1
    except Invalid:
        return ""  # an enterprise or an association
    return routes().police_pattern.format(number=level_1[1:]) if level_1.startswith("H") else ""
