"""The door of the registry officer's room: what the command line sets up and shows."""

from dancu.registrar.domain.payloads import (
    KIND_WORDS,
    AnyPayload,
    ChangeHead,
    Correct,
    Event,
    FormHousehold,
    Merge,
    RegisterResidence,
    Relate,
    ReplaceNumber,
    Revoke,
)
from dancu.registrar.domain.requests import ActionKind, Actor, Content, Request, table
from dancu.registrar.usecases.requests import Step, take_step, write_request

__all__ = [
    "KIND_WORDS",
    "ActionKind",
    "Actor",
    "AnyPayload",
    "ChangeHead",
    "Content",
    "Correct",
    "Event",
    "FormHousehold",
    "Merge",
    "RegisterResidence",
    "Relate",
    "ReplaceNumber",
    "Request",
    "Revoke",
    "Step",
    "table",
    "take_step",
    "write_request",
]
