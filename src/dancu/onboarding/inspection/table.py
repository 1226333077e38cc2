"""States of an inspection, what is done to it, by whom: one table, to be printed and walked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """Where an inspection stands (*trạng thái kiểm tra*)."""

    NEW = "new"
    SCHEDULED = "scheduled"
    UNDER_WAY = "under_way"
    NEEDS_SUPPLEMENT = "needs_supplement"
    PASSED = "passed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Act(StrEnum):
    """What is done to an inspection (*thao tác kiểm tra*)."""

    SCHEDULE = "schedule"
    RESCHEDULE = "reschedule"
    RECORD = "record"
    FIND = "find"
    SUPPLEMENT = "supplement"
    ACCEPT = "accept"
    REJECT = "reject"
    CONCLUDE = "conclude"
    CANCEL = "cancel"
    DECLARE_CHANGE = "declare_change"


class Verdict(StrEnum):
    """What a conclusion says (*kết luận*); each is the state it leads to."""

    PASSED = "passed"
    NEEDS_SUPPLEMENT = "needs_supplement"
    FAILED = "failed"


class Party(StrEnum):
    """What an officer is to an inspection (*vai trong đợt kiểm tra*)."""

    COORDINATOR = "coordinator"  # sets days and batches: the standing unit of the working group
    INSPECTOR = "inspector"  # of a unit that was assigned
    OWNER = "owner"  # of the organisation that answers for what is inspected


STATE_WORDS: Mapping[State, str] = {
    State.NEW: "Chưa xếp lịch",
    State.SCHEDULED: "Đã xếp lịch",
    State.UNDER_WAY: "Đang kiểm tra",
    State.NEEDS_SUPPLEMENT: "Đã kiểm tra, cần bổ sung",
    State.PASSED: "Đã kiểm tra, đạt",
    State.FAILED: "Đã kiểm tra, không đạt",
    State.CANCELLED: "Đã hủy",
}
ACT_WORDS: Mapping[Act, str] = {
    Act.SCHEDULE: "Xếp lịch kiểm tra",
    Act.RESCHEDULE: "Đổi ngày kiểm tra",
    Act.RECORD: "Ghi kết quả tiêu chí",
    Act.FIND: "Lập tồn tại",
    Act.SUPPLEMENT: "Bổ sung, khắc phục",
    Act.ACCEPT: "Chấp nhận bổ sung",
    Act.REJECT: "Không chấp nhận bổ sung",
    Act.CONCLUDE: "Kết luận",
    Act.CANCEL: "Hủy đợt kiểm tra",
    Act.DECLARE_CHANGE: "Khai báo thay đổi thiết kế",
}
PARTY_WORDS: Mapping[Party, str] = {
    Party.COORDINATOR: "đơn vị điều phối",
    Party.INSPECTOR: "người kiểm tra",
    Party.OWNER: "đơn vị chủ quản",
}


class Transition(NamedTuple):
    """A row of the table (*bước chuyển*): from where, what, to where, by whom, on which condition."""

    start: State
    act: Act
    to: State
    who: Party
    condition: str


_DAY = "Ngày làm việc, chưa qua; bộ tiêu chí còn hiệu lực vào ngày đó; người kiểm tra không thuộc cơ quan được kiểm tra"
_RECORD = "Từ ngày kiểm tra; tiêu chí thuộc bộ tiêu chí; không áp dụng thì nêu lý do; kế thừa khi trung tâm còn hiệu lực"
_FIND = "Hạn khắc phục là ngày làm việc, chưa qua"
_SUPPLEMENT = "Tồn tại chưa đóng; quá hạn vẫn nhận và ghi là muộn"
_DECIDE = "Đúng lần bổ sung vừa xem, chưa ai quyết định; người quyết định không phải người bổ sung; nêu lý do"
_IF_MET = "Tiêu chí bắt buộc đã ghi và đạt; không còn tồn tại bắt buộc; hiệu lực trong thời hạn cho phép"
_IF_FOUND = "Có tồn tại chưa đóng để đơn vị bổ sung"
_REASON = "Nêu lý do"
_CHANGE = "Nêu thay đổi; kết quả đã ghi của tiêu chí liên quan phải ghi lại"
_AFTER = "Nêu thay đổi; kết luận không tự mất hiệu lực, đơn vị điều phối xếp lịch kiểm tra lại"

_OPEN = (State.UNDER_WAY, State.NEEDS_SUPPLEMENT)
TRANSITIONS: tuple[Transition, ...] = (
    Transition(State.NEW, Act.SCHEDULE, State.SCHEDULED, Party.COORDINATOR, _DAY),
    Transition(State.SCHEDULED, Act.RESCHEDULE, State.SCHEDULED, Party.COORDINATOR, f"{_DAY}; nêu lý do"),
    Transition(State.SCHEDULED, Act.RECORD, State.UNDER_WAY, Party.INSPECTOR, _RECORD),
    Transition(State.SCHEDULED, Act.FIND, State.UNDER_WAY, Party.INSPECTOR, f"Từ ngày kiểm tra; {_FIND.lower()}"),
    Transition(State.SCHEDULED, Act.DECLARE_CHANGE, State.SCHEDULED, Party.OWNER, "Nêu thay đổi"),
    Transition(State.SCHEDULED, Act.CANCEL, State.CANCELLED, Party.COORDINATOR, _REASON),
    *(
        row
        for state in _OPEN
        for row in (
            Transition(state, Act.RECORD, state, Party.INSPECTOR, _RECORD),
            Transition(state, Act.FIND, state, Party.INSPECTOR, _FIND),
            Transition(state, Act.SUPPLEMENT, state, Party.OWNER, _SUPPLEMENT),
            Transition(state, Act.ACCEPT, state, Party.INSPECTOR, _DECIDE),
            Transition(state, Act.REJECT, state, Party.INSPECTOR, _DECIDE),
            Transition(state, Act.CONCLUDE, State.PASSED, Party.INSPECTOR, _IF_MET),
            Transition(state, Act.CONCLUDE, State.NEEDS_SUPPLEMENT, Party.INSPECTOR, _IF_FOUND),
            Transition(state, Act.CONCLUDE, State.FAILED, Party.INSPECTOR, _REASON),
            Transition(state, Act.DECLARE_CHANGE, state, Party.OWNER, _CHANGE),
        )
    ),
    # What was found is not cancelled away: it ends in a conclusion.
    Transition(
        State.UNDER_WAY, Act.CANCEL, State.CANCELLED, Party.COORDINATOR, f"{_REASON}; chưa ghi tồn tại hoặc tiêu chí không đạt"
    ),
    # What a passed inspection left open is mended afterwards; it must not be stuck.
    Transition(State.PASSED, Act.SUPPLEMENT, State.PASSED, Party.OWNER, _SUPPLEMENT),
    Transition(State.PASSED, Act.ACCEPT, State.PASSED, Party.INSPECTOR, _DECIDE),
    Transition(State.PASSED, Act.REJECT, State.PASSED, Party.INSPECTOR, _DECIDE),
    Transition(State.PASSED, Act.DECLARE_CHANGE, State.PASSED, Party.OWNER, _AFTER),
    Transition(State.FAILED, Act.DECLARE_CHANGE, State.FAILED, Party.OWNER, _AFTER),
)


def transitions() -> list[Transition]:
    """Every row, to print (*bảng chuyển trạng thái*)."""
    return list(TRANSITIONS)


def acts_in(state: State) -> tuple[Act, ...]:
    """What can be done at all in a state, in the order of the table."""
    return tuple(dict.fromkeys(row.act for row in TRANSITIONS if row.start is state))


def who_may(state: State, act: Act) -> frozenset[Party]:
    """Whose an act is in a state; nobody's where the table has no such row."""
    return frozenset(row.who for row in TRANSITIONS if (row.start, row.act) == (state, act))


def leads_to(state: State, act: Act, verdict: Verdict | None = None) -> State:
    """The state after an act; a conclusion leads where its verdict says."""
    ends = {row.to for row in TRANSITIONS if (row.start, row.act) == (state, act)}
    end = State(verdict.value) if verdict else next(iter(ends), None)
    assert end in ends, f"{act} in {state} is in no row of the table"
    return end
