"""Where the rooms are put together: what none of them may know of another."""

from __future__ import annotations

from dancu.ui.navigation import NavItem

STEERING = ("steering-secretary", "steering-body")
NAVIGATION = (
    NavItem("/mot-cua", "Tra cứu, đối chiếu", "desk", "look", "Một cửa: tra cứu, đối chiếu, tiếp nhận hồ sơ"),
    NavItem("/mot-cua/ho-so", "Hồ sơ", "desk", "dossiers", "Hồ sơ của đơn vị: hạn trả, chờ đối chiếu, tờ khai đang làm dở"),
    NavItem("/dan-cu", "Dân cư", "registrar", "registry", "Dân cư: tra cứu, mở hồ sơ một người, đề nghị điều chỉnh"),
    NavItem("/dan-cu/de-nghi", "Đề nghị", "registrar", "requests", "Đề nghị về dân cư: đang soạn, chờ duyệt, đã xong"),
    NavItem("/dan-cu/de-nghi", "Đề nghị", "registrar-approver", "requests", "Đề nghị về dân cư: chờ quyết định"),
    NavItem(
        "/bao-ve-du-lieu",
        "Bảo vệ dữ liệu",
        "data-protection",
        "protection",
        "Bảo vệ dữ liệu cá nhân: yêu cầu của người dân, thời hạn",
    ),
    NavItem(
        "/bao-ve-du-lieu/su-co", "Sự cố", "data-protection", "breaches", "Sự cố dữ liệu cá nhân: đồng hồ 72 giờ, người bị ảnh hưởng"
    ),
    NavItem(
        "/bao-ve-du-lieu/dong-y", "Đồng ý", "data-protection", "consents", "Đồng ý của người dân, có chứng minh từ sổ ghi truy cập"
    ),
    NavItem(
        "/bao-ve-du-lieu/so-dang-ky",
        "Sổ đăng ký",
        "data-protection",
        "processing",
        "Sổ đăng ký mục đích xử lý, thay đổi, đánh giá tác động",
    ),
    NavItem("/doi-soat", "Đối soát", "data-team", "lists", "Đối soát danh sách với dân cư: gửi tệp, theo dõi, tải kết quả"),
    NavItem(
        "/doi-soat/danh-sach-giu", "Danh sách giữ", "data-team", "kept", "Danh sách giữ liên kết với dân cư: biến động cần biết"
    ),
    NavItem("/doi-soat/so-thue-bao", "Số thuê bao", "data-team", "phones", "Số thuê bao đã chuyển vào dân cư; số chưa thống nhất"),
    NavItem("/doi-soat/ghi-so-dien-thoai", "Số điện thoại", "registrar", "writings", "Số điện thoại chờ ghi vào dân cư"),
    NavItem(
        "/doi-soat/ghi-so-dien-thoai", "Số điện thoại", "registrar-approver", "writings", "Số điện thoại chờ duyệt ghi vào dân cư"
    ),
    NavItem("/doi-soat/xem-lai", "Xem lại", "list-reviewer", "review", "Đối soát: trường hợp gần khớp chờ kết luận"),
    *(NavItem("/theo-doi", "Theo dõi", role, "steering", "Theo dõi, đôn đốc: nhiệm vụ, thời hạn, tiến độ") for role in STEERING),
    *(NavItem("/theo-doi/nhiem-vu", "Nhiệm vụ", role, "tasks", "Nhiệm vụ của các bộ, ngành, địa phương") for role in STEERING),
    NavItem("/quyen/truy-cap-khan", "Truy cập khẩn", "data-protection", "glass", "Truy cập khẩn: chờ xem lại, quá hạn, đã xem lại"),
    NavItem("/van-hanh/gui-di", "Hàng gửi", "operator", "outbox", "Hàng gửi: việc chờ, việc chưa gửi được, gửi lại"),
    NavItem("/quyen/de-xuat", "Hai người", "operator", "proposals", "Việc cần hai người: chờ quyết định, đã xong"),
    NavItem("/ket-noi", "Kết nối", "operator", "connections", "Kết nối: hệ thống, tình trạng, phạm vi được duyệt"),
    NavItem("/ket-noi", "Kết nối", "integrator", "connections", "Kết nối của cơ quan: tình trạng, phạm vi được duyệt"),
    NavItem("/ket-noi", "Kết nối", "gate-officer", "connections", "Kết nối: hệ thống, tình trạng, phạm vi được duyệt"),
    NavItem("/ket-noi", "Kết nối", "gate-decider", "connections", "Kết nối: hệ thống, tình trạng, phạm vi được duyệt"),
    *(
        NavItem(path, label, role, section, says)
        for path, label, section, says, roles in (
            (
                "/ket-noi/ho-so",
                "Hồ sơ kết nối",
                "gate-dossiers",
                "Hồ sơ kết nối: việc đến lượt, chờ bổ sung, chờ quyết định",
                ("integrator", "gate-reviewer", "gate-officer", "gate-decider", "gate-inspector", "operator"),
            ),
            (
                "/ket-noi/kiem-tra",
                "Kiểm tra",
                "gate-inspections",
                "Kiểm tra an ninh, an toàn: lịch, phát hiện, bổ sung",
                ("integrator", "gate-officer", "gate-inspector", "operator"),
            ),
            (
                "/ket-noi/bang-theo-doi",
                "Bảng theo dõi",
                "gate-board",
                "Bảng theo dõi kết nối của các bộ, tỉnh vào một ngày",
                ("gate-officer", "gate-decider", "gate-inspector", "gate-reviewer", "operator", "integrator"),
            ),
            (
                "/ket-noi/co-quan",
                "Cơ quan",
                "gate-parties",
                "Cơ quan, đơn vị, đầu mối; chuyển giao khi sắp xếp",
                ("gate-officer", "operator"),
            ),
            (
                "/ket-noi/tai-khoan",
                "Tài khoản",
                "gate-accounts",
                "Tài khoản khai thác: khoá, mở, chuyển hàng loạt",
                ("integrator", "operator"),
            ),
        )
        for role in roles
    ),
    NavItem("/quyen/de-xuat", "Hai người", "gate-decider", "proposals", "Việc cần hai người: chờ quyết định, đã xong"),
    NavItem("/quyen/de-xuat", "Hai người", "gate-officer", "proposals", "Việc cần hai người: đang chờ, đã xong"),
    NavItem("/ket-noi/luu-luong", "Lưu lượng", "operator", "usage", "Lưu lượng khai thác theo cơ quan, dịch vụ, thủ tục"),
    NavItem("/ket-noi/luu-luong", "Lưu lượng", "integrator", "usage", "Lưu lượng khai thác của cơ quan"),
)
_OF_A_REGISTRY = ("registry", "requests", "review", "phones", "writings")


