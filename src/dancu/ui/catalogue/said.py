"""Examples of components that tell."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from dancu.ui.catalogue.example import Example, Section
from dancu.ui.parts import Change, Choice, Column, Deed, Household, Member, Person, Proof, Row, State, Step, Table, Track, Work

LONG_NAME = "Nguyễn Hoàng Phương Thảo Nguyên Anh"
LONG_ADDRESS = (
    "Căn hộ 1204, tòa nhà B2, khu đô thị Mô Phỏng An Cựu, số 128/15/7 đường Nguyễn Thị Mô Phỏng, tổ dân phố 14, "
    "phường An Cựu, thành phố Huế"
)
AT = datetime(2026, 11, 24, 14, 5, tzinfo=timezone(timedelta(hours=7)))
HERE = "/giao-dien"
MOTHER = Person(LONG_NAME, "046195000101", "24/11/1995", "Nữ", "Phường An Cựu, thành phố Huế", HERE)
FATHER = Person("Trần Văn Hòa", "046090000101", "17/05/1990", "Nam")
CHILD = Person("Trần Mô Phỏng An", "046226000107", "18/11/2026", "Nữ", state=State("mới khai sinh", "info"))
ELDER = Person("Lê Văn Hai", "046055000102", "1955", "Nam", state=State("đã mất", "warn"))


def sections() -> tuple[Section, ...]:
    return (
        Section("ket-luan", "Kết luận và lời nhắn", _verdicts()),
        Section("con-nguoi", "Con người", _persons()),
        Section("tien-trinh", "Tiến trình và thời hạn", _progress()),
        Section("danh-sach", "Danh sách", _lists()),
    )


def _verdicts() -> tuple[Example, ...]:
    return (
        Example(
            "Kết luận",
            '{% verdict "ok" "Khớp" facts %}{% verdict "ok" "Khớp sau chuẩn hoá" folded %}{% verdict "warn" "Đã mất" %}'
            '{% verdict "bad" "Không tìm thấy" missing %}{% verdict "info" "Chưa đối chiếu được" %}',
            {
                "facts": ["Số, họ tên và ngày sinh đều khớp."],
                "folded": ["Khớp khi bỏ qua dấu, hoặc ngày sinh chỉ có năm."],
                "missing": [
                    "Không tìm thấy người khớp cả số, họ tên và ngày sinh. Kiểm tra lại từng mục, hoặc quét mã QR trên thẻ."
                ],
            },
            "Một dải, một từ lớn, nhiều nhất ba dữ kiện. Loại: ok, warn, bad, info.",
        ),
        Example(
            "Lời nhắn",
            '{% note "ok" %}<p>Đã tiếp nhận hồ sơ H57.12.3-261124-0007. Hẹn trả 16:30 ngày 26/11/2026.</p>{% endnote %}'
            '{% note "warn" "Ngày sinh chỉ có năm" %}<p>Xem lại giấy tờ trước khi tiếp nhận.</p>{% endnote %}'
            '{% note "info" %}<p>Hồ sơ này sẽ được đối chiếu sau.</p>{% endnote %}'
            '{% note "bad" %}<p>Chưa nối được Cơ sở dữ liệu quốc gia về dân cư. Bạn vẫn nhận được hồ sơ.</p>{% endnote %}',
        ),
        Example(
            "Trạng thái trống",
            "{% empty sentence action %}",
            {
                "sentence": "Hôm nay chưa có hồ sơ nào. Hồ sơ hiện ra đây sau khi bạn tiếp nhận.",
                "action": Choice("Tra cứu, đối chiếu", "/mot-cua"),
            },
        ),
        Example(
            "Đang tải",
            '{% loading "Đang đối chiếu 12.480 dòng với dân cư." 5 %}',
            says="Trong khối head của trang: {% refresh 5 %}.",
        ),
        Example(
            "Có lỗi", '{% trouble "Có lỗi bên trong hệ thống. Gửi mã tham chiếu cho người vận hành." "3fa94c01d2ee" "/giao-dien" %}'
        ),
        Example(
            "Nhãn trạng thái",
            '{% state "Đang xử lý" "info" %} {% state "Đã trả kết quả" "ok" %} {% state "Quá hạn" "bad" %} '
            '{% state "Chờ đối chiếu" "warn" %} {% state "Mới đăng ký" %}',
        ),
    )


def _persons() -> tuple[Example, ...]:
    home = Household(
        LONG_ADDRESS,
        [
            Member(FATHER, "Chủ hộ", date(2021, 7, 1)),
            Member(MOTHER, "Vợ", date(2021, 7, 1)),
            Member(CHILD, "Con", date(2026, 11, 20)),
            Member(ELDER, "Cha", date(2021, 7, 1)),
        ],
        "Hộ Trần Văn Hòa",
    )
    return (
        Example(
            "Dòng thông tin một người",
            "{% person_line mother %}{% person_line child %}{% person_line elder %}",
            {"mother": MOTHER, "child": CHILD, "elder": ELDER},
            "Số định danh hiện theo nhóm 3-3-6 nhưng sao chép ra không có khoảng trắng.",
        ),
        Example(
            "Mục khoá, lấy từ sổ gốc",
            '{% locked "Số định danh" "046195000101" "personal_id" at=at %}{% locked "Nơi thường trú" address at=at %}',
            {"at": AT, "address": LONG_ADDRESS},
        ),
        Example(
            "Danh sách mục",
            "{% facts lines %}",
            {"lines": [("Họ và tên", LONG_NAME), ("Nơi thường trú", LONG_ADDRESS), ("Dân tộc", "Kinh")]},
        ),
        Example(
            "Thẻ hộ gia đình",
            "{% household home %}{% household nobody %}",
            {"home": home, "nobody": Household("12 Lê Lợi, phường Thuận Hóa, thành phố Huế", [])},
        ),
    )


def _progress() -> tuple[Example, ...]:
    tracks = [
        Track(
            "Khai sinh",
            [
                Step("Tiếp nhận", "done", actor="Cán bộ Một cửa", due_on=date(2026, 11, 23)),
                Step("Đăng ký khai sinh", "done", actor="Công chức tư pháp – hộ tịch", due_on=date(2026, 11, 24)),
            ],
            "UBND phường An Cựu",
        ),
        Track(
            "Thường trú",
            [
                Step("Chuyển hồ sơ", "done"),
                Step("Đăng ký thường trú", "now", actor="Công an phường An Cựu", due_on=date(2026, 11, 26), left=2),
                Step("Trả kết quả", "wait"),
            ],
            "Công an phường An Cựu",
        ),
        Track(
            "Thẻ bảo hiểm y tế",
            [
                Step("Chuyển hồ sơ", "done"),
                Step(
                    "Cấp thẻ",
                    "now",
                    actor="Bảo hiểm xã hội thành phố Huế",
                    due_on=date(2026, 11, 23),
                    left=-1,
                    note="Chờ mã hộ gia đình",
                ),
                Step("Trả kết quả", "wait"),
            ],
            "Bảo hiểm xã hội thành phố Huế",
        ),
    ]
    changes = [
        Change(
            "Đăng ký thường trú",
            AT,
            "canbo07, Công an phường An Cựu",
            date(2026, 11, 20),
            "Hồ sơ H57.12.3-261124-0007",
            [("Nơi thường trú", "12 Lê Lợi, phường Thuận Hóa", LONG_ADDRESS), ("Chủ hộ", "Lê Văn Hai", "Trần Văn Hòa")],
            reference="9f1c3ab2",
        ),
        Change(
            "Cải chính hộ tịch",
            AT - timedelta(days=90),
            "canbo02, UBND phường An Cựu",
            "1995",
            "Quyết định 12/QĐ-UBND",
            [("Tên", "Thảo", "Thảo Nguyên Anh"), ("Số CMND cũ", "", "191000001")],
        ),
        Change("Nạp dữ liệu ban đầu", datetime(2021, 7, 1, 1, 0, tzinfo=AT.tzinfo), evidence="Đợt nạp 3"),
    ]
    deed = Deed(
        "Gộp hai bản ghi trùng của một người",
        "canbo07 (Trần Thị Thử)",
        AT,
        "Cùng vân tay, cùng cha mẹ; số sau cấp nhầm ngày 02/3/2021.",
        "lãnh đạo đội quản lý hành chính, không phải người đề nghị",
        yours=True,
    )
    decided = Deed(
        "Cải chính ngày sinh",
        "canbo07",
        AT - timedelta(hours=3),
        decided=State("đồng ý", "ok"),
        decided_by="lanhdao02",
        decided_at=AT,
        decision_reason="Theo bản chính giấy khai sinh.",
    )
    works = {
        "running": Work("Đối chiếu danh sách bảo trợ xã hội", 8_214_000, 15_962_382, "dòng", 1_240_000, 375, 1_204, HERE),
        "paused": Work("Nạp dân cư", 400_000, 1_000_000, "người", state="paused", set_aside=12),
        "finished": Work("Cấp số cho trẻ mới sinh", 214, 214, "trẻ", state="done"),
        "nothing": Work("Danh sách trống", 0, 0, "dòng", state="done"),
    }
    proof = Proof(
        "5b1e0c7f9d2a41c6a0f4e3b2d1c09f8e",
        ["c41d9e03a7b25f68", "07fa2be19c3d4e56"],
        "e3a91f7b5c2d4806b1f0e9d8c7a6b5f4",
        1_204_331,
        AT,
        True,
    )
    return (
        Example(
            "Thời hạn",
            "<p>{% clock due 2 %}</p><p>{% clock due 0 %}</p><p>{% clock due -1 %}</p><p>{% clock due 5 True %}</p>",
            {"due": datetime(2026, 11, 26, 16, 30, tzinfo=AT.tzinfo)},
        ),
        Example("Các bước song song", "{% steps tracks %}", {"tracks": tracks}),
        Example("Dòng thời gian", "{% timeline changes %}", {"changes": changes}),
        Example(
            "Việc dài",
            "{% progress running %}{% progress paused %}{% progress finished %}{% progress nothing %}",
            works,
            "Tải lại trang không mất gì; {% refresh 5 %} trong khối head để trang tự xem lại.",
        ),
        Example("Hai người kiểm soát", "{% four_eyes asked %}{% four_eyes decided %}", {"asked": deed, "decided": decided}),
        Example(
            "Bằng chứng sổ",
            "{% proof good %}{% proof open %}",
            {"good": proof, "open": Proof(proof.entry, proof.path, proof.root, proof.size, AT)},
        ),
    )


def _lists() -> tuple[Example, ...]:
    columns = [
        Column("Mã hồ sơ", "code"),
        Column("Người nộp", "person"),
        Column("Số định danh", "number"),
        Column("Hẹn trả", "moment"),
        Column("Lệ phí (đồng)", "amount"),
        Column("Trạng thái", "state"),
    ]
    rows = [
        Row(("H57.12.3-261124-0007", LONG_NAME, "046195000101", AT, 15_000, State("Đang xử lý", "info")), HERE + "#danh-sach"),
        Row(
            ("H57.12.3-261124-0006", "Trần Văn Hòa", "046090000101", AT - timedelta(days=1), 8_000, State("Quá hạn", "bad")),
            HERE + "#danh-sach",
        ),
        Row(("H57.12.3-261123-0031", "Ksor H'Bia", "066190000106", AT, None, State("Đã trả kết quả", "ok")), HERE + "#danh-sach"),
    ]
    said = "Hàng 1–50 trong 1.000"
    full = Table("Hồ sơ của đơn vị", columns, rows, "", said=said, previous_href=HERE, next_href=HERE, export_href=HERE)
    many = Table(
        "Nghìn hàng",
        columns[:2],
        [Row((f"H57.12.3-261124-{at:04}", LONG_NAME), HERE) for at in range(1, 9)],
        "",
        said="Hàng 1–8 trong 1.000",
        next_href=HERE,
    )
    none = Table("", columns, [], "Không có hồ sơ quá hạn. Hồ sơ hiện ra đây khi quá giờ hẹn trả mà chưa có kết quả.")
    choices = [
        Choice("Đang giải quyết", HERE, True, 128),
        Choice("Hẹn trả hôm nay", HERE, count=7),
        Choice("Quá hạn", HERE, count=0),
    ]
    return (
        Example(
            "Bảng",
            "{% table rows %}",
            {"rows": full},
            "Cả hàng là một liên kết; đầu bảng đứng yên; trên điện thoại mỗi hàng thành một thẻ.",
        ),
        Example("Bảng trống, bảng dài", "{% table none %}{% table many %}", {"none": none, "many": many}),
        Example("Bộ lọc", '{% filters choices "Lọc hồ sơ" "Đang xem: đang giải quyết, phường An Cựu" %}', {"choices": choices}),
        Example(
            "Thẻ trang",
            '{% tabs choices "Các mặt của một người" %}',
            {
                "choices": [
                    Choice("Thông tin", HERE, True),
                    Choice("Gia đình", HERE),
                    Choice("Cư trú", HERE),
                    Choice("Ai đã xem", HERE, count=14),
                ]
            },
        ),
        Example(
            "Thời điểm",
            '{% periods choices "Năm" %}',
            {"choices": [Choice(str(year), HERE, year == 2024) for year in range(2021, 2027)]},
        ),
        Example(
            "Vị trí trang",
            "{% crumbs choices %}",
            {"choices": [Choice("Trang đầu", "/"), Choice("Dân cư", HERE), Choice(LONG_NAME)]},
        ),
        Example("Chuyển trang", '{% paging "/giao-dien" "/giao-dien" "Hàng 51–100" %}'),
    )
