"""Lists and their rounds as values: states and what may follow, limits of an organisation, what a reviewer concludes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from dancu.kernel.errors import Conflict, Invalid, TooMany

MIB = 1024 * 1024
NAME_LENGTH_MAX, WORDS_LENGTH_MAX = 120, 500


class RoundState(StrEnum):
    """Where a round stands (*trạng thái đợt đối soát*)."""

    WAITING = "waiting"  # the file is here, nobody has said what its columns are
    MAPPING = "mapping"  # it was looked at; columns are chosen, or it cannot be read
    QUEUED = "queued"
    COMPARING = "comparing"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DELETED = "deleted"


class Asked(StrEnum):
    """What its owner wants of a running round (*yêu cầu với đợt đang chạy*)."""

    NOTHING = ""
    PAUSE = "pause"
    CANCEL = "cancel"


class RoundAct(StrEnum):
    """What was done to a round (*việc trên đợt đối soát*)."""

    UPLOAD = "upload"
    MAP = "map"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    FINISH = "finish"
    FAIL = "fail"
    DOWNLOAD = "download"
    REVIEW = "review"
    TIDY = "tidy"
    DELETE = "delete"


class Scope(StrEnum):
    """What a later round sends (*phạm vi gửi lại*)."""

    WHOLE = "whole"
    MENDED = "mended"  # only the rows that were mended


OPEN = frozenset({RoundState.QUEUED, RoundState.COMPARING})
GIVEN_UP = frozenset({RoundState.FAILED, RoundState.CANCELLED, RoundState.DELETED})
ENDED = frozenset({RoundState.DONE, RoundState.FAILED, RoundState.CANCELLED, RoundState.DELETED})
NEXT: Mapping[RoundState, frozenset[RoundState]] = {
    RoundState.WAITING: frozenset({RoundState.MAPPING, RoundState.QUEUED, RoundState.CANCELLED, RoundState.DELETED}),
    RoundState.MAPPING: frozenset({RoundState.MAPPING, RoundState.QUEUED, RoundState.CANCELLED, RoundState.DELETED}),
    RoundState.QUEUED: frozenset({RoundState.COMPARING, RoundState.PAUSED, RoundState.CANCELLED, RoundState.FAILED}),
    RoundState.COMPARING: frozenset(
        {RoundState.QUEUED, RoundState.PAUSED, RoundState.DONE, RoundState.FAILED, RoundState.CANCELLED}
    ),
    RoundState.PAUSED: frozenset({RoundState.QUEUED, RoundState.CANCELLED}),
    RoundState.DONE: frozenset({RoundState.DELETED}),
    RoundState.FAILED: frozenset({RoundState.QUEUED, RoundState.MAPPING, RoundState.CANCELLED, RoundState.DELETED}),
    RoundState.CANCELLED: frozenset({RoundState.DELETED}),
    RoundState.DELETED: frozenset(),
}
STATE_WORDS: Mapping[RoundState, str] = {
    RoundState.WAITING: "Chờ ghép cột",
    RoundState.MAPPING: "Đang ghép cột",
    RoundState.QUEUED: "Chờ đến lượt",
    RoundState.COMPARING: "Đang đối soát",
    RoundState.PAUSED: "Tạm dừng",
    RoundState.DONE: "Đã xong",
    RoundState.FAILED: "Chưa đối soát được",
    RoundState.CANCELLED: "Đã huỷ",
    RoundState.DELETED: "Đã xoá",
}


@dataclass(frozen=True, slots=True)
class SourceList:
    """A list somebody keeps and compares again and again (*danh sách đối soát*)."""

    id: UUID
    organisation: str
    name: str
    profile: str
    source: str  # the operator or system the records come from
    purpose: str
    legal_basis: str
    account: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Round:
    """One comparison of a list, from the file to the report (*đợt đối soát*)."""

    id: UUID
    list_id: UUID
    organisation: str
    number: int  # from 1 within its list
    state: RoundState
    scope: Scope
    file_name: str
    file_digest: str  # SHA-256, hex: what the kept file is called
    file_bytes: int
    account: str
    created_at: datetime
    changed_at: datetime
    asked: Asked = Asked.NOTHING
    mapping: Mapping[str, int] = field(default_factory=dict)  # role → column from 0
    grouped_by: str = ""
    stage: str = ""
    done: int = 0
    total: int = 0
    rate: float = 0.0  # a second
    counts: Mapping[str, int] = field(default_factory=dict)
    records: int = 0  # known at the end; before that what was read
    snapshot_version: str = ""
    report: Mapping[str, Any] | None = None
    failure: str = ""
    failure_en: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    heartbeat_at: datetime | None = None
    work_removed_at: datetime | None = None

    @property
    def code(self) -> str:
        """How people and the ledger name it: nothing in it is about anybody."""
        return f"DS-{self.list_id.hex[:8].upper()}-{self.number:03d}"

    @property
    def is_before_start(self) -> bool:
        return self.state in (RoundState.WAITING, RoundState.MAPPING)

    @property
    def is_done(self) -> bool:
        return self.state is RoundState.DONE

    @property
    def seconds_left(self) -> int | None:
        """Of the present stage; None where nobody can tell."""
        return round((self.total - self.done) / self.rate) if self.rate > 0 and self.total > self.done else None


@dataclass(frozen=True, slots=True)
class OrganisationLimits:
    """How much one organisation may compare (*hạn mức đối soát của cơ quan*)."""

    rounds_at_once: int = 1
    records_a_day: int = 200_000_000
    file_bytes: int = 20 * 1024 * MIB


@dataclass(frozen=True, slots=True)
class Use:
    """What an organisation is using now (*mức đang dùng*)."""

    rounds_open: int
    records_today: int


class Conclusion(StrEnum):
    """What a reviewer of the registry says of a near match (*kết luận xem lại*)."""

    SAME = "same"
    OTHER = "other"
    UNCLEAR = "unclear"


CONCLUSION_WORDS: Mapping[Conclusion, str] = {
    Conclusion.SAME: "Cùng một người",
    Conclusion.OTHER: "Không phải người này",
    Conclusion.UNCLEAR: "Chưa đủ căn cứ",
}
REASON_LENGTH_MIN = 5


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a list as its owner wrote it, sealed until somebody looks at it (*bản ghi của danh sách*)."""

    number: str
    name: str
    birth_date: str


