"""The appender, without a framework: used inside the transaction that discloses, by the gateway and by the back office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from dancu.kernel.clock import local
from dancu.ledger.domain import SealedEntry

# One statement for both halves and the counts: they stand or fall together, and a batch costs one round trip. How many answers
# went out is counted by whoever sends them, in rows of their own for each source, so that nobody waits.
_BEGIN = """
with detail as (
    insert into ledger_entrydetail (at, entry_id, subject, officer, dossier_no, salts)
    select $1::timestamptz, * from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bytea[])
), counted as (
    insert into ledger_answercount (day, organisation, source, count)
    select $8::date, organisation, $9::text, count from unnest($10::text[], $11::bigint[]) as answered (organisation, count)
    on conflict (day, organisation, source) do update set count = ledger_answercount.count + excluded.count
)"""
_END = """
insert into ledger_entry (at, id, body)
select $1::timestamptz, * from unnest($2::uuid[], $7::bytea[])
"""
APPEND = _BEGIN + _END
# For what another room writes in the same statement: moment, day, who writes, and where its own arguments begin.
AT, DAY, SOURCE, FIRST_FREE = "$1::timestamptz", "$8::date", "$9::text", 12

# Only for a batch that has any: covert acts are rare, and the common batch stays one statement.
APPEND_SEALS = """
insert into ledger_seal (at, entry_id, until, legal_basis, sealed_by)
select $1::timestamptz, * from unnest($2::uuid[], $3::date[], $4::text[], $5::text[])
"""


class Connection(Protocol):
    """What we need of an asyncpg connection."""

    async def execute(self, query: str, *arguments: object) -> str: ...


class Beside(NamedTuple):
    """What stands or falls with entries, in their own statement: one that `beside` made, and its arguments."""

    statement: str
    arguments: Sequence[object]


def beside(**changes: str) -> str:
    """The appending statement with changes of another room's tables beside it; their arguments begin at `FIRST_FREE`."""
    return _BEGIN + "".join(f", {name} as (\n{change}\n)" for name, change in changes.items()) + _END


async def append(connection: Connection, entries: Sequence[SealedEntry], source: str, more: Beside | None = None) -> None:
    """Write entries of one moment in the transaction the connection is in. Nothing may be answered before it commits.

    `source` is who counts the answers among them: nobody else may count under that name at the same time.
    """
    if more is None:
        await connection.execute(APPEND, *columns(entries, source))
    else:
        await connection.execute(more.statement, *columns(entries, source), *more.arguments)
    if not is_one_statement(entries):
        await connection.execute(APPEND_SEALS, *seal_columns(entries))


def is_one_statement(entries: Sequence[SealedEntry]) -> bool:
    """Whether `append` sends one statement for these, which is a transaction by itself."""
    return not any(e.sealed_until for e in entries)


def columns(entries: Sequence[SealedEntry], source: str = "") -> tuple[Any, ...]:
    """The arguments of `APPEND`; without a source no answer is counted."""
    at = entries[0].at
    assert all(e.at == at for e in entries), "the entries of a batch share their moment"
    answers: dict[str, int] = {}
    if source:
        for each in entries:
            if each.answers:
                answers[each.answers] = answers.get(each.answers, 0) + 1
    return (
        at,
        [e.reference for e in entries],
        [e.subject for e in entries],
        [e.officer for e in entries],
        [e.dossier_no for e in entries],
        [e.salts for e in entries],
        [e.body for e in entries],
        local(at).date(),
        source,
        sorted(answers),
        [answers[organisation] for organisation in sorted(answers)],
    )


def seal_columns(entries: Sequence[SealedEntry]) -> tuple[Any, ...]:
    sealed = [e for e in entries if e.sealed_until]
    return (
        entries[0].at,
        [e.reference for e in sealed],
        [e.sealed_until for e in sealed],
        [e.legal_basis for e in sealed],
        [e.officer for e in sealed],
    )
