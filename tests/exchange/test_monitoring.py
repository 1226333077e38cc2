"""Security events reach a real receiver: each, also after it was away, with nothing about a person."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from tests.exchange.monitoring_centre import MonitoringCentre, self_signed
from tests.factories.people import NAME, NOW, NUMBER

from dancu.exchange.models import Alarm, SecurityEvent
from dancu.exchange.monitoring import _LOCK, Patience, latest_events, send_test, tell_centre
from dancu.exchange.syslog import Centre

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = NOW - timedelta(hours=1)


def noted(kind: str = "rest.unauthenticated", source: str = "203.0.113.0/24", count: int = 3) -> None:
    SecurityEvent.objects.create(hour=HOUR, kind=kind, source=source, count=count)


def an_alarm(line: str = "L1", client: str = "he-thong") -> None:
    Alarm.objects.create(
        client_id=client, organisation="H57", officer="canbo.bi-mat", level="officer", line=line, verdict="suspend",
        scope=f"system:{client}#0", slot=1, at=NOW,
    )  # fmt: skip


def arrived(centre: MonitoringCentre, is_there: Callable[[list[str]], bool]) -> list[str]:
    deadline = time.monotonic() + 5
    while not is_there(centre.lines):
        assert time.monotonic() < deadline, centre.lines
        time.sleep(0.01)
    return centre.lines


@pytest.mark.parametrize("scheme", ["syslog+tcp", "syslog+tls", "syslog+udp"])
def test_events_arrive_whole_by_every_way(scheme: str, tmp_path: Path):
    certificate = self_signed(tmp_path) if scheme == "syslog+tls" else None
    centre = MonitoringCentre(scheme, certificate)
    noted()
    an_alarm()

    told = tell_centre(Centre(centre.url, certificate), now=NOW, patience=Patience())
    again = tell_centre(Centre(centre.url, certificate), now=NOW, patience=Patience())
    lines = arrived(centre, lambda lines: len(lines) == 2)
    centre.stop()

    assert (told, again, centre.broken) == (2, 0, [])
    assert sorted(line.split("|")[4] for line in lines) == ["extraction.suspend", "rest.unauthenticated"]
    assert any("cnt=3 cs2Label=network cs2=203.0.113.0/24" in line for line in lines)


def test_what_is_counted_after_it_was_told_is_told_as_more():
    centre = MonitoringCentre()
    noted(count=3)
    tell_centre(Centre(centre.url), now=NOW, patience=Patience())

    SecurityEvent.objects.update(count=10)
    tell_centre(Centre(centre.url), now=NOW, patience=Patience())

    lines = arrived(centre, lambda lines: len(lines) == 2)
    assert [line.split("cnt=")[1].split(" ")[0] for line in lines] == ["3", "7"]


def test_one_run_tells_at_a_time_and_a_worker_that_is_gone_holds_nobody_back():
    centre = MonitoringCentre()
    noted(count=3)
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s), pg_backend_pid()", [_LOCK])
        session = cursor.fetchone()[1]
    assert tell_centre(Centre(centre.url), now=NOW, patience=Patience()) == 0
    with connection.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(%s, 2000)", [session])  # as that of a worker that was killed ends

    assert tell_centre(Centre(centre.url), now=NOW, patience=Patience()) == 1


def test_a_centre_that_is_away_is_left_alone_longer_and_longer_and_loses_nothing():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        away = Centre(f"syslog+tcp://127.0.0.1:{probe.getsockname()[1]}")
    patience, tries, now = Patience(), [], NOW
    for minute in range(40):
        before = patience.failures
        tell_centre(away, now=now + timedelta(minutes=minute), patience=patience)
        tries += [minute] if patience.failures > before else []
        if minute == 0:
            assert tries == [], "nothing to tell, nobody to ask"
            noted()
            an_alarm()

    centre = MonitoringCentre()
    told = tell_centre(Centre(centre.url), now=now + timedelta(hours=2), patience=patience)

    assert tries == [1, 2, 4, 8, 16, 31]
    assert told == 2
    assert patience.failures == 0
    assert len(arrived(centre, lambda lines: len(lines) == 2)) == 2


def test_a_centre_that_breaks_off_is_told_again():
    centre, patience = MonitoringCentre(resets=1), Patience()
    noted(source="198.51.100.0/24")

    first = tell_centre(Centre(centre.url), now=NOW, patience=patience)
    second = tell_centre(Centre(centre.url), now=NOW + timedelta(minutes=2), patience=patience)

    assert (first, second, patience.failures) == (0, 1, 0)
    assert len(arrived(centre, bool)) == 1


def test_a_centre_with_another_certificate_is_told_nothing(tmp_path: Path):
    (tmp_path / "other").mkdir()
    centre = MonitoringCentre("syslog+tls", self_signed(tmp_path))
    patience = Patience()
    noted()

    told = tell_centre(Centre(centre.url, self_signed(tmp_path / "other")), now=NOW, patience=patience)

    assert (told, patience.failures, centre.lines) == (0, 1, [])


def test_nothing_about_a_person_or_an_officer_leaves():
    centre = MonitoringCentre()
    noted(kind="malformed", source="he-thong")
    an_alarm()

    tell_centre(Centre(centre.url), now=NOW, patience=Patience())

    told = "\n".join(arrived(centre, lambda lines: len(lines) == 2))
    assert not any(word in told for word in ("canbo.bi-mat", NUMBER, NAME))
    assert "cs3Label=system cs3=he-thong" in told


def test_more_than_one_load_of_events_is_told_in_parts():
    centre = MonitoringCentre()
    SecurityEvent.objects.bulk_create(
        SecurityEvent(hour=HOUR - timedelta(hours=at), kind="malformed", source=f"he-thong-{at}", count=1) for at in range(1_203)
    )

    told = tell_centre(Centre(centre.url), now=NOW, patience=Patience())

    assert told == 1_203
    assert len(arrived(centre, lambda lines: len(lines) == 1_203)) == 1_203


def test_a_test_is_sent_and_the_newest_are_listed_with_what_was_told():
    centre = MonitoringCentre()
    noted()
    tell_centre(Centre(centre.url), now=NOW, patience=Patience())
    an_alarm()

    send_test(Centre(centre.url), now=NOW)

    assert "|test|" in arrived(centre, lambda lines: len(lines) == 2)[1]
    assert [(event.kind, is_told) for event, is_told in latest_events(10)] == [
        ("extraction.suspend", False),
        ("rest.unauthenticated", True),
    ]
