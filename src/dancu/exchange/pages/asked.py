"""What the address of a usage page asks for: period, filter, side; nothing it names is trusted, everything has a default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from dancu.exchange.usage_figures import Side, UsageFilter
from dancu.exchange.usage_period import Period, first_day_kept, months_before
from dancu.kernel.errors import Invalid
from dancu.ui.words import is_english

TRAFFIC = "/ket-noi/luu-luong"
PERIODS = ("7-ngay", "30-ngay", "thang-nay", "12-thang")
SIDES = {
    "co-quan": Side.ORGANISATION,
    "he-thong": Side.SYSTEM,
    "dich-vu": Side.SERVICE,
    "thu-tuc": Side.PROCEDURE,
}
_NAMES = ("ky", "tu", "den", "co_quan", "he_thong", "dich_vu", "thu_tuc", "theo")
NO_CODE = "-"  # stands for the empty code in an address
YEARS_MAX = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """A usage page as its address asks for it."""

    filter: UsageFilter
    side: Side
    typed: Mapping[str, str]
    errors: Mapping[str, str]

    def href(self, path: str = TRAFFIC, **changes: str) -> str:
        """The same page with something else; empty takes it out."""
        said = {name: value for name, value in {**self.typed, **changes}.items() if value}
        return f"{path}?{urlencode(said)}" if said else path


def read_asked(given: Mapping[str, str], today: date) -> Asked:
    """Read an address. What cannot be read is told beside its field, and the last thirty days are shown."""
    typed = {name: given.get(name, "").strip()[:100] for name in _NAMES}
    if any("\0" in value for value in typed.values()):
        typed = dict.fromkeys(_NAMES, "")
    errors: dict[str, str] = {}
    try:
        period = _period(typed, today)
    except Invalid as failure:
        errors[failure.field or ""] = failure.message_en if is_english() else failure.message
        period = _named("30-ngay", today)
    integration, _bar, kind = typed["dich_vu"].partition("|")
    asked = UsageFilter(
        period,
        typed["co_quan"],
        typed["he_thong"],
        _code(integration),
        kind,
        _code(typed["thu_tuc"]),
    )
    return Asked(asked, SIDES.get(typed["theo"], Side.ORGANISATION), typed, errors)


def _code(text: str) -> str | None:
    return None if not text else "" if text == NO_CODE else text


def _period(typed: Mapping[str, str], today: date) -> Period:
    if not (typed["tu"] or typed["den"]):
        return _named(typed["ky"] if typed["ky"] in PERIODS else "30-ngay", today)
    until = min(_day(typed["den"], "den") if typed["den"] else today, today)
    since = _day(typed["tu"], "tu") if typed["tu"] else until - timedelta(days=29)
    if since > until:
        raise Invalid(
            "usage.period",
            "Từ ngày phải trước hoặc bằng đến ngày, và không sau hôm nay.",
            "The first day must not be after the last one, nor after today.",
            field="tu",
        )
    if until.year - since.year > YEARS_MAX:
        raise Invalid(
            "usage.period", f"Chọn kỳ dài nhất {YEARS_MAX} năm.", f"Choose a period of at most {YEARS_MAX} years.", field="tu"
        )
    return Period(since, until, today, first_day_kept(today))


def _named(name: str, today: date) -> Period:
    since = {
        "7-ngay": today - timedelta(days=6),
        "30-ngay": today - timedelta(days=29),
        "thang-nay": today.replace(day=1),
        "12-thang": months_before(today.replace(day=1), 11),
    }[name]
    return Period(since, today, today, first_day_kept(today))


def _day(text: str, field: str) -> date:
    for shape in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, shape).date()
        except ValueError:
            continue
    raise Invalid(
        "usage.day",
        "Không đọc được ngày. Nhập theo mẫu 24/11/2026.",
        "Cannot read the day. Write it as 24/11/2026.",
        field=field,
    )


def period_words() -> dict[str, str]:
    return {"7-ngay": _("7 ngày"), "30-ngay": _("30 ngày"), "thang-nay": _("Tháng này"), "12-thang": _("12 tháng")}


def side_words() -> dict[str, str]:
    return {"co-quan": _("Cơ quan"), "he-thong": _("Hệ thống"), "dich-vu": _("Dịch vụ"), "thu-tuc": _("Thủ tục")}
