"""May this officer ask this, now: grant and limits at our own pages, inside the one durable transaction of a question."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, InterfaceError, transaction

from dancu.exchange import usage
from dancu.exchange.desk_limits import Asked, Standings, count_usage, refusal_for, standings_of
from dancu.exchange.domain import AccessRequest, Refusal, Refused, decide_with_keys, refusal_act, subject_asked
from dancu.kernel.claims import PersonClaim
from dancu.kernel.errors import Unavailable
from dancu.kernel.warrants import Warrant
from dancu.ledger import api as ledger
from dancu.onboarding import api as onboarding


@dataclass(frozen=True, slots=True)
class Granted:
    """A question that may be asked (*câu hỏi được phép*)."""

    warrant: Warrant
    grant: onboarding.Grant
    standings: Standings


def decide_at_desk(claim: PersonClaim, request: AccessRequest, *, now: datetime) -> Granted | Refused:
    """Decide in the caller's transaction; a refusal is recorded in it (*quyết định tại bàn*)."""
    standing = onboarding.standing_of(request.actor.system, request.integration_code, request.procedure, request.actor.officer)
    decision = decide_with_keys(standing, request, now)
    if isinstance(decision, Warrant):
        assert standing.grant is not None
        standings = standings_of(Asked(request.actor, subject_asked(claim), claim.birth_date.is_full), now=now)
        limited = refusal_for(standings, now=now)
        if limited is None:
            return Granted(decision, standing.grant, standings)
        decision = limited
    assert isinstance(decision, Refusal)
    act = refusal_act(claim, request, decision.reason, standing.grant)
    reference = ledger.record(act, now=now)
    count_usage(request, standing.grant, usage.REFUSED, now=now)
    return Refused.of(decision, reference)


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
