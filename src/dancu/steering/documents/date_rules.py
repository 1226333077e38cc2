"""Days out of order: deadlines, days of figures, papers done, cited, or arrived too late. Pure; knows no document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from dancu.steering.documents.contradictions import CheckRule, Contradiction, day_text
from dancu.steering.documents.sources import FigureKind, Said, SourceDocument, SourceTask, StatedFigure, StatedState

_KIND_OF_GROUP = {"PROVINCES": "province", "MINISTRIES": "ministry"}


def deadlines(document: SourceDocument, _earlier: Sequence[SourceDocument]) -> Iterator[Contradiction]:
    """Due before it was given; said to be late and not due yet; done before it was given or after the document."""
    for each in document.tasks:
        given, due = each.assigned_on or document.head.dated, each.deadline.due
        if each.state is StatedState.LATE and due is not None and due >= document.head.day:
            yield _task(
                document,
                each,
                Said("Văn bản nói chậm, nhưng thời hạn chưa qua", "Said to be late, and not due yet"),
                (due, document.head.day, "≥"),
            )
        if each.state is StatedState.OPEN and due is not None and given is not None and due < given:
            yield _task(document, each, Said("Thời hạn trước ngày giao việc", "Due before it was given"), (due, given, "<"))
        if each.done_on is not None and each.assigned_on is not None and each.done_on < each.assigned_on:
            yield _task(
                document, each, Said("Xong trước ngày giao việc", "Done before it was given"), (each.done_on, each.assigned_on, "<")
            )
        if each.done_on is not None and each.done_on > document.head.day:
            yield _task(
                document, each, Said("Xong sau ngày của văn bản", "Done after the document"), (each.done_on, document.head.day, ">")
            )


def _task(document: SourceDocument, task: SourceTask, what: Said, order: tuple[date, date, str]) -> Contradiction:
    one, other, sign = day_text(order[0]), day_text(order[1]), order[2]
    place = document.place_of(task.clause)
    said = Said(f"{what.vi}: “{task.wording}”.", f"{what.en}: “{task.wording}”.")
    return _contradiction(document, CheckRule.DEADLINE, place, (one, other, sign), said, (task.id,))


def days(document: SourceDocument, _earlier: Sequence[SourceDocument]) -> Iterator[Contradiction]:
    """A figure of a day after its report or its period, a period that ends before it begins, an act cited before it was passed."""
    yield from _figures_after(document)
    yield from _periods(document)
    for figure in document.figures:
        change = figure.change
        if change is not None and figure.as_of is not None and change.compared_with >= figure.as_of:
            order = (day_text(change.compared_with), day_text(figure.as_of), "≥")
            said = Said(
                f"So sánh với một ngày không ở trước: “{change.printed}”.", f"Compared with no earlier day: “{change.printed}”."
            )
            yield _contradiction(document, CheckRule.DAY, document.place_of(figure.clause), order, said, (figure.key,))
    for basis in document.head.basis:
        if basis.dated is not None and basis.dated > document.head.day:
            order = (day_text(basis.dated), day_text(document.head.day), ">")
            said = Said(f"Viện dẫn {basis.number} có ngày sau ngày văn bản.", f"Cites {basis.number}, which is later than itself.")
            yield _contradiction(document, CheckRule.DAY, document.head.number, order, said, (basis.number,))


def _figures_after(document: SourceDocument) -> Iterator[Contradiction]:
    """One finding a day: whatever is told of that day stands in it."""
    last = document.head.period.last if document.head.period is not None else document.head.dated
    late: dict[date, list[StatedFigure]] = {}
    for each in document.figures:
        if last is not None and each.as_of is not None and each.as_of > last and each.kind is FigureKind.STATE:
            late.setdefault(each.as_of, []).append(each)
    for day, figures in sorted(late.items()):
        assert last is not None
        order = (day_text(day), day_text(last), ">")
        said = Said(
            f"{len(figures)} số liệu tính đến {order[0]}, sau ngày cuối của kỳ hoặc của văn bản ({order[1]}).",
            f"{len(figures)} figures are of {order[0]}, after the last day of the period or of the document ({order[1]}).",
        )
        keys = tuple(dict.fromkeys(each.key for each in figures))
        yield _contradiction(document, CheckRule.DAY, document.place_of(figures[0].clause), order, said, keys)


def _periods(document: SourceDocument) -> Iterator[Contradiction]:
    period, day = document.head.period, document.head.day
    if period is None:
        return
    if period.first > period.last:
        order = (day_text(period.first), day_text(period.last), ">")
        said = Said("Kỳ báo cáo kết thúc trước khi bắt đầu.", "The period ends before it begins.")
        yield _contradiction(document, CheckRule.DAY, document.head.number, order, said)
    if period.last > day:
        order = (day_text(period.last), day_text(day), ">")
        said = Said("Kỳ báo cáo kết thúc sau ngày của báo cáo.", "The period ends after the report.")
        yield _contradiction(document, CheckRule.DAY, document.head.number, order, said)


def arrivals(document: SourceDocument, _earlier: Sequence[SourceDocument]) -> Iterator[Contradiction]:
    """Deadlines that were over when the paper reached an office of those it asks: one finding, with every task in it."""
    received = document.head.received
    if received is None:
        return
    asked = {received.by} | {f"list:{each.id}" for each in document.lists if each.kind == _KIND_OF_GROUP.get(received.by)}
    over = [
        (each.deadline.due, each)
        for each in document.tasks
        if each.deadline.due is not None
        and each.deadline.due < received.on
        and each.assigned_on is None
        and asked & set(each.addressed)
    ]
    if over:
        first = min(due for due, _task in over)
        said = Said(
            f"Văn bản đến nơi ngày {day_text(received.on)}, khi {len(over)} việc đã qua thời hạn.",
            f"The paper arrived on {day_text(received.on)}, after the deadlines of {len(over)} of its tasks.",
        )
        order = (day_text(first), day_text(received.on), "<")
        place = document.place_of(over[0][1].clause)
        yield _contradiction(document, CheckRule.ARRIVAL, place, order, said, tuple(each.id for _due, each in over))


def citations(document: SourceDocument, earlier: Sequence[SourceDocument]) -> Iterator[Contradiction]:
    """One act, cited with two dates."""
    known = [found for each in earlier for found in _dated_papers(each)]
    for number, day in _dated_papers(document):
        others = {other for name, other in known if name == number and other != day}
        for other in sorted(others):
            order = (day_text(day), day_text(other), "≠")
            said = Said(f"{number} được ghi hai ngày khác nhau.", f"{number} is given two different days.")
            yield _contradiction(document, CheckRule.CITATION, document.head.number, order, said, (number,))
        known.append((number, day))


def _dated_papers(document: SourceDocument) -> Iterator[tuple[str, date]]:
    """The papers a document gives a date: itself and those it cites."""
    if document.head.dated is not None:
        yield document.head.number, document.head.dated
    for basis in document.head.basis:
        if basis.dated is not None:
            yield basis.number, basis.dated


def _contradiction(
    document: SourceDocument, rule: CheckRule, place: str, order: tuple[str, str, str], said: Said, about: tuple[str, ...] = ()
) -> Contradiction:
    sums = f"{order[0]} {order[2]} {order[1]}"
    return Contradiction(rule, document.head.id, place, order[0], order[1], said, Said(sums, sums), about)
