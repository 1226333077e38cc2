"""Figures against other figures: shares, totals, ranks, what is told twice, what grew from what. Pure; knows no document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from dancu.steering.documents.contradictions import CheckRule, Contradiction, day_text, number_en, number_vi
from dancu.steering.documents.sources import Qualifier, Rank, Said, SourceDocument, StatedFigure

SHARE_TOLERANCE = Decimal("0.01")  # percentage points: nearer than that a share is cut off rather than wrong


def shares(document: SourceDocument, _earlier: Sequence[SourceDocument]) -> Iterator[Contradiction]:
    """A printed share against its numerator and denominator: rounded it is right, cut off or wrong it is told."""
    for each in document.figures:
        if each.numerator:
            yield from _share(document, each)


def _share(document: SourceDocument, share: StatedFigure) -> Iterator[Contradiction]:
    part, whole = document.figure_of(share.numerator), document.figure_of(share.denominator)
    if whole.value <= _slack(whole):
        return  # of nothing there is no share
    exact, unit = part.value * 100 / whole.value, Decimal(1).scaleb(-share.places)
    low = (part.value - _slack(part)) * 100 / (whole.value + _slack(whole))
    high = (part.value + _slack(part)) * 100 / (whole.value - _slack(whole))
    rounded = exact.quantize(unit, ROUND_HALF_UP)
    if low.quantize(unit, ROUND_HALF_UP) <= share.value <= high.quantize(unit, ROUND_HALF_UP):
        return
    off = abs(exact - share.value)
    is_cut = exact.quantize(unit, ROUND_DOWN) == share.value
    verdict = _verdict(is_cut, off)
    shown, gap = exact.quantize(unit / 100, ROUND_HALF_UP), off.quantize(Decimal("0.0001"), ROUND_HALF_UP)
    yield Contradiction(
        CheckRule.SHARE,
        document.head.id,
        document.place_of(share.clause),
        number_vi(share.value),
        number_vi(rounded),
        Said(
            f"Tỷ lệ ghi {number_vi(share.value)}%, tính ra {number_vi(rounded)}%: {verdict.vi}.",
            f"The share is printed as {number_en(share.value)}%, computed it is {number_en(rounded)}%: {verdict.en}.",
        ),
        Said(
            f"{number_vi(part.value)} / {number_vi(whole.value)} = {number_vi(shown)}%, lệch {number_vi(gap)} điểm",
            f"{number_en(part.value)} / {number_en(whole.value)} = {number_en(shown)}%, off by {number_en(gap)} points",
        ),
        (share.key,),
    )


def _slack(figure: StatedFigure) -> Decimal:
    """Half of the last digit printed, where not every digit is."""
    return figure.step / 2 if figure.step is not None else Decimal(0)


def _verdict(is_cut: bool, off: Decimal) -> Said:
    within = off <= SHARE_TOLERANCE
    if is_cut:
        note = Said(", trong ngưỡng 0,01 điểm", ", within 0.01 points") if within else Said("", "")
        return Said(f"số bị cắt bớt, không được làm tròn{note.vi}", f"cut off, not rounded{note.en}")
    return Said("lệch trong ngưỡng 0,01 điểm", "off within 0.01 points") if within else Said("sai", "wrong")


def totals(document: SourceDocument, _earlier: Sequence[SourceDocument]) -> Iterator[Contradiction]:
    """ "12/25": never more than there are; and a part printed beside its total is not greater either."""
    for each in document.figures:
        if each.of is not None and each.value > each.of:
            yield Contradiction(
                CheckRule.TOTAL,
                document.head.id,
                document.place_of(each.clause),
                f"{number_vi(each.value)}/{number_vi(each.of)}",
                f"≤ {number_vi(each.of)}",
                Said(f"Nhiều hơn tổng số: “{each.printed}”.", f"More than there are: “{each.printed}”."),
                Said(f"{number_vi(each.value)} > {number_vi(each.of)}", f"{number_en(each.value)} > {number_en(each.of)}"),
                (each.key,),
            )


def ranks(document: SourceDocument, _earlier: Sequence[SourceDocument]) -> Iterator[Contradiction]:
    """The highest is not below, the lowest not above another of its level and day."""
    for each in document.figures:
        for other in document.figures:
            if each.rank is None or not _are_peers(each, other):
                continue
            if other.value > each.value if each.rank is Rank.HIGHEST else other.value < each.value:
                sign = "<" if each.rank is Rank.HIGHEST else ">"
                yield Contradiction(
                    CheckRule.RANK,
                    document.head.id,
                    document.place_of(each.clause),
                    number_vi(each.value),
                    number_vi(other.value),
                    Said(
                        f"“{each.printed}”, nhưng văn bản cũng ghi “{other.printed}”.",
                        f"“{each.printed}”, and the text also says “{other.printed}”.",
                    ),
                    Said(
                        f"{number_vi(each.value)} {sign} {number_vi(other.value)}",
                        f"{number_en(each.value)} {sign} {number_en(other.value)}",
                    ),
                    (each.body, other.body),
                )


def _are_peers(one: StatedFigure, other: StatedFigure) -> bool:
    """Figures of two bodies that may be ranked with each other."""
    same = (one.indicator, one.level, one.as_of, one.kind) == (other.indicator, other.level, other.as_of, other.kind)
    return same and one.body != other.body and bool(other.body)


def restated(document: SourceDocument, earlier: Sequence[SourceDocument]) -> Iterator[Contradiction]:
    """One figure of one day, told differently in two places or two documents."""
    for index, each in enumerate(document.figures):
        said = [(document, other) for other in document.figures[:index]]
        said += [(past, other) for past in earlier for other in past.figures]
        for source, other in said:
            same = (each.key, each.kind, each.as_of, each.unit) == (other.key, other.kind, other.as_of, other.unit)
            if same and each.value != other.value and _is_exact(each) and _is_exact(other):
                place = f"{source.head.number}, {source.place_of(other.clause)}"
                yield Contradiction(
                    CheckRule.RESTATED,
                    document.head.id,
                    document.place_of(each.clause),
                    number_vi(each.value),
                    number_vi(other.value),
                    Said(
                        f"“{each.printed}”, nhưng {place} ghi “{other.printed}” cho cùng ngày.",
                        f"“{each.printed}”; {place} says “{other.printed}” of the same day.",
                    ),
                    Said(
                        f"{number_vi(each.value)} ≠ {number_vi(other.value)}", f"{number_en(each.value)} ≠ {number_en(other.value)}"
                    ),
                    (each.key,),
                )


def _is_exact(figure: StatedFigure) -> bool:
    return figure.qualifier is Qualifier.EXACT and figure.step is None


def growth(document: SourceDocument, earlier: Sequence[SourceDocument]) -> Iterator[Contradiction]:
    """What a figure was before, by its printed difference, against an earlier document; what only grows never shrank."""
    for each in document.figures:
        past = [(source, other) for source in earlier for other in source.figures if _is_past(each, other)]
        for source, other in past:
            if broken := _broken(each, other):
                yield _grown(document, each, f"{source.head.number}, {source.place_of(other.clause)}", other, broken)
        if each.previous is not None and each.previous < 0:
            yield _grown(document, each, "0", None, "<")


def _is_past(figure: StatedFigure, other: StatedFigure) -> bool:
    if figure.as_of is None or other.as_of is None or not (_is_exact(figure) and _is_exact(other)):
        return False
    return (figure.key, figure.kind, figure.unit) == (other.key, other.kind, other.unit) and other.as_of < figure.as_of


def _broken(figure: StatedFigure, other: StatedFigure) -> str:
    """How the value before disagrees with an earlier document: the sign between them; empty when it does not."""
    before, day = figure.previous, figure.change.compared_with if figure.change else None
    if before is not None and other.as_of == day:
        return "≠" if before != other.value else ""
    if not figure.grows:
        return ""
    assert other.as_of is not None
    least = before if before is not None and day is not None and other.as_of < day else figure.value
    return "<" if least < other.value else ""


def _grown(document: SourceDocument, figure: StatedFigure, place: str, other: StatedFigure | None, sign: str) -> Contradiction:
    told = other.value if other is not None else Decimal(0)
    by = figure.change.by if figure.change is not None else Decimal(0)
    before = figure.value - by
    since = f" ({day_text(other.as_of)})" if other is not None and other.as_of is not None else ""
    sums = [f"{n(figure.value)} − {n(by)} = {n(before)} {sign} {n(told)}" for n in (number_vi, number_en)]
    return Contradiction(
        CheckRule.GROWTH,
        document.head.id,
        document.place_of(figure.clause),
        number_vi(figure.value),
        number_vi(before),
        Said(
            f"“{figure.printed}”: số trước đó tính ra {number_vi(before)}, {place}{since} là {number_vi(told)}.",
            f"“{figure.printed}”: computed it was {number_en(before)} before, {place}{since} has {number_en(told)}.",
        ),
        Said(*sums),
        (figure.key,),
    )
