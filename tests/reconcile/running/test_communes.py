"""Codes of communes in a list: those of before agree with what they became, and lead to a person where the number is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dancu.reconcile.alone import others_of
from dancu.reconcile.engine.snapshot import save_arrays
from dancu.reconcile.running.communes import former_units, present_communes
from dancu.reconcile.running.plan import prepare, read_plan
from tests.reconcile.candidates.records import Person, registry
from tests.reconcile.engine.columns import KEY
from tests.reconcile.running.jobs import done, plan_of, report, results, write_list

OLD, NOW, OTHER = "00006", 8, 4  # 00006 became 00008
NUMBER, NAME = "046193000002", "Trần Thị Thúy Hòa"
HEADINGS = ("Mã khách hàng", "Số CCCD", "Họ và tên", "Ngày sinh", "Mã xã")


def made(folder: Path, rows: list[tuple[str, ...]], headings: tuple[str, ...] = HEADINGS, **more: Any) -> Path:
    """A finished job against two women of one name and one birth date, in different communes."""
    here, there = Person(NUMBER, NAME, "1993-05-13", NOW), Person("079193000009", NAME, "1993-05-13", OTHER)
    save_arrays(folder / "snapshot", registry(here, there), {})
    path = write_list(folder / "list.csv", rows, headings)
    prepare(folder / "job", plan_of(path, folder / "snapshot", formats=("parquet",), **more), KEY)
    return done(folder / "job", others_of(read_plan(folder / "job"), KEY))


def test_every_commune_of_before_leads_to_what_it_became_and_one_of_now_to_itself() -> None:
    former = former_units()

    assert len(former.before) > 10_000
    assert present_communes(np.array([int(OLD), NOW, 99_999, 0], np.uint32)).tolist() == [NOW, NOW, 0, 0]
    was_split, given_out_twice = 7, 97
    assert present_communes(np.array([was_split, given_out_twice], np.uint32)).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("code", "differs", "reasons", "former"),
    [
        (OLD, "", "Địa chỉ ghi theo đơn vị hành chính cũ", 1),
        ("6", "", "Địa chỉ ghi theo đơn vị hành chính cũ", 1),
        ("01.001.00006", "", "Địa chỉ ghi theo đơn vị hành chính cũ", 1),
        ("00008", "", "", 0),
        ("00004", "Địa chỉ", "", 0),
        ("99999", "", "", 0),
        ("", "", "", 0),
    ],
)
def test_a_code_of_before_is_told_and_one_of_elsewhere_differs(
    tmp_path: Path, code: str, differs: str, reasons: str, former: int
) -> None:
    folder = made(tmp_path, [("a", NUMBER, NAME, "13/05/1993", code), ("b", NUMBER, NAME, "13/05/1993", "00008")])

    row = results(folder)[0]
    assert (row["grade"], row["differs"] or "", row["reasons"] or "") == ("KHOP", differs, reasons)
    assert report(folder)["causes"]["18"] == former


def test_addresses_are_not_looked_at_where_no_column_has_codes(tmp_path: Path) -> None:
    folder = made(tmp_path, [("a", NUMBER, NAME, "13/05/1993")], HEADINGS[:4])

    assert report(folder)["causes"]["18"] is None


@pytest.mark.parametrize(("code", "clear"), [(OLD, 1), ("00008", 1), ("", 0), ("99999", 0)])
def test_of_two_persons_of_one_name_and_date_the_commune_tells_who_is_meant(tmp_path: Path, code: str, clear: int) -> None:
    folder = made(tmp_path, [("a", "", NAME, "13/05/1993", code)], candidates=True)

    found = report(folder)["candidates"]
    assert (found["records_with_some"], found["records_clear"]) == (1, clear)
