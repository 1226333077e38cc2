"""How a shop reads an answer: every answer there can be has words, and none says more than the rules allow."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.people import NOW

from dancu.exchange.domain import Outcome, Verification
from dancu.exchange.live_check import ShopAnswer, read_for_shop, subscriber_grant
from dancu.kernel.personal_id import PersonalId
from dancu.kernel.warrants import Field
from dancu.population.domain import LifeStatus


def verification(outcome: Outcome, **more) -> Verification:
    return Verification(outcome, "ref", NOW, {}, **more)


@pytest.mark.parametrize(
    ("outcome", "more", "answer"),
    [
        (Outcome.MATCH, {"life_status": LifeStatus.ALIVE}, ShopAnswer.MATCH),
        (Outcome.FOLDED, {"life_status": LifeStatus.ALIVE}, ShopAnswer.NEAR),
        (Outcome.NO_MATCH, {"explanation": Field.FULL_NAME}, ShopAnswer.NEAR),
        (Outcome.NO_MATCH, {"explanation": Field.BIRTH_DATE}, ShopAnswer.NEAR),
        (Outcome.MATCH, {"life_status": LifeStatus.ALIVE, "successor": PersonalId(46090000510)}, ShopAnswer.NEAR),
        (Outcome.MATCH, {"life_status": LifeStatus.DEAD}, ShopAnswer.DIFFERS),
        (Outcome.MATCH, {"life_status": LifeStatus.MISSING}, ShopAnswer.DIFFERS),
        (Outcome.NO_MATCH, {}, ShopAnswer.DIFFERS),
    ],
)
def test_every_answer_is_match_near_or_differs_with_what_to_do(outcome: Outcome, more: dict, answer: ShopAnswer) -> None:
    hint = read_for_shop(verification(outcome, **more))

    assert hint.answer is answer
    assert hint.words
    assert hint.words_en


def test_an_operator_is_granted_yes_or_no_and_never_a_fact() -> None:
    grant = subscriber_grant("he-thong", date(2026, 1, 1))

    assert not grant.may_disclose
    assert grant.explain
    assert not any((grant.may_subscribe, grant.registry, grant.list_max))
    assert grant.fields == {Field.NATIONALITY}
