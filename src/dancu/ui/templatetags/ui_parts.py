"""Components that tell: verdict, person, clock, steps, timeline, table and their like; and `chart` for every picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dancu.ui import parts
from dancu.ui.charts import bars, family, lines, maps, spans, state_maps
from dancu.ui.charts.picture import Picture
from dancu.ui.templatetags.ui_words import ICONS

register = template.Library()
_DRAWN_BY: dict[type[Picture], str] = {
    bars.BarChart: "ui/charts/bars.html",
    bars.Waterfall: "ui/charts/waterfall.html",
    bars.Funnel: "ui/charts/funnel.html",
    bars.Pyramid: "ui/charts/pyramid.html",
    lines.Trend: "ui/charts/trend.html",
    lines.SmallMultiples: "ui/charts/multiples.html",
    spans.Spans: "ui/charts/spans.html",
    family.Family: "ui/charts/family.html",
    maps.ProvinceMap: "ui/charts/map.html",
    maps.Locator: "ui/charts/locator.html",
    state_maps.StateMap: "ui/charts/state_map.html",
}


@register.simple_tag
def chart(picture: Picture) -> SafeString:
    """Any picture of numbers, drawn by its type."""
    return render_to_string(_DRAWN_BY[type(picture)], {"c": picture})


@register.simple_tag
def legend_key(shade: int, title: str = "") -> SafeString:
    """A patch of a map's legend."""
    return maps.key(shade, title)


@register.inclusion_tag("ui/verdict.html")
def verdict(kind: str, word: str, facts: Sequence[str] | None = None) -> dict[str, object]:
    """One band with one word: `kind` is ok, warn, bad or info; at most three facts beneath."""
    return {"kind": kind, "word": word, "icon": ICONS[kind], "facts": (facts or [])[:3]}


@register.simple_block_tag
def note(content: SafeString, kind: str = "info", title: str = "", role: str = "") -> SafeString:
    """A remark beside the content: `kind` is ok, warn, bad or info. With `role` ("status", "alert") it is read aloud."""
    spoken = format_html(' role="{}"', role) if role else ""
    heading = format_html('<p class="title">{}</p>', title)
    return format_html('<div class="note {}"{}>{}{}</div>', kind, spoken, heading if title else "", content)


@register.inclusion_tag("ui/empty.html")
def empty(sentence: str, action: parts.Choice | None = None) -> dict[str, object]:
    """Nothing here: what would be here and how to get it."""
    return {"sentence": sentence, "action": action}


@register.inclusion_tag("ui/loading.html")
def loading(sentence: str, seconds: int = 0) -> dict[str, object]:
    """Not there yet. With `seconds` the sentence says when the page looks again (put `refresh` into the head block)."""
    return {"sentence": sentence, "seconds": seconds}


@register.inclusion_tag("ui/trouble.html")
def trouble(sentence: str, reference: str = "", retry: str = "") -> dict[str, object]:
    """It did not work: what happened, what to do, the reference to name, the address to try again."""
    return {"sentence": sentence, "reference": reference, "retry": retry}


@register.simple_tag
def refresh(seconds: int) -> SafeString:
    """For the head block: the page loads itself again, without script. Nothing for 0."""
    return format_html('<meta http-equiv="refresh" content="{}">', seconds) if seconds else SafeString("")


@register.inclusion_tag("ui/locked.html")
def locked(label: str, value: object, item: str = "", at: datetime | None = None, source: str = "") -> dict[str, object]:
    """A value taken from a register, which nobody types over. `item` "personal_id" groups the number."""
    return {"label": label, "value": value, "item": item, "at": at, "source": source}


@register.inclusion_tag("ui/person_line.html")
def person_line(person: parts.Person) -> dict[str, object]:
    """The line a person has everywhere."""
    return {"person": person}


@register.inclusion_tag("ui/facts.html")
def facts(lines: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Labels and values under each other."""
    return {"lines": list(lines)}


@register.inclusion_tag("ui/clock.html")
def clock(due_at: parts.Day, left: int | None = None, paused: bool = False) -> dict[str, object]:
    """A legal deadline: the day, and the working days left (negative when overdue); `paused` while the clock stands still."""
    return {"due_at": due_at, "left": left, "paused": paused, "is_moment": isinstance(due_at, datetime)}


@register.inclusion_tag("ui/steps.html")
def steps(tracks: Sequence[parts.Track]) -> dict[str, object]:
    """The way of a dossier or a bundle: tracks side by side."""
    return {"tracks": tracks, "icons": {"done": "✓", "now": "●", "wait": "", "stopped": "✕"}}


@register.inclusion_tag("ui/timeline.html")
def timeline(changes: Sequence[parts.Change]) -> dict[str, object]:
    """What changed, when it became true, when and by whom it was written down, on what evidence; old and new are folded."""
    return {"changes": changes}


@register.inclusion_tag("ui/progress.html")
def progress(work: parts.Work) -> dict[str, object]:
    """How far long work is."""
    return {"work": work, "share": work.done / work.total if work.total else 0.0}


@register.inclusion_tag("ui/table.html")
def table(rows: parts.Table) -> dict[str, object]:
    """A table of rows that lead somewhere, with its empty state, paging and file."""
    return {"table": rows}


@register.inclusion_tag("ui/filters.html")
def filters(choices: Sequence[parts.Choice], label: str, said: str = "") -> dict[str, object]:
    """Links that narrow a list; `said` says what it is narrowed to now."""
    return {"choices": choices, "label": label, "said": said}


@register.inclusion_tag("ui/tabs.html")
def tabs(choices: Sequence[parts.Choice], label: str) -> dict[str, object]:
    """Sides of one thing, each a page of its own."""
    return {"choices": choices, "label": label}


@register.inclusion_tag("ui/periods.html")
def periods(choices: Sequence[parts.Choice], label: str) -> dict[str, object]:
    """Times in a row to step through: a slider made of links."""
    at = next((index for index, each in enumerate(choices) if each.current), None)
    before = choices[at - 1] if at else None
    after = choices[at + 1] if at is not None and at + 1 < len(choices) else None
    return {"choices": choices, "label": label, "before": before, "after": after}


@register.inclusion_tag("ui/crumbs.html")
def crumbs(choices: Sequence[parts.Choice]) -> dict[str, object]:
    """Where this page lies; the last one is this page and has no address."""
    return {"choices": choices}


@register.inclusion_tag("ui/paging.html")
def paging(previous_href: str = "", next_href: str = "", said: str = "", of: str = "") -> dict[str, object]:
    """From page to page by cursor; `of` names the list where a page has several."""
    return {"previous_href": previous_href, "next_href": next_href, "said": said, "of": of}


@register.inclusion_tag("ui/four_eyes.html")
def four_eyes(deed: parts.Deed) -> dict[str, object]:
    """Who asked, who may decide, what was decided."""
    return {"deed": deed}


@register.inclusion_tag("ui/household.html")
def household(home: parts.Household) -> dict[str, object]:
    """A household: its address, its members, the head first."""
    return {"home": home}


@register.inclusion_tag("ui/proof.html")
def proof(found: parts.Proof) -> dict[str, object]:
    """A folded note: that the entry stands in the signed book."""
    return {"proof": found}


@register.inclusion_tag("ui/confirm_question.html", takes_context=True)
def confirm(context: template.RequestContext, question: parts.Confirm) -> dict[str, object]:
    """What will happen, to whom, whether it can be undone; the button repeats the verb. A page of its own: ui/confirm.html."""
    return {"confirm": question, "csrf_token": context.get("csrf_token")}
