"""A paper of a dossier: its form, the printed document, the signed copy that comes back; and the lines of the registration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dancu.identity.api import demand, guarded, organisation_names
from dancu.kernel import clock
from dancu.kernel.clock import local
from dancu.kernel.errors import Conflict, DancuError, Invalid, NotFound
from dancu.kernel.files import keep_file, read_file, type_of
from dancu.kernel.warrants import SENSITIVE_FIELDS, Field
from dancu.onboarding.dossiers import usecases as dossiers
from dancu.onboarding.dossiers.domain import ActionKind, ConnectionDossier, PaperHeld
from dancu.onboarding.pages.addresses import paper_word
from dancu.onboarding.pages.session import (
    DOCX,
    DOSSIERS,
    as_download,
    dossier_state,
    files_folder,
    officer_of,
    posted_file,
    sentences,
)
from dancu.onboarding.papers.checking import check_form
from dancu.onboarding.papers.documents import paper_docx
from dancu.onboarding.papers.domain import (
    FieldKind,
    PaperContext,
    PaperForm,
    PaperKind,
    blocks_of,
    fields_of,
    form_of,
    required_papers,
)
from dancu.onboarding.papers.printed import printed
from dancu.onboarding.papers.returned import FindingKind, read_returned
from dancu.onboarding.registrations.lines import line_as_content
from dancu.ui import parts
from dancu.ui.words import in_language, is_english

# What a returned paper may not be: other words, another dossier's, no paper of ours. What is open or unread an officer looks at.
_BLOCKING = frozenset(
    {
        FindingKind.CHANGED,
        FindingKind.MISSING,
        FindingKind.ADDED,
        FindingKind.COLUMN,
        FindingKind.NOT_OURS,
        FindingKind.OTHER_DOSSIER,
        FindingKind.OTHER_PAPER,
    }
)
FIELD_WORDS = {
    Field.FULL_NAME: "Họ, chữ đệm và tên",
    Field.OTHER_NAME: "Tên gọi khác",
    Field.PERSONAL_ID: "Số định danh cá nhân",
    Field.BIRTH_DATE: "Ngày sinh",
    Field.SEX: "Giới tính",
    Field.BIRTH_PLACE: "Nơi sinh",
    Field.BIRTH_REGISTRATION: "Nơi đăng ký khai sinh",
    Field.HOME_TOWN: "Quê quán",
    Field.ETHNICITY: "Dân tộc",
    Field.RELIGION: "Tôn giáo",
    Field.NATIONALITY: "Quốc tịch",
    Field.BLOOD_TYPE: "Nhóm máu",
    Field.OLD_ID_NO: "Số chứng minh nhân dân",
    Field.ID_CARDS: "Thẻ căn cước",
    Field.RELATIVES: "Cha, mẹ, vợ, chồng, con",
    Field.PERMANENT_RESIDENCE: "Nơi thường trú",
    Field.TEMPORARY_RESIDENCE: "Nơi tạm trú",
    Field.CURRENT_RESIDENCE: "Nơi ở hiện tại",
    Field.TEMPORARY_ABSENCE: "Tình trạng khai báo tạm vắng",
    Field.RESIDENCE_FILE_NO: "Số hồ sơ cư trú",
    Field.MARITAL_STATUS: "Tình trạng hôn nhân",
    Field.HOUSEHOLD_RELATION: "Quan hệ với chủ hộ",
    Field.HOUSEHOLD: "Chủ hộ, thành viên hộ",
    Field.LIFE_STATUS: "Tình trạng sống, chết, mất tích",
    Field.CONTACT: "Số thuê bao, thư điện tử",
    Field.ATTACHED: "Thông tin khác theo quy định",
}

SIMULATED = "Dữ liệu mô phỏng"  # at the foot of every page, so that no paper of a rehearsal passes for a real one
SERVICE_WORDS = {
    "lookup": "Tra cứu thông tin công dân",
    "verify": "Xác thực thông tin công dân (chỉ đúng, sai)",
    "household": "Xác nhận thông tin hộ gia đình",
}
LEVEL_WORDS = {"ministry": "Bộ", "province": "Tỉnh", "district": "Huyện", "commune": "Xã"}


@guarded("onboarding.dossier.see")
@require_http_methods(["GET", "POST"])
def paper_page(request: HttpRequest, dossier: UUID, kind: str) -> HttpResponse:
    """One paper. What was typed is kept as it is, also with mistakes; the page says what is to be mended."""
    now, errors, status = clock.now(), {}, 200
    paper, today = _kind(kind), local(now).date()
    found = dossiers.dossier_of(dossier)
    form = _form(paper, today)
    if request.method == "POST":
        try:
            demand(request, "onboarding.dossier.write")
            if request.POST.get("step") == "attach":
                _attach(request, found, paper)
            elif form is not None:
                content = {"paper": paper.value, "values": _values(request, form)}
                dossiers.write(officer_of(request), dossier, ActionKind.WRITE, content, now=now)
            return HttpResponseRedirect(f"{DOSSIERS}/{dossier}/giay/{paper.value}?xong=1")
        except (Invalid, Conflict) as failure:
            errors, status = sentences(failure), failure.status
    held = found.papers.get(paper, PaperHeld(paper))
    values: dict[str, Any] = (
        _values(request, form) if errors and form and request.POST.get("step") != "attach" else dict(held.values)
    )
    wrong = check_form(paper, values, today) if form and values else {}
    if form and not values:
        values = _known(found, form)
    allowed = dossiers.allowed(found, officer_of(request))
    context = {
        **_frame(found, paper),
        **_rule(paper, today),
        "blocks": _blocks(form, values, wrong) if form else [],
        "summary": {key: said[is_english()] for key, said in wrong.items()},
        "errors": errors,
        "held": held,
        "findings": [(_finding_words(each), each["blocks"]) for each in held.findings],
        "file_href": f"{DOSSIERS}/{dossier}/giay/{paper.value}/ban-ky" if held.file else "",
        "docx_href": f"{DOSSIERS}/{dossier}/giay/{paper.value}.docx" if form and held.values and not wrong else "",
        "may_write": ActionKind.WRITE in allowed and form is not None,
        "may_attach": ActionKind.ATTACH in allowed,
        "lines_href": f"{DOSSIERS}/{dossier}/dich-vu" if paper is PaperKind.SERVICE_REGISTRATION else "",
        "lines": len(found.lines),
        "fresh": bool(request.GET.get("xong")) and not errors,
    }
    return render(request, "onboarding/paper.html", context, status=status)


def _kind(text: str) -> PaperKind:
    try:
        return PaperKind(text)
    except ValueError:
        raise NotFound("paper.none", "Không có loại giấy tờ này.", "There is no such paper.") from None


def _form(paper: PaperKind, today: date) -> PaperForm | None:
    try:
        return form_of(paper, today)
    except NotFound:
        return None


def _frame(found: ConnectionDossier, paper: PaperKind) -> dict[str, Any]:
    word = in_language(paper_word(paper))
    return {
        "section": "gate-dossiers",
        "crumbs": [
            parts.Choice(_("Hồ sơ kết nối"), DOSSIERS),
            parts.Choice(found.code, f"{DOSSIERS}/{found.id}"),
            parts.Choice(word),
        ],
        "title": word,
        "dossier": found,
        "state": dossier_state(found.state),
    }


def _rule(paper: PaperKind, today: date) -> dict[str, Any]:
    """Why the paper is asked for; its official title is never put aside for a translation."""
    rule = next((rule for rule in required_papers(today) if rule.kind is paper), None)
    return {"rule": rule, "rule_title": (rule.title_en if is_english() else rule.name) if rule else ""}


def _values(request: HttpRequest, form: PaperForm) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for block in blocks_of(form):
        for field in block.field:
            if field.kind is FieldKind.MANY:
                values[field.key] = request.POST.getlist(field.key)
            else:
                values[field.key] = request.POST.get(field.key, "").strip()
    return values


def _known(found: ConnectionDossier, form: PaperForm) -> dict[str, Any]:
    """What the dossier knows already is not asked again."""
    opened = found.opened
    known = {
        "organisation": organisation_names([found.organisation])[found.organisation],
        "system_name": opened["system_name"],
        "system_code": found.client_id,
        "contact": opened.get("contact", ""),
        "hosting": opened["hosting"],
        "level": str(opened["level"]),
    }
    return {key: known[key] for key in fields_of(form) if key in known}


def _blocks(form: PaperForm, values: dict[str, Any], wrong: dict[str, tuple[str, str]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Titles and fields, as the template asks them."""
    return [
        (
            in_language(block.title),
            [
                {
                    "kind": field.kind.value,
                    "name": field.key,
                    "label": field.label_en if is_english() else field.label,
                    "options": [(key, in_language(word)) for key, word in field.options],
                    "value": values.get(field.key, [] if field.kind is FieldKind.MANY else ""),
                    "error": wrong[field.key][is_english()] if field.key in wrong else "",
                    "hint": in_language(field.hint) if field.hint else "",
                    "required": field.required,
                }
                for field in block.field
            ],
        )
        for block in blocks_of(form)
    ]


