"""The bulk load: three formats give one registry, a second run changes nothing, a wrong row is said and costs only itself."""

from __future__ import annotations

import datetime
import unicodedata
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from django.db import IntegrityError, connection

from dancu.kernel.errors import Invalid
from dancu.population.loading import files
from dancu.population.loading.choosing import KINDS
from dancu.population.models import LoadBatch
from tests.factories.people import BORN, NAME, NUMBER, a_person_row
from tests.population.scene import OLD_NUMBER, PEOPLE, load_rows, loaded, registry

# As in service: the load commits chunk by chunk, so no transaction is wrapped around the test.
pytestmark = pytest.mark.django_db(transaction=True)
FORMATS = (".csv", ".jsonl", ".parquet")
HEADER = "personal_id,full_name,birth_date,sex"
GOOD = "046090000888,Người Đúng,1990-05-17,1"


def lines(folder: Path, *rows: str, header: str = HEADER) -> Path:
    file = folder / "persons.csv"
    file.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("first", FORMATS)
def test_three_formats_give_the_same_rows(tmp_path: Path, first: str):
    result, _ = load_rows(PEOPLE, tmp_path, first)
    held = registry()
    assert (result.read, result.changed, result.rejected, len(held)) == (5, 5, 0, 5)

    others = [load_rows(PEOPLE, tmp_path, other)[0].changed for other in FORMATS if other != first]

    assert others == [0, 0]
    assert registry() == held


def test_what_is_loaded_is_what_stood_in_the_file(tmp_path: Path):
    load_rows(PEOPLE, tmp_path)

    person = next(each for each in registry() if each["personal_no"] == int(NUMBER))

    assert (person["full_name"], person["birth_year"], person["birth_month"], person["birth_day"]) == (NAME, 1990, 5, 17)
    assert (person["permanent_code"], person["permanent_detail"], person["old_id_no"]) == ("46..19789", "12 Lê Lợi", "191000101")
    assert (person["sex"], person["ethnicity"], person["life_status_on"], person["successor_no"]) == (1, 1, None, None)


@pytest.mark.parametrize("ending", FORMATS)
def test_loading_the_same_file_twice_changes_nothing(tmp_path: Path, ending: str):
    load_rows(PEOPLE, tmp_path, ending)
    held = registry()

    again, rejected = loaded(tmp_path / f"persons{ending}")

    assert (again.read, again.changed, rejected) == (len(PEOPLE), 0, [])
    assert registry() == held


def test_only_what_differs_is_changed_and_the_batch_keeps_count(tmp_path: Path):
    load_rows(PEOPLE, tmp_path)

    again, _ = load_rows([*PEOPLE[:-1], {**PEOPLE[-1], "permanent_detail": "14 Lê Lợi"}], tmp_path)

    assert again.changed == 1
    assert list(LoadBatch.objects.order_by("pk").values_list("loaded", "rejected")) == [(5, 0), (1, 0)]
    assert len(set(LoadBatch.objects.values_list("file_sha256", flat=True))) == 2


def test_parquet_with_columns_of_their_own_type_is_read_alike(tmp_path: Path):
    row = {**PEOPLE[2], "sex": 1, "ethnicity": 1, "life_status": 1, "life_status_on": datetime.date(2023, 3, 15), "phone": None}
    parquet.write_table(pa.Table.from_pylist([row]), tmp_path / "typed.parquet")
    load_rows([PEOPLE[2]], tmp_path)

    typed, _ = loaded(tmp_path / "typed.parquet")

    assert (typed.changed, typed.rejected) == (0, 0)


