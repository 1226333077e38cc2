"""Somebody will send real people to a sandbox: no number and no name of theirs is kept, whatever is sent, wherever it stands."""

from __future__ import annotations

import json
import re

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dancu.exchange.trial import asking
from dancu.exchange.trial.calls import TrialCall
from dancu.exchange.trial.cases import cases
from dancu.exchange.trial.findings import SENTENCES
from dancu.exchange.trial.people import people
from tests.factories.people import a_grant
from tests.field_clients import clients, platforms
from tests.field_clients.clients import SERVICE_PATH, Person
from tests.field_clients.platforms import Sent
from tests.gateway.here import TRIED, Here
from tests.gateway.test_sandbox_inspector import BODY, basic, rest


@pytest.fixture(autouse=True)
def nothing_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "SLOW_SECONDS", 0.0)


FAMILIES, MIDDLES = ("Lê", "Phan", "Huỳnh", "Vương", "Tôn"), ("Quang", "Ngọc", "Diệu", "Xuân", "Đình Quốc")
GIVEN = ("Khôi", "Quỳnh", "Bảy", "Tuấn", "Nhung", "Kiệt", "Dũng")
VOCABULARY = " ".join(
    [text for _, *texts in SENTENCES.values() for text in texts]
    + list(people().names.values())
    + [" ".join((case.vi, case.en)) for case in cases().cases]
).casefold()
numbers = st.integers(10**11, 10**12 - 1).map(str) | st.integers(10**8, 10**9 - 1).map(str)
names = st.builds(lambda *words: " ".join(words), st.sampled_from(FAMILIES), st.sampled_from(MIDDLES), st.sampled_from(GIVEN))
words = names | numbers | st.text(st.characters(codec="utf-8", exclude_characters="<>&\0\r\n"), max_size=30)
born = st.dates().map(lambda day: f"{day.year:04d}{day.month:02d}{day.day:02d}")
persons = st.builds(Person, numbers, names, born, numbers)
_LONG = re.compile(r"[0-9](?:[ .\-]?[0-9]){8,}")


def is_clean(call: TrialCall, sent_names: tuple[str, ...]) -> None:
    text = msgspec.json.encode([call.findings, call.asked, call.operation, call.outcome, call.dialect, call.scenario]).decode()
    allowed = cases().numbers
    assert [run[0] for run in _LONG.finditer(text) if re.sub(r"\D", "", run[0]) not in allowed] == [], text
    for name in sent_names:
        for word in name.split():
            if word in GIVEN and word.casefold() not in VOCABULARY:
                assert word.casefold() not in text.casefold(), text


def test_the_words_that_are_looked_for_are_none_of_ours() -> None:
    assert [word for word in GIVEN if word.casefold() in VOCABULARY] == []


_THE_ONE = Here([a_grant(TRIED, "037")])
_HABITS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@_HABITS
@given(
    person=persons, builder=st.sampled_from(sorted(clients.BUILDERS)), request_id=words, officer=words, code=words, where=numbers
)
def test_no_number_and_no_name_of_a_real_person_is_kept_of_a_soap_call(
    person: Person, builder: str, request_id: str, officer: str, code: str, where: str
):
    body = clients.BUILDERS[builder](person).decode()
    for old, new in (("canbo01", officer), ("VDXP_H57", officer), ("037", code), ("PORTAL_12", request_id), ("TAND", person.name)):
        body = body.replace(old, new)
    body = body.replace("MaDonVi", f"So{person.number}").replace("TaiKhoan", person.name.replace(" ", "_"))
    path = f"{SERVICE_PATH}/{where}"
    good = clients.headers(TRIED, _THE_ONE.secret, service_url=path)
    bad = {**clients.headers(TRIED, "sai", service_url=path), "Timestamp": person.number}
    for headers in (good, bad, {**good, "X-Road-Client": person.number}):
        _THE_ONE.send(Sent("POST", path, headers, body.encode()))
    for call in _THE_ONE.kept():
        is_clean(call, (person.name,))


@_HABITS
@given(person=persons, members=st.dictionaries(words, words, max_size=4), stated=words, client=words)
def test_no_number_and_no_name_of_a_real_person_is_kept_of_any_other_call(
    person: Person, members: dict[str, str], stated: str, client: str
):
    here = _THE_ONE
    asked = {**BODY, "personal_id": person.number, "full_name": person.name, "birth_date": person.born, "officer": stated}
    bodies = (
        {**asked, **members},
        {**asked, "purpose": person.name, "legal_basis": person.number},
        {**members, **asked, "fields": [stated]},
    )
    for body in bodies:
        headers = {**rest(here, key="").headers, "Idempotency-Key": person.number}
        here.send(Sent("POST", "/v1/verifications", headers, json.dumps(body).encode()))
    adapted = platforms.thanh_hoa(person, TRIED)
    stranger = {**json.loads(adapted.body or b"{}"), **members, person.name: person.number, f"soDinhDanh {person.name}": ""}
    here.send(Sent("POST", adapted.path, adapted.headers, json.dumps(stranger).encode()))
    built = (platforms.thanh_hoa, platforms.sharepoint, platforms.opencps_form, platforms.warehouse_check)
    for build in (*built, platforms.warehouse_two_keys):
        here.send(build(person, TRIED))
        here.send(build(person, TRIED), "203.0.113.9")
    here.send(platforms.hau_giang_token(TRIED, person.number))
    here.send(rest(here, authorization=basic(TRIED, client)))
    here.send(Sent("POST", f"/{person.number}/khong-co", rest(here).headers, b""))
    here.send(Sent("POST", f"/v1/{person.number}", rest(here).headers, b"{}"))
    for call in here.kept():
        is_clean(call, (person.name,))


@_HABITS
@given(
    body=st.binary(max_size=200) | st.text(max_size=100).map(str.encode), path=st.sampled_from([SERVICE_PATH, "/v1/verifications"])
)
def test_whatever_bytes_are_sent_the_call_is_explained(body: bytes, path: str):
    here = _THE_ONE
    headers = rest(here).headers if path.startswith("/v1") else clients.headers(TRIED, here.secret)

    here.send(Sent("POST", path, headers, body))

    (call,) = here.kept()
    assert call.findings
    is_clean(call, ())
