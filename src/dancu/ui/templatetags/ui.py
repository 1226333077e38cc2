"""Components of the pages: small pieces of HTML that look and speak the same everywhere."""

from __future__ import annotations

import base64
import io
from datetime import date, datetime

import segno
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from dancu.kernel.personal_id import PersonalId
from dancu.ui.kept import in_words

register = template.Library()
register.filter("in_words", in_words)


@register.filter
def moment(value: datetime | None) -> str:
    """14:05 24/11/2026, as clocks in Viet Nam show it."""
    return f"{localtime(value):%H:%M %d/%m/%Y}" if value else ""


@register.filter
def day(value: date | datetime | None) -> str:
    """24/11/2026."""
    if isinstance(value, datetime):
        value = localtime(value).date()
    return f"{value:%d/%m/%Y}" if value else ""


@register.filter
def number(value: int | float | None) -> str:
    """15.962.382 and 18,1: dots between thousands, a comma before decimals."""
    if value is None:
        return ""
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
    return text.translate(str.maketrans(",.", ".,"))


@register.filter
def grouped(value: str) -> SafeString:
    """A personal number in groups 3-3-6 that copies without blanks: the gaps are style, not characters."""
    digits = value.digits if isinstance(value, PersonalId) else str(value)
    if len(digits) != 12:
        return format_html('<span class="number">{}</span>', digits)
    return format_html(
        '<span class="number"><span>{}</span><span>{}</span><span>{}</span></span>', digits[:3], digits[3:6], digits[6:]
    )


@register.inclusion_tag("ui/verdict.html")
def verdict(kind: str, word: str, facts: list[str] | None = None) -> dict[str, object]:
    """One band with one word: `kind` is ok, warn, bad or info; at most three facts beneath."""
    icons = {"ok": "✓", "warn": "!", "bad": "✕", "info": "i"}
    return {"kind": kind, "word": word, "icon": icons[kind], "facts": (facts or [])[:3]}


@register.inclusion_tag("ui/field.html")
def field(name: str, label: str, value: object = "", error: str = "", hint: str = "", **attributes: str) -> dict[str, object]:
    """A text field with label, hint and error; attributes like `inputmode` pass through."""
    extra = {key.rstrip("_").replace("_", "-"): text for key, text in attributes.items() if text != ""}
    return {"name": name, "label": label, "value": value, "error": error, "hint": hint, "extra": extra.items()}


@register.simple_tag
def qr(text: str, scale: int = 3) -> SafeString:
    """A QR code as a picture in the page."""
    buffer = io.BytesIO()
    segno.make(text, error="m").save(buffer, kind="svg", scale=scale, border=2)
    picture = base64.b64encode(buffer.getvalue()).decode()
    return format_html('<img class="qr" alt="{}" src="data:image/svg+xml;base64,{}">', _("Mã QR của hồ sơ"), picture)
