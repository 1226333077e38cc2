"""Every connection at a glance, for pages: state, why, since when, how many grants; and the codes that were granted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from dancu.onboarding.domain import ConnectionState
from dancu.onboarding.models import Grant, System

LIST_MAX = 1000


@dataclass(frozen=True, slots=True)
class Connection:
    """One system as its owner and the operator look at it (*kết nối*)."""

    client_id: str
    name: str
    organisation: str
    state: ConnectionState
    reason: str  # why it is in this state, as it was said
    changed_at: datetime  # of the state or anything beside it
    rate_per_second: int  # 0: the usual number
    via: str
    grants: int


def connections(root: str = "") -> list[Connection]:
    """Systems of an organisation and those below it, of all without one; what is suspended first (*danh sách kết nối*)."""
    rows = (
        System.objects.filter(_below(root, "organisation"))
        .annotate(grants=Count("grant"))
        .values_list("client_id", "name", "organisation", "state", "state_reason", "changed_at", "profile", "via", "grants")
        .order_by("organisation", "client_id")[:LIST_MAX]
    )
    found = [
        Connection(*row[:3], ConnectionState(row[3]), row[4], row[5], int(row[6].get("rate_per_second", 0)), row[7], row[8])
        for row in rows
    ]
    return sorted(found, key=lambda each: each.state is not ConnectionState.SUSPENDED)


def codes_granted(root: str = "") -> tuple[list[str], list[str]]:
    """Integration codes and procedures of all grants within an organisation (*mã đã được duyệt*)."""
    rows = Grant.objects.filter(_below(root, "client__organisation"))
    codes, procedures = (
        sorted(rows.values_list(name, flat=True).distinct()[:LIST_MAX]) for name in ("integration_code", "procedure")
    )
    return codes, procedures


def _below(root: str, column: str) -> Q:
    if not root:
        return Q()
    return Q(**{column: root}) | Q(**{f"{column}__startswith": f"{root}."})
