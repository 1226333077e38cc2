"""The reviewers' desk: near matches that owners of lists asked about, one case side by side, its conclusion."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dancu.exchange.api import OpenedPerson, Refused
from dancu.identity.api import demand, guarded, organisation_names
from dancu.kernel import clock
from dancu.kernel.errors import Conflict, Invalid, NotFound, TooMany
from dancu.kernel.sealing import SealingKey
from dancu.reconcile import store
from dancu.reconcile.domain import CONCLUSION_WORDS
from dancu.reconcile.pages.session import REVIEW, in_words, officer_of, sentences
from dancu.reconcile.usecases.review import Seen, conclude, open_case, see_case
from dancu.ui.parts import Column, Row, Table
from dancu.ui.words import in_language, is_english


@guarded("reconcile.review.see")
@require_GET
def queue_page(request: HttpRequest) -> HttpResponse:
    """Cases that wait, the oldest first; nothing of a person stands here."""
    cases = store.open_cases()
    names = organisation_names({case.organisation for case in cases})
    rows = [Row((names[case.organisation], case.list_name, case.reasons, case.asked_at), f"{REVIEW}/{case.id}") for case in cases]
    columns = (Column(_("Đơn vị")), Column(_("Danh sách")), Column(_("Vì sao gần khớp")), Column(_("Gửi lúc"), "moment"))
    table = Table(_("Trường hợp chờ kết luận"), columns, rows, _("Không có trường hợp nào chờ kết luận."))
    context = {"section": "review", "table": table, "count": store.cases_count(), "done": request.GET.get("xong", "")}
    return render(request, "reconcile/queue.html", context)


@guarded("reconcile.review.see")
@require_http_methods(["GET", "POST"])
def case_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case. Opening the registered person is a POST: it stands in the ledger; so is the conclusion."""
    if request.method == "POST":
        demand(request, "reconcile.review.decide")
    key, now = SealingKey.from_folder(settings.CONFIG.key_dir), clock.now()
    errors, status = {}, 200
    try:
        if request.POST.get("viec") == "conclude":
            conclude(officer_of(request), case_id, request.POST.get("conclusion", ""), request.POST.get("reason", ""), now=now)
            return HttpResponseRedirect(_after(case_id))
        seen = open_case(officer_of(request), case_id, key, now=now) if request.method == "POST" else see_case(case_id, key)
    except Conflict as failure:
        return render(request, "reconcile/queue.html", {"section": "review", "sorry": in_words(failure)}, status=failure.status)
    except (Invalid, TooMany, NotFound) as failure:
        errors, status = sentences(failure), failure.status
        seen = see_case(case_id, key)
    return render(request, "reconcile/case.html", _context(request, seen, errors), status=status)


def _after(case_id: UUID) -> str:
    """The next case that waits, or the queue."""
    following = next((case for case in store.open_cases() if case.id != case_id), None)
    return f"{REVIEW}/{following.id}" if following else f"{REVIEW}?xong=1"


def _context(request: HttpRequest, seen: Seen, errors: dict[str, str]) -> dict[str, Any]:
    refused = seen.person if isinstance(seen.person, Refused) else None
    return {
        "section": "review",
        "case": seen.case,
        "organisation": organisation_names([seen.case.organisation])[seen.case.organisation],
        "here": f"{REVIEW}/{seen.case.id}",
        "lines": _lines(seen),
        "is_open": isinstance(seen.person, OpenedPerson),
        "reference": seen.person.reference if isinstance(seen.person, OpenedPerson) else "",
        "refused": (refused.message_en if is_english() else refused.message) if refused else "",
        "errors": errors,
        "typed": {"conclusion": request.POST.get("conclusion", ""), "reason": request.POST.get("reason", "")},
        "conclusions": [(each.value, in_language(words)) for each, words in CONCLUSION_WORDS.items()],
    }


def _lines(seen: Seen) -> list[tuple[str, SafeString, SafeString | None]]:
    """Label, what the list says, what the registry says; letters that differ are marked in both."""
    record, person = seen.record, seen.person
    mine = (record.number, record.name, record.birth_date)
    labels = (_("Số"), _("Họ và tên"), _("Ngày sinh"))
    if not isinstance(person, OpenedPerson):
        return [(label, format_html("{}", text), None) for label, text in zip(labels, mine, strict=True)]
    facts = person.facts
    theirs = (
        facts.personal_id.digits if facts.personal_id else "",
        facts.full_name or "",
        str(facts.birth_date) if facts.birth_date else "",
    )
    return [(label, *_marked(own, other)) for label, own, other in zip(labels, mine, theirs, strict=True)]


def _marked(own: str, other: str) -> tuple[SafeString, SafeString]:
    """Both texts, with what differs in a mark: the mark says it, the colour only helps."""
    left, right = [], []
    for what, a, b, c, d in SequenceMatcher(None, own, other, autojunk=False).get_opcodes():
        is_same = what == "equal"
        left.append(("" if is_same else "differs", own[a:b]))
        right.append(("" if is_same else "differs", other[c:d]))
    return _spans(left), _spans(right)


def _spans(pieces: list[tuple[str, str]]) -> SafeString:
    return format_html_join("", "{}", ((format_html("<mark>{}</mark>", text) if look else text,) for look, text in pieces if text))
