"""Papers filled in for tests: an invented office, its system, as many lines as wanted."""

from __future__ import annotations

from datetime import date

from dancu.onboarding.papers.domain import PaperContext, PaperKind

DAY = date(2026, 2, 5)
CONTEXT = PaperContext(
    dossier="HSKN-2026-0007",
    day=DAY,
    addressees=("Phòng Cảnh sát quản lý hành chính về trật tự xã hội, Công an tỉnh Ninh Bình",),
    notice="Dữ liệu mô phỏng",
)
_SHARED = {
    "superior": "Ủy ban nhân dân tỉnh Ninh Bình",
    "organisation": "Sở Khoa học và Công nghệ",
    "symbol": "SKHCN",
    "system_name": "Hệ thống thông tin giải quyết thủ tục hành chính tỉnh Ninh Bình",
    "system_code": "H42-TTHC",
    "place": "Ninh Bình",
    "signed_on": "05/02/2026",
    "authority": "KT.",
    "authority_of": "Giám đốc",
    "signer_title": "Phó Giám đốc",
    "signer_name": "Trần Văn Mẫu",
    "contact": "Phòng Chuyển đổi số, 0229 000 0000, cds.skhcn@ninhbinh.example",
}
_OWN: dict[PaperKind, dict[str, str | list[str]]] = {
    PaperKind.UNDERTAKING: {
        "address": "Số 1, đường Mẫu, phường Hoa Lư, tỉnh Ninh Bình",
        "representative_title": "Giám đốc",
        "purpose": "Tra cứu, xác thực thông tin công dân khi tiếp nhận, giải quyết thủ tục hành chính.",
    },
    PaperKind.ACCOUNT_LIST: {},
    PaperKind.SERVICE_REGISTRATION: {"platform": "lgsp", "begins_on": "01/04/2026"},
    PaperKind.SURVEY: {
        "purpose": "Tiếp nhận, giải quyết thủ tục hành chính của tỉnh.",
        "users": "1250",
        "hosting": "provider",
        "centre": "Trung tâm dữ liệu Nam Thăng Long",
        "centre_owner": "Đơn vị cho thuê hạ tầng",
        "centre_address": "Khu công nghiệp Nam Thăng Long, Hà Nội",
        "centre_checked": "yes",
        "centre_checked_on": "07/12/2025",
        "network": ["lgsp", "tslcd"],
        "platform_name": "LGSP tỉnh Ninh Bình, Trung tâm Công nghệ thông tin",
        "internet": "no",
        "diagram": "yes",
        "level": "3",
        "level_decision": "12/QĐ-SKHCN",
        "level_decided_on": "2025-10-01",
        "level_decided_by": "Sở Khoa học và Công nghệ",
        "servers": "04 máy chủ ứng dụng, Debian 12\n02 máy chủ cơ sở dữ liệu, Debian 12\n01 máy chủ kết nối",
        "zones": ["app", "database", "connection"],
        "protection": ["firewall", "waf", "ids", "malware", "ddos"],
        "soc": "provider",
        "soc_provider": "Đơn vị giám sát an toàn thông tin",
        "soc_shared": "yes",
        "scanned_on": "10/01/2026",
        "backup": "Hằng ngày, lưu tại trung tâm dự phòng, khôi phục thử ngày 20/12/2025",
        "accounts": "260",
        "account_rules": ["named", "linked", "mfa", "least", "revoked"],
        "password_days": "90",
        "lock_after": "5",
        "session_minutes": "15",
        "log_items": ["who", "when", "where", "dossier", "service", "asked", "result"],
        "log_months": "24",
        "log_guard": "Ghi một chiều sang máy chủ nhật ký, ký số theo ngày",
        "software": "Phần mềm một cửa, phiên bản 5.2",
        "vendor": "Công ty phần mềm mẫu",
        "source_review": "done",
        "source_reviewed_on": "15/11/2025",
    },
}
GENERATED = tuple(_OWN)
LONG_NAME = "Nguyễn Hoàng Phương Thảo Nguyên Anh"


def a_form(kind: PaperKind, **changed: str | list[str]) -> dict[str, str | list[str]]:
    """A form that is right, with what a test changes; an empty text takes an answer away."""
    filled: dict[str, str | list[str]] = {**_SHARED, **_OWN[kind], **changed}
    if kind is PaperKind.SURVEY or kind is not PaperKind.UNDERTAKING:
        filled = {key: value for key, value in filled.items() if key != "address"}
    return {key: value for key, value in filled.items() if value}


def accounts(count: int, name: str = "Lê Thị Mẫu", **changed: str) -> list[tuple[str, ...]]:
    """Lines of an account list: invented people, numbers of no province."""
    return [
        (
            name,
            f"{200_000_000 + number:012d}",
            "24/11/1990",
            changed.get("position", "Chuyên viên"),
            changed.get("unit", "UBND phường Hoa Lư"),
            "Xã",
            "0900 000 000",
            changed.get("mail", f"canbo{number}@tinh.example"),
            f"canbo{number}",
            "Tra cứu",
            "037",
            "",
        )
        for number in range(1, count + 1)
    ]


def services(count: int) -> list[tuple[str, ...]]:
    """Lines of a service registration."""
    return [
        (
            f"Đăng ký khai sinh, trường hợp {number}",
            f"1.00{number:04d}.000.00.00.H42",
            "Hộ tịch",
            "commune",
            "lookup",
            "Họ và tên, ngày sinh, giới tính, nơi thường trú",
            "Luật Hộ tịch số 60/2014/QH13",
            "Điền sẵn tờ khai",
            "1200",
            "Từ 04/2026",
        )
        for number in range(1, count + 1)
    ]


def lines_for(kind: PaperKind, count: int) -> list[tuple[str, ...]]:
    if kind is PaperKind.ACCOUNT_LIST:
        return accounts(count)
    return services(count) if kind is PaperKind.SERVICE_REGISTRATION else []
