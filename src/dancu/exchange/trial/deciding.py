"""May a system in trial ask this? The decision of everybody else, over a grant and accounts that need nobody's approval. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from dancu.exchange.domain import AccessRequest, Refusal, decide_with_keys
from dancu.exchange.trial.cases import CodeEffect, cases
from dancu.kernel.warrants import SENSITIVE_FIELDS, Field, Warrant
from dancu.onboarding.domain import ConnectionState, Grant, InformationSystem, Standing

PURPOSE, BASIS = "Kết nối thử nghiệm", "Kết nối thử nghiệm"  # of a system that registered none yet
EVERYDAY = frozenset(Field) - SENSITIVE_FIELDS
_SINCE = date(2000, 1, 1)


def trial_grant(system: InformationSystem, request: AccessRequest, registered: Grant | None) -> Grant | None:
    """What a system in trial may learn: all that is not sensitive, and what it registered.

    None where no code or no procedure is named, and for a code that the sandbox refuses.
    """
    code = cases().codes.get(request.integration_code)
    effect = code.effect if code is not None else None
    if not (request.integration_code and request.procedure) or effect is CodeEffect.NO_GRANT:
        return None
    found = registered or Grant(
        system.client_id,
        request.integration_code,
        request.procedure,
        EVERYDAY,
        request.purpose or PURPOSE,
        request.legal_basis or BASIS,
        _SINCE,
    )
    return replace(
        found,
        fields=found.fields | EVERYDAY,
        valid_from=_SINCE,  # what was registered for later is tried now
        valid_to=None,
        dossier_required=found.dossier_required or effect is CodeEffect.DOSSIER_REQUIRED,
        may_disclose=found.may_disclose and effect is not CodeEffect.VERIFY_ONLY,
        registry=False,
        protected=False,
    )


def decide_trial(
    system: InformationSystem, request: AccessRequest, grant: Grant | None, accounts: frozenset[tuple[str, str]], now: datetime
) -> Warrant | Refusal:
    """The decision of `domain`, as if the connection were official: its warrant is good for invented persons only."""
    officer = request.actor.officer
    known = cases().accounts.get(officer)
    is_listed = known.is_listed if known is not None else (system.organisation, officer) in accounts
    as_official = replace(system, state=ConnectionState.OFFICIAL)
    return decide_with_keys(Standing(as_official, grant, is_listed), request, now)
