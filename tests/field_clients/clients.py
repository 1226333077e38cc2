"""Requests built and answers read the way programs in the field do it, literal habits and all.

Each client is described by what public code shows: element order, name habit, date habit, headers, way of reading.
`build_request` and `read_answer` are the two doors; they know nothing of the server and work against any gateway.
"""

from __future__ import annotations

import base64
import hashlib
import re
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import unescape

SERVICE_PATH = "/soap/NPDService"
ENVELOPE = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:{p}="{ns}">{stray}'
    "<soapenv:Header/><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
)
NATIONAL, GTEL = "http://dancuquocgia.bca", "http://gtel.vn/qldc"


@dataclass(frozen=True)
class Person:
    number: str
    name: str
    born: str  # yyyymmdd, or yyyy
    old_number: str = ""


def _mark_less(name: str) -> str:
    folded = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in folded if c.isalnum()).upper()


def _byte_wise_upper(name: str) -> str:
    """PHP's strtoupper: only ASCII letters become upper case, accented ones stay."""
    return "".join(c.upper() if c.isascii() else c for c in name)


def _envelope(
    operation: str, fields: list[tuple[str, str]], *, prefix: str = "dan", namespace: str = NATIONAL, stray: str = ""
) -> bytes:
    inner = "".join(f"<{prefix}:{name}>{value}</{prefix}:{name}>" for name, value in fields)
    body = f"<{prefix}:{operation}>{inner}</{prefix}:{operation}>"
    return ENVELOPE.format(p=prefix, ns=namespace, stray=stray, body=body).encode()


def _block(prefix: str, born: str, *, dashed: bool = False) -> tuple[str, str]:
    if len(born) == 4:
        return "NgayThangNamSinh", f"<{prefix}:Nam>{born}</{prefix}:Nam>"
    value = f"{born[:4]}-{born[4:6]}-{born[6:]}" if dashed else born
    return "NgayThangNamSinh", f"<{prefix}:NgayThangNam>{value}</{prefix}:NgayThangNam>"


def court(p: Person) -> bytes:
    return _envelope(
        "TraCuuThongTinCongDan",
        [
            ("MaYeuCau", str(int(time.time() * 1000))),
            ("MaDVC", "1.001193"),
            ("MaTichHop", "037"),
            ("MaCanBo", "canbo01"),
            ("MaDonVi", "TAND"),
            ("TaiKhoan", "canbo"),
            ("SoDienThoai", "0"),
            ("SoDinhDanh", p.number),
            ("HoVaTen", _mark_less(p.name)),
            _block("dan", p.born),
        ],
    )


def php(p: Person) -> bytes:
    number = ("SoDinhDanh", p.number) if p.number else ("SoCMND", p.old_number)
    return _envelope(
        "TraCuuThongTinCongDan",
        [
            ("MaYeuCau", "PORTAL_12"),
            ("MaDVC", "1.001193"),
            ("MaTichHop", "037"),
            ("MaCanBo", "VDXP_H57"),
            number,
            ("HoVaTen", _byte_wise_upper(p.name)),
            _block("qldc", p.born),
        ],
        prefix="qldc",
        stray='">',
    )


def opencps(p: Person) -> bytes:
    return _envelope(
        "TraCuuThongTinCongDan",
        [
            ("MaYeuCau", "RANDOM101112345"),
            ("MaDVC", "1.001193"),
            ("MaTichHop", "037"),
            ("MaCanBo", "VDXP_H57 "),
            ("SoDinhDanh", p.number),
            _block("dan", p.born, dashed=True),
            ("SoCMND", p.old_number),
            ("HoVaTen", p.name.upper()),
        ],
    )


def hue(p: Person) -> bytes:
    return _envelope(
        "XacThucThongTinCongDan",
        [
            ("MaYeuCau", "1"),
            ("MaDVC", "1.001193"),
            ("MaTichHop", "003"),
            ("MaCanBo", "VDXP_H57"),
            ("SoDinhDanh", p.number),
            ("HoVaTen", _mark_less(p.name)),
            _block("dan", p.born),
        ],
    )


def letter_761(p: Person) -> bytes:
    """The style of the letter, with the procedure and the birth date that our exchange also needs."""
    return _envelope(
        "XacThucThongTinCongDanRequest",
        [
            ("MaYeuCau", "1"),
            ("MaDichVu", "033"),
            ("MaDVC", "1.001193"),
            ("MaCanBo", "VDXP_H57"),
            ("SoDinhDanh", p.number),
            ("SoCMND", p.old_number),
            ("HoVaTen", p.name),
            _block("dan", p.born),
        ],
    )


