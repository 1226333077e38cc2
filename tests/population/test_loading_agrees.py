"""The two ways a row can be judged give the same: all at once or one by one, cut up by columns or read by the strict reader.

Every chunk goes through `prepare`; here it is prepared twice, the second time with every row taken for doubtful.
"""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dancu.kernel.errors import DancuError
from dancu.kernel.names import clean_name
from dancu.population.loading import csv_file, files
from dancu.population.loading.choosing import KINDS
from dancu.population.loading.csv_file import CsvFile
from dancu.population.loading.fields import NAME_LETTERS
from dancu.population.loading.files import Chunk, Position
from dancu.population.loading.kinds.kind import Kind
from dancu.population.loading.prepare import prepare

TEXTS = (
    "", " ", "0", "1", "01", "2", "3", "9", "99", "100", "٣", "-1", "1.0", "a,b", 'q"q', "x\ny", "\0", "None",
    "046090000101", "046 090 000101", "000000000000", "04609000010", "０４６０９００００１０１", "046090000101\n", "1990-05-17",
    "1990-02-30", "1990-05", "1990", "19900517", "17/05/1990", "1990-00-00", "1849-01-01", "2200-01-01", " 1990",
    "2024-02-29", "2020-01-01", "2022-01-01", "2022-01-02", "2020-01-30", "2020-01-31", "0000-01-01", "+990-01-01",
    "1990-5-17", "20200101", "Trần Văn Hòa", "Tran  Van", " Trần", "TRẦN", "Trâ\u0300n", "A" * 200, "A" * 201, "O'Ne",
    "123", "Ngô\u00a0Văn", "ß", "L2-2025", "L3-2025", "46..19789", "46..00000", "46", "46.474.19789", "permanent",
    "temporary", "stay", "father", "spouse", "12345678901234567890", "{}", "[]", "{", '{"a": "b"}', '{"a": null}',
    '{"a": 1}', '{"father": {"full_name": "B"}}', '{"father": "B"}', '{"a":"\\u0000"}', '{"a":"\\n"}',
    '[{"kind": "cccd", "issued_on": "2021-02-29"}]', '[{"issued_on": "2024-02-29"}]', '[{"issued_on": "2021-04-31"}]',
    '[{"issued_on": ""}]', '[{"issued_on": null, "other": "x"}]', '[{"issued_on": "2021-05-10"}]', "[{}]", '{"a": "b",}',
    '{"a":"b"}{"a":"b"}',
)  # fmt: skip
GOOD = {
    "persons": {"personal_id": "046090000101", "full_name": "Trần Văn Hòa", "birth_date": "1990-05-17"},
    "households": {"household_no": "7", "formed_on": "2020-01-01", "version": "L2-2025", "code": "46..19789", "detail": "Số 1"},
    "memberships": {
        "household_no": "7",
        "personal_id": "046090000101",
        "relation": "01",
        "kind": "permanent",
        "valid_from": "2020-01-01",
    },
    "relations": {"personal_id": "046090000101", "kind": "father", "other_id": "046060000110", "valid_from": "1990-05-17"},
    "residences": {"personal_id": "046090000101", "kind": "temporary", "valid_from": "2020-01-01", "valid_to": "2021-01-01"},
}


def one_by_one(kind: Kind, frame: pl.DataFrame) -> tuple[list[tuple[object, ...]], list[tuple[int, str, str]]]:
    good, wrong = [], []
    for row in frame.iter_rows(named=True):
        line = row.pop("line")
        try:
            good.append((line, *kind.read(row)))
        except DancuError as failure:
            wrong.append((line, failure.field or "", failure.message))
    return good, wrong


@pytest.mark.parametrize("name", list(KINDS))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_chunk_is_judged_all_at_once_as_its_rows_would_be_one_by_one(name: str, data: st.DataObject):
    kind = KINDS[name]
    change = st.dictionaries(st.sampled_from(kind.columns), st.sampled_from(TEXTS), max_size=3)
    rows = [{**GOOD[name], **each} for each in data.draw(st.lists(change, min_size=1, max_size=12))]
    frame = pl.DataFrame([{"line": at, **row} for at, row in enumerate(rows, start=2)], infer_schema_length=None)

    at_once = prepare(kind, Chunk(frame, Position()))

    good, wrong = one_by_one(kind, frame)
    if kind.once is not None:
        seen: set[object] = set()
        for values in list(good):
            if values[1] in seen:
                good.remove(values)
                wrong.append((int(str(values[0])), *kind.once[1:]))
            seen.add(values[1])
    assert at_once.frame.rows() == good
    assert [tuple(reject) for reject in at_once.rejects] == sorted(wrong)


