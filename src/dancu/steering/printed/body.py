"""The body of an official document as WordprocessingML: numbered parts, paragraphs, tables, footnotes and traced numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from docx.oxml.xmlchemy import BaseOxmlElement

from dancu.steering.printed.domain import Block, Note, NumberRun, Paragraph, Row, Run, Runs, Section, Table, TextRun
from dancu.steering.printed.keys import name_of
from dancu.steering.printed.numbering import part_number
from dancu.steering.printed.oxml import Elements, cell, paragraph, plain, table, tag, text_run, traced

END = "./."
_DEPTH_MAX = 3
_SHADE = "F2F2F2"


@dataclass(slots=True)
class Body:
    """Gathers what a document counts through: footnotes and traced numbers (*thân văn bản đang soạn*)."""

    width: float  # between the margins, in millimetres
    notes: list[Elements] = field(default_factory=list)
    traced: int = 0

    def blocks(self, blocks: Sequence[Block], depth: int = 0) -> Elements:
        made: Elements = []
        number = 0
        for block in blocks:
            match block:
                case Paragraph():
                    mark = (TextRun(f"{block.mark} "),) if block.mark else ()
                    made.append(paragraph("body", self.runs((*mark, *block.runs))))
                case Table():
                    made += self._table(block)
                case Section():
                    number += 1
                    made += self._section(block, depth, number)
        return made

    def runs(self, runs: Runs, *, bold: bool = False) -> Elements:
        return [element for run in runs for element in self._run(run, bold)]

    def _section(self, section: Section, depth: int, number: int) -> Elements:
        shown = min(depth, _DEPTH_MAX)
        is_heading = section.is_heading and shown < _DEPTH_MAX
        style = f"part{shown}" if is_heading else "body"
        first = section.title[0] if section.title else None
        is_bold = is_heading or (isinstance(first, TextRun) and first.is_bold)
        title = (TextRun(f"{part_number(shown, number)} ", is_bold=is_bold), *section.title)
        return [paragraph(style, self.runs(title), keep=is_heading), *self.blocks(section.blocks, depth + 1)]

    def _run(self, run: Run, bold: bool) -> Elements:
        match run:
            case Note():
                return [self._note(run)]
            case NumberRun():
                self.traced += 1
                shown = text_run(run.text, bold=run.is_bold or bold, italic=run.is_italic)
                return traced(shown, name_of(run.key, self.traced), self.traced)
            case TextRun():
                return [text_run(run.text, bold=run.is_bold or bold, italic=run.is_italic)]

    def _note(self, note: Note) -> BaseOxmlElement:
        at = len(self.notes)
        self.notes.append([])  # its number is taken before those of what it says
        mark = tag("r", tag("rPr", tag("rStyle", val="FootnoteReference")), tag("footnoteRef"))
        self.notes[at] = [paragraph("footnote", [mark, text_run(" "), *self.runs(note.runs)])]
        return tag("r", tag("rPr", tag("rStyle", val="FootnoteReference")), tag("footnoteReference", id=at + 1))

    def _table(self, made: Table) -> Elements:
        parts = sum(column.share for column in made.columns)
        widths = [self.width * column.share / parts for column in made.columns]
        heads = [
            cell([plain("cellHead", column.label)], width, shade=_SHADE) for column, width in zip(made.columns, widths, strict=True)
        ]
        rows = [tag("tr", tag("trPr", tag("cantSplit"), tag("tblHeader")), *heads)]
        rows += [self._row(row, made, widths) for row in made.rows]
        caption = [plain("caption", made.caption, keep=True)] if made.caption else []
        return [*caption, table(widths, rows, ruled=True), paragraph("rule", [])]

    def _row(self, row: Row, made: Table, widths: Sequence[float]) -> BaseOxmlElement:
        about = tag("trPr", tag("cantSplit"))
        if len(row.cells) == 1 and len(widths) > 1:
            head = paragraph("cell", self.runs(row.cells[0], bold=True), keep=True)
            return tag("tr", about, cell([head], sum(widths), span=len(widths)))
        cells = [
            cell(
                [paragraph("cell", self.runs(words, bold=row.is_bold), align="" if column.align == "left" else column.align)], width
            )
            for words, column, width in zip(row.cells, made.columns, widths, strict=True)
        ]
        return tag("tr", about, *cells)


def ended(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The body with "./." after its last word (*dấu kết thúc văn bản*); after a table in a line of its own."""
    if not blocks:
        return blocks
    *before, last = blocks
    match last:
        case Paragraph():
            last = replace(last, runs=_ended(last.runs))
        case Section(blocks=()):
            last = replace(last, title=_ended(last.title))
        case Section():
            last = replace(last, blocks=ended(last.blocks))
        case Table():
            return (*blocks, Paragraph((TextRun(END),)))
    return (*before, last)


def _ended(runs: Runs) -> Runs:
    if not runs or not isinstance(runs[-1], TextRun):
        return (*runs, TextRun(END))
    last = runs[-1]
    return (*runs[:-1], replace(last, text=last.text.removesuffix(END).rstrip(" .;") + END))
