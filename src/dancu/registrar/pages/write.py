"""Writing a request: one page for each kind, what was typed stays, the draft leads to the page that hands it in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from dancu.exchange.api import OpenedPerson, Refused
from dancu.identity.api import guarded
from dancu.kernel import clock
from dancu.kernel.errors import Conflict, DancuError, Invalid, NotFound
from dancu.kernel.files import check_size, keep_file
from dancu.population.api import Evidence
from dancu.registrar import person_shown, values
from dancu.registrar.domain.payloads import KIND_WORDS, AnyPayload, Merge
from dancu.registrar.domain.requests import Content, Request, State
from dancu.registrar.form_fields import Asked, fields_of
from dancu.registrar.forms import form_failure, payload_of, typed_from
from dancu.registrar.handles import Look
from dancu.registrar.pages.session import actor_of, look_in, officer_of, person_path, refused_page, sentences
from dancu.registrar.pages.slugs import SLUG_OF, SLUGS
from dancu.registrar.typed import EDITABLE, Typed
from dancu.registrar.usecases.people import open_for
from dancu.registrar.usecases.requests import request_of, write_request
from dancu.ui.kept import LOST_FILE, name_fields
from dancu.ui.words import in_language

GROUND = [
    Asked("ev_kind", "Giấy tờ làm căn cứ", hint="Ví dụ: Trích lục khai sinh", required=True),
    Asked("ev_number", "Số giấy tờ"),
    Asked("ev_issuer", "Cơ quan cấp"),
    Asked("ev_issued_on", "Ngày cấp", "day"),
    Asked("reason", "Lý do đề nghị", "area", "Người duyệt sẽ đọc.", required=True),
]
# Where items are changed that a correction, an event or a merge does not offer: rows follow, or end, with them.
OWN_ACTS = ("register_death", "register_residence", "form_household", "join_household", "leave_household", "relate")
name_fields({asked.name: asked.label for asked in GROUND} | {name: values.GROUPS[name].label for name in EDITABLE})


@guarded("registry.request.draft")
@require_http_methods(["GET", "POST"])
def new_request_page(request: HttpRequest, handle: str, slug: str) -> HttpResponse:
    """A new request about the person of this page."""
    if slug not in SLUGS:
        raise NotFound("request.kind", "Không có loại đề nghị này.", "There is no such kind of request.")
    look = look_in(request, handle)
    return _page(request, SLUGS[slug], look, None, f"/dan-cu/nguoi/{handle}")


@guarded("registry.request.draft")
@require_http_methods(["GET", "POST"])
def edit_request_page(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """A draft, or what was returned, written anew on the person as she is now."""
    found = request_of(actor_of(request), request_id)
    if found.state not in (State.DRAFT, State.RETURNED):
        raise Conflict(
            "request.closed",
            "Đề nghị này không sửa được nữa. Rút lại, hoặc chờ người duyệt trả lại.",
            "This request can no longer be edited.",
        )
    content = found.content
    return _page(request, content.payload.kind, Look(content.subject, found.code), found, f"/dan-cu/de-nghi/{request_id}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form before an officer: which kind, about whom, from which draft, and where it leads back."""

    kind: str
    look: Look
    opened: OpenedPerson
    draft: Request | None
    back: str
    asked: Sequence[Asked] = ()


def _page(request: HttpRequest, kind: str, look: Look, draft: Request | None, back: str) -> HttpResponse:
    opened = open_for(officer_of(request), look, now=clock.now())
    if isinstance(opened, Refused):
        return refused_page(request, opened)
    if kind == "merge":
        return _merge_page(request, Sheet(kind, look, opened, draft, back))
    sheet = Sheet(kind, look, opened, draft, back, fields_of(kind, opened.file))
    if request.method == "GET":
        return _draw(request, sheet, _first_typed(draft, opened))
    typed = _posted(request)
    try:
        read = Typed(typed, request.POST.getlist)
        ground = _read_ground(read)
        payload = payload_of(kind, read, opened.file)
        written = _write(request, sheet, payload, ground)
    except DancuError as failure:
        return _draw(request, sheet, typed, sentences(failure), {"status": failure.status})
    return HttpResponseRedirect(f"/dan-cu/de-nghi/{written.id}")


