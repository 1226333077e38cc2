"""The display policy, read from its file. A kind and class without a rule is not shown."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from dancu.portal.domain.display import DisplayPolicy, Item, PurposeClass, Whose, policy_on

_FILE = Path(__file__).parent / "data" / "display_policy.toml"


@cache
def versions() -> tuple[DisplayPolicy, ...]:
    """Every version of the policy."""
    return tuple(read_policy(row) for row in tomllib.loads(_FILE.read_text(encoding="utf-8"))["version"])


def policy_today(today: date) -> DisplayPolicy:
    """The version in force."""
    return policy_on(versions(), today)


def read_policy(row: dict[str, Any]) -> DisplayPolicy:
    """One version from its row. An unknown item or a rule said twice is an error at start, not a surprise on a page."""
    classes = tuple(
        PurposeClass(
            each["name"],
            each["label"],
            tuple(beginning.casefold() for beginning in each["purposes"]),
            frozenset(each["procedures"]),
            frozenset(each.get("systems", ())),
            frozenset(each.get("kinds", ())),
            each["delay_days"],
            each.get("is_look", True),
        )
        for each in row["class"]
    )
    rules: dict[tuple[str, str, Whose], frozenset[Item]] = {}
    for rule in row["rule"]:
        for key in ((kind, name, whose) for kind in rule["kinds"] for name in rule["classes"] for whose in Whose):
            assert key not in rules, f"said twice: {key}"
            rules[key] = frozenset(Item(item) for item in rule[key[2]])
    assert [each.takes_all for each in classes] == [False] * (len(classes) - 1) + [True], "only the last class takes what is left"
    return DisplayPolicy(
        row["valid_from"],
        row["author"],
        row["legal_basis"],
        row["law_site"],
        row["source"],
        row["level_min"],
        classes,
        rules,
    )
