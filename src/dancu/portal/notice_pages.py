"""The page under /cua-toi/thong-bao: what she was told, a breach that touched her among it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dancu.identity.api import citizen_only
from dancu.notices import api as notices
from dancu.population import api as population
from dancu.portal.pages import citizen_of
from dancu.ui.words import is_english


@citizen_only("portal.own.see")
@require_GET
def notices_page(request: HttpRequest) -> HttpResponse:
    """What she was told under any of her numbers, the newest first."""
    numbers = population.numbers_of_person(citizen_of(request).personal_id)
    found = [each for number in numbers for each in notices.notices_of_citizen(number)]
    found.sort(key=lambda each: each.at, reverse=True)
    language = "en" if is_english() else "vi"
    told = [(each, *notices.in_words(each.message, language)) for each in found]
    return render(request, "portal/notices.html", {"section": "notices", "notices": told})
