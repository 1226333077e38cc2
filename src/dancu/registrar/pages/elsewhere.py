"""Where the registry is another installation's, this room has no work: its addresses say so, and where the work is done."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

Page = Callable[..., HttpResponse]


def of_our_registry(page: Page) -> Page:
    """A page that is there only where the registry is kept here (*trang của nơi đặt CSDL dân cư*); it keeps its guard.

    Nobody is asked to sign in for a page that is not there. 404, not 403: no right would open it.
    """

    @wraps(page)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        above = settings.CONFIG.upstream
        if above is None:
            return page(request, *args, **kwargs)
        request.officer = request.find_officer()  # type: ignore[attr-defined]  # for the frame
        return render(request, "registrar/elsewhere.html", {"hub": above.name}, status=404)

    return inner
