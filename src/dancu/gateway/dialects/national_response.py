"""Answers of the national SOAP contract, byte for byte as the clients in the field read them.

Several clients match the literal text `soapenv:` and `ns1:`, convert the XML to JSON, or parse dates exactly. So:
fixed prefixes, declarations on the outer elements only, every element always present, no attribute on a leaf.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from xml.sax.saxutils import escape

from dancu.kernel.areas import Address
from dancu.kernel.dates import PartialDate
from dancu.population.domain import HouseholdFacts, PersonFacts, Relative

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_OPEN = (
    DECLARATION + '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
    '<soapenv:Header xmlns:dan="http://dancuquocgia.bca"/>'
    '<soapenv:Body xmlns:dan="http://dancuquocgia.bca">'
)
_CLOSE = "</soapenv:Body></soapenv:Envelope>"
_EMPTY_HEADER = b'<soapenv:Header xmlns:dan="http://dancuquocgia.bca"/>'
# Every client of the field passes the header over; of this contract's own names it has the namespace of the answers.
_TRIAL_HEADER = (
    b'<soapenv:Header xmlns:dan="http://dancuquocgia.bca" xmlns:ns1="http://www.mic.gov.vn/dancu/1.0">'
    b"<ns1:ThuNghiem>true</ns1:ThuNghiem></soapenv:Header>"
)
# XML 1.0 has no place for these, not even escaped; one in an old address must not make a whole answer unreadable.
_ILLEGAL = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_NS1 = ' xmlns:ns1="http://www.mic.gov.vn/dancu/1.0"'
_RELATIVES = ("father", "mother", "spouse", "representative")
PART_NOTE = "CHUA-DU-THANH-VIEN"
HEAD = "01"  # of the registry's table of relations to the head of a household


def citizen_answer(facts: PersonFacts, note: str = "", relatives: Collection[str] = _RELATIVES) -> bytes:
    """One citizen, every element of the contract in the order of the field; what was not granted is empty."""
    return _collection(_block("CongDan", citizen_elements(facts, relatives)), note)


def citizens_answer(told: Iterable[PersonFacts]) -> bytes:
    """A page of citizens of a list; a one-person look-up has exactly one."""
    return collection("CongdanCollection", [_block("CongDan", citizen_elements(facts)) for facts in told])


def collection(name: str, items: Iterable[str]) -> bytes:
    """Blocks under one element; none of them is "nothing there"."""
    return noted(name, "".join(items), "")


def block(name: str, leaves: Mapping[str, object]) -> str:
    """An element of leaves, for what is ours in this contract."""
    return _block(name, *(_leaf(leaf, value) for leaf, value in leaves.items()))


def status_answer(facts: PersonFacts, note: str = "") -> bytes:
    """A citizen, and after the elements of the contract two of ours: alive, dead or missing, and since when."""
    known = facts.life_status
    since = f"{facts.life_status_on:%Y%m%d}" if facts.life_status_on else ""
    ours = _leaf("TinhTrangChetMatTich", known) + _leaf("NgayChetMatTich", since)
    return _collection(_block("CongDan", citizen_elements(facts, ()), ours), note)


def identity_answer(facts: PersonFacts, note: str = "") -> bytes:
    """The six elements that the schema of XacMinhThongTinNhanThan lists."""
    known: Mapping[str, Relative] = facts.relatives or {}
    return _collection(
        _block(
            "CongDan",
            _leaf("SoDinhDanh", facts.personal_id.digits if facts.personal_id else ""),
            _leaf("SoCMND", facts.old_id_no),
            _name(facts),
            _birth(facts.birth_date),
            _relative("Cha", known.get("father")),
            _relative("Me", known.get("mother")),
        ),
        note,
    )


def household_answer(facts: PersonFacts, household: HouseholdFacts | None) -> bytes:
    """The household of the citizen asked about. Ours: public evidence shows the operation's name only.

    A person whose household has no rows of its own, or none that this hub can see, is answered by what stands on her own record.
    """
    household = household or HouseholdFacts(facts.residence_file_no, facts.permanent_residence)
    if not household.members:
        head = facts.household_head or Relative()
    else:
        first = next((each for each in household.members if each.household_relation == HEAD), PersonFacts())
        head = Relative(first.full_name or "", first.personal_id.digits if first.personal_id else "", first.old_id_no or "")
    inner = _block(
        "HoGiaDinh",
        _leaf("SoHoSoCuTru", household.residence_file_no),
        _address("DiaChi", household.address),
        _head(HEAD if head.full_name or head.personal_id else "", head),
        _block("DanhSachThanhVien", *map(_member, household.members)),
    )
    return _households(inner, "" if household.is_whole else PART_NOTE)


def no_household(note: str = "") -> bytes:
    """Not found, or refused on the compatible profile."""
    return _households("", note)


def _member(member: PersonFacts) -> str:
    return _block(
        "ThanhVien",
        _leaf("QuanHe", member.household_relation),
        _leaf("SoDinhDanh", member.personal_id.digits if member.personal_id else ""),
        _leaf("SoCMND", member.old_id_no),
        _leaf("HoVaTen", (member.full_name or "").upper()),
        _leaf("GioiTinh", member.sex),
        _birth(member.birth_date),
    )


def citizen_elements(facts: PersonFacts, shown: Collection[str] = _RELATIVES, *, is_upper: bool = True) -> str:
    """Every element of a citizen in the order of the field; a hub gets the name as it is recorded."""
    relatives = {name: each for name, each in (facts.relatives or {}).items() if name in shown}
    return "".join(
        (
            _leaf("SoDinhDanh", facts.personal_id.digits if facts.personal_id else ""),
            _leaf("SoCMND", facts.old_id_no),
            _name(facts, is_upper=is_upper),
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
            _head(facts.household_relation, facts.household_head or Relative()),
            _leaf("SoSoHoKhau", facts.household_book_no),
        )
    )


def _name(facts: PersonFacts, *, is_upper: bool = True) -> str:
    # The whole name sits in Ten, upper case with marks; the other two are present and empty.
    name = facts.full_name or ""
    return _block("HoVaTen", _leaf("Ho", ""), _leaf("ChuDem", ""), _leaf("Ten", name.upper() if is_upper else name))


def _head(relation: str | None, head: Relative) -> str:
    return _block(
        "ChuHo",
        _leaf("QuanHe", relation),
        _leaf("SoDinhDanh", head.personal_id),
        _leaf("SoCMND", head.old_id_no),
        _leaf("HoVaTen", head.full_name),
    )


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


def marked_as_trial(envelope: bytes) -> bytes:
    """The same envelope, whose header says that it was answered in a trial."""
    return envelope.replace(_EMPTY_HEADER, _TRIAL_HEADER, 1)


def _collection(inner: str, note: str) -> bytes:
    return noted("CongdanCollection", inner, note)


def _households(inner: str, note: str) -> bytes:
    return noted("HoGiaDinhCollection", inner, note)


def noted(name: str, inner: str, note: str, reference: str = "") -> bytes:
    """An answer with its attributes, which no client of the field reads: our code, and for hubs the ledger reference."""
    attributes = f' GhiChu="{escape(note, {chr(34): "&quot;"})}"' if note else ""
    if reference:
        attributes += f' id="{reference}"'
    return _bytes(f"{_OPEN}<ns1:{name}{_NS1}{attributes}>{inner}</ns1:{name}>{_CLOSE}")


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