def _attach(request: HttpRequest, found: ConnectionDossier, paper: PaperKind) -> None:
    name, content = posted_file(request)
    findings = _findings(found, paper, content) if content.startswith(b"PK\x03\x04") else []
    digest = keep_file(files_folder(), content, with_office=True)
    said = {"paper": paper.value, "file": digest, "file_name": name, "findings": findings}
    dossiers.write(officer_of(request), found.id, ActionKind.ATTACH, said, now=clock.now())


def _findings(found: ConnectionDossier, paper: PaperKind, content: bytes) -> list[dict[str, Any]]:
    """What a returned document says that we did not print; what changes the meaning stands in the way."""
    today, held = local(clock.now()).date(), found.papers.get(paper, PaperHeld(paper))
    if _form(paper, today) is None:
        return []
    expected = printed(paper, _context(found, today), dict(held.values), _printed_lines(found, paper))
    returned = read_returned(content, expected)
    return [{"says": each.message, "says_en": each.message_en, "blocks": each.kind in _BLOCKING} for each in returned.findings]


def _finding_words(finding: Mapping[str, Any]) -> str:
    """In the reader's language; what was found before both were kept is Vietnamese."""
    return str(finding.get("says_en") or finding["says"]) if is_english() else str(finding["says"])


def _context(found: ConnectionDossier, today: date) -> PaperContext:
    return PaperContext(dossier=found.code, day=today, notice=SIMULATED if settings.CONFIG.profile == "mo-phong" else "")


