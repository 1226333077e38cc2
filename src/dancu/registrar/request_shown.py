"""What a request asks for, before beside after, as the registry stands at this moment. Reads nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch
from typing import Any

from django.utils.translation import gettext as _

from dancu.kernel.personal_id import PersonalId
from dancu.population.api import PersonFile, household_relations
from dancu.registrar import values
from dancu.registrar.domain import payloads
from dancu.registrar.domain.requests import Request
from dancu.registrar.person_shown import current_state, states
from dancu.registrar.values import Line
from dancu.ui.words import day_text, in_language


def asked_lines(request: Request, file: PersonFile) -> list[Line]:
    """Label, now, then. Of a request that was done: what it did to this person."""
    return _done(request, file) or _lines(request.content.payload, file)


def _done(request: Request, file: PersonFile) -> list[Line]:
    after = states(file)
    found: list[Line] = []
    for at, change in enumerate(file.changes):
        if at and change.approval is not None and change.approval.request == request.id:
            found += values.compared(after[at - 1], after[at])
    return found


@singledispatch
def _lines(asked: payloads.Payload, file: PersonFile) -> list[Line]:
    raise AssertionError(f"no words for {asked.kind}")


@_lines.register
def _correct(asked: payloads.Correct, file: PersonFile) -> list[Line]:
    since = [(_("Đúng từ ngày"), "", day_text(asked.valid_from))] if asked.valid_from else []
    return [*_of_items(asked.items, file), *since]


@_lines.register
def _event(asked: payloads.Event, file: PersonFile) -> list[Line]:
    return [*_of_items(asked.items, file), _from(asked)]


@_lines.register
def _merge(asked: payloads.Merge, file: PersonFile) -> list[Line]:
    leads = (_grouped(asked.double_no), _("số đang dùng"), _("dẫn tới %(number)s") % {"number": _grouped(file.personal_no)})
    return [leads, *_of_items(asked.items, file)]


@_lines.register
def _split(asked: payloads.Split, file: PersonFile) -> list[Line]:
    made = [(label, "", new) for label, _old, new in values.compared({}, dict(asked.items))]
    return [(_("Số định danh của người thứ hai"), "", _grouped(asked.new_number)), *made]


@_lines.register
def _replace(asked: payloads.ReplaceNumber, file: PersonFile) -> list[Line]:
    return [(_("Số định danh"), _grouped(file.personal_no), _grouped(asked.new_number))]


@_lines.register
def _cancel(asked: payloads.CancelNumber, file: PersonFile) -> list[Line]:
    return [(_("Trạng thái số định danh"), in_language(values.NUMBER_WORDS[0]), in_language(values.NUMBER_WORDS[2]))]


@_lines.register
def _flags(asked: payloads.SetFlags, file: PersonFile) -> list[Line]:
    return [(_("Cờ lưu ý"), values.flags_text(current_state(file).get("flags", 0)), values.flags_text(asked.flags))]


@_lines.register
def _revoke(asked: payloads.Revoke, file: PersonFile) -> list[Line]:
    """Back from what the change did; later changes of the same item stay, so it says what the change had done."""
    after = states(file)
    at = next((n for n, change in enumerate(file.changes) if change.seq == asked.seq), 0)
    return [(label, new, old) for label, old, new in values.compared(after[at - 1], after[at])] if at else []


@_lines.register
def _death(asked: payloads.RegisterDeath, file: PersonFile) -> list[Line]:
    dead = f"{in_language(values.LIFE_WORDS[1])}, {day_text(asked.died_on)}"
    said = [(_("Tình trạng sống"), values.texts(current_state(file)).get("life_status", ""), dead)]
    said.append((_("Cư trú, hộ, hôn nhân"), _("đang có hiệu lực"), _("chấm dứt từ ngày mất")))
    return said + _new_head(asked.new_head, file)


@_lines.register
def _form(asked: payloads.FormHousehold, file: PersonFile) -> list[Line]:
    members = [(_grouped(int(number)), "", _relation(code)) for number, code in asked.members.items()]
    return [(_("Địa chỉ của hộ"), "", values.address_text(asked.version, asked.code, asked.detail)), *members, _from(asked)]


@_lines.register
def _join(asked: payloads.JoinHousehold, file: PersonFile) -> list[Line]:
    number = file.household.residence_file_no if file.household else ""
    return [
        (_("Số hồ sơ cư trú của hộ"), number, str(asked.household_no)),
        (_("Quan hệ với chủ hộ"), "", _relation(asked.relation)),
        _from(asked),
    ]


@_lines.register
def _leave(asked: payloads.LeaveHousehold, file: PersonFile) -> list[Line]:
    number = file.household.residence_file_no if file.household else ""
    return [(_("Hộ"), number, _("không thuộc hộ")), *_new_head(asked.new_head, file), _from(asked)]


@_lines.register
def _change_head(asked: payloads.ChangeHead, file: PersonFile) -> list[Line]:
    now = {row.personal_no: row.relation for row in file.members}
    lines = [
        (_name(int(number), file), _relation(now.get(int(number), "")), _relation(code)) for number, code in asked.relations.items()
    ]
    return [*lines, _from(asked)]


@_lines.register
def _register(asked: payloads.RegisterResidence, file: PersonFile) -> list[Line]:
    before = values.texts(current_state(file)).get(asked.residence, "")
    place = values.address_text(asked.version, asked.code, asked.detail)
    until = [(_("Đến ngày"), "", day_text(asked.valid_to))] if asked.valid_to else []
    return [(in_language(values.RESIDENCE_WORDS[asked.residence]), before, place), _from(asked), *until]


@_lines.register
def _end_residence(asked: payloads.EndResidence, file: PersonFile) -> list[Line]:
    before = values.texts(current_state(file)).get(asked.residence, "") or _("đang đăng ký")
    return [(in_language(values.RESIDENCE_WORDS[asked.residence]), before, _("chấm dứt")), _from(asked)]


@_lines.register
def _relate(asked: payloads.Relate, file: PersonFile) -> list[Line]:
    return [(in_language(values.RELATION_WORDS[asked.relation]), "", _name(asked.other_no, file)), _from(asked)]


@_lines.register
def _end_relation(asked: payloads.EndRelation, file: PersonFile) -> list[Line]:
    open_rows = [r for r in file.relations if r.kind == asked.relation and not r.is_withdrawn and r.valid_to is None]
    names = ", ".join(_name(r.other_no if r.personal_no == file.personal_no else r.personal_no, file) for r in open_rows[:1])
    return [(in_language(values.RELATION_WORDS[asked.relation]), names, _("chấm dứt")), _from(asked)]


def _of_items(items: Mapping[str, Any], file: PersonFile) -> list[Line]:
    """A masked item has no before: what is asked for is told, what stands there is not."""
    before = current_state(file)
    return values.compared(before, {**before, **items})


def _from(asked: Any) -> Line:
    return (_("Có hiệu lực từ ngày"), "", day_text(asked.valid_from))


def _new_head(number: int | None, file: PersonFile) -> list[Line]:
    return [(_("Chủ hộ mới"), "", _name(number, file))] if number else []


def _relation(code: str) -> str:
    return in_language(household_relations().get(code, code))


def _name(number: int, file: PersonFile) -> str:
    found = file.neighbours.get(number)
    name = found.full_name if found else str(current_state(file).get("full_name", "")) if number == file.personal_no else ""
    return f"{name} {_grouped(number)}".strip()


def _grouped(number: int) -> str:
    return PersonalId(number).grouped
