"""What the page of the board shows: figures in words, the map of the day, filters that count, remarks, tables and the file."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from django.utils.translation import override

from dancu.onboarding.board import shown, tables, wording
from dancu.onboarding.board.asked import Asked, found_by, read_asked
from dancu.onboarding.board.events import ConnectionStanding, HostingStanding, SecurityStanding
from dancu.onboarding.board.figures import FigureKey
from dancu.onboarding.board.lineage import PartyKind
from dancu.onboarding.board.view import BoardView, material
from dancu.onboarding.board.worklist import WorkState
from dancu.ui.parts import State
from tests.onboarding.board.scene import OFFICIAL, PASSED, STATE_DAY, names_of, told

TODAY = date(2026, 11, 22)
MINISTRY, PROVINCE = PartyKind.MINISTRY, PartyKind.PROVINCE


def asked(day: str = "2022-12-01", **given: str) -> Asked:
    return read_asked({"ngay": day, **given}, TODAY)


def view(day: str = "2022-12-01", *live: object) -> BoardView:
    return BoardView(material(live), date.fromisoformat(day))  # type: ignore[arg-type]


def test_the_tiles_say_the_figures_as_the_letter_does():
    values = {each.word: each.value for each in shown.tiles(view(), PROVINCE)}

    assert values == {
        "Đã kết nối chính thức": "20/63",
        "Đã kiểm tra an ninh, an toàn": "14/63",
        "Đã đạt kiểm tra": "7/63",
        "Đạt, trong số đã kiểm tra": "7/14",
        "Đạt, trong số đã kết nối chính thức": "7/20",
        "Đã kết nối chính thức mà chưa kiểm tra": "13/20",
        "Chưa kiểm tra, cần thực hiện": "49/63",
        "Thuê tại trung tâm dữ liệu của một doanh nghiệp": "25/63",
    }


def test_a_tile_says_how_many_the_letter_does_not_name():
    first = shown.tiles(view(), MINISTRY)[0]

    assert (first.value, first.named) == ("12/25", "3 có tên, 9 văn bản không nêu tên")
    assert first.formula == "3 có tên + 9 văn bản không nêu tên = 12, trên 25"
    assert first.sources == "8402/TCTTKĐA, mục 1, gạch đầu dòng thứ nhất"


def test_a_figure_that_papers_leave_open_is_a_range_and_one_that_says_nothing_is_left_out():
    values = {each.word: each.value for each in shown.tiles(view("2023-02-18"), MINISTRY)}

    assert values["Đã kết nối mà chưa bảo đảm"] == "8–13/13"
    assert "Đã kiểm tra an ninh, an toàn" not in values
    assert shown.tiles(view("2022-11-30"), PROVINCE) == []


def test_the_sentences_of_the_rules_are_in_the_language_of_the_reader():
    with override("en"):
        assert shown.tiles(view(), MINISTRY)[0].formula == "3 named + 9 the paper does not name = 12, of 25"
        assert "the list names 12" in shown.remarks(view())[0].sentence


def test_the_map_shows_both_axes_in_one_state_and_leaves_nobody_out():
    picture = shown.state_map(view(), asked())

    assert picture.version == 63
    assert Counter(picture.placed.values()) == {"none": 34, "open": 13, "safe": 7, "checked": 7, "begun": 2}
    assert picture.title == "Địa phương: 20/63 đã kết nối chính thức, 13 trong số đó chưa kiểm tra an ninh, an toàn"
    assert "8402/TCTTKĐA" in picture.source
    assert picture.csv_href == "/ket-noi/bang-theo-doi.csv?ngay=2022-12-01"


def test_where_a_number_names_nobody_the_map_says_that_it_is_not_known():
    assert Counter(shown.state_map(view("2023-02-18"), asked()).placed.values()) == {
        "unknown": 39,
        "open": 13,
        "safe": 7,
        "wanting": 4,
    }


def test_after_the_reform_the_map_has_34_and_says_whose_standing_it_is():
    picture = shown.state_map(view("2025-07-02"), asked("2025-07-02"))

    assert (picture.version, len(picture.placed)) == (34, 34)
    assert picture.notes["24"] == "kế thừa từ Bắc Ninh, Bắc Giang"
    assert picture.notes["25"] == "kế thừa từ Vĩnh Phúc, Phú Thọ; chưa có ghi nhận của Hòa Bình"
    assert "01" not in picture.notes


@pytest.mark.parametrize("day", ["2020-07-22", "2025-06-30", "2025-07-01", "2026-04-30", "2026-11-22"])
def test_there_is_a_map_for_every_day(day: str):
    assert shown.state_map(view(day), asked(day)).rows()


def test_every_state_of_the_map_can_be_told_from_every_other():
    states = wording.map_states()

    assert len({each.letter for each in states}) == len({(each.tone, each.pattern) for each in states}) == len(states)
    assert len({each.key for each in states}) == len(states)


@pytest.mark.parametrize(
    ("connection", "security", "key"),
    [
        (OFFICIAL, PASSED, "safe"),
        (OFFICIAL, SecurityStanding.SCHEDULED, "open"),
        (OFFICIAL, SecurityStanding.LAPSED, "wanting"),
        (ConnectionStanding.SUSPENDED, PASSED, "stopped"),
        (ConnectionStanding.SUSPENDED, SecurityStanding.SHORT, "wanting"),
        (ConnectionStanding.TRIAL, SecurityStanding.NOT_INSPECTED, "begun"),
        (ConnectionStanding.PREPARING, SecurityStanding.NEEDS_SUPPLEMENT, "checked"),
        (ConnectionStanding.CLOSED, SecurityStanding.NOT_INSPECTED, "closed"),
        (ConnectionStanding.NONE, SecurityStanding.NOT_INSPECTED, "none"),
    ],
)
def test_both_axes_make_one_state_of_the_map(connection: ConnectionStanding, security: SecurityStanding, key: str):
    on = date(2026, 11, 1)
    today = view("2026-11-22", told("H26", connection, on, "he-thong"), told("H26", security, on, "he-thong"))

    body = today.board.body("H26")

    assert body is not None
    # A paper of 2022 said that it is connected; the register knows better from then on, or beside it.
    if connection in (ConnectionStanding.TRIAL, ConnectionStanding.PREPARING, ConnectionStanding.NONE):
        body = type(body)(body.party, tuple(each for each in body.systems if each.client_id), (), (), body.listed)
    assert wording.map_key(body) == key


def test_a_finding_that_a_later_complete_list_no_longer_bears_out_is_not_drawn_as_one():
    found = told("H26", SecurityStanding.SHORT, date(2023, 1, 5))  # the report of February names four others

    body = view("2023-02-18", found).board.body("H26")

    assert body is not None
    assert wording.map_key(body) == "open"
    assert wording.security_of(body).word == "Chưa rõ"


def test_the_slider_has_the_days_something_happened_and_the_one_shown():
    choices = shown.slider(view("2022-12-05"), asked("2022-12-05"))

    labels = [each.label for each in choices]
    assert {"01/12/2022", "02/12/2022", "05/12/2022", "07/12/2022", "15/12/2022"} <= set(labels)
    assert [each.label for each in choices if each.current] == ["05/12/2022"]
    assert choices[0].href == "/ket-noi/bang-theo-doi?ngay=2021-05-16"
    assert len(choices) <= shown.SLIDER_MAX


def test_the_slider_ends_today_and_stays_short_however_much_happens():
    live = [
        told("H26", state, date(2026, month, day)) for month in (9, 10, 11) for day in range(1, 29) for state in (OFFICIAL, PASSED)
    ]

    labels = [each.label for each in shown.slider(view("2026-11-10", *live), asked("2026-11-10"))]

    assert len(labels) <= shown.SLIDER_MAX
    assert labels[0] == "16/05/2021"
    assert {"09/11/2026", "10/11/2026", "11/11/2026"} <= set(labels)
    assert labels[-1] == "22/11/2026"


def test_the_funnel_says_in_each_stage_how_many_have_no_name():
    stages = {each.label: (each.value, each.note) for each in shown.funnel(view(), MINISTRY).stages}

    assert stages["Đã kết nối chính thức"] == (12, "gồm 9 văn bản không nêu tên")
    assert stages["Đã kết nối chính thức và đạt kiểm tra"] == (3, "")


def test_the_remarks_show_the_two_faults_of_the_letter_with_their_sums():
    found = shown.remarks(view())

    assert [each.arithmetic for each in found] == ["13 − 12 tên ở mục 3 (1), chú thích 4 = 1", "49 tên − 1 thừa + 1 thiếu = 49"]
    assert found[1].bodies == "Bắc Kạn, Lâm Đồng"
    assert found[0].title == "8402/TCTTKĐA, mục 3 (1), gạch đầu dòng thứ hai"


# Filters and tables.


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({}, 98),
        ({"loai": "dia-phuong"}, 63),
        ({"loai": "dia-phuong", "ket_noi": "chinh-thuc"}, 20),
        ({"loai": "dia-phuong", "ket_noi": "chinh-thuc", "an_toan": "chua-kiem-tra"}, 13),
        ({"loai": "dia-phuong", "an_toan": "chua-kiem-tra"}, 49),
        ({"an_toan": "dat"}, 10),
        ({"noi_dat": "doanh-nghiep"}, 12),
        ({"ket_noi": "chua"}, 34),
        ({"an_toan": "chua-kiem-tra"}, 49),
        ({"loai": "bo-nganh", "ket_noi": "chua-ro"}, 25),
        ({"viec": "can-lam"}, 43),
        ({"loai": "nobody", "ket_noi": "x", "viec": "1"}, 98),
    ],
)
def test_filters_leave_whom_they_say(given: dict[str, str], count: int):
    assert len(found_by(asked(**given), view())) == count


def test_on_the_day_of_the_letter_the_49_and_those_not_connected_have_work():
    found = found_by(asked("2022-12-02", viec="can-lam", loai="dia-phuong"), view("2022-12-02"))

    assert len(found) == 49 + 7


def test_a_filter_tells_how_many_each_choice_would_leave_beside_the_others():
    groups = dict(tables.filters(view(), asked(loai="dia-phuong")))

    counted = {each.label: each.count for each in groups["Kết nối"]}
    assert counted == {"Tất cả": None, "Chính thức": 20, "Thử nghiệm": 2, "Đang hoàn thiện": 7, "Chưa kết nối": 34}
    assert [each.label for each in groups["Loại đơn vị"] if each.current] == ["Địa phương"]
    assert groups["Kết nối"][1].href == "/ket-noi/bang-theo-doi?ngay=2022-12-01&loai=dia-phuong&ket_noi=chinh-thuc"


def test_the_table_has_both_axes_and_the_next_deadline():
    table = tables.bodies_table(view("2022-12-05"), asked("2022-12-05"))

    rows = {str(row.cells[0]): row for row in table.rows}
    cells = rows["Hà Nội"].cells
    assert [each.word for each in cells if isinstance(each, State)] == ["Chính thức", "Chưa kiểm tra"]
    assert (cells[3], cells[6], cells[8], cells[9]) == (STATE_DAY, "Thuê tại doanh nghiệp", date(2022, 12, 7), 2)
    assert rows["Hà Nội"].href == "/ket-noi/bang-theo-doi/H26?ngay=2022-12-05"
    assert rows["Lào Cai"].cells[7] == ""


def test_what_is_not_known_is_not_said_to_be_missing():
    words = {
        str(row.cells[0]): [each.word for each in row.cells if isinstance(each, State)]
        for row in tables.bodies_table(view(), asked()).rows
    }

    assert words["Bộ Y tế"] == ["Chưa rõ", "Chưa có ghi nhận"]
    assert words["Viettel"] == ["Chưa có ghi nhận", "Chưa có ghi nhận"]
    assert words["Sơn La"] == ["Chưa kết nối", "Chưa kiểm tra"]


def test_those_a_paper_does_not_name_are_a_line_of_their_own():
    lines = [str(row.cells[0]) for row in tables.bodies_table(view(), asked()).rows if "không nêu tên" in str(row.cells[0])]
    connected = [str(row.cells[0]) for row in tables.bodies_table(view(), asked(ket_noi="chinh-thuc")).rows]

    assert [line.partition(" (")[0] for line in lines] == ["9 đơn vị văn bản không nêu tên", "13 đơn vị văn bản không nêu tên"]
    assert len(connected) == 23 + 1
    assert [
        line for line in (str(r.cells[0]) for r in tables.bodies_table(view(), asked(viec="can-lam")).rows) if "không nêu" in line
    ] == []


def test_several_systems_are_told_beside_the_worst_of_them():
    today = view(
        "2026-11-22",
        told("H26", OFFICIAL, date(2026, 1, 1), "a"),
        told("H26", PASSED, date(2026, 1, 2), "a"),
        told("H26", OFFICIAL, date(2026, 1, 1), "b"),
    )

    body = today.board.body("H26")

    assert body is not None
    assert wording.security_of(body).word == "Chưa kiểm tra (1/2 hệ thống)"


def test_the_work_of_all_leaves_out_what_is_done_and_that_of_one_shows_it():
    of_all = tables.work_table(view("2022-12-05"))
    of_one = tables.work_table(view("2022-12-05"), "H26")

    assert len(of_all.rows) == 43 + 25 + 37 + 12 + 49
    assert [row.cells[2].word for row in of_one.rows] == ["Cần làm", "Cần làm", "Đã xong"]  # type: ignore[attr-defined]
    assert of_one.rows[-1].cells[4] is None


def test_what_the_letter_asks_without_naming_whom_is_noted():
    notes = tables.work_notes(view("2022-12-05"))

    assert "8402/TCTTKĐA, mục 3 (1), gạch đầu dòng thứ hai: còn 1 đơn vị văn bản không nêu tên." in notes
    assert any("không kể hết tên" in each for each in notes)


def test_the_facts_of_a_body_say_who_said_it_and_of_which_part():
    ministry, province = (view().board.body(code) for code in ("G07", "H26"))
    assert ministry is not None
    assert province is not None

    rows = [row.cells for row in tables.facts_table(ministry).rows]
    assert {row[0] for row in rows} == {"Cục Bảo trợ xã hội"}
    assert [(row[1], row[2], row[4]) for row in rows] == [
        ("Kết nối", "Chính thức", "8402/TCTTKĐA, mục 1, gạch đầu dòng thứ nhất"),
        ("An ninh, an toàn", "Đạt kiểm tra", "8402/TCTTKĐA, mục 1, gạch đầu dòng thứ nhất"),
    ]
    assert any("thuê của VNPT" in str(row.cells[4]) for row in tables.facts_table(province).rows)


def test_why_nobody_can_say_it_is_told():
    body = view("2023-02-18").board.body("H01")

    assert body is not None
    assert any("58 đơn vị" in each for each in tables.doubts_of(body))


def test_the_file_has_what_is_filtered_and_the_numbers_without_names():
    rows = list(tables.csv_rows(view(), asked(loai="bo-nganh")))

    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(rows) == 1 + 28 + 1
    assert next(row for row in rows if row[0] == "G15")[3:7] == ["Chính thức", "2022-12-01", "Đạt kiểm tra", "2022-12-01"]
    assert rows[-1][:4] == [
        "",
        "9 đơn vị văn bản không nêu tên (8402/TCTTKĐA, mục 1, gạch đầu dòng thứ nhất)",
        "Bộ, ngành",
        "Chính thức",
    ]


def test_the_file_is_harmless_in_a_spreadsheet():
    evil = told("H52", OFFICIAL, STATE_DAY, "x", source="=cmd()")  # Sơn La: no other source is told before it

    rows = list(tables.csv_rows(view("2022-12-01", evil), asked()))

    assert next(row for row in rows if row[0] == "H52")[-1] == "'=cmd()"


# The address.


@pytest.mark.parametrize("text", ["2022-12-01", "01/12/2022", " 01/12/2022 "])
def test_a_day_is_read_as_people_and_addresses_write_it(text: str):
    assert read_asked({"ngay": text}, TODAY).day == STATE_DAY


@pytest.mark.parametrize("text", ["32/12/2022", "x", "2019-01-01", "23/11/2026", "\0"])
def test_a_day_that_cannot_be_shown_is_told_beside_its_field_and_today_is_shown(text: str):
    found = read_asked({"ngay": text, "biet_den": text}, TODAY)

    assert (found.day, found.known_by) == (TODAY, None)
    assert set(found.errors) == {"ngay", "biet_den"}
    assert "24/11/2026" in found.errors["ngay"]


def test_what_was_known_by_a_day_can_be_asked():
    found = read_asked({"ngay": "2022-12-01", "biet_den": "2022-12-01"}, TODAY)

    then = BoardView(material(), found.day, found.known_by)

    assert then.documents == material().documents[:1]
    assert shown.tiles(then, MINISTRY) == []


# Words.


def test_every_state_kind_and_figure_has_its_word():
    assert set(wording.connection_words()) == set(ConnectionStanding)
    assert set(wording.security_words()) == set(SecurityStanding)
    assert set(wording.hosting_words()) == set(HostingStanding)
    assert set(wording.kind_words()) == set(PartyKind)
    assert set(wording.figure_words()) == set(FigureKey)
    assert {wording.work_state_of(each).word for each in WorkState} == {"Cần làm", "Quá hạn", "Chưa rõ đã làm", "Đã xong"}
    assert len(wording.state_words()) == len(ConnectionStanding) + len(SecurityStanding) + len(HostingStanding)


def test_names_in_the_scene_are_those_of_the_day():
    assert names_of("Hà Nội", "Bắc Kạn") == ["H03", "H26"]