@pytest.mark.parametrize("name", list(KINDS))
def test_a_good_row_needs_no_second_look(name: str):
    kind = KINDS[name]
    frame = pl.DataFrame([{"line": 2, **GOOD[name]}])

    with patch.object(Kind, "read", side_effect=AssertionError("looked at one by one")):
        made = prepare(kind, Chunk(frame, Position()))

    assert (made.frame.height, made.rejects) == (1, [])


def test_every_letter_taken_for_plain_is_one_that_a_name_may_have():
    runs = [NAME_LETTERS[at : at + 3] for at in range(len(NAME_LETTERS)) if NAME_LETTERS[at + 1 : at + 2] == "-"]
    letters = {chr(code) for run in runs for code in range(ord(run[0]), ord(run[2]) + 1)} | set(NAME_LETTERS) - {"-"}

    assert len(letters) > 180
    assert [c for c in sorted(letters) if clean_name(c) != c or not unicodedata.is_normalized("NFC", c) or not c.isalpha()] == []


def read_all(file: Path) -> list[tuple[int, dict[str, str] | None]]:
    rows: dict[int, dict[str, str] | None] = {}
    for chunk in CsvFile(file).chunks(Position()):
        for row in chunk.frame.iter_rows(named=True):
            line = row.pop("line")
            rows[line] = {name: value or "" for name, value in row.items()}
        rows |= dict.fromkeys(chunk.odd)
    return sorted(rows.items())


def outcome(file: Path) -> object:
    try:
        return read_all(file)
    except DancuError as failure:
        return failure.message


def as_python_reads(file: Path) -> object:
    rows: list[tuple[int, dict[str, str] | None]] = []
    try:
        with file.open(encoding="utf-8-sig", newline="") as source:
            reader = csv.DictReader(source, strict=True)
            for row in reader:
                rows.append((reader.line_num, None if None in row or None in row.values() else row))
    except csv.Error as failure:
        return f"Tệp {file.name} không đúng dạng CSV: {failure}."
    return rows


PIECES = (
    "a",
    "Trần",
    ",",
    ",",
    '"',
    '""',
    "\n",
    "\n",
    "\r\n",
    "\r",
    " ",
    '"x,\ny"',
    '"q""q"',
    "1,2,3\n",
    '"",,\n',
    "\ufeff",
    "\\.",
    "#",
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(st.sampled_from(PIECES), max_size=40),
    size=st.sampled_from([16, 64, 1 << 16]),
    rows=st.sampled_from([1, 3, 1000]),
)
def test_columns_are_cut_as_the_strict_reader_cuts_them(tmp_path: Path, pieces: list[str], size: int, rows: int):
    file = tmp_path / "any.csv"
    file.write_bytes(("x,y,z\n" + "".join(pieces)).encode())

    with patch.object(csv_file, "BLOCK_BYTES", size), patch.object(files, "CHUNK_ROWS", rows):
        by_columns = outcome(file)
        with patch.object(csv_file._Marks, "__init__", lambda self, block: setattr(self, "regular", False)):
            strictly = outcome(file)

    assert by_columns == strictly == as_python_reads(file)


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_a_file_goes_on_from_wherever_a_chunk_ended(tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files, "CHUNK_ROWS", 2)
    frame = pl.DataFrame({"x": [f"một\n{at}" for at in range(7)], "y": ["a"] * 7})
    file = tmp_path / f"any{ending}"
    {".csv": frame.write_csv, ".jsonl": frame.write_ndjson, ".parquet": frame.write_parquet}[ending](file)
    whole = list(files.open_file(file, frozenset()).chunks(Position()))

    for at, chunk in enumerate(whole[:-1], start=1):
        rest = list(files.open_file(file, frozenset()).chunks(chunk.end))

        assert pl.concat([c.frame for c in rest]).equals(pl.concat([c.frame for c in whole[at:]]))
    assert sum(chunk.count for chunk in whole) == 7
    assert whole[-1].end.offset == files.open_file(file, frozenset()).size
