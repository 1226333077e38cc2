"""Questions that a provincial hub forwards: whose they are stands inside its signature, and the answer tells a hub more.

The hub is believed about which of its systems and officers asks; whether these may ask is decided here as for any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from msgspec.structs import replace

from dancu.exchange.domain import AccessRequest, Kind, Outcome, Refused, Verification
from dancu.exchange.hot import Answer, HotPath, RequestKey
from dancu.exchange.messages import Forwarded
from dancu.gateway.calls import HttpCall
from dancu.gateway.dialects import national_response
from dancu.kernel.claims import PersonClaim
from dancu.kernel.organisations import is_within
from dancu.kernel.warrants import Actor, Field
from dancu.onboarding.domain import ConnectionState, InformationSystem
from dancu.onboarding.reader import KnownCaller
from dancu.population.cards.qr import name_readings
from dancu.population.domain import LifeStatus, NumberState

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
_FIELDS = frozenset(Field)


@dataclass(frozen=True, slots=True)
class AskedThrough(KnownCaller):
    """A system that asks through a hub (*hệ thống hỏi qua hub*). One nobody registered stands for itself and may ask nothing."""

    forwarded: Forwarded
    body: bytes

    @property
    def repeat(self) -> RequestKey | None:
        """The hub's own reference: asked again because an answer was lost, a question has one effect."""
        reference = reference_of(self.forwarded)
        return RequestKey(self.system.via, reference, self.body) if reference else None

    def claim(self, stated: PersonClaim) -> PersonClaim:
        """What is stated; of a scanned name with the readings made here, so that nobody sends guesses of its own."""
        return replace(stated, name_readings=name_readings(stated.full_name)[1:]) if self.forwarded.scanned else stated

    def request(self, kind: Kind, fields: frozenset[Field], also: frozenset[Field]) -> AccessRequest:
        """What is asked, in the words the hub signed."""
        told = self.forwarded
        granted_there = frozenset(Field(name) for name in told.fields if name in _FIELDS)
        return AccessRequest(
            Actor(self.system.organisation, self.system.client_id, told.officer.strip()),
            kind,
            told.integration,
            told.procedure,
            told.dossier,
            told.purpose,
            told.basis,
            fields,
            also=also or (granted_there if not fields else frozenset()),
            via=self.system.via,
            peer=reference_of(told),
        )


def as_forwarded(hot: HotPath, call: HttpCall, caller: KnownCaller) -> KnownCaller:
    """Whose question this is: the caller's own, or that of a system behind it."""
    forwarded = call.came.signed.forwarded if call.came is not None and call.came.signed is not None else None
    if forwarded is None:
        return caller
    hub = caller.system.client_id
    client_id = f"{hub}.{forwarded.system}"
    known = hot.directory().callers.get(client_id)
    # An officer of an office below asks through the system of the province: H57.12.3 through one of H57. Counted, and held to its
    # limits, is the organisation registered here: a hub cannot spread its questions over offices it names itself.
    if known is not None and known.system.via == hub and is_within(forwarded.organisation, known.system.organisation):
        return AskedThrough(known.system, "", forwarded, call.body)
    named = client_id if _ID.fullmatch(client_id) else hub
    stranger = InformationSystem(named, caller.system.organisation, named, ConnectionState.REGISTERED, via=hub)
    return AskedThrough(stranger, "", forwarded, call.body)


def reference_of(forwarded: Forwarded) -> str:
    """The entry under which the question left the hub; empty where what is stated is no reference."""
    try:
        return str(UUID(forwarded.ref)) if forwarded.ref else ""
    except ValueError:
        return ""


def answer_for_hub(told: Answer) -> bytes:
    """An answer in the national contract whose attributes tell a hub what clients of the field do not read."""
    if isinstance(told, Refused):
        wait = told.retry_after_seconds
        note = f"DANCU-429={wait}" if wait else f"DANCU-403={told.reason}"
        return b"200" + national_response.noted("CongdanCollection", "", note, told.reference)
    verification = told if isinstance(told, Verification) else told.verification
    note = " ".join(_notes(verification))
    if isinstance(told, Verification):
        agrees = verification.outcome is not Outcome.NO_MATCH and verification.successor is None
        exists = f"<ns1:TonTai>{'true' if agrees else 'false'}</ns1:TonTai>"
        return b"200" + national_response.noted("KetQuaXacThuc", exists, note, verification.reference)
    facts = told.facts
    is_told = facts is not None and facts.number_state is not NumberState.REPLACED
    person = f"<ns1:CongDan>{national_response.citizen_elements(facts, is_upper=False)}</ns1:CongDan>" if facts and is_told else ""
    return b"200" + national_response.noted("CongdanCollection", person, note, verification.reference)


def _notes(told: Verification) -> list[str]:
    notes = []
    if told.outcome is Outcome.FOLDED:
        notes.append("GAN-DUNG")
    if told.life_status in (LifeStatus.DEAD, LifeStatus.MISSING):
        notes.append("DA-CHET" if told.life_status is LifeStatus.DEAD else "MAT-TICH")
    if told.successor is not None:
        notes.append(f"SO-DINH-DANH-DA-THAY-THE={told.successor.digits}")
    if told.explanation is not None:
        notes.append(f"KHAC={told.explanation}")
    return notes
