"""What is looked at in the envelopes of a candidate client: XML, names, codes, the three keys. Pure."""

from __future__ import annotations

import re
import unicodedata

from dancu.cli.conformance_kit.checks import Failed
from dancu.cli.conformance_kit.client_checks import Run, client_check, each_of, where
from dancu.cli.conformance_kit.hearing import Heard
from dancu.cli.conformance_kit.national import GTEL, NATIONAL, SOAP
from dancu.cli.conformance_kit.persons import Persona, without_marks
from dancu.cli.conformance_kit.scenario import step_for

REQUIRED = ("MaYeuCau", "MaDVC", "MaCanBo", "HoVaTen")
OPERATIONS = ("TraCuuThongTinCongDan", "XacThucThongTinCongDan", "XacMinhThongTinNhanThan", "CungCapThongTinCongDan")
_MANGLED = re.compile(r"\?|\ufffd|&(?:#\d+|#x[0-9a-fA-F]+|[a-z]+);|Ã|áº|á»")


@client_check("xml", "XML đúng, UTF-8, không DOCTYPE", "dịch vụ từ chối XML hỏng và mọi DOCTYPE")
def _xml(run: Run) -> str:
    for call in each_of(run.heard):
        if call.request.has_document_type:
            raise Failed("có DOCTYPE", "không DOCTYPE, không thực thể", "bỏ khai báo DOCTYPE", where(call))
        if not call.request.is_xml:
            raise Failed(
                "không phải XML đọc được", "một tài liệu XML bằng UTF-8", "thoát các ký tự & < >, ghi đúng bảng mã", where(call)
            )
    return ""


@client_check("envelope", "Phong bì SOAP 1.1 với một yêu cầu trong Body", "dịch vụ đọc con đầu tiên của Body")
def _envelope(run: Run) -> str:
    for call in each_of([each for each in run.heard if each.request.is_xml]):
        request = call.request
        if request.envelope != SOAP or request.children != 1:
            came = (
                f"Envelope thuộc “{request.envelope}”, Body có {request.children} con"
                if request.envelope
                else "gốc không phải Envelope"
            )
            raise Failed(came, f"Envelope của “{SOAP}”, Body có đúng một con", "gửi SOAP 1.1", where(call))
    return ""


@client_check("namespace", "Yêu cầu trong không gian tên http://dancuquocgia.bca", "dịch vụ tìm yêu cầu trong không gian tên này")
def _namespace(run: Run) -> str:
    for call in each_of(run.readable):
        if call.request.namespace not in (NATIONAL, GTEL):
            raise Failed(f"không gian tên “{call.request.namespace}”", NATIONAL, "khai báo đúng xmlns cho yêu cầu", where(call))
    return ""


@client_check("operation", "Tên dịch vụ đúng", "dịch vụ được chọn theo tên con đầu tiên của Body")
def _operation(run: Run) -> str:
    for call in each_of(run.readable):
        if call.request.operation.removesuffix("Request") not in OPERATIONS:
            raise Failed(
                f"“{call.request.operation[:60]}”",
                f"một trong {', '.join(OPERATIONS)}",
                "xem lại tên dịch vụ, đúng chữ hoa thường",
                where(call),
            )
    return ""


@client_check("elements", "Đủ phần tử bắt buộc, mỗi phần tử một lần", "thiếu một phần tử là yêu cầu bị từ chối")
def _elements(run: Run) -> str:
    for call in each_of(run.readable):
        values = call.request.values
        missing = [name for name in REQUIRED if not values.get(name)]
        missing += [] if values.get("MaTichHop") or values.get("MaDichVu") else ["MaTichHop"]
        missing += [] if call.number else ["SoDinhDanh"]
        missing += [] if _born(call) else ["NgayThangNamSinh"]
        if missing:
            raise Failed(f"thiếu {', '.join(missing)}", "đủ phần tử theo hợp đồng, có giá trị", f"thêm {missing[0]}", where(call))
        if call.request.twice:
            raise Failed(f"{call.request.twice[0]} xuất hiện hai lần", "mỗi phần tử một lần", "bỏ phần tử thừa", where(call))
    return ""


