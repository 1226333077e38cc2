"""What a candidate client is led through: whom to look up, and how the kit's service behaves the first time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from dancu.cli.conformance_kit.persons import Cast, Persona


class Manner(StrEnum):
    """How the service answers the first question about somebody."""

    GOOD = "good"
    NOBODY = "nobody"  # every time
    BUSY = "busy"  # 503 with Retry-After, once
    BLANK = "blank"  # 200 without a body, once
    SLOW = "slow"  # late, once


_SHOWN = "dữ liệu của người này"


@dataclass(frozen=True, slots=True)
class Step:
    """One person to look up."""

    manner: Manner
    persona: Persona
    screen: str  # what the candidate should show


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient the service is, and how patient it expects the client to be."""

    slow_seconds: float = 4.0  # the most impatient client of the field waits six
    retry_after_seconds: int = 1
    gap_seconds: float = 0.2  # between two attempts where the service named no time
    attempts_max: int = 3
    quiet_seconds: float = 10.0  # nobody asks again so soon for somebody who was not found
    patience_seconds: float = 20.0  # so long a repeat is waited for
    settle_seconds: float = 3.0  # after the last call, before the run may end
    skew_seconds: float = 600.0


def steps_of(cast: Cast) -> list[Step]:
    """The persons in the order in which they are printed; each plays one part."""
    ordinary = [each for each in cast.ordinary if each != cast.plain]
    parts = [
        Step(Manner.GOOD, cast.plain, _SHOWN),
        Step(Manner.NOBODY, cast.unknown[0], "không tìm thấy (không phải lỗi hệ thống)"),
    ]
    screens = {
        Manner.BUSY: f"{_SHOWN}, sau một lần tự gửi lại",
        Manner.BLANK: f"{_SHOWN}, sau một lần tự gửi lại",
        Manner.SLOW: f"{_SHOWN}, đến muộn",
    }
    parts += [Step(manner, each, screens[manner]) for manner, each in zip(screens, ordinary, strict=False)]
    unusual = [each for each in ordinary[len(screens) :] if not each.name.replace(" ", "").isalpha()]
    parts += [Step(Manner.GOOD, each, _SHOWN) for each in unusual[:1]]
    if cast.year_only:
        parts.append(Step(Manner.GOOD, cast.year_only, "dữ liệu, chỉ có năm sinh"))
    return parts


def step_for(steps: Sequence[Step], number: str) -> Step | None:
    """The step that a question belongs to; by the old number, too."""
    return next((each for each in steps if number and number in (each.persona.number, each.persona.old_number)), None)
