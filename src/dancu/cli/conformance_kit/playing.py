"""One run against a candidate server: knock first, then every check of the chosen dialects, then the document."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from dancu.cli.conformance_kit import (  # noqa: F401 - each puts its checks into the list
    manner_checks,
    people_checks,
    platform_checks,
    rest_checks,
    soap_checks,
    soap_hash_checks,
    soap_request_checks,
    token_checks,
)
from dancu.cli.conformance_kit.agreed import Agreed
from dancu.cli.conformance_kit.asking import about
from dancu.cli.conformance_kit.checks import CHECKS, Check, Failed, Skipped, masked
from dancu.cli.conformance_kit.persons import Cast
from dancu.cli.conformance_kit.rest_tongue import Rest
from dancu.cli.conformance_kit.stage import Stage
from dancu.cli.conformance_kit.tongues import (
    Adapter,
    JsonPlatform,
    Lgsp,
    OpenCps,
    SharePoint,
    Soap,
    Tongue,
    Warehouse,
    token_call,
)
from dancu.cli.conformance_kit.wire import NoAnswer, Reply, Wire
from dancu.onboarding.conformance import (
    CandidateRole,
    CheckOutcome,
    CheckResult,
    ConformanceResult,
    summary_of,
)

KIT_VERSION = "1"
SILENT_MAX = 3  # so many calls in a row without an answer, and the candidate counts as gone
# In this order after all others: the first may use up what a server bears, the rest look at what all others saw.
_LAST = ("uniform", "headers", "time")
_WITHOUT_TOKEN = ("token-form", "token-wrong-secret")  # of a platform that gives none


class Token(Soap):
    """The token call alone: nothing is asked about persons."""

    name = "token"


_ALL: tuple[type[Tongue], ...] = (Soap, Lgsp, JsonPlatform, Adapter, OpenCps, SharePoint, Warehouse, Rest, Token)
TONGUES: dict[str, type[Tongue]] = {each.name: each for each in _ALL}
DIALECTS = tuple(TONGUES)


class Gone(Exception):
    """The candidate cannot be looked at at all; one sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__("gone")
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be looked at."""

    dialects: Sequence[str] = DIALECTS
    only: Collection[str] = field(default_factory=frozenset)  # ids; all when empty
    skipped: Collection[str] = field(default_factory=frozenset)

    def checks_of(self, dialect: str) -> list[Check]:
        found = [each for each in CHECKS if each.dialect == dialect]
        return sorted(found, key=lambda each: _LAST.index(name) if (name := each.id.partition(".")[2]) in _LAST else -1)

    def unknown(self) -> list[str]:
        """Ids that no chosen dialect has."""
        known = {each.id for name in self.dialects for each in self.checks_of(name)}
        return sorted({*self.only, *self.skipped} - known)


async def play(
    wire: Wire,
    agreed: Agreed,
    cast: Cast,
    wanted: Wanted,
    now: Callable[[], datetime],
    tell: Callable[[CheckResult], None] = lambda _: None,
) -> ConformanceResult:
    """Look at everything that is wanted. Raises `Gone` when there is nobody to look at, at first or in the middle."""
    agreed = replace(agreed, base_path=urlsplit(wire.root).path)
    began, results = now(), []
    for name in wanted.dialects:
        stage = Stage(wire, agreed, cast, TONGUES[name](agreed), DIALECTS.index(name))
        if name == wanted.dialects[0]:
            await _knock(stage)
        async for result in _results(stage, wanted):
            results.append(result)
            tell(result)
    return ConformanceResult(
        KIT_VERSION,
        CandidateRole.SERVER,
        agreed.client_id,
        plain_address(wire.root),
        tuple(wanted.dialects),
        began,
        now(),
        tuple(results),
        summary_of(results),
    )


def plain_address(url: str) -> str:
    """An address without user, query and fragment; nothing for what is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


async def _knock(stage: Stage) -> None:
    """One ordinary call: is there a server that speaks in contracts at all?"""
    call = token_call(stage.agreed, "form") if stage.tongue.name == "token" else stage.tongue.call(about(stage.cast.plain))
    try:
        reply = await stage.wire.send(call)
    except NoAnswer as failure:
        raise Gone(failure.sentence) from failure
    if sentence := _no_contract(reply):
        raise Gone(sentence)


def _no_contract(reply: Reply) -> str:
    """Why this is no server of a contract; empty when it may be one."""
    if 300 <= reply.status < 400:
        where = plain_address(reply.header("Location")) or "một địa chỉ không nêu"
        advice = "Phần mềm đang chạy không đi theo: dùng thẳng địa chỉ cuối cùng."
        return f"Máy chủ chuyển hướng (HTTP {reply.status}) tới {where}. {advice}"
    if reply.is_html:
        advice = "Kiểm tra địa chỉ: đây có thể là trang web hoặc trang báo lỗi của proxy."
        return f"Máy chủ trả một trang HTML (HTTP {reply.status}). {advice}"
    return ""


async def _results(stage: Stage, wanted: Wanted) -> AsyncIterator[CheckResult]:
    """The checks of one dialect, one after the other. Raises `Gone` when the candidate has stopped to answer."""
    silent, unready = 0, ""
    try:
        await stage.tongue.prepare(stage.wire)
    except Skipped as failure:
        unready = failure.sentence
    except NoAnswer as failure:
        unready = f"Chưa xin được token nên chưa hỏi được: {failure.sentence}"
    if stage.tongue.name != Token.name and not unready:
        with contextlib.suppress(NoAnswer):
            await stage.call_the_roll()
    for each in wanted.checks_of(stage.tongue.name):
        if (wanted.only and each.id not in wanted.only) or each.id in wanted.skipped:
            yield _result(each, CheckOutcome.SKIPPED, "Bỏ qua theo yêu cầu của người chạy.")
            continue
        try:
            yield _result(each, *await _played(each, stage, unready))
            silent = 0
        except NoAnswer as failure:
            silent += 1
            if silent == SILENT_MAX:
                raise Gone(f"Hệ thống ngừng trả lời giữa chừng, ở {each.id}. {failure.sentence}") from failure
            yield _result(
                each, CheckOutcome.FAILED, f"Đã gửi: {stage.said}. {failure.sentence} Cần: câu trả lời trọn vẹn, vì {each.why}."
            )


async def _played(check: Check, stage: Stage, unready: str) -> tuple[CheckOutcome, str]:
    """One check. Raises `NoAnswer`."""
    if unready and check.id.partition(".")[2] not in _WITHOUT_TOKEN:
        outcome = CheckOutcome.FAILED if check.id.endswith(".found") else CheckOutcome.SKIPPED
        return outcome, unready
    try:
        await check.run(stage)
    except Failed as failure:
        return CheckOutcome.FAILED, failure.sentence(check.why, stage.said)
    except Skipped as failure:
        return CheckOutcome.SKIPPED, failure.sentence
    return CheckOutcome.PASSED, ""


def _result(check: Check, outcome: CheckOutcome, sentence: str) -> CheckResult:
    return CheckResult(check.id, check.title, check.dialect, outcome, masked(sentence))
