"""How a call came: under whose signature, over whose certificate; and that a signed message is taken once.

The edge says it once for a call, in `CAME`, before any contract sees it; `HotPath.ask` puts it on every question of that call.
So no contract can forget it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from dancu.exchange.messages import WINDOW_SECONDS, SignedRequest
from dancu.exchange.reasons import Reason
from dancu.ledger import journal
from dancu.onboarding.domain import InformationSystem

# A message can be believed until its window after its own moment has passed; its nonce is kept far longer than twice that.
NONCES_KEPT = timedelta(hours=1)
assert timedelta(seconds=2 * WINDOW_SECONDS) <= NONCES_KEPT

# One statement a batch, in one order, so that two batches with the same nonces wait for each other and never deadlock.
_SPEND = """insert into exchange_nonce (issuer, nonce, at)
select issuer, nonce, $3 from unnest($1::text[], $2::text[]) as used(issuer, nonce) order by issuer, nonce
on conflict (issuer, nonce) do nothing returning issuer, nonce"""
COLUMNS = 2  # of what `columns` gives


class Connection(Protocol):
    """What we need of an asyncpg connection."""

    async def fetch(self, query: str, *arguments: object) -> Sequence[Any]: ...


@dataclass(slots=True)
class Provenance:
    """How one call came (*nguồn gốc lượt gọi*)."""

    signed: SignedRequest | None = None
    certificate_of: str = ""  # whose certificate the front has verified
    is_spent: bool = False  # its nonce stands in the database
    is_replayed: bool = False  # it stood there before

    @property
    def must_be_spent(self) -> bool:
        return self.signed is not None and not self.is_spent


# What a job asks later for a system whose order was signed: it was checked when it came.
CHECKED_BEFORE = Provenance(is_spent=True)
CAME: ContextVar[Provenance | None] = ContextVar("came", default=None)


async def spend(connection: Connection, calls: Sequence[Provenance], now: datetime) -> None:
    """Write the nonces of signed calls in the caller's transaction, and mark which of them were used before."""
    first: dict[tuple[str, str], Provenance] = {}
    for call in calls:
        assert call.signed is not None
        found = first.setdefault((call.signed.issuer, call.signed.nonce), call)
        call.is_replayed = found is not call
    issuers, nonces = zip(*first, strict=True)
    written = {(row[0], row[1]) for row in await connection.fetch(_SPEND, issuers, nonces, now)}
    for key, call in first.items():
        call.is_replayed = key not in written


def spent_beside(first: int) -> str:
    """The same beside the entries of a batch, whose moment it takes; a nonce that was used fails it."""
    return f"""insert into exchange_nonce (issuer, nonce, at)
select issuer, nonce, {journal.AT}
from unnest(${first}::text[], ${first + 1}::text[]) as signed(issuer, nonce) order by issuer, nonce"""  # noqa: S608 - our own columns


def columns(calls: Sequence[Provenance]) -> tuple[list[str], list[str]]:
    """The nonces of signed calls, for `spent_beside`."""
    signed = [call.signed for call in calls if call.signed is not None]
    return [each.issuer for each in signed], [each.nonce for each in signed]


def settled(calls: Sequence[Provenance]) -> None:
    """After the commit: what was asked further in the same call needs no nonce of its own."""
    for call in calls:
        call.is_spent = True


def doubt(came: Provenance | None, system: InformationSystem, *, is_hub_open: bool) -> Reason | None:
    """Why this system is not believed to be the one that calls, if there is a reason. Its hub speaks for it while open."""
    profile = system.profile
    if came is None:
        if profile.is_signed:
            return Reason.SIGNATURE_MISSING
        return Reason.CERTIFICATE_MISSING if profile.is_mutual else None
    if came is CHECKED_BEFORE:
        return None
    if came.is_replayed:
        return Reason.REPLAYED
    speakers = (system.client_id, system.via) if system.via else (system.client_id,)
    if came.signed is None:
        if profile.is_signed:
            return Reason.SIGNATURE_MISSING
    elif came.signed.issuer not in speakers:
        return Reason.SIGNER_DIFFERS
    elif came.signed.issuer != system.client_id and not is_hub_open:
        return Reason.CLIENT_SUSPENDED
    if came.certificate_of:
        return None if came.certificate_of in speakers else Reason.CERTIFICATE_DIFFERS
    return Reason.CERTIFICATE_MISSING if profile.is_mutual else None
