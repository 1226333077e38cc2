"""Households, families and residence: each act by the law, each rule held by the tables, and random lives that break none."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from dancu.kernel.errors import Conflict, DancuError, Invalid, NotFound
from dancu.population import api as population
from dancu.population.api import Place, ResidenceRow
from dancu.population.families import holding
from dancu.population.history import current_state
from dancu.population.store import histories, intervals
from tests.factories.approvals import a_document, an_approval
from tests.factories.people import NOW, a_person_row
from tests.population.scene import load_rows

pytestmark = pytest.mark.django_db
GRANDFATHER, FATHER, MOTHER, CHILD, GUEST = (46090000601 + at for at in range(5))
PEOPLE = {GRANDFATHER: "1940", FATHER: "1970-02-03", MOTHER: "1972", CHILD: "2001-05-06", GUEST: "1999"}
HOME = Place("L2-2025", "46..19789", "12 Lê Lợi")
AWAY = Place("L2-2025", "46..19753", "thôn An Hòa")
TODAY, LONG_AGO = date(2026, 11, 24), date(2005, 1, 1)


@pytest.fixture(autouse=True)
def _registry(tmp_path: Any) -> None:
    load_rows([a_person_row(f"{no:012d}", f"Người Số {no % 10}", born) for no, born in PEOPLE.items()], tmp_path)


def a_household(members: dict[int, str] | None = None, place: Place = HOME, since: date = LONG_AGO) -> int:
    who = members or {FATHER: "01", MOTHER: "02", CHILD: "03"}
    return population.form_household(place, who, an_approval(), a_document(), valid_from=since, now=NOW).household_no


def state(number: int) -> dict[str, Any]:
    found = histories.row_state(number)
    assert found is not None
    return found


def members(household: int, day: date = TODAY) -> dict[int, str]:
    return {row.personal_no: row.relation for row in holding(intervals.members_of(household), day)}


def test_a_household_gives_its_members_address_head_and_file_number():
    household = a_household()

    assert members(household) == {FATHER: "01", MOTHER: "02", CHILD: "03"}
    child = state(CHILD)
    assert (child["permanent_code"], child["permanent_detail"]) == (HOME.code, HOME.detail)
    assert (child["household_relation"], child["household_head"]["personal_id"]) == ("03", f"{FATHER:012d}")
    assert child["residence_file_no"] == f"{household:09d}"
    assert histories.changes_of(CHILD)[-1].about == ("household", "residence")


@pytest.mark.parametrize("relations", [{FATHER: "02", MOTHER: "02"}, {FATHER: "01", MOTHER: "01"}])
def test_a_household_without_head_or_with_two_is_refused_and_leaves_nothing(relations: dict[int, str]):
    with pytest.raises(Conflict, match="head"):
        a_household(relations)

    assert not intervals.memberships_of(FATHER)
    assert histories.changes_of(FATHER) == []


def test_whoever_joins_another_household_leaves_the_first():
    first, second = a_household(), a_household({GUEST: "01"}, AWAY)

    population.join_household(second, CHILD, "02", an_approval(), a_document(), valid_from=date(2025, 3, 1), now=NOW)

    assert CHILD not in members(first)
    assert CHILD in members(first, date(2025, 2, 28))
    assert members(second)[CHILD] == "02"
    assert state(CHILD)["permanent_code"] == AWAY.code
    assert [r.code for r in holding(intervals.residences_of(CHILD), date(2020, 1, 1))] == [HOME.code]


def test_the_head_leaves_only_when_somebody_follows():
    household = a_household()
    with pytest.raises(Conflict, match="head"):
        population.leave_household(FATHER, an_approval(), a_document(), valid_from=TODAY, now=NOW)

    population.leave_household(FATHER, an_approval(), a_document(), valid_from=TODAY, now=NOW, new_head=MOTHER)

    assert members(household) == {MOTHER: "01", CHILD: "03"}
    assert state(CHILD)["household_head"]["personal_id"] == f"{MOTHER:012d}"
    assert (state(FATHER)["household_relation"], state(FATHER)["permanent_code"]) == ("", "")


def test_the_last_one_out_dissolves_the_household():
    household = a_household({GUEST: "01"})

    population.leave_household(GUEST, an_approval(), a_document(), valid_from=TODAY, now=NOW)

    found = intervals.find_household(household)
    assert found is not None
    assert found.dissolved_on == TODAY
    with pytest.raises(NotFound):
        population.join_household(household, CHILD, "01", an_approval(), a_document(), valid_from=TODAY, now=NOW)


def test_a_new_head_is_one_of_them_and_the_old_one_gets_another_relation():
    household = a_household()

    population.change_head(household, {MOTHER: "01", FATHER: "02"}, an_approval(), a_document(), valid_from=TODAY, now=NOW)

    assert members(household) == {FATHER: "02", MOTHER: "01", CHILD: "03"}
    assert members(household, TODAY - timedelta(days=1))[FATHER] == "01"
    with pytest.raises(Conflict, match="not_a_member"):
        population.change_head(household, {GUEST: "01"}, an_approval(), a_document(), valid_from=TODAY, now=NOW)


def a_temporary(
    number: int = CHILD, start: date = date(2026, 1, 1), end: date | None = date(2026, 12, 31), **more: Any
) -> ResidenceRow:
    place = {"version": AWAY.version, "code": AWAY.code, "detail": AWAY.detail, **more}
    return ResidenceRow(personal_no=number, kind="temporary", valid_from=start, valid_to=end, **place)


def test_a_temporary_residence_shows_on_the_row_until_it_ends():
    a_household()

    population.register_residence(a_temporary(), an_approval(), a_document(), now=NOW)
    assert state(CHILD)["temporary_code"] == AWAY.code

    population.end_residence(CHILD, "temporary", an_approval(), a_document(), valid_from=TODAY, now=NOW)
    assert state(CHILD)["temporary_code"] == ""
    with pytest.raises(NotFound):
        population.end_residence(CHILD, "temporary", an_approval(), a_document(), valid_from=TODAY, now=NOW)


@pytest.mark.parametrize(
    ("residence", "code"),
    [
        (a_temporary(end=None), "residence.temporary_years"),
        (a_temporary(end=date(2028, 1, 2)), "residence.temporary_years"),
        (a_temporary(end=date(2026, 1, 20)), "residence.temporary_days"),
        (a_temporary(end=date(2025, 1, 1)), "residence.interval"),
        (a_temporary(code=HOME.code), "residence.temporary_elsewhere"),
        (a_temporary(code="46..00000"), "place.unknown"),
        (a_temporary(detail=" "), "place.unknown"),
        (a_temporary(start=date(2027, 1, 1), end=date(2027, 6, 1)), "change.future"),
        (ResidenceRow(personal_no=CHILD, kind="permanent", valid_from=TODAY), "residence.permanent"),
        (ResidenceRow(personal_no=CHILD, kind="stay", valid_from=date(2026, 10, 1), valid_to=date(2026, 11, 1)), "residence.stay"),
        (ResidenceRow(personal_no=CHILD, kind="moon", valid_from=TODAY), "residence.kind"),
    ],
)
def test_a_residence_against_the_law_is_refused_with_its_reason(residence: ResidenceRow, code: str):
    a_household()

    with pytest.raises(DancuError) as refused:
        population.register_residence(residence, an_approval(), a_document(), now=NOW)

    assert refused.value.code == code
    assert [row for row in intervals.residences_of(CHILD) if row.kind != "permanent"] == []


def test_a_marriage_stands_on_both_sides_and_ends_on_both():
    population.relate_persons(FATHER, "spouse", MOTHER, an_approval(), a_document(), valid_from=date(1995, 1, 1), now=NOW)
    assert state(MOTHER)["relatives"]["spouse"]["personal_id"] == f"{FATHER:012d}"
    with pytest.raises(Conflict, match="one_spouse"):
        population.relate_persons(FATHER, "spouse", GUEST, an_approval(), a_document(), valid_from=date(2020, 1, 1), now=NOW)

    population.end_relation(MOTHER, "spouse", an_approval(), a_document(), valid_from=date(2024, 1, 1), now=NOW)

    assert "spouse" not in state(FATHER)["relatives"]
    assert "spouse" not in state(MOTHER)["relatives"]
    population.relate_persons(FATHER, "spouse", GUEST, an_approval(), a_document(), valid_from=date(2024, 1, 1), now=NOW)


def test_nobody_descends_from_somebody_younger_so_no_chain_closes():
    population.relate_persons(FATHER, "father", GRANDFATHER, an_approval(), a_document(), valid_from=date(1970, 2, 3), now=NOW)
    population.relate_persons(CHILD, "father", FATHER, an_approval(), a_document(), valid_from=date(2001, 5, 6), now=NOW)

    with pytest.raises(Conflict, match="parent_is_older"):
        population.relate_persons(GRANDFATHER, "father", CHILD, an_approval(), a_document(), valid_from=date(2020, 1, 1), now=NOW)
    with pytest.raises(Conflict, match="one_parent"):
        population.relate_persons(CHILD, "father", GRANDFATHER, an_approval(), a_document(), valid_from=date(2001, 5, 6), now=NOW)
    born = {"birth_year": 2005, "birth_month": 0, "birth_day": 0}
    with pytest.raises(Conflict, match="parent_is_older"):
        population.correct_person(FATHER, born, an_approval(), a_document(), now=NOW)


def test_a_merge_takes_family_household_and_residence_along_and_gives_them_back():
    household = a_household({GUEST: "01"})
    population.relate_persons(GUEST, "father", FATHER, an_approval(), a_document(), valid_from=date(1999, 1, 1), now=NOW)

    written = population.merge_persons(MOTHER, GUEST, {}, an_approval(), a_document(), now=NOW)
    assert members(household) == {MOTHER: "01"}
    # Born in 1972, she cannot be a child of a man of 1970: the table has no opinion on two years, so the row moved.
    assert [(r.personal_no, r.other_no) for r in holding(intervals.relations_of(FATHER), TODAY)] == [(MOTHER, FATHER)]

    population.revoke_change(GUEST, written[0].seq, an_approval(), a_document(), now=NOW)

    assert members(household) == {GUEST: "01"}
    assert [(r.personal_no, r.other_no) for r in holding(intervals.relations_of(FATHER), TODAY)] == [(GUEST, FATHER)]


def test_taking_back_a_move_brings_back_household_residence_and_row():
    first, second = a_household(), a_household({GUEST: "01"}, AWAY)
    before = {name: value for name, value in state(CHILD).items() if name != "last_seq"}
    population.join_household(second, CHILD, "03", an_approval(), a_document(), valid_from=TODAY, now=NOW)

    population.revoke_change(CHILD, histories.changes_of(CHILD)[-1].seq, an_approval(), a_document(), now=NOW)

    assert CHILD in members(first)
    assert CHILD not in members(second)
    assert {name: value for name, value in state(CHILD).items() if name != "last_seq"} == before


def facts(number: int) -> dict[str, Any]:
    """The row without its count of changes."""
    return {name: value for name, value in state(number).items() if name != "last_seq"}


def test_moves_are_taken_back_one_after_another_the_last_one_first():
    before = facts(CHILD)
    first, second = a_household(), a_household({GUEST: "01"}, AWAY)
    population.join_household(second, CHILD, "03", an_approval(), a_document(), valid_from=TODAY, now=NOW)
    formed, joined = [each.seq for each in histories.changes_of(CHILD)][-2:]
    with pytest.raises(Conflict, match="changed_later"):
        population.revoke_change(CHILD, formed, an_approval(), a_document(), now=NOW)

    population.revoke_change(CHILD, joined, an_approval(), a_document(), now=NOW)
    population.revoke_change(CHILD, formed, an_approval(), a_document(), now=NOW)

    assert (members(first), members(second)) == ({}, {GUEST: "01"})
    assert holding(intervals.residences_of(CHILD), TODAY) == []
    assert facts(CHILD) == before


def test_a_household_lives_again_when_its_last_one_out_is_taken_back():
    household = a_household({GUEST: "01"})
    population.leave_household(GUEST, an_approval(), a_document(), valid_from=TODAY, now=NOW)

    population.revoke_change(GUEST, histories.changes_of(GUEST)[-1].seq, an_approval(), a_document(), now=NOW)
    population.join_household(household, CHILD, "03", an_approval(), a_document(), valid_from=TODAY, now=NOW)

    assert members(household) == {GUEST: "01", CHILD: "03"}


_MEMBER = "insert into population_membership (household_no, personal_no, relation, kind, valid_from) values"
_HOME = "insert into population_residence (personal_no, kind, version, code, valid_from, valid_to) values"
_KIN = "insert into population_relation (personal_no, kind, other_no, valid_from) values"
INSERTS = {
    "membership_one_head": f"{_MEMBER} (%(household)s, {GUEST}, '01', 'permanent', '2020-01-01')",
    "membership_one_household_at_a_time": f"{_MEMBER} (%(household)s, {CHILD}, '03', 'permanent', '2020-01-01')",
    "membership_no_orphan": f"{_MEMBER} (%(household)s, 999, '03', 'permanent', '2020-01-01')",
    "membership_has_a_head": "update population_membership set withdrawn_at = recorded_at where relation = '01'",
    "residence_one_permanent_at_a_time": f"{_HOME} ({CHILD}, 'permanent', '', '', '2020-01-01', null)",
    "residence_no_orphan": f"{_HOME} (999, 'current', '', '', '2020-01-01', null)",
    "residence_temporary_two_years": f"{_HOME} ({CHILD}, 'temporary', '', '', '2020-01-01', '2022-01-02')",
    "residence_stay_under_thirty_days": f"{_HOME} ({CHILD}, 'stay', '', '', '2020-01-01', '2020-01-31')",
    "residence_temporary_elsewhere": f"{_HOME} ({CHILD}, 'temporary', 'L2-2025', '46..19789', '2020-01-01', '2021-01-01')",
    "relation_no_orphan": f"{_KIN} ({CHILD}, 'father', 999, now())",
    "relation_parent_is_older": f"{_KIN} ({FATHER}, 'mother', {CHILD}, now())",
}


def _past_every_use_case(statement: str, household: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, {"household": household})
        cursor.execute("set constraints all immediate")


@pytest.mark.parametrize(("rule", "statement"), INSERTS.items(), ids=INSERTS)
def test_the_tables_themselves_hold_the_rule(rule: str, statement: str):
    """Past every use case, straight into the table: the database refuses, and names the rule."""
    household = a_household()

    with pytest.raises(IntegrityError) as refused:
        _past_every_use_case(statement, household)

    assert refused.value.__cause__.diag.constraint_name == rule  # type: ignore[union-attr]


BROKEN = """
select 'two heads or none' from (
    select household_no, count(*) filter (where relation = '01') heads from population_membership
    where withdrawn_at is null and valid_to is null and kind = 'permanent' group by 1) h where heads <> 1
