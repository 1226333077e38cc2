"""Moves on the two axes of a system. Each is looked up in the printed table, written down with who and why, and told at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from dancu.identity.api import Backing, how_done
from dancu.kernel.clock import local
from dancu.kernel.errors import Invalid
from dancu.ledger import api as ledger
from dancu.onboarding import store
from dancu.onboarding.axes import store as standings
from dancu.onboarding.axes.domain import Axis, SecurityState, StandingEvent, act_between, move
from dancu.onboarding.axes.orders import order_key, sign_order
from dancu.onboarding.domain import BY_ITSELF, ConnectionState, InformationSystem
from dancu.onboarding.hot import suspension_act
from dancu.onboarding.trace import get_system, record

SUSPEND, CONNECT, CLOSE, REOPEN = "onboarding.suspend", "onboarding.connect", "onboarding.close", "onboarding.reopen"
_TWO = {"suspend": SUSPEND, "connect": CONNECT, "close": CLOSE, "reopen": REOPEN}


@dataclass(frozen=True, slots=True)
class Ground:
    """Why something is moved, and on what paper (*căn cứ*)."""

    reason: str
    document: str = ""


def move_connection(
    client_id: str, act: str, ground: Ground, *, by: str, now: datetime, backing: Backing | None = None, keys: Path | None = None
) -> InformationSystem:
    """Move a system on the axis of its connection (*chuyển trạng thái kết nối*). A conflict says what is possible.

    Acts of two people say in the ledger how they were done. A suspension is also a signed order where `keys` has its key.
    """
    if not ground.reason.strip() and act in ("suspend", "close"):
        raise Invalid("client.reason", "Ghi lý do: đơn vị bị ảnh hưởng sẽ đọc.", "State the reason.", field="reason")
    with transaction.atomic():
        system = get_system(client_id, for_update=True)
        row = move(Axis.CONNECTION, system.state, act)
        moved = replace(system, state=ConnectionState(row.after))
        store.save_system(moved, ground.reason, now)
        how = how_done(_TWO[act], backing, local(now).date()) if row.two else ""
        order = _order(keys, moved, act, ground, by, now, backing) if keys and act == "suspend" else ""
        reference = record(f"system.{row.after}", system.organisation, client_id, by, now, how=how, backing=backing)
        event = StandingEvent(
            system.organisation,
            client_id,
            Axis.CONNECTION,
            act,
            row.after,
            local(now).date(),
            now,
            backing.author.account if backing else by,
            backing.approver.account if backing else "",
            ground.document,
            ground.reason,
            order,
            backing.proposal if backing else None,
        )
        standings.add_event(event)
        assert reference
    return moved


def set_state(
    client_id: str, state: ConnectionState, *, reason: str, by: str, now: datetime, backing: Backing | None = None
) -> None:
    """Open, suspend or close a connection (*mở, tạm dừng, đóng kết nối*). A conflict says what is possible.

    What two humans decide in the installation's profile has its `backing`; without one the ledger says that it was done alone.
    """
    with transaction.atomic():
        system = get_system(client_id, for_update=True)
        act = act_between(Axis.CONNECTION, system.state, state)
        move_connection(client_id, act, Ground(reason or state), by=by, now=now, backing=backing)


def suspend_by_itself(client_id: str, reason: str, detail: str, *, now: datetime) -> str:
    """Close an official system without a human's order, in the caller's transaction (*tự động tạm dừng kết nối*).

    Gives the reference of the ledger entry, or nothing where the system is not open.
    """
    system = get_system(client_id, for_update=True)
    if system.state is not ConnectionState.OFFICIAL:
        return ""
    row = move(Axis.CONNECTION, system.state, "suspend_by_itself")
    store.save_system(replace(system, state=ConnectionState(row.after)), reason, now)
    today = local(now).date()
    standings.add_event(
        StandingEvent(system.organisation, client_id, Axis.CONNECTION, row.act, row.after, today, now, BY_ITSELF, reason=reason)
    )
    reference = ledger.record(suspension_act(system.organisation, client_id, reason, detail), now=now)
    store.announce_change()
    return reference


def move_security(client_id: str, act: str, ground: Ground, *, by: str, now: datetime, until: date | None = None) -> SecurityState:
    """Move a system on the axis of its security (*chuyển trạng thái an ninh*); its connection stays as it is."""
    with transaction.atomic():
        system = get_system(client_id, for_update=True)
        before, _until = standings.security_of(client_id)
        row = move(Axis.SECURITY, before, act)
        after, today = SecurityState(row.after), local(now).date()
        standings.save_security(client_id, after, until if after is SecurityState.PASSED else None)
        standings.add_event(
            StandingEvent(
                system.organisation,
                client_id,
                Axis.SECURITY,
                act,
                after,
                today,
                now,
                by,
                document=ground.document,
                reason=ground.reason,
            )
        )
        record(f"security.{after}", system.organisation, client_id, by, now)
    return after


def let_conclusions_lapse(*, now: datetime) -> int:
    """Say of conclusions whose last day is over that they are (*kết luận hết hạn*). Traffic goes on. Gives how many."""
    lapsed = standings.lapsed_on(local(now).date())
    for client_id in lapsed:
        move_security(client_id, "lapse", Ground("hết thời hạn của kết luận kiểm tra"), by=BY_ITSELF, now=now)
    return len(lapsed)


def _order(keys: Path, system: InformationSystem, act: str, ground: Ground, by: str, now: datetime, backing: Backing | None) -> str:
    said = {
        "act": act,
        "client_id": system.client_id,
        "organisation": system.organisation,
        "reason": ground.reason,
        "document": ground.document,
        "at": local(now).isoformat(timespec="seconds"),
        "proposed_by": backing.author.account if backing else by,
        "decided_by": backing.approver.account if backing else by,
        "proposal": str(backing.proposal) if backing else "",
    }
    return sign_order(order_key(keys), said)
