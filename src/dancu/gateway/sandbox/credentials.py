"""Why the credentials of a call did not fit, for the integrator of a system in trial: which part, never what it should be."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from dancu.exchange.hot import HotPath
from dancu.exchange.trial.findings import Finding, Value, found
from dancu.exchange.trial.secrets import TrialCaller
from dancu.gateway import adapters, callers, tokens
from dancu.gateway.calls import HttpCall
from dancu.gateway.dialects import national_auth
from dancu.gateway.sandbox.claimed import access_of, dialect_of, form_of, pair_of
from dancu.kernel.clock import local

_DAY_MINUTES = 1440
_HEX = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
_UNITS: dict[int, tuple[str, str]] = {
    10: ("giây", "seconds"),
    13: ("mili giây", "milliseconds"),
    14: ("ngày giờ địa phương yyyyMMddHHmmss", "local date and time yyyyMMddHHmmss"),
}
_EITHER: Value = ("Basic hoặc Bearer", "Basic or Bearer")


def why_not_believed(hot: HotPath, call: HttpCall, caller: TrialCaller) -> list[Finding]:
    """What is wrong with the credentials of a call that was not believed to be this system's."""
    dialect = dialect_of(call)
    authorization = call.header(b"authorization").strip()
    scheme, _, value = authorization.partition(" ")
    if dialect == "rest":
        return _of_secret_in_header(scheme, value, caller)
    if _asks_for_token(call, dialect):
        return _of_token_request(call, scheme, value, caller)
    if scheme.lower() == "bearer" or dialect in ("lgsp", "json"):
        return _of_token(hot, call, scheme, value, caller)
    if dialect == "soap":
        return _of_hash(call, authorization, caller)
    if not authorization:
        return [found("auth.network", len(caller.system.profile.networks))]
    return _of_secret_in_header(scheme, value, caller)


def _asks_for_token(call: HttpCall, dialect: str) -> bool:
    return dialect == "token" or (dialect in ("lgsp", "json") and adapters.ends_with(call, "token"))


def _of_secret_in_header(scheme: str, value: str, caller: TrialCaller) -> list[Finding]:
    if not scheme:
        return [found("auth.missing")]
    if scheme.lower() != "basic":
        return [found("auth.scheme", "Basic")]
    if not _is_strict(value):
        return [found("auth.unreadable")]
    return [_of_secret(*pair_of(value), caller)]


def _of_token_request(call: HttpCall, scheme: str, value: str, caller: TrialCaller) -> list[Finding]:
    stated = [access_of(call), pair_of(call.header(b"auth")), pair_of(value) if scheme else ("", "")]
    form = form_of(call)
    stated.append((form.get("client_id", ""), form.get("client_secret", "")))
    named = next((each for each in stated if each[0]), None)
    return [_of_secret(*named, caller)] if named else [found("auth.missing")]


def _of_secret(client_id: str, secret: str, caller: TrialCaller) -> Finding:
    known = caller.secret
    if client_id != caller.system.client_id:
        return found("auth.client_differs")
    if secret.strip() == known:
        return found("auth.secret_blanks") if secret != known else found("auth.client_differs")
    if secret.strip() == caller.registered:
        return found("auth.official_secret")
    if secret.casefold() == known.casefold():
        return found("auth.secret_case")
    return found("auth.hash_for_secret" if _HEX.fullmatch(secret) else "auth.secret_differs")


def _of_token(hot: HotPath, call: HttpCall, scheme: str, value: str, caller: TrialCaller) -> list[Finding]:
    if scheme.lower() != "bearer":
        return [found("token.missing")]
    issued = tokens.issued(hot.derived_key, value.strip())
    if issued is None:
        return [found("token.missing")]
    client_id, ends = issued
    if call.now.timestamp() >= ends:
        return [found("token.expired")]
    if client_id != caller.system.client_id or (access_of(call)[0] not in ("", client_id)):
        return [found("token.client_differs")]
    if access_of(call)[1]:
        return [_of_secret(*access_of(call), caller)]
    return [found("token.other_secret")]


