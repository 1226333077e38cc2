"""Why a job does not begin or does not go on: one sentence each, in both languages, that says what to do next."""

from __future__ import annotations

from dancu.kernel.errors import Conflict, Invalid, NotFound, Unavailable


def list_gone() -> NotFound:
    return NotFound(
        "reconcile.list_gone",
        "Không còn tệp danh sách của lần đối soát này. Bạn đặt lại tệp vào chỗ cũ rồi chạy tiếp.",
        "The list of this comparison is gone. Put the file back where it was and go on.",
        field="file",
    )


def list_changed() -> Conflict:
    return Conflict(
        "reconcile.list_changed",
        "Tệp danh sách đã thay đổi từ khi bắt đầu đối soát. Bạn trả lại tệp cũ rồi chạy tiếp, hoặc tạo lần đối soát mới.",
        "The list has changed since the comparison began. Put the old file back and go on, or begin a new comparison.",
        field="file",
    )


def snapshot_gone() -> NotFound:
    return NotFound(
        "reconcile.snapshot_gone",
        "Không mở được bản chụp dân cư để đối soát. Bạn kiểm tra thư mục bản chụp rồi chạy tiếp.",
        "The snapshot to compare with cannot be opened. Look at its folder and go on.",
        field="snapshot",
    )


def snapshot_changed() -> Conflict:
    return Conflict(
        "reconcile.snapshot_changed",
        "Bản chụp dân cư không còn là bản lúc bắt đầu đối soát. Bạn trả lại bản cũ rồi chạy tiếp, hoặc tạo lần đối soát mới.",
        "The snapshot is not the one the comparison began with. Put that one back and go on, or begin a new comparison.",
        field="snapshot",
    )


def other_key() -> Conflict:
    return Conflict(
        "reconcile.other_key",
        "Khoá của máy này không phải khoá đã lập bản chụp dân cư nên họ tên không so được. Bạn dùng đúng tệp secrets.key.",
        "The key of this installation is not the one the snapshot was made with, so no name can be compared. "
        "Use the right secrets.key.",
        field="key",
    )


def no_key() -> NotFound:
    return NotFound(
        "reconcile.no_key",
        "Máy này chưa có khoá secrets.key. Bạn đặt khoá đã dùng khi lập bản chụp dân cư vào thư mục khoá.",
        "This installation has no secrets.key. Put the key the snapshot was made with into the key folder.",
        field="key",
    )


def no_job() -> NotFound:
    return NotFound(
        "reconcile.no_job",
        "Thư mục này không có lần đối soát nào. Bạn kiểm tra lại đường dẫn.",
        "There is no comparison in this folder. Look at the path.",
        field="folder",
    )


def already_there() -> Conflict:
    return Conflict(
        "reconcile.already_there",
        "Thư mục này đã có một lần đối soát. Bạn chạy tiếp lần đó, hoặc chọn thư mục khác.",
        "There is a comparison in this folder already. Go on with it, or choose another folder.",
        field="folder",
    )


def running_elsewhere() -> Conflict:
    return Conflict(
        "reconcile.running_elsewhere",
        "Lần đối soát này đang chạy ở một tiến trình khác. Bạn chờ tiến trình đó xong.",
        "Another process runs this comparison. Wait for it to end.",
        field="folder",
    )


def cancelled() -> Conflict:
    return Conflict(
        "reconcile.cancelled",
        "Lần đối soát này đã bị huỷ. Bạn tạo lần đối soát mới.",
        "This comparison was cancelled. Begin a new one.",
        field="folder",
    )


def disk_full() -> Unavailable:
    return Unavailable(
        "reconcile.disk_full",
        "Ổ đĩa đã đầy nên phải dừng; phần đã làm vẫn được giữ. Bạn dọn ổ đĩa rồi chạy tiếp.",
        "The disk is full; what was done is kept. Make room and go on.",
    )


def other_program() -> Conflict:
    return Conflict(
        "reconcile.other_program",
        "Lần đối soát này do một phiên bản khác của chương trình bắt đầu. Bạn chạy tiếp bằng phiên bản đó, hoặc tạo lần mới.",
        "Another version of the program began this comparison. Go on with that version, or begin a new comparison.",
        field="folder",
    )


def unknown_role(said: str, known: str) -> Invalid:
    return Invalid(
        "reconcile.column",
        f"Không hiểu “{said}”. Bạn viết VAI_TRÒ=CỘT, ví dụ number=CCCD; các vai trò: {known}.",
        f"“{said}” is not understood. Write ROLE=COLUMN, for example number=CCCD; the roles are {known}.",
        field="map",
    )


def unknown_format(name: str) -> Invalid:
    return Invalid(
        "reconcile.format",
        f"Không có dạng kết quả “{name}”. Bạn chọn parquet, csv hoặc xlsx.",
        f"There is no result of kind “{name}”. Choose parquet, csv or xlsx.",
        field="formats",
    )


def unknown_engine(name: str) -> Invalid:
    return Invalid(
        "reconcile.engine",
        f"Không đối soát được bằng “{name}”. Bạn chọn local (trên máy này) hoặc spark (trên cụm máy).",
        f"There is no comparing with “{name}”. Choose local (on this machine) or spark (on a cluster).",
        field="engine",
    )
