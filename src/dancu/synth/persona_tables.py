"""The named personas in the other four tables: their homes, their one marriage."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from dancu.synth.frames import PERSON_COLUMNS, SCHEMAS, empty
from dancu.synth.personas import FATHER, MOTHER
from dancu.synth.statistics import Statistics

_WEDDING = date(2018, 5, 20)


_DEFAULTS = {
    "blood_type": "0",
    "life_status": "0",
    "number_state": "0",
    "id_cards": "[]",
    "relatives": "{}",
    "household_head": "{}",
    "attached": "{}",
}


def full_rows(personas: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The personas with every column of the contract."""
    return [{name: str(row.get(name, _DEFAULTS.get(name, ""))) for name in PERSON_COLUMNS} for row in personas]


def persona_tables(personas: list[dict[str, Any]], statistics: Statistics) -> dict[str, pl.DataFrame]:
    """One household each (numbers 1 to 12), the couple in one; ended for the dead and the missing, none for a replaced number."""
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in SCHEMAS}
    rows["persons"] = [tuple(row.values()) for row in full_rows(personas)]
    present = {row["personal_id"] for row in personas}
    for place, row in enumerate(personas, start=1):
        number = row["personal_id"]
        if row.get("number_state", "0") != "0":
            continue
        couple = number in (MOTHER, FATHER) and {MOTHER, FATHER} <= present
        home = 2 if couple else place
        since = _WEDDING if couple else date(int(row["birth_date"][:4]) + 20, 1, 15)
        until = date.fromisoformat(row["life_status_on"]) if row.get("life_status_on") else None
        address = (row["permanent_version"], row["permanent_code"], row["permanent_detail"])
        if not couple or number == FATHER:
            rows["households"].append((home, *address, since, until, ""))
        relation = "02" if couple and number == MOTHER else "01"
        rows["memberships"].append((home, number, relation, "permanent", since, until))
        rows["residences"].append((number, "permanent", *address, home, since, until))
        if couple:
            rows["relations"].append((number, "spouse", FATHER if number == MOTHER else MOTHER, _WEDDING, None))
    tables = empty()
    for name, schema in SCHEMAS.items():
        if rows[name]:
            tables[name] = pl.DataFrame(rows[name], schema=schema, orient="row")
    return tables
