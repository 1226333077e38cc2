"""A load that changes somebody leaves history: the row as it was, then what the load changed; what four eyes corrected stays."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from dancu.population.loading import files
from dancu.population.loading.load import load_persons
from dancu.population.loading.persons_table import PersonsTable
from dancu.population.models import Change, Person
from dancu.population.store.histories import changes_of
from dancu.population.usecases.records import correct_person
from dancu.synth.api import write_persons
from tests.factories.approvals import a_document, an_approval
from tests.factories.people import NOW, NUMBER, a_person_row
from tests.population.scene import PEOPLE, load_rows, registry

pytestmark = pytest.mark.django_db(transaction=True)
APART = {"personal_no", "load_batch", "last_seq"}


def reload(rows: list[dict[str, Any]], folder: Path, days: int = 1) -> list[str]:
    """Load changed rows some days later; gives the rejected lines."""
    file, rejects = folder / f"persons-{days}.csv", folder / "rejects.tsv"
    write_persons(rows, file)
    with rejects.open("w", encoding="utf-8") as out:
        load_persons(file, now=NOW + timedelta(days=days), rejects=out)
    return rejects.read_text(encoding="utf-8").splitlines()


def changes(number: str = NUMBER) -> list[Change]:
    return list(Change.objects.defer("about").filter(personal_no=int(number)).order_by("seq"))


def current(number: str = NUMBER) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("select to_jsonb(p) from population_person p where personal_no = %s", [int(number)])
        row: dict[str, Any] = json.loads(cursor.fetchone()[0])
    return {name: value for name, value in row.items() if name not in APART}


def folded(number: str = NUMBER) -> dict[str, Any]:
    """The first version with every later one laid over it."""
    row: dict[str, Any] = {}
    for change in changes(number):
        row |= change.items
    return row


def correct(number: str, seq: int) -> None:
    """What a correction by two officers of two units leaves behind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into population_change (personal_no, seq, kind, valid_from, recorded_at, author, author_unit, author_holder,"
            " approver, approver_unit, approver_holder, request_id)"
            " values (%s, %s, 'correction', %s, %s, 'a', 'U1', 'A', 'b', 'U2', 'B', %s)",
            [int(number), seq, NOW.date(), NOW, uuid4()],
        )
        cursor.execute("update population_person set last_seq = %s where personal_no = %s", [seq, int(number)])


def make_father(child: str, father: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into population_relation (personal_no, kind, other_no, valid_from) values (%s, 'father', %s, '2020-01-01')",
            [int(child), int(father)],
        )


def test_a_first_load_writes_no_history(tmp_path: Path):
    load_rows(PEOPLE, tmp_path)

    assert Change.objects.count() == 0
    assert set(Person.objects.values_list("last_seq", flat=True)) == {0}


def test_a_load_that_changes_somebody_keeps_the_row_as_it_was_and_what_changed(tmp_path: Path):
    load_rows(PEOPLE, tmp_path)
    before = current()

    reload([{**PEOPLE[0], "permanent_detail": "14 Lê Lợi", "marital_status": "2"}, *PEOPLE[1:]], tmp_path)

    first, change = changes()
    assert (first.seq, first.kind, first.items, first.author) == (0, "first", before, "")
    assert (first.valid_from.isoformat(), first.recorded_at) == ("1990-05-17", NOW)
    assert (change.seq, change.kind, change.recorded_at, change.valid_from) == (
        1,
        "load",
        NOW + timedelta(days=1),
        NOW.date() + timedelta(1),
    )
    assert change.items == {"permanent_detail": "14 Lê Lợi", "marital_status": 2}
    assert change.effect == {"permanent_detail": ["12 Lê Lợi", "14 Lê Lợi"], "marital_status": [0, 2]}
    assert change.load_batch == first.load_batch + 1 == Person.objects.get(pk=int(NUMBER)).load_batch
    assert Change.objects.exclude(personal_no=int(NUMBER)).count() == 0


def test_the_versions_laid_over_each_other_are_the_current_row(tmp_path: Path):
    load_rows(PEOPLE, tmp_path)
    steps: tuple[dict[str, Any], ...] = (
        {"full_name": "Trần Văn Hoà Bình", "phone": "0000000001"},
        {"full_name": "Trần Văn Hòa", "birth_date": "1990", "life_status": "1", "life_status_on": "2026-11-20"},
        {"relatives": '{"mother": {"full_name": "Lê Thị Năm"}}', "id_cards": "", "old_id_no": ""},
    )
    for day, step in enumerate(steps, start=1):
        reload([{**PEOPLE[0], **step}], tmp_path, day)

        assert folded() == current()
    assert [change.seq for change in changes()] == [0, 1, 2, 3]
    assert Person.objects.get(pk=int(NUMBER)).last_seq == 3
    assert changes()[3].items["old_id_no"] == ""


