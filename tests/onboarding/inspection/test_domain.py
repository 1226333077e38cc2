"""What the actions of an inspection come to: results, findings, what a conclusion is worth on a day."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import msgspec
import pytest

from dancu.onboarding.inspection.actions import Action, Conclude, DeclareChange, Outcome, Reschedule
from dancu.onboarding.inspection.domain import (
    FindingState,
    Inspection,
    Validity,
    ValidityState,
    validity_of,
)
from dancu.onboarding.inspection.guards.known import Known
from dancu.onboarding.inspection.table import State, Verdict
from tests.onboarding.inspection.scene import (
    BEFORE,
    CALENDAR,
    COORDINATOR,
    DAY,
    INSPECTOR,
    MANDATORY,
    OWNER,
    SYSTEM,
    TEXT,
    a_checklist,
    a_conclusion,
    a_finding,
    a_record,
    a_rejection,
    a_supplement,
    an_acceptance,
    done,
    in_state,
    new,
    of,
    passed,
    recorded,
    scheduled,
)

CONCLUDED, UNTIL = date(2022, 12, 14), date(2023, 12, 14)


def a_change(day: date, *items: str) -> DeclareChange:
    return of(DeclareChange, OWNER, day, "Chuyển sang cụm máy chủ mới", items)


@pytest.mark.parametrize("state", State)
def test_actions_come_back_the_same_from_where_they_are_kept(state):
    inspection = in_state(state)

    kept = msgspec.json.encode(inspection.actions)
    again = Inspection(inspection.id, inspection.subject, msgspec.json.decode(kept, type=tuple[Action, ...]))

    assert again == inspection
    assert again.state is state


def test_the_last_record_of_an_item_counts():
    inspection = done(recorded(scheduled()), INSPECTOR, a_record("MANG-01", Outcome.NOT_MET, note="luật 12"))

    assert inspection.results["MANG-01"].outcome is Outcome.NOT_MET
    assert set(inspection.results) == set(MANDATORY)


def test_a_change_declared_meanwhile_sets_aside_what_it_touches():
    seen = recorded(scheduled())

    some = done(seen, OWNER, a_change(DAY, "MANG-01", "QUYCHE-03"))
    everything = done(seen, OWNER, a_change(DAY))
    again = done(some, INSPECTOR, a_record("MANG-01"))

    assert set(some.results) == {"MANG-06", "NHATKY-01"}
    assert not everything.results
    assert set(again.results) == set(MANDATORY)


def test_a_change_declared_after_the_conclusion_leaves_its_results_as_they_were():
    inspection = done(passed(), OWNER, a_change(date(2023, 1, 3)))

    assert set(inspection.results) == set(MANDATORY)
    assert inspection.state is State.PASSED


def test_a_finding_goes_from_open_to_answered_and_back_until_it_is_closed():
    found = done(recorded(scheduled()), INSPECTOR, a_finding("TT-01"))
    answered = done(found, OWNER, a_supplement("TT-01"))
    rejected = done(answered, INSPECTOR, a_rejection("TT-01", due=date(2022, 12, 20)))
    answered_again = done(rejected, OWNER, a_supplement("TT-01", date(2022, 12, 19)))
    closed = done(answered_again, INSPECTOR, an_acceptance("TT-01", 2, day=date(2022, 12, 21)))

    states = [each.findings["TT-01"].state for each in (found, answered, rejected, answered_again, closed)]
    assert states == [
        FindingState.OPEN,
        FindingState.ANSWERED,
        FindingState.OPEN,
        FindingState.ANSWERED,
        FindingState.CLOSED,
    ]
    assert closed.findings["TT-01"].due == date(2022, 12, 20)
    assert [answer.is_late for answer in closed.findings["TT-01"].answers] == [False, False]


@pytest.mark.parametrize(("day", "is_late"), [(date(2022, 12, 14), False), (date(2022, 12, 15), True)])
def test_a_supplement_after_the_due_day_is_taken_and_marked_late(day, is_late):
    found = done(recorded(scheduled()), INSPECTOR, a_finding("TT-01", due=date(2022, 12, 14)))

    answered = done(found, OWNER, a_supplement("TT-01", day))

    assert answered.findings["TT-01"].answers[-1].is_late is is_late
    assert answered.findings["TT-01"].state is FindingState.ANSWERED


def test_more_time_given_later_does_not_excuse_what_was_late():
    found = done(recorded(scheduled()), INSPECTOR, a_finding("TT-01", due=date(2022, 12, 9)))
    late = done(found, OWNER, a_supplement("TT-01", date(2022, 12, 12)))

    rejected = done(late, INSPECTOR, a_rejection("TT-01", due=date(2022, 12, 23)))

    assert rejected.findings["TT-01"].answers[0].is_late
    assert not done(rejected, OWNER, a_supplement("TT-01", date(2022, 12, 23))).findings["TT-01"].answers[1].is_late


def test_another_day_takes_the_checklist_of_that_day():
    second = Known(a_checklist(2, valid_from=date(2022, 12, 19)), CALENDAR)
    moved = of(Reschedule, COORDINATOR, BEFORE, date(2022, 12, 20), "thu", 2, "Đơn vị bận diễn tập")

    inspection = done(scheduled(), COORDINATOR, moved, known=second)

    assert (inspection.on, inspection.checklist) == (date(2022, 12, 20), ("thu", 2))
    assert inspection.scheduled.on == DAY


@pytest.mark.parametrize(
    ("day", "state", "since"),
    [
        (CONCLUDED - timedelta(days=1), ValidityState.NONE, None),
        (CONCLUDED, ValidityState.VALID, CONCLUDED),
        (UNTIL, ValidityState.VALID, CONCLUDED),
        (UNTIL + timedelta(days=1), ValidityState.EXPIRED, UNTIL),
    ],
)
def test_a_conclusion_is_worth_something_from_its_day_to_the_last_it_names(day, state, since):
    worth = passed(day=CONCLUDED, until=UNTIL).validity_on(day)

    assert (worth.state, worth.since) == (state, since)
    assert worth.is_valid is (state is ValidityState.VALID)


def test_a_declared_change_asks_for_another_inspection_from_its_day_on():
    inspection = done(passed(day=CONCLUDED, until=UNTIL), OWNER, a_change(date(2023, 3, 1)))

    assert inspection.validity_on(date(2023, 2, 28)).state is ValidityState.VALID
    changed = inspection.validity_on(date(2023, 3, 1))
    assert changed == Validity(ValidityState.CHANGED, inspection.id, date(2023, 3, 1), UNTIL)
    assert inspection.validity_on(UNTIL + timedelta(days=1)).state is ValidityState.EXPIRED
    assert inspection.state is State.PASSED, "nothing closes by itself"


@pytest.mark.parametrize(
    ("state", "worth"),
    [
        (State.NEW, ValidityState.NONE),
        (State.SCHEDULED, ValidityState.NONE),
        (State.UNDER_WAY, ValidityState.NONE),
        (State.NEEDS_SUPPLEMENT, ValidityState.NEEDS_SUPPLEMENT),
        (State.PASSED, ValidityState.VALID),
        (State.FAILED, ValidityState.FAILED),
        (State.CANCELLED, ValidityState.NONE),
    ],
)
def test_what_each_state_is_worth(state, worth):
    assert in_state(state).validity_on(date(2022, 12, 31)).state is worth


def test_of_several_inspections_the_conclusion_reached_last_counts():
    first = passed(number=UUID(int=1), day=CONCLUDED, until=UNTIL)
    second = recorded(scheduled(number=UUID(int=2), day=date(2023, 3, 1), on=date(2023, 3, 1)), day=date(2023, 3, 1))
    failed = done(second, INSPECTOR, a_conclusion(Verdict.FAILED, day=date(2023, 3, 3)))

    assert validity_of([], UNTIL).state is ValidityState.NONE
    assert validity_of([second, first], date(2023, 3, 2)) == first.validity_on(date(2023, 3, 2)), "under way takes nothing away"
    assert validity_of([failed, first], date(2023, 3, 2)).state is ValidityState.VALID
    assert validity_of([first, failed], date(2023, 3, 3)) == Validity(ValidityState.FAILED, UUID(int=2), date(2023, 3, 3))


def test_an_inspection_asked_about_a_past_day_knows_nothing_of_later():
    inspection = in_state(State.PASSED)

    assert inspection.as_of(BEFORE).state is State.SCHEDULED
    assert inspection.as_of(BEFORE - timedelta(days=1)) == new(SYSTEM)
    assert not inspection.as_of(DAY).findings["TT-02"].answers


def test_a_conclusion_without_a_last_day_is_noticed():
    wrong = msgspec.structs.replace(a_conclusion(Verdict.PASSED), valid_until=None)
    assert isinstance(wrong, Conclude)
    inspection = Inspection(UUID(int=1), SYSTEM, (*recorded(scheduled()).actions, wrong))

    with pytest.raises(AssertionError):
        inspection.validity_on(CONCLUDED)


def test_asking_twice_for_supplements_keeps_the_last_conclusion():
    inspection = in_state(State.NEEDS_SUPPLEMENT)

    again = done(inspection, INSPECTOR, of(Conclude, INSPECTOR, date(2022, 12, 20), Verdict.NEEDS_SUPPLEMENT, TEXT))

    assert again.conclusion is not None
    assert again.conclusion.day == date(2022, 12, 20)
    assert again.state is State.NEEDS_SUPPLEMENT
