"""Pasted text as numbered blocks: broken lines joined, emphasis and footnotes set aside, every letter with its place. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from dancu.steering.proposals.domain import Span

_UNSEEN = {"\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "*", "\r"}
_LINE_ENDS = "\n\v\f\x85\u2028\u2029"
_RAISED = "¹²³⁴⁵⁶⁷⁸⁹⁰"
_NOTE_MARK = re.compile(r"<sup>\s*\d{1,3}\s*</sup>")
_NOTE_LINE = re.compile(rf"\s*(?:[{_RAISED}]|<sup>\d)")
_RULE_LINE = re.compile(r"\s*[-_=]{3,}\s*")
_LEVELS = (
    (0, re.compile(r"(?:#+\s*)?(?P<mark>[IVX]{1,5})\s*[.)]\s+")),
    (2, re.compile(r"(?:#+\s*)?(?P<mark>\d{1,2}(?:\.\d{1,2})+)\s*[.)]?\s+")),
    (1, re.compile(r"(?:#+\s*)?(?P<mark>\d{1,2})\s*\.\s*(?=\D)")),
    (3, re.compile(r"(?P<mark>\(\d{1,2}\)|\d{1,2}\))\s*")),
    (4, re.compile(r"(?P<mark>[a-zđ]\))\s*")),
    (6, re.compile(r"(?P<mark>[-–•*])\s+")),
    (7, re.compile(r"(?P<mark>[+○])\s*")),
)
_HEADING_LEVEL = 5  # "Bộ Y tế:" on a line of its own, dashes below it
PLAIN_LEVEL = 9  # a paragraph without a number goes on under the last number
_CUT_OFF = re.compile(r"(?:tháng|ngày|năm|số|điều|khoản|mục|điểm|quý)\s*$", re.I)
_MARKS_MAX = 8  # a letter has two; putting thousands in order takes their square
_FULL_LINE = 60  # letters: a shorter line was ended by its author, a longer one by the margin


@dataclass(frozen=True, slots=True)
class Mapped:
    """Text in composed letters, with the place of each of them in what was pasted (*văn bản đã chuẩn hóa*)."""

    text: str
    spans: tuple[Span, ...]

    def part(self, start: int, end: int) -> Mapped:
        return Mapped(self.text[start:end], self.spans[start:end])

    def source(self, start: int, end: int) -> Span:
        return Span(self.spans[start].start, self.spans[end - 1].end)

    def trimmed(self) -> Mapped:
        start = len(self.text) - len(self.text.lstrip())
        return self.part(start, max(start, len(self.text.rstrip())))


@dataclass(frozen=True, slots=True)
class Block:
    """A numbered item or a paragraph below it (*mục, gạch đầu dòng*)."""

    level: int
    mark: str
    body: Mapped


def blocks_of(source: str) -> list[Block]:
    """The items of a pasted text in their order (*các mục của văn bản*). Footnotes are left out: they give no orders."""
    rows: list[list[Block]] = []  # the lines of each item
    after_gap = in_note = False
    for line in _lines(source):
        bare = line.text.strip()
        if not bare or _RULE_LINE.fullmatch(bare):
            after_gap, in_note = True, False
            continue
        if in_note or _NOTE_LINE.match(line.text):
            in_note = True
            continue
        block = _block(_without_note_marks(line).trimmed())
        if rows and _goes_on(rows[-1][-1], block, after_gap=after_gap):
            rows[-1].append(block)
        elif block.body.text or block.mark:
            rows.append([block])
        after_gap = False
    return [_joined(row) for row in rows]


def _lines(source: str) -> Iterator[Mapped]:
    letters: list[str] = []
    spans: list[Span] = []
    for letter, span in _composed(source):
        if letter == "\n":
            yield Mapped("".join(letters), tuple(spans))
            letters, spans = [], []
        else:
            letters.append(letter)
            spans.append(span)
    yield Mapped("".join(letters), tuple(spans))


def _composed(source: str) -> Iterator[tuple[str, Span]]:
    """Composed letters with the stretch each came from; a letter and its marks stay together."""
    at = 0
    while at < len(source):
        end = at + 1
        while end < min(len(source), at + _MARKS_MAX) and unicodedata.combining(source[end]):
            end += 1
        if source[at] not in _UNSEEN or _is_bullet(source, at):
            for letter in unicodedata.normalize("NFC", source[at:end]):
                yield ("\n" if letter in _LINE_ENDS else " " if letter.isspace() else letter), Span(at, end)
        at = end


def _is_bullet(source: str, at: int) -> bool:
    """A star that opens a line and is followed by a space is a bullet; any other one is a mark of emphasis."""
    return source[at] == "*" and source[at + 1 : at + 2] == " " and (at == 0 or source[at - 1] == "\n")


def _without_note_marks(line: Mapped) -> Mapped:
    kept: list[int] = []
    at = 0
    for found in _NOTE_MARK.finditer(line.text):
        kept.extend(range(at, found.start()))
        at = found.end()
    kept.extend(range(at, len(line.text)))
    kept = [each for each in kept if line.text[each] not in _RAISED]
    return Mapped("".join(line.text[each] for each in kept), tuple(line.spans[each] for each in kept))


def _block(line: Mapped) -> Block:
    for level, pattern in _LEVELS:
        if found := pattern.match(line.text):
            return Block(level, found["mark"], line.part(found.end(), len(line.text)).trimmed())
    heading = len(line.text) - len(line.text.lstrip("# "))
    level = _HEADING_LEVEL if line.text.endswith(":") else PLAIN_LEVEL
    return Block(level, "", line.part(heading, len(line.text)))


def _goes_on(before: Block, block: Block, *, after_gap: bool) -> bool:
    """Does a line belong to the block of the line before it? A page may end in the middle of a sentence."""
    last = before.body.text
    was_full = len(last) > _FULL_LINE
    if block.mark:
        return was_full and bool(_CUT_OFF.search(last)) and block.level in (1, 2) and not after_gap
    starts_small = block.body.text[:1].islower() or block.body.text[:1].isdigit()
    if after_gap:
        return starts_small and not last.endswith((".", ":", ";", "!", "?", "…"))
    return starts_small or was_full


def _joined(row: list[Block]) -> Block:
    first = row[0]
    said: list[str] = []
    spans: list[Span] = []
    for line in row:
        if not line.body.spans:
            continue
        words = f"{line.mark}. {line.body.text}" if said and line.mark else line.body.text
        lead = len(words) - len(line.body.text) + bool(said)
        between = Span(spans[-1].end if spans else line.body.spans[0].start, line.body.spans[0].start)
        said.append(words)
        spans += [*[between] * lead, *line.body.spans]
    return Block(_level_of(first, said), first.mark, Mapped(" ".join(said), tuple(spans)))


def _level_of(first: Block, said: list[str]) -> int:
    """A paragraph is the heading of a list by how it ends, not by how its first line does."""
    if first.mark or not said:
        return first.level
    return _HEADING_LEVEL if said[-1].endswith(":") else PLAIN_LEVEL
