"""How long the law gives, and the tables of cases and breaches: pure, to be printed and read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from dancu.kernel.clock import VIET_NAM
from dancu.kernel.errors import Conflict, Invalid, NotAllowed
from dancu.kernel.work_days import WorkCalendar, work_calendar
from dancu.population.api import Hand
from dancu.protection import reference
from dancu.protection.domain import breaches, cases
from dancu.protection.domain.cases import (
    CLOSED,
    SUBJECT,
    SUBJECT_ACTOR,
    TABLE,
    CaseAction,
    CaseActionKind,
    CaseFile,
    CaseKind,
    CaseParty,
    CaseState,
    act,
    allowed_actions,
)
from dancu.protection.domain.clocks import TimeUnit, due_after, extended, rule_on, time_left
from tests.factories.people import NOW
from tests.protection.scene import OFFICER, STRANGER

CALENDAR = WorkCalendar(frozenset())


def test_every_kind_of_case_has_a_deadline_with_its_source():
    for kind in (*CaseKind, "breach"):
        rule = reference.clock_for(kind, NOW)
        assert rule.amount > 0
        assert rule.legal_basis
        assert rule.source
        assert rule.author


def test_the_rule_of_the_day_holds_until_a_newer_one():
    rule = reference.clock_for("know", NOW)
    newer = msgspec.structs.replace(rule, amount=10, unit=TimeUnit.WORKING_DAYS, valid_from=date(2027, 1, 1))

    assert rule_on([rule, newer], "know", date(2026, 12, 31)) == rule
    assert rule_on([rule, newer], "know", date(2027, 1, 1)) == newer
    with pytest.raises(LookupError):
        rule_on([rule, newer], "know", date(2025, 12, 31))


@pytest.mark.parametrize(("after", "left"), [(0, 72), (0.5, 71), (71, 1), (71.5, 0), (72, 0), (72.01, -1), (73, -1), (73.5, -2)])
def test_hours_run_day_and_night(after: float, left: int):
    due = due_after(NOW, 72, TimeUnit.HOURS, CALENDAR)

    assert time_left(NOW + timedelta(hours=after), due, TimeUnit.HOURS, CALENDAR).amount == left


def test_working_days_leave_out_weekends_and_holidays_and_end_with_the_office():
    friday = datetime(2026, 4, 24, 9, 0, tzinfo=VIET_NAM)  # the Hung Kings' day, 30 April and 1 May follow
    due = due_after(friday, 3, TimeUnit.WORKING_DAYS, work_calendar())

    assert (due.hour, due.minute) == (16, 30)
    assert work_calendar().is_working(due.date())
    assert (
        sum(work_calendar().is_working(friday.date() + timedelta(days=n)) for n in range(1, (due.date() - friday.date()).days + 1))
        == 3
    )
    assert time_left(due + timedelta(minutes=1), due, TimeUnit.WORKING_DAYS, work_calendar()).is_over


def test_an_extension_counts_working_days_from_the_due_day_and_hours_from_the_due_hour():
    due = datetime(2026, 11, 16, 16, 30, tzinfo=VIET_NAM)

    assert extended(due, 10, TimeUnit.WORKING_DAYS, CALENDAR) == datetime(2026, 11, 30, 16, 30, tzinfo=VIET_NAM)
    assert extended(due.astimezone(UTC), 1, TimeUnit.WORKING_DAYS, CALENDAR) == due + timedelta(days=1)
    assert extended(due, 72, TimeUnit.HOURS, CALENDAR) == due + timedelta(hours=72)


def a_case(*kinds: str, kind: str = "objection") -> CaseFile:
    opening = {"kind": kind, "about": "", "choices": [], "due_at": NOW.isoformat(), "unit": "hours"}
    actions = [CaseAction(CaseActionKind.OPEN, NOW, SUBJECT, "Tôi phản đối", opening)]
    more = {"assign": {"to": "a"}, "ask_organisation": {"organisation": "H48"}, "extend": {"due_at": NOW.isoformat()}}
    actions += [CaseAction(CaseActionKind(each), NOW, OFFICER.hand, "Nội dung", more.get(each, {})) for each in kinds]
    from uuid import UUID

    return CaseFile(UUID(int=7), "H57", tuple(actions))


@dataclass(frozen=True)
class Way:
    done: tuple[str, ...]
    leads_to: CaseState


@pytest.mark.parametrize(
    "way",
    [
        Way((), CaseState.RECEIVED),
        Way(("assign",), CaseState.IN_HAND),
        Way(("assign", "ask_organisation"), CaseState.WITH_ORGANISATION),
        Way(("assign", "ask_organisation", "explain"), CaseState.IN_HAND),
        Way(("assign", "ask_subject"), CaseState.WITH_SUBJECT),
        Way(("assign", "ask_subject", "supplement"), CaseState.IN_HAND),
        Way(("assign", "ask_organisation", "supplement"), CaseState.WITH_ORGANISATION),
        Way(("assign", "extend"), CaseState.IN_HAND),
        Way(("assign", "find_lawful"), CaseState.FOUND_LAWFUL),
        Way(("assign", "find_unlawful"), CaseState.FOUND_UNLAWFUL),
        Way(("assign", "refuse"), CaseState.REFUSED),
        Way(("withdraw",), CaseState.WITHDRAWN),
    ],
    ids=lambda way: "-".join(way.done) or "open",
)
def test_a_state_is_what_was_done(way: Way):
    assert a_case(*way.done).state is way.leads_to


def test_nothing_is_done_to_a_closed_case():
    assert all(not TABLE[state] for state in CLOSED)
    with pytest.raises(Conflict, match=r"case\.action"):
        act(a_case("assign", "refuse"), OFFICER, CaseAction(CaseActionKind.NOTE, NOW, OFFICER.hand, "Thêm một điều"))


def test_an_objection_ends_with_a_finding_and_nothing_else_does():
    assert CaseActionKind.ANSWER not in allowed_actions(a_case("assign"), OFFICER)
    assert CaseActionKind.FIND_LAWFUL in allowed_actions(a_case("assign"), OFFICER)
    assert CaseActionKind.ANSWER in allowed_actions(a_case("assign", kind="know"), OFFICER)
    assert CaseActionKind.FIND_LAWFUL not in allowed_actions(a_case("assign", kind="know"), OFFICER)


def test_a_case_is_extended_once():
    assert CaseActionKind.EXTEND in allowed_actions(a_case("assign"), OFFICER)
    assert CaseActionKind.EXTEND not in allowed_actions(a_case("assign", "extend"), OFFICER)


def test_everybody_may_do_only_what_the_table_says_for_them():
    case = a_case("assign", "ask_organisation")
    elsewhere = msgspec.structs.replace(STRANGER, hand=Hand("x", "H48/BVDL", "x"))
    nobody = msgspec.structs.replace(STRANGER, hand=Hand("x", "H99/BVDL", "x"))

    assert set(allowed_actions(case, elsewhere)) == {CaseActionKind.EXPLAIN}
    assert allowed_actions(case, nobody) == ()
    assert set(allowed_actions(case, SUBJECT_ACTOR)) == {CaseActionKind.SUPPLEMENT, CaseActionKind.WITHDRAW}
    with pytest.raises(NotAllowed, match=r"case\.role"):
        act(case, nobody, CaseAction(CaseActionKind.NOTE, NOW, nobody.hand, "Một ghi chú"))


@pytest.mark.parametrize("kind", ["refuse", "find_lawful", "find_unlawful"])
def test_who_refuses_or_concludes_states_the_law(kind: str):
    with pytest.raises(Invalid) as refused:
        act(a_case("assign"), OFFICER, CaseAction(CaseActionKind(kind), NOW, OFFICER.hand, "Không có căn cứ", {}))

    assert refused.value.field == "legal_basis"


def test_every_action_and_state_has_a_word_and_leads_somewhere():
    assert set(cases.ACTION_WORDS) == set(CaseActionKind) == set(cases._LEADS_TO)
    assert set(cases.STATE_WORDS) == set(TABLE) == set(CaseState)
    assert set(breaches.ACTION_WORDS) == set(breaches.BreachActionKind)
    assert set(breaches.STATE_WORDS) == set(breaches.BREACH_TABLE) == set(breaches.BreachState)
    assert {who for row in TABLE.values() for parties in row.values() for who in parties} <= set(CaseParty)
    assert [task.by_hour for task in reference.breach_tasks()] == sorted(task.by_hour for task in reference.breach_tasks())
    assert reference.breach_tasks()[-1].by_hour == reference.clock_for("breach", NOW).amount