def test_somebody_known_by_the_year_only_was_first_valid_on_new_years_day(tmp_path: Path):
    load_rows(PEOPLE, tmp_path)

    reload([{**PEOPLE[1], "phone": "0000000002"}], tmp_path)

    assert changes("046155000102")[0].valid_from.isoformat() == "1955-01-01"


def test_loading_the_change_again_changes_nothing(tmp_path: Path):
    load_rows(PEOPLE, tmp_path)
    changed = [{**PEOPLE[0], "phone": "0000000001"}]
    reload(changed, tmp_path)
    held = registry()

    reload(changed, tmp_path, 2)

    assert (registry(), len(changes())) == (held, 2)


def test_who_was_corrected_under_four_eyes_is_not_overwritten_and_the_field_is_said(tmp_path: Path):
    load_rows(PEOPLE, tmp_path)
    reload([{**PEOPLE[0], "phone": "0000000001"}], tmp_path)
    correct(NUMBER, 2)
    held = current()

    rejected = reload([{**PEOPLE[0], "birth_date": "1991-05-17", "phone": "0000000002"}, a_person_row("046090000888")], tmp_path, 2)

    line, field, reason = rejected[0].split("\t")
    assert (len(rejected), line, field) == (1, "2", "birth_date")
    assert reason.startswith("Người này đã được điều chỉnh có phê duyệt")
    assert (current(), len(changes())) == (held, 3)
    assert Person.objects.filter(pk=46090000888).exists()


def test_who_was_corrected_and_comes_as_he_stands_is_no_reject(tmp_path: Path):
    load_rows(PEOPLE, tmp_path)
    correct(NUMBER, 1)

    assert reload(list(PEOPLE), tmp_path) == []


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_a_number_that_stood_before_counts_once_in_a_file_whether_it_changes_or_not(tmp_path: Path, chunk: int, monkeypatch):
    monkeypatch.setattr(files, "CHUNK_ROWS", chunk)
    load_rows(PEOPLE, tmp_path)
    changed = {**PEOPLE[1], "phone": "0000000001"}

    rejected = reload([PEOPLE[0], changed, {**PEOPLE[0], "phone": "0000000002"}, {**changed, "phone": "0000000003"}], tmp_path)

    assert rejected == [f"{line}\tpersonal_id\tSố định danh đã có ở dòng trước trong cùng tệp." for line in (4, 5)]
    assert (current()["phone"], current("046155000102")["phone"]) == ("", "0000000001")


def test_a_birth_year_that_makes_a_child_older_than_its_parent_is_rejected(tmp_path: Path):
    child, parent = a_person_row(), a_person_row("046060000110", born="1960")
    load_rows([child, parent, a_person_row("046090000888")], tmp_path)
    make_father(NUMBER, "046060000110")

    rejected = reload(
        [{**child, "birth_date": "1959"}, {**parent, "phone": "0000000001"}, a_person_row("046090000888", born="1950")], tmp_path
    )

    assert [line.split("\t")[:2] for line in rejected] == [["2", "birth_date"]]
    assert (current()["birth_year"], current("046090000888")["birth_year"]) == (1990, 1950)


def test_parent_and_child_may_both_get_an_earlier_year(tmp_path: Path):
    child, parent = a_person_row(), a_person_row("046060000110", born="1960")
    load_rows([child, parent], tmp_path)
    make_father(NUMBER, "046060000110")

    assert reload([{**child, "birth_date": "1950"}, {**parent, "birth_date": "1920"}], tmp_path) == []


def test_a_chunk_that_somebody_elses_change_overtook_is_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    take, calls = PersonsTable.take, []

    def overtaken_once(self: PersonsTable, cursor: Any, *given: Any) -> Any:
        calls.append(take(self, cursor, *given))
        if len(calls) == 1:
            cursor.execute("do $$ begin raise exception 'overtaken' using errcode = 'serialization_failure'; end $$")
        return calls[-1]

    monkeypatch.setattr(PersonsTable, "take", overtaken_once)

    result, rejected = load_rows(PEOPLE, tmp_path)

    assert (len(calls), result.changed, rejected, len(registry())) == (2, 5, [], 5)


def test_who_was_changed_by_a_load_can_be_corrected_and_her_history_says_from_which_batch(tmp_path: Path):
    load_rows([a_person_row()], tmp_path)
    load_rows([a_person_row(name="Trần Văn Hoàn")], tmp_path)

    correct_person(int(NUMBER), {"full_name": "Trần Văn Hoan"}, an_approval(), a_document(), now=NOW, valid_from=NOW.date())

    loaded, corrected = changes_of(int(NUMBER))[1:]
    assert (loaded.evidence, loaded.load_batch > 0) == (None, True)
    assert corrected.evidence == a_document()
