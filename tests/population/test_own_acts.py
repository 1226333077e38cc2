"""What rows keep is changed by the acts that keep the rows: a correction, an event, a merge around them is refused in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from dancu.kernel.errors import Conflict
from dancu.population import api as population
from dancu.population.api import Place, ResidenceRow
from dancu.population.families import holding
from dancu.population.own_acts import OWN_ACT_COLUMNS
from dancu.population.store import histories, intervals
from tests.factories.approvals import a_document, an_approval
from tests.factories.people import NOW, a_person_row
from tests.population.scene import load_rows

pytestmark = pytest.mark.django_db
FATHER, WIFE, LONELY, DEAD = (46090000701 + at for at in range(4))
HOME, AWAY = Place("L2-2025", "46..19789", "12 Lê Lợi"), Place("L2-2025", "46..19753", "thôn An Hòa")
LONG_AGO, DIED, TODAY = date(2015, 1, 1), date(2026, 5, 1), date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _registry(tmp_path: Path) -> None:
    rows = [a_person_row(f"{no:012d}", f"Người Số {no % 10}", "1970") for no in (FATHER, WIFE, LONELY)]
    dead = a_person_row(f"{DEAD:012d}", "Người Đã Mất", "1948", life_status="1", life_status_on="2023-03-15")
    load_rows([*rows, dead], tmp_path)


def state(number: int) -> dict[str, Any]:
    found = histories.row_state(number)
    assert found is not None
    return found


def a_registered_life() -> None:
    """A household of two, a marriage, a temporary and a current residence, an absence."""
    population.form_household(HOME, {FATHER: "01", WIFE: "02"}, an_approval(), a_document(), valid_from=LONG_AGO, now=NOW)
    population.relate_persons(FATHER, "spouse", WIFE, an_approval(), a_document(), valid_from=LONG_AGO, now=NOW)
    for kind in ("temporary", "current", "absence"):
        place = {} if kind == "absence" else {"version": AWAY.version, "code": AWAY.code, "detail": AWAY.detail}
        residence = ResidenceRow(
            personal_no=FATHER, kind=kind, valid_from=date(2026, 3, 1), valid_to=date(2027, 1, 1) if place else None, **place
        )
        population.register_residence(residence, an_approval(), a_document(), now=NOW)


def address(name: str) -> dict[str, str]:
    return {f"{name}_version": HOME.version, f"{name}_code": HOME.code, f"{name}_detail": "99 Lê Lợi"}


ITEMS: dict[str, tuple[dict[str, Any], str, str]] = {
    "permanent": (address("permanent"), "residence.own_act", "Nơi thường trú"),
    "temporary": (address("temporary"), "residence.own_act", "Nơi tạm trú"),
    "current": (address("current"), "residence.own_act", "Nơi ở hiện tại"),
    "absence": ({"temporary_absence": ""}, "residence.own_act", "Tạm vắng"),
    "relation": ({"household_relation": "99"}, "household.own_act", "Thông tin về hộ"),
    "head": ({"household_head": {}}, "household.own_act", "Thông tin về hộ"),
    "book": ({"household_book_no": "1"}, "household.own_act", "Thông tin về hộ"),
    "file": ({"residence_file_no": "1"}, "household.own_act", "Thông tin về hộ"),
    "spouse": ({"relatives": {"spouse": {"full_name": "Khác"}}}, "relation.own_act", "Cha, mẹ, vợ, chồng"),
    "no spouse": ({"relatives": {}}, "relation.own_act", "Cha, mẹ, vợ, chồng"),
    "death": ({"life_status": 1, "life_status_on": "2026-05-01"}, "death.own_act", "Tình trạng sống"),
}
Act = Callable[[int, dict[str, Any]], object]
ACTS: dict[str, Act] = {
    "correction": lambda no, items: population.correct_person(no, items, an_approval(), a_document(), now=NOW),
    "event": lambda no, items: population.record_event(no, items, an_approval(), a_document(), now=NOW, valid_from=TODAY),
    "merge": lambda no, items: population.merge_persons(no, LONELY, items, an_approval(), a_document(), now=NOW),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize(("items", "code", "item"), ITEMS.values(), ids=ITEMS)
def test_an_item_that_rows_keep_is_not_set_around_them(act: Act, items: dict[str, Any], code: str, item: str):
    a_registered_life()
    before = state(FATHER)

    with pytest.raises(Conflict) as refused, transaction.atomic():
        act(FATHER, items)

    assert refused.value.code == code
    assert refused.value.field in items
    assert item in refused.value.message
    assert "Lập đề nghị “" in refused.value.message
    assert state(FATHER) == before


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_what_no_row_keeps_stays_free(act: Act):
    told = {"relatives": {"father": {"full_name": "Trần Văn Bốn"}}, **address("permanent"), "household_book_no": "7"}

    act(WIFE, {**told, "life_status": 2})

    assert {name: state(WIFE)[name] for name in told} == told
    assert state(WIFE)["life_status"] == 2


def test_a_relative_without_a_row_is_told_beside_those_with_one():
    a_registered_life()
    told = {**state(FATHER)["relatives"], "father": {"full_name": "Trần Văn Bốn"}}

    ACTS["event"](FATHER, {"relatives": told})

    assert state(FATHER)["relatives"] == told


def test_every_item_with_an_act_of_its_own_is_tried_here():
    tried = {column for items, _, _ in ITEMS.values() for column in items}

    assert tried == OWN_ACT_COLUMNS


def register_death() -> int:
    population.register_death(FATHER, an_approval(), a_document(), died_on=DIED, now=NOW, new_head=WIFE)
    return next(each.seq for each in histories.changes_of(FATHER) if "life_status" in each.items and each.seq)


@pytest.mark.parametrize("items", [{"life_status": 0, "life_status_on": ""}, {"life_status_on": "2026-05-02"}])
def test_a_registered_death_is_mended_by_taking_it_back(items: dict[str, Any]):
    a_registered_life()
    seq = register_death()

    with pytest.raises(Conflict, match="registered") as refused:
        ACTS["correction"](FATHER, items)
    assert f"#{seq}" in refused.value.message
    taken_back = population.revoke_change(FATHER, seq, an_approval(), a_document(), now=NOW)

    assert (state(FATHER)["life_status"], state(FATHER)["permanent_code"]) == (0, HOME.code)
    again = next(each.seq for each in taken_back if each.personal_no == FATHER)
    population.revoke_change(FATHER, again, an_approval(), a_document(), now=NOW)
    assert (state(FATHER)["life_status"], state(FATHER)["permanent_code"]) == (1, "")
    assert holding(intervals.residences_of(FATHER), TODAY) == []


def test_a_death_that_came_with_a_load_is_corrected_but_not_brought_back_over_a_new_household():
    ACTS["correction"](DEAD, {"life_status": 1, "life_status_on": "2023-03-16"})
    alive = population.correct_person(DEAD, {"life_status": 0, "life_status_on": ""}, an_approval(), a_document(), now=NOW)
    population.form_household(AWAY, {DEAD: "01"}, an_approval(), a_document(), valid_from=DIED, now=NOW)
    formed = histories.changes_of(DEAD)[-1].seq

    with pytest.raises(Conflict, match="rows_stand"), transaction.atomic():
        population.revoke_change(DEAD, alive.seq, an_approval(), a_document(), now=NOW)
    assert state(DEAD)["life_status"] == 0
    population.revoke_change(DEAD, formed, an_approval(), a_document(), now=NOW)
    population.revoke_change(DEAD, alive.seq, an_approval(), a_document(), now=NOW)

    assert (state(DEAD)["life_status"], state(DEAD)["life_status_on"]) == (1, "2023-03-16")
