"""What may be wrong with a national SOAP service: each entry harms one thing, and names the check and the word that must tell it."""

from __future__ import annotations

import base64
import re
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

from dancu.cli.conformance_kit.agreed import Agreed
from dancu.cli.conformance_kit.national import signed_headers
from tests.cli.conformance.front import Fault, Got, Sent
from tests.cli.conformance.hub import AGREED

XML, HTML = "text/xml; charset=utf-8", "<html><body><h1>502 Bad Gateway</h1></body></html>"
EMPTY = re.compile(rb"<ns1:CongdanCollection([^>]*)></ns1:CongdanCollection>")
FOUND = b"<ns1:CongDan>"
REFUSED = Got(200, (("Content-Type", XML),), b"")


@dataclass(frozen=True)
class Planted:
    """One fault, the check that has to fail, and what its sentence has to say."""

    name: str
    check: str
    word: str
    make: Callable[[], Fault]
    seconds: float = 10

    def __str__(self) -> str:
        return self.name


def on_answer(harm: Callable[[Sent, Got], Got]) -> Callable[[], Fault]:
    """A fault in what comes back."""

    class Harmed(Fault):
        def to_client(self, sent: Sent, got: Got) -> Got:
            return harm(sent, got)

    return Harmed


def on_request(harm: Callable[[Sent], Sent | Got]) -> Callable[[], Fault]:
    """A fault in what the server makes of what it is sent."""

    class Harmed(Fault):
        def to_server(self, sent: Sent) -> Sent | Got:
            return harm(sent)

    return Harmed


def swap(old: str, new: str) -> Callable[[], Fault]:
    return on_answer(lambda _, got: got.swapped(old, new))


def rewrite(pattern: str, new: str) -> Callable[[], Fault]:
    """By a pattern over the text of the answer."""
    return on_answer(lambda _, got: replace(got, body=re.sub(pattern.encode(), new.encode(), got.body, flags=re.S)))


def when_empty(told: Got) -> Callable[[], Fault]:
    return on_answer(lambda _, got: told if EMPTY.search(got.body) else got)


def refusing(when: Callable[[Sent], bool]) -> Callable[[], Fault]:
    """A server that does not take what the field sends: it answers as if there were nobody."""

    def harm(sent: Sent, got: Got) -> Got:
        return replace(got, body=re.sub(rb"<ns1:CongDan>.*</ns1:CongDan>", b"", got.body, flags=re.S)) if when(sent) else got

    return on_answer(harm)


def signed_again(when: Callable[[Sent], bool]) -> Callable[[], Fault]:
    """A server that does not look at the hash where `when` says so: the front signs anew."""

    def harm(sent: Sent) -> Sent:
        if sent.method != "POST" or not when(sent):
            return sent
        for name, value in signed_headers(AGREED, sent.path).items():
            sent = sent.with_header(name, value)
        return sent

    return on_request(harm)


def _age(sent: Sent) -> float:
    stamp = sent.header("Timestamp")
    return time.time() - int(stamp) / (1000 if len(stamp) == 13 else 1) if stamp.isdigit() else 0


def _user(sent: Sent) -> str:
    encoded = sent.header("Authorization").partition(" ")[2]
    return base64.b64decode(encoded).decode().partition(":")[0] if encoded else ""


def _hash_is_right(sent: Sent, agreed: Agreed = AGREED) -> bool:
    expected = signed_headers(agreed, sent.path, stamp=sent.header("Timestamp"))["Authorization"]
    return expected == sent.header("Authorization")


class RefusesRepeats(Fault):
    """A replay defence that rests on MaYeuCau."""

    def to_client(self, sent: Sent, got: Got) -> Got:
        found = re.search(rb"MaYeuCau>([^<]+)<", sent.body)
        if found is None or FOUND not in got.body or self.seen.setdefault(found[1], got) is got:
            return got
        return replace(got, body=re.sub(rb"<ns1:CongDan>.*</ns1:CongDan>", b"", got.body, flags=re.S))


