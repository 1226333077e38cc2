"""The kit is a judge of its own: it shares no code with what it judges, or it would pass our own mistakes."""

from __future__ import annotations

from collections import Counter

from dancu.cli.conformance_kit.checks import CHECKS
from dancu.cli.conformance_kit.client_checks import CLIENT_CHECKS
from dancu.cli.conformance_kit.playing import DIALECTS
from tests.house.doors import graph_of

_KIT = "dancu.cli.conformance_kit"
# What may be shared: words of everybody, the personas, the document that the gate reads.
_SHARED = ("dancu.kernel", "dancu.synth", "dancu.onboarding.conformance", _KIT)


def test_neither_gateway_nor_exchange_nor_django_is_reached() -> None:
    graph = graph_of()
    begun = {"dancu.cli.conformance"} | {module for module in graph.modules if module.startswith(_KIT)}
    reached = set().union(*(graph.find_upstream_modules(module) for module in begun))

    assert len(begun) > 20, "the kit was looked at"
    ours = {module for module in reached if module.startswith("dancu.") and not module.startswith(_SHARED)}
    assert ours == set()
    assert not {module for module in reached if module.startswith("django")}


def test_every_check_has_a_name_a_title_and_a_reason_of_its_own() -> None:
    everything = [*((each.id, each.title, each.why) for each in CHECKS), *((c.id, c.title, c.why) for c in CLIENT_CHECKS)]

    assert [name for name, times in Counter(each[0] for each in everything).items() if times > 1] == []
    assert {each.dialect for each in CHECKS} == set(DIALECTS)
    for name, title, why in everything:
        assert not title.endswith("."), name
        assert not why.endswith("."), f"{name}: its reason ends in the middle of a sentence"
