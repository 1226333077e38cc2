"""The persons a system in trial may ask about: rows as the registry's view has them, made from files of the program.

Nothing here reads a table. A real person may carry a persona's number; nothing of hers can reach a system in trial, because what it
is answered is looked up here and nowhere else.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from dancu.kernel.dates import PartialDate
from dancu.kernel.names import folded_name
from dancu.population.reader import WIDE_COLUMNS, HouseholdRead
from dancu.synth.personas import PERSONAS

FILE = Path(__file__).parent.parent / "data" / "sandbox.toml"
Row = Sequence[Any]

_COLUMNS = tuple(name.strip() for name in WIDE_COLUMNS.split(","))
_NUMBERS = frozenset({"number_state", "life_status", "sex", "marital_status", "flags", "ethnicity", "religion", "blood_type"})
_JSON = {"id_cards": "[]", "relatives": "{}", "household_head": "{}", "attached": "{}"}


class People(NamedTuple):
    """Everybody of the sandbox, by what they are asked under (*nhân vật thử nghiệm*)."""

    by_number: Mapping[int, Row]
    by_old_number: Mapping[str, Sequence[Row]]
    homes: Mapping[int, HouseholdRead]
    names: Mapping[str, str]  # folded → as recorded
    births: frozenset[PartialDate]


@cache
def sandbox_file() -> Mapping[str, Any]:
    """The whole file of the sandbox, as data."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@cache
def people() -> People:
    """The personas of the simulated nation and those of the sandbox alone."""
    told = sandbox_file()
    stated = [*PERSONAS, *({**told["defaults"], **person} for person in told["persons"])]
    rows = [_row(each) for each in stated]
    by_number = {row[0]: row for row in rows}
    by_old_number: dict[str, list[Row]] = {}
    for row in rows:
        if old := row[_COLUMNS.index("old_id_no")]:
            by_old_number.setdefault(old, []).append(row)
    names = {folded_name(row[3]): row[3] for row in rows}
    births = frozenset(PartialDate(*row[4:7]) for row in rows)
    return People(by_number, by_old_number, _homes(told["households"], by_number), names, births)


def _row(stated: Mapping[str, Any]) -> Row:
    """A row of a persons file as the columns of the view, with the types that a connection gives."""
    born = PartialDate.parse(stated["birth_date"])
    known: dict[str, Any] = {
        "personal_no": int(stated["personal_id"]),
        "successor_no": int(stated["successor"]) if stated.get("successor") else None,
        "birth_year": born.year,
        "birth_month": born.month,
        "birth_day": born.day,
        "life_status_on": _day(stated.get("life_status_on", "")),
    }
    return tuple(known[name] if name in known else _value(name, stated.get(name)) for name in _COLUMNS)


def _value(name: str, stated: Any) -> Any:
    if name in _NUMBERS:
        return int(stated or 0)
    if name in _JSON:
        return stated if isinstance(stated, str) else json.dumps(stated, ensure_ascii=False) if stated else _JSON[name]
    return stated or ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _homes(stated: Sequence[Mapping[str, Any]], rows: Mapping[int, Row]) -> dict[int, HouseholdRead]:
    found: dict[int, HouseholdRead] = {}
    at = _COLUMNS.index("permanent_version")
    for household in stated:
        members = [(int(number), relation) for number, relation in household["members"]]
        version, code, detail = rows[members[0][0]][at : at + 3]
        home = HouseholdRead(version, code, detail, household["residence_file_no"], members)
        found.update({number: home for number, _relation in members})
    return found
