"""The report of a round, worklists by grade and reason, downloads, the request to have near matches looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dancu.identity.api import demand, guarded
from dancu.kernel import clock
from dancu.kernel.errors import Conflict, NotFound
from dancu.kernel.sealing import SealingKey
from dancu.population.api import provinces
from dancu.reconcile import folders, store, work
from dancu.reconcile.domain import CONCLUSION_WORDS, Conclusion, Round
from dancu.reconcile.pages import shown
from dancu.reconcile.pages.session import home, in_words, list_href, officer_of, round_href
from dancu.reconcile.phones.pages import passing_of
from dancu.reconcile.phones.passing import may_pass
from dancu.reconcile.usecases import review
from dancu.reconcile.usecases.rounds import download
from dancu.reconcile.work import Wanted
from dancu.ui.parts import Choice, Column, Row, Table
from dancu.ui.words import in_language

PAGE_ROWS = 50
WORKLIST, CONCLUSIONS = "worklist", "conclusions"
_FILE_BLOCK = 256 * 1024


@guarded("reconcile.list.see")
@require_GET
def report_page(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The figures of a round, what is to be done, the files to take along."""
    found = _done(round_id)
    report = dict(found.report or {})
    here = round_href(found.id)
    conclusions, of = store.cases_of(found.id), store.get_list(found.list_id)
    context = {
        "section": "lists",
        "round": found,
        "list": of,
        "list_href": list_href(found.list_id),
        "here": here,
        "report": report,
        "counters": report["counters"],
        "since": report.get("since"),
        "near": report["grades"].get(work.NEAR, 0),
        "asked": len(conclusions),
        "not_sent": review.not_sent_of(found.id),
        "concluded": sum(bool(said) for said, _reason in conclusions.values()),
        "pictures": shown.pictures(found, f"{here}/can-lam"),
        "causes": _cause_table(found, here),
        "groups": shown.group_table(found),
        "links": shown.link_table(report),
        "provinces": _province_table(report),
        "is_tidied": not (folders.round_folder(home(), found.id) / "results.parquet").exists(),
        "sorry": request.GET.get("chua", ""),
        "phones": passing_of(found.id, request.GET.get("ngay", "")) if may_pass(found, of.profile) else None,
    }
    return render(request, "reconcile/report.html", context)


