"""The index of names: built beside the one that serves or in place, the same entries either way, whatever changes meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection, transaction

from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Conflict
from dancu.population.api import forget_person, index_persons, refresh_search
from dancu.population.models import NameWord, Person, SearchEntry
from dancu.population.search import index as search_index
from dancu.population.search.keys import keys_of, province_today
from dancu.population.search.rows import keyed
from tests.factories.database import load
from tests.factories.people import a_person_row

HUE = {"permanent_version": "L3-2025", "permanent_code": "46.474.19753"}
PEOPLE = [
    a_person_row("046090000101", "Trần Văn Hòa", "1990-05-17", **HUE),
    a_person_row("046090000102", "Lý  A Y'Đhia-Niê", "1955", other_name='Tư "Đen", Bé'),
    a_person_row("046090000103", "Đỗ Khuất", "1948-07-19", life_status="1"),
    a_person_row("046090000104", "Trần Trần Mới", "1990-01-02", permanent_version="L2-2025", permanent_code="52..22075"),
    a_person_row("046090000105", "Trần Trần Mới", "1990-01-02", number_state="1", successor="046090000104"),
    a_person_row("046090000106", "Bỏ Đi", "1990-01-02", number_state="2"),
]
FILED = {46090000101, 46090000102, 46090000103, 46090000104}


def entries() -> dict[int, tuple[int, str, tuple[int, ...]]]:
    return {entry.personal_no: (entry.birth_year, entry.province, tuple(sorted(entry.keys))) for entry in SearchEntry.objects.all()}


def words() -> dict[str, int]:
    return dict(NameWord.objects.values_list("word", "persons"))


@pytest.fixture
def people(tmp_path: Any, transactional_db: None) -> None:
    load(PEOPLE, tmp_path)


def built() -> int:
    return refresh_search(owner_url=os.environ["DATABASE_OWNER_URL"])


@pytest.mark.parametrize("refresh", [built, refresh_search])
def test_living_and_dead_are_filed_replaced_and_cancelled_are_not(people: None, refresh: Callable[[], int]) -> None:
    refresh()

    assert set(entries()) == FILED
    assert entries()[46090000104][:2] == (1990, "52")
    assert words().keys() == {"tran", "van", "hoa", "ly", "a", "ydhianie", "tu", "den", "be", "do", "khuat", "moi"}


def test_built_beside_or_in_place_or_one_by_one_the_entries_are_the_same(people: None) -> None:
    refresh_search()
    in_place = entries()
    SearchEntry.objects.all().delete()
    built()
    beside = entries()
    with transaction.atomic():
        index_persons([each.personal_no for each in Person.objects.all()])

    assert in_place == beside == entries()
    assert words()["tran"] == 2


def test_building_again_changes_nothing_and_takes_out_what_is_no_longer_filed(people: None) -> None:
    built()
    before = entries()
    Person.objects.filter(personal_no=46090000101).update(number_state=2)

    assert built() == len(FILED) - 1
    assert entries() == {number: entry for number, entry in before.items() if number != 46090000101}


def test_who_does_not_own_the_tables_files_in_place(people: None) -> None:
    name = connection.settings_dict["NAME"]
    web = os.environ["DANCU_TEST_WEB"]

    refresh_search(owner_url=urlunsplit(urlsplit(web)._replace(path=f"/{name}")))

    assert set(entries()) == FILED


def test_a_batch_is_filed_alone(people: None) -> None:
    [batch] = set(Person.objects.values_list("load_batch", flat=True))
    Person.objects.filter(personal_no=46090000101).update(load_batch=0)

    refresh_search(batch)

    assert set(entries()) == FILED - {46090000101}


def test_a_change_while_the_index_is_built_is_in_the_new_one(people: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two officers correct while the build has read the registry already: one name changes, one number is cancelled."""
    built()
    copy_all = search_index._copy_all

    def and_then_somebody_corrects(*arguments: Any) -> Any:
        told = copy_all(*arguments)
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as other:
            other.execute("update population_person set full_name = 'Trần Văn Khác' where personal_no = 46090000101")
            other.execute("update population_person set number_state = 2 where personal_no = 46090000104")
        with transaction.atomic():
            index_persons([46090000101, 46090000104])
        return told

    monkeypatch.setattr(search_index, "_copy_all", and_then_somebody_corrects)
    built()

    assert set(entries()) == FILED - {46090000104}
    expected = keys_of(("Trần Văn Khác", ""), PartialDate(1990, 5, 17), "46")
    assert entries()[46090000101][2] == tuple(sorted(expected))
    assert "khac" in words()


