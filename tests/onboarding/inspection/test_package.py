"""The package knows no framework, and every value people see has a word."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from enum import StrEnum

import pytest

from dancu.onboarding.inspection import words
from dancu.onboarding.inspection.inheritance import WHY

_CODE = """
import importlib, pkgutil, sys
import dancu.onboarding.inspection as package
names = [m.name for m in pkgutil.walk_packages(package.__path__, package.__name__ + ".")
         if m.name.rpartition(".")[2] not in ("store", "usecases")]
for name in names:
    importlib.import_module(name)
assert len(names) > 10, names
print([m for m in ("django", "starlette", "duckdb", "asyncpg") if m in sys.modules])
"""


def test_deciding_needs_no_framework():
    ran = subprocess.run([sys.executable, "-c", _CODE], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize("name", [*words.__all__, "WHY"])
def test_every_value_people_see_has_a_word_of_its_own(name):
    said: Mapping[StrEnum, str] = WHY if name == "WHY" else getattr(words, name)
    kind = type(next(iter(said)))

    missing = set(kind) - set(said)
    assert {str(each) for each in missing} == ({"valid"} if name == "WHY" else set())
    assert len(set(said.values())) == len(said)
