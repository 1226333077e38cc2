"""Examples of components that ask."""

from __future__ import annotations

from dancu.ui.catalogue.example import Example, Section
from dancu.ui.catalogue.said import MOTHER
from dancu.ui.parts import Confirm

_SEXES = [("1", "Nam"), ("2", "Nữ")]
_PAPERS = [("a", "Giấy chứng sinh"), ("b", "Giấy chứng nhận kết hôn"), ("c", "Văn bản uỷ quyền có chứng thực chữ ký")]
_QUESTION = Confirm(
    "Từ chối giải quyết hồ sơ H57.12.3-261124-0007?",
    [
        "Hồ sơ dừng lại và không mở lại được.",
        "Người nộp nhận phiếu từ chối có lý do bạn đã ghi.",
        "Việc này được ghi vào sổ với tên bạn.",
    ],
    "Từ chối giải quyết",
    "/giao-dien",
    "/giao-dien",
    person=MOTHER,
)


def sections() -> tuple[Section, ...]:
    return (
        Section(
            "bieu-mau",
            "Biểu mẫu",
            (
                Example(
                    "Tóm tắt lỗi",
                    "{% errors sentences focus=False %}",
                    {"sentences": {"number": "Số định danh phải đủ 12 chữ số. Bạn đã nhập 11 số.", "name": "Chưa nhập họ và tên."}},
                    "Đứng đầu trang; mỗi câu dẫn tới mục f-TÊN.",
                ),
                Example(
                    "Ô nhập",
                    '{% field "name" "Họ, chữ đệm và tên" "" "Chưa nhập họ và tên." required=True autocomplete="off" %}'
                    '{% field "number" "Số định danh" "04619500010" "Số định danh phải đủ 12 chữ số. Bạn đã nhập 11 số." '
                    '"12 chữ số; hoặc 9 số CMND cũ" inputmode="numeric" %}',
                ),
                Example("Ô ngày", '{% date_field "born" "Ngày sinh" "24/11/1995" "" "Ví dụ: 24/11/1990, hoặc chỉ năm 1955" %}'),
                Example("Ô chọn", '{% select_field "sex" "Giới tính" sexes "2" blank="— chọn —" %}', {"sexes": _SEXES}),
                Example(
                    "Chọn một, chọn nhiều",
                    '{% choice_field "sex1" "Giới tính" sexes "1" %}'
                    '{% choice_field "papers" "Giấy tờ đã nộp" papers given many=True %}',
                    {"sexes": _SEXES, "papers": _PAPERS, "given": ["a"]},
                ),
                Example(
                    "Ô văn bản dài", '{% text_area "reason" "Nội dung, lý do (in trên phiếu)" "" "" "Người dân sẽ đọc câu này." %}'
                ),
                Example(
                    "Ô tìm",
                    '<form action="/giao-dien">{% search_field "q" "Tìm hồ sơ" "Tìm" "" "Mã hồ sơ hoặc số định danh" %}</form>',
                ),
                Example(
                    "Nút",
                    '<div class="deeds">{% button "Tiếp nhận hồ sơ" True key="Enter" %} {% button "Lưu tạm" %} '
                    '{% button_link "Người khác" "/giao-dien" %}</div>',
                    says="Mỗi trang một nút chính.",
                ),
                Example(
                    "Hỏi lại trước khi làm",
                    "{% confirm question %}",
                    {"question": _QUESTION},
                    'Một trang riêng, không phải hộp thoại: render(request, "ui/confirm.html", {"confirm": question}).',
                ),
            ),
        ),
    )
