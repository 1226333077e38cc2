"""A dossier of an organisation below, opened in an emergency: the question before it, the reading under it."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from dancu.identity.api import Officer, OfficerRequest, Opening, break_glass, guarded, is_within, opening_of, record_reading
from dancu.kernel import clock
from dancu.kernel.errors import Invalid, TooMany
from dancu.kernel.reach import acting, with_glass
from dancu.procedures import store
from dancu.procedures.domain.deadlines import organisation_of
from dancu.procedures.domain.dossier import Dossier
from dancu.ui.kept import name_fields
from dancu.ui.words import is_english

name_fields({"why": "Vì sao cần mở ngay"})


@guarded("access.break_glass")
@require_http_methods(["GET", "POST"])
def open_in_emergency_page(request: HttpRequest, number: str) -> HttpResponse:
    """Why it must be opened now. Whether there is such a dossier is told only after the reason stands in the ledger."""
    officer, now, organisation = cast(OfficerRequest, request).officer, clock.now(), organisation_of(number)
    if not may_be_opened(officer, number):
        raise store.no_dossier()
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            break_glass(
                officer, organisation, number, request.POST.get("why", ""), lambda: store.subject_of(organisation, number), now=now
            )
            return HttpResponseRedirect(f"/mot-cua/ho-so/{number}")
        except (Invalid, TooMany) as failure:
            errors, status = {"why": failure.message_en if is_english() else failure.message}, failure.status
    context = {"section": "dossiers", "number": number, "organisation": organisation, "errors": errors, "typed": request.POST}
    return render(request, "procedures/emergency.html", context, status=status)


def may_be_opened(officer: Officer, number: str) -> bool:
    """Does the number name an organisation below the officer's? That alone is asked before there is a reason."""
    organisation = organisation_of(number)
    return is_within(organisation, officer.organisation_code) and organisation != officer.organisation_code


def read_in_emergency(officer: Officer, number: str, *, now: datetime) -> tuple[Dossier, Opening]:
    """The dossier under an opening that still holds; each look is recorded. Raises `NotFound`."""
    organisation = organisation_of(number)
    opening = opening_of(officer, organisation, number, now=now)
    if opening is None:
        raise store.no_dossier()
    with acting(with_glass(organisation, number)):
        dossier = store.get_dossier(organisation, number)
    record_reading(officer, opening, store.as_subject(dossier.applicant_number), now=now)
    return dossier, opening
