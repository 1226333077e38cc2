"""What running beside a service in use has shown so far: for whoever decides to switch. Elements only, no values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from dancu.exchange.models import ShadowCount

LINES_MAX = 500
_TOTALS = ("compared", "same", "left_out")


@dataclass(frozen=True, slots=True)
class ShadowReport:
    """One system's calls, answered by the service in use and compared with ours (*kết quả chạy song song*)."""

    client_id: str
    compared: int
    same: int
    left_out: int
    differing: Mapping[tuple[str, str, str], int]  # operation, kind of difference, element: how many calls

    @property
    def share_same(self) -> float:
        return self.same / self.compared if self.compared else 0.0


def shadow_report(client_id: str, since: date) -> ShadowReport:
    """What was compared for a system since a day (*báo cáo chạy song song*)."""
    rows = (
        ShadowCount.objects.filter(client_id=client_id, day__gte=since)
        .values_list("operation", "kind", "path")
        .annotate(calls=Sum("count"))
        .order_by("-calls")[:LINES_MAX]
    )
    found = {(operation, kind, path): calls for operation, kind, path, calls in rows}
    totals = {name: sum(calls for (_, kind, _), calls in found.items() if kind == name) for name in _TOTALS}
    differing = {key: calls for key, calls in found.items() if key[1] not in _TOTALS}
    return ShadowReport(client_id, totals["compared"], totals["same"], totals["left_out"], differing)
