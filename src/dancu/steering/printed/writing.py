"""An official document as .docx in the form of Decree 30/2020/NĐ-CP. The same document is the same bytes."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any  # the library names no common type of headers

import docx
from docx.document import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import nsmap, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm
from lxml import etree

from dancu.kernel.errors import Invalid
from dancu.steering.printed.body import Body, ended
from dancu.steering.printed.domain import Appendix, OfficialDocument
from dancu.steering.printed.edges import foot_of, head_of
from dancu.steering.printed.keys import key_of
from dancu.steering.printed.numbering import attached_line
from dancu.steering.printed.oxml import (
    Elements,
    document_settings,
    document_styles,
    kept_with_next,
    page_field,
    paragraph,
    plain,
    tag,
    twips,
    writable,
)

# Decree 30/2020/NĐ-CP, Appendix I, I: A4, margins in millimetres (top and bottom 20-25, left 30-35, right 15-20).
LONG, SHORT = 297, 210
TOP, BOTTOM, LEFT, RIGHT = 20, 20, 30, 15
EDGE = 10  # from the paper's edge to the page number
FOOTNOTES_PART = "word/footnotes.xml"
_FOOTNOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_FOOTNOTES_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_UNUSED = ("stylesWithEffects", "webSettings", "fontTable", "theme", "customXml", "numbering", "thumbnail", "extended-properties")
_MAIN_PART = "word/document.xml"
_TITLE_LENGTH_MAX = 255  # the library refuses a longer one
_FILE_LENGTH_MAX = 50_000_000  # of one part, unpacked


@dataclass(frozen=True, slots=True)
class _Part:
    """The body or an appendix: how its pages lie and whether they are counted from one again."""

    wide: bool = False
    counts_anew: bool = False

    @classmethod
    def of(cls, appendix: Appendix) -> _Part:
        return cls(appendix.wide, counts_anew=True)


def write_docx(document: OfficialDocument) -> bytes:
    """The document as a .docx to number, sign and send (*xuất văn bản hành chính*); the same document gives the same bytes."""
    file = docx.Document()
    _strip(file, document)
    pages = _page_setup(file)
    written = Body(SHORT - LEFT - RIGHT)
    content = [*head_of(document, written.width), *written.blocks(ended(document.blocks))]
    if document.recipients or document.signature:  # the signature never stands on a page alone
        kept_with_next(content[-1])
        content += [paragraph("rule", [], keep=True), *foot_of(document)]
    first = _Part()
    for number, appendix in enumerate(document.appendices):
        content.append(_section_end(pages, _Part.of(document.appendices[number - 1]) if number else first))
        content += _appendix(appendix, document, written)
    last = _Part.of(document.appendices[-1]) if document.appendices else first
    if last is first:
        content.append(paragraph("end", []))
    file.element.body[:] = [*content, _page(pages, last)]
    _add_footnotes(file, written.notes)
    return _settled(file)


def numbers_in(data: bytes) -> tuple[tuple[str, str], ...]:
    """Keys and texts of the traced numbers of a file that `write_docx` made (*số liệu truy vết trong tệp*), in their order.

    Raises `Invalid` for what is no such file.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = [name for name in (_MAIN_PART, FOOTNOTES_PART) if name in package.namelist()]
            parts = [package.open(name).read(_FILE_LENGTH_MAX) for name in names]
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        roots = [etree.fromstring(part, parser) for part in parts]
    except (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, RuntimeError, OSError, EOFError) as error:
        raise Invalid(
            "steering.not_docx", "Tệp không phải là văn bản Word.", "The file is no Word document.", field="file"
        ) from error
    return tuple(pair for root in roots for pair in _marked(root))


def _marked(root: etree._Element) -> Iterator[tuple[str, str]]:
    """The words between the two ends of each of our bookmarks."""
    open_marks: dict[str, tuple[str, list[str]]] = {}
    for element in root.iter(qn("w:bookmarkStart"), qn("w:bookmarkEnd"), qn("w:t")):
        number = str(element.get(qn("w:id"), ""))
        if element.tag == qn("w:bookmarkStart"):
            if (key := key_of(str(element.get(qn("w:name"), "")))) is not None:
                open_marks[number] = (key, [])
        elif element.tag == qn("w:t"):
            for _key, said in open_marks.values():
                said.append(element.text or "")
        elif number in open_marks:
            key, said = open_marks.pop(number)
            yield key, "".join(said)


