"""What every act at the gate begins and ends with: the system held for it, and the line it leaves in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dancu.identity.api import Backing
from dancu.kernel.errors import NotFound
from dancu.ledger import api as ledger
from dancu.onboarding import store
from dancu.onboarding.domain import InformationSystem


def get_system(client_id: str, *, for_update: bool = False) -> InformationSystem:
    """One system (*hệ thống*). Raises `NotFound`."""
    found = store.find_system(client_id, for_update=for_update)
    if found is None:
        raise no_system(client_id)
    return found


def no_system(client_id: str) -> NotFound:
    """Nobody registered it."""
    return NotFound("client.none", f"Chưa có hệ thống nào đăng ký với mã {client_id}.", f"No system is registered as {client_id}.")


def record(
    what: str,
    organisation: str,
    client_id: str,
    by: str,
    now: datetime,
    fields: Sequence[str] | frozenset[str] = (),
    *,
    how: str = "",
    backing: Backing | None = None,
) -> str:
    """Write the act to the ledger, in the caller's transaction, and tell every gateway with its commit. Gives the reference."""
    reference = ledger.record(
        ledger.Act(
            kind=ledger.ActKind.ADMINISTER,
            outcome=what,
            organisation=organisation,
            system=client_id,
            officer=by,
            fields=tuple(sorted(fields)),
            purpose=how,  # alone, four-eyes, or nothing where one is enough
            dossier_no=str(backing.proposal) if backing else "",
        ),
        now=now,
    )
    store.announce_change()
    return reference