@dataclass(frozen=True, slots=True)
class ReviewCase:
    """A near match that the registry's reviewers are asked about (*trường hợp cần xem lại*)."""

    id: UUID
    round_id: UUID
    organisation: str
    list_name: str
    purpose: str
    row: int
    reference: str
    reasons: str
    asked_at: datetime
    conclusion: Conclusion | None = None
    reason: str = ""
    account: str = ""
    decided_at: datetime | None = None


def require(state: RoundState, next_: RoundState) -> None:
    """May a round go from here to there (*chuyển trạng thái*)? Raises `Conflict` saying where it stands."""
    if next_ not in NEXT[state]:
        raise Conflict(
            "reconcile.state",
            f"Đợt này đang ở trạng thái “{STATE_WORDS[state]}” nên chưa làm được việc này. Bạn tải lại trang để xem.",
            f"The round is {state.value}; this cannot be done now. Load the page again.",
            details={"state": state.value},
        )


def check_start(limits: OrganisationLimits, use: Use) -> None:
    """May one more round begin (*kiểm tra hạn mức*)? Raises `TooMany` saying which limit and what to do."""
    if use.rounds_open >= limits.rounds_at_once:
        raise TooMany(
            "reconcile.rounds_at_once",
            f"Đơn vị của bạn đang có {use.rounds_open} đợt chạy hoặc chờ; mỗi lúc được {limits.rounds_at_once} đợt. "
            "Bạn chờ đợt đó xong, tạm dừng hoặc huỷ rồi bắt đầu đợt này. Tệp và các cột đã chọn vẫn được giữ.",
            f"{limits.rounds_at_once} rounds may run at once. Wait, pause or cancel one; file and columns are kept.",
        )
    if use.records_today >= limits.records_a_day:
        raise TooMany(
            "reconcile.records_a_day",
            f"Hôm nay đơn vị của bạn đã đối soát {grouped(use.records_today)} bản ghi, "
            f"mỗi ngày được {grouped(limits.records_a_day)}. "
            "Bạn bắt đầu đợt này vào ngày mai. Tệp và các cột đã chọn vẫn được giữ.",
            f"Today's {limits.records_a_day} records are used up. Begin tomorrow; file and columns are kept.",
        )


def file_too_large(limits: OrganisationLimits) -> Invalid:
    """The refusal of a file above the limit."""
    return Invalid(
        "reconcile.file_size",
        f"Tệp lớn hơn {size_text(limits.file_bytes)}, là mức tối đa của đơn vị bạn. "
        "Bạn chia danh sách thành nhiều tệp, hoặc gửi dạng Parquet cho gọn.",
        f"The file is larger than {size_text(limits.file_bytes)}. Split the list, or send it as Parquet.",
        field="file",
    )


def check_conclusion(conclusion: str, reason: str) -> Conclusion:
    """A conclusion with its reason (*kiểm tra kết luận*). Raises `Invalid`."""
    if conclusion not in set(Conclusion):
        raise Invalid("reconcile.conclusion", "Bạn chọn một kết luận.", "Choose a conclusion.", field="conclusion")
    if len(reason.strip()) < REASON_LENGTH_MIN:
        raise Invalid(
            "reconcile.conclusion_reason",
            "Bạn ghi lý do, ví dụ: cùng số, cùng ngày sinh, tên đệm viết tắt.",
            "Give the reason.",
            field="reason",
        )
    if len(reason) > WORDS_LENGTH_MAX:
        raise _too_long("reason", WORDS_LENGTH_MAX)
    return Conclusion(conclusion)


def check_list(name: str, source: str, purpose: str, legal_basis: str) -> None:
    """What must be said of a list (*kiểm tra danh sách*). Raises `Invalid` naming the field."""
    needed = (
        ("name", name, NAME_LENGTH_MAX, "Bạn đặt tên cho danh sách, ví dụ: Thuê bao trả trước.", "Name the list."),
        ("source", source, NAME_LENGTH_MAX, "Bạn ghi nguồn của danh sách, ví dụ: hệ thống quản lý thuê bao.", "Name its source."),
        ("purpose", purpose, WORDS_LENGTH_MAX, "Bạn ghi mục đích đối soát.", "State the purpose."),
        ("legal_basis", legal_basis, WORDS_LENGTH_MAX, "Bạn ghi căn cứ pháp lý.", "State the legal basis."),
    )
    for field_, text, most, message, message_en in needed:
        if not text.strip():
            raise Invalid(f"reconcile.{field_}", message, message_en, field=field_)
        if len(text) > most:
            raise _too_long(field_, most)


def _too_long(field_: str, most: int) -> Invalid:
    return Invalid("reconcile.too_long", f"Tối đa {most} ký tự. Bạn viết ngắn lại.", f"At most {most} characters.", field=field_)


def grouped(number: int) -> str:
    """15.962.382, for sentences that are written here."""
    return f"{number:,}".replace(",", ".")


def size_text(size: int) -> str:
    """A size of a file in the largest whole unit (*dung lượng*)."""
    return f"{size // (1024 * MIB)} GB" if size >= 1024 * MIB else f"{max(size // MIB, 1)} MB"
