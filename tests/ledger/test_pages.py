"""The published ledger: what a program verifies and what a person reads; no entry is among it."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
from django.test import Client

from dancu.ledger import counts
from dancu.ledger.layout import parse_number, tile_path
from dancu.ledger.notes import opened_checkpoint, parse_note, verify_note
from dancu.ledger.operating import export_logs
from dancu.ledger.tree import HASH_BYTES, Tree, leaf_hash, verify_inclusion
from tests.ledger.sequenced import NOW, Desk, an_act, written

pytestmark = pytest.mark.django_db(transaction=True)
LOG = "/so-cai/2026h2/e1"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(os.environ["DATABASE_URL"], tmp_path)
    written(desk.url, [an_act(dossier_no=f"H57-{n}") for n in range(600)])
    desk.sequence()
    return desk


def test_head_and_tiles_are_enough_to_prove_an_entry(desk: Desk, client: Client) -> None:
    response = client.get(f"{LOG}/checkpoint")
    head = opened_checkpoint(response.content.decode(), [desk.key])

    def fetch(level: int, number: int, width: int) -> bytes:
        return client.get(f"{LOG}/{tile_path(level, number, width)}").content

    tree = Tree(head.size, fetch)
    with psycopg.connect(desk.url) as connection:
        query = "select body from ledger_entry e join ledger_leaf on entry_id = e.id where index = 321"
        ((body,),) = connection.execute(query).fetchall()
    assert (head.origin, head.size, tree.root()) == ("thu.vn/so/2026h2/e1", 600, head.root)
    assert verify_inclusion(321, 600, leaf_hash(body), tree.inclusion(321), head.root)
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_tiles_lie_where_the_layout_says_and_nowhere_else(desk: Desk, client: Client) -> None:
    full = client.get(f"{LOG}/tile/0/000")
    partial = client.get(f"{LOG}/tile/0/002.p/88")

    assert (len(full.content), len(partial.content)) == (256 * HASH_BYTES, 88 * HASH_BYTES)
    assert "immutable" in full.headers["Cache-Control"]
    assert client.get(f"{LOG}/tile/0/002.p/5").content == partial.content[: 5 * HASH_BYTES]
    for path in (
        "tile/0/002",  # not full yet
        "tile/0/002.p/89",
        "tile/0/0",
        "tile/0/x000/002",
        "tile/0/000.p/256",
        "tile/0/000.p/0",
        "tile/entries/000",
        "tile/9/000",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    ):
        assert client.get(f"{LOG}/{path}").status_code == 404, path
    assert client.get("/so-cai/2026h1/e1/checkpoint").status_code == 404
    assert client.get("/so-cai/2026h2/1/checkpoint").status_code == 404


@pytest.mark.parametrize(("path", "number"), [("067", 67), ("x001/067", 1067), ("x001/x234/067", 1234067)])
def test_a_number_is_written_in_groups_of_three(path: str, number: int) -> None:
    assert tile_path(0, number) == f"tile/0/{path}"
    assert parse_number(path) == (number, 256)
    assert parse_number(f"{path}.p/7") == (number, 7)


def test_the_page_tells_people_what_stands_where(desk: Desk, client: Client) -> None:
    with psycopg.connect(desk.url) as connection:
        connection.execute(
            "insert into ledger_cosignature select 1, 600, 'nhan-chung.vn', 'x', now()",
        )
        connection.execute("update ledger_cosignature set log = (select id from ledger_log)")
    text = client.get("/so-cai/").content.decode()

    assert "thu.vn/so/2026h2/e1" in text
    assert "600" in text
    assert "nhan-chung.vn" in text
    assert client.get("/so-cai/khoa").content.decode() == f"{desk.key}\n"


def test_an_empty_ledger_has_a_page(client: Client) -> None:
    text = client.get("/so-cai/").content.decode()

    assert "Chưa có bút toán nào vào sổ" in text


def test_counts_of_a_day_are_published_and_a_difference_is_an_alarm(desk: Desk, client: Client) -> None:
    with psycopg.connect(desk.url, autocommit=True) as connection:
        connection.execute("delete from ledger_answercount")
        counts.count_day(connection, desk.signer, NOW + timedelta(days=1))
        assert "cổng chưa đếm" in client.get("/so-cai/").content.decode()
        connection.execute("insert into ledger_answercount values ('2026-11-24', 'H57', 'gateway', 600)")
    day = date(2026, 11, 24)

    note = client.get(f"/so-cai/ngay/{day}").content.decode()
    matching = client.get("/so-cai/").content.decode()
    with psycopg.connect(desk.url) as connection:
        connection.execute("update ledger_answercount set count = 601")
    differing = client.get("/so-cai/").content.decode()

    assert verify_note(parse_note(note), desk.key)
    assert "600 answers H57" in note
    assert "khác số bút toán" not in matching
    assert "khác số bút toán" in differing
    assert client.get("/so-cai/ngay/2026-11-25").status_code == 404
    assert client.get("/so-cai/ngay/hom-qua").status_code == 404


def test_the_export_is_the_same_and_goes_on(desk: Desk, client: Client, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert export_logs(desk.url, folder, with_entries=True) == [("thu.vn/so/2026h2/e1", 600)]
    written(desk.url, [an_act() for _ in range(200)])
    desk.sequence()
    first = (folder / "2026h2/e1/tile/0/000").stat().st_mtime_ns
    assert export_logs(desk.url, folder) == [("thu.vn/so/2026h2/e1", 800)]

    log = folder / "2026h2/e1"
    assert (log / "tile/0/000").stat().st_mtime_ns == first
    for path in ("checkpoint", "tile/0/001", "tile/0/003.p/32", "tile/1/000.p/3"):
        assert (log / path).read_bytes() == client.get(f"{LOG}/{path}").content
    bundle, bodies = (log / "tile/entries/000").read_bytes(), []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        bodies.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    assert b"".join(leaf_hash(body) for body in bodies) == (log / "tile/0/000").read_bytes()
