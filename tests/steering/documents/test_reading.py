"""The reader is strict: in a copy of the documents on file one thing is spoilt, and the complaint names file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dancu.identity.api import bodies
from dancu.steering.documents.reading import FOLDER, read_bodies, read_documents
from dancu.steering.documents.tables import SourceError

LETTER = "8402-2022"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "data")
    return tmp_path / "data"


def state_codes() -> frozenset[str]:
    return frozenset(each.code for each in bodies())


def spoil(file: Path, line: int, old: str, new: str) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert old in lines[line - 1], lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def complaint(folder: Path) -> str:
    with pytest.raises(SourceError) as caught:
        read_documents(folder, state_codes())
    return str(caught.value)


def test_the_documents_on_file_are_read_the_oldest_first():
    found = [each.head.id for each in read_documents(FOLDER, state_codes())]

    assert found == ["btttt-thh-2021", "1658-2022", "8402-2022", "report-2023-02", "4318-2024"]


@pytest.mark.parametrize(
    ("file", "line", "old", "new", "says"),
    [
        ("tasks.csv", 1, "wording", "words", "columns unknown"),
        ("tasks.csv", 3, "2022,trong năm 2022", "2022-13,trong năm 2022", "deadline: cannot read '2022-13'"),
        ("tasks.csv", 3, "2022,trong năm 2022", "cuối năm,trong năm 2022", "deadline: cannot read 'cuối năm'"),
        ("tasks.csv", 3, "trong năm 2022", "", "deadline_printed is empty"),
        ("tasks.csv", 3, ",3,", ",99,", "clause: nobody knows '99'"),
        ("tasks.csv", 3, "list:note-3", "list:note-9", "owners: nobody knows 'list:note-9'"),
        ("tasks.csv", 3, "list:note-3", "G99", "owners: nobody knows 'G99'"),
        ("tasks.csv", 3, "list:note-3", "G01 G01", "owners names something twice"),
        ("tasks.csv", 3, "list:note-3", "", "owners is empty"),
        ("tasks.csv", 3, "8402-05", "8402-99", "depends_on: nobody knows '8402-99'"),
        ("tasks.csv", 3, "8402-05", "8402-02", "depends_on: nobody knows '8402-02'"),
        ("tasks.csv", 3, ",connection,", ",unknown,", "group: nobody knows 'unknown'"),
        ("tasks.csv", 3, "8402-02", "8402-01", "id: '8402-01' stands twice"),
        ("tasks.csv", 3, ",,,,,", ",done,,,,", "what is done has its day and its paper"),
        ("figures.csv", 3, ",20,", ",hai mươi,", "value: cannot read 'hai mươi'"),
        ("figures.csv", 3, ",20,", ",NaN,", "value: 'NaN' is no number"),
        ("figures.csv", 3, ",20,", ",,", "value is empty"),
        ("figures.csv", 3, "provinces_connected", "Provinces Connected", "is not in snake case"),
        ("figures.csv", 3, "2022-12-01", "01/12/2022", "as_of: cannot read '01/12/2022'"),
        ("figures.csv", 3, "2022-12-01", "", "as_of is empty"),
        ("figures.csv", 3, "nation", "world", "level: cannot read 'world'"),
        ("figures.csv", 3, "yes", "true", "grows: 'true' is neither yes nor empty"),
        ("figures.csv", 3, ",yes,,,", ",yes,5,tăng 5,", "a difference has its number and the day"),
        ("lists.csv", 4, ",20,", ",20.5,", "stated: '20.5' is no count"),
        ("lists.csv", 4, ",20,all,", ",,all,", "a list with a count says whether it names all or some"),
        ("lists.csv", 4, ",all,", ",most,", "covers: 'most' is neither all nor some"),
        ("list_items.csv", 9, "H26", "H99", "body: nobody knows 'H99'"),
        ("list_items.csv", 9, "note-1", "note-9", "list: nobody knows 'note-9'"),
        ("list_items.csv", 9, "note-1,2,", "note-1,3,", "no: the next entry of note-1 is 2"),
        ("list_items.csv", 9, ",H26,", ",,", "has a code for every name"),
        ("relations.csv", 2, "list:note-1", "list:note-9", "nobody knows 'list:note-9'"),
        ("relations.csv", 2, "list:note-1", "number:x", "nobody knows 'number:x'"),
        ("relations.csv", 2, "subset", "within", "rule: cannot read 'within'"),
        ("relations.csv", 2, "subset", "disjoint", "what is disjoint has parts only"),
        ("clauses.csv", 3, "1.ministries", "1", "id: '1' stands twice"),
        ("clauses.csv", 3, "fact", "story", "kind: cannot read 'story'"),
    ],
)
def test_what_does_not_fit_is_refused(copy: Path, file: str, line: int, old: str, new: str, says: str):
    spoil(copy / LETTER / file, line, old, new)

    told = complaint(copy)

    # What only the whole list can tell is told of the line that describes the list.
    where = f"{LETTER}/lists.csv:4" if "for every name" in says else f"{LETTER}/{file}:{line}"
    assert told.startswith(f"{where}: ")
    assert says in told


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('id = "8402-2022"', 'id = "8402"', "is not the name of the folder"),
        ('issuer = "TCT_SECRETARY"', 'issuer = "NOBODY"', "document.toml:4: nobody knows the body 'NOBODY'"),
        ('kind = "công văn"', 'kind = "thư"', "Invalid enum value"),
        ('kind = "công văn"', 'colour = "red"\nkind = "công văn"', "unknown field `colour`"),
        ("dated = 2022-12-02\n", "", "it needs the day it bears, or the day taken for it"),
        ("dated = 2022-12-02", "dated = ", "document.toml:1: "),
    ],
)
def test_a_head_that_does_not_fit_is_refused(copy: Path, old: str, new: str, says: str):
    file = copy / LETTER / "document.toml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")

    assert says in complaint(copy)


def test_a_missing_table_is_named(copy: Path):
    (copy / LETTER / "figures.csv").unlink()

    assert complaint(copy) == f"{LETTER}/figures.csv:0: there is no such file"


def test_a_row_with_too_few_cells_is_refused(copy: Path):
    with (copy / LETTER / "clauses.csv").open("a", encoding="utf-8") as opened:
        opened.write("9,mục 9\n")

    assert "2 cells, not 5" in complaint(copy)


def test_a_share_names_figures_of_its_document(copy: Path):
    file = copy / "report-2023-02" / "figures.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("eid_approved,eid_received,", "eid_refused,eid_received,", 1), encoding="utf-8")

    assert "numerator: nobody knows 'eid_refused'" in complaint(copy)


def test_a_task_has_its_code_once_in_all_documents(copy: Path):
    spoil(copy / LETTER / "tasks.csv", 9, "8402-08", "1658-01")

    assert complaint(copy) == f"{LETTER}/tasks.csv:9: another document has a task '1658-01'"


def test_a_body_of_the_state_is_not_named_a_second_time(copy: Path):
    with (copy / "bodies.csv").open("a", encoding="utf-8") as opened:
        opened.write("G01,Bộ Công an,Ministry of Public Security,body,,\n")

    with pytest.raises(SourceError, match=r"bodies\.csv:\d+: G01 is a body of the state already"):
        read_bodies(copy, state_codes())


def test_a_part_belongs_to_a_body_there_is(copy: Path):
    spoil(copy / "bodies.csv", 2, "office,,", "office,NOBODY,")

    assert "parent: nobody knows 'NOBODY'" in complaint(copy)
