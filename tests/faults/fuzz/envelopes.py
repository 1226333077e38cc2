"""SOAP envelopes of every operation, and what can be wrong with one: elements, namespaces, entities, nesting, encodings."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from dancu.gateway.dialects.national_request import NAMESPACES, PLAIN
from dancu.gateway.dialects.operations import LISTS, OPERATIONS
from tests.faults.fuzz.own_calls import READY
from tests.faults.fuzz.values import DATES, Keys, odd_text, odd_value

SOAP = ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")
CODES = {"XacThucThongTinCongDan": "003"}
NAMES = (*OPERATIONS, *sorted(LISTS))


@dataclass
class Envelope:
    """One envelope in parts, so that each can be changed by itself."""

    operation: str
    elements: list[tuple[str, str]]  # name, inner XML as it is written
    namespace: str = NAMESPACES[0]
    prefix: str = "dan"
    soap: str = SOAP[0]
    before: str = '<?xml version="1.0" encoding="UTF-8"?>'
    stray: str = ""
    declared: str = ""
    header: str = "<soapenv:Header/>"
    attributes: str = ""
    wrong: list[str] = field(default_factory=list)

    def text(self) -> str:
        p = f"{self.prefix}:" if self.prefix else ""
        own = f'xmlns:{self.prefix}="{self.namespace}"' if self.prefix else f'xmlns="{self.namespace}"'
        inner = "".join(f"<{p}{name}>{value}</{p}{name.split(' ')[0]}>" for name, value in self.elements)
        call = f"<{p}{self.operation} {own}{self.attributes}>{inner}</{p}{self.operation}>"
        opening = f'<soapenv:Envelope xmlns:soapenv="{self.soap}"{self.declared}>'
        return f"{self.before}{opening}{self.stray}{self.header}<soapenv:Body>{call}</soapenv:Body></soapenv:Envelope>"


def envelope(chance: random.Random, keys: Keys) -> Envelope:
    """What a client sends when all is well, for one of the operations."""
    name = chance.choice(NAMES) if chance.random() < 0.8 else "TraCuuThongTinCongDan"
    elements = [
        ("MaYeuCau", str(chance.randrange(10**12, 10**13))),
        ("MaDVC", "1.001193"),
        ("MaTichHop", CODES.get(name, "037")),
        ("MaCanBo", chance.choice(("canbo01", "VDXP_H57", "VDXP_H57 "))),
        ("SoDinhDanh", keys.number),
        ("HoVaTen", escape(keys.name)),
        ("NgayThangNamSinh", f"<NgayThangNam>{keys.born}</NgayThangNam>"),
    ]
    if name in LISTS:
        elements[4:] = _list_elements(name, chance)
    elif chance.random() < 0.05:
        elements[4:] = [
            ("TuNgay", "1793500000000"),
            ("DenNgay", chance.choice(("1799900000000", "179990000000", "0" * 13))),
            ("Loai", "1"),
        ]
    if chance.random() < 0.15:
        elements[2] = ("MaDichVu", elements[2][1])
    suffix = "Request" if chance.random() < 0.25 else ""
    return Envelope(name + suffix, elements, chance.choice(NAMESPACES), chance.choice(("dan", "qldc", "ns2")))


def _list_elements(name: str, chance: random.Random) -> list[tuple[str, str]]:
    criteria = [
        ("PhienBanDVHC", "L2-2025"),
        ("MaTinhThanh", "46"),
        ("TuTuoi", "80"),
        ("DenTuoi", "99"),
        ("GioiTinh", "1"),
        ("DanToc", "01"),
        ("TonGiao", "00"),
        ("NhomMau", "A+"),
    ]
    asked = chance.sample(criteria, 4) if name.startswith("CungCap") else [("IdYeuCau", READY)]
    paging = "<Trang>1</Trang><SoBanGhi>10</SoBanGhi>"
    return [*asked, ("paging", paging)] if chance.random() < 0.5 else [*asked, ("Trang", "1"), ("SoBanGhi", "10")]


# -- changes of parts -------------------------------------------------------------------------------------------------


def _place(sent: Envelope, chance: random.Random) -> int:
    return chance.randrange(len(sent.elements)) if sent.elements else -1


def _value(sent: Envelope, chance: random.Random) -> None:
    at = _place(sent, chance)
    value = odd_value(chance)
    sent.elements[at] = (sent.elements[at][0], escape(value) if chance.random() < 0.85 else value)


def _date(sent: Envelope, chance: random.Random) -> None:
    drawn = escape(chance.choice(DATES))
    block = chance.choice(
        ("<NgayThangNam>{}</NgayThangNam>", "<Nam>{}</Nam>", "{}", "<Nam>1990</Nam><NgayThangNam>{}</NgayThangNam>")
    )
    kept = [each for each in sent.elements if each[0] != "NgayThangNamSinh"]
    sent.elements = [*kept, (chance.choice(("NgayThangNamSinh", "NgayThangNamSinh", "TuNgay", "DenNgay")), block.format(drawn))]


def _twice(sent: Envelope, chance: random.Random) -> None:
    at = _place(sent, chance)
    times = chance.choice((1, 1, 2, 50, 199, 201))
    sent.elements[at:at] = [sent.elements[at]] * times


def _drop(sent: Envelope, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 2, 9))):
        if sent.elements:
            sent.elements.pop(_place(sent, chance))
    if not sent.elements:
        sent.elements = [("MaYeuCau", "")]


def _shuffle(sent: Envelope, chance: random.Random) -> None:
    chance.shuffle(sent.elements)


def _unknown(sent: Envelope, chance: random.Random) -> None:
    name = chance.choice((*sorted(PLAIN), "ABC", "soDinhDanh", "Số", "_", "a.b-c", "x" * 5_000))
    sent.elements.insert(_place(sent, chance), (name, escape(odd_text(chance))))


def _nested(sent: Envelope, chance: random.Random) -> None:
    deep = chance.choice((2, 30, 200, 255, 257, 3_000))
    at = _place(sent, chance)
    name, value = sent.elements[at]
    inner = chance.choice(("a", name.split(" ")[0], "NgayThangNam"))
    sent.elements[at] = (name, f"<{inner}>" * deep + value + f"</{inner}>" * deep)


def _many(sent: Envelope, chance: random.Random) -> None:
    sent.elements += [(chance.choice(("X", "SoDinhDanh")), "1")] * chance.choice((200, 1_000, 4_000))


def _wrapped(sent: Envelope, chance: random.Random) -> None:
    at = _place(sent, chance)
    name, value = sent.elements[at]
    wraps = (
        f"<![CDATA[{value}]]>",
        f"<!-- a -->{value}<!-- b -->",
        f"<?php echo 1 ?>{value}",
        "".join(f"&#{ord(c)};" for c in value),
        "".join(f"&#x{ord(c):x};" for c in value),
        f"&x;{value}",
        f"&#0;{value}",
        f"&#xD800;{value}",
        f"{value}&#x1F600;",
        f"{value}&",
        f"<![CDATA[{value}",
        f"\n\t{value}\r\n ",
    )
    sent.elements[at] = (name, chance.choice(wraps))


def _attribute(sent: Envelope, chance: random.Random) -> None:
    made = chance.choice((
        ' xsi:nil="true"',
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"',
        ' xml:lang="vi"',
        ' a="1" a="2"',
        ' a="' + "x" * 60_000 + '"',
        "".join(f' a{n}="{n}"' for n in range(3_000)),
        ' a="<"',
        " a",
        ' xmlns=""',
    ))  # fmt: skip
    if chance.random() < 0.5:
        sent.attributes += made
    else:
        at = _place(sent, chance)
        sent.elements[at] = (sent.elements[at][0] + made, sent.elements[at][1])


def _namespace(sent: Envelope, chance: random.Random) -> None:
    odd = (
        "",
        "http://dancuquocgia.bca/",
        "HTTP://DANCUQUOCGIA.BCA",
        "urn:x",
        "http://www.mic.gov.vn/dancu/1.0",
        "&lt;",
        "\u00a0",
        "x" * 9_000,
    )
    sent.namespace = chance.choice(odd)


def _prefix(sent: Envelope, chance: random.Random) -> None:
    sent.prefix = chance.choice(("", "xml", "xmlns", "soapenv", "ns1", "1a", "đ", "a:b", "p" * 3_000))


def _declared(sent: Envelope, chance: random.Random) -> None:
    sent.declared = chance.choice((
        "".join(f' xmlns:n{n}="urn:{n}"' for n in range(2_000)),
        ' xmlns:dan="urn:another"',
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://127.0.0.1:9/x.xsd"',
        ' soapenv:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"',
        ' xmlns:xi="http://www.w3.org/2001/XInclude"',
    ))  # fmt: skip


def _soap(sent: Envelope, chance: random.Random) -> None:
    sent.soap = chance.choice((SOAP[1], "", "http://schemas.xmlsoap.org/soap/envelope", "urn:x"))


def _header(sent: Envelope, chance: random.Random) -> None:
    sent.header = chance.choice((
        "",
        "<soapenv:Header><a/></soapenv:Header>",
        '<soapenv:Header><a xmlns="urn:x" soapenv:mustUnderstand="1"/></soapenv:Header>',
        "<soapenv:Header/>" * 9,
        "<soapenv:Body/>",
        "<soapenv:Body>x</soapenv:Body>",
        "<soapenv:Body><a/></soapenv:Body>",
        "<soapenv:Header>" + "<w>" * 300 + "</w>" * 300 + "</soapenv:Header>",
        '<soapenv:Header><wsse:Security xmlns:wsse="urn:s">' + "x" * 9_000 + "</wsse:Security></soapenv:Header>",
    ))  # fmt: skip


_NESTED = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
_LAUGHS = f'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">{_NESTED}]>'


def _prologue(sent: Envelope, chance: random.Random) -> None:
    sent.before = chance.choice((
        "",
        "\n\n  ",
        "x",
        '<?xml version="1.1"?>',
        '<?xml version="2.0"?>',
        '<?xml version="1.0" encoding="utf-16"?>',
        '<?xml version="1.0" encoding="ISO-8859-1"?>',
        '<?xml version="1.0" encoding="UTF-7"?>',
        '<?xml version="1.0" encoding="ebcdic-cp-us"?>',
        '<?xml version="1.0" encoding="x-none"?>',
        '<?xml version="1.0" encoding=""?>',
        '<?xml version="1.0" standalone="no"?>',
        '<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?>',
        "<!DOCTYPE a>",
        "<!doctype a>",
        '<!DOCTYPE a [<!ENTITY x "y">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>',
        _LAUGHS,
        "<!-- " + "x" * 20_000 + " -->",
        "<!-- -- -->",
    ))  # fmt: skip


def _operation(sent: Envelope, chance: random.Random) -> None:
    sent.operation = chance.choice(
        ("X", "TraCuu", "tracuuthongtincongdan", "TraCuuThongTinCongDanRequestRequest", "Request", "CongdanCollection", "x" * 400)
    )


def _stray(sent: Envelope, chance: random.Random) -> None:
    sent.stray = chance.choice(('">', "x" * 5_000, "\u0000", "\u0001", "&amp;", "\ufffe", "]]>"))


PARTS: tuple[tuple[str, Callable[[Envelope, random.Random], None]], ...] = (
    ("value", _value),
    ("value", _value),
    ("value", _value),
    ("date", _date),
    ("twice", _twice),
    ("drop", _drop),
    ("shuffle", _shuffle),
    ("unknown", _unknown),
    ("nested", _nested),
    ("many", _many),
    ("wrapped", _wrapped),
    ("attribute", _attribute),
    ("namespace", _namespace),
    ("prefix", _prefix),
    ("declared", _declared),
    ("soap", _soap),
    ("header", _header),
    ("prologue", _prologue),
    ("operation", _operation),
    ("stray", _stray),
)


# -- changes of bytes, for every kind of body -------------------------------------------------------------------------

ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "latin-1", "cp1258", "utf-7", "cp037")


def _encoded(text: str, chance: random.Random) -> bytes:
    return text.encode(chance.choice(ENCODINGS), errors="replace")


def _cut(body: bytes, chance: random.Random) -> bytes:
    return body[: chance.randrange(len(body) + 1)]


def _flipped(body: bytes, chance: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _inserted(body: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    odd = (
        b"\0",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\xc0\x80",
        b"\xf4\x90\x80\x80",
        b"\xef\xbb\xbf",
        b"\x1a",
        b"]]>",
        b"\\u0000",
        b'"',
        b"<",
        b"\x0b",
    )
    return body[:at] + chance.choice(odd) * chance.choice((1, 1, 3)) + body[at:]


def _spliced(body: bytes, chance: random.Random) -> bytes:
    first, second = sorted((chance.randrange(len(body) + 1), chance.randrange(len(body) + 1)))
    return body[:second] + body[first:]


def _padded(body: bytes, chance: random.Random) -> bytes:
    more = chance.choice((b" ", b"\n", b"\0", b"x")) * chance.choice((1, 4_000, 200_000))
    return more + body if chance.random() < 0.4 else body + more


def _packed(body: bytes, chance: random.Random) -> bytes:
    return (
        gzip.compress(body) if chance.random() < 0.7 else b"--b\r\nContent-Type: application/xop+xml\r\n\r\n" + body + b"\r\n--b--"
    )


def _exchanged(body: bytes, chance: random.Random) -> bytes:
    return chance.choice(
        (
            b"",
            b"\0",
            b"null",
            b"[]",
            b"<a/>",
            b"\xff\xfe",
            b"\xff\xfe\0\0",
            b"\xfe\xff",
            chance.randbytes(300),
            b"<" * 3_000,
            b"x" * 262_145,
        )
    )


BYTES: tuple[tuple[str, Callable[[bytes, random.Random], bytes]], ...] = (
    ("cut", _cut),
    ("flipped", _flipped),
    ("flipped", _flipped),
    ("inserted", _inserted),
    ("spliced", _spliced),
    ("padded", _padded),
    ("packed", _packed),
    ("exchanged", _exchanged),
    ("encoded", lambda body, chance: _encoded(body.decode(errors="replace"), chance)),
)
