"""Checks of manners, the same in every dialect: who may ask, what is refused and how, and that the wire is clean."""

from __future__ import annotations

from dataclasses import replace

from dancu.cli.conformance_kit.asking import Key, about
from dancu.cli.conformance_kit.checks import Failed, check, shown
from dancu.cli.conformance_kit.people_checks import DATA
from dancu.cli.conformance_kit.reading import Kind
from dancu.cli.conformance_kit.stage import Stage
from dancu.cli.conformance_kit.wire import Call, Reply

WITH_BODY = tuple(each for each in DATA if each not in ("sharepoint", "warehouse"))
WITH_OFFICER = WITH_BODY
BY_SECRET = ("soap", "lgsp", "json", "rest")
BY_NETWORK = ("adapter", "opencps", "sharepoint", "warehouse")
OVERSIZE_BYTES = 512 * 1024
STRANGER = "nguoi-khong-co-trong-danh-sach"
_BROKEN = {"xml": b'<?xml version="1.0"?><soapenv:Envelope><soapenv:Body><dan:', "json": b'{"hoVaTen": "TRAN'}


@check(BY_SECRET, "no-credentials", "Không có thông tin xác thực thì bị từ chối", "ai cũng hỏi được là lộ toàn bộ dân cư")
async def no_credentials(stage: Stage) -> None:
    await _must_be_401(stage, Key.NONE)


@check(
    BY_SECRET,
    "wrong-credentials",
    "Sai mã bí mật, sai hash hoặc token hỏng thì bị từ chối",
    "chỉ hệ thống giữ mã bí mật mới được hỏi",
)
async def wrong_credentials(stage: Stage) -> None:
    await _must_be_401(stage, Key.WRONG)


@check(
    BY_SECRET,
    "unknown-system",
    "Hệ thống lạ và sai mã bí mật: cùng một câu trả lời",
    "khác nhau là cho dò biết hệ thống nào đã đăng ký",
)
async def unknown_system(stage: Stage) -> None:
    unknown, wrong = await _must_be_401(stage, Key.UNKNOWN), await _must_be_401(stage, Key.WRONG)
    if (unknown.status, unknown.body) != (wrong.status, wrong.body):
        raise Failed(
            f"hệ thống lạ: {shown(unknown)}; sai mã bí mật: {shown(wrong)}",
            "hai câu trả lời giống hệt",
            "trả một câu 401 cho cả hai",
        )


@check(
    BY_NETWORK,
    "unknown-network",
    "Địa chỉ của hệ thống lạ thì bị từ chối",
    "địa chỉ thay cho mật khẩu, chỉ mạng đã khai mới được hỏi",
)
async def unknown_network(stage: Stage) -> None:
    first, second = await _must_be_401(stage, Key.UNKNOWN), await _must_be_401(stage, Key.WRONG)
    if (first.status, first.body) != (second.status, second.body):
        raise Failed(
            f"{shown(first)}; và {shown(second)}", "hai hệ thống lạ nhận cùng một câu", "trả một câu 401 cho mọi địa chỉ lạ"
        )


@check(
    ("soap", "lgsp", "json", "rest"),
    "officer-missing",
    "Thiếu tài khoản cán bộ thì bị từ chối",
    "mỗi lần xem phải có người chịu trách nhiệm",
)
async def officer_missing(stage: Stage) -> None:
    asked = replace(about(stage.cast.plain, "câu hỏi không có tài khoản cán bộ"), officer="")
    reply, told = await stage.ask(asked)
    stage.require_refused(reply, told, "không có công dân nào", "từ chối khi thiếu MaCanBo (officer)")


@check(
    WITH_OFFICER,
    "officer-unlisted",
    "Cán bộ không có trong danh sách thì bị từ chối",
    "chỉ tài khoản đơn vị đã đăng ký mới được khai thác",
)
async def officer_unlisted(stage: Stage) -> None:
    asked = replace(about(stage.cast.plain, f"câu hỏi của tài khoản {STRANGER}"), officer=STRANGER)
    reply, told = await stage.ask(asked)
    stage.require_refused(reply, told, "không có công dân nào", "so tài khoản cán bộ với danh sách đã đăng ký của đơn vị")


@check(
    WITH_OFFICER,
    "procedure-unlicensed",
    "Thủ tục chưa được cấp phép thì bị từ chối",
    "phạm vi khai thác được duyệt theo từng thủ tục",
)
async def procedure_unlicensed(stage: Stage) -> None:
    asked = replace(about(stage.cast.plain, "câu hỏi cho thủ tục 9.999999 chưa được cấp"), procedure="9.999999")
    reply, told = await stage.ask(asked)
    stage.require_refused(reply, told, "không có công dân nào", "so MaDVC (procedure) với phạm vi đã duyệt")


