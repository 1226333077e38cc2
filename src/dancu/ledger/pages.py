"""The published ledger at `/so-cai/`: for people a page that says what stands where, for programs the bytes they verify."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dancu.kernel import clock
from dancu.kernel.clock import local
from dancu.ledger import proving, published
from dancu.ledger.days import DayFigures, latest_days
from dancu.ledger.layout import parse_number
from dancu.ledger.published import PublishedLog
from dancu.ledger.staleness import Freshness
from dancu.ui.pages import public
from dancu.ui.parts import Column, Row, State, Table

Page = TypeVar("Page", bound=Callable[..., HttpResponse])
LASTING, SOON = "public, max-age=31536000, immutable", "public, max-age=1"
DAYS_SHOWN = 14
_EPOCH = re.compile(r"e([1-9]\d{0,8})")


@public
@require_safe
def ledger_page(request: HttpRequest) -> HttpResponse:
    """Logs, sizes, newest heads, witnesses, how far the tree lags, keys, and how to check it all (*sổ cái công khai*)."""
    now = clock.now()
    logs, lag, halted = published.published_logs(local(now).date()), proving.staleness(now=now), bool(proving.halted())
    days = latest_days(DAYS_SHOWN)
    return render(
        request,
        "ledger/ledger.html",
        {
            "logs": _log_table(logs),
            "days": _day_table(days),
            "differs": [each.day for each in days if each.agrees is False],
            "lag": lag,
            "is_late": lag.state is not Freshness.FRESH,
            "halted": halted,
            "keys": list(dict.fromkeys(each.log.key for each in logs)),
            "epochs": sorted({each.log.epoch for each in logs} - {1}),
            "example": logs[0].log if logs else None,
        },
    )


@public
@require_safe
def keys_file(request: HttpRequest) -> HttpResponse:
    """The verifier keys of all logs, one a line."""
    keys = dict.fromkeys(log.key for log in proving.logs())
    return _bytes("".join(f"{key}\n" for key in keys).encode(), "text/plain; charset=utf-8", "public, max-age=300")


@public
@require_safe
def day_file(request: HttpRequest, day: str) -> HttpResponse:
    """The signed counts of one day."""
    try:
        note = proving.day_note(date.fromisoformat(day)) if len(day) == 10 else None
    except ValueError:
        note = None
    return _text_or_404(note, LASTING)


@public
@require_safe
def epoch_file(request: HttpRequest, epoch: int) -> HttpResponse:
    """The signed statement an epoch began with."""
    return _text_or_404(published.find_statement(epoch) if epoch < 2**31 else None, LASTING)


@public
@require_safe
def checkpoint_file(request: HttpRequest, shard: str, epoch: str) -> HttpResponse:
    """The newest signed head of a log, with its witnesses."""
    return _text_or_404(published.find_checkpoint(shard, _epoch(epoch)), SOON)


@public
@require_safe
def tile_file(request: HttpRequest, shard: str, epoch: str, level: int, number: str) -> HttpResponse:
    """One tile of hashes; a full one, or as wide as asked for."""
    place = parse_number(number)
    if place is None or level > 7 or place[0] >= 2**62:
        raise Http404
    hashes = published.find_tile(shard, _epoch(epoch), level, *place)
    if hashes is None:
        raise Http404
    return _bytes(hashes, "application/octet-stream", LASTING)


def _epoch(text: str) -> int:
    found = _EPOCH.fullmatch(text)
    if found is None or int(found[1]) >= 2**31:
        raise Http404
    return int(found[1])


def _text_or_404(text: str | None, kept: str) -> HttpResponse:
    if text is None:
        raise Http404
    return _bytes(text.encode(), "text/plain; charset=utf-8", kept)


def _bytes(content: bytes, content_type: str, kept: str) -> HttpResponse:
    # Anybody's page may verify: there is nothing here that is not public.
    return HttpResponse(content, content_type=content_type, headers={"Cache-Control": kept, "Access-Control-Allow-Origin": "*"})


def _log_table(logs: list[PublishedLog]) -> Table:
    columns = (
        Column(_("Quyển sổ"), "code"),
        Column(_("Tình trạng"), "state"),
        Column(_("Số bút toán"), "amount"),
        Column(_("Ký lúc"), "moment"),
        Column(_("Nhân chứng đã ký")),
        Column(_("Bút toán niêm phong"), "amount"),
    )
    rows = [
        Row(
            (
                each.log.origin,
                State(_("đang ghi"), "ok") if each.log.is_open else State(_("đã đóng")),
                each.size,
                each.signed_at,
                ", ".join(each.witnesses) or _("chưa có"),
                each.sealed,
            ),
            f"/so-cai/{each.log.shard}/e{each.log.epoch}/checkpoint",
        )
        for each in logs
    ]
    return Table(_("Các quyển sổ"), columns, rows, _("Chưa có bút toán nào vào sổ."))


def _day_table(days: list[DayFigures]) -> Table:
    columns = (
        Column(_("Ngày"), "day"),
        Column(_("Cổng đã trả lời"), "amount"),
        Column(_("Sổ đã ghi"), "amount"),
        Column(_("Đối chiếu"), "state"),
    )
    rows = [
        Row(
            (each.day, each.answered, each.recorded, _verdict(each)),
            f"/so-cai/ngay/{each.day}",
        )
        for each in days
    ]
    return Table(_("Số đếm từng ngày"), columns, rows, _("Chưa có ngày nào được chốt."))


def _verdict(day: DayFigures) -> State:
    if day.agrees is None:
        return State(_("cổng chưa đếm"))
    return State(_("khớp"), "ok") if day.agrees else State(_("lệch"), "bad")
