"""What a candidate client sent, taken apart once: the call, its credentials, its envelope. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from dancu.cli.conformance_kit.reading import local, parsed


@dataclass(slots=True)
class Heard:
    """One call as it came, and what became of it."""

    order: int  # the first call is 1
    at: float  # seconds since the run began
    clock: float  # seconds since 1970
    method: str
    target: str  # path and query as sent
    host: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    answered_at: float | None = None
    left: bool = False  # the client was gone before the answer
    request: Request = field(init=False)

    def __post_init__(self) -> None:
        self.request = read_request(self.body)

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def credentials(self) -> tuple[str, str] | None:
        """User and what stands for the password."""
        scheme, _, encoded = self.header("Authorization").strip().partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return None
        return (user, password) if colon else None

    @property
    def number(self) -> str:
        return self.request.values.get("SoDinhDanh") or self.request.values.get("SoCMND", "")


@dataclass(frozen=True, slots=True)
class Request:
    """An envelope as far as it could be read."""

    is_xml: bool = False
    has_document_type: bool = False
    envelope: str = ""  # namespace of a root named Envelope
    children: int = 0  # of the body
    namespace: str = ""
    operation: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    twice: tuple[str, ...] = ()


def read_request(body: bytes) -> Request:
    """Never fails: what cannot be read is left empty."""
    has_document_type = b"<!DOCTYPE" in body
    root = None if has_document_type else parsed(body)
    if root is None:
        return Request(has_document_type=has_document_type)
    envelope = (etree.QName(root).namespace or "-") if local(root) == "Envelope" else ""
    inner = next((each for each in root if local(each) == "Body"), None)
    children = [each for each in inner if local(each)] if inner is not None else []
    if not children:
        return Request(True, envelope=envelope)
    values, twice = _values(children[0])
    name = etree.QName(children[0])
    return Request(True, False, envelope, len(children), name.namespace or "", name.localname, values, twice)


def _values(operation: etree._Element) -> tuple[dict[str, str], tuple[str, ...]]:
    """Elements by local name, and those that came twice with different texts; of blocks only the birth date is looked into."""
    values: dict[str, str] = {}
    twice = []
    parts = [below for each in operation if local(each) == "NgayThangNamSinh" for below in each]
    for each in (*operation, *parts):
        name, text = local(each), (each.text or "").strip()
        if name and values.setdefault(name, text) != text:
            twice.append(name)
    return values, tuple(twice)
