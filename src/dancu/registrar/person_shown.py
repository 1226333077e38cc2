"""An opened person as the parts of a page: verdict, items, timeline, family, household, residence. Reads nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from dancu.exchange.api import OpenedPerson
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.warrants import SENSITIVE_FIELDS, Field
from dancu.population.api import (
    Change,
    ChangeKind,
    Flag,
    LifeStatus,
    Neighbour,
    NumberState,
    PersonFile,
    ResidenceRow,
    coordinates,
    household_relations,
    legal_items,
    unit_names,
)
from dancu.registrar import values
from dancu.registrar.values import GROUPS
from dancu.ui import parts
from dancu.ui.charts.family import Family, Relative
from dancu.ui.charts.maps import Locator, Pin
from dancu.ui.charts.spans import Span, Spans
from dancu.ui.words import day_text, in_language, is_english

Link = Callable[[int], str]  # number → address of the person's page
CHANGE_WORDS = {
    ChangeKind.FIRST: "Bản ghi đầu tiên",
    ChangeKind.LOAD: "Nạp dữ liệu",
    ChangeKind.EVENT: "Cập nhật biến động",
    ChangeKind.CORRECTION: "Điều chỉnh thông tin",
    ChangeKind.REVOCATION: "Thu hồi thay đổi",
    ChangeKind.MERGED_INTO: "Hợp nhất vào số khác",
    ChangeKind.MERGED_FROM: "Nhận hợp nhất từ số khác",
    ChangeKind.SPLIT_FROM: "Tách ra từ số khác",
    ChangeKind.SPLIT_OFF: "Tách một người sang số khác",
    ChangeKind.NUMBER_REPLACED: "Thay số định danh",
    ChangeKind.NUMBER_CANCELLED: "Huỷ số định danh",
    ChangeKind.FLAG: "Đặt cờ lưu ý",
    ChangeKind.RESIDENCE: "Thay đổi cư trú",
    ChangeKind.HOUSEHOLD: "Thay đổi hộ",
    ChangeKind.RELATION: "Thay đổi quan hệ gia đình",
}
CARD_STATES = (("Còn hạn", "ok"), ("Hết hạn", "warn"))


@dataclass(frozen=True, slots=True)
class Item:
    """One of the 26 items on the page."""

    number: int
    name: str
    lines: Sequence[tuple[str, str]]  # label within the item, value
    field: str
    sensitivity: str  # basic, personal, sensitive
    is_masked: bool


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the timeline."""

    seq: int
    what: str
    valid_from: date
    recorded_at: datetime
    lines: Sequence[values.Line]
    evidence: str
    file: str
    author: str
    approver: str
    related: parts.Person | None
    revoked_by: int | None
    may_be_revoked: bool


def current_state(file: PersonFile) -> dict[str, Any]:
    """The granted columns as they stand: the first version, and what every change did to the row."""
    return states(file)[-1]


def states(file: PersonFile) -> list[dict[str, Any]]:
    """The granted columns after each change, oldest first."""
    found: list[dict[str, Any]] = []
    for change in file.changes:
        before = found[-1] if found else {}
        found.append({**before, **(change.items if change.seq == 0 else {name: pair[1] for name, pair in change.effect.items()})})
    return found


def person_of(opened: OpenedPerson) -> parts.Person:
    """The line of the person."""
    facts, state = opened.facts, current_state(opened.file)
    home = values.texts(state).get("permanent", "")
    return parts.Person(
        facts.full_name or "",
        PersonalId(opened.file.personal_no).digits,
        facts.birth_date,
        in_language(values.SEX_WORDS[int(facts.sex)]) if facts.sex is not None else "",
        home,
    )


def verdict_of(opened: OpenedPerson) -> tuple[str, str, list[str]]:
    """Kind, word and facts of the band at the top: the number first, then the life, then the flags."""
    facts = opened.facts
    said = [values.flags_text(int(opened.flags))] if opened.flags else []
    if facts.number_state is NumberState.REPLACED:
        return "warn", _("Số đã thay thế"), [_("Số này đã được thay bằng số khác; mọi đề nghị lập trên số đang dùng."), *said]
    if facts.number_state is NumberState.CANCELLED:
        return "bad", _("Số đã huỷ"), [_("Số này đã huỷ và không dẫn tới số nào."), *said]
    if facts.life_status in (LifeStatus.DEAD, LifeStatus.MISSING):
        word = _("Đã mất") if facts.life_status is LifeStatus.DEAD else _("Mất tích")
        return "warn", word, [day_text(facts.life_status_on)] if facts.life_status_on else said
    if opened.flags & Flag.BLOCKED:
        return "bad", _("Số bị khoá"), said
    return ("warn" if opened.flags else "ok"), _("Số đang dùng"), said


