"""Two operators connect two hubs, each with a database and a folder of keys of its own, handing files to each other."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from dancu.cli.launcher.postgres import Urls
from dancu.kernel.signing import MessageKey
from tests.cli.started import COMMAND, settings
from tests.conftest import TEMPLATE, copy_database, drop_database, urls_of

pytestmark = pytest.mark.slow
GRANT = ("--integration-code", "REST", "--procedure", "1.001193", "--purpose", "Đăng ký khai sinh", "--legal-basis", "Luật Hộ tịch")


@dataclass(frozen=True)
class Side:
    """One hub and its operator."""

    home: Path
    urls: Urls

    def dancu(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = settings(
            DANCU_HOME=str(self.home),
            DANCU_INSTALLATION=f"{self.home.name}.vi-du.vn",
            DATABASE_URL=self.urls.web,
            DATABASE_OWNER_URL=self.urls.owner,
            DATABASE_GATEWAY_URL=self.urls.gateway,
        )
        return subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=60)

    def done(self, *arguments: str) -> str:
        result = self.dancu(*arguments)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def key(self, name: str) -> Path:
        return self.home / "keys" / name

    def systems(self) -> dict[str, dict[str, object]]:
        return {each["client_id"]: each for each in map(json.loads, self.done("exchange", "client", "list", "--json").splitlines())}

    def rows(self, question: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.urls.owner) as connection:
            return connection.execute(question.encode()).fetchall()


def a_side(home: Path, template: str = TEMPLATE) -> tuple[str, Side]:
    database = f"dancu_hub_{uuid4().hex[:12]}"
    copy_database(database, template)
    (home / "keys").mkdir(parents=True)
    (home / "keys" / "secrets.key").write_bytes(os.urandom(32))
    (home / "keys" / "django.key").write_text("test" * 12)
    return database, Side(home, urls_of(database))


@pytest.fixture(scope="module")
def filled_province(folder: Path) -> Iterator[str]:
    """A province with one system, one grant, two accounts."""
    database, province = a_side(folder / "filled")
    province.done("exchange", "client", "add", "mot-cua", "--organisation", "H57.12.3", "--official")
    province.done("exchange", "client", "grant", "mot-cua", *GRANT)
    province.done("exchange", "client", "accounts", "H57.12.3", "canbo01", "canbo02")
    yield database
    drop_database(database)


@pytest.fixture
def sides(tmp_path: Path, filled_province: str) -> Iterator[tuple[Side, Side]]:
    """A national hub, and the province."""
    made = [a_side(tmp_path / "quoc-gia"), a_side(tmp_path / "h57", filled_province)]
    yield made[0][1], made[1][1]
    for database, _ in made:
        drop_database(database)


def offer_of(province: Side) -> Path:
    file = province.home / "hub.json"
    file.write_text(province.done("hub", "offer"))
    return file


def admitted(national: Side, offer: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return national.dancu("hub", "admit", "hub-h57", str(offer), "--organisation", "H57", *more)


def test_a_province_is_admitted_with_its_systems_and_connects(sides: tuple[Side, Side]) -> None:
    national, province = sides
    connection = national.home / "connection.json"

    offer = offer_of(province)
    connection.write_text(admitted(national, offer, "--address", "https://quoc-gia.vi-du.vn/soap/dan-cu").stdout)
    printed = province.done("hub", "connect", str(connection))

    known = national.systems()
    assert known["hub-h57"]["profile"] == {"is_signed": True, "is_hub": True}
    assert (known["hub-h57.mot-cua"]["organisation"], known["hub-h57.mot-cua"]["grants"]) == ("H57.12.3", ["REST:1.001193"])
    assert national.rows("select account from onboarding_account where organisation = 'H57.12.3' order by 1") == [
        ("canbo01",),
        ("canbo02",),
    ]
    assert printed.splitlines() == [
        "DANCU_PROFILE=tinh",
        "DANCU_UPSTREAM_URL=https://quoc-gia.vi-du.vn/soap/dan-cu",
        "DANCU_UPSTREAM_STYLE=hub",
        "DANCU_UPSTREAM_CLIENT=hub-h57",
        "DANCU_UPSTREAM_NAME=quoc-gia.vi-du.vn",
    ]
    assert [province.key(name).stat().st_mode & 0o077 for name in ("upstream.secret", "upstream.pub", "messages.key")] == [0, 0, 0]
    above = MessageKey.from_folder(national.home / "keys")
    assert above is not None
    assert json.loads(province.key("upstream.pub").read_text())["kid"] == above.kid
    own = json.loads(province.key("messages.key").read_text())
    assert all(own["d"] not in file.read_text() for file in (offer, connection))
    assert json.loads(connection.read_text())["secret"] == province.key("upstream.secret").read_text().strip()


def test_admitted_again_only_what_is_new_is_added(sides: tuple[Side, Side]) -> None:
    national, province = sides
    first = admitted(national, offer_of(province))
    entries = "select count(*) from ledger_entry"

    before = national.rows(entries)
    again = admitted(national, offer_of(province))
    unchanged = national.rows(entries)
    province.done("exchange", "client", "grant", "mot-cua", *GRANT, "--verify-only")
    province.done("exchange", "client", "grant", "mot-cua", *GRANT[2:], "--integration-code", "037")
    province.done("exchange", "client", "accounts", "H57.12.3", "canbo03")
    told = admitted(national, offer_of(province))
    still = national.rows(entries)
    third = admitted(national, offer_of(province), "--changes")

    assert "nothing is new" in again.stderr
    assert told.stderr.count("run again with --changes") == 3
    assert still == before
    assert before == unchanged
    assert (bool(json.loads(first.stdout)["secret"]), json.loads(again.stdout).get("secret", "")) == (True, "")
    for line in (
        "REST:1.001193, [0-9]+ fields: grant changed",
        "037:1.001193, [0-9]+ fields: granted",
        "1 accounts of H57.12.3: listed",
    ):
        assert re.search(line, third.stderr)
    assert national.rows("select may_disclose from onboarding_grant where integration_code = 'REST'") == [(False,)]


def test_what_was_suspended_or_is_no_longer_offered_is_told_and_left(sides: tuple[Side, Side]) -> None:
    national, province = sides
    admitted(national, offer_of(province))
    national.done("exchange", "client", "suspend", "hub-h57.mot-cua", "--reason", "thử")
    province.done("exchange", "client", "grant", "mot-cua", *GRANT[2:], "--integration-code", "037")
    province.done("exchange", "client", "revoke", "mot-cua", *GRANT[:4])

    told = admitted(national, offer_of(province)).stderr

    assert "hub-h57.mot-cua is suspended and stays so" in told
    assert "REST:1.001193 is no longer offered and stays granted" in told
    assert national.systems()["hub-h57.mot-cua"]["state"] == "suspended"


def test_a_province_is_refused_as_a_whole_with_what_is_not_its_own(sides: tuple[Side, Side]) -> None:
    national, province = sides
    offer = offer_of(province)
    own = json.loads(offer.read_text())
    offer.write_text(json.dumps({**own, "systems": [*own["systems"], {**own["systems"][0], "organisation": "H01.1"}]}))

    refused = admitted(national, offer)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert "H01.1" in refused.stderr
    assert national.systems() == {}


def test_an_id_of_an_ordinary_system_is_not_made_a_hub_and_nothing_of_the_offer_is_kept(sides: tuple[Side, Side]) -> None:
    national, province = sides
    national.done("exchange", "client", "add", "hub-h57", "--organisation", "H57", "--official")

    refused = admitted(national, offer_of(province))

    assert refused.returncode == 1
    assert "hub-h57" in refused.stderr
    assert (list(national.systems()), national.systems()["hub-h57"]["profile"]) == (["hub-h57"], {})


def test_another_key_of_the_national_hub_is_taken_only_when_told_to(sides: tuple[Side, Side]) -> None:
    national, province = sides
    connection = national.home / "connection.json"
    connection.write_text(admitted(national, offer_of(province)).stdout)
    province.done("hub", "connect", str(connection))
    known = province.key("upstream.pub").read_text()
    connection.write_text(json.dumps({**json.loads(connection.read_text()), "key": MessageKey.generate().public.as_jwk()}))

    refused = province.dancu("hub", "connect", str(connection))
    unchanged = province.key("upstream.pub").read_text()
    taken = province.dancu("hub", "connect", str(connection), "--replace")

    assert (refused.returncode, unchanged) == (1, known)
    assert "--replace" in refused.stderr
    assert (taken.returncode, province.key("upstream.pub").read_text() == known) == (0, False)


def test_a_lost_secret_is_printed_again_to_who_holds_the_key_and_missed_without(sides: tuple[Side, Side]) -> None:
    national, province = sides
    offer, connection = offer_of(province), national.home / "connection.json"
    first = json.loads(admitted(national, offer).stdout)["secret"]
    connection.write_text(admitted(national, offer).stdout)

    without = province.dancu("hub", "connect", str(connection))
    again = json.loads(admitted(national, offer, "--show-secret").stdout)["secret"]

    assert without.returncode == 1
    assert "--show-secret" in without.stderr
    assert again == first