WRONG: tuple[tuple[dict[str, str], str, str], ...] = (
    ({"personal_id": NUMBER[:11]}, "personal_id", "Số định danh phải đủ 12 chữ số. Bạn đã nhập 11 số."),
    ({"personal_id": "04609000010A"}, "personal_id", "Số định danh chỉ gồm chữ số. Xoá các ký tự khác rồi thử lại."),
    ({"personal_id": ""}, "personal_id", "Chưa nhập số định danh (12 chữ số)."),
    ({"birth_date": "30/02/1990"}, "birth_date", "Không có ngày 30/02/1990. Xem lại trên giấy tờ."),
    ({"birth_date": "1990-13-01"}, "birth_date", "Không có tháng 13. Tháng từ 01 đến 12."),
    ({"full_name": "A" * 201}, "full_name", "Họ và tên dài quá 200 ký tự (201). Chỉ nhập họ, chữ đệm và tên."),
    ({"full_name": " "}, "full_name", "Chưa nhập họ và tên."),
    ({"sex": "9"}, "sex", "sex phải là số từ 0 đến "),
    ({"life_status_on": "hôm qua"}, "life_status_on", "life_status_on phải theo mẫu 2026-11-24."),
    ({"relatives": "{"}, "relatives", "relatives không phải JSON."),
    ({"id_cards": "{}"}, "id_cards", "id_cards sai kiểu JSON."),
    ({"sex": "3"}, "sex", "sex phải là số từ 0 đến 2."),
    ({"marital_status": "4"}, "marital_status", "marital_status phải là số từ 0 đến 3."),
    ({"id_cards": '[{"issued_on": "hôm qua"}]'}, "id_cards", "issued_on phải theo mẫu 2026-11-24."),
    ({"relatives": '{"father": "Trần Văn Bốn"}'}, "relatives", "relatives sai kiểu JSON."),
    ({"permanent_version": "L2-2025", "permanent_code": "46..00000"}, "permanent_code", "Danh mục 'L2-2025' không có đơn vị"),
    ({"home_town_version": "", "home_town_code": "46"}, "home_town_code", "Danh mục '' không có đơn vị mã '46'."),
    ({"attached": '{"a": "\\u0000"}'}, "attached", "Có ký tự không lưu được"),
    ({"number_state": "1"}, "successor", "Số đã thay thế (number_state=1) phải có số mới (successor), và ngược lại."),
    ({"successor": NUMBER}, "successor", "Số đã thay thế (number_state=1) phải có số mới (successor), và ngược lại."),
    ({"personal_id": "046090000888"}, "personal_id", "Số định danh đã có ở dòng trước trong cùng tệp."),
)


@pytest.mark.parametrize("ending", FORMATS)
def test_every_wrong_row_is_said_with_line_field_and_reason_and_the_rest_is_loaded(tmp_path: Path, ending: str):
    wrong = [{**a_person_row(f"0460900002{at:02d}"), **change} for at, (change, _, _) in enumerate(WRONG)]
    rows = [a_person_row("046090000888"), *wrong, a_person_row("046090000999")]
    first = 3 if ending == ".csv" else 2  # the header is a line of the file too

    result, rejected = load_rows(rows, tmp_path, ending)

    assert [line.split("\t")[:2] for line in rejected] == [[str(first + at), field] for at, (_, field, _) in enumerate(WRONG)]
    for line, (_, _, reason) in zip(rejected, WRONG, strict=True):
        assert line.split("\t")[2].startswith(reason)
    assert (result.read, result.changed, result.rejected) == (len(rows), 2, len(WRONG))
    assert [person["personal_no"] for person in registry()] == [46090000888, 46090000999]


@pytest.mark.parametrize("row", ["046090000777,Thiếu Cột,1990", "046090000777,Thừa Cột,1990,1,1"])
def test_a_line_with_too_few_or_too_many_columns_costs_only_itself(tmp_path: Path, row: str):
    result, rejected = loaded(lines(tmp_path, row, GOOD))

    assert rejected == ["2\t\tDòng không đúng số cột hoặc không phải JSON."]
    assert (result.changed, [person["personal_no"] for person in registry()]) == (1, [46090000888])


@pytest.mark.parametrize("line", ["[1, 2]", "không phải JSON", '"046090000777"', "null"])
def test_a_line_that_is_no_object_costs_only_itself(tmp_path: Path, line: str):
    file = tmp_path / "persons.jsonl"
    file.write_text(f'{line}\n{{"personal_id": "{NUMBER}", "full_name": "{NAME}", "birth_date": "{BORN}"}}\n', encoding="utf-8")

    result, rejected = loaded(file)

    assert rejected == ["1\t\tDòng không đúng số cột hoặc không phải JSON."]
    assert result.changed == 1


@pytest.mark.parametrize(
    ("name", "content", "code", "sentence"),
    [
        ("a.csv", b"", "load.empty", "rỗng"),
        ("a.jsonl", b"", "load.empty", "rỗng"),
        ("a.csv", f"{HEADER}\n{GOOD}\n".encode("utf-16"), "load.encoding", "không phải UTF-8"),
        ("a.csv", f"{HEADER}\n".encode() + "046090000888,Hà,1990,1\n".encode("latin-1"), "load.encoding", "không phải UTF-8"),
        ("a.csv", b"personal_id,full_name\n046090000888,A\n", "load.columns", "Thiếu cột bắt buộc: birth_date."),
        ("a.csv", f"{HEADER},so_cmnd\n{GOOD},1\n".encode(), "load.columns", "Có cột không biết: so_cmnd."),
        ("a.csv", f"{HEADER}\n".replace(",", ";").encode(), "load.columns", "Thiếu cột bắt buộc"),
        ("a.csv", f'{HEADER}\n046090000888,"A"b,1990,1\n'.encode(), "load.csv", "không đúng dạng CSV"),
        ("a.parquet", b"PAR1 this is none PAR1", "load.parquet", "không phải Parquet"),
        ("a.xlsx", b"PK", "load.kind", "Chỉ nạp được tệp"),
    ],
)
def test_a_file_that_is_no_load_file_is_refused_with_a_sentence(tmp_path, name: str, content: bytes, code: str, sentence: str):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(Invalid) as refused:
        loaded(tmp_path / name)

    assert (refused.value.code, registry()) == (code, [])
    assert sentence in refused.value.message
    assert refused.value.message_en != refused.value.message or code == "load.csv"


