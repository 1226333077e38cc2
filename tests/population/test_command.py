"""`dancu population`: what an operator sees, and the exit codes a script relies on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dancu.cli import loading
from dancu.ledger.api import entry_by_reference
from dancu.ledger.models import Entry
from dancu.synth.api import write_persons
from tests.factories.database import connect_system
from tests.factories.people import BORN, EVERYDAY, NAME, NUMBER, a_grant, a_person_row
from tests.population.scene import PEOPLE, dancu, load_rows, registry

pytestmark = pytest.mark.django_db
KEYS = ("--name", NAME, "--birth-date", BORN, "--officer", "canbo01")


@pytest.fixture
def _desk(tmp_path: Path) -> None:
    load_rows(PEOPLE, tmp_path)
    connect_system("mot-cua", grants=[a_grant("mot-cua", "MOT-CUA", fields=EVERYDAY)])


def the_reference(text: str) -> str:
    found = re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)
    assert found is not None, text
    return found.group(0)


@pytest.mark.usefixtures("_desk")
def test_show_prints_the_granted_items_and_the_ledger_entry_stands(capsys):
    code, said, complaint = dancu(capsys, "population", "show", NUMBER, *KEYS)

    shown = dict(re.split(r"\s+", line, maxsplit=1) for line in said.splitlines())
    assert (code, complaint) == (0, "")
    assert (shown["personal_id"], shown["full_name"], shown["birth_date"]) == (NUMBER, NAME, BORN)
    assert "12 Lê Lợi" in shown["permanent_residence"]
    assert not {"ethnicity", "religion", "blood_type"} & set(shown)
    entry = entry_by_reference(shown["ledger_reference"])
    assert (entry.subject, entry.officer, entry.body["kind"]) == (NUMBER, "canbo01", "disclose")


@pytest.mark.usefixtures("_desk")
def test_show_as_json_is_one_object_with_readable_letters(capsys):
    code, said, _ = dancu(capsys, "population", "show", "046 090 000101", *KEYS, "--json")

    facts = json.loads(said)
    assert (code, len(said.splitlines())) == (0, 1)
    assert (facts["full_name"], facts["id_cards"][0]["issued_on"]) == (NAME, "2021-05-10")
    assert NAME in said


@pytest.mark.usefixtures("_desk")
def test_show_gives_a_year_when_only_the_year_is_known(capsys):
    keys = ("--name", "Lê Thị Năm Sinh", "--birth-date", "1955", "--officer", "canbo01")

    code, said, _ = dancu(capsys, "population", "show", "046155000102", *keys, "--json")

    assert (code, json.loads(said)["birth_date"]) == (0, "1955")


@pytest.mark.usefixtures("_desk")
@pytest.mark.parametrize(
    ("number", "keys"),
    [("046090000199", KEYS), (NUMBER, ("--name", "Trần Văn Khác", *KEYS[2:])), (NUMBER, (*KEYS[:3], "1990-05-18", *KEYS[4:]))],
    ids=["unknown number", "other name", "other birth date"],
)
def test_show_tells_a_miss_the_same_way_whichever_key_is_wrong(capsys, number: str, keys: tuple[str, ...]):
    code, said, complaint = dancu(capsys, "population", "show", number, *keys)

    assert (code, said) == (1, "")
    assert complaint.startswith("Không tìm thấy người khớp cả số, họ tên và ngày sinh.")
    assert len(complaint.splitlines()) == 1
    assert entry_by_reference(the_reference(complaint)).subject == number


@pytest.mark.usefixtures("_desk")
@pytest.mark.parametrize(
    ("number", "born", "sentence"),
    [
        (NUMBER[:11], BORN, "Số định danh phải đủ 12 chữ số. Bạn đã nhập 11 số."),
        ("abc", BORN, "Số định danh chỉ gồm chữ số. Xoá các ký tự khác rồi thử lại."),
        (NUMBER, "30/02/1990", "Không có ngày 30/02/1990. Xem lại trên giấy tờ."),
    ],
)
def test_show_says_what_is_malformed_and_asks_nobody(capsys, number: str, born: str, sentence: str):
    before = Entry.objects.count()

    code, said, complaint = dancu(capsys, "population", "show", number, *KEYS[:3], born, *KEYS[4:])

    assert (code, said, complaint) == (1, "", sentence + "\n")
    assert Entry.objects.count() == before


@pytest.mark.usefixtures("_desk")
def test_show_wants_all_three_keys(capsys):
    before = Entry.objects.count()

    code, said, complaint = dancu(capsys, "population", "show", NUMBER)

    assert (code, said, Entry.objects.count()) == (2, "", before)
    assert "--name" in complaint


@pytest.mark.usefixtures("_desk")
@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--officer", "nguoi-la"), "Tài khoản cán bộ không có trong danh sách đã duyệt của đơn vị."),
        (("--procedure", "9.999999"), "Hệ thống chưa được duyệt khai thác cho thủ tục và mã tích hợp này."),
    ],
)
def test_show_is_refused_like_the_desk_and_the_refusal_stands_in_the_ledger(capsys, more: tuple[str, str], sentence: str):
    code, said, complaint = dancu(capsys, "population", "show", NUMBER, *KEYS, *more)

    assert (code, said) == (1, "")
    assert complaint.startswith(sentence)
    assert entry_by_reference(the_reference(complaint)).body["kind"] == "refuse"


def test_show_without_a_connected_desk_says_so(capsys):
    code, said, complaint = dancu(capsys, "population", "show", NUMBER, *KEYS)

    assert (code, said, complaint) == (1, "", "Chưa có hệ thống nào đăng ký với mã mot-cua.\n")


def test_load_counts_and_keeps_the_rejected_rows_beside_the_file(capsys, tmp_path: Path):
    file, rejects = tmp_path / "persons.csv", tmp_path / "persons.csv.rejects.tsv"
    write_persons([a_person_row(), a_person_row("046090000888", born="30/02/1990")], file)

    code, said, complaint = dancu(capsys, "population", "load", file)

    assert (code, said) == (0, "2 rows read, 1 new or changed, 1 rejected\n")
    assert rejects.read_text(encoding="utf-8") == "3\tbirth_date\tKhông có ngày 30/02/1990. Xem lại trên giấy tờ.\n"
    assert rejects.read_text(encoding="utf-8").strip() in complaint
    assert str(rejects) in complaint


def test_load_as_json_is_one_object_and_leaves_no_empty_file(capsys, tmp_path: Path):
    write_persons([a_person_row()], tmp_path / "persons.jsonl")

    code, said, _ = dancu(capsys, "population", "load", tmp_path / "persons.jsonl", "--json")

    told = json.loads(said)
    assert (code, told["kind"], told["read"], told["changed"], told["rejected"]) == (0, "persons", 1, 1, 0)
    assert [file.name for file in tmp_path.iterdir()] == ["persons.jsonl"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Tệp persons.csv rỗng: không có dòng nào."),
        ("họ tên\n".encode("utf-16"), "Tệp persons.csv không phải UTF-8. Lưu lại theo UTF-8 rồi nạp."),
        (b"full_name\nA\n", "Thiếu cột bắt buộc: personal_id, birth_date."),
    ],
)
def test_load_of_a_file_that_cannot_be_read_fails_with_one_sentence(capsys, tmp_path: Path, content: bytes, sentence: str):
    (tmp_path / "persons.csv").write_bytes(content)

    code, said, complaint = dancu(capsys, "population", "load", tmp_path / "persons.csv")

    assert (code, said, complaint) == (1, "", sentence + "\n")
    assert registry() == []


def test_load_of_a_folder_tells_each_file_and_its_kind(capsys, tmp_path: Path):
    for kind, rows in (
        ("persons", [a_person_row(), a_person_row("046060000110", born="1960")]),
        ("relations", [{"personal_id": NUMBER, "kind": "father", "other_id": "046060000110", "valid_from": "1990-05-17"}]),
    ):
        (tmp_path / kind).mkdir()
        write_persons(rows, tmp_path / kind / "part-00000.csv")

    code, said, _ = dancu(capsys, "population", "load", tmp_path, "--json")
    again, known, complaint = dancu(capsys, "population", "load", tmp_path)

    told = [json.loads(line) for line in said.splitlines()]
    assert (code, [(each["kind"], each["changed"]) for each in told]) == (0, [("persons", 2), ("relations", 1)])
    assert (again, known.count(" 0 new or changed"), complaint.count("đã nạp tệp này lúc")) == (0, 2, 2)


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--kind", "cats"), 1, "Loại dữ liệu phải là một trong: persons, households, memberships, relations, residences."),
        (("--kind", "relations"), 1, "Thiếu cột bắt buộc: kind, other_id, valid_from."),
        (("--reject", "x.tsv", "persons.csv"), 2, "--reject"),
    ],
)
def test_load_refuses_what_it_cannot_do_with_a_sentence(capsys, tmp_path: Path, monkeypatch, arguments, code: int, sentence: str):
    monkeypatch.chdir(tmp_path)
    write_persons([a_person_row()], tmp_path / "persons.csv")

    told, _, complaint = dancu(capsys, "population", "load", "persons.csv", *arguments)

    assert told == code
    assert sentence in complaint
    assert registry() == []


def test_without_a_terminal_progress_is_a_line_now_and_then(capsys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(loading, "PLAIN_LINE_SECONDS", 0.0)
    write_persons([a_person_row(), a_person_row("046090000888")], tmp_path / "persons.csv")

    _, _, said = dancu(capsys, "population", "load", tmp_path / "persons.csv")

    assert re.search(r"^persons\.csv: 2 rows, 100 %, \d+ rows/s, 0 s left$", said, re.M)
