"""Checks of the national SOAP contract: the hash that says who asks, and XML that must not be read."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from dancu.cli.conformance_kit import national
from dancu.cli.conformance_kit.asking import about
from dancu.cli.conformance_kit.checks import Failed, check, shown
from dancu.cli.conformance_kit.national import envelope, fields_of, signed_headers
from dancu.cli.conformance_kit.stage import Stage
from dancu.cli.conformance_kit.wire import Call

DAY_SECONDS = 86_400


async def _with_headers(stage: Stage, words: str, headers: dict[str, str], mend: str) -> None:
    asked = about(stage.cast.plain, words)
    call = Call("POST", stage.agreed.path("soap"), headers, envelope(fields_of(asked, stage.agreed)))
    reply, found = await stage.ask_as(call, words)
    stage.require_found(reply, found, stage.cast.plain, mend)


@check(
    "soap",
    "timestamp-units",
    "Timestamp nhận cả mili giây (13 số) và giây (10 số)",
    "phần mềm Java, C# gửi mili giây, phần mềm PHP gửi giây",
)
async def timestamp_units(stage: Stage) -> None:
    path = stage.agreed.path("soap")
    for words, stamp in (("mili giây", national.milliseconds()), ("giây", national.milliseconds()[:10])):
        headers = signed_headers(stage.agreed, path, stamp=stamp)
        await _with_headers(stage, f"Timestamp tính bằng {words}", headers, "nhận diện Timestamp 10 hoặc 13 chữ số")


@check("soap", "header-case", "Tên header không phân biệt hoa thường", "phần mềm PHP gửi “timestamp” viết thường")
async def header_case(stage: Stage) -> None:
    signed = signed_headers(stage.agreed, stage.agreed.path("soap"))
    headers = {name.lower(): value for name, value in signed.items()}
    await _with_headers(stage, "tên header viết thường", headers, "đọc header không phân biệt hoa thường")


async def _refused(stage: Stage, words: str, headers: dict[str, str], mend: str) -> None:
    asked = about(stage.cast.plain, words)
    call = Call("POST", stage.agreed.path("soap"), headers, envelope(fields_of(asked, stage.agreed)))
    reply, found = await stage.ask_as(call, words)
    stage.require_refused(reply, found, "từ chối, HTTP 401", mend)
    if reply.status not in (401, 403):
        raise Failed(shown(reply), "HTTP 401", mend)


@check("soap", "old-timestamp", "Timestamp cũ một ngày bị từ chối", "ai nghe được một yêu cầu cũ sẽ gửi lại được mãi")
async def old_timestamp(stage: Stage) -> None:
    stamp = national.milliseconds(ago_seconds=DAY_SECONDS)
    headers = signed_headers(stage.agreed, stage.agreed.path("soap"), stamp=stamp)
    await _refused(stage, "Timestamp của hôm qua, hash đúng", headers, "so Timestamp với giờ máy chủ, cho lệch vài phút")


@check("soap", "future-timestamp", "Timestamp của ngày mai bị từ chối", "yêu cầu ghi ngày mai còn dùng được cả ngày")
async def future_timestamp(stage: Stage) -> None:
    stamp = national.milliseconds(ago_seconds=-DAY_SECONDS)
    headers = signed_headers(stage.agreed, stage.agreed.path("soap"), stamp=stamp)
    await _refused(stage, "Timestamp của ngày mai, hash đúng", headers, "so Timestamp với giờ máy chủ cả hai phía")


@check(
    "soap",
    "hash-covers-timestamp",
    "Đổi Timestamp mà giữ hash thì bị từ chối",
    "hash không phủ Timestamp thì yêu cầu cũ lại thành mới",
)
async def hash_covers_timestamp(stage: Stage) -> None:
    signed = signed_headers(stage.agreed, stage.agreed.path("soap"))
    headers = {**signed, "Timestamp": str(int(signed["Timestamp"]) + 1)}
    await _refused(stage, "hash của một Timestamp khác", headers, "tính lại hash với đúng Timestamp trong header")


@check(
    "soap", "hash-of-secret", "Hash chỉ của mã bí mật thì bị từ chối", "hash không đổi theo yêu cầu thì nghe một lần dùng được mãi"
)
async def hash_of_secret(stage: Stage) -> None:
    signed = signed_headers(stage.agreed, stage.agreed.path("soap"))
    digest = hashlib.sha256(stage.agreed.secret.encode()).hexdigest()
    headers = {**signed, "Authorization": national.basic(stage.agreed.client_id, digest)}
    await _refused(stage, "hash chỉ của mã bí mật", headers, "tính hash trên serviceUrl, user, Timestamp và mã bí mật nối liền")


@check(
    "soap",
    "hash-covers-address",
    "Hash của một địa chỉ dịch vụ khác thì bị từ chối",
    "yêu cầu gửi cho dịch vụ khác không được dùng lại ở đây",
)
async def hash_covers_address(stage: Stage) -> None:
    elsewhere = replace(stage.agreed, service_url="https://dich-vu-khac.example/NPDService")
    headers = signed_headers(elsewhere, stage.agreed.path("soap"))
    await _refused(stage, "hash của một serviceUrl khác", headers, "chỉ nhận serviceUrl đã khai cho hệ thống này")


@check(
    "soap", "document-type", "DOCTYPE và thực thể XML không được đọc", "thực thể cho phép đọc tệp trên máy chủ và làm cạn bộ nhớ"
)
async def document_type(stage: Stage) -> None:
    asked = about(stage.cast.plain, "yêu cầu có DOCTYPE, họ tên viết bằng thực thể XML")
    kind = f'<!DOCTYPE soapenv:Envelope [<!ENTITY ten "{asked.name}">]>'
    fields = [(name, "&ten;" if name == "HoVaTen" else value) for name, value in fields_of(asked, stage.agreed)]
    path = stage.agreed.path("soap")
    call = Call("POST", path, signed_headers(stage.agreed, path), envelope(fields, replace(national.PLAIN, document_type=kind)))
    reply, found = await stage.ask_as(call, asked.words)
    stage.require_refused(reply, found, "từ chối mọi DOCTYPE", "từ chối DOCTYPE trước khi đọc, tắt resolve_entities và load_dtd")


@check(
    "soap",
    "external-entity",
    "Thực thể trỏ ra tệp hoặc địa chỉ ngoài không được đọc",
    "đây là cách lấy tệp cấu hình và mã bí mật của máy chủ",
)
async def external_entity(stage: Stage) -> None:
    asked = about(stage.cast.plain, "yêu cầu có thực thể trỏ tới file:///etc/hostname")
    kind = '<!DOCTYPE soapenv:Envelope [<!ENTITY ngoai SYSTEM "file:///etc/hostname">]>'
    fields = [*fields_of(asked, stage.agreed), ("GhiChuThem", "&ngoai;")]
    path = stage.agreed.path("soap")
    call = Call("POST", path, signed_headers(stage.agreed, path), envelope(fields, replace(national.PLAIN, document_type=kind)))
    reply, found = await stage.ask_as(call, asked.words)
    stage.require_refused(reply, found, "từ chối mọi DOCTYPE", "từ chối DOCTYPE trước khi đọc, tắt mạng và thực thể ngoài")
