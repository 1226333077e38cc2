"""Questions that leave for another hub: what can go wrong on the line, what came back, and how both hubs' ledgers pair. Pure.

Two entries here for each question: one before it leaves, one before its answer goes on (rule 1). The other hub has one of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from dancu.exchange.domain import AccessRequest, Judgement, Kind, Outcome, Refusal, judge
from dancu.exchange.reasons import Reason
from dancu.kernel.claims import PersonClaim
from dancu.kernel.errors import Unavailable
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.warrants import Field, Warrant
from dancu.ledger.domain import Act, ActKind
from dancu.onboarding.domain import Grant
from dancu.population.domain import LifeStatus, NumberState, PersonFacts
from dancu.population.reader import PersonRow, consultation_act, subject_of


class Fault(StrEnum):
    """What went wrong between this hub and the one above it (*sự cố đường kết nối lên cấp trên*)."""

    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    BUSY = "busy"
    THROTTLED = "throttled"
    CREDENTIALS = "credentials"
    FAILED = "failed"
    GARBLED = "garbled"
    RESTING = "resting"
    CROWDED = "crowded"


FAULT_WORDS: Mapping[Fault, tuple[str, str]] = {
    Fault.UNREACHABLE: (
        "Chưa nối được tới hệ thống cấp trên (CSDL quốc gia về dân cư).",
        "The hub above cannot be reached.",
    ),
    Fault.TIMED_OUT: (
        "Hệ thống cấp trên (CSDL quốc gia về dân cư) không trả lời kịp thời gian.",
        "The hub above did not answer in time.",
    ),
    Fault.BUSY: (
        "Hệ thống cấp trên (CSDL quốc gia về dân cư) đang quá tải hoặc đang bảo trì.",
        "The hub above is overloaded or under maintenance.",
    ),
    Fault.THROTTLED: (
        "Hệ thống cấp trên (CSDL quốc gia về dân cư) nhận quá nhiều lượt hỏi của hệ thống này. Gửi chậm lại sau ít giây.",
        "The hub above takes no more questions of this system for now. Slow down and retry in a few seconds.",
    ),
    Fault.CREDENTIALS: (
        "Hệ thống cấp trên không nhận thông tin kết nối của hub này. Người vận hành kiểm tra mã kết nối, khoá và đồng hồ máy chủ.",
        "The hub above does not accept this hub's credentials. The operator must check client id, key and clock.",
    ),
    Fault.FAILED: (
        "Hệ thống cấp trên (CSDL quốc gia về dân cư) báo lỗi khi xử lý.",
        "The hub above reported an error.",
    ),
    Fault.GARBLED: (
        "Câu trả lời của hệ thống cấp trên không đọc được.",
        "The answer of the hub above cannot be read.",
    ),
    Fault.RESTING: (
        "Đường kết nối lên hệ thống cấp trên vừa lỗi liên tiếp nên tạm nghỉ vài giây rồi tự nối lại.",
        "The line to the hub above failed repeatedly and rests for some seconds before it is tried again.",
    ),
    Fault.CROWDED: (
        "Quá nhiều yêu cầu đang chờ hệ thống cấp trên trả lời. Gửi lại sau ít giây.",
        "Too many questions wait for the hub above. Retry in a few seconds.",
    ),
}


class UpstreamFailed(Exception):
    """The line or the hub above failed; nothing was learned (*không hỏi được cấp trên*)."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault

    def told(self) -> Unavailable:
        """As the caller hears it: later, not never."""
        message, message_en = FAULT_WORDS[self.fault]
        return Unavailable(f"upstream.{self.fault}", message, message_en)


class Note(StrEnum):
    """Words of our own in the attribute `GhiChu`, which no client of the field reads (*ghi chú trong câu trả lời*)."""

    DEAD = "DA-CHET"
    MISSING = "MAT-TICH"
    REPLACED = "SO-DINH-DANH-DA-THAY-THE"  # for hubs with the successor: `…=046190000104`
    FOLDED = "GAN-DUNG"  # for hubs: the keys agree but for marks or precision
    DIFFERS = "KHAC"  # for hubs, with the grant `explain`: which key differs, `KHAC=birth_date`
    REFUSED = "DANCU-403"  # for hubs with the reason: `DANCU-403=no_grant`
    LIMITED = "DANCU-429"  # for hubs with seconds to wait
    MALFORMED = "DANCU-422"


