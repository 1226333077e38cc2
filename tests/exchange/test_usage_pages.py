"""Operators see every connection and its traffic, an organisation its own; files say exactly what the page filtered."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.factories.database import connect_system
from tests.factories.people import NOW, a_grant
from tests.factories.web_role import web_role
from tests.identity.scene import PASSWORD

from dancu.exchange import store
from dancu.exchange.models import ShadowCount
from dancu.exchange.pages.asked import read_asked
from dancu.exchange.usage import MATCHED, REFUSED, THROTTLED, UsageKey
from dancu.identity.api import Organisation, add_officer, add_organisation
from dancu.kernel import clock
from dancu.kernel.clock import local
from dancu.kernel.reach import SYSTEM, acting
from dancu.ledger import api as ledger
from dancu.onboarding import api as onboarding

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = local(NOW).date()
USAGE = "/ket-noi/luu-luong"
OURS = UsageKey("H57", "he-thong", "REST", "verify", "1.001193")
THEIRS = UsageKey("H30", "he-thong-ba-muoi", "037", "disclose", "2.000815")


@pytest.fixture(autouse=True)
def _traffic(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    add_organisation(Organisation("H57", "UBND thành phố Thử"), {"CNTT": "Trung tâm"})
    add_organisation(Organisation("H30", "UBND tỉnh Khác"), {"CNTT": "Trung tâm"})
    add_officer("vanhanh", "Cán bộ Vận Hành", "H57", "CNTT", ["operator"], PASSWORD)
    add_officer("tichhop", "Cán bộ Tích Hợp", "H57", "CNTT", ["integrator"], PASSWORD)
    add_officer("canbo.a", "Cán bộ A", "H57", "CNTT", ["desk"], PASSWORD)
    connect_system()
    _other_system(a_grant("he-thong-ba-muoi", "037", "2.000815"))
    for back, times in ((0, 30), (1, 20), (40, 100)):
        store.add_usage(OURS, MATCHED, times, "gateway-1", TODAY - timedelta(days=back))
    store.add_usage(OURS, REFUSED, 4, "gateway-1", TODAY)
    store.add_usage(THEIRS, MATCHED, 500, "gateway-1", TODAY)
    store.add_usage(THEIRS, THROTTLED, 7, "quota-1", TODAY)
    with web_role():
        yield


def _other_system(scope: onboarding.Grant) -> None:
    from dancu.kernel.config import read_config
    from dancu.kernel.sealing import SealingKey

    system = onboarding.InformationSystem("he-thong-ba-muoi", "H30", "Hệ thống Ba Mươi", onboarding.ConnectionState.REGISTERED)
    onboarding.register_system(system, key=SealingKey.from_folder(read_config().key_dir), by="test", now=NOW)
    onboarding.set_state(system.client_id, onboarding.ConnectionState.OFFICIAL, reason="test", by="test", now=NOW)
    onboarding.grant(scope, by="test", now=NOW)


def browser(account: str = "vanhanh") -> Client:
    client = Client()
    assert client.post("/dang-nhap", {"tai_khoan": account, "mat_khau": PASSWORD}).status_code == 302
    return client


def words(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def file_of(client: Client, query: str = "") -> list[list[str]]:
    answer = client.get(f"{USAGE}.csv{query}")
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))


def test_an_operator_sees_all_with_the_period_before():
    page = words(browser().get(USAGE))

    assert "561 lượt, tăng 461,0" in page, "554 answered or refused, 7 throttled; 100 in the thirty days before"
    assert "UBND tỉnh Khác (H30)" in page
    assert "UBND thành phố Thử (H57)" in page


def test_an_organisation_sees_its_own_and_nothing_of_others_in_any_form():
    mine = browser("tichhop")

    page, lines = words(mine.get(USAGE)), file_of(mine)
    asked = [words(mine.get(f"{USAGE}?{query}")) for query in ("co_quan=H30", "he_thong=he-thong-ba-muoi", "dich_vu=037|disclose")]

    assert "54 lượt" in page
    assert not any(said in text for text in (page, str(lines)) for said in ("Ba Mươi", "UBND tỉnh Khác", "507", "500"))
    assert all("Không có lượt nào" in text for text in asked)
    assert words(mine.get("/ket-noi/he-thong/he-thong-ba-muoi"), 404)
    assert "Ba Mươi" not in words(mine.get("/ket-noi"))


def test_who_has_another_role_sees_no_traffic_and_the_attempt_is_recorded():
    for path in ("/ket-noi", USAGE, f"{USAGE}.csv", "/ket-noi/he-thong/he-thong"):
        assert browser("canbo.a").get(path).status_code == 403

    attempts = [entry.body["purpose"] for entry in ledger.latest(50) if entry.body["kind"] == "refuse"]
    assert sorted(attempts) == ["exchange.connections.see"] * 2 + ["exchange.usage.see"] * 2


def test_filters_and_sides_lead_deeper_and_the_file_is_what_was_filtered():
    page = browser().get(f"{USAGE}?theo=he-thong&co_quan=H57")
    told, lines = words(page), file_of(browser(), "?theo=he-thong&co_quan=H57")

    assert "he_thong=he-thong" in page.content.decode()
    assert "Ba Mươi (he-thong-ba-muoi) 5" not in told
    assert lines[0] == [
        "Ngày", "Mã cơ quan", "Mã hệ thống", "Mã tích hợp", "Loại lượt", "Mã thủ tục",
        "Có kết quả", "Không khớp", "Từ chối", "Vượt hạn mức",
    ]  # fmt: skip
    assert lines[1:] == [
        ["2026-11-23", "H57", "he-thong", "REST", "verify", "1.001193", "20", "0", "0", "0"],
        ["2026-11-24", "H57", "he-thong", "REST", "verify", "1.001193", "30", "0", "4", "0"],
    ]


def test_a_code_that_a_spreadsheet_would_run_is_written_as_text():
    with acting(SYSTEM):
        store.add_usage(OURS._replace(procedure="=1+1"), MATCHED, 1, "gateway-1", TODAY)

    assert "'=1+1" in {line[5] for line in file_of(browser())}


def test_a_period_that_cannot_be_read_says_which_field_and_what_to_do():
    told = words(browser().get(f"{USAGE}?tu=31/02/2026"), 422)
    turned = words(browser().get(f"{USAGE}?tu=24/11/2026&den=01/11/2026"), 422)

    assert "Không đọc được ngày. Nhập theo mẫu 24/11/2026." in told
    assert "Từ ngày phải trước hoặc bằng đến ngày" in turned


@pytest.mark.parametrize(
    "query", ["theo=x", "tu=0001-01-01", "tu=9999-12-31", "dich_vu=|", "dich_vu=-|verify", "thu_tuc=-", "co_quan=%27%22%3C"]
)
def test_whatever_an_address_says_is_answered(query: str):
    assert browser().get(f"{USAGE}?{query}").status_code in (200, 422)
    assert browser().get(f"{USAGE}.csv?{query}").status_code == 200


def test_the_first_page_says_who_is_suspended_and_why():
    with acting(SYSTEM):
        onboarding.set_state("he-thong", onboarding.ConnectionState.SUSPENDED, reason="Chờ bổ sung hồ sơ", by="test", now=NOW)

    page, one = words(browser("tichhop").get("/ket-noi")), words(browser("tichhop").get("/ket-noi/he-thong/he-thong"))

    assert "1 hệ thống đang tạm dừng" in page
    assert "Tạm dừng" in page
    assert "Chờ bổ sung hồ sơ" in one
    assert "500 lượt mỗi giây (mức chung)" in one
    assert "Đăng ký khai sinh" in one


def test_the_last_thirty_days_are_shown_when_nothing_is_asked():
    asked = read_asked({}, TODAY)

    assert (asked.filter.period.since, asked.filter.period.until) == (TODAY - timedelta(days=29), TODAY)


def test_a_system_beside_a_service_in_use_shows_what_differs_and_no_other_does() -> None:
    for kind, path, count in (("compared", "", 1_000), ("same", "", 997), ("changed", "/CongdanCollection/CongDan/GioiTinh", 3)):
        ShadowCount.objects.create(
            day=TODAY, client_id="he-thong", operation="TraCuuThongTinCongDan", kind=kind, path=path, count=count
        )

    told = words(browser().get("/ket-noi/he-thong/he-thong"))

    assert "Đã so 1.000 câu trả lời với dịch vụ đang dùng; 997 câu giống hệt." in told
    assert "/CongdanCollection/CongDan/GioiTinh khác nội dung 3" in told
    assert "Chạy song song" not in words(browser().get("/ket-noi/he-thong/he-thong-ba-muoi"))
