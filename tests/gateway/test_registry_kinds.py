"""No dialect of the gateway reaches the registry's search or its reading by number alone."""

from __future__ import annotations

import ast

import pytest

from dancu.exchange.domain import WITH_THREE_KEYS, AccessRequest, Kind, Refusal
from dancu.exchange.hot import HotPath, Question
from dancu.exchange.reasons import Reason
from dancu.onboarding.reader import Directory, KnownCaller
from tests.factories.people import NOW, a_claim, a_grant, a_system, an_actor
from tests.house.tree import ROOT


def kinds_named_in(source: str) -> set[str]:
    """Members of `Kind` a module names, and whether it makes one from a value, which could be any."""
    named: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", getattr(node.value, "attr", "")) == "Kind":
            named.add(node.attr)
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Kind":
            named.add("any")
    return named


def test_the_gateway_names_the_kinds_with_three_keys_only() -> None:
    files = sorted((ROOT / "src/dancu/gateway").rglob("*.py"))
    named = set().union(*(kinds_named_in(path.read_text(encoding="utf-8")) for path in files))

    assert named == {kind.name for kind in WITH_THREE_KEYS}


def test_a_planted_kind_is_seen() -> None:
    assert kinds_named_in("k = domain.Kind.SEARCH; k = Kind(text)") == {"SEARCH", "any"}


@pytest.mark.parametrize("kind", sorted(set(Kind) - WITH_THREE_KEYS))
def test_a_question_of_such_a_kind_is_refused_on_the_hot_path_whatever_the_grant(kind: Kind) -> None:
    caller = KnownCaller(a_system(), "secret")
    grant = a_grant(registry=True, protected=True)
    directory = Directory({"he-thong": caller}, {("he-thong", "REST", "1.001193"): grant}, frozenset({("H57", "canbo01")}))
    request = AccessRequest(an_actor(), kind, "REST", "1.001193", "H57-1")

    decided = HotPath._decide(directory, Question(caller, request, a_claim(), lambda answer: b""), NOW)

    assert decided.decision == Refusal(Reason.REGISTRY_NOT_GRANTED)
