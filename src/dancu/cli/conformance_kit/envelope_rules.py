"""What must hold of the bytes of a SOAP answer with one citizen. Each rule is one habit of programs that read it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from lxml import etree

from dancu.cli.conformance_kit.checks import Failed, outline
from dancu.cli.conformance_kit.elements import ADDRESSES, CODE_WORDS, CODES, ELEMENTS, RELATIVES
from dancu.cli.conformance_kit.national import ANSWER, SOAP
from dancu.cli.conformance_kit.persons import Persona
from dancu.cli.conformance_kit.reading import child_text, descendants, local, parsed

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'


@dataclass(frozen=True, slots=True)
class Told:
    """An answer under the rules, and the persona it was asked about."""

    body: bytes
    persona: Persona
    root: etree._Element
    citizen: etree._Element

    def child(self, name: str) -> etree._Element | None:
        return next((each for each in self.citizen if local(each) == name), None)


class Rule(NamedTuple):
    name: str
    title: str
    why: str
    hold: Callable[[Told], None]  # raises `Failed`


RULES: list[Rule] = []


def rule(name: str, title: str, why: str) -> Callable[[Callable[[Told], None]], Callable[[Told], None]]:
    def added(hold: Callable[[Told], None]) -> Callable[[Told], None]:
        RULES.append(Rule(name, title, why, hold))
        return hold

    return added


def told_in(body: bytes, persona: Persona) -> Told | None:
    """The answer ready for the rules; None where there is no citizen in it at all."""
    root = parsed(body)
    citizen = next(descendants(root, "CongDan"), None) if root is not None else None
    return Told(body, persona, root, citizen) if root is not None and citizen is not None else None


@rule("declaration", "Bắt đầu bằng đúng khai báo XML", "có phần mềm cắt bỏ đúng chuỗi này trước khi đọc tiếp")
def _declaration(told: Told) -> None:
    if not told.body.startswith(DECLARATION):
        wanted = f"byte đầu tiên là khai báo {DECLARATION.decode()}, không BOM, không dấu cách hay dòng trống trước"
        raise Failed(outline(told.body[:60]), wanted, "ghi đúng khai báo này ở đầu câu trả lời")


@rule("charset", "UTF-8, chữ dựng sẵn (NFC)", "tên có dấu tách rời (NFD) hoặc bảng mã khác làm hỏng so sánh và hiển thị họ tên")
def _charset(told: Told) -> None:
    try:
        text = told.body.decode()
    except UnicodeDecodeError:
        raise Failed("byte không phải UTF-8", "nội dung UTF-8 đúng như khai báo", "mã hoá câu trả lời bằng UTF-8") from None
    if not unicodedata.is_normalized("NFC", text):
        raise Failed("chữ có dấu tách rời (NFD)", "chữ dựng sẵn (Unicode NFC)", "chuẩn hoá NFC trước khi ghi câu trả lời")


@rule(
    "prefixes",
    "Tiền tố đúng từng chữ: soapenv: và ns1:",
    "ba phần mềm đang chạy tìm và cắt đúng chữ “soapenv:”, “ns1:”, không đọc không gian tên",
)
def _prefixes(told: Told) -> None:
    prefix = {local(each): each.prefix or "(không tiền tố)" for each in told.root.iter() if local(each) in ("Envelope", "Body")}
    if wrong := {name: given for name, given in prefix.items() if given != "soapenv"}:
        name, given = next(iter(wrong.items()))
        raise Failed(
            f"{name} mang tiền tố {given}", "tiền tố soapenv: ở Envelope, Header, Body", "đặt cố định tiền tố soapenv cho phong bì"
        )
    inside = [told.citizen, *told.citizen.iter()]
    other = next((each for each in inside if local(each) and each.prefix != "ns1"), None)
    if other is not None:
        came = f"{local(other)} mang tiền tố {other.prefix or '(không tiền tố)'}"
        raise Failed(
            came, "tiền tố ns1: ở mọi phần tử dữ liệu", "đặt cố định tiền tố ns1 cho CongdanCollection và mọi phần tử bên trong"
        )


@rule(
    "namespaces",
    "Không gian tên của phong bì và của dữ liệu",
    "phần mềm của toà án tìm phần tử theo không gian tên, sai là không thấy công dân",
)
def _namespaces(told: Told) -> None:
    envelope = etree.QName(told.root).namespace
    if envelope != SOAP:
        raise Failed(f"phong bì thuộc “{envelope}”", f"SOAP 1.1, “{SOAP}”", "trả lời bằng SOAP 1.1")
    data = etree.QName(told.citizen).namespace
    if data != ANSWER:
        raise Failed(f"CongDan thuộc “{data}”", f"“{ANSWER}”", "khai báo ns1 đúng địa chỉ này")


@rule(
    "collection",
    "Tên CongdanCollection và CongDan đúng chữ hoa, thường",
    "tên phần tử được so từng chữ: d thường trong CongdanCollection, D hoa trong CongDan",
)
def _collection(told: Told) -> None:
    name, parent = local(told.citizen), told.citizen.getparent()
    if name != "CongDan":
        raise Failed(f"phần tử tên “{name}”", "“CongDan”", "đặt lại tên phần tử")
    above = local(parent) if parent is not None else ""
    if above != "CongdanCollection":
        raise Failed(f"CongDan nằm trong “{above}”", "nằm ngay trong “CongdanCollection”", "đặt lại tên và chỗ của phần tử bao")


@rule(
    "wrapper",
    "Không có phần tử bao theo tên dịch vụ",
    "phần mềm đọc thẳng Body/CongdanCollection; một lớp …Response ở giữa là không thấy gì",
)
def _wrapper(told: Told) -> None:
    body = next((each for each in told.root if local(each) == "Body"), None)
    first = next((local(each) for each in body if local(each)), "") if body is not None else ""
    if first.lower() != "congdancollection":
        raise Failed(
            f"con đầu tiên của Body là “{first}”",
            "“CongdanCollection” nằm ngay trong Body",
            "bỏ phần tử bao tên dịch vụ, thường do thư viện SOAP tự thêm",
        )


@rule("one-citizen", "Đúng một CongDan", "hai CongDan thành một mảng JSON và làm hỏng chương trình đọc")
def _one_citizen(told: Told) -> None:
    found = len(list(descendants(told.root, "CongDan")))
    if found != 1:
        raise Failed(f"{found} phần tử CongDan", "đúng một CongDan khi hỏi một người", "chỉ trả người khớp cả ba thông tin")


@rule(
    "attributes",
    "Phần tử dữ liệu không mang thuộc tính",
    "bộ đổi XML sang JSON biến lá có thuộc tính (xsi:nil, xmlns) thành đối tượng",
)
def _attributes(told: Told) -> None:
    for each in told.citizen.iter():
        name = local(each)
        if each.attrib:
            kind = etree.QName(next(iter(each.attrib))).localname
            raise Failed(
                f"{name} có thuộc tính {kind}",
                "không có thuộc tính nào từ CongDan trở vào",
                f"bỏ thuộc tính {kind}; phần tử không có giá trị thì để rỗng",
            )
        above = each.getparent()
        if above is not None and set(each.nsmap.items()) - set(above.nsmap.items()):
            raise Failed(
                f"{name} khai báo xmlns",
                "khai báo không gian tên chỉ ở Envelope, Body, CongdanCollection",
                "dời khai báo xmlns ra ngoài",
            )


@rule("elements", "Đủ mọi phần tử, kể cả khi rỗng", "chương trình đọc thẳng từng phần tử mà không kiểm tra có hay không")
def _elements(told: Told) -> None:
    missing = [name for name in ELEMENTS if told.child(name) is None]
    if missing:
        raise Failed(
            f"thiếu {', '.join(missing[:4])}",
            "mọi phần tử của công dân, rỗng khi không có hoặc không được cấp",
            f"thêm phần tử {missing[0]} (rỗng)",
        )


@rule(
    "blocks",
    "Khối địa chỉ, họ tên, người thân có đủ phần tử con",
    "chương trình đọc ThuongTru.MaTinhThanh, VoChong.HoVaTen, ChuHo.QuanHe mà không kiểm tra",
)
def _blocks(told: Told) -> None:
    for name, children in ELEMENTS.items():
        block = told.child(name)
        if block is None or name in ("HoVaTen", "NgayThangNamSinh"):
            continue  # other rules
        present = {local(each) for each in block}
        if missing := [child for child in children if child not in present]:
            what = "địa chỉ" if name in ADDRESSES else "người thân" if name in RELATIVES else "chủ hộ"
            raise Failed(
                f"{name} thiếu {', '.join(missing)}",
                f"khối {what} {name} có đủ {', '.join(children)}",
                "ghi đủ phần tử con, rỗng khi không có",
            )


@rule(
    "relative-names",
    "HoVaTen của người thân là chữ, không phải khối",
    "HoVaTen của Cha, Me, VoChong, NguoiDaiDien, ChuHo được đọc như một chuỗi",
)
def _relative_names(told: Told) -> None:
    for name in (*RELATIVES, "ChuHo"):
        block = told.child(name)
        inner = next((each for each in block if local(each) == "HoVaTen"), None) if block is not None else None
        if inner is not None and len(inner):
            raise Failed(
                f"{name}/HoVaTen có phần tử con {local(inner[0])}",
                f"{name}/HoVaTen chỉ có chữ",
                "ghi họ tên đầy đủ thành một chuỗi",
            )


@rule("own-name", "Họ tên công dân: cả tên ở Ten, chữ hoa có dấu; Ho, ChuDem có mặt và rỗng", "phần mềm hiển thị đúng phần tử Ten")
def _own_name(told: Told) -> None:
    block = told.child("HoVaTen")
    children = {local(each): (each.text or "").strip() for each in block} if block is not None else {}
    wanted = "HoVaTen gồm Ho rỗng, ChuDem rỗng, Ten là họ tên đầy đủ viết hoa có dấu"
    if missing := [each for each in ("Ho", "ChuDem", "Ten") if each not in children]:
        raise Failed(f"HoVaTen thiếu {', '.join(missing)}", wanted, "ghi đủ ba phần tử con")
    if children["Ho"] or children["ChuDem"]:
        raise Failed("Ho hoặc ChuDem có chữ", wanted, "không tách họ, chữ đệm, tên")
    given = unicodedata.normalize("NFC", children["Ten"])
    if given != told.persona.name.upper():
        came = "Ten viết thường" if given.upper() == told.persona.name.upper() else "Ten khác họ tên của người mẫu"
        raise Failed(came, wanted, "ghi họ tên đầy đủ, chữ hoa, giữ dấu")


@rule(
    "birth",
    "Ngày sinh: Nam luôn có; NgayThangNam là yyyyMMdd",
    "một phần mềm đọc đúng yyyyMMdd, một phần mềm cắt ký tự 0-4, 4-6, 6-8",
)
def _birth(told: Told) -> None:
    block, born = told.child("NgayThangNamSinh"), told.persona.born
    if block is None:
        raise Failed("không có NgayThangNamSinh", "khối NgayThangNamSinh", "thêm khối ngày sinh")
    year = child_text(block, "Nam")
    if year != born[:4]:
        raise Failed(f"Nam là “{_shape(year)}”", "Nam là bốn chữ số của năm sinh", "luôn ghi Nam")
    full = next((each for each in block if local(each) == "NgayThangNam"), None)
    if len(born) == 4:
        if full is not None:
            mend = "bỏ hẳn phần tử NgayThangNam khi chỉ biết năm sinh"
            raise Failed("có phần tử NgayThangNam", "không có NgayThangNam khi chỉ biết năm sinh", mend)
        return
    text = (full.text or "").strip() if full is not None else ""
    if text != born:
        raise Failed(
            f"NgayThangNam có dạng “{_shape(text)}”", "đúng 8 chữ số yyyyMMdd của người đã hỏi", "ghi ngày sinh theo yyyyMMdd"
        )


@rule("person", "Đúng người đã hỏi", "trả nhầm người là lộ dữ liệu của người khác")
def _person(told: Told) -> None:
    number = child_text(told.citizen, "SoDinhDanh")
    if number not in ("", told.persona.number):
        raise Failed(
            "SoDinhDanh của một người khác",
            "SoDinhDanh đã hỏi, hoặc rỗng khi không được cấp",
            "kiểm tra việc ghép câu hỏi với câu trả lời",
        )


@rule("codes", "Mã có đúng số chữ số", "mã được so theo số và theo bảng; thiếu số 0 ở đầu là tra không ra")
def _codes(told: Told) -> None:
    for name, pattern in CODES.items():
        text = child_text(told.citizen, name)
        if text and not re.fullmatch(pattern, text, re.ASCII):
            raise Failed(
                f"{name} có dạng “{_shape(text)}”",
                f"{name} là {CODE_WORDS[name]}, hoặc rỗng",
                f"ghi {name} theo bảng mã của hợp đồng",
            )


def broken_rules(told: Told) -> Iterator[tuple[Rule, Failed]]:
    """Every rule that does not hold, with why."""
    for each in RULES:
        try:
            each.hold(told)
        except Failed as failure:
            yield each, failure


def _shape(text: str) -> str:
    """The form of a value without the value."""
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text))[:20]
