"""Lists by criteria against a real gateway process, a real database and the worker's own steps."""

from __future__ import annotations

import pytest

from tests.exchange.worker import worker
from tests.gateway.process import GatewayProcess, command, with_registry
from tests.gateway.subscriber import Subscriber, allow, entries, subjects, until

pytestmark = [pytest.mark.slow, with_registry]


@pytest.fixture
def subscriber(gateway: GatewayProcess, fresh_database) -> Subscriber:
    allow(fresh_database, "--subscribe", "--list-max", "4")
    found = Subscriber(gateway)
    until(lambda: found.ask_list(sex=1)[1].get("type") != "/problems/refused/list_not_granted")
    return found


def test_a_list_is_asked_for_worked_off_and_read_page_by_page_with_an_entry_for_each_person(subscriber: Subscriber, fresh_database):
    asked = subscriber.ask_list(key="k-1", age_from=20, age_to=80, sex=2, fields=["full_name", "sex"])
    again = subscriber.ask_list(key="k-1", age_from=20, age_to=80, sex=2, fields=["full_name", "sex"])
    other = subscriber.ask_list(key="k-1", age_from=21, sex=2)
    waiting = subscriber.page(asked[1]["id"])
    worker(fresh_database, "lists")
    before = len(entries(fresh_database))

    state = subscriber.call("GET", f"/v1/list-requests/{asked[1]['id']}")
    first, second = subscriber.page(asked[1]["id"]), subscriber.page(asked[1]["id"])
    history = subscriber.call("GET", f"/v1/list-requests/{asked[1]['id']}/history")

    assert (asked[0], asked[1]["state"]) == (202, "received")
    assert again[1]["id"] == asked[1]["id"]
    assert other[0] == waiting[0] == 409
    assert (state[1]["state"], state[1]["count"]) == ("ready", None), "fewer than five are not counted"
    assert first == second
    persons = first[1]["persons"]
    assert [each["facts"] for each in persons] == [
        {"personal_id": None, "full_name": "Lê Thị Năm Sinh", "sex": 2},
        {"personal_id": None, "full_name": "Bùi Thị Trùng", "sex": 2},
        {"personal_id": None, "full_name": "Võ Thị Số Mới", "sex": 2},
    ]
    assert len(entries(fresh_database)) == before + len(persons), "the second reading made no entry"
    assert subjects(fresh_database, [each["reference"] for each in persons]) == ["046155000102", "046171000107", "046190000104"]
    assert [step["state"] for step in history[1]["steps"]] == ["received", "running", "ready"]


def test_who_was_protected_meanwhile_is_in_no_page(subscriber: Subscriber, fresh_database):
    _, asked = subscriber.ask_list(age_from=20, sex=2, fields=["full_name"])
    worker(fresh_database, "lists")
    worker(fresh_database, "flag", number=46155000102, flags=2)
    told = subscriber.page(asked["id"])[1]["persons"]
    worker(fresh_database, "flag", number=46171000107, flags=2)
    again = subscriber.page(asked["id"])[1]["persons"]
    _, later = subscriber.ask_list(age_from=20, sex=2, fields=["full_name"])
    worker(fresh_database, "lists")
    anew = subscriber.page(later["id"])[1]["persons"]

    assert [each["facts"]["full_name"] for each in told] == ["Bùi Thị Trùng", "Võ Thị Số Mới"]
    assert [each["facts"]["full_name"] for each in again] == ["Võ Thị Số Mới"]
    assert [each["facts"]["full_name"] for each in anew] == ["Võ Thị Số Mới"]


def test_what_a_grant_does_not_give_is_refused_and_recorded(subscriber: Subscriber, fresh_database):
    religion = subscriber.ask_list(religion="02")
    nothing, wrong_age = subscriber.ask_list(), subscriber.ask_list(age_from=30, age_to=20)
    unknown_area = subscriber.ask_list(province="99")
    _, all_of_them = subscriber.ask_list(age_from=0)
    worker(fresh_database, "lists")
    everybody = subscriber.call("GET", f"/v1/list-requests/{all_of_them['id']}")[1]
    _, deleted = subscriber.ask_list(sex=1)
    assert subscriber.call("DELETE", f"/v1/list-requests/{deleted['id']}")[0] == 204

    assert (religion[0], religion[1]["type"]) == (403, "/problems/refused/field_not_granted")
    assert religion[1]["reference"] in {entry["id"] for entry in entries(fresh_database)}
    assert (nothing[0], nothing[1]["field"]) == (422, "criteria")
    assert (wrong_age[0], wrong_age[1]["field"]) == (422, "age_from")
    assert (unknown_area[0], unknown_area[1]["field"]) == (422, "province")
    assert (everybody["state"], everybody["reason"]) == ("refused", "too_many_persons"), "five live, four may be listed"
    assert subscriber.page(deleted["id"])[1]["type"] == "/problems/list.not_ready"
    assert subscriber.call("DELETE", f"/v1/list-requests/{deleted['id']}")[0] == 204
    assert subscriber.call("GET", "/v1/list-requests/00000000-0000-0000-0000-000000000001")[0] == 404
    command(fresh_database, "exchange", "client", "suspend", "he-thong", "--reason", "thử")
    until(lambda: subscriber.page(all_of_them["id"])[0] == 403)
