"""Templates read from `data/templates.toml`, and messages in the reader's words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from django.utils.translation import override

from dancu.kernel.clock import local
from dancu.kernel.errors import Invalid
from dancu.notices.domain.messages import Message, Template, Wording, check_message, fill
from dancu.ui.words import in_language

_FILE = Path(__file__).parent / "data" / "templates.toml"


def message(
    template: str, values: Mapping[str, str], *, english: Mapping[str, str] | None = None, href: str = "", now: datetime
) -> Message:
    """A message in the version of the day; `english` has the values that are no words of the pages' dictionary.

    Raises `Invalid`: no such template, other values, a page that is not ours.
    """
    today = local(now).date()
    versions = [each for (name, _), each in _templates().items() if name == template and each.valid_from <= today]
    if not versions:
        raise Invalid("notice.template", "Không có mẫu thông báo này.", f"There is no template {template!r}.")
    return check_message(max(versions, key=lambda each: (each.valid_from, each.version)), values, english or {}, href)


def in_words(said: Message, language: str) -> tuple[str, str]:
    """Title and body, "vi" or "en". A version that is gone is shown by its name rather than not at all."""
    template = _templates().get((said.template, said.version))
    if template is None:
        return said.template, ""
    with override(language):  # words that came from data are translated too
        values = {name: in_language(value) for name, value in said.values.items()}
    if language == "en":
        return fill(template.english, values | said.english)
    return fill(template.vietnamese, values)


@cache
def _templates() -> Mapping[tuple[str, int], Template]:
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["template"]
    return {
        (row["name"], row["version"]): Template(
            row["name"], row["version"], row["valid_from"], Wording(**row["vi"]), Wording(**row["en"])
        )
        for row in rows
    }