def letter_761_bare(p: Person) -> bytes:
    """The letter's own list of six elements: neither procedure nor birth date."""
    return _envelope(
        "XacThucThongTinCongDanRequest",
        [
            ("MaYeuCau", "1"),
            ("MaDichVu", "033"),
            ("MaCanBo", "VDXP_H57"),
            ("SoDinhDanh", p.number),
            ("SoCMND", p.old_number),
            ("HoVaTen", p.name),
        ],
    )


def gtel(p: Person) -> bytes:
    return _envelope(
        "TraCuuThongTinCongDan",
        [
            ("MaYeuCau", "1"),
            ("MaDVC", "1.001193"),
            ("MaTichHop", "037"),
            ("MaDonVi", "H57"),
            ("MaCanBo", "VDXP_H57"),
            ("SoDinhDanh", p.number),
            ("SoCMND", p.old_number),
            ("HoVaTen", p.name),
            ("NgayThangNamSinh", p.born),
        ],
        prefix="qldc",
        namespace=GTEL,
    )


def tan_dan(p: Person) -> bytes:
    return _envelope(
        "TraCuuThongTinCongDan",
        [
            ("MaYeuCau", "1"),
            ("MaDVC", "1.001193"),
            ("MaTichHop", "037"),
            ("MaCanBo", "VDXP_H57"),
            ("SoCMND", p.old_number),
            ("SoDinhDanh", p.number),
            ("NgayThangNamSinh", _block("dan", p.born)[1]),
            ("HoVaTen", _mark_less(p.name)),
        ],
    )


def vue(p: Person) -> bytes:
    """A browser form behind the OpenCPS hop: dates with hyphens, the accented name as typed."""
    return _envelope(
        "TraCuuThongTinCongDan",
        [
            ("MaYeuCau", "1795235806157"),
            ("MaDVC", "1.001193"),
            ("MaTichHop", "037"),
            ("MaCanBo", "VDXP_H57"),
            ("SoDinhDanh", p.number),
            ("HoVaTen", _mark_less(p.name)),
            _block("dan", p.born, dashed=True),
        ],
    )


BUILDERS: dict[str, Callable[[Person], bytes]] = {
    "court": court,
    "php": php,
    "opencps": opencps,
    "hue": hue,
    "letter_761": letter_761,
    "letter_761_bare": letter_761_bare,
    "gtel": gtel,
    "tan_dan": tan_dan,
    "vue": vue,
}
_EXTRA_HEADERS: dict[str, dict[str, str]] = {
    "court": {"SOAPAction": '""', "X-Road-Client": "VN/GOV/TAND/QLA", "ApiKey": "khoa-cong"},
    "opencps": {"Accept": "*"},
}


def headers(
    user: str, secret: str, *, milliseconds: bool = True, lower: bool = False, service_url: str = SERVICE_PATH, timestamp: str = ""
) -> dict[str, str]:
    """The national authentication; header names in the case a client happens to use."""
    stamp = timestamp or str(int(time.time() * (1000 if milliseconds else 1)))
    digest = hashlib.sha256(f"{service_url}{user}{stamp}{secret}".encode()).hexdigest()
    basic = "Basic " + base64.b64encode(f"{user}:{digest}".encode()).decode()
    return {"Content-Type": "application/xml", "timestamp" if lower else "Timestamp": stamp, "Authorization": basic}


def build_request(
    client: str, person: Person, *, user: str, secret: str, service_url: str = SERVICE_PATH, timestamp: str = ""
) -> tuple[dict[str, str], bytes]:
    """Headers and body as this client sends them. `timestamp` fixes the moment; the present one otherwise."""
    is_php = client == "php"  # seconds instead of milliseconds, and a lower-case header name
    sent = headers(user, secret, milliseconds=not is_php, lower=is_php, service_url=service_url, timestamp=timestamp)
    return {**sent, **_EXTRA_HEADERS.get(client, {})}, BUILDERS[client](person)


def read_answer(client: str, answer: bytes) -> dict[str, object]:
    """What this client understands; empty when it finds no citizen. Fails where the client itself would fail."""
    return READERS[client](answer)


# -- readers --------------------------------------------------------------------------------------------------------


_TYPED = {
    "SoDinhDanh": (),
    "SoCMND": (),
    "HoVaTen": ("Ho", "ChuDem", "Ten"),
    "GioiTinh": (),
    "DanToc": (),
    "TonGiao": (),
    "TinhTrangHonNhan": (),
    "NhomMau": (),
    "NgayThangNamSinh": ("Nam",),
    "QuocTich": (),
    "SoSoHoKhau": (),
    **dict.fromkeys(
        ("NoiDangKyKhaiSinh", "QueQuan", "ThuongTru", "NoiOHienTai"),
        ("MaTinhThanh", "MaQuanHuyen", "MaPhuongXa", "ChiTiet", "QuocGia"),
    ),
    **dict.fromkeys(("Cha", "Me", "VoChong", "NguoiDaiDien"), ("HoVaTen", "QuocTich", "SoDinhDanh", "SoCMND")),
    "ChuHo": ("QuanHe", "SoDinhDanh", "SoCMND", "HoVaTen"),
}


