"""What must hold beyond the table. Every guard has a scene it refuses; without that guard the same scene would pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import pytest

from dancu.kernel.errors import Conflict, DancuError, Invalid, NotAllowed
from dancu.kernel.four_eyes import Hand
from dancu.onboarding.inspection import acting
from dancu.onboarding.inspection.acting import GUARDS, Rules, take
from dancu.onboarding.inspection.actions import Accept, Cancel, Conclude, DeclareChange, Outcome, Record, Reschedule, Result
from dancu.onboarding.inspection.batches import Batch, Choice, choose_day
from dancu.onboarding.inspection.checklists import HostingCase, Severity
from dancu.onboarding.inspection.domain import Inspection
from dancu.onboarding.inspection.guards import answering, concluding, seeing, setting
from dancu.onboarding.inspection.guards.known import TEXT_LENGTH_MAX, Guard, Known
from dancu.onboarding.inspection.separation import Actor
from dancu.onboarding.inspection.table import State, Verdict
from tests.onboarding.inspection.scene import (
    BEFORE,
    CALENDAR,
    CENTRE,
    COORDINATOR,
    DAY,
    INSPECTOR,
    KNOWN,
    OWNER,
    SYSTEM,
    TEXT,
    a_checklist,
    a_conclusion,
    a_finding,
    a_record,
    a_rejection,
    a_schedule,
    a_supplement,
    an_acceptance,
    at,
    done,
    in_state,
    new,
    of,
    passed,
    recorded,
    scheduled,
)

SATURDAY, HOLIDAY = date(2022, 12, 17), date(2022, 12, 30)
BATCH = Batch("dot-1", "Đợt 1", "8402/TCTTKĐA", HostingCase.PROVIDER, (DAY, date(2022, 12, 15)), 5, ("H26", "H57"))
WITH_BATCH = replace(KNOWN, batch=BATCH)
OLD_LIST = Known(a_checklist(valid_to=date(2022, 12, 18)), CALENDAR)
CENTRE_PASSED = passed(CENTRE, UUID(int=1), day=date(2022, 12, 5))
WITH_CENTRE = replace(KNOWN, centre=(CENTRE_PASSED,))
INHERITED = Result("MANG-06", Outcome.MET, inherited_from=CENTRE_PASSED.id)
FAILED_CENTRE = done(
    recorded(scheduled(CENTRE, UUID(int=2), day=DAY), ["MANG-06"]), INSPECTOR, a_conclusion(Verdict.FAILED, day=DAY)
)


def under_way() -> Inspection:
    return recorded(scheduled(), ["MANG-01"])


def with_finding() -> Inspection:
    return done(recorded(scheduled()), INSPECTOR, a_finding("TT-01"))


def closed() -> Inspection:
    return done(done(with_finding(), OWNER, a_supplement("TT-01")), INSPECTOR, an_acceptance("TT-01"))


def answered_twice() -> Inspection:
    return done(with_finding(), OWNER, a_supplement("TT-01"), a_supplement("TT-01", date(2022, 12, 13)))


def with_inherited() -> Inspection:
    seen = recorded(scheduled(), ["MANG-01", "NHATKY-01"])
    return done(seen, INSPECTOR, of(Record, INSPECTOR, DAY, INHERITED), known=WITH_CENTRE)


class Scene(NamedTuple):
    """Something a guard refuses."""

    guard: Guard
    inspection: Inspection
    actor: Actor
    action: Any
    code: str
    known: Known = KNOWN


def reschedule(on: date, reason: str = "Đơn vị bận diễn tập") -> Reschedule:
    return of(Reschedule, COORDINATOR, BEFORE, on, "thu", 1, reason)


SCENES = {
    "a day off": Scene(setting.day_is_open, new(), COORDINATOR, a_schedule(on=SATURDAY), "inspection.day"),
    "a holiday": Scene(setting.day_is_open, scheduled(), COORDINATOR, reschedule(HOLIDAY), "inspection.day"),
    "yesterday": Scene(setting.day_is_open, new(), COORDINATOR, a_schedule(on=date(2022, 11, 30)), "inspection.day"),
    "another version": Scene(setting.checklist_is_in_force, new(), COORDINATOR, a_schedule(version=2), "inspection.checklist"),
    "a version that has ended by then": Scene(
        setting.checklist_is_in_force, scheduled(), COORDINATOR, reschedule(date(2022, 12, 20)), "inspection.checklist", OLD_LIST
    ),
    "nobody inspects": Scene(setting.inspectors_are_apart, new(), COORDINATOR, a_schedule(inspectors=()), "inspection.inspectors"),
    "the province inspects itself": Scene(
        setting.inspectors_are_apart, new(), COORDINATOR, a_schedule(inspectors=("G01.05", "H57")), "inspection.own_inspectors"
    ),
    "the provider inspects its tenant": Scene(
        setting.inspectors_are_apart, new(), COORDINATOR, a_schedule(inspectors=("V01.3/P1",)), "inspection.own_inspectors"
    ),
    "a batch nobody knows": Scene(setting.batch_fits, new(), COORDINATOR, a_schedule(batch="dot-1"), "inspection.batch"),
    "a day the batch does not offer": Scene(
        setting.batch_fits,
        new(),
        COORDINATOR,
        a_schedule(batch="dot-1", on=date(2022, 12, 8)),
        "inspection.batch_day",
        WITH_BATCH,
    ),
    "a batch that invited others": Scene(
        setting.batch_fits,
        new(msgspec.structs.replace(SYSTEM, organisation="H570.1")),
        COORDINATOR,
        a_schedule(batch="dot-1"),
        "inspection.batch_not_invited",
        WITH_BATCH,
    ),
    "a batch for rented places": Scene(
        setting.batch_fits,
        new(msgspec.structs.replace(SYSTEM, hosting=HostingCase.OWN)),
        COORDINATOR,
        a_schedule(batch="dot-1"),
        "inspection.batch_not_invited",
        WITH_BATCH,
    ),
    "moved without a reason": Scene(
        setting.has_reason, scheduled(), COORDINATOR, reschedule(date(2022, 12, 9), " "), "inspection.text"
    ),
    "called off without a reason": Scene(
        setting.has_reason, scheduled(), COORDINATOR, of(Cancel, COORDINATOR, BEFORE, ""), "inspection.text"
    ),
    "called off with a finding": Scene(
        setting.nothing_was_found, with_finding(), COORDINATOR, of(Cancel, COORDINATOR, DAY, TEXT), "inspection.found_already"
    ),
    "called off with an item not met": Scene(
        setting.nothing_was_found,
        done(scheduled(), INSPECTOR, a_record("MANG-01", Outcome.NOT_MET)),
        COORDINATOR,
        of(Cancel, COORDINATOR, DAY, TEXT),
        "inspection.found_already",
    ),
    "a change that says nothing": Scene(
        setting.change_is_told, under_way(), OWNER, of(DeclareChange, OWNER, DAY, ""), "inspection.text"
    ),
    "a change of an unknown item": Scene(
        setting.change_is_told, under_way(), OWNER, of(DeclareChange, OWNER, DAY, TEXT, ("LA-99",)), "inspection.item"
    ),
    "recorded by another version": Scene(
        seeing.checklist_is_at_hand,
        scheduled(),
        INSPECTOR,
        a_record("MANG-01"),
        "inspection.other_checklist",
        replace(KNOWN, checklist=a_checklist(2)),
    ),
    "recorded the day before": Scene(
        seeing.day_has_come, scheduled(), INSPECTOR, a_record("MANG-01", day=date(2022, 12, 6)), "inspection.too_early"
    ),
    "an item nobody asks": Scene(seeing.item_is_asked, scheduled(), INSPECTOR, a_record("LA-99"), "inspection.item"),
    "not applicable, no reason": Scene(
        seeing.no_answer_without_reason,
        scheduled(),
        INSPECTOR,
        a_record("MANG-01", Outcome.NOT_APPLICABLE),
        "inspection.text",
    ),
    "a file that was not kept": Scene(
        seeing.record_is_sound, scheduled(), INSPECTOR, a_record("MANG-01", evidence="bien-ban.pdf"), "inspection.evidence"
    ),
    "a note without end": Scene(
        seeing.record_is_sound, scheduled(), INSPECTOR, a_record("MANG-01", note="x" * (TEXT_LENGTH_MAX + 1)), "inspection.text"
    ),
    "inherited from nothing": Scene(
        seeing.inherited_holds,
        scheduled(),
        INSPECTOR,
        of(Record, INSPECTOR, DAY, INHERITED),
        "inspection.not_inherited",
    ),
    "inherited better than it was": Scene(
        seeing.inherited_holds,
        scheduled(),
        INSPECTOR,
        of(Record, INSPECTOR, DAY, msgspec.structs.replace(INHERITED, note="đẹp hơn")),
        "inspection.not_inherited",
        WITH_CENTRE,
    ),
    "a name used twice": Scene(seeing.finding_is_sound, with_finding(), INSPECTOR, a_finding("TT-01"), "inspection.finding_id"),
    "a finding of an unknown item": Scene(
        seeing.finding_is_sound, under_way(), INSPECTOR, a_finding("TT-01", item="LA-99"), "inspection.item"
    ),
    "due on a day off": Scene(seeing.due_day_is_open, under_way(), INSPECTOR, a_finding("TT-01", due=SATURDAY), "inspection.due"),
    "more time until yesterday": Scene(
        seeing.due_day_is_open, answered_twice(), INSPECTOR, a_rejection("TT-01", 2, due=date(2022, 12, 12)), "inspection.due"
    ),
    "a closed finding supplemented": Scene(
        answering.finding_is_open, closed(), OWNER, a_supplement("TT-01", date(2022, 12, 14)), "inspection.finding_closed"
    ),
    "a supplement that says nothing": Scene(
        answering.supplement_is_sound,
        with_finding(),
        OWNER,
        msgspec.structs.replace(a_supplement("TT-01"), text="ok"),
        "inspection.text",
    ),
    "a supplement with a lost file": Scene(
        answering.supplement_is_sound,
        with_finding(),
        OWNER,
        msgspec.structs.replace(a_supplement("TT-01"), evidence="F" * 64),
        "inspection.evidence",
    ),
    "the first supplement, when there is a second": Scene(
        answering.supplement_was_seen, answered_twice(), INSPECTOR, an_acceptance("TT-01", 1), "inspection.other_supplement"
    ),
    "a decision taken twice": Scene(
        answering.supplement_was_seen, closed(), INSPECTOR, a_rejection("TT-01", 1), "inspection.other_supplement"
    ),
    "accepted without a word": Scene(
        answering.decision_has_reason,
        answered_twice(),
        INSPECTOR,
        of(Accept, INSPECTOR, DAY, "TT-01", 2, ""),
        "inspection.text",
    ),
    "concluded without a word": Scene(
        concluding.conclusion_has_text,
        under_way(),
        INSPECTOR,
        of(Conclude, INSPECTOR, DAY, Verdict.FAILED, ""),
        "inspection.text",
    ),
    "passed with an item unrecorded": Scene(
        concluding.nothing_mandatory_is_left, under_way(), INSPECTOR, a_conclusion(Verdict.PASSED), "inspection.mandatory_left"
    ),
    "passed with an item not met": Scene(
        concluding.nothing_mandatory_is_left,
        done(recorded(scheduled()), INSPECTOR, a_record("NHATKY-01", Outcome.NOT_MET)),
        INSPECTOR,
        a_conclusion(Verdict.PASSED),
        "inspection.mandatory_left",
    ),
    "passed with a mandatory finding": Scene(
        concluding.no_mandatory_finding_is_open,
        with_finding(),
        INSPECTOR,
        a_conclusion(Verdict.PASSED),
        "inspection.finding_open",
    ),
    "passed on a centre that failed since": Scene(
        concluding.what_was_inherited_still_holds,
        with_inherited(),
        INSPECTOR,
        a_conclusion(Verdict.PASSED),
        "inspection.inherited_gone",
        replace(KNOWN, centre=(CENTRE_PASSED, FAILED_CENTRE)),
    ),
    "supplements asked for nothing": Scene(
        concluding.something_is_to_supplement,
        recorded(scheduled()),
        INSPECTOR,
        a_conclusion(Verdict.NEEDS_SUPPLEMENT),
        "inspection.nothing_found",
    ),
    "valid for too long": Scene(
        concluding.validity_is_allowed,
        recorded(scheduled()),
        INSPECTOR,
        a_conclusion(Verdict.PASSED, day=date(2022, 12, 14), until=date(2024, 12, 15)),
        "inspection.valid_until",
    ),
    "failed, but valid": Scene(
        concluding.validity_is_allowed,
        under_way(),
        INSPECTOR,
        a_conclusion(Verdict.FAILED, until=date(2023, 12, 14)),
        "inspection.valid_until",
    ),
}


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_a_guard_refuses_its_scene_and_nothing_else_does(scene):
    guards = {act: tuple(each for each in some if each is not scene.guard) for act, some in GUARDS.items()}
    without = Rules(guards=guards)

    with pytest.raises(DancuError) as refused:
        take(scene.inspection, scene.actor, scene.action, scene.known)
    let_pass = take(scene.inspection, scene.actor, scene.action, scene.known, without)

    assert refused.value.code == scene.code
    assert let_pass.actions[-1] == scene.action


def test_every_guard_has_a_scene():
    assert {scene.guard for scene in SCENES.values()} == {guard for some in GUARDS.values() for guard in some}


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_a_refusal_speaks_both_languages_and_leaves_the_inspection_alone(scene):
    before = scene.inspection.actions

    with pytest.raises(DancuError) as refused:
        take(scene.inspection, scene.actor, scene.action, scene.known)

    assert refused.value.message.endswith(".")
    assert refused.value.message_en.endswith(".")
    assert refused.value.message != refused.value.message_en
    assert scene.inspection.actions == before


def test_the_longest_validity_and_a_shorter_one_may_be_given():
    seen = recorded(scheduled())

    longest = done(seen, INSPECTOR, a_conclusion(Verdict.PASSED, until=date(2024, 12, 14)))
    shorter = done(seen, INSPECTOR, a_conclusion(Verdict.PASSED, until=date(2023, 1, 31)))

    assert (longest.state, shorter.state) == (State.PASSED, State.PASSED)


def test_a_mandatory_item_that_does_not_apply_for_a_reason_lets_it_pass():
    seen = recorded(scheduled(), ["MANG-01", "MANG-06"])
    record = a_record("NHATKY-01", Outcome.NOT_APPLICABLE, reason="Hệ thống không lưu dữ liệu")

    after = done(seen, INSPECTOR, record, a_conclusion(Verdict.PASSED))

    assert after.state is State.PASSED


def test_an_important_item_may_go_without_a_reason_and_without_a_record():
    after = done(recorded(scheduled()), INSPECTOR, a_record("QUYCHE-03", Outcome.NOT_APPLICABLE))

    assert done(after, INSPECTOR, a_conclusion(Verdict.PASSED)).state is State.PASSED
    assert done(recorded(scheduled()), INSPECTOR, a_conclusion(Verdict.PASSED)).state is State.PASSED


def test_a_finding_that_is_not_mandatory_lets_it_pass_and_can_be_mended_afterwards():
    after = in_state(State.PASSED)

    assert {name: f.found.severity for name, f in after.findings.items()} == {
        "TT-01": Severity.IMPORTANT,
        "TT-02": Severity.IMPORTANT,
    }
    mended = done(after, OWNER, a_supplement("TT-01", date(2022, 12, 20)))
    assert done(mended, INSPECTOR, an_acceptance("TT-01", day=date(2022, 12, 21))).findings["TT-01"].is_closed


def test_an_inspection_within_a_batch_is_set_on_the_day_the_province_chose():
    chosen = choose_day(BATCH, Choice("H57", date(2022, 12, 15), at(BEFORE), OWNER.hand), CALENDAR)
    known = replace(KNOWN, batch=chosen)

    after = done(new(), COORDINATOR, a_schedule(batch="dot-1", on=date(2022, 12, 15)), known=known)

    assert after.on == date(2022, 12, 15)
    with pytest.raises(Conflict) as refused:
        done(new(), COORDINATOR, a_schedule(batch="dot-1", on=DAY), known=known)
    assert refused.value.details["possible"] == ["2022-12-15"]


def test_nobody_acts_under_anothers_name():
    foreign = msgspec.structs.replace(a_record("MANG-01"), by=Hand("ai-do", "G01.05/P1", "ai đó"))

    with pytest.raises(NotAllowed) as refused:
        take(scheduled(), INSPECTOR, foreign, KNOWN)

    assert refused.value.code == "inspection.hand"


def test_an_inspection_does_not_grow_without_end(monkeypatch):
    monkeypatch.setattr(acting, "ACTIONS_MAX", 3)
    inspection = done(scheduled(), INSPECTOR, a_record("MANG-01"), a_record("MANG-01"))

    with pytest.raises(Conflict) as refused:
        done(inspection, INSPECTOR, a_record("MANG-01"))

    assert refused.value.code == "inspection.too_long"


def test_items_of_other_cases_are_not_asked_even_where_the_whole_list_is_handed_over():
    own_only = msgspec.structs.replace(KNOWN.checklist.item("NHATKY-01"), hosting=(HostingCase.OWN,))
    others = tuple(item for item in KNOWN.checklist.items if item.code != "NHATKY-01")
    known = Known(a_checklist(items=(*others, own_only)), CALENDAR)
    seen = recorded(scheduled(), ["MANG-01", "MANG-06"])

    assert done(seen, INSPECTOR, a_conclusion(Verdict.PASSED), known=known).state is State.PASSED
    with pytest.raises(Invalid) as refused:
        done(seen, INSPECTOR, a_record("NHATKY-01"), known=known)
    assert refused.value.code == "inspection.item"


def test_the_centre_of_somebody_else_gives_nothing():
    other = Inspection(CENTRE_PASSED.id, msgspec.structs.replace(CENTRE, code="trung-tam-khac"), CENTRE_PASSED.actions)

    with pytest.raises(Conflict) as refused:
        done(scheduled(), INSPECTOR, of(Record, INSPECTOR, DAY, INHERITED), known=replace(KNOWN, centre=(other,)))

    assert refused.value.code == "inspection.not_inherited"
