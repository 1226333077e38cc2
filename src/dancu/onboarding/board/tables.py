"""The board in tables: bodies with both axes, filters, who must do what by when, the facts behind a body, the rows of the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext as _

from dancu.kernel.spreadsheets import harmless
from dancu.onboarding.board import wording
from dancu.onboarding.board.asked import AXES, BOARD, CSV, KINDS, TO_DO, UNKNOWN, Asked, found_by, narrowed, unnamed_by
from dancu.onboarding.board.events import BoardAxis
from dancu.onboarding.board.shown import inherited_text
from dancu.onboarding.board.standing import BodyStanding
from dancu.onboarding.board.stated import AppliedCount
from dancu.onboarding.board.view import BoardView
from dancu.onboarding.board.worklist import WorkItem, WorkState, items_of
from dancu.ui.parts import Choice, Column, Row, State, Table
from dancu.ui.words import day_text, number_text


def filters(view: BoardView, asked: Asked) -> list[tuple[str, list[Choice]]]:
    """Every filter with its choices and how many each would leave, the other filters as they are."""
    states = wording.state_words()
    axes = {name: {key: states[state] for key, state in offered.items()} for name, (_axis, offered) in AXES.items()}
    kinds = {key: wording.kind_words()[kind] for key, kind in KINDS.items()}
    labels = {name: wording.axis_words()[axis] for name, (axis, _states) in AXES.items()}
    told = [("loai", _("Loại đơn vị"), kinds)]
    told += [(name, labels[name], {**words, UNKNOWN: _("Chưa rõ")}) for name, words in axes.items()]
    told.append(("viec", _("Việc"), {TO_DO: _("Còn việc phải làm")}))
    return [(label, _choices(view, asked, name, words)) for name, label, words in told]


def _choices(view: BoardView, asked: Asked, name: str, words: dict[str, str]) -> list[Choice]:
    chosen = asked.typed[name]
    found = [Choice(_("Tất cả"), asked.href(**{name: ""}), not chosen)]
    for key, word in words.items():
        count = len(found_by(narrowed(asked, name, key), view))
        if count or key == chosen:
            found.append(Choice(word, asked.href(**{name: key}), key == chosen, count))
    return found


def bodies_table(view: BoardView, asked: Asked) -> Table:
    """Every body that passes the filters: both axes, where it runs, since when, what it has to do next."""
    columns = (
        Column(_("Đơn vị")),
        Column(_("Loại đơn vị")),
        Column(_("Kết nối"), "state"),
        Column(_("Kết nối, ghi nhận từ"), "day"),
        Column(_("An ninh, an toàn"), "state"),
        Column(_("An ninh, ghi nhận từ"), "day"),
        Column(_("Nơi đặt hệ thống")),
        Column(_("Việc tiếp theo")),
        Column(_("Hạn"), "day"),
        Column(_("Còn (ngày làm việc)"), "amount"),
        Column(_("Kế thừa")),
    )
    bodies = found_by(asked, view)
    rows = [Row(_cells(each, view), asked.href(f"{BOARD}/{each.party.code}")) for each in bodies]
    rows += [Row(_unnamed_cells(each)) for each in unnamed_by(asked, view)]
    shown = {"shown": number_text(len(bodies)), "count": number_text(len(view.board.bodies))}
    return Table(
        _("Các đơn vị vào ngày %(day)s") % {"day": day_text(view.day)},
        columns,
        rows,
        _("Không có đơn vị nào như vậy. Bỏ bớt điều kiện lọc, hoặc chọn ngày khác."),
        said=_("%(shown)s trên %(count)s đơn vị.") % shown if asked.is_narrowed else "",
        export_href=asked.href(CSV),
    )


def _cells(body: BodyStanding, view: BoardView) -> tuple[object, ...]:
    item = view.next_work.get(body.party.code)
    return (
        body.party.short_name,
        wording.kind_words()[body.party.kind],
        wording.connection_of(body),
        None if body.is_unknown(BoardAxis.CONNECTION) else body.since(BoardAxis.CONNECTION),
        wording.security_of(body),
        None if body.is_unknown(BoardAxis.SECURITY) else body.since(BoardAxis.SECURITY),
        wording.hosting_of(body),
        wording.said(item.request.what) if item else "",
        item.due_on if item else None,
        item.left if item else None,
        inherited_text(body),
    )


def _unnamed_cells(count: AppliedCount) -> tuple[object, ...]:
    """Those a paper counts and does not name, as a line of their own: nobody is guessed."""
    stated, states = count.stated, wording.state_words()
    word = State("; ".join(sorted(states[each] for each in stated.states)))
    connection, security, hosting = (word if stated.axis is axis else None for axis in BoardAxis)
    name = _("%(count)s đơn vị văn bản không nêu tên (%(source)s)")
    name = name % {"count": number_text(count.unnamed), "source": stated.source}
    days = [stated.on if stated.axis is axis else None for axis in (BoardAxis.CONNECTION, BoardAxis.SECURITY)]
    where = hosting.word if hosting else ""
    return (name, wording.kind_words()[stated.kind], connection, days[0], security, days[1], where, "", None, None, "")


def work_table(view: BoardView, code: str = "") -> Table:
    """Who must do what by when: of one body everything, of all what is to be done or not known."""
    columns = (
        Column(_("Đơn vị")),
        Column(_("Việc")),
        Column(_("Trạng thái"), "state"),
        Column(_("Hạn"), "day"),
        Column(_("Còn (ngày làm việc)"), "amount"),
        Column(_("Theo văn bản")),
    )
    items = list(items_of(view.work, code)) if code else [each for group in view.work for each in group.items]
    sources = {group.request.id: group.source for group in view.work}
    shown = [each for each in items if code or each.state is not WorkState.DONE]
    rows = [Row(_work_cells(each, sources[each.request.id])) for each in shown]
    return Table(_("Việc phải làm"), columns, rows, _("Không có việc nào vào ngày này."))


def _work_cells(item: WorkItem, source: str) -> tuple[object, ...]:
    name = item.party.short_name
    if item.was_carried_on:
        name = _("%(name)s (giao cho %(asked)s)") % {"name": name, "asked": item.asked.short_name}
    is_done = item.state is WorkState.DONE
    return (
        name,
        wording.said(item.request.what),
        wording.work_state_of(item.state),
        item.due_on,
        None if is_done else item.left,
        source,
    )


def work_notes(view: BoardView) -> list[str]:
    """What is to be known of the work as a whole: whom a document asks without naming them, and for which case it asks."""
    notes = []
    for group in view.work:
        if group.unnamed:
            words = {"source": group.source, "count": number_text(group.unnamed)}
            notes.append(_("%(source)s: còn %(count)s đơn vị văn bản không nêu tên.") % words)
        if group.request.note is not None:
            notes.append(f"{group.source}: {wording.said(group.request.note)}")
    return notes


def facts_table(body: BodyStanding) -> Table:
    """Every fact behind one body: of which system, what it says, since when, and who says so."""
    columns = (
        Column(_("Hệ thống")),
        Column(_("Về")),
        Column(_("Trạng thái")),
        Column(_("Từ ngày"), "day"),
        Column(_("Nguồn")),
        Column(_("Ghi nhận lúc"), "moment"),
    )
    words = wording.state_words()
    rows = []
    for system in body.systems:
        name = system.client_id or _("(không nêu hệ thống)")
        if system.origin != body.party:
            name = f"{name}, {system.origin.short_name}"
        for axis, line in sorted(system.lines.items()):
            note = f"{line.event.source}; {line.event.note}" if line.event.note else line.event.source
            rows.append(Row((name, wording.axis_words()[axis], words[line.state], line.since, note, line.event.recorded_at)))
    return Table(_("Căn cứ"), columns, rows, _("Chưa có ghi nhận nào về đơn vị này."))


def doubts_of(body: BodyStanding) -> list[str]:
    """Why a standing is not known: which newer count of a paper names nobody."""
    sentence = _("%(source)s nêu %(count)s đơn vị mà không nêu tên hết; đơn vị này có thể thuộc số đó.")
    return [sentence % {"source": each.source, "count": number_text(each.count)} for each in body.doubts]


def csv_rows(view: BoardView, asked: Asked) -> Iterator[Sequence[str]]:
    """Exactly what is filtered, a line a body, the heads first; those a paper does not name follow as a number."""
    yield [
        _("Mã cơ quan"),
        _("Đơn vị"),
        _("Loại đơn vị"),
        _("Kết nối"),
        _("Kết nối, ghi nhận từ"),
        _("An ninh, an toàn"),
        _("An ninh, ghi nhận từ"),
        _("Nơi đặt hệ thống"),
        _("Việc tiếp theo"),
        _("Hạn"),
        _("Còn (ngày làm việc)"),
        _("Kế thừa"),
        _("Nguồn"),
    ]
    for body in found_by(asked, view):
        sources = dict.fromkeys(line.event.source for system in body.systems for line in system.lines.values())
        cells = [body.party.code, body.party.name, *_cells(body, view)[1:], "; ".join(sources)]
        yield [harmless(_plain(each)) for each in cells]
    for count in unnamed_by(asked, view):
        yield [harmless(_plain(each)) for each in ("", *_unnamed_cells(count), count.stated.source)]


def _plain(value: object) -> str:
    """A cell as a file has it: the word of a state, a day as ISO 8601 writes it, nothing for nothing."""
    if isinstance(value, State):
        return value.word
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
