"""Does a document agree with itself? Every figure against its list, every list against what the text says of it. Pure.

The rules know nothing of any document: they read what is claimed, count the lists, and tell each difference with its sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from dancu.kernel.names import folded_name
from dancu.onboarding.board.events import Said
from dancu.onboarding.board.lineage import Lineage, Party, PartyKind
from dancu.onboarding.board.printed import Claim, Document, ListedName, PrintedList, Relation, Rule

_KINDS_OF_PLACE = ("Thành phố ", "Tỉnh ", "TP. ", "TP ")


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A place where a document does not agree with itself (*điểm chưa khớp*), with the sum that shows it."""

    rule: str
    sentence: Said
    place: str
    printed: str
    computed: str
    arithmetic: Said
    bodies: tuple[str, ...] = ()  # codes of the bodies it is about, as far as they are known


def check(document: Document, parties: Iterable[Party], earlier: Sequence[Document] = ()) -> tuple[Discrepancy, ...]:
    """Everything in a document that does not add up (*đối chiếu văn bản với chính nó*), also against earlier documents."""
    found = _Checked(document, Lineage(parties), earlier)
    return tuple(found.everything())


def is_name_of(printed: str, party: Party) -> bool:
    """Is it the name of the body, as documents spell it: without its kind, in small letters, with a mark lost?"""
    name = printed.strip()
    if party.kind is PartyKind.PROVINCE:
        for prefix in _KINDS_OF_PLACE:
            name = name.removeprefix(prefix)
        return folded_name(name) == folded_name(party.short_name)
    wanted, full = folded_name(name), folded_name(party.name)
    return wanted == folded_name(party.code) or (len(name.split()) > 1 and full.startswith(wanted)) or wanted == full


