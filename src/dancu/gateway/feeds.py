"""Our own contract beside the two single questions: `/v1/subscriptions` and `/v1/changes`. Parse, ask, render."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

import msgspec

from dancu.exchange import feeds
from dancu.exchange.domain import AccessRequest, Kind, Refused
from dancu.exchange.hot import HotPath
from dancu.exchange.trial.tried import note_call
from dancu.gateway import listings_rest, problems, rest
from dancu.gateway.calls import JSON, BodyTooLarge, HttpCall, NotMirrored, Reply, Route
from dancu.gateway.replies import NO_ONE, Answered, decoded, encode, limit_of, problem, refusal, uuid_of
from dancu.gateway.rest import Stated, Text
from dancu.kernel.errors import DancuError
from dancu.kernel.warrants import Actor
from dancu.onboarding.reader import KnownCaller


class SubscriptionQuestion(msgspec.Struct, forbid_unknown_fields=True):
    """Whom to be told of: three keys as for a verification, and the subscriber's own name for the person."""

    full_name: Text
    birth_date: Text
    purpose: Stated
    legal_basis: Stated
    procedure: Stated
    officer: Stated
    subject_ref: Stated
    integration_code: Text = "REST"
    personal_id: Text = ""
    old_id_no: Text = ""
    dossier_no: Text = ""


class ChangesQuestion(msgspec.Struct, forbid_unknown_fields=True):
    """From where to read on, how much, and who reads."""

    officer: Stated
    after: Text = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=feeds.CHANGES_MAX)] = feeds.CHANGES_MAX


class SubscriptionBody(msgspec.Struct):
    """The answer to a subscription: the verification, and the subscription where the keys agree."""

    id: str
    outcome: str
    at: str
    life_status: str | None
    successor: str | None
    subscription: str | None
    subject_ref: str | None


async def _subscribe(hot: HotPath, caller: KnownCaller, call: HttpCall, _: re.Match[str]) -> Reply:
    asked: SubscriptionQuestion | None = None
    try:
        asked = decoded(call.body, SubscriptionQuestion)
        reference = feeds.check_subject_ref(asked.subject_ref)
        wish = feeds.Wish(caller, _request(caller, asked), rest.claim_of(asked), reference)
    except DancuError as failure:
        actor = Actor(caller.system.organisation, caller.system.client_id, "")
        refused = await feeds.subscribe(hot, feeds.Wish(caller, AccessRequest(actor, Kind.SUBSCRIBE, "", ""), None, ""))
        assert isinstance(refused, Refused)
        return problem(problems.of_error(failure, refused.reference))
    told = await feeds.subscribe(hot, wish)
    if isinstance(told, Refused):
        return refusal(told)
    verification = told.verification
    body = SubscriptionBody(
        verification.reference,
        verification.outcome,
        verification.at.isoformat(timespec="milliseconds"),
        verification.life_status.name.lower() if verification.life_status is not None else None,
        verification.successor.digits if verification.successor else None,
        str(told.subscription_id) if told.subscription_id else None,
        told.subject_ref or None,
    )
    return Reply(201 if told.is_new else 200, JSON, encode(body))


async def _list_own(hot: HotPath, caller: KnownCaller, call: HttpCall, _: re.Match[str]) -> Reply:
    limit = limit_of(call, feeds.LISTED_MAX)
    after = uuid_of(call.parameters.get("after", ""), "after") or NO_ONE
    lines = await feeds.own_subscriptions(hot, caller, after, limit)
    listed = [
        {
            "id": str(line.id),
            "subject_ref": line.subject_ref,
            "integration_code": line.integration_code,
            "procedure": line.procedure,
            "since": line.at.isoformat(timespec="milliseconds"),
        }
        for line in lines
    ]
    next_ = str(lines[-1].id) if len(lines) == limit else None
    return Reply(200, JSON, encode({"subscriptions": listed, "next": next_}))


async def _end(hot: HotPath, caller: KnownCaller, call: HttpCall, found: re.Match[str]) -> Reply:
    await feeds.end_subscription(hot, caller, UUID(found["id"]))
    return Reply(204, JSON, b"")


async def _changes(hot: HotPath, caller: KnownCaller, call: HttpCall, _: re.Match[str]) -> Reply:
    asked = decoded(call.body, ChangesQuestion)
    told = await feeds.tell_changes(hot, caller, asked.officer.strip(), asked.after.strip(), asked.limit)
    if isinstance(told, Refused):
        return refusal(told)
    changes = [feeds.as_json(change, reference) for change, reference in told.changes]
    return Reply(200, JSON, encode({"changes": changes, "next": str(told.next), "more": told.is_more}))


def _request(caller: KnownCaller, asked: SubscriptionQuestion) -> AccessRequest:
    actor = Actor(caller.system.organisation, caller.system.client_id, asked.officer.strip())
    return AccessRequest(
        actor, Kind.SUBSCRIBE, asked.integration_code, asked.procedure, asked.dossier_no, asked.purpose, asked.legal_basis
    )


# -- what every contract of ours needs ---------------------------------------------------------------------------------

ID = r"(?P<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
PATHS: Mapping[str, Mapping[str, Answered]] = {
    "/v1/subscriptions": {"POST": _subscribe, "GET": _list_own},
    f"/v1/subscriptions/{ID}": {"DELETE": _end},
    "/v1/changes": {"POST": _changes},
    **listings_rest.paths(ID),
}


async def answer(hot: HotPath, call: HttpCall) -> Reply:
    """One request below `/v1`. Raises `DancuError`; `NotMirrored`, for all of these have effects beyond their answer."""
    if call.known_as is not None:
        raise NotMirrored
    for pattern, methods in PATHS.items():
        if (found := re.fullmatch(pattern, call.path)) is None:
            continue
        if (answered := methods.get(call.method)) is None:
            return problem(problems.known("method"), [(b"allow", ", ".join(methods).encode())])
        caller = _caller(hot, call)
        if caller is None:
            hot.security_log.note("rest.unauthenticated", call.address)
            return problem(problems.known("unauthorized"), [(b"www-authenticate", b'Basic realm="dancu"')])
        note_call(caller)
        if (refused := await hot.refuse_doubted(caller, call.came)) is not None:
            return refusal(refused)
        return await answered(hot, caller, call, found)
    return problem(problems.known("not_found"))


def _caller(hot: HotPath, call: HttpCall) -> KnownCaller | None:
    """Who signs need not show a secret as well."""
    if call.came is not None and call.came.signed is not None and not call.header(b"authorization"):
        return hot.directory().callers.get(call.came.signed.issuer)
    return rest.authenticate(hot, call.header(b"authorization"))


def failed(failure: Exception) -> Reply:
    if isinstance(failure, BodyTooLarge):
        return problem(problems.known("too_large"))
    return problem(problems.of_error(failure) if isinstance(failure, DancuError) else problems.known("internal"))


ROUTE = Route(dict.fromkeys(("POST", "GET", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"), answer), failed)
