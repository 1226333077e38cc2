"""Rounds of a list for a program of its owner: send a file in pieces, start, watch, fetch the results. By a key of the list.

The same use cases as the pages; problems are told as `application/problem+json` (RFC 9457), in both languages.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dancu.kernel import clock
from dancu.kernel.errors import DancuError, Invalid
from dancu.kernel.reach import SYSTEM, acting, acting_for
from dancu.reconcile import pieces, store, work
from dancu.reconcile.domain import CONCLUSION_WORDS, Conclusion, Round, Scope
from dancu.reconcile.keys.usecases import ACTION, KeyHolder, holder_of
from dancu.reconcile.profiles.table import get_profile
from dancu.reconcile.usecases import rounds
from dancu.reconcile.usecases.rounds import Arrived, Columns

BODY_MAX = 64 * 1024
CONCLUSIONS = "conclusions"
_ACTS: dict[str, Callable[..., Round]] = {
    "pause": lambda by, round_id, now: rounds.pause(by, round_id, now=now),
    "resume": lambda by, round_id, now: rounds.resume(by, round_id, now=now),
    "cancel": lambda by, round_id, now: rounds.cancel(by, round_id, home(), now=now),
}
Answer = Callable[..., HttpResponse]


class KeyRequest(HttpRequest):
    """A request whose key holds."""

    holder: KeyHolder


def by_key(answer: Answer) -> Answer:
    """Mark an address that is opened by a key of a list; what it does is done for the key's organisation, and problems are told."""

    @csrf_exempt  # no cookie opens it
    @wraps(answer)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
            with acting(SYSTEM):
                holder = holder_of(secret.strip() if scheme.lower() == "bearer" else "", now=clock.now())
            request.holder = holder  # type: ignore[attr-defined]
            with acting(acting_for(holder.of.organisation)):
                return answer(request, *args, **kwargs)
        except DancuError as failure:
            return _problem(failure)

    inner.access = f"key:{ACTION}"  # type: ignore[attr-defined]
    return inner


def _problem(failure: DancuError) -> JsonResponse:
    told = {"code": failure.code, "title": failure.message, "title_en": failure.message_en, "status": failure.status}
    if failure.field:
        told["field"] = failure.field
    return JsonResponse(told, status=failure.status, content_type="application/problem+json")


@by_key
@require_GET
def list_answer(request: HttpRequest) -> HttpResponse:
    """The list a key opens: what its file needs, how large it may be, its rounds."""
    of = _holder(request).of
    limits = store.limits_of(of.organisation, clock.now())
    told = {
        "id": str(of.id),
        "name": of.name,
        "profile": of.profile,
        "needed": [role.value for role in get_profile(of.profile).needed],
    }
    found = [_shown(each) for each in store.rounds_of(of.id)]
    return JsonResponse({**told, "file_bytes": limits.file_bytes, "records_a_day": limits.records_a_day, "rounds": found})


@by_key
@require_http_methods(["GET", "PUT", "DELETE"])
def file_answer(request: HttpRequest, digest: str) -> HttpResponse:
    """A file that arrives in pieces: how much is here, one piece more, or begin again."""
    of = _holder(request).of
    if request.method == "DELETE":
        pieces.forget(home(), of.id, digest)
    elif request.method == "PUT":
        length, offset = (_whole_number(text) for text in (request.META.get("CONTENT_LENGTH"), request.GET.get("offset")))
        if length > pieces.PIECE_BYTES_MAX:
            raise _wrong(
                "file", f"Mỗi phần tối đa {pieces.PIECE_BYTES_MAX} byte.", f"A piece has {pieces.PIECE_BYTES_MAX} bytes at most."
            )
        most = store.limits_of(of.organisation, clock.now()).file_bytes
        held = pieces.put_piece(home(), of.id, digest, offset, pieces.blocks_of(request, length), most)  # type: ignore[arg-type]
        return JsonResponse({"offset": held})
    return JsonResponse({"offset": pieces.held_bytes(home(), of.id, digest)})


