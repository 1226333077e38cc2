"""The table of a returned paper against the one that was printed: columns, rows, cells. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from dancu.onboarding.papers.line_compare import Difference, ticked
from dancu.onboarding.papers.printed import PrintedRow, PrintedTable, plain
from dancu.onboarding.papers.visible import ReadTable

_PAIRS_MAX = 40_000  # rows that differ on either side, multiplied: past it they are matched by their numbers alone
Row = tuple[str, ...]


def compare_table(table: PrintedTable, read: ReadTable | None, needed: Collection[str]) -> Iterator[Difference]:
    """What differs in the table (*so từng ô*)."""
    if read is None:
        yield "missing", "", "Bảng", " | ".join(column.label for column in table.columns), ""
        return
    labels = [plain(column.label) for column in table.columns]
    head, rows = [plain(cell) for cell in read.rows[0]], read.rows[1:]
    if 2 * len(set(head) & set(labels)) < len(labels):
        yield "missing", "", "Dòng đầu của bảng", " | ".join(labels), ""
        head, rows = labels, read.rows
    yield from (("column", "", "", label, "") for label in labels if label not in head)
    yield from (("column", "", "", "", label) for label in head if label not in labels)
    places = [head.index(label) if label in head else -1 for label in labels]
    lines = [_mapped(row, places, len(head)) for row in rows if [plain(cell) for cell in row] != head]
    if table.is_answers:
        yield from _answers(table.rows, lines, needed)
    else:
        yield from _running(table, [row for row in lines if any(row[1:]) or len(row) == 1], [at >= 0 for at in places])


def _mapped(row: Row, places: Sequence[int], width: int) -> Row:
    """The cells in the order of the print; a row of merged cells is one text."""
    if len(row) != width:
        return (plain(" ".join(row)),)
    return tuple(plain(row[at]) if at >= 0 else "" for at in places)


def _answers(printed: Sequence[PrintedRow], rows: Sequence[Row], needed: Collection[str]) -> Iterator[Difference]:
    by_question: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_question[row[1] if len(row) == 3 else row[0]].append(row)
    for line in printed:
        question = plain(line.cells[1] if len(line.cells) == 3 else line.cells[0])
        found = by_question[question].pop(0) if by_question[question] else None
        if found is None or len(found) != len(line.cells):
            yield "missing", line.key, line.label, question, ""
        elif len(found) == 3:
            yield from _answer(line, found[2], needed)
    yield from (("added", "", "", "", " | ".join(row)) for left in by_question.values() for row in left)


def _answer(line: PrintedRow, text: str, needed: Collection[str]) -> Iterator[Difference]:
    if plain(line.cells[2]) == text:
        if not ticked(text) and line.key in needed:
            yield "blank", line.key, line.label, "", ""
        return
    old, new = ticked(line.cells[2]), ticked(text)
    if old == new:  # the boxes stand, their words were changed
        old, new = plain(line.cells[2]), text
    yield ("filled" if not old else "changed" if new else "blank"), line.key, line.label, old, new


def _running(table: PrintedTable, rows: Sequence[Row], present: Sequence[bool]) -> Iterator[Difference]:
    """Rows are the same whatever their number; a changed one is found by what it still shares, then by its number."""
    printed = [tuple(plain(cell) if here else "" for cell, here in zip(row.cells, present, strict=True)) for row in table.rows]
    old = {at: row for at, row in enumerate(printed) if any(row[1:])}
    new = dict(enumerate(rows))
    _drop_same(old, new)
    pairs = [*_most_alike(old, new), *_same_number(old, new)]
    for at, other in sorted(pairs):
        yield from _cells(table, printed[at], rows[other])
    is_blank_form = not any(any(row[1:]) for row in printed)
    yield from (("missing", "", f"Dòng {row[0]}", " | ".join(row[1:]), "") for row in old.values())
    yield from (
        ("filled" if is_blank_form else "added", "", f"Dòng {row[0]}", "", " | ".join(row[1:] or row)) for row in new.values()
    )


def _drop_same(old: dict[int, Row], new: dict[int, Row]) -> None:
    waiting: dict[Row, list[int]] = defaultdict(list)
    for at, row in old.items():
        waiting[row[1:]].append(at)
    for other, row in list(new.items()):
        if len(row) > 1 and waiting[row[1:]]:
            del old[waiting[row[1:]].pop(0)], new[other]


def _most_alike(old: dict[int, Row], new: dict[int, Row]) -> list[tuple[int, int]]:
    if len(old) * len(new) > _PAIRS_MAX:
        return []
    scored = sorted(
        ((_shared(row, text), -abs(at - other), at, other) for at, row in old.items() for other, text in new.items()), reverse=True
    )
    pairs = []
    for score, _near, at, other in scored:
        if at in old and other in new and 2 * score >= len(old[at]) - 1:
            pairs.append((at, other))
            del old[at], new[other]
    return pairs


def _shared(one: Row, other: Row) -> int:
    return sum(a == b for a, b in zip(one[1:], other[1:], strict=True)) if len(one) == len(other) else 0


def _same_number(old: dict[int, Row], new: dict[int, Row]) -> list[tuple[int, int]]:
    numbers = {row[0]: at for at, row in old.items()}
    pairs = [(numbers[row[0]], other) for other, row in new.items() if len(row) > 1 and row[0] in numbers]
    pairs = list({at: (at, other) for at, other in reversed(pairs)}.values())  # a number that stands twice counts once
    for at, other in pairs:
        del old[at], new[other]
    return pairs


def _cells(table: PrintedTable, old: Row, new: Row) -> Iterator[Difference]:
    for column, before, after in list(zip(table.columns, old, new, strict=True))[1:]:
        if before != after:
            label = f"Dòng {old[0]}, {column.label.lower()}"
            yield ("filled" if not before else "changed" if after else "blank"), column.key, label, before, after
