"""Who may learn what, and does what was stated agree with the registry: pure decisions, the same for desk and gateway."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from dancu.exchange.comparing import Comparison as Comparison  # this module is the door
from dancu.exchange.comparing import check_stated as check_stated
from dancu.exchange.comparing import compare_dates as compare_dates
from dancu.exchange.comparing import compare_names as compare_names
from dancu.exchange.comparing import compare_stated
from dancu.exchange.extraction import Crossing, Verdict
from dancu.exchange.reasons import REASON_WORDS as REASON_WORDS
from dancu.exchange.reasons import Reason as Reason
from dancu.exchange.reasons import suspension_words
from dancu.kernel.claims import PersonClaim
from dancu.kernel.clock import local
from dancu.kernel.errors import Invalid
from dancu.kernel.names import canonical_name, folded_name
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.warrants import SENSITIVE_FIELDS, Actor, Field, Warrant
from dancu.ledger.domain import Act, ActKind
from dancu.ledger.reader import Freshness, staleness_of
from dancu.onboarding.domain import ConnectionState, Grant, Standing
from dancu.population.domain import SEALED, HouseholdFacts, LifeStatus, NumberState, PersonFacts
from dancu.population.reader import PersonRow, subject_of

WARRANT_LIFETIME = timedelta(minutes=1)
BESIDE = "song-song"  # through which a question came that was asked only to compare our answer with that of a service in use


class Kind(StrEnum):
    """What may be asked (*đối chiếu, tra cứu*): two questions with three keys, and two of the registry's own officers."""

    VERIFY = "verify"
    DISCLOSE = "disclose"
    SEARCH = "search"  # find persons by number, or by name and year
    OPEN = "open"  # read one person by number alone
    SUBSCRIBE = "subscribe"  # with three keys: be told of her changes from now on
    LIST = "list"  # who fits these criteria; of the exchange's own lists only


# The registry's own kinds are not among them: nobody outside reaches those, whatever the grant says.
WITH_THREE_KEYS = frozenset({Kind.VERIFY, Kind.DISCLOSE, Kind.SUBSCRIBE})
_OF_THE_REGISTRY = frozenset({Kind.SEARCH, Kind.OPEN})


class AccessRequest(msgspec.Struct, frozen=True):
    """One question about one person, before it is decided (*yêu cầu khai thác*).

    Empty `fields` without `also` means all that the grant gives; empty purpose and basis take the grant's, which the ledger marks.
    """

    actor: Actor
    kind: Kind
    integration_code: str
    procedure: str
    dossier_no: str = ""
    purpose: str = ""
    legal_basis: str = ""
    fields: frozenset[Field] = frozenset()
    stated: frozenset[Field] = frozenset()  # to be confirmed by yes or no: learning that needs the grant as well
    also: frozenset[Field] = frozenset()  # told beside `fields` where granted; no reason to refuse where not
    via: str = ""  # the hub through which it came, and the entry under which that hub recorded it
    peer: str = ""


class Refusal(msgspec.Struct, frozen=True):
    """The decision that nothing is told (*từ chối*)."""

    reason: Reason
    retry_after_seconds: int = 0  # where waiting helps
    since: datetime | None = None  # of a suspension, with its stated reason: the integrator must be able to mend it
    because: str = ""
    above: Reason | None = None  # why, where the hub above refused


class Outcome(StrEnum):
    """What the three keys say together (*kết quả đối chiếu*)."""

    MATCH = "match"
    FOLDED = "folded"
    NO_MATCH = "no_match"


class Judgement(msgspec.Struct, frozen=True):
    """The comparison of one claim with the registry, before anything is told (*kết luận đối chiếu*)."""

    outcome: Outcome
    person: PersonRow | None = None  # only where the keys agree
    explanation: Field | None = None  # which key differs, only with the grant `explain`
    fields: Mapping[Field, Comparison] | None = None

    @property
    def recorded_outcome(self) -> str:
        """As the ledger keeps it: an explained miss counts as a miss and says that it was explained."""
        return f"{self.outcome}:explained" if self.explanation else self.outcome

    @property
    def life_status(self) -> LifeStatus | None:
        known = self.person.life_status if self.person else None
        return None if known is None else _LIFE_STATUSES[known]

    @property
    def successor(self) -> PersonalId | None:
        replaced = self.person is not None and self.person.number_state == NumberState.REPLACED
        return PersonalId(self.person.successor_no) if replaced and self.person and self.person.successor_no else None


