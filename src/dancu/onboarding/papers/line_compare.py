"""Lines of a returned paper against the lines that were printed: the same, filled in, changed, gone or new. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from dancu.onboarding.papers.printed import GAP, LEADER, TICKED, UNTICKED, Printed, PrintedLine, Role, plain

Difference = tuple[str, str, str, str, str]  # kind of finding, key, label, old, new
_FILLED_LENGTH_MAX = 600
_NAME_LENGTH_MAX, _LINE_LENGTH_MAX = 80, 2000
_ALIKE_MIN = 0.3
_DOTS = ".…_- "
_DAY = re.compile(r"ngày (\d{1,2}) tháng (\d{1,2}) năm (\d{4})", re.ASCII)
_TICKS = re.compile(rf"([{TICKED}{UNTICKED}])\s*([^{TICKED}{UNTICKED}]*)")


def compare_lines(expected: Printed, lines: Sequence[str]) -> tuple[list[Difference], dict[str, str]]:
    """What differs among the lines outside the table, and what was written where room was left (*so từng dòng*)."""
    printed = [line for line in expected.lines if plain(line.text)]
    opened = _Open(printed)
    read = [opened.as_printed(line) for line in lines]
    matcher = SequenceMatcher(None, [plain(line.text) for line in printed], read, autojunk=False)
    found: list[Difference] = []
    for what, first, last, at, end in matcher.get_opcodes():
        if what == "insert" and first == len(printed) and Role.NAME not in {line.role for line in printed}:
            found += _after_the_signature(lines[at:end], opened.filled)
        elif what == "equal":
            found += _without_a_tick(printed[first:last], expected.needed)
        else:
            found += _changed(printed[first:last], lines[at:end])
    return [*found, *opened.differences(expected.needed)], opened.filled


def ticked(text: str) -> str:
    """The answers with a tick, or the text where there are no boxes."""
    boxes = _TICKS.findall(text)
    return "; ".join(plain(label) for box, label in boxes if box == TICKED) if boxes else plain(text)


def _after_the_signature(lines: Sequence[str], filled: dict[str, str]) -> Iterator[Difference]:
    """Room was left for the name; what stands below the name was added."""
    for at, line in enumerate(lines):
        if at == 0 and len(line) <= _NAME_LENGTH_MAX:
            filled["signer_name"] = line
        else:
            yield "added", "", "", "", line


def _without_a_tick(lines: Sequence[PrintedLine], needed: Sequence[str]) -> Iterator[Difference]:
    for line in lines:
        if line.key in needed and UNTICKED in line.text and TICKED not in line.text:
            yield "blank", line.key, line.label, "", ""


class _Open:
    """Lines with room to write in: which returned line is one of them, and what was written."""

    def __init__(self, printed: Sequence[PrintedLine]) -> None:
        self._waiting = {at: line for at, line in enumerate(printed) if GAP in line.text or line.text.endswith(LEADER)}
        self._shapes = {at: _shape(line.text) for at, line in self._waiting.items()}
        self._written: dict[int, list[str]] = {}
        self.filled: dict[str, str] = {}

    def as_printed(self, text: str) -> str:
        """The line as it was printed, if it is one of these filled in; the line itself otherwise."""
        for at, shape in self._shapes.items() if len(text) <= _LINE_LENGTH_MAX else ():
            if at not in self._written and (match := shape.fullmatch(text)):
                self._written[at] = [each.strip(_DOTS) for each in match.groups()]
                if all(self._written[at]) and self._waiting[at].role is not Role.ITEM:
                    day = _DAY.search(text)
                    self.filled[self._waiting[at].key] = "/".join(day.groups()) if day else self._written[at][0]
                return plain(self._waiting[at].text)
        return text

    def differences(self, needed: Sequence[str]) -> Iterator[Difference]:
        for at, written in self._written.items():
            line = self._waiting[at]
            if line.role is Role.ITEM and any(written):
                yield "filled", line.key, line.label, "", written[0]
            elif not all(written) and (line.role is not Role.ITEM or line.key in needed):
                yield "blank", line.key, line.label, "", ""


def _shape(text: str) -> re.Pattern[str]:
    parts = [re.escape(plain(part)) for part in re.split(f"{GAP}|{LEADER}", text)]
    return re.compile(rf"\s*(.{{0,{_FILLED_LENGTH_MAX}}}?)\s*".join(parts))


def _changed(old: Sequence[PrintedLine], new: Sequence[str]) -> Iterator[Difference]:
    """Lines between two places that agree: the most alike belong together, the rest by order if they are as many."""
    left, right = dict(enumerate(old)), dict(enumerate(new))
    alike = sorted(
        ((_alike(plain(line.text), text), at, other) for at, line in left.items() for other, text in right.items()), reverse=True
    )
    pairs: list[tuple[int, int]] = []
    for score, at, other in alike:
        if score >= _ALIKE_MIN and at in left and other in right:
            pairs.append((at, other))
            del left[at], right[other]
    if len(left) == len(right):
        pairs += zip(list(left), list(right), strict=True)
        left, right = {}, {}
    for at, other in sorted(pairs):
        yield _difference(old[at], new[other])
    yield from (("missing", line.key, line.label, plain(line.text), "") for line in left.values())
    yield from (("added", "", "", "", text) for text in right.values())


def _alike(one: str, other: str) -> float:
    first, second = set(one.split()), set(other.split())
    return len(first & second) / (len(first | second) or 1)


def _difference(line: PrintedLine, text: str) -> Difference:
    """Of an item only the answer, when its number and question still stand before it."""
    old, before = plain(line.text), ""
    if line.role is Role.ITEM:
        before = old[: old.find(f"{line.label}:") + len(line.label) + 1]
    if before and text.startswith(before):
        old, text = ticked(old[len(before) :]), ticked(text[len(before) :])
    if not text:
        return "blank", line.key, line.label, old, ""
    return ("changed" if old else "filled"), line.key, line.label, old, text
