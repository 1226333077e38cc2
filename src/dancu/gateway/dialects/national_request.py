"""Requests of the national SOAP contract, read as the clients in the field really send them.

By local name, in any order and with any prefix; unknown children, stray text and trailing blanks are tolerated.
A document type is refused outright; nothing is ever fetched or expanded.
"""

from __future__ import annotations

import msgspec
from lxml import etree

from dancu.kernel.claims import PersonClaim
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Invalid
from dancu.kernel.names import clean_name
from dancu.kernel.personal_id import PersonalId, parse_old_id

NAMESPACES = ("http://dancuquocgia.bca", "http://gtel.vn/qldc")  # the second came with the first specification
ENVELOPES = ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")
BYTES_MAX = 256 * 1024
ELEMENTS_MAX = 200
TEXT_LENGTH_MAX = 500


class SoapCall(msgspec.Struct, frozen=True):
    """One call as sent; every value is text with outer blanks removed (*yêu cầu theo hợp đồng SOAP quốc gia*)."""

    operation: str
    namespace: str
    values: dict[str, str]

    @property
    def request_id(self) -> str:
        return self.values.get("MaYeuCau", "")

    @property
    def procedure(self) -> str:
        return self.values.get("MaDVC", "")

    @property
    def integration_code(self) -> str:
        """MaTichHop, or MaDichVu in the style of official letter 761/VPCP-KSTT."""
        return self.values.get("MaTichHop") or self.values.get("MaDichVu", "")

    @property
    def officer(self) -> str:
        return self.values.get("MaCanBo", "")


def parse_request(body: bytes) -> SoapCall:
    """Read an envelope. Raises `Invalid` for anything that is not one of our requests; never anything else."""
    if len(body) > BYTES_MAX:
        raise _invalid("too_large", "Nội dung quá lớn.", "The request is too large.")
    if b"\0" not in body[:4] and b"<!DOCTYPE" in body:
        raise _no_doctype()
    try:
        # A parser of its own for every request: parsers must not be shared by threads, and making one is cheap.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
                                 remove_comments=True, remove_pis=True)
        root = etree.fromstring(body.lstrip(b"\xef\xbb\xbf \t\r\n") if b"\0" not in body[:4] else body, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as failure:
        raise _invalid("xml", "Nội dung không phải XML hợp lệ.", "The body is not well-formed XML.") from failure
    if root is None or root.getroottree().docinfo.doctype:
        raise _no_doctype()
    return _call(_operation(root))


def to_claim(call: SoapCall) -> PersonClaim:
    """The three keys of the call. Raises `Invalid` naming the element that is missing or wrong."""
    number, old = call.values.get("SoDinhDanh", ""), call.values.get("SoCMND", "")
    if not number and len(old) == 12:  # some clients put the 12-digit number where the old one belongs
        number, old = old, ""
    if not number and not old:
        raise _invalid("number", "Thiếu SoDinhDanh hoặc SoCMND.", "SoDinhDanh or SoCMND is missing.", "SoDinhDanh")
    return PersonClaim(
        clean_name(call.values.get("HoVaTen", ""), "HoVaTen"), _birth_date(call),
        PersonalId.parse(number, "SoDinhDanh") if number else None,
        "" if number else parse_old_id(old, "SoCMND"))


def _operation(root: etree._Element) -> etree._Element:
    name = etree.QName(root)
    if name.localname != "Envelope" or name.namespace not in ENVELOPES:
        raise _invalid("envelope", "Thiếu soapenv:Envelope.", "There is no SOAP envelope.")
    for part in root:
        if isinstance(part.tag, str) and etree.QName(part).localname == "Body":
            for child in part:
                if isinstance(child.tag, str):
                    return child
    raise _invalid("body", "soapenv:Body không có nội dung.", "The SOAP body is empty.")


def _call(operation: etree._Element) -> SoapCall:
    name = etree.QName(operation)
    if name.namespace not in NAMESPACES:
        raise _invalid("namespace", f"Không gian tên phải là {NAMESPACES[0]}.", f"The namespace must be {NAMESPACES[0]}.")
    values: dict[str, str] = {}
    for count, element in enumerate(operation.iterdescendants()):
        if count >= ELEMENTS_MAX:
            raise _invalid("elements", "Quá nhiều phần tử.", "Too many elements.")
        if not isinstance(element.tag, str):
            continue
        text = (element.text or "").strip()
        if len(text) > TEXT_LENGTH_MAX:
            raise _invalid("length", "Có phần tử dài quá mức.", "An element is too long.")
        values.setdefault(element.tag.rpartition("}")[2], text)
    return SoapCall(name.localname, name.namespace, values)


def _birth_date(call: SoapCall) -> PartialDate:
    # A block with the date or the year, or the date as the block's own text in the older namespace.
    text = (call.values.get("NgayThangNam") or call.values.get("NgayThangNamSinh") or call.values.get("Nam", "")).strip()
    return PartialDate.parse(text, "NgayThangNamSinh")


def _no_doctype() -> Invalid:
    return _invalid("doctype", "Không chấp nhận khai báo DOCTYPE.", "A document type is not accepted.")


def _invalid(code: str, message: str, message_en: str, field: str | None = None) -> Invalid:
    return Invalid(f"soap.{code}", message, message_en, field=field)
