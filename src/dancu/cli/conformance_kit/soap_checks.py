"""Checks of the national SOAP contract: the form of its answers, as programs of the field read them."""

from __future__ import annotations

import re

from dancu.cli.conformance_kit import national
from dancu.cli.conformance_kit.asking import about
from dancu.cli.conformance_kit.checks import CHECKS, Check, Failed, Skipped, check, shown
from dancu.cli.conformance_kit.envelope_rules import RULES, Rule, Told, told_in
from dancu.cli.conformance_kit.reading import child_text, descendants, parsed
from dancu.cli.conformance_kit.stage import Stage
from dancu.cli.conformance_kit.wire import Call


def _looks_at(each: Rule) -> Check:
    """A rule of form as a check of the ordinary answer."""

    async def run(stage: Stage) -> None:
        each.hold(await _told(stage))

    return Check(f"soap.{each.name}", "soap", each.title, each.why, run)


CHECKS.extend(_looks_at(each) for each in RULES)


async def _told(stage: Stage) -> Told:
    told = told_in((await stage.plain()).body, stage.cast.plain)
    if told is None:
        raise Skipped("Chưa kiểm được: câu trả lời không có công dân.")
    return told


@check(
    "soap",
    "year-only-form",
    "Người chỉ có năm sinh: không có phần tử NgayThangNam",
    "phần mềm đọc đúng yyyyMMdd mỗi khi thấy phần tử này; rỗng là chương trình dừng",
)
async def year_only_form(stage: Stage) -> None:
    person = stage.cast.year_only
    if person is None:
        raise Skipped("Chưa kiểm được: không có người mẫu chỉ có năm sinh.")
    reply, _ = await stage.ask(about(person, f"tra cứu {person.hint} với năm sinh {person.born}"))
    told = told_in(reply.body, person)
    if told is None:
        raise Skipped("Chưa kiểm được: không tìm thấy người mẫu chỉ có năm sinh (xem soap.year-only).")
    next(each for each in RULES if each.name == "birth").hold(told)


@check("soap", "married-form", "Vợ hoặc chồng: họ tên là chữ, không thuộc tính", "VoChong.HoVaTen được đọc thẳng như một chuỗi")
async def married_form(stage: Stage) -> None:
    person = next((each for each in stage.cast.ordinary if each.spouse), None)
    if person is None:
        raise Skipped("Chưa kiểm được: không có người mẫu đã kết hôn.")
    reply, _ = await stage.ask(about(person, f"tra cứu người mẫu đã kết hôn {person.hint}"))
    told = told_in(reply.body, person)
    block = told.child("VoChong") if told else None
    if block is None:
        raise Skipped("Chưa kiểm được: không thấy VoChong (xem soap.elements).")
    name = child_text(block, "HoVaTen")
    if name and name.casefold() != person.spouse.casefold():
        raise Failed(
            "VoChong/HoVaTen không phải họ tên của người ấy", "họ tên đầy đủ, một chuỗi, hoặc rỗng", "ghi họ tên thành một chuỗi"
        )


@check("soap", "wsdl", "WSDL xem được ở địa chỉ dịch vụ", "người viết phần mềm mới và công cụ sinh mã bắt đầu từ đây")
async def wsdl(stage: Stage) -> None:
    reply = await stage.send(Call("GET", f"{stage.agreed.path('soap')}?wsdl"), "GET …?wsdl")
    root = parsed(reply.body)
    if reply.status != 200 or root is None or next(descendants(root, "definitions"), None) is None:
        raise Failed(shown(reply), "HTTP 200 và một WSDL", "phục vụ WSDL khi GET địa chỉ dịch vụ với ?wsdl")
    if national.LOOK_UP.encode() not in reply.body:
        raise Failed("WSDL không có TraCuuThongTinCongDan", "WSDL mô tả TraCuuThongTinCongDan", "mô tả đủ dịch vụ trong WSDL")


@check(
    "soap",
    "readers",
    "Bốn cách đọc của phần mềm đang chạy ra cùng một người",
    "mỗi phần mềm đọc một kiểu: không gian tên, chữ, cắt chuỗi, đổi sang JSON",
)
async def readers(stage: Stage) -> None:
    reply = await stage.plain()
    text, plain = reply.body.decode(errors="replace"), stage.cast.plain
    between = re.search(r"<ns1:CongDan>.*?<ns1:Ten>([^<]*)</ns1:Ten>", text, re.S)
    stripped = text.replace("soapenv:", "").replace("ns1:", "")
    cut = re.search(r"<Body[^>]*>\s*<CongdanCollection[^>]*>\s*<CongDan>.*?<NgayThangNam>(\d{8})</NgayThangNam>", stripped, re.S)
    if between is None or between[1] != plain.name.upper():
        raise Failed(
            "đọc theo chữ <ns1:CongDan>, <ns1:Ten> không ra họ tên",
            "họ tên giữa <ns1:Ten> và </ns1:Ten>",
            "giữ đúng tiền tố, không thuộc tính ở CongDan",
        )
    if cut is None or cut[1] != plain.born:
        raise Failed(
            "cắt tiền tố rồi đọc Body/CongdanCollection/CongDan không ra ngày sinh",
            "ngày sinh yyyyMMdd ở đúng chỗ",
            "giữ đúng cấu trúc, không lớp bao, không khoảng trắng thừa",
        )
