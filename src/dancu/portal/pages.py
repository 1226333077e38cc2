"""Pages under /cua-toi: who looked at her data, one look, all of it as a file."""

from __future__ import annotations

import csv
import io
from calendar import monthrange
from datetime import date, datetime
from typing import cast
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dancu.identity.api import Citizen, CitizenRequest, citizen_only
from dancu.kernel import clock
from dancu.kernel.clock import local
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Conflict, Invalid
from dancu.kernel.spreadsheets import harmless
from dancu.ledger.api import Position
from dancu.portal import book, objections, proofs, reference, usecases
from dancu.portal.domain.display import Shown
from dancu.portal.proofs import ProofShown
from dancu.portal.usecases import LinesPage, Picture, Wanted
from dancu.portal.wording import KIND_WORDS, Names, by_day, day_in_words, details, said
from dancu.ui.charts.bars import Bar, BarChart
from dancu.ui.words import day_text, in_language

ORGANISATIONS_DRAWN = 6


@citizen_only("portal.own.see")
@require_GET
def overview_page(request: HttpRequest) -> HttpResponse:
    """Who looked at her data, newest first, one sentence a line."""
    citizen, now = citizen_of(request), clock.now()
    typed = {name: request.GET.get(name, "").strip() for name in ("viec", "co-quan", "tu", "den")}
    wanted, errors = read_wanted(typed)
    after = Position.parse(request.GET["sau"]) if request.GET.get("sau") else None
    page, picture = usecases.read_overview(citizen, wanted, after, now=now)
    page = LinesPage(()) if errors else page
    kept = {name: value for name, value in typed.items() if value}
    lists = [] if kept or after else usecases.read_lists(citizen, settings.CONFIG.home, now=now)
    named = {code for code, _count in picture.by_organisation} | {each.organisation for each in lists}
    names = Names(page.lines, (named | {wanted.organisation}) - {""})
    context = {
        "section": "looks",
        "days": by_day(page.lines, names),
        "typed": typed,
        "chosen_organisation": wanted.organisation,
        "filtered": bool(kept),
        "errors": errors,
        "kinds": [(kind, in_language(word)) for kind, word in KIND_WORDS.items()],
        "organisations": _organisation_choices(picture, page, wanted, names),
        "charts": _charts(picture, names) if not (kept or after) else [],
        "lists": [(names.organisation(each.organisation), each) for each in lists],
        "next_href": f"/cua-toi?{urlencode({**kept, 'sau': str(page.next)})}" if page.next else "",
        "first_href": f"/cua-toi?{urlencode(kept)}" if after else "",
        "csv_href": f"/cua-toi/tep-csv?{urlencode(kept)}",
    }
    return render(request, "portal/overview.html", context, status=422 if errors else 200)


@citizen_only("portal.own.see")
@require_GET
def file_page(request: HttpRequest) -> HttpResponse:
    """All lines as a table file; what is shown on the pages and nothing more."""
    citizen, now = citizen_of(request), clock.now()
    wanted, errors = read_wanted({name: request.GET.get(name, "").strip() for name in ("viec", "co-quan", "tu", "den")})
    if errors:
        raise Invalid("portal.filter", next(iter(errors.values())), next(iter(errors.values())))
    lines = list(usecases.read_all(citizen, wanted, now=now))
    names, policy = Names(lines), reference.policy_today(local(now).date())
    out = io.StringIO()
    writer = csv.writer(out)
    columns = [_("Lúc"), _("Việc đã làm"), _("Cơ quan"), _("Hệ thống"), _("Thủ tục"), _("Mục đích"), _("Hồ sơ"), _("Mục thông tin")]
    columns += [_("Kết quả"), _("Mã tham chiếu")]
    writer.writerow([*columns, _("Diễn giải")])
    for line in lines:
        told = {label: str(value) for label, value in details(line, names, policy)}
        writer.writerow([*(harmless(told.get(column, "")) for column in columns), harmless(said(line, names).sentence)])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="ai-da-xem-du-lieu-cua-toi.csv"'
    return response


@citizen_only("portal.own.see")
@require_GET
def line_page(request: HttpRequest, entry: UUID) -> HttpResponse:
    """One look: what may be shown of it, its legal basis, its proof, the way to object."""
    citizen, now = citizen_of(request), clock.now()
    if (erased := usecases.read_erased(citizen, entry, now=now)) is not None:
        return render(request, "portal/erased.html", {"section": "looks", "proof": _proof(citizen, erased, now)})
    line = usecases.read_line(citizen, entry, now=now)
    names, policy = Names([line]), reference.policy_today(local(now).date())
    context = {
        "section": "looks",
        "line": line,
        "said": said(line, names),
        "day": local(line.at).date(),
        "details": details(line, names, policy),
        "legal_basis": line.legal_basis,
        "policy": policy,
        "proof": _proof(citizen, line, now),
        "case": next(iter(objections.cases_about(citizen, entry)), None),
    }
    return render(request, "portal/line.html", context)


