"""Parts: any number of workers writes the same bytes, finished parts are not made again, no two parts share a number."""

from __future__ import annotations

import hashlib
import itertools
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from dancu.kernel.errors import Conflict, Invalid
from dancu.population.api import UNITS_FILE
from dancu.synth.api import PERSONAS, Order, Source, check_nation, read_statistics, write_nation, write_persons_file
from dancu.synth.frames import SCHEMAS, TABLES
from dancu.synth.plan import Piece, guest_run, keys_of, old_run, own_run, plan_parts, scatter
from tests.synth.nations import a_folder_of_statistics, in_small_parts

COUNT = 3000


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> Order:
    return Order(Source(5, UNITS_FILE, in_small_parts(tmp_path_factory.mktemp("own"), 900)), COUNT, None)


@pytest.fixture(scope="module")
def made(order: Order, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    write_nation(order, folder, 1)
    return folder


def digests(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def test_two_workers_write_the_bytes_of_one(order: Order, made: Path, tmp_path: Path) -> None:
    parts = write_nation(order, tmp_path, 2)

    assert parts == len(order.parts()) > 2
    assert digests(tmp_path) == digests(made)


def test_another_seed_writes_other_persons(order: Order, made: Path, tmp_path: Path) -> None:
    write_nation(Order(Source(6, UNITS_FILE, order.source.statistics), COUNT, None), tmp_path, 1)

    ours, theirs = (set(pl.read_parquet(f / "persons")["personal_id"]) for f in (made, tmp_path))
    assert len(ours & theirs) < COUNT / 20


def test_the_tables_follow_their_contract_and_every_person_is_there(made: Path) -> None:
    for table in TABLES:
        assert dict(pl.read_parquet(made / table).schema) == SCHEMAS[table]
    persons = pl.read_parquet(made / "persons")
    assert len(persons) == COUNT
    assert persons["personal_id"].to_list()[: len(PERSONAS)] == [p["personal_id"] for p in PERSONAS]
    assert check_nation(made).counts == {}


def read_lines(file: Path) -> pl.DataFrame:
    return pl.DataFrame([json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()], SCHEMAS["persons"])


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_one_file_of_several_parts_has_the_persons_of_the_folder(order: Order, made: Path, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"persons.{ending}"
    write_persons_file(order, file)

    read = {"parquet": pl.read_parquet, "csv": lambda f: pl.read_csv(f, infer_schema=False), "jsonl": read_lines}[ending]
    assert read(file).fill_null("").equals(pl.read_parquet(made / "persons"))


def test_a_file_of_another_kind_is_refused(order: Order, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        write_persons_file(order, tmp_path / "persons.xlsx")

    assert refused.value.code == "synth.ending"


def test_what_is_there_is_not_made_again_and_what_is_missing_is(order: Order, made: Path, tmp_path: Path) -> None:
    write_nation(order, tmp_path, 1)
    kept = tmp_path / "persons" / "part-00000.parquet"
    stamp = kept.stat().st_mtime_ns
    (tmp_path / "persons" / "part-00001.parquet").unlink()
    seen: list[tuple[int, int]] = []

    again = write_nation(order, tmp_path, 1, lambda done, of: seen.append((done, of)))

    assert again == 1
    assert kept.stat().st_mtime_ns == stamp
    assert digests(tmp_path) == digests(made)
    assert seen == [(sum(part.count for part in order.parts()), COUNT)]


def test_a_folder_with_another_nation_is_refused(order: Order, made: Path) -> None:
    before = digests(made)

    with pytest.raises(Conflict) as refused:
        write_nation(Order(Source(7, UNITS_FILE), COUNT, None), made, 1)

    assert refused.value.code == "synth.folder"
    assert digests(made) == before


def test_the_folder_says_what_it_was_drawn_from(order: Order, made: Path) -> None:
    about = json.loads((made / "nation.json").read_text())

    assert about == {
        "seed": 5,
        "version": 1,
        "count": COUNT,
        "province": "",
        "parts": len(order.parts()),
        "statistics": read_statistics(order.source.statistics).digest,
    }
    assert about["statistics"] != read_statistics().digest


@pytest.mark.parametrize(
    ("count", "province", "code"), [(10, "99", "synth.province"), (0, "46", "synth.count"), (10**9, None, "synth.count")]
)
def test_an_impossible_order_is_refused(count: int, province: str | None, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        Order(Source(1, UNITS_FILE), count, province).parts()

    assert refused.value.code == code


def test_parts_cut_provinces_and_bundle_small_ones() -> None:
    parts = plan_parts(np.array([250, 10, 0, 20, 90]), 100)

    assert [part.count for part in parts] == [83, 83, 84 + 10, 20, 90] or sum(part.count for part in parts) == 370
    assert max(part.count for part in parts) <= 100
    assert [(p.place, p.of) for part in parts for p in part.pieces if p.province == 0] == [(0, 3), (1, 3), (2, 3)]
    assert 2 not in {p.province for part in parts for p in part.pieces}


def test_runs_of_numbers_never_meet_and_a_hundred_million_persons_find_room() -> None:
    """At 100 million persons a province of nine percent has some 47 parts; each may give more than any year of birth needs."""
    provinces = read_statistics().table("provinces")["population"].to_numpy()
    parts = plan_parts((provinces / provinces.sum() * 100_000_000).astype(int), 200_000)
    largest = max(range(63), key=lambda p: provinces[p])
    runs = [own_run(piece) for part in parts for piece in part.pieces if piece.province == largest] + [
        guest_run(part) for part in parts
    ]

    ends = sorted((first, first + room) for first, room in runs)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(ends))
    assert ends[-1][1] <= 999_000
    # The largest five-year group has 8.6 percent; half of a fifth of it are men of one year.
    assert min(room for _, room in runs if room > 1000) > max(part.count for part in parts) * 0.02
    assert len(parts) < 999


def test_every_serial_of_a_cell_gives_one_number_and_none_of_block_zero() -> None:
    serials = np.arange(999_000)
    for cell in (46195, 79082):
        numbers = scatter(serials, np.full(len(serials), keys_of(1, np.array([cell]))[0]))

        assert len(np.unique(numbers)) == len(serials)
        assert (numbers.min(), numbers.max()) == (1000, 999_999)
        assert not np.array_equal(np.sort(numbers[:1000]), np.arange(1000, 2000))


def test_old_numbers_of_two_pieces_never_meet() -> None:
    runs = [old_run(Piece(0, 1, place, 2), 3, province) for province in range(3) for place in range(2)]

    ends = sorted((first, first + room) for first, room in runs)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(ends))
    assert ends[-1][1] <= 10_000_000


def test_own_tables_replace_ours_one_by_one(tmp_path: Path) -> None:
    folder = a_folder_of_statistics(tmp_path, "household_sizes", "1,1,10.9", "1,1,11.9")

    own = read_statistics(folder)

    assert own.table("household_sizes")["percent"][0] == 11.9
    assert own.table("provinces").equals(read_statistics().table("provinces"))
    assert own.digest != read_statistics().digest


@pytest.mark.parametrize(
    ("table", "text", "says"),
    [
        ("household_sizes", "size_from,percent\n1,2\n", "size_to"),
        ("household_sizes", "size_from,size_to,percent\n1,1,viel\n", "percent"),
        ("household_sizes", "size_from,size_to,percent\n1,1,-5\n", "percent"),
        ("household_sizes", "size_from,size_to,percent\n", "dòng"),
        ("nothing_known", "a\n1\n", "nothing_known"),
        ("assumptions", "name,value,unit\nreference_day,soon,day\n", "reference_day"),
    ],
)
def test_a_wrong_table_is_refused_with_what_is_wrong(tmp_path: Path, table: str, text: str, says: str) -> None:
    (tmp_path / f"{table}.csv").write_text(text, encoding="utf-8")

    with pytest.raises(Invalid) as refused:
        read_statistics(tmp_path).day("reference_day")

    assert says in refused.value.message


def test_statistics_carry_source_and_confidence() -> None:
    from dancu.synth.statistics import OWN_FOLDER

    for file in OWN_FOLDER.glob("*.csv"):
        table = pl.read_csv(file, infer_schema=False)
        assert {"source", "confidence"} <= set(table.columns), file.name
        assert table.select("source", "confidence").null_count().row(0) == (0, 0), file.name
        assert table["confidence"].str.contains("certain|likely|unsure").all(), file.name


def test_ethnic_totals_of_the_provinces_are_the_national_ones() -> None:
    from dancu.synth.people import ethnic_shares

    groups = read_statistics().table("ethnic_groups")
    codes, counts = ethnic_shares(read_statistics())

    assert codes.tolist() == groups["code"].cast(int).to_list()
    assert np.allclose(counts.sum(axis=0), groups["population"].to_numpy(), rtol=1e-6)
    assert np.allclose(counts.sum(axis=1), read_statistics().table("provinces")["population"].to_numpy(), rtol=1e-6)
