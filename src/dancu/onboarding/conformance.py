"""What the conformance kit found at a candidate: one document, signed, that a dossier of a connection can take in. Pure.

The kit (`dancu conformance`) writes it, the gate reads it. It says what whoever signed it says: the signature tells who that is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from dancu.kernel.errors import Invalid
from dancu.kernel.signing import MessageKey, NotSigned, PublicKey, SignedText

KIND = "dancu-conformance"  # `typ` of the signed document
RESULT_LENGTH_MAX = 1024 * 1024  # of the signed text; a run of all dialects takes about a tenth of it
CHECKS_MAX = 1000
SENTENCE_LENGTH_MAX = 2000

Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$", max_length=80)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Count = Annotated[int, msgspec.Meta(ge=0, le=CHECKS_MAX)]


class CandidateRole(StrEnum):
    """Which part the candidate played; the kit played the other (*vai của hệ thống được kiểm tra*)."""

    SERVER = "server"
    CLIENT = "client"


class CheckOutcome(StrEnum):
    """How one check ended (*kết quả một phép kiểm tra*)."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class CheckResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One check with the sentence for the integrator: what was sent, what came, what is needed, how to mend (*phép kiểm tra*)."""

    id: Id
    title: Word
    dialect: Id
    outcome: CheckOutcome
    sentence: Annotated[str, msgspec.Meta(max_length=SENTENCE_LENGTH_MAX)] = ""


class ConformanceSummary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many checks ended how (*tổng hợp kiểm tra*)."""

    passed: Count
    failed: Count
    skipped: Count


class ConformanceResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that one run of the kit found at one candidate (*kết quả kiểm tra tương thích*)."""

    kit: Word  # version of the kit: what was looked at changes with it
    role: CandidateRole
    client_id: Annotated[str, msgspec.Meta(max_length=200)]  # under which the kit asked, or the candidate was to ask
    url: Annotated[str, msgspec.Meta(max_length=2000)]  # of a server; without user, query and fragment
    dialects: Annotated[tuple[Id, ...], msgspec.Meta(min_length=1, max_length=50)]
    started_at: Moment
    ended_at: Moment
    checks: Annotated[tuple[CheckResult, ...], msgspec.Meta(max_length=CHECKS_MAX)]
    summary: ConformanceSummary

    @property
    def holds(self) -> bool:
        """Nothing failed, and something was looked at."""
        return self.summary.failed == 0 and self.summary.passed > 0

    @property
    def is_whole(self) -> bool:
        """Nothing was left out: a gate that wants a dialect proven asks for this, too."""
        return self.summary.skipped == 0


def summary_of(checks: Iterable[CheckResult]) -> ConformanceSummary:
    """The count of outcomes (*tổng hợp kiểm tra*)."""
    counted = Counter(check.outcome for check in checks)
    return ConformanceSummary(*(counted[each] for each in CheckOutcome))


def encode_result(result: ConformanceResult) -> bytes:
    """The document as canonical JSON: names sorted, no blanks, UTF-8 (*văn bản kết quả*)."""
    return msgspec.json.encode(result, order="sorted")


def sign_result(result: ConformanceResult, key: MessageKey) -> str:
    """The document as a compact JWS of a kind of its own (*kết quả đã ký*)."""
    return key.sign(encode_result(result), KIND)


def key_name_of(text: str) -> str:
    """The name of the key that is said to have signed (*mã khoá ký*); nothing is believed yet. Raises `Invalid`."""
    return _signed(text).kid


def read_result(text: str, key: PublicKey) -> ConformanceResult:
    """A signed result, believed (*đọc kết quả kiểm tra*).

    Raises `Invalid`: not signed by this key, a signed text of another kind, not of our form, sums that do not fit.
    """
    signed = _signed(text)
    if not key.verify(signed):
        raise Invalid(
            "conformance.signature",
            "Chữ ký của kết quả kiểm tra không đúng với khoá này. Chạy lại bộ kiểm tra và ký bằng khoá đã đăng ký.",
            "The result is not signed by this key. Run the kit again and sign with the registered key.",
            field="result",
        )
    return _checked(signed.payload)


def _signed(text: str) -> SignedText:
    try:
        return SignedText(text.strip(), KIND, length_max=RESULT_LENGTH_MAX)
    except NotSigned:
        raise Invalid(
            "conformance.not_signed",
            "Đây không phải kết quả kiểm tra đã ký. Gửi tệp do `dancu conformance … --sign-with … --out …` ghi ra, không sửa.",
            "This is no signed result of the kit. Send the file that `dancu conformance … --sign-with … --out …` wrote, as it is.",
            field="result",
        ) from None


def _checked(payload: bytes) -> ConformanceResult:
    """The document, whose parts agree with each other."""
    try:
        result = msgspec.json.decode(payload, type=ConformanceResult)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
        raise _wrong("Kết quả kiểm tra không đúng mẫu", "The result does not fit its form") from None
    ids = [check.id for check in result.checks]
    if len(set(ids)) < len(ids) or {check.dialect for check in result.checks} - set(result.dialects):
        raise _wrong("Kết quả có phép kiểm tra lặp lại hoặc ngoài phạm vi", "The result has checks twice, or beyond what it names")
    if summary_of(result.checks) != result.summary or result.ended_at < result.started_at:
        raise _wrong("Số tổng hợp hoặc thời gian của kết quả không khớp", "The sums or times of the result do not fit")
    if not _is_plain(result.url):
        raise _wrong("Địa chỉ trong kết quả có tham số hoặc tài khoản", "The address in the result carries a query or a user")
    return result


def _is_plain(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return not (parts.query or parts.fragment or "@" in parts.netloc) and parts.scheme in ("", "http", "https")


def _wrong(message: str, message_en: str) -> Invalid:
    return Invalid("conformance.form", f"{message}. Chạy lại bộ kiểm tra.", f"{message_en}. Run the kit again.", field="result")
