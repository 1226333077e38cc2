"""The window of changes: no moment of a client's clock, no late writer and no page may swallow a change."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from tests.exchange.asking import ask
from tests.exchange.receiver import a_subscription
from tests.factories.approvals import a_document, an_approval
from tests.factories.database import connect_system, load
from tests.factories.people import NOW, NUMBER, a_grant, a_person_row
from tests.population.scene import until_all_is_readable

from dancu.exchange import feeding
from dancu.exchange.domain import Refused
from dancu.exchange.models import FeedChange, Subscription
from dancu.exchange.subscriptions import FEED_LOCK
from dancu.exchange.windows import Window, tell_window
from dancu.kernel.errors import Unavailable
from dancu.kernel.reach import SYSTEM, acting
from dancu.population import api as population

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = (NUMBER, "046090000502", "046090000503")


@pytest.fixture(autouse=True)
def _scene(tmp_path: Path) -> Iterator[None]:
    with acting(SYSTEM):
        load([a_person_row(number, f"Trần Văn {number[-1]}") for number in PEOPLE], tmp_path)
        connect_system(grants=[a_grant(may_subscribe=True)])
        yield


def changed(number: str, at: datetime = NOW) -> None:
    population.correct_person(int(number), {"full_name": "Trần Văn Đổi"}, an_approval(), a_document(), now=at)


def written(at: datetime) -> None:
    until_all_is_readable()
    feeding.write_changes(now=lambda: at)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def told(since: datetime, until: datetime, page: int = 1, size: int = 100, *, now: datetime | None = None) -> list[str]:
    answer = ask(lambda hot, caller: tell_window(hot, caller, "canbo01", Window(since, until, page, size)), now or until)
    assert not isinstance(answer, Refused), answer
    return [each.number for each in answer]


def test_a_change_written_hours_after_it_happened_is_told_in_the_window_of_its_writing() -> None:
    a_subscription()
    changed(NUMBER, at=after(3))

    early = told(after(0), after(5))
    written(after(7200))

    assert (early, told(after(5), after(7300))) == ([], [NUMBER]), "told once, in the window that had not been told yet"


def test_a_client_whose_clock_is_ahead_misses_nothing() -> None:
    a_subscription()

    early = told(after(0), after(40), now=after(10))
    changed(NUMBER, at=after(15))
    written(after(20))

    assert (early, told(after(40), after(100))) == ([], [NUMBER])


def test_pages_stand_still_while_changes_are_written_and_subscriptions_end() -> None:
    first, _, _ = (a_subscription(number=number, reference=number) for number in PEOPLE)
    for number in PEOPLE[:2]:
        changed(number, at=after(10))
    written(after(11))
    since, until = after(0), after(100)

    before = told(since, until, 1, 1)
    Subscription.objects.filter(pk=first).update(ended_at=after(105), end_reason="deleted")
    changed(PEOPLE[2], at=after(5))
    written(after(106))

    assert (before, told(since, until, 2, 1, now=after(107))) == ([PEOPLE[0]], [PEOPLE[1]])
    assert told(since, until, 3, 1, now=after(107)) == []
    assert told(until, after(200)) == [PEOPLE[2]]


def test_who_asks_while_changes_are_being_written_waits_for_them() -> None:
    with psycopg.connect(os.environ["DATABASE_URL"]) as writer:
        writer.execute(FEED_LOCK)

        with pytest.raises(Unavailable):
            told(after(0), after(100))


def test_the_moment_of_writing_is_read_under_the_writer_s_lock() -> None:
    held: list[Any] = []

    def now() -> datetime:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_locks where locktype = 'advisory' and granted and pid = pg_backend_pid()")
            held.append(cursor.fetchone()[0])
        return NOW

    a_subscription()
    changed(NUMBER)
    until_all_is_readable()
    feeding.write_changes(now=now)

    assert FeedChange.objects.count() == 1
    assert all(held)
