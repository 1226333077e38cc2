"""A registry as sorted arrays: every number there is is found, none that is not, wherever its neighbours crowd."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from dancu.kernel.names import canonical_name
from dancu.reconcile.engine.exact import compare
from dancu.reconcile.engine.reasons import Found
from dancu.reconcile.engine.snapshot import NUMBERS_A_LINE, home_of, open_snapshot, save_arrays
from tests.reconcile.engine.columns import KEY, batch, snapshot

NAME, BORN = "Trần Văn Thử", "1993-02-03"


def crowded(chance: random.Random) -> list[str]:
    """Numbers as they are given: long runs, lone ones, full and empty cells, the first and the last there can be."""
    numbers = {f"001093{at:06d}" for at in range(5000)} | {f"046193{at:06d}" for at in range(999_000, 1_000_000)}
    numbers |= {f"096{chance.randrange(1000):03d}{chance.randrange(1_000_000):06d}" for _ in range(3000)}
    numbers |= {f"079099{chance.randrange(40_000):06d}" for _ in range(3000)}
    return sorted(numbers | {"000000000000", "999999999999", "001093999999"})


def test_every_number_is_found_and_no_other() -> None:
    chance = random.Random(3)
    numbers = crowded(chance)
    known = snapshot(*((number, NAME, BORN) for number in chance.sample(numbers, len(numbers))))
    beside = sorted({f"{int(number) + step:012d}"[-12:] for number in numbers for step in (-1, 1)} - set(numbers))
    asked = [*numbers, *beside]

    made = compare(batch(*((number, NAME, "03/02/1993") for number in asked)), known, KEY, 2026)

    assert made.row[: len(numbers)].tolist() == list(range(len(numbers)))
    assert set(made.found[: len(numbers)]) == {Found.BY_ID}
    assert set(made.found[len(numbers) :]) == {Found.NOBODY}
    assert not made.differs.any()


def test_a_number_is_found_behind_one_of_a_larger_cell_with_the_same_mark_in_the_same_line() -> None:
    crowd = [1_093_000_000 + at for at in range(8192)]
    bits, lines = len(crowd).bit_length(), (len(crowd) + 1) // NUMBERS_A_LINE + 1
    homes = {tuple(map(int, home_of(number, lines, bits))) for number in crowd[1:]}
    alone = next(
        number for number in range(96_099_000_000, 96_100_000_000) if tuple(map(int, home_of(number, lines, bits))) in homes
    )
    known = snapshot(*((f"{number:012d}", NAME, BORN) for number in [*crowd, alone]))

    made = compare(batch((f"{alone:012d}", NAME, "03/02/1993")), known, KEY, 2026)

    assert (made.found[0], made.row[0]) == (Found.BY_ID, len(crowd))


def test_an_old_number_leads_to_its_person_and_of_several_to_the_one_the_record_speaks_of() -> None:
    mother, other, third = "046193000001", "046093000002", "046093000003"
    known = snapshot(
        (mother, "Nguyễn Thị Mẹ", "1960-01-05"), (other, NAME, BORN), (third, "Lê Văn Ba", "1971-07-08"),
        old={mother: "191000001", other: "191000001", third: "191000002"},
    )  # fmt: skip

    made = compare(
        batch(
            ("191000001", NAME, "03/02/1993"),
            ("191000001", "Nguyễn Thị Mẹ", ""),
            ("191000001", "Ai Đó", "01/01/1950"),
            ("191000002", "Ai Đó", "01/01/1950"),
            ("191000003", NAME, "03/02/1993"),
        ),
        known,
        KEY,
        2026,
    )

    assert made.found.tolist() == [Found.BY_OLD, Found.BY_OLD, Found.SEVERAL, Found.BY_OLD, Found.NOBODY]
    assert made.row[:2].tolist() == [1, 2] or made.row[:2].tolist() == [0, 2]
    assert made.row[3] != made.row[0]


def test_a_snapshot_on_disk_is_the_one_that_was_written(tmp_path: Path) -> None:
    made = snapshot(*((f"0460930{at:05d}", NAME, BORN) for at in range(0, 4000, 3)), old={"046093000003": "191000001"})

    save_arrays(tmp_path / "a", made, {})
    opened = open_snapshot(tmp_path / "a")

    assert opened.version == "thử"
    for name in ("rows", "cell_starts", "table", "old", "old_rows", "communes", "names", "name_lengths", "name_blocks"):
        np.testing.assert_array_equal(getattr(opened, name), getattr(made, name))
        assert not getattr(opened, name).flags.writeable


def test_half_a_snapshot_is_none(tmp_path: Path) -> None:
    save_arrays(tmp_path, snapshot(("046093000002", NAME, BORN)), {})
    (tmp_path / "snapshot.json").unlink()

    with pytest.raises(FileNotFoundError):
        open_snapshot(tmp_path)


def test_a_row_knows_its_number_its_name_and_its_commune() -> None:
    chance = random.Random(5)
    numbers = chance.sample(crowded(chance), 500)
    names = [chance.choice(["Trần Văn Thử", "H’Hen Niê", "ĐỖ THỊ HOÀ", "Y 𐌰", "Straße"]) + " " + number for number in numbers]
    made = snapshot(*((number, name, BORN) for number, name in zip(numbers, names, strict=True)))

    order = np.argsort([int(number) for number in numbers])

    assert made.numbers_of(np.arange(500)).tolist() == sorted(map(int, numbers))
    assert [made.name_of(row) for row in range(500)] == [canonical_name(names[at]) for at in order]
    assert made.communes.tolist() == (order + 1).tolist()
