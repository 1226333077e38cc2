"""Who lives in a person's household, for an answer that tells it: read under warrants, and one act a member for the ledger.

Whoever is told about is looked at: each member has a warrant and an entry of her own, in the transaction of the answer. Persons
whom nobody outside the registry may know of are left out without a trace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from msgspec.structs import replace

from dancu.exchange.domain import is_hidden
from dancu.kernel.clock import local
from dancu.kernel.warrants import Warrant
from dancu.ledger.domain import Act, ActKind
from dancu.population import reader as population
from dancu.population.domain import MEMBER_FIELDS, HouseholdFacts, LifeStatus, NumberState
from dancu.population.reader import HouseholdRead, PersonRow

MEMBERS_MAX = 50  # an answer about more is said to be part of the whole
OUTCOME = "household_member"


class Connection(Protocol):
    async def fetch(self, query: str, *arguments: object) -> Sequence[Any]: ...


class Home(NamedTuple):
    """A household as it is told, and the acts by which its other members are told about."""

    facts: HouseholdFacts
    acts: tuple[Act, ...]


async def read_homes(connection: Connection, asked: Mapping[int, tuple[Warrant, int]], now: datetime) -> dict[int, Home]:
    """The households of the persons asked about, by place in the batch; who lives in none the registry knows is left out."""
    if not asked:
        return {}
    warrants, numbers = zip(*asked.values(), strict=True)
    read = await population.households_of(connection, warrants, numbers, local(now).date(), MEMBERS_MAX + 1)
    # Read once however many ask, and each time under the warrant of whoever asks.
    reads = [
        (member_warrant(warrant), no)
        for warrant, asked_no in asked.values()
        if asked_no in read
        for no, _relation in read[asked_no].members
    ]
    found = await population.rows_for(connection, [warrant for warrant, _ in reads], [no for _, no in reads], [])
    rows = {no: population.key_row(row) for no, row in found.by_number.items()}
    return {at: home_of(warrant, no, read[no], rows) for at, (warrant, no) in asked.items() if no in read}


def member_warrant(warrant: Warrant) -> Warrant:
    """What a warrant for a household lets be told of each of its members."""
    return replace(warrant, fields=warrant.fields & MEMBER_FIELDS)


def home_of(warrant: Warrant, asked_no: int, read: HouseholdRead, rows: Mapping[int, PersonRow]) -> Home:
    lesser = member_warrant(warrant)
    told = [(rows[no], relation) for no, relation in read.members[:MEMBERS_MAX] if no in rows and _is_told(rows[no])]
    members = [population.member_facts(row, relation, lesser) for row, relation in told]
    facts = population.household_facts(read, warrant, members, is_whole=len(read.members) <= MEMBERS_MAX)
    acts = tuple(
        population.warranted_act(lesser, ActKind.DISCLOSE, OUTCOME, f"{row.personal_no:012d}", lesser.fields)
        for row, _relation in told
        if row.personal_no != asked_no
    )
    return Home(facts, acts)


def _is_told(row: PersonRow) -> bool:
    return not is_hidden(row) and row.number_state == NumberState.IN_FORCE and row.life_status != LifeStatus.DEAD
