"""Items that acts of their own keep: what follows rows of residence, household and family, and the end of a life. Pure.

A correction, an event or a merge that set them would leave the rows behind: the page would say one thing, the register another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dancu.kernel.errors import Conflict
from dancu.population.domain import LifeStatus
from dancu.population.families import MembershipRow, RelationRow, ResidenceRow
from dancu.population.history import Change, ChangeKind, Items, asserting

_LIFE = ("life_status", "life_status_on")
_HOUSEHOLD = ("household_relation", "household_head", "household_book_no", "residence_file_no")
_RESIDENCE: Mapping[str, Sequence[str]] = {
    **{kind: [f"{kind}_{part}" for part in ("version", "code", "detail")] for kind in ("permanent", "temporary", "current")},
    "absence": ["temporary_absence"],
}
OWN_ACT_COLUMNS = frozenset({*_LIFE, *_HOUSEHOLD, "relatives", *(name for names in _RESIDENCE.values() for name in names)})

# What an officer reads: the item, and the requests that keep it together with its rows, by their names on the pages.
_RESIDENCE_WORDS = {
    "permanent": ("Nơi thường trú", "Permanent residence", "“Nhập hộ”, “Lập hộ” hoặc “Tách khỏi hộ”"),
    "temporary": ("Nơi tạm trú", "Temporary residence", "“Đăng ký cư trú” hoặc “Xoá đăng ký cư trú”"),
    "current": ("Nơi ở hiện tại", "Current residence", "“Đăng ký cư trú” hoặc “Xoá đăng ký cư trú”"),
    "absence": ("Tạm vắng", "Temporary absence", "“Đăng ký cư trú” hoặc “Xoá đăng ký cư trú”"),
}


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one person that are not withdrawn (*đăng ký đang có*)."""

    residences: Sequence[ResidenceRow] = ()
    memberships: Sequence[MembershipRow] = ()
    relations: Sequence[RelationRow] = ()  # her own, not those that name her

    def stand_after(self, day: date) -> bool:
        """Does a residence, a household or a marriage hold after that day?"""
        marriages = [row for row in self.relations if row.kind == "spouse"]
        homes = [row for row in self.memberships if row.kind == "permanent"]
        return any(row.valid_to is None or row.valid_to > day for row in (*self.residences, *homes, *marriages))


def check_own_acts(items: Items, state: Mapping[str, Any], changes: Sequence[Change], rows: Rows) -> None:
    """Raises `Conflict` for an item that an act of its own keeps for this person, naming the item, the reason and the act."""
    _check_life(items, state, changes)
    for kind in sorted({row.kind for row in rows.residences} & set(_RESIDENCE)):
        name, english, acts = _RESIDENCE_WORDS[kind]
        _refuse(items, _RESIDENCE[kind], "residence", (name, english), "đăng ký cư trú", acts)
    if any(row.kind == "permanent" for row in rows.memberships):
        acts = "“Nhập hộ”, “Tách khỏi hộ” hoặc “Thay đổi chủ hộ”"
        _refuse(items, _HOUSEHOLD, "household", ("Thông tin về hộ", "The household"), "đăng ký của hộ", acts)
    _check_relatives(items, state, {row.kind for row in rows.relations})


def check_death_by_revocation(before: Mapping[str, Any], after: Mapping[str, Any], rows: Rows, today: date) -> None:
    """Raises `Conflict` when a revocation would make a person dead whose residence, household or marriage goes on."""
    if before["life_status"] == LifeStatus.DEAD or after["life_status"] != LifeStatus.DEAD:
        return
    died_on = after["life_status_on"]
    if rows.stand_after(date.fromisoformat(died_on) if died_on else today):
        raise Conflict(
            "death.rows_stand",
            "Thu hồi lần này làm Tình trạng sống trở lại “Đã mất” trong khi cư trú, hộ hoặc hôn nhân còn hiệu lực. "
            "Nếu người này đã mất, lập đề nghị “Ghi nhận người đã mất”.",
            "Taking this back would make the person dead while residence, household or marriage go on. Register the death instead.",
            field="life_status",
        )


def _check_life(items: Items, state: Mapping[str, Any], changes: Sequence[Change]) -> None:
    has_died = state["life_status"] == LifeStatus.DEAD
    if items.get("life_status") == LifeStatus.DEAD and not has_died:
        raise Conflict(
            "death.own_act",
            "Tình trạng sống không ghi “Đã mất” trực tiếp được, vì cư trú, hộ và hôn nhân phải kết thúc cùng ngày. "
            "Lập đề nghị “Ghi nhận người đã mất”.",
            "A death is not written as an item: residence, household and marriage end with it. Register the death.",
            field="life_status",
        )
    registered = asserting(changes, "life_status") if has_died and set(_LIFE) & set(items) else None
    if registered and registered.kind is ChangeKind.EVENT:  # not what came with a load, or was put right by a correction
        raise Conflict(
            "death.registered",
            f"Tình trạng sống do thay đổi #{registered.seq} ghi nhận cùng với việc kết thúc cư trú, hộ và hôn nhân. "
            "Lập đề nghị “Thu hồi thay đổi” cho lần ấy; nếu chỉ sai ngày mất, thu hồi rồi lập lại “Ghi nhận người đã mất”.",
            f"The death was registered by change #{registered.seq}. Take it back; register it anew if only the day is wrong.",
            field="life_status",
            details={"change": registered.seq},
        )


def _check_relatives(items: Items, state: Mapping[str, Any], recorded: set[str]) -> None:
    if "relatives" not in items:
        return
    asked, told = items["relatives"], state["relatives"]
    if any(asked.get(kind) != told.get(kind) for kind in recorded):
        words = ("Cha, mẹ, vợ, chồng, người đại diện", "The relatives")
        acts = "“Ghi nhận quan hệ” hoặc “Chấm dứt quan hệ”; nếu quan hệ đã ghi sai, lập “Thu hồi thay đổi”"
        _refuse(items, ["relatives"], "relation", words, "quan hệ đã ghi nhận", acts)


def _refuse(items: Items, columns: Iterable[str], what: str, words: tuple[str, str], source: str, acts: str) -> None:
    column = next((name for name in columns if name in items), None)
    if column is None:
        return
    raise Conflict(
        f"{what}.own_act",
        f"{words[0]} của người này đi theo {source}, nên không sửa riêng được. Lập đề nghị {acts}.",
        f"{words[1]} of this person follows what is registered and is not changed alone. Use the request for it.",
        field=column,
    )
