"""The forms of requests: which fields each kind asks for, what was typed read into a payload, a payload written back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dancu.kernel.areas import AreaCode
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Invalid
from dancu.kernel.personal_id import PersonalId
from dancu.population.api import PersonFile, check_items, household_relations, resolve_address, unit_names
from dancu.registrar import values
from dancu.registrar.domain import payloads
from dancu.registrar.domain.payloads import AnyPayload
from dancu.registrar.person_shown import current_state, residences_of, timeline_of
from dancu.ui.words import in_language

MEMBERS_MAX = 8
TEXT_LENGTH_MAX = 500
Options = Sequence[tuple[str, str]]
# What a correction or an event may change; residence, household and family have requests of their own.
EDITABLE = (
    "full_name", "other_name", "birth_date", "sex", "birth_place", "birth_registration", "home_town", "nationality",
    "marital_status", "old_id_no", "phone", "email", "ethnicity", "religion", "blood_type",
)  # fmt: skip
_WORDS: Mapping[str, Mapping[int, str]] = {
    "sex": values.SEX_WORDS,
    "marital_status": values.MARITAL_WORDS,
    "blood_type": values.BLOOD_WORDS,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of a form."""

    name: str
    label: str
    kind: str = "text"  # text, day, address, select, many
    hint: str = ""
    options: Options = ()
    required: bool = False


