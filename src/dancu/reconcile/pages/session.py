"""What every page of the room needs: the officer, a row of her own organisation, failures in her language, addresses."""

from __future__ import annotations

from pathlib import Path
from typing import cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from dancu.identity.api import Officer, OfficerRequest
from dancu.kernel.errors import DancuError
from dancu.ui.words import is_english

ROOM = "/doi-soat"
REVIEW = f"{ROOM}/xem-lai"


def officer_of(request: HttpRequest) -> Officer:
    return cast(OfficerRequest, request).officer


def home() -> Path:
    return settings.CONFIG.home


def list_href(list_id: UUID) -> str:
    return f"{ROOM}/{list_id}"


def round_href(round_id: UUID) -> str:
    return f"{ROOM}/dot/{round_id}"


def in_words(failure: DancuError) -> str:
    return failure.message_en if is_english() else failure.message


def sentences(failure: DancuError) -> dict[str, str]:
    """The sentence of a failure under the field it is about."""
    return {failure.field or "": in_words(failure)}
