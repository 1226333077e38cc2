"""What stands in the tables: the leaf the database computes, commitments that open, and what is left after an erasure."""

from __future__ import annotations

import hashlib
import itertools
import json

import psycopg
import pytest
from psycopg.errors import GeneratedAlways

from dancu.ledger.domain import commitment
from tests.gateway.process import command
from tests.ledger.book import DOSSIER, OFFICER, OPERATOR, PERSON, UNKNOWN_OLD_ID, entries
from tests.ledger.conftest import Book

pytestmark = pytest.mark.slow


def test_every_act_has_both_halves_and_every_value_was_given_by_somebody(book: Book) -> None:
    written = entries(book.urls.web)

    kinds = {entry.told["kind"] for entry in written}
    values = {value for entry in written for value in entry.values}
    assert kinds == {"verify", "disclose", "refuse", "administer"}
    assert values >= {PERSON["personal_id"], f"cmnd:{UNKNOWN_OLD_ID}", OFFICER, DOSSIER, OPERATOR}
    assert command(book.urls, "ledger", "count") == f"{len(written)}\n"


def test_the_database_computes_the_leaf_over_canonical_json(book: Book) -> None:
    for entry in entries(book.urls.web):
        assert entry.leaf == hashlib.sha256(b"\0" + entry.body).digest()
        assert entry.body == json.dumps(json.loads(entry.body), ensure_ascii=False, separators=(",", ":")).encode()
        assert entry.told["id"] == entry.reference


def test_nobody_gives_a_leaf_of_his_own(book: Book) -> None:
    with psycopg.connect(book.urls.web) as connection, pytest.raises(GeneratedAlways):
        connection.execute("insert into ledger_entry (id, at, body, leaf) select gen_random_uuid(), now(), 'x', 'y'")


def test_commitments_open_with_their_own_salts_and_no_others(book: Book) -> None:
    written = entries(book.urls.web)
    salts = [entry.salts[i : i + 32] for entry in written for i in (0, 32, 64)]
    values = [value for entry in written for value in entry.values]
    shown = [commitment for entry in written for commitment in entry.commitments]

    assert [commitment(salt, value) for salt, value in zip(salts, values, strict=True)] == shown
    assert len(set(salts)) == len(salts)
    mine = {i for i, value in enumerate(values) if value}
    strangers = ((i, j) for i, j in itertools.product(mine, range(len(salts))) if i != j)
    assert [(i, j) for i, j in strangers if commitment(salts[j], values[i]) == shown[i]] == []


def test_an_erased_detail_leaves_the_entry_and_its_leaf_and_no_way_back(book: Book) -> None:
    before = next(entry for entry in entries(book.urls.web) if DOSSIER in entry.values and OFFICER in entry.values)

    with psycopg.connect(book.urls.owner) as connection:
        erased = connection.execute("delete from ledger_entrydetail where entry_id = %s", [before.reference]).rowcount

    with psycopg.connect(book.urls.web) as connection:
        row = connection.execute("select body, leaf from ledger_entry where id = %s", [before.reference]).fetchone()
        salted = connection.execute("select count(*) from ledger_entrydetail where salts = %s", [before.salts]).fetchone()
    assert (erased, salted) == (1, (0,))
    assert row == (before.body, before.leaf)
    assert json.loads(command(book.urls, "ledger", "show", before.reference)) == before.told
    assert before.reference in command(book.urls, "ledger", "tail", "-n", "1000")
