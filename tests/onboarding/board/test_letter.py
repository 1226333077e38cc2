"""The state of 1 December 2022 as letter 8402/TCTTKĐA gives it: its figures, the names behind them, and whom it does not name."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dancu.onboarding.board.directory import parties
from dancu.onboarding.board.domain import as_known_on
from dancu.onboarding.board.events import BoardAxis, HostingStanding
from dancu.onboarding.board.figures import Figure, FigureKey, figure, figures_of, funnel_of
from dancu.onboarding.board.lineage import PartyKind
from dancu.onboarding.board.states import documents
from tests.onboarding.board.scene import (
    BEFORE,
    LETTER_DAY,
    NONE,
    NOT_INSPECTED,
    OFFICIAL,
    PASSED,
    PREPARING,
    STATE_DAY,
    SUPPLEMENT,
    board_of,
    letter,
    names_of,
)

MINISTRY, PROVINCE = PartyKind.MINISTRY, PartyKind.PROVINCE
_PASSED = names_of("Hà Nam", "Bến Tre", "Bình Dương", "Lào Cai", "Ninh Bình", "Bình Định", "Long An")


def told(key: FigureKey, kind: PartyKind = PROVINCE) -> Figure:
    found = figure(board_of(STATE_DAY), key, kind)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("kind", "key", "count", "total", "named"),
    [
        (MINISTRY, FigureKey.CONNECTED, 12, 25, 3),
        (MINISTRY, FigureKey.PASSED, 3, 25, 3),
        (MINISTRY, FigureKey.NOT_INSPECTED_OF_CONNECTED, 9, 12, 0),
        (PROVINCE, FigureKey.CONNECTED, 20, 63, 20),
        (PROVINCE, FigureKey.INSPECTED, 14, 63, 14),
        (PROVINCE, FigureKey.PASSED, 7, 63, 7),
        (PROVINCE, FigureKey.PASSED_OF_INSPECTED, 7, 14, 7),
        (PROVINCE, FigureKey.PASSED_OF_CONNECTED, 7, 20, 7),
        (PROVINCE, FigureKey.NOT_INSPECTED_OF_CONNECTED, 13, 20, 13),
        (PROVINCE, FigureKey.TO_ACT, 49, 63, 49),
        (PROVINCE, FigureKey.IN_PROVIDER_CENTRE, 25, 63, 12),
    ],
)
def test_the_board_has_the_figures_of_the_letter(kind: PartyKind, key: FigureKey, count: int, total: int, named: int):
    found = told(key, kind)

    assert (found.low, found.high, found.total, len(found.names)) == (count, count, total, named)


def test_the_seven_that_passed_are_those_the_letter_names():
    assert list(told(FigureKey.PASSED).names) == _PASSED
    assert list(told(FigureKey.PASSED_OF_CONNECTED).names) == _PASSED


def test_those_to_act_are_the_49_of_note_3():
    assert set(told(FigureKey.TO_ACT).names) == letter().list_of("note-3").codes


def test_the_nine_ministries_nobody_names_stay_a_number():
    board, found = board_of(STATE_DAY), told(FigureKey.CONNECTED, MINISTRY)

    assert list(found.names) == ["G07", "G15", "G19"]
    assert found.unnamed == 9
    assert found.formula.vi == "3 có tên + 9 văn bản không nêu tên = 12, trên 25"
    assert sum(each.is_unknown(BoardAxis.CONNECTION) for each in board.of_kind(MINISTRY)) == len(board.of_kind(MINISTRY)) - 3


def test_a_list_of_the_inspected_among_the_connected_says_nothing_of_the_others():
    assert figure(board_of(STATE_DAY), FigureKey.TO_ACT, MINISTRY) is None


def test_a_figure_says_how_it_is_made_and_where_it_is_from():
    found = told(FigureKey.NOT_INSPECTED_OF_CONNECTED)

    assert found.formula.vi == "20 đã kết nối chính thức − 7 trong số đó đã kiểm tra = 13"
    assert told(FigureKey.CONNECTED).sources == ("8402/TCTTKĐA, mục 1, gạch đầu dòng thứ hai",)
    assert all(each.formula.vi and each.formula.en for each in figures_of(board_of(STATE_DAY)))


@pytest.mark.parametrize(
    ("name", "connection", "security"),
    [
        ("Lào Cai", OFFICIAL, PASSED),
        ("Hà Nội", OFFICIAL, NOT_INSPECTED),
        ("An Giang", PREPARING, SUPPLEMENT),
        ("Lâm Đồng", PREPARING, SUPPLEMENT),
        ("Bắc Kạn", NONE, NOT_INSPECTED),
    ],
)
def test_a_province_stands_on_both_axes_as_the_lists_say(name: str, connection: str, security: str):
    body = board_of(STATE_DAY).body(names_of(name)[0])

    assert body is not None
    assert (body.connection, body.security) == (connection, security)
    assert body.is_recorded(BoardAxis.CONNECTION)
    assert body.is_recorded(BoardAxis.SECURITY)
    assert not body.is_unknown(BoardAxis.CONNECTION)


def test_the_department_the_letter_names_stays_beside_its_ministry():
    body = board_of(STATE_DAY).body("G07")

    assert body is not None
    (system,) = body.systems
    assert (system.client_id, system.connection, system.security) == ("Cục Bảo trợ xã hội", OFFICIAL, PASSED)


def test_twelve_are_known_to_rent_in_the_centre_and_of_the_others_nobody_can_say_it():
    board = board_of(STATE_DAY)

    hosted = [each.party.code for each in board.of_kind(PROVINCE) if each.hosting == (HostingStanding.PROVIDER,)]
    assert set(hosted) == letter().list_of("note-4").codes
    assert sum(each.is_unknown(BoardAxis.HOSTING) for each in board.of_kind(PROVINCE)) == 51


def test_the_funnel_never_widens_and_ends_with_those_that_are_connected_and_passed():
    stages = [(each.key, each.count) for each in funnel_of(board_of(STATE_DAY), PROVINCE)]

    assert stages == [("all", 63), ("begun", 27), ("tried", 20), ("official", 20), ("inspected", 7), ("passed", 7)]


def test_the_funnel_of_ministries_counts_those_without_a_name_until_they_are_connected():
    stages = {each.key: (each.count, each.unnamed) for each in funnel_of(board_of(STATE_DAY), MINISTRY)}

    assert stages["official"] == (12, 9)
    assert stages["inspected"] == (3, 0)
    assert stages["all"] == (25, 0)


def test_the_day_before_nothing_is_known():
    board = board_of(BEFORE)

    assert all(each.systems == () and not each.is_recorded(BoardAxis.CONNECTION) for each in board.bodies)
    assert all(each.says_nothing for each in figures_of(board))


def test_nothing_was_known_before_the_letter_came_though_it_was_true_the_day_before():
    papers = letter()

    before = as_known_on(LETTER_DAY - timedelta(days=1), STATE_DAY, parties(), papers.events, papers.stated)
    after = as_known_on(LETTER_DAY, STATE_DAY, parties(), papers.events, papers.stated)

    assert before.members(PROVINCE, BoardAxis.CONNECTION, frozenset({OFFICIAL})) == ()
    assert before.total(MINISTRY) == len(before.of_kind(MINISTRY))
    assert len(after.members(PROVINCE, BoardAxis.CONNECTION, frozenset({OFFICIAL}))) == 20


def test_the_provinces_that_tried_in_2021_are_past_the_trial_where_they_are_connected():
    board = board_of(STATE_DAY, *documents())

    assert {each.key: each.count for each in funnel_of(board, PROVINCE)}["tried"] == 22
    assert board.body("H49").connection is OFFICIAL  # type: ignore[union-attr]
    assert board.body("H05").since(BoardAxis.CONNECTION) == date(2021, 5, 16)  # type: ignore[union-attr]
