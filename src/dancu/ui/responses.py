"""What every page shares: security headers, failures as pages that keep what was typed, the context of the frame."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Any, cast

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, DisallowedHost, PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.middleware.gzip import GZipMiddleware
from django.template.loader import render_to_string
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from dancu.kernel.errors import DancuError, Unavailable
from dancu.ui.kept import as_kept
from dancu.ui.navigation import NavItem, home_of, room_of, rooms_for

log = structlog.get_logger("web")
RETRY_AFTER_SECONDS = 5
_NUL = "a NUL character, which no field and no table can hold"
# Scripts and styles come from files of ours only; pictures may be data (the QR on a slip).
_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
_NOT_KEPT = {"csrfmiddlewaretoken", "mat_khau"}
THEME_COOKIE = "theme"
THEMES = ("light", "dark")  # anything else is as the machine says

Next = Callable[[HttpRequest], HttpResponse]


def security_headers(get_response: Next) -> Next:
    """Middleware: what a browser may do with our pages."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")  # pages show people
        return response

    return middleware


def compressed_pages(get_response: Next) -> Next:
    """Middleware: pages go compressed to whom can read it, padded by a random length so that sizes tell nothing.

    Files are compressed once by `dancu.ui.assets`, not here.
    """
    compress = GZipMiddleware(get_response)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            return cast(HttpResponse, compress.process_response(request, response))
        return response

    return middleware


def language_by_choice(get_response: Next) -> Next:
    """Middleware: Vietnamese, unless English was chosen here; the language of the browser's own menus says nothing."""
    known = {code for code, _name in settings.LANGUAGES}

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with override(language):
            return get_response(request)

    return middleware


class failures_as_pages:
    """Middleware: an expected failure becomes a page with a sentence; what was posted stays and can be sent again."""

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            if "\0" in request.path or _has_nul(request.GET):
                raise SuspiciousOperation(_NUL)
            return self._get_response(request)
        except Exception as failure:
            return failure_page(request, failure)

    def process_view(self, request: HttpRequest, page: Next, *_given: object) -> HttpResponse | None:
        """The body is looked at once it is known whose it is: a page for large files reads it itself, after its guard."""
        try:
            if request.method == "POST" and not getattr(page, "reads_body_itself", False) and _has_nul(request.POST):
                raise SuspiciousOperation(_NUL)
        except Exception as failure:
            return failure_page(request, failure)
        return None

    def process_exception(self, request: HttpRequest, failure: Exception) -> HttpResponse:
        return failure_page(request, failure)


def _has_nul(sent: QueryDict) -> bool:
    return any("\0" in text for name, values in sent.lists() for text in (name, *values))


def failure_page(request: HttpRequest, failure: Exception) -> HttpResponse:
    """The page of a failure. Drawn without database and session: it must work when they do not."""
    if isinstance(failure, OperationalError | InterfaceError):
        failure = Unavailable(
            "web.database",
            _("Máy chủ dữ liệu tạm thời không trả lời. Những gì bạn đã nhập vẫn còn ở dưới; bấm Thử lại sau ít giây."),
        )
    if isinstance(failure, DancuError):
        status, sentence, reference = failure.status, _words(failure), ""
    elif isinstance(failure, Http404):
        status, sentence, reference = 404, _("Không có trang này. Kiểm tra lại địa chỉ, hoặc về trang đầu."), ""
    elif isinstance(failure, PermissionDenied):
        status, sentence, reference = 403, _("Bạn không được giao việc này."), ""
    elif isinstance(failure, SuspiciousOperation | BadRequest | MultiPartParserError):
        status, sentence, reference = 400, _("Yêu cầu không hợp lệ. Tải lại trang rồi thử lại."), ""
    else:
        reference = secrets.token_hex(6)
        route = request.resolver_match.route if request.resolver_match else ""  # not the path: anything may be typed there
        log.error("web.request.failed", reference=reference, error=type(failure).__name__, route=route, exc_info=settings.DEBUG)
        status, sentence = (
            500,
            _("Có lỗi bên trong hệ thống. Dữ liệu đã lưu không bị ảnh hưởng. Gửi mã tham chiếu cho người vận hành."),
        )
    return _page(request, status, sentence, reference)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form older than its session: the officer sends it once more from here. Another site's form is not hers to send."""
    if _is_foreign(request):
        return _page(request, 403, _("Yêu cầu này do một trang web khác gửi đến nên không được thực hiện."), "")
    return _page(request, 403, _("Biểu mẫu đã cũ hoặc trình duyệt chặn cookie. Những gì bạn đã nhập vẫn còn; bấm Thử lại."), "")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return failure_page(request, Http404())


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What the frame of a page needs."""
    officer, citizen = getattr(request, "officer", None), getattr(request, "citizen", None)
    everywhere = (*settings.NAVIGATION, *settings.FOR_CITIZENS)
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "demo": settings.CONFIG.demo,
        "language": get_language() or "vi",
        "officer": officer,
        "citizen": citizen,
        "rooms": _rooms(officer, citizen),
        "here": request.get_full_path() if request.method == "GET" else room_of(everywhere, request.path),
        "theme": theme if theme in THEMES else "",
        "themes": [("", _("Theo máy")), ("light", _("Sáng")), ("dark", _("Tối"))],
    }


def _rooms(officer: Any, citizen: Any) -> Sequence[NavItem]:
    """The main navigation: an officer's by her roles, a citizen's her own."""
    if officer:
        return rooms_for(settings.NAVIGATION, officer.roles)
    return settings.FOR_CITIZENS if citizen else ()


def _words(failure: DancuError) -> str:
    return failure.message if (get_language() or "vi").startswith("vi") else failure.message_en


def _page(request: HttpRequest, status: int, sentence: str, reference: str) -> HttpResponse:
    officer = getattr(request, "officer", None)
    request.failed = True  # type: ignore[attr-defined]  # whatever a frame asks a database for, this page goes without
    context = {
        "status": status,
        "sentence": sentence,
        "reference": reference,
        "kept": _typed(request),
        "next": request.get_full_path(),
        "retry": status in (403, 429, 503) and (request.method == "GET" or not _is_foreign(request)),
        "home": home_of(settings.NAVIGATION, officer.roles) if officer else _own_home(request),
        **page_context(request),
    }
    response = HttpResponse(render_to_string("ui/failure.html", context, request), status=status)
    if status in (429, 503):
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _own_home(request: HttpRequest) -> str:
    return str(settings.FOR_CITIZENS[0].path) if getattr(request, "citizen", None) else "/"


def _is_foreign(request: HttpRequest) -> bool:
    """Does the browser itself say that another site sent this? Its fields, under a button of ours, would be done by one key."""
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        return True
    try:
        ours = f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:
        return True
    return request.headers.get("Origin", ours) != ours


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    if request.method != "POST" or _is_foreign(request):
        return []
    try:
        return [(name, value.replace("\0", "")) for name, value in as_kept(request, _NOT_KEPT)]
    except Exception:  # a body that cannot be read has nothing to keep
        return []
