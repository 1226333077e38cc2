"""Answers of the national SOAP contract, byte for byte as the clients in the field read them.

Several clients match the literal text `soapenv:` and `ns1:`, convert the XML to JSON, or parse dates exactly. So:
fixed prefixes, declarations on the outer elements only, every element always present, no attribute on a leaf.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from xml.sax.saxutils import escape

from dancu.kernel.areas import Address
from dancu.kernel.dates import PartialDate
from dancu.population.domain import PersonFacts, Relative

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_OPEN = (
    DECLARATION + '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
    '<soapenv:Header xmlns:dan="http://dancuquocgia.bca"/>'
    '<soapenv:Body xmlns:dan="http://dancuquocgia.bca">'
)
_CLOSE = "</soapenv:Body></soapenv:Envelope>"
# XML 1.0 has no place for these, not even escaped; one in an old address must not make a whole answer unreadable.
_ILLEGAL = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_NS1 = ' xmlns:ns1="http://www.mic.gov.vn/dancu/1.0"'


def citizen_answer(facts: PersonFacts, note: str = "") -> bytes:
    """One citizen, every element of the contract in the order of the field; what was not granted is empty."""
    relatives: Mapping[str, Relative] = facts.relatives or {}
    head = facts.household_head or Relative()
    citizen = "".join(
        (
            _leaf("SoDinhDanh", facts.personal_id.digits if facts.personal_id else ""),
            _leaf("SoCMND", facts.old_id_no),
            # The whole name sits in Ten, upper case with marks; the other two are present and empty.
            _block("HoVaTen", _leaf("Ho", ""), _leaf("ChuDem", ""), _leaf("Ten", (facts.full_name or "").upper())),
            _leaf("GioiTinh", facts.sex),
            _leaf("DanToc", facts.ethnicity),
            _leaf("TonGiao", facts.religion),
            _leaf("TinhTrangHonNhan", facts.marital_status),
            _leaf("NhomMau", facts.blood_type),
            _birth(facts.birth_date),
            _address("NoiDangKyKhaiSinh", facts.birth_registration),
            _leaf("QuocTich", facts.nationality),
            _address("QueQuan", facts.home_town),
            _address("ThuongTru", facts.permanent_residence),
            _address("NoiOHienTai", facts.current_residence),
            _relative("Cha", relatives.get("father")),
            _relative("Me", relatives.get("mother")),
            _relative("VoChong", relatives.get("spouse")),
            _relative("NguoiDaiDien", relatives.get("representative")),
            _block(
                "ChuHo",
                _leaf("QuanHe", facts.household_relation),
                _leaf("SoDinhDanh", head.personal_id),
                _leaf("SoCMND", head.old_id_no),
                _leaf("HoVaTen", head.full_name),
            ),
            _leaf("SoSoHoKhau", facts.household_book_no),
        )
    )
    return _collection(f"<ns1:CongDan>{citizen}</ns1:CongDan>", note)


def empty_answer(note: str = "") -> bytes:
    """Not found, or refused on the compatible profile: a collection without a citizen. `note` is our code."""
    return _collection("", note)


def verified_answer(exists: bool, operation: str) -> bytes:
    """Yes or no. The element's name is `KetQuaXacThuc`, or with the suffix Response in the style of letter 761."""
    name = "KetQuaXacThucResponse" if operation.endswith("Request") else "KetQuaXacThuc"
    value = "true" if exists else "false"
    return f"{_OPEN}<ns1:{name}{_NS1}><ns1:TonTai>{value}</ns1:TonTai></ns1:{name}>{_CLOSE}".encode()


def fault(code: str, text: str, text_en: str) -> bytes:
    """A SOAP 1.1 fault: our code, a sentence in both languages. Codes that end in 5xx are ours to mend, not the caller's."""
    blame = "Server" if code.rpartition("-")[2].startswith("5") else "Client"
    return _bytes(
        f"{_OPEN}<soapenv:Fault><faultcode>soapenv:{blame}</faultcode><faultstring>{escape(code)}: {escape(text)} "
        f"({escape(text_en)})</faultstring></soapenv:Fault>{_CLOSE}"
    )


def _collection(inner: str, note: str) -> bytes:
    attribute = f' GhiChu="{escape(note, {chr(34): "&quot;"})}"' if note else ""
    return _bytes(f"{_OPEN}<ns1:CongdanCollection{_NS1}{attribute}>{inner}</ns1:CongdanCollection>{_CLOSE}")


def _bytes(text: str) -> bytes:
    if not text.isprintable():  # quick, and true of nearly every answer
        text = _ILLEGAL.sub("", text)
    return (text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)).encode()


def _leaf(name: str, value: object) -> str:
    text = "" if value is None else escape(str(int(value)) if isinstance(value, int) else str(value))
    return f"<ns1:{name}>{text}</ns1:{name}>"


def _block(name: str, *parts: str) -> str:
    return f"<ns1:{name}>{''.join(parts)}</ns1:{name}>"


def _birth(born: PartialDate | None) -> str:
    if born is None:
        return _block("NgayThangNamSinh", _leaf("Nam", ""))
    # A client parses NgayThangNam exactly whenever it exists: for a date that is not full it must be absent.
    full = _leaf("NgayThangNam", f"{born.year:04d}{born.month:02d}{born.day:02d}") if born.is_full else ""
    return _block("NgayThangNamSinh", _leaf("Nam", f"{born.year:04d}"), full)


def _address(name: str, address: Address | None) -> str:
    area = address.area if address else None
    return _block(
        name,
        _leaf("MaTinhThanh", area.province if area else ""),
        _leaf("MaQuanHuyen", area.district if area else ""),
        _leaf("MaPhuongXa", area.commune if area else ""),
        _leaf("ChiTiet", address.detail if address else ""),
        _leaf("QuocGia", address.country if address else ""),
    )


def _relative(name: str, relative: Relative | None) -> str:
    known = relative or Relative()
    return _block(
        name,
        _leaf("HoVaTen", known.full_name),
        _leaf("QuocTich", known.nationality),
        _leaf("SoDinhDanh", known.personal_id),
        _leaf("SoCMND", known.old_id_no),
    )
