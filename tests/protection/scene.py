"""A desk with its officers, a person with entries in the ledger, and cases about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from dancu.ledger import api as ledger
from dancu.population.api import Hand
from dancu.protection.domain.breaches import Breach, BreachActionKind, Scope
from dancu.protection.domain.cases import ROLE, Case, CaseActionKind, CaseFile, DeskActor
from dancu.protection.usecases.affected import derive_affected, read_on
from dancu.protection.usecases.breaches import BreachReport, BreachStep, report_breach, take_breach_step
from dancu.protection.usecases.cases import CaseStep, appoint_desk, handle_case, open_case
from tests.factories.people import NOW, NUMBER

DESK, ELSEWHERE = "H57", "H48"
OTHER_NUMBER = "046190000302"
WORDS = "Tôi không làm hồ sơ nào ở nơi này."
_keys = count(1)


def an_officer(account: str = "canbo.bvdl", unit: str = f"{DESK}/BVDL", holder: str = "", *roles: str) -> DeskActor:
    return DeskActor(Hand(account, unit, holder or account), frozenset(roles or (ROLE,)))


OFFICER = an_officer()
COLLEAGUE = an_officer("lanhdao.bvdl", f"{DESK}/LD")
STRANGER = an_officer("canbo.khac", f"{ELSEWHERE}/BVDL")


def set_up_desk() -> None:
    appoint_desk(DESK, by="test", now=NOW - timedelta(days=30))


def looked_at(subject: str = NUMBER, *, at: datetime = NOW, **more: Any) -> str:
    """An entry of the ledger about somebody; its reference."""
    given: dict[str, Any] = {
        "kind": ledger.ActKind.DISCLOSE,
        "outcome": "match",
        "organisation": ELSEWHERE,
        "system": "he-thong",
        "officer": "canbo01",
        "subject": subject,
        "purpose": "Đăng ký khai sinh",
        "legal_basis": "Luật Hộ tịch",
        "procedure": "1.001193",
        "integration_code": "REST",
        "dossier_no": "H48-261124-0001",
        "fields": ("full_name", "birth_date"),
    }
    return ledger.record(ledger.Act(**{**given, **more}), now=at)


def opened(kind: str = "objection", *, about: str = "", key: str = "", at: datetime = NOW, subject: str = NUMBER) -> Case:
    return open_case(kind, subject, about, WORDS, ["not_mine"], key or f"key-{next(_keys)}", at)


def step(
    case: Case | CaseFile, kind: str, text: str = "Đã xem xét hồ sơ", *, by: DeskActor = OFFICER, at: datetime = NOW, **data: Any
) -> CaseFile:
    seen = len(case.actions) if isinstance(case, CaseFile) else len(case.events)
    return handle_case(by, CaseStep(case.id, CaseActionKind(kind), seen, text, data), now=at)


def reported(*, at: datetime = NOW, by: DeskActor = OFFICER, identity: UUID | None = None, **more: Any) -> Breach:
    """A breach of the system that looks in this scene: everything it asked during a week."""
    given: dict[str, Any] = {"since": NOW - timedelta(days=7), "until": NOW, "system": "he-thong"}
    report = BreachReport("Lộ tài khoản khai thác", "Mật khẩu của hệ thống bị lộ", at, Scope(**{**given, **more}))
    return report_breach(by, identity or uuid4(), report, now=at)


def breach_step(
    breach: Breach, kind: str, text: str = "Đã xem xét sự cố", *, by: DeskActor = OFFICER, at: datetime = NOW, **data: Any
) -> Breach:
    return take_breach_step(by, BreachStep(breach.id, BreachActionKind(kind), len(breach.actions), text, data), now=at)


def derived(breach: Breach, *, by: DeskActor = OFFICER, at: datetime = NOW + timedelta(hours=1)) -> UUID:
    """The list of the affected, read to its end."""
    run = uuid4()
    derive_affected(by, breach.id, run, now=at)
    while read_on(run, now=at):
        pass
    return run


def proposed(breach: Breach, kind: str, run: UUID | None = None, *, by: DeskActor = OFFICER) -> Breach:
    return breach_step(
        breach,
        "propose",
        "Dữ liệu của ông/bà đã bị xem trái phép.",
        by=by,
        proposal_kind=kind,
        run=str(run or ""),
        advice="Cảnh giác cuộc gọi lạ.",
        contact="Bộ phận bảo vệ dữ liệu",
    )


def approved(breach: Breach, *, by: DeskActor = COLLEAGUE) -> Breach:
    return breach_step(breach, "approve", "", by=by, proposal=breach.open_proposals[-1].sequence)
