"""The gate from the first letter to official traffic, each party at a browser of its own: a province, a ministry, an operator.

One is refused, one is suspended and restored, one body ends and its system goes on under another.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dancu.cli.demo_gate import DECIDER, EXAMINER, INSPECTOR, MINISTRY_INTEGRATOR, REVIEWER, TELECOM_INTEGRATOR
from dancu.cli.demo_operations import INTEGRATOR, OPERATOR
from dancu.kernel.clock import local
from dancu.kernel.work_days import work_calendar
from dancu.synth.api import MOTHER, PERSONAS
from tests.journeys.gate_story import (
    LINE,
    PDF,
    Person,
    add_line,
    ask,
    fill_paper,
    on_a_working_day,
    pass_trial,
    send_accounts,
    sign_paper,
    until,
)
from tests.journeys.instance import Instance
from tests.journeys.seen import MARKS

pytestmark = MARKS
SUSPENDED_SECONDS_MAX = 60.0


@dataclass(frozen=True)
class Applicant:
    """Whoever wants to connect: the account of its integrator, the system, whether the provincial police reviews first."""

    account: str
    client_id: str
    name: str
    has_police: bool
    hosting: str


PROVINCE = Applicant(INTEGRATOR, "tthc.hue", "Hệ thống giải quyết thủ tục hành chính thành phố", True, "own")
MINISTRY = Applicant(MINISTRY_INTEGRATOR, "hotich.botuphap", "Hệ thống hộ tịch điện tử", False, "own")
TELECOM = Applicant(TELECOM_INTEGRATOR, "thuebao.mophong", "Hệ thống quản lý thuê bao", False, "own")


@pytest.fixture(scope="module")
def instance(folder: Path) -> Iterator[Instance]:
    running = Instance(folder / "home", more=on_a_working_day())
    running.wait_ready(150)
    yield running
    running.stop()


def somebody() -> dict[str, str]:
    (mother,) = (each for each in PERSONAS if str(each["personal_id"]) == MOTHER)
    return {"personal_id": MOTHER, "full_name": str(mother["full_name"]), "birth_date": str(mother["birth_date"])}


def story_day() -> datetime:
    """Today as the instance's clock has it."""
    now = datetime.now(UTC)
    return now + timedelta(days=(work_calendar().after(local(now).date(), 0) - local(now).date()).days)


