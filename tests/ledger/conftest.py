"""One written ledger for each module that reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from dancu.cli.launcher.postgres import Urls
from tests.ledger.book import copy_of, write


class Book(NamedTuple):
    urls: Urls
    shown_secret: str  # what the operator was shown when a system was added


@pytest.fixture(scope="module")
def book(filled_template: str) -> Iterator[Book]:
    with copy_of(filled_template) as urls:
        yield Book(urls, write(urls))
