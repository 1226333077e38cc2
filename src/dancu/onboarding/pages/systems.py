"""One system at the gate: where it stands on both axes and why, orders that two people give, its keys and certificates."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dancu.identity.api import Officer, actions_may, demand, guarded, is_within, needs_two_now, organisation_names, propose
from dancu.kernel import clock
from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.sealing import SealingKey
from dancu.onboarding import keys, proposals
from dancu.onboarding.axes import store as standings
from dancu.onboarding.axes.domain import Axis, StandingEvent, possible, transitions
from dancu.onboarding.domain import ConnectionState, InformationSystem, KeyKind, KeyState, RegisteredKey
from dancu.onboarding.dossiers.usecases import INTEGRATOR
from dancu.onboarding.pages.session import DOSSIERS, as_download, axis_state, officer_of, sentences
from dancu.onboarding.trace import get_system
from dancu.onboarding.usecases import renew_secret
from dancu.ui import parts
from dancu.ui.words import in_language

SYSTEMS = "/ket-noi/he-thong"
SOON = timedelta(days=30)
_ORDERS = {"suspend": proposals.SUSPEND, "close": proposals.CLOSE, "reopen": proposals.REOPEN}


def _system(request: HttpRequest, client_id: str) -> InformationSystem:
    """A system within reach: the body's own, or any for who works for the nation. Raises `NotFound` otherwise."""
    found, officer = get_system(client_id), officer_of(request)
    if not (_is_national(officer) or is_within(found.organisation, officer.organisation_code)):
        raise NotFound("client.none", "Không có hệ thống này trong phạm vi của bạn.", "There is no such system in your reach.")
    return found


def _is_national(officer: Officer) -> bool:
    return bool({"operator", "gate-officer", "gate-decider", "gate-inspector"} & officer.roles)


@guarded("exchange.connections.see")
@require_http_methods(["GET", "POST"])
def state_page(request: HttpRequest, client_id: str) -> HttpResponse:
    """Both axes of a system, every move on them, and what may be ordered now."""
    officer, now, errors, status = officer_of(request), clock.now(), {}, 200
    system = _system(request, client_id)
    if request.method == "POST":
        try:
            demand(request, "onboarding.state.propose")
            proposal = _propose(request, officer, client_id)
            return HttpResponseRedirect(f"/quyen/de-xuat/{proposal}")
        except (Invalid, Conflict) as failure:
            errors, status = sentences(failure), failure.status
    security, until = standings.security_of(client_id)
    names = organisation_names([system.organisation])
    context = {
        "section": "connections",
        "crumbs": _crumbs(system, _("Trạng thái")),
        "system": system,
        "organisation": names[system.organisation],
        "connection": axis_state(system.state),
        "security": axis_state(security),
        "until": until,
        "orders": [
            (row.act, in_language(row.says), row.needs) for row in possible(Axis.CONNECTION, system.state) if row.act in _ORDERS
        ],
        "may_order": actions_may(officer, "onboarding.state.propose", local(now).date()),
        "supplement_href": f"{DOSSIERS}/moi?bo-sung={client_id}",
        "may_supplement": _may_supplement(officer, system),
        "changes": [_change(event) for event in reversed(standings.events_of(client_id))],
        "has_order": any(event.order for event in standings.events_of(client_id)),
        "errors": errors,
        "typed": request.POST,
    }
    return render(request, "onboarding/system_state.html", context, status=status)


def _may_supplement(officer: Officer, system: InformationSystem) -> bool:
    is_hers = INTEGRATOR in officer.roles and is_within(system.organisation, officer.organisation_code)
    return is_hers and system.state is ConnectionState.OFFICIAL


@guarded("exchange.connections.see")
@require_GET
def order_file(request: HttpRequest, client_id: str) -> HttpResponse:
    """The last signed order about a system, to be checked by `dancu gate order`."""
    _system(request, client_id)
    found = next((each.order for each in reversed(standings.events_of(client_id)) if each.order), "")
    if not found:
        raise NotFound("order.none", "Chưa có lệnh nào có chữ ký.", "There is no signed order.")
    return as_download(found.encode(), "application/jose", f"lenh-{client_id}.jws")


def _propose(request: HttpRequest, officer: Officer, client_id: str) -> Any:
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "").strip()
    if act not in _ORDERS:
        raise Invalid("client.act", "Không có thao tác này.", "There is no such act.")
    if len(reason) < 5:
        raise Invalid("client.reason", "Ghi lý do: đơn vị bị ảnh hưởng sẽ đọc.", "State the reason.", field="reason")
    if act == "reopen":
        content = proposals.reopening_as_content(client_id, reason)
    else:
        content = proposals.order_as_content(client_id, reason, request.POST.get("document", "").strip())
    return propose(officer, _ORDERS[act], content, reason, now=clock.now()).id


