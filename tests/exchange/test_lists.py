"""Lists against the database: whose turn it is, what becomes of a paused one, and what a page tells whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.exchange.asking import ask
from tests.factories.database import connect_system, load
from tests.factories.people import EVERYDAY, NOW, NUMBER, a_grant, a_person_row

from dancu.exchange.domain import Refused
from dancu.exchange.list_running import keys, run_lists
from dancu.exchange.listing import ListedPerson, tell_page
from dancu.exchange.lists import Asked, ListCriteria, ListState, Progress
from dancu.exchange.models import ListRequest, ListStep
from dancu.exchange.reasons import Reason
from dancu.kernel.reach import SYSTEM, acting
from dancu.kernel.warrants import Field
from dancu.ledger import api as ledger
from dancu.onboarding import api as onboarding

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _scene(tmp_path: Path) -> Iterator[None]:
    with acting(SYSTEM):
        load([a_person_row(), a_person_row("046090000502", "Lê Văn Khác")], tmp_path)
        connect_system(grants=[a_grant(list_max=10)])
        connect_system("tam-dung", grants=[a_grant("tam-dung", list_max=10)])
        yield


def a_list(client_id: str = "he-thong", officer: str = "canbo01", at: datetime = NOW) -> UUID:
    """As the gateway writes it; it asks for whatever the grant gives, as the national contract does."""
    new, asked = uuid4(), Asked(ListCriteria(sex=1), officer, "REST", "1.001193", "", "")
    ListRequest.objects.create(
        id=new,
        client_id=client_id,
        organisation="H57",
        state=ListState.RECEIVED,
        sealed=keys().seal(asked, str(new)),
        progress=keys().seal(Progress(), f"{new}:progress"),
        at=at,
        changed_at=at,
    )
    return new


def run(at: datetime = NOW) -> int:
    return run_lists(now=lambda: at, rows=10)


def close(client_id: str = "tam-dung", state: onboarding.ConnectionState = onboarding.ConnectionState.SUSPENDED) -> None:
    onboarding.set_state(client_id, state, reason="thử", by="test", now=NOW)


def standing_of(request_id: UUID) -> tuple[str, str]:
    state, reason = ListRequest.objects.values_list("state", "reason").get(pk=request_id)
    return state, reason


def told(request_id: UUID, officer: str = "canbo01") -> Sequence[ListedPerson]:
    page = ask(lambda hot, caller: tell_page(hot, caller, request_id, 1, officer), NOW)
    assert not isinstance(page, Refused), page
    return page.persons


def listed() -> list[dict[str, object]]:
    return [entry.body for entry in ledger.latest(50) if entry.body["outcome"] == "listed"]


def test_lists_of_a_closed_system_hold_up_nobody_else() -> None:
    for _ in range(101):
        a_list("tam-dung", at=NOW - timedelta(hours=1))
    close()
    own = a_list()

    run()

    assert standing_of(own) == (ListState.READY, "")


def test_a_paused_list_says_why_and_goes_on_once_it_may() -> None:
    paused = a_list("tam-dung")
    close()
    run()
    before = standing_of(paused)

    close(state=onboarding.ConnectionState.OFFICIAL)
    run()

    assert before == (ListState.RECEIVED, Reason.CLIENT_SUSPENDED)
    assert standing_of(paused) == (ListState.READY, "")


def test_a_list_that_stays_paused_is_refused_after_a_week_for_the_same_reason() -> None:
    paused = a_list(officer="nghi-viec")
    run(NOW + timedelta(days=7) - timedelta(seconds=1))
    before = standing_of(paused)

    run(NOW + timedelta(days=7))

    assert before == (ListState.RECEIVED, Reason.OFFICER_NOT_LISTED)
    assert standing_of(paused) == (ListState.REFUSED, Reason.OFFICER_NOT_LISTED)
    last = ListStep.objects.filter(request_id=paused).latest("number")
    assert (last.state, last.reason) == (ListState.REFUSED, Reason.OFFICER_NOT_LISTED)


def test_a_page_read_again_tells_only_what_the_grant_still_gives() -> None:
    request = a_list()
    run()
    first = told(request)
    onboarding.grant(a_grant(list_max=10, fields=EVERYDAY - {Field.CONTACT, Field.BIRTH_DATE}), by="test", now=NOW)

    again = told(request)

    assert [each.facts.full_name for each in again] == ["Trần Văn Hòa", "Lê Văn Khác"]
    assert (first[0].facts.phone, again[0].facts.phone, again[0].facts.birth_date) == ("", None, None)
    assert [each.reference for each in again] == [each.reference for each in first]
    assert len(listed()) == 2, "less than stands in the entries: no second look"


def test_another_officer_s_reading_of_a_page_is_a_look_of_her_own() -> None:
    onboarding.list_accounts_for("H57", ["canbo02"], by="test", now=NOW)
    request = a_list()
    run()

    first, other, again = told(request), told(request, "canbo02"), told(request)
    other_again = told(request, "canbo02")

    assert [each.facts for each in other] == [each.facts for each in first]
    assert (again, other_again) == (first, other), "a lost answer is told again under the same entries"
    officers = {ledger.entry_by_reference(each.reference).officer for each in other}
    assert (officers, len(listed())) == ({"canbo02"}, 4)
    assert ledger.entry_by_reference(other[0].reference).subject == NUMBER
