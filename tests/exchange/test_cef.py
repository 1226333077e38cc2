"""What a monitoring centre reads: no text of anybody breaks a line, a field or the frame."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.people import NOW

from dancu.exchange.cef import LINE_MAX, SecurityEvent, cef_text, framed, kinds, severity_of, syslog_line

HOSTILE = "a|b=c\\d\r\ne\x00f\u2028cs1=x CEF:0|y"


def head_and_fields(text: str) -> tuple[list[str], dict[str, str]]:
    """Read as receivers do: an escaped pipe or equal sign is no border."""
    parts = re.split(r"(?<!\\)(?:\\\\)*\|", text, maxsplit=7)
    found: dict[str, str] = {}
    for name, value in re.findall(r"(\w+)=((?:\\.|[^\\=])*?)(?= \w+=|$)", parts[7]):
        found[name] = re.sub(r"\\(.)", r"\1", value)
    return parts, found


def test_an_event_of_calls_is_told_with_its_count_and_network():
    event = SecurityEvent("rest.unauthenticated", NOW, 12, {"cs2Label": "network", "cs2": "203.0.113.0/24"})

    head, fields = head_and_fields(cef_text(event))

    assert head[:3] == ["CEF:0", "dancu", "exchange"]
    assert head[4:7] == ["rest.unauthenticated", "Call without valid credentials", "4"]
    assert fields == {"rt": str(int(NOW.timestamp() * 1000)), "cnt": "12", "cs2Label": "network", "cs2": "203.0.113.0/24"}


def test_the_line_is_that_of_the_standard():
    line = syslog_line(SecurityEvent("extraction.suspend", datetime(2026, 11, 24, 3, 0, 0, 5000, UTC)), "may-chu", "42").decode()

    assert line.startswith("<106>1 2026-11-24T03:00:00.005000Z may-chu dancu 42 extraction.suspend - CEF:0|")
    assert framed(line.encode()).startswith(b"%d <106>1 " % len(line))


def test_hostile_text_stays_inside_its_field():
    event = SecurityEvent("malformed", NOW, 1, {"cs3Label": "system", "cs3": HOSTILE, "cs4": "whole"})

    text = cef_text(event)
    head, fields = head_and_fields(text)

    assert len(head) == 8
    assert not re.search(r"[\x00-\x1f\u2028]", text)
    assert fields["cs4"] == "whole"
    assert r"cs1\=x" in text


@given(st.text(), st.text(), st.text(max_size=5_000))
def test_whatever_is_told_is_one_line_of_bounded_length(kind: str, host: str, value: str) -> None:
    line = syslog_line(SecurityEvent(kind, NOW, 1, {"cs1": value}), host, "1")

    assert len(line) <= LINE_MAX
    assert not re.search(rb"[\x00-\x1f]", line)
    assert len(line.decode().split(" ", 7)) == 8, "version, time, host, application, process, kind, data, message"


def test_many_in_an_hour_are_graver_and_an_unknown_kind_is_told_too():
    few, many = (severity_of(SecurityEvent("quota.system", NOW, count)) for count in (1, 5_000))

    assert (few, many) == (3, 5)
    assert severity_of(SecurityEvent("something.new", NOW)) == 5
    assert "|something.new|something.new|5|" in cef_text(SecurityEvent("something.new", NOW))


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_has_words_and_a_severity_within_the_scale(kind: str):
    words = kinds()[kind]

    assert words.says.isascii()
    assert 0 <= words.severity <= words.severity_of_many <= 10
