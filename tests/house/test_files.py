"""Names, sizes and contents that hold for every file of the project."""

from __future__ import annotations

import ast
import re
import unicodedata
from pathlib import Path

import pytest

from tests.house.tree import ROOT, SOURCE, kept_files, python_files, rooms, text_of

LINES_MAX = 500
_NOT_NAMES = {"utils", "helpers", "common", "base", "misc", "manager", "handler", "core"}
# Django looks for a database backend in a module of this name and no other.
_NAMED_BY_OTHERS = {"src/dancu/project/postgres/base.py"}
# Spelled in halves, so that this file does not name what it refuses.
_INDEX_HOSTS = ["py" + "pi.", "python" + "hosted.", "registry.np" + "mjs", "--index" + "-url ", "proxy.go" + "lang"]
_MACHINE_PATHS = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/Us" + "ers/", ".." + "/shared"]
_LOCK_FILES = re.compile(r"(^|/)(uv\.lock|package-lock\.json|yarn\.lock|poetry\.lock|pylock.*\.toml)$")


def places_of(wanted: list[str], files: list[Path]) -> list[str]:
    found = []
    for path in files:
        for number, line in enumerate((text_of(path) or "").splitlines(), start=1):
            found += [f"{path.name}:{number} has {each}" for each in wanted if each in line]
    return found


def test_no_kept_file_names_a_package_index() -> None:
    assert places_of(_INDEX_HOSTS, kept_files()) == []


def test_no_kept_file_has_a_path_of_one_machine() -> None:
    assert places_of(_MACHINE_PATHS, kept_files()) == []


def test_a_planted_index_or_machine_path_is_found(tmp_path: Path) -> None:
    lines = [f"see {each}x" for each in _INDEX_HOSTS + _MACHINE_PATHS]
    planted = tmp_path / "planted.txt"
    planted.write_text("\n".join(lines), encoding="utf-8")

    assert len(places_of(_INDEX_HOSTS + _MACHINE_PATHS, [planted])) == len(lines)


def test_vietnamese_is_kept_composed() -> None:
    decomposed = [p.name for p in kept_files() if (t := text_of(p)) and not unicodedata.is_normalized("NFC", t)]

    assert decomposed == []


def test_no_lock_file_that_records_an_index_is_kept() -> None:
    assert [p.name for p in kept_files() if _LOCK_FILES.search(p.as_posix())] == []


def test_every_pinned_requirement_has_a_hash() -> None:
    for file in (ROOT / "requirements").glob("*.txt"):
        pinned = re.split(r"\n(?=[a-zA-Z0-9])", file.read_text(encoding="utf-8"))
        bare = [entry.split()[0] for entry in pinned if re.match(r"[\w.\-\[\]]+==", entry) and "--hash=sha256:" not in entry]
        assert bare == [], file.name


@pytest.mark.parametrize("path", python_files("src", "tests"), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_has_a_size_a_name_and_an_opening(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert text.count("\n") <= LINES_MAX, "past 500 lines a file becomes a folder of the same name"
    if str(path.relative_to(ROOT)) not in _NAMED_BY_OTHERS:
        assert not set(path.with_suffix("").parts[-2:]) & _NOT_NAMES, "find out what it is and name it so"
    if path.name == "__init__.py":
        assert text == "", "__init__.py stays empty"
    elif "migrations" not in path.parts:
        opening = ast.get_docstring(ast.parse(text))
        assert opening, "a module says in one to five lines what lives here"


def test_migrations_are_numbered_and_named_without_gap() -> None:
    for folder in SOURCE.glob("*/migrations"):
        names = sorted(p.stem for p in folder.glob("*.py") if p.name != "__init__.py")
        numbers = [int(name[:4]) for name in names]

        assert all(re.fullmatch(r"\d{4}_[a-z][a-z0-9_]*", name) and "_auto_" not in name for name in names), names
        assert numbers == list(range(1, len(names) + 1)), names


def test_tests_mirror_the_rooms() -> None:
    others = {"kernel", "ui", "gateway", "cli", "project", "contracts", "journeys", "house", "factories", "faults", "field_clients"}
    folders = {p.name for p in (ROOT / "tests").iterdir() if p.is_dir() and any(p.glob("*.py"))}

    assert folders <= set(rooms()) | others


def test_every_room_has_a_door_sign_of_ten_lines() -> None:
    for room in rooms():
        sign = SOURCE / room / "README.md"
        assert sign.is_file(), f"{room} has no README.md"
        assert len(sign.read_text(encoding="utf-8").splitlines()) <= 10, room


def test_the_desk_says_look_up_and_compare_not_verify() -> None:
    # The desk's word for the deed is "Tra cứu, đối chiếu"; the other one belongs to the law of civil status.
    refused = "xác " + "minh"
    shown = [p for p in SOURCE.rglob("*.html")] + [p for p in SOURCE.rglob("*.py") if p.name in ("pages.py", "wording.py")]

    assert [p.name for p in shown if refused in p.read_text(encoding="utf-8").lower()] == []
    assert any("Tra cứu, đối chiếu" in p.read_text(encoding="utf-8") for p in shown)
