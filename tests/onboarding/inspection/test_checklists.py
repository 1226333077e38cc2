"""Which checklist holds on which day for whom, and that the delivered ones say honestly what they rest on."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dancu.kernel.errors import Invalid, NotFound
from dancu.onboarding.inspection.checklist_files import checklists
from dancu.onboarding.inspection.checklists import (
    LEVELS,
    Checklist,
    Confidence,
    Group,
    HostingCase,
    Scope,
    Severity,
    SubjectKind,
    checklist_for,
    checklist_named,
    months_after,
)
from tests.onboarding.inspection.scene import ITEMS, a_checklist, an_item

SHIPPED = checklists()


@pytest.mark.parametrize(
    ("day", "name", "version"),
    [
        (date(2021, 5, 16), "san-sang-2021", 1),
        (date(2022, 4, 25), "san-sang-2021", 1),
        (date(2022, 4, 26), "ket-noi-1552", 1),
        (date(2022, 12, 15), "ket-noi-1552", 1),
        (date(2022, 12, 18), "ket-noi-1552", 1),
        (date(2022, 12, 19), "ket-noi-1552", 2),  # Circular 46/2022/TT-BCA is in force
        (date(2026, 1, 1), "ket-noi-1552", 2),
    ],
)
def test_the_list_of_a_day_is_the_one_in_force(day, name, version):
    chosen = checklist_for(3, HostingCase.PROVIDER, day, SHIPPED)

    assert (chosen.id, chosen.version) == (name, version)


@pytest.mark.parametrize("day", [date(2021, 3, 31), date(2020, 1, 1)])
def test_a_day_without_a_list_is_said(day):
    with pytest.raises(NotFound) as refused:
        checklist_for(3, HostingCase.OWN, day, SHIPPED)

    assert refused.value.code == "checklist.none"


def test_a_level_nobody_wrote_items_for_is_said():
    with pytest.raises(NotFound):
        checklist_for(5, HostingCase.OWN, date(2023, 1, 1), SHIPPED)


def test_a_higher_level_asks_no_less_and_a_rented_place_asks_more():
    for checklist, hosting in product(SHIPPED, HostingCase):
        counts = [len(checklist.narrowed(level, hosting).items) for level in LEVELS]
        assert counts == sorted(counts)
    second = checklist_named("ket-noi-1552", 2, SHIPPED)
    own, provider, other = ({i.code for i in second.narrowed(3, case).items} for case in HostingCase)
    assert {"QUYCHE-06", "MANG-10"} <= provider - own
    assert "PHAPLY-06" in other - provider
    assert "PHAPLY-07" in own - provider


def test_a_centre_is_asked_only_for_what_is_the_centres():
    chosen = checklist_for(3, HostingCase.PROVIDER, date(2022, 12, 7), SHIPPED, SubjectKind.CENTRE)

    assert chosen.items
    assert {item.scope for item in chosen.items} == {Scope.CENTRE}


@pytest.mark.parametrize("checklist", SHIPPED, ids=lambda each: f"{each.id}-{each.version}")
def test_a_delivered_list_has_every_group_and_names_sources_and_author(checklist):
    assert {item.group for item in checklist.items} == set(Group) - (
        {Group.SOURCE_CODE} if checklist.id == "san-sang-2021" else set()
    )
    assert checklist.source
    assert checklist.author
    assert checklist.note, "what is not sure about the whole is said"
    assert checklist.periods.confidence is Confidence.UNSURE
    assert not checklist.is_local


def test_the_lists_have_the_size_of_an_inspection():
    sizes = {(each.id, each.version): len(each.items) for each in SHIPPED}

    assert sizes == {("san-sang-2021", 1): 15, ("ket-noi-1552", 1): 61, ("ket-noi-1552", 2): 66}


def test_codes_begin_alike_within_a_group_and_mean_the_same_in_every_version():
    prefixes = {(item.group, item.code[:-3]) for each in SHIPPED for item in each.items}
    groups = {(item.code, item.group) for each in SHIPPED for item in each.items}

    assert len(prefixes) == len(Group)
    assert len({code for code, _group in groups}) == len(groups)


def test_what_circular_46_asks_is_all_there_and_certain_of_its_clause():
    second = checklist_named("ket-noi-1552", 2, SHIPPED)
    named = " ".join(item.clause for item in second.items if "46/2022/TT-BCA" in item.source)

    for clause in ["khoản 1", "khoản 2 điểm a", "khoản 2 điểm b", "khoản 2 điểm c", "khoản 2 điểm d", "khoản 2 điểm đ", "Điều 8"]:
        assert clause in named
    first = checklist_named("ket-noi-1552", 1, SHIPPED)
    assert not [item for item in first.items if "46/2022" in item.source], "it was not in force yet"


def test_what_nobody_is_sure_of_is_never_mandatory_and_what_is_certain_names_its_clause():
    for item in [item for each in SHIPPED for item in each.items]:
        assert item.severity is not Severity.MANDATORY or item.confidence is not Confidence.UNSURE
        assert item.clause or item.confidence is not Confidence.CERTAIN


def test_the_readiness_list_of_2021_rests_on_its_letter():
    first = checklist_named("san-sang-2021", 1, SHIPPED)

    assert Counter(item.confidence for item in first.items) == {Confidence.CERTAIN: 12, Confidence.LIKELY: 3}
    assert first.item("MANG-01").clause == "Mục 1; Phụ lục 1, I.1"


def test_texts_are_sentences_and_name_nobody():
    for item in [item for each in SHIPPED for item in each.items]:
        assert item.text.endswith(".")
        assert item.check.endswith(".")
        assert item.text[0].isupper()
        assert item.check[0].isupper()


def test_an_unknown_version_or_item_is_said():
    with pytest.raises(NotFound):
        checklist_named("ket-noi-1552", 9, SHIPPED)
    with pytest.raises(Invalid) as refused:
        SHIPPED[0].item("LA-99")
    assert refused.value.field == "item"


def test_an_own_list_wins_over_a_delivered_one_of_the_same_day_and_a_newer_version_over_both():
    day = date(2023, 5, 1)
    delivered, own = a_checklist(), a_checklist(id="cua-tinh", is_local=True)

    assert checklist_for(3, HostingCase.OWN, day, [own, delivered]).id == "cua-tinh"
    assert checklist_for(3, HostingCase.OWN, day, [delivered, own]).id == "cua-tinh"
    later = a_checklist(3, valid_from=date(2023, 1, 1))
    assert checklist_for(3, HostingCase.OWN, day, [delivered, own, later]).version == 3


def test_an_own_list_for_one_level_leaves_the_others_to_the_delivered_one():
    own = a_checklist(id="cua-tinh", is_local=True, valid_from=date(2023, 1, 1), items=(an_item("MANG-01", levels=(4,)),))

    assert checklist_for(4, HostingCase.OWN, date(2023, 5, 1), [a_checklist(), own]).id == "cua-tinh"
    assert checklist_for(3, HostingCase.OWN, date(2023, 5, 1), [a_checklist(), own]).id == "thu"


_DAYS = st.dates(date(2021, 1, 1), date(2021, 12, 31))
_LISTS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3), _DAYS, st.none() | _DAYS, st.booleans()), max_size=8)


@given(rows=_LISTS, day=_DAYS)
def test_the_choice_agrees_with_an_officer_who_leafs_through_them(rows: list[Any], day: date):
    among = [
        a_checklist(version, id=name, valid_from=begin, valid_to=end, is_local=own)
        for (name, version), (begin, end, own) in {(n, v): (b, e, o) for n, v, b, e, o in rows}.items()
    ]

    # Leaf from the best to the worst: drop what does not hold, then every version a higher one of the same list replaces.
    holding = [each for each in among if each.valid_from <= day and not (each.valid_to and each.valid_to < day)]
    best: Checklist | None = None
    for each in holding:
        if any(other.id == each.id and other.version > each.version for other in holding):
            continue
        if best is None or (each.valid_from, each.is_local, each.id) > (best.valid_from, best.is_local, best.id):
            best = each

    if best is None:
        with pytest.raises(NotFound):
            checklist_for(3, HostingCase.OWN, day, among)
    else:
        chosen = checklist_for(3, HostingCase.OWN, day, among)
        assert (chosen.id, chosen.version, len(chosen.items)) == (best.id, best.version, len(ITEMS))


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2022, 12, 14), 24, date(2024, 12, 14)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2022, 8, 31), 6, date(2023, 2, 28)),
        (date(2022, 12, 31), 1, date(2023, 1, 31)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_there_is(day, months, after):
    assert months_after(day, months) == after


@given(day=st.dates(date(2000, 1, 1), date(2090, 1, 1)), months=st.integers(0, 120))
def test_so_many_months_later_is_never_the_month_after(day: date, months: int):
    after = months_after(day, months)

    assert (after.year - day.year) * 12 + after.month - day.month == months
    assert after.day == day.day or (after + timedelta(days=1)).day == 1
