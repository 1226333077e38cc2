"""The table of the law is kept true: every clause leads to a feature and to a test that exists, or says it is not done."""

from __future__ import annotations

import ast
import csv
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import ROOT

_LAW = ROOT / "docs/law"
_SOURCES = tomllib.loads((_LAW / "sources.toml").read_text(encoding="utf-8"))["source"]
_NOT_DONE = "chưa làm"


def rows(name: str) -> list[dict[str, str]]:
    with (_LAW / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


_CLAUSES, _FEATURES = rows("clauses.csv"), {row["feature"] for row in rows("features.csv")}


def test_exists(reference: str) -> bool:
    """`tests/room/test_x.py::name`: the file is there and has that function."""
    path, _, name = reference.partition("::")
    file = ROOT / path
    if not (path.startswith("tests/") and file.is_file()):
        return False
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return any(isinstance(n, ast.FunctionDef) and n.name == name and name.startswith("test_") for n in ast.walk(tree))


test_exists.__test__ = False  # type: ignore[attr-defined]  # a question, not a test


@pytest.mark.parametrize("row", _CLAUSES, ids=lambda row: f"{row['source']}-{row['clause']}")
def test_a_clause_leads_to_a_feature_and_a_test(row: dict[str, str]) -> None:
    assert row["asks"].strip()
    assert row["features"].split(), "no feature"
    assert set(row["features"].split()) <= _FEATURES
    if row["tests"] != _NOT_DONE:
        assert row["tests"].split()
        assert [t for t in row["tests"].split() if not test_exists(t)] == []


def test_a_test_that_is_gone_would_be_noticed() -> None:
    here = Path(__file__).relative_to(ROOT).as_posix()

    assert test_exists(f"{here}::test_a_test_that_is_gone_would_be_noticed")
    assert not test_exists(f"{here}::test_of_yesterday")
    assert not test_exists("tests/nowhere.py::test_x")


@pytest.mark.parametrize("source", _SOURCES, ids=lambda source: source["id"])
def test_every_numbered_section_of_a_source_is_in_the_table(source: dict[str, str | list[str]]) -> None:
    clauses = [row["clause"] for row in _CLAUSES if row["source"] == source["id"]]

    missing = [s for s in source["sections"] if not any(c == s or c.startswith(f"{s}.") for c in clauses)]

    assert missing == []
    assert len(set(clauses)) == len(clauses), "a clause stands once"


def test_every_feature_with_a_source_has_a_clause() -> None:
    named = {feature for row in _CLAUSES for feature in row["features"].split()}

    assert [r["feature"] for r in rows("features.csv") if r["from"] != "–" and r["feature"] not in named] == []


def test_clauses_of_unknown_sources_do_not_hide() -> None:
    assert {row["source"] for row in _CLAUSES} == {source["id"] for source in _SOURCES}
