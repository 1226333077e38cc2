"""Who is told to do what in one sentence: where sentences end, which bodies are addressed, with whom they work. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dancu.steering.proposals.dates import deadlines_in
from dancu.steering.proposals.domain import Confidence, NamedBody
from dancu.steering.proposals.pasted import Mapped
from dancu.steering.proposals.rules import Rules

_END = re.compile(r"[.!?…;:,]\s+")
_BETWEEN = re.compile(r"\s*(?:,\s*và|,|và|cùng)\s+")
_ASIDE = re.compile(r"\s*\(([^()]*)\)")
_SHORTENED = re.compile(r"(?:^|[\s(])(?:TP|Q|P|H|TX|TT|[A-ZĐ])\.$")
_BOUNDARY = re.compile(r"[,:;–-]\s*$")
_LOOK = 300  # letters before and after a place that are looked at: a longer look would cost its square on a text without sentences
_NEAR, _FAR = 25, 60  # letters from the start of a sentence that only adds a deadline to that deadline


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of a block that may give one order (*câu giao việc*)."""

    said: Mapped
    joined: bool = False  # it follows a semicolon: what is added at the end holds for all of them


@dataclass(frozen=True, slots=True)
class Addressed:
    """Bodies that a sentence names and what it does with them (*cơ quan được giao*)."""

    bodies: tuple[NamedBody, ...]
    end: int
    confidence: Confidence = Confidence.MEDIUM
    is_told: bool = True  # False: the sentence tells what they did
    is_alone: bool = False  # nothing follows the names
    is_asked: bool = False  # "đề nghị", "giao" and the like stand before the names


def sentences_of(body: Mapped, rules: Rules) -> list[Sentence]:
    """The sentences of a block (*các câu của mục*), also cut where a new body or a capital verb of order begins."""
    depth = _depths(body.text)
    pieces: list[Sentence] = []
    start, joined = 0, False
    for found in _END.finditer(body.text):
        if depth[found.start()] == 0 and _ends(body, found, rules, start):
            pieces.append(Sentence(body.part(start, found.start() + 1), joined))
            start, joined = found.end(), found[0][0] == ";"
    pieces.append(Sentence(body.part(start, len(body.text)), joined))
    return [replace(piece, said=piece.said.trimmed()) for piece in pieces if piece.said.text.strip()]


def addressed(said: Mapped, rules: Rules) -> Addressed | None:
    """The bodies a sentence is about: named at the start of a clause, with what they are to do after them."""
    depth = _depths(said.text)
    at = 0
    while found := rules.bodies.search(said.text, at):
        bodies, end = named_from(said, found.start(), rules)
        if depth[found.start()] == 0 and _may_be_told(said.text, found.start(), rules):
            told = _told(said.text, bodies, end, rules)
            if told is not None:
                return replace(told, is_asked=_asks(_left_of(said.text, found.start()), rules))
        at = max(end, found.end(), at + 1)
    return None


def named_from(said: Mapped, start: int, rules: Rules) -> tuple[tuple[NamedBody, ...], int]:
    """The bodies listed from a place on, and where the list ends: "Bộ Tư pháp (Cục A), Bộ Công an và các địa phương"."""
    bodies: list[NamedBody] = []
    at = start
    while found := rules.bodies.match(said.text, at):
        code = rules.code_of(found[0])
        aside = _ASIDE.match(said.text, found.end())
        listed = _listed(said, aside, rules) if aside and _lists(code, rules) else []
        bodies += listed or [NamedBody(code, found[0], said.source(*found.span()))]
        end = aside.end() if aside else found.end()
        between = _BETWEEN.match(said.text, end)
        if between is None or not rules.bodies.match(said.text, between.end()):
            return _each_once(bodies), end
        at = between.end()
    return _each_once(bodies), at


def working_with(said: Mapped, rules: Rules) -> tuple[NamedBody, ...]:
    """The bodies after "phối hợp với" (*cơ quan phối hợp*)."""
    bodies: list[NamedBody] = []
    for found in rules.together.finditer(said.text):
        bodies += named_from(said, found.end(), rules)[0]
    return _each_once(bodies)


def without_lead(text: str, rules: Rules) -> str:
    """A sentence from its verb on: "Trước mắt, tiếp tục rà soát" is "rà soát"."""
    text = text.lstrip(" (")
    if found := rules.lead_in.match(text):
        text = text[found.end() :]
    return text


def opens_with_order(text: str, rules: Rules) -> bool:
    return rules.order.match(_unstressed(without_lead(text, rules), rules)) is not None


def only_adds_deadline(said: Mapped, rules: Rules) -> bool:
    """ "Hoàn thành trong Quý II/2023.", "Báo cáo Tổ công tác kết quả trước 30/5/2024.": about the task before it."""
    text = said.text.lstrip(" (")
    skipped = len(said.text) - len(text)
    for pattern, reach in ((rules.tail_far, _FAR), (rules.tail_near, _NEAR)):
        if pattern.match(text):
            near = said.part(0, min(len(said.text), skipped + reach + 20))
            return any(each.span.start - said.spans[skipped].start <= reach for each in deadlines_in(near, rules))
    return False


