"""Instances that are started in the same moment, without ports given, do not get into each other's way."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.cli.started import Started, processes_of

pytestmark = pytest.mark.slow


def test_two_instances_started_in_the_same_moment_take_different_ports_and_both_answer(folder: Path) -> None:
    both = [Started(folder / name) for name in ("one", "two")]
    try:
        for instance in both:
            instance.wait_ready()

        urls = [instance.known[which] for instance in both for which in ("web", "gateway")]
        assert len({urlsplit(url).port for url in urls}) == 4
        assert len({instance.owner_url for instance in both}) == 2
        assert all(instance.answers() for instance in both)

        both[0].end()
        assert both[1].answers()
    finally:
        for instance in both:
            instance.end()
    assert [processes_of(instance.home) for instance in both] == [{}, {}]
