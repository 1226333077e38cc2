"""Official codes of organisations: which lies below which is written in the code itself."""

from __future__ import annotations


def is_within(organisation: str, root: str) -> bool:
    """Is it the organisation itself or one below it? Official codes say so themselves (Decision 20/2020/QĐ-TTg):
    H57.12.3 lies below H57.12, which lies below H57."""
    return bool(root) and (organisation == root or organisation.startswith(f"{root}."))
