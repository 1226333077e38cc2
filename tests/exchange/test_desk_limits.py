"""The desk is held to the lines of the gateway: an officer is told in her language, a planted person is noticed."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from tests.factories.database import connect_system, load
from tests.factories.ledger import tree_keeps_up
from tests.factories.people import NAME, NOW, NUMBER, a_claim, a_person_row, an_actor
from tests.factories.registry import a_search, an_opening, connect_registry

from dancu.exchange import extraction
from dancu.exchange.api import (
    AccessRequest,
    Kind,
    Reason,
    Refused,
    disclose_person,
    open_person,
    plant_watermarks,
    planted_numbers,
    read_query,
    search_persons,
    verify_person,
)
from dancu.exchange.domain import Outcome, Verification
from dancu.exchange.extraction import COUNTS, Window
from dancu.exchange.models import Alarm, Attempt, ExtractionUse, Learned, Planted
from dancu.exchange.telling import tell_of_alarms
from dancu.exchange.usecases import forget_what_has_served
from dancu.identity.api import Organisation, add_officer, add_organisation
from dancu.kernel.config import read_config
from dancu.kernel.errors import NotFound
from dancu.kernel.sealing import SealingKey
from dancu.ledger import api as ledger
from dancu.notices import api as notices
from dancu.notices.usecases.tell import notices_of_officer
from dancu.onboarding import api as onboarding
from dancu.population.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def a_desk(tmp_path: Path) -> None:
    rows = [a_person_row(f"0460900{at:05d}", f"Trần Văn Số{'abcdefghijklmnopqrst'[at % 20]}") for at in range(200, 240)]
    load([a_person_row(), *rows], tmp_path)
    connect_system()
    tree_keeps_up()


def a_request(kind: Kind = Kind.VERIFY, officer: str = "canbo01") -> AccessRequest:
    return AccessRequest(an_actor(officer), kind, "REST", "1.001193")


def ask(number: str = NUMBER, name: str = NAME, **more: object) -> Verification | Refused:
    return verify_person(a_claim(number, name), a_request(), now=more.pop("now", NOW))  # type: ignore[arg-type]


def reason_of(answer: Verification | Refused) -> str:
    return answer.reason if isinstance(answer, Refused) else answer.outcome


def keys() -> SealingKey:
    return SealingKey.from_folder(read_config().key_dir)


def misses(count: int, first: int = 0) -> list[str]:
    return [reason_of(ask(f"046091{first + at:06d}")) for at in range(count)]


def test_an_officer_past_her_line_is_refused_told_and_may_ask_tomorrow():
    assert set(misses(45)) == {Outcome.NO_MATCH}

    refused = ask()

    assert isinstance(refused, Refused)
    assert refused.reason is Reason.EXTRACTION_LIMIT
    assert "Đã vượt hạn mức" in refused.message
    assert ledger.entry_by_reference(refused.reference).body["outcome"] == "extraction_limit"
    assert reason_of(ask(now=NOW + timedelta(days=1))) == Outcome.MATCH


def test_a_number_stated_wrongly_five_times_is_closed_until_tomorrow():
    assert [reason_of(ask(name="Lê Khác")) for _ in range(6)] == [Outcome.NO_MATCH] * 5 + [Reason.ATTEMPTS_SPENT]
    assert reason_of(ask()) == Reason.ATTEMPTS_SPENT
    assert reason_of(ask(now=NOW + timedelta(days=1))) == Outcome.MATCH


def test_an_unknown_number_is_closed_like_a_known_one():
    assert [reason_of(ask("046091999999")) for _ in range(6)] == [Outcome.NO_MATCH] * 5 + [Reason.ATTEMPTS_SPENT]


def test_guessing_from_many_accounts_suspends_the_system_and_the_ledger_says_why():
    accounts = [f"canbo{at:02d}" for at in range(1, 10)]
    onboarding.list_accounts_for("H57", accounts, by="test", now=NOW)
    for at in range(60):
        verify_person(a_claim(f"046091{at:06d}"), a_request(officer=accounts[at % 9]), now=NOW)

    assert onboarding.get_system("he-thong").state is onboarding.ConnectionState.SUSPENDED
    assert reason_of(ask()) == Reason.CLIENT_SUSPENDED
    alarm = Alarm.objects.get(verdict="suspend")
    assert ledger.entry_by_reference(alarm.reference).body["outcome"] == "system.suspended:extraction:fast-unknown-numbers"

    onboarding.set_state("he-thong", onboarding.ConnectionState.OFFICIAL, reason="đã kiểm tra", by="test", now=NOW)
    assert reason_of(ask()) == Outcome.MATCH, "counts begin anew"
    for at in range(30):
        verify_person(a_claim(f"046092{at:06d}"), a_request(officer=accounts[at % 9]), now=NOW + timedelta(hours=2))
    assert onboarding.get_system("he-thong").state is onboarding.ConnectionState.SUSPENDED, "the second comes sooner"


def test_alarms_are_told_once():
    plant_watermarks(1, "thử", key=keys(), by="test", now=NOW)
    (number,) = planted_numbers(key=keys())
    ask(f"{number:012d}")

    add_organisation(Organisation("H57", "UBND thành phố (thử)", ""), {"VH": "Vận hành"})
    add_officer("truc.vanhanh", "Trực vận hành", "H57", "VH", ["operator"], "mat-khau-thu")

    assert tell_of_alarms(now=NOW) == 1
    assert tell_of_alarms(now=NOW) == 0
    told = Alarm.objects.get()
    assert (told.verdict, told.line) == ("alarm", "planted-noticed")
    assert ledger.entry_by_reference(told.reference).body["outcome"] == "extraction.alarm:planted-noticed"
    notices.deliver_due({"notice.officer": notices.deliver_to_officer}, lambda: NOW + timedelta(minutes=1))
    [told_in_person] = notices_of_officer("truc.vanhanh", "H57", {"operator"})
    title, body = notices.in_words(told_in_person.message, "vi")
    assert title == "Cảnh báo khai thác: he-thong"
    assert body.startswith("UBND thành phố (thử): nhiều lượt hỏi người cài bẫy trong 1 ngày (ngưỡng planted-noticed).")
    assert notices.in_words(told_in_person.message, "en")[1].startswith(
        "UBND thành phố (thử): many questions about planted persons"
    )


def test_planted_persons_answer_like_everybody_and_stop_the_officer_who_asks():
    assert plant_watermarks(5, "thử", key=keys(), by="test", now=NOW) == 5
    numbers = sorted(planted_numbers(key=keys()))
    person = Person.objects.get(pk=numbers[0])
    born = f"{person.birth_year}-{person.birth_month:02d}-{person.birth_day:02d}"

    told = disclose_person(a_claim(f"{numbers[0]:012d}", person.full_name, born), a_request(Kind.DISCLOSE), now=NOW)

    assert not isinstance(told, Refused)
    assert told.verification.outcome is Outcome.MATCH
    assert reason_of(ask()) == Reason.EXTRACTION_LIMIT
    assert all(f"{number}".encode() not in bytes(row.sealed) for number in numbers for row in Planted.objects.all())


def test_the_same_seed_plants_the_same_persons(tmp_path: Path):
    plant_watermarks(3, "một", key=keys(), by="test", now=NOW)
    first = set(planted_numbers(key=keys()))
    Person.objects.filter(pk__in=first).delete()
    Planted.objects.all().delete()

    plant_watermarks(3, "một", key=keys(), by="test", now=NOW)

    assert set(planted_numbers(key=keys())) == first


def test_the_registry_lists_no_planted_person_and_opening_one_is_noticed():
    connect_registry()
    plant_watermarks(3, "thử", key=keys(), by="test", now=NOW)
    for number in planted_numbers(key=keys()):
        person = Person.objects.get(pk=number)
        answer = search_persons(read_query(person.full_name, str(person.birth_year)), a_search(), now=NOW)
        assert not isinstance(answer, Refused)
        assert number not in {found.personal_id.number for found in answer.persons}

    open_person(number, an_opening(), now=NOW)

    assert Alarm.objects.filter(line="planted-noticed", client_id="dan-cu").exists()
    assert onboarding.get_system("dan-cu").state is onboarding.ConnectionState.OFFICIAL


def test_opening_numbers_nobody_has_counts_as_guessing():
    connect_registry()
    with pytest.raises(NotFound):
        open_person(46091000001, an_opening(), now=NOW)

    assert ExtractionUse.objects.get(scope="officer:H57/canbo01", minutes=60).unknown == 1


def test_old_counts_go_and_days_stay():
    ask()
    ask(name="Lê Khác")

    forget_what_has_served(now=NOW + timedelta(days=40))

    assert set(ExtractionUse.objects.values_list("minutes", flat=True)) == {1440}
    assert not Attempt.objects.exists()
    assert Learned.objects.count() == 1


# -- no bare hash ------------------------------------------------------------------------------------------------------


def bare_forms(number: str) -> set[bytes]:
    """The number, and what any key-less hash makes of it, as it might stand in a table."""
    found = {number.encode()}
    for text in (number, f"H57{number}", f"H57\0{number}", f"he-thong{number}", str(int(number))):
        for name in ("sha256", "sha1", "md5", "sha512", "blake2b", "blake2s"):
            digest = hashlib.new(name, text.encode()).digest()
            found |= {digest, digest[:8], digest.hex().encode(), str(int.from_bytes(digest[:8]) >> 1).encode()}
            found |= {str(int.from_bytes(digest[:8], signed=True)).encode()}
    return found


def where_bare(number: str) -> set[str]:
    """Tables of the exchange that hold a number or its bare hash."""
    wanted, places = bare_forms(number), set()
    with connection.cursor() as cursor:
        for table in [name for name in connection.introspection.table_names() if name.startswith("exchange_")]:
            cursor.execute(f"select * from {table}")
            for row in cursor.fetchall():
                for value in row:
                    held = bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
                    if any(each in held for each in wanted):
                        places.add(table)
    return places


def test_the_exchange_keeps_no_number_and_no_bare_hash_of_one():
    connect_registry()
    plant_watermarks(2, "thử", key=keys(), by="test", now=NOW)
    ask()
    ask(name="Lê Khác")
    open_person(int(NUMBER), an_opening(), now=NOW)

    assert where_bare(NUMBER) == set()
    assert all(where_bare(f"{number:012d}") == set() for number in planted_numbers(key=keys()))


def test_a_bare_hash_would_be_found():
    Learned.objects.create(mark=int.from_bytes(hashlib.sha256(NUMBER.encode()).digest()[:8]) >> 1, day=NOW.date())

    assert where_bare(NUMBER) == {"exchange_learned"}


def test_an_organisation_past_its_line_loses_the_systems_that_missed_and_no_other():
    for client in ("he-thong-hai", "he-thong-ba"):
        connect_system(client)
    today = extraction.slot_of(Window.DAY, NOW)
    wrong, right = {"calls": 1_500, "unknown": 159}, {"calls": 1_500, "unknown": 0}
    for scope, counts in (("system:he-thong-hai#0", wrong), ("system:he-thong-ba#0", right), ("organisation:H57#0", wrong)):
        values = {name: counts.get(name, 0) for name in COUNTS}
        ExtractionUse.objects.create(scope=scope, minutes=Window.DAY, slot=today, writer="gateway", **values)

    ask("046091000001")

    states = {each: onboarding.get_system(each).state for each in ("he-thong", "he-thong-hai", "he-thong-ba")}
    assert states == {
        "he-thong": onboarding.ConnectionState.SUSPENDED,
        "he-thong-hai": onboarding.ConnectionState.SUSPENDED,
        "he-thong-ba": onboarding.ConnectionState.OFFICIAL,
    }
