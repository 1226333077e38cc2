"""One word per thing: the glossary is alive, domain types name their Vietnamese term, tempting wrong words stay out."""

from __future__ import annotations

import ast
import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from tests.house.tree import ROOT, SOURCE, domain_files, module_of, python_files, rooms

_GLOSSARY: dict[str, Any] = tomllib.loads((ROOT / "docs/glossary.toml").read_text(encoding="utf-8"))
_TERM = re.compile(r"\(\*[^*]+\*[^)]*\)")
# Kernel modules whose classes are no things of the office.
_NO_TERMS = {"config", "errors"}


def names_of(path: Path) -> dict[str, ast.AST]:
    """Top-level names of a module and, with a dot, the names inside its classes."""
    found: dict[str, ast.AST] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        for name in _bound(node):
            found[name] = node
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                found |= {f"{node.name}.{name}": inner for name in _bound(inner)}
    return found


def _bound(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return [node.name]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    if isinstance(node, ast.Assign):
        return [t.id for t in node.targets if isinstance(t, ast.Name)]
    return []


def exists(where: str) -> bool:
    """`dancu.room`, `dancu.room.module`, `dancu.room.module:Name` or `…:Name.member`."""
    module, _, name = where.partition(":")
    at = SOURCE.parent / module.replace(".", "/")
    if not name:
        return at.is_dir() or at.with_suffix(".py").is_file()
    return at.with_suffix(".py").is_file() and name in names_of(at.with_suffix(".py"))


@pytest.mark.parametrize("row", _GLOSSARY["term"], ids=lambda row: row["english"])
def test_a_word_of_the_glossary_lives_in_the_code(row: dict[str, str]) -> None:
    assert set(row) >= {"vietnamese", "english", "source", "where"}
    assert all(row.values())
    assert exists(row["where"]), f"{row['where']} is gone: follow it or take the row out"
    assert row["vietnamese"] == unicodedata.normalize("NFC", row["vietnamese"])
    name = row["where"].partition(":")[2].split(".")[-1]
    assert not name or row["english"] == name, "the English word is the name in the code"


def test_a_dead_word_would_be_noticed() -> None:
    assert not exists("dancu.kernel.personal_id:CitizenNumber")
    assert not exists("dancu.nowhere")
    assert exists("dancu.onboarding.domain:ConnectionState.OFFICIAL")


def test_one_word_per_thing_and_one_thing_per_word() -> None:
    terms = _GLOSSARY["term"]
    where = [row["where"] for row in terms]
    vietnamese = [row["vietnamese"] for row in terms]

    assert len(set(where)) == len(where)
    assert len(set(vietnamese)) == len(vietnamese)


def domain_types() -> list[tuple[str, ast.ClassDef]]:
    files = domain_files() + [p for p in (SOURCE / "kernel").glob("*.py") if p.stem not in _NO_TERMS]
    return [
        (f"{module_of(p)}:{name}", node)
        for p in files
        for name, node in names_of(p).items()
        if isinstance(node, ast.ClassDef) and not name.startswith("_") and "." not in name
    ]


def first_sentence_has_term(node: ast.ClassDef | ast.FunctionDef) -> bool:
    opening = (ast.get_docstring(node) or "").split("\n\n")[0]
    found = _TERM.search(opening)
    return found is not None and any(ord(c) > 127 for c in found.group(0))


def test_every_domain_type_names_its_vietnamese_term() -> None:
    types = domain_types()

    assert [where for where, node in types if not first_sentence_has_term(node)] == []
    assert len({where.split(".")[1] for where, _ in types}) > 3, "the domains were looked at"


def use_cases() -> list[tuple[str, ast.FunctionDef]]:
    files = [
        p for room in rooms() for p in [SOURCE / room / "usecases.py", *(SOURCE / room / "usecases").glob("*.py")] if p.is_file()
    ]
    return [
        (f"{module_of(p)}:{name}", node)
        for p in files
        for name, node in names_of(p).items()
        if isinstance(node, ast.FunctionDef) and not name.startswith("_") and "." not in name
    ]


def test_every_use_case_says_what_it_does() -> None:
    assert [where for where, node in use_cases() if not ast.get_docstring(node)] == []


def test_every_domain_type_of_a_built_room_is_in_the_glossary() -> None:
    known = {row["where"] for row in _GLOSSARY["term"]}

    assert [where for where, _ in domain_types() if where not in known] == []


def identifiers(source: str) -> set[str]:
    """Every name the code binds or uses; what stands in strings and comments is data or prose."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        found |= {
            value
            for value in (
                getattr(node, "id", None),
                getattr(node, "attr", None),
                getattr(node, "arg", None),
                getattr(node, "name", None),
            )
            if isinstance(value, str)
        }
    return found


def test_a_wrong_word_is_seen_wherever_it_is_bound() -> None:
    bound = identifiers("def f(dob):\n    x.gender = audit_log  # cmnd\nclass ho_so: 'sex'")

    assert bound >= {"dob", "gender", "audit_log", "ho_so"}
    assert "cmnd" not in identifiers("a = 'cmnd'  # cmnd")


def test_tempting_wrong_words_are_not_used() -> None:
    refused = {row["word"]: row["use"] for row in _GLOSSARY["refused"]}

    for path in python_files("src"):
        wrong = {name: refused[name] for name in identifiers(path.read_text(encoding="utf-8")) & set(refused)}
        assert wrong == {}, path.name
