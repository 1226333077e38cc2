"""The national SOAP contract at the edge: authenticate, parse, ask, render. Its bytes are in `dialects`."""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

from dancu.exchange.domain import AccessRequest, Kind, Outcome, Refused, Verification
from dancu.exchange.hot import Answer, HotPath, Question
from dancu.gateway.dialects import national_auth, national_request, national_response
from dancu.gateway.dialects.national_request import SoapCall
from dancu.kernel.claims import PersonClaim
from dancu.kernel.errors import Invalid
from dancu.kernel.warrants import Actor
from dancu.onboarding.domain import ErrorProfile
from dancu.onboarding.reader import KnownCaller
from dancu.population.domain import LifeStatus, NumberState

WSDL = Path(__file__).parent / "wsdl" / "national.wsdl"
_KINDS = {
    "TraCuuThongTinCongDan": Kind.DISCLOSE,
    "XacThucThongTinCongDan": Kind.VERIFY,
    "XacThucThongTinCongDanRequest": Kind.VERIFY,
}
REFUSED_NOTE = "DANCU-403"  # one code whatever the reason: the reason stands in the ledger
MALFORMED_NOTE = "DANCU-422"
LIMIT_NOTE = "DANCU-429"  # a limit on extraction: waiting helps
DEAD_NOTE, MISSING_NOTE, REPLACED_NOTE = "DA-CHET", "MAT-TICH", "SO-DINH-DANH-DA-THAY-THE"


async def answer(
    hot: HotPath,
    scope: MutableMapping[str, Any],
    body: bytes,
    own_url: str,
    address: str,
    now: datetime,
) -> tuple[int, bytes]:
    """One SOAP request: HTTP status and envelope. Raises `Unavailable`."""
    caller = authenticate(hot, {name.lower(): value for name, value in scope["headers"]}, own_url, now)
    if caller is None:
        hot.security_log.note("soap.unauthenticated", address)
        return 401, national_response.fault(
            "DANCU-401", "Không xác thực được hệ thống gọi.", "The calling system could not be authenticated."
        )
    try:
        call = national_request.parse_request(body)
        kind = _KINDS.get(call.operation)
        if kind is None:
            raise Invalid("soap.operation", "Dịch vụ này chưa được cung cấp.", "This operation is not offered.")
        claim: PersonClaim | None = national_request.to_claim(call)
    except Invalid:
        return await _malformed(hot, caller, body)
    question = Question(caller, _request(caller, call, kind), claim, lambda told: _render(told, caller, call))
    return _split(await hot.ask(question))


def authenticate(hot: HotPath, headers: dict[bytes, bytes], own_url: str, now: datetime) -> KnownCaller | None:
    """The national style: Basic user and a hash over serviceUrl, user, timestamp and secret. Repeats are not rejected."""
    given = national_auth.parse_basic(headers.get(b"authorization", b"").decode("latin-1"))
    if given is None:
        return None
    user, digest = given
    timestamp = headers.get(b"timestamp", b"").decode("latin-1").strip()
    caller = hot.directory().callers.get(user)
    secret = caller.secret if caller else "no such caller"
    urls = service_urls(caller.system.service_urls if caller else (), own_url)
    if not national_auth.is_signed_by(secret, user, timestamp, digest, urls) or caller is None:
        return None
    age = national_auth.timestamp_age_seconds(timestamp, now)
    if age is None or abs(age) > caller.system.skew_seconds:
        return None
    return caller


def service_urls(configured: tuple[str, ...], own_url: str) -> tuple[str, ...]:
    """Strings the caller may have hashed: those configured for it, the full address, without query, the path alone."""
    address, _, query = own_url.partition("?")
    _scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    found = list(configured)
    for path_as in dict.fromkeys((slash + path, unquote(slash + path))):
        for scheme in ("http", "https"):  # behind a proxy that ends TLS the client calls https
            bare = f"{scheme}://{host}{path_as}"
            found += [f"{bare}?{query}", bare] if query else [bare]
        found.append(path_as)
    return tuple(found)


def wsdl(own_url: str) -> bytes:
    """The contract for new users, with our own address in it."""
    return WSDL.read_bytes().replace(b"{location}", escape(own_url.split("?")[0], {'"': "&quot;"}).encode())


def fault_unavailable() -> bytes:
    return national_response.fault(
        "DANCU-503",
        "Hệ thống tạm thời chưa trả lời được. Gửi lại sau ít giây.",
        "The exchange cannot answer right now. Retry in a few seconds.",
    )


def fault_busy() -> bytes:
    return national_response.fault(
        "DANCU-503", "Hệ thống đang quá tải. Gửi lại sau ít giây.", "The exchange is overloaded. Retry in a few seconds."
    )


def fault_too_large() -> bytes:
    return national_response.fault("DANCU-413", "Nội dung gửi lên quá lớn.", "The request is too large.")


def _request(caller: KnownCaller, call: SoapCall, kind: Kind) -> AccessRequest:
    actor = Actor(caller.system.organisation, caller.system.client_id, call.officer)
    return AccessRequest(actor, kind, call.integration_code, call.procedure)


async def _malformed(hot: HotPath, caller: KnownCaller, body: bytes) -> tuple[int, bytes]:
    actor = Actor(caller.system.organisation, caller.system.client_id, "")
    question = Question(caller, AccessRequest(actor, Kind.VERIFY, "", ""), None, lambda told: _refusal(caller, MALFORMED_NOTE))
    return _split(await hot.ask(question))


def _render(told: Answer, caller: KnownCaller, call: SoapCall) -> bytes:
    if isinstance(told, Refused):
        return _refusal(caller, LIMIT_NOTE if told.retry_after_seconds else REFUSED_NOTE)
    if isinstance(told, Verification):
        exists = told.outcome is not Outcome.NO_MATCH and told.successor is None
        return b"200" + national_response.verified_answer(exists, call.operation)
    if told.facts is None:
        return b"200" + national_response.empty_answer()
    if told.facts.number_state is NumberState.REPLACED:
        return b"200" + national_response.empty_answer(REPLACED_NOTE)
    return b"200" + national_response.citizen_answer(told.facts, _note(told.verification.life_status))


def _note(status: LifeStatus | None) -> str:
    return {LifeStatus.DEAD: DEAD_NOTE, LifeStatus.MISSING: MISSING_NOTE}.get(status or LifeStatus.ALIVE, "")


def _refusal(caller: KnownCaller, note: str) -> bytes:
    """On the compatible profile an empty answer, since clients show anything else as a system error."""
    if caller.system.error_profile is ErrorProfile.STRICT:
        return b"500" + national_response.fault(note, "Yêu cầu không được chấp nhận.", "The request was refused.")
    return b"200" + national_response.empty_answer(note)


def _split(sent: bytes) -> tuple[int, bytes]:
    return int(sent[:3]), sent[3:]
