"""The checker finds nothing in what was drawn, and finds each planted violation: one for every rule it has.

A plant changes one row of good tables. It may break other rules as well; asked is only that its own rule says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dancu.kernel.errors import NotFound
from dancu.population.api import UNITS_FILE
from dancu.synth import check_families, check_homes, check_texts
from dancu.synth.api import Order, Source, check_nation, write_nation
from tests.synth.nations import Tables, a_province, in_small_parts, violations

Plant = Callable[[Tables], None]
ALIVE = pl.col("life_status") == "0"
NOW = pl.col("valid_to").is_null()


def row_of(tables: Tables, table: str, where: pl.Expr) -> dict[str, Any]:
    return tables[table].filter(where).row(0, named=True)


def put(tables: Tables, table: str, where: pl.Expr, **values: object) -> dict[str, Any]:
    """Change the first row that fits; returns it as it was."""
    frame = tables[table].with_row_index()
    at = frame.filter(where)["index"][0]
    chosen = pl.col("index") == at
    tables[table] = frame.with_columns(
        pl.when(chosen).then(pl.lit(value)).otherwise(pl.col(name)).cast(frame.schema[name]).alias(name)
        for name, value in values.items()
    ).drop("index")
    return frame.row(at, named=True)


def add(tables: Tables, table: str, **row: object) -> None:
    tables[table] = pl.concat([tables[table], pl.DataFrame([row], tables[table].schema)])


def person(tables: Tables, where: pl.Expr = ALIVE, **values: object) -> None:
    put(tables, "persons", (pl.col("number_state") == "0") & where, **values)


def relative(kind: str, /, **values: object) -> Plant:
    """Change a row of that kind of relation."""
    return lambda tables: put(tables, "relations", pl.col("kind") == kind, **values)


def of_relative(kind: str, /, **values: object) -> Plant:
    """Change the row of the other person of such a relation."""

    def plant(tables: Tables) -> None:
        other = row_of(tables, "relations", pl.col("kind") == kind)["other_id"]
        put(tables, "persons", pl.col("personal_id") == other, **values)

    return plant


def member(**values: object) -> Plant:
    return lambda tables: put(tables, "memberships", (pl.col("kind") == "permanent") & (pl.col("relation") == "03") & NOW, **values)


def as_relation(code: str) -> Plant:
    """Tell another code for a member who is something else to the head."""
    return lambda tables: put(tables, "memberships", ~pl.col("relation").is_in(["01", code]) & NOW, relation=code)


def residence(kind: str, /, **values: object) -> Plant:
    return lambda tables: put(tables, "residences", pl.col("kind") == kind, **values)


def whose_json(column: str, change: Callable[[Any], Any]) -> Plant:
    def plant(tables: Tables) -> None:
        full = pl.col(column).str.contains("personal_id") | pl.col(column).str.contains("number")
        row = row_of(tables, "persons", full & ALIVE & (pl.col("number_state") == "0"))
        put(tables, "persons", pl.col("personal_id") == row["personal_id"], **{column: json.dumps(change(json.loads(row[column])))})

    return plant


def mother_with(role: str, change: Callable[[dict[str, str]], dict[str, str]]) -> Plant:
    def plant(tables: Tables) -> None:
        told = pl.col("relatives").str.contains(f'"{role}":[{{]"full_name":"[^"]*","personal_id":"[0-9]')
        row = row_of(tables, "persons", told & ALIVE & (pl.col("number_state") == "0"))
        relatives = json.loads(row["relatives"])
        relatives[role] = change(relatives[role])
        put(tables, "persons", pl.col("personal_id") == row["personal_id"], relatives=json.dumps(relatives))

    return plant


def two_births(tables: Tables) -> None:
    """A brother or sister born a hundred days later."""
    born = row_of(tables, "relations", pl.col("kind") == "mother")
    mother = pl.col("other_id") == born["other_id"]
    sibling = tables["relations"].filter((pl.col("kind") == "mother") & mother & (pl.col("personal_id") != born["personal_id"]))
    if sibling.is_empty():
        mothers = tables["relations"].filter(pl.col("kind") == "mother")
        born = mothers.filter(pl.col("other_id").is_duplicated()).row(0, named=True)
        sibling = mothers.filter((pl.col("other_id") == born["other_id"]) & (pl.col("personal_id") != born["personal_id"]))
    near = (born["valid_from"] + timedelta(days=100)).isoformat()
    put(tables, "persons", pl.col("personal_id") == sibling["personal_id"][0], birth_date=near)


def married_to(who: Callable[[Tables], tuple[str, str]]) -> Plant:
    def plant(tables: Tables) -> None:
        one, other = who(tables)
        for first, second in ((one, other), (other, one)):
            day = {"valid_from": date(2020, 1, 1), "valid_to": None}
            add(tables, "relations", personal_id=first, kind="spouse", other_id=second, **day)

    return plant


def child_and_mother(tables: Tables) -> tuple[str, str]:
    row = row_of(tables, "relations", pl.col("kind") == "mother")
    return row["personal_id"], row["other_id"]


def two_children(tables: Tables) -> tuple[str, str]:
    mothers = tables["relations"].filter(pl.col("kind") == "mother")
    one = mothers.filter(pl.col("other_id").is_duplicated()).row(0, named=True)
    others = mothers.filter((pl.col("other_id") == one["other_id"]) & (pl.col("personal_id") != one["personal_id"]))
    return one["personal_id"], others["personal_id"][0]


def second_head(tables: Tables) -> None:
    put(tables, "memberships", (pl.col("relation") == "02") & NOW, relation="01")


def headless_time(tables: Tables) -> None:
    """The second head of a household begins a month late."""
    heads = tables["memberships"].filter(pl.col("relation") == "01")
    home = heads.filter(pl.col("household_no").is_duplicated())["household_no"][0]
    later = (pl.col("household_no") == home) & (pl.col("relation") == "01") & NOW
    since = row_of(tables, "memberships", later)["valid_from"]
    put(tables, "memberships", later, valid_from=since + timedelta(days=30))


def minor_as_head(tables: Tables) -> None:
    rows = tables["memberships"].filter((pl.col("relation") == "03") & NOW).join(tables["persons"], on="personal_id")
    child = rows.filter(pl.col("birth_date").str.head(4).cast(int) > 2015).row(0, named=True)
    home = pl.col("household_no") == child["household_no"]
    head = row_of(tables, "memberships", home & (pl.col("relation") == "01") & NOW)
    put(tables, "memberships", home & (pl.col("personal_id") == head["personal_id"]) & NOW, relation="04")
    put(tables, "memberships", home & (pl.col("personal_id") == child["personal_id"]) & NOW, relation="01")


def twice_permanent(tables: Tables) -> None:
    row = row_of(tables, "residences", (pl.col("kind") == "permanent") & NOW)
    add(tables, "residences", **{**row, "valid_from": row["valid_from"] + timedelta(days=1)})


def home_of_temporary(tables: Tables) -> None:
    away = row_of(tables, "residences", pl.col("kind") == "temporary")
    home = row_of(tables, "residences", (pl.col("kind") == "permanent") & NOW & (pl.col("personal_id") == away["personal_id"]))
    put(tables, "residences", (pl.col("kind") == "temporary") & (pl.col("personal_id") == away["personal_id"]), code=home["code"])


def dead_household_member(tables: Tables) -> None:
    dead = tables["persons"].filter(pl.col("life_status") == "1")["personal_id"]
    put(tables, "memberships", pl.col("personal_id").is_in(dead.implode()), valid_to=None)


def dead_resident(tables: Tables) -> None:
    dead = tables["persons"].filter(pl.col("life_status") == "1")["personal_id"]
    put(tables, "residences", pl.col("personal_id").is_in(dead.implode()), valid_to=None)


def widow_still_married(tables: Tables) -> None:
    dead = tables["persons"].filter(pl.col("life_status") == "1")["personal_id"]
    put(tables, "relations", (pl.col("kind") == "spouse") & pl.col("other_id").is_in(dead.implode()), valid_to=None)


def second_home(tables: Tables) -> None:
    row = row_of(tables, "memberships", (pl.col("kind") == "permanent") & NOW & (pl.col("relation") == "03"))
    add(tables, "memberships", **row)


def dissolved(tables: Tables) -> None:
    row = row_of(tables, "memberships", (pl.col("kind") == "permanent") & NOW)
    put(tables, "households", pl.col("household_no") == row["household_no"], dissolved_on=date(2026, 1, 1))


def homeless(tables: Tables) -> None:
    one = row_of(tables, "memberships", (pl.col("relation") == "03") & NOW)
    tables["memberships"] = tables["memberships"].filter(pl.col("personal_id") != one["personal_id"])


def without_residence(tables: Tables) -> None:
    one = row_of(tables, "memberships", (pl.col("relation") == "03") & NOW)
    tables["residences"] = tables["residences"].filter(pl.col("personal_id") != one["personal_id"])


def successor_lost(tables: Tables) -> None:
    old = row_of(tables, "persons", pl.col("number_state") == "1")
    tables["persons"] = tables["persons"].filter(pl.col("personal_id") != old["successor"])


def spouse_of_same_sex(tables: Tables) -> None:
    row = row_of(tables, "relations", pl.col("kind") == "spouse")
    mine = row_of(tables, "persons", pl.col("personal_id") == row["personal_id"])
    put(tables, "persons", pl.col("personal_id") == row["other_id"], sex=mine["sex"])


def own_father(tables: Tables) -> None:
    row = row_of(tables, "relations", pl.col("kind") == "father")
    put(tables, "relations", pl.col("kind") == "father", other_id=row["personal_id"])


def second_spouse(tables: Tables) -> None:
    row = row_of(tables, "relations", (pl.col("kind") == "spouse") & NOW)
    add(tables, "relations", **{**row, "other_id": STRANGER})


def told_once(tables: Tables) -> None:
    row = row_of(tables, "relations", pl.col("kind") == "spouse")
    me = (pl.col("kind") == "spouse") & (pl.col("personal_id") == row["personal_id"])
    tables["relations"] = tables["relations"].filter(~me)


def another_household_code(tables: Tables) -> None:
    row = row_of(tables, "memberships", (pl.col("kind") == "permanent") & NOW & (pl.col("relation") == "01"))
    put(tables, "persons", pl.col("personal_id") == row["personal_id"], permanent_code="46..99999")


def no_such_head(tables: Tables) -> None:
    put(tables, "memberships", (pl.col("relation") == "01") & NOW, relation="99")


LONG_AGO, STRANGER = date(1800, 1, 1), "999999999999"
PLANTS: list[tuple[str, Plant]] = [
    ("personal_id is not twelve digits", lambda t: person(t, personal_id="04609500000")),
    ("birth_date cannot be read", lambda t: person(t, birth_date="24/11/1990")),
    ("birth_date is no day", lambda t: person(t, birth_date="1990-02-30")),
    ("birth before 1850", lambda t: person(t, birth_date="1849")),
    ("number and sex disagree", lambda t: person(t, pl.col("sex") == "1", sex="2")),
    ("number and birth year disagree", lambda t: person(t, birth_date="1901-01-01")),
    ("name is empty or not composed", lambda t: person(t, full_name="Nguye\u0302\u0303n Va\u0306n An")),
    ("old_id_no is not nine digits", lambda t: person(t, old_id_no="12345678")),
    ("a telephone could ring", lambda t: person(t, phone="0912345678")),
    ("dead or missing without a day", lambda t: person(t, life_status="1")),
    ("a day of death of the living", lambda t: person(t, life_status_on="2024-01-01")),
    ("dead before birth", lambda t: person(t, life_status="1", life_status_on="1850-01-01")),
    ("replaced without successor, or successor without being replaced", lambda t: person(t, successor=STRANGER)),
    ("successor is not in force", successor_lost),
    ("JSON cannot be read", lambda t: person(t, relatives="{")),
    *((f"JSON and relations disagree about the {r}", mother_with(r, lambda w: {**w, "personal_id": STRANGER}))
      for r in ("father", "mother", "spouse", "representative")),
    *((f"JSON has another name for the {r}", mother_with(r, lambda w: {**w, "full_name": "Ai Đó"}))
      for r in ("father", "mother", "spouse", "representative")),
    ("row and memberships disagree about the household", lambda t: person(t, household_relation="09")),
    ("row and household disagree about the address", another_household_code),
    ("JSON and memberships disagree about the head", whose_json("household_head", lambda head: {**head, "personal_id": STRANGER})),
    ("a card carries another number", whose_json("id_cards", lambda cards: [{**card, "number": STRANGER} for card in cards])),
    ("relation of or with somebody who has no row", relative("father", other_id=STRANGER)),
    ("related to oneself", own_father),
    ("relation ends before it begins", relative("spouse", valid_to=LONG_AGO)),
    ("relation of an unknown kind", relative("father", kind="uncle")),
    ("two fathers or two mothers", lambda t: add(t, "relations", **row_of(t, "relations", pl.col("kind") == "mother"))),
    ("mother is no woman", of_relative("mother", sex="1")),
    ("father is no man", of_relative("father", sex="2")),
    ("mother younger than 15 at the birth", of_relative("mother", birth_date="2026-01-01")),
    ("mother older than 49 at the birth", of_relative("mother", birth_date="1901-01-01")),
    ("father younger than 16 at the birth", of_relative("father", birth_date="2026-01-01")),
    ("mother dead before the birth", of_relative("mother", life_status="1", life_status_on="1930-01-01")),
    ("father dead ten months before the birth", of_relative("father", life_status="1", life_status_on="1930-01-01")),
    ("parenthood does not begin with the birth", relative("mother", valid_from=date(2026, 6, 29))),
    ("two births of one mother too close", two_births),
    ("marriage told at one spouse only", told_once),
    ("the spouses disagree about the time of the marriage", relative("spouse", valid_from=date(1999, 9, 9))),
    ("spouses of one sex", spouse_of_same_sex),
    ("married as a minor", relative("spouse", valid_from=date(1930, 1, 1))),
    ("married before birth or after death", relative("spouse", valid_from=LONG_AGO)),
    ("marriage goes on after a death", widow_still_married),
    ("married to two", second_spouse),
    ("married to father or mother", married_to(child_and_mother)),
    ("brother and sister are married", married_to(two_children)),
    ("represented by a minor or by somebody dead", of_relative("representative", life_status="1", life_status_on="2026-01-01")),
    ("married without a spouse", lambda t: person(t, pl.col("marital_status") == "1", marital_status="2")),
    ("a spouse, but not married", lambda t: person(t, pl.col("marital_status") == "2", marital_status="3")),
    ("never married, but there was a spouse", lambda t: person(t, pl.col("marital_status") == "2", marital_status="1")),
    ("member of a household there is not", member(household_no=999_999_999)),
    ("member who has no row", member(personal_id=STRANGER)),
    ("relation to the head is not in the list", member(relation="77")),
    ("kind of membership is not in the list", member(kind="visit")),
    ("membership ends before it begins", member(valid_to=LONG_AGO)),
    ("member before birth", member(valid_from=LONG_AGO)),
    ("member after death or loss", dead_household_member),
    ("member before the household was formed", member(valid_from=LONG_AGO)),
    ("member after the household was dissolved", dissolved),
    ("member of two households", second_home),
    ("alive, but in no household", homeless),
    ("two heads at one time", second_head),
    ("a time without a head", headless_time),
    ("members without a head", no_such_head),
    ("a minor is head beside an adult", minor_as_head),
    ("told as spouse, but not married to the head", as_relation("02")),
    ("told as child, but not the head's", as_relation("03")),
    ("told as parent, but not of the head or the spouse", as_relation("04")),
    ("told as grandparent, but is none", as_relation("05")),
    ("told as child-in-law, but not married to a child", as_relation("08")),
    ("resident who has no row", residence("permanent", personal_id=STRANGER)),
    ("kind of residence is not in the list", residence("permanent", kind="stay")),
    ("residence ends before it begins", residence("permanent", valid_to=LONG_AGO)),
    ("residence before birth", residence("permanent", valid_from=LONG_AGO)),
    ("residence after death or loss", dead_resident),
    ("residence without a code", residence("permanent", code="46")),
    ("two permanent residences at one time", twice_permanent),
    ("temporary residence of more than two years", residence("temporary", valid_from=date(2020, 1, 1))),
    ("temporary residence in the commune of the permanent one", home_of_temporary),
    ("residence and its household have two addresses", residence("permanent", detail="Số 0 đường Khác")),
    ("member without residence there", without_residence),
]  # fmt: skip


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Tables:
    monkeypatch.setattr(check_texts, "SAMPLE", 1_000_000)  # every row is looked at, also the planted one
    return dict(a_province())


def test_what_was_drawn_breaks_no_rule(tables: Tables) -> None:
    assert violations(tables).counts == {}


@pytest.mark.parametrize(("rule", "plant"), PLANTS, ids=[rule for rule, _ in PLANTS])
def test_a_planted_violation_is_found(tables: Tables, rule: str, plant: Plant) -> None:
    plant(tables)

    found = violations(tables)

    assert rule in found.counts
    assert found.examples[rule]


def test_every_rule_has_a_planted_violation(tables: Tables) -> None:
    rules = {rule for each in (check_texts, check_families, check_homes) for rule, _ in each.rules(tables)}

    assert len(rules) > 50
    assert rules - {rule for rule, _ in PLANTS} == set()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("nation")
    order = Order(Source(3, UNITS_FILE, in_small_parts(place / "own", 700)), 2000, None)
    write_nation(order, place / "made", 1)
    return place / "made"


def test_a_number_given_in_two_parts_is_found(folder: Path) -> None:
    first, second = sorted((folder / "persons").glob("*.parquet"))[:2]
    kept = second.read_bytes()
    stolen = pl.read_parquet(first).tail(3)["personal_id"]
    frame = pl.read_parquet(second)
    frame.with_columns(pl.concat([stolen, frame["personal_id"][3:]]).alias("personal_id")).write_parquet(second)

    found = check_nation(folder)
    second.write_bytes(kept)

    assert found.counts["personal_id given twice"] == 3
    assert sorted(found.examples["personal_id given twice"]) == sorted(stolen)


def test_a_household_number_given_in_two_parts_is_found(folder: Path) -> None:
    first, second = sorted((folder / "households").glob("*.parquet"))[:2]
    kept = second.read_bytes()
    stolen = pl.read_parquet(first).tail(1)
    pl.concat([pl.read_parquet(second), stolen]).write_parquet(second)

    found = check_nation(folder)
    second.write_bytes(kept)

    assert found.examples["household_no given twice"] == [f"{stolen['household_no'][0]:09d}"]


def test_a_missing_and_a_malformed_table_are_found(folder: Path) -> None:
    lost, other = folder / "relations" / "part-00000.parquet", folder / "residences" / "part-00001.parquet"
    kept = [lost.read_bytes(), other.read_bytes()]
    lost.unlink()
    pl.read_parquet(other).drop("code").write_parquet(other)

    found = check_nation(folder)
    lost.write_bytes(kept[0])
    other.write_bytes(kept[1])

    assert found.examples["table of a part is missing"] == ["relations/part-00000.parquet"]
    assert found.examples["table has other columns or types than the contract"] == ["residences/part-00001.parquet"]
    assert check_nation(folder).counts == {}


def test_a_folder_without_a_nation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        check_nation(tmp_path)