class Story:
    """One system on its way through the gate."""

    def __init__(self, browser: Any, instance: Instance, applicant: Applicant) -> None:
        self.browser, self.instance, self.applicant = browser, instance, applicant
        self.people: dict[str, Person] = {}
        self.dossier = self.secret = ""

    def as_(self, account: str) -> Person:
        if account not in self.people:
            self.people[account] = Person(self.browser, self.instance, account)
        return self.people[account]

    @property
    def owner(self) -> Person:
        return self.as_(self.applicant.account)

    def close(self) -> None:
        for person in self.people.values():
            person.close()

    def open(self) -> None:
        owner, wanted = self.owner, self.applicant
        page = owner.goto("/ket-noi/ho-so/moi")
        page.fill("main [name='system_name']", wanted.name)
        page.fill("main [name='client_id']", wanted.client_id)
        page.check(f"main [name='hosting'][value='{wanted.hosting}']")
        page.select_option("main [name='level']", "3")
        page.fill("main [name='contact']", "Trưởng phòng kỹ thuật, 0912 000 111")
        owner.press("Lập hồ sơ")
        owner.shows("không ghi số di động riêng")  # nothing typed is lost
        assert page.input_value("main [name='client_id']") == wanted.client_id
        page.fill("main [name='contact']", "Trưởng phòng kỹ thuật, 0234 3822 000")
        owner.press("Lập hồ sơ")
        owner.shows("Đã lập hồ sơ", "chỉ hiện một lần")
        self.secret = page.inner_text("#secret")
        page.click("main a:has-text('Mở hồ sơ')")
        page.wait_for_load_state()
        self.dossier = re.sub(r"^https?://[^/]+", "", page.url)

    def try_out(self) -> None:
        until(lambda: ask(self.instance, self.applicant.client_id, self.secret, somebody(), officer="canbo.thu")[0] != 401, 30)
        pass_trial(self.instance, self.applicant.client_id, self.secret)
        trial = f"/ket-noi/he-thong/{self.applicant.client_id}/thu-nghiem"
        owner = self.owner

        def is_whole() -> bool:
            owner.goto(trial)
            return "Đạt mọi tình huống bắt buộc" in owner.main()

        until(is_whole, 40)
        owner.press("Đưa kết quả vào hồ sơ")
        owner.shows("Kết quả kiểm thử đã vào hồ sơ")

    def write_papers(self) -> None:
        add_line(self.owner, self.dossier)
        for kind in ("undertaking", "service_registration", "survey"):
            fill_paper(self.owner, self.dossier, kind)
        send_accounts(self.owner, self.dossier, self.applicant.client_id, ["046088000201", "04609000020"])
        self.owner.shows("1 lỗi")
        self.owner.seen(f"ket-noi-tai-khoan-loi-{self.applicant.client_id}")
        with self.owner.page.expect_download() as returned:
            self.owner.page.click("main a:has-text('đã đánh dấu lỗi')")
        assert returned.value.path().read_bytes().startswith(b"PK")
        send_accounts(self.owner, self.dossier, self.applicant.client_id, ["046088000201", "046090000202"])
        self.owner.shows("Đã nhận 2 dòng, không có lỗi")

    def hand_in(self) -> None:
        self.owner.goto(self.dossier)
        self.owner.press("Gửi hồ sơ")
        self.owner.shows("Đã ghi nhận")

    def return_and_supplement(self, account: str) -> None:
        reader = self.as_(account)
        page = reader.goto(self.dossier)
        reader.unfold("Trả lại, yêu cầu bổ sung")
        page.select_option("#f-1-item_paper", "survey")
        page.fill("#f-1-item_what", "Nêu rõ đơn vị giám sát an toàn thông tin")
        page.fill("#f-return-text", "Phiếu khảo sát chưa nêu đơn vị giám sát")
        reader.press("Trả lại, yêu cầu bổ sung")
        reader.shows("Chờ bổ sung")
        self.owner.goto(self.dossier)
        self.owner.shows("Nêu rõ đơn vị giám sát an toàn thông tin")
        self.owner.seen(f"ket-noi-ho-so-tra-lai-{self.applicant.client_id}")
        self.owner.press("Gửi hồ sơ")
        self.owner.shows("Còn 1 nội dung chưa bổ sung")
        sign_paper(self.owner, self.dossier, "survey", PDF + b"% v2\n")
        self.hand_in()

    def review(self) -> None:
        if self.applicant.has_police:
            self.return_and_supplement(REVIEWER)
            police = self.as_(REVIEWER)
            page = police.goto(self.dossier)
            page.fill("#f-forward-text", "Hồ sơ đủ, đề nghị C06 kết nối chính thức")
            police.press("Đề xuất C06")
        else:
            self.return_and_supplement(EXAMINER)
        department = self.as_(EXAMINER)
        department.goto(self.dossier)
        department.press("Xác nhận giấy tờ đầy đủ")
        department.shows("Giấy tờ đầy đủ")

    def inspect(self) -> None:
        today = local(story_day())
        department, inspector, owner = self.as_(EXAMINER), self.as_(INSPECTOR), self.owner
        page = department.goto(f"{self.dossier}/kiem-tra")
        page.fill("main [name='on']", f"{today:%d/%m/%Y}")
        department.press("Xếp lịch")
        department.shows("Đã xếp lịch")
        inspection = re.sub(r"^https?://[^/]+", "", page.url)
        page = inspector.goto(inspection)
        for select in page.query_selector_all("main select[name^='o_']"):
            select.select_option("met")
        page.select_option("main select[name^='o_'] >> nth=0", "not_met")
        inspector.press("Lưu kết quả tiêu chí")
        inspector.shows("Đã ghi nhận")
        item = page.get_attribute("main select[name^='o_'] >> nth=0", "name").removeprefix("o_")
        page.fill("#f-find-text", "Chưa tách vùng kết nối khỏi vùng ứng dụng")
        page.fill("main [name='item']", item)
        inspector.press("Ghi phát hiện")
        inspector.shows("TT-01", "Chờ bổ sung")
        inspector.seen(f"ket-noi-kiem-tra-{self.applicant.client_id}")
        page.fill("#f-conclude-text", "Cần bổ sung theo phát hiện TT-01")
        inspector.press("Phải bổ sung")
        inspector.shows("Đã kiểm tra, cần bổ sung")
        page = owner.goto(inspection)
        page.fill("#f-TT-01-text", "Đã tách vùng, gửi kèm sơ đồ")
        page.set_input_files("main input[type='file']", {"name": "so-do.pdf", "mimeType": "application/pdf", "buffer": PDF})
        owner.press("Nộp bổ sung")
        owner.shows("Đã bổ sung, chờ xem")
        page = inspector.goto(inspection)
        page.fill("#f-TT-01-text", "Sơ đồ và cấu hình đã đúng")
        inspector.press("Nhận bổ sung")
        page.select_option("main select[name^='o_'] >> nth=0", "met")
        inspector.press("Lưu kết quả tiêu chí")
        page.fill("#f-conclude-text", "Đạt mọi tiêu chí bắt buộc")
        inspector.press("Đạt")
        inspector.shows("Đã kiểm tra, đạt")
        sign_paper(owner, self.dossier, "security_confirmation")

    def decide(self, button: str = "Trình kết nối chính thức") -> None:
        department, leader = self.as_(EXAMINER), self.as_(DECIDER)
        page = department.goto(self.dossier)
        page.fill("#f-propose-text", "Hồ sơ đủ điều kiện theo Công văn 1658")
        department.press(button)
        department.shows("Chờ quyết định")
        department.page.click("main a:has-text('Mở đề xuất')")
        department.page.wait_for_load_state()
        approve(leader, department.page.url)

    def ask_for_more(self, **line: str) -> None:
        """More services of the system in traffic: its one paper, the same readers, another decision."""
        owner = self.owner
        page = owner.goto(f"/ket-noi/he-thong/{self.applicant.client_id}/trang-thai")
        page.click("main a:has-text('Bổ sung dịch vụ')")
        page.wait_for_load_state()
        assert page.input_value("main [name='system_name']") == self.applicant.name, "nothing known is asked again"
        owner.seen("ket-noi-bo-sung-dich-vu")
        owner.press("Lập hồ sơ")
        owner.shows("Bổ sung dịch vụ cho kết nối đang chạy")
        self.dossier = re.sub(r"^https?://[^/]+|\?.*$", "", page.url)
        add_line(owner, self.dossier, **line)
        fill_paper(owner, self.dossier, "service_registration")
        self.hand_in()
        police, department = self.as_(REVIEWER), self.as_(EXAMINER)
        police.goto(self.dossier).fill("#f-forward-text", "Đề nghị C06 duyệt dịch vụ bổ sung")
        police.press("Đề xuất C06")
        department.goto(self.dossier)
        department.press("Xác nhận giấy tờ đầy đủ")
        self.decide()


