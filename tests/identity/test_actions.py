"""The table of who may what: every role by every action by every target, against what the words of the scopes say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dancu.identity import actions
from dancu.identity.actions import Allowed, Denied, Scope, Target, Why, is_within, may
from dancu.identity.domain import Officer

DAY = date(2026, 11, 24)
OFFICER = Officer(1, "canbo01", "Cán bộ", "H57.12", "UBND thử", "MC", "Một cửa", frozenset(), 1)
OWN = Target("H57.12", "H57.12/MC", "canbo01")
TARGETS = {
    "own": OWN,
    "colleague": replace(OWN, account="canbo02"),
    "other unit": Target("H57.12", "H57.12/DC", "canbo03"),
    "child": Target("H57.12.3", "H57.12.3/MC", "canbo04"),
    "parent": Target("H57", "H57/MC", "canbo05"),
    "sibling": Target("H57.13", "H57.13/MC", "canbo06"),
    "look-alike": Target("H57.120", "H57.120/MC", "canbo07"),
    "none": Target(),
}
REACHED = {
    Scope.OWN: {"own"},
    Scope.UNIT: {"own", "colleague"},
    Scope.ORGANISATION: {"own", "colleague", "other unit"},
    Scope.SUBTREE: {"own", "colleague", "other unit", "child"},
    Scope.NATION: set(TARGETS),
}


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("name", TARGETS)
def test_each_scope_reaches_what_it_says(scope: Scope, name: str):
    assert actions.reaches(OFFICER, scope, TARGETS[name]) is (name in REACHED[scope])


@pytest.mark.parametrize("row", actions.table(), ids=lambda row: row.name)
def test_an_action_is_for_its_roles_only(row: actions.Action):
    roles = {role for each in actions.table() for role in each.roles} | {"", "admin"}

    allowed = {role for role in roles if isinstance(may(replace(OFFICER, roles=frozenset({role})), row.name, on=DAY), Allowed)}

    assert allowed == set(row.roles)
    assert may(OFFICER, row.name, on=DAY) == Denied(Why.ROLE)


def test_what_is_not_in_the_table_is_not_allowed():
    everything = replace(OFFICER, roles=frozenset(role for row in actions.table() for role in row.roles))

    assert may(everything, "desk.invented", on=DAY) == Denied(Why.NO_ACTION)
    assert may(everything, "desk.look", on=date(2019, 12, 31)) == Denied(Why.NO_ACTION)


def test_a_target_out_of_reach_is_not_allowed():
    desk = replace(OFFICER, roles=frozenset({"desk"}))

    assert isinstance(may(desk, "desk.dossier.see", TARGETS["other unit"], on=DAY), Allowed)
    assert may(desk, "desk.dossier.see", TARGETS["child"], on=DAY) == Denied(Why.SCOPE)


def test_the_newest_row_in_force_holds():
    text = """author = "thử"
proof_minutes = 5
action = [
  { name = "a", says = "", roles = { desk = "own" }, basis = "x", valid_from = 2020-01-01 },
  { name = "a", says = "", roles = { desk = "nation" }, basis = "x", valid_from = 2026-11-25, sensitive = true },
]"""
    before, after = actions.read_table(text)

    assert (before.roles["desk"], before.is_sensitive) == (Scope.OWN, False)
    assert (after.roles["desk"], after.is_sensitive) == (Scope.NATION, True)


@pytest.mark.parametrize(
    "row", ['roles = { desk = "galaxy" }, basis = "x"', 'roles = {}, basis = "x"', 'roles = { desk = "own" }, basis = ""']
)
def test_a_row_that_says_nothing_is_refused(row: str):
    with pytest.raises(ValueError):
        actions.read_table(
            f'author = "thử"\nproof_minutes = 5\naction = [{{ name = "a", says = "", {row}, valid_from = 2020-01-01 }}]'
        )


def test_nothing_lies_below_no_organisation():
    assert not is_within("H57", "")
    assert not is_within("", "")
