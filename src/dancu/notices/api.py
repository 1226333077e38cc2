"""The door of the room of what goes out, what comes in, and who is told."""

from dancu.notices.deadline import Deadline
from dancu.notices.domain.delivery import Delivered, Delivery, Failed, Handler, Outcome, Postponed, Rejected
from dancu.notices.domain.messages import Addressee, Message, Notice
from dancu.notices.domain.receipts import First, OtherContent, Receipt, Repeat
from dancu.notices.domain.steps import Step, StepAction, StepState, names_a_person
from dancu.notices.mail import deliver_mail, mail
from dancu.notices.store.seen import StepLine, attempts, get_step, standings, steps
from dancu.notices.usecases.deliver import deliver_due
from dancu.notices.usecases.operate import Deed, operate
from dancu.notices.usecases.receive import keep_result, once
from dancu.notices.usecases.send import send
from dancu.notices.usecases.tell import (
    citizen_notice,
    deliver_to_citizen,
    deliver_to_officer,
    notices_of_citizen,
    officer_notice,
)
from dancu.notices.wording import in_words, message

__all__ = [
    "Addressee",
    "Deadline",
    "Deed",
    "Delivered",
    "Delivery",
    "Failed",
    "First",
    "Handler",
    "Message",
    "Notice",
    "OtherContent",
    "Outcome",
    "Postponed",
    "Receipt",
    "Rejected",
    "Repeat",
    "Step",
    "StepAction",
    "StepLine",
    "StepState",
    "attempts",
    "citizen_notice",
    "deliver_due",
    "deliver_mail",
    "deliver_to_citizen",
    "deliver_to_officer",
    "get_step",
    "in_words",
    "keep_result",
    "mail",
    "message",
    "names_a_person",
    "notices_of_citizen",
    "officer_notice",
    "once",
    "operate",
    "send",
    "standings",
    "steps",
]
