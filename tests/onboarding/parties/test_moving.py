"""A province that becomes part of another one takes along what was not finished: dossiers in every step, an inspection under way.

The province of H25 goes to H57 with a dossier its police reviews, one being written by a body below it, and one proposed.
Afterwards the people of H57 finish all of it and those of H25 see none of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from dancu.identity.proposals import store as proposal_store
from dancu.identity.proposals import usecases as proposals
from dancu.identity.proposals.domain import ProposalStep
from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, NotFound
from dancu.kernel.reach import SYSTEM, acting
from dancu.ledger import api as ledger
from dancu.notices.models import Step
from dancu.onboarding import api as onboarding
from dancu.onboarding.accounts import usecases as accounts
from dancu.onboarding.dossiers import deciding, opening, store
from dancu.onboarding.dossiers import usecases as dossiers
from dancu.onboarding.dossiers.domain import ActionKind, ConnectionDossier, DossierState
from dancu.onboarding.dossiers.dues import due_of
from dancu.onboarding.inspection import store as inspection_store
from dancu.onboarding.inspection import usecases as inspections
from dancu.onboarding.inspection.actions import Cancel, Find, Mode, Supplement
from dancu.onboarding.inspection.checklists import Severity
from dancu.onboarding.inspection.domain import FindingState, Inspection
from dancu.onboarding.models import Account, AccountList, AccountRow, Dossier
from dancu.onboarding.models import Inspection as InspectionRow
from dancu.onboarding.parties import usecases as parties
from dancu.onboarding.parties.domain import Change, Move, Reorganisation
from tests.factories.people import NOW
from tests.factories.web_role import web_role
from tests.identity.scene import browser_of, text_of
from tests.journeys.gate_story import account_sheet
from tests.onboarding.gate_scene import (
    DECIDER,
    EXAMINER,
    FILE,
    INSPECTOR,
    LINE,
    OPERATOR,
    OTHER_OWNER,
    OTHER_POLICE,
    OWNER,
    POLICE,
    WANTED,
    appoint,
    at_work,
    complete,
    filled,
    sealing,
    write,
)

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(days=1)  # the day before is a day off
DAY = local(LATER).date()
BASIS = "Nghị quyết 202/2025/QH15"
REVIEWED, WRITTEN, PROPOSED = "tthc.xet", "tthc.soan", "tthc.hue"
HANDLERS = {"onboarding.connect": deciding.connect_proposed}
ENDINGS = {"onboarding.connect": deciding.take_back}


@pytest.fixture(autouse=True)
def people() -> Iterator[None]:
    with acting(SYSTEM):
        appoint()
    with web_role():
        yield


def reviewed(folder: Path, client_id: str = REVIEWED) -> ConnectionDossier:
    found = filled(folder, OTHER_OWNER, client_id=client_id)
    with at_work(OTHER_OWNER) as owner:
        return dossiers.submit(owner, found.id, now=NOW)


def written_below(folder: Path) -> ConnectionDossier:
    """A dossier of a body below the province, with a list that was sent and is not approved."""
    with at_work(OTHER_OWNER) as owner:
        wanted = replace(WANTED, client_id=WRITTEN)
        found = opening.open_dossier(owner, wanted, key=sealing(), now=NOW, organisation="H25.12")[0]
        found = dossiers.write(owner, found.id, ActionKind.LINES, {"lines": [LINE]}, now=NOW)
        sheet = ("tai-khoan.xlsx", account_sheet(["046088000201"]))
        accounts.send_list(owner, found, sheet, folder=folder, key=sealing(), now=NOW)
    return now_is(found)


def proposed(folder: Path) -> ConnectionDossier:
    found = complete(folder, OTHER_OWNER, OTHER_POLICE)
    with at_work(EXAMINER) as examiner:
        return dossiers.propose_decision(examiner, found.id, "Đủ điều kiện kết nối", connect=True, now=NOW)


def scheduled() -> Inspection:
    with at_work(EXAMINER) as examiner:
        order = inspections.Order(DAY, Mode.ON_SITE, ("G01.105/KT",), client_id=REVIEWED)
        return inspections.schedule(examiner, order, now=LATER)


def inspected() -> Inspection:
    """An inspection under way, with something to mend."""
    found = scheduled()
    with at_work(INSPECTOR) as officer:
        due = DAY + timedelta(days=9)
        action = Find(
            at=LATER, by=officer.hand, finding="TT-01", severity=Severity.IMPORTANT, sentence="Chưa có tường lửa", due=due
        )
        return inspections.act(officer, found.id, action, now=LATER)


def reorganise(after: str = "H57") -> None:
    with at_work(OPERATOR) as operator:
        plan = parties.plan_for(parties.party_of("H25", DAY), DAY)
        moves = tuple(replace(move, after=after) for move in plan.moves)
        parties.reorganise(replace(plan, moves=moves, basis=BASIS), by=operator.hand, now=LATER)


def now_is(found: ConnectionDossier) -> ConnectionDossier:
    with acting(SYSTEM):
        return store.get_dossier(found.id)


def decide(found: ConnectionDossier, step: ProposalStep, text: str = "") -> None:
    proposal = next(UUID(a.content["proposal"]) for a in reversed(found.actions) if a.kind is ActionKind.PROPOSE)
    with at_work(DECIDER) as officer:
        digest = proposal_store.get_proposal(proposal).digest
        proposals.decide(officer, proposal, step, digest, text, HANDLERS, now=LATER, ended=ENDINGS)


def test_the_police_of_the_body_that_carries_on_reviews_and_its_integrator_acts(tmp_path: Path) -> None:
    found = reviewed(tmp_path)

    reorganise()

    moved = now_is(found)
    assert (moved.state, moved.organisation, moved.police) == (DossierState.AT_POLICE, "H57", "G01.357")
    assert moved.actions[-1].content["basis"] == BASIS
    attached = {"paper": "survey", "file": FILE, "file_name": "y.pdf", "findings": []}
    assert write(OWNER, found.id, ActionKind.ATTACH, attached).papers["survey"].file_name == "y.pdf"
    for account in (OTHER_OWNER, OTHER_POLICE):
        with at_work(account), pytest.raises(NotFound):
            dossiers.dossier_of(found.id)
    with at_work(POLICE) as reviewer:
        sent = dossiers.decide_papers(reviewer, found.id, ActionKind.FORWARD, "Đề nghị kết nối", now=LATER)
    assert sent.state is DossierState.AT_DEPARTMENT


def test_another_police_has_its_own_days_and_is_told_with_the_body(tmp_path: Path) -> None:
    found = reviewed(tmp_path)
    before = due_of(found)

    reorganise()

    after = due_of(now_is(found))
    assert before is not None
    assert after is not None
    assert after > before
    with acting(SYSTEM):
        assert Dossier.objects.get(id=found.id).due_on == after
        told = set(Step.objects.filter(owner="H57").values_list("to", flat=True))
    assert {"integrator, H57", "gate-reviewer, G01.357"} <= told


def test_where_no_police_reviews_the_department_has_it(tmp_path: Path) -> None:
    found = reviewed(tmp_path)

    reorganise("G07")

    moved = now_is(found)
    assert (moved.state, moved.organisation, moved.police) == (DossierState.AT_DEPARTMENT, "G07", "")
    with at_work(EXAMINER) as examiner:
        assert dossiers.decide_papers(examiner, found.id, ActionKind.ACCEPT, "", now=LATER).state is DossierState.COMPLETE


def test_what_a_body_below_it_holds_goes_to_the_same_place_below(tmp_path: Path) -> None:
    found = written_below(tmp_path)
    with acting(SYSTEM):
        onboarding.list_accounts_for("H25.12", ["canbo.xa"], by="test", now=NOW)

    reorganise()

    assert onboarding.get_system(WRITTEN).organisation == "H57.12"
    assert onboarding.accounts_of("H57.12") == ["canbo.xa"]
    assert onboarding.accounts_of("H25.12") == []
    assert (now_is(found).state, now_is(found).organisation) == (DossierState.DRAFT, "H57.12")
    assert write(OWNER, found.id, ActionKind.LINES, {"lines": [LINE]}).lines
    with acting(SYSTEM):
        assert AccountList.objects.get(dossier=found.id).organisation == "H57.12"
    with at_work(OWNER):
        assert AccountRow.objects.values_list("account", flat=True).get() == "canbo.kn1"
    with at_work(OTHER_OWNER):
        assert AccountList.objects.count() == 0


def test_the_accounts_of_a_body_below_keep_it_waiting() -> None:
    with acting(SYSTEM):
        onboarding.list_accounts_for("H25.12", ["canbo.xa"], by="test", now=NOW)

    assert [(each.party.code, each.accounts) for each in parties.waiting_to_move(DAY)] == [("H25", 1)]
    reorganise()

    assert parties.waiting_to_move(DAY) == []


def test_a_list_goes_with_its_dossier_also_where_the_accounts_go_elsewhere(tmp_path: Path) -> None:
    found = written_below(tmp_path)
    with acting(SYSTEM):
        onboarding.list_accounts_for("H25", ["canbo.tinh"], by="test", now=NOW)

    with at_work(OPERATOR) as operator:
        moves = (Move("accounts", "", "H25", "H42"), Move("system", WRITTEN, "H25", "H57"))
        parties.reorganise(Reorganisation(Change.SPLIT, DAY, BASIS, moves), by=operator.hand, now=LATER)

    with acting(SYSTEM):
        assert AccountList.objects.get(dossier=found.id).organisation == "H57.12"
    assert onboarding.accounts_of("H42") == ["canbo.tinh"]


def test_a_decision_says_that_the_dossier_changed_and_is_asked_for_again(tmp_path: Path) -> None:
    found = proposed(tmp_path)

    reorganise()

    with pytest.raises(Conflict) as refused:
        decide(found, ProposalStep.APPROVE)
    assert refused.value.code == "dossier.changed"
    assert onboarding.grants_of_system(PROPOSED) == []
    decide(found, ProposalStep.REJECT, "Đơn vị đã sắp xếp, trình lại")
    with at_work(EXAMINER) as examiner:
        again = dossiers.propose_decision(examiner, found.id, "Đủ điều kiện kết nối", connect=True, now=LATER)
    decide(again, ProposalStep.APPROVE)

    assert now_is(found).state is DossierState.APPROVED
    assert [given.procedure for given in onboarding.grants_of_system(PROPOSED)] == [LINE["procedure"]]
    assert (onboarding.accounts_of("H57"), onboarding.accounts_of("H25")) == (["canbo.kn1", "canbo.kn2"], [])


def test_the_body_that_carries_on_answers_an_inspection_under_way(tmp_path: Path) -> None:
    reviewed(tmp_path)
    found = inspected()

    reorganise()

    with at_work(OTHER_OWNER), pytest.raises(NotFound):
        inspections.inspection_of(found.id)
    with at_work(OWNER) as officer:
        assert [line.id for line in inspection_store.lines(organisation="H57")] == [found.id]
        said = Supplement(at=LATER, by=officer.hand, finding="TT-01", text="Đã lắp tường lửa hai lớp")
        answered = inspections.act(officer, found.id, said, now=LATER)
    assert answered.subject.organisation == "H57"
    assert answered.findings["TT-01"].state is FindingState.ANSWERED


def test_the_body_that_carries_on_declares_changes_of_what_was_concluded(tmp_path: Path) -> None:
    reviewed(tmp_path)
    found = inspected()
    with acting(SYSTEM):
        InspectionRow.objects.filter(id=found.id).update(state="passed")

    reorganise()

    with acting(SYSTEM):
        assert inspection_store.get_inspection(found.id).subject.organisation == "H57"


def test_an_inspection_that_was_called_off_stays_whose_it_was(tmp_path: Path) -> None:
    reviewed(tmp_path)
    found = scheduled()
    with at_work(EXAMINER) as examiner:
        inspections.act(examiner, found.id, Cancel(at=LATER, by=examiner.hand, reason="Đơn vị xin lùi"), now=LATER)

    reorganise()

    with acting(SYSTEM):
        assert inspection_store.get_inspection(found.id).subject.organisation == "H25"
        assert [line.organisation for line in inspection_store.lines()] == ["H25"]


def test_a_dossier_that_ended_is_moved_as_a_line_and_its_actions_stay(tmp_path: Path) -> None:
    found = proposed(tmp_path)
    decide(found, ProposalStep.APPROVE)

    reorganise()

    assert now_is(found).actions[-1].kind is ActionKind.APPROVE
    with at_work(OWNER):
        assert [line.id for line in store.listed()] == [found.id]


def test_every_line_is_what_its_actions_come_to_and_every_move_is_in_the_ledger(tmp_path: Path) -> None:
    held = [reviewed(tmp_path), written_below(tmp_path), proposed(tmp_path)]
    inspected()

    reorganise()

    with acting(SYSTEM):
        for found in map(now_is, held):
            row = Dossier.objects.get(id=found.id)
            kept = (row.organisation, row.police, row.state, row.actions, row.due_on)
            assert kept == (found.organisation, found.police, found.state, len(found.actions), due_of(found))
    said = [entry.body["outcome"] for entry in ledger.latest(30)]
    assert {f"dossier.move:{found.code}" for found in held} | {"inspection.move"} <= set(said)


def test_a_plan_that_does_not_hold_moves_no_dossier(tmp_path: Path) -> None:
    found = reviewed(tmp_path)
    moves = (Move("system", REVIEWED, "H25", "H57"), Move("accounts", "", "H25", "KHONG-CO"))

    with at_work(OPERATOR) as operator, pytest.raises(NotFound):
        parties.reorganise(Reorganisation(Change.MERGED, DAY, BASIS, moves), by=operator.hand, now=LATER)

    assert (now_is(found).organisation, len(now_is(found).actions)) == ("H25", len(found.actions))


def test_an_account_that_is_locked_at_one_of_two_is_locked_afterwards() -> None:
    with acting(SYSTEM):
        onboarding.list_accounts_for("H25", ["canbo01", "canbo02"], by="test", now=NOW)
        onboarding.list_accounts_for("H57", ["canbo01"], by="test", now=NOW)
    with at_work(EXAMINER) as examiner:
        accounts.lock_accounts(examiner, "H25", ["canbo01"], "xác minh", now=NOW)

    reorganise()

    assert sorted(Account.objects.values_list("organisation", "account", "locked_for")) == [
        ("H57", "canbo01", "xác minh"),
        ("H57", "canbo02", ""),
    ]


def test_the_page_tells_the_move_in_words_and_offers_it_to_nobody(tmp_path: Path) -> None:
    found = reviewed(tmp_path)
    reorganise()

    for account in (OWNER, POLICE, EXAMINER, DECIDER, OPERATOR):
        browser, path = browser_of(account), f"/ket-noi/ho-so/{found.id}"
        page = browser.get(path).content.decode()
        assert 'value="move"' not in page
        browser.post(path, {"step": "move", "organisation": "H25", "text": "chuyển về chỗ cũ"})
    page = text_of(browser_of(OWNER).get(f"/ket-noi/ho-so/{found.id}"))

    assert "Chuyển đơn vị chủ quản" in page
    assert "(H57)" in page
    assert "(G01.357) rà soát" in page
    assert BASIS in page
    assert now_is(found).organisation == "H57"


def test_what_was_locked_within_the_body_is_opened_where_it_goes_on_and_what_the_department_locked_is_not() -> None:
    with acting(SYSTEM):
        onboarding.list_accounts_for("H25", ["canbo01", "canbo02"], by="test", now=NOW)
    for account, name in ((OTHER_OWNER, "canbo01"), (EXAMINER, "canbo02")):
        with at_work(account) as officer:
            accounts.lock_accounts(officer, "H25", [name], "xác minh", now=NOW)

    reorganise()

    with at_work(OWNER) as officer:
        assert accounts.unlock_accounts(officer, "H57", ["canbo01"], now=NOW) == 1
        with pytest.raises(Conflict):
            accounts.unlock_accounts(officer, "H57", ["canbo02"], now=NOW)
