"""Usage for operators, and for an organisation its own: totals, trend, sides to look from, the same as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dancu.exchange.domain import Kind
from dancu.exchange.pages import shown
from dancu.exchange.pages.asked import NO_CODE, PERIODS, SIDES, TRAFFIC, Asked, period_words, read_asked, side_words
from dancu.exchange.pages.session import root_of
from dancu.exchange.usage_figures import exported, figures
from dancu.identity.api import guarded, organisation_names
from dancu.kernel import clock
from dancu.kernel.clock import local
from dancu.kernel.reach import Reach, acting, present
from dancu.kernel.spreadsheets import harmless
from dancu.onboarding import api as onboarding
from dancu.ui.parts import Choice

GRANTED_KINDS = (Kind.VERIFY, Kind.DISCLOSE, Kind.SUBSCRIBE, Kind.LIST)  # what systems ask for under a code

CHOICES_MAX, SYSTEMS_MAX = 400, 60


@guarded("exchange.usage.see")
@require_GET
def usage_page(request: HttpRequest) -> HttpResponse:
    """Totals and the trend of what is filtered, by one side, held against the period before."""
    today = local(clock.now()).date()
    asked = read_asked(request.GET.dict(), today)
    found = figures(asked.filter, asked.side)
    named = shown.names_of(found.lines[: shown.ROWS_MAX], asked.side)
    context = {
        "section": "usage",
        "asked": asked,
        "typed": asked.typed,
        "errors": dict(asked.errors),
        "period": asked.filter.period,
        "periods": _periods(asked),
        "sides": [Choice(word, asked.href(theo=key), SIDES[key] is asked.side) for key, word in side_words().items()],
        "totals": shown.totals(found.total, found.before),
        "trend": shown.trend(found, asked, today) if found.total.total or found.before.total else None,
        "bars": shown.bars(found, asked, today, named),
        "table": shown.lines_table(found, asked, named),
        "clear_href": asked.href(co_quan="", he_thong="", dich_vu="", thu_tuc="") if _is_narrowed(asked) else "",
        **_options(request, asked),
    }
    return render(request, "exchange/usage.html", context, status=422 if asked.errors else 200)


@guarded("exchange.usage.see")
@require_GET
def usage_file(request: HttpRequest) -> HttpResponse:
    """Exactly what is filtered, a line for each day or month and key; sent as it is read."""
    today = local(clock.now()).date()
    asked = read_asked(request.GET.dict(), today)
    heads = [_("Tháng") if asked.filter.period.is_by_month else _("Ngày")]
    heads += [_("Mã cơ quan"), _("Mã hệ thống"), _("Mã tích hợp"), _("Loại lượt"), _("Mã thủ tục")]
    heads += [_("Có kết quả"), _("Không khớp"), _("Từ chối"), _("Vượt hạn mức")]
    period = asked.filter.period
    response = StreamingHttpResponse(_written(asked, heads, present()), content_type="text/csv; charset=utf-8")
    name = f"luu-luong-{period.since:%Y%m%d}-{period.until:%Y%m%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return cast(HttpResponse, response)  # a response as Django knows it, only not of that class


def _written(asked: Asked, heads: list[str], reach: Reach) -> Iterator[str]:
    """With the mark by which spreadsheets know UTF-8. It is read when the page is done, so it carries the reach the page had."""
    yield "\ufeff" + _lines([heads])
    for read in exported(asked.filter):
        with acting(reach):
            rows = read()
        yield _lines(
            [day.isoformat(), *(harmless(each) if isinstance(each, str) else each for each in rest)] for day, *rest in rows
        )


def _lines(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _periods(asked: Asked) -> list[Choice]:
    typed, words = asked.typed, period_words()
    chosen = "" if typed["tu"] or typed["den"] else typed["ky"] if typed["ky"] in PERIODS else "30-ngay"
    return [Choice(words[key], asked.href(ky=key, tu="", den=""), key == chosen) for key in PERIODS]


def _is_narrowed(asked: Asked) -> bool:
    return any(asked.typed[name] for name in ("co_quan", "he_thong", "dich_vu", "thu_tuc"))


def _options(request: HttpRequest, asked: Asked) -> dict[str, object]:
    """What may be chosen: organisations and systems within reach, codes that were granted, and whatever is chosen already."""
    root = root_of(request, "exchange.usage.see")
    systems = onboarding.connections(root)
    codes, procedures = onboarding.codes_granted(root)
    organisations = sorted({each.organisation for each in systems})[:CHOICES_MAX]
    names = organisation_names(organisations)
    services = [(f"{code}|{kind}", f"{code} · {shown.kind_text(kind)}") for code in codes for kind in GRANTED_KINDS]
    chosen = asked.typed
    own = [each for each in systems if chosen["co_quan"] in ("", each.organisation)]
    if len(own) > SYSTEMS_MAX:  # nobody reads such a list: the organisation first
        own = []
    return {
        "organisations": _with_chosen([(code, f"{names[code]} ({code})") for code in organisations], chosen["co_quan"]),
        "systems": _with_chosen([(each.client_id, f"{each.name} ({each.client_id})") for each in own], chosen["he_thong"]),
        "services": _with_chosen(services[:CHOICES_MAX], chosen["dich_vu"]),
        "procedures": _with_chosen([(each, each) for each in procedures[:CHOICES_MAX]], chosen["thu_tuc"]),
        "path": TRAFFIC,
    }


def _with_chosen(options: list[tuple[str, str]], chosen: str) -> list[tuple[str, str]]:
    if chosen and chosen not in {value for value, _word in options}:
        code, _bar, kind = chosen.partition("|")
        word = shown.code_text("" if code == NO_CODE else code)
        options = [*options, (chosen, f"{word} · {shown.kind_text(kind)}" if kind else word)]
    return options
