"""The pages of the room: who gets in, a list from its upload to its report through the forms, errors that say what to do."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dancu.kernel import clock
from dancu.kernel.config import Config
from dancu.kernel.reach import SYSTEM, acting
from dancu.reconcile import folders, store
from dancu.reconcile.domain import OrganisationLimits, RoundState
from dancu.reconcile.models import Round
from dancu.reconcile.usecases import working
from tests.factories.people import a_person_row
from tests.factories.registry import connect_registry
from tests.identity.scene import browser_of
from tests.population.scene import load_rows
from tests.reconcile.scene import (
    BINH,
    CLEAN,
    DESK,
    DIRTY,
    HEADINGS,
    OPERATOR,
    REVIEWER,
    TEAM,
    a_home,
    appoint,
    entries,
)

pytestmark = pytest.mark.django_db
ROOM = "/doi-soat"
NEW = {"name": "Thuê bao trả trước", "profile": "subscribers", "source": "BSS", "purpose": "Chuẩn hoá thuê bao", "legal_basis": ""}


@pytest.fixture(autouse=True)
def config(tmp_path: Path, settings: Any) -> Config:
    with acting(SYSTEM):
        appoint()
        load_rows([a_person_row(BINH, "Nguyễn Văn Bình", "1993-05-20")], tmp_path)
    settings.CONFIG = a_home(tmp_path)
    return settings.CONFIG


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def a_csv(lines: Any = DIRTY, headings: Any = HEADINGS) -> SimpleUploadedFile:
    text = io.StringIO()
    csv.writer(text).writerows([headings, *lines])
    return SimpleUploadedFile("thue-bao.csv", text.getvalue().encode(), "text/csv")


def a_list(browser: Client) -> str:
    return str(browser.post(f"{ROOM}/moi", NEW).headers["Location"]).removesuffix("/gui")


def sent(browser: Client, of: str, lines: Any = DIRTY, **more: str) -> str:
    """The address of the new round."""
    answer = browser.post(f"{of}/gui", {"file": a_csv(lines), **more})
    assert answer.status_code == 302, text_of(answer)
    return str(answer.headers["Location"]).removesuffix("/cot")


def mapped(browser: Client, round_: str, then: str = "start", grouped_by: str = "province") -> Any:
    """The form of columns as it stands, sent."""
    page = text_of(browser.get(f"{round_}/cot"))
    chosen = {
        name: found.group(1) if (found := re.search(r'<option value="([^"]+)" selected>', options)) else ""
        for name, options in re.findall(r'<select name="(cot-\d+)".*?>(.*?)</select>', page, re.S)
    }
    return browser.post(f"{round_}/cot", {**chosen, "grouped_by": grouped_by, "then": then})


def run(config: Config) -> list[RoundState]:
    with acting(SYSTEM):
        return [working.work_on(each, config, clock.now) for each in working.take_due(now=clock.now())]


def done(browser: Client, config: Config, lines: Any = DIRTY, of: str = "", **more: str) -> str:
    round_ = sent(browser, of or a_list(browser), lines, **more)
    assert mapped(browser, round_).status_code == 302
    assert run(config) == [RoundState.DONE]
    return round_


@pytest.mark.parametrize("path", ["", "/moi", "/xem-lai"])
def test_each_page_opens_to_its_own_officers_only(path: str):
    team, reviewer = (200, 403) if path != "/xem-lai" else (403, 200)

    assert Client().get(ROOM + path).status_code == 302
    assert browser_of(DESK).get(ROOM + path).status_code == 403
    assert browser_of(TEAM).get(ROOM + path).status_code == team
    assert browser_of(REVIEWER).get(ROOM + path).status_code == reviewer


def test_from_the_upload_to_the_report_through_the_forms(config: Config):
    browser = browser_of(TEAM)
    round_ = sent(browser, a_list(browser))
    columns = text_of(browser.get(f"{round_}/cot"))
    assert "Đã nhận đủ các cột" in columns
    assert "Bảng mã: UTF-8" in columns
    assert mapped(browser, round_).headers["Location"] == round_
    waiting = text_of(browser.get(round_))
    assert "đang chờ đến lượt" in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting

    assert run(config) == [RoundState.DONE]

    report = text_of(browser.get(f"{round_}/bao-cao"))
    assert "33,3\u00a0% bản ghi khớp" in report
    assert "Họ tên thiếu dấu" in report
    assert "Tỷ lệ chưa khớp theo tỉnh trong danh sách" in report
    assert "Huế" in report
    assert browser.get(f"{round_}/tien-do").status_code == 205


def test_a_list_that_names_operators_is_reported_by_operator_though_nothing_was_chosen(config: Config):
    browser = browser_of(TEAM)
    lines = [(*line[:4], operator) for line, operator in zip(DIRTY, ("Mạng Một", "Mạng Hai", "Mạng Hai"), strict=True)]
    file = a_csv(lines, (*HEADINGS[:4], "Nhà mạng"))
    round_ = str(browser.post(f"{a_list(browser)}/gui", {"file": file}).headers["Location"]).removesuffix("/cot")

    assert mapped(browser, round_, grouped_by="").status_code == 302
    assert run(config) == [RoundState.DONE]

    report = text_of(browser.get(f"{round_}/bao-cao"))
    assert "Tỷ lệ chưa khớp theo nguồn / nhà mạng" in report
    assert re.search(r"<caption>Theo nguồn / nhà mạng</caption>.*Mạng Hai.*2.*0.*Mạng Một.*1.*1", report, re.S)
    assert "theo tỉnh trong danh sách" not in report


def test_the_worklist_shows_the_owners_rows_by_reason_and_never_the_registry(config: Config):
    browser = browser_of(TEAM)
    round_ = done(browser, config)

    page = text_of(browser.get(f"{round_}/can-lam?nguyen-nhan=NO_MARKS"))
    everything = text_of(browser.get(f"{round_}/can-lam"))

    assert "KH2" in page
    assert "KH4" not in page
    assert "KH4" in everything
    assert "Nguyễn Văn Bình" not in page + everything


def test_downloads_are_posts_that_stand_in_the_ledger(config: Config):
    browser = browser_of(TEAM)
    round_ = done(browser, config)

    answer = browser.post(f"{round_}/tai", {"tep": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()

    assert browser.get(f"{round_}/tai").status_code == 405
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert [line.split(",")[1] for line in lines[1:]] == ["KH1", "KH2", "KH4"]
    assert len(entries("reconcile.downloaded")) == 1
    assert browser.post(f"{round_}/tai", {"tep": "../../keys/secrets.key"}).status_code == 404


def test_a_mended_list_is_sent_again_and_the_report_says_what_became_clean(config: Config):
    browser = browser_of(TEAM)
    of = a_list(browser)
    done(browser, config, of=of)

    again = done(browser, config, (*CLEAN, DIRTY[2]), of, scope="whole")

    assert "Đã làm sạch so với đợt 1" in text_of(browser.get(f"{again}/bao-cao"))
    page = text_of(browser.get(of))
    assert "Tỷ lệ khớp qua các đợt" in page
    assert "Tỷ lệ khớp theo tỉnh trong danh sách qua các đợt" in page


def test_a_file_that_is_no_list_is_kept_and_the_page_says_what_to_do():
    browser = browser_of(TEAM)
    broken = SimpleUploadedFile("danh-sach.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"))
    answer = browser.post(f"{a_list(browser)}/gui", {"file": broken})

    page = browser.get(answer.headers["Location"])

    assert page.status_code == 422
    assert "mật khẩu" in text_of(page)
    assert "danh-sach.xlsx vẫn được giữ nguyên" in text_of(page)


def test_columns_chosen_twice_or_missing_are_named_and_nothing_chosen_is_lost():
    browser = browser_of(TEAM)
    round_ = sent(browser, a_list(browser))

    twice = browser.post(f"{round_}/cot", {"cot-1": "number", "cot-2": "name", "cot-3": "name"})
    missing = browser.post(f"{round_}/cot", {"cot-1": "number", "cot-2": "name"})

    assert twice.status_code == missing.status_code == 422
    assert "Hai cột cùng ghép" in text_of(twice)
    assert "ngày sinh" in text_of(missing)
    assert re.search(r'name="cot-1".*?value="number" selected', text_of(missing), re.S)


def test_a_file_above_the_limit_is_cut_off_and_nothing_of_it_stays(config: Config):
    browser = browser_of(TEAM)
    of = a_list(browser)
    with acting(SYSTEM):
        store.set_limits(OPERATOR, OrganisationLimits(file_bytes=100), by="test", since=clock.now())

    large = browser.post(f"{of}/gui", {"file": SimpleUploadedFile("x.csv", b"a,b\n" * 100_000)})  # said by its length
    slightly = browser.post(f"{of}/gui", {"file": SimpleUploadedFile("x.csv", b"a,b\n" * 100)})  # only seen while it arrives

    assert large.status_code == slightly.status_code == 422
    assert "Tệp lớn hơn" in text_of(large)
    assert "Tệp lớn hơn" in text_of(slightly)
    assert list(folders.incoming(config.home).iterdir()) == []
    assert Round.objects.count() == 0


def test_what_somebody_without_the_right_sends_is_never_written(config: Config):
    of = a_list(browser_of(TEAM))

    assert Client().post(f"{of}/gui", {"file": a_csv()}).status_code == 401
    assert browser_of(DESK).post(f"{of}/gui", {"file": a_csv()}).status_code == 403

    assert Round.objects.count() == 0
    assert not (folders.incoming(config.home)).exists() or list(folders.incoming(config.home).iterdir()) == []


def test_the_upload_needs_the_token_of_its_form(config: Config):
    of = a_list(browser_of(TEAM))
    strict = browser_of(TEAM, strict=True)

    assert strict.post(f"{of}/gui", {"file": a_csv()}).status_code == 403

    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text_of(strict.get(f"{of}/gui")))
    assert token is not None
    assert strict.post(f"{of}/gui", {"file": a_csv(), "csrfmiddlewaretoken": token.group(1)}).status_code == 302
    assert list(folders.incoming(config.home).iterdir()) == []


def test_pause_resume_and_cancel_with_a_question_first():
    browser = browser_of(TEAM)
    round_ = sent(browser, a_list(browser))
    mapped(browser, round_)

    browser.post(round_, {"viec": "pause"})
    assert "Chạy tiếp" in text_of(browser.get(round_))
    browser.post(round_, {"viec": "resume"})
    question = text_of(browser.get(f"{round_}?hoi=huy"))
    assert "phần đã đối soát bị xoá" in question
    assert Round.objects.get().state == "queued"
    browser.post(round_, {"viec": "cancel"})

    assert Round.objects.get().state == "cancelled"
    assert browser.post(round_, {"viec": "resume"}).status_code == 409


def test_a_second_round_at_once_is_refused_in_words_and_its_columns_are_kept():
    browser = browser_of(TEAM)
    mapped(browser, sent(browser, a_list(browser)))
    second = sent(browser, a_list(browser))

    answer = mapped(browser, second)

    assert answer.status_code == 429
    assert "mỗi lúc được 1 đợt" in text_of(answer)
    assert Round.objects.exclude(state="queued").get().mapping["number"] == 1


def test_a_near_match_is_reviewed_side_by_side_and_the_owner_is_told(config: Config):
    with acting(SYSTEM):
        connect_registry()
    owner, reviewer = browser_of(TEAM), browser_of(REVIEWER)
    round_ = done(owner, config)
    owner.post(f"{round_}/xem-lai")
    case = re.search(rf'href="({ROOM}/xem-lai/[0-9a-f-]+)"', text_of(reviewer.get(f"{ROOM}/xem-lai")))
    assert case is not None
    closed = text_of(reviewer.get(case.group(1)))
    assert "Nguyen Van Binh" in closed
    assert "Nguyễn Văn Bình" not in closed

    opened = text_of(reviewer.post(case.group(1), {"viec": "open"}))
    assert "Nguy<mark>e</mark>n" in opened
    assert "Nguy<mark>ễ</mark>n" in opened
    concluded = reviewer.post(case.group(1), {"viec": "conclude", "conclusion": "same", "reason": "Chỉ thiếu dấu"})

    assert concluded.status_code == 302
    assert "Cùng một người: Chỉ thiếu dấu" in text_of(owner.get(f"{round_}/can-lam"))
    told = b"".join(owner.post(f"{round_}/tai", {"tep": "csv"}).streaming_content).decode()
    assert "Cùng một người: Chỉ thiếu dấu" in told
    assert "Nguyễn Văn Bình" not in told
    assert "Tệp XLSX và Parquet giữ nguyên" in text_of(owner.get(f"{round_}/bao-cao")), "who takes these is told"


def test_pages_speak_english(config: Config):
    browser = browser_of(TEAM)
    round_ = done(browser, config)
    browser.post("/ngon-ngu", {"language": "en", "next": ROOM})

    pages = [text_of(browser.get(path)) for path in (ROOM, f"{ROOM}/moi", round_, f"{round_}/bao-cao", f"{round_}/can-lam")]

    assert "Compare lists" in pages[0]
    assert "records agree with the registry" in pages[3]


def test_a_list_of_taxpayers_has_its_links_in_the_report_and_a_file_of_what_to_mend(config: Config):
    browser = browser_of(TEAM)
    of = str(browser.post(f"{ROOM}/moi", {**NEW, "profile": "tax"}).headers["Location"]).removesuffix("/gui")
    lines = [(*line[:4], number) for line, number in zip((*CLEAN, DIRTY[2]), ("8000000019", BINH, "8000000019"), strict=True)]
    file = a_csv(lines, (*HEADINGS[:4], "Mã số thuế"))
    round_ = str(browser.post(f"{of}/gui", {"file": file}).headers["Location"]).removesuffix("/cot")
    assert mapped(browser, round_, grouped_by="").status_code == 302
    assert run(config) == [RoundState.DONE]

    page = text_of(browser.get(f"{round_}/bao-cao"))
    made = b"".join(browser.post(f"{round_}/tai", {"tep": "tax_links"}).streaming_content).decode("utf-8-sig")

    assert "Một mã số thuế gắn với nhiều số định danh" in page
    assert "Mã số thuế đã là số định danh" in page
    assert "Tải các dòng cần xử lý (CSV)" in page
    assert [line.split(",")[1] for line in made.splitlines()[1:]] == ["KH1", "KH4"]
    assert len(entries("reconcile.downloaded")) == 1


def test_a_list_of_another_kind_has_no_links_and_no_such_file(config: Config):
    browser = browser_of(TEAM)
    round_ = done(browser, config)

    assert "Rà soát mã số thuế" not in text_of(browser.get(f"{round_}/bao-cao"))
    assert browser.post(f"{round_}/tai", {"tep": "tax_links"}).status_code == 404
