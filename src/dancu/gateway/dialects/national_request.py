"""Requests of the national SOAP contract, read as the clients in the field really send them.

By local name, in any order and with any prefix; unknown children, stray text and trailing blanks are tolerated.
A document type is refused before the parser sees it; nothing is ever fetched or expanded.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable

import msgspec
from lxml import etree

from dancu.gateway.dialects.list_elements import LIST_ELEMENTS, PAGING, PAGING_PARTS
from dancu.gateway.dialects.operations import LISTS, find_operation
from dancu.kernel.claims import PersonClaim
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Invalid
from dancu.kernel.names import clean_name
from dancu.kernel.personal_id import PersonalId, parse_old_id

NAMESPACES = ("http://dancuquocgia.bca", "http://gtel.vn/qldc")  # the second came with the first specification
ENVELOPES = ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")
BYTES_MAX = 256 * 1024
CHILDREN_MAX = 200
TEXT_LENGTH_MAX = 500

BIRTH = "NgayThangNamSinh"  # a block, or in the older namespace the date as text
BIRTH_PARTS = frozenset({"NgayThangNam", "Nam"})
PLAIN = frozenset(
    {
        "MaYeuCau",
        "MaDVC",
        "MaTichHop",
        "MaDichVu",
        "MaCanBo",
        "MaDonVi",
        "TaiKhoan",
        "SoDienThoai",
        "SoDinhDanh",
        "SoCMND",
        "HoVaTen",
        BIRTH,
        "TuNgay",
        "DenNgay",
        "Loai",
        "Trang",
        "SoBanGhi",
    }
    | LIST_ELEMENTS
)
OURS = frozenset({"", *("{" + namespace for namespace in NAMESPACES)})  # children come qualified or bare
_SEPARATORS = str.maketrans("", "", " .-\u00a0\t")


class SoapCall(msgspec.Struct, frozen=True):
    """One call as sent; known elements only, as text with outer blanks removed (*yêu cầu theo hợp đồng SOAP quốc gia*)."""

    operation: str
    namespace: str
    values: dict[str, str]

    @property
    def request_id(self) -> str:
        """Made by the caller and not unique in the field: never a reason to reject a repeat."""
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

    @property
    def is_window(self) -> bool:
        """Asks for the page of what changed in a window, not for a person."""
        stated = self.values
        is_lookup = self.operation == "TraCuuThongTinCongDan"
        return is_lookup and bool(stated.get("TuNgay")) and not stated.get("SoDinhDanh") and not stated.get("SoCMND")

    @property
    def birth_text(self) -> str:
        """The full date leads the year; in the older namespace the date is the block's own text."""
        return self.values.get("NgayThangNam") or self.values.get(BIRTH) or self.values.get("Nam", "")


def parse_request(body: bytes) -> SoapCall:
    """Read an envelope. Raises `Invalid` for anything that is not one of our requests; never anything else."""
    if len(body) > BYTES_MAX:
        raise _invalid("too_large", "Nội dung quá lớn.", "The request is too large.")
    try:
        text = as_utf8(body)
        # Everything is UTF-8 by now, so no encoding can hide these bytes from us and show them to the parser.
        if b"<!DOCTYPE" in text:
            raise _invalid("doctype", "Không chấp nhận khai báo DOCTYPE.", "A document type is not accepted.")
        # A parser of its own for every request: parsers must not be shared by threads, and making one is cheap.
        root = etree.fromstring(
            text,
            etree.XMLParser(
                encoding="utf-8",
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            ),
        )
    except (etree.XMLSyntaxError, ValueError) as failure:
        raise _invalid(
            "xml", "Nội dung không phải XML hợp lệ (UTF-8 hoặc UTF-16).", "The body is not well-formed XML in UTF-8 or UTF-16."
        ) from failure
    return _call(_operation(root))


def call_of(operation: str, namespace: str, stated: Iterable[tuple[str, str]]) -> SoapCall:
    """The same call from a contract that is not XML: elements as name and text. Raises `Invalid`."""
    values: dict[str, str] = {}
    for name, text in stated:
        if "\0" in text or (not text.isascii() and not _is_encodable(text)):
            raise _invalid("characters", f"{name} có ký tự cấm.", f"{name} has a forbidden character.", name)
        _keep(values, name, text)
    return SoapCall(operation, namespace, values)


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate, which nothing can store
        return False
    return True


