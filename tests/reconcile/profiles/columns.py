"""Columns and batches written down as texts. Nobody here exists."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dancu.reconcile.engine.exact import Batch
from dancu.reconcile.profiles.flags import OwnFlag, faults_of
from dancu.reconcile.reading.text_rows import Column

HER_NUMBER = "001190000025"


def a_column(*texts: str) -> Column:
    data = [text.encode() for text in texts]
    return Column(
        np.frombuffer(b"".join(data), np.uint8), np.concatenate([[0], np.cumsum([len(each) for each in data])]).astype(np.int64)
    )


def records(numbers: Sequence[str], names: Sequence[str] | None = None, dates: Sequence[str] | None = None) -> Batch:
    number = a_column(*numbers)
    name = a_column(*(names or ["Trần Thị Hường"] * len(numbers)))
    day = a_column(*(dates or ["02/09/1955"] * len(numbers)))
    return Batch(number.data, number.offsets, name.data, name.offsets, day.data, day.offsets)


def persons(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


def said(flags: np.ndarray) -> list[list[OwnFlag]]:
    return [faults_of(int(each)) for each in flags]
