"""The list given back to be mended: to the parties of the dossier only, with a trace, and with the faults that were told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from dancu.kernel.errors import Invalid, NotAllowed
from dancu.kernel.reach import SYSTEM, acting
from dancu.ledger import api as ledger
from dancu.onboarding import api as onboarding
from dancu.onboarding.accounts import store
from dancu.onboarding.accounts import usecases as accounts
from dancu.onboarding.dossiers import usecases as dossiers
from dancu.onboarding.models import AccountList, AccountRow
from tests.factories.people import NOW
from tests.factories.web_role import web_role
from tests.identity.scene import browser_of, text_of
from tests.journeys.gate_story import account_sheet
from tests.onboarding.accounts.marks import remarks
from tests.onboarding.gate_scene import (
    BESIDE,
    DECIDER,
    EXAMINER,
    INSPECTOR,
    LINE,
    OPERATOR,
    OWNER,
    POLICE,
    ActionKind,
    appoint,
    at_work,
    opened,
    sealing,
    write,
)

pytestmark = pytest.mark.django_db(transaction=True)
WHOLE, SHORT = "046088000201", "04609000020"


@pytest.fixture(autouse=True)
def people() -> Iterator[None]:
    with acting(SYSTEM):
        appoint()
    with web_role():
        yield


@pytest.fixture
def dossier(people: None) -> UUID:
    found = opened()
    write(OWNER, found.id, ActionKind.LINES, {"lines": [LINE]})
    return found.id


def send(dossier: UUID, folder: Path, numbers: tuple[str, ...] = (WHOLE, SHORT)) -> accounts.Judged:
    with at_work(OWNER) as officer:
        sheet = ("x.xlsx", account_sheet(list(numbers)))
        return accounts.send_list(officer, dossiers.dossier_of(dossier), sheet, folder=folder, key=sealing(), now=NOW)


def fetched(account: str, dossier: UUID, folder: Path, sent: UUID) -> bytes:
    with at_work(account) as officer:
        now = NOW + timedelta(days=400)
        return accounts.returned_workbook(officer, dossiers.dossier_of(dossier), sent, folder=folder, now=now)


def reads() -> list[str]:
    said = [str(entry.body["outcome"]) for entry in ledger.latest(50)]
    return [outcome for outcome in said if outcome.startswith("accounts.returned")]


@pytest.mark.parametrize("account", [OWNER, POLICE, EXAMINER])
def test_a_party_of_the_dossier_gets_it_and_every_time_is_in_the_ledger(dossier: UUID, account: str, tmp_path: Path) -> None:
    sent = send(dossier, tmp_path).sent

    fetched(account, dossier, tmp_path, sent.id)
    fetched(account, dossier, tmp_path, sent.id)

    with acting(SYSTEM):
        code = dossiers.dossier_of(dossier).code
    assert reads() == [f"accounts.returned_read:{code}"] * 2


@pytest.mark.parametrize("account", [DECIDER, BESIDE, INSPECTOR, OPERATOR])
def test_who_only_looks_at_the_dossier_sees_no_personal_number(dossier: UUID, account: str, tmp_path: Path) -> None:
    sent = send(dossier, tmp_path).sent

    with pytest.raises(NotAllowed):
        fetched(account, dossier, tmp_path, sent.id)

    assert reads() == []
    browser, path = browser_of(account), f"/ket-noi/ho-so/{dossier}/tai-khoan"
    assert browser.get(f"{path}/can-sua.xlsx").status_code == 403
    assert "can-sua.xlsx" not in text_of(browser.get(path))


def test_it_agrees_with_the_faults_told_whatever_happened_since(dossier: UUID, tmp_path: Path) -> None:
    with acting(SYSTEM):
        onboarding.list_accounts_for("H25", ["canbo.kn1"], by="test", now=NOW)
    judged = send(dossier, tmp_path)
    before = remarks(fetched(OWNER, dossier, tmp_path, judged.sent.id))

    write(OWNER, dossier, ActionKind.LINES, {"lines": [{**LINE, "integration_code": "037"}]})
    with acting(SYSTEM):
        onboarding.remove_accounts_for("H25", ["canbo.kn1"], by="test", now=NOW)
        onboarding.list_accounts_for("H25", ["canbo.kn2"], by="test", now=NOW)

    after = remarks(fetched(OWNER, dossier, tmp_path, judged.sent.id))
    assert [fault.code for fault in judged.checked.faults] == ["account.taken", "personal_id.length"]
    assert after == before
    assert len(after) == len(judged.checked.faults) + len(judged.checked.warnings)


def test_it_is_judged_by_the_day_it_was_sent(dossier: UUID, tmp_path: Path) -> None:
    """Somebody who was too young then is told so also later, when she is of age."""
    judged = send(dossier, tmp_path, ("046209000201",))

    assert [fault.code for fault in judged.checked.faults] == ["birth_date.under_age"]
    assert len(remarks(fetched(OWNER, dossier, tmp_path, judged.sent.id))) == 1


def test_a_newer_list_replaces_the_older_ones_of_its_dossier_and_no_other(dossier: UUID, tmp_path: Path) -> None:
    other = opened(client_id="tthc.hai").id
    write(OWNER, other, ActionKind.LINES, {"lines": [LINE]})
    beside = send(other, tmp_path).sent

    first = send(dossier, tmp_path, (WHOLE,)).sent
    second = send(dossier, tmp_path).sent

    with acting(SYSTEM):
        states = dict(AccountList.objects.values_list("id", "state"))
        assert states == {beside.id: store.CHECKED, first.id: store.REPLACED, second.id: store.CHECKED}
        with pytest.raises(Invalid):
            accounts.approve_list(first.id, by="test", now=NOW)


def test_a_list_that_was_approved_stays_approved(dossier: UUID, tmp_path: Path) -> None:
    first = send(dossier, tmp_path, (WHOLE,)).sent
    with acting(SYSTEM):
        accounts.approve_list(first.id, by="test", now=NOW)

    send(dossier, tmp_path)

    with acting(SYSTEM):
        assert AccountList.objects.get(id=first.id).state == store.APPROVED


def test_every_row_is_kept_however_many_are_written_at_once(dossier: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "ROWS_AT_ONCE", 2)

    sent = send(dossier, tmp_path, (WHOLE, "046090000202", "046090000203")).sent

    with acting(SYSTEM):
        rows = list(AccountRow.objects.filter(list_id=sent.id).order_by("number"))
    assert [(row.number, row.account, row.role, row.services, row.organisation) for row in rows] == [
        (at + 1, f"canbo.kn{at}", "lookup", ["REST"], "H57") for at in (1, 2, 3)
    ]
    for row in rows:
        opened_again = sealing().unseal(bytes(row.sealed), belongs_to=f"account:{sent.id}:{row.number}")
        assert b"personal_id" in opened_again
