"""The documents on file: what they count, whom they name, every contradiction in them, and that no person came along."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from dancu.identity.api import bodies
from dancu.steering.documents import date_rules, figure_rules, list_rules
from dancu.steering.documents.checking import check_all
from dancu.steering.documents.contradictions import CheckRule, Contradiction
from dancu.steering.documents.reading import FOLDER, read_bodies, read_documents
from dancu.steering.documents.sources import FigureKind, SourceDocument, StatedState

REPORT, LETTER, NOTICE = "report-2023-02", "8402-2022", "4318-2024"
STATES = Path(__file__).parents[3] / "src/dancu/onboarding/data/states"


def documents() -> dict[str, SourceDocument]:
    return {each.head.id: each for each in read_documents(FOLDER, {each.code for each in bodies()})}


def found() -> tuple[Contradiction, ...]:
    return check_all(documents().values())


def only(rule: CheckRule, document: str, place: str = "") -> Contradiction:
    (one,) = [each for each in found() if each.rule is rule and each.document == document and place in each.place]
    return one


# What is found.


def test_exactly_these_contradictions_are_found():
    told = [(each.document, each.rule.value, each.printed, each.computed) for each in found()]

    assert told == [
        (LETTER, "count", "13", "12"),
        (LETTER, "counted_twice", "21", "14"),
        (LETTER, "same", "49", "48"),
        (LETTER, "arrival", "09/12/2022", "20/12/2022"),
        (REPORT, "count", "5", "4"),
        (REPORT, "count", "8", "9"),
        (REPORT, "share", "94,03", "94,04"),
        (REPORT, "share", "0,18", "0,19"),
        (REPORT, "day", "19/02/2023", "18/02/2023"),
        (NOTICE, "count", "2", "3"),
        (NOTICE, "arrival", "30/05/2024", "05/06/2024"),
    ]


def test_the_letter_gives_bac_kan_in_its_note_and_lam_dong_in_its_annex():
    one = only(CheckRule.SAME, LETTER)

    assert one.about == ("H03", "H36")
    assert "thừa Lâm Đồng; thiếu Bắc Kạn" in one.sentence.vi


def test_seven_provinces_passed_and_are_among_those_that_must_supplement():
    one = only(CheckRule.COUNTED_TWICE, LETTER)

    assert one.about == ("H07", "H08", "H09", "H25", "H38", "H39", "H42")
    assert one.arithmetic.vi == "7 + 14 = 21, khác nhau 14: 7 bị đếm hai lần"


def test_shares_are_told_to_be_cut_off_within_the_tolerance():
    told = [each.arithmetic.vi for each in found() if each.rule is CheckRule.SHARE]

    assert told == [
        "12.269 / 13.047 = 94,0369%, lệch 0,0069 điểm",
        "32.497 / 17.518.220 = 0,1855%, lệch 0,0055 điểm",
    ]


def test_the_notice_gives_a_ministry_two_decrees_and_names_three():
    assert only(CheckRule.COUNT, NOTICE).place == "điểm 1.1 (2)"


def test_late_arrivals_name_the_tasks_that_could_not_be_kept():
    told = {each.document: each.about for each in found() if each.rule is CheckRule.ARRIVAL}

    assert told == {LETTER: ("8402-03", "8402-04", "8402-05", "8402-06"), NOTICE: ("4318-11",)}


@pytest.mark.parametrize("module", [list_rules, figure_rules, date_rules])
def test_the_rules_name_no_document_and_no_province(module: object):
    text = Path(str(module.__file__)).read_text(encoding="utf-8")  # type: ignore[attr-defined]  # a module has a file

    words = ["note-", "annex", "8402", "4318", "1658", "Bắc Kạn", "Lâm Đồng", "94", "report-"]
    assert [word for word in words if word in text] == []


# What is on file.


def test_so_many_clauses_tasks_figures_and_lists_are_on_file():
    counts = {
        name: (len(each.clauses), len(each.tasks), len(each.figures), len(each.lists), sum(len(one.items) for one in each.lists))
        for name, each in documents().items()
    }

    assert counts == {
        "btttt-thh-2021": (19, 9, 7, 3, 12),
        "1658-2022": (12, 8, 0, 2, 7),
        "8402-2022": (21, 9, 7, 9, 157),
        "report-2023-02": (50, 57, 86, 24, 85),
        "4318-2024": (30, 31, 15, 14, 48),
    }


def test_every_clause_that_gives_work_has_its_task():
    for document in documents().values():
        taken = {each.clause for each in document.tasks}
        work = [each for each in document.clauses if each.kind.value in ("task", "request")]
        bare = [each.id for each in work if not any(one == each.id or _within(one, each.id) for one in taken)]

        assert bare == [], document.head.id


def _within(clause: str, above: str) -> bool:
    return clause.startswith((f"{above}.", f"{above}-")) or above.startswith(f"{clause}.") or above in _TOLD_ELSEWHERE


# Headings whose work stands in the clauses below, contacts, and rows of an annex that repeat the body.
_TOLD_ELSEWHERE = frozenset({"6", "annex-1.1", "annex-1.3", "annex-1.5"})


def test_the_fourteen_late_tasks_stand_as_the_text_names_them():
    report = documents()[REPORT]
    late = [each for each in report.tasks if each.state is StatedState.LATE]

    assert Counter(each.clause for each in late) == {"III.1.1": 1, "III.1.2.a": 2, "III.1.2.b": 2, "III.1.3": 9}
    assert (report.list_of("late").stated, len(late)) == (14, 14)
    assert (report.list_of("late-services").stated, report.list_of("late-connections").stated) == (5, 8)
    assert Counter(code for each in late for code in each.owners if each.clause == "III.1.3") == {
        **{"G12": 1, "G20": 1, "G06": 1, "G10": 1},
        **{"TANDTC": 2, "VKSNDTC": 3},
    }


def test_four_of_seven_are_done_with_their_papers():
    done = {each.done_by: each.done_on.isoformat() for each in documents()[REPORT].tasks if each.done_on}

    assert done == {
        "Báo cáo 99/BC-BCA": "2023-01-29",
        "Cuộc họp ngày 06/02/2023": "2023-02-06",
        "Tờ trình 72/TTr-BCA; Báo cáo 2091/BC-BCA-C06": "2023-02-10",
        "Báo cáo 97/BC-BCA": "2023-01-29",
    }


def test_totals_without_names_stay_figures():
    report = documents()[REPORT]

    assert (report.figure_of("tasks_of_ministries").value, report.figure_of("tasks_of_provinces").value) == (101, 18)


@pytest.mark.parametrize(
    ("key", "before"),
    [
        ("dossiers_synchronised", "154840409"),
        ("dossiers_online", "6519833"),
        ("portal_procedures@H29", "22"),
        ("stay_notice_online_share", "98.30"),
        ("passport_online_share", "62.00"),
        ("eid_approved", "16989394"),
        ("eid_activated", "2550586"),
        ("chip_cards", "76570798"),
        ("health_facilities_with_card", "12024"),
        ("card_patients", "9075807"),
        ("provinces_connected", "31"),
    ],
)
def test_values_of_the_period_before_are_computed(key: str, before: str):
    assert str(documents()[REPORT].figure_of(key).previous) == before


def test_targets_are_no_state():
    aims = {each.key: each.value for each in documents()[REPORT].figures if each.kind is FigureKind.TARGET}

    assert (aims["eid_accounts"], aims["accounts_with_health_book"]) == (40_000_000, 30_000_000)
    assert "chip_cards" not in aims


def test_lists_of_the_letter_are_those_the_states_of_connections_have():
    with (STATES / "2022-12-01" / "asked.csv").open(encoding="utf-8", newline="") as opened:
        asked = list(csv.DictReader(opened))
    letter = documents()[LETTER]

    for name in ("note-3", "note-4", "annex"):
        theirs = [(row["organisation"], row["printed"]) for row in asked if row["list"] == name]
        assert [(each.body, each.printed) for each in letter.list_of(name).items] == theirs


def test_further_bodies_are_called_as_on_the_board_of_connections():
    own = {each.code: each.name.vi for each in read_bodies(FOLDER, {each.code for each in bodies()})}
    with (STATES / "parties.csv").open(encoding="utf-8", newline="") as opened:
        assert [row["code"] for row in csv.DictReader(opened) if own.get(row["code"]) != row["name"]] == []


def test_a_body_of_the_state_was_there_on_the_day_of_its_document():
    state = bodies()
    codes = {each.code for each in state}
    for document in documents().values():
        there = {each.code for each in state if each.valid_from <= document.head.day <= (each.valid_to or document.head.day)}
        named = {code for task in document.tasks for code in task.addressed}
        named |= {item.body for each in document.lists for item in each.items} | {each.body for each in document.figures}

        assert (named & codes) - there == set(), document.head.id


# Whose names and numbers are not on file.

_RANK = r"(?:Đại tướng|Thượng tướng|Trung tướng|Thiếu tướng|Đại tá|Thượng tá|Trung tá|Thiếu tá|Đại úy|Thượng úy)"
_OFFICE = r"(?:[Đđ]ồng chí|Đ/c|Ông|Bà|Bộ trưởng|Thứ trưởng|Chủ nhiệm|Cục trưởng|Thủ tướng|Phó [Tt]hủ tướng|Tổ trưởng|Chủ tịch)"
_SURNAME = r"(?:Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Tô|Đinh|Trịnh|Mai|Lương)"
_PERSON = re.compile(
    rf"{_RANK}\s+[A-ZĐ]|{_OFFICE}\s+{_SURNAME}\s+[A-ZĐÀ-Ỹ]|{_SURNAME} (?:Văn|Thị|Duy|Huy|Anh|Hồng|Minh|Ngọc|Lưu|Quang) "
)
_PHONE = re.compile(r"(?<![\d.,/-])(?:\+84|0)[\d .]{6,12}\d(?![\d/])|SĐT|@[\w-]+\.\w")


def personal(text: str) -> list[str]:
    return [each.group(0) for each in (*_PERSON.finditer(text), *_PHONE.finditer(text))]


def test_no_name_of_a_person_and_no_telephone_number_is_on_file():
    files = [each for each in FOLDER.rglob("*") if each.is_file()]

    assert len(files) > 30
    assert {each.name: hit for each in files if (hit := personal(each.read_text(encoding="utf-8")))} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "Đại tướng Xa",
        "Thứ trưởng Nguyễn Xa Xôi",
        "đồng chí Trần Xa",
        "Nguyễn Văn Xa",
        "SĐT: [bỏ]",
        "090" + "1234567",
        "0" + "24 3825 1234",
        "+84 " + "901234567",
        "nguoi@" + "noi.vn",
    ],
)
def test_a_planted_name_or_number_would_be_found(planted: str):
    assert personal(f"gửi {planted} biết")


@pytest.mark.parametrize(
    "kept", ["Phó Thủ tướng Chính phủ", "177774335", "15.962.382 yêu cầu", "2022-12-31", "Thành phố Hồ Chí Minh"]
)
def test_offices_and_figures_are_not_taken_for_persons(kept: str):
    assert not personal(f"gửi {kept} biết")
