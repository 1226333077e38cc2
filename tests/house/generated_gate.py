"""The reference of the gate, printed from the tables it works by."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date, timedelta

from dancu.onboarding.axes.domain import Axis, printed, transitions
from dancu.onboarding.dossiers import domain as dossiers
from dancu.onboarding.inspection import table as inspection
from dancu.onboarding.papers.domain import PaperRule, required_papers
from dancu.onboarding.reminders.domain import policies
from tests.house.tree import SOURCE

# The days the papers changed, and one within each time: the last is told as the present.
_FIRST = date(2021, 9, 9)
_SEARCHED_UNTIL = date(2027, 1, 1)
_PARTIES = {
    dossiers.Party.OWNER: "đơn vị chủ quản",
    dossiers.Party.POLICE: "công an tỉnh (PC06)",
    dossiers.Party.DEPARTMENT: "C06",
    dossiers.Party.DECIDER: "người quyết định thứ hai",
}
_GOES = {
    dossiers.ActionKind.SUBMIT: "bên đã yêu cầu; lần đầu: PC06, hoặc C06 nếu không qua PC06",
    dossiers.ActionKind.TAKE_BACK: "bước trước khi trình",
}
_DAYS = {
    "police_review": "Công an tỉnh rà soát",
    "department_review": "C06 thẩm định",
    "supplement": "Đơn vị bổ sung",
    "decision": "Quyết định",
}


def page() -> list[str]:
    """Every line of `reference/gate.md` below its note."""
    return [
        "# Cổng kết nối: bảng trạng thái, giấy tờ, thời hạn",
        "",
        "Các bảng in từ dữ liệu mà phần mềm dùng để quyết định; `dancu gate transitions` in hai bảng đầu. Cách làm: "
        "[cổng kết nối](../howto/gate.md).",
        "",
        *_axes(),
        *_dossiers(),
        *_inspections(),
        *_papers(),
        *_reminders(),
    ]


def _axes() -> list[str]:
    lines = [
        "## Hai trục của một hệ thống",
        "",
        "Không có ở đây thì không làm được. Không dòng nào của trục `security` làm đổi trục `connection`. `people` là số người "
        "đứng sau một việc trong các cấu hình `tinh`, `bo`, `doanh-nghiep`.",
        "",
    ]
    for axis in Axis:
        lines += [f"### {axis}", "", printed(row for row in transitions() if row.axis is axis), ""]
    return lines


def _goes(step: dossiers.Step) -> str:
    if (step.before, step.kind) == (dossiers.DossierState.AT_POLICE, dossiers.ActionKind.MOVE):
        return "giữ nguyên, PC06 của đơn vị mới; C06 nếu đơn vị mới không qua PC06"
    return _GOES.get(step.kind, "giữ nguyên")


def _dossiers() -> list[str]:
    rows = [
        (
            dossiers.STATE_WORDS[step.before],
            dossiers.ACTION_WORDS[step.kind],
            _PARTIES[step.who],
            dossiers.STATE_WORDS[step.after] if step.after else _goes(step),
        )
        for step in dossiers.STEPS
    ]
    # Read as data: what reads it for the pages needs Django.
    said = tomllib.loads((SOURCE / "onboarding/data/routes.toml").read_text(encoding="utf-8"))
    days = [(_DAYS[name], str(count)) for name, count in said["days"].items()]
    return [
        "## Hồ sơ kết nối",
        "",
        *_table(("Khi hồ sơ ở bước", "Thao tác", "Ai", "Sang bước"), rows),
        "",
        "Số ngày làm việc mỗi bên có. Do chúng tôi chọn, không văn bản nào đang có nêu số này:",
        "",
        *_table(("Việc", "Ngày làm việc"), days),
        "",
    ]


def _inspections() -> list[str]:
    rows = [
        (
            inspection.STATE_WORDS[row.start],
            inspection.ACT_WORDS[row.act],
            inspection.PARTY_WORDS[row.who],
            inspection.STATE_WORDS[row.to],
            row.condition,
        )
        for row in inspection.transitions()
    ]
    return ["## Kiểm tra an ninh, an toàn", "", *_table(("Khi", "Thao tác", "Ai", "Sang", "Điều kiện"), rows), ""]


def _papers() -> list[str]:
    lines = ["## Giấy tờ phải có, theo ngày", ""]
    for first, last, rules in _times():
        lines += [f"### Từ {first:%d/%m/%Y}{f' đến {last:%d/%m/%Y}' if last else ''}", ""]
        rows = [(rule.name, rule.signed_by, _how(rule), rule.source, rule.confidence.value) for rule in rules]
        lines += [*_table(("Giấy tờ", "Ai ký", "Cách làm", "Nguồn", "Tin cậy"), rows), ""]
    return lines


def _how(rule: PaperRule) -> str:
    how = [word for does, word in ((rule.generated, "in từ biểu mẫu"), (rule.uploaded, "nộp bản ký")) if does]
    return ", ".join(how)


def _times() -> list[tuple[date, date | None, tuple[PaperRule, ...]]]:
    """From when to when the same papers are asked for."""
    found: list[tuple[date, tuple[PaperRule, ...]]] = []
    day = _FIRST
    while day < _SEARCHED_UNTIL:
        if (rules := required_papers(day)) and (not found or found[-1][1] != rules):
            found.append((day, rules))
        day += timedelta(days=1)
    ends = [first - timedelta(days=1) for first, _rules in found[1:]]
    return [(first, last, rules) for (first, rules), last in zip(found, [*ends, None], strict=True)]


def _reminders() -> list[str]:
    rows = [
        (
            policy.says,
            ", ".join(str(days) for days in policy.before),
            str(policy.mend) if policy.mend else "–",
            ", ".join(f"`{role}`" for role in policy.to),
            f"`{policy.decides}`",
            policy.basis,
        )
        for policy in policies().values()
    ]
    heads = ("Ngày phải giữ", "Nhắc trước (ngày làm việc)", "Thời gian sửa sau đó", "Nhắc ai", "Ai quyết định", "Liên quan")
    return [
        "## Nhắc hạn",
        "",
        "Chỉ nhắc vào ngày làm việc; hết thời gian sửa thì việc được đặt trước người quyết định, không có gì tự đóng. Các số ngày "
        "do chúng tôi chọn. `holder` là bên đang giữ hồ sơ.",
        "",
        *_table(heads, rows),
    ]


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *(f"| {' | '.join(row)} |" for row in rows)]