def approve(leader: Person, url: str) -> None:
    leader.goto(re.sub(r"^https?://[^/]+", "", url))
    leader.press("Duyệt và thực hiện")
    leader.shows("Đã duyệt, đã thực hiện")


def fresh_secret(owner: Person, client_id: str) -> str:
    owner.goto(f"/ket-noi/he-thong/{client_id}/khoa")
    owner.unfold("Cấp mã bí mật mới")
    owner.press("Cấp mã mới")
    if not owner.page.query_selector("#secret"):
        owner.press("Gửi lại") if owner.page.query_selector("main button:has-text('Gửi lại')") else None
    return str(owner.page.inner_text("#secret"))


@pytest.mark.parametrize("applicant", [PROVINCE, MINISTRY, TELECOM], ids=lambda each: each.client_id)
def test_from_the_first_step_to_official_traffic(browser: Any, instance: Instance, applicant: Applicant) -> None:
    story = Story(browser, instance, applicant)
    story.open()
    story.try_out()
    story.write_papers()
    story.hand_in()
    story.review()
    story.inspect()
    story.decide()
    story.owner.goto(story.dossier)
    story.owner.shows("Đã duyệt, kết nối chính thức")
    story.owner.seen(f"ket-noi-ho-so-duyet-{applicant.client_id}")

    secret = fresh_secret(story.owner, applicant.client_id)
    officer = f"canbo.{applicant.client_id}.1"
    until(lambda: ask(instance, applicant.client_id, secret, somebody(), officer=officer)[0] == 201, 30)
    assert ask(instance, applicant.client_id, secret, somebody(), officer=officer)[1]["outcome"] == "match"
    refused = {"not in the registration": {"procedure": "1.004222"}, "not on the list": {"officer": "nguoi.la"}}
    for why, more in refused.items():
        assert ask(instance, applicant.client_id, secret, somebody(), **{"officer": officer, **more})[0] == 403, why
    assert ask(instance, applicant.client_id, story.secret, somebody(), officer=officer)[0] == 401, "the trial's secret has ended"

    if applicant.has_police:
        story.ask_for_more(procedure="1.004222", procedure_name="Đăng ký thường trú")
        until(lambda: ask(instance, applicant.client_id, secret, somebody(), officer=officer, procedure="1.004222")[0] == 201, 30)
        assert ask(instance, applicant.client_id, secret, somebody(), officer=officer)[0] == 201, "what was approved first goes on"
    story.close()


