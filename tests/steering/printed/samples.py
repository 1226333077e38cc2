"""An invented report of two pages in the layout of a periodic report: neutral text, no names of people."""

from __future__ import annotations

from dancu.steering.printed.domain import (
    Appendix,
    Column,
    IssueDay,
    Note,
    NumberRun,
    OfficialDocument,
    Paragraph,
    Row,
    Section,
    Signature,
    Table,
    TextRun,
    words,
)

_FILLER = (
    "Các đơn vị đã rà soát danh mục dữ liệu mẫu, thống nhất cách đối chiếu và gửi kết quả đúng thời hạn; nội dung còn khác nhau "
    "được ghi lại để xử lý ở kỳ sau, không làm ảnh hưởng đến việc tiếp nhận hồ sơ của người dân."
)


_NOTE = Note(words("Theo kế hoạch mẫu."))
_SUBJECT = "Kết quả thực hiện Chương trình “Dùng thử dữ liệu mẫu phục vụ chuyển đổi số giai đoạn 2022-2025, tầm nhìn đến năm 2030”"


def number(text: str, key: str, *, bold: bool = False) -> NumberRun:
    return NumberRun(text, key, is_bold=bold)


def _sentences(*texts: str) -> tuple[Section, ...]:
    return tuple(Section(words(text), is_heading=False) for text in texts)


def a_table() -> Table:
    columns = (
        Column("TT", 1, "center"),
        Column("Chỉ tiêu", 6),
        Column("Kỳ này", 2, "right"),
        Column("So với kỳ trước", 2, "right"),
    )
    rows = [Row((words("Nhóm chỉ tiêu dịch vụ công"),))]
    rows += [
        Row((words(f"{at}"), words(f"Chỉ tiêu mẫu số {at}"), (number(f"{at}.234", f"bang.{at}"),), words(f"{at},5%")))
        for at in range(1, 6)
    ]
    rows.append(Row((words(""), words("Tổng"), (number("15.962", "bang.tong"),), words("")), is_bold=True))
    return Table(columns, tuple(rows), caption="Bảng 1. Kết quả theo chỉ tiêu")


def a_report(**changed: object) -> OfficialDocument:
    results = Section(
        words("KẾT QUẢ CÁC MẶT CÔNG TÁC"),
        (
            Section(
                words("Về dịch vụ công"),
                (
                    Section(
                        (
                            TextRun("Đã đồng bộ "),
                            number("177.774", "2.1/dong-bo", bold=True),
                            TextRun(" hồ sơ mẫu (tăng "),
                            number("22.933", "2.1/tang"),
                            TextRun(" hồ sơ so với kỳ trước)"),
                            Note(words("Số liệu mẫu do hệ thống tính từ danh mục dùng thử.")),
                            TextRun(". " + _FILLER),
                        ),
                        is_heading=False,
                    ),
                    Section(words(_FILLER), (Section(words(_FILLER)), Section(words(_FILLER))), is_heading=False),
                ),
            ),
            Section((TextRun("Về hạ tầng: ", is_bold=True), TextRun(_FILLER)), is_heading=False),
        ),
    )
    tasks = Section(
        words("NHIỆM VỤ TRỌNG TÂM"),
        (
            Paragraph((TextRun("Cơ quan A: ", is_bold=True), TextRun(_FILLER)), mark="-"),
            Paragraph((TextRun("Cơ quan B: ", is_bold=True), TextRun(_FILLER.rstrip(".")), _NOTE, TextRun(".")), mark="-"),
            Paragraph(words("Trên đây là kết quả thực hiện trong kỳ.")),
        ),
    )
    given: dict[str, object] = {
        "superior": "Cơ quan chủ quản mẫu",
        "issuer": "Tổ công tác triển khai chương trình dùng thử dữ liệu mẫu và định danh mẫu",
        "symbol": "BC-TCTM",
        "place": "Hà Nội",
        "day": IssueDay(2023, 2),
        "kind": "Báo cáo",
        "subject": _SUBJECT,
        "period": "(Từ 25/12/2022 đến 18/02/2023)",
        "addressees": ("Cơ quan nhận báo cáo",),
        "blocks": (
            Paragraph(words(_FILLER)),
            Section(
                words("CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI"),
                _sentences(_FILLER, f"{_FILLER} {_FILLER}"),
            ),
            results,
            tasks,
        ),
        "recipients": (
            "Như trên",
            "Các cơ quan thành viên (để theo dõi)",
            "UBND các tỉnh, thành phố (để theo dõi)",
            "Lưu: VT, TCT",
        ),
        "signature": Signature("Tổ phó thường trực", prefix="KT.", of="Tổ trưởng", further="Thứ trưởng cơ quan mẫu"),
        "appendices": (
            Appendix("Kết quả theo chỉ tiêu", (a_table(),), number="I"),
            Appendix("Danh mục tiến độ", (Paragraph(words(_FILLER)), a_table()), number="II", wide=True),
        ),
    }
    return OfficialDocument(**(given | changed))  # type: ignore[arg-type]
