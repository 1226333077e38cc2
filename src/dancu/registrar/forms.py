"""What was typed, read into the payload of a request; and a payload written back into the fields it came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, get_args

from dancu.kernel.errors import Invalid
from dancu.kernel.personal_id import PersonalId
from dancu.population.api import PersonFile
from dancu.registrar import values
from dancu.registrar.domain import payloads
from dancu.registrar.domain.payloads import AnyPayload
from dancu.registrar.form_fields import (
    MEMBERS_MAX,
    change_options,
    code_options,
    household_rows,
    relation_options,
    residence_options,
    word_options,
)
from dancu.registrar.person_shown import current_state
from dancu.registrar.typed import EDITABLE, Typed, is_count


def payload_of(kind: str, typed: Typed, file: PersonFile) -> AnyPayload:
    """Read what was typed into the payload of a kind. Raises `Invalid` with every wrong field in its details."""
    made = _READERS[kind](typed, file)
    if kind in ("correct", "event") and not made.get("items") and not typed.wrong:
        typed.wrong["full_name"] = ("Chưa có mục nào khác với thông tin đang có.", "No item differs from what stands there.")
    if typed.wrong:
        raise form_failure(typed.wrong)
    return _TYPES[kind](**made)


def form_failure(wrong: Mapping[str, tuple[str, str]]) -> Invalid:
    name, (sentence, english) = next(iter(wrong.items()))
    return Invalid("request.form", sentence, english, field=name, details=dict(wrong))


_TYPES: Mapping[str, type[AnyPayload]] = {str(t.__struct_config__.tag): t for t in get_args(AnyPayload)}
Reader = Callable[[Typed, PersonFile], dict[str, Any]]


def _items(typed: Typed, file: PersonFile, *, dated: bool) -> dict[str, Any]:
    return {"items": typed.items(current_state(file)), "valid_from": typed.day("valid_from", required=dated)}


def _split(typed: Typed, _file: PersonFile) -> dict[str, Any]:
    columns: dict[str, Any] = {"full_name": typed.text("full_name", required=True)}
    columns |= typed.columns("birth_date", typed.text("birth_date", required=True))
    columns["sex"] = int(typed.choice("sex", code_options(values.SEX_WORDS)) or 0)
    return {"new_number": typed.number("new_number"), "items": typed.checked(columns) if not typed.wrong else {}}


def _place(typed: Typed, *, required: bool = True) -> dict[str, Any]:
    version, code, detail = typed.address("address", required=required)
    return {"version": version, "code": code, "detail": detail}


def _form_household(typed: Typed, _file: PersonFile) -> dict[str, Any]:
    members = {}
    for at in range(MEMBERS_MAX):
        number = typed.number(f"member_{at}", required=at == 0)
        if number is not None:
            members[str(number)] = typed.choice(f"relation_{at}", relation_options())
    return {**_place(typed), "members": members, "valid_from": typed.day("valid_from")}


def _join(typed: Typed, _file: PersonFile) -> dict[str, Any]:
    text = typed.text("household_no", required=True)
    if text and not is_count(text):
        typed.wrong["household_no"] = ("Số hồ sơ cư trú chỉ gồm chữ số.", "The residence file number has digits only.")
    number = int(text) if is_count(text) else 0
    relation = typed.choice("relation", relation_options())
    return {"household_no": number, "relation": relation, "valid_from": typed.day("valid_from")}


def _member(typed: Typed, file: PersonFile, name: str, *, required: bool) -> int | None:
    chosen = typed.text(name, required=required)
    members = household_rows(file)
    if chosen and not (is_count(chosen) and int(chosen) < len(members)):
        typed.wrong[name] = ("Chọn lại người trong hộ.", "Choose a member.")
        return None
    return int(members[int(chosen)].personal_no) if chosen else None


def _change_head(typed: Typed, file: PersonFile) -> dict[str, Any]:
    head = _member(typed, file, "head", required=True)
    relations = {}
    for at, row in enumerate(household_rows(file)):
        chosen = "01" if row.personal_no == head else typed.text(f"rel_{at}")
        if chosen and chosen != row.relation:
            relations[str(row.personal_no)] = chosen
    household = file.household.household_no if file.household else 0
    if not household:
        typed.wrong["head"] = ("Người này không thuộc hộ nào.", "The person belongs to no household.")
    return {"household_no": household, "relations": relations, "valid_from": typed.day("valid_from")}


def _register_residence(typed: Typed, _file: PersonFile) -> dict[str, Any]:
    kind = typed.choice("residence", residence_options(("temporary", "current", "stay", "absence")))
    place = _place(typed, required=kind != "absence")
    return {"residence": kind, **place, "valid_from": typed.day("valid_from"), "valid_to": typed.day("valid_to", required=False)}


def _flags(typed: Typed, _file: PersonFile) -> dict[str, Any]:
    known = {str(int(flag)) for flag in values.FLAG_WORDS}
    return {"flags": sum(int(each) for each in set(typed.many("flags")) & known)}


_READERS: Mapping[str, Reader] = {
    "correct": lambda t, f: _items(t, f, dated=False),
    "event": lambda t, f: _items(t, f, dated=True),
    "split": _split,
    "replace_number": lambda t, f: {"new_number": t.number("new_number")},
    "cancel_number": lambda t, f: {},
    "set_flags": _flags,
    "revoke": lambda t, f: {"seq": int(t.choice("seq", change_options(f)) or 0)},
    "register_death": lambda t, f: {"died_on": t.day("died_on"), "new_head": _member(t, f, "new_head", required=False)},
    "form_household": _form_household,
    "join_household": _join,
    "leave_household": lambda t, f: {"valid_from": t.day("valid_from"), "new_head": _member(t, f, "new_head", required=False)},
    "change_head": _change_head,
    "register_residence": _register_residence,
    "end_residence": lambda t, f: {
        "residence": t.choice("residence", residence_options(("temporary", "current", "stay", "absence"))),
        "valid_from": t.day("valid_from"),
    },
    "relate": lambda t, f: {
        "relation": t.choice("relation", word_options(values.RELATION_WORDS)),
        "other_no": t.number("other_no"),
        "valid_from": t.day("valid_from"),
    },
    "end_relation": lambda t, f: {
        "relation": t.choice("relation", word_options(values.RELATION_WORDS)),
        "valid_from": t.day("valid_from"),
    },
}


def typed_from(payload: AnyPayload | None, file: PersonFile) -> dict[str, Any]:
    """What stands in the fields at first: of a new request what the registry has, of a draft what it asks for."""
    state = current_state(file)
    items = dict(getattr(payload, "items", {}) or {})
    said: dict[str, Any] = {name: text for name, text in values.texts({**state, **items}).items() if name in EDITABLE}
    if payload is None:
        return {**said, "flags": _flag_values(state.get("flags", 0)), "member_0": PersonalId(file.personal_no).digits}
    said |= dict(_plain(payload))
    if isinstance(payload, payloads.Split):
        said["sex"] = str(items.get("sex", ""))  # here it is one of a list by code, for there is nothing to compare with
    if isinstance(payload, payloads.SetFlags):
        said["flags"] = _flag_values(payload.flags)
    if isinstance(payload, payloads.FormHousehold | payloads.RegisterResidence):
        said["address"] = values.address_text(payload.version, payload.code, payload.detail)
    if isinstance(payload, payloads.FormHousehold):
        for at, (number, relation) in enumerate(payload.members.items()):
            said |= {f"member_{at}": f"{int(number):012d}", f"relation_{at}": relation}
    if isinstance(payload, payloads.ChangeHead):
        for at, row in enumerate(household_rows(file)):
            relation = payload.relations.get(str(row.personal_no), row.relation)
            said |= {f"rel_{at}": relation} | ({"head": str(at)} if relation == "01" else {})
    if new_head := getattr(payload, "new_head", None):
        said["new_head"] = next((str(at) for at, row in enumerate(household_rows(file)) if row.personal_no == new_head), "")
    return said


def _plain(payload: AnyPayload) -> list[tuple[str, str]]:
    found = []
    for name in payload.__struct_fields__:
        value = getattr(payload, name)
        if isinstance(value, date):
            found.append((name, f"{value:%d/%m/%Y}"))
        elif name in ("new_number", "other_no", "double_no"):
            found.append((name, f"{value:012d}"))
        elif isinstance(value, str | int):
            found.append((name, str(value)))
    return found


def _flag_values(flags: int) -> list[str]:
    return [str(int(flag)) for flag in values.FLAG_WORDS if flags & flag]
