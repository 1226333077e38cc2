"""Official papers as .docx in the form of Decree 30/2020/NĐ-CP. The same paper is the same bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Mm

from dancu.onboarding.papers.domain import Lines, PaperContext, PaperKind, Values
from dancu.onboarding.papers.marks import mark_part
from dancu.onboarding.papers.oxml import field, paper_settings, paper_styles, paragraph
from dancu.onboarding.papers.printed import Printed, PrintedLine, PrintedTable, Role, plain, printed
from dancu.onboarding.papers.tables import answers_table, lines_table, side_by_side

# Decree 30/2020/NĐ-CP, Appendix I, I.4: margins in millimetres; A4.
LONG, SHORT = 297, 210
TOP, BOTTOM, LEFT, RIGHT = 20, 20, 30, 15
EDGE = 9  # from the paper's edge to the page number and the mark
_SIGNATURE_HEIGHT = 1500  # twentieths of a point left for the hand and the seal
_UNUSED = ("stylesWithEffects", "webSettings", "fontTable", "theme", "customXml", "numbering", "thumbnail", "extended-properties")
_RULE_SHARE = 0.42  # of the line above it: between a third and a half
_MOTTO_LENGTH = 56.2  # millimetres, in bold 13 point: the rule below is as long


def paper_docx(kind: PaperKind, context: PaperContext, values: Values, lines: Lines = ()) -> bytes:
    """The paper as a .docx to sign (*bản in giấy tờ*). Items left empty stay open; raises `Invalid` on wrong ones."""
    return docx_of(printed(kind, context, values, lines))


def docx_of(paper: Printed) -> bytes:
    """A paper that is already put into words, as a .docx."""
    document = docx.Document()
    _strip(document)
    _describe(document, paper)
    section = document.sections[0]
    _set_page(section, wide=paper.wide)
    _write_edges(section, paper)
    body = document.element.body
    at = body.index(body.sectPr) if body.sectPr is not None else len(body)
    for element in _content(paper):
        body.insert(at, element)
        at += 1
    return _settled(document)


def text_width(paper: Printed) -> int:
    """Between the margins, in millimetres."""
    return (LONG if paper.wide else SHORT) - LEFT - RIGHT


def _strip(document: Document) -> None:
    """Take out what the library's own template brings and no paper uses; put our styles and settings in."""
    for relations in (document.part.rels, document.part.package.rels):
        for key in [key for key, each in relations.items() if any(name in each.reltype for name in _UNUSED)]:
            del relations[key]
    document.styles.element[:] = paper_styles()
    document.settings.element[:] = paper_settings()
    section = document.sections[0]._sectPr
    for name in [name for name in section.attrib if "rsid" in str(name)]:
        del section.attrib[name]  # which editing session of the template made it


def _describe(document: Document, paper: Printed) -> None:
    about, day = document.core_properties, datetime.combine(paper.day, time())
    about.title, about.subject, about.author = paper.title, paper.dossier, "dancu"
    about.keywords, about.comments, about.category = f"{paper.kind} {paper.digest}", "", ""
    about.identifier, about.language, about.last_modified_by = paper.dossier, "vi-VN", ""
    about.created = about.modified = day
    package = document.part.package
    package.relate_to(mark_part(package, paper), RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)


def _set_page(section: Section, *, wide: bool) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(LONG if wide else SHORT), Mm(SHORT if wide else LONG)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(TOP), Mm(BOTTOM), Mm(LEFT), Mm(RIGHT)
    section.header_distance = section.footer_distance = Mm(EDGE)
    section.different_first_page_header_footer = True


def _write_edges(section: Section, paper: Printed) -> None:
    """The page number above the text from the second page on; below it, on every page, which print this is."""
    mark = " · ".join(each for each in (f"Hồ sơ {paper.dossier}", f"bản in {paper.code}", paper.notice) if each)
    edges = [
        (section.first_page_header, paragraph("pageNumber")),
        (section.header, paragraph("pageNumber", content=field("PAGE"))),
        (section.first_page_footer, paragraph("mark", mark)),
        (section.footer, paragraph("mark", mark)),
    ]
    for edge, element in edges:
        edge.is_linked_to_previous = False
        edge._element[:] = [element]  # the library has no public way to replace the paragraph it puts in