def items_of(opened: OpenedPerson) -> list[Item]:
    """The 26 items in the order of the law; what is sensitive stays masked until it is asked for."""
    state = current_state(opened.file)
    said = values.texts(state)
    found = []
    for item in legal_items().values():
        groups = [name for name, group in GROUPS.items() if group.field is item.field]
        lines = [(in_language(GROUPS[name].label), said[name]) for name in groups if name in said]
        if item.field is Field.PERSONAL_ID:
            lines = [(in_language("Số định danh"), PersonalId(opened.file.personal_no).grouped)]
        masked = item.field in SENSITIVE_FIELDS and not lines
        name = item.name_en if is_english() else item.name
        shown = lines if len(lines) > 1 else [("", text) for _label, text in lines]
        found.append(Item(item.number, name, shown, item.field.value, item.sensitivity, masked))
    return found


def timeline_of(file: PersonFile, link: Link) -> list[Event]:
    """Newest first: what changed, before beside after, by whom, on what evidence; what was taken back says by which."""
    after = states(file)
    revoked = _revoked_by(file.changes)
    return [
        _event(file, change, values.compared(after[at - 1], after[at]) if at else [], revoked, link)
        for at, change in reversed(list(enumerate(file.changes)))
    ]


def _revoked_by(changes: Sequence[Change]) -> dict[int, int]:
    found: dict[int, int] = {}
    for change in sorted(changes, key=lambda c: -c.seq):
        if change.revokes is not None and change.seq not in found:
            found[change.revokes] = change.seq
    return found


def _event(file: PersonFile, change: Change, lines: list[values.Line], revoked: dict[int, int], link: Link) -> Event:
    approval, evidence = change.approval, change.evidence
    return Event(
        change.seq,
        in_language(CHANGE_WORDS[change.kind]) + (f" #{change.revokes}" if change.revokes is not None else ""),
        change.valid_from,
        change.recorded_at,
        lines,
        evidence_text(evidence.kind, evidence.number, evidence.issuer, evidence.issued_on) if evidence else "",
        evidence.file if evidence else "",
        f"{approval.author.account} ({approval.author.unit})" if approval else "",
        f"{approval.approver.account} ({approval.approver.unit})" if approval else "",
        neighbour_of(file, change.related_no, link) if change.related_no else None,
        revoked.get(change.seq),
        change.kind is not ChangeKind.FIRST and change.seq not in revoked,
    )


def evidence_text(kind: str, number: str, issuer: str, issued_on: str) -> str:
    """The document in one line."""
    parts_ = [kind, _("số %(number)s") % {"number": number} if number else "", issuer, values.iso_day(issued_on)]
    return ", ".join(part for part in parts_ if part)


def neighbour_of(file: PersonFile, number: int, link: Link) -> parts.Person:
    """Another person the file names; without name where she may not be shown."""
    found = file.neighbours.get(number)
    if found is None:
        return parts.Person(_("Không hiển thị"), "")
    return parts.Person(
        found.full_name,
        PersonalId(number).digits,
        str(found.birth_year),
        in_language(values.SEX_WORDS[int(found.sex)]),
        href=link(number),
        state=_life_of(found),
    )


def _life_of(person: Neighbour) -> parts.State | None:
    if person.number_state != NumberState.IN_FORCE:
        return parts.State(in_language(values.NUMBER_WORDS[person.number_state]), "warn")
    if person.life_status is not LifeStatus.ALIVE:
        return parts.State(in_language(values.LIFE_WORDS[int(person.life_status)]), "warn")
    return None


def family_of(opened: OpenedPerson, link: Link, today: date) -> Family | None:
    """Parents, spouses, children as the rows say; what stands only in item 15 is told without a link. None without any."""
    file = opened.file
    own = [row for row in file.relations if row.personal_no == file.personal_no and not row.is_withdrawn]
    parents = [
        _relative(file, r.other_no, values.RELATION_WORDS[r.kind], link, today, r.valid_to) for r in own if "er" in r.kind[-2:]
    ]
    spouses = [_relative(file, r.other_no, "Vợ, chồng", link, today, r.valid_to) for r in own if r.kind == "spouse"]
    children = [
        _relative(file, r.personal_no, "Con", link, today, r.valid_to)
        for r in file.relations
        if r.other_no == file.personal_no and r.kind not in ("spouse", "representative") and not r.is_withdrawn
    ]
    written, rowed = current_state(file).get("relatives") or {}, {row.kind for row in own}
    told = {kind: each for kind, each in written.items() if kind not in rowed and isinstance(each, dict) and each.get("full_name")}
    parents += [_written(kind, each) for kind, each in told.items() if kind in ("father", "mother")]
    spouses += [_written(kind, each) for kind, each in told.items() if kind == "spouse"]
    if not (parents or spouses or children):
        return None
    me = person_of(opened)
    counts = [
        (len(parents), _("%(count)d cha, mẹ")),
        (len(spouses), _("%(count)d vợ, chồng")),
        (len(children), _("%(count)d con")),
    ]
    title = " · ".join(words % {"count": count} for count, words in counts if count)
    self_box = Relative(me.name, _("người đang xem"), day_text(me.birth_date), gone=opened.facts.life_status is LifeStatus.DEAD)
    return Family(title=title, person=self_box, parents=parents, spouses=spouses, children=children)


