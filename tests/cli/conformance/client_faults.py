"""What may be wrong with a program that asks: each entry overrides one habit, and names the check and the word that must tell it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import aiohttp

from dancu.cli.conformance_kit.scenario import Pace
from tests.cli.conformance.field_program import Program

# The same scenario as for people, in a hundredth of the time; only the wait that a header states keeps its unit.
QUICK = Pace(
    slow_seconds=0.3, retry_after_seconds=0, gap_seconds=0.03, quiet_seconds=1.0, patience_seconds=0.4, settle_seconds=0.05
)


@dataclass(frozen=True)
class Planted:
    """One habit of a program that a service does not bear, the check that has to fail, and what its sentence has to say."""

    name: str
    check: str
    word: str
    habits: dict[str, Callable[..., Any]]
    pace: Pace = QUICK
    sets: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return self.name

    def program(self) -> type[Program]:
        return type("Faulty", (Program,), {**self.habits, "__init__": self._init})

    @property
    def _init(self) -> Callable[..., None]:
        def made(program: Program, *given: str) -> None:
            Program.__init__(program, *given)
            for name, value in self.sets:
                setattr(program, name, value)

        return made


def hashed(text: Callable[[Program, str], str]) -> dict[str, Callable[..., Any]]:
    return {"digest": lambda self, stamp: hashlib.sha256(text(self, stamp).encode()).hexdigest()}


def with_header(name: str, value: str) -> dict[str, Callable[..., Any]]:
    return {"headers": lambda self: {**Program.headers(self), name: value}}


def with_fields(change: Callable[[dict[str, str]], dict[str, str]]) -> dict[str, Callable[..., Any]]:
    return {"fields": lambda self, *keys: change(Program.fields(self, *keys))}


def in_envelope(old: str, new: str) -> dict[str, Callable[..., Any]]:
    return {"envelope": lambda self, inner: Program.envelope(self, inner).replace(old, new)}


def without(name: str) -> dict[str, Callable[..., Any]]:
    return with_fields(lambda fields: {key: value for key, value in fields.items() if key != name})


async def _twice_at_once(self: Program, session: aiohttp.ClientSession, body: bytes, number: str) -> tuple[int, str, str]:
    """Sends a copy while it waits."""
    answers = await asyncio.gather(Program.send(self, session, body, number), _later(self, session, body, number))
    return answers[0]


async def _later(self: Program, session: aiohttp.ClientSession, body: bytes, number: str) -> tuple[int, str, str]:
    await asyncio.sleep(0.1)
    return await Program.send(self, session, body, number)


async def _by_get(self: Program, session: aiohttp.ClientSession, body: bytes, number: str) -> tuple[int, str, str]:
    async with session.get(self.url(number), data=body, headers=self.headers()) as response:
        return response.status, "", await response.text()


def _old_stamp(_: Program) -> str:
    return str(int(time.time() - 3600))


def _plain_pair(self: Program) -> dict[str, str]:
    pair = base64.b64encode(f"{self.client}:{self.secret}".encode()).decode()
    return {**Program.headers(self), "Authorization": f"Basic {pair}"}


NATIONAL, ENVELOPE = "http://dancuquocgia.bca", "http://schemas.xmlsoap.org/soap/envelope/"
CLIENT_FAULTS = (
    Planted("by GET", "client.method", "GET", {"send": _by_get}),
    Planted("as JSON", "client.content-type", "application/json", with_header("Content-Type", "application/json")),
    Planted("in a Latin charset", "client.content-type", "iso-8859-1", with_header("Content-Type", "text/xml; charset=iso-8859-1")),
    Planted("the number in the address", "client.address", "địa chỉ", {"url": lambda self, number: f"{self.root}{self.path}?so={number}"}),
    Planted("no credentials", "client.authorization", "Basic", with_header("Authorization", "")),
    Planted("the hash in capitals", "client.authorization", "chữ hoa", {"digest": lambda self, stamp: Program.digest(self, stamp).upper()}),
    Planted("another user", "client.user", "mã hệ thống", {}, sets=(("client", "he-thong-khac"),)),
    Planted("no stamp", "client.timestamp", "Timestamp", with_header("Timestamp", "")),
    Planted("a clock an hour late", "client.timestamp", "Timestamp lệch 36", {"stamp": _old_stamp}),
    Planted("the hash without the address", "client.hash", "thiếu serviceUrl", hashed(lambda self, stamp: f"{self.client}{stamp}{self.secret}")),
    Planted("the secret first in the hash", "client.hash", "thứ tự", hashed(lambda self, stamp: f"{self.secret}{self.path}{self.client}{stamp}")),
    Planted("a line break after the secret", "client.hash", "xuống dòng", hashed(lambda self, stamp: f"{self.path}{self.client}{stamp}{self.secret}\n")),
    Planted("the secret in place of its hash", "client.secret", "nguyên văn", {"headers": _plain_pair}),
    Planted("a document type", "client.xml", "DOCTYPE", in_envelope("<soapenv:Envelope", "<!DOCTYPE a []><soapenv:Envelope")),
    Planted("broken XML", "client.xml", "XML", in_envelope("</soapenv:Body>", "")),
    Planted("SOAP 1.2", "client.envelope", "SOAP 1.1", in_envelope(ENVELOPE, "http://www.w3.org/2003/05/soap-envelope")),
    Planted("another namespace", "client.namespace", "dancuquocgia", in_envelope(NATIONAL, "http://tempuri.org/")),
    Planted("an operation nobody has", "client.operation", "TraCuuCongDan", in_envelope("TraCuuThongTinCongDan", "TraCuuCongDan")),
    Planted("no officer", "client.elements", "MaCanBo", without("MaCanBo")),
    Planted("no birth date", "client.elements", "NgayThangNamSinh", without("NgayThangNamSinh")),
    Planted("another procedure", "client.codes", "MaDVC", with_fields(lambda fields: {**fields, "MaDVC": "9.999999"})),
    Planted("another officer", "client.codes", "MaCanBo", {}, sets=(("officer", "nguoi-la"),)),
    Planted("the number as a number", "client.number", "11 ký tự", with_fields(lambda fields: {**fields, "SoDinhDanh": fields["SoDinhDanh"].lstrip("0")})),
    Planted("a name in question marks", "client.name", "vỡ chữ", {"name": lambda self, name: name.encode("ascii", "replace").decode()}),
    Planted("a name escaped twice", "client.name", "vỡ chữ", {"name": lambda self, name: name.encode("ascii", "xmlcharrefreplace").decode()}),
    Planted("half of the name", "client.name", "người mẫu", {"name": lambda self, name: name.split()[-1] + " X"}),
    Planted("day and month turned", "client.birth", "người mẫu", {"birth": lambda self, born: f"<dan:NgayThangNam>{born[:4]}{born[6:]}{born[4:6]}</dan:NgayThangNam>"}),
    Planted("a date with slashes", "client.birth", "99/99/9999", {"birth": lambda self, born: f"<dan:NgayThangNam>{born[6:]}/{born[4:6]}/{born[:4]}</dan:NgayThangNam>"}),
    Planted("gives up on 503", "client.busy", "không gửi lại", {}, sets=(("attempts", 1),)),
    Planted("does not wait as told", "client.busy", "Retry-After", {"wait": lambda self, retry_after, attempt: 0.0}, pace=replace(QUICK, retry_after_seconds=1)),
    Planted("another id for the repeat", "client.busy", "MaYeuCau", {"id_again": lambda self, request_id, attempt: f"{request_id}-{attempt}"}),
    Planted("takes nothing for an answer", "client.blank", "không gửi lại", {"is_answer": lambda self, body: True}),
    Planted("gives up on a slow answer", "client.slow", "ngắt kết nối", {}, sets=(("seconds", 0.2),)),
    Planted("a copy while it waits", "client.slow", "trong lúc chờ", {"send": _twice_at_once}),
    Planted("asks again for nobody", "client.not-found", "hỏi lại", {"is_answer": lambda self, body: "<ns1:CongDan>" in body}),
    Planted("hammers", "client.hammer", "yêu cầu về một người", {"is_answer": lambda self, body: "<ns1:CongDan>" in body, "wait": lambda *_: 0.0}, sets=(("attempts", 6),)),
)  # fmt: skip
