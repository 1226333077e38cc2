"""Subscriptions against a real gateway process, a real database and the worker's own steps."""

from __future__ import annotations

import pytest

from tests.exchange.worker import worker
from tests.gateway.process import BASIS, PURPOSE, GatewayProcess, command, with_registry
from tests.gateway.subscriber import Subscriber, allow, entries, subjects, until

pytestmark = pytest.mark.slow


@pytest.fixture
def subscriber(gateway: GatewayProcess, fresh_database) -> Subscriber:
    allow(fresh_database, "--subscribe")
    found = Subscriber(gateway)
    until(lambda: found.subscribe(personal_id="046090999999")[0] != 403)
    return found


@with_registry
def test_who_subscribes_is_told_what_changed_and_each_telling_stands_in_the_ledger(subscriber: Subscriber, fresh_database):
    first, again = subscriber.subscribe(), subscriber.subscribe()
    unknown, wrong_name = subscriber.subscribe(personal_id="046090999999"), subscriber.subscribe(full_name="Lê Khác")
    worker(fresh_database, "correct", number=46090000101, items={"full_name": "Trần Văn Hoà Bình", "religion": 2})
    worker(fresh_database, "write")

    [change], [replayed] = subscriber.told(), subscriber.told()

    assert (first[0], again[0]) == (201, 200)
    assert first[1]["subscription"] == again[1]["subscription"]
    silent = [{k: v for k, v in answer.items() if k not in ("id", "at")} for _, answer in (unknown, wrong_name)]
    assert silent[0] == silent[1]
    assert silent[0]["subscription"] is None
    assert (change["kind"], change["subject_ref"], change["subscription"]) == ("corrected", "HS-1", first[1]["subscription"])
    assert (change["items"], change["facts"]) == (["full_name"], {"full_name": "Trần Văn Hoà Bình"}), "religion is not granted"
    assert (replayed["id"], replayed["cursor"]) == (change["id"], change["cursor"])
    recorded = {entry["id"]: entry for entry in entries(fresh_database)}
    assert recorded[first[1]["id"]]["outcome"] == "match:subscribed"
    assert recorded[unknown[1]["id"]]["outcome"] == "no_match"
    for told in (change, replayed):
        assert (recorded[told["reference"]]["kind"], recorded[told["reference"]]["fields"]) == ("disclose", ["full_name"])
    assert change["reference"] != replayed["reference"], "told twice, recorded twice"
    assert subjects(fresh_database, [change["reference"]]) == ["046090000101"]


@with_registry
def test_a_replaced_number_is_told_with_its_successor_and_followed(subscriber: Subscriber, fresh_database):
    subscriber.subscribe()
    worker(fresh_database, "replace", number=46090000101, new=46090000777)
    worker(fresh_database, "correct", number=46090000777, items={"full_name": "Trần Văn Hoà Mới"})
    worker(fresh_database, "write")

    replaced, corrected = subscriber.told()

    assert (replaced["kind"], replaced["successor"], replaced["facts"]) == ("number_replaced", "046090000777", None)
    assert (corrected["kind"], corrected["facts"]) == ("corrected", {"full_name": "Trần Văn Hoà Mới"})
    assert subjects(fresh_database, [replaced["reference"], corrected["reference"]]) == ["046090000777"] * 2


@with_registry
def test_a_protected_person_tells_nothing_and_what_was_silent_is_named_afterwards(subscriber: Subscriber, fresh_database):
    subscriber.subscribe()
    worker(fresh_database, "flag", number=46090000101, flags=2)
    worker(fresh_database, "correct", number=46090000101, items={"full_name": "Trần Văn Kín"})
    worker(fresh_database, "write")
    hidden, during = subscriber.changes()[1], subscriber.subscribe()
    worker(fresh_database, "flag", number=46090000101, flags=0)
    worker(fresh_database, "write")

    after = subscriber.told(hidden["next"])

    assert hidden["changes"] == []
    assert during[1]["subscription"] is None
    assert [(each["kind"], each["facts"]) for each in after] == [("corrected", {"full_name": "Trần Văn Kín"})]


