"""A random office: humans with several accounts in several units, lent roles, moved accounts, stale screens, replays, races.

It does things to requests through `Machine` and keeps a book of its own of who wrote what. From that book alone it says
what an effect breaks: an oracle that shares no code with what is tested.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from dancu.kernel.errors import DancuError
from dancu.population.domain import Evidence, Hand
from dancu.registrar.domain.payloads import Correct, Merge
from dancu.registrar.domain.requests import (
    APPROVER_ROLE,
    AUTHOR_ROLE,
    RULES,
    Action,
    ActionKind,
    Actor,
    Content,
    Request,
    Rules,
    Seen,
    State,
    act,
)
from tests.factories.people import NOW

ACCOUNTS, HUMANS, UNITS = 8, 5, 4
STEPS = 40


class Machine(Protocol):
    """What is tested: the pure machine, or the use cases over a database."""

    def write(self, actor: Actor, request: UUID, content: Content, seen: str) -> None: ...
    def step(self, actor: Actor, request: UUID, kind: ActionKind, digest: str, text: str) -> None: ...
    def request(self, request: UUID) -> Request: ...
    def versions(self) -> Mapping[str, int]: ...
    def bump(self, person: int) -> None: ...


class PureMachine:
    """The machine of the domain with a dictionary for a registry."""

    def __init__(self, persons: tuple[int, ...], rules: Rules = RULES) -> None:
        self._rules, self._requests = rules, dict[UUID, Request]()
        self._versions = {str(person): 0 for person in persons}
        self._clock = NOW

    def write(self, actor: Actor, request: UUID, content: Content, seen: str) -> None:
        found = self.request(request)
        if found.actions and seen != found.digest:
            raise DancuError("test.elsewhere", "")
        self._do(found, actor, Action(ActionKind.WRITE, self._tick(), actor.hand, content, "", "", actor.acting_for), seen)

    def step(self, actor: Actor, request: UUID, kind: ActionKind, digest: str, text: str) -> None:
        action = Action(kind, self._tick(), actor.hand, None, digest, text, actor.acting_for)
        found = self._do(self.request(request), actor, action, digest)
        if kind is ActionKind.APPROVE:
            for number in found.content.subjects:
                self.bump(number)

    def request(self, request: UUID) -> Request:
        return self._requests.get(request) or Request(request)

    def versions(self) -> Mapping[str, int]:
        return self._versions

    def bump(self, person: int) -> None:
        self._versions[str(person)] += 1

    def _do(self, found: Request, actor: Actor, action: Action, digest: str) -> Request:
        content = action.content or (found.content if found.actions else None)
        now = {str(n): self._versions[str(n)] for n in content.subjects} if content else {}
        self._requests[found.id] = act(found, actor, action, Seen(digest, now), self._rules)
        return self._requests[found.id]

    def _tick(self) -> Any:
        self._clock += timedelta(seconds=1)
        return self._clock


@dataclass
class Book:
    """What really happened to one request, as a witness notes it."""

    wrote: list[tuple[Hand, Hand | None]] = field(default_factory=list)
    content: Content | None = None
    handed_in: Content | None = None  # while it lies with the approvers
    effects: int = 0


@dataclass
class Office:
    """Humans, accounts, units, roles, lent roles and screens, moved by chance."""

    machine: Machine
    persons: tuple[int, ...]
    chance: random.Random
    merges: float = 0.2  # share of requests that name a second person
    hands: list[Hand] = field(default_factory=list)
    roles: list[set[str]] = field(default_factory=list)
    lent: dict[int, int] = field(default_factory=dict)  # borrower → lender
    books: dict[UUID, Book] = field(default_factory=dict)
    screens: list[tuple[int, UUID, str, Content]] = field(default_factory=list)  # who saw what
    broken: list[str] = field(default_factory=list)
    log: list[tuple[Any, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for index in range(ACCOUNTS):
            self.hands.append(Hand(f"a{index}", self._unit(), self._human()))
            self.roles.append(set(self.chance.choice(([AUTHOR_ROLE], [APPROVER_ROLE], [AUTHOR_ROLE, APPROVER_ROLE]))))

    def run(self, steps: int = STEPS) -> list[str]:
        deeds = [self.write, self.write, self.look, self.look, self.hand_in, self.decide, self.decide, self.decide_from_screen]
        deeds += [self.go_on, self.go_on, self.withdraw, self.move_account, self.change_roles, self.lend, self.person_changes]
        for _ in range(steps):
            self.chance.choice(deeds)()
            if self.broken:
                break
        return self.broken

    # --- what officers do

    def write(self) -> None:
        request = self._some_request(new=0.4)
        found = self.machine.request(request)
        content = self._content()
        actor = self._actor()
        if self._tried(self.machine.write, actor, request, content, found.digest if found.actions else ""):
            book = self.books.setdefault(request, Book())
            if book.handed_in is not None:
                self.broken.append("written while it lay with the approvers")
            book.wrote.append((actor.hand, actor.acting_for))
            book.content = content

    def look(self) -> None:
        request = self._some_request()
        if self.machine.request(request).actions:
            found = self.machine.request(request)
            self.screens.append((self.chance.randrange(ACCOUNTS), request, found.digest, found.content))

    def hand_in(self) -> None:
        request = self._some_request()
        found = self.machine.request(request)
        if found.actions:
            self._step(self._actor(), request, ActionKind.SUBMIT, found.digest, found.content)

    def decide(self) -> None:
        """As it is now, by anybody: also by who wrote it."""
        request = self._some_request()
        found = self.machine.request(request)
        if found.actions:
            self._step(self._actor(), request, self._decision(), found.digest, found.content)

    def decide_from_screen(self) -> None:
        """From a page opened some time ago, perhaps sent twice."""
        if self.screens:
            who, request, digest, content = self.chance.choice(self.screens[-12:])
            kind = self._decision()
            for _ in range(self.chance.choice((1, 2))):
                self._step(self._actor(who), request, kind, digest, content)

    def go_on(self) -> None:
        """The usual way, so that chance gets far: hand in what is a draft by who wrote it, approve what waits by the next best."""
        request = self._some_request()
        found = self.machine.request(request)
        if not found.actions:
            return
        if found.state in (State.DRAFT, State.RETURNED):
            writer = next((i for i, hand in enumerate(self.hands) if hand == found.author), None)
            if writer is not None:
                self._step(self._actor(writer), request, ActionKind.SUBMIT, found.digest, found.content)
        else:
            for who in self.chance.sample(range(ACCOUNTS), ACCOUNTS):
                self._step(self._actor(who), request, self._decision(), found.digest, found.content)

    def withdraw(self) -> None:
        if self.chance.random() < 0.3:
            self._step(self._actor(), self._some_request(), ActionKind.WITHDRAW, "", None)

    # --- what happens around them

    def move_account(self) -> None:
        """Another unit, another human behind the account, or both."""
        index = self.chance.randrange(ACCOUNTS)
        hand, what = self.hands[index], self.chance.randrange(3)
        self.hands[index] = Hand(
            hand.account, self._unit() if what != 1 else hand.unit, self._human() if what != 0 else hand.holder
        )

    def change_roles(self) -> None:
        self.roles[self.chance.randrange(ACCOUNTS)] ^= {self.chance.choice((AUTHOR_ROLE, APPROVER_ROLE))}

    def lend(self) -> None:
        lender, borrower = self.chance.sample(range(ACCOUNTS), 2)
        if self.lent.pop(borrower, None) is None:
            self.lent[borrower] = lender

    def person_changes(self) -> None:
        if self.chance.random() < 0.4:
            self.machine.bump(self.chance.choice(self.persons))

    # --- the witness

    def _step(self, actor: Actor, request: UUID, kind: ActionKind, digest: str, shown: Content | None) -> None:
        before = dict(self.machine.versions())
        known = len(self.machine.request(request).actions)
        if not self._tried(self.machine.step, actor, request, kind, digest, "còn thiếu giấy tờ"):
            return
        if len(self.machine.request(request).actions) == known:
            return  # sent once more: no effect
        book = self.books[request]
        if kind is ActionKind.SUBMIT:
            book.wrote.append((actor.hand, actor.acting_for))
            book.handed_in = book.content
        elif kind is ActionKind.APPROVE:
            self._effect(book, actor, shown, before)
        else:
            if kind is not ActionKind.WITHDRAW:
                self._apart(book, actor, kind)
            book.handed_in = None

    def _effect(self, book: Book, actor: Actor, shown: Content | None, versions: Mapping[str, int]) -> None:
        book.effects += 1
        self._apart(book, actor, ActionKind.APPROVE)
        content = book.content
        assert content is not None
        if book.effects > 1:
            self.broken.append("one request, two effects")
        if book.handed_in is None:
            self.broken.append("an effect of what was not handed in")
        elif book.handed_in != content:
            self.broken.append("an effect of what was edited after it was handed in")
        if shown != content:
            self.broken.append("an effect of what the approver did not see")
        if {n: versions[n] for n in content.based_on} != content.based_on:
            self.broken.append("an effect on a person who changed meanwhile")
        book.handed_in = None

    def _apart(self, book: Book, actor: Actor, kind: ActionKind) -> None:
        if APPROVER_ROLE not in actor.roles:
            self.broken.append(f"{kind} without the role")
        wrote = [hand for pair in book.wrote for hand in pair if hand is not None]
        for decides in (actor.hand, actor.acting_for):
            for hand in wrote if decides else ():
                for what in ("account", "holder", "unit"):
                    if decides and getattr(hand, what) == getattr(decides, what):
                        self.broken.append(f"{kind} by the same {what}")

    # --- chance

    def _tried(self, deed: Any, actor: Actor, *arguments: Any) -> bool:
        try:
            deed(actor, *arguments)
        except DancuError as refused:
            self.log.append((deed.__name__, actor, *arguments[:2], refused.code))
            return False
        self.log.append((deed.__name__, actor, *arguments[:2], "done"))
        return True

    def _actor(self, index: int | None = None) -> Actor:
        index = self.chance.randrange(ACCOUNTS) if index is None else index
        lender = self.lent.get(index)
        if lender is None or self.chance.random() < 0.4:
            return Actor(self.hands[index], frozenset(self.roles[index]))
        return Actor(self.hands[index], frozenset(self.roles[index] | self.roles[lender]), self.hands[lender])

    def _decision(self) -> ActionKind:
        return self.chance.choice((ActionKind.APPROVE, ActionKind.APPROVE, ActionKind.RETURN, ActionKind.REJECT))

    def _some_request(self, new: float = 0.0) -> UUID:
        if not self.books or self.chance.random() < new:
            return UUID(int=self.chance.getrandbits(128))
        return self.chance.choice(list(self.books)[-4:])

    def _content(self) -> Content:
        subject, other = self.chance.sample(self.persons, 2)
        items = {"phone": f"0000{self.chance.randrange(10**6):06d}"}
        payload = Merge(double_no=other, items=items) if self.chance.random() < self.merges else Correct(items=items)
        about = (subject, *payload.named())
        versions = self.machine.versions()
        return Content(subject, payload, Evidence("Giấy tờ"), "lý do đủ dài", {str(n): versions[str(n)] for n in about})

    def _unit(self) -> str:
        return f"H57/U{self.chance.randrange(UNITS)}"

    def _human(self) -> str:
        return f"h{self.chance.randrange(HUMANS)}"
