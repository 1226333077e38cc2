"""English by switch is whole at the desk too: every word that is data, and the frame of its pages, has a translation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils.translation import gettext, override

from dancu.protection import reference
from dancu.protection.domain import breaches, cases, consents, register, suspensions
from dancu.protection.pages import cases as case_pages
from dancu.protection.pages import registers
from tests.house.tree import SOURCE

VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.I)
ROOM = SOURCE / "protection"


def words_of_data() -> set[str]:
    tables = (
        *(cases.KIND_WORDS, cases.STATE_WORDS, cases.ACTION_WORDS, breaches.STATE_WORDS, breaches.ACTION_WORDS),
        *(breaches.PROPOSAL_WORDS, consents.CONSENT_WORDS, consents.CHANNEL_WORDS, register.CHANGE_WORDS, register.COLUMN_WORDS),
        *(suspensions.SUSPENSION_WORDS, registers.STATES, case_pages.FILTERS),
    )
    words = {word for table in tables for word in table.values()}
    words |= {task.title for task in reference.breach_tasks()} | {text.purpose for text in reference.consent_texts()}
    words |= {item.label for item in reference.field_words().values()}
    return words | {text for r in reference.processing_rules() for text in (r.retention, r.recipients, r.responsible)}


def words_of_pages() -> set[str]:
    found: set[str] = set()
    for file in ROOM.rglob("*.html"):
        found |= set(re.findall(r"""{% translate ["']([^"']+)["']""", file.read_text(encoding="utf-8")))
    for file in ROOM.rglob("*.py"):
        found |= set(re.findall(r'\b_\(\s*"([^"]+)"', Path(file).read_text(encoding="utf-8")))
    return found


@pytest.mark.parametrize("word", sorted(word for word in words_of_data() | words_of_pages() if VIETNAMESE.search(word)))
def test_a_word_of_the_desk_has_an_english_one(word: str):
    with override("en"):
        assert not VIETNAMESE.search(gettext(word))
