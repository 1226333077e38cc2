"""What a batch writes in the very statement that writes its entries: usage, and nonces and kept answers, hoping that they are new.

Nobody looks first whether a nonce or a key was used before, for almost none was. One that was fails the statement, and the batch
is done again with a look first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import asyncpg

from dancu.exchange import provenance, repeats, usage
from dancu.exchange.domain import Refusal
from dancu.exchange.provenance import Provenance
from dancu.exchange.repeats import Keeping, Repeats, Twins
from dancu.exchange.settle import Decided, Question
from dancu.ledger import journal

_STATEMENT = journal.beside(
    used=usage.BESIDE,
    spent=provenance.spent_beside(usage.FIRST_FREE),
    kept=repeats.kept_beside(usage.FIRST_FREE + provenance.COLUMNS),
)


def beside(counted: usage.Counts, calls: Sequence[Provenance], keeping: Keeping) -> journal.Beside:
    """What `journal.append` writes together with a batch's entries: usage, nonces of signed calls, answers under keys.

    Raises, from the database, a unique violation for which `is_known_before` holds where a nonce or a key is not new.
    """
    if not calls and not keeping.keys:
        return usage.beside(counted)
    return journal.Beside(_STATEMENT, (*usage.columns(counted), *provenance.columns(calls), *keeping))


async def look(
    connection: asyncpg.Connection,
    batch: list[Question],
    calls: Sequence[Provenance],
    repeats: Repeats,
    decide: Callable[[list[Question]], Sequence[Decided]],
    now: datetime,
) -> tuple[list[Question], list[Twins]]:
    """The look first: takes the nonces, repeats what was answered before. Gives new questions, and those that share an answer."""
    if calls:
        await provenance.spend(connection, calls, now)
    # Who is refused now gets no answer of before either.
    keyed = decide([question for question in batch if question.repeat])
    refused = {id(each.question) for each in keyed if isinstance(each.decision, Refusal)}
    fresh, followers = await repeats.split(connection, [question for question in batch if id(question) not in refused], now)
    return [*(question for question in batch if id(question) in refused), *fresh], followers


def is_known_before(failure: Exception) -> bool:
    return getattr(failure, "table_name", "") in ("exchange_nonce", "exchange_idempotency")
