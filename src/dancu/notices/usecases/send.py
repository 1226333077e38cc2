"""Write what is to go out into the transaction of what it tells of; the worker takes it from there."""

from __future__ import annotations

import contextlib
from datetime import datetime
from uuid import UUID, uuid4

import structlog
from django.db import DatabaseError, connection, transaction

from dancu.kernel.errors import Conflict
from dancu.notices import keys, policies
from dancu.notices.domain.steps import Step, check
from dancu.notices.store import steps as store

TASK, QUEUE = "dancu.notices.tasks.deliver_steps", "notices"
log = structlog.get_logger()


def send(step: Step, *, now: datetime) -> UUID:
    """Hand a step to the outbox, in the caller's transaction (*gửi đi*); gives its id, which the receiver counts it by.

    The same key of the kind with the same content is the same step. Raises `Conflict` for other content under the key,
    `Invalid` for a step that is malformed or names a person in the open.
    """
    check(step)
    content = keys.hashing("content").of(step.content())
    step_id = uuid4()
    sealed = keys.sealing().seal(step.content(), belongs_to=f"step:{step_id}")
    destination = step.destination or policies.policy_of(step.kind, now).destination
    with transaction.atomic(savepoint=False):
        if store.add(step_id, step, destination, content, sealed, now):
            nudge_after_commit()
            return step_id
        found = store.find_content(step.kind, step.key)
    assert found is not None, "a step is never deleted"
    if found[1] != content:
        raise Conflict(
            "step.other_content",
            "Mã gửi này đã dùng cho nội dung khác. Dùng mã mới.",
            "This key was used for another content. Use a new key.",
        )
    return found[0]


def nudge_after_commit() -> None:
    """Wake the worker once this transaction is durable. Lost wakings cost seconds: the worker also looks by itself."""
    if not any(waiting[1] is _nudge for waiting in connection.run_on_commit):
        transaction.on_commit(_nudge)


def _nudge() -> None:
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import AlreadyEnqueued, ProcrastinateException

    with contextlib.suppress(AlreadyEnqueued):
        try:
            app.configure_task(TASK, queue=QUEUE, queueing_lock=TASK).defer(timestamp=0)
        except AlreadyEnqueued:
            raise
        except (ProcrastinateException, DatabaseError) as failure:
            log.warning("notices.nudge.failed", error=type(failure).__name__)
