"""A snapshot of simulated persons, for who tries the room without a registry of real ones: tests, the demo."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from dancu.reconcile import work


def simulated_snapshot(
    folder: Path,
    key_dir: Path,
    people: Sequence[tuple[str, str, str]],
    *,
    dead: Collection[str] = (),
    old: Mapping[str, str] | None = None,
    version: str = "mô phỏng",
) -> None:
    """Write a snapshot of persons given as number, name and ISO birth date (*bản chụp dân cư mô phỏng*).

    `old`: personal number → nine-digit number.
    """
    import numpy as np
    import pyarrow as pa

    from dancu.reconcile.engine.arrow import text_column
    from dancu.reconcile.engine.build import Persons, build
    from dancu.reconcile.engine.snapshot import MARK_DEAD, save_arrays

    numbers = np.array([int(number) for number, _name, _born in people], np.int64)
    names, dates = (text_column(pa.array([each[at] for each in people], pa.large_string())) for at in (1, 2))
    gone = set(dead)
    marks = np.array([MARK_DEAD if number in gone else 0 for number, _name, _born in people], np.uint32)
    had = [(int(old[number]), at) for at, (number, _name, _born) in enumerate(people) if old and old.get(number)]
    old_numbers, old_of = np.array([each for each, _at in had], np.uint32), np.array([at for _each, at in had], np.int64)
    nowhere = np.zeros(len(people), np.uint32)
    made = build([Persons(numbers, *names, *dates, marks, nowhere, old_numbers, old_of)], work.name_key(key_dir), version)
    save_arrays(folder, made, {})
