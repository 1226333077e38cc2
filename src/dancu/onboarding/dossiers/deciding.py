"""What a decision of two people does to a dossier: official with its grants and accounts, refused, or back to the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from dancu.identity.api import Backing, Proposal
from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict
from dancu.onboarding.accounts import usecases as accounts
from dancu.onboarding.axes import usecases as axes
from dancu.onboarding.domain import ConnectionState
from dancu.onboarding.dossiers import requirements, store, telling
from dancu.onboarding.dossiers.domain import Action, ActionKind, ConnectionDossier, DossierState, Party, missing, take
from dancu.onboarding.dossiers.dues import due_of
from dancu.onboarding.registrations.domain import Registration
from dancu.onboarding.registrations.lines import line_from_content
from dancu.onboarding.trace import get_system, record
from dancu.onboarding.usecases import approve_registration


def connect_proposed(content: Mapping[str, Any], backing: Backing, now: datetime) -> None:
    """The approval of a proposed connection (*duyệt kết nối chính thức*): what was asked becomes grants, accounts, official.

    Raises `Conflict` where the dossier, or what it needs, is not what was proposed any more.
    """
    dossier = _as_proposed(content)
    if lacking := missing(requirements.of(dossier, now=now), for_submission=False):
        said, said_en = requirements.in_words(lacking)
        raise Conflict(
            "dossier.missing",
            f"Từ khi trình, điều kiện đã thay đổi: {said}.",
            f"This has changed since it was proposed: {said_en}.",
            details={"missing": [each.key for each in lacking]},
        )
    approved = _write(dossier, ActionKind.APPROVE, backing, now)
    today, by = local(now).date(), backing.approver.account
    lines = tuple(line_from_content(dossier.client_id, line, today) for line in dossier.lines)
    registration = Registration(backing.proposal, dossier.client_id, lines, dossier.code, dossier.id)
    approve_registration(registration, by=by, now=now, backing=backing)
    if dossier.account_list:  # more services may come without new accounts
        accounts.approve_list(UUID(dossier.account_list["list"]), by=by, now=now)
    _put_into_traffic(dossier, backing, now)
    telling.tell_next(approved, now)


def _put_into_traffic(dossier: ConnectionDossier, backing: Backing, now: datetime) -> None:
    if not dossier.is_supplement:
        ground = axes.Ground(f"duyệt hồ sơ {dossier.code}", dossier.code)
        axes.move_connection(dossier.client_id, "connect", ground, by=backing.approver.account, now=now, backing=backing)
    elif get_system(dossier.client_id).state is not ConnectionState.OFFICIAL:
        raise Conflict(
            "dossier.not_official",
            "Hệ thống không còn kết nối chính thức. Mở lại kết nối trước, rồi mới duyệt bổ sung dịch vụ.",
            "The system is not in official traffic any more. Reopen it first.",
        )


def refuse_proposed(content: Mapping[str, Any], backing: Backing, now: datetime) -> None:
    """The approval of a proposed refusal (*từ chối hồ sơ kết nối*): the trial is closed with it."""
    dossier = _as_proposed(content)
    refused = _write(dossier, ActionKind.REFUSE, backing, now)
    # What was opened or closed by an order meanwhile stays as it is: a refused dossier ends a trial and nothing else.
    if get_system(dossier.client_id).state in (ConnectionState.REGISTERED, ConnectionState.TRIAL):
        ground = axes.Ground(f"hồ sơ {dossier.code} bị từ chối", dossier.code)
        axes.move_connection(dossier.client_id, "close", ground, by=backing.approver.account, now=now, backing=backing)
    telling.tell_next(refused, now)


def take_back(proposal: Proposal, now: datetime) -> None:
    """A proposal that was rejected or withdrawn leads the dossier back to where it was proposed (*trả lại bước thẩm định*)."""
    found = store.find_dossier(UUID(proposal.content["dossier"]), lock=True)
    if not found.actions or found.state is not DossierState.PROPOSED:
        return
    last = proposal.actions[-1]
    action = Action(ActionKind.TAKE_BACK, now, last.by, {"proposal": str(proposal.id)}, last.text)
    back = take(found, action, Party.DECIDER)
    store.save_last(back, due_of(back))
    record(f"dossier.{action.kind}:{back.code}", back.organisation, back.client_id, last.by.account, now)
    telling.tell_next(back, now)


def standing_of_proposed(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the dossier holds, for whoever decides (*nội dung hồ sơ trình*)."""
    dossier = store.get_dossier(UUID(content["dossier"]))
    held = dossier.account_list
    return [
        ("Hồ sơ", f"{dossier.code}, {dossier.opened['system_name']} ({dossier.organisation})"),
        ("Dịch vụ đăng ký", _("%(lines)s dòng dịch vụ") % {"lines": len(dossier.lines)}),
        ("Tài khoản", _("%(rows)s tài khoản") % {"rows": held.get("rows", 0)}),
        ("Xem đầy đủ", f"/ket-noi/ho-so/{dossier.id}"),
    ]


def _as_proposed(content: Mapping[str, Any]) -> ConnectionDossier:
    dossier = store.get_dossier(UUID(content["dossier"]), lock=True)
    if dossier.state is not DossierState.PROPOSED or len(dossier.actions) != content["actions"]:
        raise Conflict(
            "dossier.changed",
            "Hồ sơ đã thay đổi sau khi trình. Xem lại hồ sơ rồi trình lại.",
            "The dossier changed after it was proposed. Look again and propose anew.",
        )
    return dossier


def _write(dossier: ConnectionDossier, kind: ActionKind, backing: Backing, now: datetime) -> ConnectionDossier:
    action = Action(kind, now, backing.approver, {"proposal": str(backing.proposal)})
    taken = take(dossier, action, Party.DECIDER)
    store.save_last(taken, due_of(taken))
    record(f"dossier.{kind}:{taken.code}", taken.organisation, taken.client_id, backing.approver.account, now, backing=backing)
    return taken
