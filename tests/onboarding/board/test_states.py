"""The files of the documents: complete, in the names of their day, without anybody's number; refused where they do not fit."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import msgspec
import pytest

from dancu.onboarding.board.directory import parties
from dancu.onboarding.board.events import BoardAxis
from dancu.onboarding.board.lineage import Lineage, PartyKind
from dancu.onboarding.board.printed import Rule, known_at
from dancu.onboarding.board.states import FOLDER, documents, read_document
from tests.onboarding.board.scene import letter

LETTER = FOLDER / "2022-12-01"


def test_the_documents_are_read_the_oldest_first():
    assert [each.head.id for each in documents()] == ["btttt-thh-2021", "8402-2022", "report-2023-02"]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("note-1", 20),
        ("note-2", 14),
        ("note-3", 49),
        ("note-4", 12),
        ("annex", 49),
        ("provinces-passed", 7),
        ("ministries-passed", 3),
    ],
)
def test_a_list_has_as_many_names_as_the_letter_prints(name: str, count: int):
    assert len(letter().list_of(name).names) == count


def test_every_fact_and_name_is_of_a_body_in_force_on_the_day():
    lineage = Lineage(parties())

    for document in documents():
        known = {each.code for each in lineage.in_force(document.head.as_of)}
        told = {each.organisation for each in document.events} | {code for each in document.lists for code in each.codes}
        assert told <= known, document.head.id


def test_every_fact_says_where_it_stands_and_is_known_from_the_day_of_its_document():
    for document in documents():
        for event in document.events:
            assert event.source.startswith(f"{document.head.number}, ")
            assert event.on <= document.head.as_of
            assert event.recorded_at == known_at(document.head)


def test_the_spelling_of_the_letter_is_kept():
    printed = {each.printed for name in ("note-1", "annex") for each in letter().list_of(name).names}

    assert {"Long an", "Hung Yên", "Thành phố Hồ Chí Minh"} <= printed


def test_no_number_to_call_and_nobody_to_ask_for_is_in_the_files():
    text = "".join(each.read_text(encoding="utf-8") for each in FOLDER.rglob("*") if each.is_file())

    assert not re.search(r"(?<!\d)0\d{2,3}[ .]?\d{3}[ .]?\d{3,4}(?!\d)", text)
    assert not re.search(r"đồng chí|đ/c|SĐT|\b(đại|thượng|trung|thiếu) tá\b", text, re.I)


def test_every_rule_is_used_by_some_document():
    assert {relation.rule for document in documents() for relation in document.relations} == set(Rule)


def test_every_request_has_a_last_day_and_asks_somebody():
    for document in documents():
        for request in document.requests:
            assert request.last_day >= request.asked_on
            assert request.list or request.organisations or request.kinds


def test_before_a_day_means_until_the_day_before():
    request = next(each for each in letter().requests if each.id == "report")

    assert (request.before.isoformat(), request.last_day.isoformat()) == ("2022-12-09", "2022-12-08")  # type: ignore[union-attr]


def test_the_further_parties_are_the_enterprise_the_operators_and_the_associations():
    found = [each.kind for each in parties() if each.kind not in (PartyKind.MINISTRY, PartyKind.PROVINCE)]

    assert [found.count(kind) for kind in (PartyKind.ENTERPRISE, PartyKind.TELECOM, PartyKind.ASSOCIATION)] == [1, 3, 3]


def test_hosting_is_told_of_twelve_and_of_no_other_axis():
    hosted = [each for each in letter().events if each.axis is BoardAxis.HOSTING]

    assert len(hosted) == 12
    assert {each.organisation for each in hosted} == letter().list_of("note-4").codes


def copy_with(tmp_path: Path, file: str, old: str, new: str) -> Path:
    shutil.copytree(LETTER, tmp_path / "copy")
    changed = tmp_path / "copy" / file
    text = changed.read_text(encoding="utf-8")
    assert old in text
    changed.write_text(text.replace(old, new, 1), encoding="utf-8")
    return tmp_path / "copy"


@pytest.mark.parametrize(
    ("file", "old", "new", "failure"),
    [
        ("connections.csv", ",official,", ",passed,", ValueError),
        ("connections.csv", ",note-1,", ",note-9,", ValueError),
        ("connections.csv", "2022-12-01", "01/12/2022", ValueError),
        ("claims.toml", "value = 12", "value = 'twelve'", msgspec.ValidationError),
        ("claims.toml", "rule = \"rest\"", "rule = \"other\"", msgspec.ValidationError),
        ("claims.toml", "covers = \"some\"", "cover = \"some\"", msgspec.ValidationError),
    ],
)  # fmt: skip
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, file: str, old: str, new: str, failure: type[Exception]):
    with pytest.raises(failure):
        read_document(copy_with(tmp_path, file, old, new))
