"""Two answers compared: what every reader of the field takes as equal is no difference, and every planted one is seen."""

from __future__ import annotations

import json
import random

import pytest

from dancu.gateway.shadow.differences import Difference, Mark, Told, differences

OURS = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    '<ns1:CongdanCollection xmlns:ns1="http://www.mic.gov.vn/dancu/1.0" GhiChu="DA-CHET"><ns1:CongDan>'
    "<ns1:SoDinhDanh>046090000101</ns1:SoDinhDanh><ns1:HoVaTen><ns1:Ho></ns1:Ho><ns1:Ten>TRẦN VĂN HÒA</ns1:Ten></ns1:HoVaTen>"
    "<ns1:GioiTinh>1</ns1:GioiTinh></ns1:CongDan></ns1:CongdanCollection></soapenv:Body></soapenv:Envelope>"
)
PLAIN = OURS.replace("soapenv:", "S:").replace(":soapenv=", ":S=").replace("ns1:", "").replace(":ns1=", "=")


def told(text: str, status: int = 200) -> Told:
    return Told(status, text.encode())


@pytest.mark.parametrize(
    "theirs",
    [
        PLAIN,
        OURS.replace(' GhiChu="DA-CHET"', ""),
        OURS.replace("TRẦN VĂN HÒA", "TRẦN  VĂN HÒA\n"),
        OURS.replace("<ns1:Ho></ns1:Ho>", "<ns1:Ho/>"),
        "\ufeff" + OURS,
    ],
)
def test_what_readers_take_as_equal_is_no_difference(theirs: str):
    assert differences(told(theirs), told(OURS)) == []


@pytest.mark.parametrize(
    ("theirs", "found"),
    [
        (OURS.replace("<ns1:GioiTinh>1", "<ns1:GioiTinh>2"), (Mark.CHANGED, "/CongdanCollection/CongDan/GioiTinh")),
        (OURS.replace("HÒA", "HOÀ"), (Mark.CHANGED, "/CongdanCollection/CongDan/HoVaTen/Ten")),
        (OURS.replace("</ns1:CongDan>", "<ns1:TonGiao/></ns1:CongDan>"), (Mark.MISSING, "/CongdanCollection/CongDan/TonGiao")),
        (OURS.replace("<ns1:GioiTinh>1</ns1:GioiTinh>", ""), (Mark.EXTRA, "/CongdanCollection/CongDan/GioiTinh")),
    ],
)
def test_a_difference_is_named_by_its_element(theirs: str, found: tuple[Mark, str]):
    assert differences(told(theirs), told(OURS)) == [Difference(*found)]


def test_status_and_unreadable_answers_differ():
    assert differences(told(OURS, 500), told(OURS)) == [Difference(Mark.STATUS, "500/200")]
    assert differences(told("no"), told(OURS)) == [Difference(Mark.UNREADABLE, "")]
    assert differences(told("no"), told(" no ")) == []


def test_an_envelope_in_json_is_looked_into():
    def adapter(envelope: str, code: object = "00") -> Told:
        return told(json.dumps({"error_code": code, "message": envelope}))

    assert differences(adapter(PLAIN), adapter(OURS)) == []
    assert [each.path for each in differences(adapter(PLAIN.replace("<GioiTinh>1", "<GioiTinh>0")), adapter(OURS))] == [
        "/message/CongdanCollection/CongDan/GioiTinh"
    ]
    assert differences(adapter(OURS, 0), adapter(OURS, "0")) == [Difference(Mark.CHANGED, "/error_code")]  # a number is no text


def test_no_value_of_anybody_is_in_a_difference():
    draw = random.Random(7)
    for _ in range(300):
        at = draw.randrange(len(OURS))
        damaged = OURS[:at] + draw.choice("<>&9x\x00é") + OURS[at + 1 :]
        for each in differences(told(damaged), told(OURS)):
            assert "046090000101" not in each.path
            assert "TRẦN" not in each.path
