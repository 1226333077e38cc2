"""Checks of the token calls: the platforms with client credentials, and the one with a key in `Auth`."""

from __future__ import annotations

from datetime import datetime

from dancu.cli.conformance_kit.asking import Key, about
from dancu.cli.conformance_kit.checks import Failed, check, shown
from dancu.cli.conformance_kit.reading import Kind, member, read_json
from dancu.cli.conformance_kit.stage import Stage
from dancu.cli.conformance_kit.tongues import JsonPlatform, token_call
from dancu.cli.conformance_kit.wire import Call, Reply

WAYS = {
    "header": "header lgspaccesstoken (Hậu Giang, TP.HCM)",
    "form": "form và Basic (API Manager)",
    "json": "JSON có client_id, client_secret",
    "static": "form và khoá tĩnh Bearer",
}


def _token_way(way: str, words: str) -> None:
    @check("token", f"by-{way}", f"Xin token bằng {words}", "mỗi đời phần mềm của trục xin token một cách")
    async def run(stage: Stage) -> None:
        reply = await stage.send(token_call(stage.agreed, way), f"xin token bằng {words}")
        _must_be_token(reply)


for _way, _words in WAYS.items():
    _token_way(_way, _words)


@check("token", "wrong-secret", "Sai mã bí mật thì không có token", "token là chìa khoá của mọi câu hỏi sau đó")
async def wrong_secret(stage: Stage) -> None:
    for way, words in WAYS.items():
        reply = await stage.send(token_call(stage.agreed, way, Key.WRONG), f"xin token bằng {words}, sai mã bí mật")
        if member(read_json(reply.body), "access_token") or reply.status not in (400, 401):
            raise Failed(shown(reply), "HTTP 401, không có access_token", "kiểm tra mã bí mật trước khi cấp token")


@check(
    "token",
    "unknown-system",
    "Hệ thống lạ và sai mã bí mật: cùng một câu trả lời",
    "khác nhau là cho dò biết hệ thống nào đã đăng ký",
)
async def unknown_system(stage: Stage) -> None:
    for way, words in WAYS.items():
        unknown = await stage.send(token_call(stage.agreed, way, Key.UNKNOWN), f"xin token bằng {words}, hệ thống lạ")
        wrong = await stage.send(token_call(stage.agreed, way, Key.WRONG), f"xin token bằng {words}, hệ thống lạ rồi sai mã bí mật")
        if (unknown.status, unknown.body) != (wrong.status, wrong.body):
            came = f"hệ thống lạ: {shown(unknown)}; sai mã bí mật: {shown(wrong)}"
            raise Failed(came, "hai câu trả lời giống hệt", "trả một câu cho cả hai")


@check(
    "token", "grant-type", "grant_type khác client_credentials bị từ chối bằng 400", "RFC 6749 mục 5.2; phần mềm đọc member error"
)
async def grant_type(stage: Stage) -> None:
    for body in (b"grant_type=password&username=a&password=b", b""):
        reply = await stage.send(token_call(stage.agreed, "form", grant=body), "xin token với grant_type khác hoặc không có")
        if reply.status != 400 or not isinstance(member(read_json(reply.body), "error"), str):
            raise Failed(shown(reply), "HTTP 400 và JSON có error", "trả lỗi theo RFC 6749")


@check("token", "no-store", "Token không được lưu đệm", "RFC 6749 mục 5.1; token trong bộ nhớ đệm của proxy là chìa khoá bỏ quên")
async def no_store(stage: Stage) -> None:
    reply = await stage.send(token_call(stage.agreed, "form"), "xin token")
    if "no-store" not in reply.header("Cache-Control").lower():
        raise Failed(
            f"Cache-Control “{reply.header('Cache-Control')}”",
            "Cache-Control: no-store",
            "thêm header này vào câu trả lời có token",
        )


@check(
    "token", "malformed", "Nội dung hỏng được trả 400, không treo", "một phần mềm lỗi không được làm hỏng dịch vụ của người khác"
)
async def malformed(stage: Stage) -> None:
    for body in (b"{", b"[1]", b"\xff\xfe", b"a=1&" * 9000):
        reply = await stage.send(token_call(stage.agreed, "form", grant=body), "xin token với nội dung hỏng")
        if not 400 <= reply.status < 500 or reply.is_html:
            raise Failed(shown(reply), "HTTP 400 và JSON có error", "kiểm tra nội dung trước khi xử lý")


@check("token", "method", "GET ở địa chỉ token được trả 405 kèm Allow", "mã bí mật không được nằm trong địa chỉ")
async def method(stage: Stage) -> None:
    reply = await stage.send(Call("GET", stage.agreed.path("token")), "GET địa chỉ token")
    if reply.status != 405 or not reply.header("Allow"):
        raise Failed(f"HTTP {reply.status}, Allow “{reply.header('Allow')}”", "HTTP 405 và Allow: POST", "chỉ nhận POST")


