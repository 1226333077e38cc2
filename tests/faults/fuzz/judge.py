"""Whether an answer may stand: never a failure of ours, as published, in time, without stack text, without a person in an error."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from tests.faults.fuzz import contracts
from tests.faults.fuzz.call import FORWARDED, Call
from tests.faults.fuzz.contracts import Breach
from tests.faults.fuzz.framing import Sent
from tests.faults.fuzz.wire import ANSWER_SECONDS_MAX, Answer

# Every person of the run has such a number and such a name.
NUMBER = re.compile(rb"(?<![0-9A-Fa-f-])046\d{9}(?![0-9A-Fa-f-])")
NAME = "nguyễn văn thử"
STACK = re.compile(
    rb'Traceback|File "[^"]+", line \d|\.py\b|asyncpg|psycopg|lxml|msgspec\.'
    rb"|(?:Key|Value|Type|Attribute|Unicode\w*|Recursion|Assertion|Runtime)Error\b"
)
SERVER_WORDS = b"Invalid HTTP request received."  # of the server itself, before any of our code
EDGE = {400, 408, 413, 431}  # what a connection may be ended by, without a body


@dataclass(frozen=True)
class Violation:
    """One answer that may not stand. Its words hold no value that was sent or told."""

    number: int
    kind: str
    words: str
    contract: str
    wrong: str

    def __str__(self) -> str:
        return f"case {self.number} ({self.contract}; {self.wrong or 'nothing changed'}): {self.kind}: {self.words}"


def faults_of(call: Call, sent: Sent, answer: Answer) -> list[tuple[str, str]]:
    """What is wrong with an answer: kinds and words."""
    found: list[tuple[str, str]] = []
    if answer.status >= 500 and not is_fault_of_caller(call, answer):
        found.append(("5xx", f"status {answer.status}"))
    if answer.seconds > ANSWER_SECONDS_MAX:
        found.append(("slow", f"{answer.seconds:.1f} s"))
    if match := STACK.search(answer.body):
        found.append(("stack", match[0].decode(errors="replace")[:40]))
    if tells_nobody(answer) and (NUMBER.search(answer.body) or NAME in answer.body.decode(errors="replace").casefold()):
        found.append(("person", f"a person's number or name in an answer of {answer.status}"))
    try:
        _check(call, sent, answer)
    except Breach as breach:
        found.append(("schema", str(breach)))
    return found


def is_fault_of_caller(call: Call, answer: Answer) -> bool:
    """SOAP 1.1 sends every fault with 500; on the strict profile a refusal is one, and blames the client."""
    return call.is_strict and answer.status == 500 and b"<faultcode>soapenv:Client</faultcode>" in answer.body


def tells_nobody(answer: Answer) -> bool:
    """An error, a refusal, an empty answer: nothing about anybody belongs there."""
    if answer.status >= 400:
        return True
    is_soap = answer.content_type.startswith("text/xml")
    return (
        is_soap
        and b"<wsdl:" not in answer.body
        and not any(b"<ns1:" + name + b">" in answer.body for name in (b"CongDan", b"HoGiaDinh"))
    )


def _check(call: Call, sent: Sent, answer: Answer) -> None:
    if sent.method == "HEAD" or answer.status == 204:
        return
    if answer.status in EDGE and (answer.body == SERVER_WORDS or not answer.body):
        return
    if answer.headers.get("cache-control") != "no-store":
        raise Breach("an answer that may be kept by whoever is between")
    if is_fault_of_caller(call, answer):
        contracts.check_envelope(answer.body)
        return
    operation = contracts.operation_at(call.method, unquote(call.path)) if sent.is_plain and not _is_elsewhere(call) else None
    if operation is not None:
        operation.check(answer)
    elif sent.is_plain and call.contract in ("soap", "lgsp") and not _is_elsewhere(call):
        if answer.content_type != "text/xml; charset=utf-8" or answer.status not in (200, 401, 409, 413, 429):
            raise Breach(f"SOAP: {answer.status} as {answer.content_type}")
        contracts.check_envelope(answer.body, is_for_hub=call.auth == FORWARDED)
    else:
        _check_anywhere(call, answer)


def _is_elsewhere(call: Call) -> bool:
    return any(each in ("path", "path case", "path escaped", "method") for each in call.wrong)


def _check_anywhere(call: Call, answer: Answer) -> None:
    """At an address nobody foresaw: one of the forms that are published for any address."""
    if answer.content_type == contracts.PROBLEM:
        if not contracts.problem_validator().is_valid(contracts.read_json(answer.body)):
            raise Breach("a problem that does not fit its schema")
    elif answer.content_type.startswith("text/xml"):
        contracts.check_envelope(answer.body, is_for_hub=call.auth == FORWARDED)
    elif answer.content_type == "application/json":
        if not isinstance(contracts.read_json(answer.body), dict):
            raise Breach("JSON that is no object")
    elif answer.content_type != contracts.PLAIN_TEXT or answer.status >= 400:
        raise Breach(f"{answer.status} as {answer.content_type or 'nothing'}")
