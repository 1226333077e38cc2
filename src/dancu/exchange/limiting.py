"""What limits on extraction have to say before a question is answered: asked of the counts in memory, for every executor."""

from __future__ import annotations

from datetime import datetime

from dancu.exchange.domain import AccessRequest, Reason, Refusal, refusal_after, subject_asked
from dancu.exchange.extraction import refuses
from dancu.exchange.watch import Watch
from dancu.kernel.claims import PersonClaim
from dancu.kernel.warrants import Actor


def limited(watch: Watch, request: AccessRequest, claim: PersonClaim, now: datetime) -> Refusal | None:
    """What they say against a question that is granted."""
    actor = request.actor
    if watch.shut and watch.is_shut(actor.system, now):
        return Refusal(Reason.CLIENT_SUSPENDED)
    crossing = watch.crossing(actor, now)
    if crossing is not None and refuses(crossing, has_whole_date=claim.birth_date.is_full):
        return refusal_after(crossing, now)
    if watch.has_spent and watch.is_spent(actor, subject_asked(claim), now):
        return Refusal(Reason.ATTEMPTS_SPENT)
    return None


def limited_actor(watch: Watch, actor: Actor, now: datetime) -> Refusal | None:
    """What they say against whatever this actor asks."""
    if watch.is_shut(actor.system, now):
        return Refusal(Reason.CLIENT_SUSPENDED)
    crossing = watch.crossing(actor, now)
    return refusal_after(crossing, now) if crossing is not None and refuses(crossing, has_whole_date=True) else None