@check("lgsp", "token-opens-soap", "Token của trục mở được dịch vụ SOAP", "phần mềm xin token một lần rồi hỏi nhiều câu")
async def token_opens_soap(stage: Stage) -> None:
    for person in stage.cast.ordinary[:2]:
        await stage.must_find(about(person), person, "nhận lại cùng một token trong thời hạn của nó")


@check(
    "lgsp",
    "other-system-s-token",
    "Token của mình kèm lgspaccesstoken sai thì bị từ chối",
    "hai thông tin xác thực phải của cùng một hệ thống",
)
async def other_token(stage: Stage) -> None:
    call = stage.tongue.call(about(stage.cast.plain))
    spoilt = {**call.headers, "lgspaccesstoken": token_call(stage.agreed, "header", Key.WRONG).headers["lgspaccesstoken"]}
    reply, found = await stage.ask_as(Call(call.method, call.path, spoilt, call.body), "token đúng, lgspaccesstoken sai mã bí mật")
    stage.require_refused(reply, found, "HTTP 401", "so hệ thống trong token với hệ thống trong lgspaccesstoken")
    if reply.status != 401:
        raise Failed(shown(reply), "HTTP 401", "so hệ thống trong token với hệ thống trong lgspaccesstoken")


@check(
    "json",
    "token-form",
    "Token của nền tảng JSON: token, refreshToken, expiryDate",
    "phần mềm Đồng Tháp đọc đúng ba member này và ngày giờ có mili giây, kết thúc bằng Z",
)
async def token_form(stage: Stage) -> None:
    assert isinstance(stage.tongue, JsonPlatform)
    reply = await stage.send(stage.tongue.token_call(), "xin token bằng header Auth")
    told = read_json(reply.body)
    values = [member(told, name) for name in ("token", "refreshToken", "expiryDate")]
    if reply.status != 200 or not all(isinstance(each, str) and each for each in values):
        raise Failed(shown(reply), "HTTP 200 và ba chuỗi token, refreshToken, expiryDate", "trả đủ ba member")
    if not _is_moment(str(values[2])):
        raise Failed(
            f"expiryDate dài {len(str(values[2]))} ký tự",
            "dạng yyyy-MM-dd'T'HH:mm:ss.SSS'Z'",
            "ghi ngày giờ UTC có ba chữ số mili giây",
        )


@check(
    "json",
    "token-wrong-secret",
    "Khoá Auth sai hoặc lạ thì không có token, hai trường hợp như nhau",
    "token là chìa khoá của mọi câu hỏi sau đó",
)
async def token_wrong_secret(stage: Stage) -> None:
    assert isinstance(stage.tongue, JsonPlatform)
    replies = [await stage.send(stage.tongue.token_call(key), f"xin token với {key.value}") for key in (Key.WRONG, Key.UNKNOWN)]
    if any(reply.status != 401 or member(read_json(reply.body), "token") for reply in replies):
        raise Failed(" và ".join(map(shown, replies)), "HTTP 401, không có token", "kiểm tra khoá Auth trước khi cấp token")
    if replies[0].body != replies[1].body:
        raise Failed("hai câu trả lời khác nhau", "hai câu trả lời giống hệt", "trả một câu cho cả hai")


@check("json", "error-form", "Lỗi của nền tảng JSON có error_code là chuỗi", "trình duyệt hiển thị thẳng nội dung này")
async def error_form(stage: Stage) -> None:
    reply, found = await stage.ask(about(stage.cast.plain, "câu hỏi không có token"), Key.NONE)
    if found.kind is not Kind.REFUSED or not isinstance(member(read_json(reply.body), "error_code"), str):
        raise Failed(shown(reply), "JSON có error_code là chuỗi", "báo lỗi bằng JSON, error_code trong ngoặc kép")


def _must_be_token(reply: Reply) -> None:
    told = read_json(reply.body)
    token, kind, seconds = (member(told, name) for name in ("access_token", "token_type", "expires_in"))
    wanted = "HTTP 200, JSON có access_token (chuỗi), token_type Bearer, expires_in (số giây)"
    good = (
        isinstance(token, str)
        and token
        and str(kind).lower() == "bearer"
        and isinstance(seconds, int)
        and not isinstance(seconds, bool)
    )
    if reply.status != 200 or not good:
        raise Failed(shown(reply), wanted, "cấp token theo RFC 6749 mục 5.1 cho cách xin này")
    if reply.content_type != "application/json":
        raise Failed(f"Content-Type “{reply.content_type}”", "application/json", "đặt Content-Type: application/json")


def _is_moment(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
    except ValueError:
        return False
    return len(text) == len("2026-11-24T00:00:00.000Z")
