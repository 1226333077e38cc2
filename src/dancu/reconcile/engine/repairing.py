"""Repairing a name by the definition: what look-alike letters, signs and unseen characters were meant to be."""

from __future__ import annotations

import unicodedata

from dancu.reconcile.engine.letters import repaired_character


def repaired_name(text: str) -> str:
    """A name as it was meant; full-width and other compatible forms become plain first."""
    return "".join(repaired_character(char) for char in unicodedata.normalize("NFKC", text))
