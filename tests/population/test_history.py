"""Ten thousand random histories: the row is the fold of its changes, and "as of" is what a replay saw at that moment.

A history is grown change by change. Whoever replays it keeps the row after each step, and paints by hand which value held on
which day; the fold must say the same for every moment and every day, also where changes are taken back and taken up again.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dancu.kernel.errors import Conflict
from dancu.population.history import Change, ChangeKind, append, check_revocable, standing, state_as_of
from tests.factories.approvals import a_document

HISTORIES = 10_000
BORN, BEGAN = date(1990, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = ("full_name", "sex", "marital_status")
DAYS = [BORN + timedelta(days=400 * step) for step in range(1, 12)]


def grown(luck: random.Random) -> tuple[list[Change], list[dict[str, Any]]]:
    """A random history and the row after each of its steps."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS, 0)
    changes = [Change(1, 0, ChangeKind.FIRST, BORN, BEGAN, items=dict(row))]
    rows = [dict(row)]
    for step in range(1, luck.randint(2, 12)):
        moment = BEGAN + timedelta(days=step)
        change = _taken_back(changes, luck, moment) if luck.random() < 0.3 else None
        items = {luck.choice(COLUMNS): luck.randint(1, 9) for _ in range(luck.randint(1, 2))}
        change = change or Change(1, 0, ChangeKind.CORRECTION, luck.choice([BORN, *DAYS]), moment, items)
        placed, row = append(changes, row, change, moment.date())
        changes.append(placed)
        rows.append(dict(row))
    return changes, rows


def _taken_back(changes: list[Change], luck: random.Random, moment: datetime) -> Change | None:
    free = [change.seq for change in standing(changes, moment) if change.seq]
    return Change(1, 0, ChangeKind.REVOCATION, moment.date(), moment, revokes=luck.choice(free)) if free else None


def painted(changes: list[Change], moment: datetime) -> dict[date, dict[str, Any]]:
    """Day → values, painted by somebody who knows nothing of folds: every change told by then, oldest day first."""
    known = [change for change in changes if change.recorded_at <= moment]
    in_force = {change.seq: True for change in known}
    for change in reversed(known):  # a revocation that is out of force takes nothing back
        if change.revokes is not None and in_force[change.seq]:
            in_force[change.revokes] = False
    table: dict[date, dict[str, Any]] = {day: {} for day in [BORN, *DAYS, moment.date()]}
    for change in sorted((c for c in known if in_force[c.seq]), key=lambda c: (c.valid_from, c.seq)):
        for day, values in table.items():
            if change.valid_from <= day:
                values.update(change.items)
    return table


@pytest.mark.parametrize("part", range(10))
def test_the_row_is_the_fold_and_as_of_is_what_a_replay_saw(part: int):
    luck = random.Random(part)
    revocations = 0
    for _ in range(HISTORIES // 10):
        changes, rows = grown(luck)
        revocations += sum(change.revokes is not None for change in changes)
        for change, row in zip(changes, rows, strict=True):
            moment = change.recorded_at
            assert state_as_of(changes, moment.date(), moment) == row
            for day, values in painted(changes, moment).items():
                assert state_as_of(changes, day, moment) == values
        assert rows[-1] == {name: _last(name, changes, rows[0]) for name in COLUMNS}, "effects add up to the row"
    assert revocations > 500


def _last(name: str, changes: list[Change], first: dict[str, Any]) -> Any:
    return next((c.effect[name][1] for c in reversed(changes) if name in c.effect), first[name])


def test_before_the_first_version_or_its_day_nothing_is_known():
    changes, _ = grown(random.Random(1))

    assert state_as_of(changes, BORN - timedelta(days=1), BEGAN) is None
    assert state_as_of(changes, BORN, BEGAN - timedelta(seconds=1)) is None


def test_a_first_version_cannot_be_taken_back_and_nothing_twice():
    changes = [
        Change(1, 0, ChangeKind.FIRST, BORN, BEGAN, {"sex": 1}),
        Change(1, 1, ChangeKind.CORRECTION, BORN, BEGAN, {"sex": 2}, evidence=a_document()),
        Change(1, 2, ChangeKind.REVOCATION, BORN, BEGAN, revokes=1),
    ]

    assert check_revocable(changes, 2).seq == 2
    for seq in (0, 1, 7):
        with pytest.raises(Conflict):
            check_revocable(changes, seq)
