"""The document of the conformance kit: what was signed is read again as it was, and nothing else is believed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from dancu.kernel.errors import Invalid
from dancu.kernel.signing import ES256, MessageKey
from dancu.onboarding.conformance import (
    KIND,
    RESULT_LENGTH_MAX,
    CandidateRole,
    CheckOutcome,
    CheckResult,
    ConformanceResult,
    encode_result,
    key_name_of,
    read_result,
    sign_result,
    summary_of,
)

BEGAN, ENDED = datetime(2026, 11, 24, 7, 5, tzinfo=UTC), datetime(2026, 11, 24, 7, 6, tzinfo=UTC)
KEY = MessageKey.generate()


def a_check(name: str = "soap.prefixes", outcome: CheckOutcome = CheckOutcome.PASSED) -> CheckResult:
    return CheckResult(name, "Tiền tố đúng từng chữ", "soap", outcome, "" if outcome is CheckOutcome.PASSED else "Cách sửa: …")


def a_result(*checks: CheckResult, **changes: Any) -> ConformanceResult:
    checks = checks or (a_check(),)
    told = ConformanceResult(
        "1", CandidateRole.SERVER, "he-thong", "https://may-chu.example/goc", ("soap",), BEGAN, ENDED, checks, summary_of(checks)
    )
    return msgspec.structs.replace(told, **changes)


def signed(document: object, key: MessageKey = KEY, kind: str = KIND) -> str:
    """Any document under a good signature: what a kit that lies, or is broken, could hand in."""
    return key.sign(json.dumps(document).encode(), kind)


def as_document(result: ConformanceResult) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(encode_result(result))
    return told


@pytest.mark.parametrize("key", [KEY, MessageKey.generate(ES256)], ids=["Ed25519", "ES256"])
def test_a_signed_result_is_read_as_it_was_written(key: MessageKey) -> None:
    result = a_result(a_check(), a_check("soap.wrapper", CheckOutcome.FAILED))

    text = sign_result(result, key)

    assert read_result(text + "\n", key.public) == result
    assert key_name_of(text) == key.kid


def test_the_same_result_is_the_same_bytes() -> None:
    document = encode_result(a_result())

    assert document == encode_result(a_result())
    assert list(json.loads(document)) == sorted(json.loads(document))
    assert b": " not in document
    assert "Tiền tố".encode() in document


def test_a_result_of_all_dialects_is_not_too_long_to_sign() -> None:
    long = [CheckResult(f"soap.c{at}", "x" * 100, "soap", CheckOutcome.FAILED, "ề" * 700) for at in range(260)]
    text = sign_result(a_result(*long), KEY)

    assert len(text) < RESULT_LENGTH_MAX
    assert read_result(text, KEY.public).summary.failed == 260


def _under_the_signature_of(failed: ConformanceResult, passed: ConformanceResult) -> str:
    """The signature of a failure beneath the document of a success."""
    header, _, signature = sign_result(failed, KEY).split(".")
    return ".".join((header, sign_result(passed, KEY).split(".")[1], signature))


@dataclass(frozen=True)
class Lie:
    name: str
    text: str
    code: str


def _changed(**changes: Any) -> str:
    return signed({**as_document(a_result()), **changes})


DOCUMENT, FAILURE = as_document(a_result()), a_result(a_check(outcome=CheckOutcome.FAILED))
GREAT = [{**DOCUMENT["checks"][0], "outcome": "great"}]
LIES = (
    Lie("another key", sign_result(a_result(), MessageKey.generate()), "conformance.signature"),
    Lie("a changed document", _under_the_signature_of(FAILURE, a_result()), "conformance.signature"),
    Lie("another kind of text", signed(as_document(a_result()), kind="dancu-request"), "conformance.not_signed"),
    Lie("no signature", encode_result(a_result()).decode(), "conformance.not_signed"),
    Lie("nothing", "", "conformance.not_signed"),
    Lie("without end", "a" * (RESULT_LENGTH_MAX + 1), "conformance.not_signed"),
    Lie("no document", signed([1]), "conformance.form"),
    Lie("a member more", _changed(extra=1), "conformance.form"),
    Lie("an outcome nobody knows", _changed(checks=GREAT), "conformance.form"),
    Lie("sums made up", _changed(summary={"passed": 5, "failed": 0, "skipped": 0}), "conformance.form"),
    Lie("a failure left out of the sum", _changed(checks=as_document(FAILURE)["checks"]), "conformance.form"),
    Lie("a check twice", signed(as_document(a_result(a_check(), a_check()))), "conformance.form"),
    Lie("a dialect not named", _changed(dialects=["rest"]), "conformance.form"),
    Lie("ended before it began", _changed(started_at="2026-11-24T07:07:00Z"), "conformance.form"),
    Lie("a moment without a zone", _changed(started_at="2026-11-24T07:05:00"), "conformance.form"),
    Lie("a query in the address", _changed(url="https://may-chu.example/?so=1"), "conformance.form"),
    Lie("a password in the address", _changed(url="https://a:b@may-chu.example/"), "conformance.form"),
    Lie("an address that does something", _changed(url="javascript:alert(1)"), "conformance.form"),
    Lie("markup as an id", signed(as_document(a_result(a_check("<script>")))), "conformance.form"),
)  # fmt: skip


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.name)
def test_what_does_not_fit_is_not_read(lie: Lie) -> None:
    with pytest.raises(Invalid) as refused:
        read_result(lie.text, KEY.public)

    assert refused.value.code == lie.code
    assert refused.value.field == "result"
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize(
    ("outcomes", "holds", "is_whole"),
    [
        ([CheckOutcome.PASSED], True, True),
        ([CheckOutcome.PASSED, CheckOutcome.SKIPPED], True, False),
        ([CheckOutcome.PASSED, CheckOutcome.FAILED], False, True),
        ([CheckOutcome.SKIPPED], False, False),
    ],
)
def test_a_result_holds_when_nothing_failed_and_something_passed(outcomes: list[CheckOutcome], holds: bool, is_whole: bool) -> None:
    result = a_result(*(a_check(f"soap.c{at}", outcome) for at, outcome in enumerate(outcomes)))

    assert (result.holds, result.is_whole) == (holds, is_whole)


def test_the_document_is_read_without_a_framework() -> None:
    import subprocess
    import sys

    code = "import dancu.onboarding.conformance, sys; print([name for name in sys.modules if name.startswith('django')])"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
