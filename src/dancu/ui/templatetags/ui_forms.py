"""Components that ask: fields, choices, search, buttons, the summary of what has to be mended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import template

register = template.Library()
Options = Iterable[tuple[str, str]]


def _asked(name: str, label: str, value: object, error: str, hint: str, attributes: Mapping[str, object]) -> dict[str, object]:
    """What every field has: `required` is a mark and an attribute; other attributes like `inputmode` pass through.

    `prefix` tells fields of one name in several forms of a page apart: the id is then `f-PREFIX-NAME`.
    """
    extra = {key.rstrip("_").replace("_", "-"): given for key, given in attributes.items() if given not in ("", False, None)}
    required, prefix = extra.pop("required", ""), extra.pop("prefix", "")
    identity = f"{prefix}-{name}" if prefix else name
    described = " ".join(f"{mark}-{identity}" for mark, given in (("e", error), ("h", hint)) if given)
    return {
        "name": name,
        "id": identity,
        "label": label,
        "value": "" if value is None else value,
        "error": error,
        "hint": hint,
        "required": required,
        "described": described,
        "extra": [(key, "" if given is True else given) for key, given in extra.items()],
    }


@register.inclusion_tag("ui/field.html")
def field(name: str, label: str, value: object = "", error: str = "", hint: str = "", **attributes: object) -> dict[str, object]:
    """A text field with label, hint and error. `type`, `inputmode`, `autocomplete`, `autofocus`, `required` pass through."""
    return _asked(name, label, value, error, hint, attributes)


@register.inclusion_tag("ui/field.html")
def date_field(
    name: str, label: str, value: object = "", error: str = "", hint: str = "", **attributes: object
) -> dict[str, object]:
    """A date as people write it (24/11/2026): typed, not picked, because papers are copied from."""
    return _asked(name, label, value, error, hint, {"inputmode": "numeric", "autocomplete": "off", **attributes})


@register.inclusion_tag("ui/select_field.html")
def select_field(
    name: str, label: str, options: Options, value: str = "", error: str = "", hint: str = "", **attributes: object
) -> dict[str, object]:
    """One of some: pairs of value and word. `blank` is the word of the empty choice; without it there is none."""
    blank = attributes.pop("blank", "")
    return {**_asked(name, label, value, error, hint, attributes), "options": list(options), "blank": blank}


@register.inclusion_tag("ui/text_area.html")
def text_area(
    name: str, label: str, value: object = "", error: str = "", hint: str = "", **attributes: object
) -> dict[str, object]:
    """A longer text."""
    return _asked(name, label, value, error, hint, attributes)


@register.inclusion_tag("ui/choice_field.html")
def choice_field(
    name: str, label: str, options: Options, value: str = "", error: str = "", hint: str = "", **attributes: object
) -> dict[str, object]:
    """One of a few, all to be seen; `many` makes it any of a few (`value` is then a list)."""
    many = attributes.pop("many", False)
    asked = _asked(name, label, value, error, hint, attributes)
    return {
        **asked,
        "options": [(f"{asked['id']}-{at}", key, word) for at, (key, word) in enumerate(options)],
        "many": many,
    }


@register.inclusion_tag("ui/search_field.html")
def search_field(name: str, label: str, word: str, value: object = "", hint: str = "", **attributes: object) -> dict[str, object]:
    """A field and its button in one line; stands in a form of the page. `word` is what the button does."""
    return {**_asked(name, label, value, "", hint, attributes), "word": word}


@register.inclusion_tag("ui/errors.html")
def errors(sentences: Mapping[str, str], title: str = "", focus: bool = True) -> dict[str, object]:
    """The summary at the top: each sentence leads to its field by `f-` and its key. Nothing when there is nothing to mend."""
    return {"sentences": sentences, "title": title, "focus": focus}


@register.inclusion_tag("ui/button.html")
def button(
    word: str, main: bool = False, name: str = "", value: str = "", key: str = "", autofocus: bool = False
) -> dict[str, object]:
    """A button that sends its form. A page has one main button; `key` is the key that does the same."""
    return {"word": word, "main": main, "name": name, "value": value, "key": key, "autofocus": autofocus}


@register.inclusion_tag("ui/button_link.html")
def button_link(word: str, href: str, main: bool = False, autofocus: bool = False) -> dict[str, object]:
    """A link that looks like a button: the next step when it is another page."""
    return {"word": word, "href": href, "main": main, "autofocus": autofocus}
