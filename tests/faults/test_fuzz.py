"""A small size of R10: changed calls of every contract against a real gateway; and what the judge of answers sees."""

from __future__ import annotations

import random

import pytest

from dancu.cli.launcher.postgres import Urls
from tests.faults.fuzz import contracts, judge
from tests.faults.fuzz.call import Call
from tests.faults.fuzz.framing import plain
from tests.faults.fuzz.run import Met, fuzz, walk
from tests.faults.fuzz.systems import CALLERS
from tests.faults.fuzz.trial import a_gateway, caught, ground, holds, log_faults
from tests.faults.fuzz.wire import Answer

JSON = {"content-type": "application/json", "cache-control": "no-store"}
PROBLEM = {**JSON, "content-type": "application/problem+json"}
XML = {**JSON, "content-type": "text/xml; charset=utf-8"}
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header/>'
    '<soapenv:Body><ns1:CongdanCollection xmlns:ns1="http://www.mic.gov.vn/dancu/1.0">{}</ns1:CongdanCollection></soapenv:Body></soapenv:Envelope>'
)


@pytest.fixture
def seed() -> int:
    drawn = random.SystemRandom().randrange(10**6)
    print(f"seed {drawn}")
    return drawn


@pytest.mark.slow
def test_whatever_is_sent_is_answered_as_published_and_tells_of_nobody_in_an_error(seed: int, fresh_database: Urls):
    with ground(fresh_database) as on:
        with a_gateway(on) as (gateway, means):
            met, walked = fuzz(gateway, means, seed, 1_500), walk(gateway, means, seed, 2)
            log = log_faults(gateway)
        control = caught(on, "raises_on_nul", "a route that raises on U+0000", "5xx", seed)

    assert [str(each) for each in (*met.violations, *walked.violations)] == []
    assert log == []
    assert holds(met, log), (met.told, met.warm_bytes, met.end_bytes)
    assert control.caught, control.seen


def kinds(path: str, status: int, headers: dict[str, str], body: str, seconds: float = 0.1) -> list[str]:
    """What the judge says of an answer to a plain call at an address."""
    call = Call("soap" if path.startswith("/soap") else path, "POST", path, CALLERS[0], "nobody")
    return [kind for kind, _ in judge.faults_of(call, plain(call), Answer(status, headers, body.encode(), seconds))]


def test_an_answer_as_published_stands():
    refused = '{"type": "/problems/request.body", "status": 422, "title": "a", "title_en": "b"}'

    assert kinds("/v1/verifications", 422, PROBLEM, refused) == []
    assert kinds("/soap/dan-cu", 200, XML, ENVELOPE.format("")) == []


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind"),
    [
        (500, PROBLEM, '{"type": "/problems/internal", "status": 500, "title": "a", "title_en": "b"}', "5xx"),
        (422, PROBLEM, '{"type": "x", "status": 422, "title": "046000000007", "title_en": "b"}', "person"),
        (422, PROBLEM, '{"type": "x", "status": 422, "title": "NGUYỄN VĂN THỬ 1", "title_en": "b"}', "person"),
        (422, PROBLEM, '{"type": "x", "status": 422, "title": "KeyError", "title_en": "b"}', "stack"),
        (422, PROBLEM, '{"type": "x", "status": "422", "title": "a", "title_en": "b"}', "schema"),
        (422, PROBLEM, '{"type": "x", "type": "x", "status": 422, "title": "a", "title_en": "b"}', "schema"),
        (422, JSON, '{"type": "x", "status": 422, "title": "a", "title_en": "b"}', "schema"),
        (418, PROBLEM, '{"type": "x", "status": 418, "title": "a", "title_en": "b"}', "schema"),
        (201, {"content-type": "application/json"}, "{}", "schema"),
    ],
)
def test_an_answer_that_may_not_stand_is_seen(status: int, headers: dict[str, str], body: str, kind: str):
    assert kind in kinds("/v1/verifications", status, headers, body)


@pytest.mark.parametrize(
    "inner",
    ["<ns1:CongDan><ns1:SoCMND/><ns1:SoDinhDanh/></ns1:CongDan>", "<ns1:CongDan><ns1:Khac/></ns1:CongDan>", "x", "<ns1:CongDan>"],
)
def test_an_envelope_that_does_not_fit_the_wsdl_is_seen(inner: str):
    assert "schema" in kinds("/soap/dan-cu", 200, XML, ENVELOPE.format(inner))


def test_a_late_answer_and_one_that_may_be_kept_are_seen():
    assert "slow" in kinds("/soap/dan-cu", 200, XML, ENVELOPE.format(""), seconds=31)
    assert "schema" in kinds("/soap/dan-cu", 200, {"content-type": XML["content-type"]}, ENVELOPE.format(""))


def test_a_run_that_only_met_shut_doors_proves_nothing():
    assert holds(Met(cases=100, told=10), [])
    assert not holds(Met(cases=100, told=4), [])
    assert not holds(Met(cases=100, told=10), ["Traceback"])
    assert not holds(Met(cases=100, told=10, end_bytes=600 * 1024 * 1024, warm_bytes=590 * 1024 * 1024), [])


def test_every_operation_of_both_documents_is_known():
    published = {each.name for each in contracts.operations()}

    assert {"POST /v1/verifications", "POST /v1/list-requests/{id}/pages", "GET /health", "POST /token"} <= published
    assert contracts.operation_at("POST", "/json/TraCuu") is not None
