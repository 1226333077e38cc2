"""What stories of the gate share: every party's steps as it does them in the browser, and synthetic answers to every paper."""

from __future__ import annotations

import base64
import io
import json
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import xlsxwriter

from dancu.cli.demo import PASSWORD
from dancu.exchange.sandbox import personas_table
from dancu.kernel.clock import local
from dancu.kernel.work_days import work_calendar
from tests.journeys.instance import Instance
from tests.journeys.seen import nothing_serious, picture

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SIGNER = {"place": "Huế", "signer_title": "Giám đốc", "address": "Số 1 đường Mô Phỏng", "representative_title": "Giám đốc"}
ANSWERS: dict[str, dict[str, str | list[str]]] = {
    "undertaking": {**SIGNER, "purpose": "Giải quyết thủ tục hành chính cho người dân"},
    "service_registration": {
        **SIGNER,
        "platform": "lgsp",
        "contact": "Phòng kỹ thuật, điện thoại cơ quan",
        "begins_on": "04/01/2027",
    },
    "survey": {
        **SIGNER,
        "purpose": "Giải quyết thủ tục hành chính",
        "users": "120",
        "contact": "Phòng kỹ thuật",
        "centre": "Trung tâm dữ liệu",
        "centre_owner": "Nhà mạng Mô Phỏng",
        "centre_address": "Số 2 đường Mô Phỏng",
        "centre_checked": "no",
        "network": ["lgsp", "ndxp", "tslcd"],
        "platform_name": "LGSP tỉnh",
        "internet": "no",
        "diagram": "yes",
        "level": "3",
        "level_decision": "12/QĐ-UBND",
        "level_decided_on": "02/03/2026",
        "level_decided_by": "UBND tỉnh",
        "servers": "Hai máy chủ ứng dụng, một máy chủ dữ liệu",
        "zones": ["app", "database", "connection", "dmz", "management"],
        "protection": ["firewall", "waf", "ids", "malware", "ddos"],
        "devices": "Tường lửa hai lớp",
        "soc": "own",
        "soc_shared": "yes",
        "scanned_on": "01/09/2026",
        "tested_on": "02/09/2026",
        "backup": "Hằng ngày, giữ 30 ngày",
        "accounts": "120",
        "account_rules": ["named", "linked", "mfa", "least", "revoked"],
        "password_days": "90",
        "lock_after": "5",
        "session_minutes": "15",
        "log_items": ["who", "when", "where", "dossier", "service", "asked"],
        "log_months": "24",
        "log_guard": "Ghi một chiều, sao sang máy khác",
        "software": "Phần mềm một cửa",
        "vendor": "Công ty Mô Phỏng",
        "source_review": "done",
        "source_reviewed_on": "03/09/2026",
    },
}
LINE = {
    "procedure_name": "Đăng ký khai sinh",
    "procedure": "1.001193",
    "integration_code": "REST",
    "volume_per_month": "2.200",
    "purpose": "Giải quyết thủ tục đăng ký khai sinh",
    "legal_basis": "Luật Hộ tịch 60/2014/QH13, Điều 16",
    "sector": "Hộ tịch",
}


class Person:
    """Somebody at a browser of her own."""

    def __init__(self, browser: Any, instance: Instance, account: str) -> None:
        self.context = browser.new_context(base_url=instance.web, locale="vi-VN", viewport={"width": 1366, "height": 768})
        self.page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.account = account
        self.page.goto("/dang-nhap")
        self.page.fill("#tai_khoan", account)
        self.page.fill("#mat_khau", PASSWORD)
        self.page.press("#mat_khau", "Enter")
        self.page.wait_for_url(lambda url: "dang-nhap" not in url)

    def goto(self, path: str) -> Any:
        answered = self.page.goto(path)
        assert answered.status == 200, f"{self.account} {path}: {answered.status} {self.main()[:400]}"
        return self.page

    def main(self) -> str:
        return str(self.page.inner_text("main"))

    def press(self, words: str) -> None:
        """Press the button with these words; a password that is asked again is given."""
        self.page.click(f"main button:has-text('{words}')")
        self.page.wait_for_load_state()
        if self.page.query_selector("#mat_khau"):
            self.page.fill("#mat_khau", PASSWORD)
            self.page.press("#mat_khau", "Enter")
            self.page.wait_for_load_state()

    def unfold(self, words: str) -> None:
        self.page.click(f"main summary:has-text('{words}')")

    def shows(self, *words: str) -> None:
        text = self.main()
        assert all(each in text for each in words), f"{words} not in:\n{text[:3000]}"

    def seen(self, name: str) -> None:
        picture(self.page, name)
        nothing_serious(self.page)

    def close(self) -> None:
        self.context.close()


def fill_paper(person: Person, dossier: str, kind: str) -> None:
    """Fill a form, save it, print it, hand the signed copy in."""
    page = person.goto(f"{dossier}/giay/{kind}")
    for name, value in ANSWERS[kind].items():
        for each in value if isinstance(value, list) else [value]:
            choice = page.query_selector(f"main input[name='{name}'][value='{each}']")
            select = page.query_selector(f"main select[name='{name}']")
            if choice is not None:
                choice.check()
            elif select is not None:
                select.select_option(each)
            elif page.query_selector(f"main [name='{name}']") is not None:
                page.fill(f"main [name='{name}']", each)
    person.press("Lưu giấy")
    person.shows("Đã lưu.", "In và ký")
    with page.expect_download() as printed:
        page.click("main a:has-text('Tải bản .docx')")
    assert printed.value.path().read_bytes().startswith(b"PK")
    sign_paper(person, dossier, kind)


