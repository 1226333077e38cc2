"""Pages: what waits and what failed, for operators; what one was told, for everybody signed in. The project guards them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol, cast
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dancu.kernel import clock
from dancu.kernel.errors import Conflict, DancuError, Invalid
from dancu.notices import shown
from dancu.notices.domain.steps import ALLOWED, STATE_WORDS, StepAction, StepState
from dancu.notices.store import seen
from dancu.notices.usecases import tell
from dancu.notices.usecases.operate import Deed, operate
from dancu.notices.wording import in_words
from dancu.ui.parts import Choice
from dancu.ui.words import in_language, is_english

OUTBOX, MINE = "/van-hanh/gui-di", "/thong-bao"


class SignedIn(Protocol):
    """What these pages need of whoever is signed in."""

    account: str
    organisation_code: str
    roles: Collection[str]


@require_http_methods(["GET", "POST"])
def outbox_page(request: HttpRequest) -> HttpResponse:
    """How every destination stands, the steps by filter, and sending several again."""
    if request.method == "POST":
        count = operate(_deed(request, StepAction.RESEND), now=clock.now())
        return HttpResponseRedirect(f"{OUTBOX}?{urlencode({**_filter(request), 'xong': count})}")
    now, chosen = clock.now(), _filter(request)
    state = StepState(chosen["loc"]) if chosen["loc"] else None
    found = seen.steps(state, chosen["noi"], chosen["loai"], _number(request.GET.get("truoc", "")))
    lines, more = found[: seen.STEPS_A_PAGE], found[seen.STEPS_A_PAGE :]
    standings = seen.standings(now - shown.ENDED_WITHIN)
    context = {
        "section": "outbox",
        "picture": shown.picture_of(standings, now),
        "standings": shown.standings_table(standings, now, OUTBOX),
        "filters": _state_choices(chosen),
        "chosen": chosen,
        "destinations": [(each.destination, shown.destination_text(each.destination)) for each in standings],
        "kinds": shown.kind_choices(),
        "lines": [shown.line_shown(line, OUTBOX) for line in lines],
        "next_href": f"{OUTBOX}?{urlencode({**chosen, 'truoc': lines[-1].position})}" if more else "",
        "key": str(uuid4()),
        "resent": _number(request.GET.get("xong", "")),
        "can_resend": any(StepAction.RESEND in ALLOWED[line.state] for line in lines),
    }
    return render(request, "notices/outbox.html", context)


@require_http_methods(["GET", "POST"])
def step_page(request: HttpRequest, step_id: UUID) -> HttpResponse:
    """One step: what, to whom, why it failed, what to do; its attempts; sending again and cancelling."""
    errors, status = dict[str, str](), 200
    if request.method == "POST":
        try:
            operate(_deed(request, _action(request), step_id), now=clock.now())
            return HttpResponseRedirect(f"{OUTBOX}/{step_id}?xong=1")
        except (Invalid, Conflict) as failure:
            errors, status = {failure.field or "": _words(failure)}, failure.status
    line = seen.get_step(step_id)
    context = {
        "section": "outbox",
        "step": shown.step_shown(line, clock.now()),
        "held_by": seen.held_by(line),
        "attempts": shown.attempts_table(seen.attempts(step_id)),
        "operated": shown.operated_shown(seen.operated(step_id)),
        "allowed": [action.value for action in StepAction if action in ALLOWED[line.state]],
        "errors": errors,
        "typed": request.POST.get("ly_do", ""),
        "key": str(uuid4()),
        "fresh": request.GET.get("xong") and not errors,
    }
    return render(request, "notices/step.html", context, status=status)


@require_http_methods(["GET", "POST"])
def mine_page(request: HttpRequest) -> HttpResponse:
    """What the officer was told, newest first; marking as read."""
    officer = _signed_in(request)
    who = (officer.account, officer.organisation_code, officer.roles)
    if request.method == "POST":
        ids = None if "tat_ca" in request.POST else [each for text in request.POST.getlist("id") if (each := _number(text))]
        tell.mark_read(*who, ids, now=clock.now())
        return HttpResponseRedirect(MINE)
    found = tell.notices_of_officer(*who, _number(request.GET.get("truoc", "")))
    notices = found[: tell.NOTICES_A_PAGE]
    context = {
        "section": "notices",
        "notices": [(each, *in_words(each.message, "en" if is_english() else "vi")) for each in notices],
        "has_unread": any(not each.is_read for each in notices),
        "next_href": f"{MINE}?truoc={notices[-1].id}" if len(found) > len(notices) else "",
    }
    return render(request, "notices/mine.html", context)


def _signed_in(request: HttpRequest) -> SignedIn:
    return cast(SignedIn, request.officer)  # type: ignore[attr-defined]  # the guard of the project put it there


def _filter(request: HttpRequest) -> dict[str, str]:
    given = request.POST if request.method == "POST" else request.GET
    chosen = {name: given.get(name, "")[:200] for name in ("loc", "noi", "loai")}
    if chosen["loc"] not in set(StepState):
        chosen["loc"] = ""
    return chosen


def _state_choices(chosen: dict[str, str]) -> list[Choice]:
    words = {"": _("Chưa xong"), **{state.value: in_language(word) for state, word in STATE_WORDS.items()}}
    return [
        Choice(word, f"{OUTBOX}?{urlencode({**chosen, 'loc': value})}", value == chosen["loc"]) for value, word in words.items()
    ]


def _deed(request: HttpRequest, action: StepAction, step_id: UUID | None = None) -> Deed:
    try:
        steps = (step_id,) if step_id else tuple(dict.fromkeys(UUID(text) for text in request.POST.getlist("buoc")))
    except ValueError:
        raise Invalid("step.unknown", "Không có bước gửi này. Về danh sách để chọn lại.", "There is no such step.") from None
    if not steps:
        raise Invalid("step.none", "Chọn ít nhất một bước rồi bấm Gửi lại.", "Choose at least one step.", field="buoc")
    key = request.POST.get("key", "")[:64] or str(uuid4())
    return Deed(action, steps, _signed_in(request).account, key, request.POST.get("ly_do", ""))


def _action(request: HttpRequest) -> StepAction:
    try:
        return StepAction(request.POST.get("action", ""))
    except ValueError:
        raise Invalid("step.action", "Không có thao tác này.", "There is no such action.") from None


def _words(failure: DancuError) -> str:
    return failure.message_en if is_english() else failure.message


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
