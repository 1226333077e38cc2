"""What a check is, where all of them stand, and how a failure is put into words for who has to mend it."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple

from dancu.cli.conformance_kit.wire import Reply
from dancu.onboarding.conformance import SENTENCE_LENGTH_MAX

SHOWN_LENGTH_MAX = 160
_XML_TEXT = re.compile(r">[^<>]+(?=<)")
_XML_VALUE = re.compile(r'(?<![\w:])((?!xmlns)[\w]+)="[^"]*"')
_KEPT_ATTRIBUTES = frozenset({"GhiChu", "version", "encoding", "nil"})
_BODY = re.compile(rb"<(?:[\w-]+:)?Body\b[^>]*>(.*)</(?:[\w-]+:)?Body>", re.S)
_DIGITS = re.compile(r"\d{6,}")
_KEPT_MEMBERS = frozenset(
    {"error_code", "errorCode", "error", "type", "status", "outcome", "RESULT", "token_type", "field", "GhiChu"}
)


class Failed(Exception):
    """The candidate does not do what this check is about. The sentence is made of the parts an integrator needs."""

    def __init__(self, came: str, wanted: str, mend: str, sent: str = "") -> None:
        super().__init__("failed")
        self.came, self.wanted, self.mend, self.sent = came, wanted, mend, sent

    def sentence(self, why: str, sent: str) -> str:
        """Of a server that was asked: what was sent, what came, what is needed and why, how to mend."""
        return f"Đã gửi: {self.sent or sent}. Nhận được: {self.came}. Cần: {self.wanted}, vì {why}. Cách sửa: {self.mend}."

    def sentence_about(self, why: str) -> str:
        """Of a client that was listened to: where, what it did, what is needed and why, how to mend."""
        return f"{self.sent[:1].upper()}{self.sent[1:]}: {self.came}. Cần: {self.wanted}, vì {why}. Cách sửa: {self.mend}."


class Skipped(Exception):
    """It could not be looked at; the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__("skipped")
        self.sentence = sentence


class Check(NamedTuple):
    """One thing that software in the field needs, and how it is looked at."""

    id: str
    dialect: str
    title: str
    why: str  # ends the sentence "needed, because …"
    run: Callable[[Any], Awaitable[None]]


CHECKS: list[Check] = []


def check(
    dialects: str | Iterable[str], name: str, title: str, why: str
) -> Callable[[Callable[[Any], Awaitable[None]]], Callable[[Any], Awaitable[None]]]:
    """Put a function into the list, once for each dialect; its id is `dialect.name`."""
    named = [dialects] if isinstance(dialects, str) else list(dialects)

    def added(run: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
        CHECKS.extend(Check(f"{dialect}.{name}", dialect, title, why, run) for dialect in named)
        return run

    return added


def masked(sentence: str) -> str:
    """A sentence as it goes into the document: nothing in it can be a personal number, and it has an end."""
    return _DIGITS.sub("…", sentence)[:SENTENCE_LENGTH_MAX]


def shown(reply: Reply) -> str:
    """What came, short: status, kind and the outline of the body. Values are left out: they may be anybody's data."""
    kind = reply.content_type or "không có Content-Type"
    return f"HTTP {reply.status}, {kind}, {outline(reply.body)}"


def outline(body: bytes) -> str:
    """The shape of a body without its values."""
    text = body[:4000].decode("utf-8", "replace").strip()
    if not text:
        return "nội dung rỗng"
    if text[0] in "{[":
        text = _json_outline(body, text)
    else:
        text = body[inside.start(1) : inside.start(1) + 4000].decode("utf-8", "replace") if (inside := _BODY.search(body)) else text
        text = _XML_TEXT.sub(lambda found: ">…" if found[0][1:].strip() else found[0], text)
        text = _XML_VALUE.sub(lambda found: found[0] if found[1] in _KEPT_ATTRIBUTES else f'{found[1]}="…"', text)
    text = " ".join(_DIGITS.sub("…", text).split())
    return f"“{text[:SHOWN_LENGTH_MAX]}{'…' if len(text) > SHOWN_LENGTH_MAX else ''}”"


def _json_outline(body: bytes, text: str) -> str:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return text[:1] + "… (JSON hỏng)"
    return json.dumps(_shape(told), ensure_ascii=False, separators=(",", ":"))


def _shape(told: Any, depth: int = 0) -> Any:  # any JSON value
    if isinstance(told, dict) and depth < 5:
        return {name: each if name in _KEPT_MEMBERS and not isinstance(each, (dict, list)) else _shape(each, depth + 1)
                for name, each in told.items()}  # fmt: skip
    if isinstance(told, list):
        return [_shape(each, depth + 1) for each in told[:2]]
    return "…" if isinstance(told, (str, dict)) else told
