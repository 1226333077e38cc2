"""The door of the room of what goes out and what comes in."""

from dancu.notices.domain.delivery import Delivered, Delivery, Failed, Handler, Outcome, Postponed, Rejected
from dancu.notices.domain.receipts import First, OtherContent, Receipt, Repeat
from dancu.notices.domain.steps import Step, StepAction, StepState
from dancu.notices.usecases.deliver import deliver_due
from dancu.notices.usecases.receive import keep_result, once
from dancu.notices.usecases.send import send

__all__ = [
    "Delivered",
    "Delivery",
    "Failed",
    "First",
    "Handler",
    "OtherContent",
    "Outcome",
    "Postponed",
    "Receipt",
    "Rejected",
    "Repeat",
    "Step",
    "StepAction",
    "StepState",
    "deliver_due",
    "keep_result",
    "once",
    "send",
]
