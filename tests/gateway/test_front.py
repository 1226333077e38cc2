"""Mutual TLS with a real nginx: whose certificate it is decides, and what the front says is believed of the front alone."""

from __future__ import annotations

import json
import os
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from dancu.cli.launcher.front import FrontFiles, front_configuration
from dancu.cli.launcher.postgres import Urls
from dancu.kernel.authority import Authority, private_pem
from dancu.kernel.clock import now
from dancu.kernel.errors import Invalid
from tests.gateway.front import NGINX, FrontProcess, front_before
from tests.gateway.process import CLIENT, SECRET, GatewayProcess, command
from tests.gateway.signing import BODY, PATH, basic

REQUIRED = os.environ.get("DANCU_REQUIRE_BROWSER") == "1"
with_nginx = pytest.mark.skipif(NGINX is None and not REQUIRED, reason="no nginx here: Debian package nginx-light")
Pair = tuple[Path, Path]


@pytest.fixture
def place(fresh_database: Urls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An authority, and a secret for the front that only this test's processes know."""
    monkeypatch.setenv("DANCU_FRONT_SECRET_FILE", str(tmp_path / "front.key"))
    command(fresh_database, "ca", "init", "--folder", str(tmp_path / "ca"))
    return tmp_path


@pytest.fixture
def front(place: Path, fresh_database: Urls) -> Iterator[tuple[FrontProcess, GatewayProcess]]:
    (place / "front.key").write_text("f" * 64)
    gateway = GatewayProcess(fresh_database.gateway)
    gateway.start()
    with front_before(gateway, fresh_database, place) as nginx:
        yield nginx, gateway
    gateway.stop()


def issue(urls: Urls, place: Path, client: str = CLIENT, name: str = "client") -> tuple[Pair, str]:
    """A registered certificate with its key, and its fingerprint."""
    pair = (place / f"{name}.crt", place / f"{name}.pem")
    said = command(urls, "ca", "issue", client, str(pair[0]), "--key-out", str(pair[1]), "--folder", str(place / "ca"))
    return pair, said.strip()


def unregistered(folder: Path, name: str) -> Pair:
    certificate, key = Authority(folder).issue_with_key(CLIENT, now())
    pair = (folder / f"{name}.crt", folder / f"{name}.pem")
    pair[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    pair[1].write_bytes(private_pem(key))
    return pair


def until(front: FrontProcess, pair: Pair, status: int) -> tuple[dict[str, object], float]:
    began = time.monotonic()
    while (answer := front.post(pair))[0] != status and time.monotonic() - began < 60:
        pass
    assert answer[0] == status, answer
    return answer[1], time.monotonic() - began


def noted(urls: Urls) -> set[str]:
    """Kinds in the security log, once it was written."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with psycopg.connect(urls.owner) as connection:
            found = {row[0] for row in connection.execute("select kind from exchange_securityevent").fetchall()}
        if found:
            return found
        time.sleep(0.2)
    return set()


@with_nginx
def test_a_registered_certificate_opens_and_a_revoked_one_closes_within_seconds(front, fresh_database, place: Path) -> None:
    nginx, _ = front
    pair, fingerprint = issue(fresh_database, place)
    until(nginx, pair, 201)

    command(fresh_database, "ca", "revoke", CLIENT, fingerprint, "--reason", "Mất thẻ khoá", "--folder", str(place / "ca"))
    told, seconds = until(nginx, pair, 401)

    assert told["type"] == "/problems/certificate.revoked"
    assert "Mất thẻ khoá" in str(told["title"])
    assert seconds < 15, "without a reload of the front"
    assert "046090000101" not in nginx.access_log


@with_nginx
def test_without_a_certificate_or_with_a_foreign_one_nothing_passes_the_front(front, fresh_database, place: Path) -> None:
    nginx, _ = front
    Authority.create(place / "other", "Nơi cấp khác", now())
    foreign = unregistered(place / "other", "foreign")

    bare = nginx.post(None)
    try:
        strange = nginx.post(foreign)[0]
    except ssl.SSLError:
        strange = 400

    assert bare[0] == 400
    assert strange == 400


@with_nginx
def test_a_certificate_nobody_registered_and_one_of_another_system_are_refused(front, fresh_database, place: Path) -> None:
    nginx, _ = front
    command(fresh_database, "exchange", "client", "add", "khac", "--organisation", "H58", "--official", "--secret", SECRET)
    others, _ = issue(fresh_database, place, "khac", "khac")
    mine, _ = issue(fresh_database, place)
    until(nginx, mine, 201)

    unknown = nginx.post(unregistered(place / "ca", "unknown"))
    of_another = nginx.post(others)

    assert (unknown[0], unknown[1]["type"]) == (401, "/problems/certificate.unknown")
    assert (of_another[0], of_another[1]["type"]) == (403, "/problems/refused/certificate_differs")


@with_nginx
def test_what_a_client_says_as_if_it_were_the_front_is_replaced_by_the_front(front, fresh_database, place: Path) -> None:
    nginx, _ = front
    mine, _ = issue(fresh_database, place)
    until(nginx, mine, 201)

    forged = {
        "Dancu-Front-Certificate": "x",
        "Dancu-Front-Verified": "NONE",
        "Dancu-Front-Secret": "x",
        "X-Forwarded-For": "192.0.2.1",
    }

    assert nginx.post(mine, forged)[0] == 201
    assert nginx.post(mine, path=f"{PATH}?so=046090000101")[0] == 201
    assert "046090000101" not in nginx.access_log


@with_nginx
def test_a_certificate_on_the_fronts_own_list_ends_at_the_front(place: Path, fresh_database) -> None:
    (place / "front.key").write_text("f" * 64)
    pair, fingerprint = issue(fresh_database, place)
    command(fresh_database, "ca", "revoke", CLIENT, fingerprint, "--reason", "thử", "--folder", str(place / "ca"))
    command(fresh_database, "ca", "crl", str(place / "crl.pem"), "--folder", str(place / "ca"))
    gateway = GatewayProcess(fresh_database.gateway)
    gateway.start()

    with front_before(gateway, fresh_database, place, crl=place / "crl.pem") as nginx:
        status, _ = nginx.post(pair)
    gateway.stop()

    assert status == 400


@pytest.mark.parametrize("name", ["Dancu-Front-Secret", "Dancu-Front-Verified", "Dancu-Front-Certificate"])
@pytest.mark.parametrize("has_front", [True, False])
def test_a_stranger_who_speaks_as_the_front_is_refused_and_noted(
    place: Path, fresh_database: Urls, name: str, has_front: bool
) -> None:
    if has_front:
        (place / "front.key").write_text("f" * 64)
    gateway = GatewayProcess(fresh_database.gateway)
    gateway.start()
    headers = {"Content-Type": "application/json", "Authorization": basic(), name: ""}

    plain = gateway.post(PATH, json.dumps(BODY).encode(), {k: v for k, v in headers.items() if k != name})
    answers = [gateway.post(PATH, json.dumps(BODY).encode(), {**headers, name: value}) for value in ("SUCCESS", "f" * 63, "")]
    gateway.stop()

    assert plain[0] == 201
    assert [status for status, *_ in answers] == [401] * 3
    assert json.loads(answers[0][1])["type"] == "/problems/front.forged"


def test_a_forged_front_stands_in_the_security_log(place: Path, fresh_database: Urls) -> None:
    gateway = GatewayProcess(fresh_database.gateway)
    gateway.start()

    gateway.post(PATH, b"{}", {"Dancu-Front-Verified": "SUCCESS"})
    kinds = noted(fresh_database)
    gateway.stop()

    assert "front.forged" in kinds


def test_who_fails_behind_the_front_is_noted_by_his_own_network_and_a_stranger_cannot_say_whose(
    place: Path, fresh_database: Urls
) -> None:
    (place / "front.key").write_text("f" * 64)
    gateway = GatewayProcess(fresh_database.gateway)
    gateway.start()
    wrong = {"Content-Type": "application/json", "Authorization": basic(secret="sai")}

    gateway.post(PATH, json.dumps(BODY).encode(), {**wrong, "X-Forwarded-For": "198.51.100.7"})
    front = {"Dancu-Front-Secret": "f" * 64, "Dancu-Front-Verified": "NONE", "X-Forwarded-For": "203.0.113.9"}
    gateway.post(PATH, json.dumps(BODY).encode(), {**wrong, **front})
    gateway.stop()

    with psycopg.connect(fresh_database.owner) as connection:
        sources = {row[0] for row in connection.execute("select source from exchange_securityevent").fetchall()}
    assert any(source.startswith("203.0.113.") for source in sources), sources
    assert not any(source.startswith("198.51.100.") for source in sources)
    assert len(sources) == 2


def test_a_system_for_mutual_tls_is_refused_past_the_front(place: Path, fresh_database: Urls) -> None:
    gateway = GatewayProcess(fresh_database.gateway)
    command(fresh_database, "keys", "require", CLIENT, "--mutual-tls")
    gateway.start()

    status, told = gateway.ask()
    gateway.stop()

    assert (status, told["type"]) == (403, "/problems/refused/certificate_missing")


@pytest.mark.parametrize("word", ["a;b", "a b", "${x}", "a\nb", "{"])
def test_a_word_that_could_be_more_than_a_word_does_not_enter_the_configuration(word: str) -> None:
    files = FrontFiles("/a.crt", "/a.pem", "/ca.crt")

    with pytest.raises(Invalid):
        front_configuration(files, listen=word, gateway="127.0.0.1:8001", name="_")
    assert "/a.crt" in front_configuration(files, listen="8443", gateway="127.0.0.1:8001", name="_")


def test_the_secret_is_its_owners(place: Path, fresh_database: Urls) -> None:
    for name in ("a.crt", "a.pem"):
        (place / name).write_text("x")
    files = ["--cert", str(place / "a.crt"), "--key", str(place / "a.pem"), "--client-ca", str(place / "ca" / "ca.crt")]

    command(fresh_database, "front", "--out", str(place / "front"), *files)

    assert (place / "front" / "front-secret.conf").stat().st_mode & 0o777 == 0o600
    assert (place / "front.key").stat().st_mode & 0o777 == 0o600
    assert (place / "front.key").read_text().strip() in (place / "front" / "front-secret.conf").read_text()
    assert (place / "front.key").read_text().strip() not in (place / "front" / "nginx.conf").read_text()
