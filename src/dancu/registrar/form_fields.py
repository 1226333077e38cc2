"""Which fields each kind of request asks for, beside evidence and reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dancu.population.api import PersonFile, household_relations
from dancu.registrar import values
from dancu.registrar.person_shown import current_state, residences_of, timeline_of
from dancu.registrar.typed import CODED, EDITABLE, Options
from dancu.ui.words import in_language

MEMBERS_MAX = 8
_REGISTERED = ("temporary", "current", "stay", "absence")  # permanent residence comes with a household


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of a form."""

    name: str
    label: str
    kind: str = "text"  # text, day, address, select, many
    hint: str = ""
    options: Options = ()
    required: bool = False


def item_fields(state: Mapping[str, Any]) -> list[Asked]:
    """The editable items; a masked one stays empty and, left empty, stays as it is."""
    said = values.texts(state)
    found = []
    for name in EDITABLE:
        group = values.GROUPS[name]
        hint = "" if name in said else "Đang được che. Để trống thì giữ nguyên."
        if name in CODED and name in said:
            options = [(in_language(word), in_language(word)) for word in CODED[name].values()]
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
    relations = relation_options()
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
            Asked("sex", "Giới tính của người thứ hai", "select", options=code_options(values.SEX_WORDS), required=True),
        ],
        "replace_number": [number],
        "cancel_number": [],
        "set_flags": [Asked("flags", "Cờ lưu ý", "many", options=code_options({int(f): w for f, w in values.FLAG_WORDS.items()}))],
        "revoke": [Asked("seq", "Thay đổi cần thu hồi", "select", options=change_options(file), required=True)],
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
            Asked("residence", "Loại cư trú", "select", options=residence_options(_REGISTERED), required=True),
            Asked("address", "Địa chỉ", hint="Tạm vắng thì để trống."),
            Asked("valid_from", "Từ ngày", "day", required=True),
            Asked("valid_to", "Đến ngày", "day", "Tạm trú, lưu trú phải có ngày hết hạn."),
        ],
        "end_residence": [
            Asked("residence", "Đăng ký cần xoá", "select", options=residence_options(_open_residences(file)), required=True),
            day,
        ],
        "relate": [
            Asked("relation", "Người kia là", "select", options=word_options(values.RELATION_WORDS), required=True),
            Asked("other_no", "Số định danh của người kia", required=True),
            day,
        ],
        "end_relation": [
            Asked(
                "relation", "Quan hệ chấm dứt", "select", required=True,
                options=word_options({k: values.RELATION_WORDS[k] for k in ("spouse", "representative")}),
            ),
            day,
        ],
    }  # fmt: skip
    return forms[kind]


def code_options(words: Mapping[int, str]) -> Options:
    return [(str(code), in_language(word)) for code, word in words.items()]


def word_options(words: Mapping[str, str]) -> Options:
    return [(key, in_language(word)) for key, word in words.items()]


def relation_options() -> Options:
    return word_options(household_relations())


def residence_options(kinds: Sequence[str]) -> Options:
    return [(kind, in_language(values.RESIDENCE_WORDS[kind])) for kind in kinds]


def _open_residences(file: PersonFile) -> list[str]:
    """Kinds she has registered; a temporary residence always has an end, so an end in the row does not say it is over."""
    found = dict.fromkeys(row.kind for row in residences_of(file) if row.kind != "permanent")
    return list(found) or list(_REGISTERED)


def _member_options(file: PersonFile) -> list[tuple[str, str]]:
    """Members of the household in a fixed order: position → name; numbers stay out of the form."""
    names = {n: person.full_name for n, person in file.neighbours.items()} | {
        file.personal_no: str(current_state(file).get("full_name", ""))
    }
    return [(str(at), names.get(row.personal_no, "")) for at, row in enumerate(household_rows(file))]


def household_rows(file: PersonFile) -> list[Any]:
    return sorted(file.members, key=lambda row: row.personal_no)


def change_options(file: PersonFile) -> Options:
    return [
        (str(event.seq), f"#{event.seq} {event.what} ({event.recorded_at:%d/%m/%Y})")
        for event in timeline_of(file, lambda number: "")
        if event.may_be_revoked
    ]


def _member_rows(file: PersonFile, relations: Options) -> list[Asked]:
    rows: list[Asked] = []
    for at in range(MEMBERS_MAX):
        rows.append(Asked(f"member_{at}", _("Thành viên %(at)d: số định danh") % {"at": at + 1}, required=at == 0))
        rows.append(
            Asked(f"relation_{at}", _("Thành viên %(at)d: quan hệ với chủ hộ") % {"at": at + 1}, "select", options=relations)
        )
    return rows
