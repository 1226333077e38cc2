"""Ask the registry on behalf of an officer: decide, read, record; the same decisions as on the gateway."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from django.db import DatabaseError, InterfaceError, transaction
from msgspec.structs import replace

from dancu.exchange import store
from dancu.exchange.desk_limits import Asked, count, refusal_for, standings_of
from dancu.exchange.domain import (
    AccessRequest,
    Disclosure,
    Judgement,
    Refusal,
    Refused,
    Verification,
    check_stated,
    counts_of,
    decide_with_keys,
    is_somebody,
    judge,
    refusal_act,
    subject_asked,
    verification_of,
)
from dancu.exchange.extraction import Window
from dancu.exchange.repeats import KEPT
from dancu.kernel.claims import PersonClaim
from dancu.kernel.clock import local
from dancu.kernel.errors import Unavailable
from dancu.kernel.warrants import Field, Warrant
from dancu.ledger import api as ledger
from dancu.onboarding import api as onboarding
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
    with answering():
        standing = onboarding.standing_of(request.actor.system, request.integration_code, request.procedure, request.actor.officer)
        decision = decide_with_keys(standing, request, now)
        if isinstance(decision, Warrant):
            asked = Asked(request.actor, subject_asked(claim), claim.birth_date.is_full)
            standings = standings_of(asked, now=now)
            decision = refusal_for(standings, now=now) or decision
        if isinstance(decision, Refusal):
            act = refusal_act(claim, request, decision.reason, standing.grant)
            return Refused(decision.reason, ledger.record(act, now=now), decision.retry_after_seconds)
        grant = standing.grant
        assert grant is not None
        met: list[bool] = []

        def judged(rows: Sequence[population.PersonRow]) -> Judgement:
            met.append(is_somebody(rows))
            return judge(claim, rows, grant, stated)

        found = source(claim, decision, judged, kind=ledger.ActKind(request.kind), now=now)
        person = found.judgement.person
        counts = counts_of(found.judgement, claim, is_somebody=any(met))
        count(standings, counts, learned=f"{person.personal_no:012d}" if person is not None else "", now=now)
    return Disclosure(verification_of(found.judgement, found.reference, now), found.facts)


@contextmanager
def answering() -> Iterator[None]:
    """One durable transaction of a question, its entry included. Raises `Unavailable` when the database does not answer.

    Durable: never inside a caller's transaction, so that neither a look nor a refusal is ever rolled back.
    """
    try:
        with transaction.atomic(durable=True):
            yield
    except (DatabaseError, InterfaceError) as failure:
        raise Unavailable(
            "registry.unavailable",
            "Chưa nối được Cơ sở dữ liệu quốc gia về dân cư. Bạn vẫn nhận được hồ sơ; hệ thống sẽ tự đối chiếu khi nối lại.",
            "The population database does not answer. You can still receive the dossier; it will be compared later.",
        ) from failure


def forget_what_has_served(*, now: datetime) -> tuple[int, int, int]:
    """Delete what is kept for a while (*xoá dữ liệu hết hạn lưu*): answers for repeats after a day, counts of unknown
    callers after half a year, counts of registry officers' use after ninety days, counts for limits on extraction."""
    for grain, kept in USE_KEPT.items():
        store.delete_old_use(int(grain), now - kept)
    store.delete_old_attempts(local(now).date() - ATTEMPTS_KEPT)
    return (
        store.delete_answers(now - KEPT),
        store.delete_security_events(now - SECURITY_EVENTS_KEPT),
        store.delete_registry_use(now - REGISTRY_USE_KEPT),
    )
