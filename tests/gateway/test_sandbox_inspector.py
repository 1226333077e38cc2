"""What an integrator is told of each call in trial, mistake by mistake; and nobody else of anything."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from dancu.exchange.trial import asking
from dancu.exchange.trial.calls import UNAUTHENTICATED, TrialCall
from dancu.exchange.trial.findings import NOT_KEPT
from tests.factories.people import a_grant
from tests.field_clients import clients, platforms
from tests.field_clients.clients import SERVICE_PATH, Person
from tests.field_clients.platforms import Sent
from tests.gateway.here import OFFICIAL, REGISTERED, TRIED, Answer, Here, scope_of
from tests.gateway.process import BASIS, PURPOSE
from tests.gateway.trying import OFFICER, THU, in_trial

BODY: dict[str, Any] = {
    "personal_id": THU.number,
    "full_name": THU.name,
    "birth_date": "1993-02-03",
    "purpose": PURPOSE,
    "legal_basis": BASIS,
    "procedure": "1.001193",
    "officer": OFFICER,
}


@pytest.fixture(autouse=True)
def nothing_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "SLOW_SECONDS", 0.0)


@pytest.fixture
def here() -> Here:
    return Here([a_grant(TRIED, "037"), a_grant(TRIED, "REST"), a_grant(TRIED, "003"), a_grant(TRIED, "033")])


def basic(user: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()


def rest(here: Here, *, authorization: str = "", key: str = "k-1", **changes: Any) -> Sent:
    headers = {"Content-Type": "application/json", "Authorization": authorization or basic(TRIED, here.secret)}
    if key:
        headers["Idempotency-Key"] = key
    body = {name: value for name, value in {**BODY, **changes}.items() if value is not None}
    return Sent("POST", "/v1/verifications", headers, json.dumps(body).encode())


def soap(here: Here, body: bytes | None = None, **habits: Any) -> Sent:
    return in_trial(Sent("POST", SERVICE_PATH, clients.headers(TRIED, here.secret, **habits), body or clients.court(THU)))


def explained(here: Here, sent: Sent, address: str = "127.0.0.1") -> TrialCall:
    here.send(sent, address)
    (kept,) = here.kept()
    return kept


def codes(call: TrialCall) -> set[str]:
    return {each.code for each in call.findings}


def test_a_good_call_is_told_so_in_every_contract(here: Here):
    token = platforms.read_access_token(here.send(in_trial(platforms.hau_giang_token(TRIED, here.secret)))[1])
    here.kept()
    sent = {
        "rest": rest(here),
        "soap": soap(here),
        "lgsp": platforms.api_manager(THU, token),
        "json": platforms.dong_thap(THU, token),
        "adapter": platforms.thanh_hoa(THU, TRIED),
        "sharepoint": platforms.sharepoint(THU, TRIED),
        "opencps": platforms.opencps_form(THU, TRIED),
        "warehouse": platforms.warehouse_check(THU, TRIED),
    }

    for dialect, each in sent.items():
        call = explained(here, in_trial(each))
        assert (call.dialect, call.status, call.outcome in ("match", "folded")) == (
            dialect,
            201 if dialect == "rest" else 200,
            True,
        )
        assert (call.scenario, call.is_handled) == ("found", True), (dialect, call.findings)
        assert codes(call) & {"answer.match", "answer.folded"}
        assert not [each for each in call.findings if each.level == "wrong"], (dialect, call.findings)
        values = set((call.asked or {}).values())
        assert {THU.number, THU.name} <= values, (dialect, call.asked)
        assert call.duration_ms < 5000


def change(old: bytes, new: bytes) -> Callable[[Here], Sent]:
    return lambda here: soap(here, in_trial(Sent("POST", "", {}, clients.court(THU))).body.replace(old, new))  # type: ignore[union-attr]


SOAP_MISTAKES: list[tuple[str, Callable[[Here], Sent]]] = [
    ("body.empty", lambda here: soap(here, b"  ")),
    ("body.xml", lambda here: soap(here, clients.court(THU)[:-20])),
    ("body.encoding", lambda here: soap(here, clients.court(THU).replace(b"canbo01", b"\xff\xfe\xe1"))),
    ("body.doctype", lambda here: soap(here, b"<!DOCTYPE a><a/>")),
    ("body.envelope", lambda here: soap(here, b"<a/>")),
    ("body.soap_body", lambda here: soap(here, b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>')),
    ("body.namespace", change(b"http://dancuquocgia.bca", b"http://dan-cu.vn")),
    ("body.operation", change(b"TraCuuThongTinCongDan", b"Zzz")),
    ("body.operation_like", change(b"TraCuuThongTinCongDan", b"TraCuuThongTinCongdan")),
    ("element.missing", change(b"<dan:SoDinhDanh>046093000002</dan:SoDinhDanh>", b"")),
    ("element.like", change(b"dan:SoDinhDanh>", b"dan:Sodinhdanh>")),
    ("element.unknown", change(b"dan:MaDonVi>", b"dan:Xyz>")),
    ("element.namespace", change(b"<dan:SoDinhDanh>", b'<dan:SoDinhDanh xmlns:dan="http://x">')),
    ("element.length", change(b"TAND", b"x" * 600)),
    ("element.repeated", change(b"</dan:MaCanBo>", b"</dan:MaCanBo><dan:MaCanBo>khac</dan:MaCanBo>")),
    ("number.length", change(b"046093000002", b"04609300000")),
    ("number.characters", change(b"046093000002", b"04609300000x")),
    ("number.unknown", change(b"046093000002", b"046093000003")),
    ("name.folded", change(b"TRANVANTHU", b"TRAN VAN THU")),
    ("name.joined", lambda here: soap(here)),
    ("name.exact", change(b"TRANVANTHU", "Trần Văn Thử".encode())),
    ("name.differs", change(b"TRANVANTHU", "Thuận".encode())),
    ("name.unknown", change(b"TRANVANTHU", "Lê Minh Khôi".encode())),
    ("name.unreadable", change(b"TRANVANTHU", b"123")),
    ("birth.unreadable", change(b"19930203", b"32/13/1993")),
    ("birth.differs", change(b"19930203", b"19930204")),
    ("birth.coarse", lambda here: soap(here, clients.court(Person(THU.number, THU.name, "1993")))),
    ("birth.form", lambda here: soap(here)),
    ("officer.unknown", change(OFFICER.encode(), b"canbo-that")),
    ("officer.refused", change(OFFICER.encode(), b"canbo.thu-hoi")),
    ("officer.blanks", change(OFFICER.encode(), b" canbo.thu ")),
    ("code.unregistered", change(b"037", b"111")),
    ("code.special", change(b"037", b"999")),
    ("http.content_type", lambda here: _typed(soap(here), "text/plain")),
]


def _typed(sent: Sent, content_type: str) -> Sent:
    return Sent(sent.method, sent.path, {**sent.headers, "Content-Type": content_type}, sent.body)


@pytest.mark.parametrize(("code", "build"), SOAP_MISTAKES, ids=[code for code, _ in SOAP_MISTAKES])
def test_what_a_soap_call_says_wrongly_is_named(here: Here, code: str, build: Callable[[Here], Sent]):
    call = explained(here, build(here))

    assert code in codes(call), call.findings
    assert call.outcome != UNAUTHENTICATED


def test_the_place_of_a_mistake_in_a_body_is_told_by_line_and_column(here: Here):
    in_xml = explained(here, soap(here, b"<a>\n <b>\n</a>"))
    in_json = explained(here, Sent("POST", "/v1/verifications", rest(here).headers, b'{"a": 1,\n "b" 2}'))

    assert [each.vi for each in in_xml.findings if each.code == "body.xml"] == ["XML sai ở dòng 3, cột 5."]
    assert [each.vi for each in in_json.findings if each.code == "body.json"] == ["JSON sai ở dòng 2, cột 6."]


REST_MISTAKES: list[tuple[str, dict[str, Any]]] = [
    ("element.missing", {"purpose": None}),
    ("element.missing", {"personal_id": None}),
    ("element.refused", {"so_dinh_danh": "1"}),
    ("element.like", {"personalid": "1"}),
    ("element.type", {"personal_id": 46093000002}),
    ("number.in_old_place", {"personal_id": None, "old_id_no": THU.number}),
    ("number.length", {"personal_id": "1"}),
    ("ground.refused", {"purpose": "Khác"}),
    ("dossier.missing", {"integration_code": "998"}),
    ("code.missing", {"integration_code": ""}),
    ("birth.form", {"birth_date": "03/02/1993"}),
]


@pytest.mark.parametrize(("code", "changes"), REST_MISTAKES)
def test_what_a_rest_call_says_wrongly_is_named(here: Here, code: str, changes: dict[str, Any]):
    assert code in codes(explained(here, rest(here, **changes)))


def hashed(here: Here, text: Callable[[str, str, str, str], str], **headers: str) -> Sent:
    """A SOAP call whose hash is taken over another text."""
    stamp = str(int(time.time() * 1000))
    digest = hashlib.sha256(text(SERVICE_PATH, TRIED, stamp, here.secret).encode()).hexdigest()
    return Sent("POST", SERVICE_PATH, {"Timestamp": stamp, "Authorization": basic(TRIED, digest), **headers}, clients.court(THU))


AUTH_MISTAKES: list[tuple[str, Callable[[Here], Sent]]] = [
    ("auth.hash_differs", lambda here: soap_with(here, "sai")),
    ("auth.official_secret", lambda here: soap_with(here, REGISTERED)),
    ("auth.skew", lambda here: soap(here, timestamp=str(int(time.time()) - 3600))),
    ("auth.skew_far", lambda here: soap(here, timestamp=str(int(time.time()) - 400_000))),
    ("auth.timestamp_form", lambda here: soap(here, timestamp="hom-nay")),
    ("auth.timestamp_missing", lambda here: hashed(here, lambda u, n, t, s: u + n + t + s, Timestamp="")),
    ("auth.hash_shape", lambda here: sent_as(here, hashlib.md5(b"x").hexdigest())),
    ("auth.plain_secret", lambda here: sent_as(here, here.secret)),
    ("auth.hash_part", lambda here: hashed(here, lambda u, n, t, s: n + t + s)),
    ("auth.hash_part", lambda here: hashed(here, lambda u, n, t, s: s + t + n + u)),
    ("auth.service_url", lambda here: hashed(here, lambda u, n, t, s: u + "/" + n + t + s)),
    ("auth.service_url", lambda here: hashed(here, lambda u, n, t, s: "http://127.0.0.1" + n + t + s)),
    ("auth.hash_case", lambda here: upper(soap(here))),
    ("auth.secret_differs", lambda here: rest(here, authorization=basic(TRIED, "sai"))),
    ("auth.secret_blanks", lambda here: rest(here, authorization=basic(TRIED, here.secret + "\n"))),
    ("auth.secret_case", lambda here: rest(here, authorization=basic(TRIED, here.secret.upper()))),
    ("auth.official_secret", lambda here: rest(here, authorization=basic(TRIED, REGISTERED))),
    ("auth.hash_for_secret", lambda here: rest(here, authorization=basic(TRIED, "0" * 64))),
    ("auth.unreadable", lambda here: rest(here, authorization=basic(TRIED, here.secret).replace("bW9", "bW9 "))),
    ("token.expired", lambda here: bearer(here, token_of(here, ago=4000))),
    ("token.other_secret", lambda here: bearer(here, token_of(here, secret="khac"))),
    ("auth.network", lambda here: platforms.thanh_hoa(THU, TRIED)),
    ("auth.secret_differs", lambda here: platforms.hau_giang_token(TRIED, "sai")),
    ("auth.secret_differs", lambda here: platforms.dong_thap_token(TRIED, "sai")),
    ("auth.secret_differs", lambda here: platforms.api_manager_json(TRIED, "sai")),
    ("http.address", lambda here: Sent("POST", "/NPDService", rest(here).headers, b"")),
    ("http.address", lambda here: Sent("POST", f"/adapter/{TRIED}/khong-co", {}, b"{}")),
    ("http.method", lambda here: Sent("PUT", SERVICE_PATH, soap(here).headers, b"")),
    ("http.too_large", lambda here: Sent("POST", SERVICE_PATH, soap(here).headers, b"x" * 300_000)),
    ("auth.signature", lambda here: Sent("POST", SERVICE_PATH, {**soap(here).headers, "Dancu-Signature": "a.b.c"}, b"")),
]


def soap_with(here: Here, secret: str) -> Sent:
    return Sent("POST", SERVICE_PATH, clients.headers(TRIED, secret), clients.court(THU))


def sent_as(here: Here, password: str) -> Sent:
    headers = {"Timestamp": str(int(time.time())), "Authorization": basic(TRIED, password)}
    return Sent("POST", SERVICE_PATH, headers, clients.court(THU))


def upper(sent: Sent) -> Sent:
    user, _, digest = base64.b64decode(sent.headers["Authorization"][6:]).decode().partition(":")
    return Sent(sent.method, sent.path, {**sent.headers, "Authorization": basic(user, digest.upper())}, sent.body)


def token_of(here: Here, *, ago: int = 0, secret: str = "") -> str:
    from dataclasses import replace
    from datetime import UTC, datetime, timedelta

    from dancu.gateway import tokens

    caller = here.hot.directory().callers[TRIED]
    issued_to = replace(caller, secret=secret) if secret else caller
    return tokens.issue(here.hot.derived_key, issued_to, datetime.now(UTC) - timedelta(seconds=ago))


def bearer(here: Here, token: str) -> Sent:
    return platforms.api_manager(THU, token)


@pytest.mark.parametrize(("code", "build"), AUTH_MISTAKES)
def test_why_a_call_was_not_believed_is_told_to_the_system_it_named(here: Here, code: str, build: Callable[[Here], Sent]):
    call = explained(here, build(here), address="203.0.113.9" if code == "auth.network" else "127.0.0.1")

    assert code in codes(call), call.findings
    assert (call.client_id, call.outcome, call.asked, call.is_handled) == (TRIED, UNAUTHENTICATED, {}, False)
    assert here.secret not in str(call)
    assert REGISTERED not in str(call)


def test_the_answer_itself_never_says_why(here: Here):
    in_soap = ("auth.hash_differs", "auth.skew", "auth.skew_far", "auth.hash_part", "auth.plain_secret", "auth.service_url")
    answers = {here.send(build(here))[:2] for code, build in AUTH_MISTAKES if code in in_soap}

    assert len(answers) == 1
    assert "dancu-trial" not in here.send(AUTH_MISTAKES[0][1](here))[2]


def test_nobody_else_is_told_of_anything(here: Here):
    for client in (OFFICIAL, "khong-co"):
        here.send(Sent("POST", SERVICE_PATH, clients.headers(client, "sai"), clients.court(THU)))
        here.send(rest(here, authorization=basic(client, "sai")))
        here.send(platforms.thanh_hoa(THU, client), "203.0.113.9")
        here.send(platforms.hau_giang_token(client, "sai"))
    here.send(Sent("POST", "/khong-co", {}, b""))

    assert here.kept() == []


def test_where_nobody_is_in_trial_a_failed_call_is_not_even_read(here: Here, monkeypatch: pytest.MonkeyPatch):
    here.hot.gate.set_rates([])
    monkeypatch.setattr("dancu.gateway.sandbox.claimed.dialect_of", None)

    assert here.send(rest(here, authorization=basic(TRIED, "sai")))[0] == 401
    assert here.kept() == []


def test_a_call_that_begins_inside_one_of_a_trial_is_not_taken_for_it(here: Here):
    other = rest(here, authorization=basic(OFFICIAL, "sai"))
    told: list[Answer] = []

    async def next_of_the_connection() -> None:
        told.append(await here.asked(scope_of(other), other.body or b""))

    for sent in (rest(here), soap(here)):
        asyncio.run(here.asked(scope_of(sent), sent.body or b"", next_of_the_connection))

    assert [status for status, _, _ in told] == [401, 401]
    assert not any("dancu-trial" in headers for _, _, headers in told)
    assert len(here.kept()) == 2


def test_strangers_are_heard_out_only_so_often(here: Here):
    for _ in range(60):
        here.send(rest(here, authorization=basic(TRIED, "sai")))
        here.gateway._inspector._explain_next(here.hot) if here.gateway._inspector._waiting else None

    assert len(here.kept()) == 20


def test_a_request_sent_again_under_the_same_id_is_seen_and_one_under_another_too(here: Here):
    waiting = Person("046091000112", "Mai Văn Chờ", "19910412")

    def sent(request_id: str) -> Sent:
        return soap(here, re.sub(rb"MaYeuCau>[^<]*<", b"MaYeuCau>" + request_id.encode() + b"<", clients.court(waiting)))

    statuses = [here.send(sent(each))[0] for each in ("a", "a", "b", "c", "")]
    first, again, anew, other, none = here.kept()

    assert statuses == [503, 200, 503, 200, 503]
    assert ("retry.first" in codes(first), first.is_handled) == (True, False)
    assert ("retry.same_id" in codes(again), again.is_handled, again.scenario) == (True, True, "unavailable_once")
    assert "retry.first" in codes(anew)
    assert ("retry.new_id" in codes(other), other.is_handled) == (True, False)
    assert "request.id_missing" in codes(none)


def test_a_request_id_used_twice_is_noted_and_no_more(here: Here):
    here.send(soap(here, re.sub(rb"MaYeuCau>[^<]*<", b"MaYeuCau>046093000099<", clients.court(THU))))
    status = here.send(soap(here, re.sub(rb"MaYeuCau>[^<]*<", b"MaYeuCau>046093000099<", clients.court(THU))))[0]
    first, second = here.kept()

    assert status == 200
    assert ("request.id_repeated" in codes(first), "request.id_repeated" in codes(second)) == (False, True)
    assert second.is_handled
    assert (second.asked or {})["MaYeuCau"] == NOT_KEPT


def test_the_same_key_is_told_and_another_question_under_it_too(here: Here):
    for sent in (rest(here, key="k"), rest(here, key="k"), rest(here, key="k", full_name="Thuận")):
        here.send(sent)
    first, again, other = here.kept()

    assert (first.scenario, again.scenario, again.is_handled) == ("found", "repeated", True)
    assert ("key.other_request" in codes(other), other.outcome, other.status) == (True, "conflict", 409)


def test_an_inspector_that_fails_takes_nobody_s_answer(here: Here, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("dancu.gateway.sandbox.inspector.read_call", broken)

    assert here.send(soap(here))[0] == 200
    assert here.kept() == []


def test_what_waits_to_be_explained_is_bounded_in_bytes(here: Here, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dancu.gateway.sandbox.inspector.WAITING_BYTES_MAX", 3 * len(soap(here).body or b""))
    for _ in range(10):
        here.send(soap(here))

    assert len(here.kept()) == 3
    here.send(soap(here))
    assert len(here.kept()) == 1, "there is room again"
