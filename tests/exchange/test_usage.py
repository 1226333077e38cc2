"""Usage is counted in the transaction of the answer, under words the caller could not choose, and merged without losing a call."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from tests.factories.database import connect_system, load
from tests.factories.ledger import tree_keeps_up
from tests.factories.people import NOW, a_claim, a_person_row, an_actor
from tests.factories.registry import a_search, an_opening, connect_registry

from dancu.exchange import store, usage, usage_rollup
from dancu.exchange.api import AccessRequest, Kind, disclose_person, open_person, read_query, search_persons, verify_person
from dancu.exchange.models import Usage
from dancu.exchange.usage import MATCHED, MISSED, UsageKey
from dancu.exchange.usage_period import first_day_kept
from dancu.exchange.usage_rollup import forget_days, merge_usage
from dancu.kernel.clock import local
from dancu.kernel.errors import Unavailable

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = local(NOW).date()
KEY = UsageKey("H57", "he-thong", "REST", "verify", "1.001193")


@pytest.fixture(autouse=True)
def a_desk(tmp_path: Path) -> None:
    load([a_person_row()], tmp_path)
    connect_system()
    tree_keeps_up()


def a_request(kind: Kind = Kind.VERIFY, code: str = "REST", procedure: str = "1.001193") -> AccessRequest:
    return AccessRequest(an_actor(), kind, code, procedure)


def counted() -> dict[tuple[str, ...], tuple[int, ...]]:
    rows = Usage.objects.filter(grain="day").values_list("integration", "kind", "procedure", *usage.Ending)
    found: dict[tuple[str, ...], tuple[int, ...]] = {}
    for row in rows:
        before = found.get(row[:3], (0, 0, 0, 0))
        found[row[:3]] = tuple(one + other for one, other in zip(before, row[3:], strict=True))
    return found


def answers_beside_the_ledger() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(sum(count), 0) from ledger_answercount")
        return int(cursor.fetchone()[0])


def test_the_desk_counts_how_each_question_ended():
    verify_person(a_claim(), a_request(), now=NOW)
    verify_person(a_claim(name="Lê Khác"), a_request(), now=NOW)
    disclose_person(a_claim(), a_request(Kind.DISCLOSE), now=NOW)
    disclose_person(a_claim(), a_request(Kind.DISCLOSE, procedure="9.999"), now=NOW)

    assert counted() == {
        ("REST", "verify", "1.001193"): (1, 1, 0, 0),
        ("REST", "disclose", "1.001193"): (1, 0, 0, 0),
        ("?", "disclose", "?"): (0, 0, 1, 0),
    }
    assert answers_beside_the_ledger() == 4


def test_the_registry_s_own_officers_are_counted_like_everybody():
    connect_registry()

    search_persons(read_query("046090000101"), a_search(), now=NOW)
    open_person(46_090_000_101, an_opening(), now=NOW)
    search_persons(read_query("Trần Văn Hòa", "1990"), a_search(dossier_no=""), now=NOW)

    assert counted() == {
        ("DAN-CU", "search", "DC-TRA-CUU"): (1, 0, 1, 0),
        ("DAN-CU", "open", "DC-TRA-CUU"): (1, 0, 0, 0),
    }


def test_a_question_that_was_rolled_back_is_not_counted():
    def failing(*_: object, **__: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select 1 / 0")

    with pytest.raises(Unavailable):
        verify_person(a_claim(), a_request(), now=NOW, source=failing)

    assert counted() == {}


def test_whoever_sends_free_text_makes_no_rows_without_end():
    for at in range(30):
        verify_person(a_claim(), a_request(code=f"ma-{at}", procedure=f"thu-tuc-{at}"), now=NOW)

    assert counted() == {("?", "verify", "?"): (0, 0, 30, 0)}
    assert Usage.objects.count() == 1


def test_finished_days_become_one_row_a_day_and_one_a_month_however_often_it_is_done():
    for writer in ("gateway-1", "gateway-2", "desk-3"):
        for back in range(3):
            store.add_usage(KEY, MATCHED, 5, writer, TODAY - timedelta(days=back))

    merged = [merge_usage(now=NOW) for _ in range(3)]

    assert merged == [6, 0, 0]
    rows = Usage.objects.values_list("grain", "day", "writer", "matched").order_by("grain", "day", "writer")
    assert list(rows) == [
        ("day", TODAY - timedelta(days=2), "", 15),
        ("day", TODAY - timedelta(days=1), "", 15),
        ("day", TODAY, "desk-3", 5),
        ("day", TODAY, "gateway-1", 5),
        ("day", TODAY, "gateway-2", 5),
        ("month", TODAY.replace(day=1), "", 30),
    ]


def test_a_writer_that_comes_late_is_added_and_counted_once():
    yesterday = TODAY - timedelta(days=1)
    store.add_usage(KEY, MATCHED, 5, "gateway-1", yesterday)
    merge_usage(now=NOW)

    store.add_usage(KEY, MISSED, 2, "gateway-1", yesterday)
    merge_usage(now=NOW)

    day = Usage.objects.get(grain="day")
    assert (day.writer, day.matched, day.missed) == ("", 5, 2)
    assert Usage.objects.get(grain="month").missed == 2


def test_nothing_is_lost_or_doubled_while_writers_write_and_rounds_are_killed(monkeypatch):
    monkeypatch.setattr(usage_rollup, "ROWS_A_STATEMENT", 3)
    url, rounds, writers = connection.settings_dict, 60, 4
    yesterday = TODAY - timedelta(days=1)
    address = {"host": url["HOST"], "port": url["PORT"], "user": url["USER"], "password": url["PASSWORD"], "dbname": url["NAME"]}

    def write(number: int) -> None:
        with psycopg.connect(**address, autocommit=True) as own:
            own.execute("select set_config('dancu.scope', 'system', false)")
            for at in range(rounds):
                key = KEY._replace(procedure=f"1.00{at % 7}")
                own.execute(usage.ADD_NAMED, {"day": yesterday, "writer": f"gateway-{number}", **usage.named({key: [1, 0, 0, 0]})})

    def merge_and_die(over: threading.Event) -> None:
        """Rounds that end without a commit, as a killed worker's do."""
        while not over.is_set():
            with psycopg.connect(**address) as own:
                own.execute("select set_config('dancu.scope', 'system', false)")
                own.execute(usage_rollup._MERGE.encode(), [TODAY, 5])
                own.rollback()

    over = threading.Event()
    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    killed = threading.Thread(target=merge_and_die, args=(over,))
    for thread in (*threads, killed):
        thread.start()
    while any(thread.is_alive() for thread in threads):
        merge_usage(now=NOW)
    over.set()
    killed.join()
    merge_usage(now=NOW)

    sums = {grain: sum(Usage.objects.filter(grain=grain).values_list("matched", flat=True)) for grain in ("day", "month")}
    assert sums == {"day": rounds * writers, "month": rounds * writers}
    assert not Usage.objects.exclude(writer="").exists()
    assert Usage.objects.filter(grain="day").count() == 7


def test_after_thirteen_months_only_the_months_stay():
    long_ago = date(2025, 9, 30)
    store.add_usage(KEY, MATCHED, 7, "gateway-1", long_ago)
    store.add_usage(KEY, MATCHED, 1, "gateway-1", date(2025, 10, 1))

    merge_usage(now=NOW)
    forgotten = forget_days(now=NOW)

    assert first_day_kept(TODAY) == date(2025, 10, 1)
    assert forgotten == 1
    assert list(Usage.objects.values_list("grain", "day", "matched").order_by("grain", "day")) == [
        ("day", date(2025, 10, 1), 1),
        ("month", date(2025, 9, 1), 7),
        ("month", date(2025, 10, 1), 1),
    ]


def test_a_day_ends_at_midnight_in_viet_nam():
    evening = datetime.fromisoformat("2026-11-24T16:59:59+00:00")

    verify_person(a_claim(), a_request(), now=evening)
    verify_person(a_claim(), a_request(), now=evening + timedelta(seconds=1))

    assert list(Usage.objects.values_list("day", flat=True).order_by("day")) == [date(2026, 11, 24), date(2026, 11, 25)]
