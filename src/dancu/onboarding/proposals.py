"""Acts of the gate that two people stand behind: what a proposal of each carries, and what its approval does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from dancu.identity.api import Backing
from dancu.onboarding.domain import ConnectionState, Grant
from dancu.onboarding.usecases import grant, set_state

GRANT, REOPEN = "onboarding.grant", "onboarding.reopen"


def grant_as_content(given: Grant) -> dict[str, Any]:
    """A grant as a proposal carries it (*nội dung đề xuất duyệt phạm vi*)."""
    content: dict[str, Any] = msgspec.to_builtins(given)
    return {**content, "fields": sorted(given.fields), "sensitive_fields": sorted(given.sensitive_fields)}


def give_proposed_grant(content: Mapping[str, Any], backing: Backing, now: datetime) -> None:
    """What the approval of a proposed grant does (*thực hiện phạm vi đã duyệt*)."""
    given = msgspec.convert(dict(content), Grant, strict=False)
    grant(given, by=backing.approver.account, now=now, backing=backing)


def reopen_proposed(content: Mapping[str, Any], backing: Backing, now: datetime) -> None:
    """What the approval of a proposed reopening does (*mở lại kết nối đã duyệt*)."""
    by = backing.approver.account
    set_state(content["client_id"], ConnectionState.OFFICIAL, reason=content["reason"], by=by, now=now, backing=backing)
