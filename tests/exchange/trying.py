"""A sandbox in this process: no database, a clock the test moves, and the questions of one system in trial."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from tests.factories.people import NOW, a_system

from dancu.exchange.domain import AccessRequest, Disclosure, Kind, Refused, Verification
from dancu.exchange.gate import Gate
from dancu.exchange.hot import Answer, HotPath, RequestKey
from dancu.exchange.settle import Question
from dancu.exchange.trial.asking import Sandbox
from dancu.exchange.trial.tried import TRIED, Tried
from dancu.kernel.claims import PersonClaim
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import DancuError
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.warrants import Actor, Field
from dancu.onboarding.domain import ConnectionState, Grant, InformationSystem
from dancu.onboarding.reader import Directory, KnownCaller

CLIENT = "mot-cua-thu"


def a_tried_system(client_id: str = CLIENT, **more: Any) -> InformationSystem:
    return a_system(client_id, ConnectionState.TRIAL, **more)


@dataclass
class Told:
    """What came of one question: an answer or a failure, and what the sandbox knows of it."""

    answer: Answer | None
    failure: DancuError | None
    tried: Tried

    @property
    def verification(self) -> Verification:
        assert isinstance(self.answer, Verification | Disclosure), self.answer or self.failure
        return self.answer if isinstance(self.answer, Verification) else self.answer.verification

    @property
    def reason(self) -> str:
        return self.answer.reason if isinstance(self.answer, Refused) else ""


@dataclass
class ATrial:
    """One system and its sandbox. `seconds` is the clock of waiting."""

    system: InformationSystem = field(default_factory=a_tried_system)
    grants: Iterable[Grant] = ()
    accounts: frozenset[tuple[str, str]] = frozenset()
    seconds: float = 1000.0

    def __post_init__(self) -> None:
        gate = Gate()
        gate.set_rates([self.system])
        self.sandbox = Sandbox(gate, lambda: NOW, lambda: self.seconds)
        self.caller = KnownCaller(self.system, "thu-x")
        known = {(each.client_id, each.integration_code, each.procedure): each for each in self.grants}
        self._directory = Directory({self.system.client_id: self.caller}, known, self.accounts)

    def directory(self) -> Directory:
        """In place of the hot path's: nothing else of it is needed, which says that no database is."""
        return self._directory

    def ask(
        self,
        number: str = "",
        name: str = "Trần Văn Thử",
        born: str = "1993-02-03",
        *,
        old: str = "",
        kind: Kind = Kind.DISCLOSE,
        officer: str = "canbo.thu",
        code: str = "037",
        procedure: str = "1.001193",
        key: str = "",
        household: bool = False,
        stated: dict[Field, str] | None = None,
        **more: Any,
    ) -> Told:
        answers: list[Answer] = []
        claim = PersonClaim(name, PartialDate.parse(born), None if old else PersonalId.parse(number or "046093000002"), old)
        request = AccessRequest(Actor("H57", self.system.client_id, officer), kind, code, procedure, **more)
        repeat = RequestKey(self.system.client_id, key, f"{number}{name}{born}".encode()) if key else None
        question = Question(
            self.caller, request, claim, lambda told: answers.append(told) or b"x", stated, repeat, household  # type: ignore[func-returns-value]
        )  # fmt: skip
        failure: DancuError | None = None

        async def run() -> None:
            nonlocal failure
            try:
                await self.sandbox.ask(cast(HotPath, self), question)
            except DancuError as told:
                failure = told
            tried.append(TRIED.get())

        tried: list[Tried | None] = []
        asyncio.run(run())
        assert tried[0] is not None
        return Told(answers[0] if answers else None, failure, tried[0])
