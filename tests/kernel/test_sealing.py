"""Values sealed at rest open with their key, for their owner, unchanged, or not at all."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dancu.kernel.sealing import SealingKey

KEY = SealingKey(b"k" * 32)


@given(st.binary(max_size=200), st.text(max_size=20).filter(lambda t: t.isprintable()))
def test_what_was_sealed_opens_again(plain: bytes, owner: str):
    assert KEY.unseal(KEY.seal(plain, belongs_to=owner), belongs_to=owner) == plain


def test_the_same_value_never_looks_the_same():
    assert KEY.seal(b"secret", belongs_to="a") != KEY.seal(b"secret", belongs_to="a")


@given(st.integers(min_value=0, max_value=34), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_anywhere_and_it_does_not_open(at: int, flip: int):
    sealed = bytearray(KEY.seal(b"secret", belongs_to="a"))
    sealed[at] ^= flip

    with pytest.raises(ValueError, match=r"sealing version|does not open"):
        KEY.unseal(bytes(sealed), belongs_to="a")


def test_neither_another_owner_nor_another_key_opens_it():
    sealed = KEY.seal(b"secret", belongs_to="a")

    for key, owner in ((KEY, "b"), (SealingKey(os.urandom(32)), "a")):
        with pytest.raises(ValueError, match="does not open"):
            key.unseal(sealed, belongs_to=owner)
    with pytest.raises(ValueError, match="32 bytes"):
        SealingKey(b"short")
