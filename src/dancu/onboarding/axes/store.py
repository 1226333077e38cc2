"""Moves on the two axes, only ever added; and the two columns beside the system that say where it stands."""

from __future__ import annotations

from datetime import date

from dancu.onboarding.axes.domain import Axis, SecurityState, StandingEvent
from dancu.onboarding.models import StandingEvent as EventRow
from dancu.onboarding.models import System as SystemRow

EVENTS_MAX = 20_000
_COLUMNS = (
    "organisation", "client_id", "axis", "act", "state", "on_day", "recorded_at",
    "by", "approver", "document", "reason", "order", "proposal",
)  # fmt: skip


def add_event(event: StandingEvent) -> None:
    EventRow.objects.create(**_row(event))


def add_events(events: list[StandingEvent]) -> None:
    EventRow.objects.bulk_create([EventRow(**_row(event)) for event in events], batch_size=1000)


def _row(event: StandingEvent) -> dict[str, object]:
    return {
        "organisation": event.organisation,
        "client_id": event.client_id,
        "axis": event.axis,
        "act": event.act,
        "state": event.state,
        "on_day": event.on,
        "recorded_at": event.recorded_at,
        "by": event.by,
        "approver": event.approver,
        "document": event.document,
        "reason": event.reason,
        "order": event.order,
        "proposal": event.proposal,
    }


def events_of(client_id: str) -> list[StandingEvent]:
    """Every move of one system, the oldest first."""
    return _events(client_id=client_id)


def events_until(day: date) -> list[StandingEvent]:
    """Every move of every body and system that was true by a day, the oldest first."""
    return _events(on_day__lte=day)


def _events(**which: object) -> list[StandingEvent]:
    rows = EventRow.objects.filter(**which).order_by("on_day", "recorded_at", "id")
    return [StandingEvent(row[0], row[1], Axis(row[2]), *row[3:]) for row in rows.values_list(*_COLUMNS)[:EVENTS_MAX]]


def has_events_from(document: str) -> bool:
    return EventRow.objects.filter(document=document).exists()


def security_of(client_id: str) -> tuple[SecurityState, date | None]:
    """Where a system stands on the second axis, and until when a conclusion holds. The system must exist."""
    state, until = SystemRow.objects.values_list("security", "security_until").get(client_id=client_id)
    return SecurityState(state), until


def save_security(client_id: str, state: SecurityState, until: date | None) -> None:
    SystemRow.objects.filter(client_id=client_id).update(security=state, security_until=until)


def lapsed_on(day: date) -> list[str]:
    """Systems whose conclusion's last day lies before this one and that still count as passed."""
    rows = SystemRow.objects.filter(security=SecurityState.PASSED, security_until__lt=day).order_by("client_id")
    return list(rows.values_list("client_id", flat=True)[:EVENTS_MAX])
