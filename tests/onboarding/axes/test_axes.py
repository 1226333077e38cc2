"""Both axes are walked from their printed tables: every row is taken, what is no row is refused and says what is possible."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from psycopg.errors import InsufficientPrivilege

from dancu.cli.launcher.postgres import Urls
from dancu.identity.api import Backing
from dancu.kernel.errors import Conflict, Invalid
from dancu.kernel.four_eyes import Hand
from dancu.onboarding import api as onboarding
from dancu.onboarding.axes import orders
from dancu.onboarding.axes import store as standings
from dancu.onboarding.axes import usecases as axes
from dancu.onboarding.axes.domain import STATE_WORDS, Axis, SecurityState, Transition, possible, printed, states_of, transitions
from dancu.onboarding.models import StandingEvent, System
from tests.factories.database import connect_system
from tests.factories.people import NOW

pytestmark = pytest.mark.django_db
GROUND = axes.Ground("lý do của thử nghiệm", "12/CV-TCT")
ROWS = {f"{row.axis}-{row.before}-{row.act}": row for row in transitions()}
ACTS = {axis: sorted({row.act for row in transitions() if row.axis is axis}) for axis in Axis}
NO_ROWS = [
    (axis, state, act) for axis in Axis for state in states_of(axis) for act in ACTS[axis] if f"{axis}-{state}-{act}" not in ROWS
]


def a_system_at(axis: Axis, state: str) -> None:
    connect_system(grants=[])
    column = "state" if axis is Axis.CONNECTION else "security"
    System.objects.update(**{column: state})


def take(axis: Axis, act: str) -> str:
    if act == "suspend_by_itself":
        return "suspended" if onboarding.suspend_by_itself("he-thong", "extraction", "x", now=NOW) else "not open"
    if axis is Axis.CONNECTION:
        return axes.move_connection("he-thong", act, GROUND, by="canbo", now=NOW).state
    return axes.move_security("he-thong", act, GROUND, by="canbo", now=NOW, until=date(2026, 12, 1))


def outcomes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select convert_from(body, 'UTF8')::jsonb ->> 'outcome' from ledger_entry order by id")
        return [row[0] for row in cursor.fetchall()]


def state_now(axis: Axis) -> str:
    row = System.objects.get(client_id="he-thong")
    return row.state if axis is Axis.CONNECTION else row.security


@pytest.mark.parametrize("name", ROWS)
def test_every_row_of_the_tables_is_taken_and_kept(name: str) -> None:
    row: Transition = ROWS[name]
    a_system_at(row.axis, row.before)

    assert take(row.axis, row.act) == row.after

    assert state_now(row.axis) == row.after
    kept = StandingEvent.objects.latest("id")
    assert (kept.axis, kept.act, kept.state, kept.client_id) == (row.axis, row.act, row.after, "he-thong")
    assert kept.on_day == NOW.date()
    assert any(row.after in said for said in outcomes())


@pytest.mark.parametrize(("axis", "state", "act"), [each for each in NO_ROWS if each[2] != "suspend_by_itself"])
def test_what_is_no_row_is_refused_and_says_what_is_possible(axis: Axis, state: str, act: str) -> None:
    a_system_at(axis, state)
    before = StandingEvent.objects.count()

    with pytest.raises(Conflict) as refused:
        take(axis, act)

    assert refused.value.details["possible"] == [row.act for row in possible(axis, state)]
    assert STATE_WORDS[state] in refused.value.message
    assert state_now(axis) == state
    assert StandingEvent.objects.count() == before


@pytest.mark.parametrize("state", ["registered", "trial", "suspended", "closed"])
def test_what_is_not_open_is_not_closed_by_itself(state: str) -> None:
    a_system_at(Axis.CONNECTION, state)

    assert take(Axis.CONNECTION, "suspend_by_itself") == "not open"
    assert state_now(Axis.CONNECTION) == state


def test_nothing_on_the_axis_of_security_moves_the_connection() -> None:
    """A lapsed paper and a finding never cut a counter off."""
    connect_system(grants=[])

    for act in ("schedule", "conclude_failed", "conclude_passed", "lapse", "schedule", "conclude_short"):
        axes.move_security("he-thong", act, GROUND, by="canbo", now=NOW, until=date(2026, 12, 1))
        assert state_now(Axis.CONNECTION) == "official"


def test_a_conclusion_lapses_the_day_after_its_last() -> None:
    connect_system(grants=[])
    for act in ("schedule", "conclude_passed"):
        axes.move_security("he-thong", act, GROUND, by="canbo", now=NOW, until=NOW.date())

    assert axes.let_conclusions_lapse(now=NOW) == 0
    assert axes.let_conclusions_lapse(now=NOW + timedelta(days=1)) == 1
    assert axes.let_conclusions_lapse(now=NOW + timedelta(days=1)) == 0

    assert standings.security_of("he-thong") == (SecurityState.LAPSED, None)
    assert state_now(Axis.CONNECTION) == "official"


def test_a_suspension_is_a_signed_order_that_names_both_people(tmp_path: Path) -> None:
    connect_system(grants=[])
    hands = Hand("soan", "G01.206/TT", "nguoi-1"), Hand("duyet", "G01.206/LD", "nguoi-2")
    axes.move_connection("he-thong", "suspend", GROUND, by="duyet", now=NOW, backing=Backing(UUID(int=7), *hands), keys=tmp_path)

    kept = StandingEvent.objects.latest("id")
    order = orders.read_order(orders.order_key(tmp_path).public, kept.order)
    assert (order["act"], order["client_id"], order["reason"]) == ("suspend", "he-thong", GROUND.reason)
    assert (order["proposed_by"], order["decided_by"]) == ("soan", "duyet")
    with pytest.raises(Invalid):
        orders.read_order(orders.order_key(tmp_path / "khac").public, kept.order)


def test_a_suspension_says_why() -> None:
    connect_system(grants=[])

    with pytest.raises(Invalid):
        axes.move_connection("he-thong", "suspend", axes.Ground("  "), by="canbo", now=NOW)


def test_the_gateway_closing_a_system_is_a_move_on_the_axis() -> None:
    connect_system(grants=[])

    with connection.cursor() as cursor:
        cursor.execute("select onboarding_suspend('he-thong', 'extraction', %s)", [NOW])

    kept = StandingEvent.objects.latest("id")
    assert (kept.act, kept.state, kept.on_day) == ("suspend_by_itself", "suspended", NOW.date())


@pytest.mark.parametrize(
    "statement", ["update onboarding_standingevent set state = 'official'", "delete from onboarding_standingevent"]
)
def test_moves_are_never_changed_or_removed(statement: str, fresh_database: Urls) -> None:
    with psycopg.connect(fresh_database.web) as web, pytest.raises(InsufficientPrivilege):
        web.execute(statement)


def test_the_tables_print_a_row_a_line() -> None:
    lines = printed(transitions()).splitlines()

    assert len(lines) == len(transitions()) + 2
    assert "| connection | official | suspend: Tạm dừng theo lệnh | suspended | department | 2 |" in "\n".join(lines)