union all select 'orphan member' from population_membership m
    where not exists (select 1 from population_person p where p.personal_no = m.personal_no)
union all select 'two homes' from population_residence a join population_residence b using (personal_no, kind)
    where a.id < b.id and a.withdrawn_at is null and b.withdrawn_at is null and kind in ('permanent', 'temporary', 'current')
      and daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to)
union all select 'two households' from population_membership a join population_membership b using (personal_no, kind)
    where a.id < b.id and a.withdrawn_at is null and b.withdrawn_at is null
      and daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to)
union all select 'one-sided marriage' from population_relation a where kind = 'spouse' and withdrawn_at is null and not exists (
    select 1 from population_relation b where b.personal_no = a.other_no and b.other_no = a.personal_no and b.kind = 'spouse'
      and b.withdrawn_at is null and b.valid_from = a.valid_from and b.valid_to is not distinct from a.valid_to)
union all select 'cycle' from (
    with recursive up as (
        select personal_no as who, other_no as above, 1 as depth from population_relation
        where kind in ('father', 'mother') and withdrawn_at is null
        union all select up.who, r.other_no, depth + 1 from up join population_relation r on r.personal_no = up.above
        where r.kind in ('father', 'mother') and r.withdrawn_at is null and depth < 10)
    select 1 from up where who = above) c