def to_claim(call: SoapCall) -> PersonClaim:
    """The three keys of the call. Raises `Invalid` naming the element that is missing or wrong."""
    _require_offered(call)
    number, old = call.values.get("SoDinhDanh", ""), call.values.get("SoCMND", "")
    if not number and len(old.translate(_SEPARATORS)) == 12:  # the 12-digit number where the old one belongs
        number, old = old, ""
    if not number and not old:
        raise _invalid("number", "Thiếu SoDinhDanh hoặc SoCMND.", "SoDinhDanh or SoCMND is missing.", "SoDinhDanh")
    return PersonClaim(
        clean_name(call.values.get("HoVaTen", ""), "HoVaTen"),
        PartialDate.parse(call.birth_text, BIRTH),
        PersonalId.parse(number, "SoDinhDanh") if number else None,
        "" if number else parse_old_id(old, "SoCMND"),
    )


def as_utf8(body: bytes) -> bytes:
    """A body as UTF-8, whatever it declares. Raises `ValueError` for bytes that are no text."""
    # The bytes decide, not the declaration: .NET programs declare utf-16 out of habit and send UTF-8.
    if b"\0" not in body[:4]:
        return body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = body.decode("utf-16")
    else:
        text = body.decode("utf-16-be" if body[0] == 0 else "utf-16-le")
    return text.lstrip("\ufeff \t\r\n").encode()


def _operation(root: etree._Element) -> etree._Element:
    name = etree.QName(root)
    if name.localname != "Envelope" or name.namespace not in ENVELOPES:
        raise _invalid("envelope", "Thiếu soapenv:Envelope.", "There is no SOAP envelope.")
    body = root.find(f"{{{name.namespace}}}Body")
    if body is None or len(body) == 0:
        raise _invalid("body", "soapenv:Body không có nội dung.", "The SOAP body is empty.")
    return body[0]


def _call(operation: etree._Element) -> SoapCall:
    name = etree.QName(operation)
    if name.namespace not in NAMESPACES:
        raise _invalid("namespace", f"Không gian tên phải là {NAMESPACES[0]}.", f"The namespace must be {NAMESPACES[0]}.")
    if len(operation) > CHILDREN_MAX:
        raise _invalid("elements", "Quá nhiều phần tử.", "Too many elements.")
    values: dict[str, str] = {}
    # Children only: a relative's SoDinhDanh inside a block we do not know must never become the person asked about.
    for child in operation:
        space, _, local = child.tag.rpartition("}")
        if local not in PLAIN or space not in OURS:
            continue
        if local == PAGING:
            for part in child:
                if (inner := part.tag.rpartition("}")[2]) in PAGING_PARTS:
                    _keep(values, inner, part.text)
            continue
        _keep(values, local, child.text)
        if local == BIRTH:
            for part in child:
                if (inner := part.tag.rpartition("}")[2]) in BIRTH_PARTS:
                    _keep(values, inner, part.text)
    return SoapCall(name.localname, name.namespace, values)


def _keep(values: dict[str, str], name: str, text: str | None) -> None:
    stated = (text or "").strip()
    if len(stated) > TEXT_LENGTH_MAX:
        raise _invalid(
            "length", f"{name} dài quá {TEXT_LENGTH_MAX} ký tự.", f"{name} is longer than {TEXT_LENGTH_MAX} characters.", name
        )
    known = values.get(name)
    if known and stated and known != stated:
        raise _invalid(
            "repeated", f"{name} xuất hiện hai lần với giá trị khác nhau.", f"{name} is given twice with different values.", name
        )
    values[name] = known or stated


def _require_offered(call: SoapCall) -> None:
    if call.operation in LISTS:
        raise _invalid("not_offered", f"Dịch vụ {call.operation} chưa được cung cấp.", f"{call.operation} is not offered.")
    if find_operation(call.operation) is None:
        raise _invalid("operation", "Không có dịch vụ tên này.", "There is no such operation.")
    if call.is_window:
        raise _invalid(
            "not_offered",
            "Tra cứu theo kỳ (TuNgay, DenNgay) chưa được cung cấp.",
            "Pages of changed records (TuNgay, DenNgay) are not offered.",
            "TuNgay",
        )


def _invalid(code: str, message: str, message_en: str, field: str | None = None) -> Invalid:
    return Invalid(f"soap.{code}", message, message_en, field=field)