_LIFE_STATUSES = tuple(LifeStatus)  # by code; looking an enumeration up by value is slow on the hot path


class Verification(msgspec.Struct, frozen=True):
    """What a caller may be told (*kết quả đối chiếu trả lời*): the uniform negative, or agreement and its details."""

    outcome: Outcome
    reference: str
    at: datetime
    fields: Mapping[Field, Comparison]
    life_status: LifeStatus | None = None
    successor: PersonalId | None = None
    explanation: Field | None = None


class Disclosure(msgspec.Struct, frozen=True):
    """Granted fields of a person whose three keys agreed (*thông tin cung cấp*)."""

    verification: Verification
    facts: PersonFacts | None
    household: HouseholdFacts | None = None


class Refused(msgspec.Struct, frozen=True):
    """A refusal that stands in the ledger (*từ chối đã ghi sổ*)."""

    reason: Reason
    reference: str
    retry_after_seconds: int = 0
    since: datetime | None = None
    because: str = ""
    above: Reason | None = None

    @classmethod
    def of(cls, refusal: Refusal, reference: str) -> Refused:
        return cls(refusal.reason, reference, refusal.retry_after_seconds, refusal.since, refusal.because, refusal.above)

    @property
    def message(self) -> str:
        return self._in(0)

    @property
    def message_en(self) -> str:
        return self._in(1)

    @property
    def suspension(self) -> str:
        return suspension_words(self.since, self.because)[0]

    def _in(self, language: int) -> str:
        more = REASON_WORDS[self.above][language] if self.above else suspension_words(self.since, self.because)[language]
        return f"{REASON_WORDS[self.reason][language]} {more}".rstrip()


def decide(standing: Standing, request: AccessRequest, now: datetime) -> Warrant | Refusal:
    """May this caller ask this, now? Gives a warrant for the granted fields, or the first reason why not."""
    grant = standing.grant
    if reason := _closed(standing, request, _day_of(now)):
        told = (standing.system.closed_since, standing.system.closed_for) if reason is Reason.CLIENT_SUSPENDED else ()
        return Refusal(reason, 0, *told)
    assert grant is not None
    if request.purpose and request.purpose != grant.purpose:
        return Refusal(Reason.PURPOSE_NOT_GRANTED)
    if request.legal_basis and request.legal_basis != grant.legal_basis:
        return Refusal(Reason.LEGAL_BASIS_NOT_GRANTED)
    if not (request.purpose or grant.purpose):
        return Refusal(Reason.PURPOSE_NOT_GRANTED)
    if (grant.dossier_required or request.kind is Kind.OPEN) and not request.dossier_no.strip():
        return Refusal(Reason.DOSSIER_MISSING)
    if not request.fields <= grant.fields or not request.stated <= _unmasked(grant.fields, grant.sensitive_fields):
        return Refusal(Reason.FIELD_NOT_GRANTED)
    sensitive = _told_while_behind(grant, standing.waiting_since, now)
    if sensitive is None or _needs_more_than(sensitive, grant, request):
        return Refusal(Reason.LEDGER_BEHIND)
    return Warrant(
        request.actor,
        grant.purpose,
        grant.legal_basis,
        request.procedure,
        request.integration_code,
        request.dossier_no,
        _unmasked(_asked_of(grant, request), sensitive),
        now + WARRANT_LIFETIME,
        _defaulted(request),
        grant.protected,
        grant.sealed_days,
        request.via,
        request.peer,
    )


def _asked_of(grant: Grant, request: AccessRequest) -> frozenset[Field]:
    if request.also:
        return request.fields | (request.also & grant.fields)
    return request.fields or grant.fields


