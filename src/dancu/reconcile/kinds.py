"""The kinds of lists an owner may choose, and what each needs: profiles as the pages see them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dancu.kernel.errors import Invalid
from dancu.reconcile.profiles.table import BY_NUMBER, PROFILES


@dataclass(frozen=True, slots=True)
class ListKind:
    """A kind of list (*loại danh sách*)."""

    code: str
    name: str
    legal_basis: str
    needed: tuple[str, ...]  # roles
    one_to_one: bool  # a person stands in it once


# A round tells persons by their number; what else leads to somebody leads to candidates only.
KINDS: Mapping[str, ListKind] = {
    profile.code: ListKind(
        profile.code,
        profile.name,
        profile.legal_basis,
        tuple(role.value for role in (*BY_NUMBER, *profile.own)),
        profile.one_to_one,
    )
    for profile in PROFILES.values()
}


def get_kind(code: str) -> ListKind:
    """Raises `Invalid` for a code that is none."""
    if code not in KINDS:
        raise Invalid("reconcile.profile", "Bạn chọn một loại danh sách trong bảng.", "Choose a kind of list.", field="profile")
    return KINDS[code]
