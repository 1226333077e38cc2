"""The connections of the report of February 2023: numbers without names, four named as short, and what both leave open."""

from __future__ import annotations

from dancu.onboarding.board.events import BoardAxis
from dancu.onboarding.board.figures import Figure, FigureKey, figure, funnel_of
from dancu.onboarding.board.lineage import PartyKind
from tests.onboarding.board.scene import OFFICIAL, REPORT_DAY, SHORT, board_of, letter, names_of, report

MINISTRY, PROVINCE = PartyKind.MINISTRY, PartyKind.PROVINCE


def told(key: FigureKey, kind: PartyKind) -> Figure:
    found = figure(board_of(REPORT_DAY, letter(), report()), key, kind)
    assert found is not None
    return found


def test_the_report_counts_13_ministries_58_provinces_one_enterprise_and_three_operators():
    counted = {kind: told(FigureKey.CONNECTED, kind) for kind in (MINISTRY, PROVINCE, PartyKind.ENTERPRISE, PartyKind.TELECOM)}

    assert [(each.low, each.high, len(each.names)) for each in counted.values()] == [
        (13, 13, 3),
        (58, 58, 20),
        (1, 1, 1),
        (3, 3, 3),
    ]


def test_of_43_provinces_nobody_can_say_whether_they_are_among_the_58():
    board = board_of(REPORT_DAY, letter(), report())

    unknown = [each for each in board.of_kind(PROVINCE) if each.is_unknown(BoardAxis.CONNECTION)]
    assert len(unknown) == 63 - 20
    assert all(each.connection is not OFFICIAL for each in unknown)


def test_four_provinces_are_short_and_the_rest_is_not():
    found = told(FigureKey.SHORT, PROVINCE)

    assert (found.low, found.high) == (4, 4)
    assert list(found.names) == names_of("Bắc Kạn", "Gia Lai", "Phú Yên", "Thanh Hóa")


def test_of_13_connected_and_20_short_ministries_at_least_eight_are_both():
    found = told(FigureKey.SHORT_OF_CONNECTED, MINISTRY)

    assert (found.low, found.high, found.names) == (8, 13, ())
    assert "13 + 20 − 25 = 8" in found.formula.vi


def test_a_ministry_that_passed_may_be_one_of_the_twenty_and_is_no_longer_said_to_be_safe():
    body = board_of(REPORT_DAY, letter(), report()).body("G15")

    assert body is not None
    assert body.connection is OFFICIAL
    assert not body.is_unknown(BoardAxis.CONNECTION)
    assert body.is_unknown(BoardAxis.SECURITY)
    assert told(FigureKey.PASSED, MINISTRY).high == 25 - 20


def test_an_older_list_that_named_all_says_nothing_of_those_a_newer_number_adds():
    found = told(FigureKey.NOT_INSPECTED_OF_CONNECTED, PROVINCE)

    assert (found.low, found.high) == (13, 13 + 38)


def test_the_total_of_the_letter_holds_while_the_circle_is_the_same():
    assert told(FigureKey.CONNECTED, MINISTRY).total == 25


def test_the_funnel_of_the_report_adds_the_38_without_a_name():
    stages = {each.key: (each.count, each.unnamed) for each in funnel_of(board_of(REPORT_DAY, letter(), report()), PROVINCE)}

    assert stages["official"] == (58, 38)


def test_whoever_is_found_short_counts_though_no_paper_names_its_connection():
    body = board_of(REPORT_DAY, report()).body("H56")

    assert body is not None
    assert (body.security, body.behind) == (SHORT, 1)
