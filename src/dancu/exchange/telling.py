"""The operator is told of alarms and suspensions, whoever raised them: gateway or desk leave a line, the worker tells it."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction

from dancu.exchange import store
from dancu.exchange.extraction import Level, Line, limits_on
from dancu.exchange.models import Alarm
from dancu.identity.api import accounts_with, organisation_names
from dancu.kernel.clock import local
from dancu.ledger import api as ledger
from dancu.notices import api as notices
from dancu.ui.words import in_language

OPERATOR = "operator"
_WHAT = {
    "calls": "lượt hỏi",
    "unknown": "lượt hỏi số không có",
    "differs": "lượt thông tin không khớp",
    "misses": "lượt không khớp hoặc số không có",
    "explained": "lượt sai được giải thích",
    "undated": "lượt hỏi không đủ ngày sinh",
    "learned": "người hỏi lần đầu",
    "planted": "lượt hỏi người cài bẫy",
}
_WINDOW = {5: "5 phút", 60: "1 giờ", 1440: "1 ngày", 43200: "30 ngày"}

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
    """Tell the operators of a suspension or an alarm, in the caller's transaction (*thông báo tạm dừng kết nối*).

    A suspension stands in the ledger since it happened; an alarm is entered now.
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
    said = notices.message(f"exchange.{alarm.verdict}", _values(alarm), now=now)
    for account in accounts_with(OPERATOR):
        key, to = f"extraction:{alarm.pk}:{account}", notices.Addressee(account=account)
        notices.send(
            notices.officer_notice(said, to, key=key, owner=alarm.organisation, room="exchange", about=alarm.client_id), now=now
        )


def alarm_text(alarm: Alarm) -> str:
    """Which line was crossed, in words; of officers nothing is said (*lời cảnh báo*)."""
    line = _line(alarm)
    if line is None:
        return alarm.line
    return f"{in_language(_WHAT[line.count])} · {in_language(_WINDOW[line.window])}"


def _values(alarm: Alarm) -> dict[str, str]:
    line = _line(alarm)
    return {
        "who": alarm.officer if alarm.level == Level.OFFICER else alarm.client_id,
        "organisation": organisation_names([alarm.organisation]).get(alarm.organisation, alarm.organisation),
        "what": _WHAT[line.count] if line else alarm.line,
        "window": _WINDOW[line.window] if line else "–",
        "code": alarm.line,
    }


def _line(alarm: Alarm) -> Line | None:
    """As it stood on the day; None for a line of a file that was exchanged since."""
    return next((line for line in limits_on(local(alarm.at).date()).lines if line.code == alarm.line), None)
