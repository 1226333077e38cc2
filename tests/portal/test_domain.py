"""What a citizen may see of an entry: every rule of the policy as a table, and what no rule may ever let through."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dancu.kernel.clock import local
from dancu.portal import reference
from dancu.portal.domain.display import (
    IN_PROOF,
    Delayed,
    DisplayPolicy,
    Hidden,
    Item,
    LedgerLine,
    PurposeClass,
    Shown,
    Whose,
    decide,
    policy_on,
    whose_dossier,
)

AT = datetime(2026, 11, 3, 2, 12, tzinfo=UTC)
DAY = local(AT).date()
POLICY = reference.policy_today(DAY)
EVERYDAY = {Item.ORGANISATION, Item.SYSTEM, Item.FIELDS, Item.OUTCOME}
WHAT_FOR = {Item.PROCEDURE, Item.PURPOSE, Item.LEGAL_BASIS}


def a_line(kind: str = "verify", **more: object) -> LedgerLine:
    given: dict[str, object] = {
        "outcome": "match",
        "organisation": "H57.12.3",
        "system": "mot-cua",
        "procedure": "1.001193",
        "purpose": "Giải quyết thủ tục đăng ký khai sinh",
        "legal_basis": "Luật Hộ tịch",
        "fields": ("full_name",),
        "officer": "A1B2C3",
        "dossier_no": "H57.12.3-261103-0001",
        **more,
    }
    return LedgerLine("01a20b7e-f7fb-7000-9102-030405060708", AT, kind, **given)  # type: ignore[arg-type]


REGISTRY = {"procedure": "DC-TRA-CUU", "purpose": "Quản lý, cập nhật Cơ sở dữ liệu quốc gia về dân cư"}
CRIME = {"procedure": "PC02", "purpose": "Phòng, chống tội phạm ma tuý"}


@pytest.mark.parametrize(
    ("kind", "more", "whose", "items"),
    [
        ("verify", {}, Whose.HERS, EVERYDAY | WHAT_FOR | {Item.DOSSIER}),
        ("verify", {}, Whose.ANOTHERS, EVERYDAY),
        ("verify", {}, Whose.UNKNOWN, EVERYDAY),
        ("verify", {}, Whose.NONE, EVERYDAY | WHAT_FOR),
        ("disclose", {}, Whose.HERS, EVERYDAY | WHAT_FOR | {Item.DOSSIER}),
        ("disclose", {}, Whose.ANOTHERS, EVERYDAY),
        ("disclose", {}, Whose.UNKNOWN, EVERYDAY),
        ("disclose", {}, Whose.NONE, EVERYDAY),
        ("refuse", {}, Whose.HERS, EVERYDAY | WHAT_FOR | {Item.DOSSIER}),
        ("refuse", {}, Whose.ANOTHERS, EVERYDAY),
        ("search", REGISTRY, Whose.UNKNOWN, EVERYDAY | WHAT_FOR),
        ("disclose", REGISTRY, Whose.UNKNOWN, EVERYDAY | WHAT_FOR),
        ("change", {"purpose": "correct"}, Whose.UNKNOWN, EVERYDAY | WHAT_FOR),
        ("change", {"purpose": "set_flags"}, Whose.UNKNOWN, None),
        ("change", {"purpose": "objection", "system": "bao-ve-du-lieu"}, Whose.UNKNOWN, EVERYDAY | WHAT_FOR),
        ("disclose", {"purpose": "Xem xét phản đối", "system": "bao-ve-du-lieu"}, Whose.UNKNOWN, EVERYDAY | WHAT_FOR),
        ("break_glass", {"purpose": "access.break_glass", "procedure": ""}, Whose.UNKNOWN, EVERYDAY | WHAT_FOR),
        ("break_glass", {"purpose": "access.break_glass", "procedure": ""}, Whose.HERS, EVERYDAY | WHAT_FOR | {Item.DOSSIER}),
        ("administer", {}, Whose.NONE, None),
        ("erase", {}, Whose.NONE, None),
        ("something_new", {}, Whose.NONE, None),
    ],
)
def test_the_policy_of_2026_shows(kind: str, more: dict[str, str], whose: Whose, items: set[Item] | None):
    decision = decide(a_line(kind, **more), POLICY, DAY, whose)

    assert (decision.items if isinstance(decision, Shown) else None) == items


@pytest.mark.parametrize("days", [0, 1, 179])
def test_a_look_to_prevent_crime_waits(days: int):
    assert decide(a_line("disclose", **CRIME), POLICY, DAY + timedelta(days), Whose.NONE) == Delayed(DAY + timedelta(180))


def test_after_its_delay_it_says_who_and_what_not_why():
    shown = decide(a_line("disclose", **CRIME), POLICY, DAY + timedelta(180), Whose.HERS)

    assert isinstance(shown, Shown)
    assert shown.items == {Item.ORGANISATION, Item.FIELDS, Item.OUTCOME}
    assert not shown.has_proof


BEGINNINGS = sorted({each for version in reference.versions() for kind in version.classes for each in kind.purposes})


@pytest.mark.parametrize("need", [*BEGINNINGS, "Điều tra lượt xem bị phản đối"])
def test_no_words_of_the_desk_delay_or_hide_what_it_opened(need: str):
    """Of all that officers of our own rooms do, only this purpose is typed by hand."""
    shown = decide(a_line("disclose", system="bao-ve-du-lieu", procedure="", purpose=need), POLICY, DAY, Whose.UNKNOWN)

    assert isinstance(shown, Shown)
    assert shown.purpose == need


@pytest.mark.parametrize(("today", "is_hidden"), [(DAY, True), (DAY + timedelta(9), True), (DAY + timedelta(10), False)])
def test_a_sealed_look_is_hidden_until_its_day(today: date, is_hidden: bool):
    decision = decide(a_line(sealed_until=DAY + timedelta(10)), POLICY, today, Whose.NONE)

    assert isinstance(decision, Hidden) is is_hidden


@pytest.mark.parametrize("whose", list(Whose))
@pytest.mark.parametrize("kind", ["verify", "disclose", "refuse", "search"])
def test_somebody_elses_dossier_never_says_what_it_is_about(kind: str, whose: Whose):
    shown = decide(a_line(kind), POLICY, DAY, whose)

    assert isinstance(shown, Shown)
    if whose in (Whose.ANOTHERS, Whose.UNKNOWN):
        assert (shown.procedure, shown.purpose, shown.legal_basis, shown.dossier_no) == ("", "", "", "")
        assert not shown.has_proof
    assert bool(shown.dossier_no) == (whose is Whose.HERS)


@pytest.mark.parametrize(
    ("dossier_no", "applicant", "whose"),
    [
        ("D1", "1", Whose.HERS),
        ("D1", "2", Whose.HERS),
        ("D1", "3", Whose.ANOTHERS),
        ("D1", None, Whose.UNKNOWN),
        ("", None, Whose.NONE),
    ],
)
def test_whose_a_dossier_is(dossier_no: str, applicant: str | None, whose: Whose):
    assert whose_dossier(dossier_no, applicant, frozenset({"1", "2"})) is whose


WORDS = st.text("abcdefgh0123456789", min_size=4, max_size=12)
VALUES = {
    name: WORDS for name in ("outcome", "organisation", "system", "procedure", "purpose", "legal_basis", "officer", "dossier_no")
}
LINES = st.builds(
    LedgerLine,
    reference=st.just("r"),
    at=st.just(AT),
    kind=st.sampled_from(["verify", "disclose"]),
    fields=st.tuples(WORDS),
    sealed_until=st.none(),
    **VALUES,
)


@given(LINES, st.sets(st.sampled_from(list(Item))), st.sampled_from(list(Whose)))
def test_nothing_but_the_items_of_the_policy_gets_through(line: LedgerLine, items: set[Item], whose: Whose):
    everything = PurposeClass("all", "", (), frozenset(), frozenset(), frozenset(), 0)
    policy = replace(POLICY, classes=(everything,), rules={(line.kind, "all", whose): frozenset(items)})

    shown = decide(line, policy, DAY, whose)

    assert isinstance(shown, Shown)
    named = {"dossier_no" if item is Item.DOSSIER else item.value for item in items}
    always = {"reference", "at", "kind", "purpose_class", "whose", "items"}
    for each in fields(Shown):
        if each.name not in always | named:
            assert getattr(shown, each.name) == each.default, each.name
        elif each.name in named:
            assert getattr(shown, each.name) == getattr(line, each.name)
    assert shown.has_proof == (items >= IN_PROOF)


def test_the_newest_version_in_force_decides():
    def version(since: date) -> DisplayPolicy:
        return replace(POLICY, valid_from=since)

    versions = (version(date(2026, 1, 1)), version(date(2027, 1, 1)), version(date(2026, 6, 1)))

    assert policy_on(versions, date(2026, 12, 31)).valid_from == date(2026, 6, 1)
    assert policy_on(versions, date(2027, 1, 1)).valid_from == date(2027, 1, 1)


def test_every_version_says_since_when_by_whom_and_on_what_basis():
    for version in reference.versions():
        assert version.author
        assert version.legal_basis
        assert version.source
        kinds_and_classes = {(kind, name) for kind, name, _whose in version.rules}
        assert all((*pair, whose) in version.rules for pair in kinds_and_classes for whose in Whose)


def test_by_default_no_officer_is_shown_not_even_by_a_pseudonym():
    assert not any(Item.OFFICER in items for version in reference.versions() for items in version.rules.values())
