"""What is told of a change: pure decisions, tried without a database."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace
from tests.factories.people import EVERYDAY, NOW, a_grant, a_standing, a_system

from dancu.exchange import subscriptions as pure
from dancu.exchange.domain import Refusal, decide
from dancu.exchange.reasons import Reason
from dancu.exchange.subscriptions import Change, Sealed, Subscription, ToldKind, Touched
from dancu.exchange.webhooks import check_webhook, is_public
from dancu.kernel.errors import Invalid
from dancu.kernel.warrants import Field, Warrant
from dancu.onboarding.domain import ConnectionState

ROW = (46090000101, 0, None, "Trần Văn Hòa", 1990, 5, 17, 0, 1, "191000101", "VN", 1, 0)
WIDE = (
    *ROW,
    "",
    *[""] * 9,
    1,
    2,
    4,
    "[]",
    "{}",
    *["L2-2025", "46..19789", "12 Lê Lợi"] * 3,
    "",
    "",
    "",
    "{}",
    "",
    None,
    "",
    "",
    "{}",
)
SUBSCRIBING = a_grant(may_subscribe=True)


def a_row(**changes: Any) -> tuple[Any, ...]:
    places = {"number_state": 1, "successor_no": 2, "life_status": 7, "flags": 12, "personal_no": 0}
    row = list(WIDE)
    for name, value in changes.items():
        row[places[name]] = value
    return tuple(row)


def a_change(touched: Touched = Touched.CORRECTED, *items: Field) -> Change:
    subscription = Subscription(
        UUID(int=1), "he-thong", "REST", "1.001193", SUBSCRIBING.purpose, SUBSCRIBING.legal_basis, "HS-1", Sealed(ROW[0], "canbo01")
    )
    return Change(7, UUID(int=2), touched, frozenset(items), NOW, subscription)


def a_warrant(*items: Field) -> Warrant:
    request = pure.request_for(a_system(), a_change().subscription, "canbo01", frozenset())
    decision = decide(a_standing(grant=SUBSCRIBING), request, NOW)
    assert isinstance(decision, Warrant)
    return replace(decision, fields=frozenset(items))


@pytest.mark.parametrize(
    ("columns", "touched"),
    [
        (["number_state", "full_name"], Touched.NUMBER),
        (["life_status", "life_status_on"], Touched.LIFE),
        (["permanent_code", "full_name"], Touched.MOVED),
        (["birth_year"], Touched.CORRECTED),
        (["phone"], Touched.CHANGED),
        (["flags"], None),
        ([], None),
    ],
)
def test_the_gravest_of_what_a_change_touched_names_it(columns: list[str], touched: Touched | None) -> None:
    from dancu.population.items import FIELD_OF

    assert pure.touched_by(columns, frozenset(FIELD_OF[c] for c in columns if c in FIELD_OF)) is touched


def test_only_granted_items_are_named_and_only_their_values_told() -> None:
    change = a_change(Touched.CORRECTED, Field.FULL_NAME, Field.RELIGION, Field.SEX)

    told = pure.told_change(change, a_warrant(Field.FULL_NAME), WIDE, None, discloses=True)

    assert told is not None
    assert (told.items, told.facts) == ((Field.FULL_NAME,), {"full_name": "Trần Văn Hòa"})
    assert told.act.fields == ("full_name",)


def test_nothing_granted_is_left_and_nothing_is_told() -> None:
    assert pure.told_change(a_change(Touched.CHANGED, Field.RELIGION), a_warrant(), WIDE, None, discloses=True) is None


def test_the_kind_told_is_that_of_the_items_still_granted() -> None:
    change = a_change(Touched.MOVED, Field.PERMANENT_RESIDENCE, Field.HOUSEHOLD_RELATION)

    told = [
        pure.told_change(change, a_warrant(*granted), WIDE, None, discloses=True)
        for granted in ([Field.PERMANENT_RESIDENCE, Field.HOUSEHOLD_RELATION], [Field.HOUSEHOLD_RELATION])
    ]

    assert [each and each.kind for each in told] == [ToldKind.MOVED, ToldKind.CHANGED]


@pytest.mark.parametrize("flags", [2, 4, 3])
@pytest.mark.parametrize("touched", list(Touched))
def test_sealed_and_protected_persons_tell_nothing(flags: int, touched: Touched) -> None:
    change, warrant = a_change(touched, Field.FULL_NAME), a_warrant(Field.FULL_NAME)

    assert pure.told_change(change, warrant, a_row(flags=flags), None, discloses=True) is None
    heir = a_row(personal_no=46090000777, flags=flags)
    assert pure.told_change(change, warrant, a_row(number_state=1, successor_no=46090000777), heir, discloses=True) is None


@pytest.mark.parametrize(("status", "kind"), [(0, ToldKind.ALIVE), (1, ToldKind.DIED), (2, ToldKind.MISSING)])
def test_life_is_told_as_it_stands_now(status: int, kind: ToldKind) -> None:
    told = pure.told_change(a_change(Touched.LIFE), a_warrant(), a_row(life_status=status), None, discloses=True)

    assert told is not None
    assert (told.kind, told.items, told.facts) == (kind, (), None)


def test_of_a_cancelled_number_nothing_is_told_but_that_it_is() -> None:
    gone = a_row(number_state=2)

    cancelled = pure.told_change(a_change(Touched.NUMBER, Field.FULL_NAME), a_warrant(Field.FULL_NAME), gone, None, discloses=True)

    assert cancelled is not None
    assert (cancelled.kind, cancelled.items, cancelled.facts) == (ToldKind.NUMBER_CANCELLED, (), None)
    corrected = a_change(Touched.CORRECTED, Field.FULL_NAME)
    assert pure.told_change(corrected, a_warrant(Field.FULL_NAME), gone, None, discloses=True) is None


def test_a_replaced_number_leads_to_the_successor_s_facts() -> None:
    own, heir = a_row(number_state=1, successor_no=46090000777), a_row(personal_no=46090000777)

    told = pure.told_change(a_change(Touched.NUMBER), a_warrant(), own, heir, discloses=True)

    assert told is not None
    assert (told.kind, told.successor, told.act.subject) == (ToldKind.NUMBER_REPLACED, "046090000777", "046090000777")


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (a_standing(grant=a_grant()), Reason.SUBSCRIPTION_NOT_GRANTED),
        (a_standing(a_system(state=ConnectionState.SUSPENDED), SUBSCRIBING), Reason.CLIENT_SUSPENDED),
        (a_standing(grant=SUBSCRIBING, listed=False), Reason.OFFICER_NOT_LISTED),
        (a_standing(grant=a_grant(may_subscribe=True, purpose="Việc khác")), Reason.PURPOSE_NOT_GRANTED),
        (a_standing(grant=a_grant(may_subscribe=True, dossier_required=True)), Reason.DOSSIER_MISSING),
        (a_standing(grant=a_grant(may_subscribe=True, fields=frozenset({Field.SEX}))), Reason.FIELD_NOT_GRANTED),
    ],
)
def test_telling_is_decided_like_every_question(standing: Any, reason: Reason) -> None:
    request = pure.request_for(standing.system, a_change().subscription, "canbo01", frozenset({Field.FULL_NAME}))

    assert decide(standing, request, NOW) == Refusal(reason)


def test_a_sensitive_item_is_named_only_where_it_is_granted_as_such() -> None:
    fields = EVERYDAY | {Field.RELIGION, Field.ETHNICITY}

    assert pure.tellable(a_grant(fields=fields, sensitive_fields=frozenset({Field.RELIGION}))) == EVERYDAY | {Field.RELIGION}


@pytest.mark.parametrize("text", ["046090000101", "x 046090000101", "191000101", "", " ", "a\nb", "x" * 101])
def test_a_reference_never_is_a_personal_number(text: str) -> None:
    with pytest.raises(Invalid):
        pure.check_subject_ref(text)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1",
     "fe80::1", "fc00::1", "::ffff:10.0.0.1", "2002:0a00:0001::", "64:ff9b::a00:1", "255.255.255.255", "khong-phai"],
)  # fmt: skip
def test_addresses_that_lead_back_to_us_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_an_address_in_the_world_is_public_and_a_demonstration_may_call_itself() -> None:
    assert is_public("203.162.4.190")
    assert is_public("2001:ee0::1")
    check_webhook("http://127.0.0.1:9000/x", is_demo=True)
    with pytest.raises(Invalid):
        check_webhook("http://203.162.4.190/x", is_demo=True)
