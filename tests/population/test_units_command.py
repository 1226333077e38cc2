"""`dancu units`: what an operator sees, and the exit codes a script relies on."""

from __future__ import annotations

import json

import pytest

from dancu.population.api import versions
from tests.population.scene import dancu


def test_an_old_address_is_answered_with_its_unit_and_what_it_is_today(capsys):
    code, said, complaint = dancu(capsys, "units", "resolve", "12 Lê Lợi, P.Bến Nghé, Q1, TP.HCM")

    assert (code, complaint) == (0, "")
    assert said.splitlines() == [
        "Phường Bến Nghé, Quận 1, Thành phố Hồ Chí Minh (L3-2025 26740, danh mục cũ), độ tin cậy 0.98",
        "  phần còn lại: 12 Lê Lợi",
        f"  nay: Phường Sài Gòn, Thành phố Hồ Chí Minh ({versions()[-1].code} 26740)",
    ]


def test_an_address_as_json_is_one_object(capsys):
    code, said, _ = dancu(capsys, "units", "resolve", "Phường Bùi Hữu Nghĩa, quận Bình Thủy, Cần Thơ", "--json")

    told = json.loads(said)
    assert (code, len(said.splitlines())) == (0, 1)
    assert told["area"]["commune"] == "31178"
    assert told["succession"]["outcome"] == "several"
    assert [s["is_default"] for s in told["succession"]["successors"]] == [True, False]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["Phường Lê Chân, Hải Phòng", "--strict"], 0),
        (["thị trấn Tân Hiệp"], 0),
        (["thị trấn Tân Hiệp", "--strict"], 1),
        (["Phường Bùi Hữu Nghĩa, quận Bình Thủy, Cần Thơ"], 0),
        (["Phường Bùi Hữu Nghĩa, quận Bình Thủy, Cần Thơ", "--strict"], 1),
        (["xin chào"], 1),
        (["--code", "00004", "--version", "L3-2025", "--strict"], 0),
        (["--code", "31178", "--version", "L3-2025", "--strict"], 1),
        (["--code", "99999", "--version", "L3-2025"], 1),
        (["--code", "00004", "--version", "L9-1900"], 1),
        ([], 2),
        (["--code", "00004"], 2),
        (["Hà Nội", "--code", "01", "--version", "L3-2025"], 2),
    ],
)
def test_the_exit_code_tells_found_from_not_found_and_from_wrong_usage(capsys, arguments, code):
    assert dancu(capsys, "units", "resolve", *arguments)[0] == code


def test_an_ambiguous_address_names_every_candidate(capsys):
    _, said, _ = dancu(capsys, "units", "resolve", "thị trấn Tân Hiệp")

    assert said.startswith("Chưa rõ")
    assert "Huyện Châu Thành, Tỉnh Tiền Giang" in said
    assert "Huyện Tân Hiệp, Tỉnh Kiên Giang" in said


def test_a_code_is_shown_through_time_and_marked_where_it_changed_its_meaning(capsys):
    code, said, _ = dancu(capsys, "units", "show", "24")

    marked = [line for line in said.splitlines() if line.startswith("≠")]
    assert code == 0
    assert len(marked) == 1
    assert "L2-2025" in marked[0]
    assert "Tỉnh Bắc Ninh" in marked[0]


def test_a_code_nobody_had_is_said_on_stderr(capsys):
    code, said, complaint = dancu(capsys, "units", "show", "99999")

    assert (code, said) == (1, "")
    assert "99999" in complaint


def test_the_versions_are_listed_with_counts_and_sources(capsys):
    _, said, _ = dancu(capsys, "units", "versions", "--json")

    rows = json.loads(said)
    assert [row["code"] for row in rows] == [version.code for version in versions()]
    assert all(row["source"] and row["confidence"] in ("certain", "likely", "unsure") for row in rows)
    assert len(dancu(capsys, "units", "versions")[1].splitlines()) == len(rows)


def test_no_database_is_asked(capsys):
    # The test has no mark for the database: a query would raise.
    assert dancu(capsys, "units", "resolve", "--code", "46..19753", "--version", "L2-2025")[0] == 0