def _printed_lines(found: ConnectionDossier, paper: PaperKind) -> tuple[tuple[str, ...], ...]:
    """The rows of a paper with a table, in the order of its form; the account list is its own spreadsheet."""
    if paper is not PaperKind.SERVICE_REGISTRATION:
        return ()
    return tuple(
        (
            line["procedure_name"],
            line["procedure"],
            line["sector"],
            line["level"],
            line["service"],
            "; ".join(FIELD_WORDS[Field(name)] for name in line["fields"]),
            line["legal_basis"],
            line["purpose"],
            str(line["volume_per_month"]),
            f"đến {line['valid_to']}" if line["valid_to"] else "không định hạn",
        )
        for line in found.lines
    )


@guarded("onboarding.dossier.see")
@require_GET
def document_page(request: HttpRequest, dossier: UUID, kind: str) -> HttpResponse:
    """The paper as an official document, to be printed and signed."""
    found, paper = dossiers.dossier_of(dossier), _kind(kind)
    today = local(clock.now()).date()
    held = found.papers.get(paper, PaperHeld(paper))
    if wrong := check_form(paper, dict(held.values), today):
        raise Conflict(
            "paper.not_filled", f"Giấy này còn {len(wrong)} mục chưa điền đúng.", f"{len(wrong)} items are not right yet."
        )
    content = paper_docx(paper, _context(found, today), dict(held.values), _printed_lines(found, paper))
    return as_download(content, DOCX, f"{found.code}-{paper.value}.docx")


