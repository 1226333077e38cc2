"""What an answer says, read as forgivingly as can be: a fault of form must fail the check of that form, not every check."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lxml import etree


class Kind(StrEnum):
    """What came of a question."""

    CITIZEN = "citizen"
    NOBODY = "nobody"  # an answer of the contract in which there is no citizen
    REFUSED = "refused"  # a fault, or an error in the words of the contract
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Found:
    """An answer in the kit's own words."""

    kind: Kind
    number: str = ""
    name: str = ""
    born: str = ""  # yyyymmdd where there is one
    year: str = ""
    note: str = ""  # GhiChu, or what stands for it


UNREAD = Found(Kind.UNREAD)


def parsed(body: bytes) -> etree._Element | None:
    """The root of an XML document of whoever, in UTF-8 as far as it goes; nothing in it is fetched or expanded."""
    text = body.decode("utf-8", "replace").lstrip("\ufeff \t\r\n").encode()
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def local(element: etree._Element) -> str:
    """The name without prefix; empty for comments and the like."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def descendants(root: etree._Element, name: str) -> Iterator[etree._Element]:
    """Elements of that local name, whatever the case of its letters."""
    return (each for each in root.iter() if local(each).lower() == name.lower())


def child_text(element: etree._Element | None, *names: str) -> str:
    """The text below a chain of children, by local names; empty when the chain breaks."""
    for name in names:
        element = next((each for each in element if local(each).lower() == name.lower()), None) if element is not None else None
    return (element.text or "").strip() if element is not None else ""


def read_envelope(body: bytes) -> Found:
    """The first citizen of a SOAP answer."""
    root = parsed(body)
    if root is None or local(root).lower() != "envelope":
        return UNREAD
    if next(descendants(root, "Fault"), None) is not None:
        return Found(Kind.REFUSED)
    note = next((str(value) for each in root.iter() for name, value in each.attrib.items() if str(name).lower() == "ghichu"), "")
    citizen = next(descendants(root, "CongDan"), None)
    if citizen is None:
        return Found(Kind.NOBODY, note=note)
    name = child_text(citizen, "HoVaTen", "Ten") or child_text(citizen, "HoVaTen")
    return Found(
        Kind.CITIZEN,
        child_text(citizen, "SoDinhDanh"),
        name,
        child_text(citizen, "NgayThangNamSinh", "NgayThangNam"),
        child_text(citizen, "NgayThangNamSinh", "Nam"),
        note,
    )


def read_tree(body: bytes) -> Found:
    """The first citizen of the same answer as a JSON tree."""
    told = read_json(body)
    collection = next((found for at in (told, member(told, "Envelope")) if (found := _collection(at)) is not None), None)
    if not isinstance(collection, dict):
        return Found(Kind.REFUSED) if isinstance(told, dict) and ({"error_code", "errorCode"} & set(told)) else UNREAD
    citizen, note = member(collection, "CongDan"), str(member(collection, "GhiChu") or "")
    if isinstance(citizen, list):
        citizen = citizen[0] if citizen else None
    if not isinstance(citizen, dict):
        return Found(Kind.NOBODY, note=note)
    name, born = member(citizen, "HoVaTen"), member(citizen, "NgayThangNamSinh")
    return Found(
        Kind.CITIZEN,
        _text(member(citizen, "SoDinhDanh")),
        _text(member(name, "Ten") if isinstance(name, dict) else name),
        _text(member(born, "NgayThangNam")),
        _text(member(born, "Nam")),
        note,
    )


def _collection(tree: Any) -> Any:  # any JSON value
    return member(member(tree, "Body"), "CongdanCollection")


def read_json(body: bytes) -> Any:  # any JSON value; None for what is none
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def member(tree: Any, name: str) -> Any:  # any JSON value
    """A member of an object whatever the case of its name."""
    if not isinstance(tree, dict):
        return None
    return next((value for key, value in tree.items() if key.lower() == name.lower()), None)


def _text(value: Any) -> str:  # any JSON value
    return "" if value is None or isinstance(value, (dict, list)) else str(value)