def _strip(file: Document, document: OfficialDocument) -> None:
    """Take out what the library's own template brings, its moments and its author; put our styles and settings in."""
    for relations in (file.part.rels, file.part.package.rels):
        for key in [key for key, each in relations.items() if any(name in each.reltype for name in _UNUSED)]:
            del relations[key]
    file.styles.element[:] = document_styles()
    file.settings.element[:] = document_settings()
    about = file.core_properties
    about._element[:] = []  # among them when the template was made and saved
    about.title = " ".join(writable(f"{document.kind} {document.subject}").split())[:_TITLE_LENGTH_MAX]
    about.language = "vi-VN"


def _page_setup(file: Document) -> BaseOxmlElement:
    """The page of the template with our headers: no number on the first page, one in the top margin from the second on."""
    section = file.sections[0]
    section.header_distance = section.footer_distance = Mm(EDGE)
    section.different_first_page_header_footer = True
    edges: list[tuple[Any, Elements]] = [(section.first_page_header, []), (section.header, page_field())]
    for edge, shown in edges:
        edge.is_linked_to_previous = False
        edge._element[:] = [paragraph("pageNumber", shown)]  # the library has no public way to replace its own paragraph
    pages: BaseOxmlElement = section._sectPr
    for name in [name for name in pages.attrib if "rsid" in str(name)]:
        del pages.attrib[name]  # which editing session of the template made it
    return pages


def _page(pages: BaseOxmlElement, part: _Part) -> BaseOxmlElement:
    """Size, margins and numbering of one part; each has the headers of the first."""
    references = [deepcopy(each) for kind in ("headerReference", "footerReference") for each in pages.findall(qn(f"w:{kind}"))]
    size = (
        tag("pgSz", w=twips(LONG), h=twips(SHORT), orient="landscape") if part.wide else tag("pgSz", w=twips(SHORT), h=twips(LONG))
    )
    margins = {"top": TOP, "right": RIGHT, "bottom": BOTTOM, "left": LEFT, "header": EDGE, "footer": EDGE, "gutter": 0}
    made = tag("sectPr", tag("type", val="nextPage"), size, tag("pgMar", **{side: twips(width) for side, width in margins.items()}))
    for at, reference in enumerate(references):
        made.insert(at, reference)
    if part.counts_anew:
        made.append(tag("pgNumType", start=1))
    made.append(tag("titlePg"))
    return made


def _section_end(pages: BaseOxmlElement, part: _Part) -> BaseOxmlElement:
    end = paragraph("end", [])
    properties = end.find(qn("w:pPr"))
    assert properties is not None
    properties.append(_page(pages, part))
    return end


def _appendix(appendix: Appendix, document: OfficialDocument, written: Body) -> Elements:
    written.width = (LONG if appendix.wide else SHORT) - LEFT - RIGHT
    return [
        plain("appendix", f"Phụ lục {appendix.number}".strip()),
        plain("appendix", appendix.title.upper()),
        plain("attached", attached_line(document)),
        paragraph("rule", [], rule=written.width * 0.4),
        *written.blocks(appendix.blocks),
    ]


def _add_footnotes(file: Document, notes: list[Elements]) -> None:
    """The part that python-docx has no words for: the two rules Word wants, then the notes."""
    if not notes:
        # Settings that name separators without the part make Word mend the file.
        for each in list(file.settings.element.iterchildren(qn("w:footnotePr"))):
            file.settings.element.remove(each)
        return
    root = etree.Element(qn("w:footnotes"), nsmap={"w": nsmap["w"]})
    for number, (kind, line) in enumerate(
        (("separator", "separator"), ("continuationSeparator", "continuationSeparator")), start=-1
    ):
        root.append(tag("footnote", tag("p", tag("r", tag(line))), type=kind, id=number))
    for number, content in enumerate(notes, start=1):
        root.append(tag("footnote", *content, id=number))
    blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    part = Part(PackURI(f"/{FOOTNOTES_PART}"), _FOOTNOTES_TYPE, blob, file.part.package)
    file.part.relate_to(part, _FOOTNOTES_RELATION)


def _settled(file: Document) -> bytes:
    """The package with no trace of when it was written."""
    written, settled = io.BytesIO(), io.BytesIO()
    file.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(settled, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name)  # dated 1980 unless told otherwise
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            target.writestr(entry, source.read(name), compresslevel=9)
    return settled.getvalue()