def _merge_page(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """First the other number; then both records side by side and a choice for each item that differs."""
    typed = _posted(request) if request.method == "POST" else _first_typed(sheet.draft, sheet.opened)
    asked = Asked("double_no", "Số định danh trùng", hint="12 chữ số", required=True)
    more: dict[str, Any] = {"template": "registrar/merge.html", "double_asked": asked}
    if request.method == "GET" and not typed.get("double_no"):
        return _draw(request, sheet, typed, {}, more)
    try:
        read = Typed(typed)
        other = _double(request, sheet, read)
        if isinstance(other, Refused):
            return refused_page(request, other)
        kept, double = person_shown.current_state(sheet.opened.file), person_shown.current_state(other.file)
        more |= {
            "sides": _sides(kept, double, request, sheet.draft.content.payload if sheet.draft else None),
            "other": person_shown.person_of(other),
            "other_verdict": person_shown.verdict_of(other),
        }
        if request.POST.get("step") != "write":
            return _draw(request, sheet, typed, {}, more)
        ground = _read_ground(read)
        items = read.taken_over([name for name in EDITABLE if typed.get(f"take_{name}") == "double"], double, kept)
        if read.wrong:
            raise form_failure(read.wrong)
        written = _write(request, sheet, Merge(double_no=other.file.personal_no, items=items), ground)
    except (Invalid, Conflict, NotFound) as failure:
        errors = {name or "double_no": text for name, text in sentences(failure).items()}
        return _draw(request, sheet, typed, errors, more | {"status": 422})
    return HttpResponseRedirect(f"/dan-cu/de-nghi/{written.id}")


def _double(request: HttpRequest, sheet: Sheet, read: Typed) -> OpenedPerson | Refused:
    """The other record, opened for the same case."""
    number = read.number("double_no")
    if read.wrong or number is None:
        raise form_failure(read.wrong)
    if number == sheet.look.personal_no:
        raise Invalid("merge.same", "Phải là hai số định danh khác nhau.", "These must be two numbers.", field="double_no")
    return open_for(officer_of(request), Look(number, sheet.look.case_no), now=clock.now())


def _sides(kept: dict[str, Any], double: dict[str, Any], request: HttpRequest, payload: AnyPayload | None) -> list[dict[str, Any]]:
    """Every editable item of both records; what differs can be chosen."""
    ours, theirs = values.texts(kept), values.texts(double)
    chosen = set(getattr(payload, "items", {}) or {})
    lines = []
    for name in [*EDITABLE, "permanent", "life_status"]:
        if name in ours and name in theirs:
            group = values.GROUPS[name]
            takes = request.POST.get(f"take_{name}", "double" if chosen & set(group.columns) else "kept")
            lines.append(
                {
                    "name": name,
                    "label": in_language(group.label),
                    "kept": ours[name],
                    "double": theirs[name],
                    "differs": ours[name] != theirs[name],
                    "may_choose": ours[name] != theirs[name] and name in EDITABLE,
                    "takes": takes,
                }
            )
    return lines


@dataclass(frozen=True, slots=True)
class Ground:
    """Why something is asked for: the document and the reason, as typed."""

    kind: str
    number: str
    issuer: str
    issued_on: str
    reason: str


def _read_ground(read: Typed) -> Ground:
    """Read before the payload, so that everything wrong is told at once."""
    day = read.day("ev_issued_on", required=False)
    reason = str(read.values.get("reason", "")).strip()
    if not reason:
        read.wrong["reason"] = ("Ghi lý do đề nghị: người duyệt sẽ đọc.", "State the reason: the approver reads it.")
    kind, number, issuer = read.text("ev_kind", required=True), read.text("ev_number"), read.text("ev_issuer")
    return Ground(kind, number, issuer, day.isoformat() if day else "", reason)


def _write(request: HttpRequest, sheet: Sheet, payload: AnyPayload, ground: Ground) -> Request:
    """Keep the file, write the draft."""
    draft, subject = sheet.draft, sheet.look.personal_no
    _check_version(request, sheet.opened)
    file = _kept_file(request) or (draft.content.evidence.file if draft else "")
    evidence = Evidence(ground.kind, ground.number, ground.issuer, ground.issued_on, file)
    content = Content(subject, payload, evidence, ground.reason, {str(subject): sheet.opened.last_seq})
    key = draft.id if draft else _key(request.POST.get("key", ""))
    return write_request(actor_of(request), key, content, seen=request.POST.get("seen", ""), now=clock.now())


def _check_version(request: HttpRequest, opened: OpenedPerson) -> None:
    """The person as the author had her before her eyes; once refused, the page shows her as she is now."""
    if request.POST.get("version") != str(opened.last_seq):
        raise Conflict(
            "request.person_changed_while_writing",
            "Hồ sơ dân cư vừa thay đổi trong lúc bạn soạn. Xem lại thông tin hiện nay rồi lưu lần nữa.",
            "The person's record changed while you wrote. Look at it as it is now, then save again.",
        )


def _kept_file(request: HttpRequest) -> str:
    given = request.FILES.get("file")
    if given is None or isinstance(given, list):
        if request.POST.get(LOST_FILE):
            raise Invalid(
                "file.lost",
                "Tệp đã chọn không gửi lại được cùng biểu mẫu. Chọn lại tệp; không cần tệp nữa thì bấm lưu lần nữa.",
                "The file could not be sent again with the form. Choose it again; or save once more to go on without it.",
                field="file",
            )
        return ""
    check_size(given.size or 0)
    return keep_file(settings.CONFIG.home / "files", given.read())


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("request.key", "Biểu mẫu thiếu mã. Mở lại trang này.", "The form has no key.") from None


def _posted(request: HttpRequest) -> dict[str, Any]:
    return {name: request.POST.get(name, "") for name in request.POST} | {"flags": request.POST.getlist("flags")}


def _first_typed(draft: Request | None, opened: OpenedPerson) -> dict[str, Any]:
    if draft is None:
        return typed_from(None, opened.file)
    content = draft.content
    ground = {
        "ev_kind": content.evidence.kind,
        "ev_number": content.evidence.number,
        "ev_issuer": content.evidence.issuer,
        "ev_issued_on": values.iso_day(content.evidence.issued_on),
        "reason": content.reason,
    }
    return typed_from(content.payload, opened.file) | ground


def _summary(asked: Sequence[Asked], wrong: dict[str, str]) -> dict[str, str]:
    """Each sentence with the name of its field, in the order of the form; what belongs to no field of it first."""
    named = {each.name: f"{in_language(each.label)}: {wrong[each.name]}" for each in asked if each.name in wrong}
    return {name: text for name, text in wrong.items() if name not in named} | named


def _own_acts(request: HttpRequest, sheet: Sheet) -> list[tuple[str, str]]:
    """The requests for what this form does not offer: name and address."""
    if sheet.kind not in ("correct", "event", "merge"):
        return []
    path = person_path(request, sheet.look)
    return [(in_language(KIND_WORDS[kind]), f"{path}/de-nghi/{SLUG_OF[kind]}") for kind in OWN_ACTS]


def _draw(
    request: HttpRequest,
    sheet: Sheet,
    typed: dict[str, Any],
    errors: dict[str, str] | None = None,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    draft, wrong = sheet.draft, errors or {}

    def shown(asked: Sequence[Asked]) -> list[tuple[Asked, str, str, object, str]]:
        return [(a, in_language(a.label), in_language(a.hint), typed.get(a.name, ""), wrong.get(a.name, "")) for a in asked]

    context = {
        "section": "registry",
        "title": in_language(KIND_WORDS[sheet.kind]),
        "kind": sheet.kind,
        "person": person_shown.person_of(sheet.opened),
        "fields": shown(sheet.asked),
        "ground": shown(GROUND),
        "typed": typed,
        "errors": wrong,
        "summary": _summary([*sheet.asked, *GROUND], wrong),
        "back": sheet.back,
        "key": request.POST.get("key") or (str(draft.id) if draft else str(uuid4())),
        "seen": draft.digest if draft else "",
        "version": sheet.opened.last_seq,
        "draft": draft,
        "returned": draft.last.text if draft and draft.state is State.RETURNED else "",
        "own_acts": _own_acts(request, sheet),
        "kept_file": bool(draft and draft.content.evidence.file),
        **(more or {}),
    }
    template, status = context.pop("template", "registrar/write.html"), context.pop("status", 200)
    return render(request, template, context, status=status)
