"""What the owner of a list reads: a row a record, in words, of her own list alone."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from dancu.kernel.spreadsheets import cell_text, harmless
from dancu.reconcile.engine.grading import Grade
from dancu.reconcile.engine.reasons import Differs, Found, Reason
from dancu.reconcile.engine.snapshot import save_arrays
from dancu.reconcile.running import words
from dancu.reconcile.running.comparing import OwnChecks
from dancu.reconcile.running.folder import CANCELLED
from dancu.reconcile.running.job import Others
from dancu.reconcile.running.plan import prepare
from dancu.reconcile.running.results import Rows, Wording, rows_of
from dancu.reconcile.running.workbook import workbook_file
from tests.reconcile.running.jobs import (
    AN,
    BINH,
    CHI,
    DAY,
    KEY,
    OLD,
    done,
    grades,
    job,
    known,
    plan_of,
    report,
    results,
    write_list,
)

LINES = (
    ("a1", AN, "Trần Thị An", "03/02/1993"),
    ("a2", OLD[AN], "TRẦN THỊ AN", "1993"),
    ("b1", BINH, "Nguyen Van Binh", "20/05/1993"),
    ("b2", BINH, "Phạm Quốc Khánh", "01/01/1950"),
    ("c1", CHI, "Lê Thị Chi", "30/11/1993"),
    ("c2", CHI, "Phạm Quốc Khánh", "01/01/1950"),
    ("d1", "079099999999", "Võ Văn Dũng", "01/02/1980"),
    ("d2", "", "Võ Văn Dũng", "01/02/1980"),
)


def test_every_record_has_a_row_with_its_number_its_reference_and_its_grade(tmp_path: Path) -> None:
    rows = results(done(job(tmp_path, LINES)))

    assert [(row["list_row"], row["reference"]) for row in rows] == [(at + 2, line[0]) for at, line in enumerate(LINES)]
    assert [row["grade"] for row in rows] == [
        "KHOP", "KHOP_SAU_CHUAN_HOA", "GAN_KHOP", "KHONG_KHOP", "DA_CHET", "KHONG_KHOP", "KHONG_TIM_THAY", "KHONG_TIM_THAY",
    ]  # fmt: skip
    assert rows[2]["differs"] == "Họ tên"
    assert rows[2]["reasons"] == "Họ tên thiếu dấu"
    assert rows[3]["differs"] == "Họ tên; Ngày sinh"
    assert rows[7]["reasons"] == "Chưa có số giấy tờ"
    assert all(row["to_do"] for row in rows[1:])


def test_nothing_of_the_registry_stands_in_a_result(tmp_path: Path) -> None:
    made = done(job(tmp_path, [("x", BINH, "Phạm Quốc Khánh", "01/01/1950")], formats=("parquet", "csv")))

    shown = str(results(made)) + (made / "results.csv").read_text(encoding="utf-8-sig") + (made / "report.json").read_text()

    assert "Bình" not in shown
    assert "bình" not in shown
    assert "20/05/1993" not in shown
    assert "1993-05-20" not in shown


def test_of_somebody_else_nothing_is_said_not_even_that_she_is_dead(tmp_path: Path) -> None:
    rows = results(done(job(tmp_path, LINES)))

    assert rows[4]["reason_bits"] & Reason.DEAD
    assert not rows[5]["reason_bits"] & Reason.DEAD
    assert "chết" not in rows[5]["reasons"] + rows[5]["to_do"]


def test_the_csv_opens_in_a_spreadsheet_and_no_cell_is_a_formula(tmp_path: Path) -> None:
    made = done(job(tmp_path, [("=1+1", AN, "Trần Thị An", "03/02/1993"), ('+84, "x"', BINH, "Ai Đó", "1")], formats=("csv",)))

    content = (made / "results.csv").read_bytes()
    heading, *rows = csv.reader(content.decode("utf-8-sig").splitlines())

    assert content.startswith(b"\xef\xbb\xbf")
    assert heading == list(words.HEADINGS.values())
    assert [row[1] for row in rows] == ["'=1+1", '\'+84, "x"']
    assert all(cell[:1] not in ("=", "+", "-", "@") for row in rows for cell in row)


def test_the_owners_own_key_stands_as_it_is_also_beside_the_row_it_repeats(tmp_path: Path) -> None:
    keys = ("{row}", "a,b", 'c"d', "")
    made = done(job(tmp_path, [(key, AN, "Trần Thị An", "03/02/1993") for key in keys], formats=("csv",)))

    _heading, *rows = csv.reader((made / "results.csv").read_text(encoding="utf-8-sig").splitlines())

    assert [row[1] for row in rows] == list(keys)
    assert [row[-1] for row in rows] == ["Cùng một người với dòng 3", *["Cùng một người với dòng 2"] * 3]


@pytest.mark.parametrize("text", ["=1", "+84", "-1", "@x", "\t1", "\r1", "a=1", "", "0912", " =1", "đ", "(1)"])
def test_a_column_is_made_harmless_as_each_of_its_texts_would_be(text: str) -> None:
    nothing = np.zeros(3, np.int32)
    rows = Rows(0, nothing.astype(np.int64), pa.array([text, "x", None], pa.large_string()), [], nothing, nothing.astype(np.uint32))

    assert rows.references().to_list() == [harmless(text), "x", None]


def test_the_workbook_says_what_the_csv_says_and_begins_a_sheet_when_one_is_full(tmp_path: Path) -> None:
    made = done(job(tmp_path, LINES, formats=("csv", "xlsx"), rows_a_batch=3))
    (made / "results.xlsx").unlink()
    with workbook_file(made, Wording(None), DAY, rows_a_sheet=5) as add:
        for part in rows_of(made):
            add(part)

    book = CalamineWorkbook.from_path(made / "results.xlsx")
    sheets = [[[cell_text(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()] for name in book.sheet_names]
    with (made / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        heading, *rows = csv.reader(file)

    assert [len(sheet) for sheet in sheets] == [6, 4]
    assert sheets[0][0] == sheets[1][0] == heading
    assert [row for sheet in sheets for row in sheet[1:]] == rows


def test_every_reason_has_words_in_both_languages_and_nobody_is_left_without_advice() -> None:
    said = [reason for reason in Reason if reason is not Reason.NAME_SLOW]

    assert set(words.REASONS) == set(said)
    assert set(words.GRADES) == set(Grade)
    assert set(words.FIELDS) == set(Differs)
    assert set(words.FOUND) == set(Found) - {Found.BY_ID, Found.BY_OLD}
    for each in (*words.REASONS.values(), *words.FOUND.values(), *words.GRADES.values(), *words.REPEATED.values()):
        assert each.words
        assert each.words_en
        assert bool(each.to_do) == bool(each.to_do_en)
        assert each.cause in {0, *words.CAUSES}
    for grade in (Grade.NEAR, Grade.DIFFERS, Grade.NOT_FOUND, Grade.DEAD, Grade.DUPLICATE):
        assert Wording(None).of((grade, Found.BY_ID, 0, 0, 0, 0, 0))[4]


def test_what_a_profile_finds_besides_the_person_stands_in_the_results(tmp_path: Path) -> None:
    checks = OwnChecks((), lambda records, _more: np.arange(len(records), dtype=np.uint32) % 2, {1: ("Mã sai", "Bạn sửa mã.")})

    rows = results(done(job(tmp_path, LINES[:2]), Others(checks=checks)))

    assert rows[0]["reasons"] == ""
    assert rows[1]["own_bits"] == 1
    assert rows[1]["reasons"].endswith("Mã sai")
    assert rows[1]["to_do"].endswith("Bạn sửa mã.")


def test_bad_rows_are_counted_and_given_back(tmp_path: Path) -> None:
    folder = job(tmp_path, LINES[:1])
    text = (tmp_path / "list.csv").read_text(encoding="utf-8")
    (tmp_path / "list.csv").write_text(text + "=only,two\n" + text.splitlines()[1] + "\n", encoding="utf-8")
    (folder / "plan.json").unlink()
    folder = job_again(tmp_path)

    made = report(done(folder))

    assert (made["requested"], made["readable"], made["quarantined"]) == (3, 2, 1)
    _heading, bad = csv.reader((folder / "quarantine.csv").read_text(encoding="utf-8-sig").splitlines())
    assert bad[0] == "3"
    assert bad[2].startswith("'=only")
    assert not (folder / CANCELLED).exists()
    assert grades(folder)[0] == "KHOP"


def job_again(folder: Path) -> Path:
    from dancu.reconcile.running.plan import prepare
    from tests.reconcile.running.jobs import KEY, plan_of

    prepare(folder / "again", plan_of(folder / "list.csv", folder / "snapshot", formats=("parquet",)), KEY)
    return folder / "again"


def test_a_digit_nobody_explains_makes_no_difference_and_one_the_numbers_explain_does(tmp_path: Path) -> None:
    """An is a woman. Twelve lines of nobody, whose numbers are men's under 1, tell what the digits mean."""
    headings = ("Mã khách hàng", "Số CCCD", "Họ và tên", "Ngày sinh", "Giới tính")
    an = [("a", AN, "Trần Thị An", "03/02/1993", code) for code in ("0", "1")]
    men = [(f"m{at}", f"0010900{at:05d}", "Lò Văn Páo", "02/09/1990", "1") for at in range(30)]
    unresolved = {}

    for name, lines in (("doubtful", an), ("told", [*an, *men])):
        folder = tmp_path / name
        folder.mkdir()
        save_arrays(folder / "snapshot", known(), {})
        path = write_list(folder / "list.csv", lines, headings)
        prepare(folder / "job", plan_of(path, folder / "snapshot", candidates=True, formats=("parquet",)), KEY)
        rows = results(done(folder / "job"))
        unresolved[name] = [row["differs"] for row in rows[:2]]
        kept = pl.read_parquet(folder / "job" / "parts" / "unresolved-*.parquet")

    assert unresolved["doubtful"] == ["", ""]
    assert unresolved["told"] == ["", "Giới tính"]
    assert kept["sex"].unique().to_list() == ["Nam"], "the search reads a sex as the comparison does"
