"""Who asked is told what was decided: with the decision, once, and not when there was none."""

from __future__ import annotations

from pathlib import Path

import pytest

from dancu.kernel.errors import Conflict
from dancu.notices import api as notices
from dancu.notices.usecases import tell
from dancu.registrar.domain.requests import ActionKind
from tests.factories.people import NOW
from tests.registrar.scene import APPROVER, AUTHOR, approved, handed_in, load_people, taken

pytestmark = pytest.mark.django_db
HERS = (AUTHOR.hand.account, "H57.12.3", AUTHOR.roles)


@pytest.fixture(autouse=True)
def _registry(tmp_path: Path) -> None:
    load_people(tmp_path)


def titles() -> list[str]:
    notices.deliver_due({"notice.officer": tell.deliver_to_officer}, lambda: NOW.replace(year=2027))
    return [notices.in_words(each.message, "vi")[0] for each in tell.notices_of_officer(*HERS)]


def test_the_author_is_told_of_an_approval_and_led_to_the_request():
    request = approved()

    assert titles() == [f"Đề nghị {request.code} đã được duyệt"]
    assert tell.notices_of_officer(*HERS)[0].message.href == f"/dan-cu/de-nghi/{request.id}"


@pytest.mark.parametrize(
    ("kind", "word"), [(ActionKind.REJECT, "bị từ chối"), (ActionKind.RETURN, "được trả lại để bổ sung")], ids=["reject", "return"]
)
def test_the_author_is_told_of_a_refusal_and_a_return(kind: ActionKind, word: str):
    request = taken(handed_in(), kind, APPROVER, "Thiếu bản chụp giấy khai sinh")

    assert titles() == [f"Đề nghị {request.code} {word}"]


def test_a_decision_sent_twice_tells_once():
    request = handed_in()
    for _ in range(2):
        taken(request, ActionKind.REJECT, APPROVER, "Không đủ căn cứ")

    assert len(titles()) == 1


def test_nobody_is_told_of_what_was_not_decided():
    request = handed_in()
    with pytest.raises(Conflict):
        taken(request, ActionKind.APPROVE, AUTHOR)

    assert titles() == []
