"""Folding facts: the newest by day wins whatever order they come in, several systems make one body, late knowledge corrects.

What is proven by random facts is held against oracles that look for the newest fact of each system and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dancu.onboarding.board.domain import as_known_on, board_on
from dancu.onboarding.board.events import (
    CONNECTED,
    FOUND_WANTING,
    BoardAxis,
    ConnectionStanding,
    HostingStanding,
    SecurityStanding,
    StandingFact,
    rank,
    standing_of,
)
from dancu.onboarding.board.standing import BodyStanding
from dancu.onboarding.domain import ConnectionState
from tests.onboarding.board.scene import (
    CLOSED,
    NONE,
    NOT_INSPECTED,
    OFFICIAL,
    PASSED,
    PREPARING,
    SHORT,
    SUPPLEMENT,
    SUSPENDED,
    TRIAL,
    a_party,
    at,
    told,
)

D1, D2, D3, D4 = (date(2023, 1, day) for day in (1, 2, 3, 4))


def body_after(*events: StandingFact, day: date = D4) -> BodyStanding:
    found = board_on(day, [a_party()], events).body("H01")
    assert found is not None
    return found


# One system and several.


def test_the_newest_fact_of_a_system_says_where_it_stands_and_since_when():
    body = body_after(told("H01", TRIAL, D1, "a"), told("H01", OFFICIAL, D2, "a"), told("H01", OFFICIAL, D3, "a"))

    assert (body.connection, body.since(BoardAxis.CONNECTION), body.last_told(BoardAxis.CONNECTION)) == (OFFICIAL, D2, D3)


def test_a_fact_after_the_day_does_not_count():
    assert body_after(told("H01", OFFICIAL, D3), day=D2).connection is NONE


def test_of_several_systems_the_furthest_connection_and_the_worst_security_count():
    body = body_after(
        told("H01", OFFICIAL, D1, "a"),
        told("H01", PASSED, D1, "a"),
        told("H01", OFFICIAL, D1, "b"),
        told("H01", SUPPLEMENT, D2, "b"),
        told("H01", PREPARING, D1, "c"),
    )

    assert (body.connection, body.security, body.behind, len(body.counted)) == (OFFICIAL, SUPPLEMENT, 1, 2)


def test_a_connected_system_that_nobody_inspected_outweighs_one_that_passed():
    body = body_after(told("H01", OFFICIAL, D1, "a"), told("H01", PASSED, D1, "a"), told("H01", OFFICIAL, D1, "b"))

    assert (body.security, body.behind) == (NOT_INSPECTED, 1)
    assert body.since(BoardAxis.SECURITY) is None


def test_what_is_on_its_way_does_not_spoil_what_is_connected():
    body = body_after(told("H01", OFFICIAL, D1, "a"), told("H01", PASSED, D1, "a"), told("H01", SUPPLEMENT, D2, "b"))

    assert body.security is PASSED


def test_a_closed_system_counts_only_where_there_is_no_other():
    open_too = body_after(told("H01", CLOSED, D1, "a"), told("H01", SHORT, D1, "a"), told("H01", PREPARING, D1, "b"))
    alone = body_after(told("H01", CLOSED, D1, "a"), told("H01", PASSED, D1, "a"))

    assert (open_too.connection, open_too.security) == (PREPARING, NOT_INSPECTED)
    assert (alone.connection, alone.security) == (CLOSED, PASSED)


def test_a_suspended_connection_is_still_one():
    body = body_after(told("H01", SUSPENDED, D1, "a"), told("H01", SHORT, D1, "a"), told("H01", TRIAL, D2, "b"))

    assert (body.connection, body.security) == (SUSPENDED, SHORT)


def test_systems_in_several_places_are_all_told():
    body = body_after(told("H01", HostingStanding.OTHER, D1, "a"), told("H01", HostingStanding.PROVIDER, D1, "b"))

    assert body.hosting == (HostingStanding.PROVIDER, HostingStanding.OTHER)


def test_a_system_below_level_one_counts_for_its_body():
    assert body_after(told("H01.12.3", OFFICIAL, D1, "a")).connection is OFFICIAL


def test_of_facts_of_one_day_the_one_recorded_last_counts_and_of_one_paper_the_later_turn():
    recorded = body_after(told("H01", OFFICIAL, D1, recorded_at=at(D2, 3)), told("H01", SUSPENDED, D1, recorded_at=at(D2, 2)))
    in_turn = body_after(told("H01", PASSED, D1, turn=1), told("H01", SUPPLEMENT, D1, turn=0))

    assert recorded.connection is OFFICIAL
    assert in_turn.security is PASSED


# The body as a whole.


def test_a_fact_about_the_body_says_how_far_its_furthest_system_is():
    lowered = body_after(told("H01", OFFICIAL, D1, "a"), told("H01", TRIAL, D2, "b"), told("H01", SUSPENDED, D3))
    raised = body_after(told("H01", TRIAL, D1, "a"), told("H01", OFFICIAL, D2))

    assert [each.connection for each in lowered.systems] == [SUSPENDED, TRIAL]
    assert [(each.client_id, each.connection) for each in raised.systems] == [("a", TRIAL), ("", OFFICIAL)]


def test_a_paper_that_repeats_what_the_register_knows_adds_no_system():
    body = body_after(told("H01", OFFICIAL, D1, "a"), told("H01", OFFICIAL, D2))

    assert [each.client_id for each in body.systems] == ["a"]
    assert body.systems[0].lines[BoardAxis.CONNECTION].event.on == D1  # the register's word stays beside it


def test_a_paper_that_repeats_another_is_the_newer_word_and_changes_nothing_else():
    body = body_after(told("H01", OFFICIAL, D1), told("H01", OFFICIAL, D2))

    assert (len(body.systems), body.since(BoardAxis.CONNECTION), body.last_told(BoardAxis.CONNECTION)) == (1, D1, D2)


def test_a_finding_about_the_body_holds_for_every_system_until_something_newer_is_told_of_one():
    body = body_after(
        told("H01", OFFICIAL, D1, "a"), told("H01", OFFICIAL, D1, "b"), told("H01", SHORT, D2), told("H01", PASSED, D3, "a")
    )

    assert [each.security for each in body.systems] == [PASSED, SHORT]
    assert (body.security, body.behind) == (SHORT, 1)


def test_the_first_system_known_by_name_takes_the_place_of_what_papers_said():
    paper = (told("H01", OFFICIAL, D1), told("H01", PASSED, D1), told("H01", HostingStanding.PROVIDER, D1))

    body = body_after(*paper, told("H01", OFFICIAL, D3, "a"), told("H01", SUSPENDED, D4, "a"))

    (system,) = body.systems
    assert (system.client_id, system.connection, system.security) == ("a", SUSPENDED, PASSED)
    assert body.hosting == (HostingStanding.PROVIDER,)


def test_a_system_that_is_not_connected_yet_does_not_take_it():
    body = body_after(told("H01", OFFICIAL, D1), told("H01", TRIAL, D3, "a"))

    assert body.connection is OFFICIAL
    assert len(body.systems) == 2


# Random facts.

CLIENTS, DAYS = ("a", "b", "c"), st.integers(0, 6).map(lambda n: D1 + timedelta(days=n))
STATES = st.one_of(*(st.sampled_from(list(kind)) for kind in (ConnectionStanding, SecurityStanding)))


@st.composite
def facts(draw: st.DrawFn, clients: Sequence[str] = CLIENTS) -> list[StandingFact]:
    """Facts with moments of their own, so that none is as new as another."""
    drawn = draw(st.lists(st.tuples(st.sampled_from(clients), STATES, DAYS), max_size=14))
    moments = draw(st.permutations(range(len(drawn))))
    return [
        told("H01", state, on, client, recorded_at=datetime(2023, 2, 1, tzinfo=UTC) + timedelta(hours=hours))
        for (client, state, on), hours in zip(drawn, moments, strict=True)
    ]


def newest(events: Sequence[StandingFact], axis: BoardAxis, client: str, day: date) -> StandingFact | None:
    among = [each for each in events if (each.axis, each.client_id) == (axis, client) and each.on <= day]
    return max(among, key=lambda each: (each.on, each.recorded_at), default=None)


def oracle(events: Sequence[StandingFact], day: date) -> tuple[str, str]:
    """Both axes of a body whose facts all name their system, by looking at nothing but the newest of each."""
    pairs = []
    for client in {each.client_id for each in events if each.on <= day}:
        connection, security = (newest(events, axis, client, day) for axis in (BoardAxis.CONNECTION, BoardAxis.SECURITY))
        pairs.append((connection.state if connection else NONE, security.state if security else NOT_INSPECTED))
    still = [pair for pair in pairs if pair[0] is not CLOSED]
    in_use = [pair for pair in still if pair[0] in CONNECTED or pair[1] in FOUND_WANTING]
    best = max((rank(connection) for connection, _security in pairs), default=0)
    worst = min((rank(security) for _connection, security in in_use or still or pairs), default=rank(NOT_INSPECTED))
    return list(ConnectionStanding)[best], list(SecurityStanding)[worst]


@given(facts(), DAYS)
def test_systems_fold_as_an_oracle_that_looks_for_the_newest_of_each(events: list[StandingFact], day: date):
    body = body_after(*events, day=day)

    assert (body.connection, body.security) == oracle(events, day)


@given(facts(clients=("",)), DAYS)
def test_facts_about_the_body_alone_fold_to_the_newest_of_each_axis(events: list[StandingFact], day: date):
    body = body_after(*events, day=day)

    connection, security = (newest(events, axis, "", day) for axis in (BoardAxis.CONNECTION, BoardAxis.SECURITY))
    assert body.connection is (connection.state if connection else NONE)
    assert body.security is (security.state if security else NOT_INSPECTED)


@given(facts(clients=("", *CLIENTS)), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_of_facts_matters(events: list[StandingFact], random: object):
    mixed = [*events, *events[:3]]
    random.shuffle(mixed)  # type: ignore[attr-defined]

    once, again = (board_on(D4, [a_party()], each).body("H01") for each in (events, mixed))

    assert once == again


@given(facts(clients=("", *CLIENTS)), st.sampled_from(list(ConnectionStanding)))
def test_after_a_fact_about_the_body_its_connection_is_just_that(events: list[StandingFact], state: ConnectionStanding):
    last = told("H01", state, D1 + timedelta(days=30))

    assert body_after(*events, last, day=last.on).connection is state


@given(facts(clients=("", *CLIENTS)), st.integers(0, 20))
def test_what_was_known_is_what_was_recorded_until_then(events: list[StandingFact], after: int):
    known_by = date(2023, 2, 1) + timedelta(days=after)
    recorded = [replace(each, recorded_at=each.recorded_at + timedelta(days=at)) for at, each in enumerate(events)]

    known = as_known_on(known_by, D4, [a_party()], recorded).body("H01")

    early = [each for each in recorded if (each.recorded_at + timedelta(hours=7)).date() <= known_by]
    assert known == board_on(D4, [a_party()], early).body("H01")


# Late knowledge.


def test_late_knowledge_corrects_the_past_and_what_was_known_then_can_still_be_seen():
    facts_then = [told("H01", OFFICIAL, D1)]
    late = told("H01", SUSPENDED, D2, recorded_at=at(D4))

    now = board_on(D3, [a_party()], [*facts_then, late]).body("H01")
    then = as_known_on(D3, D3, [a_party()], [*facts_then, late]).body("H01")

    assert now is not None
    assert then is not None
    assert (now.connection, then.connection) == (SUSPENDED, OFFICIAL)


def test_a_day_of_knowledge_is_a_day_in_viet_nam():
    evening = told("H01", OFFICIAL, D1, recorded_at=datetime(2023, 1, 2, 18, tzinfo=UTC))  # 01:00 of the third in Hà Nội

    known = [as_known_on(day, D4, [a_party()], [evening]).body("H01") for day in (D2, D3)]

    assert [each.connection for each in known if each] == [NONE, OFFICIAL]


# Facts that are none.


def test_a_state_of_another_axis_is_refused():
    with pytest.raises(ValueError, match="no state of connection"):
        StandingFact("H01", "", BoardAxis.CONNECTION, PASSED, D1, at(D1), "thử")


def test_a_moment_without_its_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        told("H01", OFFICIAL, D1, recorded_at=datetime(2023, 1, 1))


def test_facts_of_nobody_on_the_board_are_told_and_not_lost_silently():
    board = board_on(D4, [a_party()], [told("X99", OFFICIAL, D1), told("H01", OFFICIAL, D1)])

    assert board.strangers == ("X99",)
    assert board.body("H01").connection is OFFICIAL  # type: ignore[union-attr]


def test_every_state_of_the_register_has_its_place_on_the_board():
    assert {standing_of(each) for each in ConnectionState} == {PREPARING, ConnectionStanding.TRIAL, OFFICIAL, SUSPENDED, CLOSED}
