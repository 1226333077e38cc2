"""A keyed hash tells equal values apart from others only to who holds the key, and differs from use to use."""

from __future__ import annotations

import pytest

from dancu.kernel.keyed_hash import HashKey

KEY, OTHER = bytes(32), b"\x01" * 32


def test_the_same_value_has_the_same_hash_and_another_has_another():
    assert HashKey(KEY, "a").of(b"x") == HashKey(KEY, "a").of(b"x")
    assert HashKey(KEY, "a").of(b"x") != HashKey(KEY, "a").of(b"y")


def test_another_key_or_another_use_gives_another_hash():
    assert len({HashKey(KEY, "a").of(b"x"), HashKey(OTHER, "a").of(b"x"), HashKey(KEY, "b").of(b"x")}) == 3


def test_a_key_of_another_length_is_refused():
    with pytest.raises(ValueError):
        HashKey(b"short", "a")