def sign_paper(person: Person, dossier: str, kind: str, content: bytes = PDF) -> None:
    page = person.goto(f"{dossier}/giay/{kind}")
    page.set_input_files("main input[name='file']", {"name": f"{kind}.pdf", "mimeType": "application/pdf", "buffer": content})
    person.press("Nộp bản ký")
    person.shows("Đã lưu.")


def add_line(
    person: Person, dossier: str, fields: tuple[str, ...] = ("full_name", "birth_date", "permanent_residence"), **changed: str
) -> None:
    page = person.goto(f"{dossier}/dich-vu")
    for name, value in {**LINE, **changed}.items():
        page.fill(f"main [name='{name}']", value)
    page.select_option("main [name='level']", "commune")
    page.select_option("main [name='service']", "lookup")
    for field in fields:
        page.check(f"main input[name='fields'][value='{field}']")
    person.press("Thêm dòng")
    person.shows("Phiếu có 1 dòng")


def account_sheet(numbers: list[str], name: str = "kn") -> bytes:
    """A list as an office fills it in, one officer a row."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Danh sách")
    heads = ["STT", "Họ và tên", "Số định danh", "Ngày sinh", "Chức vụ", "Đơn vị", "Cấp", "Điện thoại cơ quan", "Thư công vụ"]
    heads += ["Tên tài khoản", "Vai trò", "Dịch vụ được khai thác", "Ghi chú"]
    for at, head in enumerate(heads):
        sheet.write_string(0, at, head)
    for row, number in enumerate(numbers, start=1):
        year = 1900 + int(number[4:6]) if number[3] in "01" else 2000 + int(number[4:6])
        told = [str(row), "Cán bộ Mô Phỏng", number, f"01/02/{year}", "Chuyên viên", "Phòng Một cửa", "Tỉnh", "0234 3822 000"]
        told += [f"canbo{row}@mophong.gov.vn", f"canbo.{name}{row}", "Tra cứu", "REST", ""]
        for at, text in enumerate(told):
            sheet.write_string(row, at, text)
    book.close()
    return out.getvalue()


def send_accounts(person: Person, dossier: str, client_id: str, numbers: list[str]) -> None:
    page = person.goto(f"{dossier}/tai-khoan")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.set_input_files(
        "main input[name='file']", {"name": "tai-khoan.xlsx", "mimeType": kind, "buffer": account_sheet(numbers, f"{client_id}.")}
    )
    person.press("Nộp và kiểm tra")


def ask(
    instance: Instance, client_id: str, secret: str, person: dict[str, str], key: str = "", **more: str
) -> tuple[int, dict[str, Any]]:
    """A question of the system over REST, as its program sends it: status and body."""
    body = {
        "procedure": LINE["procedure"],
        "integration_code": "REST",
        "officer": "canbo.kn1",
        "purpose": LINE["purpose"],
        "legal_basis": LINE["legal_basis"],
        "dossier_no": "H57-261124-0001",
        **person,
        **more,
    }
    token = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    key = key or uuid4().hex
    request = urllib.request.Request(
        f"{instance.running['gateway']}/v1/verifications",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": f"Basic {token}", "Idempotency-Key": key},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answered:
            return answered.status, json.loads(answered.read())
    except urllib.error.HTTPError as refused:
        told = json.loads(refused.read() or b"{}")
        return refused.code, {**told, "retry_after": refused.headers.get("Retry-After", "1")}


def until(check: Any, seconds: float = 60.0) -> float:
    """Wait until something holds; how long it took. Raises where it never does."""
    began = time.monotonic()
    while not check():
        assert time.monotonic() - began < seconds, "it never came"
        time.sleep(0.5)
    return time.monotonic() - began


def on_a_working_day() -> dict[str, str]:
    """The environment of an instance whose clock stands on a working day: offices inspect on no other. Ahead, never behind."""
    today = local(datetime.now(UTC)).date()
    ahead = (work_calendar().after(today, 0) - today).days
    return {"DANCU_DAYS_AHEAD": str(ahead)}


def pass_trial(instance: Instance, client_id: str, secret: str) -> None:
    """Ask the personas of every required case, as an integrator works down the list."""
    table = personas_table()
    for case in (each for each in table.cases if each.required):
        _try_case(instance, client_id, secret, case, table)


def _try_case(instance: Instance, client_id: str, secret: str, case: Any, table: Any) -> None:
    person = table.person_of(case) or table.persons[0]
    told = {"personal_id": case.number or person.number, "full_name": person.full_name, "birth_date": iso(person.birth_date)}
    if case.old_id_no:
        told = {"old_id_no": case.old_id_no, "full_name": "Đặng Văn Trùng", "birth_date": "1970-01-02"}
    more = {"officer": "canbo.thu"}
    if case.code == "differs":
        told["birth_date"] = "1993-02-04"
    elif case.code == "partly":
        told["birth_date"] = "1960-11-24"
    elif case.code == "officer_refused":
        more["officer"] = "canbo.thu-hoi"
    elif case.code == "code_refused":
        more["integration_code"] = "999"
    key = f"{client_id}-{case.code}"
    status, body = ask(instance, client_id, secret, told, key=key, **more)
    if status in (429, 503):
        time.sleep(float(body.get("retry_after", 2)) + 0.5)
        status, body = ask(instance, client_id, secret, told, key=key, **more)
    if case.successor:
        ask(instance, client_id, secret, {**told, "personal_id": case.successor}, **more)


def iso(day: Any) -> str:
    return "-".join(
        part for part in (f"{day.year:04d}", f"{day.month:02d}" if day.month else "", f"{day.day:02d}" if day.day else "") if part
    )
