"""The signature of the national style, and what an integrator is told when it does not fit."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dancu.gateway.dialects import national_auth
from dancu.gateway.dialects.national_auth import is_signed_by, parse_basic, timestamp_age_seconds

USER, SECRET, STAMP = "he-thong", "bi-mat-thu", "1795402800000"
FULL, PATH = "https://trao-doi.example.vn:8443/soap/NPDService", "/soap/NPDService"
URLS = (f"{FULL}?a=1", FULL, PATH)
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def told(given_hex: str, *, stamp: str = STAMP, age: float | None = 0.0) -> list[str]:
    return national_auth.explain(SECRET, USER, stamp, given_hex, URLS, age_seconds=age, skew_seconds=300)


@pytest.mark.parametrize("url", URLS)
def test_each_accepted_address_string_signs(url: str) -> None:
    assert is_signed_by(SECRET, USER, STAMP, sha(url + USER + STAMP + SECRET), URLS)


def test_the_hash_is_the_one_the_field_computes() -> None:
    # Computed with sha256sum, not with our own code: /a + u + 1 + s.
    assert national_auth.digest_of("s", "u", "1", "/a") == "088b2917db150efd0443a9a0fdd2f68d8b5a8de46e8ea17a3212e35a609e3843"


def test_nothing_signs_that_is_changed_in_any_part() -> None:
    good = sha(PATH + USER + STAMP + SECRET)

    assert not is_signed_by("khác", USER, STAMP, good, URLS)
    assert not is_signed_by(SECRET, "khac", STAMP, good, URLS)
    assert not is_signed_by(SECRET, USER, "1795402800001", good, URLS)
    assert not is_signed_by(SECRET, USER, STAMP, good.upper(), URLS)
    assert not is_signed_by(SECRET, USER, STAMP, good, ("/other",))
    assert not is_signed_by(SECRET, USER, STAMP, good, ())
    assert not is_signed_by(SECRET, USER, STAMP, "", URLS)


def test_basic_is_read_as_written_by_any_client() -> None:
    encoded = base64.b64encode(b"user:with:colon").decode()

    assert parse_basic(f"Basic {encoded}") == ("user", "with:colon")
    assert parse_basic(f"  basic   {encoded} ") == ("user", "with:colon")
    assert parse_basic(f"Bearer {encoded}") is None
    assert parse_basic("Basic " + base64.b64encode(b"no colon").decode()) is None
    assert parse_basic("Basic " + base64.b64encode(b"\xff\xfe:a").decode()) is None


@given(st.text())
@settings(max_examples=200, deadline=None, database=None, derandomize=True)
def test_no_header_breaks_the_reading(text: str) -> None:
    assert parse_basic("Basic " + text) is None or ":" in base64.b64decode(text.strip()).decode()
    age = timestamp_age_seconds(text, NOW)
    assert age is None or isinstance(age, float)


@pytest.mark.parametrize("stamp", ["1795402800", "1795402800000", "20261123100000", " 1795402800 "])
def test_seconds_milliseconds_and_local_time_are_the_same_moment(stamp: str) -> None:
    assert timestamp_age_seconds(stamp, NOW) == 0
    assert timestamp_age_seconds(stamp, NOW + timedelta(seconds=90)) == 90
    assert timestamp_age_seconds(stamp, NOW - timedelta(seconds=90)) == -90


@pytest.mark.parametrize("stamp", ["", "0", "17954028001", "20261323100000", "-179540280", "１７９５４０２８００", "hôm nay"])
def test_a_stamp_of_another_shape_has_no_age(stamp: str) -> None:
    assert timestamp_age_seconds(stamp, NOW) is None


def test_a_good_signature_needs_no_explanation() -> None:
    assert told(sha(FULL + USER + STAMP + SECRET)) == []


def test_time_is_explained_apart_from_the_hash() -> None:
    good = sha(FULL + USER + STAMP + SECRET)

    assert "lệch 4000 giây" in told(good, age=4000.0)[0]
    assert "không đọc được" in told(good, age=None)[0]
    assert len(told("0" * 64, age=-4000.0)) == 2


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (f"{USER}{STAMP}{SECRET}", "thiếu serviceUrl"),
        (f"{FULL}/{USER}{STAMP}{SECRET}", "đúng từng ký tự"),
        (f"http{FULL[5:]}{USER}{STAMP}{SECRET}", "đúng từng ký tự"),
        (f"https://trao-doi.example.vn{PATH}{USER}{STAMP}{SECRET}", "đúng từng ký tự"),
        (f"soap/NPDService{USER}{STAMP}{SECRET}", "đúng từng ký tự"),
        (f"{FULL}{USER}{STAMP}{SECRET}\n", "Mã bí mật trong hash thừa"),
        (f"{FULL}{USER} {STAMP}{SECRET}", "Tên người dùng trong hash thừa"),
        (f"{FULL}{USER}{STAMP}", "bị bỏ trống"),
        (f"{FULL}{USER}{STAMP[:10]}{SECRET}", "mili giây"),
        (f"{FULL}{USER.upper()}{STAMP}{SECRET}", "chữ hoa, chữ thường"),
        (f"{FULL}{USER}{SECRET}", "thiếu Timestamp"),
        (f"{FULL}{STAMP}{SECRET}", "thiếu tên người dùng"),
        (f"{USER}{FULL}{STAMP}{SECRET}", "sai thứ tự"),
        (f"{FULL}|{USER}|{STAMP}|{SECRET}", "phải nối liền"),
        ("something else", "Hash không khớp"),
    ],
)
def test_a_well_known_mistake_is_named(text: str, word: str) -> None:
    sentences = told(sha(text))

    assert len(sentences) == 1
    assert word in sentences[0]


def test_two_mistakes_at_once_are_both_named() -> None:
    sentences = told(sha(f"{USER}{STAMP}{SECRET}").upper())

    assert ["chữ hoa" in sentences[0], "thiếu serviceUrl" in sentences[1]] == [True, True]
    assert told(sha(FULL + USER + STAMP + SECRET).upper()) == ["Hash viết chữ hoa; hợp đồng cần chữ thường."]


@pytest.mark.parametrize(
    ("given_hex", "word"),
    [
        (hashlib.md5(b"x").hexdigest(), "MD5"),
        ("a" * 40, "SHA-1"),
        ("a" * 128, "SHA-512"),
        (base64.b64encode(hashlib.sha256(b"x").digest()).decode(), "base64"),
        ("", "0 ký tự"),
        (SECRET, "chính mã bí mật"),
    ],
)
def test_another_algorithm_or_the_bare_secret_is_named(given_hex: str, word: str) -> None:
    assert word in told(given_hex)[0]


def test_no_explanation_shows_the_secret() -> None:
    attempts = [SECRET, sha(f"{FULL}{USER}{STAMP}{SECRET}\n"), "0" * 64, sha(f"{FULL}|{USER}|{STAMP}|{SECRET}")]

    assert all(SECRET not in sentence for attempt in attempts for sentence in told(attempt, age=None))
