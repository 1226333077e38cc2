"""Rooms meet only at their doors and arrows point down; and the checks that say so really catch what they forbid.

The contracts of `.importlinter` run over the tree as it is. Then, in a copy of the tree, one import is planted for each
contract, and the check has to fail and to name the chain: a contract that cannot fail proves nothing.
"""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house.doors import graph_of, past_the_door
from tests.house.tree import ROOT, SOURCE, packages, rooms

_LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
_DOORS = "from tests.house.doors import graph_of, past_the_door; print(past_the_door(graph_of()))"


def _run(code: str, tree: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tree / "src"), str(ROOT)]), "COLUMNS": "400"}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The sources without data, and the contracts, in a folder of their own."""
    shutil.copytree(
        SOURCE,
        tmp_path / "src" / "dancu",
        ignore=lambda folder, names: [
            n for n in names if n == "__pycache__" or (Path(folder, n).is_file() and not n.endswith(".py"))
        ],
    )
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def _add(tree: Path, module: str, line: str) -> None:
    file = tree / "src" / "dancu" / module
    file.write_text(file.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")


def test_the_contracts_hold_on_the_tree() -> None:
    checked = _run(_LINT, ROOT)

    assert checked.returncode == 0, checked.stdout


def test_rooms_meet_only_at_their_doors() -> None:
    graph = graph_of()

    assert past_the_door(graph) == []


def _plant_upward(tree: Path) -> None:
    _add(tree, "ledger/usecases.py", "from dancu.population import api as planted")


def _plant_inside(tree: Path) -> None:
    _add(tree, "ledger/domain.py", "from dancu.ledger import store as planted")


def _plant_framework(tree: Path) -> None:
    # Two hops: the decision reaches the framework through a lower module that is framework-free today.
    _add(tree, "exchange/domain.py", "from dancu.kernel import planted")
    (tree / "src/dancu/kernel/planted.py").write_text("import django.db\n", encoding="utf-8")


def _plant_django_under_the_gateway(tree: Path) -> None:
    _add(tree, "exchange/repeats.py", "from dancu.ledger import store as planted")


def _plant_unlisted_folder(tree: Path) -> None:
    (tree / "src/dancu/extras").mkdir()
    (tree / "src/dancu/extras/__init__.py").write_text("", encoding="utf-8")


_PLANTED = [
    (_plant_upward, "Rooms depend downward only", ["dancu.ledger.usecases -> dancu.population.api"]),
    (_plant_inside, "Inside a room", ["dancu.ledger.domain -> dancu.ledger.store"]),
    (
        _plant_framework,
        "Decisions know no framework",
        ["dancu.exchange.domain -> dancu.kernel.planted", "dancu.kernel.planted -> django"],
    ),
    (
        _plant_django_under_the_gateway,
        "The gateway never reaches Django",
        ["-> dancu.exchange.repeats", "dancu.exchange.repeats -> dancu.ledger.store", "dancu.ledger.store -> django"],
    ),
    (_plant_unlisted_folder, "Rooms depend downward only", ["dancu.extras"]),
]


@pytest.mark.parametrize(("plant", "contract", "chain"), _PLANTED)
def test_a_planted_violation_of_each_contract_is_caught(
    copy: Path,
    plant: Callable[[Path], None],
    contract: str,
    chain: list[str],
) -> None:
    clean = _run(_LINT, copy)
    plant(copy)

    caught = _run(_LINT, copy)

    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert caught.returncode == 1
    told = " ".join((caught.stdout + caught.stderr).split())
    assert contract in told
    for link in chain:
        assert link in told, told


def test_every_contract_has_a_planted_violation() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    names = {contracts[s]["name"] for s in contracts.sections() if s.startswith("importlinter:contract:")}
    planted = {contract for _, contract, _ in _PLANTED}

    assert {n for n in names if not any(n.startswith(p) for p in planted)} == set()


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("procedures/pages.py", "from dancu.exchange import usecases as planted"),  # another room's inside
        ("procedures/usecases/dossiers.py", "from dancu.population import reader as planted"),  # from Django's side
        ("gateway/rest.py", "from dancu.exchange import repeats as planted"),  # free of Django, but no door
        ("cli/ledger.py", "from dancu.ledger import store as planted"),
    ],
)
def test_a_way_past_a_door_is_caught(copy: Path, module: str, line: str) -> None:
    _add(copy, module, line)

    caught = _run(_DOORS, copy)

    importer = "dancu." + module.removesuffix(".py").replace("/", ".")
    assert f"{importer} -> {line.split()[1]}.{line.split()[3]}" in caught.stdout, caught.stdout + caught.stderr


def test_the_contract_inside_lists_every_room_of_the_tree() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    listed = contracts["importlinter:contract:inside"]["containers"].split()

    assert listed == [f"dancu.{room}" for room in rooms()]


def test_what_is_no_room_is_a_folder_of_the_house() -> None:
    from tests.house.tree import NOT_ROOMS

    assert set(packages()) >= NOT_ROOMS