@guarded("reconcile.list.see")
@require_GET
def worklist_page(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Rows to work on, by grade or reason: only what stands in the owner's own list, and what came of it."""
    found = _done(round_id)
    wanted = _wanted(request.GET.get("muc", ""), request.GET.get("nguyen-nhan", ""))
    after = int(text) if (text := request.GET.get("sau", "")).isdigit() and len(text) < 18 else 0
    folder = _folder(found)
    lines = work.worklist(folder, wanted, after, PAGE_ROWS + 1)
    grades, said = work.grade_words(), store.cases_of(found.id)
    here = f"{round_href(found.id)}/can-lam"
    kept = {name: value for name, value in (("muc", wanted.grade), ("nguyen-nhan", wanted.cause)) if value}
    more = f"{here}?{urlencode({**kept, 'sau': lines[PAGE_ROWS - 1].row})}" if len(lines) > PAGE_ROWS else ""
    rows = [
        Row((at.row, at.reference, in_language(grades[at.grade]), at.fields, at.reasons, _concluded(said, at.row, at.to_do)))
        for at in lines[:PAGE_ROWS]
    ]
    columns = (
        Column(_("Dòng"), "number"), Column(_("Mã của bạn"), "code"), Column(_("Kết quả")), Column(_("Trường sai lệch")),
        Column(_("Nguyên nhân")), Column(_("Việc cần làm")),
    )  # fmt: skip
    table = Table(
        _("Việc cần làm"), columns, rows, _("Không có dòng nào thuộc mục này."), None,
        previous_href=f"{here}?{urlencode(kept)}" if after else "", next_href=more,
    )  # fmt: skip
    context = {
        "section": "lists",
        "round": found,
        "list": store.get_list(found.list_id),
        "here": round_href(found.id),
        "table": table,
        "wanted": wanted,
        "filters": _filters(found, wanted, here),
        "said": _said(wanted),
    }
    return render(request, "reconcile/worklist.html", context)


@guarded("reconcile.result.download")
@require_POST
def download_page(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """A file of the results. A POST: it stands in the ledger."""
    what = request.POST.get("tep", "")
    found = _done(round_id)
    if what not in (*work.RESULT_FILES, WORKLIST, CONCLUSIONS):
        raise NotFound("reconcile.no_file", "Không có tệp kết quả này.", "There is no such file of results.")
    folder = download(officer_of(request), round_id, what, home(), now=clock.now())
    said = {row: _conclusion_text(*each) for row, each in store.cases_of(found.id).items() if each[0]}
    if what == WORKLIST:
        wanted = _wanted(request.POST.get("muc", ""), request.POST.get("nguyen-nhan", ""))
        return _stream(work.write_worklist(folder, wanted, said), f"{found.code}-can-lam.csv")
    if what == CONCLUSIONS:
        return _stream(work.write_conclusions(said), f"{found.code}-ket-luan.csv")
    if what == "csv" and said:
        return _stream(work.with_conclusions(folder, said), f"{found.code}-results.csv")
    name, kind = work.RESULT_FILES[what]
    response = FileResponse((folder / name).open("rb"), as_attachment=True, filename=f"{found.code}-{name}", content_type=kind)
    response.block_size = _FILE_BLOCK
    return cast(HttpResponse, response)


@guarded("reconcile.list.handle")
@require_POST
def ask_review_page(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Put near matches before the registry's reviewers."""
    demand(request, "reconcile.result.download")  # what leaves is of the results
    try:
        key = SealingKey.from_folder(settings.CONFIG.key_dir)
        review.ask_review(officer_of(request), round_id, key, home(), now=clock.now())
    except Conflict as failure:
        return HttpResponseRedirect(f"{round_href(round_id)}/bao-cao?{urlencode({'chua': in_words(failure)})}")
    return HttpResponseRedirect(f"{round_href(round_id)}/bao-cao#xem-lai")


def _done(round_id: UUID) -> Round:
    found = store.get_round(round_id)
    if not found.is_done:
        raise Conflict(
            "reconcile.no_results", "Đợt này chưa có kết quả. Bạn xem tiến độ ở trang của đợt.", "This round has no results yet."
        )
    return found


def _folder(found: Round) -> Path:
    return folders.round_folder(home(), found.id)


def _wanted(grade: str, cause: str) -> Wanted:
    return Wanted(grade if grade in work.grade_words() else "", cause if cause in work.reason_words() else "")


def _said(wanted: Wanted) -> str:
    if wanted.cause:
        return in_language(work.reason_words()[wanted.cause])
    return in_language(work.grade_words()[wanted.grade]) if wanted.grade else _("Tất cả bản ghi chưa sạch")


def _filters(found: Round, wanted: Wanted, here: str) -> list[Choice]:
    report = found.report or {}
    grades = [
        Choice(in_language(words), f"{here}?muc={code}", wanted.grade == code, report["grades"].get(code, 0))
        for code, words in work.grade_words().items()
        if code not in work.MATCHED and report["grades"].get(code)
    ]
    causes = [
        Choice(in_language(words), f"{here}?nguyen-nhan={name}", wanted.cause == name, count)
        for name, words, count in work.causes_to_work_on(report)
    ]
    return [Choice(_("Tất cả"), here, wanted == Wanted()), *grades, *causes]


def _cause_table(found: Round, here: str) -> Table:
    rows = [
        Row((in_language(words), count), f"{here}/can-lam?nguyen-nhan={name}")
        for name, words, count in work.causes_to_work_on(found.report or {})
    ]
    columns = (Column(_("Nguyên nhân")), Column(_("Số bản ghi"), "amount"))
    return Table(_("Việc cần làm theo nguyên nhân"), columns, rows, _("Không có bản ghi nào cần sửa."))


def _province_table(report: dict[str, Any]) -> Table:
    names = provinces(shown.OLD_PROVINCES)
    rows = []
    for code, grades in report["provinces"].items():
        total = sum(grades.values())
        matched = sum(grades.get(each, 0) for each in work.MATCHED)
        rows.append(Row((names.get(code[1:], code) if code else _("Không rõ"), total, matched, matched / total if total else None)))
    columns = (
        Column(_("Tỉnh đăng ký khai sinh")), Column(_("Số bản ghi"), "amount"), Column(_("Khớp"), "amount"),
        Column(_("Tỷ lệ khớp"), "share"),
    )  # fmt: skip
    return Table(_("Theo tỉnh"), columns, rows, _("Chưa có số liệu theo tỉnh."))


def _concluded(said: dict[int, tuple[str, str]], row: int, to_do: str) -> str:
    """What the registry's reviewers concluded stands before what the comparison advises."""
    if row not in said:
        return to_do
    conclusion, reason = said[row]
    return _conclusion_text(conclusion, reason) if conclusion else f"{_('Chờ cơ quan dân cư xem lại.')} {to_do}"


def _conclusion_text(conclusion: str, reason: str) -> str:
    return f"{in_language(CONCLUSION_WORDS[Conclusion(conclusion)])}: {reason}"


def _stream(lines: Iterator[str], name: str) -> HttpResponse:
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return cast(HttpResponse, response)  # a response as Django knows it, only not of that class
