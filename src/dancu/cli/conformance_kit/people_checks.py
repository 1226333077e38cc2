"""Checks about persons, the same in every dialect: who is found, who is not, and what is told of the dead and the replaced."""

from __future__ import annotations

import asyncio
import json
import unicodedata
from dataclasses import replace

from dancu.cli.conformance_kit.asking import about
from dancu.cli.conformance_kit.checks import Failed, Skipped, check, outline, shown
from dancu.cli.conformance_kit.persons import Persona
from dancu.cli.conformance_kit.reading import Kind, read_json
from dancu.cli.conformance_kit.stage import LIMIT_HINT, Stage
from dancu.cli.conformance_kit.wire import Reply

DATA = ("soap", "lgsp", "json", "adapter", "opencps", "sharepoint", "warehouse", "rest")
TOGETHER = 6
_OWN = ("id", "at", "reference")  # differ in every answer of our own contract


@check(DATA, "found", "Ba thông tin khớp thì có công dân", "đây là câu hỏi thường ngày của mọi phần mềm")
async def found(stage: Stage) -> None:
    plain = stage.cast.plain
    await stage.must_find(
        about(plain), plain, "kiểm tra hash, mã hệ thống, MaTichHop, MaDVC, MaCanBo đã cấp, và người mẫu đã nạp vào hệ thống thử"
    )


@check(
    DATA,
    "not-found",
    "Không tìm thấy là câu trả lời bình thường, không phải lỗi",
    "phần mềm báo “lỗi hệ thống” với mọi mã HTTP khác 2xx",
)
async def not_found(stage: Stage) -> None:
    reply = await stage.nobody()
    told = stage.tongue.read(reply)
    wanted = f"HTTP {stage.tongue.ok}, đúng dạng của hợp đồng, không có công dân"
    if told.kind is Kind.CITIZEN:
        raise Failed("một công dân", wanted, "chỉ trả người khớp cả số, họ tên và ngày sinh")
    if reply.status != stage.tongue.ok or told.kind is not Kind.NOBODY:
        raise Failed(shown(reply), wanted, f"trả HTTP {stage.tongue.ok} với tập kết quả rỗng khi không tìm thấy")


@check(
    DATA,
    "uniform",
    "Không có người, sai họ tên, sai ngày sinh: cùng một câu trả lời",
    "khác nhau dù một byte là cho dò biết số nào có thật",
)
async def uniform(stage: Stage) -> None:
    person = stage.for_misses()
    nobody = await stage.nobody()
    wrong_name = about(replace(person, name="Lê Khác Hẳn"), f"tra cứu {person.hint} với họ tên sai")
    wrong_date = about(replace(person, born=_other_day(person.born)), f"tra cứu {person.hint} với ngày sinh sai")
    for asked in (wrong_name, wrong_date):
        reply, _ = await stage.ask(asked)
        if difference := _difference(nobody, reply):
            raise Failed(
                difference,
                "đúng câu trả lời như khi không có người ấy",
                f"trả cùng một nội dung, từng byte. {LIMIT_HINT.rstrip('.')}",
            )


@check(DATA, "name-without-marks", "Họ tên viết hoa, không dấu, không cách: vẫn khớp", "ba phần mềm đang chạy gửi TRANVANTHU")
async def name_without_marks(stage: Stage) -> None:
    if stage.absent:
        stage.said = f"tra cứu {len(stage.absent)} người mẫu bằng họ tên không dấu"
        came = f"không tìm thấy {', '.join(each.hint for each in stage.absent)}"
        mend = f"nạp đủ người mẫu; bỏ dấu và mọi ký tự không phải chữ số, chữ cái rồi mới so họ tên. {LIMIT_HINT.rstrip('.')}"
        raise Failed(came, "tìm thấy mọi người mẫu", mend)
    for persona in stage.cast.ordinary[:8]:
        asked = about(persona, f"tra cứu {persona.hint}, họ tên viết hoa không dấu")
        await stage.must_find(asked, persona, "bỏ dấu, đổi đ thành d, bỏ mọi ký tự không phải chữ số, chữ cái rồi mới so họ tên")


