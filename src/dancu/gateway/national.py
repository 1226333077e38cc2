"""From a call in the words of the national contract to a question, and from what is told to its bytes.

Every dialect of the field is this contract in other clothes: its adapter fills a `SoapCall` and dresses what comes back.
"""

from __future__ import annotations

from collections.abc import Callable

from dancu.exchange.domain import BESIDE, AccessRequest, Comparison, Kind, Outcome, Reason, Refused, Verification
from dancu.exchange.hot import Answer, HotPath, Question
from dancu.gateway import unit_versions
from dancu.gateway.callers import AskedBeside
from dancu.gateway.calls import XML, Reply
from dancu.gateway.dialects import national_request, national_response
from dancu.gateway.dialects.national_request import SoapCall
from dancu.gateway.dialects.operations import OPERATIONS, Operation, Shape, find_operation
from dancu.gateway.hubs import AskedThrough, answer_for_hub
from dancu.kernel.claims import PersonClaim
from dancu.kernel.errors import Invalid
from dancu.kernel.warrants import Actor, Field
from dancu.onboarding.domain import ErrorProfile
from dancu.onboarding.reader import KnownCaller
from dancu.population.domain import LifeStatus, NumberState, PersonFacts

REFUSED_NOTE = "DANCU-403"  # one code whatever the reason: the reason stands in the ledger
MALFORMED_NOTE = "DANCU-422"
LIMIT_NOTE = "DANCU-429"  # a limit on extraction: waiting helps
DEAD_NOTE, MISSING_NOTE, REPLACED_NOTE = "DA-CHET", "MAT-TICH", "SO-DINH-DANH-DA-THAY-THE"

Render = Callable[[Answer], bytes]


async def ask(hot: HotPath, caller: KnownCaller, call: SoapCall, render: Render, stated: dict[Field, str] | None = None) -> bytes:
    """Ask what the call asks. One that cannot be read is recorded and rendered as a refusal. Raises `Unavailable`, `TooMany`."""
    try:
        claim: PersonClaim = national_request.to_claim(call)
        if isinstance(caller, AskedThrough):
            claim = caller.claim(claim)
    except Invalid:
        return await ask_nothing(hot, caller, render)
    operation = find_operation(call.operation)
    assert operation is not None, "to_claim refuses what is not offered"
    if caller.system.profile.units:
        await unit_versions.prepare()
    request = _request(caller, call, operation, stated)
    question = Question(caller, request, claim, render, stated, tells_household=operation.shape is Shape.HOUSEHOLD)
    if isinstance(caller, AskedThrough):
        question.repeat = caller.repeat
    return await hot.ask(question)


async def ask_nothing(hot: HotPath, caller: KnownCaller, render: Render) -> bytes:
    """Record that a system sent what nobody can read, and render that refusal."""
    actor = Actor(caller.system.organisation, caller.system.client_id, "")
    return await hot.ask(Question(caller, AccessRequest(actor, Kind.VERIFY, "", ""), None, render))


def _request(caller: KnownCaller, call: SoapCall, operation: Operation, stated: dict[Field, str] | None) -> AccessRequest:
    if isinstance(caller, AskedThrough):
        return caller.request(operation.kind, operation.fields, operation.also)
    profile = caller.system.profile  # stands in for what a contract does not name
    actor = Actor(caller.system.organisation, caller.system.client_id, call.officer or profile.officer)
    return AccessRequest(
        actor,
        operation.kind,
        call.integration_code or profile.integration_code,
        call.procedure or profile.procedure,
        fields=operation.fields,
        also=operation.also,
        stated=frozenset(stated or ()),
        via=BESIDE if isinstance(caller, AskedBeside) else "",
    )


def in_xml(caller: KnownCaller, call: SoapCall) -> Render:
    """Renders for the national SOAP contract: status as three digits, then the envelope."""
    return lambda told: _in_xml(told, caller, call)


def unread_in_xml(caller: KnownCaller) -> Render:
    """As `in_xml`, for a body of which nothing could be read."""
    return lambda _: refusal(caller, MALFORMED_NOTE)


def split(sent: bytes) -> Reply:
    """A rendered answer as it goes back."""
    return Reply(int(sent[:3]), XML, sent[3:])


def note_of(refused: Refused) -> str:
    """The code of a refusal; one for all that lie in the grant."""
    if refused.reason is Reason.MALFORMED:
        return MALFORMED_NOTE
    return LIMIT_NOTE if refused.retry_after_seconds else REFUSED_NOTE


def refusal(caller: KnownCaller, note: str, shape: Shape = Shape.CITIZEN, suspension: str = "") -> bytes:
    """On the compatible profile an empty answer, since clients show anything else as a system error."""
    if caller.system.error_profile is ErrorProfile.STRICT:
        text = f"Yêu cầu không được chấp nhận. {suspension}".rstrip()
        return b"500" + national_response.fault(note, text, "The request was refused.")
    return b"200" + _empty(shape, f"{note}: {suspension}" if suspension else note)


def _in_xml(told: Answer, caller: KnownCaller, call: SoapCall) -> bytes:
    operation = find_operation(call.operation) or OPERATIONS["TraCuuThongTinCongDan"]
    if isinstance(caller, AskedThrough):
        return answer_for_hub(told)
    if isinstance(told, Refused):
        if isinstance(caller, AskedBeside):  # read by the comparison only: why we would have refused
            return b"200" + _empty(operation.shape, f"{note_of(told)}={told.reason}")
        return refusal(caller, note_of(told), operation.shape, told.suspension)
    if isinstance(told, Verification):
        return b"200" + national_response.verified_answer(is_confirmed(told), call.operation)
    if told.facts is None:
        return b"200" + _empty(operation.shape)
    if told.facts.number_state is NumberState.REPLACED:
        return b"200" + _empty(operation.shape, REPLACED_NOTE)
    units = caller.system.profile.units
    facts = unit_versions.facts_in(told.facts, units) if units else told.facts
    if operation.shape is Shape.HOUSEHOLD:
        household = told.household
        if household is not None and units:
            household = unit_versions.household_in(household, units)
        return b"200" + national_response.household_answer(facts, household)
    return b"200" + _citizen(facts, operation, _note(told.verification.life_status))


def is_confirmed(told: Verification) -> bool:
    """Yes: the keys agree for a number that is in force, and so does what was stated beside them."""
    agrees = told.outcome is not Outcome.NO_MATCH and told.successor is None
    return agrees and Comparison.DIFFERS not in told.fields.values()


def _citizen(facts: PersonFacts, operation: Operation, note: str) -> bytes:
    if operation.shape is Shape.IDENTITY:
        return national_response.identity_answer(facts, note)
    if operation.shape is Shape.STATUS:
        return national_response.status_answer(facts, note)
    return national_response.citizen_answer(facts, note, operation.relatives)


def _empty(shape: Shape, note: str = "") -> bytes:
    return national_response.no_household(note) if shape is Shape.HOUSEHOLD else national_response.empty_answer(note)


def _note(status: LifeStatus | None) -> str:
    return {LifeStatus.DEAD: DEAD_NOTE, LifeStatus.MISSING: MISSING_NOTE}.get(status or LifeStatus.ALIVE, "")
