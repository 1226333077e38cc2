"""What is done to a dossier of connection: open it with its system, write and hand in, review, return, propose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from dancu.identity.api import Officer, is_within, propose
from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, Invalid, NotAllowed
from dancu.kernel.sealing import SealingKey
from dancu.kernel.signing import PublicKey
from dancu.notices.api import names_a_person
from dancu.onboarding import usecases as gate
from dancu.onboarding.axes import usecases as axes
from dancu.onboarding.conformance import key_name_of, read_result
from dancu.onboarding.domain import ConnectionState, InformationSystem, KeyState
from dancu.onboarding.dossiers import requirements, store, telling
from dancu.onboarding.dossiers.domain import (
    Action,
    ActionKind,
    ConnectionDossier,
    DossierState,
    Party,
    missing,
    steps_for,
    take,
)
from dancu.onboarding.dossiers.dues import due_of
from dancu.onboarding.dossiers.routes import police_of, routes
from dancu.onboarding.keys import keys_of
from dancu.onboarding.parties.usecases import centres
from dancu.onboarding.reader import trial_secret
from dancu.onboarding.trace import record

INTEGRATOR, REVIEWER, OFFICER = "integrator", "gate-reviewer", "gate-officer"
NAME_LENGTH_MAX = 200
HOSTING = ("own", "provider", "other")
_CONNECT, _REFUSE = "onboarding.connect", "onboarding.refuse"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a body wants to connect (*hệ thống đề nghị kết nối*)."""

    client_id: str
    system_name: str
    hosting: str  # own, provider, other
    level: int  # security level of the system, 1 to 5 (Decree 85/2016/NĐ-CP)
    centre: str = ""  # code of the provider's data centre
    contact: str = ""  # role and office, no private number


def open_dossier(
    officer: Officer, wanted: Wanted, *, key: SealingKey, now: datetime, organisation: str = ""
) -> tuple[ConnectionDossier, str]:
    """Open a dossier and register its system, on trial at once (*lập hồ sơ kết nối*).

    Gives the secret for the trial, shown once. Refuses a system that is connected, or that has an open dossier.
    """
    body = organisation or officer.organisation_code
    if not is_within(body, officer.organisation_code):
        raise NotAllowed("dossier.body", "Bạn chỉ lập hồ sơ cho cơ quan của mình.", "This body is not yours.")
    _check_wanted(wanted)
    today = local(now).date()
    with transaction.atomic():
        system = InformationSystem(wanted.client_id, body, wanted.system_name, ConnectionState.REGISTERED)
        secret = trial_secret(key, wanted.client_id, gate.register_system(system, key=key, by=officer.account, now=now))
        axes.move_connection(wanted.client_id, "open_trial", axes.Ground("hồ sơ kết nối được lập"), by=officer.account, now=now)
        content = {
            "code": store.next_code(body, today),
            "organisation": body,
            "client_id": wanted.client_id,
            "system_name": wanted.system_name.strip(),
            "police": police_of(body),
            "hosting": wanted.hosting,
            "centre": wanted.centre if wanted.hosting == "provider" else "",
            "level": wanted.level,
            "contact": wanted.contact.strip(),
        }
        opened = take(ConnectionDossier(uuid4()), Action(ActionKind.OPEN, now, officer.hand, content), Party.OWNER)
        _save(opened, officer, now)
    return opened, secret


def _check_wanted(wanted: Wanted) -> None:
    if not 0 < len(wanted.system_name.strip()) <= NAME_LENGTH_MAX:
        said = f"Ghi tên hệ thống, không quá {NAME_LENGTH_MAX} ký tự."
        raise Invalid("dossier.system_name", said, "Name the system, shortly.", field="system_name")
    if len(wanted.contact) > NAME_LENGTH_MAX:
        said = f"Ghi đầu mối gọn trong {NAME_LENGTH_MAX} ký tự."
        raise Invalid("dossier.contact", said, "Name the contact shortly.", field="contact")
    for name in ("system_name", "contact"):  # both are read on lists, in notices and on papers
        if names_a_person(getattr(wanted, name)):
            said = "Mục này không được có dãy 9 hoặc 12 chữ số đứng riêng: trông như số định danh."
            raise Invalid(f"dossier.{name}", said, "No personal number stands here.", field=name)
    if wanted.hosting not in HOSTING:
        raise Invalid("dossier.hosting", "Chọn nơi đặt hệ thống.", "Say where the system is hosted.", field="hosting")
    if wanted.hosting == "provider" and wanted.centre not in {each.code for each in centres()}:
        raise Invalid("dossier.centre", "Chọn trung tâm dữ liệu của nhà cung cấp.", "Choose the centre.", field="centre")
    if not 1 <= wanted.level <= 5:
        raise Invalid("dossier.level", "Cấp độ an toàn từ 1 đến 5.", "The level is 1 to 5.", field="level")


def party_of(dossier: ConnectionDossier, officer: Officer) -> Party | None:
    """On whose side an officer stands at this dossier; None: she only looks."""
    if OFFICER in officer.roles and officer.organisation_code == routes().department:
        return Party.DEPARTMENT
    if REVIEWER in officer.roles and dossier.police and officer.organisation_code == dossier.police:
        return Party.POLICE
    if INTEGRATOR in officer.roles and is_within(dossier.organisation, officer.organisation_code):
        return Party.OWNER
    return None


def dossier_of(dossier: UUID) -> ConnectionDossier:
    """One dossier within reach (*một hồ sơ*). Raises `NotFound`."""
    return store.get_dossier(dossier)


