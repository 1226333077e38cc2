"""How far an inspection is, and whose turn it is by which working day."""

from __future__ import annotations

from datetime import date

import pytest

from dancu.onboarding.inspection.actions import Conclude, DeclareChange, Outcome
from dancu.onboarding.inspection.checklists import Group, Severity
from dancu.onboarding.inspection.domain import Inspection
from dancu.onboarding.inspection.figures import (
    FindingCount,
    GroupProgress,
    NextStep,
    findings_by_severity,
    next_steps,
    progress,
    proposed_due,
    what_is_left,
)
from dancu.onboarding.inspection.table import Act, Party, State, Verdict
from tests.onboarding.inspection.scene import (
    BEFORE,
    CALENDAR,
    CENTRE,
    CHECKLIST,
    DAY,
    INSPECTOR,
    OWNER,
    TEXT,
    a_conclusion,
    a_finding,
    a_record,
    a_supplement,
    an_acceptance,
    done,
    in_state,
    new,
    of,
    passed,
    recorded,
    scheduled,
    with_findings,
)


def steps_of(inspection: Inspection, today: date = DAY) -> list[tuple[Party, Act, date | None]]:
    return [(each.who, each.act, each.by) for each in next_steps(inspection, CHECKLIST, today, CALENDAR)]


def test_progress_counts_every_group_that_has_items():
    seen = done(scheduled(), INSPECTOR, a_record("MANG-01"), a_record("QUYCHE-03", Outcome.NOT_APPLICABLE))
    seen = done(seen, INSPECTOR, a_record("NHATKY-01", Outcome.NOT_MET))

    counted = progress(seen, CHECKLIST)

    assert counted == [
        GroupProgress(Group.NETWORK, 2, 1, 0, 0),
        GroupProgress(Group.LOGS, 1, 0, 1, 0),
        GroupProgress(Group.RULES, 1, 0, 0, 1),
    ]
    assert [each.left for each in counted] == [1, 0, 0]


def test_a_centre_is_measured_by_its_own_items():
    (counted,) = progress(scheduled(CENTRE), CHECKLIST)

    assert counted == GroupProgress(Group.NETWORK, 1, 0, 0, 0)
    assert what_is_left(scheduled(CENTRE), CHECKLIST).mandatory == ("MANG-06",)


def test_findings_are_counted_by_severity_and_by_where_they_stand():
    inspection = done(with_findings(recorded(scheduled())), INSPECTOR, a_finding("TT-03"), an_acceptance("TT-02"))

    assert findings_by_severity(inspection) == [
        FindingCount(Severity.MANDATORY, 1, 0, 0),
        FindingCount(Severity.IMPORTANT, 1, 0, 1),
        FindingCount(Severity.ADVISED, 0, 0, 0),
    ]


def test_what_is_left_tells_what_is_unrecorded_what_blocks_and_who_is_waited_for():
    inspection = with_findings(done(recorded(scheduled(), ["MANG-01"]), INSPECTOR, a_record("NHATKY-01", Outcome.NOT_MET)))

    left = what_is_left(inspection, CHECKLIST)

    assert left.unrecorded == ("MANG-06", "QUYCHE-03")
    assert left.mandatory == ("MANG-06", "NHATKY-01")
    assert (left.open_findings, left.waiting) == (("TT-01",), ("TT-02",))


@pytest.mark.parametrize(
    ("severity", "due"),
    [
        # Wednesday 07/12: Saturday 10/12 is worked, Friday 30/12 is not.
        (Severity.MANDATORY, date(2022, 12, 20)),
        (Severity.IMPORTANT, date(2023, 1, 4)),
    ],
)
def test_a_due_day_is_proposed_in_working_days(severity, due):
    assert proposed_due(severity, DAY, CHECKLIST, CALENDAR) == due


def test_a_new_one_waits_for_a_day_and_a_set_one_for_the_inspectors():
    assert steps_of(new()) == [(Party.COORDINATOR, Act.SCHEDULE, None)]
    assert next_steps(scheduled(), CHECKLIST, BEFORE, CALENDAR) == (
        NextStep(Party.INSPECTOR, Act.RECORD, DAY, "Kiểm tra theo lịch và ghi kết quả từng tiêu chí", (), 4),
    )


def test_a_day_that_went_by_is_set_anew():
    (step,) = next_steps(scheduled(), CHECKLIST, date(2022, 12, 9), CALENDAR)

    assert (step.who, step.act, step.by, step.days_left) == (Party.COORDINATOR, Act.RESCHEDULE, DAY, -2)


def test_while_under_way_the_inspectors_record_then_conclude():
    some = recorded(scheduled(), ["MANG-01"])
    (step,) = next_steps(some, CHECKLIST, DAY, CALENDAR)
    everything = done(recorded(scheduled()), INSPECTOR, a_record("QUYCHE-03"))

    assert (step.act, step.about) == (Act.RECORD, ("MANG-06", "NHATKY-01", "QUYCHE-03"))
    assert step.by == date(2022, 12, 13), "five working days from the inspection day"
    assert steps_of(everything) == [(Party.INSPECTOR, Act.CONCLUDE, date(2022, 12, 13))]


