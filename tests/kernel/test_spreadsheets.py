"""A cell that would begin a formula is text, whatever begins it."""

from __future__ import annotations

import pytest

from dancu.kernel.spreadsheets import harmless


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_what_would_be_a_formula_is_text(begin: str):
    assert harmless(f"{begin}1+1") == f"'{begin}1+1"


@pytest.mark.parametrize("text", ["", "Trần Văn Hòa", "1+1", "046090000101"])
def test_what_is_text_stays(text: str):
    assert harmless(text) == text
