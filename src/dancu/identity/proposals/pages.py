"""Acts that need two people: what waits for a decision, one of them, the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dancu.identity.guard import OfficerRequest, demand, guarded
from dancu.identity.proposals import usecases
from dancu.identity.proposals.domain import Proposal, ProposalState, ProposalStep, content_words, may_decide, policies
from dancu.identity.proposals.store import PAGE_LENGTH
from dancu.kernel import clock
from dancu.kernel.errors import Conflict, Invalid, NotAllowed
from dancu.ui import parts
from dancu.ui.cursors import cursor_after, cursor_in
from dancu.ui.words import in_language, is_english

QUEUE = "/quyen/de-xuat"
STATE_WORDS: dict[ProposalState, tuple[str, parts.Kind]] = {
    ProposalState.OPEN: ("Chờ quyết định", "info"),
    ProposalState.APPROVED: ("Đã duyệt, đã thực hiện", "ok"),
    ProposalState.REJECTED: ("Bị từ chối", "bad"),
    ProposalState.WITHDRAWN: ("Đã rút", "plain"),
}
STEP_WORDS = {
    ProposalStep.APPROVE: "Duyệt và thực hiện",
    ProposalStep.REJECT: "Từ chối",
    ProposalStep.WITHDRAW: "Rút đề xuất",
}


@guarded("access.proposal.see")
@require_GET
def proposals_page(request: HttpRequest) -> HttpResponse:
    """What waits for a second human, the oldest first, and what is closed."""
    closed = request.GET.get("loc") == "xong"
    found = usecases.proposals(is_open=not closed, after=cursor_in(request.GET.get("sau", "")))
    page, next_href = found[:PAGE_LENGTH], ""
    if len(found) > PAGE_LENGTH:
        last, moment = page[-1]
        next_href = f"{QUEUE}?{urlencode({'loc': 'xong' if closed else '', 'sau': cursor_after(moment, last.id)})}"
    context = {
        "section": "proposals",
        "filters": [parts.Choice(_("Chờ quyết định"), QUEUE, not closed), parts.Choice(_("Đã xong"), f"{QUEUE}?loc=xong", closed)],
        "table": _table([each for each, _moment in page], next_href),
    }
    return render(request, "identity/proposals.html", context)


@guarded("access.proposal.see")
@require_http_methods(["GET", "POST"])
def proposal_page(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """One proposal with all it would do; a decision names the digest of what was seen."""
    officer, now = cast(OfficerRequest, request).officer, clock.now()
    errors: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        is_withdrawal = request.POST.get("step") == ProposalStep.WITHDRAW
        demand(request, "access.proposal.see" if is_withdrawal else "access.proposal.decide")  # its authors alone take it back
        try:
            said = (_step(request), request.POST.get("digest", ""), request.POST.get("text", ""))
            usecases.decide(officer, proposal, *said, _handlers(), ended=_endings(), now=now)
            return HttpResponseRedirect(f"{QUEUE}/{proposal}?xong=1")
        except (Invalid, Conflict, NotAllowed) as failure:
            errors, status = {failure.field or "": failure.message_en if is_english() else failure.message}, failure.status
    found = usecases.proposal_by_id(proposal)
    yours = officer.hand in found.writers
    steps = [ProposalStep.APPROVE, ProposalStep.REJECT] if may_decide(found, [officer.hand]) else []
    if yours and found.state is ProposalState.OPEN:
        steps.append(ProposalStep.WITHDRAW)
    word, kind = STATE_WORDS[found.state]
    context = {
        "section": "proposals",
        "proposal": found,
        "title": _title(found.act),
        "state": parts.State(in_language(word), kind),
        "deed": _deed(found, yours=not may_decide(found, [officer.hand]) and found.state is ProposalState.OPEN),
        "lines": [(_word(name), _said(value, name)) for name, value in _in_order(found.content)],
        "now": _standing(found),
        "steps": [(step.value, in_language(STEP_WORDS[step])) for step in steps],
        "errors": errors,
        "typed": request.POST,
        "fresh": request.GET.get("xong") and not errors,
    }
    return render(request, "identity/proposal.html", context, status=status)


def _handlers() -> dict[str, usecases.Apply]:
    """Act → what does it, put together in the wiring of the project."""
    return {act: import_string(path) for act, path in settings.PROPOSAL_HANDLERS.items()}


def _endings() -> dict[str, usecases.Ended]:
    """Act → what follows where it was rejected or taken back."""
    return {act: import_string(path) for act, path in settings.PROPOSAL_ENDINGS.items()}


def _standing(found: Proposal) -> list[tuple[str, str]]:
    """How what an open proposal would change stands now."""
    path = settings.PROPOSAL_STANDINGS.get(found.act)
    if path is None or found.state is not ProposalState.OPEN:
        return []
    return [(in_language(name), _said(value)) for name, value in import_string(path)(found.content)]


def _step(request: HttpRequest) -> ProposalStep:
    try:
        step = ProposalStep(request.POST.get("step", ""))
    except ValueError:
        step = ProposalStep.PROPOSE
    if step is ProposalStep.PROPOSE:
        raise Invalid("proposal.step", "Không có thao tác này.", "There is no such action.")
    return step


def _title(act: str) -> str:
    return in_language(next((row.says for row in policies() if row.name == act), act))


def _in_order(content: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """As the words stand in the data: whose it is first; the database keeps keys by their length."""
    known = list(content_words())
    return sorted(content.items(), key=lambda item: (known.index(item[0]) if item[0] in known else len(known), item[0]))


def _word(name: str) -> str:
    return in_language(content_words().get(name, name))


def _said(value: Any, name: str = "") -> str:
    """A value as it is read: whatever is inside it too, so that nothing is decided on unseen."""
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, Mapping):
        return ", ".join(f"{_word(key)}: {_said(inner, key)}" for key, inner in _in_order(value))
    if isinstance(value, list):
        between = "; " if any(isinstance(each, Mapping) for each in value) else ", "
        return between.join(_said(each, name) for each in value) or "–"
    if value in (None, ""):
        return "–"
    return in_language(content_words().get(f"{name}.{value}", "")) or str(value)


def _table(found: Sequence[Proposal], next_href: str) -> parts.Table:
    columns = [
        parts.Column(_("Đề xuất lúc"), "moment"),
        parts.Column(_("Việc")),
        parts.Column(_("Người đề xuất")),
        parts.Column(_("Trạng thái"), "state"),
    ]
    rows = []
    for each in found:
        word, kind = STATE_WORDS[each.state]
        author = f"{each.author.account} ({each.author.unit})"
        cells = [each.actions[0].at, _title(each.act), author, parts.State(in_language(word), kind)]
        rows.append(parts.Row(cells, f"{QUEUE}/{each.id}"))
    return parts.Table(_("Các việc cần hai người"), columns, rows, _("Không có đề xuất nào."), next_href=next_href)


def _deed(found: Proposal, *, yours: bool) -> parts.Deed:
    last = found.actions[-1]
    word, kind = STATE_WORDS[found.state]
    decided = found.state in (ProposalState.APPROVED, ProposalState.REJECTED)
    return parts.Deed(
        _title(found.act),
        ", ".join(dict.fromkeys(f"{hand.account} ({hand.unit})" for hand in found.writers)),
        found.actions[0].at,
        found.actions[0].text,
        _("một người của đơn vị khác được giao việc vận hành"),
        yours=yours,
        decided=parts.State(in_language(word), kind) if decided else None,
        decided_by=f"{last.by.account} ({last.by.unit})" if decided else "",
        decided_at=last.at if decided else None,
        decision_reason=last.text if decided else "",
    )
