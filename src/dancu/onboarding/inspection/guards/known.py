"""What a guard is given, and the answers several guards share. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dancu.kernel.errors import DancuError, Invalid, NotFound
from dancu.kernel.work_days import WorkCalendar
from dancu.onboarding.inspection.batches import Batch
from dancu.onboarding.inspection.checklists import Checklist
from dancu.onboarding.inspection.domain import Inspection

TEXT_LENGTH_MIN, TEXT_LENGTH_MAX = 5, 4000
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known at the moment of an act (*những gì đang biết*)."""

    checklist: Checklist  # the version the inspection names; what is asked of its subject is picked from it
    calendar: WorkCalendar
    centre: tuple[Inspection, ...] = ()  # every inspection of the centre the system stands in
    batch: Batch | None = None  # the one the schedule names


# Any: the guards of an act are only asked about actions of that act.
Guard = Callable[[Inspection, Any, Known], DancuError | None]


def text_of_length(text: str, field: str, message: str, message_en: str) -> Invalid | None:
    """Nothing, where a text has a length people can read; else what to write."""
    if len(text.strip()) >= TEXT_LENGTH_MIN and len(text) <= TEXT_LENGTH_MAX:
        return None
    limit = f" Từ {TEXT_LENGTH_MIN} đến {TEXT_LENGTH_MAX} chữ."
    return Invalid("inspection.text", message + limit, f"{message_en} {TEXT_LENGTH_MIN} to {TEXT_LENGTH_MAX} letters.", field=field)


def kept_file(digest: str) -> Invalid | None:
    """Nothing, where no file is named or one is by its SHA-256."""
    if not digest or _DIGEST.fullmatch(digest):
        return None
    said = "Tệp kèm theo chưa được lưu. Tải lại tệp."
    return Invalid("inspection.evidence", said, "The file was not kept. Upload it again.", field="evidence")


def no_item(code: str) -> Invalid:
    """The checklist of this inspection does not ask that."""
    return Invalid(
        "inspection.item",
        f"Bộ tiêu chí của đợt này không có {code}. Chọn tiêu chí trong danh sách.",
        f"The checklist of this inspection has no {code}.",
        field="item",
    )


def no_finding() -> NotFound:
    """Nothing of that name was found in this inspection."""
    return NotFound("inspection.finding", "Không có tồn tại này trong đợt kiểm tra.", "There is no such finding.", field="finding")
