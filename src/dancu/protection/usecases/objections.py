"""An objection to a look: its entry opened for a stated need, held against the grant; what follows when it was unlawful."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from dancu.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from dancu.ledger import api as ledger
from dancu.onboarding import api as onboarding
from dancu.protection.domain.cases import CaseFile, CaseParty, CaseState, DeskActor, party_of
from dancu.protection.domain.suspensions import Suspension, SuspensionState, decided
from dancu.protection.store import cases as case_store
from dancu.protection.store import suspensions as store
from dancu.protection.usecases.cases import SYSTEM, case_for, who_can_explain

NEED_LENGTH_MIN, NEED_LENGTH_MAX = 5, 500


@dataclass(frozen=True, slots=True)
class LookFacts:
    """What the desk sees of a look that is objected to: who, for what, which items, under which grant (*lượt xem bị phản đối*)."""

    reference: str
    at: datetime
    kind: str
    outcome: str
    organisation: str
    system: str
    officer: str
    purpose: str
    legal_basis: str
    procedure: str
    integration: str
    dossier_no: str
    fields: Sequence[str]
    grant_purpose: str  # of the grant as it is now; empty where there is none
    grant_basis: str
    beyond_grant: Sequence[str]  # items told that the grant does not cover now
    officer_listed: bool


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """What a stated need opens: whose case it is, and the look (*nội dung được mở*)."""

    subject: str
    look: LookFacts | None
    reference: str  # of the entry that says it was opened


def open_look(actor: DeskActor, case: UUID, need: str, *, now: datetime) -> OpenedCase:
    """Open who the case is about and the look it objects to, for a stated need (*mở bút toán bị phản đối*).

    The opening stands in the ledger under the person's number. Raises `Invalid` without a need, `NotFound` for other desks;
    an organisation that was asked sees the look, never the person, and only while its answer is waited for.
    """
    if not NEED_LENGTH_MIN <= len(need.strip()) <= NEED_LENGTH_MAX:
        raise Invalid(
            "case.need",
            "Ghi vì sao cần mở: người dân xem được ai đã mở, vì việc gì.",
            "State why it must be opened: the person can see who opened it and why.",
            field="need",
        )
    found = case_for(actor, case)
    is_desk = party_of(found, actor) is CaseParty.DESK
    if not is_desk:
        _check_asked(found, actor)
    subject = case_store.subject_of(case)
    with transaction.atomic():
        act = ledger.Act(
            ledger.ActKind.DISCLOSE,
            "protection.case.open_look" if found.about else "protection.case.open_person",
            actor.organisation,
            SYSTEM,
            actor.hand.account,
            subject=subject,
            purpose=need.strip(),
            legal_basis=str(found.opening.data["legal_basis"]),
            dossier_no=found.code,
            fields=["personal_id"] if is_desk else [],
        )
        reference = ledger.record(act, now=now)
    look = _look(found.about) if found.about else None
    return OpenedCase(subject if is_desk else "", look, reference)


def _check_asked(case: CaseFile, actor: DeskActor) -> None:
    if case.state is not CaseState.WITH_ORGANISATION:
        raise NotAllowed(
            "case.not_waited_for",
            "Yêu cầu này không còn chờ cơ quan bạn giải trình, nên không mở lượt xem được nữa.",
            "This case no longer waits for your organisation to explain, so the look cannot be opened.",
        )
    if actor.organisation not in who_can_explain(case):
        raise case_store.no_case()


def ask_suspension(actor: DeskActor, case: UUID, *, now: datetime) -> Suspension:
    """After a look was found unlawful, ask to take back the grant it was made under (*đề nghị thu hồi phạm vi khai thác*)."""
    with transaction.atomic():
        found = case_for(actor, case)
        if party_of(found, actor) is not CaseParty.DESK:
            raise case_store.no_case()
        look = _look(found.about) if found.state is CaseState.FOUND_UNLAWFUL and found.about else None
        if look is None:
            raise Conflict(
                "suspension.no_finding",
                "Chỉ đề nghị thu hồi sau khi kết luận một lượt xem là trái quy định.",
                "This follows a finding that a look was unlawful.",
            )
        identity = uuid5(NAMESPACE_URL, f"dancu:suspension:{case}")
        asked = Suspension(identity, case, found.organisation, look.system, look.integration, look.procedure, actor.hand, now)
        if store.add_suspension(asked):
            _record(found, actor, asked, "asked", now)
    return asked


def decide_suspension(actor: DeskActor, suspension: UUID, *, carry_out: bool, now: datetime) -> Suspension:
    """Another officer of another unit decides; carried out, the grant is taken back at once (*quyết định thu hồi*).

    A grant that somebody else took back meanwhile is taken back: the request is carried out all the same.
    """
    try:
        return _decide(actor, suspension, SuspensionState.CARRIED_OUT if carry_out else SuspensionState.REJECTED, now)
    except NotAllowed as refused:
        act = ledger.Act(ledger.ActKind.REFUSE, refused.code, actor.organisation, SYSTEM, actor.hand.account)
        ledger.record(act, now=now)
        raise


def _decide(actor: DeskActor, suspension: UUID, state: SuspensionState, now: datetime) -> Suspension:
    with transaction.atomic():
        after = decided(store.get_suspension(suspension), actor, state, now)
        store.save_decision(after)
        _record(case_store.get_case(after.case), actor, after, state.value, now)
        if state is SuspensionState.CARRIED_OUT:
            _revoke(after, actor, now)
    return after


def _revoke(suspension: Suspension, actor: DeskActor, now: datetime) -> None:
    try:
        onboarding.revoke_grant(suspension.system, suspension.integration, suspension.procedure, by=actor.hand.account, now=now)
    except NotFound as gone:
        if gone.code != "grant.none":
            raise


def _look(reference: str) -> LookFacts | None:
    """None when the ledger no longer gives the entry."""
    try:
        entry = ledger.entry_by_reference(reference)
    except NotFound:
        return None
    body, officer = entry.body, entry.officer or ""
    try:
        standing = onboarding.standing_of(body["system"], body["integration"], body["procedure"], officer)
    except NotFound:
        standing = None
    grant = standing.grant if standing else None
    covered = {field.value for field in grant.fields} if grant else set()
    return LookFacts(
        reference,
        entry.at,
        body["kind"],
        body["outcome"],
        body["organisation"],
        body["system"],
        officer,
        body["purpose"],
        body["basis"],
        body["procedure"],
        body["integration"],
        entry.dossier_no or "",
        body["fields"],
        grant.purpose if grant else "",
        grant.legal_basis if grant else "",
        [name for name in body["fields"] if name not in covered],
        bool(standing and standing.officer_listed),
    )


def _record(case: CaseFile, actor: DeskActor, suspension: Suspension, what: str, now: datetime) -> None:
    act = ledger.Act(
        ledger.ActKind.ADMINISTER,
        f"protection.suspension.{what}",
        actor.organisation,
        suspension.system,
        actor.hand.account,
        procedure=suspension.procedure,
        integration_code=suspension.integration,
        dossier_no=case.code,
    )
    ledger.record(act, now=now)
