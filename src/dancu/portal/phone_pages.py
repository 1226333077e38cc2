"""Pages under /cua-toi/so-dien-thoai: the numbers said to be hers, by whom, and her own word on them. None is in an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dancu.identity.api import citizen_only
from dancu.kernel import clock
from dancu.kernel.errors import Conflict, Invalid
from dancu.portal import phones
from dancu.portal.pages import citizen_of
from dancu.portal.phones import OwnPhone
from dancu.portal.wording import Names
from dancu.reconcile.api import PhoneEnding, PhoneLine, PhoneSource, PhoneStanding
from dancu.ui import parts
from dancu.ui.words import day_text, in_language, is_english, moment_text

HERE = "/cua-toi/so-dien-thoai"
STANDING_WORDS: Mapping[PhoneStanding, tuple[parts.Kind, str]] = {
    PhoneStanding.STANDS: ("ok", "Được coi là của bạn"),
    PhoneStanding.DISPUTED: ("warn", "Chưa thống nhất"),
    PhoneStanding.OUTRANKED: ("plain", "Không được coi là của bạn"),
}
ENDING_WORDS: Mapping[str, str] = {
    PhoneEnding.GIVEN_UP: "Nhà mạng xác nhận số này không còn là của bạn.",
    PhoneEnding.SUPERSEDED: "Nhà mạng đã xác thực số này cho người khác.",
    PhoneEnding.WITHDRAWN: "Bạn đã rút lại.",
}
# What a number is worth, and whether she declared it → why, and what she may do.
ADVICE: Mapping[tuple[PhoneStanding, bool], str] = {
    (PhoneStanding.STANDS, True): "Không dùng số này nữa thì bạn rút lại.",
    (PhoneStanding.STANDS, False): "Nhà mạng xác thực số này là của bạn và không ai nói khác. Bạn không phải làm gì.",
    (PhoneStanding.DISPUTED, True): (
        "Số này còn được cho là của người khác, nên chưa ghi thêm cho ai. Khai nhầm thì bạn rút lại. "
        "Đúng là số của bạn thì bạn mang giấy tờ ra nhà mạng xác thực lại, hoặc gửi yêu cầu sửa dữ liệu để được xem xét."
    ),
    (PhoneStanding.DISPUTED, False): (
        "Số này còn được cho là của người khác, nên chưa ghi thêm cho ai. "
        "Nếu bạn đang dùng số này, bạn khai: lời khai của bạn cùng xác thực của nhà mạng được ưu tiên."
    ),
    (PhoneStanding.OUTRANKED, True): (
        "Người khác cũng khai số này và được nhà mạng xác thực. Khai nhầm thì bạn rút lại. "
        "Đúng là số của bạn thì bạn mang giấy tờ ra nhà mạng xác thực lại, hoặc gửi yêu cầu sửa dữ liệu để được xem xét."
    ),
    (PhoneStanding.OUTRANKED, False): (
        "Người khác đã khai số này và được nhà mạng xác thực, nên thông tin của nhà mạng về bạn không áp dụng. "
        "Nếu bạn đang dùng số này, bạn cũng khai; khi đó số là chưa thống nhất cho tới khi một bên rút lại."
    ),
}


@dataclass(frozen=True, slots=True)
class _Shown:
    """A number as its part of the page writes it."""

    phone: str
    state: parts.State
    advice: str
    said: list[tuple[str, str]]
    in_registry: str
    declared: PhoneLine | None
    asks: bool  # offers her to declare it
    operators: str  # whom to ask when the number is not hers; empty where there is nothing to ask
    is_contested: bool


@citizen_only("portal.own.see")
@require_GET
def phones_page(request: HttpRequest) -> HttpResponse:
    """Every number said to be hers, by whom, what it is worth, and the form to declare one."""
    return _draw(request)


@citizen_only("portal.own.ask")
@require_http_methods(["GET", "POST"])
def declare_page(request: HttpRequest) -> HttpResponse:
    """She declares a number. Pressed twice it is declared once."""
    if request.method == "GET":  # after signing in anew, say
        return _draw(request)
    typed = request.POST.get("phone", "")
    try:
        line = phones.declare(citizen_of(request), typed, now=clock.now())
    except (Invalid, Conflict) as failure:
        return _draw(request, failure, typed)
    return HttpResponseRedirect(f"{HERE}?khai={line.id}")


@citizen_only("portal.own.ask")
@require_http_methods(["GET", "POST"])
def withdraw_page(request: HttpRequest, line: UUID) -> HttpResponse:
    """She takes a declaration back after one question. Pressed twice it is taken back once."""
    citizen, now = citizen_of(request), clock.now()
    found = phones.get_declared(citizen, line, now=now)
    if not request.POST.get("sure") and found.ended_at is None:
        return render(request, "portal/withdraw.html", {"section": "phones", "confirm": _question(found)})
    phones.withdraw(citizen, line, now=now)
    return HttpResponseRedirect(f"{HERE}?rut={line}")


def _draw(request: HttpRequest, failure: Invalid | Conflict | None = None, typed: str = "") -> HttpResponse:
    own = phones.read_phones(citizen_of(request), now=clock.now())
    live = [line for each in own.phones for line in each.lines]
    names = Names([], {line.organisation for line in (*live, *own.ended) if line.organisation})
    word = (failure.message_en if is_english() else failure.message) if failure else ""
    context = {
        "section": "phones",
        "phones": [_shown(each, names) for each in own.phones],
        "ended": [_ended(line, names) for line in own.ended],
        "declared": next((line for line in live if str(line.id) == request.GET.get("khai")), None),
        "withdrawn": next((line for line in own.ended if str(line.id) == request.GET.get("rut")), None),
        "errors": {failure.field or "": word} if failure else {},
        "wrong": word,
        "typed": typed,
    }
    return render(request, "portal/phones.html", context, status=failure.status if failure else 200)


def _shown(own: OwnPhone, names: Names) -> _Shown:
    look, word = STANDING_WORDS[own.standing]
    is_declared = own.declared is not None
    # What she says herself, or what is not taken for hers, she need not have corrected.
    operators = () if is_declared or own.standing is PhoneStanding.OUTRANKED else own.operators
    return _Shown(
        own.phone,
        parts.State(in_language(word), look),
        in_language(ADVICE[own.standing, is_declared]),
        [_source(line, names) for line in own.lines],
        _in_registry(own),
        own.declared,
        not is_declared and own.standing is not PhoneStanding.STANDS,
        ", ".join(sorted({names.organisation(code) for code in operators})),
        is_declared and own.standing is not PhoneStanding.STANDS,
    )


def _in_registry(own: OwnPhone) -> str:
    """Does the registry have the number from here? What it has from elsewhere is not known here."""
    written = [line.written_at for line in own.lines if line.written_at is not None]
    if written:
        return _("Đã có trong cơ sở dữ liệu dân cư từ %(moment)s.") % {"moment": moment_text(min(written))}
    return _("Chờ cán bộ duyệt để ghi vào cơ sở dữ liệu dân cư.") if own.standing is PhoneStanding.STANDS else ""


def _source(line: PhoneLine, names: Names) -> tuple[str, str]:
    """Who says so, and since when."""
    if line.source is PhoneSource.CITIZEN:
        return _("Bạn tự khai"), moment_text(line.at)
    return names.organisation(line.organisation), _("xác thực ngày %(day)s") % {"day": day_text(line.verified_on)}


def _ended(line: PhoneLine, names: Names) -> tuple[str, str, str]:
    who, since = _source(line, names)
    ended = {"moment": moment_text(line.ended_at), "why": in_language(ENDING_WORDS.get(line.end_reason, ""))}
    return line.phone, f"{who}, {since}.", _("Hết hiệu lực lúc %(moment)s. %(why)s") % ended


def _question(line: PhoneLine) -> parts.Confirm:
    return parts.Confirm(
        _("Rút lại số %(phone)s?") % {"phone": line.phone},
        [
            _(
                "Lời khai của bạn không còn giá trị. "
                "Thông tin của nhà mạng và lời khai của người khác về số này, nếu có, được xét lại."
            ),
            _("Nếu số này đã được ghi vào cơ sở dữ liệu dân cư theo lời khai của bạn, việc bỏ ra cũng chờ cán bộ duyệt."),
        ],
        _("Rút lại số này"),
        f"{HERE}/{line.id}/rut",
        HERE,
        _("Bạn khai lại số này lúc nào cũng được."),
        fields=[("sure", "1")],
    )
