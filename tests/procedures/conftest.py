"""A desk with its people, and a browser signed in at it. Django is set up later than this file is read.

The tests of the desk hold whether the registry is here or at a national instance that this one asks: nothing in them says which.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client
    from tests.procedures.national import National

    from dancu.identity.api import Officer

ASKING = {"test_desk_pages", "test_desk_usecases", "test_form_pages", "test_scanned_names", "test_emergency", "test_refusals_stay"}
BROKEN_OPEN = "about reading a dossier that was received before; where its facts came from, the first test of its file tries"
HERE_ONLY = {
    "test_an_empty_registry_answers_like_any_miss": "it empties the registry of this instance, which before a hub is empty anyway",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test of the desk twice: before a registry of its own, and before a hub above."""
    module, name = metafunc.module.__name__.rpartition(".")[2], metafunc.function.__name__
    if module not in ASKING:
        return
    reason = HERE_ONLY.get(name, "")
    if module == "test_emergency" and "without_a_reason" not in name:
        reason = BROKEN_OPEN
    above = pytest.param("hub above", marks=pytest.mark.skip(reason=reason) if reason else ())
    metafunc.parametrize("source", ["registry", above], indirect=True)


@pytest.fixture(scope="session")
def national() -> Iterator[National]:
    """A second instance with the people: one for all tests of a run, as it is one for a whole country."""
    from tests.procedures.national import a_national_instance

    with a_national_instance() as running:
        yield running


@pytest.fixture(autouse=True)
def source(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where this desk's facts come from."""
    which: str = getattr(request, "param", "registry")
    if which == "registry":
        yield which
        return
    with asking(request.getfixturevalue("national")):
        yield which


@pytest.fixture
def officer(db: None, tmp_path: Path) -> Officer:
    from tests.procedures.scene import open_desk

    return open_desk(tmp_path)


@pytest.fixture
def browser(officer: Officer) -> Client:
    from tests.procedures.scene import signed_in

    return signed_in(officer.account)


def asking(national: National) -> Any:
    """For a while this instance has no registry and asks that one."""
    from django.conf import settings
    from django.test import override_settings

    return override_settings(CONFIG=replace(settings.CONFIG, upstream=national.as_upstream))
