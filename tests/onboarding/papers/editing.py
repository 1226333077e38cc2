"""What an office does to a printed paper before it comes back: number it, write into it, change it, take parts out."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from dancu.onboarding.papers.documents import docx_of
from dancu.onboarding.papers.domain import PaperKind
from dancu.onboarding.papers.printed import Printed, printed
from dancu.onboarding.papers.returned import FindingKind, Returned, read_returned
from tests.onboarding.papers.samples import CONTEXT, a_form, lines_for

Edit = Callable[[Document], None]


def a_paper(kind: PaperKind, count: int = 5, **changed: str | list[str]) -> Printed:
    return printed(kind, CONTEXT, a_form(kind, **changed), lines_for(kind, count))


def edited(paper: Printed, *edits: Edit) -> bytes:
    document = docx.Document(io.BytesIO(docx_of(paper)))
    for edit in (numbered, *edits):
        edit(document)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def came_back(paper: Printed, *edits: Edit) -> Returned:
    return read_returned(edited(paper, *edits), paper)


def every_paragraph(document: Document) -> list[Paragraph]:
    return [Paragraph(element, document._body) for element in document.element.body.iter(qn("w:p"))]


def one_with(document: Document, words: str) -> Paragraph:
    return next(each for each in every_paragraph(document) if words in each.text)


def said(words: str, instead: str) -> Edit:
    """Write other words, as somebody does in an editor: the first run takes all, boxes and breaks included."""

    def edit(document: Document) -> None:
        paragraph = one_with(document, words)
        changed = paragraph.text.replace(words, instead)
        for run in paragraph.runs[1:]:
            run._element.getparent().remove(run._element)
        paragraph.runs[0].text = changed

    return edit


def numbered(document: Document) -> None:
    """What an office does before it signs."""
    said("Số:" + "\N{EN SPACE}" * 4, "Số: 15")(document)


def removed(words: str) -> Edit:
    def edit(document: Document) -> None:
        element = one_with(document, words)._element
        element.getparent().remove(element)  # type: ignore[union-attr]

    return edit


def lines_of(document: Document) -> Table:
    return max(document.tables, key=lambda table: len(table.rows))


def cell(row: int, column: int, text: str) -> Edit:
    def edit(document: Document) -> None:
        paragraph = lines_of(document).rows[row].cells[column].paragraphs[0]
        for run in paragraph.runs:
            run._element.getparent().remove(run._element)
        paragraph.add_run(text)

    return edit


def told(returned: Returned) -> list[tuple[FindingKind, str, str, str, str]]:
    return [(each.kind, each.key, each.label, each.old, each.new) for each in returned.findings]