@check(
    WITH_BODY,
    "malformed",
    "Nội dung hỏng được trả lời gọn, không treo, không lộ lỗi nội bộ",
    "một phần mềm lỗi không được làm hỏng dịch vụ của người khác",
)
async def malformed(stage: Stage) -> None:
    body = _BROKEN["xml" if stage.tongue.name in ("soap", "lgsp") else "json"]
    for sent, words in ((body, "nội dung bị cắt dở"), (b"", "nội dung rỗng"), (b"\xff\xfe\x00\x01", "nội dung không phải chữ")):
        call = stage.tongue.post(sent)
        assert call is not None, "only dialects with a body"
        reply = await stage.send(call, words)
        told = stage.tongue.read(reply)
        stage.require_refused(reply, told, "HTTP 4xx hoặc lời từ chối của hợp đồng", "kiểm tra nội dung trước khi xử lý")
        if told.kind is Kind.UNREAD and reply.status < 400:
            raise Failed(shown(reply), "HTTP 4xx hoặc lời từ chối của hợp đồng", "báo lỗi trong dạng của hợp đồng")


@check(WITH_BODY, "oversize", "Nội dung quá lớn bị từ chối bằng 4xx, không treo", "một yêu cầu khổng lồ không được chiếm máy chủ")
async def oversize(stage: Stage) -> None:
    call = stage.tongue.post(b" " * OVERSIZE_BYTES)
    assert call is not None, "only dialects with a body"
    reply = await stage.send(call, f"nội dung {OVERSIZE_BYTES // 1024} KiB")
    if not 400 <= reply.status < 500:
        raise Failed(shown(reply), "HTTP 413 (hoặc 4xx)", "đặt giới hạn kích thước yêu cầu, ví dụ 256 KiB, và trả 413")


@check(DATA, "method", "Phương thức sai được trả 405 kèm Allow", "phần mềm gọi nhầm phải thấy ngay, không phải một trang lỗi")
async def method(stage: Stage) -> None:
    call = stage.tongue.call(about(stage.cast.plain))
    wrong = stage.tongue.wrong_method
    reply = await stage.send(Call(wrong, call.path, call.headers, b"" if wrong == "POST" else None), f"phương thức {wrong}")
    if reply.status != 405 or not reply.header("Allow"):
        raise Failed(
            f"HTTP {reply.status}, Allow “{reply.header('Allow')}”", f"HTTP 405 và Allow: {call.method}", "trả 405 với header Allow"
        )


@check(
    DATA,
    "content-type",
    "Content-Type đúng loại, bảng mã UTF-8",
    "thư viện chọn cách đọc theo header này; sai bảng mã là hỏng dấu tiếng Việt",
)
async def content_type(stage: Stage) -> None:
    reply = await stage.plain()
    media = stage.tongue.media
    given = reply.header("Content-Type")
    charset = given.lower().partition("charset=")[2].strip(" \"'").partition(";")[0]
    if reply.content_type not in media or charset not in ("", "utf-8"):
        raise Failed(
            f"Content-Type “{given}”", f"{media[0]}, nếu có charset thì là utf-8", f"đặt Content-Type: {media[0]}; charset=utf-8"
        )


@check(
    DATA, "keep-alive", "Hai câu hỏi trên một kết nối đều được trả lời", "phần mềm giữ kết nối; mở mới từng lần là chậm và cạn cổng"
)
async def keep_alive(stage: Stage) -> None:
    stage.said = "hai câu hỏi liền nhau trên một kết nối"
    first, second = stage.cast.plain, stage.cast.ordinary[-1]
    calls = [stage.tongue.call(about(person)) for person in (first, second)]
    one, two, reused = await stage.wire.send_on_one_connection(*calls)
    for reply, person in ((one, first), (two, second)):
        stage.require_found(reply, stage.tongue.read(reply), person, "đọc và trả đủ từng yêu cầu trên kết nối đang mở")
    if not reused:
        mend = "giữ kết nối (HTTP/1.1 keep-alive), ghi đúng Content-Length, không gửi Connection: close"
        raise Failed("máy chủ đóng kết nối sau câu đầu", "câu thứ hai đi trên cùng kết nối", mend)


@check(
    DATA,
    "headers",
    "Không có số định danh trong header trả lời",
    "header và địa chỉ nằm lại trong nhật ký của mọi proxy trên đường",
)
async def headers(stage: Stage) -> None:
    await stage.plain()
    for reply in stage.seen:
        for name, value in reply.headers:
            if any(number in value for number in stage.cast.numbers):
                raise Failed(f"header {name} có số định danh", "không header nào có số định danh", f"bỏ số định danh khỏi {name}")


@check(DATA, "time", "Trả lời nhanh hơn sức chờ của phần mềm", "phần mềm một cửa bỏ cuộc sau 6 đến 10 giây")
async def time(stage: Stage) -> None:
    await stage.plain()
    slowest, limit = max(stage.seconds), stage.wire.seconds / 2
    stage.said = f"{len(stage.seconds)} câu hỏi"
    if slowest > limit:
        mend = "xem hàng đợi, cơ sở dữ liệu và dịch vụ phía sau"
        raise Failed(f"câu chậm nhất {slowest:.1f} giây", f"dưới {limit:g} giây", mend)


async def _must_be_401(stage: Stage, key: Key) -> Reply:
    reply, told = await stage.ask(about(stage.cast.plain, f"câu hỏi với {key.value}"), key)
    if told.kind is Kind.CITIZEN:
        raise Failed("một công dân", "từ chối, HTTP 401", "kiểm tra thông tin xác thực trước khi tra cứu")
    if reply.status not in (401, 403):
        raise Failed(shown(reply), "HTTP 401", "trả 401 khi không xác thực được hệ thống gọi")
    return reply
