"""Checks of the contracts before and beside the national service: JSON adapter, OpenCPS, SharePoint, warehouse, JSON platform."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import urlencode

from dancu.cli.conformance_kit import tree_rules
from dancu.cli.conformance_kit.asking import Key, about
from dancu.cli.conformance_kit.checks import Failed, Skipped, check, shown
from dancu.cli.conformance_kit.envelope_rules import broken_rules, told_in
from dancu.cli.conformance_kit.manner_checks import STRANGER
from dancu.cli.conformance_kit.reading import Kind, member, read_json
from dancu.cli.conformance_kit.stage import Stage
from dancu.cli.conformance_kit.tongues import Warehouse
from dancu.cli.conformance_kit.wire import Call, Reply


@check(
    ("lgsp", "sharepoint", "adapter"),
    "envelope",
    "Phong bì SOAP theo đúng các quy tắc của hợp đồng quốc gia",
    "cùng những chương trình đọc ấy đứng sau trục này",
)
async def envelope(stage: Stage) -> None:
    reply = await stage.plain()
    told = told_in(_envelope_in(stage, reply), stage.cast.plain)
    if told is None:
        raise Skipped("Chưa kiểm được: câu trả lời không có công dân.")
    for rule, failure in broken_rules(told):
        raise Failed(f"{rule.title}: {failure.came}", failure.wanted, failure.mend)


def _envelope_in(stage: Stage, reply: Reply) -> bytes:
    if stage.tongue.name != "adapter":
        return reply.body
    message = member(read_json(reply.body), "message")
    return message.encode() if isinstance(message, str) else b""


@check(
    ("json", "opencps"),
    "tree",
    "Cây JSON: Body.CongdanCollection.CongDan đủ phần tử, mọi lá là chuỗi",
    "giao diện đọc thẳng từng phần tử mà không kiểm tra",
)
async def tree(stage: Stage) -> None:
    tree_rules.hold((await stage.plain()).body, stage.cast.plain)


# -- JSON adapter ---------------------------------------------------------------------------------------------------


@check(
    "adapter",
    "error-code",
    "error_code khi thành công ghi đúng kiểu đã đăng ký",
    "phần mềm so từng chữ: “00” hoặc “0” là chuỗi, đời mới so số 0",
)
async def error_code(stage: Stage) -> None:
    reply = await stage.plain()
    code = member(read_json(reply.body), "error_code")
    wants_number = stage.agreed.error_code == "number"
    fits = (code == 0 and isinstance(code, int) and not isinstance(code, bool)) if wants_number else code in ("00", "0")
    if not fits:
        wanted = "error_code là số 0" if wants_number else "error_code là chuỗi “00” hoặc “0”"
        came = f"error_code là {'số' if isinstance(code, int) else 'chuỗi' if isinstance(code, str) else 'giá trị khác'} {code}"
        raise Failed(came, wanted, "ghi error_code đúng kiểu dữ liệu JSON (chuỗi thì có ngoặc kép)")


@check("adapter", "message", "message là phong bì bắt đầu bằng “<”", "phần mềm xem ký tự đầu rồi mới đọc như XML")
async def message(stage: Stage) -> None:
    for reply in (await stage.plain(), await stage.nobody()):
        _must_begin(reply)


@check(
    "adapter",
    "failure-form",
    "Khi từ chối vẫn có error_code khác mã thành công và message bắt đầu bằng “<”",
    "phần mềm đọc message như XML trong mọi trường hợp",
)
async def failure_form(stage: Stage) -> None:
    reply, _ = await stage.ask(about(stage.cast.plain, "câu hỏi tới địa chỉ của hệ thống lạ"), Key.UNKNOWN)
    _must_begin(reply)
    if str(member(read_json(reply.body), "error_code")) in ("0", "00"):
        raise Failed("error_code của thành công", "error_code khác “0”, “00”", "ghi mã lỗi, ví dụ “401”")


@check("adapter", "short", "Nhận câu hỏi thiếu soCMND, ngayThangNam (đường đăng nhập)", "màn hình đăng nhập chỉ gửi năm sinh")
async def short(stage: Stage) -> None:
    person = stage.cast.year_only
    if person is None:
        raise Skipped("Chưa kiểm được: không có người mẫu chỉ có năm sinh.")
    asked = about(person, f"câu hỏi ngắn về {person.hint}: không có soCMND và ngayThangNam")
    call = stage.tongue.call(asked)
    body = {name: value for name, value in (read_json(call.body or b"") or {}).items() if name not in ("soCMND", "ngayThangNam")}
    posted = stage.tongue.post(json.dumps(body).encode())
    assert posted is not None
    reply, found = await stage.ask_as(posted, asked.words)
    stage.require_found(reply, found, person, "xem soCMND, ngayThangNam là tuỳ chọn, dùng nam")


def _must_begin(reply: Reply) -> None:
    text = member(read_json(reply.body), "message")
    if not isinstance(text, str) or not text.startswith("<"):
        raise Failed(
            shown(reply),
            "message là chuỗi bắt đầu bằng “<”",
            "đặt phong bì SOAP (hoặc Fault) vào message, không BOM, không khoảng trắng",
        )


# -- OpenCPS --------------------------------------------------------------------------------------------------------


@check(
    "opencps",
    "error-codes",
    "Cán bộ lạ là 005, thủ tục chưa cấp là 004, kèm HTTP 400",
    "giao diện OpenCPS chỉ có lời cho hai mã này",
)
async def error_codes(stage: Stage) -> None:
    stranger = replace(about(stage.cast.plain, "StaffEmail không có trong danh sách"), officer=STRANGER)
    unlicensed = replace(about(stage.cast.plain, "MaDVC chưa được cấp"), procedure="9.999999")
    for asked, code in ((stranger, "005"), (unlicensed, "004")):
        reply, _ = await stage.ask(asked)
        if reply.status != 400 or member(read_json(reply.body), "errorCode") != code:
            raise Failed(shown(reply), f"HTTP 400 và errorCode “{code}” (chuỗi)", f"trả errorCode {code} cho trường hợp này")


# -- SharePoint -----------------------------------------------------------------------------------------------------


@check(
    "sharepoint", "query", "Tham số đọc theo tên, thứ tự tuỳ ý, dob là dd/MM/yyyy hoặc yyyyMMdd", "hai màn hình gửi hai dạng ngày"
)
async def query(stage: Stage) -> None:
    plain = stage.cast.plain
    for born in (plain.born, f"{plain.born[6:]}/{plain.born[4:6]}/{plain.born[:4]}"):
        path = stage.agreed.path("sharepoint")
        sent = urlencode({"dob": born, "fullName": plain.name, "cccd": plain.number})
        reply, found = await stage.ask_as(Call("GET", f"{path}?{sent}"), f"tra cứu {plain.hint}, dob dạng {len(born)} ký tự")
        stage.require_found(reply, found, plain, "đọc tham số theo tên, nhận cả hai dạng ngày")


# -- warehouse ------------------------------------------------------------------------------------------------------


@check("warehouse", "result", "RESULT là số 1 hoặc 0", "phần mềm so với số, không so với chuỗi hay true")
async def result(stage: Stage) -> None:
    for reply, wanted in ((await stage.plain(), 1), (await stage.nobody(), 0)):
        given = member(read_json(reply.body), "RESULT")
        if given != wanted or isinstance(given, bool) or not isinstance(given, int):
            raise Failed(f"RESULT là {given!r}", f"RESULT là số {wanted}", "ghi số nguyên, không ngoặc kép, không true, false")


@check(
    "warehouse", "sex", "Giới tính khác thì 0; không nêu hoặc mã 3 thì bỏ qua", "phần mềm gửi gender khi biết, gửi 3 khi không rõ"
)
async def sex(stage: Stage) -> None:
    assert isinstance(stage.tongue, Warehouse)
    plain = stage.cast.plain
    if plain.sex not in ("1", "2"):
        raise Skipped("Chưa kiểm được: người mẫu không có giới tính.")
    other = "2" if plain.sex == "1" else "1"
    for stated, wanted in ((plain.sex, 1), (other, 0), ("3", 1)):
        words = f"kiểm tra {plain.hint} với gender={stated}"
        reply = await stage.send(stage.tongue.check_call(about(plain), stated), words)
        if member(read_json(reply.body), "RESULT") != wanted:
            raise Failed(shown(reply), f"RESULT {wanted}", "so giới tính khi gender là 1 hoặc 2, bỏ qua giá trị khác")


@check("warehouse", "two-keys", "Chỉ số và ngày sinh thì không có dữ liệu", "thiếu họ tên là dò được người từ số và ngày sinh")
async def two_keys(stage: Stage) -> None:
    plain = stage.cast.plain
    path = f"{stage.agreed.path('warehouse-two-keys')}/{plain.number}/{plain.born}"
    reply = await stage.send(Call("GET", path), f"tra cứu {plain.hint} bằng hai thông tin")
    if plain.name.upper() in reply.body.decode(errors="replace").upper() or stage.tongue.read(reply).kind is Kind.CITIZEN:
        raise Failed("dữ liệu của công dân", "RESULT 0 hoặc từ chối", "đòi đủ số, họ tên, ngày sinh")
    if reply.status >= 500 or reply.is_html:
        raise Failed(shown(reply), "RESULT 0 hoặc từ chối bằng 4xx", "trả lời gọn trong dạng của hợp đồng")
