"""The living catalogue of the looks: every component in all its states, with invented content and the line to use it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dancu.ui.catalogue import asked, pictures, said
from dancu.ui.parts import Choice

_DENSITIES = (("", "Quầy (cán bộ)"), ("citizen", "Người dân"))


@require_safe
def catalogue_page(request: HttpRequest) -> HttpResponse:
    density = "citizen" if request.GET.get("co") == "citizen" else "counter"
    sections = (*said.sections(), *asked.sections(), *pictures.sections(request.GET))
    densities = [
        Choice(word, f"/giao-dien?co={key}" if key else "/giao-dien", (key or "counter") == density) for key, word in _DENSITIES
    ]
    response = render(request, "ui/catalogue.html", {"sections": sections, "density": density, "densities": densities})
    response.headers["X-Robots-Tag"] = "noindex"
    return response


catalogue_page.access = "public"  # type: ignore[attr-defined]
