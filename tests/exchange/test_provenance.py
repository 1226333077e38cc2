"""Whether the system that asks is the one that calls: every way a call can come, against every way a system may be registered."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from tests.factories.people import a_system

from dancu.exchange.messages import SignedRequest
from dancu.exchange.provenance import CHECKED_BEFORE, Provenance, doubt, settled, spend
from dancu.exchange.reasons import Reason
from dancu.onboarding.domain import WireProfile

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ANY, SIGNED, MUTUAL = WireProfile(), WireProfile(is_signed=True), WireProfile(is_mutual=True)


def by(issuer: str = "he-thong", nonce: str = "n" * 22) -> SignedRequest:
    return SignedRequest(issuer, "kid", nonce, NOW, "Ed25519")


@pytest.mark.parametrize(
    ("came", "profile", "reason"),
    [
        (None, ANY, None),
        (None, SIGNED, Reason.SIGNATURE_MISSING),
        (None, MUTUAL, Reason.CERTIFICATE_MISSING),
        (CHECKED_BEFORE, SIGNED, None),
        (Provenance(by()), ANY, None),
        (Provenance(by()), SIGNED, None),
        (Provenance(by()), MUTUAL, Reason.CERTIFICATE_MISSING),
        (Provenance(by("khac")), ANY, Reason.SIGNER_DIFFERS),
        (Provenance(by(), is_replayed=True), SIGNED, Reason.REPLAYED),
        (Provenance(certificate_of="he-thong"), ANY, None),
        (Provenance(certificate_of="he-thong"), MUTUAL, None),
        (Provenance(certificate_of="he-thong"), SIGNED, Reason.SIGNATURE_MISSING),
        (Provenance(certificate_of="khac"), ANY, Reason.CERTIFICATE_DIFFERS),
        (Provenance(by(), certificate_of="khac"), SIGNED, Reason.CERTIFICATE_DIFFERS),
    ],
)
def test_a_system_is_believed_by_what_it_is_registered_for(
    came: Provenance | None, profile: WireProfile, reason: Reason | None
) -> None:
    assert doubt(came, a_system(profile=profile), is_hub_open=False) is reason


@pytest.mark.parametrize(
    ("issuer", "is_open", "reason"),
    [
        ("tinh", True, None),
        ("tinh", False, Reason.CLIENT_SUSPENDED),
        ("tinh-khac", True, Reason.SIGNER_DIFFERS),
        ("he-thong", False, None),
    ],
)
def test_a_hub_signs_for_those_who_ask_through_it_while_it_is_open(issuer: str, is_open: bool, reason: Reason | None) -> None:
    system = a_system(profile=SIGNED, via="tinh")

    assert doubt(Provenance(by(issuer)), system, is_hub_open=is_open) is reason


class Store:
    """A table of nonces with what one statement does to it."""

    def __init__(self) -> None:
        self.rows: set[tuple[str, str]] = set()

    async def fetch(self, query: str, *arguments: object) -> list[tuple[str, str]]:
        fresh = set(zip(arguments[0], arguments[1], strict=True)) - self.rows  # type: ignore[call-overload]
        self.rows |= fresh
        return sorted(fresh)


def test_of_equal_messages_in_one_batch_and_after_it_one_is_taken() -> None:
    store, calls = Store(), [Provenance(by()), Provenance(by()), Provenance(by("khac")), Provenance(by(nonce="m" * 22))]
    later = Provenance(by())

    asyncio.run(spend(store, calls, NOW))
    asyncio.run(spend(store, [later], NOW))

    assert [call.is_replayed for call in calls] == [False, True, False, False]
    assert later.is_replayed


def test_a_call_that_asks_twice_needs_one_nonce() -> None:
    call = Provenance(by())
    asyncio.run(spend(Store(), [call], NOW))
    settled([call])

    assert not call.must_be_spent
    assert replace(by(), nonce="m" * 22) != call.signed