class _Checked:
    """One document under the rules."""

    def __init__(self, document: Document, lineage: Lineage, earlier: Sequence[Document]) -> None:
        self.document, self.lineage, self.earlier = document, lineage, earlier
        self.day = document.head.as_of

    def everything(self) -> Iterator[Discrepancy]:
        for each in self.document.lists:
            yield from self._names_of(each)
        for claim in self.document.claims:
            yield from self._count_of(claim)
            yield from self._total_of(claim)
            yield from self._growth_of(claim)
        rules: dict[Rule, Callable[[Relation], Iterator[Discrepancy]]] = {
            Rule.WITHIN: self._within,
            Rule.SAME: self._same,
            Rule.REST: self._rest,
            Rule.EQUAL: self._equal,
            Rule.SUM: self._sum,
        }
        for relation in self.document.relations:
            yield from rules[relation.rule](relation)

    # Lists by themselves.

    def _names_of(self, printed: PrintedList) -> Iterator[Discrepancy]:
        head = printed.head
        twice = [code for code, times in Counter(each.organisation for each in printed.names).items() if times > 1]
        if twice:
            names = self._spoken(twice)
            yield Discrepancy(
                "duplicate",
                Said(f"Danh sách {head.says.vi} kể hai lần: {names}.", f"The list of {head.says.en} names twice: {names}."),
                head.place,
                str(len(printed.names)),
                str(len(printed.codes)),
                Said(
                    f"{len(printed.names)} dòng, {len(printed.codes)} đơn vị khác nhau",
                    f"{len(printed.names)} rows, {len(printed.codes)} different bodies",
                ),
                tuple(sorted(twice)),
            )
        wrong = [each for each in printed.names if not self._is_meant(each, head.kind)]
        for each in wrong:
            yield self._strange(each, printed)
        numbers = [each.no for each in printed.names]
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            yield self._misnumbered(printed, numbers)

    def _is_meant(self, name: ListedName, kind: PartyKind) -> bool:
        party = next((each for each in self.lineage.in_force(self.day, kind) if each.code == name.organisation), None)
        return party is not None and is_name_of(name.printed, party)

    def _strange(self, name: ListedName, printed: PrintedList) -> Discrepancy:
        head = printed.head
        return Discrepancy(
            "name",
            Said(
                f"“{name.printed}” trong danh sách {head.says.vi} không phải tên đơn vị mã {name.organisation} vào ngày đó.",
                f"“{name.printed}” in the list of {head.says.en} is not what {name.organisation} was called on that day.",
            ),
            head.place,
            name.printed,
            self._spoken([name.organisation]),
            Said(f"dòng {name.no}", f"row {name.no}"),
            (name.organisation,),
        )

    def _misnumbered(self, printed: PrintedList, numbers: Sequence[int]) -> Discrepancy:
        head, wanted = printed.head, range(1, len(numbers) + 1)
        off = ", ".join(str(each) for each in sorted(set(wanted) ^ set(numbers))) or ", ".join(map(str, numbers))
        return Discrepancy(
            "numbering",
            Said(
                f"Số thứ tự của danh sách {head.says.vi} không liền nhau.", f"The rows of the list of {head.says.en} skip numbers."
            ),
            head.place,
            off,
            f"1–{len(numbers)}",
            Said(f"thừa hoặc thiếu số {off}", f"too many or missing: {off}"),
        )

    # Figures.

    def _count_of(self, claim: Claim) -> Iterator[Discrepancy]:
        if not claim.list:
            return
        codes = self.document.list_of(claim.list).codes
        if claim.value == len(codes) or (claim.covers == "some" and claim.value > len(codes)):
            return
        place, more = self.document.list_of(claim.list).head.place, claim.value - len(codes)
        yield Discrepancy(
            "count",
            Said(
                f"Văn bản nói {claim.value} {claim.says.vi}, danh sách kể tên {len(codes)}.",
                f"The text says {claim.value} {claim.says.en}, the list names {len(codes)}.",
            ),
            claim.place,
            str(claim.value),
            str(len(codes)),
            Said(
                f"{claim.value} − {len(codes)} tên ở {place} = {more}",
                f"{claim.value} − {len(codes)} names in {place} = {more}",
            ),
            tuple(sorted(codes)) if more < 0 else (),
        )

    def _total_of(self, claim: Claim) -> Iterator[Discrepancy]:
        whole = len(self.lineage.in_force(self.day, claim.universe)) if claim.universe else claim.of
        wrong_total = claim.universe is not None and claim.of is not None and claim.of != whole
        if wrong_total or (whole is not None and claim.value > whole):
            yield Discrepancy(
                "total",
                Said(
                    f"{claim.value} trên {claim.of or whole} {claim.says.vi}: ngày đó có {whole} đơn vị.",
                    f"{claim.value} of {claim.of or whole} {claim.says.en}: there were {whole} on that day.",
                ),
                claim.place,
                f"{claim.value}/{claim.of or whole}",
                str(whole),
                Said(f"{whole} đơn vị có trong danh mục vào ngày đó", f"{whole} bodies in force on that day"),
            )

    def _growth_of(self, claim: Claim) -> Iterator[Discrepancy]:
        """What it grew from may not be less than an earlier document already counted, nor less than nothing."""
        if not claim.more or claim.counts is None:
            return
        wanted = (claim.counts.kind, claim.counts.axis, claim.counts.states)
        counted = [
            (each.value, document.head.number)
            for document in self.earlier
            for each in document.claims
            if each.counts and (each.counts.kind, each.counts.axis, each.counts.states) == wanted
        ]
        before, (least, source) = claim.value - claim.more, max(counted, default=(0, ""))
        if before < least:
            yield Discrepancy(
                "grown",
                Said(
                    f"{claim.value} {claim.says.vi}, tăng {claim.more}: trước đó là {before}, ít hơn {least} đã nêu ở {source}.",
                    f"{claim.value} {claim.says.en}, {claim.more} more: {before} before, fewer than the {least} in {source}.",
                ),
                claim.place,
                f"{claim.value} (+{claim.more})",
                str(before),
                Said(f"{claim.value} − {claim.more} = {before} < {least}", f"{claim.value} − {claim.more} = {before} < {least}"),
            )

    # Lists and figures together.

    def _within(self, relation: Relation) -> Iterator[Discrepancy]:
        part, whole = (self.document.list_of(each) for each in relation.lists)
        if outside := part.codes - whole.codes:
            names, count = self._spoken(outside), len(part.codes & whole.codes)
            yield Discrepancy(
                "within",
                Said(
                    f"{part.head.says.vi} phải thuộc danh sách {whole.head.says.vi}, nhưng không có: {names}.",
                    f"{part.head.says.en} should be among {whole.head.says.en}; missing there: {names}.",
                ),
                relation.place,
                str(len(part.codes)),
                str(count),
                Said(
                    f"{len(part.codes)} tên, {count} thuộc danh sách {len(whole.codes)} tên: ngoài danh sách {len(outside)}",
                    f"{len(part.codes)} names, {count} of them on the list of {len(whole.codes)}: {len(outside)} outside",
                ),
                tuple(sorted(outside)),
            )

    def _same(self, relation: Relation) -> Iterator[Discrepancy]:
        one, other = (self.document.list_of(each) for each in relation.lists)
        yield from self._differing(relation, one, other.codes, other.head.place, "same")

    def _rest(self, relation: Relation) -> Iterator[Discrepancy]:
        rest, without = (self.document.list_of(each) for each in relation.lists)
        everybody = self.lineage.codes(self.day, rest.head.kind)
        place = f"{len(everybody)} − {len(without.codes)} ({without.head.place})"
        yield from self._differing(relation, rest, everybody - without.codes, place, "rest")

    def _differing(
        self, relation: Relation, one: PrintedList, wanted: frozenset[str], against: str, rule: str
    ) -> Iterator[Discrepancy]:
        more, less = one.codes - wanted, wanted - one.codes
        if not more and not less:
            return
        only, missing = self._with_lists(more, one), self._with_lists(less, one)
        place = one.head.place
        yield Discrepancy(
            rule,
            Said(
                f"Danh sách {one.head.says.vi} ({place}) không trùng với {against}: "
                + "; ".join(part for part in (f"thừa {only.vi}" if more else "", f"thiếu {missing.vi}" if less else "") if part)
                + ".",
                f"The list of {one.head.says.en} ({place}) is not that of {against}: "
                + "; ".join(
                    part for part in (f"too many: {only.en}" if more else "", f"missing: {missing.en}" if less else "") if part
                )
                + ".",
            ),
            relation.place,
            str(len(one.codes)),
            str(len(wanted)),
            Said(
                f"{len(one.codes)} tên − {len(more)} thừa + {len(less)} thiếu = {len(wanted)}",
                f"{len(one.codes)} names − {len(more)} too many + {len(less)} missing = {len(wanted)}",
            ),
            tuple(sorted(more | less)),
        )

    def _equal(self, relation: Relation) -> Iterator[Discrepancy]:
        claims = [self.document.claim_of(each) for each in relation.claims]
        if len({each.value for each in claims}) > 1:
            told = "; ".join(f"{each.value} ({each.place})" for each in claims)
            yield Discrepancy(
                "equal",
                Said(f"Cùng một số liệu nhưng nêu khác nhau: {told}.", f"One figure, told differently: {told}."),
                relation.place,
                str(claims[-1].value),
                str(claims[0].value),
                Said(" ≠ ".join(str(each.value) for each in claims), " ≠ ".join(str(each.value) for each in claims)),
            )

    def _sum(self, relation: Relation) -> Iterator[Discrepancy]:
        claim = self.document.claim_of(relation.claims[0])
        plus, minus = ([self._value(each) for each in terms] for terms in (relation.plus, relation.minus))
        computed = sum(plus) - sum(minus)
        if computed != claim.value:
            terms = " + ".join(map(str, plus)) + "".join(f" − {each}" for each in minus)
            yield Discrepancy(
                "sum",
                Said(
                    f"Văn bản nói {claim.value} {claim.says.vi}, tính từ các số khác của văn bản thì được {computed}.",
                    f"The text says {claim.value} {claim.says.en}, its other figures make it {computed}.",
                ),
                relation.place,
                str(claim.value),
                str(computed),
                Said(f"{terms} = {computed}", f"{terms} = {computed}"),
            )

    # Words.

    def _value(self, term: int | str) -> int:
        return term if isinstance(term, int) else self.document.claim_of(term).value

    def _spoken(self, codes: Iterable[str]) -> str:
        return ", ".join(self._name(code) for code in sorted(codes))

    def _name(self, code: str) -> str:
        party = self.lineage.holder(code, self.day)
        return party.short_name if party else code

    def _with_lists(self, codes: Iterable[str], own: PrintedList) -> Said:
        """Names, and on which other lists of the document each of them stands: that often tells which list is right."""
        told = []
        for code in sorted(codes):
            places = sorted({each.head.place for each in self.document.lists if code in each.codes and each is not own})
            name = self._name(code)
            told.append(
                (f"{name} (có ở {', '.join(places)})", f"{name} (stands in {', '.join(places)})") if places else (name, name)
            )
        return Said(", ".join(vi for vi, _en in told), ", ".join(en for _vi, en in told))
