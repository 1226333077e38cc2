"""The operator is told of alarms and suspensions, whoever raised them: gateway or desk leave a line, the worker tells it."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction

from dancu.exchange import store
from dancu.exchange.models import Alarm
from dancu.ledger import api as ledger

log = structlog.get_logger("exchange")


def tell_of_alarms(*, now: datetime) -> int:
    """Tell what was not told yet (*báo người vận hành*): each once. Gives how many."""
    with transaction.atomic():
        alarms = store.alarms_to_tell()
        for alarm in alarms:
            notify_suspension(alarm, now=now)
        store.mark_told(alarms, now)
    return len(alarms)


def notify_suspension(alarm: Alarm, *, now: datetime) -> None:
    """Tell the operator of a suspension or an alarm, in the caller's transaction (*thông báo tạm dừng kết nối*).

    A suspension stands in the ledger since it happened; an alarm is entered now. A notice is one call more at this place:
    an outbox step of the notices room, in this transaction.
    """
    if not alarm.reference:
        act = ledger.Act(
            ledger.ActKind.ADMINISTER,
            f"extraction.{alarm.verdict}:{alarm.line}",
            alarm.organisation,
            alarm.client_id,
            alarm.officer,
        )
        alarm.reference = ledger.record(act, now=now)
    log.warning(
        "exchange.extraction.told",
        verdict=alarm.verdict,
        line=alarm.line,
        client_id=alarm.client_id,
        organisation=alarm.organisation,
        reference=alarm.reference,
    )
