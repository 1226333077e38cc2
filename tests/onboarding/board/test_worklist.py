"""Who must do what by when: the requests of the letter on the days around their deadlines, and what becomes of them later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from dancu.kernel.work_days import work_calendar
from dancu.onboarding.board.directory import parties
from dancu.onboarding.board.domain import board_on
from dancu.onboarding.board.events import BoardAxis, SecurityStanding, StandingFact
from dancu.onboarding.board.printed import Document
from dancu.onboarding.board.worklist import Done, WorkGroup, WorkState, items_of, to_do, worklist_on
from tests.onboarding.board.scene import (
    AFTER_REFORM,
    LETTER_DAY,
    OFFICIAL,
    PASSED,
    REPORT_DAY,
    STATE_DAY,
    letter,
    names_of,
    report,
    told,
)

OPEN, OVERDUE, UNSURE, DONE = WorkState.OPEN, WorkState.OVERDUE, WorkState.UNSURE, WorkState.DONE


def work_on(
    day: date,
    *more: StandingFact,
    papers: tuple[Document, ...] = (),
    done: tuple[Done, ...] = (),
    known_by: date | None = None,
) -> dict[str, WorkGroup]:
    documents = papers or (letter(),)
    events = [*(event for each in documents for event in each.events), *more]
    stated = [count for each in documents for count in each.stated]
    board = board_on(day, parties(), events, stated, known_by=known_by)
    return {each.request.id: each for each in worklist_on(board, parties(), documents, work_calendar(), done)}


def test_before_the_letter_only_the_resolution_asks():
    work = work_on(STATE_DAY)

    assert list(work) == ["resolution-130"]
    assert {state: work["resolution-130"].count(state) for state in WorkState} == {OPEN: 0, OVERDUE: 43, UNSURE: 25, DONE: 23}


def test_the_letter_asks_12_for_a_day_and_says_13():
    group = work_on(LETTER_DAY)["choose-a-day"]

    assert {each.party.code for each in group.items} == letter().list_of("note-4").codes
    assert (len(group.items), group.unnamed, group.count(OPEN)) == (12, 1, 12)


def test_the_others_are_asked_to_report_and_together_they_are_the_49():
    work = work_on(LETTER_DAY)

    report_, days = ({each.party.code for each in work[name].items} for name in ("report", "choose-a-day"))
    assert len(report_) == 37
    assert not report_ & days
    assert report_ | days == {each.party.code for each in work["finish-2022"].items} == letter().list_of("note-3").codes


@pytest.mark.parametrize(
    ("day", "request_id", "due", "left", "state"),
    [
        (date(2022, 12, 2), "report", date(2022, 12, 8), 4, OPEN),  # a Friday; the eighth is a Thursday
        (date(2022, 12, 8), "report", date(2022, 12, 8), 0, OPEN),
        (date(2022, 12, 9), "report", date(2022, 12, 8), -1, OVERDUE),  # "before the ninth"
        (date(2022, 12, 2), "choose-a-day", date(2022, 12, 7), 3, OPEN),
        (date(2022, 12, 7), "choose-a-day", date(2022, 12, 7), 0, OPEN),
        (date(2022, 12, 8), "choose-a-day", date(2022, 12, 15), 5, OPEN),  # the second day is left
        (date(2022, 12, 16), "choose-a-day", date(2022, 12, 15), -1, OVERDUE),
        (date(2022, 12, 10), "report", date(2022, 12, 8), -1, OVERDUE),  # a Saturday: no working day more
        (date(2023, 1, 4), "finish-2022", date(2022, 12, 31), -2, OVERDUE),  # 2 January was a day off
    ],
)
def test_deadlines_are_counted_in_working_days(day: date, request_id: str, due: date, left: int, state: WorkState):
    items = work_on(day)[request_id].items

    assert {(each.due_on, each.left, each.state) for each in items} == {(due, left, state)}


def test_an_inspection_that_is_fixed_settles_the_choice_of_a_day():
    ha_noi = names_of("Hà Nội")[0]

    group = work_on(date(2022, 12, 6), told(ha_noi, SecurityStanding.SCHEDULED, date(2022, 12, 5)))["choose-a-day"]

    assert [each.party.code for each in group.items if each.state is DONE] == [ha_noi]


def test_the_whole_is_done_only_when_connected_and_passed():
    ha_noi = names_of("Hà Nội")[0]  # connected already

    def state_with(*events: StandingFact) -> WorkState:
        return next(each.state for each in work_on(date(2022, 12, 20), *events)["finish-2022"].items if each.party.code == ha_noi)

    assert state_with() is OPEN
    assert state_with(told(ha_noi, PASSED, date(2022, 12, 15))) is DONE


def test_a_report_that_came_is_noted_and_only_for_who_sent_it():
    (son_la,) = names_of("Sơn La")
    done = (Done("report", son_la, date(2022, 12, 7)), Done("finish-2022", son_la, date(2030, 1, 1)))

    work = work_on(date(2022, 12, 9), done=done)

    assert [each.party.code for each in work["report"].items if each.state is DONE] == [son_la]
    assert work["finish-2022"].count(DONE) == 0


def test_nothing_is_done_because_its_day_is_past():
    assert work_on(date(2023, 2, 17))["report"].count(OVERDUE) == 37


def test_where_a_number_may_count_a_body_nobody_says_it_is_late():
    work = work_on(REPORT_DAY, papers=(letter(), report()))["resolution-130"]

    assert work.count(OVERDUE) == 0
    assert work.count(DONE) == 20 + 3
    assert work.count(UNSURE) == 43 + 25


def test_the_report_sums_up_the_work_of_the_letter_and_asks_anew():
    work = work_on(date(2023, 2, 20), papers=(letter(), report()))

    assert list(work) == ["merit-database"]
    (item,) = work["merit-database"].items
    assert (item.party.code, item.state, item.left) == ("G07", OPEN, 6)


def test_work_is_carried_on_by_the_heir_and_not_done_by_what_was_true_of_another():
    lasting = letter_without_end()
    kon_tum, quang_ngai = "H34", "H48"

    work = work_on(AFTER_REFORM, papers=(lasting,))["choose-a-day"]

    item = next(each for each in work.items if each.asked.code == kon_tum)
    assert (item.party.code, item.was_carried_on) == (quang_ngai, True)
    assert item.state is OVERDUE  # Quảng Ngãi had been inspected before anybody asked Kon Tum


def test_what_is_told_of_the_heir_since_settles_it():
    lasting = letter_without_end()
    event = told("H48", SecurityStanding.SCHEDULED, AFTER_REFORM)
    connected = told("H48", OFFICIAL, AFTER_REFORM)

    work = work_on(AFTER_REFORM, connected, event, papers=(lasting,))

    assert next(each for each in work["choose-a-day"].items if each.asked.code == "H34").state is DONE


def letter_without_end() -> Document:
    return replace(letter(), requests=tuple(msgspec.structs.replace(each, until=None) for each in letter().requests))


def test_what_a_newer_number_puts_in_doubt_settles_nothing():
    asked = msgspec.structs.replace(letter().requests[0], settled={BoardAxis.SECURITY: ("passed",)}, until=None)

    work = work_on(REPORT_DAY, papers=(replace(letter(), requests=(asked,)), report()))["resolution-130"]

    assert next(each.state for each in work.items if each.party.code == "G15") is UNSURE  # it had passed; 20 of 25 are short


def test_a_document_not_known_yet_asks_for_nothing():
    assert work_on(date(2022, 12, 5), known_by=STATE_DAY) == {}


def test_one_body_sees_its_work_the_nearest_first_and_what_is_done_last():
    ha_noi = names_of("Hà Nội")[0]
    groups = work_on(date(2022, 12, 5)).values()

    items = items_of(groups, ha_noi)

    assert [each.request.id for each in items] == ["choose-a-day", "finish-2022", "resolution-130"]
    assert [each.request.id for each in to_do(items)] == ["choose-a-day", "finish-2022"]
