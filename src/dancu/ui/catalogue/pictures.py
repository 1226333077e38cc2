"""Examples of charts and maps, with invented numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from zlib import crc32

from dancu.ui.catalogue.example import Example, Section
from dancu.ui.catalogue.said import HERE, LONG_NAME
from dancu.ui.charts.bars import AgeGroup, Bar, BarChart, Fall, Funnel, Pyramid, Waterfall
from dancu.ui.charts.family import Family, Relative
from dancu.ui.charts.lines import Line, Small, SmallMultiples, Trend
from dancu.ui.charts.maps import Locator, Pin, ProvinceMap, Version, outline
from dancu.ui.charts.spans import Span, Spans
from dancu.ui.charts.state_maps import MapState, StateMap
from dancu.ui.parts import Choice

_SOURCE, _AT = "số liệu mô phỏng", date(2026, 11, 24)
_YEARS = (2023, 2024, 2025, 2026)


def sections(asked: Mapping[str, str]) -> tuple[Section, ...]:
    return (
        Section("bieu-do", "Biểu đồ", (*_bars(), *_lines())),
        Section("gia-dinh", "Gia đình và cư trú", _lives()),
        Section("ban-do", "Bản đồ", _maps(asked)),
    )


def _bars() -> tuple[Example, ...]:
    bar = BarChart(
        title="Đăng ký tạm trú chiếm gần một nửa hồ sơ trong tháng",
        bars=[
            Bar("Đăng ký tạm trú", 1_482),
            Bar("Đăng ký khai sinh", 906),
            Bar("Đăng ký thường trú", 514, "7 ngày làm việc"),
            Bar("Đăng ký khai tử", 88),
        ],
        unit="hồ sơ",
        source=_SOURCE,
        at=_AT,
        csv_href=HERE,
    )
    share = BarChart(
        title="Hai xã còn dưới 90\u00a0% hồ sơ đúng hạn",
        bars=[Bar("Phường An Cựu", 0.981), Bar("Phường Thuận Hóa", 0.942), Bar("Xã Bình Điền", 0.88), Bar("Xã A Lưới 1", 0.713)],
        share=True,
        source=_SOURCE,
        at=_AT,
    )
    water = Waterfall(
        title="Sau làm sạch còn 96,4\u00a0% bản ghi dùng được",
        falls=[
            Fall("Bản ghi nhận vào", 120_400, True),
            Fall("Trùng hoàn toàn", -1_950),
            Fall("Sai số định danh", -1_204),
            Fall("Thiếu ngày sinh", -1_480),
            Fall("Bổ sung từ hộ tịch", 320),
            Fall("Bản ghi dùng được", 116_086, True),
        ],
        unit="bản ghi",
        source=_SOURCE,
        at=_AT,
    )
    funnel = Funnel(
        title="Cứ mười người đủ điều kiện thì bảy người đã có định danh mức 2",
        stages=[
            Bar("Đủ điều kiện", 812_400),
            Bar("Đã thu nhận hồ sơ", 701_020),
            Bar("Đã cấp tài khoản mức 2", 622_310),
            Bar("Đã kích hoạt", 570_004),
        ],
        unit="người",
        source=_SOURCE,
        at=_AT,
    )
    ages = [
        AgeGroup("0–9", 92_300, 84_100),
        AgeGroup("10–19", 88_400, 83_000),
        AgeGroup("20–29", 79_900, 78_200),
        AgeGroup("30–39", 85_600, 86_900),
        AgeGroup("40–49", 76_400, 78_800),
        AgeGroup("50–59", 60_300, 66_500),
        AgeGroup("60–69", 41_200, 50_900),
        AgeGroup("70–79", 17_800, 27_300),
        AgeGroup("80+", 8_100, 18_600),
    ]
    pyramid = Pyramid(title="Từ tuổi 50 trở lên, nữ nhiều hơn nam ở mọi nhóm", groups=ages, source=_SOURCE, at=_AT)
    return (
        Example(
            "Biểu đồ thanh",
            "{% chart bar %}{% chart share %}",
            {"bar": bar, "share": share},
            "Bảng chính là biểu đồ: số nằm ngay cạnh thanh.",
        ),
        Example("Thác nước", "{% chart water %}", {"water": water}),
        Example("Phễu", "{% chart funnel %}", {"funnel": funnel}),
        Example("Tháp dân số", "{% chart pyramid %}", {"pyramid": pyramid}),
    )


def _lines() -> tuple[Example, ...]:
    months = [f"{month}/2026" for month in range(1, 13)]
    trend = Trend(
        title="Hồ sơ trực tuyến vượt hồ sơ giấy từ tháng 6",
        times=months,
        lines=[
            Line("Trực tuyến", [210, 240, 300, 355, 420, 505, 590, 640, 700, 760, 810, None]),
            Line("Giấy", [640, 610, 590, 540, 500, 470, 430, None, 380, 350, 300, None]),
        ],
        unit="hồ sơ",
        source=_SOURCE,
        at=_AT,
        csv_href=HERE,
    )
    names = ["Hà Nội", "Huế", "Đà Nẵng", "Cần Thơ", "Hải Phòng", "Lâm Đồng", "An Giang", "Cà Mau"]
    cells = [Small(name, [40 + 5 * at + crc32(f"{name}{at}".encode()) % 18 for at in range(8)], HERE) for name in names]
    small = SmallMultiples(
        title="Tỷ lệ đúng hạn tăng ở cả tám tỉnh, thành phố",
        cells=cells,
        times=["quý 1/2025", "quý 4/2026"],
        unit="%",
        source=_SOURCE,
        at=_AT,
    )
    plan = Spans(
        title="Một trên bốn việc của kế hoạch đang chậm",
        until=_AT,
        spans=[
            Span("Rà soát dữ liệu hộ tịch", date(2026, 1, 5), date(2026, 6, 30), "đã xong"),
            Span("Kết nối bệnh viện", date(2026, 4, 1), date(2026, 10, 31), "chậm 24 ngày", late=True),
            Span("Đào tạo cán bộ cấp xã", date(2026, 7, 1), date(2026, 12, 31), "đang làm"),
            Span("Thử nghiệm liên thông", date(2026, 10, 1), date(2027, 3, 31), "dự kiến", weak=True),
        ],
        source=_SOURCE,
    )
    return (
        Example("Xu hướng", "{% chart trend %}", {"trend": trend}, "Nhiều nhất ba đường; khác nhau cả ở nét vẽ."),
        Example("Nhiều biểu đồ nhỏ", "{% chart small %}", {"small": small}),
        Example("Kế hoạch theo thời gian", "{% chart plan %}", {"plan": plan}),
    )


def _lives() -> tuple[Example, ...]:
    family = Family(
        title=f"Gia đình của {LONG_NAME}",
        person=Relative(LONG_NAME, "bản thân", "1995", HERE),
        parents=[Relative("Nguyễn Văn Mô", "cha", "1962–2021", HERE, gone=True), Relative("Lê Thị Phỏng", "mẹ", "1966", HERE)],
        spouses=[Relative("Trần Văn Hòa", "chồng, từ 2020", "1990", HERE)],
        children=[
            Relative("Trần Nguyễn Mô Phỏng Khánh An", "con", "2021", HERE),
            Relative("Trần Mô Phỏng An", "con", "18/11/2026", HERE),
        ],
    )
    alone = Family(title="Chưa ghi nhận người thân", person=Relative("Ksor H'Bia", "bản thân", "1990"))
    stays = Spans(
        title="Ba nơi thường trú, hai lần tạm trú",
        until=_AT,
        spans=[
            Span("Xã A Lưới 1, thành phố Huế", date(1995, 11, 24), date(2013, 9, 1), "thường trú"),
            Span("Phường Bến Nghé, TP Hồ Chí Minh", date(2013, 9, 1), date(2018, 6, 30), "tạm trú", "sinh viên", weak=True),
            Span("Phường Thuận Hóa, thành phố Huế", date(2013, 9, 1), date(2021, 7, 1), "thường trú"),
            Span("Phường An Cựu, thành phố Huế", date(2021, 7, 1), None, "thường trú"),
            Span("Phường Ba Đình, thành phố Hà Nội", date(2025, 2, 1), date(2026, 2, 1), "tạm trú", "đi học", weak=True),
        ],
        source=_SOURCE,
    )
    where = Locator(
        title="Đã sống ở bốn nơi, nay ở Huế",
        points=[
            Pin(16.24, 107.23, "1995 A Lưới", "past"),
            Pin(10.78, 106.70, "2013 TP Hồ Chí Minh", "past"),
            Pin(21.03, 105.83, "2025 Hà Nội", "past"),
            Pin(16.45, 107.6, "2026 An Cựu, Huế"),
        ],
    )
    return (
        Example("Sơ đồ gia đình", "{% chart family %}{% chart alone %}", {"family": family, "alone": alone}),
        Example("Các thời kỳ cư trú", "{% chart stays %}", {"stays": stays}),
        Example("Nơi cư trú trên bản đồ", "{% chart where %}", {"where": where}),
    )


def _maps(asked: Mapping[str, str]) -> tuple[Example, ...]:
    version: Version = 63 if asked.get("ban") == "63" else 34
    year = int(asked.get("nam", "")) if asked.get("nam", "") in {str(each) for each in _YEARS} else _YEARS[-1]
    provinces = outline(version)["provinces"]
    values = {code: 300 + (year - 2020) * 450 + crc32(code.encode()) % 9_000 for code in provinces if code not in ("04", "96")}
    shaded = ProvinceMap(
        title=f"Hồ sơ tiếp nhận trên 100.000 dân, năm {year}",
        values=values,
        version=version,
        unit="hồ sơ",
        href=HERE + f"?ban={version}&nam={year}&tinh={{code}}#ban-do",
        chosen=asked.get("tinh", ""),
        versions=[Choice(f"{each} tỉnh, thành phố", f"{HERE}?ban={each}&nam={year}#ban-do", each == version) for each in (34, 63)],
        periods=[Choice(str(each), f"{HERE}?ban={version}&nam={each}#ban-do", each == year) for each in _YEARS],
        source=_SOURCE,
        at=_AT,
        csv_href=HERE,
    )
    states = (
        MapState("safe", "Kết nối, đã kiểm tra", "Đ", "ok"),
        MapState("open", "Kết nối, chưa kiểm tra", "C", "warn", "stripes"),
        MapState("short", "Kết nối, chưa bảo đảm", "!", "bad", "cross"),
        MapState("begun", "Đang hoàn thiện", "H", "info", "dots"),
        MapState("none", "Chưa kết nối", "–", "plain", "empty"),
    )
    placed = {code: states[crc32(code.encode()) % len(states)].key for code in provinces}
    standing = StateMap(
        title="Một phần năm số tỉnh đã kết nối và đã kiểm tra",
        states=states,
        placed=placed,
        version=version,
        notes={"01": "hai hệ thống"},
        source=_SOURCE,
        at=_AT,
    )
    pins = ProvinceMap(
        title="Ba trung tâm dữ liệu đã nối",
        values={},
        version=34,
        pins=[Pin(21.03, 105.83, "Hà Nội"), Pin(16.07, 108.2, "Đà Nẵng"), Pin(10.78, 106.70, "TP Hồ Chí Minh")],
    )
    return (
        Example(
            "Bản đồ tỉnh, thành phố",
            "{% chart shaded %}",
            {"shaded": shaded},
            "Chọn 34 hay 63, chọn năm, chọn tỉnh bằng phím; bảng xếp hạng ở bên.",
        ),
        Example("Bản đồ tình trạng", "{% chart standing %}", {"standing": standing}, "Phân biệt bằng màu, nét và chữ; bảng ở bên."),
        Example("Bản đồ chưa có số liệu, có ghim", "{% chart pins %}", {"pins": pins}),
    )