def read_by_stripping_prefixes(answer: bytes) -> dict[str, object]:
    """Removes the literal texts `soapenv:` and `ns1:` and the declaration, then converts to a JSON-like tree.

    A leaf with an attribute would become an object, two citizens a list, an element left out nothing: all break its
    typed reads, and there is one for every element.
    """
    text = answer.decode()
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    text = text.replace('<?xml version="1.0" encoding="UTF-8"?>', "").replace("soapenv:", "").replace("ns1:", "")
    text = re.sub(r' xmlns:\w+="[^"]*"', "", text)
    collection = _as_json(ElementTree.fromstring(text))["Body"]["CongdanCollection"]
    if not isinstance(collection, dict) or "CongDan" not in collection:
        return {}
    citizen = collection["CongDan"]
    for name, members in _TYPED.items():
        for value in [citizen[name][member] for member in members] or [citizen[name]]:
            assert isinstance(value, str), f"{name} is a {type(value).__name__}"
    return {
        "number": citizen["SoDinhDanh"],
        "name": citizen["HoVaTen"]["Ten"],
        "spouse": citizen["VoChong"]["HoVaTen"],
        "born": citizen["NgayThangNamSinh"].get("NgayThangNam", citizen["NgayThangNamSinh"]["Nam"]),
        "permanent": ".".join(citizen["ThuongTru"][part] for part in ("MaTinhThanh", "MaQuanHuyen", "MaPhuongXa")),
    }


def _as_json(element: ElementTree.Element) -> Any:  # a tree of dicts, lists and texts
    if element.attrib and len(element) == 0:
        return {**element.attrib, "#text": element.text or ""}
    if len(element) == 0:
        return element.text or ""
    tree: dict[str, object] = {}
    for child in element:
        value = _as_json(child)
        if child.tag in tree:
            known = tree[child.tag]
            tree[child.tag] = [*known, value] if isinstance(known, list) else [known, value]
        else:
            tree[child.tag] = value
    return tree


def read_by_literal_tags(answer: bytes) -> dict[str, object]:
    """Finds values between literal tags, as text."""
    text = answer.decode()
    if "<ns1:CongDan>" not in text:
        return {}
    citizen = text.split("<ns1:CongDan>")[1].split("</ns1:CongDan>")[0]

    def between(tag: str) -> str:
        return unescape(citizen.split(f"<ns1:{tag}>")[1].split(f"</ns1:{tag}>")[0])

    return {"number": between("SoDinhDanh"), "name": between("Ten")}


def read_by_namespaces(answer: bytes) -> dict[str, object]:
    """Resolves namespaces properly and parses the birth date exactly whenever the element exists."""
    ns = {"s": "http://schemas.xmlsoap.org/soap/envelope/", "n": "http://www.mic.gov.vn/dancu/1.0"}
    citizen = ElementTree.fromstring(answer).find("s:Body/n:CongdanCollection/n:CongDan", ns)
    if citizen is None:
        return {}
    born = citizen.find("n:NgayThangNamSinh/n:NgayThangNam", ns)
    day = datetime.strptime(born.text or "", "%Y%m%d").date() if born is not None else None
    return {
        "number": citizen.findtext("n:SoDinhDanh", "", ns),
        "name": citizen.findtext("n:HoVaTen/n:Ten", "", ns),
        "born": day,
        "year": citizen.findtext("n:NgayThangNamSinh/n:Nam", "", ns),
    }


def read_by_slicing(answer: bytes) -> dict[str, object]:
    """A browser front end: slices 0-4, 4-6, 6-8 of the date it finds."""
    found = read_by_stripping_prefixes(answer)
    if not found:
        return {}
    born = str(found["born"])
    return {**found, "day": f"{born[6:8]}/{born[4:6]}/{born[:4]}"}


def read_yes_or_no(answer: bytes) -> dict[str, object]:
    """The verifying clients look for the text of TonTai, whatever stands around it."""
    found = re.search(rb"<(?:\w+:)?TonTai>(true|false)</", answer)
    return {"exists": found.group(1) == b"true"} if found else {}


READERS: dict[str, Callable[[bytes], dict[str, object]]] = {
    "court": read_by_namespaces,
    "php": read_by_literal_tags,
    "opencps": read_by_stripping_prefixes,
    "tan_dan": read_by_stripping_prefixes,
    "gtel": read_by_namespaces,
    "vue": read_by_slicing,
    "hue": read_yes_or_no,
    "letter_761": read_yes_or_no,
    "letter_761_bare": read_yes_or_no,
}
