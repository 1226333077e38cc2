"""What a hub reads of the other side's file, and what it refuses before it does anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dancu.cli.hub_papers import Connection, Offer, OfferedSystem, check_offer, read_paper, write_paper
from dancu.kernel.errors import Invalid
from dancu.kernel.signing import MessageKey
from tests.factories.people import a_grant

KEY = MessageKey.generate()


def an_offer(**more: Any) -> Offer:
    system = OfferedSystem("mot-cua", "H57.12.3", "Bàn một cửa", [a_grant("mot-cua", "MOT-CUA")])
    return Offer(**{"installation": "h57.vi-du.vn", "key": KEY.public.as_jwk(), "systems": [system], **more})


def test_an_offer_is_read_as_it_was_written_and_holds_no_private_key(tmp_path: Path) -> None:
    file, offer = tmp_path / "hub.json", an_offer(accounts={"H57": ["canbo01"]})

    file.write_text(write_paper(offer))

    assert read_paper(file, Offer, "") == offer
    assert KEY.as_jwk()["d"] not in file.read_text()
    check_offer(offer, "H57")


@pytest.mark.parametrize("owner", ["H01.1", "H570", "H5", "", "h57.1", "H57/1"])
def test_a_province_speaks_for_itself_only(owner: str) -> None:
    system = OfferedSystem("mot-cua", owner, "Bàn một cửa", [])

    for offer in (an_offer(systems=[system]), an_offer(accounts={owner: []})):
        with pytest.raises(Invalid):
            check_offer(offer, "H57")


@pytest.mark.parametrize("client_id", ["", "Một cửa", "a b", "x" * 60, "-a"])
def test_an_id_that_is_none_is_refused(client_id: str) -> None:
    with pytest.raises(Invalid, match=r"hub\.offer"):
        check_offer(an_offer(systems=[OfferedSystem(client_id, "H57", "", [])]), "H57")


@pytest.mark.parametrize(
    "change",
    [{"key": KEY.as_jwk()}, {"key": {}}, {"more": 1}, {"systems": [{}]}, {"accounts": ["canbo"]}, {"installation": None}],
    ids=["private key", "no key", "unknown field", "empty system", "accounts without owner", "no installation"],
)
def test_a_file_that_is_no_offer_is_refused_with_what_is_wrong(tmp_path: Path, change: dict[str, Any]) -> None:
    file = tmp_path / "hub.json"
    file.write_text(json.dumps({**json.loads(write_paper(an_offer())), **change}))

    with pytest.raises(Invalid) as refused:
        read_paper(file, Offer, "dancu hub offer")

    assert KEY.as_jwk()["d"] not in refused.value.message


@pytest.mark.parametrize("content", [b"", b"[1]", b"\xff\xfe", b"[" * 100_000, b" " * (5 * 1024 * 1024)])
def test_bytes_that_are_no_file_of_ours_are_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "connection.json"
    file.write_bytes(content)

    with pytest.raises(Invalid) as refused:
        read_paper(file, Connection, "dancu hub admit")

    assert "connection.json" in refused.value.message
