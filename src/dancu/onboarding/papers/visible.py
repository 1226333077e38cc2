"""What an eye sees of WordprocessingML: text in reading order; hidden, struck and deleted words are not there, and are noted."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import msgspec
from lxml import etree

from dancu.kernel.errors import Invalid

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_SMALLEST = 8  # half points: below 4 points nobody reads
_WITHIN = frozenset(
    f"{_W}{name}"
    for name in ("ins", "moveTo", "hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "bdo", "dir")
)
_GONE = frozenset(f"{_W}{name}" for name in ("del", "moveFrom"))
_TRACKED = _GONE | {f"{_W}ins", f"{_W}moveTo"}
_SHAPES = frozenset({f"{_W}drawing", f"{_W}pict", f"{_MC}AlternateContent"})
_NOTES = frozenset({f"{_W}footnoteReference", f"{_W}endnoteReference"})
_ACTING = frozenset(f"{_W}{name}" for name in ("object", "control", "altChunk", "subDoc"))
_SPACES = {f"{_W}tab": "\t", f"{_W}ptab": "\t", f"{_W}br": " ", f"{_W}cr": " ", f"{_W}noBreakHyphen": "-"}
# What a field may be: others fetch, embed or run something when an officer opens the file.
_FIELDS = frozenset(
    {"PAGE", "NUMPAGES", "SECTIONPAGES", "HYPERLINK", "DATE", "TIME", "FORMTEXT", "FORMCHECKBOX", "TITLE", "SUBJECT", "SEQ"}
)


class Trace(StrEnum):
    """What a signed paper should not hold (*dấu vết lạ trong tệp*)."""

    TRACKED = "tracked"
    COMMENT = "comment"
    HIDDEN = "hidden"
    STRUCK = "struck"
    NOTE = "note"
    TEXT_BOX = "text_box"


class ReadTable(msgspec.Struct, frozen=True):
    """A table as it stands in a file: its rows of cell texts (*bảng trong tệp*)."""

    rows: tuple[tuple[str, ...], ...]


def hidden_styles(styles: etree._Element | None) -> dict[str, Trace]:
    """Styles, by id, whose words are not seen: said there or in the style they come from."""
    if styles is None:
        return {}
    own = {str(style.get(f"{_W}styleId")): style for style in styles.iterchildren(f"{_W}style")}
    found: dict[str, Trace] = {}
    for name in own:
        at, steps = name, 0
        while at in own and steps < len(own):  # a chain may be a ring in a file from outside
            if trace := _unseen(own[at].find(f"{_W}rPr")):
                found[name] = trace
                break
            parent = own[at].find(f"{_W}basedOn")
            at, steps = ("" if parent is None else str(parent.get(f"{_W}val"))), steps + 1
    return found


def _is_on(about: etree._Element, name: str) -> bool:
    switch = about.find(f"{_W}{name}")
    return switch is not None and switch.get(f"{_W}val", "true") not in ("0", "false", "off")


def _unseen(about: etree._Element | None) -> Trace | None:
    """Why nobody sees the words of a run: struck out, hidden, white, or as small as dust."""
    if about is None:
        return None
    if _is_on(about, "strike") or _is_on(about, "dstrike"):
        return Trace.STRUCK
    colour, size = about.find(f"{_W}color"), about.find(f"{_W}sz")
    named = () if colour is None else (colour.get(f"{_W}val", "").upper(), colour.get(f"{_W}themeColor"))
    is_white = "FFFFFF" in named or "background1" in named
    digits = "" if size is None else size.get(f"{_W}val", "")
    is_dust = digits.isascii() and digits.isdigit() and int(digits[:6]) <= _SMALLEST
    return Trace.HIDDEN if is_white or is_dust or _is_on(about, "vanish") or _is_on(about, "webHidden") else None


class Visible:
    """Walks a body once, gathering what is seen and what should not be there."""

    def __init__(self, styles: dict[str, Trace]) -> None:
        self.traces: dict[Trace, str] = {}
        self._styles = styles
        self._fields: list[str] = []

    def blocks(self, parent: etree._Element) -> Iterator[str | ReadTable]:
        """Paragraphs and tables in reading order."""
        for child in parent:
            if child.tag == f"{_W}p":
                yield self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                yield self._table(child)
            elif child.tag in _ACTING:
                raise _acting()
            elif child.tag in _GONE:
                self._note(Trace.TRACKED, child)
            elif child.tag in _WITHIN:
                if child.tag in _TRACKED:
                    self._note(Trace.TRACKED, child)
                yield from self.blocks(child)

    def check_fields(self, root: etree._Element) -> None:
        """Refuse what acts, in a part that is not read otherwise."""
        for element in root.iter(etree.Element):
            self._check_acting(element)
        self._fields.clear()

    def _table(self, table: etree._Element) -> ReadTable:
        rows = []
        for row in self._within(table, f"{_W}tr"):
            about = row.find(f"{_W}trPr")
            if about is not None and _is_on(about, "hidden"):
                self._note(Trace.HIDDEN, row)
                continue
            if about is not None and (about.find(f"{_W}del") is not None or about.find(f"{_W}ins") is not None):
                self._note(Trace.TRACKED, row)
            if about is not None and about.find(f"{_W}del") is not None:
                continue
            rows.append(tuple(self._cell(cell) for cell in self._within(row, f"{_W}tc")))
        return ReadTable(tuple(rows))

    def _within(self, parent: etree._Element, wanted: str) -> Iterator[etree._Element]:
        for child in parent:
            if child.tag == wanted:
                yield child
            elif child.tag in _WITHIN:
                yield from self._within(child, wanted)

    def _cell(self, cell: etree._Element) -> str:
        words = []
        for each in self.blocks(cell):
            words += [each] if isinstance(each, str) else [text for row in each.rows for text in row]
        return "\n".join(word for word in words if word.strip())

    def _paragraph(self, paragraph: etree._Element) -> str:
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        unseen = None if style is None else self._styles.get(str(style.get(f"{_W}val")))
        return "".join(self._runs(paragraph, unseen))

    def _runs(self, parent: etree._Element, unseen: Trace | None) -> Iterator[str]:
        for child in parent:
            self._check_acting(child)
            if child.tag == f"{_W}r":
                yield from self._run(child, unseen)
            elif child.tag in _GONE:
                self._note(Trace.TRACKED, child)
            elif child.tag in (f"{_W}commentRangeStart", f"{_W}commentReference"):
                self._note(Trace.COMMENT, child)
            elif child.tag in _WITHIN:
                if child.tag in _TRACKED:
                    self._note(Trace.TRACKED, child)
                yield from self._runs(child, unseen)
            elif child.tag in _SHAPES:
                self._shape(child)

    def _run(self, run: etree._Element, unseen: Trace | None) -> Iterator[str]:
        about = run.find(f"{_W}rPr")
        style = None if about is None else about.find(f"{_W}rStyle")
        named = None if style is None else self._styles.get(str(style.get(f"{_W}val")))
        unseen = _unseen(about) or named or unseen
        for child in run:
            self._check_acting(child)
            if child.tag == f"{_W}t":
                if unseen is None:
                    yield child.text or ""
                elif (child.text or "").strip():
                    self._note(unseen, child)
            elif child.tag in _SPACES and unseen is None:
                yield _SPACES[str(child.tag)]
            elif child.tag in _NOTES:
                self._note(Trace.NOTE, child)
            elif child.tag == f"{_W}commentReference":
                self._note(Trace.COMMENT, child)
            elif child.tag in _SHAPES:
                self._shape(child)

    def _shape(self, shape: etree._Element) -> None:
        for element in shape.iter(etree.Element):
            self._check_acting(element)
            if element.tag == f"{_W}txbxContent" and "".join(str(text) for text in element.itertext()).strip():
                self._note(Trace.TEXT_BOX, element)

    def _note(self, trace: Trace, element: etree._Element) -> None:
        sample = " ".join("".join(str(text) for text in element.itertext()).split())[:80]
        self.traces[trace] = self.traces.get(trace) or sample

    def _check_acting(self, element: etree._Element) -> None:
        """Follow the fields as they open and close; refuse the first that is more than a number or a link."""
        if element.tag in _ACTING:
            raise _acting()
        if element.tag == f"{_W}fldSimple":
            _check_field(element.get(f"{_W}instr", ""))
        elif element.tag == f"{_W}instrText" and self._fields:
            self._fields[-1] += element.text or ""
        elif element.tag == f"{_W}instrText":
            _check_field(element.text or "")
        elif element.tag == f"{_W}fldChar":
            kind = element.get(f"{_W}fldCharType")
            if kind == "begin":
                self._fields.append("")
            elif self._fields:
                _check_field(self._fields[-1])
                if kind == "end":
                    self._fields.pop()


def _check_field(said: str) -> None:
    words = said.split()
    if words and words[0].upper() not in _FIELDS:
        raise _acting()


def _acting() -> Invalid:
    return Invalid(
        "paper.file.unsafe",
        "Tệp có trường tự chạy hoặc tệp nhúng nên không nhận được. Tải lại bản in từ hồ sơ, ký rồi nộp bản đó.",
        "The file holds fields that act, or embedded files, and is not taken. Print the paper again and return that one.",
        field="file",
    )
