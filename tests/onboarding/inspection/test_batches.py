"""Days offered to many at once: nobody gets a day that is full, past or not worked; who is silent is known."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dancu.kernel.errors import Conflict, DancuError, Invalid, NotAllowed
from dancu.kernel.work_days import work_calendar
from dancu.onboarding.inspection.actions import Cancel, Reschedule
from dancu.onboarding.inspection.batches import Batch, Choice, calendar, check_batch, choose_day
from dancu.onboarding.inspection.checklists import HostingCase
from tests.onboarding.inspection.scene import BEFORE, CALENDAR, COORDINATOR, DAY, OWNER, SYSTEM, at, done, of, scheduled

SECOND = date(2022, 12, 15)
# The provinces whom letter 8402/TCTTKĐA of 02/12/2022 offered two days; its text says 13, its note names these 12.
INVITED = ("H23", "H35", "H60", "H41", "H15", "H33", "H34", "H26", "H18", "H57", "H16", "H63")
BATCH = Batch("8402", "Đợt tháng 12/2022", "8402/TCTTKĐA ngày 02/12/2022", HostingCase.PROVIDER, (DAY, SECOND), 7, INVITED)


def a_choice(organisation: str, day: date = DAY, on: date = BEFORE) -> Choice:
    return Choice(organisation, day, at(on), OWNER.hand)


def chosen(batch: Batch, *choices: Choice) -> Batch:
    for choice in choices:
        batch = choose_day(batch, choice, CALENDAR)
    return batch


def test_the_letter_of_december_2022_can_be_offered():
    letter = date(2022, 12, 2)

    assert check_batch(BATCH, letter, work_calendar()) == BATCH
    assert len(BATCH.unanswered) == 12
    assert chosen(BATCH, a_choice("H57"), a_choice("H26", SECOND)).on(DAY) == ("H57",)


def test_who_has_not_answered_is_known():
    batch = chosen(BATCH, *(a_choice(each, SECOND) for each in INVITED[:5]))

    assert batch.unanswered == INVITED[5:]
    assert batch.on(SECOND) == INVITED[:5]
    assert (batch.places_left(SECOND), batch.places_left(DAY), batch.places_left(BEFORE)) == (2, 7, 0)


def test_a_full_day_is_refused_and_the_free_ones_are_said():
    batch = chosen(BATCH, *(a_choice(each) for each in INVITED[:7]))

    with pytest.raises(Conflict) as refused:
        choose_day(batch, a_choice(INVITED[7]), CALENDAR)

    assert refused.value.code == "batch.full"
    assert refused.value.details == {"possible": ["2022-12-15"]}
    assert "Còn chỗ: 15/12/2022." in refused.value.message


def test_who_chose_may_choose_again_and_leaves_the_place():
    full = chosen(BATCH, *(a_choice(each) for each in INVITED[:7]))

    same = choose_day(full, a_choice(INVITED[0]), CALENDAR)
    moved = choose_day(full, a_choice(INVITED[0], SECOND), CALENDAR)

    assert same.on(DAY) == INVITED[:7]
    assert moved.chosen[INVITED[0]] == SECOND
    assert choose_day(moved, a_choice(INVITED[7]), CALENDAR).places_left(DAY) == 0


@pytest.mark.parametrize(
    ("choice", "batch", "code", "kind"),
    [
        (a_choice("H49"), BATCH, "batch.not_invited", NotAllowed),
        (a_choice("H57", date(2022, 12, 8)), BATCH, "batch.not_offered", Invalid),
        (a_choice("H57", on=date(2022, 12, 8)), BATCH, "batch.past", Conflict),
        (
            a_choice("H57", date(2022, 12, 30)),
            msgspec.structs.replace(BATCH, days=(DAY, date(2022, 12, 30))),
            "batch.not_worked",
            Conflict,
        ),
    ],
)
def test_a_day_that_cannot_be_is_refused(choice, batch, code, kind):
    with pytest.raises(kind) as refused:
        choose_day(batch, choice, CALENDAR)

    assert refused.value.code == code


def test_when_no_day_is_left_the_coordinating_unit_is_named():
    with pytest.raises(Conflict) as refused:
        choose_day(BATCH, a_choice("H57", SECOND, on=date(2022, 12, 16)), CALENDAR)

    assert refused.value.details == {"possible": []}
    assert "liên hệ đơn vị điều phối" in refused.value.message


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"document": ""}, "name"),
        ({"days": ()}, "days"),
        ({"days": (DAY, DAY)}, "days"),
        ({"days": (date(2022, 11, 30),)}, "days"),
        ({"days": (date(2022, 12, 11),)}, "days"),
        ({"invited": ()}, "invited"),
        ({"invited": ("H57", "H57")}, "invited"),
        ({"capacity": 5}, "capacity"),
        ({"capacity": 0, "invited": ("H57",)}, "capacity"),
    ],
)
def test_a_batch_that_cannot_work_is_not_offered(fields, field):
    with pytest.raises(Invalid) as refused:
        check_batch(msgspec.structs.replace(BATCH, **fields), BEFORE, CALENDAR)

    assert refused.value.field == field


def test_how_many_places_are_needed_is_said():
    with pytest.raises(Invalid) as refused:
        check_batch(msgspec.structs.replace(BATCH, capacity=5), BEFORE, CALENDAR)

    assert "ít nhất 6 đơn vị" in refused.value.message


_STEPS = st.lists(st.tuples(st.sampled_from([*INVITED[:4], "H49"]), st.integers(0, 20), st.integers(0, 16)), max_size=30)


@given(steps=_STEPS, capacity=st.integers(1, 3), offsets=st.sets(st.integers(0, 20), min_size=1, max_size=4))
def test_choosing_agrees_with_a_clerk_who_keeps_a_list(steps: list[Any], capacity: int, offsets: set[int]):
    days = tuple(BEFORE + timedelta(days=each) for each in sorted(offsets))
    batch = Batch("x", "Đợt", "8402", HostingCase.OWN, days, capacity, INVITED[:4])
    clerk: dict[str, date] = {}

    for organisation, offset, today in steps:
        day, now = BEFORE + timedelta(days=offset), BEFORE + timedelta(days=today)
        others = Counter(each for who, each in clerk.items() if who != organisation)
        may = organisation != "H49" and day in days and now <= day and CALENDAR.is_working(day) and others[day] < capacity
        try:
            batch, did = choose_day(batch, a_choice(organisation, day, now), CALENDAR), True
        except DancuError:
            did = False
        assert did is may
        if may:
            clerk[organisation] = day
        assert batch.chosen == clerk

    assert all(len(batch.on(day)) <= capacity for day in days)
    assert {*batch.unanswered, *clerk} == set(INVITED[:4])


def test_the_calendar_shows_what_is_offered_and_what_is_set_by_day():
    batch = chosen(BATCH, a_choice("H57"))
    first = scheduled(number=UUID(int=1))
    second = scheduled(msgspec.structs.replace(SYSTEM, organisation="H26.3", code="dvc-h26"), UUID(int=2))
    alone = scheduled(number=UUID(int=3), on=date(2022, 12, 9))
    cancelled = done(scheduled(number=UUID(int=4)), COORDINATOR, of(Cancel, COORDINATOR, BEFORE, "Đơn vị thôi kết nối"))

    days = calendar([batch], [first, second, alone, cancelled])

    assert [each.day for each in days] == [DAY, date(2022, 12, 9), SECOND]
    assert [each.subject.organisation for each in days[0].inspections] == ["H26.3", "H57.12"]
    assert (days[0].offered[0].chosen_by, days[0].offered[0].places_left) == (("H57",), 6)
    assert days[1].offered == ()
    assert days[1].inspections == (alone,)
    assert days[2].inspections == ()


def test_a_moved_inspection_stands_on_its_new_day():
    moved = done(scheduled(), COORDINATOR, of(Reschedule, COORDINATOR, BEFORE, date(2022, 12, 9), "thu", 1, "Đơn vị bận diễn tập"))

    assert [each.day for each in calendar([], [moved])] == [date(2022, 12, 9)]