def read_notes(text: str) -> dict[str, str]:
    """The words of a `GhiChu`, each with what follows its equals sign."""
    return {name: value for name, _, value in (word.partition("=") for word in text.split())}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One question about to leave (*câu hỏi gửi cấp trên*)."""

    claim: PersonClaim
    request: AccessRequest
    warrant: Warrant
    reference: str  # of the entry under which it leaves; the other hub keeps it as its counterpart
    needs_record: bool  # a yes or no is not enough: facts are asked for, or stated items are to be compared


class Heard(msgspec.Struct, frozen=True):
    """What the hub above said about one question (*câu trả lời của cấp trên*)."""

    agrees: bool
    facts: PersonFacts | None = None  # where a record was asked for
    peer: str = ""  # the reference in its ledger
    notes: Mapping[str, str] = {}
    tells_life: bool = False  # a hub of ours says who is dead or missing; of another's silence nothing follows

    @property
    def refusal(self) -> str | None:
        """Why it refused: a reason of ours, or empty words where it gave none. None when it answered."""
        for name in (Note.REFUSED, Note.LIMITED, Note.MALFORMED):
            if name in self.notes:
                return self.notes[name]
        return None

    @property
    def wait_seconds(self) -> int:
        stated = self.notes.get(Note.LIMITED, "")
        return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 7 else 60 * (Note.LIMITED in self.notes)


def candidates_of(heard: Heard, claim: PersonClaim) -> list[PersonRow]:
    """The person the hub above found, as a row to be judged here as one of our own registry would be.

    Where it told no name or date, because it told only that they agree, those stated stand in: it has compared them.
    """
    successor = heard.notes.get(Note.REPLACED, "")
    if not heard.agrees and Note.REPLACED not in heard.notes:
        return []
    facts = heard.facts or PersonFacts()
    born = facts.birth_date or claim.birth_date
    number = facts.personal_id or claim.personal_id
    row = PersonRow(
        number.number if number else 0,
        NumberState.REPLACED if Note.REPLACED in heard.notes else NumberState.IN_FORCE,
        int(successor) if successor.isascii() and successor.isdigit() and len(successor) == 12 else None,
        facts.full_name or claim.full_name,
        born.year,
        born.month,
        born.day,
        _life_status(heard),
        int(facts.sex or 0),
        facts.old_id_no or claim.old_id_no,
        facts.nationality or "",
        int(facts.marital_status or 0),
    )
    return [row]


def _life_status(heard: Heard) -> LifeStatus | None:
    if Note.DEAD in heard.notes:
        return LifeStatus.DEAD
    if Note.MISSING in heard.notes:
        return LifeStatus.MISSING
    return LifeStatus.ALIVE if heard.tells_life else None


def judge_heard(heard: Heard, claim: PersonClaim, grant: Grant, stated: Mapping[Field, str] | None) -> Judgement:
    """Judge what came back as if it were our own row: a hub that answers about somebody else convinces nobody here."""
    judgement = judge(claim, candidates_of(heard, claim), grant, stated)
    if judgement.person is None:
        explained = heard.notes.get(Note.DIFFERS, "") if grant.explain else ""
        return replace(judgement, explanation=Field(explained)) if explained in _KEYS else judgement
    if Note.FOLDED in heard.notes and judgement.outcome is Outcome.MATCH:
        return replace(judgement, outcome=Outcome.FOLDED) if grant.passes_folded else Judgement(Outcome.NO_MATCH)
    return judgement


_KEYS = frozenset({Field.FULL_NAME, Field.BIRTH_DATE})


def facts_of(heard: Heard, granted: frozenset[Field], claim: PersonClaim, person: PersonRow) -> PersonFacts:
    """The granted items of what came back: the hub above may be freer than the grant given here."""
    told = heard.facts or PersonFacts()
    kept: dict[str, object] = {}
    for item in granted | ({Field.PERSONAL_ID} if claim.personal_id is not None else frozenset()):
        for name in _HELD_IN.get(item, (str(item),)):
            kept[name] = getattr(told, name)
    kept.pop("attached", None)  # what is attached here the contract does not carry
    kept["number_state"] = NumberState(person.number_state)
    kept["successor"] = PersonalId(person.successor_no) if person.successor_no else None
    if Field.LIFE_STATUS in granted:
        kept["life_status"] = _life_status(heard)
    return PersonFacts(**kept)  # type: ignore[arg-type]  # the names are those of its fields


_HELD_IN: Mapping[Field, tuple[str, ...]] = {
    Field.HOUSEHOLD: ("household_head", "household_book_no"),
    Field.LIFE_STATUS: ("life_status", "life_status_on"),
    Field.CONTACT: ("phone", "email"),
}


# -- entries --------------------------------------------------------------------------------------------------------


def leaving_act(claim: PersonClaim, warrant: Warrant, kind: Kind, hub: str) -> Act:
    """The question as recorded before it leaves (*bút toán gửi hỏi cấp trên*)."""
    return _as_forward(claim, warrant, f"asked:{kind}", hub)


def failed_act(claim: PersonClaim, warrant: Warrant, fault: Fault, hub: str, asked: str) -> Act:
    """That no answer was learned, and why (*bút toán không hỏi được*)."""
    return replace(_as_forward(claim, warrant, f"failed:{fault}", hub), asked=asked)


def outcome_act(claim: PersonClaim, warrant: Warrant, kind: Kind, judgement: Judgement, paired: Paired) -> Act:
    """The look as the ledger keeps it, with its counterpart (*bút toán kết quả*)."""
    act = consultation_act(claim, warrant, ActKind(kind), judgement)
    return paired.on(act)


@dataclass(frozen=True, slots=True)
class Paired:
    """Where the counterpart of an entry stands (*bút toán đối ứng*)."""

    hub: str
    peer: str
    asked: str

    def on(self, act: Act) -> Act:
        return replace(act, via=self.hub, peer=self.peer, asked=self.asked)


def _as_forward(claim: PersonClaim, warrant: Warrant, outcome: str, hub: str) -> Act:
    return Act(
        ActKind.FORWARD,
        outcome,
        warrant.actor.organisation,
        warrant.actor.system,
        warrant.actor.officer,
        subject_of(claim, None),
        warrant.purpose,
        warrant.legal_basis,
        warrant.procedure,
        warrant.integration_code,
        warrant.dossier_no,
        (),
        warrant.defaulted,
        None,
        warrant.sealed_days,
        via=hub,
    )


def refusal_heard(heard: Heard) -> Refusal | None:
    """The refusal of the hub above as one of ours, with its reason; None when it answered."""
    if heard.refusal is None:
        return None
    above = Reason(heard.refusal) if heard.refusal in _REASONS else None
    return Refusal(Reason.REFUSED_ABOVE, heard.wait_seconds, above=above)


_REASONS = frozenset(Reason)
