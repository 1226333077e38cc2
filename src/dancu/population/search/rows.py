"""Many persons' keys at once: a block of CSV in, rows of a binary COPY out, each distinct name folded once. Pure."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow
from numpy.typing import NDArray
from pyarrow import csv

from dancu.population.search.keys import day_key, mixed, name_texts, place_key, province_today, text_hash

_COLUMNS = {
    "personal_no": pyarrow.int64(),
    "names": pyarrow.dictionary(pyarrow.int32(), pyarrow.string()),
    "birth_year": pyarrow.int64(),
    "birth_month": pyarrow.int64(),
    "birth_day": pyarrow.int64(),
    "place": pyarrow.dictionary(pyarrow.int32(), pyarrow.string()),
}
_INT4 = 23  # its object id in every PostgreSQL
_DAY_TEXT = np.uint64(text_hash(day_key(1900, 1, 1).text))


@dataclass(frozen=True, slots=True)
class KeyedPersons:
    """Rows of `population_searchentry` as a binary COPY takes them, and how many persons carry each word (*khối chỉ mục*)."""

    HEADER: ClassVar[bytes] = b"PGCOPY\n\xff\r\n\0" + bytes(8)
    TRAILER: ClassVar[bytes] = b"\xff\xff"

    binary: list[bytes]
    words: Counter[str]


def keyed(block: bytes) -> KeyedPersons:
    """`block`: lines of number, names (full and other, parted by U+001F), year, month, day, list version and province."""
    table = csv.read_csv(
        io.BytesIO(block),
        csv.ReadOptions(column_names=list(_COLUMNS), block_size=len(block) + 1, use_threads=False),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(column_types=_COLUMNS),
    ).combine_chunks()
    names, name_of = _distinct(table["names"])
    places, place_of = _distinct(table["place"])
    texts = [name_texts(name.split("\x1f")) for name in names]
    provinces = np.array([province_today(*place.split("\x1f")) for place in places], dtype="S2")[place_of]
    numbers, year, month, day = (table[name].to_numpy() for name in ("personal_no", "birth_year", "birth_month", "birth_day"))
    days = mixed(np.full(len(year), _DAY_TEXT), ((year * 16 + month) * 32 + day).astype(np.uint64))
    place_keys = mixed(_place_texts(provinces), year.astype(np.uint64))
    parts = []
    for rows, hashes in _of_equal_size(texts, name_of):
        of_names = mixed(hashes, year[rows].astype(np.uint64)[:, None])
        for has_province in (False, True):
            chosen = (provinces[rows] != b"") == has_province
            if not chosen.any():
                continue
            at = rows[chosen]
            keys = np.column_stack([of_names[chosen], days[at], *([place_keys[at]] if has_province else [])])
            parts.append(_binary(numbers[at], year[at], provinces[at] if has_province else None, keys))
    return KeyedPersons(parts, _word_counts(texts, name_of))


def _distinct(column: Any) -> tuple[list[str], NDArray[np.int64]]:
    coded = column.combine_chunks()
    coded = coded.chunk(0) if isinstance(coded, pyarrow.ChunkedArray) else coded
    return coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64)


def _place_texts(provinces: NDArray[Any]) -> NDArray[np.uint64]:
    distinct, at = np.unique(provinces, return_inverse=True)
    return np.array([text_hash(place_key(each.decode(), 0).text) for each in distinct], dtype=np.uint64)[at]


def _of_equal_size(texts: list[list[str]], name_of: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.uint64]]]:
    """Rows whose names have equally many texts, with the hashes of these: a table for each size, no loop over persons."""
    sizes = np.array([len(each) for each in texts])
    size_of = sizes[name_of]
    for size in np.unique(size_of):
        of_size = np.flatnonzero(sizes == size)
        hashes = np.array([[text_hash(text) for text in texts[i]] for i in of_size], dtype=np.uint64).reshape(len(of_size), size)
        place = np.zeros(len(sizes), dtype=np.int64)
        place[of_size] = np.arange(len(of_size))
        rows = np.flatnonzero(size_of == size)
        yield rows, hashes[place[name_of[rows]]]


def _binary(numbers: NDArray[Any], years: NDArray[Any], provinces: NDArray[Any] | None, keys: NDArray[np.int32]) -> bytes:
    """Rows of one shape in the format of PostgreSQL's binary COPY: every field with its length, big endian."""
    count = keys.shape[1]
    province = [("province", "S2")] if provinces is not None else []
    row = np.zeros(
        len(numbers),
        dtype=[
            ("fields", ">i2"),
            ("number_bytes", ">i4"),
            ("number", ">i8"),
            ("year_bytes", ">i4"),
            ("year", ">i2"),
            ("province_bytes", ">i4"),
            *province,
            ("keys_bytes", ">i4"),
            ("shape", ">i4", (5,)),  # dimensions, nulls, type, length, first index
            ("keys", [("bytes", ">i4"), ("key", ">i4")], (count,)),
        ],
    )
    row["fields"], row["number_bytes"], row["year_bytes"] = 4, 8, 2
    row["number"], row["year"] = numbers, years
    if provinces is not None:
        row["province_bytes"], row["province"] = 2, provinces
    row["keys_bytes"], row["shape"] = 20 + 8 * count, (1, 0, _INT4, count, 1)
    row["keys"]["bytes"], row["keys"]["key"] = 4, keys
    return row.tobytes()


def _word_counts(texts: list[list[str]], name_of: NDArray[np.int64]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for each, persons in zip(texts, np.bincount(name_of, minlength=len(texts)).tolist(), strict=True):
        for text in each:
            if text.startswith("w:"):
                counts[text[2:]] += persons
    return counts
