"""Records as a job keeps them, columns of text, as the search takes them; and the search as a job calls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dancu.reconcile.candidates.deciding import Candidates
from dancu.reconcile.candidates.finding import find
from dancu.reconcile.candidates.records import Unresolved
from dancu.reconcile.candidates.weights import Weights
from dancu.reconcile.engine.arrow import batch_of, text_column
from dancu.reconcile.engine.name_keys import NameKey
from dancu.reconcile.engine.second_look.beside import communes_of, sexes_of
from dancu.reconcile.engine.snapshot import Snapshot


class Asked(Protocol):
    """Records of a job nobody was surely found for: their places, and number, name, birth date, sex and commune as text.

    `held`: whom of the registry another record has for certain, where everybody stands in the list once.
    """

    @property
    def places(self) -> NDArray[np.int64]: ...
    @property
    def texts(self) -> pa.Table: ...
    @property
    def held(self) -> NDArray[np.bool_] | None: ...


Finder = Callable[[Asked, Snapshot, bool, Callable[[int, int], None]], Candidates]


Communes = Callable[[NDArray[np.uint32]], NDArray[np.uint32]]


def finder(key: NameKey, year_now: int, weights: Weights, present: Communes | None = None) -> Finder:
    """The search as a job calls it (*bộ tìm ứng viên*): records, snapshot, is everybody once in the list, who hears of progress.

    `present` gives the communes of now that codes of a list stand for; without it nobody's commune is known.
    """

    def search(asked: Asked, snapshot: Snapshot, one_to_one: bool, progress: Callable[[int, int], None]) -> Candidates:
        communes = None
        if present is not None and "commune" in asked.texts.column_names:
            communes = present(communes_of(*text_column(asked.texts.column("commune"))))
        records = unresolved_of(asked.places, asked.texts, communes)
        return find(records, snapshot, key, year_now, weights, one_to_one=one_to_one, held=asked.held, progress=progress)

    return search


def unresolved_of(places: NDArray[np.int64], texts: pa.Table, communes: NDArray[np.uint32] | None = None) -> Unresolved:
    """Records from columns `number`, `name`, `birth_date` and, where there is one, `sex` (*bản ghi chưa xác định được người*).

    A job gives sexes in words: what digits mean is told of its whole list.
    """
    has_sexes = "sex" in texts.column_names
    sexes = sexes_of(*text_column(texts.column("sex"))) if has_sexes else np.zeros(len(places), np.uint8)
    known = np.zeros(len(places), np.uint32) if communes is None else communes
    return Unresolved(places, batch_of(*(texts.column(name) for name in ("number", "name", "birth_date"))), sexes, known)
