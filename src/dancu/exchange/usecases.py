"""Ask the registry on behalf of an officer: decide, read, record; the same decisions as on the gateway."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings
from msgspec.structs import replace

from dancu.exchange import store, usage
from dancu.exchange.desk_above import ask_above
from dancu.exchange.desk_decision import answering, decide_at_desk
from dancu.exchange.desk_limits import count, count_usage
from dancu.exchange.domain import (
    AccessRequest,
    Disclosure,
    Judgement,
    Refused,
    Verification,
    check_stated,
    counts_of,
    is_somebody,
    judge,
    verification_of,
)
from dancu.exchange.extraction import Window
from dancu.exchange.provenance import NONCES_KEPT
from dancu.exchange.repeats import KEPT
from dancu.kernel.claims import PersonClaim
from dancu.kernel.clock import local
from dancu.kernel.warrants import Field, Warrant
from dancu.ledger import api as ledger
from dancu.population import api as population

SECURITY_EVENTS_KEPT = timedelta(days=180)
REGISTRY_USE_KEPT = timedelta(days=90)
USE_KEPT = {Window.FIVE_MINUTES: timedelta(hours=2), Window.HOUR: timedelta(hours=26), Window.DAY: timedelta(days=400)}
ATTEMPTS_KEPT = timedelta(days=31)


class FactsSource(Protocol):
    """The port facts come through. The registry is the first source; somebody else's national service can be another."""

    def __call__(
        self,
        claim: PersonClaim,
        warrant: Warrant,
        judge: Callable[[Sequence[population.PersonRow]], Judgement],
        *,
        kind: ledger.ActKind,
        now: datetime,
    ) -> population.Consultation[Judgement]: ...


def registry(
    claim: PersonClaim,
    warrant: Warrant,
    judge: Callable[[Sequence[population.PersonRow]], Judgement],
    *,
    kind: ledger.ActKind,
    now: datetime,
) -> population.Consultation[Judgement]:
    """Our own registry as source of facts (*nguồn dữ liệu: CSDL dân cư tại chỗ*)."""
    return population.consult(claim, warrant, judge, kind=kind, now=now)


def verify_person(
    claim: PersonClaim,
    request: AccessRequest,
    *,
    now: datetime,
    stated: Mapping[Field, str] | None = None,
    source: FactsSource = registry,
) -> Verification | Refused:
    """Does what was stated about a person agree (*đối chiếu*)? A refusal is a value and stands in the ledger.

    Raises `Unavailable` when registry or ledger do not answer; then nothing was told.
    """
    check_stated(stated or {})
    request = replace(request, stated=frozenset(stated or ()))
    answer = _ask(claim, request, now, stated, source)
    return answer if isinstance(answer, Refused) else answer.verification


def disclose_person(
    claim: PersonClaim,
    request: AccessRequest,
    *,
    now: datetime,
    source: FactsSource = registry,
) -> Disclosure | Refused:
    """Give the granted fields of a person whose three keys agree (*tra cứu thông tin*). Raises `Unavailable`."""
    return _ask(claim, request, now, None, source)


def _ask(
    claim: PersonClaim,
    request: AccessRequest,
    now: datetime,
    stated: Mapping[Field, str] | None,
    source: FactsSource,
) -> Disclosure | Refused:
    if source is registry and settings.CONFIG.upstream is not None:
        return ask_above(claim, request, stated, settings.CONFIG, now=now)
    with answering():
        decided = decide_at_desk(claim, request, now=now)
        if isinstance(decided, Refused):
            return decided
        grant, met = decided.grant, list[bool]()

        def judged(rows: Sequence[population.PersonRow]) -> Judgement:
            met.append(is_somebody(rows))
            return judge(claim, rows, grant, stated)

        found = source(claim, decided.warrant, judged, kind=ledger.ActKind(request.kind), now=now)
        person = found.judgement.person
        counts = counts_of(found.judgement, claim, is_somebody=any(met))
        count(decided.standings, counts, learned=f"{person.personal_no:012d}" if person is not None else "", now=now)
        count_usage(request, grant, usage.MISSED if person is None else usage.MATCHED, now=now)
    return Disclosure(verification_of(found.judgement, found.reference, now), found.facts)


def forget_what_has_served(*, now: datetime) -> tuple[int, int, int]:
    """Delete what is kept for a while (*xoá dữ liệu hết hạn lưu*): answers for repeats after a day, counts of unknown
    callers after half a year, counts of registry officers' use after ninety days, counts for limits on extraction, nonces."""
    for grain, kept in USE_KEPT.items():
        store.delete_old_use(int(grain), now - kept)
    store.delete_old_attempts(local(now).date() - ATTEMPTS_KEPT)
    store.delete_nonces(now - NONCES_KEPT)
    return (
        store.delete_answers(now - KEPT),
        store.delete_security_events(now - SECURITY_EVENTS_KEPT),
        store.delete_registry_use(now - REGISTRY_USE_KEPT),
    )
