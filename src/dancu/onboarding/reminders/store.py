"""What was said about which day; and every day that comes: conclusions, findings, dossiers, grants, keys."""

from __future__ import annotations

from datetime import date

from dancu.kernel.clock import local
from dancu.onboarding.dossiers.domain import STATE_WORDS, DossierState
from dancu.onboarding.dossiers.routes import routes
from dancu.onboarding.dossiers.store import CLOSED
from dancu.onboarding.models import Dossier, Grant, Inspection, Key, Reminder, System
from dancu.onboarding.reminders.domain import Deadline
from dancu.ui.words import in_english

ROWS_MAX = 10_000


def was_sent(deadline: Deadline, stage: str) -> bool:
    return Reminder.objects.filter(cause=deadline.cause, about=deadline.about, due_on=deadline.due_on, stage=stage).exists()


def mark_sent(deadline: Deadline, stage: str, today: date) -> bool:
    """False where it was said already, also by somebody else at this moment."""
    _row, is_new = Reminder.objects.get_or_create(
        cause=deadline.cause,
        about=deadline.about,
        due_on=deadline.due_on,
        stage=stage,
        defaults={"organisation": deadline.organisation, "client_id": deadline.client_id, "sent_on": today},
    )
    return is_new


def deadlines(until: date) -> list[Deadline]:
    """Every day not after this one that somebody has to keep, past ones too while the matter is open."""
    return [*_conclusions(until), *_findings(until), *_dossiers(until), *_grants(until), *_keys(until)]


def _conclusions(until: date) -> list[Deadline]:
    rows = System.objects.filter(security_until__lte=until, state__in=["trial", "official", "suspended"])
    return [
        Deadline(
            "conclusion",
            client_id,
            organisation,
            client_id,
            day,
            f"kết luận kiểm tra của {name}",
            f"the conclusion of the inspection of {name}",
            href=f"/ket-noi/he-thong/{client_id}",
        )
        for client_id, organisation, name, day in rows.values_list("client_id", "organisation", "name", "security_until")[:ROWS_MAX]
        if day
    ]


def _findings(until: date) -> list[Deadline]:
    rows = Inspection.objects.filter(due_on__lte=until).exclude(organisation="")
    return [
        Deadline(
            "finding",
            str(id_),
            organisation,
            client_id,
            day,
            f"bổ sung sau kiểm tra {client_id}",
            f"the supplement after the inspection of {client_id}",
            href=f"/ket-noi/kiem-tra/{id_}",
        )
        for id_, organisation, client_id, day in rows.values_list("id", "organisation", "client_id", "due_on")[:ROWS_MAX]
        if day
    ]


def _dossiers(until: date) -> list[Deadline]:
    rows = Dossier.objects.filter(due_on__lte=until).exclude(state__in=CLOSED)
    found = []
    for id_, code, organisation, client_id, police, state, day in rows.values_list(
        "id", "code", "organisation", "client_id", "police", "state", "due_on"
    )[:ROWS_MAX]:
        assert day is not None, "only those with a day were asked for"
        holder = {
            DossierState.AT_POLICE: f"gate-reviewer@{police}",
            DossierState.RETURNED: f"integrator@{organisation}",
            DossierState.PROPOSED: f"gate-decider@{routes().department}",
        }.get(DossierState(state), f"gate-officer@{routes().department}")
        word = STATE_WORDS[DossierState(state)]
        says = f"hồ sơ {code}: {word}", f"the dossier {code}: {in_english(word)}"
        found.append(Deadline("dossier", f"{id_}:{state}", organisation, client_id, day, *says, holder, f"/ket-noi/ho-so/{id_}"))
    return found


def _grants(until: date) -> list[Deadline]:
    rows = Grant.objects.filter(valid_to__lte=until, client__state="official").values_list(
        "id", "client_id", "client__organisation", "procedure", "valid_to"
    )
    return [
        Deadline(
            "grant",
            str(id_),
            organisation,
            client_id,
            day,
            f"phạm vi {procedure} của {client_id}",
            f"the grant of {client_id} for {procedure}",
            href=f"/ket-noi/he-thong/{client_id}",
        )
        for id_, client_id, organisation, procedure, day in rows[:ROWS_MAX]
        if day
    ]


def _keys(until: date) -> list[Deadline]:
    rows = Key.objects.filter(state="active", not_after__isnull=False, not_after__date__lte=until).values_list(
        "kid", "client_id", "client__organisation", "not_after"
    )
    return [
        Deadline(
            "key",
            f"k{kid}",
            organisation,
            client_id,
            local(moment).date(),
            f"khoá k{kid[:16]} của {client_id}",
            f"the key k{kid[:16]} of {client_id}",
            href=f"/ket-noi/he-thong/{client_id}/khoa",
        )
        for kid, client_id, organisation, moment in rows[:ROWS_MAX]
        if moment
    ]