def _told_while_behind(grant: Grant, waiting_since: datetime | None, now: datetime) -> frozenset[Field] | None:
    """Which sensitive fields may leave while entries wait for the ledger's tree; None: nothing at all may be told."""
    if waiting_since is None or (state := _grave_state(waiting_since, now)) is None:
        return grant.sensitive_fields
    return None if state is Freshness.STOP and not grant.emergency else frozenset()


def _needs_more_than(sensitive: frozenset[Field], grant: Grant, request: AccessRequest) -> bool:
    """Was something asked, or stated for a yes or no, of which nothing is left but what may not leave now?"""
    if sensitive is grant.sensitive_fields:
        return False
    return not request.stated <= _unmasked(grant.fields, sensitive) or (
        bool(request.fields) and not _unmasked(request.fields, sensitive)
    )


@lru_cache(maxsize=16)  # a batch is decided at one moment
def _grave_state(waiting_since: datetime, now: datetime) -> Freshness | None:
    state = staleness_of(waiting_since, now).state
    return state if state in (Freshness.NARROW, Freshness.STOP) else None


def decide_with_keys(standing: Standing, request: AccessRequest, now: datetime) -> Warrant | Refusal:
    """`decide` for whoever states three keys, from wherever (*quyết định khi có ba thông tin*)."""
    if request.kind not in WITH_THREE_KEYS:
        return Refusal(Reason.REGISTRY_NOT_GRANTED)
    return decide(standing, request, now)


def decide_search(standing: Standing, request: AccessRequest, now: datetime, *, by_name: bool) -> Warrant | Refusal:
    """May this registry officer search, now? By name only for a stated dossier or case (*quyết định tra cứu*)."""
    decision = decide(standing, request, now)
    if by_name and isinstance(decision, Warrant) and not request.dossier_no.strip():
        return Refusal(Reason.DOSSIER_MISSING)
    return decision


def decide_opening(
    standing: Standing, request: AccessRequest, now: datetime, reveal: frozenset[Field] = frozenset()
) -> tuple[Warrant, ...] | Refusal:
    """May this registry officer open a person by number, and see these sensitive fields (*quyết định mở hồ sơ*)?

    The first warrant is for what is not sensitive; `reveal` has its own, so that the ledger names what was revealed.
    """
    grant = standing.grant
    everyday = (request.fields or (grant.fields if grant else frozenset())) - SENSITIVE_FIELDS
    opening = decide(standing, replace(request, fields=everyday or frozenset({Field.PERSONAL_ID})), now)
    if isinstance(opening, Refusal):
        return opening
    if not reveal:
        return (opening,)
    if grant is None or not reveal <= grant.sensitive_fields:
        return Refusal(Reason.FIELD_NOT_GRANTED)
    revealing = decide(standing, replace(request, fields=reveal), now)
    return revealing if isinstance(revealing, Refusal) else (opening, revealing)


@lru_cache(maxsize=16)  # a batch is decided at one moment
def _day_of(now: datetime) -> date:
    return local(now).date()


def _closed(standing: Standing, request: AccessRequest, today: date) -> Reason | None:
    """Reasons that lie in the caller and its grant, whatever the question says."""
    grant = standing.grant
    if standing.system.via != request.via and request.via != BESIDE:
        return Reason.NOT_THROUGH_HUB
    if standing.system.state is ConnectionState.SUSPENDED:
        return Reason.CLIENT_SUSPENDED
    if standing.system.state is not ConnectionState.OFFICIAL:
        return Reason.CONNECTION_NOT_OFFICIAL
    if grant is None:
        return Reason.NO_GRANT
    if today < grant.valid_from or (grant.valid_to is not None and today > grant.valid_to):
        return Reason.GRANT_NOT_VALID
    if not standing.officer_listed:
        return Reason.OFFICER_NOT_LISTED
    if request.kind is Kind.DISCLOSE and not grant.may_disclose:
        return Reason.DISCLOSURE_NOT_GRANTED
    if request.kind in _OF_THE_REGISTRY and not grant.registry:
        return Reason.REGISTRY_NOT_GRANTED
    if request.kind is Kind.SUBSCRIBE and not grant.may_subscribe:
        return Reason.SUBSCRIPTION_NOT_GRANTED
    if request.kind is Kind.LIST and not grant.list_max:
        return Reason.LIST_NOT_GRANTED
    return None


