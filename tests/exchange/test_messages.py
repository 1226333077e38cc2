"""Signed messages: what is covered is believed, and nothing else is. Each part is altered in turn."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey

from dancu.exchange.messages import (
    ANSWER_KIND,
    REQUEST_KIND,
    Fault,
    Forwarded,
    Rejection,
    SignedAnswer,
    SignedRequest,
    read_answer,
    read_request,
    sign_answer,
    sign_request,
)
from dancu.kernel.errors import Invalid
from dancu.kernel.signing import ED25519, EDDSA, ES256, MessageKey, PublicKey, TrustedKey

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
CLIENT, HUB, TARGET, BODY = "he-thong-mot-cua", "tinh-57", "/v1/verifications?a=1", b'{"x": 1}'
OURS, THEIRS = MessageKey.generate(), MessageKey.generate()
KEYS = {THEIRS.kid: TrustedKey(THEIRS.public, CLIENT)}


def a_header(key: MessageKey = THEIRS, **more) -> str:
    given = {"issuer": CLIENT, "audience": HUB, "method": "POST", "target": TARGET, "body": BODY, "now": NOW}
    return sign_request(key, **{**given, **more})


def read(header: str, **more):
    given = {"keys": KEYS, "audience": HUB, "method": "POST", "target": TARGET, "body": BODY, "now": NOW}
    return read_request(header, **{**given, **more})


def claims_of(header: str) -> dict:
    return json.loads(base64.urlsafe_b64decode(header.split(".")[1] + "=="))


def signed(claims: dict, kind: str = REQUEST_KIND) -> str:
    return THEIRS.sign(json.dumps(claims).encode(), kind)


@pytest.mark.parametrize("algorithm", [ED25519, ES256])
def test_a_signed_request_is_believed_with_everything_it_says(algorithm: str) -> None:
    key = MessageKey.generate(algorithm)
    forwarded = Forwarded("mot-cua", "H57.1", "canbo01", "1.001193", "REST", "H57-1", "Khai sinh", "Luật Hộ tịch", "01a1")

    told = read(a_header(key, forwarded=forwarded), keys={key.kid: TrustedKey(key.public, CLIENT)})

    assert isinstance(told, SignedRequest)
    assert (told.issuer, told.key_id, told.algorithm, told.forwarded) == (CLIENT, key.kid, algorithm, forwarded)
    assert told.issued_at == NOW


def test_the_older_name_of_the_algorithm_is_taken_and_answered_alike() -> None:
    claims = claims_of(a_header())
    told = read(THEIRS.sign(json.dumps(claims).encode(), REQUEST_KIND, EDDSA))

    answer = sign_answer(OURS, issuer=HUB, request=told, status=201, body=b"{}", now=NOW)

    assert told.algorithm == EDDSA
    assert json.loads(base64.urlsafe_b64decode(answer.split(".")[0] + "=="))["alg"] == EDDSA


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"audience": "bo"}, Fault.AUDIENCE),
        ({"method": "GET"}, Fault.METHOD),
        ({"target": "/v1/verifications"}, Fault.TARGET),
        ({"target": "/v1/disclosures?a=1"}, Fault.TARGET),
        ({"body": BODY + b" "}, Fault.DIGEST),
        ({"body": b""}, Fault.DIGEST),
        ({"now": NOW + timedelta(seconds=61)}, Fault.TIME),
        ({"now": NOW - timedelta(seconds=61)}, Fault.TIME),
        ({"keys": {}}, Fault.KEY_UNKNOWN),
        ({"keys": {THEIRS.kid: TrustedKey(OURS.public, CLIENT)}}, Fault.SIGNATURE),
        ({"keys": {THEIRS.kid: TrustedKey(THEIRS.public, "khac")}}, Fault.ISSUER),
        ({"keys": {THEIRS.kid: TrustedKey(MessageKey.generate(ES256).public, CLIENT)}}, Fault.ALGORITHM),
    ],
)
def test_what_was_sent_otherwise_than_signed_is_not_believed(changed: dict, fault: Fault) -> None:
    header = a_header()

    told = read(header, **changed)

    assert isinstance(read(header), SignedRequest)
    assert isinstance(told, Rejection)
    assert told.fault is fault
    assert told.message
    assert told.message_en


@pytest.mark.parametrize("seconds", [-60, -10, 0, 10, 60])
def test_clocks_may_differ_by_the_window(seconds: int) -> None:
    assert isinstance(read(a_header(), now=NOW + timedelta(seconds=seconds)), SignedRequest)


@pytest.mark.parametrize("claim", ["iss", "aud", "iat", "jti", "htm", "htu", "digest"])
def test_a_request_without_one_of_its_parts_is_not_believed(claim: str) -> None:
    claims = claims_of(a_header())
    del claims[claim]

    assert read(signed(claims)) == Rejection(Fault.MALFORMED)


@pytest.mark.parametrize("nonce", ["", "short", "a" * 21, "a" * 129, "=" * 22, "aaaaaaaaaaaaaaaaaaaaa\u0000", "đ" * 22])
def test_a_nonce_of_too_little_chance_is_refused(nonce: str) -> None:
    assert read(signed({**claims_of(a_header()), "jti": nonce})) == Rejection(Fault.NONCE)


@pytest.mark.parametrize("moment", ["1763769600", None, 10**400, True, [1]])
def test_a_moment_that_is_no_number_is_malformed(moment: object) -> None:
    told = read(signed({**claims_of(a_header()), "iat": moment}))

    assert isinstance(told, Rejection)
    assert told.fault in (Fault.MALFORMED, Fault.TIME)


def _with_header(**changes) -> str:
    head, rest = a_header().split(".", 1)
    named = {**json.loads(base64.urlsafe_b64decode(head + "==")), **changes}
    told = {name: value for name, value in named.items() if value is not None}
    return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode() + "." + rest


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"alg": "none"}, Fault.ALGORITHM),
        ({"alg": "None"}, Fault.ALGORITHM),
        ({"alg": "HS256"}, Fault.ALGORITHM),
        ({"alg": "RS256"}, Fault.ALGORITHM),
        ({"alg": "ES256"}, Fault.ALGORITHM),
        ({"alg": "Ed448"}, Fault.ALGORITHM),
        ({"alg": None}, Fault.MALFORMED),
        ({"alg": ["Ed25519"]}, Fault.MALFORMED),
        ({"alg": EDDSA}, Fault.SIGNATURE),
        ({"kid": None}, Fault.MALFORMED),
        ({"kid": "../../keys/secrets.key"}, Fault.KEY_UNKNOWN),
        ({"kid": "/dev/null"}, Fault.KEY_UNKNOWN),
        ({"kid": "' or 1=1 --"}, Fault.KEY_UNKNOWN),
        ({"kid": 7}, Fault.MALFORMED),
        ({"typ": None}, Fault.MALFORMED),
        ({"typ": ANSWER_KIND}, Fault.MALFORMED),
        ({"jwk": OURS.public.as_jwk()}, Fault.MALFORMED),
        ({"jku": "https://keys.example/jwks"}, Fault.MALFORMED),
        ({"x5u": "https://keys.example/c"}, Fault.MALFORMED),
        ({"crit": ["exp"], "exp": 1}, Fault.MALFORMED),
        ({"b64": False, "crit": ["b64"]}, Fault.MALFORMED),
    ],
)
def test_a_header_that_is_not_ours_is_refused(changes: dict, fault: Fault) -> None:
    assert read(_with_header(**changes)) == Rejection(fault)


def test_the_public_key_is_no_secret_to_sign_with() -> None:
    claims = json.dumps(claims_of(a_header()))
    secret = OctKey.import_key(json.dumps(THEIRS.public.as_jwk()).encode())
    header = jws.serialize_compact({"alg": "HS256", "kid": THEIRS.kid, "typ": REQUEST_KIND}, claims, secret, algorithms=["HS256"])

    assert read(header) == Rejection(Fault.ALGORITHM)


def test_a_changed_claim_breaks_the_signature() -> None:
    header = a_header(forwarded=Forwarded("mot-cua", "H57.1", "canbo01", "1.001193", "REST"))
    head, payload, signature = header.split(".")
    changed = base64.urlsafe_b64decode(payload + "==").replace(b"canbo01", b"canbo02")
    forged = f"{head}.{base64.urlsafe_b64encode(changed).rstrip(b'=').decode()}.{signature}"

    assert read(forged) == Rejection(Fault.SIGNATURE)


@given(st.text(max_size=300) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_whatever_comes_is_answered_by_a_reason(text: str) -> None:
    assert isinstance(read(text), Rejection)


@given(st.integers(0, 600), st.characters())
def test_no_changed_character_is_believed(at: int, character: str) -> None:
    header = a_header(nonce="n" * 22)
    at %= len(header)
    changed = header[:at] + character + header[at + 1 :]

    assert changed == header or isinstance(read(changed), Rejection)


def test_a_revoked_key_says_when_and_why_only_to_its_holder() -> None:
    revoked = {THEIRS.kid: TrustedKey(THEIRS.public, CLIENT, revoked_at=NOW, revoked_for="Máy chủ bị mất")}
    stranger = MessageKey(OURS._key, THEIRS.kid)

    told, untold = read(a_header(), keys=revoked), read(a_header(stranger), keys=revoked)

    assert told.fault is Fault.KEY_REVOKED
    assert told.message.endswith("Thu hồi lúc 10:00 ngày 22/11/2026. Lý do: Máy chủ bị mất")
    assert untold == Rejection(Fault.SIGNATURE)


@pytest.mark.parametrize(
    ("limits", "fault"),
    [({"not_before": NOW + timedelta(seconds=1)}, Fault.KEY_NOT_YET), ({"not_after": NOW}, Fault.KEY_EXPIRED)],
)
def test_a_key_signs_in_its_time_only(limits: dict, fault: Fault) -> None:
    assert read(a_header(), keys={THEIRS.kid: TrustedKey(THEIRS.public, CLIENT, **limits)}) == Rejection(fault)


def _answer(**more) -> Rejection | SignedAnswer:
    asked = read(a_header(nonce="n" * 22))
    header = sign_answer(OURS, issuer=HUB, request=asked, status=201, body=b"{}", now=NOW, reference="01a1")
    given = {"keys": {OURS.kid: TrustedKey(OURS.public, HUB)}, "audience": CLIENT, "nonce": "n" * 22, "status": 201}
    return read_answer(header, **{**given, "body": b"{}", "now": NOW, **more})


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"audience": "khac"}, Fault.AUDIENCE),
        ({"nonce": "m" * 22}, Fault.ANOTHER_REQUEST),
        ({"status": 403}, Fault.STATUS),
        ({"body": b"{} "}, Fault.DIGEST),
        ({"now": NOW + timedelta(seconds=61)}, Fault.TIME),
        ({"keys": {OURS.kid: TrustedKey(OURS.public, "khac")}}, Fault.ISSUER),
        ({"keys": {}}, Fault.KEY_UNKNOWN),
    ],
)
def test_an_answer_belongs_to_its_request_and_to_nothing_else(changed: dict, fault: Fault) -> None:
    told = _answer()

    assert isinstance(told, SignedAnswer)
    assert (told.issuer, told.answers, told.status, told.reference) == (HUB, "n" * 22, 201, "01a1")
    assert _answer(**changed) == Rejection(fault)


def test_a_request_is_no_answer_and_an_answer_no_request() -> None:
    asked = read(a_header())
    answer = sign_answer(THEIRS, issuer=CLIENT, request=asked, status=200, body=BODY, now=NOW)

    assert read(answer) == Rejection(Fault.MALFORMED)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"kty":"RSA"}', '{"kty":"OKP","crv":"Ed25519","x":"!"}', "-----BEGIN PUBLIC KEY-----"]
)
def test_what_is_no_key_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        PublicKey.parse(text)

    assert refused.value.code == "key.form"


def test_a_private_key_is_not_taken_for_a_public_one() -> None:
    with pytest.raises(Invalid) as refused:
        PublicKey.parse(json.dumps(THEIRS.as_jwk()))

    assert refused.value.code == "key.private"
    assert PublicKey.parse(json.dumps(THEIRS.public.as_jwk())).kid == THEIRS.kid
