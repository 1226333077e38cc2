"""A dossier of connection between its parties: who reads, who writes, what a decision does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import Error

from dancu.identity.proposals import usecases as proposals
from dancu.identity.proposals.domain import ProposalStep
from dancu.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from dancu.kernel.reach import SYSTEM, acting
from dancu.ledger import api as ledger
from dancu.notices.models import Step
from dancu.onboarding import api as onboarding
from dancu.onboarding import store as gate_store
from dancu.onboarding.axes import usecases as axes
from dancu.onboarding.dossiers import opening, requirements, store
from dancu.onboarding.dossiers import usecases as dossiers
from dancu.onboarding.dossiers.domain import ActionKind, ConnectionDossier, DossierState, missing
from dancu.onboarding.dossiers.dues import due_of
from dancu.onboarding.models import Account, AccountList, AccountRow, Dossier, DossierAction, Registration
from tests.factories.people import NOW
from tests.factories.web_role import web_role
from tests.onboarding.gate_scene import (
    BESIDE,
    DECIDER,
    EXAMINER,
    LINE,
    OTHER_OWNER,
    OTHER_POLICE,
    OWNER,
    POLICE,
    appoint,
    at_work,
    decide,
    filled,
    opened,
    proposed,
    write,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def parties() -> Iterator[None]:
    with acting(SYSTEM):
        appoint()
    with web_role():
        yield


def now_is(found: ConnectionDossier) -> DossierState:
    with acting(SYSTEM):
        return store.get_dossier(found.id).state


def test_opening_puts_the_system_on_trial_and_gives_the_trial_s_secret_only() -> None:
    found = opened()

    assert onboarding.get_system("tthc.hue").state is onboarding.ConnectionState.TRIAL
    assert found.code == "KN-H57-261124-001"
    assert opened(client_id="tthc.hai").code == "KN-H57-261124-002"


def test_a_client_id_that_exists_is_refused_and_nothing_of_the_second_is_kept() -> None:
    opened()

    with pytest.raises(Conflict) as refused:
        opened(OTHER_OWNER)

    assert refused.value.code == "client.exists"
    with acting(SYSTEM):
        assert Dossier.objects.count() == 1
    assert onboarding.get_system("tthc.hue").organisation == "H57"


def test_who_registers_the_same_id_at_the_same_moment_does_not_take_the_system_over(monkeypatch: pytest.MonkeyPatch) -> None:
    opened()
    sealed = gate_store.sealed_secret("tthc.hue")
    find = gate_store.find_system
    looks: list[str] = []  # at the first the other's registration is not committed yet

    def seen_late(client_id: str, *, for_update: bool = False) -> onboarding.InformationSystem | None:
        looks.append(client_id)
        return find(client_id, for_update=for_update) if len(looks) > 1 else None

    monkeypatch.setattr(gate_store, "find_system", seen_late)

    with pytest.raises(Conflict) as refused:
        opened(OTHER_OWNER)

    assert refused.value.code == "client.exists"
    assert (onboarding.get_system("tthc.hue").organisation, gate_store.sealed_secret("tthc.hue")) == ("H57", sealed)


def test_a_dossier_is_for_one_s_own_body() -> None:
    from tests.onboarding.gate_scene import WANTED, sealing

    with at_work(OTHER_OWNER) as officer, pytest.raises(NotAllowed):
        opening.open_dossier(officer, WANTED, key=sealing(), now=NOW, organisation="H57")


@pytest.mark.parametrize(
    "changed",
    [
        {"system_name": "Hệ thống 046088000201"},
        {"system_name": "x" * 201},
        {"contact": "Phòng kỹ thuật " * 30},
        {"contact": "Cán bộ có số 046088000201"},
        {"hosting": "provider", "centre": "KHONG-CO"},
        {"hosting": "provider"},
        {"level": 6},
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_kept(changed: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        opened(**changed)

    with acting(SYSTEM):
        assert Dossier.objects.count() == 0
    assert onboarding.systems_with_grants() == []


@pytest.mark.parametrize("account", [OTHER_OWNER, OTHER_POLICE])
def test_another_province_neither_sees_nor_changes_it(account: str, tmp_path: Path) -> None:
    found = filled(tmp_path)

    with at_work(account) as officer:
        assert store.listed() == []
        assert store.counts() == {}
        assert store.open_dossier_of(found.client_id) is None
        assert (AccountList.objects.count(), AccountRow.objects.count(), DossierAction.objects.count()) == (0, 0, 0)
        for attempt in (
            lambda: dossiers.dossier_of(found.id),
            lambda: dossiers.write(officer, found.id, ActionKind.LINES, {"lines": []}, now=NOW),
            lambda: dossiers.submit(officer, found.id, now=NOW),
            lambda: dossiers.propose_decision(officer, found.id, "Không đủ điều kiện", connect=False, now=NOW),
        ):
            with pytest.raises(NotFound):
                attempt()

    assert now_is(found) is DossierState.DRAFT


def test_an_action_is_written_only_where_the_dossier_is_seen(tmp_path: Path) -> None:
    found = opened()

    hand = {"account": OTHER_OWNER, "unit": "H25/CNTT", "holder": OTHER_OWNER}
    with at_work(OTHER_OWNER), pytest.raises(Error, match="row-level security"):
        DossierAction.objects.create(dossier_id=found.id, sequence=2, kind="approve", at=NOW, text="", **hand)


def test_the_police_of_the_province_reviews_and_the_body_and_the_department_are_told(tmp_path: Path) -> None:
    """Its reach is its own organisation; what it sends to others goes out all the same."""
    found = filled(tmp_path)
    with at_work(OWNER) as officer:
        dossiers.submit(officer, found.id, now=NOW)

    with at_work(POLICE) as officer:
        dossiers.decide_papers(officer, found.id, ActionKind.FORWARD, "Đề nghị kết nối", now=NOW)

    assert {OWNER, "gate-reviewer, G01.357", "gate-officer, G01.206"} <= told()
    assert now_is(found) is DossierState.AT_DEPARTMENT


def told() -> set[str]:
    with acting(SYSTEM):
        return set(Step.objects.values_list("to", flat=True))


def test_a_number_in_what_somebody_writes_stays_in_the_dossier(tmp_path: Path) -> None:
    """Notices and the ledger carry the code of the dossier and nothing anybody typed."""
    found = filled(tmp_path)
    with at_work(OWNER) as officer:
        dossiers.submit(officer, found.id, now=NOW)

    with at_work(POLICE) as officer:
        items = [{"paper": "survey", "what": "Bỏ số 046088000201"}]
        dossiers.decide_papers(officer, found.id, ActionKind.RETURN, "Còn số 046088000201", now=NOW, items=items)

    assert now_is(found) is DossierState.RETURNED
    assert not [entry for entry in ledger.latest(50) if "046088000201" in str(entry.body)]


def test_nobody_hands_in_what_is_not_whole_and_it_is_said_what_is_missing() -> None:
    found = opened()

    with at_work(OWNER) as officer, pytest.raises(Conflict) as refused:
        dossiers.submit(officer, found.id, now=NOW)

    assert set(refused.value.details["missing"]) == {"undertaking", "account_list", "service_registration", "survey"}


def test_a_list_that_was_judged_by_other_lines_is_not_whole_any_more(tmp_path: Path) -> None:
    found = filled(tmp_path)

    found = write(OWNER, found.id, ActionKind.LINES, {"lines": [{**LINE, "integration_code": "037"}]})

    with at_work(OWNER):
        assert [each.key for each in missing(requirements.of(found, now=NOW), for_submission=True)] == ["account_list"]


def test_one_line_more_leaves_the_list_as_good_as_it_was(tmp_path: Path) -> None:
    found = filled(tmp_path)

    found = write(OWNER, found.id, ActionKind.LINES, {"lines": [LINE, {**LINE, "integration_code": "037"}]})

    with at_work(OWNER):
        assert missing(requirements.of(found, now=NOW), for_submission=True) == ()


def test_a_decision_of_another_unit_makes_it_official_with_its_lines_and_accounts(tmp_path: Path) -> None:
    found = proposed(tmp_path)

    decide(DECIDER, found)

    assert now_is(found) is DossierState.APPROVED
    assert onboarding.get_system("tthc.hue").state is onboarding.ConnectionState.OFFICIAL
    assert [given.procedure for given in onboarding.grants_of_system("tthc.hue")] == [LINE["procedure"]]
    assert onboarding.accounts_of("H57") == ["canbo.kn1", "canbo.kn2"]
    assert Registration.objects.get().dossier == found.id
    with pytest.raises(Conflict):
        decide(BESIDE, found)


def test_the_proposer_s_unit_does_not_decide(tmp_path: Path) -> None:
    found = proposed(tmp_path)

    with pytest.raises(NotAllowed):
        decide(BESIDE, found)

    assert now_is(found) is DossierState.PROPOSED
    assert onboarding.grants_of_system("tthc.hue") == []


@pytest.mark.parametrize("changed", ["lapsed", "taken", "suspended"])
def test_what_changed_since_stops_the_approval_and_nothing_is_half_done(tmp_path: Path, changed: str) -> None:
    found = proposed(tmp_path)
    with acting(SYSTEM):
        if changed == "lapsed":
            axes.move_security("tthc.hue", "lapse", axes.Ground("hết hạn"), by="test", now=NOW)
        elif changed == "taken":
            onboarding.list_accounts_for("H25", ["canbo.kn2"], by="test", now=NOW)
        else:
            axes.move_connection("tthc.hue", "close", axes.Ground("theo lệnh"), by="test", now=NOW)

    with pytest.raises(Conflict):
        decide(DECIDER, found)

    assert now_is(found) is DossierState.PROPOSED
    assert onboarding.grants_of_system("tthc.hue") == []
    assert not Account.objects.filter(organisation="H57").exists()
    assert Registration.objects.count() == 0


@pytest.mark.parametrize("step", [ProposalStep.REJECT, ProposalStep.WITHDRAW])
def test_a_proposal_that_is_rejected_or_taken_back_leads_the_dossier_back(tmp_path: Path, step: ProposalStep) -> None:
    found = proposed(tmp_path)

    decide(EXAMINER if step is ProposalStep.WITHDRAW else DECIDER, found, step, "chưa đủ căn cứ")

    assert now_is(found) is DossierState.COMPLETE
    with at_work(EXAMINER) as officer:
        again = dossiers.propose_decision(officer, found.id, "Đã bổ sung căn cứ", connect=True, now=NOW)
    decide(DECIDER, again)
    assert now_is(found) is DossierState.APPROVED


def test_a_refusal_closes_the_trial(tmp_path: Path) -> None:
    found = proposed(tmp_path, connect=False)

    decide(DECIDER, found)

    assert now_is(found) is DossierState.REFUSED
    assert onboarding.get_system("tthc.hue").state is onboarding.ConnectionState.CLOSED


def test_a_refusal_of_a_system_an_order_closed_already_is_a_refusal(tmp_path: Path) -> None:
    found = proposed(tmp_path, connect=False)
    with acting(SYSTEM):
        axes.move_connection("tthc.hue", "close", axes.Ground("theo lệnh"), by="test", now=NOW)

    decide(DECIDER, found)

    assert now_is(found) is DossierState.REFUSED


def test_a_decision_asked_for_twice_is_one(tmp_path: Path) -> None:
    found = proposed(tmp_path)

    with at_work(EXAMINER) as officer, pytest.raises(Conflict):
        dossiers.propose_decision(officer, found.id, "Đủ điều kiện kết nối", connect=True, now=NOW)
    with at_work(EXAMINER) as officer, pytest.raises(Conflict):
        dossiers.propose_decision(officer, found.id, "Không đủ điều kiện", connect=False, now=NOW)

    with at_work(DECIDER):
        assert len(proposals.proposals(is_open=True)) == 1


def test_a_result_goes_into_the_open_dossier_of_one_s_own_system(tmp_path: Path) -> None:
    found = opened()
    with at_work(OTHER_OWNER) as officer, pytest.raises(Conflict):
        dossiers.keep_result(officer, "tthc.hue", {"passed": True}, now=NOW)
    assert not found.result

    with at_work(OWNER) as officer:
        assert dossiers.keep_result(officer, "tthc.hue", {"passed": True}, now=NOW).result == {"passed": True}


def test_the_police_has_its_working_days_also_over_tet(tmp_path: Path) -> None:
    """Handed in on the last working day before Tết of 2027, it is due once the country works again."""
    found = filled(tmp_path)
    eve = datetime(2027, 2, 4, 2, 0, tzinfo=UTC)

    with at_work(OWNER) as officer:
        found = dossiers.submit(officer, found.id, now=eve)

    due = due_of(found)
    assert due is not None
    assert due >= date(2027, 2, 13)
