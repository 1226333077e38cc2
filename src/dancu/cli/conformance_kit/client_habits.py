"""How a candidate client bears a bad day: a busy service, an empty answer, a slow one, and nobody found. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from dancu.cli.conformance_kit.checks import Failed, Skipped
from dancu.cli.conformance_kit.client_checks import Run, client_check
from dancu.cli.conformance_kit.hearing import Heard
from dancu.cli.conformance_kit.scenario import Manner, step_for


@client_check(
    "busy",
    "Gặp 503: chờ theo Retry-After rồi gửi lại với cùng MaYeuCau",
    "gửi lại với mã khác là hai lượt hỏi cho một việc; không gửi lại là bắt cán bộ nhập lại",
)
def _busy(run: Run) -> str:
    step, calls = run.of(Manner.BUSY)
    said = f"503 với Retry-After: {run.pace.retry_after_seconds} cho câu hỏi về {step.persona.hint}"
    _require_repeat(calls, said, run.pace.retry_after_seconds * 0.9, f"{run.pace.retry_after_seconds} giây")
    return ""


@client_check(
    "blank",
    "Gặp câu trả lời rỗng: gửi lại với cùng MaYeuCau, không coi là không tìm thấy",
    "nội dung rỗng là mất mạng giữa chừng, không phải câu trả lời",
)
def _blank(run: Run) -> str:
    step, calls = run.of(Manner.BLANK)
    said = f"HTTP 200 không có nội dung cho câu hỏi về {step.persona.hint}"
    _require_repeat(calls, said, run.pace.gap_seconds, f"{run.pace.gap_seconds:g} giây")
    return ""


@client_check(
    "slow", "Câu trả lời chậm: chờ, không bỏ dở, không gửi thêm bản sao", "bản sao của câu hỏi đang chờ làm dịch vụ chậm hơn nữa"
)
def _slow(run: Run) -> str:
    step, calls = run.of(Manner.SLOW)
    first, said = calls[0], f"câu trả lời sau {run.pace.slow_seconds:g} giây cho câu hỏi về {step.persona.hint}"
    if first.left:
        raise Failed(
            "phần mềm ngắt kết nối trước khi có câu trả lời",
            "chờ ít nhất 6 giây",
            "tăng thời gian chờ (time-out) của lượt gọi",
            said,
        )
    if first.answered_at is None:
        raise Skipped("Câu trả lời chậm chưa đi hết.")
    if any(each.at < first.answered_at for each in calls[1:]):
        raise Failed(
            "thêm một yêu cầu giống hệt trong lúc chờ",
            "một yêu cầu cho tới khi có câu trả lời",
            "chỉ gửi lại sau khi lượt trước đã kết thúc",
            said,
        )
    return ""


@client_check(
    "not-found", "Không tìm thấy là câu trả lời: không gửi lại", "hỏi lại người không có làm hết hạn mức hỏi sai của đơn vị"
)
def _not_found(run: Run) -> str:
    step, calls = run.of(Manner.NOBODY)
    first = calls[0]
    for each in calls[1:]:
        same = _id(each) == _id(first)
        if same or each.at - (first.answered_at or first.at) < run.pace.quiet_seconds:
            came = f"hỏi lại sau {each.at - first.at:.1f} giây" + (" với cùng MaYeuCau" if same else "")
            raise Failed(
                came,
                "một lần hỏi",
                "xem CongdanCollection rỗng là không tìm thấy và báo cho cán bộ",
                f"tập kết quả rỗng cho số {step.persona.hint}",
            )
    return ""


@client_check("hammer", "Không gửi dồn dập", "phần mềm gửi lại không ngừng làm sập dịch vụ của mọi nơi")
def _hammer(run: Run) -> str:
    by_step: dict[int, list[Heard]] = {}
    for call in run.readable:
        step = step_for(run.steps, call.number)
        if step is not None:
            by_step.setdefault(id(step), []).append(call)
    if not by_step:
        raise Skipped("Chưa nhận được yêu cầu nào đọc được.")
    most = run.pace.attempts_max
    for calls in by_step.values():
        for at in range(len(calls) - most):
            if calls[at + most].at - calls[at].at < run.pace.quiet_seconds:
                came = f"{most + 1} yêu cầu về một người trong {calls[at + most].at - calls[at].at:.1f} giây"
                raise Failed(
                    came,
                    f"không quá {most} lần, thưa dần",
                    "giới hạn số lần gửi lại và giãn dần khoảng cách",
                    "các câu trả lời theo kịch bản",
                )
    return ""


@client_check("steps", "Đã tra cứu đủ người mẫu của kịch bản", "mỗi người mẫu là một tình huống có thật")
def _steps(run: Run) -> str:
    asked = {id(step) for call in run.readable if (step := step_for(run.steps, call.number)) is not None}
    missing = [step for step in run.steps if id(step) not in asked]
    if missing:
        came = f"chưa có câu hỏi về {', '.join(step.persona.hint for step in missing)}"
        raise Failed(came, f"đủ {len(run.steps)} người", "tra cứu nốt những người còn thiếu rồi kết thúc", "danh sách người mẫu")
    return ""


def _require_repeat(calls: Sequence[Heard], said: str, gap_seconds: float, words: str) -> None:
    """The call after the first one is its repeat: the same id, not at once."""
    first, again = calls[0], calls[1] if len(calls) > 1 else None
    if again is None:
        raise Failed(
            "không gửi lại lần nào", "tự gửi lại một, hai lần", "gửi lại khi gặp 503 hoặc nội dung rỗng, có giới hạn số lần", said
        )
    if _id(again) != _id(first):
        raise Failed(
            "gửi lại với MaYeuCau khác", "cùng MaYeuCau như lần đầu", "giữ nguyên MaYeuCau khi gửi lại cùng một câu hỏi", said
        )
    waited = again.at - (first.answered_at or first.at)
    if waited < gap_seconds:
        raise Failed(
            f"gửi lại sau {waited:.2f} giây", f"chờ ít nhất {words}", "đọc Retry-After; không có thì chờ và giãn dần", said
        )


def _id(call: Heard) -> str:
    return call.request.values.get("MaYeuCau", "")
