"""The printed table is the machine: every row of it is walked, and every pair of state and act it lacks is refused."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from dancu.kernel.errors import Conflict, NotAllowed
from dancu.onboarding.inspection.acting import allowed_actions, require
from dancu.onboarding.inspection.actions import Action, Cancel, DeclareChange, Reschedule
from dancu.onboarding.inspection.domain import Inspection
from dancu.onboarding.inspection.table import (
    ACT_WORDS,
    PARTY_WORDS,
    STATE_WORDS,
    Act,
    Party,
    State,
    Transition,
    Verdict,
    acts_in,
    leads_to,
    transitions,
    who_may,
)
from tests.onboarding.inspection.scene import (
    COORDINATOR,
    DAY,
    EVERYBODY,
    INSPECTOR,
    OWNER,
    a_conclusion,
    a_finding,
    a_record,
    a_rejection,
    a_schedule,
    a_supplement,
    an_acceptance,
    done,
    in_state,
    new,
    of,
    recorded,
    scheduled,
)

LATER = date(2022, 12, 15)
ACTORS = {Party.COORDINATOR: COORDINATOR, Party.INSPECTOR: INSPECTOR, Party.OWNER: OWNER}


def an_action(row: Transition) -> Action:
    """An act that the state of `in_state` lets pass."""
    made: dict[Act, Action] = {
        Act.SCHEDULE: a_schedule(),
        Act.RESCHEDULE: of(Reschedule, COORDINATOR, DAY, date(2022, 12, 9), "thu", 1, "Đơn vị bận diễn tập"),
        Act.RECORD: a_record("NHATKY-01", day=LATER),
        Act.FIND: a_finding("TT-09", day=LATER, due=date(2022, 12, 21)),
        Act.SUPPLEMENT: a_supplement("TT-01", LATER),
        Act.ACCEPT: an_acceptance("TT-02", day=LATER),
        Act.REJECT: a_rejection("TT-02", day=LATER),
        Act.CONCLUDE: a_conclusion(Verdict(row.to.value) if row.act is Act.CONCLUDE else Verdict.PASSED, day=LATER),
        Act.CANCEL: of(Cancel, COORDINATOR, LATER, "Đơn vị thôi kết nối"),
        Act.DECLARE_CHANGE: of(DeclareChange, OWNER, LATER, "Chuyển sang cụm máy chủ mới"),
    }
    return made[row.act]


def before(row: Transition) -> Inspection:
    if row.act is Act.CANCEL and row.start is State.UNDER_WAY:
        return recorded(scheduled())  # with nothing found yet
    return in_state(row.start)


@pytest.mark.parametrize("row", transitions(), ids=lambda row: f"{row.start}-{row.act}-{row.to}")
def test_every_row_of_the_table_is_walked_by_the_party_it_names_and_by_nobody_else(row):
    inspection, action = before(row), an_action(row)

    after = done(inspection, ACTORS[row.who], action)

    assert (inspection.state, after.state) == (row.start, row.to)
    assert after.actions == (*inspection.actions, action)
    assert row.act in allowed_actions(inspection, ACTORS[row.who])
    for actor in EVERYBODY:
        if actor is not ACTORS[row.who]:
            assert row.act not in allowed_actions(inspection, actor)
            with pytest.raises(NotAllowed):
                require(row.act, inspection, actor)


MISSING = [(state, act) for state, act in product(State, Act) if act not in acts_in(state)]


@pytest.mark.parametrize(("state", "act"), MISSING, ids=lambda each: str(each))
def test_what_is_not_in_the_table_is_refused_and_says_what_is_possible(state, act):
    inspection = in_state(state)

    for actor in EVERYBODY:
        with pytest.raises(Conflict) as refused:
            require(act, inspection, actor)

        possible = list(allowed_actions(inspection, actor))
        others = [each for each in acts_in(state) if each not in possible]
        assert refused.value.code == "inspection.action"
        assert refused.value.details == {"possible": possible, "possible_for_others": others}
        assert all(ACT_WORDS[each] in refused.value.message for each in acts_in(state))
        assert STATE_WORDS[state] in refused.value.message


def test_table_and_missing_pairs_are_everything():
    rows = {(row.start, row.act) for row in transitions()}

    assert len(rows) + len(MISSING) == len(State) * len(Act)
    assert {row.start for row in transitions()} | {State.CANCELLED} == set(State)
    assert {row.to for row in transitions()} == set(State) - {State.NEW}
    assert {row.act for row in transitions()} == set(Act)


def test_a_row_has_one_party_a_condition_and_words():
    for row in transitions():
        assert who_may(row.start, row.act) == {row.who}
        assert row.condition[0].isupper()
    assert set(STATE_WORDS) == set(State)
    assert set(ACT_WORDS) == set(Act)
    assert set(PARTY_WORDS) == set(Party)


def test_a_stored_action_that_is_in_no_row_is_noticed():
    with pytest.raises(AssertionError):
        leads_to(State.CANCELLED, Act.RECORD)
    with pytest.raises(AssertionError):
        leads_to(State.SCHEDULED, Act.CONCLUDE, Verdict.PASSED)


def test_the_end_says_that_another_inspection_is_scheduled():
    with pytest.raises(Conflict) as refused:
        require(Act.RECORD, in_state(State.CANCELLED), INSPECTOR)

    assert "xếp lịch đợt mới" in refused.value.message
    assert refused.value.details["possible"] == []


def test_nothing_is_possible_for_a_stranger():
    for state in State:
        assert allowed_actions(in_state(state), EVERYBODY[-1]) == ()


def test_a_new_inspection_waits_for_its_day():
    assert new().state is State.NEW
    assert new().on is None
    assert scheduled().on == DAY
