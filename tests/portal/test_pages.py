"""Her own pages as a browser meets them."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from dancu.kernel import clock
from dancu.kernel.clock import local
from dancu.ledger import api as ledger
from tests.factories.database import load
from tests.factories.people import NUMBER, a_person_row
from tests.portal.scene import ACCOUNT, CASE, OTHER, admit, lines_in, looked, settled, text_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_look_is_one_plain_sentence(citizen: Client):
    at = clock.now()
    looked(at=at)

    page = text_of(citizen.get("/cua-toi"))

    (line,) = lines_in(page)
    moment = f"{local(at):%H:%M} ngày {local(at):%d/%m/%Y}"
    assert line == (
        "Ủy ban nhân dân thành phố Huế (H57.12.3) (hệ thống mot-cua) đã đối chiếu họ tên, số định danh và ngày sinh của bạn "
        f"lúc {moment} để giải quyết thủ tục Đăng ký khai sinh."
    )
    assert "Thông tin khớp." in page


def test_nobody_else_sees_the_look(citizen: Client):
    reference = looked(at=clock.now())

    other = admit(OTHER)

    assert lines_in(text_of(other.get("/cua-toi"))) == []
    assert other.get(f"/cua-toi/muc/{reference}").status_code == 404
    assert citizen.get(f"/cua-toi/muc/{reference}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/cua-toi",
        "/cua-toi/tep-csv",
        "/cua-toi/muc/01a1febf-e3fc-7f8e-a59b-2efa10829877",
        "/cua-toi/yeu-cau",
        "/cua-toi/yeu-cau/moi",
    ],
)
def test_without_signing_in_there_is_only_the_way_to_the_sign_in_page(db: None, path: str):
    answer = Client().get(path)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/dan/dang-nhap?tiep=%2Fcua-toi")


def test_what_does_not_exist_and_what_is_not_hers_look_the_same(citizen: Client):
    others = looked(at=clock.now(), subject=OTHER)
    sealed = looked(at=clock.now(), sealed_until=local(clock.now()).date() + DAY)

    pages = [
        citizen.get(f"/cua-toi/muc/{reference}") for reference in (uuid4(), others, sealed, "ffffffff-ffff-ffff-ffff-ffffffffffff")
    ]

    assert {answer.status_code for answer in pages} == {404}
    assert len({settled(re.sub(r"[0-9a-f-]{36}", "…", text_of(answer))) for answer in pages}) == 1


def test_a_sealed_look_leaves_every_page_as_it_was(citizen: Client):
    for days in range(40):
        looked(at=clock.now() - days * DAY)
    sealing = {"sealed_until": local(clock.now()).date() + DAY, "organisation": "G01", "purpose": "Phòng, chống tội phạm"}
    addresses = ["/cua-toi", "/cua-toi/tep-csv", "/cua-toi/so-du-khong", "/cua-toi/yeu-cau", "/cua-toi?viec=verify&den=20/11/2099"]
    first = text_of(citizen.get("/cua-toi"))
    second = re.search(r'href="(/cua-toi\?sau=[^"]+)"', first)
    assert second is not None
    addresses.append(second.group(1))
    before = [settled(text_of(citizen.get(address))) for address in addresses]

    for days in range(0, 40, 3):
        looked("disclose", at=clock.now() - days * DAY - HOUR, **sealing)

    assert [settled(text_of(citizen.get(address))) for address in addresses] == before


def test_a_seal_that_has_run_out_shows_the_look(citizen: Client):
    looked(at=clock.now(), sealed_until=local(clock.now()).date())

    assert len(lines_in(text_of(citizen.get("/cua-toi")))) == 1


def test_a_look_to_prevent_crime_is_shown_after_its_delay_and_without_its_case(citizen: Client):
    crime = {"purpose": "Phòng, chống tội phạm công nghệ cao", "dossier_no": CASE, "organisation": "G01", "procedure": "PC02"}
    looked("disclose", at=clock.now() - 179 * DAY, **crime)
    assert lines_in(text_of(citizen.get("/cua-toi"))) == []

    reference = looked("disclose", at=clock.now() - 181 * DAY, **crime, fields=("full_name",))

    assert len(lines_in(text_of(citizen.get("/cua-toi")))) == 1
    page = text_of(citizen.get(f"/cua-toi/muc/{reference}"))
    assert "Bộ Công an" in page
    assert [word for word in ("công nghệ cao", CASE, "PC02", ACCOUNT, '/bang-chung"') if word in page] == []


def test_pages_follow_each_other_without_gap_or_repeat(citizen: Client):
    references = [looked(at=clock.now() - minutes * timedelta(minutes=1)) for minutes in range(60)]
    seen: list[str] = []
    address = "/cua-toi"

    while address:
        page = text_of(citizen.get(address))
        seen += re.findall(r'href="/cua-toi/muc/([0-9a-f-]+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following.group(1).replace("&amp;", "&") if following else ""

    assert seen == references


def test_filters_say_what_they_filter_and_keep_what_was_typed(citizen: Client):
    looked(at=clock.now())
    looked("disclose", at=clock.now() - 3 * DAY, organisation="G01")
    day = f"{local(clock.now()):%d/%m/%Y}"

    def shown(query: str) -> int:
        return len(lines_in(text_of(citizen.get(f"/cua-toi?{query}"))))

    assert [shown(query) for query in ("viec=verify", "co-quan=G01", f"tu={day}", f"den={day}", "viec=search")] == [1, 1, 1, 2, 0]
    wrong = citizen.get("/cua-toi?tu=31/02/2026&den=hôm nay")
    assert wrong.status_code == 422
    assert 'value="hôm nay"' in text_of(wrong)
    assert "Không có ngày “31/02/2026”" in text_of(wrong)


@pytest.mark.parametrize("typed", ["hôm nay", "31/02/2026", "31/13/2026", "24/11/1700", "2026", "99999999", "²0/01/2026", "<b>"])
def test_a_day_that_cannot_be_read_is_not_called_a_birth_date(citizen: Client, typed: str):
    for language, said in (("vi", "Ghi đủ ngày, tháng, năm, ví dụ 24/11/2026."), ("en", "Give day, month and year, for example")):
        citizen.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        for address in ("/cua-toi", "/cua-toi/tep-csv"):
            answer = citizen.get(address, {"tu": typed})
            assert answer.status_code == 422
            assert said in text_of(answer)
            assert not re.search("sinh|birth", text_of(answer).split("<main")[1])


def test_the_file_holds_the_same_lines_and_nothing_a_spreadsheet_runs(citizen: Client):
    looked(at=clock.now(), purpose="=1+1", procedure="@SUM(A1)")
    looked("disclose", at=clock.now() - HOUR, fields=("full_name", "birth_date"), dossier_no=CASE)

    answer = citizen.get("/cua-toi/tep-csv")

    assert answer["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(text_of(answer).removeprefix("\ufeff"))))
    assert len(rows) == 3
    assert "đã đối chiếu" in rows[1][-1]
    assert {"'=1+1", "'@SUM(A1)"} <= set(rows[1])
    assert [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")] == []
    assert ACCOUNT not in text_of(answer)
    assert CASE not in text_of(answer)


def test_she_is_found_under_every_number_she_has_had(db: None, tmp_path: Path):
    old, older, new = "046090000904", "046090000903", NUMBER
    load(
        [
            a_person_row(new),
            a_person_row(old, number_state="1", successor=new),
            a_person_row(older, number_state="1", successor=old),
            a_person_row(OTHER, "Lê Thị Hoa", "1990-09-09"),
        ],
        tmp_path,
    )
    for subject in (new, old, older, OTHER):
        looked(at=clock.now(), subject=subject)

    by_new, by_oldest = admit(new), admit(older)

    for browser in (by_new, by_oldest):
        assert len(lines_in(text_of(browser.get("/cua-toi")))) == 3


def test_an_account_of_level_1_is_told_where_to_go(db: None):
    answer = admit(level=1).get("/cua-toi")

    assert answer.status_code == 403
    assert "mức độ 2" in text_of(answer)


def test_reading_her_own_page_writes_nothing_into_the_ledger(citizen: Client):
    reference = looked(at=clock.now())
    before = ledger.count()

    for address in ("/cua-toi", f"/cua-toi/muc/{reference}", "/cua-toi/tep-csv", "/cua-toi/yeu-cau", "/cua-toi/yeu-cau/moi"):
        assert citizen.get(address).status_code == 200

    assert ledger.count() == before


def test_the_account_of_the_officer_stays_inside(citizen: Client):
    reference = looked(at=clock.now())

    for address in ("/cua-toi", f"/cua-toi/muc/{reference}", "/cua-toi/tep-csv"):
        assert ACCOUNT not in text_of(citizen.get(address))


def test_everything_is_said_in_english_too(citizen: Client):
    citizen.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    looked(at=clock.now())

    page = text_of(citizen.get("/cua-toi"))

    assert "Who looked at my data" in page
    assert "compared your name, personal number and birth date at" in lines_in(page)[0]
