"""What is done to a dossier of connection once it is open: write and hand in, review, return, propose, withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from dancu.identity.api import Officer, is_within, propose
from dancu.kernel.errors import Conflict, Invalid, NotAllowed
from dancu.kernel.signing import PublicKey
from dancu.onboarding.axes import usecases as axes
from dancu.onboarding.conformance import key_name_of, read_result
from dancu.onboarding.domain import ConnectionState, KeyKind, KeyState, RegisteredKey
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
from dancu.onboarding.dossiers.routes import routes
from dancu.onboarding.keys import keys_of
from dancu.onboarding.trace import get_system, record

INTEGRATOR, REVIEWER, OFFICER = "integrator", "gate-reviewer", "gate-officer"
_CONNECT, _REFUSE = "onboarding.connect", "onboarding.refuse"


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


def signed_result(client_id: str, text: str, *, now: datetime) -> dict[str, Any]:
    """A result of the conformance kit, once a key of this system is seen to have signed it (*kết quả kiểm tra đã ký*).

    Raises `Invalid` for another's signature, a key that was revoked or ran out, another system's result, or one that did not pass.
    """
    kid = key_name_of(text)
    held = next((key for key in keys_of(client_id) if key.kid == kid and _signs(key, now)), None)
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
    if not result.holds:
        failed = result.summary.failed
        raise Invalid(
            "conformance.failed",
            f"Kết quả {f'còn {failed} phép kiểm tra chưa đạt' if failed else 'không có phép kiểm tra nào đạt'}. Sửa rồi chạy lại.",
            f"{f'Checks that failed: {failed}' if failed else 'No check passed'}. Mend it and run the kit again.",
            field="signed",
        )
    said = {"passed": True, "by": "kit", "role": result.role.value, "checks": result.summary.passed, "kid": kid}
    return {**said, "signed": text.strip()}


def _signs(key: RegisteredKey, now: datetime) -> bool:
    is_living = key.state is KeyState.ACTIVE and (key.not_after is None or now < key.not_after)
    return key.kind is KeyKind.MESSAGE and is_living


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
            said, said_en = requirements.in_words(lacking)
            raise Conflict(
                "dossier.missing",
                f"Hồ sơ còn thiếu: {said}.",
                f"The dossier lacks: {said_en}.",
                details={"missing": [each.key for each in lacking]},
            )
        return _step(officer, dossier, Action(ActionKind.SUBMIT, now, officer.hand), now)


def decide_papers(
    officer: Officer, dossier: UUID, kind: ActionKind, text: str, *, now: datetime, items: list[dict[str, str]] | None = None
) -> ConnectionDossier:
    """Forward, accept, return with what exactly, or withdraw (*xử lý giấy tờ*). What is withdrawn ends its trial."""
    content = {"items": items} if items else {}
    with transaction.atomic():
        taken = _step(officer, dossier, Action(kind, now, officer.hand, content, text.strip()), now)
        if taken.state is DossierState.WITHDRAWN and get_system(taken.client_id).state is ConnectionState.TRIAL:
            ground = axes.Ground(f"hồ sơ {taken.code} đã rút", taken.code)
            axes.move_connection(taken.client_id, "withdraw", ground, by=officer.account, now=now)
    return taken


def propose_decision(officer: Officer, dossier: UUID, text: str, *, connect: bool, now: datetime) -> ConnectionDossier:
    """Ask for the decision of a second human: official, or refused (*trình quyết định*). Says what is missing."""
    with transaction.atomic():
        found = store.get_dossier(dossier, lock=True)
        if connect and found.state is not DossierState.COMPLETE:
            raise Conflict("dossier.not_complete", "Xác nhận giấy tờ đầy đủ trước khi trình.", "Accept the papers first.")
        if connect and (lacking := missing(requirements.of(found, now=now), for_submission=False)):
            said_lacking, said_lacking_en = requirements.in_words(lacking)
            raise Conflict(
                "dossier.missing",
                f"Chưa trình được: {said_lacking}.",
                f"This cannot be proposed yet: {said_lacking_en}.",
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
        save(taken, officer, now)
        if taken.state is not found.state:
            telling.tell_next(taken, now)
    return taken


def save(dossier: ConnectionDossier, officer: Officer, now: datetime) -> None:
    """Write the newest action of a dossier and its line in the ledger (*lưu thao tác*)."""
    store.save_last(dossier, due_of(dossier))
    action = dossier.actions[-1]
    record(f"dossier.{action.kind}:{dossier.code}", dossier.organisation, dossier.client_id, officer.account, now)
