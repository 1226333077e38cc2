"""Rows become batches: nothing is lost or invented, bad rows are put aside, and a killed job goes on where it was."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dancu.kernel.errors import Invalid
from dancu.reconcile.engine.parsing import SCIENTIFIC, parse_number
from dancu.reconcile.reading.batches import ListBatch, Position, batches
from dancu.reconcile.reading.columns import detect, mapped
from dancu.reconcile.reading.files import open_list
from dancu.reconcile.reading.headings import Role
from dancu.reconcile.reading.limits import Limits
from dancu.reconcile.reading.quarantine import Quarantine
from tests.reconcile.reading.lists import HEADINGS, PEOPLE, a_book, as_tcvn3, as_vni, csv_text, many, put, rows_of

TINY = Limits(row_bytes_max=400, block_bytes=1000)


def read(path: Path, rows: int = 10, limits: Limits = TINY, **more: object) -> list[ListBatch]:
    opened = open_list(path, limits=limits)
    return list(batches(opened, detect(opened), rows, **more))  # type: ignore[arg-type]


def all_rows(made: list[ListBatch]) -> list[tuple[str, str, str]]:
    return [row for batch in made for row in rows_of(batch)]


def numbers(made: list[ListBatch]) -> list[int]:
    return [int(row) for batch in made for row in batch.rows]


def quarantined(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("is_closed", [True, False])
def test_every_row_is_read_once_whatever_the_blocks(tmp_path: Path, end: str, is_closed: bool) -> None:
    people = many(137)
    text = csv_text(people, end=end)

    made = read(put(tmp_path, text if is_closed else text.removesuffix(end)))

    assert all_rows(made) == people
    assert numbers(made) == list(range(2, 139))
    assert [len(batch.records) for batch in made] == [10] * 13 + [7]


@pytest.mark.parametrize("encode", [as_tcvn3, as_vni, lambda text: text.encode("utf-16"), lambda text: text.encode("utf-16-be")])
def test_other_letters_give_the_same_rows(tmp_path: Path, encode) -> None:  # type: ignore[no-untyped-def]
    people = many(60)

    made = read(put(tmp_path, encode(csv_text(people))))

    assert [(n, name.casefold(), d) for n, name, d in all_rows(made)] == [(n, name.casefold(), d) for n, name, d in people]


def test_quotations_are_undone_and_a_formula_that_keeps_zeros_is_its_text(tmp_path: Path) -> None:
    rows = '"001090000017","H""Hen ""Niê""",1990\n="001090000025", "Lê A" ,"1991"\n"=""001090000033""",Lê B,\n'

    made = read(put(tmp_path, csv_text(()) + rows))

    assert all_rows(made) == [
        ("001090000017", 'H"Hen "Niê"', "1990"),
        ("001090000025", "Lê A", "1991"),
        ("001090000033", "Lê B", ""),
    ]


def test_empty_rows_are_passed_over_and_keep_their_numbers(tmp_path: Path) -> None:
    text = csv_text(PEOPLE[:1]) + "\n  \n,,\n" + csv_text(PEOPLE[1:2], ())

    made = read(put(tmp_path, text))

    assert (all_rows(made), numbers(made)) == (list(PEOPLE[:2]), [2, 6])
    assert made[0].bad_rows == 0


