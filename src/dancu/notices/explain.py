"""Why a step did not go out and what to do, in an officer's words; codes of handlers of other rooms are told by their own words."""

from __future__ import annotations

from typing import NamedTuple


class Reason(NamedTuple):
    """Why, and what to do (*lý do chưa gửi được*). Vietnamese; translated when shown."""

    why: str
    mend: str


_REASONS = {
    "destination.timeout": Reason(
        "Nơi nhận không trả lời trong thời hạn.",
        "Hỏi đơn vị quản lý nơi nhận xem hệ thống có chạy không; chạy lại rồi thì bấm Gửi lại.",
    ),
    "destination.refused": Reason(
        "Nơi nhận không mở cổng kết nối.", "Kiểm tra địa chỉ, tường lửa và dịch vụ của nơi nhận, rồi bấm Gửi lại."
    ),
    "destination.broken": Reason(
        "Kết nối tới nơi nhận đứt giữa chừng, hoặc nơi nhận trả lời không đúng giao thức.",
        "Kiểm tra đường truyền và thiết bị ở giữa, rồi bấm Gửi lại. Gửi lại không tạo thêm bản thứ hai ở nơi nhận.",
    ),
    "mail.no_settings": Reason(
        "Chưa khai báo máy chủ thư của hệ thống.", "Khai báo DANCU_SMTP_URL và DANCU_MAIL_FROM rồi khởi động lại; thư tự gửi tiếp."
    ),
    "mail.sign_in": Reason(
        "Máy chủ thư không nhận tài khoản gửi thư của hệ thống.", "Kiểm tra tài khoản và mật khẩu trong DANCU_SMTP_URL."
    ),
    "mail.recipient": Reason(
        "Máy chủ thư không nhận địa chỉ người nhận.", "Hỏi lại địa chỉ thư với người nhận; huỷ bước này và gửi tới địa chỉ đúng."
    ),
    "mail.refused": Reason(
        "Máy chủ thư từ chối thư này.", "Xem mã máy chủ trả lời ở lần gửi cuối; xử lý với bộ phận quản trị thư rồi bấm Gửi lại."
    ),
    "exchange.paused": Reason(
        "Kết nối của hệ thống nhận đang tạm dừng, hoặc tạm thời chưa được cung cấp thông tin.",
        "Không phải làm gì: kết nối mở lại thì biến động tự gửi tiếp, không mất.",
    ),
    "webhook.none": Reason(
        "Hệ thống này không còn khai địa chỉ nhận biến động.",
        "Khai lại bằng dancu exchange feed webhook, hoặc huỷ bước này; hệ thống vẫn tự đọc được.",
    ),
    "webhook.private": Reason(
        "Địa chỉ nhận biến động trỏ vào mạng nội bộ nên không được gọi.",
        "Khai lại địa chỉ công khai của hệ thống nhận rồi bấm Gửi lại.",
    ),
    "webhook.redirect": Reason(
        "Nơi nhận trả lời chuyển hướng; hệ thống không đi theo.",
        "Hỏi đơn vị quản lý địa chỉ đúng, khai lại rồi bấm Gửi lại.",
    ),
    "webhook.rejected": Reason(
        "Hệ thống nhận từ chối biến động này.",
        "Xem mã trả lời ở lần gửi cuối, xử lý với đơn vị quản lý hệ thống rồi bấm Gửi lại.",
    ),
    "webhook.failed": Reason(
        "Hệ thống nhận đang có lỗi.",
        "Hỏi đơn vị quản lý hệ thống; chạy lại rồi thì bấm Gửi lại.",
    ),
    "handler.missing": Reason(
        "Phiên bản đang chạy chưa có bộ phận gửi loại này.", "Cập nhật phần mềm; bước này tự gửi tiếp, không mất."
    ),
    "handler.failed": Reason(
        "Có lỗi bên trong hệ thống khi gửi riêng bước này.", "Gửi mã bước cho bộ phận phát triển; sửa xong thì bấm Gửi lại."
    ),
    "step.unreadable": Reason(
        "Không mở được nội dung: bị hỏng, hoặc khoá mã hoá đã thay.",
        "Khôi phục khoá secrets.key đúng rồi bấm Gửi lại; không được thì huỷ và làm lại từ hồ sơ gốc.",
    ),
    "step.malformed": Reason(
        "Nội dung không đúng mẫu của loại này nên nơi nhận không hiểu.",
        "Gửi lại cũng sẽ hỏng: huỷ bước này và làm lại từ hồ sơ gốc.",
    ),
    "worker.died": Reason(
        "Tiến trình gửi dừng đột ngột mỗi khi gửi bước này.", "Gửi mã bước cho bộ phận phát triển trước khi bấm Gửi lại."
    ),
}
_OTHER = Reason("Nơi nhận không nhận.", "Xem các lần gửi ở dưới; xử lý với nơi nhận rồi bấm Gửi lại, hoặc huỷ kèm lý do.")
OUTCOME_WORDS = {
    "delivered": "Nơi nhận đã nhận",
    "failed": "Chưa được, sẽ thử lại",
    "rejected": "Nơi nhận từ chối hẳn",
    "interrupted": "Tiến trình gửi dừng giữa chừng",
}


def reason_for(code: str) -> Reason:
    return _REASONS.get(code, _OTHER)


def words_to_translate() -> set[str]:
    """Everything here that pages show through the translation of data."""
    return {text for reason in (*_REASONS.values(), _OTHER) for text in reason} | set(OUTCOME_WORDS.values())
