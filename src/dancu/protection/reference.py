"""Reference data of the room, read from its files: deadlines, tasks after a breach, consent texts, the register."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from dancu.kernel.errors import NotFound
from dancu.kernel.warrants import Field
from dancu.protection.domain.breaches import BreachTask
from dancu.protection.domain.clocks import ClockRule, day_of, rule_on
from dancu.protection.domain.consents import ConsentText
from dancu.protection.domain.register import FieldWords, ProcessingRule

_DATA = Path(__file__).parent / "data"


def rows_of(file: str, table: str) -> list[dict[str, Any]]:
    """The rows of one table of a file of ours."""
    return list(tomllib.loads((_DATA / file).read_text(encoding="utf-8"))[table])


@cache
def clock_rules() -> tuple[ClockRule, ...]:
    """Every version of every deadline, in the order of the file."""
    return tuple(msgspec.convert(rows_of("clocks.toml", "clock"), list[ClockRule]))


def clock_for(kind: str, at: datetime) -> ClockRule:
    """The deadline of a kind of matter that begins at a moment."""
    return rule_on(clock_rules(), kind, day_of(at))


@cache
def breach_tasks() -> tuple[BreachTask, ...]:
    """What is to be done hour by hour, in the order of the file."""
    return tuple(msgspec.convert(rows_of("breach_tasks.toml", "task"), list[BreachTask]))


@cache
def consent_texts() -> tuple[ConsentText, ...]:
    """Every version of the words people consent to."""
    return tuple(msgspec.convert(rows_of("consent_texts.toml", "text"), list[ConsentText]))


def consent_text_on(code: str, version: int, day: date) -> ConsentText:
    """A version that may be shown on a day. Raises `NotFound`."""
    for text in consent_texts():
        if (
            (text.code, text.version) == (code, version)
            and text.valid_from <= day
            and (text.valid_to is None or day <= text.valid_to)
        ):
            return text
    raise NotFound(
        "consent.text", "Nội dung xin đồng ý này không còn dùng. Mở lại trang.", "These words are not in use. Open the page again."
    )


@cache
def field_words() -> dict[Field, FieldWords]:
    """Every item of the law with its name and how sensitive it is."""
    return {words.name: words for words in msgspec.convert(rows_of("fields.toml", "field"), list[FieldWords])}


@cache
def processing_rules() -> tuple[ProcessingRule, ...]:
    """What the register adds to a grant: retention, recipients, who is responsible."""
    return tuple(msgspec.convert(rows_of("processing.toml", "processing"), list[ProcessingRule]))