BAD = {
    "few": (b"001090000017,Nguy\xe1\xbb\x85n\n", "Số cột"),
    "many": (b"001090000017,An,1990,more\n", "Số cột"),
    "never closed": (b'001090000017,"An,1990\n', "nháy kép"),
    "closed inside": (b'001090000017,"An" B,1990\n', "nháy kép"),
    "not utf-8": (b"001090000017,Nguy\xe1\xbbn,1990\n", "không đọc được"),
    "cut letter": (b"001090000017,An,199\xe1\n", "không đọc được"),
    "overlong": (b"001090000017,\xc0\xafn,1990\n", "không đọc được"),
    "surrogate": (b"001090000017,\xed\xa0\x80n,1990\n", "không đọc được"),
    "long": (b"001090000017," + b"x" * 500 + b",1990\n", "dài quá"),
    "longer than a block": (b"001090000017," + b"x" * 5000 + b",1990\n", "dài quá"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_row_is_put_aside_with_its_number_and_the_others_are_read(tmp_path: Path, kind: str) -> None:
    raw, reason = BAD[kind]
    before, after = csv_text(many(300)).encode(), csv_text(many(40), ()).encode()
    path = put(tmp_path, before + raw + after)

    with Quarantine(tmp_path / "bad.csv") as quarantine:
        made = read(path, quarantine=quarantine, limits=replace(TINY, block_bytes=1500))

    assert all_rows(made) == many(300) + many(40)
    assert numbers(made) == [*range(2, 302), *range(303, 343)]
    assert sum(batch.bad_rows for batch in made) == made[-1].end.bad_rows == 1
    [[row, why, text]] = quarantined(tmp_path / "bad.csv")
    assert row == "302"
    assert reason in why
    assert text.startswith("001090000017,")
    assert len(text) <= TINY.quarantined_text_max + 1


def test_a_quotation_never_closed_does_not_swallow_rows_with_quotations(tmp_path: Path) -> None:
    good = [f'"0010900{at:05d}","Nguyễn Văn An","1990"\n' for at in range(50)]
    text = csv_text(()) + "".join(good[:20]) + '"001090099999","Nguyễn\n' + "".join(good[20:])

    made = read(put(tmp_path, text))

    assert len(all_rows(made)) == 50
    assert sum(batch.bad_rows for batch in made) == 1


def test_a_quotation_closed_far_behind_does_not_swallow_what_is_between(tmp_path: Path) -> None:
    people = many(60)
    text = csv_text(people[:30]) + '001090099999,"Nguyễn,1990\n' + csv_text(people[30:], ()) + '001090088888,Lê An,1990"\n'

    made = read(put(tmp_path, text), limits=replace(TINY, block_bytes=100_000))

    assert all_rows(made) == [*people, ("001090088888", "Lê An", '1990"')]
    assert made[-1].end.bad_rows == 1


def test_a_list_of_bad_rows_only_is_counted(tmp_path: Path) -> None:
    path = put(tmp_path, csv_text(many(500)) + "x,y\n" * 5000)

    made = read(path, rows=500)

    assert [len(batch.records) for batch in made] == [500, 0]
    assert made[-1].end.bad_rows == 5000


def test_the_quarantine_stops_writing_at_its_limit_and_makes_no_formula(tmp_path: Path) -> None:
    path = put(tmp_path, csv_text(many(500)) + "=cmd,x\n" * 30)

    with Quarantine(tmp_path / "bad.csv", limits=replace(TINY, quarantined_rows_max=7)) as quarantine:
        made = read(path, quarantine=quarantine)

    assert made[-1].end.bad_rows == 30
    kept = quarantined(tmp_path / "bad.csv")
    assert len(kept) == 7
    assert kept[0][2] == "'=cmd,x"


def test_letters_that_stand_for_nothing_make_a_row_bad_in_other_encodings_too(tmp_path: Path) -> None:
    wide = (
        csv_text(many(50)).encode("utf-16-le") + "001090000017,A".encode("utf-16-le") + b"\x00\xd8" + ",1990\n".encode("utf-16-le")
    )

    made = read(put(tmp_path, wide))

    assert len(all_rows(made)) == 50
    assert made[-1].end.bad_rows == 1


@pytest.mark.parametrize("kind", ["utf-8", "utf-16", "tcvn3", "xlsx", "parquet"])
def test_a_killed_job_goes_on_with_the_same_batches(tmp_path: Path, kind: str) -> None:
    people = many(95)
    text = csv_text(people[:50]) + "x,y\n\n" * 3 + csv_text(people[50:], ())
    if kind == "xlsx":
        path = a_book(tmp_path / "a", {"A": [HEADINGS, *people[:50], [], *people[50:]]})
    elif kind == "parquet":
        path = tmp_path / "a"
        pq.write_table(pa.table(dict(zip(HEADINGS, zip(*people, strict=True), strict=True))), path, row_group_size=13)
    else:
        path = put(tmp_path, as_tcvn3(text) if kind == "tcvn3" else text.encode(kind))
    whole = read(path)

    for at, batch in enumerate(whole):
        again = read(path, start=batch.start)

        assert [rows_of(each) for each in again] == [rows_of(each) for each in whole[at:]]
        assert [(b.start, b.end, b.bad_rows, b.rows.tolist()) for b in again] == [
            (b.start, b.end, b.bad_rows, b.rows.tolist()) for b in whole[at:]
        ]
    assert len(all_rows(whole)) == 95


def test_the_quarantine_of_a_job_that_goes_on_has_each_row_once(tmp_path: Path) -> None:
    path = put(tmp_path, csv_text(many(100)) + "x,y\n" + csv_text(many(45), ()) + "z,w\n")
    bad = tmp_path / "bad.csv"
    with Quarantine(bad) as quarantine:
        whole = read(path, quarantine=quarantine)
    expected = quarantined(bad)
    bad.write_text(bad.read_text(encoding="utf-8") + '149,"cut', encoding="utf-8")

    with Quarantine(bad, keep_below=whole[12].start.row) as quarantine:
        read(path, start=whole[12].start, quarantine=quarantine)

    assert quarantined(bad) == expected
    assert [row[0] for row in expected] == ["102", "148"]


@pytest.mark.parametrize("start", [Position(1, 0), Position(3, 60), Position(3, 10**9), Position(3, 42, -1)])
def test_a_place_that_is_not_of_this_list_is_refused(tmp_path: Path, start: Position) -> None:
    path = put(tmp_path, csv_text())

    with pytest.raises(Invalid) as caught:
        read(path, start=start)

    assert caught.value.code == "list.position"


def test_a_place_of_a_workbook_says_the_same_row_twice(tmp_path: Path) -> None:
    path = a_book(tmp_path / "a.xlsx", {"A": [HEADINGS, *PEOPLE]})

    assert len(all_rows(read(path, start=Position(4, 2)))) == 3
    with pytest.raises(Invalid) as caught:
        read(path, start=Position(4, 3))
    assert caught.value.code == "list.position"


def test_cells_of_a_workbook_become_digits_and_dates(tmp_path: Path) -> None:
    rows = [
        [1090000017, "Nguyễn Văn An", date(1990, 11, 24)],
        [1090000025.0, "Trần Thị Bé", datetime(1955, 9, 2)],
        ["4.6E+10", "Lê Văn Cò", 1980],
        ["001090000033", "Phạm Dậu", 33201],
        ["001090000041", "Võ Én", "24/11/1990"],
    ]

    made = read(a_book(tmp_path / "a.xlsx", {"A": [HEADINGS, *rows]}))

    assert all_rows(made) == [
        ("1090000017", "Nguyễn Văn An", "24/11/1990"),
        ("1090000025", "Trần Thị Bé", "02/09/1955"),
        ("4.6E+10", "Lê Văn Cò", "1980"),
        ("001090000033", "Phạm Dậu", "24/11/1990"),
        ("001090000041", "Võ Én", "24/11/1990"),
    ]
    scientific = np.frombuffer(b"4.6E+10", np.uint8)
    assert parse_number(scientific, 0, len(scientific))[2] == SCIENTIFIC


def test_a_sheet_that_begins_further_down_and_right_is_read_with_its_own_numbers(tmp_path: Path) -> None:
    path = a_book(tmp_path / "a.xlsx", {"A": [[], [], ["", *HEADINGS], ["", *PEOPLE[0]], [], ["", *PEOPLE[1]]]})

    made = read(path)

    assert (all_rows(made), numbers(made)) == (list(PEOPLE[:2]), [4, 6])


def test_parquet_of_any_types_becomes_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            "cccd": pa.array([1090000017, None, 1090000033], pa.int64()),
            "ho_ten": pa.array(["Nguyễn Văn An", None, "Lê Bé"]).dictionary_encode(),
            "ngay_sinh": pa.array([date(1990, 11, 24), None, date(1955, 9, 2)], pa.date32()),
        }
    )
    pq.write_table(table, tmp_path / "a")

    made = read(tmp_path / "a")

    assert all_rows(made) == [("1090000017", "Nguyễn Văn An", "24/11/1990"), ("", "", ""), ("1090000033", "Lê Bé", "02/09/1955")]