@with_registry
def test_cursors_limits_lists_and_ends(subscriber: Subscriber, fresh_database):
    _, made = subscriber.subscribe()
    for name in ("Trần Văn Một", "Trần Văn Hai", "Trần Văn Ba"):
        worker(fresh_database, "correct", number=46090000101, items={"full_name": name})
    worker(fresh_database, "write")

    first = subscriber.changes(limit=2)[1]
    rest = subscriber.changes(first["next"], limit=2)[1]
    wrong = [subscriber.changes(cursor) for cursor in ("999", "x", "-1", "1 or 1", "9" * 40)]
    too_many, unknown_field = subscriber.changes(limit=101), subscriber.changes(limit=1, since=3)
    own = subscriber.call("GET", "/v1/subscriptions")
    numbered = subscriber.subscribe(subject_ref="046090000101")
    method = subscriber.call("DELETE", "/v1/changes")
    ended = [subscriber.call("DELETE", f"/v1/subscriptions/{made['subscription']}")[0] for _ in range(2)]

    assert ([each["cursor"] for each in first["changes"]], first["more"]) == (["1", "2"], True)
    assert ([each["cursor"] for each in rest["changes"]], rest["more"], rest["next"]) == (["3"], False, "3")
    assert {(status, told["type"], told["field"]) for status, told in wrong} == {(422, "/problems/feed.cursor", "after")}
    assert (too_many[0], unknown_field[0]) == (422, 422)
    assert [each["subject_ref"] for each in own[1]["subscriptions"]] == ["HS-1"]
    assert "046090000101" not in str(own)
    assert (numbered[0], numbered[1]["field"]) == (422, "subject_ref")
    assert method[0] == 405
    assert ended == [204, 404]
    assert subscriber.told() == []


@with_registry
def test_a_suspension_pauses_and_loses_nothing_and_a_revoked_grant_ends(subscriber: Subscriber, fresh_database):
    subscriber.subscribe()
    unlisted = subscriber.changes(officer="nguoi-la")
    command(fresh_database, "exchange", "client", "suspend", "he-thong", "--reason", "thử")
    until(lambda: subscriber.changes()[0] == 403)
    refused = subscriber.changes()
    worker(fresh_database, "correct", number=46090000101, items={"full_name": "Trần Văn Chờ"})
    worker(fresh_database, "write")
    command(fresh_database, "exchange", "client", "open", "he-thong")
    until(lambda: subscriber.changes()[0] == 200)
    caught_up = subscriber.told()
    use = ["--integration-code", "REST", "--procedure", "1.001193"]
    command(fresh_database, "exchange", "client", "revoke", "he-thong", *use)
    until(lambda: subscriber.told() == [])
    command(fresh_database, "exchange", "client", "grant", "he-thong", *use, "--purpose", PURPOSE, "--legal-basis", BASIS)
    until(lambda: subscriber.subscribe()[1].get("type", "").endswith("subscription_not_granted"))

    assert (unlisted[0], unlisted[1]["type"]) == (403, "/problems/refused/officer_not_listed")
    assert refused[1]["type"] == "/problems/refused/client_suspended"
    assert refused[1]["reference"] in {entry["id"] for entry in entries(fresh_database)}
    assert [each["facts"] for each in caught_up] == [{"full_name": "Trần Văn Chờ"}]


@pytest.mark.parametrize("other", [{"legal_basis": "Luật Hộ tịch 2026"}, {"purpose": "Đăng ký lại khai sinh"}])
@with_registry
def test_under_another_purpose_or_basis_a_new_subscription_stands_and_tells(subscriber: Subscriber, fresh_database, other):
    _, before = subscriber.subscribe()
    use = {"purpose": PURPOSE, "legal_basis": BASIS, **other}
    granted = ["--purpose", use["purpose"], "--legal-basis", use["legal_basis"], "--subscribe"]
    command(
        fresh_database, "exchange", "client", "grant", "he-thong", "--integration-code", "REST", "--procedure", "1.001193", *granted
    )
    answers = []
    until(lambda: answers.append(subscriber.subscribe(**use)) or answers[-1][0] != 403)

    after, again = answers[-1], subscriber.subscribe(**use)
    worker(fresh_database, "correct", number=46090000101, items={"full_name": "Trần Văn Một"})
    worker(fresh_database, "write")

    assert (after[0], again[0]) == (201, 200)
    assert after[1]["subscription"] == again[1]["subscription"] != before["subscription"]
    assert [each["subscription"] for each in subscriber.told()] == [after[1]["subscription"]]


@pytest.mark.parametrize("gateway", ["hub above"], indirect=True)
def test_where_the_registry_is_not_who_subscribes_is_told_where_to_go(gateway: GatewayProcess) -> None:
    system = Subscriber(gateway)

    for status, told in (system.subscribe(), system.ask_list(sex=1), system.changes()):
        assert (status, told["type"]) == (404, "/problems/feeds.not_here")
        assert "cấp trên" in told["title"]
