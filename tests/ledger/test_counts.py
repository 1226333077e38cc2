"""What each organisation did on a day is counted from the tree, signed, and compared with what the exchange says it answered."""

from __future__ import annotations

import os
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from dancu.ledger import api, counts, sequencer
from dancu.ledger.counts import Difference, Family
from dancu.ledger.domain import Act, ActKind, seal
from dancu.ledger.notes import parse_note, verify_note
from tests.ledger.sequenced import Desk, an_act, written

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 11, 24)
MIDDAY = datetime(2026, 11, 24, 5, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 24, 17, tzinfo=UTC)  # in Viet Nam the day is over


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(os.environ["DATABASE_URL"], tmp_path)
    acts = [
        *[an_act() for _ in range(5)],
        Act(ActKind.REFUSE, "no_grant", "H58", "he-thong-hai", "x", integration_code="037"),
        Act(ActKind.REFUSE, "identity.role", "H57", "web", "x"),
        Act(ActKind.ADMINISTER, "system.registered", "H57", "he-thong", "x"),
        an_act(sealed_until=date(2027, 2, 1), legal_basis="BLTTHS Điều 223"),
    ]
    written(desk.url, acts, MIDDAY)
    written(desk.url, [an_act()], MIDNIGHT)
    return desk


def count(desk: Desk, now: datetime) -> date | None:
    with psycopg.connect(desk.url, autocommit=True) as connection:
        return counts.count_day(connection, desk.signer, now)


def answered(desk: Desk, *rows: tuple[str, int], source: str = "gateway-1") -> None:
    with psycopg.connect(desk.url) as connection:
        for organisation, count in rows:
            connection.execute(
                "insert into ledger_answercount (day, organisation, source, count) values (%s, %s, %s, %s)"
                " on conflict (day, organisation, source) do update set count = ledger_answercount.count + excluded.count",
                [DAY, organisation, source, count],
            )


def test_a_day_is_counted_when_it_is_over_and_whole_in_the_tree(desk: Desk) -> None:
    settled = MIDNIGHT + timedelta(minutes=10)

    assert count(desk, settled) is None, "nothing is in the tree"
    desk.sequence()
    assert count(desk, settled - timedelta(seconds=1)) is None
    assert count(desk, settled) == DAY
    assert count(desk, settled) is None

    with psycopg.connect(desk.url) as connection, connection.cursor() as cursor:
        assert counts.days(cursor) == [(DAY, 7)], "the sealed one is in the sum"
    note = api.day_note(DAY) or ""
    assert verify_note(parse_note(note), desk.key)
    counted = counts.parse_day(note)
    assert counted.heads == ["thu.vn/so/2026h2/e1 10"]
    assert counted.counts == {
        (Family.ANSWERS, "H57"): 5,
        (Family.ANSWERS, "H58"): 1,
        (Family.ATTEMPTS, "H57"): 1,
        (Family.ADMINISTRATION, "H57"): 1,
        (Family.SEALED, "-"): 1,
    }


def test_answers_the_exchange_counted_equal_those_in_the_tree_or_differ_by_name(desk: Desk) -> None:
    desk.sequence()
    with psycopg.connect(desk.url) as connection, connection.cursor() as cursor:
        assert counts.differences_on(cursor, DAY) == [], "nobody counted"
    answered(desk, ("H57", 2), ("H58", 1))
    answered(desk, ("H57", 1))
    answered(desk, ("H57", 3), source="gateway-2")

    with psycopg.connect(desk.url) as connection, connection.cursor() as cursor:
        assert counts.differences_on(cursor, DAY) == []
        assert counts.answered_on(cursor, DAY) == 7
    answered(desk, ("H58", 1))
    with psycopg.connect(desk.url) as connection, connection.cursor() as cursor:
        assert counts.differences_on(cursor, DAY) == [Difference(DAY, "H58", 2, 1)]


def test_an_entry_without_an_organisation_is_counted_and_stops_no_count(desk: Desk) -> None:
    (entry,) = [seal(an_act(), MIDDAY)]
    body = entry.body.replace(b'"organisation":"H57",', b"")
    assert body != entry.body
    with psycopg.connect(desk.url) as connection:
        connection.execute(
            "insert into ledger_entry (at, id, tx, body) values (%s, %s, pg_current_xact_id(), %s)",
            [entry.at, entry.reference, body],
        )
    desk.sequence()

    assert count(desk, MIDNIGHT + timedelta(minutes=10)) == DAY
    assert counts.parse_day(api.day_note(DAY) or "").counts[Family.ANSWERS, "-"] == 1


def test_counting_outlives_whatever_goes_wrong_in_a_round(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    tried, stop = 0, threading.Event()

    def fails(*_: object) -> None:
        nonlocal tried
        tried += 1
        if tried == 3:
            stop.set()
        raise ZeroDivisionError

    monkeypatch.setattr(sequencer, "COUNT_SECONDS", 0.01)
    monkeypatch.setattr(sequencer, "count_day", fails)

    sequencer.count_days(desk.url, desk.signer, lambda: MIDDAY, stop)

    assert tried == 3
