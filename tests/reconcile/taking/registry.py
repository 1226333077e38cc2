"""A small registry, what happens to its people by chance, and its snapshot both ways."""

from __future__ import annotations

import os
import random
from datetime import date
from pathlib import Path
from typing import Any

from dancu.kernel.errors import DancuError
from dancu.kernel.personal_id import PersonalId
from dancu.population import api as population
from dancu.population.domain import Flag
from dancu.reconcile.engine.snapshot import Snapshot, open_snapshot
from dancu.reconcile.taking.home import SnapshotHome
from dancu.reconcile.taking.take import Settings, Taken, take_snapshot
from tests.factories.approvals import a_document, an_approval
from tests.factories.people import NOW, a_person_row
from tests.reconcile.engine.columns import KEY

FAMILIES = ("Nguyễn", "Trần", "Lê", "Hoàng", "Đỗ", "H’Hen")
GIVEN = ("Hòa", "Hoà", "THUÝ", "Ngọc  Ánh", "văn Ba", "Niê", "Y 𐌰")
COMMUNES = (("L2-2025", "46..19789"), ("L3-2021", "46.474.19750"), ("L2-2025", "46"), ("", ""))
ARRAYS = "*.npy"


def a_name(chance: random.Random) -> str:
    return f"{chance.choice(FAMILIES)} {chance.choice(GIVEN)}"


def a_number(chance: random.Random) -> str:
    return f"{chance.choice(('046090', '046190', '001093', '079099'))}{chance.randrange(1_000_000):06d}"


def some_rows(chance: random.Random, count: int) -> list[dict[str, Any]]:
    return [a_row(chance, number) for number in sorted({a_number(chance) for _ in range(count)})]


def a_row(chance: random.Random, number: str, **more: Any) -> dict[str, Any]:
    version, code = chance.choice(COMMUNES)
    old = f"19100{chance.randrange(30):04d}" if chance.random() < 0.5 else ""
    cards = f'[{{"kind": "cmnd9", "number": "19200{chance.randrange(30):04d}"}}]' if chance.random() < 0.2 else "[]"
    born = chance.choice(("1990-05-17", "1955", "1971-07"))
    values = {"permanent_version": version, "permanent_code": code, "old_id_no": old, "id_cards": cards, **more}
    return a_person_row(number, a_name(chance), born, **values)


def settings(**more: Any) -> Settings:
    values: dict[str, Any] = {"key": KEY, "key_id": "thử", "organisation": "thử", "by": "thử", "rows_a_part": 40}
    return Settings(os.environ["DATABASE_URL"], **{**values, **more})


def taken(home: SnapshotHome, *, full: bool = False, **more: Any) -> Taken:
    return take_snapshot(home, settings(**more), now=NOW, full=full)


def opened(made: Taken) -> Snapshot:
    return open_snapshot(made.folder)


def arrays_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.glob(ARRAYS)}


class Life:
    """Things that happen to people of a registry; what cannot happen to somebody does not."""

    def __init__(self, chance: random.Random, numbers: list[int]) -> None:
        self._chance, self.numbers = chance, numbers

    def go_on(self, steps: int) -> None:
        happenings = (
            self._correct, self._die, self._seal, self._unseal, self._replace, self._cancel, self._merge, self._split, self._revoke,
        )  # fmt: skip
        for _ in range(steps):
            happening = self._chance.choice(happenings)
            try:
                happening(self._chance.choice(self.numbers))
            except DancuError:
                continue

    def _correct(self, number: int) -> None:
        items = self._chance.choice(
            (
                {"full_name": a_name(self._chance)},
                {"birth_year": 1980, "birth_month": 2, "birth_day": 3},
                {"old_id_no": f"19100{self._chance.randrange(30):04d}"},
                {"other_name": "Bé"},
            )
        )
        population.correct_person(number, items, an_approval(), a_document(), now=NOW)

    def _die(self, number: int) -> None:
        population.register_death(number, an_approval(), a_document(), died_on=date(2026, 10, 1), now=NOW)

    def _seal(self, number: int) -> None:
        flag = self._chance.choice((Flag.PROTECTED, Flag.BLOCKED, Flag.UNDER_INVESTIGATION))
        population.set_flags(number, flag, an_approval(), a_document(), now=NOW)

    def _unseal(self, number: int) -> None:
        population.set_flags(number, Flag(0), an_approval(), a_document(), now=NOW)

    def _replace(self, number: int) -> None:
        new = PersonalId.parse(a_number(self._chance))
        population.replace_number(number, new, an_approval(), a_document(), now=NOW)
        self.numbers.append(new.number)

    def _cancel(self, number: int) -> None:
        population.cancel_number(number, an_approval(), a_document(), now=NOW)

    def _merge(self, number: int) -> None:
        population.merge_persons(number, self._chance.choice(self.numbers), {}, an_approval(), a_document(), now=NOW)

    def _split(self, number: int) -> None:
        new = PersonalId.parse(a_number(self._chance))
        items = {"full_name": a_name(self._chance), "birth_year": 1966, "birth_month": 0, "birth_day": 0}
        population.split_person(number, new, items, an_approval(), a_document(), now=NOW)
        self.numbers.append(new.number)

    def _revoke(self, number: int) -> None:
        population.revoke_change(number, 1, an_approval(), a_document(), now=NOW)
