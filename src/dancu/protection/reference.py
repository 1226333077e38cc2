"""Reference data of the room, read from its files: how long the law gives, what is to be done after a breach."""

from __future__ import annotations

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from dancu.protection.domain.breaches import BreachTask
from dancu.protection.domain.clocks import ClockRule, day_of, rule_on

_DATA = Path(__file__).parent / "data"


def rows_of(file: str, table: str) -> list[dict[str, Any]]:
    """The rows of one table of a file of ours."""
    return list(tomllib.loads((_DATA / file).read_text(encoding="utf-8"))[table])


@cache
def clock_rules() -> tuple[ClockRule, ...]:
    """Every version of every deadline, in the order of the file."""
    return tuple(msgspec.convert(rows_of("clocks.toml", "clock"), list[ClockRule]))


def clock_for(kind: str, at: datetime) -> ClockRule:
    """The deadline of a kind of matter that begins at a moment."""
    return rule_on(clock_rules(), kind, day_of(at))


@cache
def breach_tasks() -> tuple[BreachTask, ...]:
    """What is to be done hour by hour, in the order of the file."""
    return tuple(msgspec.convert(rows_of("breach_tasks.toml", "task"), list[BreachTask]))
