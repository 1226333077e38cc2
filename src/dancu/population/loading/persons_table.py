"""Persons into their table: new ones by COPY straight away, those with a number that exists through a staging table.

A person who changes gets history: the row as it was (number 0), then what the load changed (migration 0003).
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl
import psycopg
from django.db import IntegrityError, transaction

from dancu.population.families import PARENT_KINDS
from dancu.population.loading.copying import Cursor, copy_csv, encode, rejected
from dancu.population.loading.kinds.persons import PERSONS, TWICE
from dancu.population.loading.prepare import Prepared, Reject
from dancu.population.models import LoadBatch

_NAMES = tuple(name for name, _ in PERSONS.gives)
_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
# Which column of the file a column of the table came from, where the names differ.
_FIELDS = {"successor_no": "successor", "birth_year": "birth_date", "birth_month": "birth_date", "birth_day": "birth_date"}


class PersonsTable:
    """Takes the chunks of one run (*bảng nhân thân*)."""

    def __init__(self, batch: LoadBatch, now: datetime) -> None:
        self._values = {"batch": batch.pk, "now": now, "today": now.astimezone(_VIETNAM).date()}
        self._straight = True  # until a number turns up that the table has

    def encode(self, prepared: Prepared) -> tuple[bool, bytes]:
        """The rows for COPY, and whether they fit the table itself. Called ahead, by the thread that reads."""
        if not self._straight:
            return False, encode(prepared.frame)
        return True, encode(prepared.frame.drop("line").with_columns(pl.lit(self._values["batch"]).alias("load_batch")))

    def take(self, cursor: Cursor, prepared: Prepared, encoded: tuple[bool, bytes]) -> tuple[int, list[Reject]]:
        """Write a chunk; gives how many rows are new or changed, and the rejects only the table knows of."""
        straight, data = encoded
        if straight and self._straight:
            try:
                with transaction.atomic():
                    copy_csv(cursor, "population_person", (*_NAMES, "load_batch"), data)
                return prepared.frame.height, []
            except (IntegrityError, psycopg.errors.UniqueViolation):
                self._straight = False
        if straight:
            data = encode(prepared.frame)
        return self._merge(cursor, data, prepared.frame.height)

    def _merge(self, cursor: Cursor, data: bytes, rows: int) -> tuple[int, list[Reject]]:
        cursor.execute(_STAGING)
        copy_csv(cursor, "loading_person", ("line", *_NAMES), data)
        cursor.execute("analyze loading_person (personal_no)")
        rejects = rejected(cursor, _TWICE, "personal_id", TWICE, self._values)
        cursor.execute(_DIFFERENCES)
        rejects += _corrected(cursor)
        rejects += _misborn(cursor)
        counts = []
        for statement in (_FIRST_VERSION, _CHANGE, _UPDATE, _INSERT, _UNCHANGED):
            cursor.execute(statement, self._values)
            counts.append(cursor.rowcount)
        _, _, updated, inserted, _ = counts
        self._straight = inserted == rows
        return updated + inserted, rejects


def _corrected(cursor: Cursor) -> list[Reject]:
    """A correction under four eyes is worth more than a file."""
    cursor.execute(_CORRECTED)
    return [
        Reject(
            line,
            _FIELDS.get(column, column),
            f"Người này đã được điều chỉnh có phê duyệt; dữ liệu nạp khác ở {_FIELDS.get(column, column)} nên không ghi đè. "
            "Nếu dữ liệu nạp mới đúng, lập yêu cầu điều chỉnh.",
        )
        for line, column in cursor.fetchall()
    ]


def _misborn(cursor: Cursor) -> list[Reject]:
    """Birth years against parents and children as they will be; what is refused may make another row wrong, so look again."""
    message = "Năm sinh này không hợp với cha, mẹ hoặc con đã ghi: cha, mẹ phải sinh trước con ít nhất một năm."
    rejects: list[Reject] = []
    while found := rejected(cursor, _MISBORN, "birth_date", message):
        rejects += found
    return rejects


def _all(prefix: str, names: tuple[str, ...] = _NAMES[1:]) -> str:
    return ", ".join(f"{prefix}{name}" for name in names)


# The names below are our own column lists; nothing of a file gets into a statement.
_STAGING = f"""
create temp table if not exists loading_person (line int8, {", ".join(f"{name} {kind}" for name, kind in PERSONS.gives)});
create temp table if not exists loading_difference (personal_no int8 primary key, line int8);
truncate loading_person, loading_difference"""
# Rows of this run, or found unchanged by it: the number has stood in the file before.
_TWICE = """
delete from loading_person l using population_person p where p.personal_no = l.personal_no and (p.load_batch = %(batch)s
    or exists (select from population_loadunchanged u where u.batch = %(batch)s and u.personal_no = l.personal_no))
