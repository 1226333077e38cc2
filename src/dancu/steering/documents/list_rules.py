"""Lists against what the text says of them: counts, twins, lists inside lists, sums of parts. Pure; knows no document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from dancu.steering.documents.contradictions import (
    CheckRule,
    Contradiction,
    both,
    figure_behind,
    list_behind,
    number_en,
    number_vi,
    printed_names,
    value_of,
)
from dancu.steering.documents.sources import Qualifier, Relation, RelationRule, Said, SourceDocument, StatedList


def counts(document: SourceDocument, _earlier: Sequence[SourceDocument]) -> Iterator[Contradiction]:
    """A stated count against what is named; where only some are named, they may not be more."""
    for each in document.lists:
        named = len(each.items)
        if each.stated is None or each.stated == named or (not each.is_complete and named < each.stated):
            continue
        yield Contradiction(
            CheckRule.COUNT,
            document.head.id,
            document.place_of(each.clause),
            str(each.stated),
            str(named),
            Said(
                f"Văn bản nói {each.stated} {each.says.vi}, nhưng kể tên {named}.",
                f"The text says {each.stated} {each.says.en}, and names {named}.",
            ),
            both(f"{each.stated} − {named} = {each.stated - named}".replace("= -", "= −")),
            tuple(item.body or item.printed for item in each.items) if named > each.stated else (),
        )


def repeated(document: SourceDocument, _earlier: Sequence[SourceDocument]) -> Iterator[Contradiction]:
    """One list that names something twice."""
    for each in document.lists:
        twice = tuple(member for member, times in Counter(each.members).items() if times > 1)
        if twice:
            names, rows, different = printed_names(each, twice), len(each.items), len(set(each.members))
            yield Contradiction(
                CheckRule.REPEATED,
                document.head.id,
                document.place_of(each.clause),
                str(rows),
                str(different),
                Said(f"Danh sách {each.says.vi} kể hai lần: {names}.", f"The list of {each.says.en} names twice: {names}."),
                Said(f"{rows} mục, {different} mục khác nhau", f"{rows} entries, {different} different ones"),
                twice,
            )


def relations(document: SourceDocument, _earlier: Sequence[SourceDocument]) -> Iterator[Contradiction]:
    """What the text says of its lists and figures together."""
    rules = {
        RelationRule.SUBSET: _subset,
        RelationRule.PARTITION: _partition,
        RelationRule.SUM: _sum,
        RelationRule.SAME: _same,
        RelationRule.EQUAL: _equal,
        RelationRule.DISJOINT: _disjoint,
    }
    for each in document.relations:
        yield from rules[each.rule](document, each)


def _subset(document: SourceDocument, relation: Relation) -> Iterator[Contradiction]:
    whole = list_behind(document, relation.whole)
    for term in relation.parts:
        part = list_behind(document, term)
        if part is not None and whole is not None and (whole.is_complete or whole.stated is None):
            yield from _outside(document, relation, whole, part)
        elif _is_exact(document, relation.whole) and value_of(document, term) > value_of(document, relation.whole):
            more, less = value_of(document, term), value_of(document, relation.whole)
            yield Contradiction(
                CheckRule.SUBSET,
                document.head.id,
                document.place_of(relation.clause),
                number_vi(more),
                f"≤ {number_vi(less)}",
                Said(
                    f"Số bộ phận lớn hơn số toàn thể ({relation.says.vi}).",
                    f"The part is greater than the whole ({relation.says.en}).",
                ),
                Said(f"{number_vi(more)} > {number_vi(less)}", f"{number_en(more)} > {number_en(less)}"),
            )


def _is_exact(document: SourceDocument, term: str) -> bool:
    figure = figure_behind(document, term)
    return figure is None or (figure.qualifier is Qualifier.EXACT and figure.step is None)


def _outside(document: SourceDocument, relation: Relation, whole: StatedList, part: StatedList) -> Iterator[Contradiction]:
    outside = tuple(sorted(set(part.members) - set(whole.members)))
    if outside:
        names, inside = printed_names(part, outside), len(set(part.members)) - len(outside)
        yield Contradiction(
            CheckRule.SUBSET,
            document.head.id,
            document.place_of(relation.clause),
            str(len(set(part.members))),
            str(inside),
            Said(
                f"{_upper(part.says.vi)} phải thuộc danh sách {whole.says.vi}, nhưng danh sách không có: {names}.",
                f"{_upper(part.says.en)} should be among {whole.says.en}; missing there: {names}.",
            ),
            both(f"{len(set(part.members))} − {len(outside)} = {inside}"),
            outside,
        )


def _partition(document: SourceDocument, relation: Relation) -> Iterator[Contradiction]:
    yield from _disjoint(document, relation)
    yield from _sum(document, relation)


def _disjoint(document: SourceDocument, relation: Relation) -> Iterator[Contradiction]:
    lists = [found for term in relation.parts if (found := list_behind(document, term)) is not None]
    for one, other in combinations(lists, 2):
        twice = tuple(sorted(set(one.members) & set(other.members)))
        if not twice:
            continue
        names, together = printed_names(one, twice), len(set(one.members) | set(other.members))
        counted = len(set(one.members)) + len(set(other.members))
        yield Contradiction(
            CheckRule.COUNTED_TWICE,
            document.head.id,
            document.place_of(relation.clause),
            str(counted),
            str(together),
            Said(
                f"{len(twice)} mục vừa là {one.says.vi}, vừa là {other.says.vi}: {names}.",
                f"{len(twice)} stand among {one.says.en} and again among {other.says.en}: {names}.",
            ),
            Said(
                f"{len(one.items)} + {len(other.items)} = {counted}, khác nhau {together}: {len(twice)} bị đếm hai lần",
                f"{len(one.items)} + {len(other.items)} = {counted}, {together} different: {len(twice)} counted twice",
            ),
            twice,
        )


def _sum(document: SourceDocument, relation: Relation) -> Iterator[Contradiction]:
    whole, parts = value_of(document, relation.whole), [value_of(document, each) for each in relation.parts]
    if sum(parts) == whole:
        return
    sums = [f"{' + '.join(map(number, parts))} = {number(sum(parts))} ≠ {number(whole)}" for number in (number_vi, number_en)]
    yield Contradiction(
        CheckRule.SUM,
        document.head.id,
        document.place_of(relation.clause),
        number_vi(whole),
        number_vi(sum(parts)),
        Said(
            f"Các phần cộng lại không bằng tổng đã nêu ({relation.says.vi}).",
            f"The parts do not add up to the whole ({relation.says.en}).",
        ),
        Said(*sums),
    )


def _equal(document: SourceDocument, relation: Relation) -> Iterator[Contradiction]:
    first = value_of(document, relation.whole)
    for term in relation.parts:
        other = value_of(document, term)
        if other != first:
            yield Contradiction(
                CheckRule.EQUAL,
                document.head.id,
                document.place_of(relation.clause),
                number_vi(other),
                number_vi(first),
                Said(
                    f"Cùng một số liệu nhưng nêu khác nhau ({relation.says.vi}).",
                    f"One figure, told differently ({relation.says.en}).",
                ),
                Said(f"{number_vi(first)} ≠ {number_vi(other)}", f"{number_en(first)} ≠ {number_en(other)}"),
            )


def _same(document: SourceDocument, relation: Relation) -> Iterator[Contradiction]:
    one = list_behind(document, relation.whole)
    for term in relation.parts:
        other = list_behind(document, term)
        if one is None or other is None or set(one.members) == set(other.members):
            continue
        more, less = set(other.members) - set(one.members), set(one.members) - set(other.members)
        only, missing = printed_names(other, more), printed_names(one, less)
        against = document.place_of(one.clause)
        vi = [f"thừa {only}"] * bool(more) + [f"thiếu {missing}"] * bool(less)
        en = [f"too many: {only}"] * bool(more) + [f"missing: {missing}"] * bool(less)
        yield Contradiction(
            CheckRule.SAME,
            document.head.id,
            document.place_of(other.clause),
            str(len(other.items)),
            str(len(set(other.members) & set(one.members))),
            Said(
                f"Danh sách {other.says.vi} không trùng với {against}: {'; '.join(vi)}.",
                f"The list of {other.says.en} is not that of {against}: {'; '.join(en)}.",
            ),
            Said(
                f"{len(other.items)} − {len(more)} thừa + {len(less)} thiếu = {len(other.items) - len(more) + len(less)}",
                f"{len(other.items)} − {len(more)} too many + {len(less)} missing = {len(other.items) - len(more) + len(less)}",
            ),
            tuple(sorted(more | less)),
        )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
