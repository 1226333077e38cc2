"""The words of the board: what each state, kind and figure is called, and in which state a province is drawn."""

from __future__ import annotations

from django.utils.translation import gettext as _

from dancu.onboarding.board.events import (
    FOUND_WANTING,
    INSPECTED,
    BoardAxis,
    ConnectionStanding,
    HostingStanding,
    Said,
    SecurityStanding,
    Standing,
)
from dancu.onboarding.board.figures import FigureKey
from dancu.onboarding.board.lineage import PartyKind
from dancu.onboarding.board.standing import BodyStanding
from dancu.onboarding.board.worklist import WorkState
from dancu.ui.charts.state_maps import MapState
from dancu.ui.parts import Kind, State
from dancu.ui.words import is_english

_CONNECTION_KINDS: dict[ConnectionStanding, Kind] = {
    ConnectionStanding.OFFICIAL: "ok",
    ConnectionStanding.SUSPENDED: "bad",
    ConnectionStanding.TRIAL: "info",
    ConnectionStanding.PREPARING: "info",
}
_SECURITY_KINDS: dict[SecurityStanding, Kind] = {
    SecurityStanding.PASSED: "ok",
    SecurityStanding.NEEDS_SUPPLEMENT: "warn",
    SecurityStanding.SCHEDULED: "info",
    SecurityStanding.NOT_INSPECTED: "warn",
    SecurityStanding.LAPSED: "bad",
    SecurityStanding.SHORT: "bad",
}
_WORK_KINDS: dict[WorkState, Kind] = {
    WorkState.OPEN: "info",
    WorkState.OVERDUE: "bad",
    WorkState.UNSURE: "plain",
    WorkState.DONE: "ok",
}


def said(text: Said) -> str:
    """A sentence of the rules in the reader's language."""
    return text.en if is_english() else text.vi


def _not_known(body: BodyStanding, axis: BoardAxis) -> State | None:
    """What is said where nobody can say where it stands: a newer paper leaves it open, or nothing is on file."""
    if body.is_unknown(axis):
        return State(_("Chưa rõ"))
    return None if body.is_recorded(axis) else State(_("Chưa có ghi nhận"))


def connection_of(body: BodyStanding) -> State:
    if open_for := _not_known(body, BoardAxis.CONNECTION):
        return open_for
    return State(connection_words()[body.connection], _CONNECTION_KINDS.get(body.connection, "plain"))


def security_of(body: BodyStanding) -> State:
    """The word of the worst, and of how many systems it is told where there are several."""
    if open_for := _not_known(body, BoardAxis.SECURITY):
        return open_for
    word, many = security_words()[body.security], len(body.counted)
    if many > 1:
        word = _("%(state)s (%(behind)s/%(systems)s hệ thống)") % {"state": word, "behind": body.behind, "systems": many}
    return State(word, _SECURITY_KINDS[body.security])


def hosting_of(body: BodyStanding) -> str:
    if not body.hosting:
        return _("Chưa rõ") if body.is_unknown(BoardAxis.HOSTING) else ""
    return "; ".join(hosting_words()[each] for each in body.hosting)


def work_state_of(state: WorkState) -> State:
    words = {
        WorkState.OPEN: _("Cần làm"),
        WorkState.OVERDUE: _("Quá hạn"),
        WorkState.UNSURE: _("Chưa rõ đã làm"),
        WorkState.DONE: _("Đã xong"),
    }
    return State(words[state], _WORK_KINDS[state])


def connection_words() -> dict[ConnectionStanding, str]:
    return {
        ConnectionStanding.OFFICIAL: _("Chính thức"),
        ConnectionStanding.SUSPENDED: _("Tạm dừng"),
        ConnectionStanding.TRIAL: _("Thử nghiệm"),
        ConnectionStanding.PREPARING: _("Đang hoàn thiện"),
        ConnectionStanding.CLOSED: _("Đã đóng"),
        ConnectionStanding.NONE: _("Chưa kết nối"),
    }


def security_words() -> dict[SecurityStanding, str]:
    return {
        SecurityStanding.PASSED: _("Đạt kiểm tra"),
        SecurityStanding.NEEDS_SUPPLEMENT: _("Cần bổ sung"),
        SecurityStanding.SCHEDULED: _("Có lịch kiểm tra"),
        SecurityStanding.NOT_INSPECTED: _("Chưa kiểm tra"),
        SecurityStanding.LAPSED: _("Hết hiệu lực"),
        SecurityStanding.SHORT: _("Chưa bảo đảm"),
    }