@lru_cache(maxsize=1024)  # few grants, many questions
def _unmasked(asked: frozenset[Field], granted_as_sensitive: frozenset[Field]) -> frozenset[Field]:
    # Rule 7: a sensitive field leaves only where the grant names it a second time, as sensitive.
    return asked - (SENSITIVE_FIELDS - granted_as_sensitive)


_NOTHING_DEFAULTED: tuple[str, ...] = ()


def _defaulted(request: AccessRequest) -> tuple[str, ...]:
    if request.purpose and request.legal_basis:
        return _NOTHING_DEFAULTED
    return tuple(name for name, value in (("purpose", request.purpose), ("legal_basis", request.legal_basis)) if not value)


def judge(
    claim: PersonClaim,
    candidates: Sequence[PersonRow],
    grant: Grant,
    stated: Mapping[Field, str] | None = None,
) -> Judgement:
    """Do number, name and birth date agree for exactly one person? Unknown, wrong and ambiguous look the same."""
    agreeing = [(row, outcome) for row in candidates if (outcome := _agreement(claim, row, grant)) is not None]
    if len(agreeing) > 1:  # a replaced number and its successor are one person
        heirs = {row.personal_no for row, _outcome in agreeing}
        agreeing = [(row, outcome) for row, outcome in agreeing if row.successor_no not in heirs]
    if len(agreeing) == 1:
        row, outcome = agreeing[0]
        return Judgement(outcome, row, fields=compare_stated(stated, row) if stated else None)
    _spend_alike(claim, candidates[0] if candidates else DECOY)
    explanation = _explain(claim, candidates[0]) if grant.explain and len(candidates) == 1 else None
    return Judgement(Outcome.NO_MATCH, explanation=explanation)


# Stands in where nobody is found, so that a miss costs the same work whether or not there is somebody.
DECOY = PersonRow(0, NumberState.CANCELLED, None, "Nguyễn Thị Thuý Phượng", 1991, 11, 23, LifeStatus.ALIVE, 2, "", "VN", 1)


def _spend_alike(claim: PersonClaim, row: PersonRow) -> None:
    """Compare all there is to compare, though the verdict stands: how soon it stood must not show in the time."""
    for reading in (claim.full_name, *claim.name_readings):
        canonical_name(reading) == canonical_name(row.full_name)  # noqa: B015 - for the time it takes
        folded_name(reading) == folded_name(row.full_name)  # noqa: B015
    compare_dates(claim.birth_date, row.birth_year, row.birth_month, row.birth_day)


def is_hidden(row: PersonRow) -> bool:
    """Nobody outside the registry learns that this row exists."""
    return row.number_state == NumberState.CANCELLED or bool(row.flags & SEALED)


def _agreement(claim: PersonClaim, row: PersonRow, grant: Grant) -> Outcome | None:
    if is_hidden(row):
        return None
    date = compare_dates(claim.birth_date, row.birth_year, row.birth_month, row.birth_day)
    if date is Comparison.DIFFERS:
        return None
    name = _compare_readings(claim, row.full_name)
    if name is Comparison.DIFFERS:
        return None
    if name is Comparison.EXACT and date is Comparison.EXACT:
        return Outcome.MATCH
    return Outcome.FOLDED if grant.passes_folded else None


def _compare_readings(claim: PersonClaim, recorded: str) -> Comparison:
    best = compare_names(claim.full_name, recorded)
    if best is Comparison.DIFFERS and any(
        compare_names(reading, recorded) is not Comparison.DIFFERS for reading in claim.name_readings
    ):
        return Comparison.FOLDED
    return best


def _explain(claim: PersonClaim, row: PersonRow) -> Field | None:
    """The one key that differs when the number and one more agree; nothing when both differ.

    A year stands in the number itself, so only a whole day counts as a second key.
    """
    if is_hidden(row):
        return None
    name_agrees = _compare_readings(claim, row.full_name) is not Comparison.DIFFERS
    date = compare_dates(claim.birth_date, row.birth_year, row.birth_month, row.birth_day)
    if date is Comparison.FOLDED or (date is Comparison.EXACT and not claim.birth_date.is_full):
        return None
    date_agrees = date is Comparison.EXACT
    if name_agrees == date_agrees:
        return None
    return Field.BIRTH_DATE if name_agrees else Field.FULL_NAME