class AnswersFromStore(Fault):
    """Gives the first answer under a MaYeuCau again, whoever is asked about."""

    def to_client(self, sent: Sent, got: Got) -> Got:
        found = re.search(rb"MaYeuCau>([^<]+)<", sent.body)
        return got if found is None else self.seen.setdefault(found[1], got)


class GivesSomebodyElse(Fault):
    """Answers with whoever was told about last."""

    def to_client(self, sent: Sent, got: Got) -> Got:
        if FOUND not in got.body:
            return got
        last, self.seen["last"] = self.seen.get("last", got), got
        return last


def slow(seconds: float) -> Callable[[], Fault]:
    def make() -> Fault:
        fault = Fault()
        fault.delay = seconds
        return fault

    return make


class Truncates(Fault):
    """Every answer but the first ends in its middle."""

    def to_client(self, sent: Sent, got: Got) -> Got:
        self.truncates = "first" in self.seen
        self.seen["first"] = got
        return got


def closing() -> Fault:
    fault = Fault()
    fault.closes = True
    return fault


def _expanded(sent: Sent) -> Sent:
    """What a parser with entities on makes of the request."""
    found = re.search(rb'<!ENTITY ten "([^"]+)">', sent.body)
    body = sent.body.replace(b"&ten;", found[1]) if found else sent.body.replace(b"&ngoai;", b"")
    return replace(sent, body=re.sub(rb"<!DOCTYPE.*?\]>", b"", body, flags=re.S))


def _leaf(name: str, new: str) -> Callable[[], Fault]:
    """Another text in the first leaf of that name within the citizen."""
    return rewrite(rf"(<ns1:CongDan>.*?)<ns1:{name}>[^<]*</ns1:{name}>", rf"\1{new}")


