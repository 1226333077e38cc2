"""What an operator does with steps that did not go out: send again, cancel; each deed is recorded with the step."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from dancu.kernel.errors import Conflict
from dancu.notices.domain.receipts import First, OtherContent
from dancu.notices.domain.steps import ALLOWED, StepAction, require
from dancu.notices.store import steps as store
from dancu.notices.usecases.receive import keep_result, once
from dancu.notices.usecases.send import nudge_after_commit

STEPS_AT_ONCE_MAX = 500
_SOURCE = "page:notices.operate"


@dataclass(frozen=True, slots=True)
class Deed:
    """What an operator wants done to which steps; `key` makes a second click the same deed (*việc của người vận hành*)."""

    action: StepAction
    steps: tuple[UUID, ...]
    account: str
    key: str
    reason: str = ""

    @property
    def digest(self) -> bytes:
        parts = [self.action, self.account, self.reason, *map(str, sorted(self.steps))]
        return hashlib.sha256("\n".join(parts).encode()).digest()


def operate(deed: Deed, *, now: datetime) -> int:
    """Send again or cancel (*gửi lại, huỷ*); gives how many. Of several, those that allow it; the others stay as they are.

    Raises `NotFound`, `Conflict` when a single one does not allow it or the key was used for another deed, `Invalid`
    when a cancellation has no reason.
    """
    chosen = deed.steps[:STEPS_AT_ONCE_MAX]
    with transaction.atomic():
        receipt = once(_SOURCE, deed.key, deed.digest, now=now)
        if isinstance(receipt, OtherContent):
            raise Conflict(
                "step.other_deed", "Biểu mẫu này đã gửi. Mở lại trang rồi làm tiếp.", "This form was sent. Open it again."
            )
        if not isinstance(receipt, First):
            return int(receipt.result or b"0")
        found = store.state_for_update(chosen)
        if not found:
            raise store.no_step()
        for state, _kind in found.values():
            if len(chosen) == 1 or deed.action in ALLOWED[state]:
                require(deed.action, state, deed.reason)
        done = [step_id for step_id, (state, _kind) in found.items() if deed.action in ALLOWED[state]]
        for step_id in done:
            _do(deed, step_id, now)
        keep_result(_SOURCE, deed.key, b"%d" % len(done))
        nudge_after_commit()
    return len(done)


def _do(deed: Deed, step_id: UUID, now: datetime) -> None:
    if deed.action is StepAction.RESEND:
        store.begin_again(step_id, now)
    else:
        store.cancel(step_id, now)
    store.add_action(step_id, deed.account, deed.action, deed.reason.strip(), now)
