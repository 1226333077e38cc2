"""The moment, passed in from the edges. Viet Nam keeps one zone, UTC+7, without summer time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

VIET_NAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")


def now() -> datetime:
    """The present moment in UTC. Only edges and processes call this; decisions receive it."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment as clocks in Viet Nam show it."""
    return moment.astimezone(VIET_NAM)
