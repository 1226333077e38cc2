"""The account list of a dossier, by spreadsheet; and the approved accounts of a body, locked, opened, moved many at a time."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dancu.identity.api import demand, guarded, organisation_names
from dancu.kernel import clock
from dancu.kernel.errors import Conflict, Invalid, NotFound
from dancu.kernel.sealing import SealingKey
from dancu.onboarding.accounts import usecases as accounts
from dancu.onboarding.accounts.columns import BY_KEY
from dancu.onboarding.accounts.domain import Checked
from dancu.onboarding.accounts.faults import RowFault
from dancu.onboarding.accounts.workbook import write_template
from dancu.onboarding.dossiers import usecases as dossiers
from dancu.onboarding.dossiers.domain import ActionKind
from dancu.onboarding.pages.session import DOSSIERS, XLSX, as_download, files_folder, officer_of, posted_file, sentences
from dancu.ui import parts
from dancu.ui.words import is_english

FAULTS_SHOWN = 50
ACCOUNTS = "/ket-noi/tai-khoan"


@guarded("onboarding.dossier.see")
@require_http_methods(["GET", "POST"])
def list_page(request: HttpRequest, dossier: UUID) -> HttpResponse:
    """Send the list; its faults are told on the page and in a workbook with marked cells."""
    now, errors, status = clock.now(), {}, 200
    found = dossiers.dossier_of(dossier)
    checked: Checked | None = None
    notes: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            demand(request, "onboarding.dossier.write")
            judged = accounts.send_list(
                officer_of(request), found, posted_file(request), folder=files_folder(), key=_key(), now=now
            )
            found, checked, notes = dossiers.dossier_of(dossier), judged.checked, judged.uploaded.notes
        except (Invalid, Conflict) as failure:
            errors, status = sentences(failure), failure.status
    context = {
        "section": "gate-dossiers",
        "crumbs": [
            parts.Choice(_("Hồ sơ kết nối"), DOSSIERS),
            parts.Choice(found.code, f"{DOSSIERS}/{found.id}"),
            parts.Choice(_("Danh sách tài khoản")),
        ],
        "dossier": found,
        "held": found.account_list,
        "may_fetch": dossiers.party_of(found, officer_of(request)) is not None,
        "errors": errors,
        "checked": checked,
        "notes": notes,
        "faults": _faults(checked) if checked else None,
        "left_out": max(len(checked.faults) + len(checked.warnings) - FAULTS_SHOWN, 0) if checked else 0,
        "may_write": ActionKind.LIST in dossiers.allowed(found, officer_of(request)),
        "has_lines": bool(found.lines),
        "base": f"{DOSSIERS}/{dossier}/tai-khoan",
        "lines_href": f"{DOSSIERS}/{dossier}/dich-vu",
    }
    return render(request, "onboarding/account_list.html", context, status=status)


def _faults(checked: Checked) -> parts.Table:
    columns = (
        parts.Column(_("Dòng"), "amount"),
        parts.Column(_("Cột")),
        parts.Column(_("Sai ở đâu")),
        parts.Column(_("Cần làm gì")),
        parts.Column(_("Mức"), "state"),
    )
    found = [*checked.faults, *checked.warnings][:FAULTS_SHOWN]
    rows = [
        parts.Row((each.row, _column(each), _what(each), "" if is_english() else each.to_do, _mark(each, checked)))
        for each in found
    ]
    return parts.Table(_("Lỗi và lưu ý"), columns, rows, _("Không có lỗi nào."))


def _column(fault: RowFault) -> str:
    return BY_KEY[fault.column].words if fault.column else "–"


def _what(fault: RowFault) -> str:
    return fault.message_en if is_english() else fault.what


def _mark(fault: RowFault, checked: Checked) -> parts.State:
    return parts.State(_("Phải sửa"), "bad") if fault in checked.faults else parts.State(_("Lưu ý"), "warn")


@guarded("onboarding.dossier.see")
@require_GET
def template_file(request: HttpRequest, dossier: UUID) -> HttpResponse:
    """The empty list, with the choices of this dossier."""
    found = dossiers.dossier_of(dossier)
    name = organisation_names([found.organisation])[found.organisation]
    return as_download(write_template(accounts.context_of(found, clock.now()), name), XLSX, f"{found.code}-danh-sach.xlsx")


@guarded("onboarding.dossier.see")
@require_GET
def returned_file(request: HttpRequest, dossier: UUID) -> HttpResponse:
    """The list as it was sent, with every wrong cell marked."""
    found = dossiers.dossier_of(dossier)
    if not found.account_list:
        raise NotFound("accounts.list_none", "Chưa nộp danh sách nào.", "No list was sent.")
    identity = UUID(found.account_list["list"])
    content = accounts.returned_workbook(officer_of(request), found, identity, folder=files_folder(), now=clock.now())
    return as_download(content, XLSX, f"{found.code}-can-sua.xlsx")


@guarded("onboarding.accounts.edit")
@require_http_methods(["GET", "POST"])
def accounts_page(request: HttpRequest) -> HttpResponse:
    """The approved accounts of a body: lock, open, move."""
    officer, errors, status = officer_of(request), {}, 200
    organisation = request.GET.get("co_quan", "").strip() or officer.organisation_code
    if request.method == "POST":
        try:
            count = _change(request, organisation)
            return HttpResponseRedirect(f"{ACCOUNTS}?co_quan={organisation}&xong={count}")
        except (Invalid, Conflict, NotFound) as failure:
            errors, status = sentences(failure), failure.status
    search = request.GET.get("tim", "").strip()
    done = request.GET.get("xong", "")
    listed = accounts.accounts_listed(officer, organisation, search)
    names = organisation_names({by for *_rest, by in listed})
    context: dict[str, Any] = {
        "section": "gate-accounts",
        "organisation": organisation,
        "name": organisation_names([organisation])[organisation],
        "accounts": [(*rest, names[by]) for *rest, by in listed],
        "search": search,
        "errors": errors,
        "typed": request.POST,
        "done": done if done.isdecimal() and not errors else "",
    }
    return render(request, "onboarding/accounts.html", context, status=status)


def _change(request: HttpRequest, organisation: str) -> int:
    officer, now, step = officer_of(request), clock.now(), request.POST.get("step", "")
    chosen = request.POST.getlist("account")
    if not chosen:
        raise Invalid("accounts.chosen", "Chọn ít nhất một tài khoản.", "Choose an account.", field="account")
    if step == "lock":
        return accounts.lock_accounts(officer, organisation, chosen, request.POST.get("why", ""), now=now)
    if step == "unlock":
        return accounts.unlock_accounts(officer, organisation, chosen, now=now)
    if step == "transfer":
        return accounts.transfer_accounts(officer, organisation, chosen, request.POST.get("after", "").strip(), now=now)
    raise Invalid("accounts.step", "Không có thao tác này.", "There is no such step.")


@cache
def _key() -> SealingKey:
    return SealingKey.from_folder(settings.CONFIG.key_dir)
