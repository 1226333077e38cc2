"""Checks of our own contract (`/v1`): purpose and basis, idempotency, problem details, nothing personal in addresses."""

from __future__ import annotations

import asyncio
import unicodedata
from datetime import datetime
from secrets import token_hex
from typing import Any

from dancu.cli.conformance_kit.asking import Key, about
from dancu.cli.conformance_kit.checks import Failed, Skipped, check, shown
from dancu.cli.conformance_kit.people_checks import TOGETHER
from dancu.cli.conformance_kit.reading import member, read_json
from dancu.cli.conformance_kit.rest_tongue import DISCLOSE, VERIFY, Rest
from dancu.cli.conformance_kit.stage import Stage
from dancu.cli.conformance_kit.wire import Call, Reply

PROBLEM = "application/problem+json"
_MEMBERS = ("id", "outcome", "at", "fields", "life_status", "successor")


@check("rest", "openapi", "Tài liệu OpenAPI xem được", "người viết phần mềm và công cụ sinh mã bắt đầu từ đây")
async def openapi(stage: Stage) -> None:
    reply = await stage.send(Call("GET", stage.agreed.path("openapi")), "GET tài liệu OpenAPI")
    head = reply.body.lstrip()[:400]
    if reply.status != 200 or b"openapi" not in head or b"/v1/verifications" not in reply.body:
        raise Failed(shown(reply), "HTTP 200, OpenAPI có /v1/verifications", "phục vụ tài liệu ở /openapi.yaml")


@check("rest", "answer", "Câu trả lời có id, outcome, at, fields, life_status, successor", "id là mã bút toán phải giữ cùng hồ sơ")
async def answer(stage: Stage) -> None:
    told = read_json((await stage.plain()).body)
    missing = [name for name in _MEMBERS if name not in told]
    if missing:
        raise Failed(f"thiếu {', '.join(missing)}", f"đủ {', '.join(_MEMBERS)}", "trả đủ member, null khi không có")
    if not isinstance(told["id"], str) or not told["id"] or not _is_moment(told["at"]):
        raise Failed("id rỗng hoặc at không có múi giờ", "id là chuỗi; at là ISO 8601 có múi giờ", "ghi mã bút toán và thời điểm")
    # A hub in front of a service that does not tell says null: not known.
    if told["outcome"] not in ("match", "folded") or told["life_status"] not in ("alive", None):
        raise Failed(
            shown(await stage.plain()), "outcome match hoặc folded, life_status alive", "trả đúng kết quả của người còn sống"
        )


@check(
    "rest",
    "no-match-is-blank",
    "Không khớp thì outcome no_match và mọi member khác rỗng",
    "một member nói thêm là lộ thông tin của người thật",
)
async def no_match(stage: Stage) -> None:
    told = read_json((await stage.nobody()).body)
    talks = [name for name in ("life_status", "successor", "explanation", "facts") if member(told, name)]
    if member(told, "outcome") != "no_match" or talks or member(told, "fields"):
        raise Failed(
            f"có {', '.join(talks) or 'outcome khác'}", "outcome no_match, còn lại null", "không nói gì thêm khi chưa khớp"
        )


@check("rest", "disclosure", "Tra cứu trả facts của đúng người, họ tên dựng sẵn (NFC)", "hồ sơ được điền sẵn từ facts")
async def disclosure(stage: Stage) -> None:
    plain = stage.cast.plain
    reply = await stage.send(_rest(stage).send(DISCLOSE, _body(stage)), f"POST /v1/disclosures về {plain.hint}")
    facts = member(read_json(reply.body), "facts")
    name, number = member(facts, "full_name"), member(facts, "personal_id")
    if reply.status != 201 or not isinstance(facts, dict):
        raise Failed(shown(reply), "HTTP 201 và facts là đối tượng", "trả facts khi ba thông tin khớp")
    given = unicodedata.normalize("NFC", name) if isinstance(name, str) else ""
    if number not in (None, plain.number) or name not in (None, plain.name, plain.name.upper()):
        same = given.upper() == plain.name.upper()
        came = "full_name không dựng sẵn (NFD)" if same else "facts không đúng người đã hỏi"
        raise Failed(came, "họ tên như đã ghi, NFC, đúng người", "chuẩn hoá NFC; kiểm tra việc ghép câu trả lời")


@check("rest", "disclosure-of-nobody", "Tra cứu không khớp thì facts là null", "facts của người khác là lộ dữ liệu")
async def disclosure_of_nobody(stage: Stage) -> None:
    body = _rest(stage).body(about(stage.unknown))
    reply = await stage.send(_rest(stage).send(DISCLOSE, body), "POST /v1/disclosures về số không có")
    if reply.status != 201 or member(read_json(reply.body), "facts") is not None:
        raise Failed(shown(reply), "HTTP 201, facts null", "không trả facts khi chưa khớp")


