"""One entry of the catalogue page: what is shown is drawn from the very line that is printed under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.template import engines
from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Example:
    """A component in its states: a Vietnamese title, lines of template code, the values they are given."""

    title: str
    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    says: str = ""

    def drawn(self) -> SafeString:
        return SafeString(engines["django"].from_string(self.code).render(dict(self.values)))


@dataclass(frozen=True, slots=True)
class Section:
    """Examples that belong together."""

    id: str
    title: str
    examples: tuple[Example, ...]