returning l.line"""
# Only what will change is locked: locking writes to the row.
_DIFFERENCES = f"""
insert into loading_difference select p.personal_no, l.line from population_person p join loading_person l using (personal_no)
where ({_all("p.")}) is distinct from ({_all("l.")}) for update of p"""  # noqa: S608
_CORRECTED = f"""
with corrected as (
    delete from loading_difference d where exists (
        select from population_change c where c.personal_no = d.personal_no and c.approver <> '') returning personal_no),
gone as (delete from loading_person l using corrected where l.personal_no = corrected.personal_no returning l.*)
select gone.line, case {" ".join(f"when gone.{n} is distinct from p.{n} then '{n}'" for n in _NAMES[1:])} end
from gone join population_person p using (personal_no)"""  # noqa: S608
_MISBORN = f"""
with years as (select p.personal_no, d.line, l.birth_year from loading_difference d join loading_person l using (personal_no)
    join population_person p using (personal_no) where p.birth_year <> l.birth_year),
wrong as (select y.personal_no from years y cross join lateral (
        select * from population_relation t where t.personal_no = y.personal_no
        union all select * from population_relation t where t.other_no = y.personal_no) r
    join population_person c on c.personal_no = r.personal_no join population_person o on o.personal_no = r.other_no
    left join years cy on cy.personal_no = c.personal_no left join years oy on oy.personal_no = o.personal_no
    where r.withdrawn_at is null and r.kind in {PARENT_KINDS}
      and coalesce(oy.birth_year, o.birth_year) >= coalesce(cy.birth_year, c.birth_year)),
gone as (delete from loading_difference d where d.personal_no in (select personal_no from wrong))
delete from loading_person l where l.personal_no in (select personal_no from wrong) returning l.line"""  # noqa: S608
_FIRST_VERSION = """
insert into population_change (personal_no, seq, kind, valid_from, recorded_at, items, load_batch)
select p.personal_no, 0, 'first', least(make_date(p.birth_year, greatest(p.birth_month, 1), greatest(p.birth_day, 1)),
    (r.moment at time zone 'Asia/Ho_Chi_Minh')::date), r.moment,
    to_jsonb(p) - array['personal_no', 'load_batch', 'last_seq'], p.load_batch
from loading_difference d join population_person p using (personal_no)
left join population_loadbatch b on b.id = p.load_batch
cross join lateral (select coalesce(b.started_at, %(now)s) as moment) r
where not exists (select from population_change c where c.personal_no = p.personal_no and c.seq = 0)"""
_CHANGE = """
insert into population_change (personal_no, seq, kind, valid_from, recorded_at, items, effect, evidence, load_batch)
select p.personal_no, p.last_seq + 1, 'load', %(today)s, %(now)s, x.items, x.effect, jsonb_build_object('line', d.line), %(batch)s
from loading_difference d join population_person p using (personal_no) join loading_person l using (personal_no)
cross join lateral (
    select jsonb_object_agg(n.key, n.value) as items, jsonb_object_agg(n.key, jsonb_build_array(o.value, n.value)) as effect
    from jsonb_each(to_jsonb(l)) n join jsonb_each(to_jsonb(p)) o using (key) where n.value is distinct from o.value) x"""
_UPDATE = f"""
update population_person p set {", ".join(f"{n} = l.{n}" for n in _NAMES[1:])}, load_batch = %(batch)s, last_seq = p.last_seq + 1
from loading_difference d join loading_person l using (personal_no) where p.personal_no = d.personal_no"""  # noqa: S608
_INSERT = f"""
insert into population_person ({_all("", _NAMES)}, load_batch) select {_all("l.", _NAMES)}, %(batch)s from loading_person l
where not exists (select from population_person p where p.personal_no = l.personal_no) order by l.line"""  # noqa: S608
_UNCHANGED = """
insert into population_loadunchanged (batch, personal_no) select %(batch)s, p.personal_no
from loading_person l join population_person p using (personal_no) where p.load_batch <> %(batch)s"""