@check("rest", "stated", "Mục nêu thêm được đối chiếu từng mục", "đối chiếu có hay không, không lấy dữ liệu")
async def stated(stage: Stage) -> None:
    plain = stage.cast.plain
    if plain.sex not in ("1", "2"):
        raise Skipped("Chưa kiểm được: người mẫu không có giới tính.")
    other = "2" if plain.sex == "1" else "1"
    for value, wanted in ((plain.sex, "exact"), (other, "differs")):
        reply = await stage.send(
            _rest(stage).send(VERIFY, _body(stage, stated={"sex": value})), f"đối chiếu kèm stated.sex={value}"
        )
        if member(member(read_json(reply.body), "fields"), "sex") != wanted:
            raise Failed(shown(reply), f"fields.sex là {wanted}", "so từng mục trong stated")


@check(
    "rest",
    "required",
    "Thiếu mục đích, căn cứ, thủ tục hoặc cán bộ thì 422 và nói thiếu mục nào",
    "mỗi lượt hỏi phải nêu lý do để ghi sổ và để công dân xem được",
)
async def required(stage: Stage) -> None:
    for name in ("purpose", "legal_basis", "procedure", "officer", "full_name", "birth_date"):
        reply = await stage.send(_rest(stage).send(VERIFY, _body(stage, **{name: None})), f"câu hỏi không có {name}")
        told = _problem(reply, 422)
        if name not in str(told):
            raise Failed(f"lỗi không nhắc tới {name}", f"field hoặc title nói thiếu {name}", "nói rõ mục nào thiếu")


@check(
    "rest",
    "other-purpose",
    "Mục đích ngoài phạm vi được duyệt thì 403",
    "mục đích là dữ liệu được đối chiếu với phạm vi, không phải chú thích",
)
async def other_purpose(stage: Stage) -> None:
    for name in ("purpose", "legal_basis"):
        reply = await stage.send(_rest(stage).send(VERIFY, _body(stage, **{name: "Tò mò"})), f"câu hỏi với {name} không được duyệt")
        _problem(reply, 403)


@check(
    "rest", "number-forms", "Số định danh sai dạng thì 422, không nhắc lại số", "lỗi hay nằm lại trong nhật ký; số trong đó là lộ"
)
async def number_forms(stage: Stage) -> None:
    short = stage.cast.plain.number[:-1]
    for value in (short, int(stage.cast.plain.number), ""):
        body = {**_body(stage), "personal_id": value}
        reply = await stage.send(_rest(stage).send(VERIFY, body), "câu hỏi với personal_id sai dạng")
        _problem(reply, 422)
        if short in reply.body.decode(errors="replace"):
            raise Failed("lỗi nhắc lại số đã gửi", "lỗi không có giá trị đã gửi", "chỉ nêu tên mục, không nêu giá trị")


@check(
    "rest",
    "unknown-member",
    "Member lạ thì 422, nói tên nếu là chữ, không nhắc lại số hay họ tên",
    "gõ sai tên member mà không hay là câu hỏi thiếu",
)
async def unknown_member(stage: Stage) -> None:
    reply = await stage.send(_rest(stage).send(VERIFY, _body(stage, fullname="x")), "câu hỏi có member lạ fullname")
    _problem(reply, 422)
    number = stage.cast.plain.number
    echoed = await stage.send(_rest(stage).send(VERIFY, _body(stage, **{number: "1"})), "câu hỏi có số định danh ở chỗ tên member")
    _problem(echoed, 422)
    if number in echoed.body.decode(errors="replace"):
        raise Failed(
            "lỗi nhắc lại số định danh", "lỗi không có số định danh", "không chép tên member lạ vào lỗi khi đó không phải chữ"
        )


@check(
    "rest", "problems", "Lỗi theo RFC 9457: application/problem+json, type, status, title", "phần mềm đọc type để biết phải làm gì"
)
async def problems(stage: Stage) -> None:
    rest = _rest(stage)
    for call, status, words in (
        (rest.post(b"{"), 422, "JSON bị cắt"),
        (Call("GET", f"{stage.agreed.path('rest')}/khong-co"), 404, "địa chỉ không có"),
        (rest.send(VERIFY, _body(stage), Key.WRONG), 401, "sai mã bí mật"),
    ):
        told = _problem(await stage.send(call, words), status)
        if not str(told.get("title_en") or told.get("title")):
            raise Failed("title rỗng", "title nói lỗi gì", "viết một câu cho người đọc")


@check(
    "rest", "www-authenticate", "401 kèm WWW-Authenticate", "RFC 9110 mục 15.5.2; thư viện HTTP dựa vào đó để gửi lại với mật khẩu"
)
async def www_authenticate(stage: Stage) -> None:
    reply = await stage.send(_rest(stage).send(VERIFY, _body(stage), Key.NONE), "câu hỏi không có Authorization")
    if reply.status != 401 or not reply.header("WWW-Authenticate"):
        raise Failed(
            f"HTTP {reply.status}, WWW-Authenticate rỗng", "HTTP 401 kèm WWW-Authenticate: Basic", "thêm header này vào mọi câu 401"
        )