def navigation(*, has_registry: bool) -> tuple[NavItem, ...]:
    """The main navigation of this installation: without a registry of its own, nothing leads to where one is kept."""
    return NAVIGATION if has_registry else tuple(item for item in NAVIGATION if item.section not in _OF_A_REGISTRY)


# Kind of an outbound step → the function that brings it to its receiver: how news goes upward without an upward import.
OUTBOX_HANDLERS = {
    "notice.officer": "dancu.notices.api.deliver_to_officer",
    "notice.citizen": "dancu.notices.api.deliver_to_citizen",
    "mail": "dancu.notices.api.deliver_mail",
    "exchange.change": "dancu.exchange.pushing.deliver_change",
}
# A citizen's own pages; what `says` something is offered on the start page, and asks for her own sign-in.
FOR_CITIZENS = (
    NavItem(
        "/cua-toi", "Ai đã xem dữ liệu của tôi", "citizen", "looks", "Mỗi lượt tra cứu, đối chiếu về bạn; tự kiểm chứng; phản đối"
    ),
    NavItem("/cua-toi/thong-bao", "Thông báo", "citizen", "notices"),
    NavItem("/cua-toi/yeu-cau", "Yêu cầu của tôi", "citizen", "cases"),
    NavItem("/cua-toi/dong-y", "Đồng ý của tôi", "citizen", "consents"),
    NavItem("/cua-toi/so-dien-thoai", "Số điện thoại của tôi", "citizen", "phones"),
    NavItem("/cua-toi/so-du-khong", "Sổ có đủ không", "citizen", "complete"),
)
# Says from which day on a person may see a look: nobody is told of a breach by a look she may not see yet.
FIRST_DAY_SHOWN = "dancu.portal.api.first_day_shown"
# Act that needs two people → what its approval does.
PROPOSAL_HANDLERS = {
    "onboarding.grant": "dancu.onboarding.proposals.give_proposed_grant",
    "onboarding.reopen": "dancu.onboarding.proposals.reopen_proposed",
    "onboarding.suspend": "dancu.onboarding.proposals.suspend_proposed",
    "onboarding.close": "dancu.onboarding.proposals.close_proposed",
    "onboarding.key": "dancu.onboarding.keys.give_proposed_key",
    "onboarding.connect": "dancu.onboarding.dossiers.deciding.connect_proposed",
    "onboarding.refuse": "dancu.onboarding.dossiers.deciding.refuse_proposed",
    "onboarding.reorganise": "dancu.onboarding.parties.usecases.reorganise_proposed",
}
# Act that needs two people → what follows where it was rejected or taken back.
PROPOSAL_ENDINGS = {
    "onboarding.connect": "dancu.onboarding.dossiers.deciding.take_back",
    "onboarding.refuse": "dancu.onboarding.dossiers.deciding.take_back",
}
# Act that needs two people → how what it changes stands now, shown to whoever decides.
PROPOSAL_STANDINGS = {
    "onboarding.reopen": "dancu.onboarding.proposals.standing_of_reopening",
    "onboarding.connect": "dancu.onboarding.dossiers.deciding.standing_of_proposed",
    "onboarding.refuse": "dancu.onboarding.dossiers.deciding.standing_of_proposed",
}
