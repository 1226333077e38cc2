"""What is looked at in the calls of a candidate client, and where all such checks stand: address and credentials. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dancu.cli.conformance_kit.agreed import Agreed
from dancu.cli.conformance_kit.checks import Failed, Skipped
from dancu.cli.conformance_kit.hearing import Heard
from dancu.cli.conformance_kit.national import digest_of
from dancu.cli.conformance_kit.scenario import Manner, Pace, Step, step_for


@dataclass(frozen=True, slots=True)
class Run:
    """All that a candidate sent, and what was agreed with it."""

    heard: Sequence[Heard]
    agreed: Agreed
    steps: Sequence[Step]
    pace: Pace

    @property
    def readable(self) -> list[Heard]:
        """Calls whose envelope could be read; others fail the checks of XML."""
        return [each for each in self.heard if each.request.operation]

    def of(self, manner: Manner) -> tuple[Step, list[Heard]]:
        """The first step of that manner with its calls. Raises `Skipped` while there are none."""
        step = next((each for each in self.steps if each.manner is manner), None)
        if step is None:
            raise Skipped("Không có người mẫu cho bước này.")
        calls = [each for each in self.readable if step_for(self.steps, each.number) is step]
        if not calls:
            raise Skipped(f"Chưa tra cứu người mẫu {step.persona.hint} của bước này.")
        return step, calls


class ClientCheck(NamedTuple):
    id: str
    title: str
    why: str
    judge: Callable[[Run], str]  # a remark for the integrator, or nothing; raises `Failed`, `Skipped`


CLIENT_CHECKS: list[ClientCheck] = []


def client_check(name: str, title: str, why: str) -> Callable[[Callable[[Run], str]], Callable[[Run], str]]:
    def added(judge: Callable[[Run], str]) -> Callable[[Run], str]:
        CLIENT_CHECKS.append(ClientCheck(f"client.{name}", title, why, judge))
        return judge

    return added


def each_of(calls: Sequence[Heard]) -> Sequence[Heard]:
    """The calls. Raises `Skipped` when there are none."""
    if not calls:
        raise Skipped("Chưa nhận được yêu cầu nào đọc được.")
    return calls


def where(call: Heard) -> str:
    """Which call it was, for the sentence. Not its address: that may hold what must not be in an address."""
    return f"yêu cầu thứ {call.order}"


# -- the call -------------------------------------------------------------------------------------------------------


@client_check("method", "Gọi bằng POST", "dịch vụ SOAP chỉ nhận POST")
def _method(run: Run) -> str:
    for call in each_of(run.heard):
        if call.method != "POST":
            raise Failed(f"phương thức {call.method}", "POST", "gửi phong bì SOAP bằng POST", where(call))
    return ""


@client_check("content-type", "Content-Type là application/xml hoặc text/xml, UTF-8", "dịch vụ chọn cách đọc theo header này")
def _content_type(run: Run) -> str:
    for call in each_of(run.heard):
        kind, _, rest = call.header("Content-Type").lower().partition(";")
        charset = rest.partition("charset=")[2].strip(" \"'")
        if kind.strip() not in ("application/xml", "text/xml") or charset not in ("", "utf-8"):
            given = call.header("Content-Type") or "không có"
            raise Failed(
                f"Content-Type: {given}",
                "application/xml (hoặc text/xml), charset utf-8 nếu ghi",
                "đặt lại header Content-Type",
                where(call),
            )
    return ""


@client_check("address", "Địa chỉ gọi không có số định danh", "địa chỉ nằm lại trong nhật ký của mọi máy trên đường")
def _address(run: Run) -> str:
    numbers = {n for step in run.steps for n in (step.persona.number, step.persona.old_number) if n}
    for call in each_of(run.heard):
        if any(number in call.target for number in numbers):
            raise Failed("địa chỉ có số định danh", "số định danh chỉ nằm trong nội dung", "đưa số vào phong bì SOAP", where(call))
    return ""


# -- credentials ----------------------------------------------------------------------------------------------------


@client_check("authorization", "Authorization: Basic của user và hash hex chữ thường", "dịch vụ tính lại hash từ đúng hai phần này")
def _authorization(run: Run) -> str:
    for call in each_of(run.heard):
        if call.credentials is None:
            raise Failed(
                "không có Authorization: Basic đọc được",
                "Basic + base64(user:hash)",
                "thêm header Authorization theo hợp đồng",
                where(call),
            )
        digest = call.credentials[1]
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            seen = (
                "hash viết chữ hoa" if re.fullmatch(r"[0-9a-fA-F]{64}", digest) else f"{len(digest)} ký tự, không phải SHA-256 hex"
            )
            raise Failed(seen, "64 ký tự hex chữ thường của SHA-256", "ghi hash bằng hex chữ thường, không base64", where(call))
    return ""


@client_check("user", "Đúng mã hệ thống đã cấp", "mã lạ bị từ chối như sai mật khẩu")
def _user(run: Run) -> str:
    for call in each_of([each for each in run.heard if each.credentials]):
        assert call.credentials
        if call.credentials[0] != run.agreed.client_id:
            raise Failed("một mã hệ thống khác", f"mã hệ thống {run.agreed.client_id}", "xem lại cấu hình user", where(call))
    return ""


@client_check(
    "timestamp", "Timestamp 13 số (mili giây) hoặc 10 số (giây), đúng giờ", "dịch vụ từ chối yêu cầu lệch giờ để chống phát lại"
)
def _timestamp(run: Run) -> str:
    for call in each_of(run.heard):
        stamp = call.header("Timestamp").strip()
        if not re.fullmatch(r"\d{10}|\d{13}", stamp, re.ASCII):
            raise Failed(
                f"Timestamp {len(stamp)} ký tự" if stamp else "không có Timestamp",
                "10 hoặc 13 chữ số",
                "gửi số giây hoặc mili giây từ 1970",
                where(call),
            )
        skew = call.clock - int(stamp) / (1000 if len(stamp) == 13 else 1)
        if abs(skew) > run.pace.skew_seconds:
            raise Failed(
                f"Timestamp lệch {abs(skew):.0f} giây",
                f"lệch không quá {run.pace.skew_seconds:g} giây",
                "đồng bộ giờ (NTP), lấy giờ lúc gửi, không lấy giờ địa phương",
                where(call),
            )
    return ""


@client_check("hash", "Hash đúng: serviceUrl + user + Timestamp + mã bí mật", "hash sai ở bất cứ phần nào cũng bị từ chối")
def _hash(run: Run) -> str:
    for call in each_of([each for each in run.heard if each.credentials]):
        assert call.credentials
        user, given = call.credentials
        stamp, secret = call.header("Timestamp").strip(), run.agreed.secret
        urls = service_urls(call, run.agreed)
        if given.lower() not in {digest_of(url, user, stamp, secret) for url in urls}:
            wanted = f"SHA-256 của serviceUrl ({' hoặc '.join(urls[:3])}), user, Timestamp, mã bí mật nối liền, UTF-8"
            raise Failed(
                _mistake(given.lower(), urls, user, stamp, secret),
                wanted,
                "tính lại theo đúng thứ tự, không dấu ngăn cách",
                where(call),
            )
    return ""


@client_check("timestamp-moves", "Mỗi câu hỏi mới có Timestamp mới", "Timestamp cố định là yêu cầu cũ dùng lại được mãi")
def _timestamp_moves(run: Run) -> str:
    first: dict[str, Heard] = {}
    for call in each_of(run.heard):
        earlier = first.setdefault(call.header("Timestamp"), call)
        if call.at - earlier.at > 2 and call.number != earlier.number:
            raise Failed(
                "Timestamp của một câu hỏi trước",
                "giờ lúc gửi",
                "lấy giờ cho từng yêu cầu, không tính một lần lúc khởi động",
                where(call),
            )
    return ""


@client_check("secret", "Mã bí mật không đi trên đường truyền", "ai thấy mã là hỏi được thay hệ thống")
def _secret(run: Run) -> str:
    secret = run.agreed.secret
    for call in each_of(run.heard):
        shown = [call.target, *(value for _, value in call.headers), *(call.credentials or ())]
        if any(secret in text for text in shown) or secret.encode() in call.body:
            raise Failed(
                "mã bí mật nguyên văn",
                "chỉ có hash của nó",
                "gửi hash thay cho mã, rồi xin đổi mã mới vì mã này đã lộ",
                where(call),
            )
    return ""


def service_urls(call: Heard, agreed: Agreed) -> list[str]:
    """What a client may have hashed as its service: what was agreed, or the address it called in its usual spellings."""
    path = call.target.partition("?")[0]
    spelled = [path, f"http://{call.host}{path}", f"https://{call.host}{path}", call.target, f"http://{call.host}{call.target}"]
    return list(dict.fromkeys(filter(None, [agreed.service_url, *spelled])))


def _mistake(given: str, urls: Sequence[str], user: str, stamp: str, secret: str) -> str:
    """The one thing that is wrong, where a likely mistake gives the very hash."""
    other = stamp[:10] if len(stamp) == 13 else f"{stamp}000"
    for url in urls:
        texts = {
            "hash thiếu serviceUrl": f"{user}{stamp}{secret}",
            "hash thiếu Timestamp": f"{url}{user}{secret}",
            "hash thiếu user": f"{url}{stamp}{secret}",
            "hash dùng Timestamp khác đơn vị (giây, mili giây)": f"{url}{user}{other}{secret}",
            "mã bí mật thừa xuống dòng": f"{url}{user}{stamp}{secret}\n",
            "hash sai thứ tự: mã bí mật đứng trước": f"{secret}{url}{user}{stamp}",
            "hash có dấu ngăn cách “|”": "|".join((url, user, stamp, secret)),
        }
        for sentence, text in texts.items():
            if hashlib.sha256(text.encode()).hexdigest() == given:
                return sentence
    return "hash không khớp"