@pytest.mark.parametrize("kind", [pa.float64(), pa.large_string(), pa.string_view(), pa.binary(), pa.decimal128(19)])
def test_a_number_column_of_parquet_keeps_its_digits(tmp_path: Path, kind: pa.DataType) -> None:
    values = [1090000017, None, 1090000033]
    texts = [None if value is None else str(value) for value in values]
    is_text = kind in (pa.large_string(), pa.string_view())
    cccd = pa.array(texts if is_text else [t and t.encode() for t in texts] if kind == pa.binary() else values).cast(kind)
    pq.write_table(pa.table({"cccd": cccd, "ho_ten": ["Lê An"] * 3, "ngay_sinh": ["1990"] * 3}), tmp_path / "a")

    assert [row[0] for row in all_rows(read(tmp_path / "a"))] == ["1090000017", "", "1090000033"]


def test_text_of_parquet_is_not_copied(tmp_path: Path) -> None:
    names = pa.table({"cccd": ["001090000017"] * 100, "ho_ten": ["Lê An"] * 100, "ngay_sinh": ["1990"] * 100})
    pq.write_table(names, tmp_path / "a", use_dictionary=False)

    [batch] = read(tmp_path / "a", rows=1000)

    behind = batch.records.names
    while isinstance(behind, np.ndarray):
        behind = behind.base
    assert isinstance(behind.obj if isinstance(behind, memoryview) else behind, pa.Buffer)


