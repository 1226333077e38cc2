"""No effect by one human: in more than ten thousand random histories of an office, and every rule is needed for it.

Each history is made by its seed, so a failure can be played again. A machine weakened in one rule must be caught, or the
histories would prove nothing about that rule.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from dancu.registrar.domain import requests as domain
from dancu.registrar.domain.requests import (
    AUTHOR_ROLE,
    GUARDS,
    RULES,
    TABLE,
    ActionKind,
    Actor,
    Party,
    Request,
    Rules,
    Seen,
    State,
)
from tests.registrar.four_eyes import Office, PureMachine

HISTORIES = 12_000
PERSONS = (1, 2, 3)


def history(seed: int, rules: Rules = RULES) -> Office:
    office = Office(PureMachine(PERSONS, rules), PERSONS, random.Random(seed))
    office.run()
    return office


def test_no_history_of_an_office_has_an_effect_by_one_human():
    effects = refused = 0

    for seed in range(HISTORIES):
        office = history(seed)
        assert office.broken == [], (seed, office.log)
        effects += sum(book.effects for book in office.books.values())
        refused += sum(entry[-1] == "request.four_eyes" for entry in office.log)

    assert effects > HISTORIES / 3, "histories get as far as an effect"
    assert refused > HISTORIES, "and many try what four eyes forbid"


def _without(guard: domain.Guard) -> Rules:
    apart = tuple(each for each in RULES.apart if each is not guard)
    guards = {kind: tuple(each for each in some if each is not guard) for kind, some in GUARDS.items()}
    return Rules(apart=apart, guards=guards)


def _also(state: State, kind: ActionKind, *parties: Party) -> Rules:
    return Rules(table={**TABLE, state: {**TABLE[state], kind: frozenset(parties) | TABLE[state].get(kind, frozenset())}})


def _blind_to_lenders(guard: domain.Guard) -> domain.Guard:
    def weakened(request: Request, actor: Actor, seen: Seen) -> object:
        return guard(request, Actor(actor.hand, actor.roles), seen)

    return weakened  # type: ignore[return-value]


def _only_the_author_counts(guard: domain.Guard) -> domain.Guard:
    def weakened(request: Request, actor: Actor, seen: Seen) -> object:
        return guard(Request(request.id, request.actions[:1]), actor, seen)

    return weakened  # type: ignore[return-value]


WEAKENED = {
    "the account is not looked at": _without(domain.other_account),
    "the human is not looked at": _without(domain.other_holder),
    "the unit is not looked at": _without(domain.other_unit),
    "the digest is not looked at": _without(domain.what_was_seen),
    "the person's version is not looked at": _without(domain.unchanged_since),
    "who lent the role is not looked at": replace(RULES, apart=tuple(_blind_to_lenders(g) for g in RULES.apart)),
    "who edited is not looked at": replace(RULES, apart=tuple(_only_the_author_counts(g) for g in RULES.apart)),
    "any registrar may decide": replace(RULES, role=AUTHOR_ROLE),
    "who wrote may decide": _also(State.SUBMITTED, ActionKind.APPROVE, Party.AUTHOR, Party.CO_AUTHOR),
    "a draft may be approved": _also(State.DRAFT, ActionKind.APPROVE, Party.APPROVER),
    "what was returned may be approved": _also(State.RETURNED, ActionKind.APPROVE, Party.APPROVER),
    "what was handed in may be edited": _also(State.SUBMITTED, ActionKind.WRITE, Party.AUTHOR, Party.CO_AUTHOR),
    # The effect itself changes the person, so the version would still stop a second one: both rules are taken out.
    "what was approved may be approved again": Rules(
        table=_also(State.APPROVED, ActionKind.APPROVE, Party.APPROVER).table, guards=_without(domain.unchanged_since).guards
    ),
    "what was withdrawn may be approved": _also(State.WITHDRAWN, ActionKind.APPROVE, Party.APPROVER),
}


@pytest.mark.parametrize("rules", WEAKENED.values(), ids=WEAKENED)
def test_a_machine_without_one_of_its_rules_is_caught(rules: Rules):
    caught = next((seed for seed in range(HISTORIES) if history(seed, rules).broken), None)

    assert caught is not None
