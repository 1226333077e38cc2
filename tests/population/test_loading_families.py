"""Households, memberships, relations and residences: good rows go in, every wrong one is said, a second run changes nothing."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from django.db import connection

from dancu.kernel.errors import Invalid
from dancu.population.domain import address_key
from dancu.population.families import RELATION_KINDS, RESIDENCE_KINDS
from dancu.population.loading import files
from dancu.population.loading.choosing import files_of, kind_of_file
from dancu.population.loading.fields import Choice
from dancu.population.loading.kinds import families as tables
from dancu.population.loading.load import LoadResult, load_file
from dancu.population.models import Household, Membership, Relation, Residence
from tests.factories.people import NOW, a_person_row
from tests.population.scene import load_rows

pytestmark = pytest.mark.django_db(transaction=True)
HEAD, WIFE, CHILD, LODGER, NOBODY = "046060000201", "046165000202", "046090000203", "046095000204", "046090000999"
BORN = {HEAD: "1960", WIFE: "1965", CHILD: "1990-01-02", LODGER: "1995-05-05"}
HUE = {"version": "L2-2025", "code": "46..19789"}
SINCE = "2020-01-01"


@pytest.fixture
def _people(tmp_path: Path) -> None:
    load_rows([a_person_row(number, born=born) for number, born in BORN.items()], tmp_path)


def load(folder: Path, kind: str, rows: list[dict[str, str]], *, again: bool = False) -> tuple[LoadResult, list[list[str]]]:
    """Load rows of a kind as CSV; gives the result and the rejects by line, field and reason."""
    file = folder / f"{kind}.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)), restval="")
        writer.writeheader()
        writer.writerows(rows)
    rejects = io.StringIO()
    result = load_file(file, now=NOW, rejects=rejects, again=again)
    assert result.kind == kind
    return result, [line.split("\t") for line in rejects.getvalue().splitlines()]


def household(number: int = 7, **more: str) -> dict[str, str]:
    return {"household_no": str(number), **HUE, "detail": f"Số {number} Lê Lợi", "formed_on": SINCE, **more}


def member(who: str, relation: str = "03", number: int = 7, **more: str) -> dict[str, str]:
    return {"household_no": str(number), "personal_id": who, "relation": relation, "kind": "permanent", "valid_from": SINCE, **more}


def relation(who: str, kind: str, other: str, **more: str) -> dict[str, str]:
    return {"personal_id": who, "kind": kind, "other_id": other, "valid_from": SINCE, **more}


def residence(who: str, kind: str = "permanent", **more: str) -> dict[str, str]:
    return {"personal_id": who, "kind": kind, **HUE, "detail": "Số 7", "valid_from": SINCE, "valid_to": "", **more}


def household_of(folder: Path, *numbers: int) -> None:
    load(folder, "households", [household(number) for number in numbers or (7,)])


def columns(rejects: list[list[str]]) -> list[list[str]]:
    return [reject[:2] for reject in rejects]


@pytest.mark.usefixtures("_people")
def test_a_family_goes_in_whole_and_a_second_run_changes_nothing(tmp_path: Path):
    tables: dict[str, list[dict[str, str]]] = {
        "households": [household()],
        "memberships": [
            member(CHILD),
            member(WIFE, "02"),
            member(HEAD, "01"),
            member(LODGER, "09", kind="temporary", valid_to="2021-01-01"),
        ],
        "relations": [
            relation(CHILD, "father", HEAD),
            relation(CHILD, "mother", WIFE),
            relation(HEAD, "spouse", WIFE),
            relation(WIFE, "spouse", HEAD),
        ],
        "residences": [residence(HEAD, household_no="7"), residence(LODGER, "temporary", code="46..19804", valid_to="2022-01-01")],
    }

    first = [load(tmp_path, kind, rows) for kind, rows in tables.items()]
    second = [load(tmp_path, kind, rows, again=True) for kind, rows in tables.items()]

    assert [(result.read, result.changed, rejects) for result, rejects in first] == [
        (len(rows), len(rows), []) for rows in tables.values()
    ]
    assert [(result.read, result.changed, rejects) for result, rejects in second] == [
        (len(rows), 0, []) for rows in tables.values()
    ]
    assert [m.objects.count() for m in (Household, Membership, Relation, Residence)] == [1, 4, 4, 2]
    assert Household.objects.get().address_key == address_key("L2-2025", "46..19789", "Số 7 Lê Lợi") != 0


def test_a_file_may_bring_the_kinds_the_registry_knows_and_the_load_keeps_no_list_of_its_own():
    among = [
        field.among
        for table in (tables.RELATIONS_TABLE, tables.RESIDENCES)
        for field in table.kind.fields
        if isinstance(field, Choice) and field.name == "kind"
    ]

    assert len(among) == 2
    assert among[0] is RELATION_KINDS
    assert among[1] is RESIDENCE_KINDS
    assert not {"PARENTS", "RELATIONS"} & set(vars(tables))


Rows = list[dict[str, str]]
WRONG: tuple[tuple[str, Rows, list[tuple[str, str, str]]], ...] = (
    ("households", [household(7), household(7, detail="khác")], [("3", "household_no", "Số hộ này đã có, với nội dung khác.")]),
    ("households", [household(7), household(0)], [("3", "household_no", "household_no phải là số nguyên dương.")]),
    ("households", [household(7), household(8, formed_on="")], [("3", "formed_on", "Chưa có formed_on")]),
    ("households", [household(7, code="46..00000")], [("2", "code", "Danh mục 'L2-2025' không có đơn vị mã '46..00000'.")]),
    ("households", [household(7, dissolved_on="2019-12-31")], [("2", "dissolved_on", "dissolved_on phải từ ngày formed_on.")]),
    ("memberships", [member(HEAD, "01"), member(NOBODY)], [("3", "personal_id", "Không có người mang số này")]),
    ("memberships", [member(HEAD, "01", 9)], [("2", "household_no", "Không có hộ mang số này.")]),
    ("memberships", [member(HEAD, "01"), member(WIFE, "77")], [("3", "relation", "relation phải là một trong: 01, 02")]),
    ("memberships", [member(HEAD, "01"), member(WIFE, "01")], [("3", "relation", "Hộ này đã có chủ hộ khác")]),
    (
        "memberships",
        [member(HEAD, "01"), member(CHILD), member(CHILD, "06")],
        [("4", "personal_id", "Người này đã có hộ thường trú khác")],
    ),
    (
        "memberships",
        [member(HEAD, "01"), member(CHILD, valid_to="2019-01-01")],
        [("3", "valid_to", "valid_to phải sau ngày valid_from.")],
    ),
    ("memberships", [member(CHILD), member(WIFE, "02")], [(line, "household_no", "Hộ này không có chủ hộ") for line in "23"]),
    (
        "memberships",
        [member(NOBODY, "01"), member(WIFE, "02")],
        [("2", "personal_id", "Không"), ("3", "household_no", "Hộ này không có chủ hộ")],
    ),
    (
        "memberships",
        [member(HEAD, "01", valid_to="2021-01-01"), member(WIFE, "02")],
        [("3", "household_no", "Hộ này không có chủ hộ")],
    ),
    ("relations", [relation(CHILD, "father", NOBODY)], [("2", "other_id", "Không có người mang số này")]),
    ("relations", [relation(NOBODY, "father", HEAD)], [("2", "personal_id", "Không có người mang số này")]),
    ("relations", [relation(CHILD, "father", CHILD)], [("2", "other_id", "Không ai có quan hệ này với chính mình.")]),
    ("relations", [relation(CHILD, "father", LODGER)], [("2", "other_id", "Cha, mẹ phải sinh trước con")]),
    ("relations", [relation(CHILD, "uncle", HEAD)], [("2", "kind", "kind phải là một trong: father")]),
    (
        "relations",
        [relation(CHILD, "mother", WIFE), relation(CHILD, "mother", HEAD)],
        [("3", "other_id", "Người này đã có cha (hoặc mẹ) khác.")],
    ),
    (
        "relations",
        [relation(HEAD, "spouse", WIFE), relation(HEAD, "spouse", LODGER)],
        [("3", "other_id", "Người này đã có vợ hoặc chồng khác")],
    ),
    ("residences", [residence(NOBODY)], [("2", "personal_id", "Không có người mang số này")]),
    ("residences", [residence(HEAD, household_no="9")], [("2", "household_no", "Không có hộ mang số này.")]),
    ("residences", [residence(HEAD, code="46..1")], [("2", "code", "Danh mục 'L2-2025' không có đơn vị")]),
    ("residences", [residence(HEAD), residence(HEAD, detail="Số 8")], [("3", "kind", "Người này đã có nơi thường trú khác")]),
    ("residences", [residence(HEAD, "temporary")], [("2", "valid_to", "Tạm trú phải có ngày hết hạn, dài nhất hai năm.")]),
    ("residences", [residence(HEAD, "temporary", valid_to="2022-01-02")], [("2", "valid_to", "Tạm trú phải có ngày hết hạn")]),
    ("residences", [residence(HEAD, "stay", valid_to="2020-01-31")], [("2", "valid_to", "Lưu trú phải có ngày kết thúc")]),
    (
        "residences",
        [residence(HEAD), residence(HEAD, "temporary", valid_to="2021-01-01")],
        [("3", "code", "Nơi tạm trú và nơi thường trú")],
    ),
)


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize(("kind", "rows", "said"), WRONG, ids=[f"{at}-{kind}" for at, (kind, _, _) in enumerate(WRONG)])
@pytest.mark.parametrize("chunk", [1, 1000])
def test_a_wrong_row_is_said_with_its_reason_and_costs_only_itself(
    tmp_path: Path, kind: str, rows: Rows, said: list[tuple[str, str, str]], chunk: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(files, "CHUNK_ROWS", chunk)  # the same whether the rows meet in a chunk or through the table
    if kind != "households":
        household_of(tmp_path)

    result, rejects = load(tmp_path, kind, rows)

    assert columns(rejects) == [[line, field] for line, field, _ in said]
    for reject, (_, _, reason) in zip(rejects, said, strict=True):
        assert reject[2].startswith(reason)
    assert (result.read, result.changed, result.rejected) == (len(rows), len(rows) - len(said), len(said))


@pytest.mark.usefixtures("_people")
def test_a_household_without_head_is_refused_whole_and_the_others_stay(tmp_path: Path):
    household_of(tmp_path, 7, 8)

    _, rejects = load(tmp_path, "memberships", [member(LODGER, number=8), member(WIFE, "02"), member(CHILD), member(HEAD, "01", 8)])

    assert columns(rejects) == [["3", "household_no"], ["4", "household_no"]]
    assert sorted(Membership.objects.values_list("household_no", "personal_no")) == [(8, int(HEAD)), (8, int(LODGER))]


@pytest.mark.usefixtures("_people")
def test_the_earlier_of_two_rows_stays_and_a_third_is_measured_against_it_alone(tmp_path: Path):
    rows = [
        residence(HEAD, valid_to="2021-01-01"),
        residence(HEAD, detail="B", valid_from="2020-06-01", valid_to="2022-01-01"),
        residence(HEAD, detail="C", valid_from="2021-06-01"),
    ]

    _, rejects = load(tmp_path, "residences", rows)

    assert columns(rejects) == [["3", "kind"]]
    assert sorted(Residence.objects.values_list("detail", flat=True)) == ["C", "Số 7"]


@pytest.mark.usefixtures("_people")
def test_the_same_row_twice_in_a_file_is_one_row(tmp_path: Path):
    _, rejects = load(tmp_path, "relations", [relation(CHILD, "father", HEAD)] * 2)

    assert (rejects, Relation.objects.count()) == ([], 1)


@pytest.mark.usefixtures("_people")
def test_a_row_withdrawn_as_wrong_does_not_come_back_by_a_file(tmp_path: Path):
    load(tmp_path, "relations", [relation(CHILD, "father", HEAD)])
    with connection.cursor() as cursor:
        cursor.execute("update population_relation set withdrawn_at = recorded_at")

    _, rejects = load(tmp_path, "relations", [relation(CHILD, "father", HEAD)], again=True)

    assert rejects == [["2", "", "Dòng này đã bị huỷ vì sai trong cơ sở dữ liệu. Muốn ghi lại, lập yêu cầu điều chỉnh."]]
    assert Relation.objects.filter(withdrawn_at=None).count() == 0


@pytest.mark.usefixtures("_people")
def test_a_household_that_was_dissolved_meanwhile_gets_its_day(tmp_path: Path):
    household_of(tmp_path)

    result, rejects = load(tmp_path, "households", [household(dissolved_on="2025-05-05")])

    assert (result.changed, rejects, Household.objects.get().dissolved_on.isoformat()) == (1, [], "2025-05-05")


@pytest.mark.usefixtures("_people")
def test_a_folder_is_loaded_in_the_order_in_which_its_tables_lean_on_each_other(tmp_path: Path):
    names = ("residences", "relations", "memberships", "households", "persons")
    for name in names:
        (tmp_path / "nation" / name).mkdir(parents=True)
        (tmp_path / "nation" / name / "part-00000.csv").write_text("")
    (tmp_path / "nation" / "persons" / ".part-00001.unfinished.csv").write_text("")
    (tmp_path / "nation" / "nation.json").write_text("{}")

    found = files_of(tmp_path / "nation")

    assert [kind.name if kind else None for _, kind in found] == list(reversed(names))
    assert [kind.name if kind else None for _, kind in files_of(tmp_path / "nation" / "relations")] == ["relations"]


def test_a_folder_without_files_is_refused_with_a_sentence(tmp_path: Path):
    with pytest.raises(Invalid) as refused:
        files_of(tmp_path)

    assert "không có tệp" in refused.value.message


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("personal_id,full_name,birth_date", "persons"),
        ("household_no,formed_on", "households"),
        ("household_no,personal_id,relation,kind,valid_from", "memberships"),
        ("personal_id,kind,other_id,valid_from", "relations"),
        ("personal_id,kind,valid_from,household_no", "residences"),
        ("so_cmnd", "persons"),
    ],
)
def test_the_kind_of_a_file_is_found_by_its_columns(tmp_path: Path, header: str, kind: str):
    file = tmp_path / "any.csv"
    file.write_text(f"{header}\n")
    lines = tmp_path / "any.jsonl"
    lines.write_text("không\n" + "{" + ", ".join(f'"{name}": ""' for name in header.split(",")) + "}\n")

    assert (kind_of_file(file).name, kind_of_file(lines).name) == (kind, kind)
