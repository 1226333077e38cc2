"""Persons: the columns of docs/reference/population-load.md and what they may hold."""

from __future__ import annotations

import polars as pl

from dancu.kernel.errors import Invalid
from dancu.population.loading.fields import BirthDate, Code, Day, Document, Name, Number, Place, Rule, Text, text
from dancu.population.loading.kinds.kind import Kind

ADDRESSES = ("birth_place", "birth_registration", "home_town", "permanent", "temporary", "current")
TEXTS = (
    "other_name",
    "nationality",
    "old_id_no",
    "temporary_absence",
    "residence_file_no",
    "household_relation",
    "household_book_no",
    "phone",
    "email",
)
TWICE = "Số định danh đã có ở dòng trước trong cùng tệp."
_Texts = dict[str, str | None]
# The JSON that programs write: no escapes, at most one blank after a colon or comma.
_STRING = r'"[^"\\\x00-\x1f]*"'
_PAIR = f"{_STRING}: ?(?:{_STRING}|null)"
_OBJECT = rf"\{{(?:{_PAIR}(?:, ?{_PAIR})*)?\}}"
_NAMED = f"{_STRING}: ?{_OBJECT}"
_OBJECTS = rf"^\{{(?:{_NAMED}(?:, ?{_NAMED})*)?\}}$"
# Of a card every day is one of the calendar; 29 February takes the closer look.
_DAY = (
    '"[12][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])'
    '|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"'
)
_CARD_PAIR = f'(?:"(?:kind|number|issued_by)": ?(?:{_STRING}|null)|"(?:issued_on|expires_on)": ?(?:{_DAY}|null|""))'
_CARD = rf"\{{(?:{_CARD_PAIR}(?:, ?{_CARD_PAIR})*)?\}}"
_CARDS = rf"^\[(?:{_CARD}(?:, ?{_CARD})*)?\]$"

PERSONS = Kind(
    "persons",
    ("personal_id", "full_name", "birth_date"),
    (
        Number("personal_id"),
        Name("full_name"),
        BirthDate("birth_date"),
        Number("successor", "successor_no", optional=True),
        Day("life_status_on"),
        Code("sex", 0, 0, 2),
        Code("ethnicity", 99, 0, 99),
        Code("religion", 0, 0, 99),
        Code("blood_type", 0, 0, 4),
        Code("marital_status", 0, 0, 3),
        Code("life_status", 0, 0, 2),
        Code("number_state", 0, 0, 2),
        Rule(
            lambda row: (text(row, "number_state").lstrip("0") == "1") == bool(text(row, "successor")),
            (pl.col("number_state").is_in(["1", "01"])) == (pl.col("successor") != ""),
            Invalid(
                "load.successor",
                "Số đã thay thế (number_state=1) phải có số mới (successor), và ngược lại.",
                "A replaced number needs its successor.",
                field="successor",
            ),
        ),
        *(Text(name) for name in TEXTS),
        *(Place(f"{name}_") for name in ADDRESSES),
        Document("id_cards", "[]", list[_Texts], _CARDS, ("issued_on", "expires_on")),
        Document("relatives", "{}", dict[str, _Texts], _OBJECTS),
        Document("household_head", "{}", _Texts, f"^{_OBJECT}$"),
        Document("attached", "{}", _Texts, f"^{_OBJECT}$"),
    ),
    once=("personal_no", "personal_id", TWICE),
)
