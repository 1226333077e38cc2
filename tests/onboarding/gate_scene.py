"""The parties of the gate with an officer each, two provinces of them, and a dossier brought as far as a test wants it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from dancu.identity.api import Backing, Officer, Organisation, Proposal, add_officer, add_organisation
from dancu.identity.proposals import store as proposal_store
from dancu.identity.proposals import usecases as proposals
from dancu.identity.proposals.domain import ProposalStep
from dancu.identity.usecases import sign_in
from dancu.kernel.config import read_config
from dancu.kernel.four_eyes import Hand
from dancu.kernel.reach import SYSTEM, Reach, acting
from dancu.kernel.sealing import SealingKey
from dancu.onboarding.accounts import usecases as accounts
from dancu.onboarding.axes import usecases as axes
from dancu.onboarding.dossiers import deciding, opening
from dancu.onboarding.dossiers import usecases as dossiers
from dancu.onboarding.dossiers.domain import ActionKind, ConnectionDossier
from dancu.onboarding.papers.domain import PaperKind
from tests.factories.people import NOW
from tests.identity.scene import PASSWORD
from tests.journeys.gate_story import account_sheet
from tests.onboarding.papers.samples import a_form

OWNER, OTHER_OWNER = "ketnoi.57", "ketnoi.25"
POLICE, OTHER_POLICE = "rasoat.57", "rasoat.25"
EXAMINER, BESIDE, DECIDER, INSPECTOR, OPERATOR = "thamdinh", "canhphong", "lanhdao", "kiemtra", "vanhanh"
_OFFICERS = (
    (OWNER, "H57", "CNTT", ["integrator"]),
    (OTHER_OWNER, "H25", "CNTT", ["integrator"]),
    (POLICE, "G01.357", "PC06", ["gate-reviewer"]),
    (OTHER_POLICE, "G01.325", "PC06", ["gate-reviewer"]),
    (EXAMINER, "G01.206", "TTDLDC", ["gate-officer"]),
    (BESIDE, "G01.206", "TTDLDC", ["gate-decider"]),
    (DECIDER, "G01.206", "LD", ["gate-decider"]),
    (INSPECTOR, "G01.105", "KT", ["gate-inspector"]),
    (OPERATOR, "G01", "VH", ["operator"]),
)
_SCOPES = {"integrator": "subtree", "gate-reviewer": "organisation"}
LINE: dict[str, Any] = {
    "integration_code": "REST",
    "procedure": "1.001193",
    "procedure_name": "Đăng ký khai sinh",
    "purpose": "Giải quyết thủ tục đăng ký khai sinh",
    "legal_basis": "Luật Hộ tịch 60/2014/QH13, Điều 16",
    "sector": "Hộ tịch",
    "fields": ["full_name"],
    "sensitive_fields": [],
    "volume_per_month": 2200,
    "valid_to": "",
    "dossier_required": False,
    "service": "lookup",
    "level": "commune",
}
FILE = "a" * 64
HANDLERS = {"onboarding.connect": deciding.connect_proposed, "onboarding.refuse": deciding.refuse_proposed}
ENDINGS = dict.fromkeys(HANDLERS, deciding.take_back)
WANTED = opening.Wanted("tthc.hue", "Hệ thống một cửa", "own", 3)


def appoint() -> None:
    """An officer of every party, everybody with the same password."""
    for code in dict.fromkeys(code for _a, code, _u, _r in _OFFICERS):
        units = {unit: f"Đơn vị {unit}" for _a, at, unit, _r in _OFFICERS if at == code}
        add_organisation(Organisation(code, f"Cơ quan thử {code}"), units)
    for account, code, unit, roles in _OFFICERS:
        add_officer(account, f"Cán bộ {account}", code, unit, roles, PASSWORD)


def officer(account: str) -> Officer:
    found = sign_in(account, PASSWORD, "192.0.2.1", now=NOW)
    assert isinstance(found, Officer)
    return found


@contextmanager
def at_work(account: str) -> Iterator[Officer]:
    """An officer at work, with the reach her pages give her."""
    found = officer(account)
    scope = next((_SCOPES[role] for role in found.roles if role in _SCOPES), "nation")
    with acting(Reach(scope, found.organisation_code, found.unit, found.account)):
        yield found


def sealing() -> SealingKey:
    return SealingKey.from_folder(read_config().key_dir)


def opened(account: str = OWNER, **changed: Any) -> ConnectionDossier:
    with at_work(account) as owner:
        return opening.open_dossier(owner, replace(WANTED, **changed), key=sealing(), now=NOW)[0]


def write(account: str, dossier: UUID, kind: ActionKind, content: dict[str, Any]) -> ConnectionDossier:
    with at_work(account) as officer_:
        return dossiers.write(officer_, dossier, kind, content, now=NOW)


def filled(folder: Path, account: str = OWNER, **changed: Any) -> ConnectionDossier:
    """A dossier with every paper, the lines and the list, ready to be handed in."""
    found = opened(account, **changed)
    for kind in (PaperKind.UNDERTAKING, PaperKind.SERVICE_REGISTRATION, PaperKind.SURVEY):
        write(account, found.id, ActionKind.WRITE, {"paper": kind.value, "values": a_form(kind)})
        write(account, found.id, ActionKind.ATTACH, {"paper": kind.value, "file": FILE, "file_name": "x.pdf", "findings": []})
    found = write(account, found.id, ActionKind.LINES, {"lines": [LINE]})
    with at_work(account) as owner:
        sheet = ("tai-khoan.xlsx", account_sheet(["046088000201", "046090000202"]))
        judged = accounts.send_list(owner, found, sheet, folder=folder, key=sealing(), now=NOW)
        assert not judged.checked.faults, judged.checked.faults
    return found


def complete(folder: Path, account: str = OWNER, police: str = POLICE) -> ConnectionDossier:
    """A dossier whose papers were accepted, inspected and tried: everything but the decision."""
    found = filled(folder, account)
    with at_work(account) as owner:
        dossiers.submit(owner, found.id, now=NOW)
    with at_work(police) as reviewer:
        dossiers.decide_papers(reviewer, found.id, ActionKind.FORWARD, "Hồ sơ đủ, đề nghị kết nối", now=NOW)
    with at_work(EXAMINER) as examiner:
        dossiers.decide_papers(examiner, found.id, ActionKind.ACCEPT, "", now=NOW)
    confirmation = {"paper": PaperKind.SECURITY_CONFIRMATION.value, "file": FILE, "file_name": "x.pdf", "findings": []}
    write(account, found.id, ActionKind.ATTACH, confirmation)
    inspected(found.client_id)
    return write(account, found.id, ActionKind.RESULT, {"passed": True, "by": "sandbox", "handled": [], "of": 0})


def inspected(client_id: str, until: date = date(2027, 11, 24)) -> None:
    with acting(SYSTEM):
        for act in ("schedule", "conclude_passed"):
            axes.move_security(client_id, act, axes.Ground("kiểm tra thử"), by="test", now=NOW, until=until)


def proposed(folder: Path, *, connect: bool = True) -> ConnectionDossier:
    found = complete(folder)
    with at_work(EXAMINER) as examiner:
        return dossiers.propose_decision(examiner, found.id, "Đủ điều kiện kết nối", connect=connect, now=NOW)


def backing_of(found: ConnectionDossier) -> Backing:
    proposal = UUID(found.actions[-1].content["proposal"])
    return Backing(proposal, found.actions[-1].by, Hand(DECIDER, "G01.206/LD", DECIDER))


def decide(account: str, found: ConnectionDossier, step: ProposalStep = ProposalStep.APPROVE, text: str = "") -> Proposal:
    identity = UUID(found.actions[-1].content["proposal"])
    with at_work(account) as officer:
        digest = proposal_store.get_proposal(identity).digest
        return proposals.decide(officer, identity, step, digest, text, HANDLERS, now=NOW, ended=ENDINGS)
