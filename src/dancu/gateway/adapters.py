"""What the contracts beside SOAP share: ask, and keep what was refused; which system an address names; how codes are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from dancu.exchange.domain import Reason, Refused
from dancu.exchange.hot import Answer, HotPath
from dancu.gateway import national, problems
from dancu.gateway.calls import JSON, BodyTooLarge, HttpCall, Reply
from dancu.gateway.dialects.national_request import SoapCall
from dancu.kernel.errors import DancuError, Invalid, TooMany
from dancu.kernel.warrants import Field
from dancu.onboarding.domain import ErrorCodeStyle
from dancu.onboarding.reader import KnownCaller

_encode = msgspec.json.Encoder().encode


class Told(NamedTuple):
    """What came of a question, in the bytes of the national contract, and the refusal where it is one."""

    status: int
    envelope: bytes
    refused: Refused | None

    @property
    def refused_status(self) -> int:
        """The status for whoever is told of refusals by status."""
        if self.refused is None:
            return 200
        if self.refused.reason is Reason.MALFORMED:
            return 422
        return 429 if self.refused.retry_after_seconds else 403

    @property
    def is_hidden(self) -> bool:
        """A refusal that looks like an empty answer: the compatible profile."""
        return self.refused is None or self.status == 200


async def ask(hot: HotPath, caller: KnownCaller, read: Callable[[], SoapCall], stated: dict[Field, str] | None = None) -> Told:
    """Ask what `read` reads; what it cannot read is recorded as such. Raises `Unavailable`, `TooMany`."""
    refused: list[Refused] = []

    def kept(render: national.Render) -> national.Render:
        def rendered(told: Answer) -> bytes:
            refused[:] = [told] if isinstance(told, Refused) else []
            return render(told)

        return rendered

    try:
        call = read()
    except Invalid:
        sent = await national.ask_nothing(hot, caller, kept(national.unread_in_xml(caller)))
    else:
        sent = await national.ask(hot, caller, call, kept(national.in_xml(caller, call)), stated)
    return Told(int(sent[:3]), sent[3:], refused[0] if refused else None)


def client_of(call: HttpCall) -> str:
    """The system an address names: its second segment."""
    return [*call.path.split("/"), "", ""][2]


def ends_with(call: HttpCall, *names: str) -> bool:
    """Is this the operation of these last segments, whatever stands before and in whatever case?"""
    path = call.path.rstrip("/").lower()
    return any(path.endswith("/" + name.lower()) for name in names)


def code_of(caller: KnownCaller | None, status: int) -> str | int:
    """`error_code` as this system's clients read it: `"00"`, `"0"` or 0 where all is well, the status otherwise."""
    style = caller.system.profile.error_code if caller else ErrorCodeStyle.NATIONAL
    if style is ErrorCodeStyle.NUMBER:
        return 0 if status == 200 else status
    return style.value if status == 200 else str(status)


def in_json(status: int, body: dict[str, Any]) -> Reply:
    """A JSON object, with the time to wait where waiting helps."""
    wait = [(b"retry-after", str(problems.RETRY_AFTER_SECONDS).encode())] if status in (429, 503) else []
    return Reply(status, JSON, _encode(body), wait)


class Failure(NamedTuple):
    """What went wrong before a question was answered: status and the two sentences."""

    status: int
    message: str
    message_en: str


UNKNOWN_CALLER = Failure(401, "Không xác thực được hệ thống gọi.", "The calling system could not be authenticated.")
NO_ADDRESS = Failure(404, "Không có địa chỉ này.", "There is no such address.")
REFUSED = Failure(403, "Yêu cầu không được chấp nhận.", "The request was refused.")


def failure_of(failure: Exception) -> Failure:
    """A failure of ours or of the body, with the status it is told by."""
    if isinstance(failure, BodyTooLarge):
        return Failure(413, "Nội dung gửi lên quá lớn.", "The request is too large.")
    if isinstance(failure, DancuError):
        status = 429 if isinstance(failure, TooMany) else failure.status
        return Failure(status, failure.message, failure.message_en)
    return Failure(500, "Lỗi nội bộ. Gửi lại sau ít giây.", "Internal error. Retry in a few seconds.")