@client_check(
    "codes", "Đúng thủ tục, mã tích hợp và cán bộ đã cấp", "phạm vi được duyệt theo thủ tục, mã tích hợp và danh sách tài khoản"
)
def _codes(run: Run) -> str:
    for call in each_of(run.readable):
        values, agreed = call.request.values, run.agreed
        code = values.get("MaTichHop") or values.get("MaDichVu", "")
        for name, given, wanted in (
            ("MaDVC", values.get("MaDVC", ""), (agreed.procedure,)),
            ("MaTichHop", code, (agreed.code, agreed.verify_code)),
            ("MaCanBo", values.get("MaCanBo", ""), (agreed.officer,)),
        ):
            if given not in wanted:
                raise Failed(
                    f"{name} là “{given[:40]}”",
                    f"{name} là {' hoặc '.join(wanted)}",
                    f"đặt lại {name} theo phạm vi đã cấp",
                    where(call),
                )
    return ""


@client_check("request-id", "Mỗi câu hỏi có MaYeuCau", "mã này để tìm lại một lượt hỏi ở cả hai đầu")
def _request_id(run: Run) -> str:
    whose: dict[str, str] = {}
    for call in each_of(run.readable):
        given = call.request.values.get("MaYeuCau", "")
        if not given:
            raise Failed("MaYeuCau rỗng", "một mã do phần mềm tự sinh", "sinh mã cho từng câu hỏi", where(call))
        if whose.setdefault(given, call.number) != call.number:
            return "Đạt, nhưng MaYeuCau lặp lại giữa các câu hỏi khác nhau: nên để mỗi câu hỏi một mã để tra cứu về sau."
    return ""


@client_check("number", "Số định danh 12 chữ số, số CMND 9 chữ số", "số có dấu cách hoặc mất số 0 ở đầu là không tìm thấy ai")
def _number(run: Run) -> str:
    for call in each_of([each for each in run.readable if each.number]):
        stated = {
            "SoDinhDanh": (12, call.request.values.get("SoDinhDanh", "")),
            "SoCMND": (9, call.request.values.get("SoCMND", "")),
        }
        for name, (length, given) in stated.items():
            if given and not re.fullmatch(rf"[0-9]{{{length}}}", given):
                raise Failed(
                    f"{name} có {len(given)} ký tự",
                    f"{name} là {length} chữ số liền nhau",
                    "giữ số ở dạng chuỗi, không đổi sang kiểu số",
                    where(call),
                )
    return ""


@client_check("name", "Họ tên đúng người, không vỡ chữ", "họ tên là một trong ba thông tin phải khớp")
def _name(run: Run) -> str:
    for call in each_of(run.readable):
        given, persona = call.request.values.get("HoVaTen", ""), _persona(run, call)
        if _MANGLED.search(given):
            raise Failed(
                "họ tên vỡ chữ hoặc mã hoá hai lần",
                "chữ UTF-8, chỉ thoát ký tự một lần",
                "đọc và ghi chuỗi bằng UTF-8 từ đầu đến cuối",
                where(call),
            )
        if persona and not _agrees(given, persona.name):
            raise Failed(
                f"họ tên không phải của người mẫu {persona.hint}",
                "họ tên có dấu, hoặc viết hoa không dấu không cách",
                "gửi đủ họ, chữ đệm, tên; bỏ dấu thì đổi đ thành d",
                where(call),
            )
    return ""


@client_check(
    "birth", "Ngày sinh yyyyMMdd, yyyy-MM-dd, hoặc chỉ năm trong Nam", "dịch vụ nhận ba dạng này; đảo ngày và tháng là không khớp"
)
def _birth(run: Run) -> str:
    for call in each_of([each for each in run.readable if _born(each)]):
        given, persona = _born(call), _persona(run, call)
        if not re.fullmatch(r"\d{8}|\d{4}-\d\d-\d\d|\d{4}", given, re.ASCII):
            raise Failed(
                f"ngày sinh dạng “{re.sub(r'[0-9]', '9', given)[:20]}”",
                "yyyyMMdd, yyyy-MM-dd hoặc yyyy",
                "đổi dạng ngày trước khi gửi",
                where(call),
            )
        if persona and given.replace("-", "") not in (persona.born, persona.born[:4]):
            raise Failed(
                f"ngày sinh không phải của người mẫu {persona.hint}",
                "đúng ngày, tháng, năm; chỉ biết năm thì gửi Nam",
                "xem lại thứ tự năm, tháng, ngày; không gán 01/01",
                where(call),
            )
    return ""


def _persona(run: Run, call: Heard) -> Persona | None:
    step = step_for(run.steps, call.number)
    return step.persona if step else None


def _born(call: Heard) -> str:
    values = call.request.values
    return values.get("NgayThangNam") or values.get("Nam") or values.get("NgayThangNamSinh", "")


def _agrees(given: str, name: str) -> bool:
    return without_marks(unicodedata.normalize("NFC", given)) == without_marks(name)
