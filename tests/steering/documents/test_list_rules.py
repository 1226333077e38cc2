"""Each rule over lists, on small invented documents: what agrees passes, what does not is told with its sum."""

from __future__ import annotations

import pytest

from dancu.steering.documents.sources import RelationRule
from tests.steering.documents.scene import a_document, a_figure, a_list, a_relation, found_in, rules_in


def test_a_count_that_the_list_does_not_bear_out_is_told_with_the_sum():
    document = a_document(lists=(a_list("asked", "H01", "H02", stated=3),))

    found = found_in(document)

    assert [(each.rule, each.printed, each.computed) for each in found] == [("count", "3", "2")]
    assert found[0].arithmetic.vi == "3 − 2 = 1"
    assert found[0].place == "mục 1"


@pytest.mark.parametrize(
    ("stated", "covers_all", "rules"),
    [(2, True, []), (1, True, ["count"]), (5, False, []), (1, False, ["count"]), (None, True, [])],
)
def test_a_list_that_names_some_may_name_fewer_and_never_more(stated: int | None, covers_all: bool, rules: list[str]):
    document = a_document(lists=(a_list("asked", "H01", "H02", stated=stated, covers_all=covers_all),))

    assert rules_in(document) == rules


def test_a_list_that_names_a_body_twice_is_told_which():
    document = a_document(lists=(a_list("asked", "H01", "H02", "H01", stated=3),))

    found = found_in(document)

    assert [each.rule for each in found] == ["repeated"]
    assert found[0].about == ("H01",)
    assert found[0].arithmetic.vi == "3 mục, 2 mục khác nhau"


def test_entries_that_are_no_bodies_are_told_apart_by_their_words():
    papers = a_list("papers", "G15", "G15", stated=2, kind="paper")

    assert rules_in(a_document(lists=(papers,))) == ["repeated"]  # both are printed alike


def test_two_lists_said_to_be_the_same_are_told_who_is_too_many_and_who_is_missing():
    lists = (a_list("note", "H01", "H02", "H03"), a_list("annex", "H01", "H02", "H04"))
    document = a_document(lists=lists, relations=(a_relation(RelationRule.SAME, "list:note", "list:annex"),))

    found = found_in(document)

    assert [each.rule for each in found] == ["same"]
    assert "thừa Nơi H04; thiếu Nơi H03" in found[0].sentence.vi
    assert found[0].about == ("H03", "H04")
    assert found[0].arithmetic.vi == "3 − 1 thừa + 1 thiếu = 3"


def test_the_order_of_two_lists_that_are_the_same_does_not_matter():
    lists = (a_list("note", "H01", "H02"), a_list("annex", "H02", "H01"))

    assert rules_in(a_document(lists=lists, relations=(a_relation(RelationRule.SAME, "list:note", "list:annex"),))) == []


def test_a_part_outside_its_whole_is_named():
    lists = (a_list("connected", "H01", "H02", stated=2), a_list("passed", "H02", "H09"))
    document = a_document(lists=lists, relations=(a_relation(RelationRule.SUBSET, "list:connected", "list:passed"),))

    found = found_in(document)

    assert [each.rule for each in found] == ["subset"]
    assert found[0].about == ("H09",)


def test_a_whole_that_names_only_some_cannot_show_that_a_part_is_outside():
    lists = (a_list("connected", "H01", stated=12, covers_all=False), a_list("passed", "H02"))

    assert rules_in(a_document(lists=lists, relations=(a_relation(RelationRule.SUBSET, "list:connected", "list:passed"),))) == []


@pytest.mark.parametrize(("part", "rules"), [("99", []), ("100", []), ("101", ["subset"])])
def test_a_figure_is_not_greater_than_the_one_it_is_part_of(part: str, rules: list[str]):
    figures = (a_figure("all", "100"), a_figure("online", part))
    relation = a_relation(RelationRule.SUBSET, "figure:all", "figure:online")

    assert rules_in(a_document(figures=figures, relations=(relation,))) == rules


def test_a_whole_printed_to_the_hundred_thousand_is_not_held_against_its_part():
    figures = (a_figure("all", "100", step="10"), a_figure("online", "101"))
    relation = a_relation(RelationRule.SUBSET, "figure:all", "figure:online")

    assert rules_in(a_document(figures=figures, relations=(relation,))) == []


def test_what_stands_in_two_parts_is_counted_twice():
    lists = (a_list("passed", "H01", "H02"), a_list("to-supplement", "H02", "H03", "H04"))
    relation = a_relation(RelationRule.DISJOINT, "", "list:passed", "list:to-supplement")

    found = found_in(a_document(lists=lists, relations=(relation,)))

    assert [each.rule for each in found] == ["counted_twice"]
    assert found[0].about == ("H02",)
    assert found[0].arithmetic.vi == "2 + 3 = 5, khác nhau 4: 1 bị đếm hai lần"


def test_parts_that_make_up_a_whole_add_up_and_share_nothing():
    lists = (a_list("one", "H01", "H02"), a_list("other", "H02", "H03"))
    relation = a_relation(RelationRule.PARTITION, "number:5", "list:one", "list:other")

    assert rules_in(a_document(lists=lists, relations=(relation,))) == ["counted_twice", "sum"]


def test_a_sum_that_is_off_is_written_out():
    figures = (a_figure("all", "236"), a_figure("province", "183"), a_figure("district", "37"), a_figure("commune", "15"))
    relation = a_relation(RelationRule.SUM, "figure:all", "figure:province", "figure:district", "figure:commune")

    found = found_in(a_document(figures=figures, relations=(relation,)))

    assert [each.rule for each in found] == ["sum"]
    assert found[0].arithmetic.vi == "183 + 37 + 15 = 235 ≠ 236"


def test_a_sum_takes_the_count_a_text_states_before_the_names_it_lists():
    lists = (a_list("late", stated=3, covers_all=False), a_list("legal", "H01"), a_list("other", "H02", "H03", stated=2))
    relation = a_relation(RelationRule.SUM, "list:late", "list:legal", "list:other")

    assert rules_in(a_document(lists=lists, relations=(relation,))) == []


def test_one_figure_of_two_places_is_one():
    figures = (a_figure("tenants", "25"), a_figure("departments_told", "24"))
    relation = a_relation(RelationRule.EQUAL, "figure:tenants", "figure:departments_told")

    found = found_in(a_document(figures=figures, relations=(relation,)))

    assert [(each.rule, each.arithmetic.vi) for each in found] == [("equal", "25 ≠ 24")]
