"""Files mapped into memory that are read through once: what was read is let go of, so that a nation does not pile up here."""

from __future__ import annotations

import mmap
from typing import Any

from numpy.typing import NDArray


def let_go(array: NDArray[Any], begin: int, end: int) -> None:
    """Rows of a mapped file that were read need not stay in this process's memory; where it is no mapped file, nothing is done."""
    mapped = getattr(array, "_mmap", None)
    if not isinstance(mapped, mmap.mmap):
        return
    before = len(mapped) - array.nbytes  # the file's heading
    first = (before + begin * array.strides[0]) // mmap.PAGESIZE * mmap.PAGESIZE
    last = min((before + end * array.strides[0]) // mmap.PAGESIZE * mmap.PAGESIZE, len(mapped))
    if last > first:
        mapped.madvise(mmap.MADV_DONTNEED, first, last - first)
