"""No warrant, no read: what the readers give, and that they give nothing without one."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import psycopg
import pytest
from django.db import connection, transaction

from dancu.exchange.api import AccessRequest, Kind, Verification, verify_person
from dancu.exchange.domain import Judgement, judge
from dancu.kernel.claims import PersonClaim
from dancu.kernel.dates import PartialDate
from dancu.kernel.warrants import Field, Warrant
from dancu.ledger.api import ActKind, entry_by_reference
from dancu.ledger.models import Entry
from dancu.population import reader
from dancu.population.api import PersonFacts, PersonRow, consult
from tests.factories.database import connect_system
from tests.factories.people import EVERYDAY, NOW, NUMBER, a_claim, a_grant, a_person_row, an_actor
from tests.population.scene import NEW_NUMBER, OLD_NUMBER, PEOPLE, load_rows

pytestmark = pytest.mark.django_db
# The gateway reads over a connection of its own, so what it is to find has to be committed.
committed = pytest.mark.django_db(transaction=True)
ADDRESSED = {
    f"{place}_{part}": value
    for place in ("birth_place", "birth_registration", "home_town", "permanent", "temporary", "current")
    for part, value in (("version", "L2-2025"), ("code", "46..19789"), ("detail", "12 Lê Lợi"))
}
WHOLE = a_person_row(
    **ADDRESSED,
    other_name="Hòa Bé",
    religion="1",
    nationality="VN",
    blood_type="1",
    old_id_no="191000101",
    id_cards=json.dumps([{"kind": "cccd_chip", "number": NUMBER, "issued_on": "2021-05-10"}]),
    relatives=json.dumps({"father": {"full_name": "Trần Văn Bốn"}}, ensure_ascii=False),
    temporary_absence="Không",
    residence_file_no="HS-1",
    marital_status="1",
    household_relation="01",
    household_head=json.dumps({"full_name": "Trần Văn Bốn", "relation": "03"}, ensure_ascii=False),
    household_book_no="000000001",
    phone="0000000001",
    email="thu@example.vn",
    attached=json.dumps({"note": "thử"}, ensure_ascii=False),
)
ALWAYS = {"personal_id", "number_state", "successor"}  # the keys the caller has stated already, and where they lead
ITEMS_OF = {
    Field.PERSONAL_ID: set(),
    Field.HOUSEHOLD: {"household_head", "household_book_no"},
    Field.LIFE_STATUS: {"life_status", "life_status_on"},
    Field.CONTACT: {"phone", "email"},
}


def a_warrant(granted: frozenset[Field] = EVERYDAY, minutes: int = 5) -> Warrant:
    expires = NOW + timedelta(minutes=minutes)
    return Warrant(an_actor(), "Đăng ký khai sinh", "Luật Hộ tịch", "1.001193", "REST", "", granted, expires)


def judged(claim: PersonClaim) -> Any:
    def judgement(rows: Sequence[PersonRow]) -> Judgement:
        return judge(claim, rows, a_grant(), None)

    return judgement


def looked(claim: PersonClaim, warrant: Warrant, kind: ActKind = ActKind.DISCLOSE):
    return consult(claim, warrant, judged(claim), kind=kind, now=NOW)


def filled(facts: PersonFacts) -> set[str]:
    return {f.name for f in fields(facts) if getattr(facts, f.name) not in (None, {})} - ALWAYS


def read_by_gateway(warrants: list[Warrant], numbers: list[int], columns: str = reader.KEY_COLUMNS) -> reader.FoundPersons:
    async def read() -> reader.FoundPersons:
        gateway = await asyncpg.connect(os.environ["DATABASE_URL"])
        try:
            return await reader.rows_for(gateway, warrants, numbers, [], columns)
        finally:
            await gateway.close()

    return asyncio.run(read())


@committed
@pytest.mark.parametrize("warrants", [0, 1, 3])
def test_the_gateways_reader_wants_one_warrant_for_each_number(tmp_path: Path, warrants: int):
    load_rows([WHOLE], tmp_path)
    numbers = [int(NUMBER), 46090000199]
    assert set(read_by_gateway([a_warrant()] * 2, numbers).by_number) == {int(NUMBER)}

    with pytest.raises(AssertionError, match="no warrant, no read"):
        read_by_gateway([a_warrant()] * warrants, numbers)


def test_the_desks_reader_wants_a_warrant_that_has_not_expired_and_records_nothing_without(tmp_path: Path):
    load_rows([WHOLE], tmp_path)
    before = Entry.objects.count()

    with pytest.raises(AssertionError, match="expired"):
        looked(a_claim(), a_warrant(minutes=0))

    assert Entry.objects.count() == before
    assert looked(a_claim(), a_warrant()).facts is not None


@pytest.mark.parametrize("granted", Field, ids=str)
def test_one_granted_field_fills_its_own_items_and_no_other(tmp_path: Path, granted: Field):
    load_rows([{**WHOLE, "life_status": "1", "life_status_on": "2023-03-15"}], tmp_path)

    found = looked(a_claim(), a_warrant(frozenset({granted})))

    assert filled(found.facts) == ITEMS_OF.get(granted, {granted.value})
    assert entry_by_reference(found.reference).body["fields"] == [granted.value]


@committed
def test_all_fields_together_are_the_whole_person_for_both_readers(tmp_path: Path):
    load_rows([{**WHOLE, "life_status": "1", "life_status_on": "2023-03-15"}], tmp_path)

    with transaction.atomic():
        by_desk = looked(a_claim(), a_warrant(frozenset(Field))).facts
        transaction.set_rollback(True)  # the ledger of this database stays as it was
    row = read_by_gateway([a_warrant()], [int(NUMBER)], reader.WIDE_COLUMNS).by_number[int(NUMBER)]

    assert filled(by_desk) == {f.name for f in fields(PersonFacts)} - ALWAYS
    assert reader.facts_from_row(row, frozenset(Field), a_claim()) == by_desk
    assert filled(reader.facts_from_row(row, frozenset(), a_claim())) == set()
    whole = reader.granted_facts(row, frozenset(Field))
    for granted in (frozenset(), *(frozenset({field}) for field in Field), EVERYDAY):
        assert reader.still_granted(whole, a_warrant(granted)) == reader.granted_facts(row, granted), granted


def test_a_miss_is_recorded_and_tells_nothing(tmp_path: Path):
    load_rows([WHOLE], tmp_path)

    found = looked(a_claim(name="Trần Văn Khác"), a_warrant())

    entry = entry_by_reference(found.reference)
    assert (found.facts, found.judgement.person) == (None, None)
    assert (entry.subject, entry.officer, entry.body["fields"]) == (NUMBER, "canbo01", [])


def test_a_comparison_tells_no_facts(tmp_path: Path):
    load_rows([WHOLE], tmp_path)

    found = looked(a_claim(), a_warrant(), ActKind.VERIFY)

    assert found.facts is None
    assert found.judgement.person is not None
    assert entry_by_reference(found.reference).body["fields"] == []


def test_an_old_number_two_people_share_leads_to_the_one_whose_keys_agree(tmp_path: Path):
    other = a_person_row("046171000107", "Bùi Thị Trùng", "1971-03-04", sex="2", old_id_no="191000101")
    load_rows([WHOLE, other], tmp_path)
    claim = PersonClaim("Bùi Thị Trùng", PartialDate(1971, 3, 4), None, "191000101")

    found = looked(claim, a_warrant())

    assert found.facts.full_name == "Bùi Thị Trùng"
    assert entry_by_reference(found.reference).subject == "046171000107"


def test_a_replaced_number_leads_to_its_successor_and_the_successor_to_nobody(tmp_path: Path):
    load_rows(PEOPLE, tmp_path)
    connect_system(grants=[a_grant()])
    request = AccessRequest(an_actor(), Kind.VERIFY, "REST", "1.001193")

    old, new = (
        verify_person(a_claim(number, "Phạm Văn Mới", "1990-01-02"), request, now=NOW) for number in (OLD_NUMBER, NEW_NUMBER)
    )

    assert isinstance(old, Verification)
    assert isinstance(new, Verification)
    assert old.successor is not None
    assert (old.successor.digits, new.successor) == (NEW_NUMBER, None)


def test_a_person_without_an_old_number_is_not_found_by_an_empty_one(tmp_path: Path):
    load_rows([a_person_row()], tmp_path)

    assert looked(PersonClaim("Trần Văn Hòa", PartialDate(1990, 5, 17)), a_warrant()).facts is None


@committed
def test_the_role_of_the_gateway_sees_persons_only_through_the_view(tmp_path: Path):
    load_rows([WHOLE], tmp_path)

    with psycopg.connect(os.environ["DANCU_TEST_GATEWAY"], dbname=connection.settings_dict["NAME"]) as gateway:
        if gateway.info.user == connection.settings_dict["USER"]:
            pytest.skip("on this server one role plays all parts")
        assert gateway.execute("select count(*) from population.person_facts").fetchone() == (1,)

        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            gateway.execute("select full_name from population_person")


def test_the_view_and_the_reader_name_the_same_columns():
    with connection.cursor() as cursor:
        cursor.execute("select * from population.person_facts limit 0")

        assert [column.name for column in cursor.description] == reader.WIDE_COLUMNS.split(", ")