def _of_hash(call: HttpCall, authorization: str, caller: TrialCaller) -> list[Finding]:
    """The national style: first the stamp, then which part of the hashed text is another."""
    if not authorization:
        return [found("auth.missing")]
    given = national_auth.parse_basic(authorization)
    if given is None:
        is_basic = authorization[:5].lower() == "basic"
        return [found("auth.unreadable") if is_basic else found("auth.scheme", _EITHER)]
    user, digest = given
    stamp = call.header(b"timestamp").strip()
    wrong = _of_stamp(call, stamp, caller)
    urls = callers.service_urls(caller.system.service_urls, call.url)
    if national_auth.is_signed_by(caller.secret, user, stamp, digest, urls):
        return wrong if any(each.level == "wrong" for each in wrong) else [*wrong, found("auth.client_differs")]
    return [*wrong, *_of_digest(user, stamp, digest, urls, caller)]


def _of_stamp(call: HttpCall, stamp: str, caller: TrialCaller) -> list[Finding]:
    if not stamp:
        return [found("auth.timestamp_missing")]
    age = national_auth.timestamp_age_seconds(stamp, local(call.now))
    if age is None:
        return [found("auth.timestamp_form")]
    told = [found("auth.timestamp_unit", _UNITS[len(stamp)])]
    if abs(age) <= caller.system.skew_seconds:
        return told
    way: Value = ("chậm", "behind") if age > 0 else ("nhanh", "ahead")
    minutes = int(abs(age) // 60)
    if minutes > _DAY_MINUTES:
        return [*told, found("auth.skew_far", way)]
    return [*told, found("auth.skew", way, minutes, caller.system.skew_seconds // 60)]


def _of_digest(user: str, stamp: str, given: str, urls: tuple[str, ...], caller: TrialCaller) -> list[Finding]:
    if given.strip() in (caller.secret, caller.registered):
        more = [found("auth.official_secret")] if given.strip() == caller.registered else []
        return [found("auth.plain_secret"), *more]
    if not national_auth.is_hash(given):
        algorithm = national_auth.likely_algorithm(given)
        seen: Value = (f"giống {algorithm}", f"like {algorithm}") if algorithm else ("không rõ loại", "of no kind we know")
        return [found("auth.hash_shape", len(given), seen)]
    case = [found("auth.hash_case")] if given != given.lower() else []
    lower = given.lower()
    if national_auth.is_signed_by(caller.secret, user, stamp, lower, urls):
        return case
    if national_auth.is_signed_by(caller.registered, user, stamp, lower, urls):
        return [*case, found("auth.official_secret")]
    return [*case, _likely(user, stamp, lower, urls, caller)]


def _likely(user: str, stamp: str, given: str, urls: tuple[str, ...], caller: TrialCaller) -> Finding:
    """The one known mistake that explains the hash."""
    for url in urls:
        for variant in national_auth.likely_addresses(url) - set(urls):
            if national_auth.is_signed_by(caller.secret, user, stamp, given, [variant]):
                return found("auth.service_url", _how(variant, url))
    for url in urls:
        for sentence, text in national_auth.likely_texts(caller.secret, user, stamp, url):
            if hashlib.sha256(text.encode()).hexdigest() == given:
                return found("auth.hash_part", sentence)
    return found("auth.hash_differs", len(urls), len(caller.system.service_urls))


def _how(variant: str, accepted: str) -> tuple[str, str]:
    """How an address differs from one that is accepted, without saying it: an address may hold anything."""
    if variant.rstrip("/") == accepted.rstrip("/"):
        return ("thừa hoặc thiếu dấu / ở cuối", "a slash too much or too few at its end")
    if variant == f"{accepted}?wsdl":
        return ("thừa ?wsdl ở cuối", "with ?wsdl at its end")
    if variant.casefold() == accepted.casefold():
        return ("khác chữ hoa, chữ thường", "in another case")
    if "://" in accepted and "://" not in variant:
        return ("thiếu http:// hoặc https://, hoặc thiếu máy chủ", "without its scheme, or without its host")
    return ("thiếu cổng, thiếu đường dẫn, hoặc khác máy chủ", "without its port or path, or of another host")


def _is_strict(value: str) -> bool:
    try:
        return ":" in base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return False
