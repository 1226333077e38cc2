"""A year of three hundred organisations: pages read months where they can. Times are printed, not judged: machines differ."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from tests.factories.people import NOW
from tests.factories.web_role import web_role
from tests.identity.scene import PASSWORD

from dancu.identity.api import Organisation, add_officer, add_organisation
from dancu.kernel import clock
from dancu.kernel.clock import local

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ORGANISATIONS, KEYS, DAYS = 300, 8, 395
# Three systems' worth of services and procedures each; the months are the sums of their days, as they are merged.
_COLUMNS = "grain, day, organisation, system, integration, kind, procedure, writer, matched, missed, refused"
_DAYS = f"""insert into exchange_usage ({_COLUMNS})
select 'day', %s::date - d, 'H' || 1 + o %% 63 || '.' || o, 'he-thong-' || o, '0' || 30 + k %% 4,
 case k %% 2 when 0 then 'verify' else 'disclose' end, '1.00' || k, '', 1000 + (o * 7 + d * 3 + k) %% 500, 40 + o %% 20, 5
from generate_series(0, %s) d, generate_series(1, %s) o, generate_series(1, %s) k"""
_MONTHS = f"""insert into exchange_usage ({_COLUMNS})
select 'month', date_trunc('month', day)::date, organisation, system, integration, kind, procedure, '', sum(matched),
 sum(missed), sum(refused) from exchange_usage group by 2, 3, 4, 5, 6, 7"""


@pytest.fixture(autouse=True)
def _a_year(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    add_organisation(Organisation("H57", "UBND thành phố Thử"), {"CNTT": "Trung tâm"})
    add_officer("vanhanh", "Cán bộ Vận Hành", "H57", "CNTT", ["operator"], PASSWORD)
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        cursor.execute(_DAYS, [local(NOW).date(), DAYS - 1, ORGANISATIONS, KEYS])
        cursor.execute(_MONTHS)
        cursor.execute("vacuum analyze exchange_usage")
    with web_role():
        yield


def test_a_year_of_three_hundred_organisations_is_shown_and_summed():
    client = Client()
    client.post("/dang-nhap", {"tai_khoan": "vanhanh", "mat_khau": PASSWORD})
    asked = ["", "ky=12-thang", "ky=12-thang&theo=dich-vu", "theo=thu-tuc", "co_quan=H2.1&ky=12-thang&theo=dich-vu", "ky=7-ngay"]

    times: list[float] = []
    for query in asked * 5:
        begun = time.perf_counter()
        answer = client.get(f"/ket-noi/luu-luong?{query}")
        times.append(time.perf_counter() - begun)
        assert answer.status_code == 200

    whole = client.get("/ket-noi/luu-luong?ky=12-thang").content.decode()
    assert re.search(r"\d\.\d{3}\.\d{3}\.\d{3} lượt", whole)
    by_page = {query: sorted(times[at :: len(asked)])[2] for at, query in enumerate(asked)}
    rows = ORGANISATIONS * KEYS * DAYS
    said = ", ".join(f"{query or '30 days'}: {seconds * 1e3:.0f} ms" for query, seconds in by_page.items())
    print(f"{rows:,} rows of days, p95 {sorted(times)[int(len(times) * 0.95)] * 1e3:.0f} ms; medians {said}")