def hosting_words() -> dict[HostingStanding, str]:
    return {
        HostingStanding.PROVIDER: _("Thuê tại doanh nghiệp"),
        HostingStanding.OWN: _("Tại đơn vị"),
        HostingStanding.OTHER: _("Thuê nơi khác"),
    }


def state_words() -> dict[Standing, str]:
    """Every state of every axis; no two axes share a word of the register."""
    return {**connection_words(), **security_words(), **hosting_words()}  # type: ignore[dict-item]  # StrEnums of three kinds


def kind_words() -> dict[PartyKind, str]:
    return {
        PartyKind.MINISTRY: _("Bộ, ngành"),
        PartyKind.PROVINCE: _("Địa phương"),
        PartyKind.ENTERPRISE: _("Doanh nghiệp nhà nước"),
        PartyKind.TELECOM: _("Doanh nghiệp viễn thông"),
        PartyKind.ASSOCIATION: _("Hội, đoàn thể"),
    }


def axis_words() -> dict[BoardAxis, str]:
    return {BoardAxis.CONNECTION: _("Kết nối"), BoardAxis.SECURITY: _("An ninh, an toàn"), BoardAxis.HOSTING: _("Nơi đặt hệ thống")}


def figure_words() -> dict[FigureKey, str]:
    return {
        FigureKey.CONNECTED: _("Đã kết nối chính thức"),
        FigureKey.INSPECTED: _("Đã kiểm tra an ninh, an toàn"),
        FigureKey.PASSED: _("Đã đạt kiểm tra"),
        FigureKey.PASSED_OF_INSPECTED: _("Đạt, trong số đã kiểm tra"),
        FigureKey.PASSED_OF_CONNECTED: _("Đạt, trong số đã kết nối chính thức"),
        FigureKey.NOT_INSPECTED_OF_CONNECTED: _("Đã kết nối chính thức mà chưa kiểm tra"),
        FigureKey.TO_ACT: _("Chưa kiểm tra, cần thực hiện"),
        FigureKey.SHORT: _("Chưa bảo đảm an ninh, an toàn"),
        FigureKey.SHORT_OF_CONNECTED: _("Đã kết nối mà chưa bảo đảm"),
        FigureKey.IN_PROVIDER_CENTRE: _("Thuê tại trung tâm dữ liệu của một doanh nghiệp"),
    }


def stage_words() -> dict[str, str]:
    return {
        "all": _("Tất cả"),
        "begun": _("Đã bắt đầu chuẩn bị"),
        "tried": _("Đã kết nối thử nghiệm"),
        "official": _("Đã kết nối chính thức"),
        "inspected": _("Đã kết nối chính thức và đã kiểm tra"),
        "passed": _("Đã kết nối chính thức và đạt kiểm tra"),
    }


def map_states() -> tuple[MapState, ...]:
    """The states a province is drawn in: both axes in one, the safest first."""
    return (
        MapState("safe", _("Chính thức, đạt kiểm tra"), "Đ", "ok", "full"),
        MapState("open", _("Chính thức, chưa ghi nhận đạt kiểm tra"), "C", "warn", "stripes"),
        MapState("wanting", _("Chưa bảo đảm an ninh, an toàn"), "!", "bad", "cross"),
        MapState("stopped", _("Tạm dừng"), "T", "bad", "stripes"),
        MapState("checked", _("Đã kiểm tra, chưa chính thức"), "K", "info", "dots"),
        MapState("begun", _("Đang hoàn thiện, thử nghiệm"), "H", "info", "stripes"),
        MapState("closed", _("Đã đóng"), "X", "plain", "cross"),
        MapState("unknown", _("Chưa rõ hoặc chưa có ghi nhận"), "?", "plain", "stripes"),
        MapState("none", _("Chưa kết nối"), "–", "plain", "empty"),
    )


def map_key(body: BodyStanding) -> str:
    """In which of them one body is. What is wanting is shown before everything, what is not known before what is old."""
    knows_security = not body.is_unknown(BoardAxis.SECURITY)
    if knows_security and body.security in FOUND_WANTING:
        return "wanting"
    if not body.is_recorded(BoardAxis.CONNECTION) and not (knows_security and body.security in INSPECTED):
        return "unknown"
    if body.is_unknown(BoardAxis.CONNECTION):
        return "unknown"
    if body.connection is ConnectionStanding.OFFICIAL:
        return "safe" if knows_security and body.security is SecurityStanding.PASSED else "open"
    if body.connection is ConnectionStanding.SUSPENDED:
        return "stopped"
    if knows_security and body.security in INSPECTED:
        return "checked"
    return {ConnectionStanding.NONE: "none", ConnectionStanding.CLOSED: "closed"}.get(body.connection, "begun")
