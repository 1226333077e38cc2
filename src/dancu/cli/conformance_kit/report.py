"""A run as people read it: one line a check, under a failure what to do; the sum at the end."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

from dancu.cli.conformance_kit.agreed import Agreed
from dancu.cli.conformance_kit.checks import CHECKS
from dancu.cli.conformance_kit.scenario import Step
from dancu.onboarding.conformance import CheckOutcome, CheckResult, ConformanceResult

WIDTH = 110
_MARKS = {CheckOutcome.PASSED: "✓", CheckOutcome.FAILED: "✗", CheckOutcome.SKIPPED: "–"}
_WORDS = {CheckOutcome.PASSED: "đạt", CheckOutcome.FAILED: "KHÔNG ĐẠT", CheckOutcome.SKIPPED: "bỏ qua"}


class Telling:
    """Prints each check as it ends, under the name of its dialect."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show, self._dialect = show, ""

    def __call__(self, result: CheckResult) -> None:
        if result.dialect != self._dialect:
            self._dialect = result.dialect
            self._show(f"\n{result.dialect}")
        self._show(f"  {_MARKS[result.outcome]} {_WORDS[result.outcome]:<10}{result.title}  [{result.id}]")
        if result.sentence:
            self._show(
                textwrap.fill(result.sentence, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6, break_long_words=False)
            )


def sum_of(result: ConformanceResult) -> str:
    """The last line."""
    summary = result.summary
    verdict = (
        "Tất cả đều đạt." if result.holds and result.is_whole else "Không có phép kiểm tra nào không đạt." if result.holds else ""
    )
    counted = f"{summary.passed} đạt, {summary.failed} không đạt, {summary.skipped} bỏ qua."
    return f"\n{counted} {verdict}".rstrip()


def catalogue(dialects: tuple[str, ...]) -> str:
    """Every check there is, for who writes a server."""
    lines = []
    for dialect in dialects:
        lines.append(f"\n{dialect}")
        lines += [f"  {each.id:<32} {each.title} (vì {each.why})" for each in CHECKS if each.dialect == dialect]
    return "\n".join(lines).strip()


def steps_table(steps: Sequence[Step], agreed: Agreed, address: str) -> str:
    """What the candidate client is to do, for its integrator."""
    lines = [
        f"Dịch vụ mẫu đang nghe ở {address} (POST, SOAP quốc gia, đường dẫn nào cũng được).",
        f"Cấu hình phần mềm: user {agreed.client_id}, mã bí mật trong tệp đã cho, MaDVC {agreed.procedure}, "
        f"MaTichHop {agreed.code}, MaCanBo {agreed.officer}.",
        "Tra cứu lần lượt từng người, mỗi người một lần. Người và dữ liệu đều là mô phỏng.",
        "",
    ]
    for at, step in enumerate(steps, start=1):
        person = step.persona
        born = f"{person.born[6:]}/{person.born[4:6]}/{person.born[:4]}" if len(person.born) == 8 else person.born
        lines.append(f"  {at}. {person.number}  {person.name}  {born}  → màn hình: {step.screen}")
    return "\n".join([*lines, "", "Ctrl-C để kết thúc và xem kết quả."])
