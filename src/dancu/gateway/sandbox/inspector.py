"""The inspector: what systems in trial sent, explained to whoever builds them; after the answer has gone, in a task of its own.

Bounded in calls and in bytes; what does not fit is not explained. A call's body lives here until it is explained, some
milliseconds, and nowhere else.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import time
from collections import OrderedDict, deque
from datetime import datetime
from typing import NamedTuple

import structlog

from dancu.exchange.domain import REASON_WORDS, Reason
from dancu.exchange.hot import HotPath
from dancu.exchange.trial.calls import UNAUTHENTICATED, TrialCall
from dancu.exchange.trial.cases import Case, Handled, case_by_code, cases
from dancu.exchange.trial.findings import Finding, Level, found
from dancu.exchange.trial.secrets import TrialCaller
from dancu.exchange.trial.tried import TRIED, Tried
from dancu.gateway.calls import HttpCall, Reply
from dancu.gateway.dialects.national_response import marked_as_trial
from dancu.gateway.sandbox.bodies import Body, Meaning, read_call
from dancu.gateway.sandbox.claimed import UNKNOWN_DIALECT, claimed_by, dialect_of
from dancu.gateway.sandbox.credentials import why_not_believed
from dancu.gateway.sandbox.values import asked_of, findings_on

WAITING_MAX, WAITING_BYTES_MAX = 500, 8 * 1024 * 1024
PAUSE_SECONDS = 0.002  # between two explanations: whoever is answered meanwhile goes first
MARKS_MAX, CLIENTS_MAX = 200, 1_000  # request ids remembered, of one system; systems
MARK = (b"dancu-trial", b"true")
# A failed call that was never a question may still be one of a system in trial; throttled and unavailable ones are known as such.
_NOT_ASKED = frozenset({400, 401, 404, 405, 413, 415, 422})
_XML = ("application/xml", "text/xml", "application/soap+xml")
_OF_A_GROUND = frozenset(REASON_WORDS) - {
    Reason.MALFORMED,
    Reason.NO_GRANT,
    Reason.OFFICER_NOT_LISTED,
    Reason.DOSSIER_MISSING,
}

log = structlog.get_logger("gateway")


class Waiting(NamedTuple):
    """A call that was answered and is still to be explained."""

    call: HttpCall
    status: int
    caller: TrialCaller
    tried: Tried | None  # None: it only named its system
    at: datetime
    duration_ms: int


class Inspector:
    """One process's explanations (*bộ soi lần gọi thử nghiệm*)."""

    def __init__(self) -> None:
        self._waiting: deque[Waiting] = deque()
        self._waiting_bytes = 0
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._marks: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()

    def start(self, hot: HotPath) -> None:
        self._task = asyncio.create_task(self._explain_all(hot))

    async def stop(self, hot: HotPath) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        while self._waiting:
            self._explain_next(hot)

    def looked_at(self, hot: HotPath, call: HttpCall, reply: Reply) -> Reply:
        """A reply on its way out: that of a system in trial is marked, and its call kept to be explained."""
        tried = TRIED.get()
        if tried is None:
            caller = claimed_by(hot, call) if reply.status in _NOT_ASKED else None
            if caller is not None:
                self._keep(hot, Waiting(call, reply.status, caller, None, call.now, 0))
            return reply
        TRIED.set(None)  # the next call of this connection begins inside this one
        found_caller = hot.directory().callers.get(tried.system.client_id) if hot.is_ready else None
        if isinstance(found_caller, TrialCaller):
            spent = int((time.monotonic() - tried.since) * 1000)
            self._keep(hot, Waiting(call, reply.status, found_caller, tried, call.now, spent))
        return marked(reply)

    def _keep(self, hot: HotPath, waiting: Waiting) -> None:
        size = len(waiting.call.body)
        is_stranger = waiting.tried is None
        has_room = hot.sandbox.calls.has_room(waiting.caller.system.client_id, is_stranger=is_stranger)
        if has_room and len(self._waiting) < WAITING_MAX and self._waiting_bytes + size <= WAITING_BYTES_MAX:
            self._waiting_bytes += size
            self._waiting.append(waiting)
            self._wake.set()

    async def _explain_all(self, hot: HotPath) -> None:
        while True:
            while not self._waiting:
                self._wake.clear()
                await self._wake.wait()
            self._explain_next(hot)
            await asyncio.sleep(PAUSE_SECONDS)

    def _explain_next(self, hot: HotPath) -> None:
        waiting = self._waiting.popleft()
        self._waiting_bytes -= len(waiting.call.body)
        try:
            hot.sandbox.calls.add(self.explained(hot, waiting))
        except Exception as failure:  # whatever it is: the next one is explained
            log.warning("gateway.trial.not_explained", error=type(failure).__name__)

    def explained(self, hot: HotPath, waiting: Waiting) -> TrialCall:
        """The call as it is kept."""
        call, tried, system = waiting.call, waiting.tried, waiting.caller.system
        body = read_call(call)
        told = [found(code, *values) for code, values in tried.notes] if tried is not None else []
        is_handled = tried.is_handled if tried is not None else False
        if tried is None:
            told += _of_failure(hot, waiting)
            body = body._replace(findings=())
        elif tried.kind:
            told += _of_http(call)
            told += [*body.findings, *findings_on(body.elements, tried.person), *_of_refusal(tried, body)]
            handled, repeated = self._of_request_id(waiting, body, tried)
            is_handled |= handled
            told += repeated
        elif waiting.status >= 400 and not told:
            told.append(found("body.unread"))
        is_wrong = any(each.level is Level.WRONG for each in told)
        grants = [each for each in hot.directory().grants.values() if each.client_id == system.client_id] if hot.is_ready else []
        return TrialCall(
            system.client_id,
            system.organisation,
            waiting.at,
            dialect_of(call),
            body.operation,
            UNAUTHENTICATED if tried is None else tried.outcome or "other",
            waiting.status,
            waiting.duration_ms,
            tried.scenario if tried is not None else "",
            is_handled and not is_wrong,
            tuple(dict.fromkeys(told)),
            asked_of(body.elements, grants) if tried is not None else {},
        )

    def _of_request_id(self, waiting: Waiting, body: Body, tried: Tried) -> tuple[bool, list[Finding]]:
        """Was it sent again as it should? Request ids are remembered as hashes, in memory only."""
        mark = _mark_of(waiting.call, body)
        if tried.begun is not None:
            tried.begun.mark = mark
        is_repeated = self._is_known(waiting.caller.system.client_id, mark)
        case: Case | None = case_by_code(tried.scenario)
        if tried.again is not None and case is not None and case.handled is Handled.SAME_ID:
            is_same = bool(mark) and mark == tried.again.mark
            return is_same, [found("retry.same_id" if is_same else "retry.new_id")]
        if not mark:
            return False, [found("request.id_missing")]
        is_news = is_repeated and tried.again is None and tried.begun is None and tried.outcome not in ("repeated", "conflict")
        return False, [found("request.id_repeated")] if is_news else []

    def _is_known(self, client_id: str, mark: str) -> bool:
        if not mark:
            return False
        marks = self._marks.setdefault(client_id, OrderedDict())
        self._marks.move_to_end(client_id)
        is_known = mark in marks
        marks[mark] = None
        if len(marks) > MARKS_MAX:
            marks.popitem(last=False)
        if len(self._marks) > CLIENTS_MAX:
            self._marks.popitem(last=False)
        return is_known


