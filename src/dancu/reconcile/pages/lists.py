"""Pages of lists: all of them, a new one, one with its rounds, the upload."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from dancu.identity.api import guarded
from dancu.kernel import clock
from dancu.kernel.errors import Conflict, Invalid
from dancu.reconcile import store
from dancu.reconcile.domain import Scope, SourceList, file_too_large, size_text
from dancu.reconcile.pages import shown
from dancu.reconcile.pages.session import home, list_href, officer_of, round_href, sentences
from dancu.reconcile.profiles.table import PROFILES
from dancu.reconcile.uploading import ArrivingFile, takes_large_file, within_form
from dancu.reconcile.usecases.lists import ListWanted, add_list, lists_of
from dancu.reconcile.usecases.rounds import Arrived, receive_file
from dancu.ui.words import in_language

FORM_BYTES = 64 * 1024  # of an upload besides the file
_TYPED = ("name", "profile", "source", "purpose", "legal_basis")


@guarded("reconcile.list.see")
@require_GET
def lists_page(request: HttpRequest) -> HttpResponse:
    """Every list of the organisation with its newest round."""
    return render(request, "reconcile/lists.html", {"section": "lists", "table": shown.list_table(lists_of(officer_of(request)))})


@guarded("reconcile.list.handle")
@require_http_methods(["GET", "POST"])
def new_list_page(request: HttpRequest) -> HttpResponse:
    """Keep a new list; nothing typed is lost."""
    typed = {name: request.POST.get(name, "").strip() for name in _TYPED}
    errors, status = {}, 200
    if request.method == "POST":
        try:
            added = add_list(officer_of(request), ListWanted(**typed), now=clock.now())
            return HttpResponseRedirect(f"{list_href(added.id)}/gui")
        except Invalid as failure:
            errors, status = sentences(failure), failure.status
    kinds = [(kind.code, in_language(kind.name)) for kind in PROFILES.values()]
    context = {"section": "lists", "typed": typed, "errors": errors, "kinds": kinds}
    return render(request, "reconcile/new_list.html", context, status=status)


@guarded("reconcile.list.see")
@require_GET
def list_page(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """One list: its rounds, how it became clean."""
    of = store.get_list(list_id)
    rounds = store.rounds_of(list_id)
    context = {
        "section": "lists",
        "list": of,
        "kind": in_language(PROFILES[of.profile].name),
        "table": shown.round_table(rounds),
        "pictures": shown.over_rounds(rounds),
        "upload_href": f"{list_href(list_id)}/gui",
        "keys_href": f"{list_href(list_id)}/khoa",
        "is_first": not rounds,
    }
    return render(request, "reconcile/list.html", context)


@takes_large_file
@guarded("reconcile.list.handle")
@require_http_methods(["GET", "POST"])
def upload_page(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Send a file: a new round of the list. It goes straight to the disk."""
    of = store.get_list(list_id)
    limits = store.limits_of(of.organisation, clock.now())
    if request.method == "GET":
        return _upload_form(request, of, {}, 200)
    if int(request.META.get("CONTENT_LENGTH") or 0) > limits.file_bytes + FORM_BYTES:
        return _upload_form(request, of, sentences(file_too_large(limits)), 422)  # not even read
    return within_form(request, limits.file_bytes, lambda inner: _receive(inner, of))


def _receive(request: HttpRequest, of: SourceList) -> HttpResponse:
    now = clock.now()
    sent = cast(ArrivingFile | None, request.FILES.get("file"))
    try:
        if sent is None:
            raise Invalid("reconcile.no_file", "Bạn chọn tệp danh sách.", "Choose the file of the list.", field="file")
        if sent.is_too_large:
            raise file_too_large(store.limits_of(of.organisation, now))
        scope = Scope(request.POST.get("scope") or Scope.WHOLE) if request.POST.get("scope") in set(Scope) else Scope.WHOLE
        arrived = Arrived(sent.path, sent.digest, sent.size or 0, sent.name or "")
        made = receive_file(officer_of(request), of.id, arrived, scope, home(), now=now)
    except (Invalid, Conflict) as failure:
        return _upload_form(request, of, sentences(failure), failure.status)
    return HttpResponseRedirect(f"{round_href(made.id)}/cot")


def _upload_form(request: HttpRequest, of: SourceList, errors: dict[str, str], status: int) -> HttpResponse:
    limits = store.limits_of(of.organisation, clock.now())
    before = next(iter(store.rounds_of(of.id)), None)
    context: dict[str, Any] = {
        "section": "lists",
        "list": of,
        "list_href": list_href(of.id),
        "errors": errors,
        "most": size_text(limits.file_bytes),
        "records_a_day": limits.records_a_day,
        "before": before,
        "scope": Scope.WHOLE,
        "scopes": [
            (Scope.WHOLE.value, in_language("Cả danh sách")),
            (Scope.MENDED.value, in_language("Chỉ các dòng đã sửa")),
        ],
    }
    return render(request, "reconcile/upload.html", context, status=status)
