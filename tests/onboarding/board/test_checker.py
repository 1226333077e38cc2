"""The checker finds what a document gets wrong without being told where: in those on file, and in copies with planted faults."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dancu.onboarding.board import checker
from dancu.onboarding.board.checker import Discrepancy, check, is_name_of
from dancu.onboarding.board.directory import parties
from dancu.onboarding.board.printed import Document
from dancu.onboarding.board.states import FOLDER, documents, read_document
from tests.onboarding.board.scene import STATE_DAY, letter, names_of

LETTER, REPORT = "2022-12-01", "2023-02-18"


def found_in(document: Document, *earlier: Document) -> tuple[Discrepancy, ...]:
    return check(document, parties(), earlier)


# The documents as they are.


def test_the_letter_says_13_and_names_12():
    found = next(each for each in found_in(letter()) if each.rule == "count")

    assert (found.printed, found.computed) == ("13", "12")
    assert found.place == "mục 3 (1), gạch đầu dòng thứ hai"
    assert found.arithmetic.vi == "13 − 12 tên ở mục 3 (1), chú thích 4 = 1"
    assert found.bodies == ()  # who the thirteenth is, nobody can say


def test_annex_and_note_3_differ_by_one_province_each_way():
    found = next(each for each in found_in(letter()) if each.rule == "same")

    assert list(found.bodies) == names_of("Lâm Đồng", "Bắc Kạn")
    assert "thừa Lâm Đồng (có ở mục 1, chú thích 2)" in found.sentence.vi
    assert "thiếu Bắc Kạn (có ở mục 3, chú thích 3)" in found.sentence.vi
    assert found.arithmetic.vi == "49 tên − 1 thừa + 1 thiếu = 49"


def test_nothing_else_in_the_letter_and_nothing_in_the_others_is_found():
    earlier: list[Document] = []
    found = {}
    for document in documents():
        found[document.head.id] = [each.rule for each in found_in(document, *earlier)]
        earlier.append(document)

    assert found == {"btttt-thh-2021": [], "8402-2022": ["count", "same"], "report-2023-02": []}


def test_the_rules_name_no_document_no_province_and_no_number():
    text = Path(checker.__file__).read_text(encoding="utf-8")

    assert [word for word in ("note-", "annex", "8402", "Bắc Kạn", "Lâm Đồng", "49", "63") if word in text] == []


@pytest.mark.parametrize(
    ("printed", "code", "is_meant"),
    [
        ("Thành phố Hồ Chí Minh", "H29", True),
        ("Long an", "H39", True),
        ("Hung Yên", "H31", True),
        ("TP Huế", "H57", False),  # it was Thừa Thiên Huế
        ("Hà Nam", "H27", False),
        ("Bộ Lao động Thương binh và Xã hội", "G07", True),
        ("Ngân hàng nhà nước", "G19", True),
        ("Bộ", "G07", False),
        ("Bộ Y tế", "G15", False),
        ("EVN", "EVN", True),
        ("Mobifone", "MOBIFONE", True),
    ],
)
def test_a_name_is_known_as_documents_spell_it(printed: str, code: str, is_meant: bool):
    party = next(each for each in parties() if each.code == code and each.is_in_force(STATE_DAY))

    assert is_name_of(printed, party) is is_meant


# Planted faults: each in a copy of the documents on file.


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "states")
    return tmp_path / "states"


Rows = list[dict[str, str]]


def edit(file: Path, change: Callable[[Rows], Rows]) -> None:
    with file.open(encoding="utf-8", newline="") as opened:
        reader = csv.DictReader(opened)
        heads, rows = list(reader.fieldnames or ()), change(list(reader))
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, heads, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def reword(folder: Path, old: str, new: str) -> None:
    file = folder / "claims.toml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def rules_after(copy: Path, name: str = LETTER) -> list[str]:
    """The rules that find something beyond what they find in the documents as they are."""
    earlier = [read_document(each) for each in sorted(copy.iterdir()) if each.is_dir() and each.name < name]
    known = ["count", "same"] if name == LETTER else []
    found = [each.rule for each in found_in(read_document(copy / name), *earlier)]
    for rule in known:
        found.remove(rule)
    return sorted(found)


def without(name: str, of: str) -> Callable[[Rows], Rows]:
    def change(rows: Rows) -> Rows:
        return [row for row in rows if not (row["list"] == of and row["printed"] == name)]

    return change


def test_a_name_left_out_of_a_list_is_seen_in_every_figure_that_rests_on_it(copy: Path):
    edit(copy / LETTER / "connections.csv", without("Hà Nam", "note-1"))

    assert rules_after(copy) == ["count", "numbering", "within"]  # it is also one of those that passed


def test_a_name_left_out_of_the_inspected_is_seen_by_its_rest(copy: Path):
    edit(copy / LETTER / "security.csv", without("Phú Thọ", "note-2"))

    assert rules_after(copy) == ["count", "numbering", "rest"]


def test_a_name_twice_is_found_though_the_number_of_rows_is_right(copy: Path):
    def change(rows: Rows) -> Rows:
        row, other = (next(r for r in rows if r["list"] == "note-2" and r["printed"] == name) for name in ("Phú Thọ", "Lạng Sơn"))
        row |= {"organisation": other["organisation"], "printed": other["printed"]}
        return rows

    edit(copy / LETTER / "security.csv", change)

    assert rules_after(copy) == ["count", "duplicate", "rest"]


def put(list_id: str, name: str, **changes: str) -> Callable[[Rows], Rows]:
    """The rows with something else said in the row of a name of a list; of every list where none is named."""

    def change(rows: Rows) -> Rows:
        return [row | (changes if row["printed"] == name and row["list"].startswith(list_id) else {}) for row in rows]

    return change


def test_a_name_of_another_body_than_its_code_is_found(copy: Path):
    edit(copy / LETTER / "asked.csv", put("", "Sơn La", printed="Sa Đéc"))

    assert rules_after(copy) == ["name", "name"]  # in note 3 and in the annex


def test_a_code_that_nobody_has_is_found(copy: Path):
    edit(copy / LETTER / "hosting.csv", put("", "Yên Bái", organisation="H99"))

    assert rules_after(copy) == ["name", "within"]


def test_a_list_that_skips_a_number_is_found(copy: Path):
    edit(copy / LETTER / "asked.csv", put("annex", "Kon Tum", no="50"))

    assert rules_after(copy) == ["numbering"]


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("value = 20\nof = 63", "value = 21\nof = 63", ["count"]),
        ("value = 20\nof = 63", "value = 20\nof = 64", ["total"]),
        ("value = 14\nof = 63", "value = 15\nof = 63", ["count", "sum"]),
        ("value = 12\nof = 25", "value = 26\nof = 25", ["total"]),
        ("value = 12\nof = 25", "value = 2\nof = 25", ["count"]),  # fewer than it names
        ("value = 49\nlist = \"note-3\"", "value = 48\nlist = \"note-3\"", ["count", "sum"]),
        ("value = 25\nsays.vi = \"Sở", "value = 24\nsays.vi = \"Sở", ["equal"]),
        ("plus = [63]", "plus = [64]", ["sum"]),
    ],
)  # fmt: skip
def test_a_wrong_figure_is_found(copy: Path, old: str, new: str, rules: list[str]):
    reword(copy / LETTER, old, new)

    assert rules_after(copy) == rules


def test_one_who_passed_without_being_inspected_is_found(copy: Path):
    edit(copy / LETTER / "security.csv", put("provinces-passed", "Hà Nam", organisation="H26", printed="Hà Nội"))

    assert rules_after(copy) == ["within"]


def test_a_growth_that_starts_below_what_was_counted_before_is_found(copy: Path):
    reword(copy / REPORT, "more = 27", "more = 39")

    assert rules_after(copy, REPORT) == ["grown"]


def test_a_figure_told_differently_in_two_places_is_found(copy: Path):
    reword(copy / REPORT, 'giá trị mang lại"\nvalue = 58', 'giá trị mang lại"\nvalue = 57')

    assert rules_after(copy, REPORT) == ["equal"]


def test_the_planted_name_is_told_with_the_sum(copy: Path):
    edit(copy / LETTER / "security.csv", without("Phú Thọ", "note-2"))

    found = next(each for each in found_in(read_document(copy / LETTER)) if each.rule == "rest")
    assert found.bodies == ("H44",)
    assert found.arithmetic.vi == "49 tên − 0 thừa + 1 thiếu = 50"
    assert found.sentence.en.endswith("missing: Phú Thọ.")
