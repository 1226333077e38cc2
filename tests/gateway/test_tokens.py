"""Tokens: whose they are, for how long, and what somebody else made of one."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dancu.gateway import tokens
from dancu.kernel.sealing import SealingKey
from dancu.onboarding.domain import ConnectionState, InformationSystem
from dancu.onboarding.reader import KnownCaller

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
KEY = SealingKey(bytes(range(32)))
CALLER = KnownCaller(InformationSystem("he-thong", "H57", "Một cửa", ConnectionState.OFFICIAL), "bi-mat")
CALLERS = {"he-thong": CALLER}


def whose(
    token: str, *, now: datetime = NOW, callers: dict[str, KnownCaller] = CALLERS, key: SealingKey = KEY
) -> KnownCaller | None:
    return tokens.read(key.derived, token, callers, now)


def test_a_token_names_its_system_until_it_ends() -> None:
    token = tokens.issue(KEY.derived, CALLER, NOW)

    assert whose(token) is CALLER
    assert whose(token, now=NOW + timedelta(seconds=tokens.TOKEN_SECONDS - 1)) is CALLER
    assert whose(token, now=NOW + timedelta(seconds=tokens.TOKEN_SECONDS)) is None
    assert whose(token, now=NOW - timedelta(minutes=1)) is None, "not yet"
    assert "bi-mat" not in base64.urlsafe_b64decode(token.split(".")[1] + "==").decode()


def test_a_new_secret_another_installation_or_a_closed_name_ends_it() -> None:
    token = tokens.issue(KEY.derived, CALLER, NOW)

    assert whose(token, callers={"he-thong": replace(CALLER, secret="moi")}) is None
    assert whose(token, callers={}) is None
    assert whose(token, key=SealingKey(bytes(32))) is None


@pytest.mark.parametrize("algorithm", ["none", "HS512", "RS256"])
def test_another_algorithm_is_not_taken(algorithm: str) -> None:
    _, claims, signature = tokens.issue(KEY.derived, CALLER, NOW).split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": algorithm}).encode()).decode().rstrip("=")

    assert whose(f"{header}.{claims}.{signature}") is None
    assert whose(f"{header}.{claims}.") is None


def _joined(parts: list[bytes]) -> str:
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


@given(st.text(max_size=300) | st.lists(st.binary(max_size=80), min_size=3, max_size=3).map(_joined))
def test_whatever_stands_in_its_place_is_nobodys(text: str) -> None:
    assert whose(text) is None


@given(st.integers(0, 400), st.characters(categories=["L", "N"]))
def test_a_token_with_one_letter_changed_is_nobodys(at: int, letter: str) -> None:
    token = tokens.issue(KEY.derived, CALLER, NOW)
    at %= len(token) - 1  # the last letter has bits that carry nothing
    changed = token[:at] + letter + token[at + 1 :]

    assert (whose(changed) is None) == (changed != token)
