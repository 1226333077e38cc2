"""Bodies that merge, are renamed or split: their heirs stand where they stood, and it is said whose standing it is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dancu.onboarding.board.directory import parties
from dancu.onboarding.board.domain import board_on
from dancu.onboarding.board.events import BoardAxis
from dancu.onboarding.board.figures import FigureKey, figure
from dancu.onboarding.board.lineage import Lineage, PartyKind
from dancu.onboarding.board.standing import BodyStanding
from tests.onboarding.board.scene import (
    AFTER_REFORM,
    NONE,
    NOT_INSPECTED,
    OFFICIAL,
    PASSED,
    PREPARING,
    SHORT,
    STATE_DAY,
    SUPPLEMENT,
    TRIAL,
    a_count,
    a_party,
    board_of,
    letter,
    report,
    told,
)

LAST, FIRST = date(2024, 6, 30), date(2024, 7, 1)
PROVINCE = PartyKind.PROVINCE
OLD = [
    a_party("H01", valid_to=LAST, successor_code="H02"),
    a_party("H02", valid_to=LAST, successor_code="H02"),
    a_party("H02", name="Đơn vị mới", valid_from=FIRST),
]


def merged(*events: object, day: date = FIRST) -> BodyStanding:
    found = board_on(day, OLD, events).body("H02")  # type: ignore[arg-type]
    assert found is not None
    return found


def after_reform(code: str) -> BodyStanding:
    found = board_of(AFTER_REFORM).body(code)
    assert found is not None
    return found


def test_the_board_of_2_july_2025_has_34_provinces_that_carry_on_the_20():
    board = board_of(AFTER_REFORM)

    official = [each for each in board.of_kind(PROVINCE) if each.connection is OFFICIAL]
    assert len(board.of_kind(PROVINCE)) == 34
    assert len(official) == 17  # of the 20, six became three


@pytest.mark.parametrize(
    ("code", "connection", "security", "systems", "inherited"),
    [
        ("H05", OFFICIAL, NOT_INSPECTED, 1, ["Bắc Giang"]),
        ("H29", OFFICIAL, NOT_INSPECTED, 2, ["Bình Dương", "Hồ Chí Minh"]),
        ("H42", OFFICIAL, PASSED, 2, ["Hà Nam", "Ninh Bình"]),
        ("H38", OFFICIAL, NOT_INSPECTED, 2, ["Lào Cai", "Yên Bái"]),
        ("H44", PREPARING, SUPPLEMENT, 2, ["Phú Thọ", "Vĩnh Phúc"]),
        ("H48", PREPARING, SUPPLEMENT, 2, ["Kon Tum", "Quảng Ngãi"]),  # of Kon Tum only the hosting is known
        ("H57", OFFICIAL, NOT_INSPECTED, 1, ["Thừa Thiên Huế"]),
        ("H26", OFFICIAL, NOT_INSPECTED, 1, []),
        ("H12", NONE, NOT_INSPECTED, 0, []),
    ],
)
def test_a_new_province_stands_where_those_before_it_stood(
    code: str, connection: str, security: str, systems: int, inherited: list[str]
):
    body = after_reform(code)

    assert (body.connection, body.security, len(body.systems)) == (connection, security, systems)
    assert sorted(each.short_name for each in body.inherited) == inherited


def test_the_last_day_still_has_63():
    assert len(board_of(date(2025, 6, 30)).of_kind(PROVINCE)) == 63


def test_of_whom_nothing_is_on_file_is_told():
    assert [each.short_name for each in after_reform("H44").silent] == ["Hòa Bình"]
    assert after_reform("H57").silent == ()


def test_a_short_predecessor_is_not_hidden_by_one_that_passed():
    body = board_of(AFTER_REFORM, letter(), report()).body("H21")  # Gia Lai was short, Bình Định had passed

    assert body is not None
    assert (body.connection, body.security, body.behind, len(body.counted)) == (OFFICIAL, SHORT, 1, 2)


def test_bare_numbers_are_not_carried_through_a_reform():
    before, after = (board_of(day, letter(), report()) for day in (date(2025, 6, 30), AFTER_REFORM))

    was, now = (figure(each, FigureKey.CONNECTED, PROVINCE) for each in (before, after))
    assert was is not None
    assert now is not None
    assert (was.low, was.high, was.total) == (58, 58, 63)
    assert (now.low, now.high, now.total) == (17, 34, 34)  # of those not named each may be one of the 38


def test_a_split_ministry_is_carried_on_with_a_warning():
    body = board_of(AFTER_REFORM).body("G09")

    assert body is not None
    assert [each.code for each in body.inherited] == ["G07"]
    assert body.is_of_a_split
    assert not after_reform("H05").is_of_a_split


def test_systems_of_the_same_register_move_with_their_body_and_stay_one():
    body = merged(told("H01", TRIAL, LAST, "a"), told("H02", OFFICIAL, FIRST, "a"))

    (system,) = body.systems
    assert (system.client_id, system.connection, system.origin.code) == ("a", OFFICIAL, "H01")


def test_what_was_said_of_the_heir_before_does_not_hold_for_what_it_took_over():
    body = merged(told("H02", SHORT, STATE_DAY), told("H01", OFFICIAL, STATE_DAY, "a"), told("H01", PASSED, STATE_DAY, "a"))

    assert {each.origin.code: each.security for each in body.systems} == {"H01": PASSED, "H02": SHORT}


def test_what_is_said_of_the_heir_afterwards_holds_for_all_it_has():
    facts = (told("H01", OFFICIAL, STATE_DAY, "a"), told("H02", OFFICIAL, STATE_DAY, "b"))

    body = merged(*facts, told("H02", SHORT, FIRST))

    assert [each.security for each in body.systems] == [SHORT, SHORT]


def test_a_late_fact_addressed_to_the_old_code_reaches_the_heir():
    body = merged(told("H01", OFFICIAL, FIRST + timedelta(days=3)), day=FIRST + timedelta(days=3))

    assert body.connection is OFFICIAL


def test_a_fact_from_before_the_lists_begin_counts_for_the_first_body_of_the_code():
    assert merged(told("H01", OFFICIAL, date(2019, 1, 1))).connection is OFFICIAL


def test_a_predecessor_a_number_may_count_leaves_its_heir_open():
    facts = [told("H02", TRIAL, STATE_DAY)]
    later = STATE_DAY + timedelta(days=40)

    board = board_on(FIRST, OLD, facts, [a_count(1, OFFICIAL, later)])

    assert board.body("H02").is_unknown(BoardAxis.CONNECTION)  # type: ignore[union-attr]


def test_what_was_said_of_the_heir_before_says_nothing_of_whom_it_took_over():
    lasting = [a_party("H01", valid_to=LAST, successor_code="H03"), a_party("H03"), a_party("H04")]
    later = STATE_DAY + timedelta(days=40)

    board = board_on(FIRST, lasting, [told("H03", TRIAL, later)], [a_count(1, OFFICIAL)])

    assert board.body("H03").is_unknown(BoardAxis.CONNECTION)  # type: ignore[union-attr]


def test_one_predecessor_left_out_of_a_complete_list_does_not_make_the_whole_doubtful():
    later = STATE_DAY + timedelta(days=40)
    facts = [told("H01", OFFICIAL), told("H02", OFFICIAL, later)]

    board = board_on(FIRST, OLD, facts, [a_count(1, OFFICIAL, later, is_complete=True)])

    assert not board.body("H02").is_unknown(BoardAxis.CONNECTION)  # type: ignore[union-attr]


def test_a_chain_of_changes_is_followed_to_its_end():
    lineage = Lineage(parties())
    bac_giang = lineage.holder("H02", STATE_DAY)

    assert bac_giang is not None
    way = [each.name for each in lineage.way(bac_giang, date(2026, 12, 1))]
    assert way[0] == "Ủy ban nhân dân tỉnh Bắc Giang"
    assert way[-1] == "Ủy ban nhân dân thành phố Bắc Ninh"
    assert lineage.holder("H02", date(2026, 12, 1)) in lineage.in_force(date(2026, 12, 1))
    assert lineage.holder("X01", STATE_DAY) is None
