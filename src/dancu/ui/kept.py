"""What somebody typed, on a page that could not do it: sent again whole, and shown under the words of its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dancu.ui.words import in_language

_words: dict[str, str] = {}


def name_fields(words: Mapping[str, str]) -> None:
    """A room tells, once and when it is loaded, what its form fields are called on the page (Vietnamese)."""
    _words.update(words)


def in_words(kept: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Word and value of what a person typed; fields nobody named are ours and are sent again unseen."""
    return [(in_language(_words[name]), value) for name, value in kept if value and name in _words]
