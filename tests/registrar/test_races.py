"""Two approvers at the same moment: one effect, and the other is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from dancu.kernel.errors import Conflict
from dancu.population.store import histories
from dancu.registrar.domain.requests import APPROVER_ROLE, ActionKind, Actor
from tests.registrar.scene import APPROVER, PERSON, an_officer, handed_in, load_people, taken

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _registry(tmp_path: Path) -> None:
    load_people(tmp_path)


def test_two_approvers_at_the_same_moment_have_one_effect():
    request = handed_in()
    approvers = [APPROVER, an_officer("lanhdao.d", "H57/C07", "", APPROVER_ROLE)]

    def approve(actor: Actor) -> str:
        try:
            return taken(request, ActionKind.APPROVE, actor).last.by.account
        except Conflict as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(approve, approvers))

    assert told[1] == "request.action"
    assert told[0] in ("lanhdao.b", "lanhdao.d")
    assert len(histories.changes_of(PERSON)) == 2
