"""Lists by criteria in our own contract: `/v1/list-requests`. Parse, ask, render."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec

from dancu.exchange import feeds
from dancu.exchange.domain import Refused
from dancu.exchange.hot import HotPath
from dancu.gateway import rest
from dancu.gateway.calls import JSON, HttpCall, Reply
from dancu.gateway.replies import NO_ONE, Answered, decoded, encode, limit_of, refusal, uuid_of
from dancu.gateway.rest import Stated, Text
from dancu.onboarding.reader import KnownCaller


class ListQuestion(msgspec.Struct, forbid_unknown_fields=True):
    """Whom a list is to hold, which items are to be told of each, and on what ground."""

    criteria: feeds.ListCriteria
    purpose: Stated
    legal_basis: Stated
    procedure: Stated
    officer: Stated
    integration_code: Text = "REST"
    dossier_no: Text = ""
    fields: list[str] = []


class PageQuestion(msgspec.Struct, forbid_unknown_fields=True):
    """Which page, and who reads it."""

    officer: Stated
    page: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)] = 1


async def _request(hot: HotPath, caller: KnownCaller, call: HttpCall, _: re.Match[str]) -> Reply:
    asked = decoded(call.body, ListQuestion)
    wanted = feeds.Asked(
        asked.criteria,
        asked.officer.strip(),
        asked.integration_code,
        asked.procedure,
        asked.purpose,
        asked.legal_basis,
        asked.dossier_no,
        tuple(sorted(rest.field_of(name) for name in asked.fields)),
    )
    told = await feeds.request_list(hot, feeds.Wanted(caller, wanted, call.header(b"idempotency-key")))
    return refusal(told) if isinstance(told, Refused) else Reply(202, JSON, encode(as_json(told)))


async def _own(hot: HotPath, caller: KnownCaller, call: HttpCall, _: re.Match[str]) -> Reply:
    limit = limit_of(call, feeds.LISTED_MAX)
    after = uuid_of(call.parameters.get("after", ""), "after") or NO_ONE
    lines = await feeds.own_lists(hot, caller, after, limit)
    next_ = str(lines[-1].id) if len(lines) == limit else None
    return Reply(200, JSON, encode({"list_requests": [as_json(line) for line in lines], "next": next_}))


async def _state(hot: HotPath, caller: KnownCaller, call: HttpCall, found: re.Match[str]) -> Reply:
    line, asked = await feeds.list_line(hot, caller, UUID(found["id"]))
    return Reply(200, JSON, encode({**as_json(line), "criteria": asked.criteria}))


async def _history(hot: HotPath, caller: KnownCaller, call: HttpCall, found: re.Match[str]) -> Reply:
    steps = await feeds.list_history(hot, caller, UUID(found["id"]))
    told = [{"at": at.isoformat(timespec="milliseconds"), "state": state, "reason": reason} for at, state, reason in steps]
    return Reply(200, JSON, encode({"steps": told}))


async def _page(hot: HotPath, caller: KnownCaller, call: HttpCall, found: re.Match[str]) -> Reply:
    asked = decoded(call.body, PageQuestion)
    told = await feeds.tell_page(hot, caller, UUID(found["id"]), asked.page, asked.officer.strip())
    if isinstance(told, Refused):
        return refusal(told)
    persons = [{"facts": feeds.facts_as_json(each.facts), "reference": each.reference} for each in told.persons]
    return Reply(200, JSON, encode({"page": told.number, "pages": told.line.pages, "persons": persons}))


async def _delete(hot: HotPath, caller: KnownCaller, call: HttpCall, found: re.Match[str]) -> Reply:
    await feeds.delete_list(hot, caller, UUID(found["id"]))
    return Reply(204, JSON, b"")


def as_json(line: feeds.ListLine) -> dict[str, Any]:
    """A request as its owner sees it; small counts are not told."""
    return {
        "id": str(line.id),
        "state": line.state,
        "reason": line.reason or None,
        "count": line.count,
        "pages": line.pages if line.state is feeds.ListState.READY else None,
        "at": line.at.isoformat(timespec="milliseconds"),
        "changed_at": line.changed_at.isoformat(timespec="milliseconds"),
        "expires_at": line.expires_at.isoformat(timespec="milliseconds") if line.expires_at else None,
    }


def paths(number: str) -> Mapping[str, Mapping[str, Answered]]:
    """Pattern of the address → method → answer; `number` is the pattern of an id."""
    one = f"/v1/list-requests/{number}"
    return {
        "/v1/list-requests": {"POST": _request, "GET": _own},
        one: {"GET": _state, "DELETE": _delete},
        f"{one}/history": {"GET": _history},
        f"{one}/pages": {"POST": _page},
    }
