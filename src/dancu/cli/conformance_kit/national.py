"""Requests of the national SOAP contract as programs of the field build them: their orders, prefixes, habits; and their hash."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from dancu.cli.conformance_kit.agreed import Agreed
from dancu.cli.conformance_kit.asking import Asked, Key

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
NATIONAL, GTEL = "http://dancuquocgia.bca", "http://gtel.vn/qldc"  # the second came with the first specification
ANSWER = "http://www.mic.gov.vn/dancu/1.0"
LOOK_UP, VERIFY = "TraCuuThongTinCongDan", "XacThucThongTinCongDan"
Fields = Sequence[tuple[str, str]]  # element and its inner XML


@dataclass(frozen=True, slots=True)
class Habit:
    """What differs between the envelopes of two programs that mean the same."""

    prefix: str = "dan"  # empty: the default namespace
    namespace: str = NATIONAL
    stray: str = ""  # text between Envelope and Header
    document_type: str = ""
    operation: str = LOOK_UP


PLAIN = Habit()


def fields_of(asked: Asked, agreed: Agreed, prefix: str = "dan", code: str = "") -> list[tuple[str, str]]:
    """Elements in the order that all programs share; what is empty is left out."""
    named = [
        ("MaYeuCau", asked.request_id),
        ("MaDVC", agreed.procedure if asked.procedure is None else asked.procedure),
        ("MaTichHop", code or agreed.code),
        ("MaCanBo", agreed.officer if asked.officer is None else asked.officer),
        ("SoDinhDanh", asked.number),
        ("SoCMND", asked.old_number),
        ("HoVaTen", asked.name),
    ]
    fields = [(name, escape(value)) for name, value in named if value]
    return [*fields, ("NgayThangNamSinh", _birth(asked.born, prefix))]


def envelope(fields: Fields, habit: Habit = PLAIN) -> bytes:
    """The whole document."""
    start = f"{habit.prefix}:" if habit.prefix else ""
    declared = f' xmlns{":" if habit.prefix else ""}{habit.prefix}="{habit.namespace}"'
    inner = "".join(f"<{start}{name}>{value}</{start}{name}>" for name, value in fields)
    on_top, on_body = (declared, "") if habit.prefix else ("", declared)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{habit.document_type}<soapenv:Envelope xmlns:soapenv="{SOAP}"{on_top}>{habit.stray}'
        f"<soapenv:Header/><soapenv:Body><{start}{habit.operation}{on_body}>{inner}</{start}{habit.operation}>"
        "</soapenv:Body></soapenv:Envelope>"
    ).encode()


def _birth(born: str, prefix: str) -> str:
    start = f"{prefix}:" if prefix else ""
    name = "Nam" if len(born) == 4 else "NgayThangNam"
    return f"<{start}{name}>{escape(born)}</{start}{name}>"


def milliseconds(ago_seconds: float = 0) -> str:
    return str(int((time.time() - ago_seconds) * 1000))


def signed_headers(agreed: Agreed, path: str, key: Key = Key.RIGHT, stamp: str = "") -> dict[str, str]:
    """Content type, time stamp and Basic whose password is a hash over address, user, time and secret."""
    headers = {"Content-Type": "application/xml"}
    if key is Key.NONE:
        return headers
    user = "he-thong-chua-dang-ky" if key is Key.UNKNOWN else agreed.client_id
    secret = agreed.secret + "-sai" if key is Key.WRONG else agreed.secret
    stamp, hashed = stamp or milliseconds(), agreed.service_url or agreed.base_path + path.partition("?")[0]
    return {**headers, "Timestamp": stamp, "Authorization": basic(user, digest_of(hashed, user, stamp, secret))}


def digest_of(service_url: str, user: str, stamp: str, secret: str) -> str:
    return hashlib.sha256(f"{service_url}{user}{stamp}{secret}".encode()).hexdigest()


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
