"""Lists against the database: whose turn it is, and what becomes of a paused one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.factories.database import connect_system, load
from tests.factories.people import NOW, a_grant, a_person_row

from dancu.exchange.list_running import keys, run_lists
from dancu.exchange.lists import Asked, ListCriteria, ListState, Progress
from dancu.exchange.models import ListRequest, ListStep
from dancu.exchange.reasons import Reason
from dancu.kernel.reach import SYSTEM, acting
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