def test_a_parquet_file_without_a_required_column_is_refused(tmp_path: Path):
    with pytest.raises(Invalid, match=r"load\.columns"):
        load_rows([{"personal_id": NUMBER, "full_name": NAME}], tmp_path, ".parquet")


def test_a_file_with_a_header_only_loads_nobody(tmp_path: Path):
    result, rejected = loaded(lines(tmp_path))

    assert (result.read, result.changed, rejected) == (0, 0, [])


def test_a_mark_at_the_start_of_the_file_and_windows_line_ends_are_no_mistake(tmp_path: Path):
    file = tmp_path / "persons.csv"
    file.write_bytes(b"\xef\xbb\xbf" + f"{HEADER}\r\n{GOOD}\r\n".encode())

    result, rejected = loaded(file)

    assert (result.changed, rejected) == (1, [])


def test_a_file_longer_than_a_chunk_is_loaded_whole_and_a_number_counts_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files, "CHUNK_ROWS", 2)
    numbers = [f"0460900003{at:02d}" for at in range(5)]

    result, rejected = load_rows([a_person_row(number) for number in [*numbers, numbers[0]]], tmp_path)

    assert (result.changed, len(registry())) == (5, 5)
    assert [line.split("\t")[0] for line in rejected] == ["7"]


@pytest.mark.parametrize("ending", FORMATS)
def test_a_decomposed_name_is_stored_composed(tmp_path: Path, ending: str):
    decomposed = unicodedata.normalize("NFD", f"  {NAME}  ").replace(" ", "\u00a0 ")
    assert decomposed.strip() != NAME

    load_rows([a_person_row(name=decomposed)], tmp_path, ending)

    assert registry()[0]["full_name"] == NAME


@pytest.mark.parametrize(
    ("text", "year", "month", "day"),
    [
        ("1955", 1955, 0, 0),
        ("00/00/1955", 1955, 0, 0),
        ("1955-00-00", 1955, 0, 0),
        ("05/1955", 1955, 5, 0),
        ("1955-05", 1955, 5, 0),
        ("29/02/1956", 1956, 2, 29),
        ("19560229", 1956, 2, 29),
    ],
)
def test_a_birth_date_is_kept_as_far_as_it_is_known(tmp_path: Path, text: str, year: int, month: int, day: int):
    load_rows([a_person_row(born=text)], tmp_path)

    person = registry()[0]

    assert (person["birth_year"], person["birth_month"], person["birth_day"]) == (year, month, day)


def test_the_registry_itself_refuses_a_replaced_number_without_successor(tmp_path: Path):
    load_rows(PEOPLE, tmp_path)

    with pytest.raises(IntegrityError, match="person_replaced_has_successor"), connection.cursor() as cursor:
        cursor.execute("update population_person set successor_no = null where personal_no = %s", [int(OLD_NUMBER)])


def test_a_row_that_comes_again_corrected_heals(tmp_path: Path):
    rows: list[dict[str, Any]] = [a_person_row(), a_person_row("046090000888", born="30/02/1990")]
    load_rows(rows, tmp_path)

    result, rejected = load_rows([rows[0], {**rows[1], "birth_date": "28/02/1990"}], tmp_path)

    assert (result.changed, rejected) == (1, [])


DESCRIPTION = (Path(__file__).resolve().parents[2] / "docs/reference/population-load.md").read_text(encoding="utf-8")


def test_the_example_of_the_description_loads(tmp_path: Path):
    file = tmp_path / "example.csv"
    file.write_text(DESCRIPTION.split("```csv\n")[1].split("```")[0], encoding="utf-8")

    result, rejected = loaded(file)

    assert (result.changed, rejected) == (2, [])


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_is_described(kind: str):
    ends = ("_version", "_code", "_detail")
    columns = KINDS[kind].columns
    named = {next((column.removesuffix(end) for end in ends if column.endswith(end)), column) for column in columns}

    assert [name for name in sorted(named) if f"`{name}`" not in DESCRIPTION] == []


def test_lines_no_reader_can_read_cost_only_themselves(tmp_path: Path):
    file = tmp_path / "persons.jsonl"
    good = b'{"personal_id": "046090000888", "full_name": "Good", "birth_date": "1990"}\n'
    deep = b'{"personal_id": "046090000777", "attached": ' + b"[" * 100_000 + b"\n"
    latin = b'{"personal_id": "046090000666", "full_name": "Tr\xe2n", "birth_date": "1990"}\n'
    file.write_bytes(deep + good + latin)

    result, rejected = loaded(file)

    assert (result.changed, [line.split("\t")[0] for line in rejected]) == (1, ["1", "3"])
