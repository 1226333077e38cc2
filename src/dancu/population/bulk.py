"""The registry read from end to end, or those who changed, as columns: for rooms that work on the whole nation at once.

One moment for everybody: several connections read one exported snapshot of the database. A block of pages comes as one row of
arrays, for a message a person would cost more than reading her. Nobody is in it of whom nothing is told outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

import numpy as np
import polars as pl
import psycopg
import pyarrow as pa
from django.db import transaction
from numpy.typing import NDArray

from dancu.kernel.warrants import Field, Warrant
from dancu.ledger import api as ledger
from dancu.population.domain import SEALED, LifeStatus, NumberState
from dancu.population.reader import warranted_act

BULK_FIELDS = frozenset(
    {
        Field.PERSONAL_ID, Field.FULL_NAME, Field.BIRTH_DATE, Field.OLD_ID_NO, Field.ID_CARDS, Field.LIFE_STATUS,
        Field.PERMANENT_RESIDENCE, Field.CURRENT_RESIDENCE,
    }
)  # fmt: skip
PAGES_A_BLOCK = 2048  # sixteen megabytes of table, some twenty thousand persons
NUMBERS_A_STEP = 20_000
_PART = 0x1F  # between texts; a text that holds one itself is read again without
# State and birth date in one number: state << 24 | life status << 21 | year << 9 | month << 5 | day.
_STATE_SHIFT, _LIFE_SHIFT, _DATE_MASK = 24, 21, (1 << 21) - 1
# Nor is a number told of that leads to somebody sealed. A scalar question, so that it is only asked where there is a successor.
_TOLD = f"""flags & {SEALED} = 0 and case when successor_no is null then true else coalesce(
    (select heir.flags & {SEALED} = 0 from population_person heir where heir.personal_no = person.successor_no), true) end"""  # noqa: S608
_PLACE = (
    "case when permanent_code <> '' then permanent_version || ' ' || permanent_code else current_version || ' ' || current_code end"
)
_COLUMNS = """
select array_agg(personal_no),
    array_agg((number_state::int << 24) | (life_status::int << 21) | (birth_year::int << 9) | (birth_month::int << 5) | birth_day),
    string_agg({name}, e'\\x1f'), string_agg({old}, e'\\x1f'), string_agg({place}, e'\\x1f'),
    string_agg(personal_no || ' ' || successor_no, e'\\x1f') filter (where successor_no is not null),
    string_agg(personal_no || ' ' || jsonb_path_query_array(id_cards, '$[*] ? (@.kind == "cmnd9").number')::text, e'\\x1f')
        filter (where id_cards @> '[{{"kind": "cmnd9"}}]')
from population_person person where {told} and {wanted}"""
_PAGES = "ctid >= format('(%%s,0)', %(from)s::bigint)::tid and ctid < format('(%%s,0)', %(to)s::bigint)::tid"
_LOADED = " and load_batch = any(%(loads)s)"
_NUMBERED = "personal_no = any(%(numbers)s)"
_MOMENT = """
select s.system_identifier || '-' || c.timeline_id || '-' || d.oid, pg_snapshot_xmin(pg_current_snapshot())::text,
    pg_relation_size('population_person') / current_setting('block_size')::int,
    array(select id from population_loadbatch where finished_at is not null and kind = 'persons' order by id)
