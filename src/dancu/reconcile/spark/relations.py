"""Who a record speaks of, as relational expressions: one definition for every engine Ibis speaks to.

It says what `engine.lookup` says: twelve digits have one person; nine digits may have several, of whom the only one whose name or
date agrees is meant. It becomes SQL of one dialect, run by that engine's own client: no connection is Ibis's.
"""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr.types import IntegerValue, Table

from dancu.reconcile.engine.parsing import DATE_MASK, NUMBER_ID, NUMBER_NONE, NUMBER_OLD
from dancu.reconcile.engine.reasons import Found
from dancu.reconcile.spark.columns import JOINED, OLD, PERSON, PERSONS, READ


def sql_of_people_found(dialect: str) -> str:
    """The definition for one engine, over its tables or views `records`, `persons` and `old`."""
    tables = (("records", READ), ("persons", PERSONS), ("old", OLD))
    records, persons, old = (ibis.table({field.name: str(field.type) for field in schema}, name=name) for name, schema in tables)
    return str(ibis.to_sql(people_found(records, persons, old), dialect=dialect))


def people_found(records: Table, persons: Table, old: Table) -> Table:
    """Every record of `READ` once, with how its person was found and her row (*ghép bản ghi với dân cư*): `JOINED`."""
    return ibis.union(_by_id(records, persons), _by_old(records, old), _without_number(records))


def _by_id(records: Table, persons: Table) -> Table:
    asked = records.filter(_.kind == NUMBER_ID)
    joined = asked.left_join(persons, asked.value == persons.number)
    return _laid_out(joined.mutate(found=ibis.ifelse(_.row.notnull(), _found(Found.BY_ID), _found(Found.NOBODY))))


def _by_old(records: Table, old: Table) -> Table:
    asked = records.filter(_.kind == NUMBER_OLD)
    joined = asked.left_join(old, asked.value == old.old)
    agrees = (_.name_key == _.key) | (_.date == (_.birth & ibis.literal(DATE_MASK, "int32")))
    judged = joined.mutate(agrees=ibis.ifelse(agrees, 1, 0))
    # The number stands in the window for the engine's sake: rows already lie together by it and are not moved again.
    every = ibis.window(group_by=["value", "record"])
    ordered = ibis.window(group_by=["value", "record"], order_by=[_.agrees.desc(), _.row])
    counted = judged.mutate(
        several=_.row.count().over(every), agreements=_.agrees.sum().over(every), place=ibis.row_number().over(ordered)
    )
    is_one = (_.several == 1) | (_.agreements == 1)
    found = ibis.cases((_.several == 0, _found(Found.NOBODY)), (is_one, _found(Found.BY_OLD)), else_=_found(Found.SEVERAL))
    first = counted.filter(_.place == 0).mutate(found=found)
    is_known = first.found == _found(Found.BY_OLD)
    return _laid_out(first.mutate(**{name: is_known.ifelse(first[name], ibis.null(first[name].type())) for name in PERSON.names}))


def _without_number(records: Table) -> Table:
    rest = records.filter((_.kind != NUMBER_ID) & (_.kind != NUMBER_OLD))
    found = ibis.ifelse(_.kind == NUMBER_NONE, _found(Found.NO_NUMBER), _found(Found.UNUSABLE))
    return _laid_out(rest.mutate(found=found, **{field.name: ibis.null(str(field.type)) for field in PERSON}))


def _found(found: Found) -> IntegerValue:
    return ibis.literal(int(found), "int8")


def _laid_out(joined: Table) -> Table:
    return joined.select([joined[field.name].cast(str(field.type)) for field in JOINED])
