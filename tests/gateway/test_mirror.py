"""A running system's traffic, passed on and asked here beside: what is only compared has no effect of its own."""

from __future__ import annotations

import json

import psycopg
import pytest

from dancu.cli.launcher.postgres import Urls
from tests.field_clients import clients
from tests.gateway.bad_hub import KNOWN, BadHub
from tests.gateway.process import CLIENT, SECRET, GatewayProcess, command, with_registry
from tests.gateway.signing import BODY, basic
from tests.gateway.subscriber import allow, until

pytestmark = [pytest.mark.slow, with_registry]
LIST = (
    b'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:dan="http://dancuquocgia.bca"><soapenv:Body>'
    b"<dan:CungCapDanhSachTheoGioiTinh><dan:MaYeuCau>1</dan:MaYeuCau><dan:MaDVC>1.001193</dan:MaDVC>"
    b"<dan:MaTichHop>037</dan:MaTichHop><dan:MaCanBo>canbo01</dan:MaCanBo><dan:GioiTinh>2</dan:GioiTinh>"
    b"</dan:CungCapDanhSachTheoGioiTinh></soapenv:Body></soapenv:Envelope>"
)


def _scalar(urls: Urls, query: str) -> int:
    with psycopg.connect(urls.owner) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[arg-type]  # our own text
    assert row is not None
    return int(row[0])


def test_what_has_effects_is_passed_on_and_done_nowhere_else(gateway: GatewayProcess, fresh_database: Urls, hub: BadHub) -> None:
    allow(fresh_database, "--list-max", "10", code="037")
    command(fresh_database, "exchange", "client", "profile", CLIENT, "--shadow-url", hub.url, "--network", "127.0.0.0/8")
    path, headers = f"/song-song/{CLIENT}{clients.SERVICE_PATH}", clients.headers(CLIENT, SECRET)
    until(lambda: gateway.post(path, LIST, headers)[0] == 200)

    status, told, _ = gateway.post(path, LIST, headers)

    assert (status, told) == (200, KNOWN)
    left_out = "select count(*) from exchange_shadowcount where kind = 'left_out'"
    until(lambda: _scalar(fresh_database, left_out) > 0)
    assert _scalar(fresh_database, "select count(*) from exchange_listrequest") == 0

    body = json.dumps({**BODY, "subject_ref": "HS-1"}).encode()
    basic_headers = {"Content-Type": "application/json", "Authorization": basic()}
    allow(fresh_database, "--subscribe")
    until(lambda: gateway.post("/v1/subscriptions", b"{}", basic_headers)[0] == 422)
    before = _scalar(fresh_database, "select count(*) from exchange_subscription")
    assert gateway.post(f"/song-song/{CLIENT}/v1/subscriptions", body, basic_headers)[0] == 200
    until(
        lambda: (
            _scalar(fresh_database, "select count(*) from exchange_shadowcount where kind = 'left_out' and operation = 'v1'") > 0
        )
    )
    assert _scalar(fresh_database, "select count(*) from exchange_subscription") == before

    direct = gateway.post(clients.SERVICE_PATH, LIST, headers)

    assert direct[0] == 200
    assert _scalar(fresh_database, "select count(*) from exchange_listrequest") == 1
