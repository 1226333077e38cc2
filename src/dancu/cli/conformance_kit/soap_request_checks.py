"""Checks of the national SOAP contract: the habits of asking that a server has to put up with."""

from __future__ import annotations

from dancu.cli.conformance_kit import national
from dancu.cli.conformance_kit.asking import Asked, about
from dancu.cli.conformance_kit.checks import Failed, check, shown
from dancu.cli.conformance_kit.national import GTEL, VERIFY, Fields, Habit, envelope, fields_of, signed_headers
from dancu.cli.conformance_kit.stage import Stage
from dancu.cli.conformance_kit.wire import Call

_START = ("MaYeuCau", "MaDVC", "MaTichHop", "MaCanBo")  # which all programs share
_ORDERS = {
    "toà án": (*_START, "MaDonVi", "TaiKhoan", "SoDienThoai", "SoDinhDanh", "HoVaTen", "NgayThangNamSinh"),
    "một cửa Tân Dân": (*_START, "SoCMND", "SoDinhDanh", "NgayThangNamSinh", "HoVaTen"),
    "ngược hẳn": ("NgayThangNamSinh", "HoVaTen", "SoDinhDanh", *reversed(_START)),
}
_EXTRA = {"MaDonVi": "KIEMTRA", "TaiKhoan": "kiemtra", "SoDienThoai": "0"}


async def _finds(stage: Stage, asked: Asked, fields: Fields, habit: Habit, mend: str, **headers: str) -> None:
    """The plain persona is found however the envelope is built."""
    path = stage.agreed.path("soap")
    signed = {**signed_headers(stage.agreed, path), **{name.replace("_", "-"): value for name, value in headers.items()}}
    reply, found = await stage.ask_as(Call("POST", path, signed, envelope(fields, habit)), asked.words)
    stage.require_found(reply, found, stage.cast.plain, mend)


@check("soap", "order", "Thứ tự phần tử trong yêu cầu tuỳ ý", "mỗi phần mềm gửi một thứ tự khác nhau")
async def order(stage: Stage) -> None:
    for whose, names in _ORDERS.items():
        asked = about(stage.cast.plain, f"yêu cầu theo thứ tự của phần mềm {whose}")
        values = dict(fields_of(asked, stage.agreed)) | _EXTRA
        fields = [(name, values.get(name, "")) for name in names]
        await _finds(stage, asked, fields, national.PLAIN, "đọc phần tử theo tên, không theo thứ tự của XSD")


@check(
    "soap",
    "any-prefix",
    "Tiền tố trong yêu cầu tuỳ ý, kể cả không gian tên mặc định",
    "phần mềm dùng dan:, qldc: hoặc không tiền tố",
)
async def any_prefix(stage: Stage) -> None:
    for prefix in ("qldc", "x", ""):
        asked = about(stage.cast.plain, f"yêu cầu với tiền tố “{prefix}”")
        await _finds(
            stage,
            asked,
            fields_of(asked, stage.agreed, prefix),
            Habit(prefix),
            "đọc theo tên cục bộ và không gian tên, không theo tiền tố",
        )


@check("soap", "old-namespace", "Nhận cả không gian tên của bản đặc tả đầu", "phần mềm viết theo bản đầu gửi http://gtel.vn/qldc")
async def old_namespace(stage: Stage) -> None:
    asked = about(stage.cast.plain, f"yêu cầu trong không gian tên {GTEL}")
    fields = [
        (name, stage.cast.plain.born if name == "NgayThangNamSinh" else value) for name, value in fields_of(asked, stage.agreed)
    ]
    await _finds(
        stage,
        asked,
        fields,
        Habit("qldc", GTEL),
        "xem hai không gian tên là một; ngày sinh ở đó là chữ ngay trong NgayThangNamSinh",
    )


@check(
    "soap",
    "unknown-children",
    "Phần tử lạ trong yêu cầu được bỏ qua",
    "phần mềm của toà án gửi thêm ba phần tử; phiên bản sau còn gửi thêm nữa",
)
async def unknown_children(stage: Stage) -> None:
    asked = about(stage.cast.plain, "yêu cầu có phần tử lạ")
    fields = [("PhanTuLa", "<dan:BenTrong>1</dan:BenTrong>"), *fields_of(asked, stage.agreed), ("GhiChuThem", "kiểm tra")]
    await _finds(stage, asked, fields, national.PLAIN, "bỏ qua phần tử không biết thay vì từ chối")


@check(
    "soap",
    "stray-text",
    "Chữ thừa và khoảng trắng giữa các phần tử được bỏ qua",
    'một phần mềm PHP gửi thừa “">” ngay sau Envelope',
)
async def stray_text(stage: Stage) -> None:
    asked = about(stage.cast.plain, 'yêu cầu có chữ thừa “">” sau Envelope')
    await _finds(stage, asked, fields_of(asked, stage.agreed), Habit(stray='">'), "bỏ qua chữ nằm ngoài phần tử")
    spaced = about(stage.cast.plain, "yêu cầu có dấu cách, xuống dòng quanh giá trị và cuối MaCanBo")
    fields = [(name, f"\n  {value} \n" if name != "NgayThangNamSinh" else value) for name, value in fields_of(spaced, stage.agreed)]
    await _finds(stage, spaced, fields, national.PLAIN, "cắt khoảng trắng hai đầu mỗi giá trị")


