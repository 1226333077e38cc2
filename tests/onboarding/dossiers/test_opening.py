"""Dossiers after the first: what was withdrawn or refused comes back, what is in traffic asks for more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from dancu.kernel.errors import Conflict, DancuError, NotAllowed
from dancu.kernel.reach import SYSTEM, acting
from dancu.onboarding import api as onboarding
from dancu.onboarding.axes import usecases as axes
from dancu.onboarding.axes.store import events_of
from dancu.onboarding.dossiers import opening, requirements
from dancu.onboarding.dossiers import usecases as dossiers
from dancu.onboarding.dossiers.domain import ActionKind, ConnectionDossier, DossierState, missing
from dancu.onboarding.models import Account, Dossier, Registration
from dancu.onboarding.papers.domain import PaperKind
from tests.factories.people import NOW
from tests.factories.web_role import web_role
from tests.onboarding.gate_scene import (
    DECIDER,
    EXAMINER,
    FILE,
    LINE,
    OTHER_OWNER,
    OWNER,
    POLICE,
    WANTED,
    appoint,
    at_work,
    decide,
    filled,
    opened,
    proposed,
    sealing,
    write,
)
from tests.onboarding.papers.samples import a_form

pytestmark = pytest.mark.django_db(transaction=True)
MORE = {**LINE, "integration_code": "KHAITU", "procedure": "1.000656", "procedure_name": "Đăng ký khai tử"}


@pytest.fixture(autouse=True)
def parties() -> Iterator[None]:
    with acting(SYSTEM):
        appoint()
    with web_role():
        yield


def withdraw(found: ConnectionDossier) -> None:
    with at_work(OWNER) as owner:
        dossiers.decide_papers(owner, found.id, ActionKind.WITHDRAW, "Đơn vị chưa sẵn sàng", now=NOW)


def state_of(client_id: str) -> str:
    with acting(SYSTEM):
        return str(onboarding.get_system(client_id).state)


def supplement(client_id: str = WANTED.client_id, account: str = OWNER) -> ConnectionDossier:
    with at_work(account) as owner:
        return opening.open_supplement(owner, replace(WANTED, client_id=client_id), now=NOW)


def in_traffic(folder: Path) -> ConnectionDossier:
    found = proposed(folder)
    decide(DECIDER, found)
    return found


def asked_for_more(found: ConnectionDossier) -> ConnectionDossier:
    """A supplement with its one paper, through the police and the department to the proposal."""
    kind = PaperKind.SERVICE_REGISTRATION
    write(OWNER, found.id, ActionKind.LINES, {"lines": [MORE]})
    write(OWNER, found.id, ActionKind.WRITE, {"paper": kind.value, "values": a_form(kind)})
    write(OWNER, found.id, ActionKind.ATTACH, {"paper": kind.value, "file": FILE, "file_name": "x.pdf", "findings": []})
    with at_work(OWNER) as owner:
        dossiers.submit(owner, found.id, now=NOW)
    with at_work(POLICE) as reviewer:
        dossiers.decide_papers(reviewer, found.id, ActionKind.FORWARD, "Đề nghị bổ sung dịch vụ", now=NOW)
    with at_work(EXAMINER) as examiner:
        dossiers.decide_papers(examiner, found.id, ActionKind.ACCEPT, "", now=NOW)
        return dossiers.propose_decision(examiner, found.id, "Đủ điều kiện bổ sung", connect=True, now=NOW)


def test_a_withdrawn_dossier_ends_the_trial_and_the_same_system_comes_back_with_another_secret(tmp_path: Path) -> None:
    first = filled(tmp_path)
    withdraw(first)
    assert state_of(first.client_id) == "closed"

    with at_work(OWNER) as owner:
        second, secret = opening.open_dossier(owner, WANTED, key=sealing(), now=NOW)

    assert state_of(first.client_id) == "trial"
    assert second.code != first.code
    assert secret.startswith("thu-")
    with acting(SYSTEM):
        assert [event.act for event in events_of(first.client_id)] == ["open_trial", "withdraw", "open_trial"]


def test_a_refused_system_may_apply_again(tmp_path: Path) -> None:
    decide(DECIDER, proposed(tmp_path, connect=False))
    assert state_of(WANTED.client_id) == "closed"

    assert opened().state is DossierState.DRAFT
    assert state_of(WANTED.client_id) == "trial"


def test_a_system_with_an_open_dossier_gets_no_second_one_and_the_message_says_so() -> None:
    opened()

    with pytest.raises(Conflict) as refused:
        opened()

    assert refused.value.code == "dossier.open"


def test_a_code_of_another_body_is_taken_and_nothing_more_is_said(tmp_path: Path) -> None:
    withdraw(filled(tmp_path))

    with pytest.raises(Conflict) as refused:
        opened(OTHER_OWNER)

    assert refused.value.code == "client.exists"
    assert state_of(WANTED.client_id) == "closed"


def test_a_system_closed_after_traffic_is_not_put_on_trial_again(tmp_path: Path) -> None:
    """Its grants still stand: a later approval would give them back unread."""
    found = in_traffic(tmp_path)
    with acting(SYSTEM):
        axes.move_connection(found.client_id, "close", axes.Ground("thôi sử dụng"), by="test", now=NOW)

    with pytest.raises(Conflict) as refused:
        opened()

    assert refused.value.code == "client.exists"
    assert state_of(found.client_id) == "closed"


@pytest.mark.parametrize("account", [EXAMINER, DECIDER])
def test_who_examines_opens_no_dossier(account: str) -> None:
    with at_work(account) as officer, pytest.raises(NotAllowed):
        opening.open_dossier(officer, WANTED, key=sealing(), now=NOW)


def test_a_system_in_traffic_asks_for_more_and_goes_on_meanwhile(tmp_path: Path) -> None:
    first = in_traffic(tmp_path)
    with pytest.raises(Conflict) as refused:
        opened()
    assert refused.value.code == "dossier.official"

    found = asked_for_more(supplement())
    assert state_of(first.client_id) == "official"
    decide(DECIDER, found)

    with acting(SYSTEM):
        granted = {each.integration_code for each in onboarding.grants_of_system(first.client_id)}
        assert granted == {LINE["integration_code"], MORE["integration_code"]}
        assert state_of(first.client_id) == "official"
        assert [str(each) for each in Registration.objects.order_by("approved_at").values_list("dossier", flat=True)] == [
            str(first.id),
            str(found.id),
        ]
        assert Account.objects.filter(organisation="H57").count() == 2


def test_more_services_need_their_registration_and_a_security_that_holds(tmp_path: Path) -> None:
    in_traffic(tmp_path)
    found = supplement()
    with acting(SYSTEM):
        assert {each.key for each in requirements.of(found, now=NOW)} == {"service_registration", "security"}
        axes.move_security(found.client_id, "declare_change", axes.Ground("đổi trung tâm dữ liệu"), by="test", now=NOW)
        lacking = missing(requirements.of(found, now=NOW), for_submission=False)

    assert {each.key for each in lacking} == {"service_registration", "security"}


def test_new_accounts_come_with_it_and_are_judged(tmp_path: Path) -> None:
    in_traffic(tmp_path)
    found = supplement()
    with acting(SYSTEM):
        sent = {"list": str(uuid4()), "rows": 2, "faults": 3, "file_name": "x.xlsx", "file": FILE}
        found = write(OWNER, found.id, ActionKind.LIST, sent)
        lacking = missing(requirements.of(found, now=NOW), for_submission=True)

    assert "account_list" in {each.key for each in lacking}


def test_a_supplement_of_a_system_that_was_suspended_meanwhile_is_not_approved(tmp_path: Path) -> None:
    first = in_traffic(tmp_path)
    found = asked_for_more(supplement())
    with acting(SYSTEM):
        axes.move_connection(first.client_id, "suspend", axes.Ground("lộ khoá"), by="test", now=NOW)

    with pytest.raises(DancuError):
        decide(DECIDER, found)

    with acting(SYSTEM):
        assert len(onboarding.grants_of_system(first.client_id)) == 1
    assert state_of(first.client_id) == "suspended"


@pytest.mark.parametrize("account", [OTHER_OWNER, EXAMINER])
def test_nobody_else_asks_for_more(account: str, tmp_path: Path) -> None:
    in_traffic(tmp_path)

    with pytest.raises(NotAllowed):
        supplement(account=account)


def test_a_withdrawn_or_refused_supplement_leaves_the_traffic_alone(tmp_path: Path) -> None:
    first = in_traffic(tmp_path)
    withdraw(supplement())

    assert state_of(first.client_id) == "official"


def test_a_code_is_given_once_also_when_the_body_of_an_older_one_is_out_of_reach() -> None:
    first = opened()
    with acting(SYSTEM):
        Dossier.objects.filter(id=first.id).update(organisation="H25")

    second = opened(client_id="khac.hue")

    assert second.code != first.code


def test_a_registration_names_the_proposal_its_dossier_was_approved_with(tmp_path: Path) -> None:
    """The database compares, whoever writes it: another proposal, another system and an open dossier are refused."""
    found = in_traffic(tmp_path)
    still_open = supplement()
    with acting(SYSTEM):
        kept = Registration.objects.get(dossier=found.id)
        values = {"organisation": "H57", "approved_at": NOW, "approved_by": DECIDER}
        for wrong in (
            {"client_id": found.client_id, "dossier": found.id, "proposal": uuid4()},
            {"client_id": found.client_id, "dossier": still_open.id, "proposal": kept.proposal},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                Registration.objects.create(id=uuid4(), **values, **wrong)
