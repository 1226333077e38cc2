"""Acts of the gate that two people stand behind: what a proposal of each carries, and what its approval does."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from dancu.identity.api import Backing
from dancu.kernel.clock import local
from dancu.kernel.config import read_config
from dancu.kernel.errors import Conflict
from dancu.onboarding import store
from dancu.onboarding.axes.domain import state_word
from dancu.onboarding.axes.usecases import Ground, move_connection, set_state
from dancu.onboarding.domain import ConnectionState, Grant
from dancu.onboarding.trace import get_system
from dancu.onboarding.usecases import grant
from dancu.ui.words import in_language, moment_text

GRANT, REOPEN = "onboarding.grant", "onboarding.reopen"
SUSPEND, CLOSE = "onboarding.suspend", "onboarding.close"


def grant_as_content(given: Grant) -> dict[str, Any]:
    """A grant as a proposal carries it, and which one it is to replace (*nội dung đề xuất duyệt phạm vi*)."""
    return {**_as_text(given), "replaces": _digest(store.find_grant(given.client_id, given.integration_code, given.procedure))}


def reopening_as_content(client_id: str, reason: str) -> dict[str, Any]:
    """A reopening as a proposal carries it, and what it was written against (*nội dung đề xuất mở lại kết nối*)."""
    get_system(client_id)
    return {"client_id": client_id, "reason": reason, "seen": _standing(client_id)}


def standing_of_reopening(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """How the system stands now, and why, for whoever decides (*hiện trạng kết nối*)."""
    state, since, why = store.state_of(content["client_id"])
    return [("Trạng thái", in_language(state_word(state))), ("Từ lúc", moment_text(since)), ("Lý do", why)]


def give_proposed_grant(content: Mapping[str, Any], backing: Backing, now: datetime) -> None:
    """What the approval of a proposed grant does (*thực hiện phạm vi đã duyệt*)."""
    given = msgspec.convert(dict(content), Grant, strict=False)
    store.find_system(given.client_id, for_update=True)  # whoever grants, revokes or suspends waits
    current = store.find_grant(given.client_id, given.integration_code, given.procedure)
    if content.get("replaces") != _digest(current):
        raise Conflict(
            "grant.changed",
            "Phạm vi của hệ thống đã được thay đổi sau khi lập đề xuất này. Xem phạm vi hiện có rồi lập đề xuất mới.",
            "The grant was changed after this was proposed. Look at the present one and propose anew.",
        )
    grant(given, by=backing.approver.account, now=now, backing=backing)


def reopen_proposed(content: Mapping[str, Any], backing: Backing, now: datetime) -> None:
    """What the approval of a proposed reopening does (*mở lại kết nối đã duyệt*)."""
    by = backing.approver.account
    store.find_system(content["client_id"], for_update=True)
    if content.get("seen") != _standing(content["client_id"]):
        raise Conflict(
            "client.changed",
            "Hệ thống đã được thay đổi hoặc tạm dừng lại sau khi lập đề xuất này. Xem lý do hiện nay rồi lập đề xuất mới.",
            "The system was changed or suspended again after this was proposed. Look at the present reason and propose anew.",
        )
    set_state(content["client_id"], ConnectionState.OFFICIAL, reason=content["reason"], by=by, now=now, backing=backing)


def order_as_content(client_id: str, reason: str, document: str) -> dict[str, Any]:
    """An order to suspend or close, as a proposal carries it (*nội dung lệnh tạm dừng, đóng kết nối*)."""
    get_system(client_id)
    return {"client_id": client_id, "reason": reason, "document": document}


def suspend_proposed(content: Mapping[str, Any], backing: Backing, now: datetime) -> None:
    """What the approval of a proposed suspension does: a signed order, effective at once (*tạm dừng kết nối theo lệnh*)."""
    _move("suspend", content, backing, now)


def close_proposed(content: Mapping[str, Any], backing: Backing, now: datetime) -> None:
    """What the approval of a proposed closing does (*đóng kết nối*)."""
    _move("close", content, backing, now)


def _move(act: str, content: Mapping[str, Any], backing: Backing, now: datetime) -> None:
    ground, by = Ground(content["reason"], content.get("document", "")), backing.approver.account
    move_connection(content["client_id"], act, ground, by=by, now=now, backing=backing, keys=read_config().key_dir)


def _as_text(given: Grant) -> dict[str, Any]:
    content: dict[str, Any] = msgspec.to_builtins(given)
    return {**content, "fields": sorted(given.fields), "sensitive_fields": sorted(given.sensitive_fields)}


def _digest(current: Grant | None) -> str:
    return hashlib.sha256(msgspec.json.encode(_as_text(current), order="sorted")).hexdigest() if current else ""


def _standing(client_id: str) -> list[str]:
    state, since, why = store.state_of(client_id)
    return [state, local(since).isoformat(timespec="microseconds"), why]