def test_a_build_that_fails_leaves_the_old_index_serving_and_nothing_behind(people: None, monkeypatch: pytest.MonkeyPatch) -> None:
    built()
    before = entries()
    monkeypatch.setattr(search_index, "_INDEXES", "select 1 / 0")

    with pytest.raises(psycopg.errors.DivisionByZero):
        built()

    assert entries() == before
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_class where relname like 'population_searchentry_%' and relkind = 'r'")
        assert cursor.fetchone() == (0,)
        cursor.execute("select count(*) from pg_trigger where tgname = 'search_touched'")
        assert cursor.fetchone() == (0,)


def test_a_second_build_says_that_one_runs(people: None) -> None:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as other:
        other.execute("select pg_advisory_lock(%s)", [search_index._BUILD_LOCK])

        with pytest.raises(Conflict):
            built()


def test_the_new_index_keeps_the_rights_and_the_names_of_the_old(people: None) -> None:
    def shape() -> list[Any]:
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as other:
            rights = other.execute("""select a.grantee::regrole::text, a.privilege_type from pg_class c, aclexplode(c.relacl) a
                where c.oid = 'population_searchentry'::regclass order by 1, 2""").fetchall()
            indexes = other.execute(
                "select indexdef from pg_indexes where tablename = 'population_searchentry' order by 1"
            ).fetchall()
        return [rights, indexes]

    before = shape()
    built()

    assert shape() == before
    assert any("dancu_web" in right for right in before[0])


def test_who_is_forgotten_is_not_found(people: None) -> None:
    refresh_search()
    with transaction.atomic():
        forget_person(46090000101)

    assert 46090000101 not in entries()


def test_a_block_gives_the_keys_one_person_alone_would_get() -> None:
    lines = [
        (46090000101, "Trần Văn Hòa", 1990, 5, 17, "L3-2025\x1f46"),
        (46090000102, "Y Bé\x1fTư Đen", 1955, 0, 0, "\x1f"),
        (46090000103, "Tran van HOA", 2001, 12, 31, "L2-2025\x1f01"),
    ]
    block = "".join(f'{n},"{name}",{y},{m},{d},{place}\n' for n, name, y, m, d, place in lines).encode()
    persons = keyed(block)

    rows = b"".join(persons.binary)
    for number, name, year, month, day, place in lines:
        keys = keys_of(name.split("\x1f"), PartialDate(year, month, day), province_today(*place.split("\x1f")))
        expected = b"".join(b"\0\0\0\x04" + key.to_bytes(4, "big", signed=True) for key in sorted(keys))
        at = rows.index(number.to_bytes(8, "big"))
        written = rows[at:].split(b"\0\0\0\x17", 1)[1][8 : 8 + 8 * len(keys)]
        cells = sorted(int.from_bytes(written[i + 4 : i + 8], "big", signed=True) for i in range(0, len(written), 8))
        assert cells == sorted(keys), name
        assert len(expected) == len(written)
    assert persons.words == {"tran": 2, "van": 2, "hoa": 2, "y": 1, "be": 1, "tu": 1, "den": 1}


@pytest.mark.parametrize(
    ("version", "code", "today"),
    [
        ("L3-2025", "02.026.00793", "08"),  # Hà Giang → Tuyên Quang
        ("L3-2025", "52", "52"),  # Bình Định → Gia Lai
        ("L3-2025", "64.622.23563", "52"),  # Gia Lai → Gia Lai, now under another code
        ("L2-2025", "46..19753", "46"),
        ("L2-2025", "02..00793", ""),  # no such province any more
        ("", "", ""),
    ],
)
def test_a_code_of_any_list_leads_to_the_province_of_today(version: str, code: str, today: str) -> None:
    assert province_today(version, code) == today