def _crumbs(system: InformationSystem, last: str) -> list[parts.Choice]:
    return [parts.Choice(_("Kết nối"), "/ket-noi"), parts.Choice(system.name, f"{SYSTEMS}/{system.client_id}"), parts.Choice(last)]


def _change(event: StandingEvent) -> parts.Change:
    says = next((row.says for row in transitions() if (row.axis, row.act) == (event.axis, event.act)), event.act)
    by = f"{event.by}, {event.approver}" if event.approver and event.approver != event.by else event.by
    facts = [in_language(event.reason)] if event.reason else []  # the act says the state it leads to
    if event.order:
        facts.append(_("lệnh có chữ ký"))
    return parts.Change(in_language(says), event.recorded_at, by, valid_from=event.on, evidence=event.document, facts=facts)


@guarded("onboarding.key.see")
@require_http_methods(["GET", "POST"])
def keys_page(request: HttpRequest, client_id: str) -> HttpResponse:
    """Keys and certificates: hand one in, see which ends when, take one back."""
    officer, now, errors, status = officer_of(request), clock.now(), {}, 200
    system = _system(request, client_id)
    if request.method == "POST":
        try:
            demand(request, "onboarding.key.edit")
            if request.POST.get("step") == "secret":
                secret = renew_secret(client_id, key=_key(), by=officer.account, now=now)
                shown = {"section": "connections", "crumbs": _crumbs(system, _("Mã bí mật")), "system": system, "secret": secret}
                return render(request, "onboarding/system_secret.html", shown)
            href = _change_keys(request, officer, client_id)
            return HttpResponseRedirect(href or f"{SYSTEMS}/{client_id}/khoa?xong=1")
        except (Invalid, Conflict, NotFound) as failure:
            errors, status = sentences(failure), failure.status
    held = keys.keys_of(client_id)
    context: dict[str, Any] = {
        "section": "connections",
        "crumbs": _crumbs(system, _("Khoá, chứng thư")),
        "system": system,
        "keys": [_shown(key, now) for key in held],
        "may_edit": actions_may(officer, "onboarding.key.edit", local(now).date()),
        "has_authority": (settings.CONFIG.home / "ca" / "ca.crt").exists(),
        "needs_two": needs_two_now("onboarding.key", local(now).date()),
        "errors": errors,
        "typed": request.POST,
        "fresh": bool(request.GET.get("xong")) and not errors,
    }
    return render(request, "onboarding/system_keys.html", context, status=status)


def _change_keys(request: HttpRequest, officer: Officer, client_id: str) -> str:
    """Gives the address of a proposal where two people are needed."""
    now, step = clock.now(), request.POST.get("step", "")
    if step == "revoke":
        keys.revoke_key(client_id, request.POST.get("kid", ""), reason=request.POST.get("reason", ""), by=officer.account, now=now)
        return ""
    text = request.POST.get("key", "").strip()
    if not text:
        raise Invalid(
            "key.none", "Dán khoá công khai (JWK, PEM) hoặc yêu cầu cấp chứng thư (CSR).", "Paste a key or a request.", field="key"
        )
    is_request = "CERTIFICATE REQUEST" in text
    content = keys.key_as_content(client_id, request=text) if is_request else keys.key_as_content(client_id, jwk=text)
    if needs_two_now("onboarding.key", local(now).date()):
        proposal = propose(officer, "onboarding.key", content, request.POST.get("reason", "") or "nộp khoá của hệ thống", now=now)
        return f"{SYSTEMS}/{client_id}/khoa?xong={proposal.id}"
    keys.take_key(content, by=officer.account, now=now, folder=settings.CONFIG.home / "ca")
    return ""


@cache
def _key() -> SealingKey:
    return SealingKey.from_folder(settings.CONFIG.key_dir)


def _shown(key: RegisteredKey, now: Any) -> dict[str, Any]:
    ends_soon = key.not_after is not None and key.state is KeyState.ACTIVE and key.not_after <= now + SOON
    if key.state is KeyState.REVOKED:
        state = parts.State(_("Đã thu hồi"), "bad")
    elif key.not_after is not None and key.not_after <= now:
        state = parts.State(_("Đã hết hạn"), "bad")
    else:
        state = parts.State(_("Sắp hết hạn"), "warn") if ends_soon else parts.State(_("Đang dùng"), "ok")
    return {
        "kind": _("Khoá ký thông điệp") if key.kind is KeyKind.MESSAGE else _("Chứng thư kết nối"),
        "kid": key.kid,
        "state": state,
        "key": key,
        "is_active": key.state is KeyState.ACTIVE,
        "content": key.content if key.kind is KeyKind.TLS else "",
    }