@check(
    "rest",
    "idempotency",
    "Gửi lại cùng Idempotency-Key nhận đúng câu trả lời cũ",
    "mất mạng giữa chừng, phần mềm gửi lại; hai bút toán cho một lần xem là sai",
)
async def idempotency(stage: Stage) -> None:
    key, body = f"kit-{token_hex(8)}", _body(stage)
    first, again = [
        await stage.send(_rest(stage).send(VERIFY, body, Idempotency_Key=key), "cùng một câu hỏi hai lần với một Idempotency-Key")
        for _ in range(2)
    ]
    if first.status != 201 or (first.status, first.body) != (again.status, again.body):
        same = member(read_json(first.body), "id") == member(read_json(again.body), "id")
        came = f"lần sau HTTP {again.status}, id {'giống' if same else 'khác lần đầu'}"
        raise Failed(came, "lần sau giống hệt lần đầu, cùng id", "lưu câu trả lời theo khoá và trả lại nguyên văn")


@check(
    "rest",
    "idempotency-together",
    "Nhiều lượt cùng lúc với một Idempotency-Key là một lượt",
    "phần mềm gửi lại khi lượt đầu còn chưa xong",
)
async def idempotency_together(stage: Stage) -> None:
    key, body, words = f"kit-{token_hex(8)}", _body(stage), f"{TOGETHER} câu hỏi giống hệt cùng lúc với một Idempotency-Key"
    call = _rest(stage).send(VERIFY, body, Idempotency_Key=key)
    replies = await asyncio.gather(*(stage.send(call, words) for _ in range(TOGETHER)))
    if len({(each.status, each.body) for each in replies}) > 1 or replies[0].status != 201:
        came = f"{len({each.body for each in replies})} câu trả lời khác nhau, HTTP {sorted({each.status for each in replies})}"
        raise Failed(came, "một câu trả lời, một id", "giữ khoá trước khi xử lý; lượt đến sau chờ và nhận cùng câu trả lời")


@check(
    "rest",
    "idempotency-conflict",
    "Idempotency-Key đã dùng cho nội dung khác thì 409",
    "trả câu trả lời cũ cho câu hỏi mới là trả nhầm người",
)
async def idempotency_conflict(stage: Stage) -> None:
    key, other = f"kit-{token_hex(8)}", stage.cast.ordinary[-1]
    await stage.send(_rest(stage).send(VERIFY, _body(stage), Idempotency_Key=key), "câu hỏi đầu tiên với một Idempotency-Key")
    body = _rest(stage).body(about(other))
    reply = await stage.send(_rest(stage).send(VERIFY, body, Idempotency_Key=key), "một câu hỏi khác với Idempotency-Key đã dùng")
    _problem(reply, 409)


@check(
    "rest",
    "number-not-in-address",
    "Địa chỉ trả lời (Location, Content-Location, Link) không có số định danh",
    "địa chỉ nằm lại trong nhật ký và lịch sử",
)
async def number_not_in_address(stage: Stage) -> None:
    await stage.plain()
    replies = [*stage.seen, await stage.send(_rest(stage).send(DISCLOSE, _body(stage)), "POST /v1/disclosures")]
    for reply in replies:
        for name in ("Location", "Content-Location", "Link"):
            if any(number in reply.header(name) for number in stage.cast.numbers):
                raise Failed(f"{name} có số định danh", "địa chỉ chỉ có mã bút toán", f"bỏ số định danh khỏi {name}")


def _rest(stage: Stage) -> Rest:
    assert isinstance(stage.tongue, Rest)
    return stage.tongue


def _body(stage: Stage, **changes: Any) -> dict[str, Any]:
    return _rest(stage).body(about(stage.cast.plain), **changes)


def _problem(reply: Reply, status: int) -> dict[str, Any]:
    """The problem details of an error. Raises `Failed` for anything else."""
    told = read_json(reply.body)
    wanted = f"HTTP {status}, {PROBLEM} có type, title, status {status}"
    if reply.status != status:
        raise Failed(shown(reply), wanted, f"trả {status} cho trường hợp này")
    if reply.content_type != PROBLEM or not isinstance(told, dict):
        raise Failed(shown(reply), wanted, f"báo lỗi bằng {PROBLEM}")
    if not isinstance(told.get("type"), str) or not isinstance(told.get("title"), str) or told.get("status") != status:
        raise Failed(shown(reply), wanted, "ghi đủ type, title, status (số, bằng mã HTTP)")
    return told


def _is_moment(text: object) -> bool:
    try:
        return isinstance(text, str) and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
