"""A .docx that came from outside, read without trusting it: limits first, nothing run, nothing fetched, only what an eye sees."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator

import msgspec
from lxml import etree

from dancu.kernel.errors import Invalid
from dancu.onboarding.papers.marks import MARK_PART, PaperMark, mark_in
from dancu.onboarding.papers.visible import ReadTable, Trace, Visible, hidden_styles

FILE_BYTES_MAX = 20_000_000
UNPACKED_BYTES_MAX = 80_000_000
PART_BYTES_MAX = 32_000_000
PARTS_MAX = 400
_TAGS_ALWAYS, _TAGS_PER_LINE = 120_000, 900  # a row of thirteen cells as Word and LibreOffice write it, and room
_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_REFUSED_TYPES = ("macroenabled", "vbaproject", "vbadata", "activex", "oleobject", "ms-office.active")
_REFUSED_PARTS = ("vbaproject", "vbadata", "/activex/", "/embeddings/")
_REFUSED_LINKS = ("oleobject", "package", "control", "afchunk", "attachedtemplate", "frame", "subdocument", "vbaproject")
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_LINKS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class ReadPaper(msgspec.Struct, frozen=True):
    """What stands in a returned file: lines and tables in reading order (*nội dung tệp nhận lại*)."""

    elements: tuple[str | ReadTable, ...]
    traces: dict[Trace, str]  # what a signed paper should not have, with a sample
    mark: PaperMark | None


def read_docx(data: bytes, *, lines: int) -> ReadPaper:
    """Read a .docx of about so many table lines (*đọc tệp nhận lại*). Raises `Invalid` on anything that is not just a paper."""
    package = _Package(data, tags_max=_TAGS_ALWAYS + _TAGS_PER_LINE * lines)
    package.check()
    main = package.main_part()
    root = package.parse(main)
    body = root.find("{*}body")
    if body is None:
        raise broken()
    seen = Visible(hidden_styles(package.styles_beside(main)))
    elements = tuple(seen.blocks(body))
    for name in package.other_text(main):
        seen.check_fields(package.parse(name))
    mark = mark_in(package.parse(MARK_PART)) if MARK_PART in package.names else None
    return ReadPaper(elements, dict(seen.traces), mark)


def broken() -> Invalid:
    return Invalid(
        "paper.file.broken",
        "Không mở được tệp. Lưu lại thành .docx hoặc PDF rồi tải lên.",
        "The file cannot be opened. Save it as .docx or PDF again.",
        field="file",
    )


def _too_big() -> Invalid:
    return Invalid(
        "paper.file.too_big",
        "Tệp quá lớn so với bản đã in. Bỏ ảnh và nội dung thêm, rồi tải lên lại.",
        "The file is too big for this paper. Take out pictures and additions.",
        field="file",
    )


def unsafe(what: str, english: str) -> Invalid:
    return Invalid(
        "paper.file.unsafe",
        f"Tệp có {what} nên không nhận được. Tải lại bản in từ hồ sơ, ký rồi nộp bản đó.",
        f"The file holds {english} and is not taken. Print the paper again and return that one.",
        field="file",
    )


class _Package:
    """The archive, read by limits: what it says of its sizes is not believed."""

    def __init__(self, data: bytes, *, tags_max: int) -> None:
        self._tags_max = tags_max
        self._left = UNPACKED_BYTES_MAX
        if len(data) > FILE_BYTES_MAX:
            raise _too_big()
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as failure:
            raise broken() from failure
        self.names = frozenset(self._archive.namelist())

    def check(self) -> None:
        """Refuse by the table of contents, before anything is unpacked; then by the declared kinds and links."""
        entries = self._archive.infolist()
        if len(entries) > PARTS_MAX or sum(entry.file_size for entry in entries) > UNPACKED_BYTES_MAX:
            raise _too_big()
        if len(entries) != len(self.names) or any(entry.flag_bits & 0x1 for entry in entries):
            raise broken()  # two parts of one name, or encrypted
        if any(part in f"/{name.lower()}" for name in self.names for part in _REFUSED_PARTS):
            raise unsafe("macro hoặc tệp nhúng", "macros or embedded files")
        self._check_types()
        for name in sorted(self.names):
            if name.endswith(".rels"):
                self._check_links(name)

    def _check_types(self) -> None:
        types = [(entry.get("PartName", ""), str(entry.get("ContentType", ""))) for entry in self.parse("[Content_Types].xml")]
        if any(refused in kind.lower() for _name, kind in types for refused in _REFUSED_TYPES):
            raise unsafe("macro hoặc tệp nhúng", "macros or embedded files")
        if _MAIN_TYPE not in {kind for _name, kind in types}:
            raise broken()

    def _check_links(self, name: str) -> None:
        for link in self._links(name):
            kind = link.get("Type", "").rpartition("/")[2].lower()
            outside = link.get("TargetMode", "").lower() == "external" and kind != "hyperlink"
            if outside or kind in _REFUSED_LINKS:
                raise unsafe("liên kết ra ngoài hoặc tệp nhúng", "outside links or embedded files")

    def _links(self, name: str) -> list[etree._Element]:
        return list(self.parse(name).iterchildren(_LINKS))

    def main_part(self) -> str:
        for link in self._links("_rels/.rels"):
            if link.get("Type", "").endswith("/officeDocument"):
                return self._inside("", link.get("Target", ""))
        raise broken()

    def styles_beside(self, main: str) -> etree._Element | None:
        folder, name = posixpath.split(main)
        links = posixpath.join(folder, "_rels", f"{name}.rels")
        for link in self._links(links) if links in self.names else []:
            if link.get("Type", "").endswith("/styles"):
                return self.parse(self._inside(folder, link.get("Target", "")))
        return None

    def other_text(self, main: str) -> list[str]:
        """Headers, footers, notes, comments, settings: not compared, but nothing in them may act either."""
        folder = posixpath.dirname(main)
        return sorted(name for name in self.names if posixpath.dirname(name) == folder and name.endswith(".xml") and name != main)

    def _inside(self, folder: str, target: str) -> str:
        return posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target))

    def parse(self, name: str) -> etree._Element:
        """A part as XML: no document type, no entities, no network, no more than the limits."""
        text = self._read(name)
        if text.count(b"<") > self._tags_max:
            raise _too_big()
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
        )
        try:
            root = etree.fromstring(text, parser)
        except (etree.XMLSyntaxError, ValueError) as failure:
            raise broken() from failure
        if root.getroottree().docinfo.internalDTD is not None:
            raise unsafe("khai báo kiểu văn bản", "a document type")
        return root

    def _read(self, name: str) -> bytes:
        room = min(self._left, PART_BYTES_MAX)
        try:
            with self._archive.open(name) as part:
                text = part.read(room + 1)
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as failure:
            raise broken() from failure
        if len(text) > room:
            raise _too_big()
        self._left -= len(text)
        return text


def every(elements: tuple[str | ReadTable, ...]) -> Iterator[str]:
    """Every text in reading order, tables cell by cell."""
    for each in elements:
        if isinstance(each, str):
            yield each
        else:
            yield from (line for row in each.rows for cell in row for line in cell.split("\n"))