@citizen_only("portal.own.see")
@require_GET
def proof_page(request: HttpRequest, entry: UUID) -> HttpResponse:
    """The proof as a file: to keep, and to check away from here."""
    proof = usecases.read_proof(citizen_of(request), entry, now=clock.now())
    if proof is None:
        raise Conflict(
            "portal.not_in_tree",
            "Mục này vừa ghi, đang chờ vào sổ đã ký. Tải lại sau một phút.",
            "The entry was just written and waits for the signed tree. Try again in a minute.",
        )
    response = HttpResponse(msgspec.json.encode(proof), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="bang-chung-{entry}.json"'
    return response


@citizen_only("portal.own.see")
@require_GET
def complete_page(request: HttpRequest) -> HttpResponse:
    """Is the ledger whole? Public figures of the country, the same for everybody who asks."""
    days = book.latest_days()
    names = Names([], {code for figures in days for _family, code in figures.counted.counts})
    context = {"section": "complete", "days": [day_in_words(each, names) for each in days]}
    return render(request, "portal/complete.html", context)


def _proof(citizen: Citizen, line: Shown, now: datetime) -> ProofShown:
    """What the page says of the proof before the browser has checked it."""
    if not line.has_proof:
        return ProofShown("kept", line.reference)
    return proofs.shown(line.reference, usecases.read_proof(citizen, UUID(line.reference), now=now), settings.CONFIG.key_dir)


def citizen_of(request: HttpRequest) -> Citizen:
    return cast(CitizenRequest, request).citizen


def read_wanted(typed: dict[str, str]) -> tuple[Wanted, dict[str, str]]:
    """The filters of an address, and a sentence for each that cannot be read."""
    errors: dict[str, str] = {}
    days: dict[str, date | None] = {}
    for name in ("tu", "den"):
        try:
            days[name] = _day(typed[name]) if typed[name] else None
        except Invalid:
            errors[name] = _("Không có ngày “%(typed)s”. Ghi đủ ngày, tháng, năm, ví dụ 24/11/2026.") % {"typed": typed[name][:40]}
    if not errors and days["tu"] and days["den"] and days["tu"] > days["den"]:
        errors["den"] = _("Ngày cuối phải từ ngày đầu trở đi.")
    kind = typed["viec"] if typed["viec"] in KIND_WORDS else ""
    return Wanted(kind, typed["co-quan"][:60], days.get("tu"), days.get("den")), errors


def _day(text: str) -> date:
    """A day as people write it. Raises `Invalid`, whose words speak of birth dates and are not for this page."""
    read = PartialDate.parse(text)
    if not read.is_full:
        raise Invalid("day.part", "Thiếu ngày.", "The day is missing.")
    return date(read.year, read.month, read.day)


def _organisation_choices(picture: Picture, page: LinesPage, wanted: Wanted, names: Names) -> list[tuple[str, str]]:
    codes = {code for code, _count in picture.by_organisation} | {line.organisation for line in page.lines} | {wanted.organisation}
    codes.discard("")
    return sorted(((code, names.organisation(code)) for code in codes), key=lambda each: each[1])


def _charts(picture: Picture, names: Names) -> list[BarChart]:
    """Two small pictures: how often, and by whom. Nothing to draw where nobody looked."""
    if not picture.total:
        return []
    source = _("Sổ ghi truy cập, từ ngày %(day)s") % {"day": day_text(picture.since)}
    months = [Bar(_month(month), count, href=_month_href(month)) for month, count in picture.by_month]
    said_how_many = _("%(count)s lượt gần nhất theo tháng") if picture.is_cut else _("%(count)s lượt theo tháng")
    charts = [BarChart(title=said_how_many % {"count": picture.total}, source=source, bars=months, unit=_("Lượt"))]
    first, rest = picture.by_organisation[:ORGANISATIONS_DRAWN], picture.by_organisation[ORGANISATIONS_DRAWN:]
    bars = [Bar(names.organisation(code), count, href=f"/cua-toi?{urlencode({'co-quan': code})}") for code, count in first]
    if rest:
        bars.append(Bar(_("Cơ quan khác"), sum(count for _code, count in rest)))
    if bars:
        title = _("%(name)s xem nhiều nhất") % {"name": bars[0].label}
        charts.append(BarChart(title=title, source=source, bars=bars, unit=_("Lượt")))
    return charts


def _month(month: date) -> str:
    return _("Tháng %(month)s/%(year)s") % {"month": f"{month:%m}", "year": month.year}


def _month_href(month: date) -> str:
    last = month.replace(day=monthrange(month.year, month.month)[1])
    return f"/cua-toi?{urlencode({'tu': f'{month:%d/%m/%Y}', 'den': f'{last:%d/%m/%Y}'})}"