def _relative(file: PersonFile, number: int, relation: str, link: Link, today: date, ended: date | None) -> Relative:
    person = neighbour_of(file, number, link)
    found = file.neighbours.get(number)
    gone = found is not None and found.life_status is LifeStatus.DEAD
    return Relative(
        person.name, in_language(relation), str(person.birth_date or ""), person.href, gone, ended is not None and ended <= today
    )


def _written(kind: str, each: dict[str, Any]) -> Relative:
    return Relative(each["full_name"], in_language(values.RELATION_WORDS.get(kind, kind)), _("theo mục 15"))


def household_of(file: PersonFile, link: Link) -> parts.Household | None:
    """The household of today with its members, the head first."""
    if file.household is None:
        return None
    home = file.household
    members = [
        parts.Member(
            neighbour_of(file, row.personal_no, link) if row.personal_no != file.personal_no else _self(file),
            in_language(household_relations().get(row.relation, row.relation)),
            row.valid_from,
        )
        for row in sorted(file.members, key=lambda row: (row.relation, row.valid_from))
    ]
    title = _("Hộ số %(number)s") % {"number": home.residence_file_no or home.household_no}
    return parts.Household(values.address_text(home.version, home.code, home.detail), members, title)


def _self(file: PersonFile) -> parts.Person:
    state = current_state(file)
    said = values.texts(state)
    return parts.Person(state["full_name"], PersonalId(file.personal_no).digits, said.get("birth_date", ""), said.get("sex", ""))


def housemates_of(file: PersonFile, link: Link) -> list[tuple[parts.Person, str]]:
    """Who else lives at the address, and how."""
    return [
        (neighbour_of(file, row.personal_no, link), in_language(values.RESIDENCE_WORDS[row.kind]))
        for row in file.at_address
        if row.personal_no != file.personal_no
    ]


def residences_of(file: PersonFile) -> list[ResidenceRow]:
    """What holds or held, newest first; what was taken back is history of the history."""
    return sorted((row for row in file.residences if not row.is_withdrawn), key=lambda row: row.valid_from, reverse=True)


def residence_strip(file: PersonFile, today: date) -> Spans | None:
    """The residences as stretches of time."""
    rows = list(reversed(residences_of(file)))
    if not rows:
        return None
    spans = [
        Span(
            values.address_text(r.version, r.code, r.detail) or _("Không ghi nơi"),
            r.valid_from,
            r.valid_to,
            in_language(values.RESIDENCE_WORDS[r.kind]),
            weak=r.kind != "permanent",
        )
        for r in rows
    ]
    return Spans(title=_("Các nơi cư trú đã đăng ký"), spans=spans, until=today)


def residence_map(file: PersonFile, today: date) -> Locator | None:
    """Where the residences lie; None when no place of them has coordinates."""
    pins: dict[str, Pin] = {}
    for row in reversed(residences_of(file)):
        area = values.area_of(row.version, row.code)
        place = coordinates(area) if area else None
        if area is not None and place is not None:
            name = unit_names(area)[0]  # short: names on a map stand close
            pins.pop(name, None)
            pins[name] = Pin(place.latitude, place.longitude, name, kind="now" if row.holds_on(today) else "past")
    return Locator(title=_("Nơi cư trú trên bản đồ"), points=list(pins.values())) if pins else None


def cards_of(opened: OpenedPerson, today: date) -> list[tuple[str, str, str, str, parts.State]]:
    """Kind, number, issued, expires, state of each card."""
    found = []
    for card in opened.facts.id_cards or ():
        over = card.expires_on is not None and card.expires_on < today
        word, kind = CARD_STATES[over]
        found.append(
            (
                values.CARD_WORDS.get(card.kind, card.kind),
                card.number,
                day_text(card.issued_on),
                day_text(card.expires_on) or _("không ghi hạn"),
                parts.State(in_language(word), "warn" if kind == "warn" else "ok"),
            )
        )
    return found
