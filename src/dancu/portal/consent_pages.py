"""Pages under /cua-toi/dong-y: what she agreed to, each with its state, and the way to take it back."""

from __future__ import annotations

import contextlib
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dancu.identity.api import citizen_only
from dancu.kernel import clock
from dancu.kernel.errors import Conflict
from dancu.portal import consents
from dancu.portal.pages import citizen_of
from dancu.portal.wording import Names, field_words, listed
from dancu.protection.api import CONSENT_WORDS, Consent, ConsentState
from dancu.ui import parts
from dancu.ui.words import in_language

HERE = "/cua-toi/dong-y"
_LOOKS: dict[ConsentState, parts.Kind] = {ConsentState.HOLDS: "ok", ConsentState.WITHDRAWN: "plain", ConsentState.EXPIRED: "plain"}


@citizen_only("portal.own.see")
@require_GET
def consents_page(request: HttpRequest) -> HttpResponse:
    """Everything she agreed to, the newest first; what holds can be taken back."""
    found, now = consents.consents(citizen_of(request)), clock.now()
    names = Names([], {each.organisation for each in found})
    told = [(each, _shown(each, names), _state(each.state(now)), each.state(now) is ConsentState.HOLDS) for each in found]
    withdrawn = next((each for each in found if each.withdrawn_at and str(each.id) == request.GET.get("rut")), None)
    return render(request, "portal/consents.html", {"section": "consents", "consents": told, "withdrawn": withdrawn})


@citizen_only("portal.own.ask")
@require_http_methods(["GET", "POST"])
def withdraw_page(request: HttpRequest, consent: UUID) -> HttpResponse:
    """She takes one back after one question. Pressed twice it is taken back once."""
    citizen = citizen_of(request)
    found = consents.get_consent(citizen, consent)
    if not request.POST.get("sure") and found.withdrawn_at is None:
        return render(request, "portal/withdraw.html", {"section": "consents", "confirm": _question(found)})
    with contextlib.suppress(Conflict):  # taken back a moment ago, which is what she wants
        consents.withdraw(citizen, consent, now=clock.now())
    return HttpResponseRedirect(f"{HERE}?rut={consent}")


def _shown(consent: Consent, names: Names) -> dict[str, str]:
    return {
        "organisation": names.organisation(consent.organisation),
        "purpose": in_language(consent.purpose),
        "fields": listed(field_words(consent.fields)),
    }


def _state(state: ConsentState) -> parts.State:
    return parts.State(in_language(CONSENT_WORDS[state]), _LOOKS[state])


def _question(consent: Consent) -> parts.Confirm:
    shown = _shown(consent, Names([], {consent.organisation}))
    return parts.Confirm(
        _("Rút lại đồng ý cho %(organisation)s?") % shown,
        [
            _("Từ lúc bạn bấm, sự đồng ý của bạn không còn là căn cứ để %(organisation)s đối chiếu %(fields)s cho việc này.")
            % shown,
            _("Những gì đã đối chiếu trước đó vẫn nằm trong sổ. Muốn đồng ý lại, bạn làm lại với tổ chức đó."),
        ],
        _("Rút lại đồng ý này"),
        f"{HERE}/{consent.id}/rut",
        HERE,
        fields=[("sure", "1")],
    )
