"""Tasks that a person read out of a notice against those the rules propose: how many owners and deadlines are right."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dancu.steering.proposals.domain import ProposedTask
from dancu.steering.proposals.reading import propose_tasks
from dancu.steering.proposals.rules import Rules, read_rules
from tests.house.tree import SOURCE

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Expected:
    key: str  # words that only this task has
    owners: frozenset[str]
    deadline: str


@dataclass(frozen=True)
class Measured:
    right: int
    proposed: int
    expected: int

    @property
    def precision(self) -> float:
        return self.right / self.proposed

    @property
    def recall(self) -> float:
        return self.right / self.expected


def bodies() -> dict[str, str]:
    with (SOURCE / "identity/data/bodies.csv").open(encoding="utf-8", newline="") as rows:
        return {row["name"]: row["code"] for row in csv.DictReader(rows)}


def rules() -> Rules:
    return read_rules(bodies())


def text_of(name: str) -> str:
    return (DATA / f"{name}.txt").read_text(encoding="utf-8")


def expected_of(name: str) -> list[Expected]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as rows:
        return [Expected(row["key"], frozenset(row["owners"].split()), row["deadline"]) for row in csv.DictReader(rows)]


def proposed_for(name: str, text: str = "", day: date | None = None) -> tuple[ProposedTask, ...]:
    return propose_tasks(text or text_of(name), rules(), day=day)


def measure(tasks: tuple[ProposedTask, ...], expected: list[Expected]) -> tuple[Measured, Measured]:
    """Owners, one by one, and deadlines; what stands in a task nobody expects counts as wrong."""
    found = {each.key: [task for task in tasks if each.key in " ".join(task.text.split())] for each in expected}
    owners = sum(len({b.code for t in found[each.key][:1] for b in t.owners} & each.owners) for each in expected)
    due = sum(bool(each.deadline) and [t.deadline for t in found[each.key][:1]] == [each.deadline] for each in expected)
    return (
        Measured(owners, sum(len(task.owners) for task in tasks), sum(len(each.owners) for each in expected)),
        Measured(due, sum(bool(task.deadline) for task in tasks), sum(bool(each.deadline) for each in expected)),
    )