SOAP_FAULTS = (
    # -- form of the answer
    Planted("SOAP-ENV in place of soapenv", "soap.prefixes", "SOAP-ENV", swap("soapenv", "SOAP-ENV")),
    Planted("ns2 in place of ns1", "soap.prefixes", "ns2", swap("ns1", "ns2")),
    Planted("data in the default namespace", "soap.prefixes", "không tiền tố", rewrite("ns1:|:ns1", "")),
    Planted("SOAP 1.2 envelope", "soap.namespaces", "SOAP 1.1", swap("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")),
    Planted("another namespace of the data", "soap.namespaces", "urn:khac", swap("http://www.mic.gov.vn/dancu/1.0", "urn:khac")),
    Planted("wrapper named after the operation", "soap.wrapper", "TraCuuThongTinCongDanResponse", rewrite("(<ns1:CongdanCollection.*</ns1:CongdanCollection>)", r'<ns1:TraCuuThongTinCongDanResponse xmlns:ns1="http://www.mic.gov.vn/dancu/1.0">\1</ns1:TraCuuThongTinCongDanResponse>')),
    Planted("upper-case D in CongDanCollection", "soap.collection", "CongDanCollection", swap("CongdanCollection", "CongDanCollection")),
    Planted("lower-case element name", "soap.collection", "congDan", rewrite("(</?ns1:)CongDan>", r"\1congDan>")),
    Planted("two citizens", "soap.one-citizen", "2 phần tử CongDan", rewrite("(<ns1:CongDan>.*</ns1:CongDan>)", r"\1\1")),
    Planted("xsi:nil on an empty leaf", "soap.attributes", "nil", rewrite("<ns1:SoSoHoKhau></ns1:SoSoHoKhau>|<ns1:SoSoHoKhau>[^<]*</ns1:SoSoHoKhau>", '<ns1:SoSoHoKhau xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>')),
    Planted("xmlns on a leaf", "soap.attributes", "xmlns", rewrite("<ns1:GioiTinh>", '<ns1:GioiTinh xmlns:a="urn:a">')),
    Planted("an element left out", "soap.elements", "SoSoHoKhau", _leaf("SoSoHoKhau", "")),
    Planted("a relative left out", "soap.elements", "NguoiDaiDien", rewrite("<ns1:NguoiDaiDien>.*?</ns1:NguoiDaiDien>", "")),
    Planted("an address without children", "soap.blocks", "QueQuan", rewrite("<ns1:QueQuan>.*?</ns1:QueQuan>", "<ns1:QueQuan></ns1:QueQuan>")),
    Planted("a relative's name in three parts", "soap.relative-names", "VoChong/HoVaTen", rewrite("(<ns1:VoChong>)<ns1:HoVaTen>[^<]*", r"\1<ns1:HoVaTen><ns1:Ten>X</ns1:Ten>")),
    Planted("the own name in three parts", "soap.own-name", "Ho hoặc ChuDem có chữ", swap("<ns1:Ho></ns1:Ho>", "<ns1:Ho>NGUYỄN</ns1:Ho>")),
    Planted("the own name in small letters", "soap.own-name", "viết thường", on_answer(lambda _, got: replace(got, body=re.sub(r"(?<=<ns1:Ten>)[^<]+", lambda found: found[0].title(), got.body.decode()).encode()))),
    Planted("birth date with slashes", "soap.birth", "99/99/9999", rewrite(r"<ns1:NgayThangNam>(\d{4})(\d\d)(\d\d)<", r"<ns1:NgayThangNam>\3/\2/\1<")),
    Planted("no year beside the date", "soap.birth", "Nam", rewrite("<ns1:Nam>[^<]*<", "<ns1:Nam><")),
    Planted("an empty date for who has only a year", "soap.year-only-form", "NgayThangNam", swap("<ns1:Nam>1955</ns1:Nam>", "<ns1:Nam>1955</ns1:Nam><ns1:NgayThangNam></ns1:NgayThangNam>")),
    Planted("codes without their leading zero", "soap.codes", "DanToc", swap("<ns1:DanToc></ns1:DanToc>", "<ns1:DanToc>1</ns1:DanToc>")),
    Planted("names with loose marks", "soap.charset", "NFD", on_answer(lambda _, got: replace(got, body=unicodedata.normalize("NFD", got.body.decode()).encode()))),
    Planted("another encoding than declared", "soap.charset", "UTF-8", on_answer(lambda _, got: replace(got, body=got.body.replace("Ễ".encode(), b"\xd5")))),
    Planted("a byte order mark before the declaration", "soap.declaration", "BOM", on_answer(lambda _, got: replace(got, body=b"\xef\xbb\xbf" + got.body))),
    Planted("spaces around the citizen's tag", "soap.readers", "<ns1:CongDan>", swap("<ns1:CongDan>", "<ns1:CongDan >")),
    Planted("a JSON content type", "soap.content-type", "application/json", on_answer(lambda _, got: got.with_header("Content-Type", "application/json"))),
    Planted("a Latin charset in the header", "soap.content-type", "iso-8859-1", on_answer(lambda _, got: got.with_header("Content-Type", "text/xml; charset=iso-8859-1"))),
    # -- people
    Planted("nobody is told with 500", "soap.not-found", "HTTP 500", when_empty(Got(500, (("Content-Type", XML),), b"<a/>"))),
    Planted("nobody is told with 404", "soap.not-found", "HTTP 404", when_empty(Got(404, (("Content-Type", XML),), b""))),
    Planted("nobody is told by a web page", "soap.not-found", "text/html", when_empty(Got(200, (("Content-Type", "text/html"),), HTML.encode()))),
    Planted("nobody is told by a SOAP fault", "soap.not-found", "Fault", on_answer(lambda _, got: replace(got, body=EMPTY.sub(b"<soapenv:Fault><faultstring>x</faultstring></soapenv:Fault>", got.body)))),
    Planted("a wrong name is told apart", "soap.uniform", "SAI-HO-TEN", on_answer(lambda sent, got: got.swapped("/dancu/1.0\"></ns1:CongdanCollection>", '/dancu/1.0" GhiChu="SAI-HO-TEN"></ns1:CongdanCollection>') if b"LEKHACHAN" in sent.body else got)),
    Planted("a wrong date is told apart by one byte", "lgsp.uniform", "byte", on_answer(lambda sent, got: replace(got, body=got.body + b"\n") if re.search(rb"NgayThangNam>\d{6}17<", sent.body) and EMPTY.search(got.body) else got)),
    Planted("somebody else's data", "soap.person", "một người khác", _leaf("SoDinhDanh", "<ns1:SoDinhDanh>046093000002</ns1:SoDinhDanh>")),
    Planted("answers mixed up", "soap.together", "một công dân khác", GivesSomebodyElse),
    Planted("the dead look alive", "soap.dead", "đã mất", swap(' GhiChu="DA-CHET"', "")),
    Planted("the missing look alive", "soap.missing", "mất tích", swap(' GhiChu="MAT-TICH"', "")),
    Planted("a replaced number is not said to be", "soap.replaced", "số đã thay", swap(' GhiChu="SO-DINH-DANH-DA-THAY-THE"', "")),
    Planted("a replaced number still gives data", "soap.replaced", "số cũ", on_request(lambda sent: replace(sent, body=sent.body.replace(b"046190000007", b"046190000006")))),
    Planted("a year alone is refused", "soap.year-only", "năm sinh", refusing(lambda sent: b"Nam>1955<" in sent.body)),
    Planted("names without marks do not agree", "soap.name-without-marks", "không dấu", refusing(lambda sent: re.search(rb"HoVaTen>[A-Z]+<", sent.body) is not None)),
    Planted("loose marks do not agree", "soap.name-with-marks", "NFD", refusing(lambda sent: not unicodedata.is_normalized("NFC", sent.body.decode()))),
    Planted("the old number is not taken", "soap.old-number", "CMND", refusing(lambda sent: b"SoDinhDanh" not in sent.body)),
    Planted("a repeated MaYeuCau is rejected", "soap.repeat", "MaYeuCau", RefusesRepeats),
    Planted("an answer out of the store", "soap.repeat", "đã lưu", AnswersFromStore),
    # -- habits of asking
    Planted("elements only in the order of the schema", "soap.order", "thứ tự", refusing(lambda sent: not re.search(rb"MaYeuCau>.*MaCanBo>.*SoDinhDanh>.*HoVaTen>.*NgayThangNamSinh>", sent.body, re.S))),
    Planted("only the prefix dan", "soap.any-prefix", "qldc", refusing(lambda sent: b"<dan:" not in sent.body)),
    Planted("only the newer namespace", "soap.old-namespace", "gtel", refusing(lambda sent: b"gtel" in sent.body)),
    Planted("unknown elements are refused", "soap.unknown-children", "phần tử lạ", refusing(lambda sent: b"PhanTuLa" in sent.body)),
    Planted("stray text is refused", "soap.stray-text", "chữ thừa", refusing(lambda sent: b'">' + b"<soapenv:Header" in sent.body)),
    Planted("blanks around values are kept", "soap.stray-text", "dấu cách", refusing(lambda sent: b">\n " in sent.body)),
    Planted("only text/xml is taken", "soap.request-content-type", "application/xml", refusing(lambda sent: "application" in sent.header("Content-Type"))),
    Planted("headers of platforms are refused", "soap.field-headers", "ApiKey", refusing(lambda sent: bool(sent.header("ApiKey")))),
    Planted("a date with hyphens is refused", "soap.birth-forms", "yyyy-MM-dd", refusing(lambda sent: re.search(rb"NgayThangNam>\d{4}-", sent.body) is not None)),
    Planted("both numbers are refused", "soap.both-numbers", "SoCMND", refusing(lambda sent: b"SoCMND" in sent.body and b"SoDinhDanh" in sent.body)),
    Planted("only one path is served", "soap.any-path", "đường dẫn con", on_request(lambda sent: Got(404, (), b"") if sent.path.endswith("TraCuuThongTinCongDan") else sent)),
    Planted("TonTai in another word", "soap.verify", "TonTai", swap("<ns1:TonTai>true", "<ns1:TonTai>1")),
    Planted("a BOM in the request is refused", "soap.transfer", "BOM", refusing(lambda sent: sent.body.startswith(b"\xef\xbb\xbf"))),
    Planted("no WSDL", "soap.wsdl", "WSDL", on_request(lambda sent: Got(404, (), b"") if sent.method == "GET" else sent)),
    # -- who may ask
    Planted("a wrong hash is accepted", "soap.wrong-credentials", "xác thực", signed_again(lambda sent: bool(sent.header("Authorization")) and _user(sent) == AGREED.client_id)),
    Planted("no credentials are needed", "soap.no-credentials", "xác thực", signed_again(lambda sent: not sent.header("Authorization"))),
    Planted("an old stamp is accepted", "soap.old-timestamp", "Timestamp", signed_again(lambda sent: _age(sent) > 600 and _hash_is_right(sent))),
    Planted("a stamp of tomorrow is accepted", "soap.future-timestamp", "Timestamp", signed_again(lambda sent: _age(sent) < -600 and _hash_is_right(sent))),
    Planted("the hash does not cover the stamp", "soap.hash-covers-timestamp", "Timestamp", signed_again(lambda sent: not _hash_is_right(sent) and _user(sent) == AGREED.client_id)),
    Planted("the hash does not cover the address", "soap.hash-covers-address", "serviceUrl", signed_again(lambda sent: not _hash_is_right(sent) and _user(sent) == AGREED.client_id)),
    Planted("a hash of the secret alone is enough", "soap.hash-of-secret", "mã bí mật", signed_again(lambda sent: not _hash_is_right(sent) and _user(sent) == AGREED.client_id)),
    Planted("only milliseconds are taken", "soap.timestamp-units", "giây", on_request(lambda sent: sent.without("Authorization") if len(sent.header("Timestamp")) == 10 else sent)),
    Planted("header names only as written", "soap.header-case", "hoa thường", on_request(lambda sent: sent.without("timestamp") if any(name == "timestamp" for name, _ in sent.headers) else sent)),
    Planted("an unknown system is told apart", "soap.unknown-system", "hệ thống lạ", on_answer(lambda sent, got: replace(got, body=b"<a>khong co he thong</a>") if _user(sent).startswith("he-thong-chua") else got)),
    Planted("MaCanBo may be missing", "soap.officer-missing", "MaCanBo", on_request(lambda sent: sent if b"MaCanBo" in sent.body else replace(sent, body=sent.body.replace(b"<dan:SoDinhDanh>", b"<dan:MaCanBo>canbo01</dan:MaCanBo><dan:SoDinhDanh>")))),
    Planted("anybody's account will do", "soap.officer-unlisted", "cán bộ", on_request(lambda sent: replace(sent, body=sent.body.replace(b"nguoi-khong-co-trong-danh-sach", b"canbo01")))),
    Planted("any procedure will do", "soap.procedure-unlicensed", "thủ tục", on_request(lambda sent: replace(sent, body=sent.body.replace(b"9.999999", b"1.001193")))),
    # -- the wire
    Planted("a number in a header", "soap.headers", "X-Nguoi", on_answer(lambda _, got: got.with_header("X-Nguoi", "046195000001"))),
    Planted("a slow service", "soap.time", "giây", slow(0.4), 0.6),
    Planted("a truncated answer", "soap.found", "cắt ngang", Truncates),
    Planted("a connection for every call", "soap.keep-alive", "đóng kết nối", closing),
    Planted("a wrong method is not found", "soap.method", "HTTP 404", on_answer(lambda sent, got: replace(got, status=404) if sent.method == "PUT" else got)),
    Planted("what is malformed breaks the server", "soap.malformed", "HTML", on_request(lambda sent: sent if b"</soapenv:Envelope>" in sent.body else Got(400, (("Content-Type", "text/html"),), HTML.encode()))),
    Planted("an internal error for what is malformed", "soap.malformed", "HTTP 500", on_request(lambda sent: sent if b"</soapenv:Envelope>" in sent.body else Got(500, (("Content-Type", "text/plain"),), b"java.lang.NullPointerException"))),
    Planted("what is too large is read", "soap.oversize", "413", on_request(lambda sent: Got(200, (("Content-Type", XML),), b"<a/>") if len(sent.body) > 300_000 else sent)),
    Planted("entities are expanded", "soap.document-type", "DOCTYPE", on_request(_expanded)),
    Planted("foreign entities are taken", "soap.external-entity", "DOCTYPE", on_request(_expanded)),
)  # fmt: skip
