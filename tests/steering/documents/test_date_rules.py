"""Each rule over days, on small invented documents of 15 March 2030."""

from __future__ import annotations

from datetime import date

import pytest

from dancu.steering.documents.sources import Basis, Period, Received, StatedState
from tests.steering.documents.scene import a_document, a_figure, a_list, a_task, found_in, rules_in


@pytest.mark.parametrize(
    ("deadline", "rules"), [("2030-03-14", ["deadline"]), ("2030-03-15", []), ("2030-03", []), ("2030-02", ["deadline"])]
)
def test_a_deadline_before_its_document_is_told(deadline: str, rules: list[str]):
    assert rules_in(a_document(tasks=(a_task(deadline),))) == rules


def test_a_task_another_paper_gave_earlier_is_held_against_that_day():
    assert rules_in(a_document(tasks=(a_task("2030-02", assigned_on=date(2030, 1, 5)),))) == []
    assert rules_in(a_document(tasks=(a_task("2029-12", assigned_on=date(2030, 1, 5)),))) == ["deadline"]


@pytest.mark.parametrize(("deadline", "rules"), [("2030-02", []), ("2030-03", ["deadline"]), ("", [])])
def test_what_is_said_to_be_late_is_past_its_deadline(deadline: str, rules: list[str]):
    assert rules_in(a_document(tasks=(a_task(deadline, state=StatedState.LATE),))) == rules


@pytest.mark.parametrize(
    ("done_on", "rules"),
    [(date(2030, 3, 1), []), (date(2030, 3, 16), ["deadline"]), (date(2030, 1, 31), ["deadline"])],
)
def test_what_is_done_was_done_after_it_was_given_and_before_the_document(done_on: date, rules: list[str]):
    task = a_task(state=StatedState.DONE, done_on=done_on, assigned_on=date(2030, 2, 1))

    assert rules_in(a_document(tasks=(task,))) == rules


def test_figures_of_a_day_after_the_period_are_told_once():
    period = Period(date(2030, 2, 1), date(2030, 2, 28))
    figures = (a_figure("a"), a_figure("b"), a_figure("c", as_of=date(2030, 2, 28)))

    found = found_in(a_document(figures=figures, period=period))

    assert [each.rule for each in found] == ["day"]
    assert found[0].about == ("a", "b")
    assert found[0].arithmetic.vi == "01/03/2030 > 28/02/2030"


def test_without_a_period_the_day_of_the_document_is_the_last():
    assert rules_in(a_document(figures=(a_figure(as_of=date(2030, 3, 16)),))) == ["day"]


def test_a_period_ends_after_it_begins_and_before_its_report():
    assert rules_in(a_document(period=Period(date(2030, 3, 2), date(2030, 3, 1)))) == ["day"]
    assert rules_in(a_document(period=Period(date(2030, 3, 2), date(2030, 3, 16)))) == ["day"]


def test_a_figure_is_compared_with_a_day_before_its_own():
    assert rules_in(a_document(figures=(a_figure(change="1", compared_with=date(2030, 3, 1)),))) == ["day"]


def test_nothing_is_cited_before_it_was_passed():
    assert rules_in(a_document(basis=(Basis("1/NQ-CP", "Nghị quyết", date(2030, 3, 16)),))) == ["day"]


def test_deadlines_over_before_the_paper_arrived_are_told_once_with_every_task():
    tasks = (
        a_task("2030-03-20", name="T-01", owners=("PROVINCES",)),
        a_task("2030-03-18", name="T-02", owners=("list:asked",)),
        a_task("2030-03-25", name="T-03", owners=("PROVINCES",)),  # still to come
        a_task("2030-03-20", name="T-04", owners=("G01",)),  # not for who received it so late
    )
    received = Received(date(2030, 3, 25), "PROVINCES")

    found = found_in(a_document(tasks=tasks, lists=(a_list("asked", "H01"),), received=received))

    assert [each.rule for each in found] == ["arrival"]
    assert found[0].about == ("T-01", "T-02")
    assert found[0].arithmetic.vi == "18/03/2030 < 25/03/2030"


def test_one_act_cited_with_two_dates_is_told():
    before = a_document(name="before", basis=(Basis("9/QĐ-TTg", "Quyết định", date(2029, 1, 6)),))
    again = a_document(basis=(Basis("9/QĐ-TTg", "Quyết định", date(2029, 1, 7)),))

    assert rules_in(again, before) == ["citation"]
    assert rules_in(a_document(basis=before.head.basis), before) == []


def test_a_document_cited_with_another_date_than_it_bears_is_told():
    before = a_document(name="before", dated=date(2030, 1, 2))
    citing = a_document(basis=(Basis("before/BC", "Báo cáo", date(2030, 1, 3)),))

    assert rules_in(citing, before) == ["citation"]
