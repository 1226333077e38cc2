"""Numbers without names: what they add, what they leave open, and how they shrink as names become known."""

from __future__ import annotations

from datetime import timedelta

from dancu.onboarding.board.domain import Board, board_on
from dancu.onboarding.board.events import BoardAxis, StandingFact
from dancu.onboarding.board.figures import tally
from dancu.onboarding.board.lineage import PartyKind
from dancu.onboarding.board.stated import StatedCount
from tests.onboarding.board.scene import CLOSED, OFFICIAL, PASSED, SHORT, STATE_DAY, TRIAL, a_count, a_party, at, told

LATER = STATE_DAY + timedelta(days=10)
FIVE = [a_party(f"H0{at}") for at in range(1, 6)]
PROVINCE, CONNECTION = PartyKind.PROVINCE, BoardAxis.CONNECTION


def board_with(events: list[StandingFact], *counts: StatedCount) -> Board:
    return board_on(LATER, FIVE, events, counts)


def connected(board: Board) -> tuple[int, int]:
    found = tally(board, PROVINCE, CONNECTION, frozenset({OFFICIAL}))
    return found.low, found.high


def unknown(board: Board, axis: BoardAxis = CONNECTION) -> list[str]:
    return [each.party.code for each in board.bodies if each.is_unknown(axis)]


def test_a_number_adds_those_it_does_not_name_and_leaves_the_others_open():
    board = board_with([told("H01", OFFICIAL)], a_count(3))

    assert connected(board) == (3, 3)
    assert unknown(board) == ["H02", "H03", "H04", "H05"]


def test_a_list_that_names_all_leaves_nobody_open_and_tells_of_those_it_leaves_out():
    board = board_with([told("H01", OFFICIAL)], a_count(1, is_complete=True))

    assert connected(board) == (1, 1)
    assert unknown(board) == []
    assert all(each.is_recorded(CONNECTION) for each in board.bodies)


def test_without_any_paper_nothing_is_said_of_whoever_is_not_named():
    board = board_with([told("H01", OFFICIAL)])

    assert [each.party.code for each in board.bodies if not each.is_recorded(CONNECTION)] == ["H02", "H03", "H04", "H05"]


def test_who_becomes_known_later_may_be_one_of_the_unnamed():
    board = board_with([told("H01", OFFICIAL), told("H02", OFFICIAL, LATER)], a_count(3))

    assert connected(board) == (3, 4)
    assert unknown(board) == ["H03", "H04", "H05"]


def test_who_turns_out_to_be_closed_may_have_been_one_of_the_unnamed():
    assert connected(board_with([told("H01", OFFICIAL), told("H02", CLOSED, LATER)], a_count(3))) == (2, 3)


def test_a_named_one_that_leaves_takes_one_off():
    assert connected(board_with([told("H01", OFFICIAL), told("H01", CLOSED, LATER)], a_count(3))) == (2, 2)


def test_who_stood_elsewhere_by_an_older_fact_may_be_one_of_the_unnamed():
    board = board_with([told("H02", TRIAL, STATE_DAY - timedelta(days=9))], a_count(2))

    assert "H02" in unknown(board)


def test_who_stood_elsewhere_on_the_day_itself_is_none_of_them():
    assert "H02" not in unknown(board_with([told("H02", TRIAL)], a_count(2)))


def test_a_newer_complete_list_that_leaves_one_out_makes_its_older_standing_doubtful():
    board = board_with([told("H01", OFFICIAL), told("H02", OFFICIAL, LATER)], a_count(1, on=LATER, is_complete=True))

    assert unknown(board) == ["H01"]
    assert connected(board) == (1, 1)


def test_of_two_counts_of_one_thing_the_newer_counts_and_of_one_day_the_one_recorded_last():
    by_day = board_with([], a_count(2), a_count(4, on=LATER))
    by_record = board_with([], a_count(2, recorded_at=at(LATER)), a_count(4))

    assert connected(by_day) == (4, 4)
    assert connected(by_record) == (2, 2)


def test_a_count_after_the_day_or_not_known_yet_does_not_count():
    late = a_count(3, recorded_at=at(LATER + timedelta(days=1)))

    assert connected(board_with([], a_count(3, on=LATER + timedelta(days=1)))) == (0, 0)
    assert connected(board_on(LATER, FIVE, [], [late], known_by=LATER)) == (0, 0)
    assert connected(board_on(LATER, FIVE, [], [late])) == (3, 3)


def test_there_are_never_more_than_all_nor_more_than_another_state_leaves():
    short = a_count(4, SHORT, total=5)
    passed = tally(
        board_with([told("H01", PASSED, STATE_DAY - timedelta(days=1))], short), PROVINCE, BoardAxis.SECURITY, frozenset({PASSED})
    )

    assert (passed.low, passed.high) == (0, 1)


def test_a_number_that_others_have_left_since_leaves_more_room():
    facts = [told("H02", PASSED, STATE_DAY - timedelta(days=1)), told("H01", PASSED, LATER)]  # H01 was one of the short

    passed = tally(board_with(facts, a_count(4, SHORT, total=5)), PROVINCE, BoardAxis.SECURITY, frozenset({PASSED}))

    assert passed.low == 1
    assert passed.high >= 2


def test_a_count_of_one_kind_says_nothing_of_another():
    bank = a_party("G19", kind=PartyKind.MINISTRY)

    board = board_on(LATER, [*FIVE, bank], [], [a_count(3)])

    assert not board.body("G19").is_unknown(CONNECTION)  # type: ignore[union-attr]