@dataclass
class Typed:
    """What was typed, read field by field; `wrong` gathers a sentence in both languages for each that cannot be read."""

    values: Mapping[str, str]
    many: Callable[[str], list[str]] = lambda name: []
    wrong: dict[str, tuple[str, str]] = field(default_factory=dict)

    def text(self, name: str, *, required: bool = False) -> str:
        text = " ".join(self.values.get(name, "").split())
        if len(text) > TEXT_LENGTH_MAX:
            self.wrong[name] = (f"Dài quá {TEXT_LENGTH_MAX} ký tự.", f"Longer than {TEXT_LENGTH_MAX} characters.")
        elif required and not text:
            self.wrong[name] = ("Chưa điền mục này.", "Fill this in.")
        return text

    def day(self, name: str, *, required: bool = True) -> date | None:
        text = self.text(name, required=required)
        if not text:
            return None
        found = self._read(name, lambda: PartialDate.parse(text, name))
        if found is not None and not found.is_full:
            self.wrong[name] = ("Ghi đủ ngày, tháng, năm, ví dụ 24/11/2026.", "Give day, month and year, as 24/11/2026.")
        return date(found.year, found.month, found.day) if found is not None and found.is_full else None

    def number(self, name: str, *, required: bool = True) -> int | None:
        text = self.text(name, required=required)
        found = self._read(name, lambda: PersonalId.parse(text, name)) if text else None
        return found.number if found else None

    def choice(self, name: str, options: Options) -> str:
        chosen = self.text(name, required=True)
        if chosen and chosen not in dict(options):
            self.wrong[name] = ("Chọn lại mục này.", "Choose again.")
        return chosen

    def address(self, name: str, *, required: bool = True) -> tuple[str, str, str]:
        """Version, dotted code and dwelling of an address written as people write it."""
        text = self.text(name, required=required)
        if not text:
            return "", "", ""
        reading = resolve_address(text)
        if reading.is_ambiguous or reading.area is None or not reading.area.commune:
            likely = "; ".join(", ".join(unit_names(each.area)) for each in reading.alternatives[:4])
            self.wrong[name] = (
                f"Chưa rõ xã, phường nào. Ghi thêm tên tỉnh, thành phố.{f' Có thể là: {likely}.' if likely else ''}",
                f"It is not clear which commune this is. Add the province.{f' Perhaps: {likely}.' if likely else ''}",
            )
            return "", "", ""
        return reading.area.version, dotted(reading.area), reading.detail

    def items(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of the editable items that were typed differently from what stands there."""
        said, found = values.texts(state), {}
        for name in EDITABLE:
            text = self.text(name)
            if name in self.values and text != said.get(name, "") and not (text == "" and name not in said):
                found.update(self._columns(name, text))
        return self._checked(found)

    def taken_over(self, names: Sequence[str], other: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of the items a merge takes over from the other record."""
        columns = [column for name in names if name in values.GROUPS for column in values.GROUPS[name].columns]
        return self._checked({c: other[c] for c in columns if c in other and other[c] != state.get(c)})

    def _columns(self, name: str, text: str) -> dict[str, Any]:
        if name == "birth_date":
            born = self._read(name, lambda: PartialDate.parse(text, name))
            return {"birth_year": born.year, "birth_month": born.month, "birth_day": born.day} if born else {}
        if name in values.ADDRESSES:
            version, code, detail = self.address(name, required=False)
            return {f"{name}_version": version, f"{name}_code": code, f"{name}_detail": detail}
        if name in _WORDS:
            codes = {in_language(word): code for code, word in _WORDS[name].items()}
            return self._coded(name, codes.get(text))
        if name == "ethnicity":
            code = {word.casefold(): code for code, word in values.ethnicities().items()}.get(text.casefold(), text)
            return self._coded(name, int(code) if code.isdigit() else None)
        if name == "religion":
            return self._coded(name, int(text) if text.isdigit() else None)
        return {name: text}

    def _coded(self, name: str, code: int | None) -> dict[str, Any]:
        if code is None:
            self.wrong[name] = ("Chọn hoặc ghi theo danh mục.", "Use a value of the list.")
            return {}
        return {name: code}

    def _checked(self, items: dict[str, Any]) -> dict[str, Any]:
        if not items:
            return {}
        try:
            return check_items(items)
        except Invalid as failure:
            self.wrong[_group_of(failure.field or "")] = (failure.message, failure.message_en)
            return {}

    def _read(self, name: str, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except Invalid as failure:
            self.wrong[name] = (failure.message, failure.message_en)
            return None


def dotted(area: AreaCode) -> str:
    """The code of a unit as columns keep it: `46..19789`."""
    return f"{area.province}.{area.district}.{area.commune}"


def _group_of(column: str) -> str:
    return next((name for name, group in values.GROUPS.items() if column in group.columns), column)


def item_fields(state: Mapping[str, Any]) -> list[Asked]:
    """The editable items; a masked one stays empty and, left empty, stays as it is."""
    said = values.texts(state)
    found = []
    for name in EDITABLE:
        group = values.GROUPS[name]
        hint = "" if name in said else "Đang được che. Để trống thì giữ nguyên."
        if name in _WORDS and name in said:
            options = [(in_language(word), in_language(word)) for word in _WORDS[name].values()]
            found.append(Asked(name, group.label, "select", hint, options))
        elif name in values.ADDRESSES:
            found.append(Asked(name, group.label, "text", "Số nhà, đường hoặc thôn; xã, phường; tỉnh, thành phố."))
        else:
            found.append(Asked(name, group.label, "text", hint))
    return found


def fields_of(kind: str, file: PersonFile) -> list[Asked]:
    """The fields one kind of request asks for, beside evidence and reason."""
    day = Asked("valid_from", "Có hiệu lực từ ngày", "day", "Ví dụ 24/11/2026", required=True)
    members = _member_options(file)
    relations = _relation_options()
    new_head = Asked("new_head", "Chủ hộ mới", "select", "Chỉ cần khi người này là chủ hộ và hộ còn thành viên.", members)
    number = Asked("new_number", "Số định danh mới", hint="12 chữ số, đã được cấp", required=True)
    address = Asked("address", "Địa chỉ", hint="Số nhà, đường hoặc thôn; xã, phường; tỉnh, thành phố.", required=True)
    forms: Mapping[str, list[Asked]] = {
        "correct": [
            *item_fields(current_state(file)),
            Asked("valid_from", "Đúng từ ngày", "day", "Để trống: sai từ đầu, đúng từ khi có bản ghi."),
        ],
        "event": [*item_fields(current_state(file)), day],
        "split": [
            number,
            Asked("full_name", "Họ, chữ đệm và tên của người thứ hai", required=True),
            Asked("birth_date", "Ngày sinh của người thứ hai", "day", required=True),
            Asked("sex", "Giới tính của người thứ hai", "select", options=_code_options(values.SEX_WORDS), required=True),
        ],
        "replace_number": [number],
        "cancel_number": [],
        "set_flags": [Asked("flags", "Cờ lưu ý", "many", options=_code_options({int(f): w for f, w in values.FLAG_WORDS.items()}))],
        "revoke": [Asked("seq", "Thay đổi cần thu hồi", "select", options=_change_options(file), required=True)],
        "register_death": [Asked("died_on", "Ngày mất", "day", "Theo giấy báo tử hoặc trích lục khai tử", required=True), new_head],
        "form_household": [address, day, *_member_rows(file, relations)],
        "join_household": [
            Asked("household_no", "Số hồ sơ cư trú của hộ", hint="Ghi trên trang của người trong hộ", required=True),
            Asked("relation", "Quan hệ với chủ hộ", "select", options=relations, required=True),
            day,
        ],
        "leave_household": [day, new_head],
        "change_head": [
            Asked("head", "Chủ hộ mới", "select", options=members, required=True),
            *[Asked(f"rel_{at}", name, "select", "Quan hệ với chủ hộ mới", relations) for at, (_no, name) in enumerate(members)],
            day,
        ],
        "register_residence": [
            Asked("residence", "Loại cư trú", "select", options=_residence_options(("temporary", "current", "stay", "absence"))),
            Asked("address", "Địa chỉ", hint="Tạm vắng thì để trống."),
            Asked("valid_from", "Từ ngày", "day", required=True),
            Asked("valid_to", "Đến ngày", "day", "Tạm trú, lưu trú phải có ngày hết hạn."),
        ],
        "end_residence": [
            Asked("residence", "Đăng ký cần xoá", "select", options=_residence_options(_open_residences(file)), required=True),
            day,
        ],
        "relate": [
            Asked("relation", "Người kia là", "select", options=_word_options(values.RELATION_WORDS), required=True),
            Asked("other_no", "Số định danh của người kia", required=True),
            day,
        ],
        "end_relation": [
            Asked(
                "relation", "Quan hệ chấm dứt", "select", required=True,
                options=_word_options({k: values.RELATION_WORDS[k] for k in ("spouse", "representative")}),
            ),
            day,
        ],
    }  # fmt: skip
    return forms[kind]


def _code_options(words: Mapping[int, str]) -> Options:
    return [(str(code), in_language(word)) for code, word in words.items()]


def _word_options(words: Mapping[str, str]) -> Options:
    return [(key, in_language(word)) for key, word in words.items()]


def _relation_options() -> Options:
    return _word_options(household_relations())


def _residence_options(kinds: Sequence[str]) -> Options:
    return [(kind, in_language(values.RESIDENCE_WORDS[kind])) for kind in kinds]


def _open_residences(file: PersonFile) -> list[str]:
    return list(dict.fromkeys(row.kind for row in residences_of(file) if row.kind != "permanent" and row.valid_to is None)) or [
        "temporary", "current", "stay", "absence",
    ]  # fmt: skip


def _member_options(file: PersonFile) -> list[tuple[str, str]]:
    """Members of the household in a fixed order: position → name; numbers stay out of the form."""
    names = {n: person.full_name for n, person in file.neighbours.items()} | {
        file.personal_no: str(current_state(file).get("full_name", ""))
    }
    return [(str(at), names.get(row.personal_no, "")) for at, row in enumerate(_members(file))]


def _members(file: PersonFile) -> list[Any]:
    return sorted(file.members, key=lambda row: row.personal_no)


def _change_options(file: PersonFile) -> Options:
    return [
        (str(event.seq), f"#{event.seq} {event.what} ({event.recorded_at:%d/%m/%Y})")
        for event in timeline_of(file, lambda number: "")
        if event.may_be_revoked
    ]


def _member_rows(file: PersonFile, relations: Options) -> list[Asked]:
    rows: list[Asked] = []
    for at in range(MEMBERS_MAX):
        rows.append(Asked(f"member_{at}", f"Thành viên {at + 1}: số định danh", required=at == 0))
        rows.append(Asked(f"relation_{at}", f"Thành viên {at + 1}: quan hệ với chủ hộ", "select", options=relations))
    return rows


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


_TYPES: Mapping[str, Any] = {t.__struct_config__.tag: t for t in AnyPayload.__args__}  # type: ignore[attr-defined]
Reader = Callable[[Typed, PersonFile], dict[str, Any]]


def _items(typed: Typed, file: PersonFile, *, dated: bool) -> dict[str, Any]:
    return {"items": typed.items(current_state(file)), "valid_from": typed.day("valid_from", required=dated)}


def _split(typed: Typed, _file: PersonFile) -> dict[str, Any]:
    columns: dict[str, Any] = {"full_name": typed.text("full_name", required=True)}
    columns |= typed._columns("birth_date", typed.text("birth_date", required=True))
    columns["sex"] = int(typed.choice("sex", _code_options(values.SEX_WORDS)) or 0)
    return {"new_number": typed.number("new_number"), "items": typed._checked(columns) if not typed.wrong else {}}


def _place(typed: Typed, *, required: bool = True) -> dict[str, Any]:
    version, code, detail = typed.address("address", required=required)
    return {"version": version, "code": code, "detail": detail}


def _form_household(typed: Typed, _file: PersonFile) -> dict[str, Any]:
    members = {}
    for at in range(MEMBERS_MAX):
        number = typed.number(f"member_{at}", required=at == 0)
        if number is not None:
            members[str(number)] = typed.choice(f"relation_{at}", _relation_options())
    return {**_place(typed), "members": members, "valid_from": typed.day("valid_from")}


def _join(typed: Typed, _file: PersonFile) -> dict[str, Any]:
    text = typed.text("household_no", required=True)
    if text and not text.isdigit():
        typed.wrong["household_no"] = ("Số hồ sơ cư trú chỉ gồm chữ số.", "The residence file number has digits only.")
    number = int(text) if text.isdigit() else 0
    relation = typed.choice("relation", _relation_options())
    return {"household_no": number, "relation": relation, "valid_from": typed.day("valid_from")}


def _member(typed: Typed, file: PersonFile, name: str, *, required: bool) -> int | None:
    chosen = typed.text(name, required=required)
    members = _members(file)
    if chosen and not (chosen.isdigit() and int(chosen) < len(members)):
        typed.wrong[name] = ("Chọn lại người trong hộ.", "Choose a member.")
        return None
    return int(members[int(chosen)].personal_no) if chosen else None


def _change_head(typed: Typed, file: PersonFile) -> dict[str, Any]:
    head = _member(typed, file, "head", required=True)
    relations = {}
    for at, row in enumerate(_members(file)):
        chosen = "01" if row.personal_no == head else typed.text(f"rel_{at}")
        if chosen and chosen != row.relation:
            relations[str(row.personal_no)] = chosen
    household = file.household.household_no if file.household else 0
    if not household:
        typed.wrong["head"] = ("Người này không thuộc hộ nào.", "The person belongs to no household.")
    return {"household_no": household, "relations": relations, "valid_from": typed.day("valid_from")}


def _register_residence(typed: Typed, _file: PersonFile) -> dict[str, Any]:
    kind = typed.choice("residence", _residence_options(("temporary", "current", "stay", "absence")))
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
    "revoke": lambda t, f: {"seq": int(t.choice("seq", _change_options(f)) or 0)},
    "register_death": lambda t, f: {"died_on": t.day("died_on"), "new_head": _member(t, f, "new_head", required=False)},
    "form_household": _form_household,
    "join_household": _join,
    "leave_household": lambda t, f: {"valid_from": t.day("valid_from"), "new_head": _member(t, f, "new_head", required=False)},
    "change_head": _change_head,
    "register_residence": _register_residence,
    "end_residence": lambda t, f: {
        "residence": t.choice("residence", _residence_options(("temporary", "current", "stay", "absence"))),
        "valid_from": t.day("valid_from"),
    },
    "relate": lambda t, f: {
        "relation": t.choice("relation", _word_options(values.RELATION_WORDS)),
        "other_no": t.number("other_no"),
        "valid_from": t.day("valid_from"),
    },
    "end_relation": lambda t, f: {
        "relation": t.choice("relation", _word_options(values.RELATION_WORDS)),
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
    if isinstance(payload, payloads.SetFlags):
        said["flags"] = _flag_values(payload.flags)
    if isinstance(payload, payloads.FormHousehold | payloads.RegisterResidence):
        said["address"] = values.address_text(payload.version, payload.code, payload.detail)
    if isinstance(payload, payloads.FormHousehold):
        for at, (number, relation) in enumerate(payload.members.items()):
            said |= {f"member_{at}": f"{int(number):012d}", f"relation_{at}": relation}
    if isinstance(payload, payloads.ChangeHead):
        for at, row in enumerate(_members(file)):
            relation = payload.relations.get(str(row.personal_no), row.relation)
            said |= {f"rel_{at}": relation} | ({"head": str(at)} if relation == "01" else {})
    if new_head := getattr(payload, "new_head", None):
        said["new_head"] = next((str(at) for at, row in enumerate(_members(file)) if row.personal_no == new_head), "")
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
