"""Acts that two people stand behind: proposed by one, decided by another of another unit, done once, and recorded as such."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from uuid import UUID

import pytest
from django.db import IntegrityError, connection
from django.test import Client

from dancu.identity.api import Officer, Organisation, add_officer, add_organisation, propose
from dancu.identity.models import ProposalAction
from dancu.identity.proposals import pages as proposal_pages
from dancu.identity.proposals import store as proposal_store
from dancu.identity.proposals import usecases
from dancu.identity.proposals.domain import needs_two, policies, policy_of
from dancu.identity.proposals.usecases import how_done
from dancu.identity.usecases import sign_in
from dancu.kernel.errors import NotAllowed
from dancu.kernel.reach import SYSTEM, Reach, acting
from dancu.ledger import api as ledger
from dancu.onboarding import api as onboarding
from dancu.onboarding import usecases as gate
from tests.factories.database import connect_system
from tests.factories.people import NOW, a_grant
from tests.factories.web_role import web_role
from tests.faults import four_eyes
from tests.identity.scene import PASSWORD, age_session, browser_of, text_of

pytestmark = pytest.mark.django_db(transaction=True)
PROPOSES, DECIDES, HER_OTHER, BESIDE, DESK = "vanhanh.a", "vanhanh.b", "vanhanh.a2", "vanhanh.c", "canbo.ban"
REASON = "Bổ sung phạm vi cho thủ tục thường trú"
DAY = date(2026, 11, 24)


@pytest.fixture
def office() -> Iterator[None]:
    connect_system("he-thong", grants=[])
    add_organisation(Organisation("H57", "UBND thành phố Thử"), {"VH": "Vận hành", "AT": "An toàn"})
    for account, unit, roles, holder in (
        (PROPOSES, "VH", ["operator"], "nguoi-a"),
        (HER_OTHER, "AT", ["operator"], "nguoi-a"),
        (BESIDE, "VH", ["operator"], ""),
        (DECIDES, "AT", ["operator"], ""),
        (DESK, "VH", ["desk"], ""),
    ):
        add_officer(account, f"Cán bộ {account}", "H57", unit, roles, PASSWORD, holder=holder)
    with web_role():
        yield


def proposed(*, reopen: bool = False, now: datetime = NOW) -> UUID:
    officer = sign_in(PROPOSES, PASSWORD, "192.0.2.1", now=NOW)
    assert isinstance(officer, Officer)
    with acting(Reach("nation", officer.organisation_code, officer.unit, officer.account)):
        if reopen:
            return propose(officer, onboarding.REOPEN, onboarding.reopening_as_content("he-thong", REASON), REASON, now=now).id
        return propose(officer, onboarding.GRANT, onboarding.grant_as_content(a_grant()), REASON, now=now).id


def decision(browser: Client, proposal: UUID, step: str = "approve", **more: str):
    path = f"/quyen/de-xuat/{proposal}"
    digest = re.search(r"<code>([0-9a-f]{64})</code>", text_of(browser.get(path)))
    assert digest
    return browser.post(path, {"step": step, "digest": digest.group(1), **more})


def entries(outcome: str) -> list[ledger.RecordedEntry]:
    return [entry for entry in ledger.latest(100) if entry.body["outcome"].startswith(outcome)]


def test_what_one_proposes_another_decides_and_it_is_done_once(office: None):
    proposal, decides = proposed(), browser_of(DECIDES)
    assert REASON in text_of(decides.get(f"/quyen/de-xuat/{proposal}"))
    assert onboarding.systems_with_grants()[0][1] == []

    answers = [decision(decides, proposal), decision(decides, proposal)]

    assert [answer.status_code for answer in answers] == [302, 302]
    [(_system, [given])] = onboarding.systems_with_grants()
    assert given.fields == a_grant().fields
    [entry] = entries("grant.given")
    assert (entry.body["purpose"], entry.dossier_no, entry.officer) == ("four-eyes", str(proposal), DECIDES)
    assert len(entries("proposal.approve")) == 1


@pytest.mark.parametrize("then", ["granted", "revoked"])
def test_a_grant_that_changed_since_is_not_overwritten(office: None, then: str):
    if then == "revoked":
        with acting(SYSTEM):
            onboarding.grant(a_grant(), by="test", now=NOW)
    proposal, decides = proposed(), browser_of(DECIDES)
    narrower = a_grant(fields=frozenset(sorted(a_grant().fields)[:1]))
    with acting(SYSTEM):
        if then == "granted":
            onboarding.grant(narrower, by="test", now=NOW)
        else:
            onboarding.revoke_grant("he-thong", "REST", "1.001193", by="test", now=NOW)

    answer = decision(decides, proposal)

    assert (answer.status_code, "lập đề xuất mới" in text_of(answer)) == (409, True)
    held = [given.fields for given in onboarding.systems_with_grants()[0][1]]
    assert held == ([narrower.fields] if then == "granted" else [])


def test_a_reopening_is_for_the_suspension_it_was_written_against(office: None):
    def suspend(why: str, minutes: int) -> None:
        with acting(SYSTEM):
            if minutes:
                onboarding.set_state("he-thong", OFFICIAL, reason="thử", by="test", now=NOW)
            moment = NOW + timedelta(minutes=minutes)
            onboarding.set_state("he-thong", SUSPENDED, reason=why, by="test", now=moment)

    OFFICIAL, SUSPENDED = onboarding.ConnectionState.OFFICIAL, onboarding.ConnectionState.SUSPENDED
    suspend("Bảo trì", 0)
    stale, decides = proposed(reopen=True), browser_of(DECIDES)
    suspend("Rò rỉ dữ liệu", 5)

    assert "Rò rỉ dữ liệu" in text_of(decides.get(f"/quyen/de-xuat/{stale}"))
    answer = decision(decides, stale)
    assert (answer.status_code, "lập đề xuất mới" in text_of(answer)) == (409, True)
    assert onboarding.get_system("he-thong").state is SUSPENDED

    assert decision(decides, proposed(reopen=True)).status_code == 302
    assert onboarding.get_system("he-thong").state is OFFICIAL


@pytest.mark.parametrize("closed", [False, True])
def test_a_long_list_goes_on_and_names_each_once(office: None, monkeypatch: pytest.MonkeyPatch, closed: bool):
    monkeypatch.setattr(proposal_store, "PAGE_LENGTH", 2)
    monkeypatch.setattr(proposal_pages, "PAGE_LENGTH", 2)
    made = [proposed(now=NOW + timedelta(seconds=at // 2)) for at in range(5)]  # pairs of one moment
    browser, listed, path = browser_of(DECIDES), [], "/quyen/de-xuat"
    if closed:
        for proposal in made:
            decision(browser, proposal, "reject", text="chưa có văn bản")
        path = f"{path}?loc=xong"

    for _ in range(3):
        page = text_of(browser.get(path))
        listed += re.findall(r'href="/quyen/de-xuat/([0-9a-f-]{36})"', page)
        more = re.search(r'href="(/quyen/de-xuat\?[^"]*sau=[^"]+)"', page)
        path = unescape(more.group(1)) if more else ""

    assert path == ""
    assert sorted(dict.fromkeys(listed)) == sorted(map(str, made))
    assert browser.get("/quyen/de-xuat?sau=x").status_code == 422


@pytest.mark.parametrize("account", [PROPOSES, HER_OTHER, BESIDE])
def test_neither_she_nor_her_other_account_nor_her_unit_decides(office: None, account: str):
    proposal, browser = proposed(), browser_of(account)

    answer = decision(browser, proposal)

    assert answer.status_code == 403
    assert onboarding.systems_with_grants()[0][1] == []
    assert len(entries("proposal.four_eyes")) == 1


def test_what_was_edited_after_somebody_looked_is_not_approved(office: None):
    proposal, decides = proposed(), browser_of(DECIDES)

    answer = decides.post(f"/quyen/de-xuat/{proposal}", {"step": "approve", "digest": "0" * 64})

    assert answer.status_code == 409
    assert "khác với nội dung bạn vừa xem" in text_of(answer)


def test_a_rejection_says_why_and_ends_it(office: None):
    proposal, decides = proposed(), browser_of(DECIDES)
    assert decision(decides, proposal, "reject").status_code == 422
    assert decision(decides, proposal, "reject", text="chưa có văn bản").status_code == 302

    assert decision(decides, proposal).status_code == 409
    assert onboarding.systems_with_grants()[0][1] == []


def test_its_author_takes_it_back(office: None):
    proposal = proposed()

    assert decision(browser_of(PROPOSES), proposal, "withdraw").status_code == 302
    assert decision(browser_of(DECIDES), proposal).status_code == 409


def test_the_password_is_asked_before_a_decision(office: None):
    proposal, decides = proposed(), browser_of(DECIDES)
    age_session(decides, proof=301)

    assert decision(decides, proposal).status_code == 401
    assert entries("grant.given") == []


def test_others_see_no_proposals(office: None):
    assert browser_of(DESK).get("/quyen/de-xuat").status_code == 403
    assert browser_of(DESK).get(f"/quyen/de-xuat/{proposed()}").status_code == 403


def test_the_database_refuses_a_decision_by_a_hand_that_wrote_and_any_change(office: None):
    proposal = proposed()
    with acting(SYSTEM):
        hand = {"account": "x", "unit": "H57/AT", "holder": "nguoi-a"}
        with pytest.raises(IntegrityError):
            ProposalAction.objects.create(proposal_id=proposal, sequence=2, step="approve", at=NOW, **hand)
        with pytest.raises(Exception, match="permission denied"), connection.cursor() as cursor:
            cursor.execute("update identity_proposalaction set holder = 'ai-khac'")


def test_alone_is_for_the_key_of_the_database_and_the_ledger_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DANCU_PROFILE", "tinh")
    with acting(SYSTEM):
        connect_system("he-thong")
    [entry] = entries("grant.given")
    assert entry.body["purpose"] == "alone"

    with pytest.raises(NotAllowed, match="four_eyes"):
        onboarding.grant(a_grant(), by="trang", now=NOW)
    with acting(SYSTEM):
        onboarding.set_state("he-thong", onboarding.ConnectionState.SUSPENDED, reason="thử", by="test", now=NOW)
    with pytest.raises(NotAllowed, match="four_eyes"):
        onboarding.set_state("he-thong", onboarding.ConnectionState.OFFICIAL, reason="thử", by="trang", now=NOW)


def test_the_simulated_nation_does_without_but_says_alone():
    assert not needs_two("onboarding.grant", "mo-phong", DAY)
    assert how_done("onboarding.grant", None, DAY) == "alone"


def test_a_rule_begins_at_midnight_here_and_not_in_greenwich(office: None, monkeypatch: pytest.MonkeyPatch):
    days: list[date] = []
    early = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)  # the 25th in Vietnam

    def asked(act: str, _backing: object, day: date) -> str:
        days.append(day)
        return "alone"

    def looked_for(act: str, day: date):
        days.append(day)
        return policy_of(act, day)

    monkeypatch.setattr(gate, "how_done", asked)
    monkeypatch.setattr(usecases, "policy_of", looked_for)
    with acting(SYSTEM):
        onboarding.grant(a_grant(), by="test", now=early)
    proposed(now=early)

    assert days == [date(2026, 11, 25)] * 2


def test_an_act_without_a_row_needs_two_and_payouts_have_theirs():
    assert needs_two("benefits.invented", "mo-phong", DAY)
    for profile in ("mo-phong", "tinh", "bo", "doanh-nghiep"):
        assert needs_two("benefits.payout", profile, DAY)
    assert all(row.basis and row.author and row.says for row in policies())
    assert policy_of("onboarding.grant", date(2019, 12, 31)) is None


def test_no_effect_by_one_human_in_some_histories_and_each_planted_rule_is_caught():
    """`dancu lab --only R22 --full` tries ten thousand."""
    number = random.SystemRandom().randrange(10**6)
    print(f"seed {number}")

    found = four_eyes.run(200, number)

    assert found.is_believed, found
