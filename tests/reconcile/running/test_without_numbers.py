"""A register without numbers (name, birth date, parents) goes through a job: nobody is found for certain, some may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from dancu.kernel.errors import Invalid
from dancu.reconcile.alone import get_profile, needed_of, others_of
from dancu.reconcile.engine.snapshot import save_arrays
from dancu.reconcile.running.plan import Plan, mapping_for, open_listed, prepare, read_plan
from tests.reconcile.candidates.records import Person, registry
from tests.reconcile.engine.columns import KEY
from tests.reconcile.running.jobs import DAY, SALT, done, report, results, write_list

HEADINGS = ("Số hồ sơ", "Họ và tên", "Ngày sinh", "Họ tên cha", "Họ tên mẹ", "Quê quán")
PARENTS = ("Trần Văn Cha", "Nguyễn Thị Mẹ", "Phú Lộc, Thừa Thiên Huế")
NUMBER = "046193000002"
LINES = (
    ("HT1", "Trần Thị Thuý Hoà", "13/05/1993", *PARENTS),  # hers, marks placed otherwise
    ("HT2", "TRAN THI THUY HOA", "13/05/1993", *PARENTS),  # hers, without marks
    ("HT3", "Lò Văn Páo", "02/09/1950", *PARENTS),  # nobody's
)


def a_job(folder: Path, headings: tuple[str, ...] = HEADINGS) -> Path:
    """As `dancu reconcile --profile civil_status` makes it."""
    save_arrays(folder / "snapshot", registry(Person(NUMBER, "Trần Thị Thúy Hòa", "1993-05-13")), {})
    path = write_list(folder / "list.csv", [line[: len(headings)] for line in LINES], headings)
    profile, mapping = get_profile("civil_status"), mapping_for(open_listed(path), required=())
    plan = Plan(
        list_file=str(path), snapshot=str(folder / "snapshot"), day=DAY, mapping=mapping, profile=profile.code, salt=SALT,
        one_to_one=profile.one_to_one, required=needed_of(profile, mapping), candidates=True, formats=("parquet", "csv"),
    )  # fmt: skip
    prepare(folder / "job", plan, KEY)
    return folder / "job"


def test_a_list_without_numbers_goes_through_to_candidates(tmp_path: Path) -> None:
    folder = a_job(tmp_path)

    done(folder, others_of(read_plan(folder), KEY))

    rows, told = results(folder), report(folder)
    assert [row["reference"] for row in rows] == ["HT1", "HT2", "HT3"]
    assert {row["grade"] for row in rows} == {"KHONG_TIM_THAY"}
    assert [row["candidates"] for row in rows] == ["Có 1 người có thể khớp", "Có 1 người có thể khớp", ""]
    assert (told["candidates"]["searched"], told["candidates"]["records_with_one"]) == (True, 2)
    assert told["counters"] == {"requested": 3, "matched": 0, "mismatched": 3, "cleaned": None}


def test_the_number_of_a_candidate_stands_in_no_result(tmp_path: Path) -> None:
    folder = a_job(tmp_path)

    done(folder, others_of(read_plan(folder), KEY))

    shown = str(results(folder)) + "".join((folder / name).read_text("utf-8") for name in ("results.csv", "report.json"))
    assert NUMBER not in shown
    assert "Thúy Hòa" not in shown


def test_with_neither_numbers_nor_parents_the_list_is_refused_by_the_column_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"list\.column_missing"):
        a_job(tmp_path, HEADINGS[:3])
