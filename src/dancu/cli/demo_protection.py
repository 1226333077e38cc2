"""The demo's data-protection desk: two officers of two units, a few cases, one of them late, a breach, consents, the register."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, UUID, uuid5

if TYPE_CHECKING:
    from dancu.exchange.api import AccessRequest

PROVINCE, COMMUNE = "H57", "H57.12.3"
HANDLER, LEADER, ANSWERER = "canbo.bvdl", "lanhdao.bvdl", "giaitrinh.bvdl"
SYSTEM, ACCOUNT, INTEGRATION, PROCEDURE = "vdxp_hue", "VDXP_HUE", "037", "1.001193"
BANK = "NH-MO-PHONG"
LEDGER_SECONDS_MAX = 10.0


def prepare_protection(password: str, say: Callable[[str], None]) -> None:
    """Officers, looks of a leaked account, cases, a breach; what is there already stays."""
    from dancu.kernel import clock
    from dancu.protection.api import cases_of
    from dancu.synth.api import MOTHER

    if any(case.kind == "complaint" for case in cases_of(MOTHER)):  # the last one that is told
        return
    began, now = time.monotonic(), clock.now()
    _appoint(password, now)
    _look(now)
    _consent(now)
    _report(now)
    _ask(_at_the_counter(now), now)
    say(f"a data-protection desk with cases, consents and a breach in {time.monotonic() - began:.1f} s")


def _appoint(password: str, now: datetime) -> None:
    from dancu.identity.api import Organisation, add_officer, add_organisation
    from dancu.protection.api import appoint_desk, file_version

    units = {"BVDL": "Bộ phận bảo vệ dữ liệu (mô phỏng)", "LDBV": "Lãnh đạo phụ trách (mô phỏng)"}
    add_organisation(Organisation(PROVINCE, "UBND thành phố Huế (mô phỏng)"), units)
    add_organisation(Organisation(BANK, "Ngân hàng Mô Phỏng"), {})
    add_organisation(Organisation(COMMUNE, "UBND phường Thuận Hóa (mô phỏng)", PROVINCE), {"GT": "Đầu mối giải trình"})
    add_officer(HANDLER, "Cán bộ Bảo Vệ", PROVINCE, "BVDL", ["data-protection"], password)
    add_officer(LEADER, "Lãnh đạo Bảo Vệ", PROVINCE, "LDBV", ["data-protection"], password)
    add_officer(ANSWERER, "Cán bộ Giải Trình", COMMUNE, "GT", ["data-protection"], password)
    appoint_desk(PROVINCE, by="demo", now=now - timedelta(days=30))
    file_version(now)


def _look(now: datetime) -> None:
    """The personas looked at by the account that leaked, over some days, through the exchange."""
    from dancu.exchange.api import AccessRequest, Kind
    from dancu.kernel.warrants import Actor
    from dancu.synth.api import PERSONAS

    for at, person in enumerate(each for _day in range(3) for each in PERSONAS):
        request = AccessRequest(
            Actor(PROVINCE, SYSTEM, ACCOUNT),
            Kind.DISCLOSE,
            INTEGRATION,
            PROCEDURE,
            purpose="Giải quyết thủ tục đăng ký khai sinh",
            legal_basis="Luật Hộ tịch 60/2014/QH13, Điều 16",
            dossier_no=f"H57-2611-{at:04d}",
        )
        _asked(person, request, now - timedelta(days=6) + timedelta(hours=3 * at))


def _at_the_counter(now: datetime) -> str:
    """The mother compared at the commune's desk, three days ago; the reference of it."""
    from dancu.exchange.api import AccessRequest, Kind
    from dancu.kernel.warrants import Actor
    from dancu.synth.api import MOTHER, PERSONAS

    (mother,) = (each for each in PERSONAS if str(each["personal_id"]) == MOTHER)
    request = AccessRequest(Actor(COMMUNE, "mot-cua", "canbo.motcua"), Kind.VERIFY, "MOT-CUA", PROCEDURE)
    return _asked(mother, request, now - timedelta(hours=66))


