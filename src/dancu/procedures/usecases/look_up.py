"""The officer's question: does what the citizen stated agree, and then the form prefilled from the registry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dancu.exchange import api as exchange
from dancu.exchange.api import AccessRequest, Kind, Refused, Verification
from dancu.identity.api import Officer
from dancu.kernel.claims import PersonClaim
from dancu.kernel.clock import local
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Conflict
from dancu.kernel.names import clean_name
from dancu.kernel.personal_id import PersonalId, parse_old_id
from dancu.kernel.warrants import Actor
from dancu.procedures import reference, store
from dancu.procedures.domain.card import CardText, looks_like_card, read_card
from dancu.procedures.domain.hints import hints_for
from dancu.procedures.facts_form import facts_for_form
from dancu.procedures.store import Draft

DESK_SYSTEM, DESK_INTEGRATION = "mot-cua", "MOT-CUA"


@dataclass(frozen=True, slots=True)
class Looked:
    """What the desk shows after a comparison (*kết quả tra cứu, đối chiếu*)."""

    claim: PersonClaim
    answer: Verification | Refused
    hints: list[str]


def read_claim(scan: str, number: str, name: str, birth_date: str) -> tuple[PersonClaim, CardText | None]:
    """The claim from a scan, from typed keys, or from both; what was typed wins. Raises `Invalid` naming the field."""
    card = read_card(scan) if scan and looks_like_card(scan) else None
    if scan and card is None:
        number = number or scan  # a bare number scanned or typed into the first field
    if card is not None and not (number or name or birth_date):
        return PersonClaim(card.full_name, card.birth_date, card.personal_id, "", card.name_readings[1:]), card
    if card is not None:
        number, birth_date = number or card.personal_id.digits, birth_date or str(card.birth_date)
        if not name:
            return PersonClaim(card.full_name, PartialDate.parse(birth_date), PersonalId.parse(number), "",
                               card.name_readings[1:]), card
    digits = "".join(c for c in number if c.isdigit())
    old = parse_old_id(number, "number") if len(digits) == 9 else ""
    person = None if old else PersonalId.parse(number, "number")
    return PersonClaim(clean_name(name, "name"), PartialDate.parse(birth_date), person, old), card


def look_up(officer: Officer, claim: PersonClaim, card: CardText | None, procedure: str, *, now: datetime) -> Looked:
    """Compare what was stated with the registry (*tra cứu, đối chiếu*). Raises `Unavailable` when it does not answer."""
    reference.procedure_on(procedure, local(now).date())
    answer = exchange.verify_person(claim, request_of(officer, procedure, Kind.VERIFY), now=now)
    return Looked(claim, answer, hints_for(claim, card.sex if card else None, card))


def open_form(officer: Officer, claim: PersonClaim, procedure: str, draft_id: UUID, *, now: datetime) -> Refused | Draft:
    """Open the procedure's form with the requester's items prefilled from the registry (*mở tờ khai điền sẵn*)."""
    reference.procedure_on(procedure, local(now).date())
    told = exchange.disclose_person(claim, request_of(officer, procedure, Kind.DISCLOSE), now=now)
    if isinstance(told, Refused):
        return told
    draft = Draft(draft_id, officer.organisation_code, officer.account, procedure, claim_as_text(claim), now)
    if told.facts is None:
        raise _not_agreeing()
    draft.persons["requester"] = _person(told)
    store.save_draft(draft)
    return draft


def open_form_without_comparison(
    officer: Officer, claim: PersonClaim, procedure: str, reason: str, draft_id: UUID, *, now: datetime,
) -> Draft:
    """Open the form from what was stated, to be compared later (*nhận hồ sơ, đối chiếu sau*)."""
    reference.procedure_on(procedure, local(now).date())
    draft = Draft(draft_id, officer.organisation_code, officer.account, procedure, claim_as_text(claim), now,
                  later_reason=reason)
    store.save_draft(draft)
    return draft


def add_person(officer: Officer, draft: Draft, role: str, claim: PersonClaim, *, now: datetime) -> Refused | Draft:
    """Prefill another person of the form, mother or father (*đối chiếu cha, mẹ*)."""
    told = exchange.disclose_person(claim, request_of(officer, draft.procedure, Kind.DISCLOSE), now=now)
    if isinstance(told, Refused):
        return told
    if told.facts is None:
        raise _not_agreeing()
    draft.persons[role] = _person(told)
    store.save_draft(draft)
    return draft


def request_of(officer: Officer, procedure: str, kind: Kind, dossier_no: str = "") -> AccessRequest:
    """The desk asks as a system like any other, for the officer and the procedure at hand."""
    actor = Actor(officer.organisation_code, DESK_SYSTEM, officer.account)
    return AccessRequest(actor, kind, DESK_INTEGRATION, procedure, dossier_no)


def claim_as_text(claim: PersonClaim) -> dict[str, str]:
    return {"number": claim.personal_id.digits if claim.personal_id else claim.old_id_no, "name": claim.full_name,
            "birth_date": str(claim.birth_date)}


def claim_from_text(text: dict[str, str]) -> PersonClaim:
    return read_claim("", text["number"], text["name"], text["birth_date"])[0]


def _person(told: exchange.Disclosure) -> dict[str, Any]:
    assert told.facts is not None
    return {"facts": facts_for_form(told.facts), "reference": told.verification.reference,
            "at": told.verification.at.isoformat()}


def _not_agreeing() -> Conflict:
    return Conflict(
        "look.no_match",
        "Không tìm thấy người khớp cả số, họ tên và ngày sinh. Kiểm tra lại từng mục, hoặc quét mã QR trên thẻ.",
        "Nobody agrees in number, name and birth date. Check each, or scan the card.")
