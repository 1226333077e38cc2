"""The worker's half of subscriptions: what is written, pushed, paused, ended, forgotten and told again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.exchange.receiver import Receiver, a_subscription, receiver
from tests.factories.approvals import a_document, an_approval
from tests.factories.database import connect_system, load
from tests.factories.people import NOW, NUMBER, a_grant, a_person_row
from tests.population.scene import until_all_is_readable

from dancu.exchange import api as exchange
from dancu.exchange import feeding
from dancu.exchange.models import FeedChange, Subscriber, Subscription, SubscriptionMark
from dancu.kernel.errors import Invalid, NotFound
from dancu.kernel.reach import SYSTEM, acting
from dancu.kernel.warrants import Field
from dancu.ledger import api as ledger
from dancu.notices import api as notices
from dancu.notices.tasks import handlers
from dancu.onboarding import api as onboarding
from dancu.population import api as population

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = "046090000502"


@pytest.fixture(autouse=True)
def _scene(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.CONFIG = replace(settings.CONFIG, demo=True)
    with acting(SYSTEM):
        load([a_person_row(), a_person_row(OTHER, "Lê Thị Khác")], tmp_path)
        connect_system(grants=[a_grant(may_subscribe=True)])
        yield


@pytest.fixture
def listening() -> Iterator[Receiver]:
    with receiver() as found:
        exchange.set_webhook("he-thong", found.url, by="test", now=NOW)
        yield found


def changed(name: str, number: str = NUMBER) -> None:
    population.correct_person(int(number), {"full_name": name}, an_approval(), a_document(), now=NOW)


def flagged(flags: population.Flag, number: str = NUMBER, *, days: int = 0) -> None:
    population.set_flags(int(number), flags, an_approval(), a_document(), now=NOW + timedelta(days=days))


def written(days: int = 0) -> list[tuple[int, str, list[str]]]:
    until_all_is_readable()
    feeding.write_changes(now=lambda: NOW + timedelta(days=days))
    return list(FeedChange.objects.order_by("client_id", "number").values_list("number", "kind", "items"))


def pushed(minutes: float = 0) -> tuple[int, int, int]:
    tally = notices.deliver_due(handlers(), lambda: NOW + timedelta(minutes=minutes))
    return tally.done, tally.again, tally.quarantined


def tellings() -> list[str]:
    return [body["kind"] for entry in ledger.latest(50) if (body := entry.body)["outcome"] == "change"]


def test_only_granted_items_of_subscribed_persons_are_written_down() -> None:
    a_subscription()

    changed("Trần Văn Một")
    changed("Lê Thị Không Ai Hỏi", OTHER)
    population.correct_person(int(NUMBER), {"religion": 3}, an_approval(), a_document(), now=NOW)
    lines = written()

    assert lines == [(1, "corrected", ["full_name"])]
    assert written() == lines, "each change is written once"


def test_the_kind_of_a_change_names_no_item_that_is_not_granted() -> None:
    connect_system("khac", grants=[a_grant("khac", may_subscribe=True)])
    onboarding.grant(a_grant(may_subscribe=True, fields=frozenset({Field.HOUSEHOLD_RELATION})), by="test", now=NOW)
    a_subscription()
    a_subscription("khac", reference="K-1")
    home = population.Place("L2-2025", "46..19789", "12 Lê Lợi")

    population.form_household(home, {int(NUMBER): "01"}, an_approval(), a_document(), valid_from=date(2026, 11, 20), now=NOW)

    assert [(kind, Field.PERMANENT_RESIDENCE in items) for _, kind, items in written()] == [("changed", False), ("moved", True)]


def test_a_pushed_change_is_recorded_before_it_leaves(listening: Receiver) -> None:
    a_subscription()
    changed("Trần Văn Một")
    written()

    assert pushed() == (1, 0, 0)

    [body] = listening.came
    assert (body["subject_ref"], body["facts"], body["cursor"]) == ("HS-1", {"full_name": "Trần Văn Một"}, "1")
    assert ledger.entry_by_reference(body["reference"]).subject == NUMBER
    assert tellings() == ["disclose"]


def test_a_receiver_that_is_down_costs_no_entry_and_gets_it_later(listening: Receiver) -> None:
    a_subscription()
    exchange.set_webhook("he-thong", "http://127.0.0.1:1/nobody", by="test", now=NOW)
    changed("Trần Văn Một")
    written()

    assert pushed() == (0, 1, 0)
    assert tellings() == []

    exchange.set_webhook("he-thong", listening.url, by="test", now=NOW)
    assert pushed(60) == (1, 0, 0)
    assert len(listening.came) == 1


def test_a_receiver_that_refuses_or_redirects_is_set_aside_and_holds_up_nobody(listening: Receiver) -> None:
    connect_system("khac", grants=[a_grant("khac", may_subscribe=True)])
    a_subscription()
    a_subscription("khac", reference="K-1")
    listening.status = 302
    with receiver() as other:
        exchange.set_webhook("khac", other.url, by="test", now=NOW)
        changed("Trần Văn Một")
        changed("Trần Văn Hai")
        written()

        assert pushed() == (2, 0, 1), "the second of the same person waits behind the one set aside"

        assert [body["cursor"] for body in other.came] == ["1", "2"]
    assert len(listening.came) == 1
    [aside] = notices.steps(notices.StepState.QUARANTINED, "", "", None)
    assert aside.code == "webhook.redirect"


def test_while_a_system_is_suspended_pushes_wait_and_nothing_is_lost(listening: Receiver) -> None:
    a_subscription()
    state = onboarding.ConnectionState
    onboarding.set_state("he-thong", state.SUSPENDED, reason="thử", by="test", now=NOW)
    changed("Trần Văn Một")
    written()
    assert pushed() == (0, 1, 0)
    assert (listening.came, tellings()) == ([], [])

    onboarding.set_state("he-thong", state.OFFICIAL, reason="thử", by="test", now=NOW)

    assert pushed(60) == (1, 0, 0)
    assert [body["facts"] for body in listening.came] == [{"full_name": "Trần Văn Một"}]


def test_a_grant_that_is_gone_ends_subscriptions_and_tells_nobody(listening: Receiver) -> None:
    a_subscription()
    changed("Trần Văn Một")
    written()
    onboarding.revoke_grant("he-thong", "REST", "1.001193", by="test", now=NOW)

    assert pushed() == (1, 0, 0)
    ended = feeding.end_without_grant(now=NOW)
    changed("Trần Văn Hai")

    assert (listening.came, tellings(), ended) == ([], [], 1)
    assert Subscription.objects.get().end_reason == "grant"
    assert len(written()) == 1, "nothing more is written"


@pytest.mark.parametrize(
    "other", [{"purpose": "Việc khác"}, {"legal_basis": "Luật khác"}, {"may_subscribe": False}, {"valid_to": date(2026, 1, 1)}]
)
def test_a_grant_that_no_longer_carries_a_subscription_ends_it(other: dict[str, Any]) -> None:
    a_subscription()
    onboarding.grant(a_grant(**{"may_subscribe": True, **other}), by="test", now=NOW)

    assert feeding.end_without_grant(now=NOW) == 1
    assert feeding.end_without_grant(now=NOW) == 0


def test_a_verifying_grant_names_items_and_tells_no_value(listening: Receiver) -> None:
    a_subscription()
    onboarding.grant(a_grant(may_subscribe=True, may_disclose=False), by="test", now=NOW)
    changed("Trần Văn Một")
    written()
    pushed()

    [body] = listening.came
    assert (body["items"], body["facts"]) == (["full_name"], None)
    assert tellings() == ["verify"]


def test_a_narrower_grant_narrows_what_is_told_of_before(listening: Receiver) -> None:
    a_subscription()
    changed("Trần Văn Một")
    written()
    onboarding.grant(a_grant(may_subscribe=True, fields=frozenset({Field.SEX})), by="test", now=NOW)

    assert pushed() == (1, 0, 0)
    assert listening.came == []


def test_an_operator_lets_it_be_told_again_with_the_same_ids_and_new_numbers() -> None:
    a_subscription()
    for name in ("Trần Văn Một", "Trần Văn Hai"):
        changed(name)
    written()
    before = list(FeedChange.objects.order_by("number").values_list("id", flat=True))

    assert exchange.replay("he-thong", "1", by="test", now=NOW) == 1
    assert exchange.replay("he-thong", "", by="test", now=NOW) == 2, "each once, however often it was told again"

    assert list(FeedChange.objects.order_by("number").values_list("number", "id")) == [
        (1, before[0]), (2, before[1]), (3, before[1]), (4, before[0]), (5, before[1]),
    ]  # fmt: skip
    assert "feed.replayed:0:2" in {entry.body["outcome"] for entry in ledger.latest(50)}
    with pytest.raises(Invalid):
        exchange.replay("he-thong", "6", by="test", now=NOW)
    with pytest.raises(NotFound):
        exchange.replay("khac", "", by="test", now=NOW)


def test_what_is_old_is_forgotten_and_a_cursor_before_it_says_where_to_go_on() -> None:
    a_subscription()
    for name in ("Trần Văn Một", "Trần Văn Hai"):
        changed(name)
    written()
    FeedChange.objects.filter(number=1).update(written_at=NOW - timedelta(days=91))

    feeding.forget_old_changes(now=NOW)

    with pytest.raises(Invalid) as refused:
        exchange.replay("he-thong", "0", by="test", now=NOW)
    assert (refused.value.code, "con trỏ 1" in refused.value.message) == ("feed.cursor_too_old", True)
    assert exchange.replay("he-thong", "1", by="test", now=NOW) == 1


def test_who_lags_is_seen() -> None:
    a_subscription()
    changed("Trần Văn Một")
    written()

    [standing] = exchange.standings()

    assert (standing.client_id, standing.subscriptions, standing.last_number, standing.lag) == ("he-thong", 1, 1, 1)
    assert standing.oldest_waiting == NOW


def test_two_merged_numbers_are_followed_under_both_references() -> None:
    a_subscription()
    a_subscription(number=OTHER, reference="HS-2")
    population.merge_persons(int(NUMBER), int(OTHER), {}, an_approval(), a_document(), now=NOW)
    changed("Trần Văn Chung")

    lines = written()

    assert [(kind, items) for _, kind, items in lines] == [
        ("number", []),
        ("corrected", ["full_name"]),
        ("corrected", ["full_name"]),
    ]
    assert SubscriptionMark.objects.count() == 3


def test_a_number_replaced_by_a_load_is_followed(tmp_path: Path) -> None:
    a_subscription()
    load([a_person_row(number_state="1", successor=OTHER), a_person_row(OTHER, "Lê Thị Khác")], tmp_path)
    changed("Trần Văn Mới", OTHER)

    assert [kind for _, kind, _ in written()] == ["number", "corrected"]

    load([a_person_row(number_state="0")], tmp_path)
    changed("Lê Thị Riêng", OTHER)

    assert [kind for _, kind, _ in written()] == ["number", "corrected", "number"], "the number is her own again"


@pytest.mark.parametrize("is_read_between", [True, False])
def test_a_merge_taken_back_is_no_longer_followed(listening: Receiver, is_read_between: bool) -> None:
    a_subscription()
    request = population.merge_persons(int(OTHER), int(NUMBER), {}, an_approval(), a_document(), now=NOW)[0]
    if is_read_between:
        written()
    population.revoke_change(int(NUMBER), request.seq, an_approval(), a_document(), now=NOW)
    population.register_death(int(OTHER), an_approval(), a_document(), died_on=date(2026, 11, 20), now=NOW)

    lines = written()
    pushed()

    assert [kind for _, kind, _ in lines] == ["number", "number"]
    assert {body["kind"] for body in listening.came} == {"number_in_force"}
    assert SubscriptionMark.objects.count() == 1


def test_of_numbers_replaced_in_turn_the_last_is_followed_and_a_step_taken_back_leads_to_the_one_before(tmp_path: Path) -> None:
    third = "046090000503"
    load([a_person_row(third, "Phạm Thị Ba")], tmp_path)
    a_subscription()
    population.merge_persons(int(OTHER), int(NUMBER), {}, an_approval(), a_document(), now=NOW)
    step = population.merge_persons(int(third), int(OTHER), {}, an_approval(), a_document(), now=NOW)[0]
    written()
    changed("Trần Văn Ba", third)
    followed = written()[-1]
    population.revoke_change(int(OTHER), step.seq, an_approval(), a_document(), now=NOW)
    before = len(written())
    changed("Trần Văn Hai", OTHER)

    assert followed[1:] == ("corrected", ["full_name"])
    assert [line[1:] for line in written()[before:]] == [("corrected", ["full_name"])]


def test_what_was_silent_for_longer_than_changes_are_kept_is_told_when_protection_ends() -> None:
    a_subscription()
    changed("Trần Văn Vừa Sửa")
    flagged(population.Flag.PROTECTED)
    died = NOW + timedelta(days=30)
    population.register_death(int(NUMBER), an_approval(), a_document(), died_on=died.date(), now=died)
    written(30)
    feeding.forget_old_changes(now=NOW + timedelta(days=150))
    flagged(population.Flag(0), days=180)

    told = [line[1:] for line in written(180)]

    assert told == [("life", ["life_status"]), ("corrected", ["full_name"])], "also what came too late to be told before"


def test_of_a_person_merged_into_a_protected_one_it_is_told_when_protection_ends() -> None:
    flagged(population.Flag.PROTECTED, OTHER)
    a_subscription()
    population.merge_persons(int(OTHER), int(NUMBER), {}, an_approval(), a_document(), now=NOW)
    changed("Trần Văn Kín", OTHER)
    written()
    feeding.forget_old_changes(now=NOW + timedelta(days=150))
    flagged(population.Flag(0), OTHER, days=180)

    assert [line[1:] for line in written(180)] == [("number", []), ("corrected", ["full_name"])]


def test_who_was_protected_while_nothing_changed_is_told_of_by_nothing() -> None:
    changed("Trần Văn Từ Trước")
    a_subscription()
    flagged(population.Flag.PROTECTED, days=100)
    written(100)
    feeding.forget_old_changes(now=NOW + timedelta(days=200))
    flagged(population.Flag(0), days=200)

    assert written(200) == [], "nobody learns that she was"


def test_an_address_we_must_not_call_is_refused(settings: Any) -> None:
    settings.CONFIG = replace(settings.CONFIG, demo=False)
    for url in (
        "http://he-thong.example.vn/x",
        "http://127.0.0.1/x",
        "https://127.0.0.1/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://169.254.169.254/latest",
        "https://user:pass@he-thong.example.vn/x",
        "ftp://he-thong.example.vn/x",
        "https:///x",
        "https://he-thong.example.vn:99999/x",
        "khong phai url",
    ):
        with pytest.raises(Invalid):
            exchange.set_webhook("he-thong", url, by="test", now=NOW)
    exchange.set_webhook("he-thong", "https://he-thong.example.vn/bien-dong", by="test", now=NOW)

    assert Subscriber.objects.get().webhook == "https://he-thong.example.vn/bien-dong"


def test_a_name_that_leads_inside_is_not_called(listening: Receiver, settings: Any) -> None:
    a_subscription()
    settings.CONFIG = replace(settings.CONFIG, demo=False)
    Subscriber.objects.update(webhook=listening.url.replace("127.0.0.1", "localhost"))
    changed("Trần Văn Một")
    written()

    assert pushed() == (0, 0, 1)
    assert (listening.came, tellings()) == ([], [])