def _asked(person: Mapping[str, object], request: AccessRequest, moment: datetime) -> str:
    """One question to the exchange at a moment of days ago; the reference of its entry."""
    from dancu.exchange.api import Disclosure, Kind, Reason, Refused, disclose_person, verify_person
    from dancu.kernel.claims import PersonClaim
    from dancu.kernel.dates import PartialDate
    from dancu.kernel.personal_id import PersonalId

    claim = PersonClaim(
        str(person["full_name"]), PartialDate.parse(str(person["birth_date"])), PersonalId.parse(str(person["personal_id"]))
    )
    ask = disclose_person if request.kind is Kind.DISCLOSE else verify_person
    answer = ask(claim, request, now=moment)
    give_up_at = time.monotonic() + LEDGER_SECONDS_MAX
    # Entries of days ago make the ledger look days behind until they stand in its tree, a second later.
    while isinstance(answer, Refused) and answer.reason is Reason.LEDGER_BEHIND and time.monotonic() < give_up_at:
        time.sleep(0.2)
        answer = ask(claim, request, now=moment)
    if isinstance(answer, Refused):
        raise RuntimeError(f"the demonstration's own question was refused: {answer.reason}")
    return answer.verification.reference if isinstance(answer, Disclosure) else answer.reference


def _consent(now: datetime) -> None:
    from dancu.protection.api import ConsentChannel, ConsentGiven, give_consent, withdraw_consent
    from dancu.synth.api import FATHER, MOTHER

    fields = ["full_name", "birth_date", "personal_id"]
    for person, code, key in ((MOTHER, "diem-tin-dung", "demo-1"), (FATHER, "thue-bao", "demo-2")):
        given = ConsentGiven(
            BANK, code, 1, fields, now + timedelta(days=90), ConsentChannel.PORTAL, "Phiên đăng nhập mức 2 (mô phỏng)"
        )
        consent = give_consent(person, given, key, now - timedelta(days=20))
        if key == "demo-2":
            withdraw_consent(person, consent.id, ConsentChannel.COUNTER, "Phiếu rút lại số 02 (mô phỏng)", now - timedelta(days=2))


def _report(now: datetime) -> None:
    from dancu.protection.api import (
        BreachActionKind,
        BreachReport,
        BreachStep,
        Scope,
        derive_affected,
        report_breach,
        take_breach_step,
    )

    actor = _officer(HANDLER, "BVDL")
    scope = Scope(now - timedelta(days=7), now - timedelta(hours=30), PROVINCE, SYSTEM, ACCOUNT)
    text = "Tài khoản khai thác của hệ thống một cửa tỉnh bị dùng ngoài giờ làm việc từ một địa chỉ lạ; đã đổi mật khẩu."
    noticed = now - timedelta(hours=30)
    breach = report_breach(actor, _story("breach"), BreachReport("Lộ tài khoản khai thác", text, noticed, scope), now=noticed)
    for task, hours in (("contain", 29), ("keep", 27)):
        step = BreachStep(breach.id, BreachActionKind.DO_TASK, len(breach.actions), "", {"task": task})
        breach = take_breach_step(actor, step, now=now - timedelta(hours=hours))
    derive_affected(actor, breach.id, _story("run"), now=now - timedelta(hours=1))


def _ask(look: str, now: datetime) -> None:
    """A question in time, one that is late, an objection that waits for the organisation, a complaint."""
    from dancu.protection.api import CaseActionKind, CaseStep, cases_of, handle_case, open_case
    from dancu.synth.api import FATHER, MOTHER

    told = (
        ("know", FATHER, "", "Tôi muốn biết cơ quan nào đang dùng dữ liệu của tôi.", 5),
        ("correct", FATHER, "", "Nơi ở hiện tại của tôi ghi chưa đúng, đề nghị xem lại.", 90),
        ("objection", MOTHER, look, "Tôi không làm thủ tục khai sinh trong tuần này, vì sao có người xem thông tin của tôi?", 60),
    )
    for kind, person, about, text, hours in told:
        case = open_case(kind, person, about, text, [], f"demo-{kind}", now - timedelta(hours=hours))
        if len(case.events) > 1 or kind == "know":
            continue
        actor = _officer(HANDLER, "BVDL")
        at = now - timedelta(hours=hours - 2)
        handle_case(actor, CaseStep(case.id, CaseActionKind.ASSIGN, 1), now=at)
        if kind == "objection":
            words = "Đề nghị giải trình lượt xem này: hồ sơ nào, cán bộ nào, vì sao."
            asked = CaseStep(case.id, CaseActionKind.ASK_ORGANISATION, 2, words, {"organisation": COMMUNE})
            handle_case(actor, asked, now=at + timedelta(hours=1))
    open_case(
        "complaint", MOTHER, "", "Tôi chưa nhận được trả lời cho yêu cầu trước.", [], "demo-complaint", now - timedelta(hours=3)
    )
    assert cases_of(MOTHER)


def _officer(account: str, unit: str):  # type: ignore[no-untyped-def]  # kept untyped to start fast
    from dancu.population.api import Hand
    from dancu.protection.api import DeskActor

    return DeskActor(Hand(account, f"{PROVINCE}/{unit}", account), frozenset({"data-protection"}))


def _story(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"dancu:demo:protection:{name}")
