"""An officer's question where the registry is at the hub above: recorded, asked outside any transaction, recorded, answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dancu.exchange import usage
from dancu.exchange.desk_decision import Granted, answering, decide_at_desk
from dancu.exchange.desk_limits import count, count_usage
from dancu.exchange.domain import AccessRequest, Disclosure, Kind, Refused, counts_of, refusal_act, verification_of
from dancu.exchange.upstream.desk_line import desk_line
from dancu.exchange.upstream.domain import (
    Fault,
    Heard,
    Outgoing,
    Paired,
    UpstreamFailed,
    candidates_of,
    facts_of,
    failed_act,
    judge_heard,
    leaving_act,
    outcome_act,
    refusal_heard,
)
from dancu.kernel.claims import PersonClaim
from dancu.kernel.config import Config
from dancu.kernel.warrants import Field
from dancu.ledger import api as ledger


def ask_above(
    claim: PersonClaim, request: AccessRequest, stated: Mapping[Field, str] | None, config: Config, *, now: datetime
) -> Disclosure | Refused:
    """Ask the hub above (*hỏi hệ thống cấp trên*). Raises `Unavailable` when line, hub or ledger do not answer."""
    settings = config.upstream
    assert settings is not None
    with answering():
        decided = decide_at_desk(claim, request, now=now)
        if isinstance(decided, Refused):
            return decided
        asked = ledger.record(leaving_act(claim, decided.warrant, request.kind, settings.name), now=now)
    needs_record = request.kind is Kind.DISCLOSE or bool(stated) or settings.verify == "record"
    try:
        heard = desk_line(settings, config.key_dir).ask(Outgoing(claim, request, decided.warrant, asked, needs_record))
    except UpstreamFailed as failure:
        _record_failure(claim, decided, failure.fault, settings.name, asked, now)
        raise failure.told() from None
    with answering():
        return _conclude(claim, request, stated, decided, heard, Paired(settings.name, heard.peer, asked), now)


def _record_failure(claim: PersonClaim, decided: Granted, fault: Fault, hub: str, asked: str, now: datetime) -> None:
    with answering():
        ledger.record(failed_act(claim, decided.warrant, fault, hub, asked), now=now)


def _conclude(
    claim: PersonClaim,
    request: AccessRequest,
    stated: Mapping[Field, str] | None,
    decided: Granted,
    heard: Heard,
    paired: Paired,
    now: datetime,
) -> Disclosure | Refused:
    if (refusal := refusal_heard(heard)) is not None:
        reference = ledger.record(paired.on(refusal_act(claim, request, refusal.reason, decided.grant)), now=now)
        count_usage(request, decided.grant, usage.REFUSED, now=now)
        return Refused.of(refusal, reference)
    judgement = judge_heard(heard, claim, decided.grant, stated)
    reference = ledger.record(outcome_act(claim, decided.warrant, request.kind, judgement, paired), now=now)
    person = judgement.person
    learned = f"{person.personal_no:012d}" if person is not None and person.personal_no else ""
    counts = counts_of(judgement, claim, is_somebody=bool(candidates_of(heard, claim)))
    count(decided.standings, counts, learned=learned, now=now)
    count_usage(request, decided.grant, usage.MISSED if person is None else usage.MATCHED, now=now)
    facts = None
    if person is not None and request.kind is Kind.DISCLOSE:
        facts = facts_of(heard, decided.warrant.fields, claim, person)
    return Disclosure(verification_of(judgement, reference, now), facts)
