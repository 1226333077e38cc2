"""The national SOAP contract at the edge: authenticate, parse, ask, render. Its bytes are in `dialects`."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

from dancu.exchange.hot import HotPath
from dancu.exchange.trial.tried import note_call
from dancu.gateway import callers, hubs, national, problems
from dancu.gateway.calls import XML, BodyTooLarge, HttpCall, NotMirrored, Reply, Route
from dancu.gateway.dialects import national_request, national_response
from dancu.gateway.listings import listing_of
from dancu.kernel.errors import DancuError, Invalid, TooMany, Unauthenticated
from dancu.onboarding.reader import KnownCaller

WSDL = Path(__file__).parent / "wsdl" / "national.wsdl"


async def describe(_: HotPath, call: HttpCall) -> Reply:
    """The contract for new users, with the address it was asked under."""
    location = escape(call.url.split("?")[0], {'"': "&quot;"}).encode()
    return Reply(200, XML, WSDL.read_bytes().replace(b"{location}", location), [(b"x-content-type-options", b"nosniff")])


async def answer(hot: HotPath, call: HttpCall) -> Reply:
    """One SOAP request, from whoever signs it or shows a token. Raises `Unavailable`, `TooMany`."""
    caller = authenticate(hot, call)
    if caller is None:
        hot.security_log.note("soap.unauthenticated", call.address)
        return unauthenticated()
    return await answer_to(hot, call, hubs.as_forwarded(hot, call, caller))


async def answer_to(hot: HotPath, call: HttpCall, caller: KnownCaller) -> Reply:
    """One SOAP request of a known system."""
    try:
        asked = national_request.parse_request(call.body)
    except Invalid:
        return national.split(await national.ask_nothing(hot, caller, national.unread_in_xml(caller)))
    listing = listing_of(asked)
    if listing is not None:
        if call.known_as is not None:  # only mirrored: nobody is told, so nothing may be asked for or recorded as told
            raise NotMirrored
        note_call(caller)
        if call.came is not None and call.came.must_be_spent:
            await hot.spend(call.came)  # no batch does it for what is no question
        if (refused := await hot.refuse_doubted(caller, call.came)) is not None:
            return national.split(national.refusal(caller, national.note_of(refused), suspension=refused.suspension))
        return await listing(hot, call, caller, asked)
    return national.split(await national.ask(hot, caller, asked, national.in_xml(caller, asked)))


def authenticate(hot: HotPath, call: HttpCall) -> KnownCaller | None:
    """A hash over the secret, or a token that was asked for with it."""
    if call.header(b"authorization").lstrip()[:7].lower() == "bearer ":
        return callers.by_token(hot, call)
    return callers.by_hash(hot, call)


def unauthenticated() -> Reply:
    text = ("Không xác thực được hệ thống gọi.", "The calling system could not be authenticated.")
    return Reply(401, XML, national_response.fault("DANCU-401", *text))


def failed(failure: Exception) -> Reply:
    """What went wrong before a question was answered, as a fault."""
    if isinstance(failure, BodyTooLarge):
        text = ("Nội dung gửi lên quá lớn.", "The request is too large.")
        return Reply(413, XML, national_response.fault("DANCU-413", *text))
    retry = [(b"retry-after", str(problems.RETRY_AFTER_SECONDS).encode())]
    if isinstance(failure, Unauthenticated):
        return Reply(401, XML, national_response.fault("DANCU-401", failure.message, failure.message_en))
    if isinstance(failure, DancuError):
        status = 429 if isinstance(failure, TooMany) else failure.status
        return Reply(status, XML, national_response.fault("DANCU-503", failure.message, failure.message_en), retry)
    text = ("Lỗi nội bộ. Gửi lại sau ít giây.", "Internal error. Retry in a few seconds.")
    return Reply(500, XML, national_response.fault("DANCU-500", *text))


ROUTE = Route({"POST": answer, "GET": describe}, failed, only_asks=True)
