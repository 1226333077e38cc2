"""By which of its columns the persons of a list are found, and its report counts. Pure."""

from __future__ import annotations

from collections.abc import Collection

from dancu.kernel.errors import Invalid
from dancu.reconcile.profiles.table import GROUPABLE, Keys, Profile
from dancu.reconcile.reading.columns import Mapping, require
from dancu.reconcile.reading.files import OpenedList
from dancu.reconcile.reading.headings import Role


def keys_of(profile: Profile, opened: OpenedList, mapping: Mapping) -> Keys:
    """The best set of columns a list has for its profile (*bộ cột dùng để tìm người*).

    Raises `Invalid` naming the first column that is missing of the set it comes nearest to.
    """
    require(opened, mapping, profile.own)
    whole = [keys for keys in profile.keys if all(map(mapping.has, keys))]
    if not whole:
        nearest = min(profile.keys, key=lambda keys: sum(not mapping.has(role) for role in keys))
        require(opened, mapping, nearest)
    return whole[0]


def needed_of(profile: Profile, roles: Collection[str]) -> tuple[str, ...]:
    """What a list with these roles is compared by (*các cột bắt buộc của đợt*): the best set it has whole, and its own."""
    has = {*roles, *([Role.BIRTH_DATE.value] if Role.BIRTH_YEAR.value in roles else [])}
    whole = (keys for keys in profile.keys if all(role.value in has for role in keys))
    return tuple(role.value for role in (*next(whole, profile.keys[0]), *profile.own))


def group_of(roles: Collection[str], chosen: str = "") -> str:
    """The role a report counts by (*mục để tách báo cáo*): as chosen, else the source where the list names one, else none.

    Raises `Invalid` for a choice the list has no column for, or that says nothing about groups.
    """
    if not chosen:
        return Role.SOURCE.value if Role.SOURCE.value in roles else ""
    if chosen not in GROUPABLE or chosen not in roles:
        known = [role.value for role in GROUPABLE if role.value in roles]
        raise Invalid(
            "reconcile.group",
            f"Không tách báo cáo theo mục này được. Danh sách tách được theo: {', '.join(known) or 'không mục nào'}.",
            f"The report cannot be counted by this. The list can be by: {', '.join(known) or 'nothing'}.",
            field="grouped_by",
        )
    return chosen
