"""The mark a printed paper carries unseen: for which dossier it was printed and the digest of what it said then."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.package import Package
from lxml import etree

from dancu.onboarding.papers.printed import Printed

MARK_PART = "docProps/custom.xml"
_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # of properties with names of their own
_FIRST = 2  # the numbers 0 and 1 are taken


class PaperMark(msgspec.Struct, frozen=True):
    """What a paper says of itself to a machine (*dấu nhận biết bản in*)."""

    kind: str
    dossier: str
    digest: str


_NAMES = {"kind": "DancuPaper", "dossier": "DancuDossier", "digest": "DancuDigest"}


def mark_part(package: Package, paper: Printed) -> Part:
    """The mark as custom properties: Word and LibreOffice keep them when they save."""
    root = etree.fromstring(f'<Properties xmlns="{_PROPERTIES}" xmlns:vt="{_VALUES}"/>')
    said = {"kind": paper.kind.value, "dossier": paper.dossier, "digest": paper.digest}
    for number, (key, name) in enumerate(_NAMES.items(), start=_FIRST):
        entry = etree.SubElement(root, f"{{{_PROPERTIES}}}property", fmtid=_FORMAT, pid=str(number), name=name)
        etree.SubElement(entry, f"{{{_VALUES}}}lpwstr").text = said[key]
    blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return Part(PackURI(f"/{MARK_PART}"), _TYPE, blob, package)


def mark_in(root: etree._Element) -> PaperMark | None:
    """The mark among the custom properties of a file, None when there is none."""
    said: Mapping[str, str] = {
        str(entry.get("name")): "".join(str(text) for text in entry.itertext())
        for entry in root.iterchildren(f"{{{_PROPERTIES}}}property")
    }
    if not set(_NAMES.values()) <= set(said):
        return None
    return PaperMark(**{key: said[name] for key, name in _NAMES.items()})
