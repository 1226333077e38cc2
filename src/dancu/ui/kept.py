"""What somebody typed, on a page that could not do it: sent again whole, and shown under the words of its form."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.http import HttpRequest

from dancu.ui.words import in_language

LOST_FILE = "lost_file"  # stands among what is kept where a file was sent: no page can send that again
_words: dict[str, str] = {}


def name_fields(words: Mapping[str, str]) -> None:
    """A room tells, once and when it is loaded, what its form fields are called on the page (Vietnamese)."""
    _words.update(words)


def as_kept(request: HttpRequest, without: Collection[str] = ("csrfmiddlewaretoken",)) -> list[tuple[str, str]]:
    """Every field that was posted, and the mark of a file that was."""
    gone = {*without, LOST_FILE} if request.FILES else {*without}
    fields = [(name, value) for name, values in request.POST.lists() if name not in gone for value in values]
    return [*fields, (LOST_FILE, "1")] if request.FILES else fields


def in_words(kept: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Word and value of what a person typed; fields nobody named are ours and are sent again unseen."""
    return [(in_language(_words[name]), value) for name, value in kept if value and name in _words]
