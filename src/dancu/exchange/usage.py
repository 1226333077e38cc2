"""Usage counted with the answers: who asked how often, for which service and procedure, and how it ended. No framework, no I/O.

A batch adds its counts in the very statement that writes its ledger entries, in rows of its own writer: exact by construction,
and nobody waits for anybody. `rollup` makes one row of them afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec

from dancu.exchange.domain import NOT_KEPT, AccessRequest, Kind, Outcome
from dancu.ledger import journal
from dancu.ledger.domain import ANSWERING, ActKind, EntryBody, SealedEntry
from dancu.onboarding.domain import Grant


class Ending(StrEnum):
    """How a call ended (*kết cục lượt hỏi*). A throttled one asked nothing of the registry and stands in no ledger."""

    MATCHED = "matched"
    MISSED = "missed"
    REFUSED = "refused"
    THROTTLED = "throttled"


MATCHED, MISSED, REFUSED, THROTTLED = range(len(Ending))
_read = msgspec.json.Decoder(EntryBody).decode


class UsageKey(NamedTuple):
    """What a call is counted under (*khoá đếm lưu lượng*): nothing in it was chosen freely by the caller."""

    organisation: str
    system: str
    integration: str
    kind: str
    procedure: str


Ended = tuple[AccessRequest, Grant | None, int]  # an ending by its place in `Ending`
Counts = Mapping[UsageKey, Sequence[int]]
KEYS, ENDINGS = ", ".join(UsageKey._fields), ", ".join(Ending)
ADDED = ", ".join(f"{name} = kept.{name} + excluded.{name}" for name in Ending)
_BETWEEN = "\x1f"
# Keys come as one text each: an array more costs a caller of the hot path as much as all that is counted.
_ADD = f"""insert into exchange_usage as kept (grain, day, writer, {KEYS}, {ENDINGS})
select 'day', {{day}}, {{writer}}, {", ".join(f"split_part(k, E'{_BETWEEN}', {at})" for at in range(1, len(UsageKey._fields) + 1))},
    {", ".join(name[:2] for name in Ending)}
from unnest({{keys}}, {{counts}}) as counted (k, {", ".join(name[:2] for name in Ending)})
on conflict (grain, day, {KEYS}, writer) do update set {ADDED}"""  # noqa: S608 - our own columns


def _add(day: str, writer: str, first: int) -> str:
    counts = ", ".join(f"${first + at}::bigint[]" for at in range(1, len(Ending) + 1))
    return _ADD.format(day=day, writer=writer, keys=f"${first}::text[]", counts=counts)


# Day and writer are those of the entries beside which this is written.
BESIDE = _add(journal.DAY, journal.SOURCE, journal.FIRST_FREE)
FIRST_FREE = journal.FIRST_FREE + 1 + len(Ending)
_BESIDE = journal.beside(used=BESIDE)
ADD = _add("$1::date", "$2::text", 3)
ADD_NAMED = _ADD.format(
    day="%(day)s::date",
    writer="%(writer)s::text",
    keys="%(keys)s::text[]",
    counts=", ".join(f"%({name})s::bigint[]" for name in Ending),
)


def usage_key(request: AccessRequest, grant: Grant | None) -> UsageKey:
    """Codes as a grant of the caller's knows them. Of a refused caller without one only that something was stated: whoever
    sends free text must not make rows without end, and the ledger keeps what it was."""
    actor = request.actor
    if grant is not None:
        return UsageKey(actor.organisation, actor.system, grant.integration_code, request.kind, grant.procedure)
    integration, procedure = (NOT_KEPT if stated else "" for stated in (request.integration_code, request.procedure))
    return UsageKey(actor.organisation, actor.system, integration, request.kind, procedure)


def tally(ended: Iterable[Ended]) -> dict[UsageKey, list[int]]:
    """Counts by key of what ended. Questions under one grant share their key: it is made once."""
    found: dict[UsageKey, list[int]] = {}
    known: dict[tuple[int, str], list[int]] = {}
    for request, grant, ending in ended:
        short = (id(grant), request.kind)
        counts = known.get(short)
        if counts is None:
            counts = found.setdefault(usage_key(request, grant), [0] * len(Ending))
            if grant is not None:
                known[short] = counts
        counts[ending] += 1
    return found


def tally_entries(kind: Kind, entries: Iterable[SealedEntry]) -> dict[UsageKey, list[int]]:
    """Counts of what is told otherwise than question by question, subscribed changes and pages of lists: one for each entry."""
    found: dict[UsageKey, list[int]] = {}
    for each in entries:
        body = _read(each.body)
        if body.kind not in ANSWERING:
            continue
        is_refused = body.kind == ActKind.REFUSE
        codes = (NOT_KEPT, NOT_KEPT) if is_refused else (body.integration, body.procedure)
        ending = REFUSED if is_refused else MISSED if body.outcome == Outcome.NO_MATCH else MATCHED
        key = UsageKey(body.organisation, body.system, codes[0], kind, codes[1])
        found.setdefault(key, [0] * len(Ending))[ending] += 1
    return found


def beside(counted: Counts) -> journal.Beside:
    """What `journal.append` writes together with the entries of these endings."""
    return journal.Beside(_BESIDE, columns(counted))


def columns(counted: Counts) -> tuple[list[str] | list[int], ...]:
    """Keys and counts as arrays; sorted, so that writers of the same rows never wait in a circle."""
    rows = sorted(counted.items())
    return [_text(key) for key, _ in rows], *([numbers[at] for _, numbers in rows] for at in range(len(Ending)))


def named(counted: Counts) -> dict[str, list[str] | list[int]]:
    """The same by the names of `ADD_NAMED`."""
    return dict(zip(("keys", *Ending), columns(counted), strict=True))


def _text(key: UsageKey) -> str:
    return _BETWEEN.join(part.replace(_BETWEEN, NOT_KEPT) for part in key)
