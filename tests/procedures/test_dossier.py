"""Rules of the desk without a database: states and actions, return dates, hints, the catalogue as data."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dancu.kernel.claims import PersonClaim
from dancu.kernel.clock import VIET_NAM
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Conflict, NotFound
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.work_days import due_at, work_calendar, working_days_left
from dancu.population.api import read_card
from dancu.procedures import reference
from dancu.procedures.domain.deadlines import dossier_number
from dancu.procedures.domain.dossier import (
    ACTION_WORDS,
    ALLOWED,
    BY_OFFICER,
    OPEN_STATES,
    STATE_WORDS,
    Action,
    ActionKind,
    State,
    fold,
    table,
)
from dancu.procedures.domain.evidence import PAPERS_INSTEAD, WAY_WORDS, Way
from dancu.procedures.domain.hints import hints_for

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
CALENDAR = work_calendar()


def actions(*kinds: ActionKind) -> list[Action]:
    return [Action(kind, NOW, "canbo01") for kind in kinds]


def at(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=VIET_NAM)


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ([], State.NEW),
        ([ActionKind.LOOK_UP], State.NEW),
        ([ActionKind.LOOK_UP, ActionKind.RECEIVE], State.RECEIVED),
        ([ActionKind.RECEIVE, ActionKind.DISPUTE_FIELD], State.RECEIVED),
        ([ActionKind.RECEIVE, ActionKind.PROCESS], State.IN_PROCESS),
        ([ActionKind.RECEIVE, ActionKind.REQUEST_SUPPLEMENT], State.SUPPLEMENT_REQUESTED),
        ([ActionKind.RECEIVE, ActionKind.REQUEST_SUPPLEMENT, ActionKind.COMPARE_LATER], State.SUPPLEMENT_REQUESTED),
        ([ActionKind.RECEIVE, ActionKind.REQUEST_SUPPLEMENT, ActionKind.RECEIVE_SUPPLEMENT], State.IN_PROCESS),
        ([ActionKind.RECEIVE, ActionKind.EXTEND], State.RECEIVED),
        ([ActionKind.RECEIVE, ActionKind.REFUSE], State.STOPPED),
        ([ActionKind.RECEIVE, ActionKind.WITHDRAW], State.STOPPED),
        ([ActionKind.RECEIVE, ActionKind.PROCESS, ActionKind.FINISH], State.FINISHED),
        ([ActionKind.RECEIVE, ActionKind.PROCESS, ActionKind.FINISH, ActionKind.DELIVER], State.DELIVERED),
        (
            [ActionKind.RECEIVE, ActionKind.PROCESS, ActionKind.FINISH, ActionKind.DELIVER, ActionKind.COMPARE_LATER],
            State.DELIVERED,
        ),
    ],
)
def test_the_state_follows_from_the_actions(kinds: list[ActionKind], state: State):
    assert fold(actions(*kinds)) is state


@given(st.lists(st.sampled_from(ActionKind), max_size=12))
def test_an_action_the_table_does_not_allow_is_a_conflict_that_says_what_is_possible(kinds: list[ActionKind]):
    state = State.NEW
    for i, kind in enumerate(kinds):
        if kind not in ALLOWED[state]:
            with pytest.raises(Conflict) as failure:
                fold(actions(*kinds[: i + 1]))
            assert failure.value.details["possible"] == [ACTION_WORDS[k] for k in ALLOWED[state] if k in BY_OFFICER]
            return
        state = fold(actions(*kinds[: i + 1]))


def test_every_state_and_action_has_a_word_and_a_row():
    assert set(STATE_WORDS) == set(State) == {state for state, _ in table()}
    assert set(ACTION_WORDS) == set(ActionKind)
    assert [state.value for state in State] == list(range(1, 11))


@pytest.mark.parametrize("state", OPEN_STATES)
def test_an_open_dossier_always_has_a_next_step_for_the_officer(state: State):
    assert set(ALLOWED[state]) & BY_OFFICER


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        ("23/11/2026 09:00", 0, "23/11/2026 16:30"),
        ("23/11/2026 14:59", 0, "23/11/2026 16:30"),
        ("23/11/2026 15:00", 0, "25/11/2026 16:30"),  # after 15:00 the next working day; 24/11 is a holiday from 2026
        ("24/11/2026 09:00", 0, "25/11/2026 16:30"),
        ("21/11/2026 09:00", 0, "23/11/2026 16:30"),  # Saturday morning receives, Monday counts
        ("20/11/2026 15:30", 0, "23/11/2026 16:30"),
        ("25/11/2026 09:00", 3, "30/11/2026 16:30"),
        ("25/11/2026 09:00", 7, "04/12/2026 16:30"),
        ("13/02/2026 16:00", 0, "23/02/2026 16:30"),  # Tết of Bính Ngọ, 16 to 20 February
        ("31/12/2026 15:00", 0, "04/01/2027 16:30"),
    ],
)
def test_the_return_date_counts_working_days(received: str, days: int, due: str):
    assert due_at(at(received), days, CALENDAR, time(15)) == at(due)


@given(st.datetimes(datetime(2021, 1, 1), datetime(2035, 1, 1)), st.integers(0, 30))
def test_a_return_date_is_a_working_day_after_reception(received: datetime, days: int):
    moment = received.replace(tzinfo=VIET_NAM)

    due = due_at(moment, days, CALENDAR, time(15))

    assert CALENDAR.is_working(due.date())
    assert due.date() >= moment.date()
    assert working_days_left(moment, due, CALENDAR) >= days


@pytest.mark.parametrize(
    ("now", "left"),
    [("25/11/2026 09:00", 3), ("28/11/2026 09:00", 1), ("30/11/2026 18:00", 0), ("01/12/2026 08:00", -1), ("05/12/2026 08:00", -4)],
)
def test_the_clock_shows_working_days_left_or_overdue(now: str, left: int):
    assert working_days_left(at(now), at("30/11/2026 16:30"), CALENDAR) == left


@pytest.mark.parametrize(
    ("serial", "number"), [(1, "H57.12.3-261124-0001"), (9999, "H57.12.3-261124-9999"), (10000, "H57.12.3-261124-10000")]
)
def test_a_dossier_number_carries_agency_day_and_serial(serial: int, number: str):
    assert dossier_number("H57.12.3", date(2026, 11, 24), serial) == number


def test_the_catalogue_holds_the_procedures_of_the_desk_with_their_terms():
    known = {p.code: p.working_days for p in reference.procedures_on(date(2026, 11, 24))}

    assert known == {"1.001193": 0, "1.000656": 0, "1.000894": 0, "1.004222": 7, "1.004194": 3}


def test_every_procedure_names_its_source_one_required_person_and_distinct_fields():
    for procedure in reference.procedures():
        names = [field.name for field in procedure.fields]
        assert procedure.source
        assert [p.role for p in procedure.persons if p.required] == ["requester"]
        assert len(names) == len(set(names))
        assert all(field.options for field in procedure.fields if field.kind == "select")
        assert {field.kind for field in procedure.fields} <= {"text", "select", "past", "future", "number", "count"}


def test_a_procedure_before_its_law_is_not_in_the_catalogue():
    with pytest.raises(NotFound):
        reference.procedure_on("1.004222", date(2021, 6, 30))


def test_the_ways_of_the_decree_are_seven_beside_the_system_itself():
    assert len(set(Way) - {Way.SYSTEM}) == 7
    assert set(WAY_WORDS) == set(Way)
    assert Way.SYSTEM not in PAPERS_INSTEAD


def a_claim(number: str = "046090000101", name: str = "Trần Văn Hòa", born: str = "17/05/1990") -> PersonClaim:
    return PersonClaim(name, PartialDate.parse(born), PersonalId.parse(number))


CARD = read_card("046090000101||Trần Văn Hòa|17051990|Nam|Huế|01072021")


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (a_claim(), None),
        (a_claim(name="TRAN VAN HOA"), None),
        (a_claim(number="046090000102"), "khác số trên mã QR"),
        (a_claim(born="18/05/1990"), "Ngày sinh đã nhập khác"),
        (a_claim(name="Trần Văn Khác"), "Họ và tên đã nhập khác"),
        (a_claim(number="046190000101"), "giới tính"),
        (a_claim(number="046080000101"), "năm sinh 1980"),
    ],
)
def test_hints_come_from_the_officers_own_input(claim: PersonClaim, words: str | None):
    hints = hints_for(claim, CARD.sex, CARD)

    assert any(words in str(hint) for hint in hints) if words else hints == []


def test_a_doubtful_name_is_hinted_at_until_it_agrees_or_is_typed():
    card = read_card("066090000106||Ksỏ H'Bia|04031990|Nữ|Đắk Lắk|01072021")
    claim = a_claim("066190000106", card.full_name, "04/03/1990")

    assert any("bộ gõ" in str(hint) for hint in hints_for(claim, card.sex, card))
    assert not any("bộ gõ" in str(hint) for hint in hints_for(claim, card.sex, card, agrees=True))
    assert not any("bộ gõ" in str(hint) for hint in hints_for(a_claim("066190000106", "Ksor H'Bia", "04/03/1990"), 2, card))


def test_a_calendar_without_working_days_says_so_instead_of_counting_for_ever():
    from dancu.kernel.work_days import WorkCalendar

    nothing = WorkCalendar(frozenset(date(2026, 1, 1) + timedelta(days=i) for i in range(800)))
    with pytest.raises(ValueError, match="no working day"):
        nothing.after(date(2026, 1, 1), 1)
