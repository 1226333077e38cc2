"""The public API of our own: `/v1/verifications` and `/v1/disclosures`. Parse, ask, render; spec in `openapi.yaml`."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from datetime import datetime
from functools import lru_cache, partial
from typing import Annotated, Any, Protocol

import msgspec

from dancu.exchange.domain import AccessRequest, Comparison, Disclosure, Kind, Reason, Refused, Verification, check_stated
from dancu.exchange.hot import KEY_LENGTH_MAX, Answer, HotPath, Question, RequestKey
from dancu.gateway import problems, unit_versions
from dancu.gateway.facts_json import facts_as_json
from dancu.kernel.claims import PersonClaim
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import DancuError, Invalid
from dancu.kernel.names import clean_name
from dancu.kernel.personal_id import PersonalId, parse_old_id
from dancu.kernel.warrants import Actor, Field
from dancu.onboarding.reader import KnownCaller
from dancu.population.domain import LifeStatus

PATHS = {"/v1/verifications": Kind.VERIFY, "/v1/disclosures": Kind.DISCLOSE}
TEXT_LENGTH_MAX = 500


Text = Annotated[str, msgspec.Meta(max_length=TEXT_LENGTH_MAX)]
Stated = Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_LENGTH_MAX)]


class PersonQuestion(msgspec.Struct, forbid_unknown_fields=True):
    """The body of both endpoints. Exactly one of `personal_id` and `old_id_no` is needed; the 12-digit number leads."""

    full_name: Text
    birth_date: Text
    purpose: Stated
    legal_basis: Stated
    procedure: Stated
    officer: Stated
    integration_code: Text = "REST"
    personal_id: Text = ""
    old_id_no: Text = ""
    dossier_no: Text = ""
    stated: dict[str, Text] = {}
    fields: list[str] = []


class VerificationBody(msgspec.Struct):
    """The answer to a verification. The uniform negative has nulls whatever the reason."""

    id: str
    outcome: str
    at: str
    fields: dict[Field, Comparison]
    life_status: str | None
    successor: str | None
    explanation: str | None
    facts: dict[str, Any] | msgspec.UnsetType | None = msgspec.UNSET


class Keyed(Protocol):
    """Whatever states the three keys."""

    full_name: str
    birth_date: str
    personal_id: str
    old_id_no: str


_decode = msgspec.json.Decoder(PersonQuestion).decode
_encode = msgspec.json.Encoder().encode
CREDENTIALS_LENGTH_MAX = 1024
_UNKNOWN_SECRET = "no such caller"  # noqa: S105 - compared so that an unknown client costs the same time


def authenticate(hot: HotPath, authorization: str) -> KnownCaller | None:
    """HTTP Basic with client id and secret (RFC 7617), over TLS. None for whoever is not a registered system."""
    stated = _stated_credentials(authorization)
    if stated is None:
        return None
    client_id, secret = stated
    caller = hot.directory().callers.get(client_id)
    matches = hmac.compare_digest((caller.secret if caller else _UNKNOWN_SECRET).encode(), secret)
    return caller if caller and matches else None


@lru_cache(maxsize=512)  # a system sends the same header every time; whether it is right is decided anew each time
def _stated_credentials(authorization: str) -> tuple[str, bytes] | None:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > CREDENTIALS_LENGTH_MAX:
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return client_id, secret.encode()


async def answer(hot: HotPath, kind: Kind, caller: KnownCaller, body: bytes, key: str, path: str) -> tuple[int, bytes, int]:
    """One authenticated question: status, JSON, seconds to wait. A malformed one is recorded as a refusal before it is answered."""
    try:
        repeat = _repeat(caller, key, path, body)
        asked = _decode(body)
        stated = _stated(asked)
        request, claim = _request(kind, caller, asked, stated), claim_of(asked)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as failure:
        return await _malformed(hot, kind, caller, body_error(failure))
    except DancuError as failure:
        return await _malformed(hot, kind, caller, failure)
    render = _render
    if caller.system.profile.units and kind is Kind.DISCLOSE:
        await unit_versions.prepare()
        render = partial(_render_in, caller.system.profile.units)
    sent = await hot.ask(Question(caller, request, claim, render, stated, repeat))
    if sent.startswith(b"201;"):  # the common case first
        return 201, sent[4:], 0
    wait, _, told = sent[3:].partition(b";")
    return int(sent[:3]), told, int(wait or 0)


def _render(told: Answer) -> bytes:
    """Status as three digits, seconds to wait if any, `;`, the body: what a repeat must give again is kept as one."""
    if isinstance(told, Verification):
        return b"201;" + _encode(_verification(told))
    if isinstance(told, Refused):
        wait = told.retry_after_seconds
        status = 409 if told.reason is Reason.REPLAYED else 429 if wait else 403
        problem = problems.refused(told.reason, told.message, told.message_en, told.reference, status)
        return b"%d%s;" % (problem.status, b"%d" % wait if wait else b"") + _encode(problem)
    body = _verification(told.verification)
    body.facts = facts_as_json(told.facts) if told.facts is not None else None
    return b"201;" + _encode(body)


def _render_in(units: str, told: Answer) -> bytes:
    """For a caller that works with another version of the administrative units."""
    if isinstance(told, Disclosure) and told.facts is not None:
        told = Disclosure(told.verification, unit_versions.facts_in(told.facts, units))
    return _render(told)


def _verification(told: Verification) -> VerificationBody:
    return VerificationBody(
        told.reference,
        told.outcome,
        _iso(told.at),
        {**told.fields},
        _LIFE_WORDS[told.life_status],
        told.successor.digits if told.successor else None,
        told.explanation,
    )


@lru_cache(maxsize=16)  # the answers of a batch share their moment
def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


_LIFE_WORDS: dict[LifeStatus | None, str | None] = {None: None, **{status: status.name.lower() for status in LifeStatus}}


async def _malformed(hot: HotPath, kind: Kind, caller: KnownCaller, failure: DancuError) -> tuple[int, bytes, int]:
    references: list[str] = []

    def render(told: Answer) -> bytes:
        references.append(told.reference if isinstance(told, Refused) else "")
        return b""

    actor = Actor(caller.system.organisation, caller.system.client_id, "")
    await hot.ask(Question(caller, AccessRequest(actor, kind, "", ""), None, render))
    return failure.status, _encode(problems.of_error(failure, references[-1])), 0


def _request(kind: Kind, caller: KnownCaller, asked: PersonQuestion, stated: dict[Field, str] | None) -> AccessRequest:
    if "\0" in asked.officer or "\0" in asked.dossier_no or "\0" in asked.procedure or "\0" in asked.integration_code:
        raise Invalid("request.characters", "Có ký tự cấm (U+0000).", "A forbidden character (U+0000).")
    actor = Actor(caller.system.organisation, caller.system.client_id, asked.officer.strip())
    return AccessRequest(
        actor,
        kind,
        asked.integration_code,
        asked.procedure,
        asked.dossier_no,
        asked.purpose,
        asked.legal_basis,
        frozenset(field_of(name) for name in asked.fields) if asked.fields else _ALL,
        frozenset(stated) if stated else _ALL,
    )


_ALL: frozenset[Field] = frozenset()


def claim_of(asked: Keyed) -> PersonClaim:
    if not asked.personal_id and not asked.old_id_no:
        raise Invalid(
            "request.personal_id",
            "Cần số định danh 12 số (personal_id) hoặc số CMND 9 số (old_id_no).",
            "personal_id (12 digits) or old_id_no (9 digits) is needed.",
            field="personal_id",
        )
    number = PersonalId.parse(asked.personal_id) if asked.personal_id else None
    old = parse_old_id(asked.old_id_no) if asked.old_id_no else ""
    return PersonClaim(clean_name(asked.full_name), PartialDate.parse(asked.birth_date), number, old)


def _stated(asked: PersonQuestion) -> dict[Field, str] | None:
    if not asked.stated:
        return None
    stated = {field_of(name): value for name, value in asked.stated.items()}
    check_stated(stated)
    return stated


def field_of(name: str) -> Field:
    try:
        return Field(name)
    except ValueError:
        told, told_en = (f" tên {name}", f" named {name}") if _WORD.fullmatch(name) else ("", "")
        raise Invalid(
            "request.field",
            f"Không có trường thông tin{told}.",
            f"There is no field{told_en}." if told_en else "There is no such field.",
            field="fields",
        ) from None


_WORD = re.compile(r"[A-Za-z_]{1,40}")  # what may be said again: a misspelt name of a field, never somebody's number or name


def _repeat(caller: KnownCaller, key: str, path: str, body: bytes) -> RequestKey | None:
    if not key:
        return None
    if len(key) > KEY_LENGTH_MAX or not key.isprintable():
        raise Invalid(
            "idempotency.key",
            f"Idempotency-Key dài tối đa {KEY_LENGTH_MAX} ký tự in được.",
            f"Idempotency-Key has at most {KEY_LENGTH_MAX} printable characters.",
            field="Idempotency-Key",
        )
    return RequestKey(caller.system.client_id, key, path.encode() + b"\0" + body)


_UNKNOWN_NAME = re.compile(rf"unknown field `{_WORD.pattern}`")


def body_error(failure: Exception) -> Invalid:
    # The library's sentence names the place and the kind expected, never the value; of a name it does not know we keep words only.
    what = str(failure) if isinstance(failure, msgspec.ValidationError) else "not valid JSON"
    if "unknown field" in what and not _UNKNOWN_NAME.search(what):
        what = "Object contains unknown field"
    path = what.rsplit("$.", 1)[-1].rstrip("`") if "$." in what else ""
    return Invalid(
        "request.body",
        f"Nội dung JSON không đúng mẫu: {what}. Xem /openapi.yaml.",
        f"The JSON body does not fit: {what}. See /openapi.yaml.",
        field=path or None,
    )