@check(
    DATA,
    "name-with-marks",
    "Họ tên có dấu, chữ hoa hay thường, dựng sẵn hay tách rời: vẫn khớp",
    "phần mềm khác gửi tên có dấu, có máy gửi dạng NFD",
)
async def name_with_marks(stage: Stage) -> None:
    plain = stage.cast.plain
    forms = {
        "có dấu, chữ thường": plain.name.lower(),
        "có dấu, chữ hoa": plain.name.upper(),
        "chỉ viết hoa chữ không dấu": "".join(c.upper() if c.isascii() else c for c in plain.name),
        "dấu tách rời (NFD)": unicodedata.normalize("NFD", plain.name),
    }
    for words, name in forms.items():
        await stage.must_find(
            about(plain).but(f"họ tên {words}", name=name), plain, "chuẩn hoá Unicode (NFC hoặc NFD) trước khi so họ tên"
        )


@check(
    DATA,
    "year-only",
    "Người chỉ biết năm sinh: hỏi theo năm và tìm thấy",
    "nhiều người cao tuổi chỉ có năm sinh; gán ngày 01/01 là sai",
)
async def year_only(stage: Stage) -> None:
    person = _needed(stage.cast.year_only, "chỉ có năm sinh")
    asked = about(person, f"tra cứu {person.hint} với năm sinh {person.born}")
    await stage.must_find(asked, person, "nhận năm sinh khi không có ngày, tháng")


@check(
    tuple(each for each in DATA if each != "opencps"),
    "old-number",
    "Tìm bằng số CMND 9 số",
    "nhiều phần mềm chỉ có số CMND cũ trong hồ sơ giấy",
)
async def old_number(stage: Stage) -> None:
    plain = stage.cast.plain
    if not plain.old_number:
        raise Skipped("Chưa kiểm được: người mẫu thường không có số CMND cũ.")
    asked = replace(about(plain, f"tra cứu {plain.hint} bằng số CMND"), number="", old_number=plain.old_number)
    await stage.must_find(asked, plain, "nhận SoCMND khi không có SoDinhDanh")


@check(DATA, "dead", "Người đã mất: nói rõ trong câu trả lời", "cán bộ phải dừng thủ tục của người đã mất")
async def dead(stage: Stage) -> None:
    await _told_apart(stage, _needed(stage.cast.dead, "đã mất"), "đã mất")


@check(DATA, "missing", "Người mất tích: nói rõ trong câu trả lời", "mất tích không phải còn sống, cũng không phải đã mất")
async def missing(stage: Stage) -> None:
    await _told_apart(stage, _needed(stage.cast.missing, "mất tích"), "mất tích")


@check(
    DATA, "replaced", "Số định danh đã thay: không trả dữ liệu theo số cũ, nói là đã thay", "dữ liệu dưới số cũ dẫn tới hồ sơ trùng"
)
async def replaced(stage: Stage) -> None:
    person = _needed(stage.cast.replaced, "có số đã thay")
    reply, told = await stage.ask(about(person, f"tra cứu số đã thay {person.hint}"))
    if stage.tongue.name == "rest":
        if told.kind is not Kind.CITIZEN or person.successor not in told.note:
            raise Failed(shown(reply), "outcome khớp và successor là số mới", "ghi số mới vào successor")
        return
    if told.kind is Kind.CITIZEN and told.number in ("", person.number) and stage.tongue.name == "warehouse":
        raise Failed("RESULT 1", "RESULT 0 cho số không còn hiệu lực", "xem số đã thay là không khớp")
    if told.kind is not Kind.NOBODY or reply.status != stage.tongue.ok:
        raise Failed(
            shown(reply), f"HTTP {stage.tongue.ok}, không có công dân, GhiChu nói số đã thay", "không trả dữ liệu theo số cũ"
        )
    if stage.tongue.name != "warehouse" and not told.note:
        raise Failed(
            "câu trả lời rỗng như khi không có người ấy",
            "GhiChu nói số đã thay",
            "ghi mã vào thuộc tính GhiChu của CongdanCollection",
        )