def _content(paper: Printed) -> list[BaseOxmlElement]:
    width = text_width(paper)
    elements: list[BaseOxmlElement] = [_letter_head(paper)]
    for each in paper.body:
        if isinstance(each, PrintedTable):
            table = answers_table(each) if each.is_answers else lines_table(each)
            elements += [_between(), table, _between(keep=True)]
        else:
            elements += _line(each, width)
    closing = paper.body[-1]
    if isinstance(closing, PrintedLine):  # the signature never stands on a page alone
        elements[-1] = paragraph("body", closing.text, keep=True)
    return [*elements, _between(keep=True), _foot(paper), paragraph("end")]


def _between(*, keep: bool = False) -> BaseOxmlElement:
    return paragraph("rule", keep=keep, after=120)


def _line(line: PrintedLine, width: int) -> list[BaseOxmlElement]:
    if line.role is Role.SUBJECT:
        return [paragraph("subject", line.text), _rule_below(line.text, width, 14)]
    style = "itemWide" if line.role is Role.ITEM and width > SHORT else line.role.value
    return [paragraph(style, line.text, leader=width if line.text.endswith("\t") else 0)]


def _rule_below(text: str, width: int, size: int) -> BaseOxmlElement:
    return _rule(_RULE_SHARE * min(_length_of(text, size), width), width)


def _rule(length: float, width: int) -> BaseOxmlElement:
    return paragraph("rule", rule=(width - length) / 2)


def _length_of(text: str, size: int) -> float:
    """About how long a bold line is, in millimetres: capitals are wider."""
    ems = sum(0.7 if each.isupper() else 0.25 if each.isspace() else 0.48 for each in text)
    return ems * size * 25.4 / 72


def _balanced(text: str, width: int, size: int) -> str:
    """A name that is too long for one line in lines of like length, as an office breaks it, no last word alone."""
    fewest = len(_broken(text, width, size))
    narrowest = next(limit for limit in range(1, width + 1) if len(_broken(text, limit, size)) == fewest)
    return "\n".join(_broken(text, narrowest, size))


def _broken(text: str, limit: int, size: int) -> list[str]:
    lines: list[str] = []
    for word in text.split(" "):
        if lines and _length_of(f"{lines[-1]} {word}", size) <= limit:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _letter_head(paper: Printed) -> BaseOxmlElement:
    width = text_width(paper)
    left, right = (90, 110) if paper.wide else (72, 90)
    by_role = {line.role: line for line in paper.head}
    named = [by_role[role] for role in (Role.SUPERIOR, Role.AGENCY) if role in by_role]
    office = [paragraph(line.role.value, _balanced(line.text, left, 12)) for line in named]
    if agency := plain(by_role[Role.AGENCY].text):
        office.append(_rule_below(agency, left, 12))
    nation = [paragraph(role.value, by_role[role].text) for role in (Role.NATION, Role.MOTTO)]
    rows = [
        (office, [*nation, _rule(_MOTTO_LENGTH, right)]),
        ([paragraph("number", by_role[Role.NUMBER].text)], [paragraph("place", by_role[Role.PLACE].text)]),
    ]
    return side_by_side(rows, (left, width - left - right, right))


def _foot(paper: Printed) -> BaseOxmlElement:
    width = text_width(paper)
    left, right = (90, 110) if paper.wide else (70, 95)
    # Kept with the empty paragraph every document must end in, lest that one begin a page of its own.
    copies = [paragraph(line.role.value, line.text, keep=True) for line in paper.copies]
    signed = [paragraph(line.role.value, _balanced(line.text, right, 14), keep=True) for line in paper.signature]
    if all(line.role is not Role.NAME for line in paper.signature):
        signed.append(paragraph("rule", keep=True, after=_SIGNATURE_HEIGHT))
    return side_by_side([(copies, signed)], (left, width - left - right, right))


def _settled(document: Document) -> bytes:
    """The package with no trace of when it was written."""
    written, settled = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(settled, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name)  # dated 1980 unless told otherwise
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            target.writestr(entry, source.read(name), compresslevel=9)
    return settled.getvalue()