def test_three_columns_of_a_date_become_one(tmp_path: Path) -> None:
    rows = [
        ("1", "Lê An", "24", "11", "1990"),
        ("2", "Lê Bé", "", "11", "1990"),
        ("3", "Lê Cò", "", "", "1990"),
        ("4", "Lê Dê", "", "", ""),
    ]

    made = read(put(tmp_path, csv_text(rows, ("CCCD", "Họ tên", "Ngày", "Tháng", "Năm"))))

    assert [day for _number, _name, day in all_rows(made)] == ["24/11/1990", "11/1990", "1990", ""]


def test_a_column_in_old_letters_is_read_in_unicode(tmp_path: Path) -> None:
    rows = [(number, as_tcvn3(name).decode("latin-1"), day) for number, name, day in PEOPLE]

    made = read(put(tmp_path, csv_text(rows)), rows=2)

    assert all_rows(made) == list(PEOPLE)


def test_other_columns_come_along_when_asked_for(tmp_path: Path) -> None:
    rows = [(f"K{at}", *row) for at, row in enumerate(PEOPLE)]

    made = read(put(tmp_path, csv_text(rows, ("Mã bản ghi", *HEADINGS))), rows=3, also=(Role.RECORD_KEY, Role.SEX))

    keys = [batch.more[Role.RECORD_KEY].text(at) for batch in made for at in range(len(batch.records))]
    assert keys == ["K0", "K1", "K2", "K3", "K4"]
    assert Role.SEX not in made[0].more


def test_a_role_the_list_does_not_have_is_empty_in_every_record(tmp_path: Path) -> None:
    rows = [(number, name) for number, name, _day in PEOPLE]

    made = read(put(tmp_path, csv_text(rows, HEADINGS[:2])))

    assert {day for _number, _name, day in all_rows(made)} == {""}


TEXT = st.text(st.one_of(st.sampled_from(',"\n\t; ='), st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])), max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=30), st.integers(1, 7), st.sampled_from([120, 1000]))
def test_what_the_standard_writer_writes_is_read_back(tmp_path_factory, rows, size, block) -> None:  # type: ignore[no-untyped-def]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([HEADINGS, *PEOPLE, *rows, *PEOPLE])
    path = put(tmp_path_factory.mktemp("w"), out.getvalue())
    opened = open_list(path, limits=Limits(block_bytes=block, row_bytes_max=700))
    own = mapped(opened, {Role.NUMBER: 0, Role.NAME: 1, Role.BIRTH_DATE: 2})

    made = list(batches(opened, own, size))

    formulas = [row for row in rows if any(text.startswith('="') for text in row)]
    expected = [*PEOPLE, *(row for row in rows if any(row)), *PEOPLE]
    assert formulas or all_rows(made) == expected
    assert sum(batch.bad_rows for batch in made) == 0
