"""Registry officers search and open by number: who may, what is shown, and what stands in the ledger before it is shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.factories.database import load
from tests.factories.ledger import tree_keeps_up
from tests.factories.people import NAME, NOW, NUMBER, a_person_row
from tests.factories.registry import CASE, OFFICER, a_registry_grant, a_search, an_opening, connect_registry

from dancu.exchange import registry_search
from dancu.exchange.api import Part, Reason, Refused, open_person, read_query, search_persons
from dancu.exchange.budgets import Budget, Use
from dancu.kernel.errors import Invalid, NotFound, TooMany
from dancu.kernel.warrants import Field
from dancu.ledger.api import RecordedEntry, entry_by_reference, latest
from dancu.onboarding import api as onboarding
from dancu.population.api import Flag, refresh_search
from dancu.population.models import Person
from dancu.population.search.asking import forget_words

pytestmark = pytest.mark.django_db
SECOND = "046090000102"
HUE = {"permanent_version": "L3-2025", "permanent_code": "46.474.19753"}
PEOPLE = [
    a_person_row(old_id_no="191000101", religion="2", ethnicity="1", **HUE),
    a_person_row(SECOND, "Trần Văn Hoàng", "1990-05-18", old_id_no="191000102"),
    a_person_row("046048000103", "Phạm Khuất", "1948-07-19", life_status="1", life_status_on="2023-03-15"),
    a_person_row("046090000104", "Phạm Văn Mới", "1990-01-02"),
    a_person_row("046090000105", "Phạm Văn Mới", "1990-01-02", number_state="1", successor="046090000104"),
    a_person_row("046090000106", "Lý Huỷ", "1990-01-02", number_state="2"),
]


@pytest.fixture(autouse=True)
def registry(tmp_path: Any) -> None:
    load(PEOPLE, tmp_path)
    refresh_search()
    forget_words()
    connect_registry()
    tree_keeps_up()


def found(text: str, birth_date: str = "", **more: Any) -> list[str]:
    answer = search_persons(read_query(text, birth_date, **more), a_search(), now=NOW)
    assert not isinstance(answer, Refused), answer.message
    return [person.personal_id.digits for person in answer.persons]


def entries() -> list[RecordedEntry]:
    """Of kinds that tell of a look, oldest first within a search: the search itself comes before its persons."""
    return [entry for entry in latest(100) if entry.body["kind"] in ("search", "disclose", "refuse")]


@pytest.mark.parametrize(
    ("text", "birth_date", "expected"),
    [
        (NUMBER, "", NUMBER),
        ("046 090 000101", "", NUMBER),
        ("04609000101", "", NUMBER),  # a digit left out
        ("0460900001001", "", NUMBER),  # one too many
        ("191000101", "", NUMBER),
        ("19100101", "", NUMBER),
        (NAME, "1990", NUMBER),
        ("tran van hoa", "17/05/1990", NUMBER),
        ("TRANVANHOA", "1990", NUMBER),
        ("Hòa Trần Văn", "1990", NUMBER),
        ("Trần Hòa", "1990", NUMBER),
        ("Trần Văn Minh Hòa", "1990", NUMBER),
        ("Trần Vân Hoà", "1990", NUMBER),
        ("Trăn Vna Hòa", "1990", NUMBER),
        ("traanf vawn hoaf", "1990", NUMBER),
        (NAME, "1991", NUMBER),
        (NAME, "17/06/1990", NUMBER),
        ("Phạm Khuất", "1948", "046048000103"),
        ("Phạm Văn Mới", "1990", "046090000104"),
    ],
)
def test_a_person_is_found_first_however_she_is_typed(text: str, birth_date: str, expected: str) -> None:
    assert found(text, birth_date)[0] == expected


def test_a_number_one_slip_away_is_shown_only_when_nobody_has_the_typed_one_or_when_asked_for() -> None:
    assert found(NUMBER) == [NUMBER]
    assert SECOND in found(NUMBER, about=True)
    assert NUMBER in found("046090000110")  # two neighbours exchanged


def test_a_replaced_number_shows_itself_and_its_successor() -> None:
    assert found("046090000105") == ["046090000105", "046090000104"]


def test_replaced_and_cancelled_numbers_are_not_found_by_name() -> None:
    assert found("Phạm Văn Mới", "02/01/1990") == ["046090000104"]
    assert found("Lý Huỷ", "1990") == []
    assert found("046090000106") == ["046090000106"]


def test_a_line_says_what_was_typed_differently() -> None:
    answer = search_persons(read_query("Tran Vam Hòa", "18/05/1990"), a_search(), now=NOW)

    assert not isinstance(answer, Refused)
    told = {each.part: (each.typed, each.recorded) for each in answer.persons[0].differences}
    assert told[Part.SPELLING] == ("vam", "van")
    assert told[Part.BIRTH_DAY] == ("18/05/1990", "17/05/1990")


def test_the_province_is_that_of_today_whatever_list_she_was_registered_under() -> None:
    here = search_persons(read_query(NAME, "1990", province="46"), a_search(), now=NOW)
    elsewhere = search_persons(read_query(NAME, "1990", province="01"), a_search(), now=NOW)

    assert not isinstance(here, Refused)
    assert not isinstance(elsewhere, Refused)
    assert here.persons[0].score > elsewhere.persons[0].score
    assert [each.part for each in elsewhere.persons[0].differences] == [Part.PROVINCE]


def test_a_search_and_every_person_it_shows_stand_in_the_ledger() -> None:
    answer = search_persons(read_query("Trần Văn", "1990"), a_search(), now=NOW)

    assert not isinstance(answer, Refused)
    shown = [each.personal_id.digits for each in answer.persons]
    head = entry_by_reference(answer.reference)
    assert shown == [NUMBER, SECOND]
    assert (head.body["kind"], head.body["outcome"], head.subject) == ("search", "2", "")
    assert (head.officer, head.dossier_no) == (OFFICER, CASE)
    assert sorted((each.subject, each.body["outcome"]) for each in entries() if each.id != head.id) == [
        (NUMBER, "listed"),
        (SECOND, "listed"),
    ]


def test_a_search_that_finds_nobody_stands_in_the_ledger() -> None:
    answer = search_persons(read_query("999999999999"), a_search(), now=NOW)

    assert not isinstance(answer, Refused)
    head = entry_by_reference(answer.reference)
    assert (head.body["outcome"], head.subject) == ("0", "999999999999")


def test_a_typed_name_is_kept_nowhere() -> None:
    search_persons(read_query("Nguyễn Không Ai", "1990"), a_search(), now=NOW)

    assert all("Không Ai" not in str(entry) for entry in latest(100))


def test_a_protected_person_is_absent_and_recorded_as_withheld() -> None:
    Person.objects.filter(personal_no=int(NUMBER)).update(flags=Flag.PROTECTED)

    assert NUMBER not in found(NAME, "1990")
    assert [(e.subject, e.body["outcome"]) for e in entries() if e.body["outcome"] == "withheld"] == [(NUMBER, "withheld")]
    assert found(NUMBER) == []
    before = {each.id for each in entries()}
    with pytest.raises(NotFound):
        open_person(int(NUMBER), an_opening(), now=NOW)
    assert [each.body["outcome"] for each in entries() if each.id not in before] == ["withheld"]


def test_a_protected_person_is_shown_to_who_is_granted_that_too() -> None:
    Person.objects.filter(personal_no=int(NUMBER)).update(flags=Flag.PROTECTED)
    onboarding.grant(a_registry_grant(protected=True), by="test", now=NOW)

    assert found(NUMBER) == [NUMBER]
    opened = open_person(int(NUMBER), an_opening(), now=NOW)

    assert not isinstance(opened, Refused)
    assert opened.flags == Flag.PROTECTED


def test_opening_gives_granted_facts_masks_sensitive_ones_and_writes_one_disclosure() -> None:
    opened = open_person(int(NUMBER), an_opening(), now=NOW)

    assert not isinstance(opened, Refused)
    assert (opened.facts.full_name, opened.facts.religion, opened.facts.ethnicity) == (NAME, None, None)
    assert (opened.flags, opened.last_seq) == (Flag(0), 0)
    [entry] = entries()
    assert (entry.body["kind"], entry.body["outcome"], entry.subject) == ("disclose", "opened", NUMBER)
    assert "religion" not in entry.body["fields"]


def test_a_sensitive_field_is_revealed_by_a_disclosure_of_its_own() -> None:
    opened = open_person(int(NUMBER), an_opening(), now=NOW, reveal=frozenset({Field.RELIGION}))

    assert not isinstance(opened, Refused)
    assert opened.facts.religion == "02"
    assert sorted(entry.body["fields"] == ["religion"] for entry in entries()) == [False, True]


def test_what_is_not_granted_as_sensitive_is_not_revealed() -> None:
    refused = open_person(int(NUMBER), an_opening(), now=NOW, reveal=frozenset({Field.ETHNICITY}))

    assert isinstance(refused, Refused)
    assert refused.reason is Reason.FIELD_NOT_GRANTED


def test_a_number_nobody_has_is_not_found_and_recorded() -> None:
    with pytest.raises(NotFound) as failure:
        open_person(999_999_999_999, an_opening(), now=NOW)

    assert entry_by_reference(str(failure.value.details["reference"])).body["outcome"] == "none"


@pytest.mark.parametrize("opens", [False, True])
def test_without_the_grant_of_the_registry_both_are_refused_and_recorded(opens: bool) -> None:
    onboarding.grant(a_registry_grant(registry=False), by="test", now=NOW)

    refused = open_person(int(NUMBER), an_opening(), now=NOW) if opens else search_persons(read_query(NUMBER), a_search(), now=NOW)

    assert isinstance(refused, Refused)
    assert refused.reason is Reason.REGISTRY_NOT_GRANTED
    entry = entry_by_reference(refused.reference)
    assert (entry.body["kind"], entry.body["outcome"], entry.subject) == ("refuse", "registry_not_granted", NUMBER)


def test_by_name_and_for_opening_a_dossier_number_is_needed_by_number_it_is_not() -> None:
    by_name = search_persons(read_query(NAME, "1990"), a_search(""), now=NOW)
    opened = open_person(int(NUMBER), an_opening(""), now=NOW)
    by_number = search_persons(read_query(NUMBER), a_search(""), now=NOW)

    assert isinstance(by_name, Refused)
    assert isinstance(opened, Refused)
    assert by_name.reason is opened.reason is Reason.DOSSIER_MISSING
    assert not isinstance(by_number, Refused)


def test_free_text_is_no_dossier_number() -> None:
    with pytest.raises(Invalid) as failure:
        search_persons(read_query(NAME, "1990"), a_search("tìm bà hàng xóm"), now=NOW)

    assert failure.value.field == "dossier_no"


def test_past_the_budget_a_refusal_is_recorded_and_raised_and_the_next_hour_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Budget(Use(2, 100, 1), Use(100, 100, 100), NOW.date(), "own")
    monkeypatch.setattr(registry_search, "budget_on", lambda day: small)
    found(NUMBER)
    found(NUMBER)
    open_person(int(NUMBER), an_opening(), now=NOW)

    with pytest.raises(TooMany) as search_failure:
        found(NUMBER)
    with pytest.raises(TooMany):
        open_person(int(NUMBER), an_opening(), now=NOW)

    assert entry_by_reference(str(search_failure.value.details["reference"])).body["outcome"] == "budget_spent"
    assert not isinstance(search_persons(read_query(NUMBER), a_search(), now=NOW + timedelta(hours=1)), Refused)


def test_persons_listed_count_against_the_budget_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Budget(Use(100, 100, 100), Use(100, 2, 100), NOW.date(), "own")
    monkeypatch.setattr(registry_search, "budget_on", lambda day: small)
    assert len(found("Trần Văn", "1990")) == 2

    with pytest.raises(TooMany):
        search_persons(read_query(NUMBER), a_search(), now=NOW + timedelta(hours=5))


@pytest.mark.parametrize("client_id", ["mot-cua", "vdxp_hue"])
def test_the_grant_of_the_registry_is_for_its_own_system_only(client_id: str) -> None:
    outside = onboarding.Grant(client_id, "X", "Y", frozenset(Field), "p", "b", NOW.date(), registry=True)

    with pytest.raises(Invalid):
        onboarding.grant(outside, by="test", now=NOW)


def test_protected_persons_are_granted_only_with_the_registry() -> None:
    with pytest.raises(Invalid):
        onboarding.grant(a_registry_grant(registry=False, protected=True), by="test", now=NOW)
