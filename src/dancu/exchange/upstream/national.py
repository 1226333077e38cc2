"""The national SOAP contract from the asking side: the request a hub sends, and its answer read by name. Pure, no network.

Between two hubs of ours the same contract carries more: a signed header names system, officer and purpose, `GhiChu` answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape

from lxml import etree

from dancu.exchange.domain import Kind
from dancu.exchange.upstream.domain import Fault, Heard, Note, Outgoing, UpstreamFailed, read_notes
from dancu.kernel.areas import Address, AreaCode
from dancu.kernel.claims import PersonClaim
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Invalid
from dancu.kernel.personal_id import PersonalId
from dancu.population.domain import MaritalStatus, PersonFacts, Relative, Sex

NAMESPACE, ANSWER = "http://dancuquocgia.bca", "{http://www.mic.gov.vn/dancu/1.0}"
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
LOOK_UP, VERIFY = "TraCuuThongTinCongDan", "XacThucThongTinCongDan"
CODES = {Kind.DISCLOSE: "037", Kind.VERIFY: "033"}
WITH_DISTRICTS, WITHOUT_DISTRICTS = "L3-2025", "L2-2025"  # the contract names no version: a district tells which it is
_RELATIVES = {"Cha": "father", "Me": "mother", "VoChong": "spouse", "NguoiDaiDien": "representative"}


def request_of(asked: Outgoing, codes: Mapping[str, str]) -> bytes:
    """The envelope in the order of the published contract. `codes`: integration codes here → there, `*` for all others."""
    operation = LOOK_UP if asked.needs_record else VERIFY
    kind = Kind.DISCLOSE if asked.needs_record else Kind.VERIFY
    stated = asked.request.integration_code
    claim = asked.claim
    number = ("SoDinhDanh", claim.personal_id.digits) if claim.personal_id else ("SoCMND", claim.old_id_no)
    elements = (
        ("MaYeuCau", asked.reference),
        ("MaDVC", asked.request.procedure),
        ("MaTichHop", codes.get(stated) or codes.get("*") or CODES[kind]),
        ("MaCanBo", asked.request.actor.officer),
        number,
        ("HoVaTen", claim.full_name),
    )
    inner = "".join(f"<dan:{name}>{escape(value)}</dan:{name}>" for name, value in elements)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:dan="{NAMESPACE}"><soapenv:Header/>'
        f"<soapenv:Body><dan:{operation}>{inner}{_birth(claim)}</dan:{operation}></soapenv:Body></soapenv:Envelope>"
    ).encode()


def _birth(claim: PersonClaim) -> str:
    born = claim.birth_date
    part = f"<dan:NgayThangNam>{born.year:04d}{born.month:02d}{born.day:02d}</dan:NgayThangNam>" if born.is_full else ""
    return f"<dan:NgayThangNamSinh>{part or f'<dan:Nam>{born.year:04d}</dan:Nam>'}</dan:NgayThangNamSinh>"


def digest_of(service_url: str, user: str, timestamp: str, secret: str) -> str:
    """The password of the national style: lower-case SHA-256 over the four, joined without separators."""
    return hashlib.sha256(f"{service_url}{user}{timestamp}{secret}".encode()).hexdigest()


def read_answer(body: bytes, *, units: str = "", of_ours: bool = False) -> Heard:
    """What came back with HTTP 200. Raises `UpstreamFailed`: a fault, or nothing that this contract knows."""
    try:
        root = etree.fromstring(
            body.lstrip(b"\xef\xbb\xbf \t\r\n"),
            etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True),
        )
    except (etree.XMLSyntaxError, ValueError):
        raise UpstreamFailed(Fault.GARBLED) from None
    content = root.find(f"{SOAP}Body")
    told = content[0] if content is not None and len(content) else None
    if told is None:
        raise UpstreamFailed(Fault.GARBLED)
    name = etree.QName(told).localname
    if name == "Fault":
        return _fault(told)
    notes, peer = read_notes(told.get("GhiChu", "")), told.get("id", "")[:64]
    if name.startswith("KetQuaXacThuc"):
        exists = told.findtext(f"{ANSWER}TonTai", "").strip().lower()
        if exists not in ("true", "false", "1", "0"):
            raise UpstreamFailed(Fault.GARBLED)
        return Heard(exists in ("true", "1"), None, peer, notes, of_ours)
    if name != "CongdanCollection":
        raise UpstreamFailed(Fault.GARBLED)
    people = told.findall(f"{ANSWER}CongDan")
    if len(people) > 1:  # a look-up answers one person or nobody; of two we could only guess
        raise UpstreamFailed(Fault.GARBLED)
    return Heard(bool(people), _facts(people[0], units) if people else None, peer, notes, of_ours)


def _fault(told: etree._Element) -> Heard:
    """A refusal told as a fault is an answer; anything else is a failure of the hub above."""
    words = told.findtext("faultstring", "")
    code = words.partition(":")[0].strip()
    if told.findtext("faultcode", "").endswith("Client") and code in (Note.REFUSED, Note.LIMITED, Note.MALFORMED):
        return Heard(False, notes={code: ""})
    raise UpstreamFailed(Fault.CREDENTIALS if code == "DANCU-401" else Fault.FAILED)


def _facts(person: etree._Element, units: str) -> PersonFacts:
    def text(path: str) -> str:
        return (person.findtext("/".join(f"{ANSWER}{step}" for step in path.split("/"))) or "").strip()

    try:
        return PersonFacts(
            personal_id=PersonalId.parse(text("SoDinhDanh")) if text("SoDinhDanh") else None,
            full_name=" ".join(filter(None, (text("HoVaTen/Ho"), text("HoVaTen/ChuDem"), text("HoVaTen/Ten")))) or None,
            birth_date=_born(text("NgayThangNamSinh/NgayThangNam"), text("NgayThangNamSinh/Nam")),
            sex=Sex(_digit(text("GioiTinh"))),
            birth_registration=_address(text, "NoiDangKyKhaiSinh", units),
            home_town=_address(text, "QueQuan", units),
            ethnicity=text("DanToc"),
            religion=text("TonGiao"),
            nationality=text("QuocTich"),
            blood_type=text("NhomMau"),
            old_id_no=text("SoCMND"),
            relatives={role: found for name, role in _RELATIVES.items() if (found := _relative(text, name)) != Relative()},
            permanent_residence=_address(text, "ThuongTru", units),
            current_residence=_address(text, "NoiOHienTai", units),
            marital_status=MaritalStatus(_digit(text("TinhTrangHonNhan"))),
            household_relation=text("ChuHo/QuanHe"),
            household_head=_relative(text, "ChuHo"),
            household_book_no=text("SoSoHoKhau"),
        )
    except (Invalid, ValueError):
        raise UpstreamFailed(Fault.GARBLED) from None


def _digit(text: str) -> int:
    return int(text) if text in ("1", "2", "3") else 0


def _born(full: str, year: str) -> PartialDate | None:
    return PartialDate.parse(full or year) if full or year else None


def _address(read: Callable[[str], str], block: str, units: str) -> Address:
    province, district, commune = (read(f"{block}/{name}") for name in ("MaTinhThanh", "MaQuanHuyen", "MaPhuongXa"))
    version = units or (WITH_DISTRICTS if district else WITHOUT_DISTRICTS)
    area = AreaCode(version, province, district, commune) if province else None
    return Address(area, read(f"{block}/ChiTiet"), read(f"{block}/QuocGia"))


def _relative(read: Callable[[str], str], block: str) -> Relative:
    return Relative(read(f"{block}/HoVaTen"), read(f"{block}/SoDinhDanh"), read(f"{block}/SoCMND"), read(f"{block}/QuocTich"))