@guarded("onboarding.dossier.see")
@require_GET
def file_page(request: HttpRequest, dossier: UUID, kind: str) -> HttpResponse:
    """The signed copy as it was handed in."""
    held = dossiers.dossier_of(dossier).papers.get(_kind(kind))
    if held is None or not held.file:
        raise NotFound("file.none", "Chưa có tệp nào.", "There is no file.")
    content = read_file(files_folder(), held.file)
    kind_ = type_of(content)
    ending = "docx" if kind_ == "application/zip" else kind_.rpartition("/")[2]
    return as_download(content, kind_, f"{held.kind}-{held.file[:8]}.{ending}")


@guarded("onboarding.dossier.see")
@require_http_methods(["GET", "POST"])
def lines_page(request: HttpRequest, dossier: UUID) -> HttpResponse:
    """The lines of the service registration: what each procedure needs. Approved, they are exactly what may be asked."""
    now, errors, status = clock.now(), {}, 200
    found = dossiers.dossier_of(dossier)
    if request.method == "POST":
        try:
            demand(request, "onboarding.dossier.write")
            kept = _changed_lines(request, found, local(now).date())
            dossiers.write(officer_of(request), dossier, ActionKind.LINES, {"lines": kept}, now=now)
            return HttpResponseRedirect(f"{DOSSIERS}/{dossier}/dich-vu?xong=1")
        except DancuError as failure:
            errors, status = sentences(failure), failure.status
    allowed = dossiers.allowed(found, officer_of(request))
    context = {
        **_frame(found, PaperKind.SERVICE_REGISTRATION),
        "errors": errors,
        "typed": request.POST,
        "chosen": request.POST.getlist("fields") if errors else [],
        "services": [(key, in_language(word)) for key, word in SERVICE_WORDS.items()],
        "levels": [(key, in_language(word)) for key, word in LEVEL_WORDS.items()],
        "fields": [(name.value, in_language(word) + _mark(name)) for name, word in FIELD_WORDS.items()],
        "lines": [_shown(index, line) for index, line in enumerate(found.lines)],
        "may_write": ActionKind.LINES in allowed,
        "organisation": organisation_names([found.organisation])[found.organisation],
        "back": f"{DOSSIERS}/{dossier}",
        "fresh": bool(request.GET.get("xong")) and not errors,
    }
    return render(request, "onboarding/lines.html", context, status=status)


def _mark(name: Field) -> str:
    return f" ({_('nhạy cảm, phải nêu căn cứ')})" if name in SENSITIVE_FIELDS else ""


def _changed_lines(request: HttpRequest, found: ConnectionDossier, today: date) -> list[dict[str, Any]]:
    """One line more, or one less."""
    lines = [dict(line) for line in found.lines]
    if (gone := request.POST.get("remove", "")).isdecimal():
        if int(gone) >= len(lines):
            raise NotFound("registration.line_none", "Không có dòng này.", "There is no such line.")
        return lines[: int(gone)] + lines[int(gone) + 1 :]
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in request.POST}
    line = line_as_content({**typed, "fields": request.POST.getlist("fields")}, today)
    if any((each["integration_code"], each["procedure"]) == (line["integration_code"], line["procedure"]) for each in lines):
        raise Invalid(
            "registration.twice",
            "Thủ tục này với mã tích hợp này đã có một dòng. Bỏ dòng cũ rồi thêm lại.",
            "This procedure stands there already under this code.",
            field="procedure",
        )
    return [*lines, line]


def _shown(index: int, line: Any) -> dict[str, Any]:
    words = ", ".join(in_language(FIELD_WORDS[Field(name)]) for name in line["fields"])
    return {**line, "index": index, "words": words}
