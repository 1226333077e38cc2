"""One suite, two readers: the desk and the gateway give the same verdict for the same ten thousand generated claims."""

from __future__ import annotations

import asyncio
import os
import random
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from dancu.exchange.api import AccessRequest, Kind, disclose_person, verify_person
from dancu.exchange.domain import Disclosure, Verification
from dancu.exchange.hot import HotPath, Question
from dancu.kernel.claims import PersonClaim
from dancu.kernel.config import read_config
from dancu.kernel.dates import PartialDate
from dancu.kernel.errors import Unavailable
from dancu.kernel.names import folded_name
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.sealing import SealingKey
from dancu.onboarding import api as onboarding
from dancu.population.api import UNITS_FILE
from dancu.synth.api import generate
from tests.factories.database import connect_system, load
from tests.factories.limits import limits_nobody_reaches
from tests.factories.people import NOW, a_grant, an_actor

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CLAIMS, PERSONS = 10_000, 1_500


def claims(persons: list[dict[str, str]], chance: random.Random) -> list[PersonClaim]:
    """True, sloppy, wrong and impossible statements about the simulated persons, in fixed shares."""
    made = []
    while len(made) < CLAIMS:
        person, other = chance.choice(persons), chance.choice(persons)
        name = chance.choice(
            [
                person["full_name"],
                person["full_name"].upper(),
                folded_name(person["full_name"]).upper(),
                unicodedata.normalize("NFD", person["full_name"]),
                person["full_name"].replace("òa", "oà").replace("úy", "uý"),
                other["full_name"],
                person["full_name"] + " X",
            ]
        )
        born = chance.choice([person["birth_date"]] * 4 + [person["birth_date"][:4], other["birth_date"]])
        number: PersonalId | None = PersonalId.parse(
            chance.choice([person["personal_id"]] * 8 + [other["personal_id"], "046999999999"])
        )
        old = person.get("old_id_no", "")
        if old and chance.random() < 0.15:
            number = None
        made.append(PersonClaim(name, PartialDate.parse(born), number, "" if number else old))
    return made


@dataclass(frozen=True)
class Told:
    outcome: str
    life_status: object
    successor: object
    explanation: object
    facts: object


def told(answer: object) -> Told:
    facts, verification = (answer.facts, answer.verification) if isinstance(answer, Disclosure) else (None, answer)
    assert isinstance(verification, Verification), answer
    return Told(verification.outcome, verification.life_status, verification.successor, verification.explanation, facts)


async def ask_gateway(asked: list[tuple[PersonClaim, AccessRequest]]) -> list[Told]:
    hot = HotPath(os.environ["DATABASE_URL"], SealingKey.from_folder(read_config().key_dir), lambda: NOW)
    await hot.start()
    while not hot.is_ready:
        await asyncio.sleep(0.01)
    caller = hot.directory().callers["he-thong"]
    answers: list[Told] = []

    async def one(claim: PersonClaim, request: AccessRequest) -> Told:
        kept: list[object] = []
        for is_last in (False, False, True):
            try:
                await hot.ask(Question(caller, request, claim, lambda answer: kept.append(answer) or b""))
                break
            except Unavailable:  # a disk that stands still for a second: a client is told to ask again, and does
                if is_last:
                    raise
                await asyncio.sleep(1)
        return told(kept[-1])

    for start in range(0, len(asked), 200):
        answers += await asyncio.gather(*(one(*each) for each in asked[start : start + 200]))
    await hot.stop()
    return answers


def test_desk_and_gateway_agree_on_ten_thousand_claims(tmp_path: Path):
    persons = generate(PERSONS, 7, UNITS_FILE)
    load(persons, tmp_path)
    connect_system(grants=[a_grant(explain=True)])
    onboarding.set_profile("he-thong", onboarding.WireProfile(rate_per_second=1_000_000), by="test", now=NOW)
    chance = random.Random(20261124)
    asked = [
        (claim, AccessRequest(an_actor(), Kind.DISCLOSE if i % 10 == 0 else Kind.VERIFY, "REST", "1.001193"))
        for i, claim in enumerate(claims(persons, chance))
    ]

    with limits_nobody_reaches(tmp_path):  # thousands of wrong statements about a few numbers
        by_gateway = asyncio.run(ask_gateway(asked))
        by_desk = [
            told((disclose_person if request.kind is Kind.DISCLOSE else verify_person)(claim, request, now=NOW))
            for claim, request in asked
        ]

    differing = [i for i, (one, other) in enumerate(zip(by_gateway, by_desk, strict=True)) if one != other]
    assert not differing, f"{len(differing)} differ, first at {differing[0]}"
    shares = Counter(answer.outcome for answer in by_desk)
    assert min(shares["match"], shares["folded"], shares["no_match"]) > 1000  # the claims try every branch
    assert sum(answer.explanation is not None for answer in by_desk) > 100
    assert sum(answer.facts is not None for answer in by_desk) > 100
