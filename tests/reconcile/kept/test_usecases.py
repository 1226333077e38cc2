"""Kept lists from linking to the last event: what is told, to whom, once, with its entry; what never is; how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dancu.exchange.models import Subscription
from dancu.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from dancu.kernel.reach import SYSTEM, acting
from dancu.kernel.warrants import Field
from dancu.ledger import api as ledger
from dancu.onboarding import api as onboarding
from dancu.reconcile.kept import store, usecases
from dancu.reconcile.kept.domain import reference_of
from dancu.reconcile.kept.models import KeptEvent, KeptLink, KeptList
from tests.exchange.receiver import a_subscription
from tests.factories.database import connect_system, load
from tests.factories.people import NOW, NUMBER, a_person_row
from tests.reconcile.kept import scene
from tests.reconcile.kept.scene import EVERYTHING, NEW_NUMBER, OTHER

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _scene(tmp_path: Path) -> Iterator[None]:
    with acting(SYSTEM):
        load([a_person_row(), a_person_row(OTHER, "Lê Thị Khác")], tmp_path)
        connect_system(grants=[scene.kept_grant(fields=EVERYTHING)])
        yield


def entries_about(subject: str) -> list[str]:
    return [entry.body["outcome"] for entry in ledger.latest(100) if entry.subject == subject]


def followed() -> int:
    return Subscription.objects.filter(ended_at=None).count()


def test_a_list_takes_purpose_and_basis_from_its_grant() -> None:
    kept = store.get_list(scene.a_list())

    assert (kept.purpose, kept.legal_basis) == ("Đăng ký khai sinh", "Luật Hộ tịch")
    assert (kept.ground, kept.document) == ("consent", "Quyết định 12/QĐ-HND")


def test_linked_persons_are_told_of_by_the_record_and_never_with_a_value() -> None:
    kept = scene.a_list()
    assert scene.linked(kept) == 2

    scene.moved()
    scene.renamed("Lê Thị Đổi Tên", OTHER)
    scene.brought()

    assert scene.received(kept) == [("HV-1", "moved"), ("HV-2", "corrected")]
    columns = {f"{value}" for row in KeptEvent.objects.values_list() for value in row}
    assert not any("Đổi Tên" in text or NUMBER in text for text in columns)


def test_a_death_is_told_with_an_entry_that_she_could_be_shown() -> None:
    kept = scene.a_list()
    scene.linked(kept)
    scene.died()
    scene.brought()

    [told] = scene.news(kept)

    assert told.kind == "died"
    entry = ledger.entry_by_reference(told.entry)
    assert (entry.subject, entry.body["purpose"], entry.officer) == (NUMBER, "Đăng ký khai sinh", "canbo01")


def test_every_telling_of_an_event_is_an_entry_of_its_own() -> None:
    kept = scene.a_list()
    scene.linked(kept)
    scene.died()
    scene.brought()

    scene.news(kept)
    assert [each.kind for each in usecases.download(kept, "canbo01", now=NOW)] == ["died"]

    assert entries_about(NUMBER).count("change") == 2


@pytest.mark.parametrize(("fields", "successor"), [(EVERYTHING, NEW_NUMBER), (EVERYTHING - {Field.PERSONAL_ID}, "")])
def test_the_new_number_is_told_only_where_the_grant_says_so(fields: frozenset[Field], successor: str) -> None:
    onboarding.grant(scene.kept_grant(fields=fields), by="test", now=NOW)
    kept = scene.a_list()
    scene.linked(kept)

    scene.renumbered()
    scene.brought()

    [told] = [each for each in scene.news(kept) if each.kind == "number_replaced"]
    assert told.successor == successor


def test_what_is_not_granted_makes_no_event() -> None:
    onboarding.grant(scene.kept_grant(fields=frozenset({Field.FULL_NAME})), by="test", now=NOW)
    kept = scene.a_list()
    scene.linked(kept)

    scene.moved()

    assert scene.brought() == 0


def test_an_event_comes_once_however_often_the_workers_run() -> None:
    kept = scene.a_list()
    scene.linked(kept)
    scene.renamed()

    assert [scene.brought(), scene.brought()] == [1, 0]
    assert len(scene.received(kept)) == 1
    assert scene.received(kept) == []


def test_linking_again_changes_nothing() -> None:
    kept = scene.a_list()
    scene.linked(kept)
    scene.renamed(now=NOW)
    before = scene.brought()

    assert scene.linked(kept, round_code="DS-2") == 0

    assert (before, scene.brought(), followed()) == (1, 0, 2)


def test_what_happened_between_the_comparison_and_the_link_is_told() -> None:
    scene.died()
    scene.brought()
    kept = scene.a_list()

    scene.linked(kept, since=NOW - timedelta(days=3))
    scene.brought()

    assert scene.received(kept) == [("HV-1", "died")]


def test_a_second_list_hears_what_the_first_was_told_before() -> None:
    first = scene.a_list()
    scene.linked(first)
    scene.died()
    scene.brought()
    second = scene.a_list(name="Hội viên Hội Người cao tuổi")

    scene.linked(second, ("NCT-1", NUMBER), since=NOW - timedelta(days=3))
    scene.brought()

    assert scene.received(second) == [("NCT-1", "died")]


def test_a_change_long_before_the_comparison_is_no_news() -> None:
    scene.renamed()
    scene.brought()
    kept = scene.a_list()

    scene.linked(kept, since=NOW + timedelta(days=2))

    assert scene.brought() == 0


def test_a_person_who_stands_twice_in_a_list_is_told_of_for_both_records() -> None:
    kept = scene.a_list()
    scene.linked(kept, ("HV-1", NUMBER), ("HV-9", NUMBER))
    scene.died()
    scene.brought()

    assert scene.received(kept) == [("HV-1", "died"), ("HV-9", "died")]


def test_a_record_that_turned_out_to_be_somebody_else_follows_only_her() -> None:
    kept = scene.a_list()
    scene.linked(kept, ("HV-1", NUMBER))
    assert scene.linked(kept, ("HV-1", OTHER), round_code="DS-2") == 1

    scene.died(NUMBER)
    scene.renamed("Lê Thị Đổi Tên", OTHER)
    scene.brought()

    assert followed() == 1
    assert scene.received(kept) == [("HV-1", "corrected")]


def test_an_unlinked_record_is_told_of_no_more_and_nobody_follows_her() -> None:
    kept = scene.a_list()
    scene.linked(kept)

    usecases.unlink(kept, "HV-1", "canbo01", now=NOW)
    scene.died()

    assert (scene.brought(), followed()) == (0, 1)
    with pytest.raises(NotFound):
        usecases.unlink(kept, "HV-1", "canbo01", now=NOW)


def test_a_subscription_of_somebody_elses_making_outlives_the_link() -> None:
    a_subscription()
    kept = scene.a_list()
    scene.linked(kept, ("HV-1", NUMBER))

    usecases.unlink(kept, "HV-1", "canbo01", now=NOW)

    assert followed() == 1


def test_a_person_of_two_lists_is_followed_until_the_last_link_goes() -> None:
    first, second = scene.a_list(), scene.a_list(name="Hội viên Hội Người cao tuổi")
    scene.linked(first, ("HV-1", NUMBER))
    scene.linked(second, ("NCT-1", NUMBER))

    usecases.unlink(first, "HV-1", "canbo01", now=NOW)
    assert followed() == 1
    usecases.unlink(second, "NCT-1", "canbo01", now=NOW)

    assert followed() == 0


def test_a_list_that_has_served_follows_nobody_and_takes_no_links() -> None:
    kept = scene.a_list()
    scene.linked(kept)

    usecases.end_list(kept, "canbo01", now=NOW)

    assert (followed(), KeptLink.objects.filter(ended_at=None).count()) == (0, 0)
    for again in (lambda: scene.linked(kept), lambda: usecases.end_list(kept, "canbo01", now=NOW)):
        with pytest.raises(Conflict):
            again()


def test_ending_goes_on_where_it_was_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usecases, "UNLINKED_AT_ONCE", 1)
    kept = scene.a_list()
    scene.linked(kept)
    usecases.end_list(kept, "canbo01", now=NOW)
    assert followed() == 1

    assert usecases.finish_ending(now=NOW) == 1

    assert followed() == 0


def test_a_list_ends_with_its_grant() -> None:
    kept, other = scene.a_list(), scene.a_list(name="Danh sách khác")
    assert usecases.end_without_grant(now=NOW) == 0
    onboarding.grant(scene.kept_grant(fields=EVERYTHING, valid_to=date(2026, 11, 25)), by="test", now=NOW)

    assert usecases.end_without_grant(now=NOW + timedelta(days=30)) == 2

    assert {store.get_list(each).end_reason for each in (kept, other)} == {"grant"}


@pytest.mark.parametrize("more", [{"may_subscribe": False}, {"valid_to": date(2021, 1, 1)}])
def test_without_a_grant_that_carries_it_no_list_is_made_and_the_refusal_stands_in_the_ledger(more: dict[str, object]) -> None:
    onboarding.grant(scene.kept_grant(**more), by="test", now=NOW)

    with pytest.raises(NotAllowed):
        scene.a_list()

    assert "refuse" in [entry.body["kind"] for entry in ledger.latest(50)]
    assert not KeptList.objects.exists()


def test_an_account_that_is_not_on_the_list_receives_nothing() -> None:
    kept = scene.a_list()
    scene.linked(kept)
    scene.died()
    scene.brought()

    with pytest.raises(NotAllowed):
        scene.news(kept, "nguoi.la")

    assert "change" not in entries_about(NUMBER)
    assert scene.received(kept) == [("HV-1", "died")]


def test_a_suspended_system_waits_and_loses_nothing() -> None:
    kept = scene.a_list()
    scene.linked(kept)
    scene.died()
    scene.brought()
    onboarding.set_state("he-thong", onboarding.ConnectionState.SUSPENDED, reason="test", by="test", now=NOW)

    with pytest.raises(NotAllowed):
        scene.news(kept)
    onboarding.set_state("he-thong", onboarding.ConnectionState.OFFICIAL, reason="test", by="test", now=NOW)

    assert scene.received(kept) == [("HV-1", "died")]


def test_a_list_through_somebody_elses_system_is_refused() -> None:
    with pytest.raises(Conflict):
        usecases.make_list("H30", "canbo01", scene.stated(), now=NOW)


@pytest.mark.parametrize(
    ("field", "more"), [("name", {"name": "HV 046090000502"}), ("document", {"document": ""}), ("profile", {"profile": "land"})]
)
def test_what_is_stated_wrongly_is_refused_by_its_field(field: str, more: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        scene.a_list(**more)

    assert refusal.value.field == field


def test_acknowledged_events_are_not_handed_over_again_and_are_forgotten() -> None:
    kept = scene.a_list()
    scene.linked(kept)
    scene.died()
    scene.brought()
    [told] = scene.news(kept)

    assert usecases.acknowledge(kept, told.number, "canbo01", now=NOW) == 1

    assert usecases.download(kept, "canbo01", now=NOW) == []
    assert usecases.forget_old_events(now=NOW + timedelta(days=91)) == 1


def test_an_event_nobody_was_told_of_cannot_be_acknowledged() -> None:
    kept = scene.a_list()
    scene.linked(kept)
    scene.died()
    scene.brought()

    assert usecases.acknowledge(kept, 100, "canbo01", now=NOW) == 0


def test_no_number_of_a_person_becomes_a_reference() -> None:
    assert reference_of(" HV-1 ", 7) == "HV-1"
    assert reference_of(NUMBER, 7) == reference_of("", 7) == "dòng 7"


def test_a_change_finds_its_links_by_an_index() -> None:
    """With two million links a scan for each change would be the end of it."""
    kept = store.get_list(scene.a_list())
    scene.linked(kept.id)
    subscriptions = list(KeptLink.objects.values_list("subscription_id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into reconcile_keptlink (organisation, list_id, reference, subscription_id, round, linked_by, linked_at)"
            " select 'H57', %s, 'X-' || n, gen_random_uuid(), 'DS-1', 'test', now() from generate_series(1, 20000) n",
            [kept.id],
        )
        cursor.execute("analyze reconcile_keptlink")

    with CaptureQueriesContext(connection) as asked:
        store.records_of(kept, subscriptions)
        store.take_unused(kept, subscriptions)

    assert len(asked) == 2
    for query in asked.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute("explain " + query["sql"])
            plan = " ".join(row[0] for row in cursor.fetchall())
        assert "kept_link_subscription" in plan, plan
        assert "Seq Scan on reconcile_keptlink" not in plan
