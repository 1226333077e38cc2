"""What every page of the room needs: the officer as an actor, handles of her session, failures in her language."""

from __future__ import annotations

from functools import cache
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dancu.exchange.api import Refused
from dancu.identity.api import Officer, OfficerRequest
from dancu.kernel import clock
from dancu.kernel.errors import DancuError, Invalid
from dancu.kernel.sealing import SealingKey
from dancu.registrar.domain.requests import Actor
from dancu.registrar.handles import Look, handle_of, look_of
from dancu.ui.words import is_english

REGISTRAR, APPROVER = "registrar", "registrar-approver"


def officer_of(request: HttpRequest) -> Officer:
    return cast(OfficerRequest, request).officer


def actor_of(request: HttpRequest) -> Actor:
    """The officer as four eyes see her: account, unit, the human behind it; roles of this moment."""
    officer = officer_of(request)
    return Actor(officer.hand, officer.roles)


def person_path(request: HttpRequest, look: Look) -> str:
    """The address of a person's page in this session."""
    return f"/dan-cu/nguoi/{handle_of(look, _session(request), _key(), now=clock.now())}"


def look_in(request: HttpRequest, handle: str) -> Look:
    """Whose page this is. Raises `NotFound`."""
    return look_of(handle, _session(request), _key(), now=clock.now())


def sentences(failure: DancuError) -> dict[str, str]:
    """Every wrong field with its sentence; one for failures that know only one."""
    if isinstance(failure, Invalid) and failure.code == "request.form":
        return {name: both[is_english()] for name, both in failure.details.items() if isinstance(both, tuple)}
    return {failure.field or "": failure.message_en if is_english() else failure.message}


def refused_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Nothing was told; it says why and under which reference."""
    return render(request, "registrar/refused.html", {"refused": refused, "section": "registry"}, status=403)


def _session(request: HttpRequest) -> str:
    return f"{officer_of(request).id}:{request.session['since']}"


@cache
def _key() -> SealingKey:
    return SealingKey.from_folder(settings.CONFIG.key_dir)