def allowed(dossier: ConnectionDossier, officer: Officer) -> tuple[ActionKind, ...]:
    """What this officer may do to it now (*thao tác được làm*)."""
    party = party_of(dossier, officer)
    return steps_for(dossier, party) if party else ()


def write(officer: Officer, dossier: UUID, kind: ActionKind, content: Mapping[str, Any], *, now: datetime) -> ConnectionDossier:
    """Add to a dossier: a form, a file, lines, a list, a result (*bổ sung hồ sơ*)."""
    return _step(officer, dossier, Action(kind, now, officer.hand, content), now)


def signed_result(client_id: str, text: str) -> dict[str, Any]:
    """A result of the conformance kit, once a key of this system is seen to have signed it (*kết quả kiểm tra đã ký*).

    Raises `Invalid` for another's signature, another system's result, or one that did not pass.
    """
    kid = key_name_of(text)
    held = next((key for key in keys_of(client_id) if key.kid == kid and key.state is KeyState.ACTIVE), None)
    if held is None:
        raise Invalid(
            "conformance.key",
            "Kết quả không được ký bằng khoá đang dùng của hệ thống này. Nộp khoá công khai trước, rồi ký lại.",
            "No active key of this system signed the result.",
            field="signed",
        )
    result = read_result(text, PublicKey.parse(held.content, kid))
    if result.client_id != client_id:
        raise Invalid("conformance.client", "Kết quả này của hệ thống khác.", "This is another system's result.", field="signed")
    if result.summary.failed or not result.summary.passed:
        raise Invalid(
            "conformance.failed",
            f"Kết quả còn {result.summary.failed} phép kiểm tra chưa đạt. Sửa rồi chạy lại.",
            f"{result.summary.failed} checks failed.",
            field="signed",
        )
    said = {"passed": True, "by": "kit", "role": result.role.value, "checks": result.summary.passed, "kid": kid}
    return {**said, "signed": text.strip()}


def keep_result(officer: Officer, client_id: str, content: Mapping[str, Any], *, now: datetime) -> ConnectionDossier:
    """Put a result of trial or conformance into the open dossier of a system (*đưa kết quả kiểm thử vào hồ sơ*)."""
    dossier = store.open_dossier_of(client_id)
    if dossier is None:
        raise Conflict("dossier.none_open", "Hệ thống này không có hồ sơ đang mở.", "This system has no open dossier.")
    return write(officer, dossier, ActionKind.RESULT, content, now=now)


def submit(officer: Officer, dossier: UUID, *, now: datetime) -> ConnectionDossier:
    """Hand the dossier in (*gửi hồ sơ*): to the provincial police, or to the department. Says what is missing."""
    with transaction.atomic():
        found = store.get_dossier(dossier, lock=True)
        if lacking := missing(requirements.of(found, now=now), for_submission=True):
            raise Conflict(
                "dossier.missing",
                f"Hồ sơ còn thiếu: {'; '.join(each.says for each in lacking)}.",
                f"{len(lacking)} things are missing.",
                details={"missing": [each.key for each in lacking]},
            )
        return _step(officer, dossier, Action(ActionKind.SUBMIT, now, officer.hand), now)


def decide_papers(
    officer: Officer, dossier: UUID, kind: ActionKind, text: str, *, now: datetime, items: list[dict[str, str]] | None = None
) -> ConnectionDossier:
    """Forward, accept, return with what exactly, or withdraw (*xử lý giấy tờ*)."""
    content = {"items": items} if items else {}
    return _step(officer, dossier, Action(kind, now, officer.hand, content, text.strip()), now)


def propose_decision(officer: Officer, dossier: UUID, text: str, *, connect: bool, now: datetime) -> ConnectionDossier:
    """Ask for the decision of a second human: official, or refused (*trình quyết định*). Says what is missing."""
    with transaction.atomic():
        found = store.get_dossier(dossier, lock=True)
        if connect and found.state is not DossierState.COMPLETE:
            raise Conflict("dossier.not_complete", "Xác nhận giấy tờ đầy đủ trước khi trình.", "Accept the papers first.")
        if connect and (lacking := missing(requirements.of(found, now=now), for_submission=False)):
            raise Conflict(
                "dossier.missing",
                f"Chưa trình được: {'; '.join(each.why or each.says for each in lacking)}.",
                f"{len(lacking)} things are missing.",
                details={"missing": [each.key for each in lacking]},
            )
        act = _CONNECT if connect else _REFUSE
        said = {"dossier": str(found.id), "code": found.code, "client_id": found.client_id, "actions": len(found.actions) + 1}
        proposal = propose(officer, act, said, text, now=now)
        content = {"proposal": str(proposal.id), "outcome": "connect" if connect else "refuse"}
        return _step(officer, dossier, Action(ActionKind.PROPOSE, now, officer.hand, content, text.strip()), now)


def _step(officer: Officer, dossier: UUID, action: Action, now: datetime) -> ConnectionDossier:
    with transaction.atomic():
        found = store.get_dossier(dossier, lock=True)
        party = party_of(found, officer)
        if party is None:
            raise NotAllowed(
                "dossier.party",
                "Việc này thuộc bên khác trong quy trình. Bạn xem được hồ sơ, không thao tác được.",
                "This step belongs to another party.",
            )
        taken = take(found, action, party)
        _save(taken, officer, now)
        if taken.state is not found.state:
            telling.tell_next(taken, now)
    return taken


def _save(dossier: ConnectionDossier, officer: Officer, now: datetime) -> None:
    store.save_last(dossier, due_of(dossier))
    action = dossier.actions[-1]
    record(f"dossier.{action.kind}:{dossier.code}", dossier.organisation, dossier.client_id, officer.account, now)