"""


def _random_act(luck: random.Random, day: date) -> None:
    one, other = luck.sample(sorted(PEOPLE), 2)
    approval, document = an_approval(), a_document()
    place = luck.choice([HOME, AWAY])
    households = sorted({row.household_no for no in PEOPLE for row in intervals.memberships_of(no)})
    household = luck.choice(households) if households else 1
    relation, kind = luck.choice(["01", "02", "03"]), luck.choice(["father", "mother", "spouse"])
    residence = ResidenceRow(
        personal_no=one, kind=luck.choice(["temporary", "current", "absence"]), version=place.version, code=place.code,
        detail=place.detail, valid_from=day, valid_to=day + timedelta(days=luck.choice([20, 200, 900])),
    )  # fmt: skip
    changes = histories.changes_of(one)
    acts = [
        lambda: population.form_household(place, {one: "01", other: relation}, approval, document, valid_from=day, now=NOW),
        lambda: population.form_household(place, {one: "01"}, approval, document, valid_from=day, now=NOW),
        lambda: population.join_household(household, one, relation, approval, document, valid_from=day, now=NOW),
        lambda: population.leave_household(one, approval, document, valid_from=day, now=NOW, new_head=luck.choice([None, other])),
        lambda: population.change_head(household, {one: "01", other: "02"}, approval, document, valid_from=day, now=NOW),
        lambda: population.register_residence(residence, approval, document, now=NOW),
        lambda: population.end_residence(one, "temporary", approval, document, valid_from=day, now=NOW),
        lambda: population.relate_persons(one, kind, other, approval, document, valid_from=day, now=NOW),
        lambda: population.end_relation(one, "spouse", approval, document, valid_from=day, now=NOW),
        lambda: population.revoke_change(one, luck.choice(changes).seq if changes else 0, approval, document, now=NOW),
    ]
    luck.choice(acts)()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_random_lives_never_break_a_rule_and_every_row_is_its_history(seed: int):
    """A few hundred acts in any order, most of them nonsense: each is done whole or refused in words, never half."""
    luck, day, done, refused = random.Random(seed), LONG_AGO, 0, 0
    words: set[str] = set()
    for _ in range(80):
        day = min(day + timedelta(days=luck.randint(0, 200)), TODAY)
        try:
            with transaction.atomic():
                _random_act(luck, day)
            done += 1
        except DancuError as failure:
            words.add(failure.message)
            refused += 1
        with connection.cursor() as cursor:
            cursor.execute(BROKEN)
            assert cursor.fetchall() == []
        for number in PEOPLE:
            if changes := histories.changes_of(number):
                row = {name: value for name, value in state(number).items() if name not in ("load_batch", "last_seq")}
                assert row == current_state(changes, NOW, TODAY)
    assert done > 10
    assert refused > 3
    assert "Thay đổi này trái với dữ liệu đang có." not in words, "every rule has words of its own"


def test_who_lives_at_an_address_is_found_whatever_the_spelling():
    household = a_household()
    key = population.address_key(HOME.version, HOME.code, "12  lê lợi")

    assert [each.household_no for each in intervals.households_at(key)] == [household]
    assert {row.personal_no for row in intervals.residences_at(key, TODAY)} == {FATHER, MOTHER, CHILD}


def test_a_place_outside_the_list_is_no_place():
    with pytest.raises(Invalid, match="place"):
        Place("L2-2025", "46..99999", "1")


def test_a_death_ends_household_residence_and_marriage_and_somebody_follows_as_head():
    household = a_household()
    population.relate_persons(FATHER, "spouse", MOTHER, an_approval(), a_document(), valid_from=date(1995, 1, 1), now=NOW)
    population.register_residence(a_temporary(FATHER), an_approval(), a_document(), now=NOW)
    died = date(2026, 5, 1)
    with pytest.raises(Conflict, match="head"):
        population.register_death(FATHER, an_approval(), a_document("Giấy báo tử"), died_on=died, now=NOW)

    population.register_death(FATHER, an_approval(), a_document("Giấy báo tử"), died_on=died, now=NOW, new_head=MOTHER)

    assert members(household) == {MOTHER: "01", CHILD: "03"}
    assert (state(FATHER)["life_status"], state(FATHER)["life_status_on"]) == (1, "2026-05-01")
    assert (state(FATHER)["permanent_code"], state(FATHER)["temporary_code"]) == ("", "")
    assert state(MOTHER)["marital_status"] == 3
    assert holding(intervals.relations_of(FATHER), TODAY) == []
    with pytest.raises(Conflict, match="dead"):
        population.register_residence(a_temporary(FATHER), an_approval(), a_document(), now=NOW)


def test_nothing_is_registered_before_a_birth_or_before_what_is_registered_already():
    with pytest.raises(Invalid, match="before_birth"):
        a_household({CHILD: "01"}, since=date(2000, 1, 1))
    a_household({CHILD: "01"}, since=date(2020, 1, 1))

    with pytest.raises(Conflict, match="later"):
        a_household({CHILD: "01"}, AWAY, since=date(2010, 1, 1))
