"""Operations of the national contract on many persons: the window of changes, and lists that are asked for and fetched later."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from dancu.exchange import feeds
from dancu.exchange.domain import Refused
from dancu.exchange.hot import HotPath
from dancu.gateway.calls import XML, HttpCall, Reply
from dancu.gateway.dialects import national_lists, national_response
from dancu.gateway.dialects.national_request import SoapCall
from dancu.gateway.replies import NO_ONE
from dancu.kernel.errors import Conflict, Invalid, NotFound, TooMany
from dancu.onboarding.domain import ErrorProfile, WireProfile
from dancu.onboarding.reader import KnownCaller

REFUSED_NOTE, MALFORMED_NOTE, LIMIT_NOTE, NOTHING_NOTE, STATE_NOTE = "DANCU-403", "DANCU-422", "DANCU-429", "DANCU-404", "DANCU-409"
_NOTES = {Invalid: MALFORMED_NOTE, NotFound: NOTHING_NOTE, Conflict: STATE_NOTE, TooMany: LIMIT_NOTE}
Told = Callable[[HotPath, KnownCaller, SoapCall], Awaitable[bytes | Refused]]


async def window(hot: HotPath, call: HttpCall, caller: KnownCaller, asked: SoapCall) -> Reply:
    """Subscribed persons whose record changed between two moments; the call names no officer, so the profile does."""
    return await _answer(hot, caller, asked, _window)


async def _window(hot: HotPath, caller: KnownCaller, asked: SoapCall) -> bytes | Refused:
    told = await feeds.tell_window(hot, caller, _officer(caller, asked), national_lists.window_of(asked))
    return told if isinstance(told, Refused) else national_lists.window_answer(told)


async def _request(hot: HotPath, caller: KnownCaller, asked: SoapCall) -> bytes | Refused:
    profile: WireProfile = caller.system.profile
    wanted = feeds.Asked(
        national_lists.criteria_of(asked),
        _officer(caller, asked),
        asked.integration_code or profile.integration_code,
        asked.procedure or profile.procedure,
        "",  # the contract names no purpose and no basis: they are the grant's
        "",
    )
    told = await feeds.request_list(hot, feeds.Wanted(caller, wanted))
    return told if isinstance(told, Refused) else national_lists.requests_answer([told])


async def _own(hot: HotPath, caller: KnownCaller, asked: SoapCall) -> bytes:
    return national_lists.requests_answer(await feeds.own_lists(hot, caller, NO_ONE, feeds.LISTED_MAX))


async def _state(hot: HotPath, caller: KnownCaller, asked: SoapCall) -> bytes:
    line, _ = await feeds.list_line(hot, caller, _id(asked))
    return national_lists.requests_answer([line])


async def _detail(hot: HotPath, caller: KnownCaller, asked: SoapCall) -> bytes:
    return national_lists.detail_answer(*await feeds.list_line(hot, caller, _id(asked)))


async def _history(hot: HotPath, caller: KnownCaller, asked: SoapCall) -> bytes:
    return national_lists.history_answer(await feeds.list_history(hot, caller, _id(asked)))


async def _records(hot: HotPath, caller: KnownCaller, asked: SoapCall) -> bytes | Refused:
    told = await feeds.tell_page(hot, caller, _id(asked), national_lists.page_of(asked), _officer(caller, asked))
    return told if isinstance(told, Refused) else national_lists.records_answer(told.persons)


async def _file(hot: HotPath, caller: KnownCaller, asked: SoapCall) -> bytes | Refused:
    told = await feeds.tell_page(hot, caller, _id(asked), national_lists.page_of(asked), _officer(caller, asked))
    return told if isinstance(told, Refused) else national_lists.file_answer(told.persons, told.number)


async def _delete(hot: HotPath, caller: KnownCaller, asked: SoapCall) -> bytes:
    await feeds.delete_list(hot, caller, _id(asked))
    line, _ = await feeds.list_line(hot, caller, _id(asked))
    return national_lists.requests_answer([line])


async def _answer(hot: HotPath, caller: KnownCaller, asked: SoapCall, tell: Told) -> Reply:
    """What is told, or the refusal as this system reads refusals: an empty collection with our code, or a fault."""
    try:
        told = await tell(hot, caller, asked)
    except (Invalid, NotFound, Conflict, TooMany) as failure:
        return _refusal(caller, _NOTES[type(failure)], failure.message, failure.message_en)
    if isinstance(told, Refused):
        return _refusal(caller, LIMIT_NOTE if told.retry_after_seconds else REFUSED_NOTE, told.message, told.message_en)
    return Reply(200, XML, told)


def _refusal(caller: KnownCaller, note: str, message: str, message_en: str) -> Reply:
    if caller.system.error_profile is ErrorProfile.STRICT:
        return Reply(500, XML, national_response.fault(note, message, message_en))
    return Reply(200, XML, national_response.empty_answer(note))


def _officer(caller: KnownCaller, asked: SoapCall) -> str:
    return asked.officer or caller.system.profile.officer


def _id(asked: SoapCall) -> UUID:
    try:
        return UUID(asked.values.get("IdYeuCau", ""))
    except ValueError:
        raise NotFound("list.none", "Không có yêu cầu này.", "There is no such request.", field="IdYeuCau") from None


def _serving(tell: Told) -> Callable[[HotPath, HttpCall, KnownCaller, SoapCall], Awaitable[Reply]]:
    async def serve(hot: HotPath, call: HttpCall, caller: KnownCaller, asked: SoapCall) -> Reply:
        return await _answer(hot, caller, asked, tell)

    return serve


OPERATIONS = {
    **{name: _serving(_request) for name in national_lists.REQUESTING},
    "GetRequests": _serving(_own),
    "GetRequestStatus": _serving(_state),
    "GetRequestResult": _serving(_state),
    "GetRequestDetail": _serving(_detail),
    "GetRequestHistory": _serving(_history),
    "GetResultDetailAsRecords": _serving(_records),
    "GetResultDetailAsFile": _serving(_file),
    "DeleteRequest": _serving(_delete),
}
