"""The bell in the frame of every page: how many notices the officer who is signed in has not read."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from dancu.kernel.reach import Reach, acting
from dancu.notices.usecases.tell import unread_of_officer
from dancu.ui.parts import Choice

MINE = "/thong-bao"


def bell(request: HttpRequest) -> dict[str, Any]:
    """Context processor, put into the frame by the project. Pages of failures have no bell: they ask no database."""
    officer = getattr(request, "officer", None)
    if officer is None or getattr(request, "failed", False):
        return {}
    try:
        # Also on a public page, which is nobody's work: the count is the officer's own.
        with acting(Reach("own", officer.organisation_code, officer.unit, officer.account)):
            count = unread_of_officer(officer.account, officer.organisation_code, officer.roles)
    except DatabaseError:
        return {}
    return {"bell": Choice(_("Thông báo"), MINE, request.path == MINE, count)}