def refusal_after(crossing: Crossing, now: datetime) -> Refusal:
    """The refusal that follows from a crossed line (*từ chối do vượt ngưỡng*)."""
    if crossing.verdict is Verdict.SUSPEND:
        return Refusal(Reason.CLIENT_SUSPENDED)
    if crossing.verdict is Verdict.WHOLE_DATE:
        return Refusal(Reason.WHOLE_DATE_NEEDED)
    return Refusal(Reason.EXTRACTION_LIMIT, crossing.retry_after_seconds(now))


def subject_asked(claim: PersonClaim) -> str:
    """Whom a claim names, as the ledger keeps it."""
    return subject_of(claim, None)


def is_somebody(candidates: Sequence[PersonRow]) -> bool:
    """Whether anybody stands behind what was asked: counted against guessing, never told."""
    return any(not is_hidden(row) for row in candidates)


def counts_of(judgement: Judgement, claim: PersonClaim, *, is_somebody: bool) -> tuple[int, ...]:
    """What a judged question adds to the counts of its caller, new and planted persons aside; in the order of `COUNTS`."""
    if judgement.outcome is not Outcome.NO_MATCH:
        return _HIT
    undated = int(not claim.birth_date.is_full)
    return (1, int(not is_somebody), int(is_somebody), int(judgement.explanation is not None), undated, 0, 0)


_HIT = (1, 0, 0, 0, 0, 0, 0)


def verification_of(judgement: Judgement, reference: str, at: datetime) -> Verification:
    """What may be told of a judgement that was recorded."""
    return Verification(
        judgement.outcome, reference, at, judgement.fields or {}, judgement.life_status, judgement.successor, judgement.explanation
    )


def refusal_act(
    claim: PersonClaim | None, request: AccessRequest, reason: Reason, grant: Grant | None, *, subject: str = ""
) -> Act:
    """The refusal as the ledger keeps it: who asked what about whom, and why nothing was told.

    Entries stand for ever and name no person, so of the words a refused caller chose freely they keep only those a
    grant knows and what has the form of a code; anything else becomes `NOT_KEPT`.
    """
    return Act(
        ActKind.REFUSE,
        reason,
        request.actor.organisation,
        request.actor.system,
        request.actor.officer,
        subject_of(claim, None) if claim else subject,
        _known_word(request.purpose, grant.purpose if grant else ""),
        _known_word(request.legal_basis, grant.legal_basis if grant else ""),
        _known_code(request.procedure, grant.procedure if grant else ""),
        _known_code(request.integration_code, grant.integration_code if grant else ""),
        request.dossier_no,
        sealed_days=grant.sealed_days if grant else 0,
        seal_basis=grant.legal_basis if grant else "",
        via=request.via,
        peer=request.peer,
    )


NOT_KEPT = "?"
_CODE = re.compile(r"(?!.*[0-9]{9})[A-Za-z0-9._-]{1,40}")  # nine digits in a row may be somebody's number


def _known_word(stated: str, granted: str) -> str:
    return stated if stated in ("", granted) else NOT_KEPT


def _known_code(stated: str, granted: str) -> str:
    return stated if stated in ("", granted) or _CODE.fullmatch(stated) else NOT_KEPT


_CASE_NO = re.compile(r"[\w./-]{3,60}")


def check_case_no(dossier_no: str) -> None:
    """The reason of a registry officer is the number of a dossier or case, never free text. Raises `Invalid`."""
    if dossier_no and not _CASE_NO.fullmatch(dossier_no):
        raise Invalid(
            "registry.dossier_no",
            "Lý do tra cứu là số hồ sơ hoặc số vụ việc, viết liền, ví dụ H57.12-261124-0007. Không ghi tên người hay lời văn.",
            "The reason is the number of a dossier or case, without blanks. No names, no sentences.",
            field="dossier_no",
        )