@check(
    "soap",
    "request-content-type",
    "Nhận application/xml và text/xml, có hay không có SOAPAction",
    "phần mềm gửi application/xml, đa số không có SOAPAction",
)
async def request_content_type(stage: Stage) -> None:
    for kind in ("application/xml", "text/xml; charset=utf-8"):
        asked = about(stage.cast.plain, f"yêu cầu {kind}")
        await _finds(
            stage,
            asked,
            fields_of(asked, stage.agreed),
            national.PLAIN,
            "chọn dịch vụ theo con đầu tiên của Body, không theo header",
            Content_Type=kind,
        )
    asked = about(stage.cast.plain, 'yêu cầu với SOAPAction: ""')
    await _finds(stage, asked, fields_of(asked, stage.agreed), national.PLAIN, "không dựa vào SOAPAction", SOAPAction='""')


@check(
    "soap",
    "field-headers",
    "Header riêng của các trục được bỏ qua",
    "phần mềm gửi ApiKey, ESB_SOURCE_TYPE, ESB_SOURCE_USERNAME, dstcode rỗng",
)
async def field_headers(stage: Stage) -> None:
    asked = about(stage.cast.plain, "yêu cầu có ApiKey, ESB_SOURCE_USERNAME, dstcode rỗng")
    path = stage.agreed.path("soap")
    signed = signed_headers(stage.agreed, path)
    extra = {
        "ApiKey": "khoa-cong",
        "ESB_SOURCE_TYPE": stage.agreed.client_id,
        "ESB_SOURCE_USERNAME": stage.agreed.client_id,
        "dstcode": "",
    }
    call = Call("POST", path, {**signed, **extra}, envelope(fields_of(asked, stage.agreed)))
    reply, found = await stage.ask_as(call, asked.words)
    stage.require_found(reply, found, stage.cast.plain, "bỏ qua header không dùng tới")


@check("soap", "birth-forms", "Ngày sinh nhận yyyyMMdd và yyyy-MM-dd", "phần mềm trên trình duyệt gửi dạng có gạch nối")
async def birth_forms(stage: Stage) -> None:
    born = stage.cast.plain.born
    asked = about(stage.cast.plain).but("ngày sinh dạng yyyy-MM-dd", born=f"{born[:4]}-{born[4:6]}-{born[6:]}")
    await stage.must_find(asked, stage.cast.plain, "nhận cả hai dạng ngày")


@check("soap", "both-numbers", "Nhận đồng thời SoDinhDanh và SoCMND", "phần mềm Tân Dân luôn gửi cả hai, một số có thể rỗng")
async def both_numbers(stage: Stage) -> None:
    plain = stage.cast.plain
    asked = about(plain).but("có cả SoDinhDanh và SoCMND", old_number=plain.old_number)
    fields = [*fields_of(asked, stage.agreed)]
    if not plain.old_number:
        fields.insert(4, ("SoCMND", ""))
    await _finds(stage, asked, fields, national.PLAIN, "lấy SoDinhDanh làm chính khi có cả hai")


@check("soap", "any-path", "Mọi đường dẫn dưới địa chỉ gốc là cùng một dịch vụ", "OpenCPS ghép tên dịch vụ vào cuối địa chỉ")
async def any_path(stage: Stage) -> None:
    asked = about(stage.cast.plain, "yêu cầu tới …/TraCuuThongTinCongDan")
    path = f"{stage.agreed.path('soap').rstrip('/')}/TraCuuThongTinCongDan"
    call = Call("POST", path, signed_headers(stage.agreed, path), envelope(fields_of(asked, stage.agreed)))
    reply, found = await stage.ask_as(call, asked.words)
    stage.require_found(reply, found, stage.cast.plain, "phục vụ cùng một hợp đồng ở mọi đường dẫn con")


@check(
    "soap",
    "verify",
    "XacThucThongTinCongDan trả TonTai true hoặc false, cả hai kiểu tên",
    "phần mềm chỉ cần biết có hay không, không lấy dữ liệu",
)
async def verify(stage: Stage) -> None:
    plain, wrong = stage.cast.plain, stage.unknown
    for suffix in ("", "Request"):
        name = "KetQuaXacThucResponse" if suffix else "KetQuaXacThuc"
        for person, wanted in ((plain, "true"), (wrong, "false")):
            asked = about(person, f"XacThucThongTinCongDan{suffix} về {person.hint}")
            fields = fields_of(asked, stage.agreed, code=stage.agreed.verify_code)
            if suffix:  # the style of official letter 761
                fields = [("MaDichVu" if each == "MaTichHop" else each, value) for each, value in fields]
            path = stage.agreed.path("soap")
            body = envelope(fields, Habit(operation=VERIFY + suffix))
            reply = await stage.send(Call("POST", path, signed_headers(stage.agreed, path), body), asked.words)
            if f"<ns1:TonTai>{wanted}</ns1:TonTai>".encode() not in reply.body or f"<ns1:{name}".encode() not in reply.body:
                raise Failed(
                    shown(reply), f"ns1:{name} với ns1:TonTai là {wanted}", "trả TonTai đúng tên bao và đúng chữ true, false"
                )


@check(
    "soap", "transfer", "Nhận yêu cầu gửi từng khúc, có Expect: 100-continue, có BOM", "thư viện .NET và Java tự làm ba việc này"
)
async def transfer(stage: Stage) -> None:
    path = stage.agreed.path("soap")
    for words, bom, is_chunked, expects in (
        ("yêu cầu gửi từng khúc (Transfer-Encoding: chunked)", b"", True, False),
        ("yêu cầu có Expect: 100-continue", b"", False, True),
        ("yêu cầu bắt đầu bằng BOM UTF-8", b"\xef\xbb\xbf", False, False),
    ):
        asked = about(stage.cast.plain, words)
        body = bom + envelope(fields_of(asked, stage.agreed))
        call = Call("POST", path, signed_headers(stage.agreed, path), body, is_chunked=is_chunked, expects_continue=expects)
        reply, found = await stage.ask_as(call, words)
        stage.require_found(reply, found, stage.cast.plain, "đọc yêu cầu theo HTTP/1.1, bỏ BOM ở đầu")