def marked(reply: Reply) -> Reply:
    """The reply with the mark of a trial: a header everywhere, and inside a SOAP envelope its own."""
    body = marked_as_trial(reply.body) if reply.content_type.startswith(b"text/xml") else reply.body
    return reply._replace(body=body, headers=[*reply.headers, MARK])


def _of_failure(hot: HotPath, waiting: Waiting) -> list[Finding]:
    call, status = waiting.call, waiting.status
    if dialect_of(call) == UNKNOWN_DIALECT or status == 404:
        return [found("http.address")]
    if status == 405:
        return [found("http.method")]
    if status == 413:
        return [found("http.too_large")]
    if b"dancu-signature" in call.headers or b"dancu-front-certificate" in call.headers:
        return [found("auth.signature")]
    return why_not_believed(hot, call, waiting.caller) if status == 401 else [found("body.unread")]


def _of_http(call: HttpCall) -> list[Finding]:
    stated = call.header(b"content-type").partition(";")[0].strip().lower()
    dialect = dialect_of(call)
    if dialect in ("soap", "lgsp") and stated not in _XML:
        return [found("http.content_type", "application/xml")]
    if dialect in ("rest", "json", "adapter", "opencps") and stated != "application/json":
        return [found("http.content_type", "application/json")]
    return []


def _of_refusal(tried: Tried, body: Body) -> list[Finding]:
    if tried.outcome == Reason.OFFICER_NOT_LISTED:
        stated = next((each.text.strip() for each in body.elements if each.meaning is Meaning.OFFICER), "")
        listed = ", ".join(each.account for each in cases().accounts.values() if each.is_listed)
        return [] if stated in cases().accounts else [found("officer.unknown", listed)]
    if tried.outcome == Reason.DOSSIER_MISSING:
        return [found("dossier.missing")]
    if tried.outcome == Reason.MALFORMED and not any(each.level is Level.WRONG for each in body.findings):
        return [found("body.unread")]
    if tried.outcome in _OF_A_GROUND:
        return [found("ground.refused", REASON_WORDS[Reason(tried.outcome)])]
    return []


def _mark_of(call: HttpCall, body: Body) -> str:
    stated = call.header(b"idempotency-key") or next(
        (each.text.strip() for each in body.elements if each.meaning is Meaning.REQUEST_ID), ""
    )
    return hashlib.sha256(stated.encode(errors="replace")).hexdigest() if stated else ""
