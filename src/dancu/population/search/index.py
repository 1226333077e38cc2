"""Keeping the index of names: one person, one load batch, or the whole registry beside the index that serves meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, transaction

from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Conflict
from dancu.population.domain import NumberState
from dancu.population.search.keys import folded_words, keys_of, province_today
from dancu.population.search.rows import KeyedPersons, keyed

STEP_PERSONS = 2_000  # one transaction of an update in place
BLOCK_PERSONS = 100_000  # read, keyed and written at once by a build: some 50 MB
LOCK_SECONDS_MAX = 30
_BUILD_LOCK = 7_405_022  # advisory: one build at a time

_SOURCE = "personal_no, number_state, full_name, other_name, birth_year, birth_month, birth_day, permanent_version, permanent_code"
_PERSONS = f"select {_SOURCE} from population_person where personal_no = any(%s)"  # noqa: S608 - our own columns
_UPSERT = """insert into {table} (personal_no, birth_year, province, keys) values (%s, %s, %s, %s)
on conflict (personal_no) do update set birth_year = excluded.birth_year, province = excluded.province, keys = excluded.keys"""
# Only new words: everybody's family name would be one row that all corrections queue for. The counts come with the build.
_ADD_WORDS = "insert into population_nameword (word, persons) select unnest(%s::text[]), 1 on conflict do nothing"

_BEGIN = """
drop trigger if exists search_touched on population_searchentry;
drop table if exists population_searchentry_next, population_searchentry_touched;
create table population_searchentry_next (like population_searchentry including defaults);
create table population_searchentry_touched (personal_no bigint not null);
create or replace function population_search_touched() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    insert into population_searchentry_touched values (coalesce(new.personal_no, old.personal_no));
    return null;
end $$;
-- Taking the lock for the trigger waits for everybody who is changing an entry: whoever comes later is noted.
create trigger search_touched after insert or update or delete on population_searchentry
    for each row execute function population_search_touched();
"""
_GIVE_UP = """
drop trigger if exists search_touched on population_searchentry;
drop table if exists population_searchentry_next, population_searchentry_touched;
drop function if exists population_search_touched();
"""
_READ = f"""copy (select personal_no,
    case when other_name = '' then full_name else full_name || chr(31) || other_name end,
    birth_year, birth_month, birth_day, permanent_version || chr(31) || split_part(permanent_code, '.', 1)
    from population_person where number_state = {int(NumberState.IN_FORCE)}) to stdout (format csv)"""  # noqa: S608 - our own number
_WRITE = "copy population_searchentry_next (personal_no, birth_year, province, keys) from stdin (format binary)"
_INDEXES = """
alter table population_searchentry_next add constraint population_searchentry_next_pkey primary key (personal_no);
create index search_keys_next on population_searchentry_next using gin (keys) with (fastupdate = off);
do $$
declare right_of record;
begin
    for right_of in select * from pg_class c, aclexplode(c.relacl) a
            where c.oid = 'population_searchentry'::regclass and a.grantee <> 0 loop
        execute format('grant %s on population_searchentry_next to %I', right_of.privilege_type, right_of.grantee::regrole);
    end loop;
end $$;
analyze population_searchentry_next;
"""
_SWAP = """
drop trigger search_touched on population_searchentry;
drop table population_searchentry, population_searchentry_touched;
drop function population_search_touched();
alter table population_searchentry_next rename to population_searchentry;
alter index population_searchentry_next_pkey rename to population_searchentry_pkey;
alter index search_keys_next rename to search_keys;
"""


def index_persons(numbers: Sequence[int]) -> None:
    """File persons as the registry has them now, in the caller's transaction (*cập nhật chỉ mục tra cứu*).

    For whoever changes name, birth date, permanent residence or state of a number. A replaced or cancelled number
    loses its entry, a dead person keeps it.
    """
    with connection.cursor() as cursor:
        _file(cursor, "population_searchentry", numbers)


def forget_person(personal_no: int) -> None:
    """Take a number out of the index, in the caller's transaction (*bỏ khỏi chỉ mục tra cứu*)."""
    with connection.cursor() as cursor:
        cursor.execute("delete from population_searchentry where personal_no = %s", [personal_no])


def refresh_search(batch: int | None = None, *, owner_url: str = "", progress: Callable[[int], None] = lambda persons: None) -> int:
    """File a load batch, or everybody (*lập chỉ mục tra cứu*); gives how many persons were looked at. Safe to repeat.

    Everybody with `owner_url`, the address of the owner of the tables: built beside the index that serves, then put in
    its place. A batch, or an address that owns nothing: in place, in steps, slower. Raises `Conflict` while another build runs.
    """
    if batch is None and owner_url and _owns_tables(owner_url):
        return _build(owner_url, progress)
    done, last = 0, 0
    while numbers := _numbers_after(last, batch):
        with transaction.atomic():
            index_persons(numbers)
        done, last = done + len(numbers), numbers[-1]
        progress(done)
    return done


