"""The officer's question: does what the citizen stated agree, and then the form prefilled from the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from msgspec.structs import replace

from dancu.exchange import api as exchange
from dancu.exchange.api import AccessRequest, Kind, Outcome, Refused, Verification
from dancu.identity.api import Officer
from dancu.kernel.claims import PersonClaim
from dancu.kernel.clock import local
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Conflict, Invalid
from dancu.kernel.names import clean_name
from dancu.kernel.personal_id import PersonalId, parse_old_id
from dancu.kernel.warrants import Actor
from dancu.population.api import CardText, LifeStatus, is_bare_number, is_mrz, name_readings, read_card, read_mrz
from dancu.procedures import reference, store
from dancu.procedures.domain.catalogue import OTHER_PEOPLE
from dancu.procedures.domain.evidence import PAPERS_INSTEAD, Way
from dancu.procedures.domain.hints import Hint, hints_for
from dancu.procedures.facts_form import facts_for_form
from dancu.procedures.store import Draft

DESK_SYSTEM, DESK_INTEGRATION = "mot-cua", "MOT-CUA"
REASON_LENGTH_MAX = 300
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Looked:
    """What the desk shows after a comparison (*kết quả tra cứu, đối chiếu*)."""

    claim: PersonClaim
    answer: Verification | Refused
    hints: list[Hint]


def read_claim(scan: str, number: str, name: str, birth_date: str) -> tuple[PersonClaim, CardText | None]:
    """The claim from a scan, from typed keys, or from both; what was typed wins.

    Raises `Invalid`, whose details hold every key that is wrong with its sentence, Vietnamese and English.
    """
    card = None
    if scan and is_bare_number(scan):
        number = number or scan  # the barcode of an older card, or a number typed where the cursor stood
    elif scan:
        card = _read_scan(scan, is_name_typed=bool(name))
        number, birth_date = number or card.personal_id.digits, birth_date or str(card.birth_date)
    wrong: dict[str, tuple[str, str]] = {}
    person, old = _read(wrong, lambda: _number(number)) or (None, "")
    readings = card.name_readings if card is not None and not name else None
    full_name = readings[0] if readings else _read(wrong, lambda: clean_name(name, "name"))
    birth = _read(wrong, lambda: PartialDate.parse(birth_date))
    if wrong or full_name is None or birth is None:
        field, (vietnamese, english) = next(iter(wrong.items()))
        raise Invalid("look.keys", vietnamese, english, field=field, details=wrong)
    return PersonClaim(full_name, birth, person, old, readings[1:] if readings else ()), card


def _read_scan(scan: str, *, is_name_typed: bool) -> CardText:
    """The QR code on the front of a card, or the three lines on its back."""
    if not is_mrz(scan):
        return read_card(scan)
    lines = read_mrz(scan)
    if lines.is_name_cut and not is_name_typed:
        raise Invalid(
            "look.name_cut",
            "Ba dòng ở mặt sau thẻ không đủ chỗ cho họ tên này. Nhập đủ họ, chữ đệm và tên.",
            "The lines on the back of the card have no room for the whole name. Type the full name.",
            field="name",
        )
    return lines.as_card()


def _number(text: str) -> tuple[PersonalId | None, str]:
    digits = "".join(char for char in text if char.isdigit())
    return (None, parse_old_id(text, "number")) if len(digits) == 9 else (PersonalId.parse(text, "number"), "")


def _read(wrong: dict[str, tuple[str, str]], read: Callable[[], Value]) -> Value | None:
    """One key; its error is kept beside the others, so that the officer sees all at once."""
    try:
        return read()
    except Invalid as failure:
        wrong[failure.field or "scan"] = (failure.message, failure.message_en)
        return None


def look_up(officer: Officer, claim: PersonClaim, card: CardText | None, procedure: str, *, now: datetime) -> Looked:
    """Compare what was stated with the registry (*tra cứu, đối chiếu*). Raises `Unavailable` when it does not answer."""
    reference.procedure_on(procedure, local(now).date())
    answer = exchange.verify_person(claim, request_of(officer, procedure, Kind.VERIFY), now=now)
    agrees = isinstance(answer, Verification) and answer.outcome is Outcome.MATCH
    return Looked(claim, answer, hints_for(claim, card.sex if card else None, card, agrees=agrees))


def open_form(
    officer: Officer,
    claim: PersonClaim,
    procedure: str,
    draft_id: UUID,
    *,
    way: Way = Way.SYSTEM,
    now: datetime,
) -> Refused | Draft:
    """Open the procedure's form with the requester's items prefilled from the registry (*mở tờ khai điền sẵn*).

    Asked twice with one id it opens the same form, without a second look at the person. Refuses a requester who died.
    """
    if (opened := store.find_draft(draft_id, officer.organisation_code)) is not None:
        return opened
    reference.procedure_on(procedure, local(now).date())
    told = exchange.disclose_person(claim, request_of(officer, procedure, Kind.DISCLOSE), now=now)
    if isinstance(told, Refused):
        return told
    if told.facts is None:
        raise _not_agreeing()
    if told.verification.life_status is LifeStatus.DEAD:
        raise Conflict(
            "look.dead",
            "Người này đã được ghi nhận là đã mất nên không thể là người yêu cầu. Kiểm tra lại giấy tờ của người nộp.",
            "This person is recorded as dead and cannot be the requester.",
        )
    draft = Draft(draft_id, officer.organisation_code, officer.account, procedure, claim_as_text(claim), now)
    draft.persons["requester"] = _person(told, way)
    store.save_draft(draft)
    return draft


def open_form_without_comparison(
    officer: Officer,
    claim: PersonClaim,
    procedure: str,
    shown: Way,
    reason: str,
    draft_id: UUID,
    *,
    now: datetime,
) -> Draft:
    """Open the form from what was stated, to be compared later (*nhận hồ sơ, đối chiếu sau*).

    `shown` is the paper the citizen showed instead (Decree 104/2022, Article 14, clause 2). Refuses without a reason.
    """
    if (opened := store.find_draft(draft_id, officer.organisation_code)) is not None:
        return opened
    reference.procedure_on(procedure, local(now).date())
    if shown not in PAPERS_INSTEAD:
        raise Invalid("look.paper", "Chọn giấy tờ người dân đã xuất trình.", "Choose the paper that was shown.", field="shown")
    if not reason.strip():
        raise Invalid("look.reason", "Ghi lý do chưa đối chiếu được.", "State why it was not compared.", field="later")
    draft = Draft(
        draft_id,
        officer.organisation_code,
        officer.account,
        procedure,
        {**claim_as_text(claim), "way": shown},
        now,
        later_reason=reason.strip()[:REASON_LENGTH_MAX],
    )
    store.save_draft(draft)
    return draft


def add_person(
    officer: Officer,
    draft: Draft,
    role: str,
    claim: PersonClaim,
    *,
    way: Way = Way.SYSTEM,
    now: datetime,
) -> Refused | Draft:
    """Prefill another person of the form, mother or father (*đối chiếu cha, mẹ*)."""
    told = exchange.disclose_person(claim, request_of(officer, draft.procedure, Kind.DISCLOSE), now=now)
    if isinstance(told, Refused):
        return told
    if told.facts is None:
        raise _not_agreeing()
    person = _person(told, way)
    for other in set(draft.persons) & OTHER_PEOPLE.get(role, frozenset()):
        if draft.persons[other]["facts"].get("personal_id", "") == person["facts"].get("personal_id"):
            raise Conflict(
                "form.same_person", "Người này đã có ở một vai khác của tờ khai.", "This person has another role already."
            )
    draft.persons[role] = person
    store.save_draft(draft)
    return draft


def request_of(officer: Officer, procedure: str, kind: Kind, dossier_no: str = "") -> AccessRequest:
    """The desk asks as a system like any other, for the officer and the procedure at hand."""
    actor = Actor(officer.organisation_code, DESK_SYSTEM, officer.account)
    return AccessRequest(actor, kind, DESK_INTEGRATION, procedure, dossier_no)


def claim_as_text(claim: PersonClaim) -> dict[str, Any]:
    """The claim as a draft keeps it (*thông tin khai trong bản nháp*)."""
    return {
        "number": claim.personal_id.digits if claim.personal_id else claim.old_id_no,
        "name": claim.full_name,
        "birth_date": str(claim.birth_date),
        "readings": list(claim.name_readings),
    }


def claim_from_form(number: str, name: str, birth_date: str, way: Way) -> PersonClaim:
    """The claim back from the page that showed it (*thông tin khai từ trang đối chiếu*).

    A scanned name is read anew: readings a browser sent would be as many guesses for one look.
    """
    claim, _card = read_claim("", number, name, birth_date)
    return replace(claim, name_readings=name_readings(claim.full_name)[1:]) if way is Way.QR else claim


def claim_from_text(text: Mapping[str, Any]) -> PersonClaim:
    """The claim back from a draft (*thông tin khai trong bản nháp*)."""
    claim, _card = read_claim("", text["number"], text["name"], text["birth_date"])
    return replace(claim, name_readings=tuple(text.get("readings", ())))


def _person(told: exchange.Disclosure, way: Way) -> dict[str, Any]:
    assert told.facts is not None
    return {
        "facts": facts_for_form(told.facts),
        "reference": told.verification.reference,
        "way": way,
        "outcome": told.verification.outcome,
        "at": told.verification.at.isoformat(),
    }


def _not_agreeing() -> Conflict:
    return Conflict(
        "look.no_match",
        "Không tìm thấy người khớp cả số, họ tên và ngày sinh. Kiểm tra lại từng mục, hoặc quét mã QR trên thẻ.",
        "Nobody agrees in number, name and birth date. Check each, or scan the card.",
    )
