"""The moment, passed in from the edges. Viet Nam keeps one zone, UTC+7, without summer time."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone

VIET_NAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")


def _days_ahead() -> timedelta:
    """A simulation may stand on another day, so that offices work on a Sunday too. No other profile may."""
    ahead = os.environ.get("DANCU_DAYS_AHEAD", "0")
    is_simulated = os.environ.get("DANCU_PROFILE", "mo-phong") == "mo-phong"
    return timedelta(days=int(ahead)) if is_simulated and ahead.isdecimal() else timedelta(0)


_AHEAD = _days_ahead()


def now() -> datetime:
    """The present moment in UTC. Only edges and processes call this; decisions receive it."""
    return datetime.now(UTC) + _AHEAD


def local(moment: datetime) -> datetime:
    """The same moment as clocks in Viet Nam show it."""
    return moment.astimezone(VIET_NAM)