@by_key
@require_POST
def rounds_answer(request: HttpRequest) -> HttpResponse:
    """A round from a file that is here: its columns are said, and it starts; asked again, the round it began."""
    holder, asked, now = _holder(request), _body(request), clock.now()
    scope = asked.get("scope", Scope.WHOLE.value)
    mapping = asked.get("mapping")
    if scope not in set(Scope):
        raise _wrong("scope", f"scope là một trong: {', '.join(Scope)}.", f"scope is one of {', '.join(Scope)}.")
    if not isinstance(mapping, dict) or not all(type(at) is int for at in mapping.values()):
        raise _wrong("mapping", "mapping là bảng vai trò → số thứ tự cột từ 0.", "mapping gives a column from 0 for each role.")
    digest, name, grouped_by = (str(asked.get(each, "")) for each in ("sha256", "file_name", "grouped_by"))
    columns = Columns(mapping, grouped_by)
    begun = store.live_round_with(holder.of.id, digest)
    if begun is None:
        path = pieces.whole_file(home(), holder.of.id, digest)
        arrived = Arrived(path, digest, path.stat().st_size, name or "danh-sach")
        begun = rounds.receive_said(holder.officer, holder.of.id, arrived, columns, Scope(scope), home(), now=now)
    if begun.is_before_start:  # new, or a limit stood in its way before
        rounds.choose_columns(holder.officer, begun.id, columns, home(), now=now)
        begun = rounds.start(holder.officer, begun.id, now=now)
    return JsonResponse(_shown(begun), status=201)


@by_key
@require_GET
def round_answer(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """How far a round is; its figures once it is done."""
    found = _own_round(request, round_id)
    return JsonResponse(_shown(found) | ({"report": found.report} if found.is_done else {}))


@by_key
@require_POST
def act_answer(request: HttpRequest, round_id: UUID, act: str) -> HttpResponse:
    """Pause, resume or cancel a round."""
    _own_round(request, round_id)
    if act not in _ACTS:
        raise _wrong("act", f"Việc là một trong: {', '.join(_ACTS)}.", f"It is one of {', '.join(_ACTS)}.")
    return JsonResponse(_shown(_ACTS[act](_holder(request).officer, round_id, clock.now())))


@by_key
@require_GET
def result_answer(request: HttpRequest, round_id: UUID, what: str) -> HttpResponse:
    """A file of results. Recorded."""
    found, known = _own_round(request, round_id), ", ".join((*work.RESULT_FILES, CONCLUSIONS))
    if what not in (*work.RESULT_FILES, CONCLUSIONS):
        raise _wrong("what", f"Tệp là một trong: {known}.", f"It is one of {known}.")
    folder = rounds.download(_holder(request).officer, round_id, what, home(), now=clock.now())
    if what == CONCLUSIONS:
        return _conclusions(found)
    name, kind = work.RESULT_FILES[what]
    return cast(HttpResponse, FileResponse((folder / name).open("rb"), as_attachment=True, filename=name, content_type=kind))


def _conclusions(found: Round) -> HttpResponse:
    """What reviewers concluded so far, by row: no file of results has it, as these stay as they were written."""
    said = store.cases_of(found.id).items()
    lines = work.write_conclusions({row: f"{CONCLUSION_WORDS[Conclusion(what)]}: {why}" for row, (what, why) in said if what})
    return HttpResponse("".join(lines).encode(), content_type="text/csv; charset=utf-8")


def home() -> Path:
    return settings.CONFIG.home


def _holder(request: HttpRequest) -> KeyHolder:
    return cast(KeyRequest, request).holder


def _own_round(request: HttpRequest, round_id: UUID) -> Round:
    """A round of the key's own list; of another one it is not there."""
    found = store.get_round(round_id)
    if found.list_id != _holder(request).of.id:
        raise store.no_round()
    return found


def _shown(found: Round) -> dict[str, Any]:
    told = {name: getattr(found, name) for name in ("number", "stage", "done", "total", "rate", "counts", "failure")}
    file = {"sha256": found.file_digest, "file_name": found.file_name, "snapshot": found.snapshot_version}
    return {"id": str(found.id), "state": found.state.value, "scope": found.scope.value, **told, **file}


def _body(request: HttpRequest) -> dict[str, Any]:
    if _whole_number(request.META.get("CONTENT_LENGTH")) <= BODY_MAX:
        try:
            told = json.loads(request.body)
        except ValueError:
            told = None
        if isinstance(told, dict):
            return told
    raise _wrong("", "Nội dung phải là một đối tượng JSON nhỏ.", "The body is a small JSON object.")


def _whole_number(text: str | None) -> int:
    if text is None or not text.isascii() or not text.isdigit():
        raise _wrong("offset", "Thiếu Content-Length hoặc offset.", "Content-Length or offset is missing.")
    return int(text)


def _wrong(field: str, words: str, words_en: str) -> Invalid:
    return Invalid("reconcile.request", words, words_en, field=field)