def test_both_sides_may_have_a_step_and_the_most_urgent_stands_first():
    asked = in_state(State.NEEDS_SUPPLEMENT)

    assert steps_of(asked) == [
        (Party.OWNER, Act.SUPPLEMENT, date(2022, 12, 14)),
        (Party.INSPECTOR, Act.ACCEPT, date(2022, 12, 19)),  # five working days from the supplement of 12/12
    ]
    assert [each.about for each in next_steps(asked, CHECKLIST, DAY, CALENDAR)] == [("TT-01",), ("TT-02",)]
    overdue = next_steps(asked, CHECKLIST, date(2022, 12, 16), CALENDAR)
    assert [each.days_left for each in overdue] == [-2, 1]


def test_the_owner_is_told_the_nearest_due_day_and_the_inspectors_wait_least_for_the_first_supplement():
    seen = done(recorded(scheduled()), INSPECTOR, a_finding("TT-01", due=date(2022, 12, 16)), a_finding("TT-02"))
    seen = done(seen, INSPECTOR, a_finding("TT-03"), a_finding("TT-04"), a_record("QUYCHE-03"))
    seen = done(seen, OWNER, a_supplement("TT-03", date(2022, 12, 9)), a_supplement("TT-04"))

    assert steps_of(seen)[:1] == [(Party.INSPECTOR, Act.CONCLUDE, date(2022, 12, 13))]
    assert steps_of(seen)[1:] == [
        (Party.OWNER, Act.SUPPLEMENT, date(2022, 12, 14)),
        (Party.INSPECTOR, Act.ACCEPT, date(2022, 12, 15)),
    ]


def test_the_time_to_conclude_runs_from_the_finding_that_was_closed_last():
    seen = done(recorded(scheduled()), INSPECTOR, a_finding("TT-01"), a_finding("TT-02"), a_record("QUYCHE-03"))
    asked = done(seen, INSPECTOR, of(Conclude, INSPECTOR, DAY, Verdict.NEEDS_SUPPLEMENT, TEXT))
    answered = done(asked, OWNER, a_supplement("TT-01"), a_supplement("TT-02"))
    closed = done(answered, INSPECTOR, an_acceptance("TT-02"), an_acceptance("TT-01", day=date(2022, 12, 15)))

    assert steps_of(closed) == [(Party.INSPECTOR, Act.CONCLUDE, date(2022, 12, 22))]


def test_when_every_finding_is_closed_the_inspectors_look_again_and_conclude():
    seen = done(recorded(scheduled(), ["MANG-01", "MANG-06"]), INSPECTOR, a_record("NHATKY-01", Outcome.NOT_MET))
    seen = done(seen, INSPECTOR, a_record("QUYCHE-03"), a_finding("TT-01", item="NHATKY-01"))
    asked = done(seen, INSPECTOR, of(Conclude, INSPECTOR, DAY, Verdict.NEEDS_SUPPLEMENT, TEXT))
    closed = done(done(asked, OWNER, a_supplement("TT-01")), INSPECTOR, an_acceptance("TT-01"))

    (step,) = next_steps(closed, CHECKLIST, DAY, CALENDAR)
    mended = done(closed, INSPECTOR, a_record("NHATKY-01", day=date(2022, 12, 13)))

    assert (step.who, step.act, step.about, step.by) == (Party.INSPECTOR, Act.RECORD, ("NHATKY-01",), date(2022, 12, 20))
    assert steps_of(mended) == [(Party.INSPECTOR, Act.CONCLUDE, date(2022, 12, 20))]


def test_what_passed_is_quiet_until_it_runs_out_or_changes():
    inspection = passed(until=date(2023, 12, 14))
    changed = done(inspection, OWNER, of(DeclareChange, OWNER, date(2023, 1, 3), TEXT))

    assert steps_of(inspection, date(2023, 10, 14)) == []
    assert steps_of(inspection, date(2023, 10, 15)) == [(Party.COORDINATOR, Act.SCHEDULE, date(2023, 12, 14))]
    assert steps_of(inspection, date(2023, 12, 15)) == [(Party.COORDINATOR, Act.SCHEDULE, date(2023, 12, 14))]
    assert steps_of(changed, date(2023, 1, 3)) == [(Party.COORDINATOR, Act.SCHEDULE, None)]


def test_what_passed_with_findings_still_has_them_mended():
    assert [(who, act) for who, act, _by in steps_of(in_state(State.PASSED), date(2022, 12, 15))] == [
        (Party.OWNER, Act.SUPPLEMENT),
        (Party.INSPECTOR, Act.ACCEPT),
    ]


def test_what_failed_is_mended_declared_and_scheduled_again_and_what_was_cancelled_rests():
    failed = done(recorded(scheduled(), ["MANG-01"]), INSPECTOR, a_conclusion(Verdict.FAILED))
    declared = done(failed, OWNER, of(DeclareChange, OWNER, date(2023, 1, 3), "Đã thay tường lửa và máy chủ"))

    assert steps_of(failed) == [(Party.OWNER, Act.DECLARE_CHANGE, None)]
    assert steps_of(declared) == [(Party.COORDINATOR, Act.SCHEDULE, None)]
    assert steps_of(in_state(State.CANCELLED)) == []
