"""The register of processing: generated from what is really granted; a version is filed when it differs from the last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from django.db import transaction

from dancu.onboarding import api as onboarding
from dancu.protection import reference, trail
from dancu.protection.domain.clocks import day_of
from dancu.protection.domain.register import RegisterChange, RegisterLine, changes_between, digest_of
from dancu.protection.store import register as store
from dancu.protection.store.register import Version

_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
# Entries that are being written while we look carry a moment a little in the past.
SETTLED_AFTER = timedelta(minutes=1)
READ_AT_ONCE, WINDOWS_AT_ONCE = 20_000, 20


def current_lines(now: datetime) -> list[RegisterLine]:
    """The register as the grants are at this moment (*sổ đăng ký mục đích xử lý hiện tại*)."""
    return sorted(
        (_line(system, grant, now) for system, grants in onboarding.systems_with_grants() for grant in grants),
        key=lambda line: line.key,
    )


def file_version(now: datetime) -> Version:
    """File the register when it differs from the last version, with the entries that made the difference (*lập phiên bản sổ*).

    What is still to be read of the ledger is read a piece a run; until it is, the last version stands.
    """
    with transaction.atomic():
        store.hold_register()
        lines, last = current_lines(now), store.newest()
        digest = digest_of(lines)
        if last is not None and last.digest == digest:
            store.save_reading(trail.Place(max(last.at, now - SETTLED_AFTER)), [])  # nothing before made a difference
            return last
        if last is None and not lines:
            return Version(0, now, digest, [], [])  # nothing was ever granted: there is nothing to file yet
        acts = _read_on(last.at if last else _BEGINNING, now)
        if acts is None:
            return last or Version(0, now, digest, [], [])
        changes = [_with_entries(each, acts) for each in changes_between(last.lines if last else [], lines)]
        number = last.number + 1 if last else 1
        store.add_version(number, now, digest, lines, changes)
    return Version(number, now, digest, lines, changes)


def _read_on(since: datetime, now: datetime) -> list[trail.Administered] | None:
    """Acts of administration since the last version; None while there is more to read than one run may, and that is kept."""
    at, acts = store.reading() or (trail.Place(since), [])
    if at.at < since:  # it was read for a version that is filed
        at, acts = trail.Place(since), []
    for _window in range(WINDOWS_AT_ONCE):
        found, reached = trail.administered(at, now, READ_AT_ONCE)
        acts += [act for act in found if act.at > since and _is_of_the_register(act)]
        if reached is None:
            return acts
        at = reached
    store.save_reading(at, acts)
    return None


def _is_of_the_register(act: trail.Administered) -> bool:
    return act.outcome.startswith("system.") or act.outcome.count(":") >= 2


def _line(system: onboarding.InformationSystem, grant: onboarding.Grant, now: datetime) -> RegisterLine:
    rules = [r for r in reference.processing_rules() if r.system in ("*", system.client_id) and r.valid_from <= day_of(now)]
    rule = max(rules, key=lambda r: (r.system != "*", r.valid_from))
    order = list(reference.field_words())
    return RegisterLine(
        system.client_id,
        system.name,
        system.organisation,
        system.state.value,
        grant.integration_code,
        grant.procedure,
        grant.purpose,
        grant.legal_basis,
        tuple(name.value for name in sorted(grant.fields, key=order.index)),
        tuple(name.value for name in sorted(grant.sensitive_fields, key=order.index)),
        grant.valid_from,
        grant.valid_to,
        grant.may_disclose,
        grant.registry,
        rule.retention,
        rule.recipients,
        rule.responsible,
    )


def _with_entries(change: RegisterChange, acts: Sequence[trail.Administered]) -> RegisterChange:
    """The acts of administration behind a change: of its grant by name, or of its system as a whole."""
    of_grant = f":{change.integration}:{change.procedure}"
    fitting = [
        str(act.reference)
        for act in acts
        if act.system == change.system and (act.outcome.startswith("system.") or f"{act.outcome}:".find(f"{of_grant}:") > 0)
    ]
    return msgspec.structs.replace(change, references=tuple(fitting))