def _owns_tables(url: str) -> bool:
    with psycopg.connect(url) as asking:
        row = asking.execute(
            "select pg_has_role(relowner, 'usage') from pg_class where oid = 'population_searchentry'::regclass"
        ).fetchone()
    return bool(row and row[0])


def _numbers_after(last: int, batch: int | None) -> list[int]:
    wanted, parameters = ("and load_batch = %s ", [batch]) if batch is not None else ("", [])
    with connection.cursor() as cursor:
        cursor.execute(
            f"select personal_no from population_person where personal_no > %s {wanted}order by personal_no limit {STEP_PERSONS}",  # noqa: S608
            [last, *parameters],
        )
        return [row[0] for row in cursor.fetchall()]


def _file(cursor: Any, table: str, numbers: Sequence[int]) -> None:
    cursor.execute(_PERSONS, [list(numbers)])
    entries: list[tuple[Any, ...]] = []
    gone = set(numbers)
    words: set[str] = set()
    for number, state, name, other, year, month, day, version, code in cursor.fetchall():
        if state != NumberState.IN_FORCE:
            continue
        province = province_today(version, code)
        entries.append((number, year, province, keys_of((name, other), PartialDate(year, month, day), province)))
        gone.discard(number)
        words.update(folded_words(name), folded_words(other))
    if gone:
        cursor.execute(f"delete from {table} where personal_no = any(%s)", [sorted(gone)])  # noqa: S608 - our own table
    if entries:
        cursor.executemany(_UPSERT.format(table=table), sorted(entries))
        cursor.execute(_ADD_WORDS, [sorted(words)])  # sorted: two who bring the same new words wait, not deadlock


# -- the whole registry ------------------------------------------------------------------------------------------------


def _build(owner_url: str, progress: Callable[[int], None]) -> int:
    with psycopg.connect(owner_url, autocommit=True) as writer, _alone(writer):
        writer.execute(f"set lock_timeout = '{LOCK_SECONDS_MAX}s'")
        writer.execute("set maintenance_work_mem = '512MB'")
        writer.execute(_BEGIN)
        try:
            with psycopg.connect(owner_url) as source:
                done, words = _copy_all(source, writer, progress)
            writer.execute(_INDEXES)
            with writer.transaction():
                _swap(writer, words)
        except BaseException:
            if not writer.closed:  # a lost connection leaves them; the next build begins by dropping them
                writer.execute(_GIVE_UP)
            raise
    return done


@contextmanager
def _alone(writer: psycopg.Connection[Any]) -> Iterator[None]:
    row = writer.execute("select pg_try_advisory_lock(%s)", [_BUILD_LOCK]).fetchone()
    if not row or not row[0]:
        raise Conflict(
            "search.building",
            "Chỉ mục tra cứu đang được lập ở nơi khác. Chờ xong rồi chạy lại nếu cần.",
            "The search index is being built elsewhere.",
        )
    yield  # the lock goes with the connection


def _copy_all(
    source: psycopg.Connection[Any], writer: psycopg.Connection[Any], progress: Callable[[int], None]
) -> tuple[int, Counter[str]]:
    """One snapshot of the registry through memory in blocks; gives how many persons and how many carry each word."""
    done, words = 0, Counter[str]()
    with source.cursor() as reading, writer.cursor() as writing, writing.copy(_WRITE) as out:
        out.write(KeyedPersons.HEADER)
        with reading.copy(_READ) as lines:
            block: list[bytes] = []
            for line in lines:
                block.append(bytes(line))
                if len(block) == BLOCK_PERSONS:
                    done += _write(block, out, words)
                    progress(done)
        done += _write(block, out, words)
        out.write(KeyedPersons.TRAILER)
    progress(done)
    return done, words


def _write(block: list[bytes], out: psycopg.Copy, words: Counter[str]) -> int:
    count = len(block)
    if count:
        persons = keyed(b"".join(block))
        block.clear()
        words.update(persons.words)
        for part in persons.binary:
            out.write(part)
    return count


def _swap(writer: psycopg.Connection[Any], words: Counter[str]) -> None:
    """Put the new index in the place of the old one, with what was changed meanwhile. Who searches waits for moments."""
    with writer.cursor() as cursor:
        cursor.execute("lock table population_searchentry in access exclusive mode")
        cursor.execute("lock table population_nameword in share row exclusive mode")
        cursor.execute("delete from population_nameword")
        with cursor.copy("copy population_nameword (word, persons) from stdin") as out:
            for each in words.items():
                out.write_row(each)
        cursor.execute("select distinct personal_no from population_searchentry_touched")
        touched = [row[0] for row in cursor.fetchall()]
        for start in range(0, len(touched), STEP_PERSONS):
            _file(cursor, "population_searchentry_next", touched[start : start + STEP_PERSONS])
        cursor.execute(_SWAP)
