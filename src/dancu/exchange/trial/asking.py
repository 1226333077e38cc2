"""Questions of systems in trial: the decisions of everybody else, about persons who are part of the program.

No table is read and no entry is written: nobody's data are looked at. What stands in memory here (who was told to ask again, which
answer was given under which key) is one process's; a client that comes to another process meets the case once more.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dancu.exchange.answers import unavailable
from dancu.exchange.domain import Disclosure, Judgement, Kind, Outcome, Refusal, Refused, judge, verification_of
from dancu.exchange.gate import Gate, busy
from dancu.exchange.households import home_of
from dancu.exchange.provenance import CAME, doubt
from dancu.exchange.reasons import Reason
from dancu.exchange.repeats import other_request
from dancu.exchange.trial.calls import TrialCalls
from dancu.exchange.trial.cases import Case, Effect, Handled, cases
from dancu.exchange.trial.deciding import decide_trial, trial_grant
from dancu.exchange.trial.people import Row, people
from dancu.exchange.trial.tried import TRIED, Pending, Tried, trial_reference
from dancu.kernel.claims import PersonClaim
from dancu.kernel.errors import Conflict, DancuError, TooMany
from dancu.kernel.warrants import Warrant
from dancu.onboarding.domain import Grant
from dancu.population import reader as population
from dancu.population.domain import HouseholdFacts

if TYPE_CHECKING:
    from dancu.exchange.hot import HotPath
    from dancu.exchange.settle import Question

SLOW_SECONDS = 2.0
SLOW_MAX = 64  # at a time, of all systems
RETRY_SECONDS = 5  # what every contract tells in Retry-After
PENDING_MAX, PENDING_SECONDS = 10_000, 600.0
ANSWERS_MAX = 2_000  # given under a key, of all systems
_TOO_FAST = ("exchange.quota", "exchange.busy")


class Sandbox:
    """Answers systems in trial (*kết nối thử nghiệm*). `seconds`: a clock that never goes back."""

    def __init__(self, gate: Gate, clock: Callable[[], datetime], seconds: Callable[[], float] | None = None) -> None:
        self._gate, self._clock, self._seconds = gate, clock, seconds or _loop_seconds
        self.calls = TrialCalls()
        self._pending: OrderedDict[tuple[str, str], Pending] = OrderedDict()
        self._answers: OrderedDict[tuple[str, str], tuple[bytes, bytes]] = OrderedDict()
        self._slow = 0

    async def ask(self, hot: HotPath, question: Question) -> bytes:
        """The answer to one question. Raises what the hot path raises: for its reasons, and where a case says so."""
        system = question.caller.system
        tried = Tried(system, kind=question.request.kind, claim=question.claim)
        TRIED.set(tried)
        try:
            self._gate.admit_trial(system.client_id, self._seconds())
            return await self._ask(hot, question, tried)
        except DancuError as failure:
            if not tried.outcome:
                tried.outcome = "too_fast" if failure.code in _TOO_FAST else "unavailable"
                tried.note(f"answer.{tried.outcome}")
            raise

    async def _ask(self, hot: HotPath, question: Question, tried: Tried) -> bytes:
        decision, grant = await self._decide(hot, question, tried)
        claim = question.claim
        if isinstance(decision, Refusal) or claim is None or grant is None:
            assert isinstance(decision, Refusal)
            return _refuse(question, decision, tried)
        if (kept := self._kept_answer(question, tried)) is not None:
            return kept
        rows = _candidates(claim)
        tried.person = rows[0] if len(rows) == 1 else None
        if (case := cases().by_subject.get(subject_of(claim))) is not None:
            await self._meet(case, tried)
        judgement = judge(claim, [population.key_row(row) for row in rows], grant, question.stated)
        self._note_judged(judgement, claim, tried)
        body = _render(question, judgement, decision, self._clock())
        if question.repeat is not None:
            self._keep_answer(question, body)
        return body

    async def _decide(self, hot: HotPath, question: Question, tried: Tried) -> tuple[Warrant | Refusal, Grant | None]:
        directory, system, request = hot.directory(), question.caller.system, question.request
        came = question.came or CAME.get()
        if came is not None and came.must_be_spent:  # a signed message is taken once, in a trial too
            try:
                await hot.spend(came)
            except Conflict:
                return Refusal(Reason.REPLAYED), None
        if reason := doubt(came, system, is_hub_open=False):
            return Refusal(reason), None
        if question.claim is None:
            return Refusal(Reason.MALFORMED), None
        registered = directory.grants.get((system.client_id, request.integration_code, request.procedure))
        if not (request.integration_code and request.procedure):
            tried.note("code.missing")
        elif request.integration_code in cases().codes:
            tried.note("code.special")
        elif registered is None:
            tried.note("code.unregistered")
        grant = trial_grant(system, request, registered)
        return decide_trial(system, request, grant, directory.accounts, self._clock()), grant

    def _note_judged(self, judgement: Judgement, claim: PersonClaim, tried: Tried) -> None:
        """What came of it, and which case that is."""
        subject, agrees = subject_of(claim), judgement.outcome is not Outcome.NO_MATCH
        tried.outcome = judgement.outcome
        tried.note(f"answer.{judgement.outcome}")
        case = _case_of(subject, judgement)
        if case is not None and not tried.scenario:
            tried.scenario, tried.is_handled = case.code, case.handled is Handled.ANSWERED
            if case.successor:
                self._begin(case, tried)
                tried.note("replaced.told")
        before = cases().by_successor.get(subject)
        if before is not None and agrees and self._take(before, tried) is not None:
            tried.scenario, tried.is_handled = before.code, True
            tried.note("replaced.followed")

    # -- cases that take more than one call ------------------------------------------------------------------------

    async def _meet(self, case: Case, tried: Tried) -> None:
        """What happens before this case is answered. Raises `Unavailable`, `TooMany`."""
        tried.scenario = case.code
        if case.effect is Effect.SLOW:
            await self._be_slow()
            tried.note("slow.told", int(SLOW_SECONDS))
            tried.is_handled = True
            return
        begun = self._take(case, tried)
        is_early = begun is not None and self._seconds() - begun.at < RETRY_SECONDS
        if case.effect is Effect.UNAVAILABLE_ONCE:
            if begun is None:
                self._begin(case, tried)
                tried.outcome = "unavailable"
                tried.note("retry.first", RETRY_SECONDS)
                raise unavailable()
            if is_early:
                tried.note("retry.early")
            return  # whether it came under the same id is told by whoever reads the call
        if begun is None or is_early:
            if is_early:
                tried.note("retry.too_soon")
            self._begin(case, tried)
            tried.outcome = "throttled"
            tried.note("retry.throttled", RETRY_SECONDS)
            raise TooMany(
                "trial.throttled",
                f"Tình huống thử: gọi quá nhanh. Chờ {RETRY_SECONDS} giây rồi gửi lại.",
                f"A case of the sandbox: too fast. Wait {RETRY_SECONDS} seconds and send it again.",
            )
        tried.note("retry.waited")
        tried.is_handled = True

    async def _be_slow(self) -> None:
        if self._slow >= SLOW_MAX:
            raise busy()
        self._slow += 1
        try:
            await asyncio.sleep(SLOW_SECONDS)
        finally:
            self._slow -= 1

    def _begin(self, case: Case, tried: Tried) -> None:
        tried.begun = Pending(self._seconds())
        self._pending[tried.system.client_id, case.code] = tried.begun
        if len(self._pending) > PENDING_MAX:
            self._pending.popitem(last=False)

    def _take(self, case: Case, tried: Tried) -> Pending | None:
        begun = self._pending.pop((tried.system.client_id, case.code), None)
        if begun is None or self._seconds() - begun.at > PENDING_SECONDS:
            return None
        tried.again = begun
        return begun

    # -- the same key again ----------------------------------------------------------------------------------------

    def _kept_answer(self, question: Question, tried: Tried) -> bytes | None:
        repeat = question.repeat
        if repeat is None or (kept := self._answers.get((repeat.client_id, repeat.key))) is None:
            return None
        digest, body = kept
        if not hmac.compare_digest(digest, hashlib.sha256(repeat.body).digest()):
            tried.outcome = "conflict"
            tried.note("key.other_request")
            raise other_request()
        tried.outcome, tried.scenario, tried.is_handled = "repeated", "repeated", True
        tried.note("key.repeated")
        return body

    def _keep_answer(self, question: Question, body: bytes) -> None:
        assert question.repeat is not None
        repeat = question.repeat
        self._answers[repeat.client_id, repeat.key] = (hashlib.sha256(repeat.body).digest(), body)
        if len(self._answers) > ANSWERS_MAX:
            self._answers.popitem(last=False)


def subject_of(claim: PersonClaim) -> str:
    """The number of either kind that leads a claim, as the table of cases has it."""
    return claim.personal_id.digits if claim.personal_id is not None else claim.old_id_no


def _case_of(subject: str, judgement: Judgement) -> Case | None:
    """The line of the table that was met: of the number asked about, else of the person an old number led to."""
    found = cases().by_answer
    if judgement.person is None:
        return found.get((subject, "no_match"))
    return found.get((subject, "agrees")) or found.get((f"{judgement.person.personal_no:012d}", "agrees"))


def _loop_seconds() -> float:
    return asyncio.get_running_loop().time()


def _candidates(claim: PersonClaim) -> Sequence[Row]:
    known = people()
    if claim.personal_id is None:
        return known.by_old_number.get(claim.old_id_no, ())
    row = known.by_number.get(claim.personal_id.number)
    return () if row is None else (row,)


def _refuse(question: Question, refusal: Refusal, tried: Tried) -> bytes:
    tried.outcome = refusal.reason
    tried.note("answer.refused")
    case = cases().by_answer.get(("", refusal.reason))
    if case is not None and _is_meant(case, question):
        tried.scenario, tried.is_handled = case.code, True
    return question.render(Refused.of(refusal, trial_reference()))


def _is_meant(case: Case, question: Question) -> bool:
    """Was this refusal asked for, by an account or a code of the sandbox?"""
    if case.answer == Reason.OFFICER_NOT_LISTED:
        known = cases().accounts.get(question.request.actor.officer)
        return known is not None and not known.is_listed
    return question.request.integration_code in cases().codes


def _render(question: Question, judgement: Judgement, warrant: Warrant, now: datetime) -> bytes:
    at = now.astimezone(UTC).replace(microsecond=now.microsecond // 1000 * 1000)
    verification = verification_of(judgement, trial_reference(), at)
    if question.request.kind is not Kind.DISCLOSE:
        return question.render(verification)
    if judgement.person is None or question.claim is None:
        return question.render(Disclosure(verification, None))
    row = people().by_number[judgement.person.personal_no]
    facts = population.facts_from_row(row, warrant.fields, question.claim)
    return question.render(Disclosure(verification, facts, _home(question, warrant, row)))


def _home(question: Question, warrant: Warrant, row: Row) -> HouseholdFacts | None:
    read = people().homes.get(row[0])
    if not question.tells_household or read is None:
        return None
    rows = {number: population.key_row(people().by_number[number]) for number, _relation in read.members}
    return home_of(warrant, row[0], read, rows).facts