def _ends(body: Mapped, found: re.Match[str], rules: Rules, start: int) -> bool:
    stop, after = found[0][0], body.text[found.end() : found.end() + _LOOK]
    if stop in ".!?…":
        shortened = _SHORTENED.search(body.text[max(0, found.start() - 5) : found.start() + 1])
        return (not shortened and after[:1].strip("“\"'‘(")[:1].isupper()) or after[:1] in '“"('
    if stop == ",":
        return after[:1].isupper() and rules.order.match(after) is not None
    rest = body.part(found.end(), found.end() + _LOOK)
    if stop == ";":
        left = body.part(max(start, found.start() - _LOOK), found.start())
        before = deadlines_in(left, rules)
        is_due = bool(before) and left.text.rstrip(" )").endswith(before[-1].words)
        return is_due or only_adds_deadline(rest, rules) or _begins_with_body(rest, rules)
    return _begins_with_body(rest, rules)


def _begins_with_body(said: Mapped, rules: Rules) -> bool:
    found = rules.bodies.match(said.text)
    if found is None:
        return False
    bodies, end = named_from(said, 0, rules)
    told = _told(said.text, bodies, end, rules)
    return told is not None and told.is_told and not told.is_alone


def _left_of(text: str, at: int) -> str:
    return text[max(0, at - _LOOK) : at]


def _may_be_told(text: str, at: int, rules: Rules) -> bool:
    before, opening = _left_of(text, at), text[: min(at, _LOOK)]
    if not before.strip(" (") or _asks(before, rules):
        return True
    if before.rstrip().endswith(",") and opens_with_order(opening, rules) and not rules.grounds.match(without_lead(opening, rules)):
        return False  # "gửi Thành ủy, UBND các địa phương" goes on with a list
    return _BOUNDARY.search(before) is not None


def _asks(before: str, rules: Rules) -> bool:
    """ "Đề nghị" and the like at the start of a clause or after the body that asks: "07 nhiệm vụ giao Bộ Công an" only tells."""
    found = rules.ask.search(before)
    if found is None:
        return False
    left = before[: found.start()].rstrip()[-_LOOK:]
    return not left or left[-1] in ",:;.-–" or any(each.end() == len(left) for each in rules.bodies.finditer(left))


def _told(text: str, bodies: tuple[NamedBody, ...], end: int, rules: Rules) -> Addressed | None:
    rest = text[end : end + _LOOK].lstrip()
    if not rest.strip(" :."):
        return Addressed(bodies, end, is_alone=True)
    if rest.startswith(":"):
        return Addressed(bodies, end, Confidence.HIGH)
    if rest.startswith(","):
        rest = rest[1:].lstrip()
        return Addressed(bodies, end, Confidence.HIGH) if rest[:1].islower() and rules.order.match(rest) else None
    if rules.asks_body.match(rest):
        return None  # it asks another body
    if rules.tells.match(rest):
        return Addressed(bodies, end, is_told=False)
    plain = _unstressed(rest, rules)
    if rules.order.match(plain) or plain != rest:
        return Addressed(bodies, end, Confidence.HIGH)
    if rules.no_verb.match(rest) or not rest[0].islower():
        return None
    return Addressed(bodies, end, Confidence.MEDIUM)


def _unstressed(text: str, rules: Rules) -> str:
    while found := rules.stress.match(text):
        text = text[found.end() :].lstrip(" ,")
    return text


def _lists(code: str, rules: Rules) -> bool:
    return any(group.code == code and group.list_of_ministries for group in rules.groups)


def _listed(said: Mapped, aside: re.Match[str], rules: Rules) -> list[NamedBody]:
    """Ministries in brackets after "các bộ, ngành", without the word "Bộ"."""
    return list(_bare_names(said, aside.start(1), aside.end(1), rules))


def _bare_names(said: Mapped, start: int, end: int, rules: Rules) -> Iterator[NamedBody]:
    for found in rules.bare_bodies.finditer(said.text, start, end):
        yield NamedBody(rules.code_of(found[0]), found[0], said.source(*found.span()))


def _each_once(bodies: list[NamedBody]) -> tuple[NamedBody, ...]:
    return tuple({body.code: body for body in reversed(bodies)}.values())[::-1]


def _depths(text: str) -> list[int]:
    """How deep in brackets each letter stands; a bracket that is never closed counts for nothing."""
    opened: list[int] = []
    depth = [0] * (len(text) + 1)
    for at, letter in enumerate(text):
        if letter == "(":
            opened.append(at)
        elif letter == ")" and opened:
            start = opened.pop()
            if not opened:
                depth[start : at + 1] = [1] * (at + 1 - start)
    return depth
