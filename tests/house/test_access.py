"""No warrant, no read; and every page says who may see it."""

from __future__ import annotations

import ast
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from datetime import date
from typing import Any

import msgspec
import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from dancu.identity import actions
from dancu.kernel.warrants import Warrant
from dancu.population import api, reader
from dancu.population.domain import PersonFacts
from dancu.population.search.likeness import FoundPerson
from tests.house.tree import module_of, python_files

# The only places that make a warrant: the decision of the exchange, and the taking of snapshots (decision 0044). A new one is a
# decision of its own.
_MAKES_WARRANTS = {"dancu.exchange.domain", "dancu.reconcile.taking.authority"}


def constructions_of(name: str, source: str) -> int:
    return sum(
        isinstance(node, ast.Call) and (getattr(node.func, "id", None) or getattr(node.func, "attr", None)) == name
        for node in ast.walk(ast.parse(source))
    )


def test_warrants_are_made_in_listed_modules_only() -> None:
    made = {module_of(p) for p in python_files("src") if constructions_of("Warrant", p.read_text(encoding="utf-8"))}

    assert made == _MAKES_WARRANTS


def test_a_planted_construction_of_a_warrant_is_seen() -> None:
    assert constructions_of("Warrant", "from dancu.kernel import warrants\nw = warrants.Warrant(1)") == 1


def mentions_facts(hint: Any) -> bool:
    """Does a type, or a part of it at any depth, carry facts about a person?"""
    seen: set[Any] = set()

    def look(part: Any) -> bool:
        if part in (PersonFacts, reader.PersonRow, reader.FoundPersons, FoundPerson):
            return True
        if part in seen:
            return False
        seen.add(part)
        inner = list(typing.get_args(part))
        origin = typing.get_origin(part) or part
        if isinstance(origin, type) and (is_dataclass(origin) or issubclass(origin, msgspec.Struct)):
            inner += (
                typing.get_type_hints(origin).values() if is_dataclass(origin) else [f.type for f in msgspec.structs.fields(origin)]
            )
        return any(look(each) for each in inner)

    return look(hint)


def reads_without_warrant(function: Callable[..., Any]) -> bool:
    hints = typing.get_type_hints(function)
    if not mentions_facts(hints.pop("return", None)):
        return False
    return not any(hint is Warrant or Warrant in typing.get_args(hint) for hint in hints.values())


def test_every_function_of_the_registry_that_returns_facts_takes_a_warrant() -> None:
    doors = {
        f"{door.__name__}.{name}": value
        for door in (api, reader)
        for name, value in vars(door).items()
        if isinstance(value, types.FunctionType) and not name.startswith("_") and value.__module__.startswith("dancu.population")
    }
    # Pure shapers of a row that was read under a warrant already; they are given the row, they do not read.
    shapers = {f"dancu.population.reader.{name}" for name in ("key_row", "facts_from_row", "granted_facts")}

    unwarranted = {name for name, function in doors.items() if reads_without_warrant(function)}

    assert unwarranted == shapers
    for known in (api.consult, api.search, api.open_by_number):
        assert mentions_facts(typing.get_type_hints(known)["return"]), "the reader itself is looked at"


def test_a_planted_reader_without_warrant_is_seen() -> None:
    def peek(number: int) -> list[PersonFacts]:
        return []

    def look(number: int, warrant: Warrant) -> api.Consultation[Any] | None: ...

    assert reads_without_warrant(peek)
    assert not reads_without_warrant(look)


def routes(patterns: list[URLPattern | URLResolver], at: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, at + str(each.pattern))
        else:
            yield at + str(each.pattern), each.callback


_ROUTES = list(routes(get_resolver().url_patterns))


@pytest.mark.parametrize(("route", "page"), _ROUTES, ids=[route or "/" for route, _ in _ROUTES])
def test_every_page_is_declared_public_or_guarded(route: str, page: Callable[..., Any]) -> None:
    access = getattr(page, "access", None)

    assert access == "public" or str(access).startswith(("officer:", "citizen:", "key:")), f"/{route} does not say who may see it"


def test_citizens_and_officers_have_no_page_in_common() -> None:
    """A citizen's page is under her own paths; nothing of an officer is, and the table gives each its role."""
    access = {route: str(getattr(page, "access", "")) for route, page in _ROUTES}

    assert {route for route, said in access.items() if said.startswith("citizen:")} == {
        r for r in access if r.startswith("cua-toi")
    }
    today = date(2026, 11, 24)
    for said in access.values():
        kind, _, name = said.partition(":")
        if kind in ("citizen", "officer"):
            row = actions.action_on(name, today)
            assert row is not None
            assert ("citizen" in row.roles) == (kind == "citizen"), name


def actions_named_in(source: str) -> set[str]:
    """The names given to `guarded` and `demand` as they stand."""
    named = set()
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and (getattr(call.func, "id", None) or getattr(call.func, "attr", None)) in _ASK:
            named |= {value for given in call.args for value in _constants(given)}
    return {name for name in named if isinstance(name, str)}


def _constants(given: ast.expr) -> set[object]:
    """What an argument may be as it stands: a choice between two names is both; what it is chosen by is none."""
    if isinstance(given, ast.Constant):
        return {given.value}
    if isinstance(given, ast.IfExp):
        return _constants(given.body) | _constants(given.orelse)
    return set()


_ASK = {"guarded", "demand", "within", "citizen_only"}


def test_every_guarded_page_names_an_action_of_the_table() -> None:
    unknown = {
        route: access
        for route, page in _ROUTES
        if (access := page.access) != "public"  # type: ignore[attr-defined]
        and access.partition(":")[2] not in actions.names()
    }

    assert unknown == {}


def test_every_action_of_the_table_is_used_and_every_used_one_is_in_it() -> None:
    used = {name for path in python_files("src") for name in actions_named_in(path.read_text(encoding="utf-8"))}

    assert used - actions.names() == set(), "used, and in no row of the table"
    assert actions.names() - used == set(), "in the table, and no page or step asks for it"


def test_a_planted_use_of_an_action_is_seen() -> None:
    assert actions_named_in("@guarded('a.b')\ndef p(r):\n    demand(r, 'c.d' if r else 'e.f')") == {"a.b", "c.d", "e.f"}
    assert actions_named_in("demand(r, 'a.b' if r.get('step') == 'x' else 'c.d')") == {"a.b", "c.d"}


def test_public_pages_are_few_and_none_is_of_the_desk() -> None:
    public = {route for route, page in _ROUTES if getattr(page, "access", "") == "public"}

    published = {route for route, _ in _ROUTES if route.startswith("so-cai/")}  # heads, tiles and counts; never an entry
    signing = {"dang-nhap", "dang-xuat", "dan/dang-nhap", "dan/dang-xuat"}
    register = {"so-dang-ky-xu-ly", "so-dang-ky-xu-ly/thay-doi"}  # what is granted to whom, which everybody may read
    shared = {"", "ngon-ngu", "sang-toi", "giao-dien", "suc-khoe", "static/<path:path>"}
    assert public == shared | signing | register | published


def test_no_address_has_room_for_a_personal_number() -> None:
    assert [r for r, _ in _ROUTES if "personal" in r or "so_dinh_danh" in r or "<int:number" in r] == []
