"""Loaded into Schemathesis: lets half of its cases get through to the registry, and checks what an answer may not hold."""

from __future__ import annotations

import os
from typing import Any

import schemathesis

from tests.faults.fuzz.judge import NAME, NUMBER, STACK
from tests.faults.fuzz.own_calls import USE
from tests.faults.fuzz.systems import PLAIN
from tests.faults.place import person_at
from tests.field_clients.platforms import access_header
from tests.gateway.process import SECRET

LISTED = os.environ.get("FUZZ_LIST", "")
_number, _name, _born = person_at(11)
_KNOWN: dict[str, Any] = {
    **dict(USE),
    "integration_code": "REST",
    "personal_id": _number,
    "full_name": _name,
    "birth_date": _born,
    "maTichHop": "037",
    "maDVC": "1.001193",
    "maCanBo": "canbo01",
    "soDinhDanh": _number,
    "hoVaTen": _name,
    "ngayThangNam": _born,
    "grant_type": "client_credentials",
    "client_id": PLAIN,
    "client_secret": SECRET,
}
_QUERY = {"cccd": _number, "fullName": _name, "dob": _born, "citizen_pid": _number, "full_name": _name, "birth_date": _born}
_calls = 0


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Of every two, one keeps its odd members but for all that is needed to get through to the registry."""
    global _calls
    _calls += 1
    if _calls % 2:
        return
    if isinstance(case.path_parameters, dict):
        if "client" in case.path_parameters:
            case.path_parameters["client"] = PLAIN
        if "id" in case.path_parameters and case.method != "DELETE":
            case.path_parameters["id"] = LISTED
    if isinstance(case.body, dict):
        odd = sorted(case.body)[_calls // 2 % max(1, len(case.body))] if case.body else ""
        case.body.update({name: value for name, value in _KNOWN.items() if name in case.body and name != odd})
    if isinstance(case.query, dict):
        case.query.update({name: value for name, value in _QUERY.items() if name in case.query})
    if isinstance(case.headers, dict) or hasattr(case.headers, "update"):
        for name in ("lgspaccesstoken", "Auth"):
            if name in case.headers and _calls % 4 == 0:
                case.headers[name] = access_header(PLAIN, SECRET)


@schemathesis.check
def tells_nothing_inside(ctx: Any, response: Any, case: Any) -> None:
    """No stack text, and nobody's number or name in an error."""
    body = response.content
    assert not STACK.search(body), "stack text in an answer"
    if response.status_code >= 400:
        assert not NUMBER.search(body), "a person's number in an error"
        assert NAME not in body.decode(errors="replace").casefold(), "a person's name in an error"
