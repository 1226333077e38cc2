"""Filters and small tags for words: numbers, days, personal numbers, addresses of files, QR codes."""

from __future__ import annotations

import base64
import io

import segno
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dancu.ui import assets, parts, words
from dancu.ui.kept import in_words

register = template.Library()
register.filter("in_words", in_words)
register.filter("moment", words.moment_text)
register.filter("day", words.day_text)
register.filter("number", words.number_text)
register.filter("share", words.share_text)
register.filter("grouped", words.grouped_number)
register.filter("in_language", words.in_language)
register.simple_tag(assets.address, name="asset")
ICONS = {"ok": "✓", "warn": "!", "bad": "✕", "info": "i", "plain": ""}


@register.filter
def icon(kind: str) -> str:
    """The mark that goes with a kind: colour alone says nothing."""
    return ICONS[kind]


@register.filter
def size(value: int) -> int:
    """The absolute amount, for sentences that say the direction in words."""
    return abs(value)


@register.filter
def minutes(seconds: int | None) -> str:
    """A stretch of time as people say it: 40 giây, 3 phút, 2 giờ 5 phút."""
    if seconds is None:
        return ""
    if seconds < 60:
        return _("%(count)s giây") % {"count": seconds}
    if seconds < 3600:
        return _("%(count)s phút") % {"count": round(seconds / 60)}
    return _("%(hours)s giờ %(minutes)s phút") % {"hours": seconds // 3600, "minutes": seconds % 3600 // 60}


@register.filter
def cell(value: object, column: parts.Column) -> object:
    """A value of a table as its column writes it."""
    writers = {"amount": words.number_text, "share": words.share_text, "day": words.day_text, "moment": words.moment_text}
    if value is None or value == "":
        return ""
    if column.kind in writers:
        return writers[column.kind](value)  # type: ignore[operator]
    if column.kind == "number":
        return words.grouped_number(str(value))
    if column.kind == "state" and isinstance(value, parts.State):
        return state(value.word, value.kind)
    if column.kind == "person":
        return format_html("<strong>{}</strong>", str(value).upper())
    return value


@register.simple_tag
def state(word: str, kind: str = "plain") -> SafeString:
    """A state in one word with its mark."""
    return format_html('<span class="state {}">{}{}</span>', kind, f"{ICONS[kind]} " if ICONS[kind] else "", word)


@register.simple_tag
def qr(text: str, scale: int = 3) -> SafeString:
    """A QR code as a picture in the page."""
    buffer = io.BytesIO()
    segno.make(text, error="m").save(buffer, kind="svg", scale=scale, border=2)
    picture = base64.b64encode(buffer.getvalue()).decode()
    return format_html('<img class="qr" alt="{}" src="data:image/svg+xml;base64,{}">', _("Mã QR của hồ sơ"), picture)
