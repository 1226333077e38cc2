"""What officers do, called without a page: one effect each, state and action together, the clock that stops and starts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.people import a_claim
from tests.procedures.scene import open_desk

from dancu.identity.api import Officer
from dancu.kernel.clock import VIET_NAM, local
from dancu.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from dancu.procedures import store
from dancu.procedures.domain.dossier import ALLOWED, ActionKind, Dossier, State, fold
from dancu.procedures.domain.evidence import Way
from dancu.procedures.models import Dossier as DossierRow
from dancu.procedures.store import Draft
from dancu.procedures.usecases import dossiers, look_up
from dancu.procedures.usecases.compare_later import compare_again, compare_pending

MONDAY = datetime(2026, 12, 7, 9, 0, tzinfo=VIET_NAM)
RESIDENCE = {"new_address": "1 Lê Lợi", "household_head": "Trần Văn Ba", "household_relation": "Con"}


def a_draft(officer: Officer, *, later: bool = False) -> Draft:
    """A filled form for permanent residence: seven working days."""
    if later:
        draft = look_up.open_form_without_comparison(
            officer, a_claim(), "1.004222", Way.CARD, "Mất đường truyền", uuid4(), now=MONDAY
        )
    else:
        opened = look_up.open_form(officer, a_claim(), "1.004222", uuid4(), now=MONDAY)
        assert isinstance(opened, Draft)
        draft = opened
    draft.typed = dict(RESIDENCE)
    store.save_draft(draft)
    return draft


def a_dossier(officer: Officer, **more: bool) -> Dossier:
    return dossiers.get(officer, dossiers.receive(officer, a_draft(officer, **more), now=MONDAY))


def test_old_forms_are_forgotten_and_their_dossiers_stay(officer: Officer):
    dossier = a_dossier(officer)
    unsent = a_draft(officer)

    assert dossiers.forget_old_drafts(now=MONDAY + dossiers.DRAFT_KEPT) == 0
    assert dossiers.forget_old_drafts(now=MONDAY + dossiers.DRAFT_KEPT + timedelta(seconds=1)) == 2
    assert dossiers.get(officer, dossier.number) == dossier
    with pytest.raises(NotFound):
        store.get_draft(unsent.id, officer.organisation_code)


def test_a_dossier_is_due_after_its_working_days_and_waiting_for_papers_moves_the_day(officer: Officer):
    dossier = a_dossier(officer)
    assert f"{local(dossier.due_at):%d/%m/%Y %H:%M}" == "16/12/2026 16:30"
    dossiers.act(officer, dossier.number, ActionKind.REQUEST_SUPPLEMENT, {"reason": "Thiếu giấy"}, now=MONDAY + timedelta(days=1))

    back = dossiers.act(officer, dossier.number, ActionKind.RECEIVE_SUPPLEMENT, {}, now=MONDAY + timedelta(days=4))

    assert f"{local(back.due_at):%d/%m/%Y %H:%M}" == "21/12/2026 16:30"  # three working days later


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("", "Chưa nhập"),
        ("hôm nào", "Không đọc được"),
        ("2026", "đủ ngày, tháng, năm"),
        ("10/12/2026", "sau ngày đã hẹn"),
        ("19/12/2026", "không phải ngày làm việc"),
        ("30/02/2027", "Không có ngày"),
        ("20/12/2030", "không quá"),
    ],
)
def test_an_apology_needs_a_later_working_day(officer: Officer, day: str, words: str):
    dossier = a_dossier(officer)

    with pytest.raises(Invalid) as failure:
        dossiers.act(officer, dossier.number, ActionKind.EXTEND, {"reason": "Chờ xác minh", "new_date": day}, now=MONDAY)

    assert failure.value.field == "new_date"
    assert words in failure.value.message
    assert len(dossiers.get(officer, dossier.number).actions) == len(dossier.actions)


def test_an_apology_sets_the_new_day(officer: Officer):
    dossier = a_dossier(officer)

    after = dossiers.act(
        officer, dossier.number, ActionKind.EXTEND, {"reason": "Chờ xác minh", "new_date": "18/12/2026"}, now=MONDAY
    )

    assert f"{local(after.due_at):%d/%m/%Y %H:%M}" == "18/12/2026 16:30"
    assert after.state is State.RECEIVED


@pytest.mark.parametrize("kind", [ActionKind.REQUEST_SUPPLEMENT, ActionKind.REFUSE, ActionKind.EXTEND])
def test_what_the_citizen_reads_on_a_slip_needs_a_reason(officer: Officer, kind: ActionKind):
    dossier = a_dossier(officer)

    with pytest.raises(Invalid) as failure:
        dossiers.act(officer, dossier.number, kind, {"reason": "  ", "new_date": "18/12/2026"}, now=MONDAY)

    assert failure.value.field == "reason"


@pytest.mark.parametrize("kind", [ActionKind.RECEIVE, ActionKind.LOOK_UP, ActionKind.COMPARE_LATER, ActionKind.DISPUTE_FIELD])
def test_what_the_system_records_is_not_for_the_officer_to_do(officer: Officer, kind: ActionKind):
    dossier = a_dossier(officer)

    with pytest.raises(Conflict):
        dossiers.act(officer, dossier.number, kind, {}, now=MONDAY)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=st.lists(st.integers(0, 9), max_size=6))
def test_the_stored_state_is_the_fold_of_the_actions(officer: Officer, choices: list[int]):
    dossier = a_dossier(officer)
    for choice in choices:
        if not dossier.allowed:
            break
        kind = dossier.allowed[choice % len(dossier.allowed)]
        data = {"reason": "Lý do", "new_date": "18/12/2026"}
        if kind is ActionKind.EXTEND and any(a.kind is ActionKind.EXTEND for a in dossier.actions):
            continue  # the same day twice is refused
        if kind is ActionKind.EXTEND and any(a.kind is ActionKind.RECEIVE_SUPPLEMENT for a in dossier.actions):
            continue  # the clock may have moved past the day
        dossier = dossiers.act(officer, dossier.number, kind, data, now=MONDAY)

    stored = DossierRow.objects.values_list("state", flat=True).get(number=dossier.number)

    assert stored == fold(dossier.actions)
    assert dossier.allowed == tuple(k for k in ALLOWED[State(stored)] if k in dossier.allowed)


def test_receiving_later_without_a_reason_or_a_paper_is_refused(officer: Officer):
    for shown, reason, field in ((Way.CARD, " ", "later"), (Way.SYSTEM, "Mất mạng", "shown")):
        with pytest.raises(Invalid) as failure:
            look_up.open_form_without_comparison(officer, a_claim(), "1.004222", shown, reason, uuid4(), now=MONDAY)
        assert failure.value.field == field


def test_an_unknown_procedure_is_not_found_and_nobody_is_looked_up(officer: Officer):
    from dancu.ledger.api import count

    before = count()
    with pytest.raises(NotFound):
        look_up.open_form(officer, a_claim(), "9.999999", uuid4(), now=MONDAY)

    assert count() == before


def test_one_dossier_that_cannot_be_asked_does_not_hold_up_the_others(officer: Officer):
    broken, whole = a_dossier(officer, later=True), a_dossier(officer, later=True)
    unreadable = {**broken.form, "claim": {"number": "", "name": "", "birth_date": ""}}
    DossierRow.objects.filter(number=broken.number).update(form=unreadable)

    assert compare_pending(now=MONDAY) == 1

    assert dossiers.get(officer, whole.number).comparison == "compared"
    waiting = dossiers.get(officer, broken.number)
    assert (waiting.comparison, waiting.compare_attempts) == ("pending", 1)


def test_the_receiver_is_told_what_the_later_comparison_found(officer: Officer):
    from dancu.notices import api as notices
    from dancu.notices.usecases import tell

    dossier = a_dossier(officer, later=True)
    compare_pending(now=MONDAY)
    notices.deliver_due({"notice.officer": tell.deliver_to_officer}, lambda: MONDAY)

    (told,) = tell.notices_of_officer(officer.account, officer.organisation_code, officer.roles)
    assert notices.in_words(told.message, "vi")[0] == f"Hồ sơ {dossier.number} đã đối chiếu xong"
    assert told.message.href == f"/mot-cua/ho-so/{dossier.number}"


def test_a_compared_dossier_is_not_compared_again(officer: Officer):
    dossier = a_dossier(officer)

    with pytest.raises(Conflict):
        compare_again(officer, dossier.number, now=MONDAY)


def test_the_desk_never_asks_the_registry_inside_a_transaction(officer: Officer, monkeypatch):
    from dancu.exchange import api as exchange

    dossier, seen = a_dossier(officer, later=True), []

    def ask(*args: object, **kwargs: object) -> None:
        seen.append([atomic for atomic in connection.savepoint_ids if atomic is not None])
        raise Unavailable("registry.unavailable", "Chưa nối được.")

    monkeypatch.setattr(exchange, "verify_person", ask)
    with pytest.raises(Unavailable):
        compare_again(officer, dossier.number, now=MONDAY)
    compare_pending(now=MONDAY)

    assert seen == [[], []]


@pytest.mark.django_db(transaction=True)
def test_two_desks_at_once_make_one_dossier_a_draft_and_numbers_without_gap(tmp_path):
    officer = open_desk(tmp_path)
    drafts = [a_draft(officer) for _ in range(4)]

    def receive(draft: Draft) -> str:
        try:
            return dossiers.receive(officer, draft, now=MONDAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(receive, drafts * 4))

    assert sorted(set(numbers)) == [f"H57.12.3-261207-{serial:04d}" for serial in range(1, 5)]
    assert DossierRow.objects.count() == 4
    assert all(len({numbers[i + 4 * j] for j in range(4)}) == 1 for i in range(4))
