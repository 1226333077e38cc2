"""What every page of the gate shares: who is at it, what went wrong in which field, how a state looks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from dancu.identity.api import Officer, OfficerRequest
from dancu.kernel.errors import DancuError, Invalid
from dancu.kernel.files import BYTES_MAX, check_size
from dancu.onboarding.axes.domain import state_word
from dancu.onboarding.dossiers.domain import STATE_WORDS, DossierState
from dancu.ui.kept import LOST_FILE
from dancu.ui.parts import Kind, State
from dancu.ui.words import in_language, is_english

DOSSIERS = "/ket-noi/ho-so"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_DOSSIER_KINDS: dict[DossierState, Kind] = {
    DossierState.DRAFT: "plain",
    DossierState.AT_POLICE: "info",
    DossierState.AT_DEPARTMENT: "info",
    DossierState.RETURNED: "warn",
    DossierState.COMPLETE: "info",
    DossierState.PROPOSED: "info",
    DossierState.APPROVED: "ok",
    DossierState.REFUSED: "bad",
    DossierState.WITHDRAWN: "plain",
}
_AXIS_KINDS: dict[str, Kind] = {
    "official": "ok",
    "trial": "info",
    "suspended": "bad",
    "passed": "ok",
    "scheduled": "info",
    "needs_supplement": "warn",
    "short": "bad",
    "lapsed": "warn",
}


def officer_of(request: HttpRequest) -> Officer:
    return cast(OfficerRequest, request).officer


def sentences(failure: DancuError) -> dict[str, str]:
    """Every wrong field with its sentence; one for failures that know only one."""
    fields = failure.details.get("fields")
    if isinstance(fields, Mapping):
        return {str(name): str(said[is_english()] if isinstance(said, tuple) else said) for name, said in fields.items()}
    return {failure.field or "": failure.message_en if is_english() else failure.message}


def dossier_state(state: DossierState) -> State:
    return State(in_language(STATE_WORDS[state]), _DOSSIER_KINDS[state])


def axis_state(state: str) -> State:
    """The state of either axis, in words."""
    return State(in_language(state_word(state)), _AXIS_KINDS.get(state, "plain"))


def posted_file(request: HttpRequest, name: str = "file") -> tuple[str, bytes]:
    """The name and content of an uploaded file. Raises `Invalid` where there is none or it is too large."""
    given = request.FILES.get(name)
    if given is None or isinstance(given, list):
        lost = request.POST.get(LOST_FILE)
        raise Invalid(
            "file.none",
            "Tệp đã chọn không gửi lại được. Chọn lại tệp." if lost else "Chọn tệp để gửi.",
            "Choose a file.",
            field=name,
        )
    check_size(given.size or 0)
    return (given.name or "tep")[:200], given.read(BYTES_MAX + 1)


def as_download(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file to be saved, never shown inside our pages. `name` is ASCII."""
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def files_folder() -> Any:
    return settings.CONFIG.home / "files"
