"""Contacts are roles and offices; what an ending body holds goes somewhere, once."""

from __future__ import annotations

from datetime import date

import pytest

from dancu.kernel.errors import Invalid
from dancu.onboarding.parties.domain import (
    Change,
    Contact,
    Move,
    Party,
    PartyKind,
    Reorganisation,
    check_contact,
    check_moves,
    check_party,
    is_private_number,
)


@pytest.mark.parametrize(
    "text",
    ["0912 000 111", "0912.000.111", "+84 912000111", "84912000111", "a@gmail.com", "Trưởng phòng, 0351-234-567", "b@Yahoo.com.vn"],
)
def test_private_numbers_and_mailboxes_are_seen(text: str) -> None:
    assert is_private_number(text)


@pytest.mark.parametrize(
    "text", ["0234 3822 000", "069.2348888", "1900 0368", "024.3869.4000", "stttt@thuathienhue.gov.vn", "Phòng 305"]
)
def test_office_numbers_pass(text: str) -> None:
    assert not is_private_number(text)


@pytest.mark.parametrize("field", ["role", "office", "phone", "mail"])
def test_a_contact_with_a_private_number_is_refused_and_names_the_field(field: str) -> None:
    said = {"role": "Phó trưởng phòng", "office": "Trung tâm CNTT", "phone": "0234 3822 000", "mail": ""}

    check_contact(Contact("H57", **said))
    with pytest.raises(Invalid) as refused:
        check_contact(Contact("H57", **{**said, field: "0912000111"}))

    assert refused.value.field == field


def test_a_contact_without_role_or_office_is_none() -> None:
    with pytest.raises(Invalid):
        check_contact(Contact("H57", "", "Trung tâm CNTT"))


@pytest.mark.parametrize(
    ("code", "kind"), [("H57", PartyKind.ASSOCIATION), ("evn", PartyKind.ENTERPRISE), ("DN-EVN", PartyKind.MINISTRY)]
)
def test_only_parties_outside_the_catalogue_are_added(code: str, kind: PartyKind) -> None:
    with pytest.raises(Invalid):
        check_party(Party(code, "Tên", kind))


def a_plan(*moves: Move) -> Reorganisation:
    return Reorganisation(Change.MERGED, date(2025, 7, 1), "Nghị quyết 202/2025/QH15", moves)


def test_every_system_of_an_ending_body_goes_somewhere() -> None:
    held = frozenset({"tthc.h26", "cong.h26"})
    one = Move("system", "tthc.h26", "H26", "H42")

    with pytest.raises(Invalid, match="left"):
        check_moves(a_plan(one), held)
    with pytest.raises(Invalid, match="twice"):
        check_moves(a_plan(one, one, Move("system", "cong.h26", "H26", "H42")), held)
    with pytest.raises(Invalid, match="target"):
        check_moves(a_plan(one, Move("system", "cong.h26", "H26", "")), held)
    check_moves(a_plan(one, Move("system", "cong.h26", "H26", "H42")), held)