@check(
    DATA,
    "repeat",
    "Câu hỏi gửi lại được trả lời lại",
    "MaYeuCau trong thực tế không duy nhất: có phần mềm gửi một hằng số, có phần mềm chỉ đổi theo giây",
)
async def repeat(stage: Stage) -> None:
    plain, other = stage.cast.plain, stage.cast.ordinary[-1]
    asked = replace(about(plain, f"tra cứu {plain.hint} hai lần với cùng mã yêu cầu"), request_id="LAPLAI")
    await stage.must_find(asked, plain, "nhận yêu cầu đầu tiên")
    mend = "không từ chối MaYeuCau lặp lại; chống phát lại bằng Timestamp và hash"
    await stage.must_find(asked, plain, mend)
    again = replace(about(other, f"tra cứu {other.hint} với mã yêu cầu đã dùng cho người khác"), request_id="LAPLAI")
    await stage.must_find(again, other, f"{mend}; không lấy câu trả lời đã lưu của mã yêu cầu ấy")


@check(
    DATA,
    "together",
    "Nhiều câu hỏi cùng lúc, mỗi câu đúng người của mình",
    "một cửa của tỉnh hỏi song song; ghép nhầm là lộ dữ liệu",
)
async def together(stage: Stage) -> None:
    people = [stage.cast.ordinary[at % len(stage.cast.ordinary)] for at in range(TOGETHER)]
    stage.said = f"{TOGETHER} câu hỏi cùng lúc"
    answers = await asyncio.gather(*(stage.ask(about(person, stage.said)) for person in people))
    for person, (reply, told) in zip(people, answers, strict=True):
        stage.require_found(reply, told, person, "giữ riêng dữ liệu của từng yêu cầu; kiểm tra hàng đợi và bộ nhớ đệm")


def _needed(person: Persona | None, words: str) -> Persona:
    if person is None:
        raise Skipped(f"Chưa kiểm được: không có người mẫu {words}.")
    return person


def _other_day(born: str) -> str:
    return born[:6] + ("17" if born[6:] != "17" else "18")


async def _told_apart(stage: Stage, person: Persona, words: str) -> None:
    _, told = await stage.must_find(
        about(person, f"tra cứu người mẫu {words} {person.hint}"), person, f"vẫn trả lời về người {words} khi ba thông tin khớp"
    )
    if stage.tongue.name != "warehouse" and not told.note:  # which says 1 or 0 and nothing else
        where = "life_status" if stage.tongue.name == "rest" else "thuộc tính GhiChu của CongdanCollection"
        raise Failed("như một người đang sống", f"{where} nói người này {words}", f"ghi vào {where}")


def _difference(nobody: Reply, reply: Reply) -> str:
    """In what two answers differ that must not; empty when in nothing."""
    if nobody.status != reply.status:
        return f"HTTP {reply.status}, còn khi không có người ấy là HTTP {nobody.status}"
    if nobody.content_type != reply.content_type:
        return f"Content-Type {reply.content_type}, còn khi không có người ấy là {nobody.content_type}"
    if _comparable(nobody.body) == _comparable(reply.body):
        return ""
    given, usual = (f"{outline(each.body)} ({len(each.body)} byte)" for each in (reply, nobody))
    return f"{given}, còn khi không có người ấy là {usual}"


def _comparable(body: bytes) -> bytes:
    """The bytes; of our own contract without what is new in every answer, whose length must be the same."""
    told = read_json(body)
    if not isinstance(told, dict) or not set(_OWN) & set(told):
        return body
    same = {name: len(str(value)) if name in _OWN else value for name, value in told.items()}
    return json.dumps(same, ensure_ascii=False).encode()