from pg_control_system() s, pg_control_checkpoint() c, pg_database d where d.datname = current_database()"""
# Who leads to somebody is told of or not as she is.
_CHANGED = """
with changed as (select distinct personal_no from population_change where tx >= %s::text::xid8)
select array_agg(personal_no) from (select personal_no from changed
    union select p.personal_no from population_person p join changed c on c.personal_no = p.successor_no) as both_of_them"""
_NEW_LOADS = (
    "select array_agg(id), coalesce(sum(loaded), 0)::bigint from population_loadbatch where kind = 'persons' and id <> all(%s)"
)
_SAMPLED = "select personal_no from population_person tablesample system (%s) repeatable (1)"


@dataclass(frozen=True, slots=True)
class Moment:
    """As of when the registry was read (*thời điểm đọc*). Everything older than `horizon` is in it, whoever committed late."""

    database: str  # which database, and which line of its life: after a restore another
    horizon: str  # the oldest transaction that may still have been open
    loads: tuple[int, ...]  # loads that had ended


@dataclass(frozen=True, slots=True)
class BulkRows:
    """Some persons, in no order (*một khối dân cư*)."""

    people: pl.DataFrame  # number, state (of NumberState), life (of LifeStatus), date, name, old_number, place
    successors: pl.DataFrame  # number, value: the number a replaced one leads to
    card_numbers: pl.DataFrame  # number, value: nine-digit numbers of old cards, also those of `old_number`


@dataclass(frozen=True, slots=True)
class ChangedSince:
    """What is to be read again (*những người đã thay đổi*)."""

    numbers: NDArray[np.int64]
    loads: tuple[int, ...]  # persons of these may be new
    loaded: int  # how many they are at most


class BulkReading:
    """The registry at one moment (*một lần đọc toàn bộ*). Use one iterator of `everybody` a thread."""

    def __init__(self, connections: Sequence[psycopg.Connection[Any]], moment: Moment, pages: int) -> None:
        self._connections, self._pages = connections, pages
        self.moment = moment

    @property
    def blocks(self) -> int:
        return -(-self._pages // PAGES_A_BLOCK)

    def everybody(self, loads: Sequence[int] | None = None) -> list[Iterator[BulkRows]]:
        """As many iterators as connections; together they give everybody once, or the persons of some loads."""
        wanted = _PAGES if loads is None else _PAGES + _LOADED
        nexts = count()
        return [self._blocks(connection, nexts, wanted, list(loads or ())) for connection in self._connections]

    def _blocks(
        self, connection: psycopg.Connection[Any], nexts: Iterator[int], wanted: str, loads: list[int]
    ) -> Iterator[BulkRows]:
        while (block := next(nexts)) < self.blocks:
            begin = block * PAGES_A_BLOCK
            yield _read(connection, wanted, {"from": begin, "to": begin + PAGES_A_BLOCK, "loads": loads})

    def of(self, numbers: NDArray[np.int64]) -> Iterator[BulkRows]:
        """Those of some numbers who are told of; whoever is missing is not, or is no more."""
        for begin in range(0, len(numbers), NUMBERS_A_STEP):
            yield _read(self._connections[0], _NUMBERED, {"numbers": numbers[begin : begin + NUMBERS_A_STEP].tolist()})

    def changed_since(self, earlier: Moment) -> ChangedSince | None:
        """Whoever may stand otherwise than then; None where that cannot be told, for it is another database or an earlier state.

        A row is changed with a line in the history, or brought by a load that had not ended then.
        """
        here = self.moment
        if earlier.database != here.database or int(earlier.horizon) > int(here.horizon) or set(earlier.loads) - set(here.loads):
            return None
        connection = self._connections[0]
        loads = connection.execute(_NEW_LOADS, [list(earlier.loads)]).fetchone()
        assert loads is not None
        with connection.cursor(binary=True) as cursor:
            cursor.execute(_CHANGED, [earlier.horizon])
            numbers = _integers(cursor.pgresult, 0)
        return ChangedSince(np.sort(numbers), tuple(loads[0] or ()), loads[1])

    def sample(self, about: int) -> NDArray[np.int64]:
        """Some numbers, spread as all are: where to cut the nation into parts."""
        counted = self._connections[0].execute(
            "select greatest(reltuples, 1)::float8 from pg_class where oid = 'population_person'::regclass"
        )
        row = counted.fetchone()
        assert row is not None
        share = min(100.0, 100.0 * about / row[0]) if row[0] > about else 100.0
        found = self._connections[0].execute(_SAMPLED, [share]).fetchall()
        return np.sort(np.array([each[0] for each in found], np.int64))


@contextmanager
def bulk_reading(url: str, warrant: Warrant, *, now: datetime, outcome: str, connections: int = 2) -> Iterator[BulkReading]:
    """Read the registry as it stands at one moment (*đọc toàn bộ cơ sở dữ liệu*), with a role that may read its tables.

    The entry in the ledger is written before the first row is read. Raises `AssertionError` for a warrant that has expired or
    does not name all that is read.
    """
    assert warrant.expires_at > now, "an expired warrant reads nothing"
    assert warrant.fields >= BULK_FIELDS, "the warrant must name what is read"
    with transaction.atomic():
        ledger.record(warranted_act(warrant, ledger.ActKind.SEARCH, outcome, "", BULK_FIELDS), now=now)
    with ExitStack() as stack:
        first = stack.enter_context(_connect(url))
        # The lock comes before the snapshot is taken: nobody empties or rewrites the table in between.
        first.execute("lock table population_person, population_change, population_loadbatch in access share mode")
        exported = first.execute("select pg_export_snapshot()").fetchone()
        row = first.execute(_MOMENT).fetchone()
        assert exported is not None
        assert row is not None
        others = [stack.enter_context(_connect(url)) for _ in range(connections - 1)]
        for other in others:
            other.execute(f"set transaction snapshot '{exported[0]}'")
        yield BulkReading([first, *others], Moment(row[0], row[1], tuple(row[3])), row[2])


@contextmanager
def _connect(url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(url, application_name="dancu-bulk", options="-c statement_timeout=0 -c jit=off") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection
        connection.rollback()


def _read(connection: psycopg.Connection[Any], wanted: str, values: dict[str, Any]) -> BulkRows:
    texts = _texts(connection, wanted, values, is_clean=True)
    return texts or _texts(connection, wanted, values, is_clean=False) or _nobody()


def _texts(connection: psycopg.Connection[Any], wanted: str, values: dict[str, Any], *, is_clean: bool) -> BulkRows | None:
    """None where a text holds the sign between texts, which then is taken out by the server."""
    column: Callable[[str], str] = (lambda name: name) if is_clean else (lambda name: f"translate({name}, e'\\x1f', ' ')")
    statement = _COLUMNS.format(name=column("full_name"), old=column("old_id_no"), place=column(_PLACE), told=_TOLD, wanted=wanted)
    with connection.cursor(binary=True) as cursor:
        cursor.execute(statement, values)
        result = cursor.pgresult
        numbers, packed = _integers(result, 0), _integers(result, 1)
        names, olds, places = (_split(result, column) for column in (2, 3, 4))
        successors, cards = _pairs(result, 5), _pairs(result, 6)
    if not len(numbers):
        return _nobody()
    if not len(numbers) == len(names) == len(olds) == len(places):
        return None
    people = pl.DataFrame(
        {
            "number": numbers,
            "state": (packed >> _STATE_SHIFT).astype(np.uint8),
            "life": (packed >> _LIFE_SHIFT & 7).astype(np.uint8),
            "date": (packed & _DATE_MASK).astype(np.uint32),
            "name": names,
            "old_number": _nine_digits(olds),
            "place": places,
        }
    )
    return BulkRows(people, _led(successors), _on_cards(cards))


def _nobody() -> BulkRows:
    pairs = pl.DataFrame(schema={"number": pl.Int64, "value": pl.Int64})
    texts = {"name": pl.String, "old_number": pl.UInt32, "place": pl.String}
    numbers = {"number": pl.Int64, "state": pl.UInt8, "life": pl.UInt8, "date": pl.UInt32}
    return BulkRows(pl.DataFrame(schema={**numbers, **texts}), pairs, pairs)


def _integers(result: Any, column: int) -> NDArray[Any]:
    """A one-dimensional array of int4 or int8 as the server sends it: twenty bytes, then each value with its length before it."""
    data = result.get_value(0, column) if result.ntuples else None
    if data is None or len(data) < 20:
        return np.empty(0, np.int64)
    width = int.from_bytes(data[20:24])
    values: NDArray[Any] = np.frombuffer(data, [("bytes", ">i4"), ("value", f">i{width}")], offset=20)["value"]
    return values.astype(f"<i{width}")


def _split(result: Any, column: int) -> pl.Series:
    """Texts between the signs: offsets are found and signs taken out in one step each, several times as fast as text by text."""
    data = result.get_value(0, column)
    if data is None:
        return pl.Series(dtype=pl.String)
    letters = np.frombuffer(data, np.uint8)
    signs = np.flatnonzero(letters == _PART)
    offsets = np.zeros(len(signs) + 2, np.int32)
    offsets[1:-1] = signs - np.arange(len(signs))
    offsets[-1] = len(letters) - len(signs)
    kept = pa.py_buffer(letters[letters != _PART])
    return pl.Series("", pa.StringArray.from_buffers(len(signs) + 1, pa.py_buffer(offsets), kept), dtype=pl.String)


def _pairs(result: Any, column: int) -> pl.DataFrame:
    cut = _split(result, column).str.splitn(" ", 2).struct.unnest()
    return cut.select(pl.col("field_0").cast(pl.Int64).alias("number"), pl.col("field_1").alias("value"))


def _led(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.with_columns(pl.col("value").cast(pl.Int64))


def _on_cards(pairs: pl.DataFrame) -> pl.DataFrame:
    numbers = pl.col("value").str.extract_all(r'"[0-9]{9}"')
    return (
        pairs.with_columns(numbers).explode("value").drop_nulls().with_columns(pl.col("value").str.strip_chars('"').cast(pl.Int64))
    )


def _nine_digits(texts: pl.Series) -> pl.Series:
    """The number of the old card, 0 for none and for what is none."""
    return (
        pl.select(pl.when(texts.str.len_bytes() == 9).then(texts.cast(pl.UInt32, strict=False)).otherwise(0).fill_null(0))
        .to_series()
        .alias("old_number")
    )


assert max(NumberState) < 1 << 3
assert max(LifeStatus) < 1 << 3