def test_one_that_is_refused_is_closed_and_told_why(browser: Any, instance: Instance) -> None:
    story = Story(browser, instance, Applicant(TELECOM_INTEGRATOR, "quangcao.mophong", "Hệ thống quảng cáo", False, "other"))
    story.open()
    story.write_papers()
    story.hand_in()

    story.decide("Trình từ chối hồ sơ")

    story.owner.goto(story.dossier)
    story.owner.shows("Bị từ chối", "Đã đóng")
    story.owner.seen("ket-noi-ho-so-tu-choi")
    until(lambda: ask(instance, "quangcao.mophong", story.secret, somebody(), officer="canbo.thu")[0] in (401, 403), 30)
    story.close()


def test_a_suspended_one_is_refused_within_a_minute_and_restored(browser: Any, instance: Instance) -> None:
    client_id, secret = "dvc-hue", "bi-mat-mo-phong-2"
    department, leader = Person(browser, instance, EXAMINER), Person(browser, instance, DECIDER)
    until(lambda: ask(instance, client_id, secret, somebody(), officer="canbo01")[0] == 201, 20)

    page = department.goto(f"/ket-noi/he-thong/{client_id}/trang-thai")
    page.fill("main [name='reason']", "Khai thác bất thường ngoài giờ")
    department.press("Tạm dừng theo lệnh")
    approve(leader, department.page.url)
    took = until(lambda: ask(instance, client_id, secret, somebody(), officer="canbo01")[0] == 403, SUSPENDED_SECONDS_MAX)
    assert took <= SUSPENDED_SECONDS_MAX
    department.goto(f"/ket-noi/he-thong/{client_id}/trang-thai")
    department.shows("Tạm dừng", "Khai thác bất thường ngoài giờ", "lệnh có chữ ký")
    department.seen("ket-noi-tam-dung")

    department.page.fill("main [name='reason']", "Đơn vị đã giải trình và khắc phục")
    department.press("Mở lại kết nối")
    approve(leader, department.page.url)
    until(lambda: ask(instance, client_id, secret, somebody(), officer="canbo01")[0] == 201, SUSPENDED_SECONDS_MAX)
    department.close()
    leader.close()


def test_what_a_merged_province_held_goes_on_under_its_successor(browser: Any, instance: Instance) -> None:
    def dancu(*arguments: str) -> str:
        command = [sys.executable, "-m", "dancu.cli.main", "exchange", *arguments]
        return subprocess.run(command, env=instance.environment, check=True, capture_output=True, text=True).stdout.strip()

    secret = dancu("client", "add", "tthc-cu", "--organisation", "H25", "--name", "Một cửa Hà Nam (mô phỏng)", "--official")
    scope = ("--integration-code", "REST", "--procedure", "1.001193", "--purpose", LINE["purpose"])
    dancu("client", "grant", "tthc-cu", *scope, "--legal-basis", LINE["legal_basis"])
    dancu("client", "accounts", "H25", "canbo.kn1")
    operator = Person(browser, instance, OPERATOR)
    until(lambda: ask(instance, "tthc-cu", secret, somebody())[0] == 201, 30)

    operator.goto("/ket-noi/co-quan")
    operator.shows("Ủy ban nhân dân tỉnh Hà Nam (H25) đã sắp xếp từ 30/06/2025 mà còn 1 hệ thống, 1 tài khoản chưa chuyển")
    operator.seen("ket-noi-co-quan")
    operator.page.click("main a:has-text('Chuyển giao')")
    operator.page.wait_for_load_state()
    assert operator.page.input_value("main [name='to_tthc-cu']") == "H42"
    operator.seen("ket-noi-chuyen-giao")
    operator.press("Chuyển giao")
    operator.shows("Đã ghi nhận")

    operator.goto("/ket-noi/co-quan/H42")
    operator.shows("Một cửa Hà Nam (mô phỏng)", "Tài khoản được duyệt")
    until(lambda: ask(instance, "tthc-cu", secret, somebody())[0] == 201, 30)
    operator.goto("/ket-noi/co-quan")
    assert "Hà Nam (H25) đã sắp xếp" not in operator.main()
    operator.shows("Đã chuyển giao", "H25 → H42")
    operator.close()
