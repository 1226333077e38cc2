"""A desk with its officers, a person with entries in the ledger, and cases about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from dancu.ledger import api as ledger
from dancu.population.api import Hand
from dancu.protection.domain.cases import ROLE, Case, CaseActionKind, CaseFile, DeskActor
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
